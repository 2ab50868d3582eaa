//! Advice: what it means that the way to a relay ended, and what to do about it, in both languages: for `check`, for the
//! page of relays and for the courier's own standing. Pure; the reply is the relay's own.

use super::carry::Ended;
use super::probe::Probed;
use super::relay::Link;
use super::session::{Encryption, Unfit};
use crate::domain::attempt::{Answer, Break, Seen, Stage};
use crate::domain::language::Sentence;
use crate::domain::walk::{Leg, Trouble};

/// Why a walk ended before its end; none where it went well.
pub fn of_walk(link: &Link, probed: &Probed) -> Option<Trouble> {
    match &probed.answer {
        Some((stage, Seen::Answer(answer))) if answer.code >= 300 => Some(refused(link, (*stage, answer), probed)),
        Some((stage, seen @ (Seen::Broken(_) | Seen::Unmade(_)))) => Some(trouble(link, *stage, seen)),
        Some((_, Seen::Answer(_))) | None => of_end(link, &probed.ended),
    }
}

/// Why a connection ended before its time; none where it ended in good order.
pub fn of_end(link: &Link, ended: &Ended) -> Option<Trouble> {
    match ended {
        Ended::Finished { .. } => None,
        Ended::Unfit(why) => Some(unfit(link, why)),
        Ended::Trouble { stage, seen } => Some(trouble(link, *stage, seen)),
    }
}

/// The relay greets, but does not take the envelope.
fn refused(link: &Link, (stage, answer): (Stage, &Answer), probed: &Probed) -> Trouble {
    let (from, to) = probed.envelope.as_ref().map_or(("", ""), |(from, to)| (from.as_str(), to.as_str()));
    let chinese = match (stage, answer.is_permanent()) {
        (Stage::Mail, true) => format!("对方服务器不接受发件人 {from}。"),
        (_, true) => format!("对方服务器不接受收件人 {to}。"),
        (_, false) => "对方服务器现在不肯接收，要求以后再试。".to_owned(),
    };
    let english =
        format!("{} greets, but answered {answer} at {} to a letter from {from} to {to}", link.name, stage.word());
    let next = match (answer.is_permanent(), &link.security.login) {
        (false, _) => Sentence::new("check again later: the relay wants to be asked again", "请过一会儿再测试一次。"),
        (true, None) => Sentence::new(
            "it may want you to sign in: write the user into [relay] url as smtp://user@host and set password_file; or let it relay for this machine",
            "请先看收件地址是否写对；若对方要求登录，请在设置文件的 url 里写上用户名（smtp://用户名@主机），并设 password_file；或请对方管理员允许本机转发。",
        ),
        (true, Some(_)) => Sentence::new(
            "see that this account may write as this sender, or let the publication write as the account: `yizhan publication set PUB --from`",
            "请先看收件地址是否写对；再看这个登录账号能否以此发件人的名义寄信，或在刊物的“设置”里把发件地址改成登录账号。",
        ),
    };
    Trouble { leg: Leg::of(stage), why: Sentence::new(english, chinese), next, reply: Some(answer.to_string()) }
}

/// Settings keep us from it, here or there.
fn unfit(link: &Link, why: &Unfit) -> Trouble {
    let english = format!("{}: {why}", link.name);
    let (chinese, next) = match why {
        Unfit::NoTls => (
            "对方服务器不提供 STARTTLS，而设置要求加密后才寄信。".to_owned(),
            "请对方管理员启用 STARTTLS；若是办公内网里的服务器，可在 url 末尾写 ?tls=none。",
        ),
        Unfit::Handshake(what) => {
            (format!("加密连接没有建立：{}", what.chinese), "请按上面的说明更正证书或设置，再测试一次。")
        }
        Unfit::InClear => (
            "密码不能不加密就交出去，所以没有登录。".to_owned(),
            "请在 url 末尾写 ?tls=required；若是办公内网里的服务器，可设 auth_in_clear = true。",
        ),
        Unfit::NoAuth => (
            "对方服务器既不提供 AUTH PLAIN，也不提供 AUTH LOGIN，无法登录。".to_owned(),
            "请从设置里去掉用户名和密码，或请对方管理员启用其中一种。",
        ),
        Unfit::Login(_) => (
            "对方服务器不认用户名和密码。".to_owned(),
            "请核对 url 里的用户名和 password_file 里的密码；QQ、163 等邮箱要用“授权码”，不是登录密码。",
        ),
    };
    let reply = match why {
        Unfit::Login(answer) => Some(answer.to_string()),
        Unfit::NoTls | Unfit::Handshake(_) | Unfit::InClear | Unfit::NoAuth => None,
    };
    let next = Sentence::new(
        "correct [relay] in the settings; docs/operating.md tells about passwords and certificates",
        next,
    );
    Trouble { leg: Leg::of(why.stage()), why: Sentence::new(english, chinese), next, reply }
}

/// The relay, or the way to it.
fn trouble(link: &Link, stage: Stage, seen: &Seen) -> Trouble {
    let (what, chinese, reply) = match seen {
        Seen::Answer(answer) => {
            (format!("answered {answer}"), "对方服务器拒绝了连接。".to_owned(), Some(answer.to_string()))
        }
        Seen::Broken(how) => (seen.text().to_owned(), broken(link, *how), None),
        Seen::Unmade(why) => (why.clone(), "没有邮件可寄。".to_owned(), None),
    };
    let english = format!("{} failed at {}: {what}", link.name, stage.word());
    let leg = if *seen == Seen::Broken(Break::Nameless) { Leg::Resolve } else { Leg::of(stage) };
    Trouble { leg, why: Sentence::new(english, chinese), next: cure(link, stage, seen), reply }
}

fn broken(link: &Link, how: Break) -> String {
    let Link { host, port, .. } = link;
    match how {
        Break::Nameless => format!("找不到名为 {host} 的服务器。"),
        Break::Refused => format!("连不上 {host} 的 {port} 端口。"),
        Break::Closed => "对方服务器中途断开了连接。".to_owned(),
        Break::Timeout => "等了很久，对方服务器没有回答。".to_owned(),
        Break::Garbage => "对方的回答不是邮件服务器的话。".to_owned(),
        Break::Withdrawn => "连接由我们收回。".to_owned(),
    }
}

fn cure(link: &Link, stage: Stage, seen: &Seen) -> Sentence {
    let Link { host, port, .. } = link;
    match seen {
        Seen::Broken(Break::Nameless) => Sentence::new(
            format!("the name {host} is not known: check its spelling, or this machine's DNS"),
            format!("请检查 {host} 是否写对，本机的 DNS 是否可用。"),
        ),
        Seen::Broken(Break::Timeout | Break::Closed | Break::Garbage)
            if stage == Stage::Greeting && link.security.encryption != Encryption::Implicit =>
        {
            Sentence::new(
                format!("perhaps port {port} speaks TLS first: write smtps:// in [relay] url"),
                format!("{port} 端口也许从一开始就要加密：请把 url 写成 smtps://；或看那里是不是邮件服务器。"),
            )
        }
        Seen::Answer(_) | Seen::Broken(_) | Seen::Unmade(_) => Sentence::new(
            "see that it runs, that a firewall lets this machine in, and that it relays for it",
            "请看对方服务器是否在运行，防火墙是否放行本机，对方是否允许本机转发。",
        ),
    }
}
