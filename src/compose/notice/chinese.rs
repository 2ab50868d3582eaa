//! What notices say in Chinese.

use super::{Closing, Said, grouped, sum};
use crate::domain::account::RESET;
use crate::domain::delivery::State;
use crate::domain::dispatch::Tally;
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{ENDS, Notice, Number, Pause};
use crate::domain::reason::Reason;
use crate::domain::schedule::Lacking;
use chrono::{Datelike, TimeZone};
use chrono_tz::Tz;

pub(super) const CLOSING: Closing =
    Closing {
        house: "驿站", why: "这封信由驿站自动发出，请不要直接回复。", choose: "选择要收到哪些通知"
    };

pub(super) fn said(notice: &Notice, email: &str) -> Said {
    match notice {
        Notice::Reset => reset(email),
        Notice::Review { of, by, .. } => {
            let of = called(of);
            let by = by.as_ref().map_or_else(|| "编辑部".to_owned(), Clone::clone);
            Said {
                subject: format!("请审阅签发：{of}"),
                title: format!("请审阅签发：{of}"),
                lines: vec![format!("{by} 送审了{of}，请您审阅；可以签发，也可以退回并写明意见。")],
                action: "打开签发页",
                ..nothing()
            }
        }
        Notice::SentBack { of, by, why, .. } => {
            let of = called(of);
            Said {
                subject: format!("已退回，请修改：{of}"),
                title: format!("已退回，请修改：{of}"),
                lines: vec![format!("{by} 退回了{of}，意见如下：")],
                quote: Some(why.clone()),
                next: vec!["请按意见修改，再重新送审。".to_owned()],
                action: "打开这一期",
                ..nothing()
            }
        }
        Notice::Over { of, tally, reasons, .. } => over(&called(of), tally, reasons),
        Notice::Paused { of, pause, .. } => {
            let of = called(of);
            let [why, next] = paused(pause);
            Said {
                subject: format!("投递已自动暂停：{of}"),
                title: format!("投递已自动暂停：{of}"),
                lines: vec![why],
                next: vec![next],
                action: "打开这次投递",
                ..nothing()
            }
        }
        Notice::Reminder { publication, at, zone, lacking, .. } => {
            let hour = hour(*at, *zone);
            Said {
                subject: format!("《{publication}》{hour} 的一期还没有准备好"),
                title: format!("《{publication}》{hour} 的一期还没有准备好"),
                lines: vec![format!(
                    "按照排期，《{publication}》将在 {hour} 投递，现在还不能投递：{}",
                    lacks(*lacking)
                )],
                next: vec!["到时仍没有准备好，这一次就不会投递。".to_owned()],
                action: "去准备",
                ..nothing()
            }
        }
    }
}

fn nothing() -> Said {
    let (subject, title) = (String::new(), String::new());
    Said { subject, title, lines: Vec::new(), facts: Vec::new(), quote: None, next: Vec::new(), action: "" }
}

fn reset(email: &str) -> Said {
    Said {
        subject: "重设您的登录密码".to_owned(),
        title: "重设您的登录密码".to_owned(),
        lines: vec![format!("有人为账号 {email} 申请重设密码，应当就是您本人。")],
        next: vec![
            format!(
                "请在 {} 分钟内打开下面的链接，设定新密码。链接只能用一次；设定以后，已登录的浏览器都会退出。",
                RESET.as_secs() / 60
            ),
            "如果不是您申请的，不必理会这封信，密码不会改变。".to_owned(),
        ],
        action: "设定新密码",
        ..nothing()
    }
}

fn over(of: &str, tally: &Tally, reasons: &[(String, i64)]) -> Said {
    let all = grouped(tally.sum());
    let ends = ENDS.into_iter().filter(|state| *state == State::Accepted || tally.of(*state) > 0);
    let mut facts: Vec<_> = ends.map(|state| [end(state).to_owned(), grouped(tally.of(state))]).collect();
    facts.push(["合计".to_owned(), sum(tally).unwrap_or_else(|| all.clone())]);
    facts.extend(reasons.iter().filter_map(|(word, letters)| {
        let reason = Reason::from_word(word)?.spoken(Language::Chinese);
        Some([format!("未送达（{reason}）"), grouped(*letters)])
    }));
    let accepted = grouped(tally.accepted);
    let next = if tally.uncertain > 0 {
        vec!["“不确定”的信已交出正文却没有等到答复，请在投递页查明后了结。".to_owned()]
    } else {
        Vec::new()
    };
    Said {
        subject: if tally.accepted == tally.sum() {
            format!("投递结束：{of}，{all} 封全部已被接收")
        } else {
            format!("投递结束：{of}，{all} 封中 {accepted} 封已被接收")
        },
        title: format!("投递结束：{of}"),
        lines: vec![format!("应寄 {all} 封，对方服务器已接收 {accepted} 封。")],
        facts,
        next,
        action: "查看结果",
        ..nothing()
    }
}

/// How letters ended.
fn end(state: State) -> &'static str {
    match state {
        State::Accepted => "已接收",
        State::Failed => "被拒收",
        State::Expired => "多次未被收下，已过期",
        State::Skipped => "跳过未寄",
        State::Uncertain => "不确定",
        State::Queued | State::Claimed | State::Armed => "待寄",
    }
}

/// Why a dispatch paused itself, and what to do.
fn paused(pause: &Pause) -> [String; 2] {
    match pause {
        Pause::Unknown { failed, tried } => [
            format!("已有结果的 {tried} 封信里，{failed} 封因为对方地址不存在而被拒收，名单很可能有误，所以先停下了。"),
            "请查看投递流水、改正名单，再按“继续”。".to_owned(),
        ],
        Pause::Refused { in_a_row, answer } => [
            format!("连续 {in_a_row} 封信被拒收，中间没有一封被收下，所以先停下了。对方的答复是：{answer}"),
            "请查明是信的内容、发件人还是发信通道的问题，改正后再按“继续”；已被拒收的可以在投递页再寄。".to_owned(),
        ],
        Pause::Sender { answer } => [
            format!("发信通道不接受本刊的发件人，所以先停下了。对方的答复是：{answer}"),
            "请管理员检查发件人和发信通道的设置，改正后再按“继续”。".to_owned(),
        ],
        Pause::Unfit { why } => {
            [format!("这份定稿做不成邮件，所以先停下了（{why}）。"), "请把这封信转给管理员。".to_owned()]
        }
    }
}

fn lacks(lacking: Lacking) -> &'static str {
    match lacking {
        Lacking::Issue => "还没有比上次更新的一期，请导入原稿。",
        Lacking::Answers => "导入时的问题还没有全部回答。",
        Lacking::Submission => "还没有送审，或者送审以后又改过。",
        Lacking::Place => "还没有填写年份和期号。",
        Lacking::Approval => "还没有签发，或者被退回了。",
        Lacking::Readers => "名单上的读者已经由另一次投递收到这一期。",
    }
}

fn called(of: &Number) -> String {
    format!("《{}》{}", of.publication, of.label.as_deref().unwrap_or_default())
}

fn hour(at: Moment, zone: Tz) -> String {
    let local = zone.from_utc_datetime(&at.utc().naive_utc());
    format!("{}月{}日 {}", local.month(), local.day(), local.format("%H:%M"))
}
