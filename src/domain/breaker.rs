//! The circuit breaker of a relay: after some failures in a row nothing is tried for a while, then one
//! probe; so a relay that is down costs no letter an attempt, and sending goes on by itself.

use super::moment::Moment;
use std::time::Duration;

/// Failures in a row that open it.
const OPENS_AFTER: u32 = 5;
/// The first rest; each failed probe doubles it.
const FIRST_REST: Duration = Duration::from_secs(30);
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(10 * 60);

/// Counts a relay's failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    rest_until: Option<Moment>,
}

impl Breaker {
    /// How many connections may be open now, out of `wanted`: all, none while it rests, one as a probe.
    pub fn allows(&self, wanted: u32, now: Moment) -> u32 {
        match self.rest_until {
            None => wanted,
            Some(until) if now < until => 0,
            Some(_) => wanted.min(1),
        }
    }

    /// Until when nothing is tried, while it rests.
    pub fn rests_until(&self) -> Option<Moment> {
        self.rest_until
    }

    /// A session came to stand: all is well again.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A connection failed, or broke before its time.
    pub fn failed(&mut self, now: Moment) {
        if self.rest_until.is_some_and(|until| now < until) {
            return; // connections that fail together are one failure
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= OPENS_AFTER {
            let probes = (self.failures - OPENS_AFTER).min(10);
            self.rest_until = Some(now + FIRST_REST.saturating_mul(1 << probes).min(LONGEST_REST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: u32) -> Breaker {
        let mut breaker = Breaker::default();
        (0..failures).for_each(|_| breaker.failed(Moment(0)));
        breaker
    }

    #[test]
    fn four_failures_are_borne_and_the_fifth_opens_it() {
        assert_eq!(after(4).allows(10, Moment(0)), 10);
        assert_eq!(after(5).allows(10, Moment(0)), 0);
        assert_eq!(after(5).rests_until(), Some(Moment(30_000)));
    }

    #[test]
    fn connections_that_fail_together_are_one_rest() {
        assert_eq!(after(9).rests_until(), Some(Moment(30_000)));
    }

    #[test]
    fn after_the_rest_one_probes_and_its_failure_doubles_the_next_up_to_ten_minutes() {
        let mut breaker = after(5);
        let mut now = Moment(30_000);
        for seconds in [60, 120, 240, 480, 600, 600] {
            assert_eq!(breaker.allows(10, now), 1);
            breaker.failed(now);
            assert_eq!(breaker.allows(10, now), 0);
            assert_eq!(breaker.rests_until(), Some(now + Duration::from_secs(seconds)));
            now = now + Duration::from_secs(seconds);
        }
    }

    #[test]
    fn a_session_that_stands_closes_it() {
        let mut breaker = after(7);
        breaker.succeeded();
        assert_eq!(breaker, Breaker::default());
    }
}
