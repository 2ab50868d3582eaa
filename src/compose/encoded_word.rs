//! Encoded word: text in headers (RFC 2047). lettre's encoder passes a literal `=?` and control
//! characters through and leaves long words unfolded, so a header could be read back otherwise than
//! it was meant; this one encodes whatever is not plainly safe, whole, in base64.

use data_encoding::BASE64;

/// Bytes in one encoded word: 52 characters of base64, which with `=?utf-8?B?`, `?=` and a header's
/// name stay within the 76 of a line.
const BYTES: usize = 39;

/// The longest text that needs no folding behind the longest of our header names.
const PLAIN: usize = 60;

/// Unstructured text, as in `Subject`.
pub(super) fn text(words: &str) -> String {
    if is_plain(words) { words.to_owned() } else { encoded(words) }
}

/// A display name, as in `From` and `List-Id`: quoted when plain, with a quote escaped.
pub(super) fn phrase(words: &str) -> String {
    if is_plain(words) { format!("\"{}\"", words.replace('\\', "\\\\").replace('"', "\\\"")) } else { encoded(words) }
}

/// A file's name, quoted, as mail programs write one although RFC 2047 §5 forbids it there: the words of a long one each
/// on a line.
pub(super) fn quoted(name: &str) -> String {
    let is_fit = name.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\'));
    if is_fit && !name.contains("=?") { format!("\"{name}\"") } else { format!("\"{}\"", encoded(name)) }
}

fn is_plain(words: &str) -> bool {
    let printable = words.bytes().all(|b| matches!(b, b' '..=b'~'));
    printable && words.len() <= PLAIN && !words.contains("=?") && words.trim() == words && !words.contains("  ")
}

/// Encoded words, one a line; cut between characters, as each is decoded by itself.
fn encoded(words: &str) -> String {
    let mut out = String::new();
    let mut rest = words;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(BYTES));
        out.push_str(if out.is_empty() { "" } else { "\r\n " });
        out.push_str("=?utf-8?B?");
        BASE64.encode_append(word.as_bytes(), &mut out);
        out.push_str("?=");
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_subject_is_read_back_as_it_was(words in "[ -~]{1,90}|[一-龥《》“” a-z0-9=?_]{1,60}|\\PC{1,80}") {
            let header = format!("Subject: {}\r\n\r\n", text(&words));
            let read = MessageParser::new().parse(header.as_bytes()).expect("a message");
            prop_assert_eq!(read.subject().unwrap_or_default().trim(), words.trim());
            prop_assert!(header.lines().all(|line| line.len() <= 76), "{}", header);
            prop_assert!(header.is_ascii());
        }

        #[test]
        fn a_display_name_is_read_back_as_it_was(words in "[ -~]{1,70}|[一-龥 a-z\"\\\\()<>@,.]{1,60}") {
            let header = format!("From: {}\r\n <a@example.cn>\r\n\r\n", phrase(&words));
            let read = MessageParser::new().parse(header.as_bytes()).expect("a message");
            let from = read.from().and_then(|from| from.first()).expect("a sender");
            prop_assert_eq!(from.name().unwrap_or_default().trim(), words.trim());
            prop_assert_eq!(from.address(), Some("a@example.cn"));
        }
    }

    #[test]
    fn an_encoded_word_ends_between_two_characters() {
        let words = "科技情报参考科技情报参考科技情报参考科技情报参考";
        for word in text(words).split("\r\n ") {
            let base64 = word.trim_start_matches("=?utf-8?B?").trim_end_matches("?=");
            let bytes = BASE64.decode(base64.as_bytes()).expect("base64");
            assert!(std::str::from_utf8(&bytes).is_ok(), "{word}");
        }
    }
}
