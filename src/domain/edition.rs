//! Edition: an issue frozen. Its print holds the letter's HTML and plain text with empty slots
//! for the reader's own pieces; its letterhead holds what the headers of every letter share.
//! It never changes; what is approved is its digest, taken over all of it.

use super::address::Mailbox;
use super::document::Digest;
use super::id::{EditionId, IssueId, PublicationId};
use super::language::Language;
use super::publication::Slug;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An issue frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// Its identity.
    pub id: EditionId,
    /// The issue it was made from.
    pub issue: IssueId,
    /// The periodical.
    pub publication: PublicationId,
    /// What it says and who says it.
    pub print: Print,
    /// The digest over `print`.
    pub digest: Digest,
}

/// Everything that the letters of an edition share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Print {
    /// The sender's side of the headers.
    pub letterhead: Letterhead,
    /// The subject line, decoded.
    pub subject: String,
    /// The HTML part.
    pub html: Page,
    /// The plain text part, lines parted by `\n`.
    pub text: Page,
}

/// What the headers of every letter of an edition share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letterhead {
    /// The publication's short name; with the sender's domain it makes the `List-Id`.
    pub slug: Slug,
    /// The publication's name.
    pub name: String,
    /// The sender.
    pub from: Mailbox,
    /// The language of the letter.
    pub language: Language,
    /// The zone of its `Date`.
    pub zone: Tz,
}

/// A text with empty slots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Page(pub Vec<Piece>);

/// A stretch of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// The same in every letter.
    Fixed(String),
    /// The reader's own.
    Slot(Slot),
}

/// The reader's own pieces of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The address the letter goes to.
    Address,
    /// Where to leave: an https page, or a mailto when there is none.
    Leave,
}

/// Whether reviewers' latest answers let an edition go out: enough said yes, and none says no.
pub fn is_approved(needed: u8, answers: &[(String, bool)]) -> bool {
    answers.iter().all(|(_, yes)| *yes) && answers.len() >= usize::from(needed)
}

impl Slot {
    /// All slots.
    pub const ALL: [Self; 2] = [Self::Address, Self::Leave];

    /// The mark that stands for the slot while a template is being rendered: private-use
    /// characters that the clean-up of intake keeps out of every issue.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Address => "\u{e000}a\u{e001}",
            Self::Leave => "\u{e000}l\u{e001}",
        }
    }
}

impl Page {
    /// Cuts a rendered text at the marks of its slots.
    pub fn cut(rendered: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = rendered;
        while let Some((at, slot)) = first_mark(rest) {
            if at > 0 {
                pieces.push(Piece::Fixed(rest[..at].to_owned()));
            }
            pieces.push(Piece::Slot(slot));
            rest = &rest[at + slot.mark().len()..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Fixed(rest.to_owned()));
        }
        Self(pieces)
    }

    /// The whole text, with `fill` giving the words of each slot.
    pub fn fill(&self, fill: impl Fn(Slot) -> String) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Fixed(text) => text.clone(),
                Piece::Slot(slot) => fill(*slot),
            })
            .collect()
    }
}

fn first_mark(text: &str) -> Option<(usize, Slot)> {
    Slot::ALL.iter().filter_map(|slot| text.find(slot.mark()).map(|at| (at, *slot))).min()
}

impl Print {
    /// The digest that is approved: over the print as JSON, whose field order is fixed.
    ///
    /// # Panics
    /// Never: a print holds nothing that JSON cannot.
    pub fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a print is plain data"))
    }
}
