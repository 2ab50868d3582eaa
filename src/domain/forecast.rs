//! Forecast: how long a dispatch will take, about: by the quotas of its relays, the paces of its providers and how fast
//! letters went the last time. A guess that says what it rests on; nothing is decided by it.

use super::address::Address;
use super::lane::Pace;
use super::relay::{Relay, relays_for};
use std::collections::BTreeMap;

/// What relays and providers take, as the settings say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// The relays, the first choice first.
    pub relays: Vec<Relay>,
    /// The lanes that have a pace of their own.
    pub paces: BTreeMap<String, Pace>,
}

/// How long a dispatch will take, about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forecast {
    /// Whether any relay takes letters of this sender.
    pub has_relay: bool,
    /// Minutes of sending; none where nothing is known that would tell.
    pub minutes: Option<u64>,
    /// The letters of each day, where quotas spread it over more than one; at most [`DAYS`] are told.
    pub days: Vec<i64>,
    /// The lanes that set letters a minute: which, how many letters, how many minutes.
    pub slow_lanes: Vec<(String, i64, u64)>,
}

/// Days that a forecast tells of.
pub const DAYS: usize = 31;

impl Capacity {
    /// How long so many letters to each lane take from a sender, when so many a minute went the last time.
    pub fn forecast(&self, lanes: &BTreeMap<String, i64>, sender: &Address, last_pace: Option<f64>) -> Forecast {
        let takers = relays_for(&self.relays, Some(sender));
        let letters: i64 = lanes.values().sum();
        let slow_lanes: Vec<(String, i64, u64)> = lanes
            .iter()
            .filter_map(|(lane, n)| {
                let per_minute = self.paces.get(lane)?.per_minute?;
                Some((lane.clone(), *n, u64::try_from(*n).unwrap_or(0).div_ceil(u64::from(per_minute.max(1)))))
            })
            .collect();
        let by_pace = last_pace.filter(|pace| *pace > 0.0).map(|pace| (letters as f64 / pace).ceil() as u64);
        let by_lane = slow_lanes.iter().map(|(.., minutes)| *minutes).max();
        let a_day = takers.iter().map(|relay| relay.quota.a_day()).collect::<Option<Vec<u32>>>();
        let a_day: Option<u32> = a_day.filter(|quotas| !quotas.is_empty()).map(|quotas| quotas.into_iter().sum());
        let over_days = a_day.is_some_and(|a_day| letters > i64::from(a_day));
        Forecast {
            has_relay: !takers.is_empty(),
            minutes: by_pace.into_iter().chain(by_lane).max().map(|minutes| minutes.max(1)),
            days: a_day.filter(|_| over_days).map_or_else(Vec::new, |a_day| spread(letters, i64::from(a_day))),
            slow_lanes,
        }
    }
}

/// So many letters, so many a day.
fn spread(letters: i64, a_day: i64) -> Vec<i64> {
    let a_day = a_day.max(1);
    (0..).map(|day| (letters - day * a_day).min(a_day)).take_while(|n| *n > 0).take(DAYS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quota::Quota;
    use crate::domain::relay::ReturnPath;

    fn relay(per_day: Option<u32>) -> Relay {
        let quota = Quota { per_hour: None, per_day };
        Relay { name: "r".into(), senders: Vec::new(), quota, return_path: ReturnPath::Sender }
    }

    fn forecast(relays: Vec<Relay>, per_minute: Option<u32>, last_pace: Option<f64>) -> Forecast {
        let pace = Pace { per_minute, ..Pace::default() };
        let capacity = Capacity { relays, paces: BTreeMap::from([("qq.com".to_owned(), pace)]) };
        let lanes = BTreeMap::from([("qq.com".to_owned(), 600), ("a.example".to_owned(), 650)]);
        capacity.forecast(&lanes, &"a@b.example".parse().expect("well formed"), last_pace)
    }

    #[test]
    fn a_quota_spreads_letters_over_days() {
        assert_eq!(forecast(vec![relay(Some(500))], None, None).days, [500, 500, 250]);
        assert!(forecast(vec![relay(Some(5_000))], None, None).days.is_empty());
        assert!(forecast(vec![relay(Some(500)), relay(None)], None, None).days.is_empty(), "the other takes the rest");
    }

    #[test]
    fn the_slowest_tells_how_long_it_takes_and_nothing_known_tells_nothing() {
        assert_eq!(forecast(vec![relay(None)], None, None).minutes, None);
        assert_eq!(forecast(vec![relay(None)], None, Some(125.0)).minutes, Some(10));
        let slow = forecast(vec![relay(None)], Some(10), Some(125.0));
        assert_eq!((slow.minutes, slow.slow_lanes), (Some(60), vec![("qq.com".to_owned(), 600, 60)]));
        assert!(!forecast(Vec::new(), None, None).has_relay);
    }
}
