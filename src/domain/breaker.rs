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
    rests: u32,
}

/// Which rest a connection was made after: what it says later is judged by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Era(u32);

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

    /// The era of a connection that is made now.
    pub fn era(&self) -> Era {
        Era(self.rests)
    }

    /// A letter was taken: all is well again.
    pub fn succeeded(&mut self) {
        *self = Self { rests: self.rests, ..Self::default() };
    }

    /// A connection of that era failed, or broke before its time. Those that were under way when the
    /// rest began say nothing new, however late they are heard.
    pub fn failed(&mut self, era: Era, now: Moment) {
        if era != self.era() {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= OPENS_AFTER {
            let probes = (self.failures - OPENS_AFTER).min(10);
            self.rests = self.rests.wrapping_add(1);
            self.rest_until = Some(now + FIRST_REST.saturating_mul(1 << probes).min(LONGEST_REST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: u32) -> Breaker {
        let mut breaker = Breaker::default();
        let era = breaker.era();
        (0..failures).for_each(|_| breaker.failed(era, Moment(0)));
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
            breaker.failed(breaker.era(), now);
            assert_eq!(breaker.allows(10, now), 0);
            assert_eq!(breaker.rests_until(), Some(now + Duration::from_secs(seconds)));
            now = now + Duration::from_secs(seconds);
        }
    }

    #[test]
    fn a_session_that_stands_closes_it() {
        let mut breaker = after(7);
        breaker.succeeded();
        assert_eq!(breaker.allows(10, Moment(0)), 10);
        (0..4).for_each(|_| breaker.failed(breaker.era(), Moment(0)));
        assert_eq!(breaker.allows(10, Moment(0)), 10);
    }
}
