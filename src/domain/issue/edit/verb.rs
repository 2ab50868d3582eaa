//! Verb: what an edit did, as a word of the history.

use super::wish::Deed;

/// What an edit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Words or a kind changed.
    Keep,
    /// A passage was parted.
    Split,
    /// It was joined to the one before it.
    Merge,
    /// It went up.
    Up,
    /// It went down.
    Down,
    /// It was taken out.
    Remove,
    /// An empty one was added.
    Add,
    /// Words whose passage was gone came in again.
    Anew,
    /// A corrected document came in the place of the one before.
    Reimport,
    /// A deed was undone.
    Undo,
    /// A deed that was undone was done again.
    Redo,
}

impl Verb {
    const ALL: [Self; 11] = [
        Self::Keep,
        Self::Split,
        Self::Merge,
        Self::Up,
        Self::Down,
        Self::Remove,
        Self::Add,
        Self::Anew,
        Self::Reimport,
        Self::Undo,
        Self::Redo,
    ];

    /// The word in rows and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Up => "up",
            Self::Down => "down",
            Self::Remove => "remove",
            Self::Add => "add",
            Self::Anew => "anew",
            Self::Reimport => "reimport",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }

    /// The verb of this word, if it is one.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word() == word)
    }
}

impl Deed {
    /// What it is called in the history.
    pub fn verb(&self) -> Verb {
        match self {
            // A row more or less is a change of the table's words.
            Self::Keep | Self::AddRow(_) | Self::RemoveRow(_) => Verb::Keep,
            Self::Split => Verb::Split,
            Self::Merge => Verb::Merge,
            Self::Up => Verb::Up,
            Self::Down => Verb::Down,
            Self::Remove { .. } => Verb::Remove,
            Self::Add => Verb::Add,
            Self::Anew => Verb::Anew,
        }
    }
}
