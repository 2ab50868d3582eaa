//! Picture: what a letter may carry of a document's pictures. What it is, is told by its first bytes and never by its
//! name; its size in pixels is read there too. Pure; called by intake, which has the bytes, and kept in an issue's blocks.

use super::document::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most bytes of one picture: more would fill a whole letter.
pub const LARGEST: usize = 3 * 1024 * 1024;

/// The most pixels of one picture: programs unpack each into four bytes.
pub const MOST_PIXELS: u64 = 40_000_000;

/// A picture that a letter can carry: where its bytes are kept, and what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Of its bytes.
    pub digest: Digest,
    /// How it is written.
    pub medium: Medium,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// In bytes.
    pub size: u32,
}

/// The ways of writing a picture that every mail program shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    /// PNG (RFC 2083).
    Png,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// GIF 87a or 89a.
    Gif,
}

/// Why a picture is not carried; says it in the fewest words, for both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCarried {
    /// Programs for mail do not show what is written so: `SVG`, `EMF`, `TIFF`, or `?`.
    Format(&'static str),
    /// Its beginning is not what its format says.
    Damaged(Medium),
    /// It has more bytes than one may have.
    Large(usize),
    /// It has more pixels than one may have.
    Wide(u32, u32),
}

impl Picture {
    /// Looks at the bytes of a picture.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub fn of(bytes: &[u8]) -> Result<Self, NotCarried> {
        let medium = medium(bytes).ok_or_else(|| NotCarried::Format(other(bytes)))?;
        if bytes.len() > LARGEST {
            return Err(NotCarried::Large(bytes.len()));
        }
        let (width, height) = match medium {
            Medium::Png => png(bytes),
            Medium::Jpeg => jpeg(bytes),
            Medium::Gif => gif(bytes),
        }
        .filter(|(width, height)| *width > 0 && *height > 0)
        .ok_or(NotCarried::Damaged(medium))?;
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(NotCarried::Wide(width, height));
        }
        let size = u32::try_from(bytes.len()).map_err(|_| NotCarried::Large(bytes.len()))?;
        Ok(Self { digest: Digest::of(bytes), medium, width, height, size })
    }
}

impl Medium {
    /// Its media type (RFC 2046 §4.2).
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }

    /// What ends a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
        }
    }
}

impl fmt::Display for NotCarried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(name) => f.write_str(name),
            Self::Damaged(medium) => write!(f, "{}?", medium.extension().to_uppercase()),
            Self::Large(bytes) => write!(f, "{} KB > {} KB", bytes.div_ceil(1024), LARGEST / 1024),
            Self::Wide(width, height) => write!(f, "{width} × {height}"),
        }
    }
}

fn medium(bytes: &[u8]) -> Option<Medium> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Medium::Png);
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Some(Medium::Gif);
    }
    bytes.starts_with(b"\xff\xd8\xff").then_some(Medium::Jpeg)
}

/// The name of a way of writing that mail programs do not show.
fn other(bytes: &[u8]) -> &'static str {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    match () {
        () if starts(b"\xd7\xcd\xc6\x9a") || starts(b"\x01\x00\x09\x00") => "WMF",
        () if bytes.get(40..44) == Some(b" EMF") => "EMF",
        () if starts(b"II*\0") || starts(b"MM\0*") => "TIFF",
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => "WebP",
        () if starts(b"BM") => "BMP",
        () if bytes.get(4..8) == Some(b"ftyp") => "HEIC/AVIF",
        () if bytes[..bytes.len().min(512)].windows(4).any(|four| four == b"<svg") => "SVG",
        () => "?",
    }
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    Some((number(6)?, number(8)?))
}

/// From the frame header, SOFn: the first one, whichever of the compressions it names (T.81 §B.1.1.3).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1).filter(|_| bytes[at] == 0xff)?;
        match marker {
            // A fill byte before a marker.
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + usize::from(number(at + 2)?),
            0xc0..=0xcf => return Some((number(at + 7)?.into(), number(at + 5)?.into())),
            // The picture itself, or its end, before any frame header.
            0xd9 | 0xda => return None,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::from(number(at + 2)?.max(2)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A PNG of these pixels, as far as anybody here reads it, `filler` behind.
    pub(crate) fn png_of(width: u32, height: u32, filler: &[u8]) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        [head.as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0], filler].concat()
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let app = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x03x\xff\xc2\x00\x11\x08";
        [app.as_slice(), &height.to_be_bytes(), &width.to_be_bytes(), b"rest"].concat()
    }

    #[test]
    fn what_a_picture_is_stands_in_its_first_bytes() {
        let gif = b"GIF89a\x20\x03\x58\x02rest".to_vec();
        for (bytes, medium, width, height) in [
            (png_of(640, 480, b""), Medium::Png, 640, 480),
            (jpeg_of(1200, 800), Medium::Jpeg, 1200, 800),
            (gif, Medium::Gif, 800, 600),
        ] {
            let picture = Picture::of(&bytes).expect("a picture");
            assert_eq!((picture.medium, picture.width, picture.height), (medium, width, height));
            assert_eq!((picture.digest, picture.size as usize), (Digest::of(&bytes), bytes.len()));
        }
    }

    #[test]
    fn what_a_letter_cannot_carry_is_named() {
        let emf = [&[1, 0, 0, 0][..], &[0; 36], b" EMF"].concat();
        for (bytes, why, said) in [
            (b"<?xml version=\"1.0\"?><svg/>".to_vec(), NotCarried::Format("SVG"), "SVG"),
            (emf, NotCarried::Format("EMF"), "EMF"),
            (b"\xd7\xcd\xc6\x9a".to_vec(), NotCarried::Format("WMF"), "WMF"),
            (b"II*\0".to_vec(), NotCarried::Format("TIFF"), "TIFF"),
            (b"<html>".to_vec(), NotCarried::Format("?"), "?"),
            (Vec::new(), NotCarried::Format("?"), "?"),
            (png_of(0, 9, b""), NotCarried::Damaged(Medium::Png), "PNG?"),
            (b"\xff\xd8\xff\xd9".to_vec(), NotCarried::Damaged(Medium::Jpeg), "JPG?"),
            (png_of(9, 9, &vec![0; LARGEST]), NotCarried::Large(LARGEST + 29), "3073 KB > 3072 KB"),
            (png_of(60_000, 60_000, b""), NotCarried::Wide(60_000, 60_000), "60000 × 60000"),
        ] {
            let refused = Picture::of(&bytes).expect_err(said);
            assert_eq!((&refused, refused.to_string().as_str()), (&why, said));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_behind_the_first_are_looked_at_without_harm(
            head in prop::sample::select(vec![&b"\xff\xd8\xff"[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", b""]),
            rest in prop::collection::vec(prop_oneof![Just(0xff_u8), any::<u8>()], 0..200),
        ) {
            let _ = Picture::of(&[head, &rest].concat());
        }
    }
}
