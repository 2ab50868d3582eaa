//! Spacing: spaces that only a page layout wanted. Between Han characters and digits or Latin
//! they alternate by printed page and are left out of body text (rule 11); between the letters of
//! `目　录` they spread a word (rule 3). Pure text in, text out.

/// Whether a character is a Han character.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '〇')
}

fn is_number_or_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '%' | '‰' | '℃' | '％')
}

/// Leaves out the spaces between Han characters and digits or Latin letters; says how many places.
pub(super) fn tighten(text: &str) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let mut places = 0;
    let mut gap = String::new();
    for c in text.chars() {
        if c.is_whitespace() && c != '\n' && c != '\t' {
            gap.push(c);
            continue;
        }
        if !gap.is_empty() {
            let before = out.chars().next_back().unwrap_or(' ');
            if is_artefact(before, c) {
                places += 1;
            } else {
                out.push_str(&gap);
            }
            gap.clear();
        }
        out.push(c);
    }
    out.push_str(&gap);
    (out, places)
}

fn is_artefact(before: char, after: char) -> bool {
    (is_han(before) && is_number_or_latin(after)) || (is_number_or_latin(before) && is_han(after))
}

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
    if is_word_border(before.chars().next_back(), after) {
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
    fn spaces_around_numbers_go_and_spaces_between_words_stay() {
        for (text, tight, places) in [
            ("规模 12.5 亿元", "规模12.5亿元", 2),
            ("下降 9% 左右", "下降9%左右", 2),
            ("用 Open Source 软件", "用Open Source软件", 2),
            ("聚焦企业 激发活力", "聚焦企业 激发活力", 0),
            ("In 2024 we", "In 2024 we", 0),
            ("（ 5 ）", "（ 5 ）", 0),
        ] {
            assert_eq!(tighten(text), (tight.to_owned(), places), "{text}");
        }
    }

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
