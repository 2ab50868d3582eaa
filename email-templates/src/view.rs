//! View: what a template shows, as plain values whose words are final: numbers and dates written
//! out, spaces settled, links known to be safe. `compose` makes one from an issue; the HTML
//! template and the plain text twin both read it.

use crate::style::Theme;
use crate::words::Language;

/// An issue as its letter shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The language of the fixed words.
    pub language: Language,
    /// How it looks.
    pub theme: Theme,
    /// What an inbox shows beside the subject.
    pub preheader: String,
    /// The publication, as its readers know it.
    pub publication: String,
    /// The name on the masthead.
    pub masthead: String,
    /// A line under it.
    pub motto: Option<String>,
    /// The number: `2024年第6期`.
    pub label: Option<String>,
    /// The day of issue, written out.
    pub date: Option<String>,
    /// The body that compiles it.
    pub compiled_by: Option<String>,
    /// What was put right since it went out before, where it is a correction.
    pub correction: Option<String>,
    /// The articles, in order.
    pub articles: Vec<Article>,
    /// The files that go with the letter.
    pub attachments: Vec<AttachedFile>,
    /// The imprint, line by line.
    pub imprint: Vec<ImprintLine>,
    /// The reader's address, or the mark of its slot.
    pub address: String,
    /// The URL where the reader can leave, or the mark of its slot.
    pub leave: String,
    /// Where the reader can see the letter in a browser.
    pub read: ReadLink,
}

/// A file that goes with the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedFile {
    /// What it is called.
    pub name: String,
    /// How large it is: `24 KB`.
    pub size: String,
}

/// A link that only some readers have: for the others all that stands between its marks is left out, words and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadLink {
    /// The mark before it.
    pub opens: &'static str,
    /// The URL, or the mark of its slot.
    pub page: String,
    /// The mark after it.
    pub closes: &'static str,
}

/// An article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// The section it opens: given only where the section changes.
    pub section: Option<String>,
    /// Its title; a space is a preferred place to break the line.
    pub title: String,
    /// Where it was taken from.
    pub source: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its body.
    pub blocks: Vec<Block>,
    /// Where all of it stands, where its body is a summary.
    pub more: Option<ReadLink>,
}

/// A piece of an article's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A subhead.
    Heading {
        /// 1 to 4 below the article's title, and never skipping one.
        level: u8,
        /// Its words.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list.
    List {
        /// Whether it is numbered.
        ordered: bool,
        /// The number of the first entry, where it is.
        start: u32,
        /// An entry each.
        items: Vec<Vec<Inline>>,
        /// Whether it stands within another, which goes on behind it.
        is_inner: bool,
    },
    /// A table.
    Table(Table),
    /// What a table is called, above it.
    Title(Vec<Inline>),
    /// What a picture is called, below it.
    Caption(Vec<Inline>),
    /// A picture that is not carried, by its words.
    Image(String),
    /// A picture.
    Picture {
        /// What it shows, for whoever does not see it.
        alt: String,
        /// Where it is: a `cid:` URL (RFC 2392).
        source: String,
        /// How wide it is by itself, in pixels.
        width: u32,
    },
    /// A quotation.
    Quote(Vec<Inline>),
    /// A note.
    Note(Vec<Inline>),
}

/// A table of data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many columns it has.
    pub width: usize,
    /// How many of its rows are its head.
    pub head: usize,
    /// Its cells, row by row: a merged one once, in its first place.
    pub rows: Vec<Vec<Cell>>,
    /// What is noted below it.
    pub notes: Vec<Vec<Inline>>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The first column that it stands in, counted from 0.
    pub column: usize,
    /// How many columns it covers.
    pub columns: usize,
    /// How many rows it covers.
    pub rows: usize,
    /// Its words.
    pub text: Vec<Inline>,
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// The short sentence that opens and names a paragraph.
    RunIn(String),
    /// Strong words.
    Strong(String),
    /// Emphasised words.
    Emphasis(String),
    /// A link.
    Link {
        /// An http, https or mailto URL.
        href: String,
        /// What it is called.
        text: String,
    },
    /// Raised.
    Superscript(String),
    /// Lowered.
    Subscript(String),
    /// A line break that the author meant.
    Break,
}

impl Inline {
    /// The words alone; a space for a break.
    pub fn words(&self) -> &str {
        match self {
            Self::Text(text)
            | Self::RunIn(text)
            | Self::Strong(text)
            | Self::Emphasis(text)
            | Self::Link { text, .. }
            | Self::Superscript(text)
            | Self::Subscript(text) => text,
            Self::Break => " ",
        }
    }
}

/// A line of the imprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImprintLine {
    /// `电话`; empty where the line has no label.
    pub label: String,
    /// What it says.
    pub value: String,
}
