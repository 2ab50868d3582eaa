//! Pictures: what the reader of a format found beside the words, looked at and kept once. One that no letter can carry
//! is a question, never silent (INTAKE.md §3 rule 10); its words stay in its place.

use super::flags::Flags;
use crate::domain::asset::Assets;
use crate::domain::document::Finding;
use crate::domain::picture::{NotCarried, Picture};

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

    /// All that were taken.
    pub(super) fn kept(self) -> Assets {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::picture::tests::png_of;

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
