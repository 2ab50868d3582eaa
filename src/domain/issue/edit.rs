//! Edit: an issue's articles changed in place, one small deed at a time. What an editor wishes for one [`Passage`]
//! becomes a [`Patch`], or a [`Refusal`] that loses nothing; a patch knows its own inverse, so undoing has no end.
//! Pure; called by actions, the pages show passages.

mod balance;
mod between;
mod passage;
mod patch;
mod spelling;
mod verb;
mod wish;

#[cfg(test)]
mod tests;

pub use balance::Balance;
pub use passage::{Credits, Kind, Passage, Revision, What, articles, passages};
pub use patch::{Patch, Step, Stray};
pub(in crate::domain::issue) use patch::{end_of_article, is_title};
pub use verb::Verb;
pub use wish::{Deed, LONGEST, MOST, PassageNow, Refusal, Typed, Wish, highest, whole_article};

use super::{Article, BlockId};

/// The names of titles as they were imported begin here: above every block of the longest document.
const FIRST_TITLE: u32 = 1 << 20;

/// The name of the title of the article that stood at this place, counted from 0, when its document was read.
pub fn title_at(place: usize) -> BlockId {
    BlockId(u32::try_from(place).unwrap_or(u32::MAX).saturating_add(FIRST_TITLE))
}

/// Names the titles of articles as they were read.
pub fn name_titles(articles: &mut [Article]) {
    articles.iter_mut().enumerate().for_each(|(place, article)| article.id = title_at(place));
}
