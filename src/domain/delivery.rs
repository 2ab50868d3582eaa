//! Delivery: the duty to bring one letter to one address, its states, and the law that moves it
//! from one to the next. DELIVERY.md §2 is drawn in docs/states.md, typed here, constrained in the
//! migrations. [`Parcel`], [`Report`], [`Permit`] and [`Turn`] are what the courier and the book
//! hand each other: plain values, so that they could cross a wire.

use super::address::{Address, Mailbox};
use super::attempt::{Answer, Attempt, Scope, Seen, Stage, Verdict};
use super::id::{DeliveryId, DispatchId, EditionId};
use super::moment::Moment;
use super::relay::Route;
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
    /// What the house says to one of its accounts (domain/notice.rs).
    Notice,
}

/// Why a delivery was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Skip {
    /// The address is suppressed.
    Suppressed,
    /// The reader left every list of the dispatch.
    Left,
    /// The dispatch was cancelled, or a notice has nobody to go to any more.
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
    /// Its dispatch; a trial or a notice has none.
    pub dispatch: Option<DispatchId>,
    /// What is sent; none for a notice.
    pub edition: Option<EditionId>,
    /// Whom it goes to.
    pub to: Mailbox,
    /// The envelope's sender (MAIL FROM).
    pub return_path: Address,
    /// `Message-ID` without angle brackets; the same for ever.
    pub message_id: String,
    /// The moment in its `Date`; the same for ever.
    pub dated: Moment,
    /// Where to leave; nobody leaves notices so.
    pub leave: Option<LeaveLinks>,
    /// The page to read it on, when the station has a base URL.
    pub read: Option<String>,
    /// How it has fared so far.
    pub past: Past,
    /// What relays answered to its earlier tries, as far as they count, the oldest first.
    pub before: Vec<(Stage, Answer)>,
}

/// How a delivery has fared before an attempt, since it was queued or a person queued it once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Counted attempts.
    pub attempts: u32,
    /// All tries, with those that did not count.
    pub tries: u32,
    /// How long it has been put off altogether. Hours in which nothing was tried are not in it: a dispatch
    /// that was paused, a relay that was down.
    pub put_off: Duration,
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
    /// Its lane.
    pub lane: String,
    /// What happened.
    pub outcome: Outcome,
    /// How it had fared before.
    pub past: Past,
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

impl Outcome {
    /// Whether the relay had the whole letter: then it counts against a quota.
    pub fn came_to_the_dot(&self) -> bool {
        matches!(self, Self::Tried { attempt, .. } if attempt.stage == Stage::Dot)
    }

    /// No letter could be made: it fails, and no relay is named.
    pub fn unmade(why: &dyn std::error::Error, at: Moment) -> Self {
        let seen = Seen::Unmade(why.to_string());
        let attempt = Attempt { at, relay: String::new(), stage: Stage::Mail, seen, duration_ms: 0 };
        Self::Tried { attempt, verdict: Verdict::Refused { scope: Scope::Message, suppress: false } }
    }
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
    /// By which way it carries them.
    pub route: Route,
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
        /// Not before so long.
        wait: Duration,
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
    Expired {
        /// Whether the last attempt counts.
        counted: bool,
    },
    /// Nobody knows.
    Uncertain,
}

/// The law of retrying: 5 min × 2ⁿ, ±20 %, at most 2 h apart, until the letter has been put off for 5 days
/// altogether (defaults; RFC 5321 §4.5.4.1 asks for at least 4–5 days).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The first wait.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// When a letter would be put off for this long altogether, it expires instead.
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
    pub fn next(&self, report: &Report, verdict: &Verdict) -> Next {
        let past = report.past;
        let (wait, counted) = match *verdict {
            Verdict::Accepted => return Next::Accepted,
            Verdict::Uncertain => return Next::Uncertain,
            Verdict::Refused { scope, suppress } => return Next::Failed { scope, suppress },
            Verdict::Later { scope, counted: false, .. } => {
                // Not the letter's fault, so it is back soon: a relay's trouble is held off by the breaker, a
                // sender or a setting needs a person. But a letter that this happens to again and again
                // waits longer each time, so that it cannot spin.
                let base = if scope == Scope::Relay { RELAY_TROUBLE } else { self.first };
                (self.doubled(base, report.delivery, past.tries.saturating_sub(past.attempts)), false)
            }
            Verdict::Later { counted: true, after, .. } => {
                (after.unwrap_or_else(|| self.wait(report.delivery, past.attempts + 1)), true)
            }
        };
        if past.put_off + wait >= self.give_up { Next::Expired { counted } } else { Next::Queued { wait, counted } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn report(past: Past) -> Report {
        Report { delivery: DeliveryId(7), dispatch: None, lane: "example.cn".into(), outcome: Outcome::GivenBack, past }
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
        let next = |verdict: Verdict| patience.next(&report(Past::default()), &verdict);
        let later = |scope, counted, after| Verdict::Later { scope, counted, after };
        assert_eq!(next(Verdict::Accepted), Next::Accepted);
        assert_eq!(next(Verdict::Uncertain), Next::Uncertain);
        let refused = Verdict::Refused { scope: Scope::Recipient, suppress: true };
        assert_eq!(next(refused), Next::Failed { scope: Scope::Recipient, suppress: true });
        let asked = later(Scope::Provider, true, Some(HOUR));
        assert_eq!(next(asked), Next::Queued { wait: HOUR, counted: true });
        for (scope, seconds) in [(Scope::Relay, 5), (Scope::Sender, 300)] {
            let Next::Queued { wait, counted: false } = next(later(scope, false, None)) else {
                panic!("it waits, uncounted")
            };
            assert!((seconds * 800..=seconds * 1200).contains(&wait.as_millis()), "{wait:?}");
        }
    }

    #[test]
    fn a_letter_that_each_connection_breaks_over_waits_longer_each_time() {
        let patience = Patience::default();
        let verdict = Verdict::Later { scope: Scope::Relay, counted: false, after: None };
        for (tries, seconds) in [(1, 5), (2, 10), (3, 20), (7, 320), (30, 7_200)] {
            let report = report(Past { attempts: 1, tries, put_off: HOUR });
            let Next::Queued { wait, counted: false } = patience.next(&report, &verdict) else {
                panic!("it waits, uncounted")
            };
            assert!((seconds * 800..=seconds * 1200).contains(&wait.as_millis()), "{tries}: {wait:?}");
        }
    }

    #[test]
    fn a_letter_expires_when_it_was_put_off_for_five_days_whether_its_attempts_count_or_not() {
        let patience = Patience::default();
        for counted in [true, false] {
            let verdict = Verdict::Later { scope: Scope::Relay, counted, after: None };
            let after = |put_off| patience.next(&report(Past { attempts: 3, tries: 40, put_off }), &verdict);
            assert_eq!(after(patience.give_up), Next::Expired { counted });
            assert!(matches!(after(patience.give_up - 3 * HOUR), Next::Queued { .. }));
        }
    }
}
