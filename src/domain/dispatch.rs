//! Dispatch: the decision to send one edition to one or more lists at one time, its states, and
//! the one sum that must hold at every instant: the tally adds up to the audience.

use super::delivery::State;
use super::id::{DispatchId, EditionId, IssueId, ListId};
use super::moment::Moment;
use serde::{Deserialize, Serialize};

/// Where a dispatch is (docs/states.md). Beside each state: who moves a row out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Decided; its hour has not come. Moved by the scheduler at its hour, or by cancelling.
    Planned,
    /// Its audience is being written down. Moved by the scheduler when the last chunk is in.
    Opening,
    /// Its letters go out. Moved by a pause, by cancelling, by its last letter.
    Open,
    /// Nothing is claimed or armed. Moved by resuming, by cancelling, by the last letter in hand.
    Paused,
    /// Cancelled while letters were on their way. Moved by the last of them.
    Cancelling,
    /// Every row has ended. Final, unless a person resends it or settles its letters: then it is open again.
    Closed,
    /// Called off. Final.
    Cancelled,
}

impl Phase {
    /// The word in tables, JSON and pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The phase that a table's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Planned, Self::Opening, Self::Open, Self::Paused, Self::Cancelling, Self::Closed, Self::Cancelled]
            .into_iter()
            .find(|phase| phase.word() == word)
    }

    /// Whether nothing more will happen in it by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}

/// The decision to send one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispatch {
    /// Its identity.
    pub id: DispatchId,
    /// What is sent.
    pub edition: EditionId,
    /// The issue that it is an edition of.
    pub issue: IssueId,
    /// To whom, in id order.
    pub lists: Vec<ListId>,
    /// Its hour.
    pub at: Moment,
    /// Where it is.
    pub phase: Phase,
    /// Why it is paused or cancelled, when it is.
    pub why: Option<String>,
    /// How many readers were written down for it; none until it has opened.
    pub audience: Option<i64>,
    /// Which time its issue goes to the same readers, from 0.
    pub round: i64,
    /// Why it goes out.
    pub occasion: Occasion,
    /// Who decided it.
    pub planned_by: String,
}

/// Why an issue goes out: for the first time, or once more to readers who have it. Nobody gets an issue
/// twice in a round; a correction and a repeat take the next one, for a reason that stays with their dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Readers have not had it.
    First,
    /// It was changed since it went out; its letters say so, with this reason.
    Correction(String),
    /// It goes out once more as it is, for this reason.
    Again(String),
}

impl Occasion {
    /// The longest reason, in characters: it stands above the articles.
    pub const LONGEST_REASON: usize = 300;

    /// The word in tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Correction(_) => "correction",
            Self::Again(_) => "again",
        }
    }

    /// The reason that was given.
    pub fn because(&self) -> Option<&str> {
        match self {
            Self::First => None,
            Self::Correction(why) | Self::Again(why) => Some(why),
        }
    }

    /// The occasion that a table's words name.
    pub fn from_words(word: &str, because: Option<String>) -> Option<Self> {
        match (word, because) {
            ("first", None) => Some(Self::First),
            ("correction", Some(why)) => Some(Self::Correction(why)),
            ("again", Some(why)) => Some(Self::Again(why)),
            _ => None,
        }
    }

    /// Whether its reason is one to show: one line of up to [`Self::LONGEST_REASON`] characters.
    pub fn is_well_founded(&self) -> bool {
        self.because().is_none_or(|why| {
            !why.trim().is_empty() && why.chars().count() <= Self::LONGEST_REASON && !why.chars().any(char::is_control)
        })
    }
}

/// Which readers of a dispatch are written to once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whose letter was refused.
    pub failed: bool,
    /// Whose letter expired.
    pub expired: bool,
    /// Who was left to another dispatch that did not reach them.
    pub missed: bool,
}

impl Wanted {
    /// The named ones; everyone where none is named.
    pub fn of(failed: bool, expired: bool, missed: bool) -> Self {
        let everyone = !(failed || expired || missed);
        Self { failed: failed || everyone, expired: expired || everyone, missed: missed || everyone }
    }
}

/// How many readers are written to once more, and how many who might have been are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resent {
    /// Their letter had been refused.
    pub failed: i64,
    /// Their letter had expired.
    pub expired: i64,
    /// They had been left to another dispatch; the audience grows by them.
    pub missed: i64,
    /// They stay as they are: suppressed, gone, or another dispatch writes to them.
    pub stay: i64,
}

impl Resent {
    /// How many are written to.
    pub fn sum(&self) -> i64 {
        self.failed + self.expired + self.missed
    }
}

/// Why a reader on a dispatch's lists is not in its audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// They had left before it opened.
    Left,
    /// Their address was suppressed before it opened.
    Suppressed,
    /// Another dispatch of this issue writes to them, or has.
    Elsewhere,
    /// They were left to another dispatch of this issue, which ended without reaching them.
    Missed,
}

impl LeftOut {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Left, Self::Suppressed, Self::Elsewhere, Self::Missed];

    /// The word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Suppressed => "suppressed",
            Self::Elsewhere => "elsewhere",
            Self::Missed => "missed",
        }
    }

    /// The reason that a table's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// How many deliveries are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// See [`State`].
    pub queued: i64,
    /// See [`State`].
    pub claimed: i64,
    /// See [`State`].
    pub armed: i64,
    /// See [`State`].
    pub accepted: i64,
    /// See [`State`].
    pub failed: i64,
    /// See [`State`].
    pub expired: i64,
    /// See [`State`].
    pub skipped: i64,
    /// See [`State`].
    pub uncertain: i64,
}

impl Tally {
    /// The count of one state.
    pub fn of(&self, state: State) -> i64 {
        match state {
            State::Queued => self.queued,
            State::Claimed => self.claimed,
            State::Armed => self.armed,
            State::Accepted => self.accepted,
            State::Failed => self.failed,
            State::Expired => self.expired,
            State::Skipped => self.skipped,
            State::Uncertain => self.uncertain,
        }
    }

    /// The place of one state's count.
    pub fn of_mut(&mut self, state: State) -> &mut i64 {
        match state {
            State::Queued => &mut self.queued,
            State::Claimed => &mut self.claimed,
            State::Armed => &mut self.armed,
            State::Accepted => &mut self.accepted,
            State::Failed => &mut self.failed,
            State::Expired => &mut self.expired,
            State::Skipped => &mut self.skipped,
            State::Uncertain => &mut self.uncertain,
        }
    }

    /// The sum over all states: the audience, if nothing was lost.
    pub fn sum(&self) -> i64 {
        State::ALL.into_iter().map(|state| self.of(state)).sum()
    }

    /// How many have come to an end.
    pub fn settled(&self) -> i64 {
        State::ALL.into_iter().filter(|state| state.is_settled()).map(|state| self.of(state)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_nobody_means_everyone() {
        let everyone = Wanted { failed: true, expired: true, missed: true };
        assert_eq!(Wanted::of(false, false, false), everyone);
        assert_eq!(Wanted::of(true, false, false), Wanted { expired: false, missed: false, ..everyone });
    }

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        for (why, fits) in [("第二条日期有误", true), ("", false), ("  ", false), ("two\nlines", false)] {
            assert_eq!(Occasion::Correction(why.into()).is_well_founded(), fits, "{why:?}");
        }
        assert!(!Occasion::Again("长".repeat(301)).is_well_founded());
        assert!(Occasion::First.is_well_founded());
    }

    #[test]
    fn an_occasion_is_read_back_as_it_was_written() {
        for occasion in [Occasion::First, Occasion::Correction("a".into()), Occasion::Again("b".into())] {
            let because = occasion.because().map(str::to_owned);
            assert_eq!(Occasion::from_words(occasion.word(), because), Some(occasion));
        }
        assert_eq!(Occasion::from_words("first", Some("a".into())), None);
    }
}
