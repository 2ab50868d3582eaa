//! Charset: the bytes of a page become text, as the page declares. A byte-order mark counts more, and so does text
//! that can only be UTF-8; what contradicts its declaration is asked. `gb2312` and `gbk` mean GB18030, as they do
//! for browsers.

use crate::intake::encoding::{Decoded, NoText, decode};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

/// How far down a declaration is looked for, in bytes; Word writes it in the first thousand.
const DEPTH: usize = 4096;

/// Reads the bytes of a page as text.
pub(in crate::intake::document) fn read(bytes: &[u8]) -> Result<Decoded, NoText> {
    let is_marked = [&b"\xEF\xBB\xBF"[..], b"\xFF\xFE", b"\xFE\xFF"].iter().any(|mark| bytes.starts_with(mark));
    // Browsers overlook single zero bytes; every other byte is one in UTF-16 alone.
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    if zeros > 0 && !is_marked && zeros * 8 < bytes.len() {
        let without: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        return read(&without);
    }
    let Some(declared) = declared(bytes).filter(|_| !is_marked && zeros == 0) else { return decode(bytes) };
    let utf8 = std::str::from_utf8(bytes).ok();
    match utf8 {
        Some(text) if declared == UTF_8 || text.is_ascii() => Ok(Decoded { text: text.to_owned(), guessed: None }),
        Some(text) if text.chars().filter(|c| !c.is_ascii()).count() >= 4 => {
            Ok(Decoded { text: text.to_owned(), guessed: Some("UTF-8") })
        }
        Some(_) | None => match declared.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => Ok(Decoded { text: text.into_owned(), guessed: None }),
            None => decode(bytes),
        },
    }
}

/// The encoding that a page declares.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DEPTH)]).to_ascii_lowercase();
    let at = head.find("charset")? + "charset".len();
    let value = head[at..].trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label = value.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).next()?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    Some(match encoding {
        _ if encoding == GBK => GB18030,
        // The bytes of a declaration that can be read are no UTF-16 (HTML, 13.2.3.2).
        _ if !encoding.is_ascii_compatible() => UTF_8,
        _ => encoding,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "云泽市民政工作通讯";

    #[test]
    fn a_page_is_read_as_it_declares_and_asked_where_it_contradicts_itself() {
        let gb = |head: &str| [head.as_bytes(), &GB18030.encode(TEXT).0].concat();
        let utf8 = |head: &str| format!("{head}{TEXT}").into_bytes();
        for (bytes, guessed) in [
            (gb("<meta charset=gb2312>"), None),
            (gb("<meta http-equiv=Content-Type content=\"text/html; charset=GBK\">"), None),
            (utf8("<meta charset='utf-8'>"), None),
            (utf8("<meta charset=utf-16>"), None),
            (gb("<meta charset=utf-8>"), Some("GB18030")),
            (utf8("<meta charset=gb2312>"), Some("UTF-8")),
            (gb("<p>"), Some("GB18030")),
            (utf8("<p>"), None),
            (gb("<meta charset=nonsense>"), Some("GB18030")),
            ([b"\xEF\xBB\xBF<meta charset=gb2312>", TEXT.as_bytes()].concat(), None),
            ([b"a\0b<meta charset=utf-8>", TEXT.as_bytes()].concat(), None),
        ] {
            let decoded = read(&bytes).expect("text");
            assert_eq!((decoded.guessed, decoded.text.ends_with(TEXT)), (guessed, true), "{decoded:?}");
        }
    }
}
