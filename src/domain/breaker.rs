//! The circuit breaker of a relay: after some failures in a row nothing is tried for a while, then one
//! probe; so a relay that is down costs no letter an attempt, and sending goes on by itself.

use super::moment::Moment;
use std::time::Duration;

/// Failures in a row that open it.
const OPENS_AFTER: u32 = 5;
/// No rest is shorter.
const SHORTEST_REST: Duration = Duration::from_secs(2);
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(10 * 60);
/// A rest is this part of how long the relay has been down: whenever it comes back, it is found out after a
/// sixteenth of its outage, and one that stays down is asked less and less.
const PART: u32 = 16;

/// Counts a relay's failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    down_since: Option<Moment>,
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
        let down_since = *self.down_since.get_or_insert(now);
        if self.failures >= OPENS_AFTER {
            self.rests = self.rests.wrapping_add(1);
            self.rest_until = Some(now + (now.since(down_since) / PART).clamp(SHORTEST_REST, LONGEST_REST));
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
        assert_eq!(after(5).rests_until(), Some(Moment(2_000)));
    }

    #[test]
    fn connections_that_fail_together_are_one_rest() {
        assert_eq!(after(9).rests_until(), Some(Moment(2_000)));
    }

    #[test]
    fn after_the_rest_one_probes_and_each_rest_is_a_sixteenth_of_the_outage_up_to_ten_minutes() {
        let mut breaker = after(5);
        for (down_for, rest) in [(2, 2), (16, 2), (32, 2), (48, 3), (320, 20), (9_600, 600), (100_000, 600)] {
            let now = Moment(0) + Duration::from_secs(down_for);
            assert_eq!(breaker.allows(10, now), 1);
            breaker.failed(breaker.era(), now);
            assert_eq!(breaker.allows(10, now), 0);
            assert_eq!(breaker.rests_until(), Some(now + Duration::from_secs(rest)), "{down_for}");
        }
    }

    #[test]
    fn a_relay_that_is_back_within_a_minute_is_found_out_within_four_seconds() {
        for outage in (1..=60_000).step_by(37) {
            let mut breaker = after(5);
            while breaker.rests_until().is_some_and(|until| until < Moment(outage)) {
                breaker.failed(breaker.era(), breaker.rests_until().expect("it rests"));
            }
            let late = breaker.rests_until().expect("it rests").since(Moment(outage));
            assert!(late <= Duration::from_secs(4), "{outage} ms: {late:?}");
        }
    }

    #[test]
    fn the_next_outage_begins_anew() {
        let mut breaker = after(5);
        breaker.failed(breaker.era(), Moment(3_200_000));
        breaker.succeeded();
        (0..5).for_each(|_| breaker.failed(breaker.era(), Moment(9_000_000)));
        assert_eq!(breaker.rests_until(), Some(Moment(9_002_000)));
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
