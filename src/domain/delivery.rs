//! Delivery: the duty to bring one letter to one address, its states, and the law that moves it
//! from one to the next. DELIVERY.md §2 is drawn in docs/states.md, typed here, constrained in the
//! migrations. [`Parcel`], [`Report`], [`Permit`] and [`Turn`] are what the courier and the book
//! hand each other: plain values, so that they could cross a wire.

use super::address::{Address, Mailbox};
use super::attempt::{Attempt, Scope, Verdict};
use super::id::{DeliveryId, DispatchId, EditionId};
use super::moment::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a delivery is. Beside each state: who moves a row out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Certainly not accepted so far. Moved by the claim, by the gate, by cancelling.
    Queued,
    /// A session owns it; the final dot was certainly not sent. Moved by arming, by a refusal
    /// before the dot, by being given back; at boot back to queued.
    Claimed,
    /// The final dot may have been sent. Moved by the record; at boot to uncertain.
    Armed,
    /// The relay took it. Final.
    Accepted,
    /// Definitely refused. Final.
    Failed,
    /// Patience ran out after definite non-acceptances only. Final.
    Expired,
    /// Suppressed, left or cancelled. Final.
    Skipped,
    /// The dot may have been taken; nobody knows. Moved by a person or by evidence only.
    Uncertain,
}

impl State {
    /// Every state, in the order that tallies show.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Claimed,
        Self::Armed,
        Self::Accepted,
        Self::Failed,
        Self::Expired,
        Self::Skipped,
        Self::Uncertain,
    ];

    /// The word in tables, JSON and pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Armed => "armed",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Skipped => "skipped",
            Self::Uncertain => "uncertain",
        }
    }

    /// The state that a table's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a dispatch may close over it.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Queued | Self::Claimed | Self::Armed)
    }
}

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// An issue, to a subscriber, by a dispatch.
    Issue,
    /// A test letter: an edition, to a typed address.
    Trial,
}

/// Why a delivery was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Skip {
    /// The address is suppressed.
    Suppressed,
    /// The reader left every list of the dispatch.
    Left,
    /// The dispatch was cancelled.
    Cancelled,
}

impl Skip {
    /// The reason that a table's word names: the gate's answers.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "suppressed" => Some(Self::Suppressed),
            "left" => Some(Self::Left),
            "cancelled" => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// Everything needed to make and carry one letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its dispatch; a trial has none.
    pub dispatch: Option<DispatchId>,
    /// What is sent.
    pub edition: EditionId,
    /// Whom it goes to.
    pub to: Mailbox,
    /// The envelope's sender (MAIL FROM).
    pub return_path: Address,
    /// `Message-ID` without angle brackets; the same for ever.
    pub message_id: String,
    /// The moment in its `Date`; the same for ever.
    pub dated: Moment,
    /// Where to leave.
    pub leave: LeaveLinks,
    /// Since when the duty exists; patience counts from here.
    pub since: Moment,
    /// Counted attempts so far.
    pub attempts: u32,
    /// All tries so far, with those that did not count.
    pub tries: u32,
}

/// The ways to leave that a letter offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveLinks {
    /// A page, when the station has a base URL.
    pub page: Option<String>,
    /// A `mailto:` URL, always.
    pub mailto: String,
}

impl LeaveLinks {
    /// The link to show: the page if there is one.
    pub fn shown(&self) -> &str {
        self.page.as_deref().unwrap_or(&self.mailto)
    }
}

/// Leave to write the final dot. Only `actions::delivery::turn` makes one, after its commit.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// The delivery that is now armed.
    pub delivery: DeliveryId,
}

/// What became of a parcel in a courier's hands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The parcel.
    pub delivery: DeliveryId,
    /// Its dispatch.
    pub dispatch: Option<DispatchId>,
    /// What happened.
    pub outcome: Outcome,
    /// Since when the duty exists.
    pub since: Moment,
    /// Counted attempts before this one.
    pub attempts: u32,
    /// All tries before this one, with those that did not count.
    pub tries: u32,
}

/// The two things that can become of a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was not tried, or its envelope died with the connection before anything could be said of
    /// it: back to the queue, no attempt.
    GivenBack,
    /// It was tried; here is what was seen and what that means.
    Tried {
        /// What was seen.
        attempt: Attempt,
        /// What it means.
        verdict: Verdict,
    },
}

/// What a session says at the desk, all at once: it records, asks to arm, and asks for work.
/// Letter n's report and letter n+1's ask belong in one turn, and so in one commit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// What became of earlier parcels.
    pub reports: Vec<Report>,
    /// The parcel whose dot waits for a permit.
    pub ask: Option<DeliveryId>,
    /// How many more parcels the session could carry.
    pub room: u32,
}

/// The answer to an ask.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leave {
    /// Write the dot.
    Granted(Permit),
    /// Do not; the row has already been put where it belongs (skipped or queued). Close the connection.
    Refused,
}

/// Where a tried delivery goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Back to the queue.
    Queued {
        /// Not before this moment.
        due: Moment,
        /// Whether the attempt counts against its patience.
        counted: bool,
    },
    /// Taken by the relay.
    Accepted,
    /// Refused for good.
    Failed {
        /// Whose fault it was.
        scope: Scope,
        /// Whether the address is to be suppressed.
        suppress: bool,
    },
    /// Patience ran out.
    Expired,
    /// Nobody knows.
    Uncertain,
}

/// The law of retrying: 5 min × 2ⁿ, ±20 %, at most 2 h apart, until the duty is 5 days old
/// (defaults; RFC 5321 §4.5.4.1 asks for at least 4–5 days).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The first wait.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// When a duty is this old, it expires instead of being retried.
    pub give_up: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5 * 60),
            longest: Duration::from_secs(2 * 60 * 60),
            give_up: Duration::from_secs(5 * 24 * 60 * 60),
        }
    }
}

/// How long a letter waits first whose connection broke before the dot.
const RELAY_TROUBLE: Duration = Duration::from_secs(5);

impl Patience {
    /// The wait after the `counted`-th counted attempt (from 1).
    pub fn wait(&self, delivery: DeliveryId, counted: u32) -> Duration {
        self.doubled(self.first, delivery, counted.saturating_sub(1))
    }

    /// `base` doubled so many times. The spread comes from the delivery's number, so that it is the same
    /// whenever it is asked for, and no chance is needed.
    fn doubled(&self, base: Duration, delivery: DeliveryId, times: u32) -> Duration {
        let base = base.saturating_mul(1 << times.min(20)).min(self.longest);
        // Fibonacci hashing spreads neighbouring ids evenly over 0..=400, that is 80 % to 120 %.
        let grain = (delivery.0 as u64 ^ u64::from(times) << 40).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let permille = 800 + u32::try_from(grain % 401).unwrap_or(200);
        base.saturating_mul(permille) / 1000
    }

    /// Where a tried delivery goes from here.
    pub fn next(&self, report: &Report, verdict: &Verdict, now: Moment) -> Next {
        match *verdict {
            Verdict::Accepted => Next::Accepted,
            Verdict::Uncertain => Next::Uncertain,
            Verdict::Refused { scope, suppress } => Next::Failed { scope, suppress },
            Verdict::Later { scope, counted: false, .. } => {
                // Not the letter's fault, so it is back soon: a relay's trouble is held off by the breaker, a
                // sender or a setting needs a person. But a letter that this happens to again and again
                // waits longer each time, so that it cannot spin.
                let base = if scope == Scope::Relay { RELAY_TROUBLE } else { self.first };
                let wait = self.doubled(base, report.delivery, report.tries.saturating_sub(report.attempts));
                // Not for ever: a letter that every relay breaks off over must end too.
                if now.since(report.since) >= self.give_up {
                    return Next::Expired;
                }
                Next::Queued { due: now + wait, counted: false }
            }
            Verdict::Later { counted: true, after, .. } => {
                let wait = after.unwrap_or_else(|| self.wait(report.delivery, report.attempts + 1));
                let due = now + wait;
                if due.since(report.since) >= self.give_up {
                    Next::Expired
                } else {
                    Next::Queued { due, counted: true }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn report(attempts: u32) -> Report {
        Report {
            delivery: DeliveryId(7),
            dispatch: None,
            outcome: Outcome::GivenBack,
            since: Moment(0),
            attempts,
            tries: attempts,
        }
    }

    #[test]
    fn waits_double_from_five_minutes_to_two_hours_and_spread_by_a_fifth() {
        let patience = Patience::default();
        for (counted, minutes) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 120), (7, 120), (40, 120)] {
            for delivery in 1..500 {
                let wait = patience.wait(DeliveryId(delivery), counted).as_secs();
                assert!((minutes * 48..=minutes * 72).contains(&wait), "{counted}: {wait} s");
            }
        }
        let waits: std::collections::BTreeSet<_> = (1..500).map(|id| patience.wait(DeliveryId(id), 1)).collect();
        assert!(waits.len() > 200, "neighbours do not come back together: {}", waits.len());
    }

    #[test]
    fn each_verdict_has_its_place() {
        let patience = Patience::default();
        let now = Moment(1_000);
        let next = |verdict: Verdict, at: Moment| patience.next(&report(0), &verdict, at);
        let later = |scope, counted, after| Verdict::Later { scope, counted, after };
        assert_eq!(next(Verdict::Accepted, now), Next::Accepted);
        assert_eq!(next(Verdict::Uncertain, now), Next::Uncertain);
        let refused = Verdict::Refused { scope: Scope::Recipient, suppress: true };
        assert_eq!(next(refused, now), Next::Failed { scope: Scope::Recipient, suppress: true });
        let asked = later(Scope::Provider, true, Some(HOUR));
        assert_eq!(next(asked, now), Next::Queued { due: now + HOUR, counted: true });
        let (relay, sender) = (later(Scope::Relay, false, None), later(Scope::Sender, false, None));
        for (verdict, seconds) in [(relay, 5), (sender, 300)] {
            let Next::Queued { due, counted: false } = next(verdict, now) else { panic!("it waits, uncounted") };
            assert!((seconds * 800..=seconds * 1200).contains(&due.since(now).as_millis()), "{due:?}");
        }
    }

    #[test]
    fn a_letter_that_each_connection_breaks_over_waits_longer_each_time() {
        let patience = Patience::default();
        let verdict = Verdict::Later { scope: Scope::Relay, counted: false, after: None };
        for (tries, seconds) in [(1, 5), (2, 10), (3, 20), (7, 320), (30, 7_200)] {
            let report = Report { tries, ..report(1) };
            let Next::Queued { due, counted: false } = patience.next(&report, &verdict, Moment(0)) else {
                panic!("it waits, uncounted")
            };
            assert!((seconds * 800..=seconds * 1200).contains(&due.since(Moment(0)).as_millis()), "{tries}: {due:?}");
        }
    }

    #[test]
    fn a_duty_ends_when_it_is_five_days_old_whether_its_attempts_count_or_not() {
        let patience = Patience::default();
        let old = Moment(0) + patience.give_up;
        for counted in [true, false] {
            let verdict = Verdict::Later { scope: Scope::Relay, counted, after: None };
            assert_eq!(patience.next(&report(3), &verdict, old), Next::Expired);
            assert_ne!(patience.next(&report(3), &verdict, old - 3 * HOUR), Next::Expired);
        }
    }
}
