//! Names: a reader names the passages of a document by their places in it; in an issue that was read from another document
//! before, the same passages have names already. Kept with the issue, so that reading its document again finds them.

use crate::domain::document::{Effect, Flag};
use crate::domain::issue::edit::title_at;
use crate::domain::issue::{BlockId, Contents};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which name a reader's name stands for; the same where none is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(pub BTreeMap<BlockId, BlockId>);

impl Names {
    /// The name in the issue.
    pub fn of(&self, read: BlockId) -> BlockId {
        self.0.get(&read).copied().unwrap_or(read)
    }

    /// Gives their names to passages as they were read, and to what the flags would do with them.
    pub fn give(&self, contents: &mut Contents, flags: &mut [Flag]) {
        for article in &mut contents.articles {
            article.id = self.of(article.id);
            article.blocks.iter_mut().for_each(|block| block.id = self.of(block.id));
        }
        for choice in flags.iter_mut().flat_map(|flag| &mut flag.choices) {
            match &mut choice.effect {
                Effect::JoinToPrevious(block) | Effect::Drop(block) => *block = self.of(*block),
                Effect::Title { article, .. } => *article = place_of_title(self.of(title_at(*article))),
                Effect::Keep | Effect::Date(_) | Effect::Year(_) | Effect::Number(_) => {}
            }
        }
    }
}

/// The place whose title has this name; one that nothing has where an editor made the title of a block.
fn place_of_title(name: BlockId) -> usize {
    let place = name.0.checked_sub(title_at(0).0).and_then(|place| usize::try_from(place).ok());
    place.unwrap_or(usize::MAX)
}
