//! Clean: decoded text becomes lines without what only machines see (rule 1). White space ends
//! are trimmed, blank lines become a count, form feeds break a page. Characters stay as they are
//! but for Kangxi radicals; the whole text is never NFKC-normalised, that would change wording.

use super::source::{Line, Place};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization as _;

/// Stands where a character was that no font but the author's has; printers call it a geta.
/// Private-use code points must not survive: templates mark their slots with two of them.
pub(super) const PLACEHOLDER: char = '〓';

/// Ends a line within a word; `spacing::join` takes it out. It has no weight (`conservation::counts`).
pub(super) const HYPHEN: char = '\u{ad}';

/// What a character of the document becomes; none if only machines see it.
pub(super) fn character(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => Some(c),
        '\u{a0}' | '\u{202f}' | '\u{2007}' => Some(' '),
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\r' => Some('\n'),
        // Unicode decomposes it to 戶, but its glyph in fonts of simplified Chinese is that of 户.
        '\u{2f3e}' => Some('户'),
        '\u{2f00}'..='\u{2fdf}' => std::iter::once(c).nfkc().next(),
        '\u{2e80}'..='\u{2eff}' => Some(han_of(c)),
        _ if is_private(c) => Some(PLACEHOLDER),
        _ if c.is_control() || is_invisible(c) => None,
        _ => Some(c),
    }
}

/// Radicals of the supplement that stand for the very character, where the glyph of a font is named by its first code point;
/// Unicode has no decomposition of them.
const RADICALS: [(char, char); 42] = [
    ('⺁', '厂'),
    ('⺇', '几'),
    ('⺋', '㔾'),
    ('⺎', '兀'),
    ('⺒', '巳'),
    ('⺓', '幺'),
    ('⺕', '彐'),
    ('⺙', '攵'),
    ('⺝', '月'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺪', '疋'),
    ('⺫', '罒'),
    ('⺮', '竹'),
    ('⺼', '月'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻪', '黾'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
];

fn han_of(radical: char) -> char {
    RADICALS.iter().find_map(|(known, han)| (*known == radical).then_some(*han)).unwrap_or(radical)
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
    let mut found: Vec<(Line, Lead)> = Vec::new();
    let mut gap = Gap::default();
    for (number, row) in (1..).zip(rows(text)) {
        for (page, part) in row.split('\u{c}').enumerate() {
            gap.blanks += u32::from(page > 0);
            gap.page |= page > 0;
            let words: String = part.chars().filter_map(character).collect();
            for part in words.split('\n') {
                push(&mut found, &mut gap, number, part);
            }
            if part.trim_end().ends_with(HYPHEN)
                && let Some((line, _)) = found.last_mut().filter(|(line, _)| line.number == number)
            {
                line.text.push(HYPHEN);
            }
        }
    }
    within_margins(found)
}

/// A hyphen that a line end alone put into a word becomes one that only machines see; one that the text also sets
/// within a line is the author's.
pub(super) fn soften(text: String) -> String {
    if !text.contains("-\n") && !text.contains("-\r\n") {
        return text;
    }
    let within: HashSet<(&str, &str)> = hyphens(&text).filter(|(_, end, ..)| !end).map(|(_, _, a, b)| (a, b)).collect();
    let is_word = |half: &str| half.len() >= 2 && half.ends_with(|c: char| c.is_ascii_lowercase());
    let broken =
        hyphens(&text).filter(|(_, end, a, b)| *end && is_word(a) && is_word(b) && !within.contains(&(*a, *b)));
    let ends: Vec<usize> = broken.map(|(at, ..)| at).collect();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in ends {
        out.push_str(&text[from..at]);
        out.push(HYPHEN);
        from = at + 1;
    }
    out + &text[from..]
}

/// The hyphens between Latin letters: where each stands, whether a line ends there, and the letters on both sides.
fn hyphens(text: &str) -> impl Iterator<Item = (usize, bool, &str, &str)> {
    const LONGEST: usize = 40;
    let letters = |text: &str| text.bytes().take(LONGEST).take_while(u8::is_ascii_alphabetic).count();
    text.match_indices('-').filter_map(move |(at, _)| {
        let before = text[..at].bytes().rev().take(LONGEST).take_while(u8::is_ascii_alphabetic).count();
        let rest = &text[at + 1..];
        let below = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'));
        let behind = below.map_or(rest, |below| below.trim_start_matches([' ', '\t', '\u{3000}', '\u{a0}']));
        let pieces = (at, below.is_some(), &text[at - before..at], &behind[..letters(behind)]);
        (before > 0 && !pieces.3.is_empty()).then_some(pieces)
    })
}

/// Says which lines are indented, from the margin of their page: what is taken from a page has the page's own margin
/// before each line, which may be another on the left pages than on the right. Wide spaces are no margin.
fn within_margins(found: Vec<(Line, Lead)>) -> Vec<Line> {
    let starts_page =
        |at: usize| found[at].0.page || (at > 0 && super::furniture::is_page_number(&found[at - 1].0.text));
    let mut margins = vec![0; found.len()];
    let mut from = 0;
    for to in (1..=found.len()).filter(|at| *at == found.len() || starts_page(*at)) {
        let margin = found[from..to].iter().map(|(_, lead)| lead.margin).min().unwrap_or(0);
        margins[from..to].fill(margin);
        from = to;
    }
    let lines = found.into_iter().zip(margins);
    lines.map(|((line, lead), margin)| Line { indented: lead.whole - margin >= 2, ..line }).collect()
}

/// White space before a line, in columns.
#[derive(Clone, Copy)]
struct Lead {
    whole: usize,
    /// That before the first wide space.
    margin: usize,
}

/// Rows as every text editor counts them.
fn rows(text: &str) -> impl Iterator<Item = &str> {
    // A lone carriage return ends a line only in files that know no other line end.
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end).map(|row| row.strip_suffix('\r').unwrap_or(row))
}

/// Its rows without what only machines see.
pub(super) fn shown(text: &str) -> Vec<String> {
    rows(text).map(|row| row.chars().filter_map(character).collect()).collect()
}

/// What stands between two lines with words.
#[derive(Default)]
struct Gap {
    blanks: u32,
    page: bool,
}

fn push(found: &mut Vec<(Line, Lead)>, gap: &mut Gap, number: u32, part: &str) {
    let text = part.trim();
    if text.is_empty() {
        gap.blanks += 1;
        return;
    }
    let Gap { blanks, page } = std::mem::take(gap);
    let lead = part.chars().take_while(|c| c.is_whitespace());
    let whole = lead.clone().map(indent_width).sum();
    let margin = lead.take_while(|c| *c == ' ').count();
    let text = text.to_owned();
    let (look, place, mark) = (None, Place::default(), None);
    let line = Line { number, blanks, page, indented: false, text, counted: 0, held: None, look, place, mark };
    found.push((line, Lead { whole, margin }));
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
        for (from, to) in [
            ('⼈', Some('人')),
            ('⼾', Some('户')),
            ('⻣', Some('骨')),
            ('\u{e000}', Some('〓')),
            ('\u{e001}', Some('〓')),
            ('\u{1b}', None),
            ('①', Some('①')),
        ] {
            assert_eq!(character(from), to, "{from:?}");
        }
    }
}
