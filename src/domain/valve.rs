//! The safety valve of a dispatch: where too many of its readers turn out to be unknown, the list is more likely
//! wrong than the readers; where nobody's letter is taken, the letter or the relay is. It pauses itself before good
//! addresses are lost and the sender's name is.
//! Asked by `actions::delivery::turn` with each report; counting starts anew when the dispatch is resumed.

use super::attempt::{Scope, Verdict};

/// When a valve closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// More than so many of a hundred.
    pub percent: u32,
    /// Of at least so many letters that were answered for good.
    pub of_at_least: u32,
}

impl Default for Limit {
    /// 5 % of at least 100 (DELIVERY.md §4).
    fn default() -> Self {
        Self { percent: 5, of_at_least: 100 }
    }
}

/// What one dispatch's letters came to since it was opened or resumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Valve {
    /// Letters that were answered for good: taken, or refused.
    pub tried: u32,
    /// Those refused because of the reader's own address.
    pub failed: u32,
    /// Those whose address was suppressed by it.
    pub suppressed: u32,
    /// How many were refused for what is not the reader's own matter since one was taken.
    pub in_a_row: u32,
}

/// So many refusals of letters in a row, and none taken between: the next readers would be refused too.
const IN_A_ROW: u32 = 20;

impl Valve {
    /// Counts what a letter came to. What is tried again counts when it has its last answer: else letters that
    /// are put off would hide those that are refused.
    pub fn count(&mut self, verdict: &Verdict) {
        match *verdict {
            Verdict::Accepted => (self.tried, self.in_a_row) = (self.tried + 1, 0),
            Verdict::Refused { scope: Scope::Recipient, suppress } => {
                self.tried += 1;
                self.failed += 1;
                self.suppressed += u32::from(suppress);
            }
            Verdict::Refused { .. } => (self.tried, self.in_a_row) = (self.tried + 1, self.in_a_row + 1),
            Verdict::Later { .. } | Verdict::Uncertain => {}
        }
    }

    /// Whether the dispatch is to pause because nobody's letter is taken.
    pub fn is_refused(&self) -> bool {
        self.in_a_row >= IN_A_ROW
    }

    /// Whether the dispatch is to pause because too many of its readers are unknown.
    pub fn closes(&self, limit: Limit) -> bool {
        self.tried >= limit.of_at_least
            && u64::from(self.failed) * 100 > u64::from(limit.percent) * u64::from(self.tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: Verdict = Verdict::Refused { scope: Scope::Recipient, suppress: true };

    fn after(verdicts: &[(&Verdict, u32)]) -> Valve {
        let mut valve = Valve::default();
        for (verdict, times) in verdicts {
            (0..*times).for_each(|_| valve.count(verdict));
        }
        valve
    }

    #[test]
    fn it_closes_above_five_percent_of_at_least_a_hundred() {
        for (accepted, unknown, closes) in [
            (0, 99, false), // too few to tell
            (95, 5, false),
            (94, 6, true),
            (0, 100, true),
            (950, 50, false),
            (949, 51, true),
        ] {
            let valve = after(&[(&Verdict::Accepted, accepted), (&UNKNOWN, unknown)]);
            assert_eq!(valve.closes(Limit::default()), closes, "{accepted} {unknown}");
            assert_eq!(valve.suppressed, unknown);
        }
    }

    #[test]
    fn only_the_readers_own_address_is_held_against_the_list() {
        let later = Verdict::Later { scope: Scope::Recipient, counted: true, after: None };
        for (verdict, tried) in [
            (Verdict::Refused { scope: Scope::Policy, suppress: false }, 1),
            (Verdict::Refused { scope: Scope::Message, suppress: false }, 1),
            (later, 0),
            (Verdict::Uncertain, 0),
        ] {
            let valve = after(&[(&verdict, 1)]);
            assert_eq!((valve.tried, valve.failed), (tried, 0), "{verdict:?}");
        }
    }

    #[test]
    fn twenty_letters_refused_in_a_row_are_no_readers_matter() {
        const SPAM: Verdict = Verdict::Refused { scope: Scope::Message, suppress: false };
        const DENIED: Verdict = Verdict::Refused { scope: Scope::Policy, suppress: false };
        for (verdicts, is_refused) in [
            (&[(&SPAM, 10), (&DENIED, 9)][..], false),
            (&[(&SPAM, 10), (&DENIED, 10)], true),
            (&[(&SPAM, 10), (&UNKNOWN, 1), (&Verdict::Uncertain, 1), (&DENIED, 10)], true),
            (&[(&SPAM, 19), (&Verdict::Accepted, 1), (&DENIED, 19)], false),
            (&[(&UNKNOWN, 40)], false),
        ] {
            assert_eq!(after(verdicts).is_refused(), is_refused, "{verdicts:?}");
        }
    }

    #[test]
    fn letters_that_are_put_off_do_not_hide_those_that_are_refused() {
        let later = Verdict::Later { scope: Scope::Provider, counted: true, after: None };
        let valve = after(&[(&Verdict::Accepted, 90), (&UNKNOWN, 10), (&later, 900)]);
        assert!(valve.closes(Limit::default()));
    }

    #[test]
    fn at_a_hundred_percent_it_never_closes() {
        assert!(!after(&[(&UNKNOWN, 500)]).closes(Limit { percent: 100, of_at_least: 100 }));
    }
}
