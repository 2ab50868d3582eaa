//! Spacing: spaces that only a page layout wanted. Between the letters of `目　录` they spread a word
//! (rule 3); where a line ends, the words of two lines meet. Those between Han and digits stay: a
//! letter leaves them out (`domain::han`). Pure text in, text out.

use super::clean::HYPHEN;
use crate::domain::han::is_han;

/// The text without any white space: what two spellings of one line share.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Draws a letter-spaced text together (`科 技 简 报`), if every letter stands alone.
pub(super) fn unspread(text: &str) -> Option<String> {
    let letters: Vec<&str> = text.split_whitespace().collect();
    let alone = |word: &&str| word.chars().count() == 1 && word.chars().all(is_han);
    (letters.len() >= 2 && letters.iter().all(alone)).then(|| letters.concat())
}

/// Puts two pieces of one paragraph together: a space stands only between Latin words.
pub(super) fn join(before: &mut String, after: &str) {
    if before.ends_with(HYPHEN) {
        before.pop();
    } else if is_word_border(before.chars().next_back(), after) {
        before.push(' ');
    }
    before.push_str(after);
}

/// Whether two pieces meet between Latin words.
pub(super) fn is_word_border(end: Option<char>, after: &str) -> bool {
    end.is_some_and(|c| c.is_ascii() && !matches!(c, '-' | '/' | ' '))
        && after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '(' | '"' | '\'' | '['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_spread_letter_by_letter_is_drawn_together() {
        for (text, together) in [
            ("目　录", Some("目录")),
            ("李 涛", Some("李涛")),
            ("聚焦企业 激发活力", None),
            ("甲", None),
            ("A B", None),
        ] {
            assert_eq!(unspread(text).as_deref(), together, "{text}");
        }
    }

    #[test]
    fn pieces_join_with_a_space_only_between_latin_words() {
        for (a, b, whole) in [
            ("研", "究", "研究"),
            ("open", "source", "open source"),
            ("2024", "年", "2024年"),
            ("well-", "known", "well-known"),
        ] {
            let mut text = a.to_owned();
            join(&mut text, b);
            assert_eq!(text, whole);
        }
    }
}
