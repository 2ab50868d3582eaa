//! Source: what the reader of a format hands to the bulletin layer: every line with words in it, in the order of
//! the document, each with what its format says of it. A plain text says nothing of its lines; a page or a Word
//! file says which are headings, which are parts of a list, and how the words of each are set.

use super::conservation::Said;
use crate::domain::issue::{BlockKind, Inline, plain};

/// A document as its reader hands it over.
#[derive(Debug)]
pub(super) struct Source {
    /// Its lines, in order.
    pub(super) lines: Vec<Line>,
    /// What it says, found apart from the lines: conservation compares them.
    pub(super) said: Said,
}

/// A line with words in it: of a plain text, a line; of a document with marks, a row of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its number in the document, counted from 1; rows of one paragraph share it.
    pub(super) number: u32,
    /// Blank lines (or a page border) between it and the line before.
    pub(super) blanks: u32,
    /// Whether a page border (form feed) stands directly before it.
    pub(super) page: bool,
    /// Whether it begins with an indent.
    pub(super) indented: bool,
    /// Its words, trimmed.
    pub(super) text: String,
    /// How many bytes at the beginning of `text` the document shows and does not hold: a number that is counted.
    pub(super) counted: usize,
    /// What the document holds of its words, where that is not simply their end.
    pub(super) held: Option<String>,
    /// How it is set, where its format says that and nothing more of it.
    pub(super) look: Option<Look>,
    /// What its place on its page says of it.
    pub(super) place: Place,
    /// What its format says of it.
    pub(super) mark: Option<Mark>,
}

/// What the place of a line on a printed page says of it; nothing where there are no pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Whether it opens a paragraph; none where its place does not tell.
    pub(super) opens: Option<bool>,
    /// Whether it stands at the same height on several pages.
    pub(super) repeats: bool,
    /// How many bytes at the beginning of its words are set apart: bold, or in a typeface of headings.
    pub(super) apart: usize,
}

/// How a paragraph is set. Where no style names the headings, they are known by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Look {
    /// The size of most of its letters, in half-points.
    pub(super) size: u32,
    /// Whether all of it is bold.
    pub(super) bold: bool,
    /// Whether it stands in the middle.
    pub(super) centred: bool,
    /// Whether its typeface is one of headings: 黑体, 小标宋.
    pub(super) heavy: bool,
}

/// What a format says of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A heading; 1 is the highest, and 0 what can only be the name of a section.
    Heading {
        /// Its level.
        level: u8,
        /// Its words.
        words: Vec<Inline>,
    },
    /// A line of the contents list; 1 is the highest level.
    Contents {
        /// Its level.
        level: u8,
        /// Its words, the number of the page behind a tab.
        words: Vec<Inline>,
    },
    /// A row of a paragraph.
    Row {
        /// Its words.
        words: Vec<Inline>,
        /// How it hangs on the line before.
        border: Border,
    },
    /// An entry of a list.
    Entry {
        /// Its number, where the list is numbered.
        number: Option<u32>,
        /// Its words.
        words: Vec<Inline>,
    },
    /// Something that stands in a body whatever its words are.
    Block(BlockKind),
    /// Words beside the text, which are named and go no further.
    Aside(Vec<Inline>),
}

/// What parts a row from the row before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Border {
    /// It opens a paragraph.
    #[default]
    Paragraph,
    /// A line end of the file that means nothing.
    Wrap,
    /// A line break that the author meant.
    Break,
}

impl Line {
    /// A line of a document with marks.
    pub(super) fn marked(number: u32, mark: Mark) -> Self {
        let text = mark.plain().trim().to_owned();
        let blanks = u32::from(!matches!(mark, Mark::Row { border: Border::Wrap | Border::Break, .. }));
        Self {
            number,
            blanks,
            page: false,
            indented: false,
            text,
            counted: 0,
            held: None,
            look: None,
            place: Place::default(),
            mark: Some(mark),
        }
    }

    /// The level of a heading.
    pub(super) fn level(&self) -> Option<u8> {
        match self.mark {
            Some(Mark::Heading { level, .. }) => Some(level),
            Some(Mark::Contents { .. } | Mark::Row { .. } | Mark::Entry { .. } | Mark::Block(_) | Mark::Aside(_))
            | None => None,
        }
    }

    /// Whether its words stand beside the text.
    pub(super) fn is_aside(&self) -> bool {
        matches!(self.mark, Some(Mark::Aside(_)))
    }

    /// Whether it may stand in a masthead or an imprint, or name an article: whether it is words on a line.
    pub(super) fn is_free(&self) -> bool {
        !matches!(self.mark, Some(Mark::Block(_) | Mark::Entry { .. }))
    }

    /// What the document itself holds of its words.
    pub(super) fn written(&self) -> &str {
        self.held.as_deref().unwrap_or(&self.text[self.counted..])
    }
}

impl Mark {
    /// The words alone.
    fn plain(&self) -> String {
        match self {
            Self::Heading { words, .. }
            | Self::Contents { words, .. }
            | Self::Row { words, .. }
            | Self::Entry { words, .. } => plain(words),
            Self::Block(kind) => kind.plain(),
            Self::Aside(words) => plain(words),
        }
    }
}

/// Words of a heading: it is bold as a whole or not, which says nothing.
pub(super) fn unset(words: Vec<Inline>) -> Vec<Inline> {
    let mut plain: Vec<Inline> = Vec::new();
    for inline in words {
        match (plain.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text)) => {
                before.push_str(&text);
            }
            (_, Inline::Strong(text) | Inline::Emphasis(text)) => plain.push(Inline::Text(text)),
            (_, other) => plain.push(other),
        }
    }
    plain
}
