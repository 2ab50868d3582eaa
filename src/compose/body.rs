//! Body: a page as base64 (RFC 2045 §6.8), encoded ahead but for its slots. A slot shifts what
//! follows it by 0, 1 or 2 bytes within base64's groups of three, so each fixed stretch is encoded
//! in all three alignments, and a letter is made by copying the one that fits.
//!
//! Every line ends with CRLF and has at most 76 characters; lines at a slot are shorter.

use crate::domain::edition::{Page, Piece, Slot};
use data_encoding::BASE64;

/// Bytes on a full line: 57 become 76 characters.
const LINE: usize = 57;

/// A page ready for its slots.
#[derive(Debug)]
pub(super) struct Body(Vec<Part>);

#[derive(Debug)]
enum Part {
    Fixed(Box<[Stretch; 3]>),
    /// Left out where there is no page to read the letter on.
    WithPage(Box<[Stretch; 3]>),
    Slot(Slot),
}

/// A fixed text in one alignment: what completes the group before it, its own whole groups encoded
/// in lines, and what begins the group after it.
#[derive(Debug)]
struct Stretch {
    head: Vec<u8>,
    lines: Vec<u8>,
    tail: Vec<u8>,
}

impl Body {
    /// Encodes a page.
    pub(super) fn new(page: &Page) -> Self {
        let aligned = |text: &str| Box::new([0, 1, 2].map(|head| Stretch::new(text.as_bytes(), head)));
        let part = |piece: &Piece| match piece {
            Piece::Fixed(text) => Part::Fixed(aligned(text)),
            Piece::WithPage(text) => Part::WithPage(aligned(text)),
            Piece::Slot(slot) => Part::Slot(*slot),
        };
        Self(page.0.iter().map(part).collect())
    }

    /// What the page begins with in every letter, in whole lines.
    pub(super) fn beginning(&self) -> &[u8] {
        match self.0.first() {
            Some(Part::Fixed(alignments)) => &alignments[0].lines,
            Some(Part::Slot(_) | Part::WithPage(_)) | None => &[],
        }
    }

    /// Appends the body of one letter, with `fill` giving the words of each slot.
    pub(super) fn write<'a>(&self, fill: impl Fn(Slot) -> &'a str, out: &mut Vec<u8>) {
        // What is not yet encoded: the tail of a stretch and the words of the slots after it.
        let mut open: Vec<u8> = Vec::with_capacity(512);
        let has_page = !fill(Slot::Read).is_empty();
        for part in &self.0 {
            match part {
                Part::Slot(slot) => open.extend_from_slice(fill(*slot).as_bytes()),
                Part::WithPage(_) if !has_page => {}
                Part::Fixed(alignments) | Part::WithPage(alignments) => {
                    let stretch = &alignments[(3 - open.len() % 3) % 3];
                    open.extend_from_slice(&stretch.head);
                    // A stretch too short to complete the group leaves it open for what comes next.
                    if open.len().is_multiple_of(3) {
                        write_lines(&open, out);
                        out.extend_from_slice(&stretch.lines);
                        open.clear();
                        open.extend_from_slice(&stretch.tail);
                    }
                }
            }
        }
        write_lines(&open, out);
    }
}

impl Stretch {
    fn new(text: &[u8], head: usize) -> Self {
        let (head, rest) = text.split_at(head.min(text.len()));
        let (groups, tail) = rest.split_at(rest.len() - rest.len() % 3);
        let mut lines = Vec::with_capacity(groups.len() * 3 / 2);
        write_lines(groups, &mut lines);
        Self { head: head.to_vec(), lines, tail: tail.to_vec() }
    }
}

/// Bytes in base64, 57 on a line.
pub(super) fn write_lines(bytes: &[u8], out: &mut Vec<u8>) {
    for line in bytes.chunks(LINE) {
        let start = out.len();
        out.resize(start + BASE64.encode_len(line.len()), 0);
        BASE64.encode_mut(line, &mut out[start..]);
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_page_is_read_back_whatever_fills_its_slots(
            pieces in prop::collection::vec(prop_oneof![
                "[a-z]{0,4}|[一-龥]{1,200}".prop_map(Piece::Fixed),
                Just(Piece::Slot(Slot::Address)),
                Just(Piece::Slot(Slot::Leave)),
                Just(Piece::Slot(Slot::Read)),
                "[一-龥]{1,40}".prop_map(Piece::WithPage),
            ], 0..8),
            address in "[a-z@.]{0,200}",
            leave in "[a-z:/]{0,200}",
            read in "|[a-z:/]{1,90}",
        ) {
            let page = Page(pieces);
            let fill = |slot| match slot { Slot::Address => address.as_str(), Slot::Leave => leave.as_str(), Slot::Read => read.as_str() };
            let mut out = Vec::new();
            Body::new(&page).write(fill, &mut out);

            let written = String::from_utf8(out).expect("base64 is ASCII");
            prop_assert!(written.is_empty() || written.ends_with("\r\n"));
            prop_assert!(written.split("\r\n").all(|line| line.len() <= 76));
            let decoded = BASE64.decode(written.replace("\r\n", "").as_bytes()).expect("one run of base64");
            prop_assert_eq!(String::from_utf8(decoded).expect("UTF-8"), page.fill(|slot| fill(slot).to_owned()));
        }
    }
}
