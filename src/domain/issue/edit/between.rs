//! Between: the patch that makes one row of passages another. Passages that stay in their article and order are changed in
//! place; all others go and come, so that the patch and its inverse fit whatever stands around them.

use super::super::BlockId;
use super::super::difference::common;
use super::passage::Passage;
use super::patch::{Patch, Step, end_of_article, is_title};
use std::collections::HashSet;

impl Patch {
    /// What makes `before` be `after`, but for the lines of a document that passages were read from. Both begin with a
    /// title.
    pub fn between(before: &[Passage], after: &[Passage]) -> Self {
        let kept = kept(before, after);
        let stays = |passage: &Passage| kept.contains(&passage.id);
        let place = |row: &[Passage], at: usize| at.checked_sub(1).map(|before| row[before].id);
        let gone = (0..before.len()).rev().filter(|at| !stays(&before[*at])).map(|at| Step::Remove {
            passage: before[at].clone(),
            after: place(before, at),
            article: None,
        });
        let changed = after.iter().filter(|now| stays(now)).filter_map(|now| {
            let was = before.iter().find(|was| was.id == now.id)?;
            let step = || Step::Change { id: now.id, before: was.what.clone(), now: now.what.clone() };
            (!was.what.is_as(&now.what)).then(step)
        });
        let came = (0..after.len()).filter(|at| !stays(&after[*at])).map(|at| Step::Insert {
            passage: after[at].clone(),
            after: place(after, at),
            article: None,
        });
        Self(gone.chain(changed).chain(came).collect())
    }
}

/// The passages that stay where they are: titles that are titles in both, in one order, and blocks under such a title. A
/// title that came or went takes its blocks along, for titles come and go at the ends of articles only.
fn kept(before: &[Passage], after: &[Passage]) -> HashSet<BlockId> {
    let mut kept = HashSet::new();
    for title in common(&titles(before), &titles(after)) {
        kept.insert(title);
        kept.extend(common(&blocks(before, title), &blocks(after, title)));
    }
    kept
}

fn titles(row: &[Passage]) -> Vec<BlockId> {
    row.iter().filter(|passage| is_title(passage)).map(|passage| passage.id).collect()
}

fn blocks(row: &[Passage], title: BlockId) -> Vec<BlockId> {
    let Some(at) = row.iter().position(|passage| passage.id == title) else { return Vec::new() };
    row[at + 1..end_of_article(row, at)].iter().map(|passage| passage.id).collect()
}
