//! Compiler: the body that makes a periodical, as a masthead names it: `云泽市科技局 编`, `云泽市政务信息中心
//! 2026年9月29日 星期二`. Known by its verb, or by the word that names of bodies end with. Pure; a line in, a name out.

use super::label;
use super::numerals::in_digits;
use super::spacing::bare;
use crate::domain::han::is_han;

/// What stands behind or before the name of one who compiles.
const VERBS: [&str; 12] =
    ["主办单位", "编印单位", "主办", "主编", "编印", "编辑", "编制", "编发", "编写", "印发", "编", "印"];

/// What the names of bodies end with.
const BODIES: [&str; 34] = [
    "局",
    "委",
    "委员会",
    "办",
    "办公室",
    "办公厅",
    "中心",
    "研究院",
    "研究所",
    "研究室",
    "科学院",
    "信息所",
    "情报所",
    "院",
    "厅",
    "部",
    "处",
    "司",
    "协会",
    "联合会",
    "学会",
    "商会",
    "大学",
    "学院",
    "公司",
    "集团",
    "人民政府",
    "编辑部",
    "图书馆",
    "报社",
    "杂志社",
    "促进会",
    "基金会",
    "领导小组",
];

/// The longest name, in characters.
const LONGEST: usize = 40;

/// The body that a line of a masthead names; none where it says something else.
pub(super) fn read(text: &str) -> Option<String> {
    if text.chars().count() > LONGEST * 3 {
        return None;
    }
    if let Some(name) = english(text) {
        return Some(name);
    }
    let line = label::without_weekday(text);
    let words: Vec<&str> = line.split_whitespace().filter(|word| !is_fact(word)).collect();
    let whole = words.concat();
    let whole = whole.trim_matches(['（', '）', '(', ')', '【', '】']);
    let name = without_verb(whole);
    let is_named = name != whole || BODIES.iter().any(|end| name.ends_with(end));
    let is_words = name.chars().all(|c| is_han(c) || c.is_ascii_alphabetic() || "（）()、·".contains(c));
    let length = name.chars().count();
    (is_named && is_words && (4..=LONGEST).contains(&length)).then(|| name.to_owned())
}

/// Whether a word is one of those that say what a body does for the periodical.
pub(super) fn is_verb(word: &str) -> bool {
    VERBS.contains(&word) || ["compiled", "published", "edited", "by", "the"].contains(&word.to_lowercase().as_str())
}

/// Whether a word is part of a date or of a label.
fn is_fact(word: &str) -> bool {
    label::label(word).is_some()
        || in_digits(word).chars().all(|c| c.is_ascii_digit() || "年月日第总期号（）()〔〕[]-/.·|".contains(c))
}

/// `编印：云泽市科技局`, `云泽市科技局编印`.
fn without_verb(whole: &str) -> &str {
    let before = VERBS.iter().find_map(|verb| whole.strip_prefix(verb)?.strip_prefix(['：', ':']));
    let behind = || VERBS.iter().find_map(|verb| whole.strip_suffix(verb));
    before.or_else(behind).unwrap_or(whole).trim()
}

/// `Compiled by the Yunze Institute`.
fn english(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let by = ["compiled by ", "published by ", "edited by "].into_iter().find(|by| lower.starts_with(by))?;
    let name = text.get(by.len()..)?.trim();
    let name = name.strip_prefix("the ").unwrap_or(name);
    (!name.is_empty() && bare(name).chars().count() <= LONGEST * 2).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiling_body_in_every_form() {
        for (line, body) in [
            ("云泽市科技局 编", Some("云泽市科技局")),
            ("云泽市科技信息研究中心编辑", Some("云泽市科技信息研究中心")),
            ("（云泽日报社主办）", Some("云泽日报社")),
            ("主办：云泽市科技局", Some("云泽市科技局")),
            ("云泽市政务信息中心        2026年9月29日  星期二", Some("云泽市政务信息中心")),
            ("云泽市 科技局　二〇二六年 九月一日", Some("云泽市科技局")),
            ("第3期　云泽市科技局　2026-05-28", Some("云泽市科技局")),
            ("Compiled by the Yunze Institute", Some("Yunze Institute")),
            ("编者按：本期介绍三地做法", None),
            ("云泽市科学技术局编辑，内部交流", None),
            ("2026年第3期", None),
            ("导读：春季专刊", None),
            ("科技简报", None),
        ] {
            assert_eq!(read(line).as_deref(), body, "{line}");
        }
    }
}
