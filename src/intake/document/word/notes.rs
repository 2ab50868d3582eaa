//! Notes and comments of a Word file: the parts that hold them are walked like the body, each note a story of its own;
//! and how their numbers are written, which settings or a section say.

use super::super::refusal::Refusal;
use super::counting::written;
use super::xml::{Piece, Xml};
use crate::domain::issue::Inline;
use std::collections::{HashMap, HashSet};

/// What a note says, and what the file holds of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Note {
    pub(super) words: Vec<Inline>,
    pub(super) held: String,
}

/// The notes of a document, by kind and id, and how they are counted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) found: HashMap<String, Note>,
    formats: HashMap<String, String>,
    counts: HashMap<String, u32>,
    told: HashSet<String>,
}

impl Notes {
    /// Learns how numbers are written from a part that may say so.
    pub(super) fn learn(&mut self, part: &[u8]) -> Result<(), Refusal> {
        let mut xml = Xml::new(part)?;
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            let kind = match tag.name.as_ref() {
                "footnotePr" => "footnote",
                "endnotePr" => "endnote",
                _ => continue,
            };
            xml.within(|_, tag| {
                if let ("numFmt", Some(format)) = (tag.name.as_ref(), tag.val()) {
                    self.formats.insert(kind.to_owned(), format);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Counts a reference: its number as it is shown.
    pub(super) fn count(&mut self, kind: &str) -> String {
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count = count.saturating_add(1);
        let usual = if kind == "endnote" { "lowerRoman" } else { "decimal" };
        written(*count, self.formats.get(kind).map_or(usual, String::as_str))
    }

    /// A note, the first time that it is asked for.
    pub(super) fn tell(&mut self, key: &str) -> Option<Note> {
        let note = self.found.get(key)?;
        self.told.insert(key.to_owned()).then(|| note.clone())
    }
}
