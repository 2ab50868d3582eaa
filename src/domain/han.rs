//! Han: how Chinese characters and numbers meet. Spaces between them are an artefact of how
//! manuscripts are extracted (they alternate by printed page): an issue keeps them as its source
//! has them, an import counts them, a letter leaves them out. The one home of that rule.

/// Whether a character is a Chinese character; punctuation is none.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// Whether a character is set as wide as a Chinese one: these and their punctuation.
pub fn is_wide(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3001}'..='\u{303f}' | '\u{4dc0}'..='\u{4dff}' | '\u{ff00}'..='\u{ffef}')
}

/// Full-width ASCII to ASCII, as a Chinese keyboard has it.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// A whole text so.
pub fn narrowed(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// Whether a space between these two is an artefact: one is wide, the other a digit, or a sign that
/// follows digits before a wide one.
pub fn is_artefact(before: char, after: char) -> bool {
    let ends_number = before.is_ascii_digit() || matches!(before, '%' | '‰' | '℃');
    (ends_number && is_wide(after)) || (is_wide(before) && after.is_ascii_digit())
}

/// How many such places a text has.
pub fn artefacts(text: &str) -> usize {
    let mut places = 0;
    let mut before = None;
    let mut gap = false;
    for c in text.chars() {
        if c == ' ' {
            gap = true;
            continue;
        }
        places += usize::from(gap && before.is_some_and(|before| is_artefact(before, c)));
        (before, gap) = (Some(c), false);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_around_numbers_are_artefacts_and_spaces_between_words_are_none() {
        for (text, places) in [
            ("规模 12.5 亿元", 2),
            ("下降 9% 左右", 2),
            ("截至 ２０ 日", 0), // full-width digits are set as wide as their neighbours
            ("用 Open Source 软件", 0),
            ("聚焦企业 激发活力", 0),
            ("In 2024 we", 0),
            ("， 5 月", 2),
            (" 5", 0),
        ] {
            assert_eq!(artefacts(text), places, "{text}");
        }
    }
}
