//! Quota: how many letters a relay takes in an hour and in a day, and how many it has had. Counted over the last
//! hour and the last 24 hours, to the minute, so that no border of the clock lets twice as many through.

use super::moment::Moment;
use std::collections::VecDeque;

/// What a relay takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Letters in any hour.
    pub per_hour: Option<u32>,
    /// Letters in any 24 hours.
    pub per_day: Option<u32>,
}

impl Quota {
    /// Whether it limits anything.
    pub fn is_limited(&self) -> bool {
        *self != Self::default()
    }

    /// The letters of 24 hours; none where nothing limits them.
    pub fn a_day(&self) -> Option<u32> {
        [self.per_day, self.per_hour.map(|hour| hour.saturating_mul(24))].into_iter().flatten().min()
    }

    /// The days that so many letters take, when only `today` of them go on the first.
    pub fn days(&self, letters: u64, today: u32) -> u64 {
        let later = letters.saturating_sub(u64::from(today));
        self.a_day().map_or(1, |a_day| 1 + later.div_ceil(u64::from(a_day.max(1))))
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// What a relay has had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Minutes since 1970 with their letters, the oldest first.
    minutes: VecDeque<(i64, u32)>,
}

impl Spent {
    /// What was counted in minutes that are still to come, because the clock has been set back, counts as of now.
    pub fn settle(&mut self, now: Moment) {
        let minute = now.0.div_euclid(60_000);
        let mut ahead = 0;
        while let Some((_, count)) = self.minutes.pop_back_if(|(newest, _)| *newest > minute) {
            ahead += count;
        }
        if ahead > 0 {
            self.add(ahead, now);
        }
    }

    /// So many letters went to the relay.
    pub fn add(&mut self, letters: u32, now: Moment) {
        let minute = now.0.div_euclid(60_000);
        while self.minutes.front().is_some_and(|(old, _)| *old <= minute - DAY) {
            self.minutes.pop_front();
        }
        match self.minutes.back_mut() {
            // A clock that was set back counts on in the newest minute.
            Some((newest, count)) if *newest >= minute => *count += letters,
            _ => self.minutes.push_back((minute, letters)),
        }
    }

    /// So many letters that were counted `at` that moment did not go after all.
    pub fn take_back(&mut self, letters: u32, at: Moment) {
        let minute = at.0.div_euclid(60_000);
        if let Some((_, count)) = self.minutes.iter_mut().find(|(counted, _)| *counted >= minute) {
            *count = count.saturating_sub(letters);
        }
    }

    /// How many more it takes now; none where nothing limits it.
    pub fn room(&self, quota: Quota, now: Moment) -> Option<u32> {
        let hour = quota.per_hour.map(|most| most.saturating_sub(self.within(HOUR, now)));
        let day = quota.per_day.map(|most| most.saturating_sub(self.within(DAY, now)));
        [hour, day].into_iter().flatten().min()
    }

    /// How many it has had in the last hour and in the last 24.
    pub fn had(&self, now: Moment) -> [u32; 2] {
        [HOUR, DAY].map(|span| self.within(span, now))
    }

    /// When it takes the next one, where it takes none now.
    pub fn frees_at(&self, quota: Quota, now: Moment) -> Option<Moment> {
        let full = |most: Option<u32>, span| most.is_some_and(|most| self.within(span, now) >= most).then_some(span);
        let frees = |span: i64| {
            let oldest = self.minutes.iter().find(|(minute, _)| *minute > now.0.div_euclid(60_000) - span);
            oldest.map_or(now, |(minute, _)| Moment((minute + span) * 60_000))
        };
        [full(quota.per_hour, HOUR), full(quota.per_day, DAY)].into_iter().flatten().map(frees).max()
    }

    fn within(&self, span: i64, now: Moment) -> u32 {
        let since = now.0.div_euclid(60_000) - span;
        self.minutes.iter().rev().take_while(|(minute, _)| *minute > since).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Moment {
        Moment(minute * 60_000)
    }

    #[test]
    fn any_hour_and_any_day_have_so_many_and_no_more() {
        let quota = Quota { per_hour: Some(100), per_day: Some(150) };
        let mut spent = Spent::default();
        assert_eq!((spent.room(quota, at(0)), spent.frees_at(quota, at(0))), (Some(100), None));
        spent.add(60, at(10));
        spent.add(40, at(50));
        assert_eq!((spent.room(quota, at(69)), spent.frees_at(quota, at(69))), (Some(0), Some(at(70))));
        assert_eq!(spent.room(quota, at(70)), Some(50), "the day has fifty left");
        spent.add(50, at(71));
        assert_eq!((spent.room(quota, at(200)), spent.frees_at(quota, at(200))), (Some(0), Some(at(10 + DAY))));
        assert_eq!(spent.room(quota, at(10 + DAY)), Some(60));
    }

    #[test]
    fn a_relay_without_a_quota_takes_what_comes() {
        let mut spent = Spent::default();
        spent.add(1_000_000, at(1));
        assert_eq!((spent.room(Quota::default(), at(1)), Quota::default().days(1_000_000, 0)), (None, 1));
    }

    #[test]
    fn what_a_clock_that_was_wrong_counted_in_the_future_counts_from_now() {
        let quota = Quota { per_hour: None, per_day: Some(10) };
        let mut spent = Spent::default();
        spent.add(4, at(5));
        spent.add(6, at(500));
        spent.settle(at(10));
        assert_eq!((spent.room(quota, at(10)), spent.frees_at(quota, at(10))), (Some(0), Some(at(5 + DAY))));
        assert_eq!(spent.room(quota, at(10 + DAY)), Some(10));
    }

    #[test]
    fn the_days_are_counted_by_the_narrower_of_the_two() {
        let quota = |per_hour, per_day| Quota { per_hour, per_day };
        for (quota, letters, today, days) in [
            (quota(None, Some(500)), 1_200, 500, 3),
            (quota(None, Some(500)), 1_200, 100, 4),
            (quota(None, Some(500)), 400, 0, 2),
            (quota(Some(10), None), 241, 240, 2),
            (quota(Some(10), Some(100)), 100, 100, 1),
        ] {
            assert_eq!(quota.days(letters, today), days);
        }
    }
}
