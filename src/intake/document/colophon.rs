//! Colophon: the imprint in the last lines of an issue (rule 9), known by its labels (编辑：, 电话：,
//! 报：, 送：) or by a closing 编辑, 主办, 印. Keeps every line; fills the known fields.

use super::source::Line;
use super::spacing::{bare, unspread};
use crate::domain::issue::{Colophon, ColophonLine};

/// The lines at the end in which a colophon may stand.
const DEPTH: usize = 15;

/// Labels of a colophon, without their inner spaces.
const LABELS: [&str; 77] = [
    "主办",
    "主办单位",
    "承办",
    "承办单位",
    "协办",
    "编印",
    "编印单位",
    "主编",
    "副主编",
    "编辑",
    "责任编辑",
    "执行编辑",
    "本期编辑",
    "责编",
    "编审",
    "校对",
    "审核",
    "审稿",
    "签发",
    "电话",
    "联系电话",
    "传真",
    "地址",
    "邮编",
    "邮箱",
    "电子邮箱",
    "投稿邮箱",
    "投稿信箱",
    "来稿邮箱",
    "网址",
    "联系人",
    "报",
    "送",
    "发",
    "报送",
    "抄送",
    "抄报",
    "主送",
    "印数",
    "总编",
    "总编辑",
    "副总编",
    "执行主编",
    "编委",
    "编委会",
    "责任校对",
    "编校",
    "核稿",
    "统稿",
    "审定",
    "审校",
    "审阅",
    "美编",
    "排版",
    "值班电话",
    "值班编辑",
    "投稿热线",
    "投稿电话",
    "信箱",
    "电子信箱",
    "邮政编码",
    "微信公众号",
    "网站",
    "官网",
    "主管",
    "主管单位",
    "指导单位",
    "印刷",
    "发送",
    "发送范围",
    "准印证号",
    "编写",
    "编写单位",
    "撰写",
    "采编",
    "摄影",
    "供图",
];

/// The same in English.
const ENGLISH: [&str; 12] = [
    "editor",
    "editors",
    "edited by",
    "phone",
    "tel",
    "telephone",
    "address",
    "email",
    "e-mail",
    "copies to",
    "publisher",
    "published by",
];

/// Where the colophon begins among these lines; their end if there is none.
pub(super) fn start(lines: &[&Line]) -> usize {
    let with_alike = from(lines, is_alike);
    // Ways to reach somebody may end an article; an imprint names its makers.
    let is_imprint = lines[with_alike..].iter().any(|line| names_makers(&line.text));
    if is_imprint { with_alike } else { from(lines, |_| false) }
}

/// Where it begins, if lines `alike` those of an imprint belong to it where one stands above them.
fn from(lines: &[&Line], alike: impl Fn(&str) -> bool) -> usize {
    let mut start = lines.len();
    for at in (lines.len().saturating_sub(DEPTH)..lines.len()).rev() {
        if lines[at].is_free() && is_colophon(&lines[at].text) {
            start = at;
        } else if lines[at].is_free() && alike(&lines[at].text) {
            // It belongs to one if a line above does.
        } else if !is_wrapped(&lines[..=at], start == lines.len()) {
            break;
        }
    }
    start
}

/// Whether a line of an imprint says who made it or who gets it.
fn names_makers(text: &str) -> bool {
    let is_maker = |label: &str| {
        let label = bare(label);
        ["编", "主办", "承办", "协办", "主管", "校", "审", "签发", "印", "报", "送", "抄"]
            .iter()
            .any(|sign| label.contains(sign))
            && !label.contains("邮")
            && !label.contains("名")
            && !label.contains("稿")
    };
    is_imprint(text) || label(text).is_some_and(|(label, _)| is_maker(label) || label.is_ascii())
}

/// Whether a line is the second half of a labelled one.
fn is_wrapped(lines: &[&Line], at_the_end: bool) -> bool {
    let [.., above, line] = lines else { return false };
    !at_the_end && line.blanks == 0 && is_labelled(&above.text) && line.text.chars().count() <= 60
}

/// Whether a line belongs to a colophon.
pub(super) fn is_colophon(text: &str) -> bool {
    is_labelled(text) || is_imprint(text)
}

fn is_labelled(text: &str) -> bool {
    text.len() <= 600 && label(text).is_some_and(|(label, _)| !label.is_empty())
}

/// `云泽市科学技术局编辑`, `云泽市科技局　2026年3月1日印发`, `（共印120份）`.
fn is_imprint(text: &str) -> bool {
    let bare = bare(text);
    let inner = bare.trim_matches(['（', '）', '(', ')']);
    bare.chars().count() <= 40
        && !bare.contains(['，', '。'])
        && (["编辑", "编印", "主办", "承办", "印发"].iter().any(|end| inner.ends_with(end))
            || text.split_whitespace().next_back().is_some_and(|word| matches!(word, "编" | "印" | "主编"))
            || (inner.starts_with("共印") && inner.ends_with('份')))
}

/// A line's label and value; none without one.
fn label(text: &str) -> Option<(&str, &str)> {
    let (label, value) = text.split_once(['：', ':'])?;
    is_label(label).then(|| (label.trim(), value.trim()))
}

/// Whether a line within an imprint belongs to it, though its label is no common one: `参观预约电话：5550188`.
fn is_alike(text: &str) -> bool {
    const ENDS: [&str; 12] =
        ["电话", "热线", "邮箱", "信箱", "传真", "地址", "网址", "编辑", "主编", "联系", "方式", "投稿"];
    let label = text.split_once(['：', ':']).map(|(label, _)| bare(label)).unwrap_or_default();
    text.len() <= 240 && label.chars().count() <= 10 && ENDS.iter().any(|end| label.ends_with(end))
}

fn is_label(words: &str) -> bool {
    let bare = bare(words);
    let bare = bare.trim_start_matches("本期").trim_start_matches("本刊");
    LABELS.contains(&bare) || ENGLISH.contains(&words.trim().to_lowercase().as_str())
}

/// Reads the lines of a colophon.
pub(super) fn read<'l>(lines: impl Iterator<Item = &'l str>) -> Colophon {
    let alike = |piece: &'l str| piece.split_once(['：', ':']).filter(|_| is_alike(piece));
    let read = lines.flat_map(pieces).map(|piece| match label(piece).or_else(|| alike(piece)) {
        Some((label, value)) => ColophonLine { label: bare_label(label), value: drawn_together(value) },
        None => ColophonLine { label: String::new(), value: piece.trim().to_owned() },
    });
    Colophon::of(read.collect())
}

fn bare_label(label: &str) -> String {
    if label.is_ascii() { label.to_owned() } else { bare(label) }
}

/// Parts a line where a further label begins: `编辑：周宁　电话：5550138`.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let words = line.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8());
    for at in words.take(200) {
        let inner = line[from..].contains(['：', ':']) && line[from..at].contains(['：', ':']);
        if inner && is_labelled(&line[at..]) && !line[at..].starts_with(char::is_whitespace) {
            pieces.push(line[from..at].trim());
            from = at;
        }
    }
    pieces.push(line[from..].trim());
    pieces
}

/// Letter-spaced names lose their spaces: `李 涛、王 明` → `李涛、王明`.
fn drawn_together(value: &str) -> String {
    let names: Vec<String> =
        value.split('、').map(|name| unspread(name).unwrap_or_else(|| name.trim().to_owned())).collect();
    names.join("、")
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    #[test]
    fn the_imprint_is_found_from_the_end() {
        for (text, at) in [
            ("正文。\n\n云泽市科技局编辑\n\n编辑：李 涛\n\n电话：0101", 1),
            ("正文。\n报：市委\n送：各县区科技局，\n各有关单位\n（共印120份）", 1),
            ("正文。\n编 辑：李涛", 1),
            ("主要做法：一是好。\n正文。", 2),
            ("正文一行", 1),
            ("正文。\n主编：李涛\n参观预约电话：0101", 1),
            ("正文。\n参观预约电话：0101", 2),
            ("正文。\n联系人：王老师\n电话：0101\n报名方式：扫码", 4),
            ("正文。\n联系人：王老师\n电话：0101", 1),
        ] {
            let lines = lines(text);
            assert_eq!(start(&lines.iter().collect::<Vec<_>>()), at, "{text}");
        }
    }

    #[test]
    fn every_line_is_kept_and_known_fields_are_filled() {
        let read = read(
            ["云泽市科技局编辑", "编 辑：周 宁　电话：5550138", "报：市委", "送：各县区", "Editor: Ann Lee"]
                .into_iter(),
        );
        let lines: Vec<_> = read.lines.iter().map(|l| (l.label.as_str(), l.value.as_str())).collect();
        assert_eq!(
            lines,
            [
                ("", "云泽市科技局编辑"),
                ("编辑", "周宁"),
                ("电话", "5550138"),
                ("报", "市委"),
                ("送", "各县区"),
                ("Editor", "Ann Lee")
            ]
        );
        assert_eq!(read.editors.as_deref(), Some("周宁；Ann Lee"));
        assert_eq!(read.phone.as_deref(), Some("5550138"));
        assert_eq!(read.copies_to.as_deref(), Some("市委；各县区"));
    }
}
