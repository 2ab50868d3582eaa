//! Attach: the files that go with a letter, as MIME parts behind its words, the same in every letter of an edition.
//!
//! A name is said twice. `name=` has it in encoded words, which no standard allows there and which is how QQ Mail,
//! Foxmail, NetEase, Exmail and Outlook write and read names; `filename*=` has it as RFC 2231 §4 wants it, in one piece:
//! the continuations of its §3 are what QQ Mail shows as `tcmime.bin` and NetEase as `ATT00001.bin`
//! (docs/decisions/0022).

use super::body::write_lines;
use super::encoded_word;
use super::letter::Unfit;
use crate::domain::asset::Assets;
use crate::domain::attachment::{Attachment, FileName};
use std::fmt::Write;

/// The parts of the attachments, each after its border.
pub(super) fn parts(attachments: &[Attachment], boundary: &str, assets: &Assets) -> Result<Vec<u8>, Unfit> {
    let mut out = Vec::new();
    for Attachment { name, digest, .. } in attachments {
        let bytes = assets.get(digest).ok_or_else(|| Unfit::Detached(name.to_string()))?;
        let (mime, [plain, extended]) = (name.mime(), said(name));
        let head = format!(
            "--{boundary}\r\nContent-Type: {mime};\r\n name={plain}\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment;\r\n {extended}\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        write_lines(bytes, &mut out);
    }
    Ok(out)
}

/// A name as `name=` has it, and as `Content-Disposition` has it, with its parameter.
fn said(name: &FileName) -> [String; 2] {
    let plain = encoded_word::quoted(name.as_str());
    let is_plain = !plain.contains("=?");
    let extended = if is_plain { format!("filename={plain}") } else { format!("filename*=utf-8''{}", percent(name)) };
    [plain, extended]
}

/// RFC 2231 §7: all but `attribute-char` as its bytes.
fn percent(name: &FileName) -> String {
    let mut out = String::new();
    for byte in name.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("a String takes all"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    fn part(name: &FileName) -> String {
        let mut assets = Assets::default();
        let digest = assets.keep(b"form".to_vec());
        let parts = parts(&[Attachment { name: name.clone(), digest, size: 4 }], "b", &assets).expect("a part");
        String::from_utf8(parts).expect("ASCII").replacen("--b\r\n", "", 1)
    }

    #[test]
    fn a_name_is_said_as_qq_reads_it_and_as_the_standard_has_it() {
        let name = FileName::of("附件1：申报表.docx").expect("a name");
        assert_eq!(
            said(&name),
            [
                "\"=?utf-8?B?6ZmE5Lu2Me+8mueUs+aKpeihqC5kb2N4?=\"",
                "filename*=utf-8''%E9%99%84%E4%BB%B61%EF%BC%9A%E7%94%B3%E6%8A%A5%E8%A1%A8.docx"
            ]
        );
        let plain = FileName::of("Form (1), new.docx").expect("a name");
        assert_eq!(said(&plain), ["\"Form (1), new.docx\"", "filename=\"Form (1), new.docx\""]);
    }

    proptest! {
        #[test]
        fn any_name_is_read_back_and_no_line_is_too_long(raw in "[一-龥《》“”（） a-z0-9=?_.]{1,90}|[ -~]{1,90}|\\PC{1,90}") {
            let Some(name) = FileName::of(&raw) else { return Ok(()) };
            let part = part(&name);
            prop_assert!(part.is_ascii());
            let (head, _) = part.split_once("\r\n\r\n").expect("a head");
            for line in head.split("\r\n") {
                let most = if line.starts_with(" filename") { 998 } else { 210 };
                prop_assert!(line.len() <= if line.contains("=?") { 76 } else { most }, "{}", line);
                prop_assert!(!line.ends_with(' ') && !line.contains("  "));
            }
            let read = MessageParser::new().parse(part.as_bytes()).expect("a part");
            prop_assert_eq!(read.attachment_name(), Some(name.as_str()));
        }
    }
}
