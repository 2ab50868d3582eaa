//! Way: what becomes of one passage that three states have or have not. Words of a title and its credits, and a picture
//! and its words, go each their own way.

use crate::domain::issue::BlockKind;
use crate::domain::issue::edit::{Credits, What};

/// What becomes of a passage.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Way {
    /// As the issue has it, be it gone.
    Mine,
    /// As this.
    Take(What),
    /// It goes.
    Gone,
    /// All three differ.
    Ask,
}

/// What becomes of a passage that the document before had.
pub(super) fn way(was: &What, mine: Option<&What>, theirs: Option<&What>) -> Way {
    match (mine, theirs) {
        // What of its words an editor has put into another passage is asked about before (`row/knot.rs`).
        (None, None) => Way::Mine,
        (None, Some(theirs)) => {
            if theirs.is_as(was) {
                Way::Mine
            } else {
                Way::Ask
            }
        }
        (Some(mine), None) => {
            if mine.is_as(was) {
                Way::Gone
            } else {
                Way::Ask
            }
        }
        (Some(mine), Some(theirs)) if mine.is_as(theirs) || theirs.is_as(was) => Way::Mine,
        (Some(mine), Some(theirs)) if mine.is_as(was) => Way::Take(theirs.clone()),
        (Some(mine), Some(theirs)) => in_parts(was, mine, theirs).map_or(Way::Ask, Way::Take),
    }
}

/// The parts of three passages merged, where each part was changed by one at most.
fn in_parts(was: &What, mine: &What, theirs: &What) -> Option<What> {
    match (was, mine, theirs) {
        (
            What::Title { text: a, credits: was },
            What::Title { text: b, credits: mine },
            What::Title { text: c, credits: theirs },
        ) => {
            let credit = |of: fn(&Credits) -> &String| one(of(was), of(mine), of(theirs));
            let credits = Credits {
                section: credit(|credits| &credits.section)?,
                source: credit(|credits| &credits.source)?,
                author: credit(|credits| &credits.author)?,
            };
            Some(What::Title { text: one(a, b, c)?, credits })
        }
        (
            What::Block { kind: BlockKind::Image { alt: a, picture: was }, .. },
            What::Block { kind: BlockKind::Image { alt: b, picture: mine }, .. },
            What::Block { kind: BlockKind::Image { alt: c, picture: theirs }, lines },
        ) => {
            let kind = BlockKind::Image { alt: one(a, b, c)?, picture: one(was, mine, theirs)? };
            Some(What::Block { kind, lines: *lines })
        }
        _ => None,
    }
}

fn one<T: Clone + PartialEq>(was: &T, mine: &T, theirs: &T) -> Option<T> {
    if mine == theirs || theirs == was { Some(mine.clone()) } else { (mine == was).then(|| theirs.clone()) }
}
