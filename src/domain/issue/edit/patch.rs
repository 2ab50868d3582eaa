//! Patch: what one deed changed, so that it can be undone: small steps, each with what was before. A step finds only the
//! passage that it knows; where that is another by now, the whole patch is refused and nothing is lost. Where in a
//! document a passage was read is none of its business.

use super::super::BlockId;
use super::passage::{Passage, What};
use serde::{Deserialize, Serialize};

/// What one deed changed, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Patch(pub Vec<Step>);

/// One change. `after` is the passage that stands before the place; none at the beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A passage says or is something else.
    Change {
        /// Which.
        id: BlockId,
        /// As it was.
        before: What,
        /// As it is.
        now: What,
    },
    /// A passage is new, or back.
    Insert {
        /// It.
        passage: Passage,
        /// Where.
        after: Option<BlockId>,
        /// The title of the article before it, at whose end it stands where `after` is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        article: Option<BlockId>,
    },
    /// A passage is gone.
    Remove {
        /// It.
        passage: Passage,
        /// Where it was.
        after: Option<BlockId>,
        /// The title of the article before it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        article: Option<BlockId>,
    },
    /// A block stands elsewhere; or a title with all of its article, and then both places are titles, behind whose
    /// articles it stands.
    Move {
        /// Which.
        id: BlockId,
        /// Where it was.
        from: Option<BlockId>,
        /// Where it is.
        to: Option<BlockId>,
    },
}

/// A patch does not fit: this passage is not as the patch knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stray(pub BlockId);

impl Patch {
    /// What undoes it.
    pub fn inverse(&self) -> Self {
        Self(self.0.iter().rev().cloned().map(Step::inverse).collect())
    }

    /// Carries it out; returns it as it was carried out, for what it knew a place by may be gone. The row is as it was
    /// where it does not fit.
    ///
    /// # Errors
    /// [`Stray`].
    pub fn apply(&self, row: &mut Vec<Passage>) -> Result<Self, Stray> {
        let mut changed = row.clone();
        let steps = self.0.iter().map(|step| step.apply(&mut changed)).collect::<Result<_, _>>()?;
        if !matches!(changed.first(), Some(Passage { what: What::Title { .. }, .. })) {
            return Err(Stray(changed.first().map(|first| first.id).unwrap_or_default()));
        }
        *row = changed;
        Ok(Self(steps))
    }

    /// The passages that it touched, each once.
    pub fn touched(&self) -> Vec<BlockId> {
        let mut ids: Vec<BlockId> = self.0.iter().map(Step::id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl Step {
    /// The passage that it is about.
    pub fn id(&self) -> BlockId {
        match self {
            Self::Change { id, .. } | Self::Move { id, .. } => *id,
            Self::Insert { passage, .. } | Self::Remove { passage, .. } => passage.id,
        }
    }

    fn inverse(self) -> Self {
        match self {
            Self::Change { id, before, now } => Self::Change { id, before: now, now: before },
            Self::Insert { passage, after, article } => Self::Remove { passage, after, article },
            Self::Remove { passage, after, article } => Self::Insert { passage, after, article },
            Self::Move { id, from, to } => Self::Move { id, from: to, to: from },
        }
    }

    fn apply(&self, row: &mut Vec<Passage>) -> Result<Self, Stray> {
        let at = place_of(row, self.id());
        match (self, at) {
            (Self::Change { id, before, now }, Some(at)) if row[at].what.is_as(before) => {
                row[at].what = match row[at].lines() {
                    Some(lines) => now.clone().read_from(lines),
                    None => now.clone(),
                };
                Ok(Self::Change { id: *id, before: before.clone(), now: now.clone() })
            }
            (Self::Remove { passage, .. }, Some(at)) if row[at].what.is_as(&passage.what) => {
                let (after, article) = (before(row, at), title_before(row, at));
                Ok(Self::Remove { passage: row.remove(at), after, article })
            }
            (Self::Insert { passage, after, article }, None) => {
                let at = place_for(row, passage, *after, *article).ok_or(Stray(passage.id))?;
                let (after, article) = (before(row, at), title_before(row, at));
                row.insert(at, passage.clone());
                Ok(Self::Insert { passage: passage.clone(), after, article })
            }
            (Self::Move { id, to, .. }, Some(at)) => Ok(shift(row, at, *id, *to)),
            (Self::Change { id, .. } | Self::Move { id, .. }, _) => Err(Stray(*id)),
            (Self::Remove { passage, .. } | Self::Insert { passage, .. }, _) => Err(Stray(passage.id)),
        }
    }
}

/// Where a passage comes in: behind the one it knows, else at the end of the article it knows; none where both are gone.
/// A title never comes between the passages of another article.
fn place_for(row: &[Passage], passage: &Passage, after: Option<BlockId>, article: Option<BlockId>) -> Option<usize> {
    let Some(after) = after else { return Some(0) };
    match place_of(row, after) {
        Some(at) if is_title(passage) => Some(end_of_article(row, at)),
        Some(at) => Some(at + 1),
        None => article.and_then(|article| place_of(row, article)).map(|at| end_of_article(row, at)),
    }
}

fn shift(row: &mut Vec<Passage>, at: usize, id: BlockId, to: Option<BlockId>) -> Step {
    let is_article = is_title(&row[at]);
    let end = if is_article { end_of_article(row, at) } else { at + 1 };
    let from = if is_article { title_before(row, at) } else { before(row, at) };
    let run: Vec<Passage> = row.drain(at..end).collect();
    let place = match to.and_then(|to| place_of(row, to)) {
        Some(title) if is_article => end_of_article(row, title),
        _ if is_article && to.is_none() => 0,
        _ => behind(row, to),
    };
    let now = if is_article { title_before(row, place) } else { before(row, place) };
    row.splice(place..place, run);
    Step::Move { id, from, to: now }
}

/// Where a passage stands.
pub(super) fn place_of(row: &[Passage], id: BlockId) -> Option<usize> {
    row.iter().position(|passage| passage.id == id)
}

/// The place behind a passage: the beginning where there is none, the end where it is gone.
fn behind(row: &[Passage], after: Option<BlockId>) -> usize {
    after.map_or(0, |after| place_of(row, after).map_or(row.len(), |at| at + 1))
}

fn before(row: &[Passage], at: usize) -> Option<BlockId> {
    at.checked_sub(1).map(|before| row[before].id)
}

/// The title of the article before this place.
pub(super) fn title_before(row: &[Passage], at: usize) -> Option<BlockId> {
    row[..at].iter().rev().find(|passage| is_title(passage)).map(|passage| passage.id)
}

/// Where the article of the passage at this place ends.
pub(in crate::domain::issue) fn end_of_article(row: &[Passage], at: usize) -> usize {
    row[at + 1..].iter().position(is_title).map_or(row.len(), |next| at + 1 + next)
}

pub(in crate::domain::issue) fn is_title(passage: &Passage) -> bool {
    matches!(passage.what, What::Title { .. })
}
