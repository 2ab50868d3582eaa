//! Notice: what the house says by letter to somebody who works here: a password to choose anew, an edition to review,
//! how a dispatch ended, a date for which nothing is ready. It holds the facts of the moment that it tells of, so that
//! a letter that is tried again says the same; never a secret. How it reads is for compose.

use super::delivery::State;
use super::dispatch::Tally;
use super::id::{DispatchId, IssueId};
use super::moment::Moment;
use super::publication::Slug;
use super::schedule::Lacking;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Notice {
    /// Somebody forgot the password of this account, or says so.
    Reset,
    /// An edition waits for a review.
    Review {
        /// Of what.
        of: Number,
        /// Its issue.
        issue: IssueId,
        /// Who put it forward; none where that was done at the machine.
        by: Option<String>,
    },
    /// An edition was sent back.
    SentBack {
        /// Of what.
        of: Number,
        /// Its issue.
        issue: IssueId,
        /// By whom.
        by: String,
        /// Their words.
        why: String,
    },
    /// A dispatch has ended.
    Over {
        /// Of what.
        of: Number,
        /// Which.
        dispatch: DispatchId,
        /// What its letters came to.
        tally: Tally,
        /// The words of the reasons ([`super::reason::Reason`]) why letters did not arrive, and how many each kept
        /// back; the most frequent first.
        reasons: Vec<(String, i64)>,
    },
    /// A dispatch has paused itself.
    Paused {
        /// Of what.
        of: Number,
        /// Which.
        dispatch: DispatchId,
        /// Why.
        pause: Pause,
    },
    /// The hour of a schedule comes, and nothing is ready for it.
    Reminder {
        /// The publication's name.
        publication: String,
        /// Its short name.
        slug: Slug,
        /// The hour.
        at: Moment,
        /// The publication's zone.
        zone: Tz,
        /// What is lacking.
        lacking: Lacking,
        /// The issue that lacks it, where there is one.
        issue: Option<IssueId>,
    },
}

/// A number of a periodical, as people call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// The publication's name.
    pub publication: String,
    /// The issue's label as printed, where it has one.
    pub label: Option<String>,
    /// The publication's zone.
    pub zone: Tz,
}

/// Why a dispatch has paused itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// Too many of its readers are unknown to their servers.
    Unknown {
        /// So many.
        failed: u32,
        /// Of so many.
        tried: u32,
    },
    /// Nobody's letter is taken.
    Refused {
        /// So many in a row.
        in_a_row: u32,
        /// What was answered last.
        answer: String,
    },
    /// The relay refuses the sender.
    Sender {
        /// With these words.
        answer: String,
    },
    /// No letter can be made of its edition.
    Unfit {
        /// Why not.
        why: String,
    },
}

/// What somebody may want to hear of, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// What is to be reviewed, and what was sent back.
    Reviews,
    /// Dispatches that ended or paused themselves.
    Ends,
    /// Dates for which nothing is ready.
    Reminders,
}

/// What somebody wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wants {
    /// [`Interest::Reviews`].
    pub reviews: bool,
    /// [`Interest::Ends`].
    pub ends: bool,
    /// [`Interest::Reminders`].
    pub reminders: bool,
}

impl Wants {
    /// All there is: what everybody begins with.
    pub const ALL: Self = Self { reviews: true, ends: true, reminders: true };

    /// Whether a notice is wanted. What somebody asked for is always.
    pub fn includes(self, notice: &Notice) -> bool {
        match notice.interest() {
            None => true,
            Some(Interest::Reviews) => self.reviews,
            Some(Interest::Ends) => self.ends,
            Some(Interest::Reminders) => self.reminders,
        }
    }
}

impl Notice {
    /// The word of its kind, in tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Review { .. } => "review",
            Self::SentBack { .. } => "sent-back",
            Self::Over { .. } => "over",
            Self::Paused { .. } => "paused",
            Self::Reminder { .. } => "reminder",
        }
    }

    /// Who hears of it only if they want to; none where they asked for it.
    pub fn interest(&self) -> Option<Interest> {
        match self {
            Self::Reset => None,
            Self::Review { .. } | Self::SentBack { .. } => Some(Interest::Reviews),
            Self::Over { .. } | Self::Paused { .. } => Some(Interest::Ends),
            Self::Reminder { .. } => Some(Interest::Reminders),
        }
    }

    /// The page that it leads to, below the address of the house; none where that is a secret link.
    pub fn page(&self) -> Option<String> {
        match self {
            Self::Reset => None,
            Self::Review { issue, .. } | Self::SentBack { issue, .. } => Some(format!("/issues/{issue}/approval")),
            Self::Over { dispatch, .. } | Self::Paused { dispatch, .. } => Some(format!("/dispatches/{dispatch}")),
            Self::Reminder { issue: Some(issue), .. } => Some(format!("/issues/{issue}")),
            Self::Reminder { slug, issue: None, .. } => Some(format!("/publications/{slug}")),
        }
    }
}

/// The states that a dispatch's letters end in, in the order in which a tally is told.
pub const ENDS: [State; 5] = [State::Accepted, State::Failed, State::Expired, State::Skipped, State::Uncertain];

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> Number {
        Number {
            publication: "河湾简报".into(), label: Some("2026年第3期".into()), zone: chrono_tz::Asia::Shanghai
        }
    }

    #[test]
    fn a_notice_is_read_back_as_it_was_written() {
        let tally = Tally { accepted: 9, failed: 1, ..Tally::default() };
        for notice in [
            Notice::Reset,
            Notice::Review { of: number(), issue: IssueId(3), by: None },
            Notice::Over { of: number(), dispatch: DispatchId(4), tally, reasons: vec![("policy".into(), 1)] },
            Notice::Paused { of: number(), dispatch: DispatchId(4), pause: Pause::Sender { answer: "550 no".into() } },
        ] {
            let json = serde_json::to_string(&notice).unwrap();
            assert!(json.contains(&format!("\"kind\":\"{}\"", notice.kind())), "{json}");
            assert_eq!(serde_json::from_str::<Notice>(&json).unwrap(), notice);
        }
    }

    #[test]
    fn one_may_not_want_to_hear_of_things_but_of_ones_own_password() {
        let nothing = Wants { reviews: false, ends: false, reminders: false };
        let review = Notice::Review { of: number(), issue: IssueId(3), by: None };
        assert!(Wants::ALL.includes(&review) && !nothing.includes(&review));
        assert!(nothing.includes(&Notice::Reset));
        assert!(Wants { reviews: true, ..nothing }.includes(&review));
    }
}
