//! Balance: what editors took out of an issue and added to it, counted in characters. It is kept with every edit, so
//! that the line of conservation holds beyond the import: source = body + other + lost, and what came and went since.

use super::passage::{Credits, What};
use super::patch::{Patch, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often each character is there more than it was (or less), spaces apart. A character that went and came again is
/// no change; undoing everything leaves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Balance(BTreeMap<char, i64>);

impl Balance {
    /// Counts what one more patch did.
    #[must_use]
    pub fn with(mut self, patch: &Patch) -> Self {
        for step in &patch.0 {
            match step {
                Step::Change { before, now, .. } => {
                    self.count(before, -1);
                    self.count(now, 1);
                }
                Step::Insert { passage, .. } => self.count(&passage.what, 1),
                Step::Remove { passage, .. } => self.count(&passage.what, -1),
                Step::Move { .. } => {}
            }
        }
        self.0.retain(|_, more| *more != 0);
        self
    }

    /// The same counted from another document: from `to` where it was counted from `from`.
    #[must_use]
    pub fn recounted(mut self, from: &Self, to: &Self) -> Self {
        from.0.iter().for_each(|(c, more)| *self.0.entry(*c).or_default() -= more);
        to.0.iter().for_each(|(c, more)| *self.0.entry(*c).or_default() += more);
        self.0.retain(|_, more| *more != 0);
        self
    }

    /// How many characters are there that were not.
    pub fn added(&self) -> u64 {
        self.0.values().filter(|more| **more > 0).map(|more| more.unsigned_abs()).sum()
    }

    /// How many characters are not there any more.
    pub fn taken(&self) -> u64 {
        self.0.values().filter(|more| **more < 0).map(|more| more.unsigned_abs()).sum()
    }

    /// Whether nothing came and nothing went.
    pub fn is_even(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&mut self, what: &What, by: i64) {
        for c in text(what).chars().filter(|c| !c.is_whitespace()) {
            *self.0.entry(c).or_default() += by;
        }
    }
}

/// Everything that a passage says.
fn text(what: &What) -> String {
    let mut text = super::spelling::say(what);
    if let What::Title { credits: Credits { section, source, author }, .. } = what {
        [section, source, author].into_iter().for_each(|credit| text.push_str(credit));
    }
    text
}
