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
    /// Held; nothing is claimed or armed. Moved by resuming, by cancelling, by the last letter in hand.
    Paused,
    /// Cancelled while letters were on their way. Moved by the last of them.
    Cancelling,
    /// Every row has ended. Final (a resend opens it again).
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
