//! Clean: decoded text becomes lines without what only machines see (rule 1). White space ends
//! are trimmed, blank lines become a count, form feeds break a page. Characters stay as they are
//! but for Kangxi radicals; the whole text is never NFKC-normalised, that would change wording.

use super::source::Line;
use unicode_normalization::UnicodeNormalization as _;

/// Stands where a character was that no font but the author's has; printers call it a geta.
/// Private-use code points must not survive: templates mark their slots with two of them.
pub(super) const PLACEHOLDER: char = '〓';

/// What a character of the document becomes; none if only machines see it.
pub(super) fn character(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => Some(c),
        '\u{a0}' | '\u{202f}' | '\u{2007}' => Some(' '),
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\r' => Some('\n'),
        '\u{2f00}'..='\u{2fdf}' => std::iter::once(c).nfkc().next(),
        _ if is_private(c) => Some(PLACEHOLDER),
        _ if c.is_control() || is_invisible(c) => None,
        _ => Some(c),
    }
}

/// Whether a code point has no meaning outside the author's machine.
pub(super) fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Zero-width, direction and tag characters, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// The lines with words in them.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut gap = Gap::default();
    for (number, row) in (1..).zip(rows(text)) {
        for (page, part) in row.split('\u{c}').enumerate() {
            gap.blanks += u32::from(page > 0);
            gap.page |= page > 0;
            let words: String = part.chars().filter_map(character).collect();
            for part in words.split('\n') {
                push(&mut found, &mut gap, number, part);
            }
        }
    }
    found
}

/// Rows as every text editor counts them.
pub(super) fn rows(text: &str) -> impl Iterator<Item = &str> {
    // A lone carriage return ends a line only in files that know no other line end.
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end).map(|row| row.strip_suffix('\r').unwrap_or(row))
}

/// What stands between two lines with words.
#[derive(Default)]
struct Gap {
    blanks: u32,
    page: bool,
}

fn push(found: &mut Vec<Line>, gap: &mut Gap, number: u32, part: &str) {
    let text = part.trim();
    if text.is_empty() {
        gap.blanks += 1;
        return;
    }
    let Gap { blanks, page } = std::mem::take(gap);
    let lead: usize = part.chars().take_while(|c| c.is_whitespace()).map(indent_width).sum();
    let indented = lead >= 2;
    let text = text.to_owned();
    found.push(Line { number, blanks, page, indented, text, counted: 0, held: None, look: None, mark: None });
}

fn indent_width(c: char) -> usize {
    if c == ' ' { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_and_lose_what_only_machines_see() {
        let found = lines("\u{feff}甲\u{200b}乙\r\n\r\n\r\n　　丙\u{a0}丁 \r\n  e\u{7}");
        let seen: Vec<_> = found.iter().map(|l| (l.number, l.blanks, l.indented, l.text.as_str())).collect();
        assert_eq!(seen, [(1, 0, false, "甲乙"), (4, 2, true, "丙 丁"), (5, 0, true, "e")]);
    }

    #[test]
    fn a_form_feed_is_a_page_border_within_its_line() {
        let found = lines("研\u{c}究\n成");
        let seen: Vec<_> = found.iter().map(|l| (l.number, l.blanks, l.text.as_str())).collect();
        assert_eq!(seen, [(1, 0, "研"), (1, 1, "究"), (2, 0, "成")]);
    }

    #[test]
    fn single_characters() {
        for (from, to) in
            [('⼈', Some('人')), ('\u{e000}', Some('〓')), ('\u{e001}', Some('〓')), ('\u{1b}', None), ('①', Some('①'))]
        {
            assert_eq!(character(from), to, "{from:?}");
        }
    }
}
