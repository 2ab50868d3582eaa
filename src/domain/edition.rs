//! Edition: an issue frozen. Its print holds the letter's HTML and plain text with empty slots
//! for the reader's own pieces; its letterhead holds what the headers of every letter share.
//! It never changes; what is approved is its digest, taken over all of it.

use super::address::{Address, Mailbox};
use super::attachment::Attachment;
use super::document::Digest;
use super::id::{EditionId, IssueId, PublicationId};
use super::language::Language;
use super::picture::Picture;
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
    /// The pictures that the HTML shows, each once; each named there by its Content-ID. Editions of before there were
    /// any have the digest they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// The files that go with the letter, in its order. Editions of before there were any have the digest they had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The whole issue, where this is its summary: what the page of the letter shows. Editions of before there were
    /// summaries have the digest they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Box<Print>>,
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
    /// Where answers go; to the sender without one. Editions of before this was a choice have the digest they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Address>,
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
    /// The same in every letter whose reader has a page to read it on ([`Slot::Read`]), and in no other.
    WithPage(String),
}

/// The reader's own pieces of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The address the letter goes to.
    Address,
    /// Where to leave: an https page, or a mailto when there is none.
    Leave,
    /// The page to read it on; empty when there is none.
    Read,
}

impl Slot {
    /// All slots.
    pub const ALL: [Self; 3] = [Self::Address, Self::Leave, Self::Read];

    /// The mark that stands for the slot while a template is being rendered: private-use
    /// characters that the clean-up of intake keeps out of every issue.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Address => "\u{e000}a\u{e001}",
            Self::Leave => "\u{e000}l\u{e001}",
            Self::Read => "\u{e000}r\u{e001}",
        }
    }
}

/// The marks around what is there only with a page to read it on.
pub const WITH_PAGE: [&str; 2] = ["\u{e000}[\u{e001}", "\u{e000}]\u{e001}"];

impl Page {
    /// Cuts a rendered text at its marks.
    pub fn cut(rendered: &str) -> Self {
        let mut page = Self::default();
        let (mut rest, mut with_page) = (rendered, false);
        while let Some((at, mark)) = first_mark(rest) {
            page.push(&rest[..at], with_page);
            rest = &rest[at + mark.text().len()..];
            match mark {
                Mark::Slot(slot) => page.0.push(Piece::Slot(slot)),
                Mark::WithPage(opens) => with_page = opens,
            }
        }
        page.push(rest, with_page);
        page
    }

    fn push(&mut self, text: &str, with_page: bool) {
        if !text.is_empty() {
            let text = text.to_owned();
            self.0.push(if with_page { Piece::WithPage(text) } else { Piece::Fixed(text) });
        }
    }

    /// The whole text, with `fill` giving the words of each slot.
    pub fn fill(&self, fill: impl Fn(Slot) -> String) -> String {
        let has_page = !fill(Slot::Read).is_empty();
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Fixed(text) => text.clone(),
                Piece::WithPage(text) if has_page => text.clone(),
                Piece::WithPage(_) => String::new(),
                Piece::Slot(slot) => fill(*slot),
            })
            .collect()
    }
}

/// What stands in a rendered text in place of something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Slot(Slot),
    /// Where [`Piece::WithPage`] begins (true) and ends.
    WithPage(bool),
}

impl Mark {
    fn text(self) -> &'static str {
        match self {
            Self::Slot(slot) => slot.mark(),
            Self::WithPage(opens) => WITH_PAGE[usize::from(!opens)],
        }
    }
}

fn first_mark(text: &str) -> Option<(usize, Mark)> {
    let marks = Slot::ALL.map(Mark::Slot).into_iter().chain([true, false].map(Mark::WithPage));
    marks.filter_map(|mark| text.find(mark.text()).map(|at| (at, mark))).min()
}

impl Print {
    /// The whole issue: itself, unless it is a summary.
    pub fn whole(&self) -> &Self {
        self.whole.as_deref().unwrap_or(self)
    }

    /// The digest that is approved: over the print as JSON, whose field order is fixed.
    ///
    /// # Panics
    /// Never: a print holds nothing that JSON cannot.
    pub fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a print is plain data"))
    }
}
