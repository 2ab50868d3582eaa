//! Form: what a passage's form says, as a wish.

use crate::domain::issue::BlockId;
use crate::domain::issue::edit::{Credits, Deed, Kind, Revision, Typed, Verb, Wish};

/// The wish of a form; none where it is no form of ours.
pub(super) fn wish(pairs: &[(String, String)]) -> Option<Wish> {
    let said = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let trimmed = |name: &str| said(name).unwrap_or_default().trim().to_owned();
    let credits = Credits { section: trimmed("section"), source: trimmed("source"), author: trimmed("author") };
    let typed = Typed { text: said("text")?.to_owned(), kind: Kind::of(said("kind")?)?, credits };
    let row = || said("row").and_then(|row| row.parse().ok());
    let deed = match said("deed").unwrap_or("keep") {
        "add-row" => Deed::AddRow(row()?),
        "remove-row" => Deed::RemoveRow(row()?),
        word => deed(Verb::of(word)?, &trimmed("whole"))?,
    };
    let id = |name: &str| said(name).and_then(|id| id.parse().ok()).map(BlockId);
    Some(Wish { id: id("passage")?, seen: Revision(trimmed("seen")), before: id("before"), typed, deed })
}

fn deed(verb: Verb, whole: &str) -> Option<Deed> {
    Some(match verb {
        Verb::Keep => Deed::Keep,
        Verb::Split => Deed::Split,
        Verb::Merge => Deed::Merge,
        Verb::Up => Deed::Up,
        Verb::Down => Deed::Down,
        Verb::Remove => Deed::Remove { whole: Revision(whole.to_owned()) },
        Verb::Add => Deed::Add,
        Verb::Anew => Deed::Anew,
        Verb::Reimport | Verb::Undo | Verb::Redo => return None,
    })
}

/// The number of a deed that is undone or done again; none where it is not said.
pub(super) fn number(pairs: &[(String, String)]) -> Option<u32> {
    pairs.iter().find(|(name, _)| name == "number").and_then(|(_, number)| number.parse().ok())
}
