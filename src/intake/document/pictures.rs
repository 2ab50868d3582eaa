//! Pictures: what the reader of a format found beside the words, looked at and kept once. One that no letter can carry
//! is a question, never silent (INTAKE.md §3 rule 10); its words stay in its place.

use super::flags::Flags;
use crate::domain::asset::Assets;
use crate::domain::document::Finding;
use crate::domain::picture::{LARGEST, NotCarried, Picture};
use data_encoding::BASE64_NOPAD;

/// The most pictures of a document.
const MOST: usize = 60;

/// The most bytes of all of them.
const ALL: usize = 20 * 1024 * 1024;

/// The pictures of a document so far.
#[derive(Debug, Default)]
pub(super) struct Pictures(Assets);

impl Pictures {
    /// Takes a picture's bytes; none where it is not carried, and that is noted with the `name` that the document has
    /// for it.
    pub(super) fn take(&mut self, name: &str, bytes: &[u8], flags: &mut Flags, line: u32) -> Option<Picture> {
        let room = |picture: &Picture| {
            let is_known = self.0.get(&picture.digest).is_some();
            is_known || (self.0.len() < MOST && self.0.size() + bytes.len() <= ALL)
        };
        let why = match Picture::of(bytes) {
            Ok(picture) if room(&picture) => {
                self.0.keep(bytes.to_vec());
                return Some(picture);
            }
            Ok(_) if self.0.len() >= MOST => format!("> {MOST}"),
            Ok(_) => NotCarried::Large(self.0.size() + bytes.len()).to_string(),
            Err(why) => why.to_string(),
        };
        flags.note(Finding::Unreadable(format!("{name} ({why})")), Some(line));
        None
    }

    /// Takes the picture that a `data:` URL holds (RFC 2397); none where it is not carried, and that is noted.
    pub(super) fn take_url(&mut self, url: &str, flags: &mut Flags, line: u32) -> Option<Picture> {
        let (head, data) = url.get("data:".len()..)?.split_once(',').unwrap_or_default();
        let name: String = head.split(';').next().unwrap_or_default().chars().take(40).collect();
        // Four characters hold three bytes; some break lines, or write signs as %2B.
        if data.len() > LARGEST / 3 * 4 + LARGEST / 8 {
            let why = NotCarried::Large(data.len() / 4 * 3);
            flags.note(Finding::Unreadable(format!("{name} ({why})")), Some(line));
            return None;
        }
        let bytes = unescaped(data);
        let is_base64 = head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
        let bytes = if is_base64 { decoded(bytes) } else { bytes };
        self.take(&name, &bytes, flags, line)
    }

    /// All that were taken.
    pub(super) fn kept(self) -> Assets {
        self.0
    }
}

/// The bytes of a URL's data; a `%` without two digits behind it is itself.
fn unescaped(data: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut bytes, mut rest) = (Vec::with_capacity(data.len()), data.as_bytes());
    while let [first, behind @ ..] = rest {
        match (first, digit(behind.first()), digit(behind.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    bytes
}

/// Base64, with or without its padding; nothing where it is none.
fn decoded(mut text: Vec<u8>) -> Vec<u8> {
    text.retain(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    BASE64_NOPAD.decode(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::picture::tests::png_of;
    use data_encoding::BASE64;

    fn noted(flags: Flags) -> Vec<(Finding, Option<u32>)> {
        flags.finish().into_iter().map(|flag| (flag.finding, flag.line)).collect()
    }

    #[test]
    fn a_picture_is_kept_once_whatever_it_is_called() {
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        let png = png_of(640, 480, b"");
        let first = pictures.take("image1.emf", &png, &mut flags, 3).expect("a PNG");
        assert_eq!(pictures.take("image2.png", &png, &mut flags, 5), Some(first));
        let kept = pictures.kept();
        assert_eq!((kept.len(), kept.get(&first.digest)), (1, Some(png.as_slice())));
        assert_eq!(noted(flags), []);
    }

    #[test]
    fn what_is_not_carried_is_asked_about() {
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        assert_eq!(pictures.take("image1.png", b"<svg/>", &mut flags, 3), None);
        assert_eq!(noted(flags), [(Finding::Unreadable("image1.png (SVG)".into()), Some(3))]);
    }

    #[test]
    fn what_a_url_holds_is_a_picture_or_a_question() {
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        let png = png_of(640, 480, b"\xfb\xff");
        let written = BASE64.encode(&png);
        let broken = format!("{}\r\n {}", &written[..20], &written[20..]);
        for url in [
            format!("data:image/png;base64,{written}"),
            format!("DATA:image/jpeg;name=a.jpg;BASE64,{}", broken.replace('+', "%2B").trim_end_matches('=')),
        ] {
            assert_eq!(pictures.take_url(&url, &mut flags, 1).map(|picture| picture.width), Some(640), "{url}");
        }
        let (svg, huge) = ("<svg onload=alert(1)>", "A".repeat(5 << 20));
        for url in [
            format!("data:image/svg+xml;utf8,{svg}"),
            format!("data:image/png;base64,{}", BASE64.encode(svg.as_bytes())),
            format!("data:image/png;base64,{huge}"),
            "data:image/png;base64,!!%zz%2".into(),
            "data:text/html,<script>".into(),
            format!("data:{}", "x".repeat(4000)),
        ] {
            assert_eq!(pictures.take_url(&url, &mut flags, 2), None);
        }
        let said: Vec<String> = noted(flags).into_iter().map(|(finding, _)| format!("{finding:?}")).collect();
        assert_eq!(said.len(), 6);
        assert!(said[0].contains("image/svg+xml (SVG)") && said[1].contains("image/png (SVG)"), "{said:?}");
        assert!(said[2].contains("3840 KB > 3072 KB") && said.iter().all(|said| said.len() < 80), "{said:?}");
        assert_eq!(pictures.kept().len(), 1);
    }

    #[test]
    fn a_document_has_so_many_pictures_and_no_more() {
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        let taken = (1..=70_u32).filter_map(|n| pictures.take("x", &png_of(n, 1, b""), &mut flags, n)).count();
        assert_eq!(taken, MOST);
        assert!(pictures.take("x", &png_of(1, 1, b""), &mut flags, 71).is_some(), "a known one takes no room");
        let noted = noted(flags);
        assert_eq!((noted.len(), &noted[0]), (10, &(Finding::Unreadable("x (> 60)".into()), Some(61))));
    }

    #[test]
    fn all_pictures_together_have_a_limit_too() {
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        let mut take = |n: u32| pictures.take("x", &png_of(n, 1, &vec![0; 3 << 20 >> 1]), &mut flags, n).is_some();
        assert_eq!((1..=20).filter(|n| take(*n)).count(), 13);
    }
}
