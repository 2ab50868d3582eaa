//! Encoding: bytes become text, or are refused; never a question mark in place of a character.
//! A byte-order mark decides; then strict UTF-8; then UTF-16 by its look; then GB18030, of which
//! GBK and GB2312 are parts. Called by documents and rosters. What was guessed is said.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// Text, and how sure its encoding is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text, without a byte-order mark.
    pub(crate) text: String,
    /// The encoding's name where nothing but the look of the bytes spoke for it.
    pub(crate) guessed: Option<&'static str>,
}

/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoText {
    /// They hold what no text file holds.
    Binary,
    /// They are text, but damaged or cut within a character.
    Damaged,
}

/// Reads bytes as text.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, NoText> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => declared(std::str::from_utf8(rest).ok().map(str::to_owned)),
        [0xFF, 0xFE, rest @ ..] => declared(utf16(rest, UTF_16LE)),
        [0xFE, 0xFF, rest @ ..] => declared(utf16(rest, UTF_16BE)),
        _ => undeclared(bytes),
    }
}

fn declared(text: Option<String>) -> Result<Decoded, NoText> {
    let text = text.ok_or(NoText::Damaged)?;
    if text.contains('\0') { Err(NoText::Binary) } else { Ok(Decoded { text, guessed: None }) }
}

fn undeclared(bytes: &[u8]) -> Result<Decoded, NoText> {
    if bytes.contains(&0) {
        return utf16_by_look(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: text.to_owned(), guessed: None }),
        Err(error) if is_damaged_utf8(bytes, error.valid_up_to()) => Err(NoText::Damaged),
        Err(_) => gb18030(bytes),
    }
}

/// Text in GB18030 is hardly ever valid UTF-8 for more than a character or two, so a long valid
/// beginning means UTF-8 that was cut or damaged; reading it as GB18030 would yield nonsense.
fn is_damaged_utf8(bytes: &[u8], valid_up_to: usize) -> bool {
    let multibyte = bytes[..valid_up_to].iter().filter(|&&byte| byte >= 0xC0).count();
    multibyte >= 8 || (multibyte >= 1 && bytes.len() - valid_up_to < 4)
}

fn utf16(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Option<String> {
    if bytes.len() % 2 == 1 {
        return None;
    }
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// UTF-16 without a mark shows by its zero bytes (line ends, spaces, Latin). It is believed only
/// if nearly every character is one that periodicals use.
fn utf16_by_look(bytes: &[u8]) -> Result<Decoded, NoText> {
    let ascii = |text: &str| text.chars().filter(char::is_ascii).count();
    let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
    if bytes.len() < 8 {
        return Err(NoText::Binary); // too little to believe anything of
    }
    let even = &bytes[..bytes.len() & !1];
    let best = [(UTF_16LE, "UTF-16LE"), (UTF_16BE, "UTF-16BE")]
        .into_iter()
        .filter_map(|(encoding, name)| Some((utf16(even, encoding)?, name)))
        .filter(|(text, _)| usual_share(text) >= 97 && ascii(text) * 2 >= zeros)
        .max_by_key(|(text, _)| ascii(text));
    match best {
        Some((text, name)) if even.len() == bytes.len() => Ok(Decoded { text, guessed: Some(name) }),
        Some(_) => Err(NoText::Damaged),
        None => Err(NoText::Binary),
    }
}

fn gb18030(bytes: &[u8]) -> Result<Decoded, NoText> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or(NoText::Damaged)?;
    let foreign: String = text.chars().filter(|c| !c.is_ascii()).collect();
    if usual_share(&foreign) < 90 {
        return Err(NoText::Damaged);
    }
    Ok(Decoded { text: text.into_owned(), guessed: Some("GB18030") })
}

/// How many of a hundred characters are usual in a Chinese or English periodical.
fn usual_share(text: &str) -> usize {
    let (mut usual, mut all) = (0, 0);
    for c in text.chars() {
        all += 1;
        usual += usize::from(is_usual(c));
    }
    (usual * 100).checked_div(all).unwrap_or(100)
}

fn is_usual(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{c}' | ' '..='~' | '\u{a0}'..='\u{ff}')
        || matches!(c, '\u{2010}'..='\u{203f}' | '\u{2100}'..='\u{22ff}' | '\u{2460}'..='\u{27bf}')
        || matches!(c, '\u{3000}'..='\u{33ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
        || matches!(c, '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "云泽简报\n2026年第3期 “试点” AI。";

    fn units(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn each_encoding_gives_the_same_text_and_says_whether_it_was_guessed() {
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let gb = GB18030.encode(TEXT).0.into_owned();
        for (bytes, guessed) in [
            (TEXT.as_bytes().to_vec(), None),
            (marked(&[0xEF, 0xBB, 0xBF], TEXT.into()), None),
            (marked(&[0xFF, 0xFE], units(TEXT, u16::to_le_bytes)), None),
            (marked(&[0xFE, 0xFF], units(TEXT, u16::to_be_bytes)), None),
            (units(TEXT, u16::to_le_bytes), Some("UTF-16LE")),
            (units(TEXT, u16::to_be_bytes), Some("UTF-16BE")),
            (units("plain words\n", u16::to_be_bytes), Some("UTF-16BE")),
            (gb, Some("GB18030")),
        ] {
            let decoded = decode(&bytes).expect("text");
            assert_eq!(decoded.guessed, guessed);
            assert!(decoded.text == TEXT || decoded.text == "plain words\n", "{decoded:?}");
        }
    }

    #[test]
    fn what_is_cut_within_a_character_is_not_read_as_something_else() {
        let gb = GB18030.encode("云泽简报第三期").0.into_owned();
        let marked = [&[0xFF, 0xFE][..], &units(TEXT, u16::to_le_bytes)].concat();
        for bytes in [&TEXT.as_bytes()[..4], &TEXT.as_bytes()[..TEXT.len() - 1], &gb[..gb.len() - 1], &marked[..9]] {
            assert_eq!(decode(bytes), Err(NoText::Damaged), "{bytes:?}");
        }
        assert_eq!(decode(&units(TEXT, u16::to_le_bytes)[..9]), Err(NoText::Damaged), "odd length, no mark");
    }

    #[test]
    fn machine_bytes_are_no_text() {
        for bytes in [&b"\x7fELF\x02\x01\x01\0\0\0\0\0"[..], b"ab\0cd", b"\xEF\xBB\xBFa\0b"] {
            assert_eq!(decode(bytes), Err(NoText::Binary), "{bytes:?}");
        }
    }
}
