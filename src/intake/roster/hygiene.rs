//! Hygiene: a cell as people type it becomes an address, a question, or a refusal (INTAKE §5). What
//! is only a matter of writing (width, case, spaces, `mailto:`) is put right and said; what might
//! mean something else is asked, never guessed.

use crate::domain::address::{Address, NoAddress};
use crate::domain::language::Sentence;
use crate::intake::document::half_width;
use std::collections::HashMap;

/// Domains whose neighbours are slips of the pen. Real neighbours stand here too.
const COMMON: [&str; 24] = [
    "qq.com",
    "163.com",
    "126.com",
    "188.com",
    "139.com",
    "189.cn",
    "yeah.net",
    "foxmail.com",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "gmail.com",
    "mail.com",
    "outlook.com",
    "hotmail.com",
    "aliyun.com",
    "icloud.com",
    "263.net",
    "21cn.com",
    "vip.qq.com",
    "vip.163.com",
    "wo.cn",
    "me.com",
    "live.com",
];

/// What a cell holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// One address; `cleaned` says what was put right.
    Clean { address: Address, name: Option<String>, cleaned: Option<Sentence> },
    /// A doubt, as a sentence.
    Ask(Sentence),
    /// No address, and why.
    Rejected(Sentence),
}

/// A sentence in each language.
pub(super) fn said(english: impl Into<String>, chinese: impl Into<String>) -> Sentence {
    Sentence { english: english.into(), chinese: chinese.into() }
}

/// Why a text is no address, as the end of a Chinese sentence.
fn chinese(why: NoAddress) -> &'static str {
    match why {
        NoAddress::Form => "不是 name@domain 这样的邮箱地址",
        NoAddress::LocalPart => "在 @ 前面有邮件服务器不接受的字",
        NoAddress::Domain => "的域名不可能存在",
        NoAddress::TooLong => "比邮箱地址允许的长度还长",
    }
}

/// Reads cells; remembers what it thinks of each domain, since a roster repeats few.
#[derive(Debug, Default)]
pub(super) struct Hygiene {
    meant: HashMap<String, Option<String>>,
}

impl Hygiene {
    /// Reads one cell.
    pub(super) fn read(&mut self, written: &str) -> Cell {
        if written.is_empty() {
            return Cell::Rejected(said("there is no address in this row", "这一行没有邮箱地址"));
        }
        let mut done = Done::default();
        let (name, text) = name_and_rest(&tidy(written, &mut done), &mut done);
        if let Some(doubt) = doubt(&text) {
            return Cell::Ask(doubt);
        }
        let address: Address = match text.parse() {
            Ok(address) => address,
            Err(why) => return Cell::Rejected(said(format!("'{text}' {why}"), format!("“{text}”{}", chinese(why)))),
        };
        if let Some(meant) = self.meant(&address) {
            let domain = address.domain();
            return Cell::Ask(said(
                format!("'{domain}' looks like a slip; perhaps {meant} is meant"),
                format!("“{domain}”像是笔误，可能是 {meant}"),
            ));
        }
        if !text.ends_with(address.domain()) {
            done.note("domain written as mail servers know it", "域名改成了邮件服务器认识的写法");
        }
        Cell::Clean { address, name, cleaned: done.sentence() }
    }

    /// The domain that was probably meant instead of this one.
    fn meant(&mut self, address: &Address) -> Option<String> {
        let domain = address.domain();
        if let Some(known) = self.meant.get(domain) {
            return known.clone();
        }
        let meant = meant(domain);
        self.meant.insert(domain.to_owned(), meant.clone());
        meant
    }
}

/// What was put right, in words.
#[derive(Debug, Default)]
struct Done(Vec<(&'static str, &'static str)>);

impl Done {
    fn note(&mut self, english: &'static str, chinese: &'static str) {
        if !self.0.contains(&(english, chinese)) {
            self.0.push((english, chinese));
        }
    }

    fn sentence(self) -> Option<Sentence> {
        let (english, chinese): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        (!english.is_empty()).then(|| said(english.join("; "), chinese.join("；")))
    }
}

/// Half-width, without `mailto:`, without white space beside @ and dots, without an ending comma.
fn tidy(written: &str, done: &mut Done) -> String {
    let mut text = written.to_owned();
    if !written.is_ascii() {
        text = written.chars().map(|c| if c == '，' { c } else { half_width(c) }).collect();
        if text != written {
            done.note("full-width characters made half-width", "全角字符改成了半角");
        }
    }
    let trimmed = text.trim().trim_end_matches([';', ',', '，', '、', '。', '.', '；']).trim_end();
    if trimmed.len() < text.len() {
        done.note("punctuation at the end taken off", "去掉了末尾的标点");
        text = trimmed.to_owned();
    }
    if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        done.note("mailto: taken off", "去掉了 mailto:");
        text.drain(..7);
    }
    if text.contains(char::is_whitespace) {
        let close = close_up(&text);
        if close.len() < text.len() {
            done.note("spaces taken out", "去掉了空格");
        }
        text = close;
    }
    text
}

/// Takes out white space that stands beside an @ or before or behind a dot.
fn close_up(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = String::new();
    for c in text.trim().chars() {
        if c.is_whitespace() {
            gap.push(c);
            continue;
        }
        let beside = |c: char| matches!(c, '@' | '.');
        if !beside(c) && !out.ends_with(beside) {
            out.push_str(&gap);
        }
        gap.clear();
        out.push(c);
    }
    out
}

/// Parts `姓名 <a@b>` and `姓名 a@b`.
fn name_and_rest(text: &str, done: &mut Done) -> (Option<String>, String) {
    let named = |name: &str| Some(name.trim().trim_matches('"').trim().to_owned()).filter(|name| !name.is_empty());
    if let Some((name, rest)) = text.split_once('<')
        && let Some(inner) = rest.trim().strip_suffix('>')
        && !inner.contains(['<', '>'])
    {
        done.note("address taken out of its brackets", "从括号里取出了地址");
        return (named(name), inner.trim().to_owned());
    }
    if let Some((name, rest)) = text.rsplit_once(char::is_whitespace)
        && !name.contains('@')
        && name.chars().all(|c| !c.is_ascii())
    {
        done.note("name before the address set apart", "地址前的姓名已分开");
        return (named(name), rest.to_owned());
    }
    (None, text.to_owned())
}

/// What only the editor can decide.
fn doubt(text: &str) -> Option<Sentence> {
    if text.matches('@').count() > 1 {
        let parts = text.split([';', ',', '，', '、', '/', '|', '\n']).flat_map(str::split_whitespace);
        let addresses: Vec<&str> = parts.filter(|part| part.contains('@')).collect();
        if addresses.len() > 1 {
            return Some(said(
                format!("there are several addresses in one cell: {}", addresses.join(", ")),
                format!("一个单元格里有几个地址：{}", addresses.join("，")),
            ));
        }
    }
    if text.contains(['。', '，', ',']) && text.contains('@') {
        let meant = text.replace(['。', '，', ','], ".");
        return Some(said(
            format!("there is a comma or full stop of the wrong kind; perhaps {meant} is meant"),
            format!("地址里有逗号或句号，可能是 {meant}"),
        ));
    }
    if text.contains("@@") || text.contains("..") {
        let meant = text.replace("@@", "@").replace("..", ".");
        return Some(said(
            format!("a character stands twice; perhaps {meant} is meant"),
            format!("有一个符号写了两次，可能是 {meant}"),
        ));
    }
    if text.contains(char::is_whitespace) && text.contains('@') {
        return Some(said(
            "there is a space in the address; which part is meant?",
            "地址中间有空格，不知道哪一部分才对",
        ));
    }
    None
}

/// The common domain that another is one slip away from.
fn meant(domain: &str) -> Option<String> {
    if COMMON.contains(&domain) {
        return None;
    }
    if let Some(near) = COMMON.iter().find(|known| strsim::osa_distance(known, domain) == 1) {
        return Some((*near).to_owned());
    }
    let (rest, top) = domain.rsplit_once('.')?;
    let slip = matches!(top, "con" | "cmo" | "ocm" | "comm" | "cim" | "vom" | "xom" | "coom");
    slip.then(|| format!("{rest}.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_matter_of_writing_is_put_right() {
        for (written, address, name, is_cleaned) in [
            ("li@example.cn", "li@example.cn", None, false),
            ("li＠example．cn", "li@example.cn", None, true),
            ("Ｌｉ＿ｔａｏ＠Example.CN", "Li_tao@example.cn", None, true),
            ("李涛 <li@example.cn>", "li@example.cn", Some("李涛"), true),
            ("李涛＜li@example.cn＞", "li@example.cn", Some("李涛"), true),
            ("李涛 li@example.cn", "li@example.cn", Some("李涛"), true),
            ("mailto:li@example.cn", "li@example.cn", None, true),
            ("li @ example. cn;", "li@example.cn", None, true),
            ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s", None, true),
        ] {
            let Cell::Clean { address: found, name: called, cleaned } = Hygiene::default().read(written) else {
                panic!("{written} is an address");
            };
            assert_eq!(
                (found.as_str(), called.as_deref(), cleaned.is_some()),
                (address, name, is_cleaned),
                "{written}"
            );
        }
    }

    #[test]
    fn what_might_mean_something_else_is_asked() {
        for (written, hint) in [
            ("a@b.cn;c@d.cn", "a@b.cn, c@d.cn"),
            ("a@b.cn c@d.cn", "a@b.cn, c@d.cn"),
            ("a@b.cn，c@d.cn", "a@b.cn, c@d.cn"),
            ("li@qq。com", "li@qq.com"),
            ("li@qq，com", "li@qq.com"),
            ("li@qq.con", "qq.com"),
            ("li@163.co", "163.com"),
            ("li@gmial.com", "gmail.com"),
            ("li@firm.con", "firm.com"),
            ("li@@qq.com", "li@qq.com"),
            ("li tao@qq.com", "space"),
        ] {
            let Cell::Ask(why) = Hygiene::default().read(written) else { panic!("{written} is doubtful") };
            assert!(why.english.contains(hint), "{written}: {why}");
        }
    }

    #[test]
    fn what_is_no_address_is_rejected_with_its_reason() {
        for written in ["无", "13800000003", "李@example.cn", "a@office", ""] {
            assert!(matches!(Hygiene::default().read(written), Cell::Rejected(_)), "{written}");
        }
        for fine in ["a@vip.qq.com", "a@mail.com", "a@gov.cn", "a@firm.co"] {
            assert!(matches!(Hygiene::default().read(fine), Cell::Clean { .. }), "{fine}");
        }
    }
}
