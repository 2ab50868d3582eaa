//! Spacing: white space as a letter shows it. Line ends between Han characters vanish, and so do
//! spaces between Han and digits (`domain::han`), which the issue keeps. Titles keep their spaces: these are where a line may break.

use crate::domain::han::{is_artefact, is_wide};

/// Running text: no line end, no space between Han and digits, single spaces elsewhere.
pub(super) fn running(text: &str) -> String {
    respaced(
        text,
        |before, after, gap| {
            if is_artefact(before, after) || is_line_end(before, after, gap) { "" } else { " " }
        },
    )
}

/// A title: its spaces stay, each run of them as one; none at either end.
pub(super) fn title(text: &str) -> String {
    heading(text.trim())
}

/// A run of words in a subhead: as in a title, but its ends may lean on other runs.
pub(super) fn heading(text: &str) -> String {
    respaced(text, |before, after, gap| if is_line_end(before, after, gap) { "" } else { " " })
}

/// A line end between two Han characters; a client would show it as a space.
fn is_line_end(before: char, after: char, gap: &str) -> bool {
    gap.contains(['\n', '\r']) && is_wide(before) && is_wide(after)
}

/// Rewrites each run of white space by what stands on its two sides; at either end it stays one
/// space, for the neighbouring run of words to lean on. U+3000 is a character, not white space.
fn respaced(text: &str, gap: impl Fn(char, char, &str) -> &'static str) -> String {
    let is_gap = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_gap) {
        out.push_str(&rest[..at]);
        let words = rest[at..].trim_start_matches(is_gap);
        let space = &rest[at..rest.len() - words.len()];
        out.push_str(match (out.chars().next_back(), words.chars().next()) {
            (Some(before), Some(after)) => gap(before, after, space),
            (None, _) | (_, None) => " ",
        });
        rest = words;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_loses_the_spaces_that_extraction_left() {
        for (raw, shown) in [
            ("规模 108.4 亿元，2018 年以来", "规模108.4亿元，2018年以来"),
            ("下降 9% 左右", "下降9%左右"),
            ("第一行\n第二行", "第一行第二行"),
            ("one\ntwo", "one two"),
            ("集中优势攻克 AIGC、量子", "集中优势攻克 AIGC、量子"),
            ("在 2024", "在2024"),
            ("中文 ", "中文 "),
            (" 中文", " 中文"),
            ("a \t b", "a b"),
        ] {
            assert_eq!(running(raw), shown, "{raw:?}");
        }
    }

    #[test]
    fn a_title_keeps_its_spaces() {
        assert_eq!(title(" 泰州市 “三步走”  推动 2024 "), "泰州市 “三步走” 推动 2024");
    }
}
