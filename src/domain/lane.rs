//! Lane: the way to one destination provider, as it is now. A provider that says "too much" is written to less,
//! or not at all for a while; one that takes letters is written to more again. Pure: what a relay said and the
//! time go in, what may be sent comes out. Kept by whoever claims.

use super::attempt::{Attempt, Scope, Seen, Stage, Verdict};
use super::moment::Moment;
use std::time::Duration;

/// How a provider wants to be written to; what is left out is as the relay has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Connections at once.
    pub connections: Option<u32>,
    /// Letters over one connection.
    pub letters_per_connection: Option<u32>,
    /// Letters a minute.
    pub per_minute: Option<u32>,
}

impl Pace {
    /// Whether its letters go over connections of their own.
    pub fn is_apart(&self) -> bool {
        *self != Self::default()
    }
}

/// What an attempt tells about its lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A letter was taken.
    Accepted,
    /// Too fast.
    Throttled,
    /// Enough for a while: a quota, a reputation.
    Enough,
    /// A letter was refused for what it says, in these words.
    Refused(String),
}

impl Heard {
    /// What an attempt tells about its lane, if anything.
    pub fn of(attempt: &Attempt, verdict: &Verdict) -> Option<Self> {
        match verdict {
            Verdict::Accepted => Some(Self::Accepted),
            Verdict::Later { scope: Scope::Provider, after: Some(_), .. } => Some(Self::Enough),
            Verdict::Later { scope: Scope::Provider, after: None, .. } => Some(Self::Throttled),
            Verdict::Refused { scope: Scope::Message, .. } if attempt.stage == Stage::Dot => match &attempt.seen {
                // Queue numbers differ from letter to letter; what is said does not.
                Seen::Answer(answer) => {
                    let words =
                        answer.text.split_whitespace().filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
                    Some(Self::Refused(words.collect::<Vec<_>>().join(" ")))
                }
                Seen::Broken(_) | Seen::Unmade(_) => None,
            },
            Verdict::Later { .. } | Verdict::Refused { .. } | Verdict::Uncertain => None,
        }
    }
}

/// A lane, as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pace: Pace,
    /// Connections that it bears now, where it has a limit.
    bears: f64,
    rest: Option<Moment>,
    /// Rests so far without a good spell between them.
    rests: u32,
    /// Letters taken since the last rest or throttling.
    taken: u32,
    /// How often in a row it was too fast, with no letter taken between.
    hurried: u32,
    /// The last refusal's words, and how often in a row they were said.
    refused: (String, u32),
    /// The minute that is being counted, and its letters.
    minute: (i64, u32),
}

/// So many letters taken in a row are a good spell: earlier rests are forgotten.
const GOOD_SPELL: u32 = 20;
/// The same refusal so often in a row means that the next letter would hear it too (DELIVERY.md §3).
const SAME_REFUSAL: u32 = 3;
/// A lane without connections of its own that is too fast so often in a row takes a breath. One answer says
/// little: greylisting puts off each reader once, and the others gladly go on.
const TOO_HURRIED: u32 = 10;
/// No rest is longer: from just after midnight in Beijing to ten past the next.
const LONGEST_REST: Duration = Duration::from_secs(24 * 60 * 60 + 10 * 60);
/// How long that breath is.
const BREATH: Duration = Duration::from_secs(60);

impl Lane {
    /// A lane that nothing was heard of yet.
    pub fn new(pace: Pace) -> Self {
        let bears = f64::from(pace.connections.unwrap_or(u32::MAX));
        Self { pace, bears, rest: None, rests: 0, taken: 0, hurried: 0, refused: (String::new(), 0), minute: (0, 0) }
    }

    /// Its pace, as the settings have it.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// How many connections it bears now; none where that is the relay's matter.
    pub fn connections(&self) -> Option<u32> {
        self.pace.connections.map(|most| (self.bears as u32).clamp(1, most))
    }

    /// Until when nothing may be sent; none when something may be sent now.
    pub fn rests_until(&self, now: Moment) -> Option<Moment> {
        let minute_ends = (self.room(now) == Some(0)).then(|| Moment((now.0 / 60_000 + 1) * 60_000));
        self.rest(now).or(minute_ends)
    }

    /// Its rest, while it lasts. One that lies farther ahead than any is long was made by a clock that was wrong.
    fn rest(&self, now: Moment) -> Option<Moment> {
        self.rest.filter(|rest| *rest > now && rest.since(now) <= LONGEST_REST)
    }

    /// How many more letters it takes in this minute; none where there is no such limit.
    pub fn room(&self, now: Moment) -> Option<u32> {
        let gone = if self.minute.0 == now.0 / 60_000 { self.minute.1 } else { 0 };
        self.pace.per_minute.map(|most| most.saturating_sub(gone))
    }

    /// So many letters set out.
    pub fn set_out(&mut self, letters: u32, now: Moment) {
        let minute = now.0 / 60_000;
        let gone = if self.minute.0 == minute { self.minute.1 } else { 0 };
        self.minute = (minute, gone + letters);
    }

    /// An attempt told something. Returns the rest that begins by it, if one does.
    pub fn hear(&mut self, heard: &Heard, now: Moment) -> Option<Moment> {
        // Those that were under way when a rest began say nothing new.
        let resting = self.rest(now).is_some();
        match heard {
            Heard::Accepted => {
                self.taken += 1;
                (self.hurried, self.refused.1) = (0, 0);
                // Additive: one more connection for a round of letters over all of them.
                self.bears = (self.bears + 1.0 / self.bears).min(f64::from(self.pace.connections.unwrap_or(u32::MAX)));
                if self.taken >= GOOD_SPELL {
                    self.rests = 0;
                }
                None
            }
            _ if resting => None,
            Heard::Throttled => {
                self.taken = 0;
                self.hurried += 1;
                self.bears = (self.bears / 2.0).max(1.0);
                if self.pace.connections.is_some() || self.hurried < TOO_HURRIED {
                    return None;
                }
                self.hurried = 0;
                self.rest_for(now + BREATH)
            }
            Heard::Enough => self.rest_longer(now),
            Heard::Refused(words) => {
                let times = if *words == self.refused.0 { self.refused.1 + 1 } else { 1 };
                self.refused = (words.clone(), times);
                if times < SAME_REFUSAL {
                    return None;
                }
                self.refused.1 = 0;
                self.rest_longer(now)
            }
        }
    }

    /// 10 min, then 1 h, then until the quotas of the next day: 00:10 in Beijing (DELIVERY.md §3).
    fn rest_longer(&mut self, now: Moment) -> Option<Moment> {
        let until = match self.rests {
            0 => now + Duration::from_secs(10 * 60),
            1 => now + Duration::from_secs(60 * 60),
            _ => tomorrow_in_beijing(now),
        };
        self.rests += 1;
        self.bears = 1.0;
        self.rest_for(until)
    }

    fn rest_for(&mut self, until: Moment) -> Option<Moment> {
        self.taken = 0;
        self.rest = Some(until);
        self.rest
    }
}

/// Ten past midnight of the next day in Beijing (UTC+8 all year), when providers count anew.
fn tomorrow_in_beijing(now: Moment) -> Moment {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    const EAST: i64 = 8 * 60 * 60 * 1000;
    Moment(((now.0 + EAST).div_euclid(DAY) + 1) * DAY - EAST + 10 * 60 * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QQ: Pace = Pace { connections: Some(4), letters_per_connection: Some(7), per_minute: None };
    const MINUTE: i64 = 60_000;

    fn lane(pace: Pace, heard: &[Heard]) -> Lane {
        let mut lane = Lane::new(pace);
        for heard in heard {
            lane.hear(heard, Moment(0));
        }
        lane
    }

    #[test]
    fn who_has_had_enough_rests_ten_minutes_then_an_hour_then_until_the_next_day_in_beijing() {
        let mut lane = Lane::new(QQ);
        let mut now = Moment(1_719_795_600_000); // 2024-07-01 09:00 in Beijing
        for minutes in [10, 60, 15 * 60 + 10 - 70] {
            let rest = lane.hear(&Heard::Enough, now).expect("it rests");
            assert_eq!(rest.since(now).as_secs(), minutes * 60);
            assert_eq!(lane.hear(&Heard::Enough, now), None, "what was under way says nothing new");
            assert_eq!(lane.rests_until(now), Some(rest));
            now = rest;
            assert_eq!(lane.rests_until(now), None);
        }
        (0..GOOD_SPELL).for_each(|_| assert_eq!(lane.hear(&Heard::Accepted, now), None));
        let rest = lane.hear(&Heard::Enough, now).expect("it rests");
        assert_eq!(rest.since(now).as_secs(), 600, "a good spell is a new beginning");
    }

    #[test]
    fn a_rest_by_a_clock_that_was_a_year_ahead_is_over_when_it_is_set_right() {
        let mut lane = Lane::new(QQ);
        let now = Moment(1_719_795_600_000);
        let ahead = now + Duration::from_secs(365 * 24 * 60 * 60);
        let rest = lane.hear(&Heard::Enough, ahead).expect("it rests");
        assert_eq!((lane.rests_until(ahead), lane.rests_until(now)), (Some(rest), None));
    }

    #[test]
    fn too_fast_halves_the_connections_and_letters_taken_bring_them_back_one_by_one() {
        assert_eq!(lane(QQ, &[]).connections(), Some(4));
        let mut slow = lane(QQ, &[Heard::Throttled, Heard::Throttled, Heard::Throttled]);
        assert_eq!((slow.connections(), slow.rests_until(Moment(0))), (Some(1), None));
        for (letters, connections) in [(1, 2), (2, 3), (3, 4), (100, 4)] {
            (0..letters).for_each(|_| assert_eq!(slow.hear(&Heard::Accepted, Moment(0)), None));
            assert!(slow.connections() >= Some(connections - 1) && slow.connections() <= Some(connections), "{slow:?}");
        }
        assert_eq!(slow.connections(), Some(4));
    }

    #[test]
    fn a_lane_that_shares_connections_takes_a_breath_when_nothing_but_too_fast_is_heard() {
        let shared = |heard: &[Heard]| lane(Pace::default(), heard).rests_until(Moment(0));
        let nine = vec![Heard::Throttled; 9];
        let greylisted = [&nine[..], &[Heard::Accepted], &nine].concat();
        assert_eq!((shared(&nine), shared(&greylisted)), (None, None));
        assert_eq!(shared(&[&nine[..], &[Heard::Throttled]].concat()), Some(Moment(MINUTE)));
    }

    #[test]
    fn the_same_refusal_three_times_in_a_row_rests_the_lane() {
        let no = |words: &str| Heard::Refused(words.into());
        assert_eq!(lane(QQ, &[no("垃圾"), no("垃圾")]).rests_until(Moment(0)), None);
        assert_eq!(lane(QQ, &[no("垃圾"), no("病毒"), no("垃圾")]).rests_until(Moment(0)), None);
        assert_eq!(lane(QQ, &[no("垃圾"), no("垃圾"), Heard::Accepted, no("垃圾")]).rests_until(Moment(0)), None);
        assert!(lane(QQ, &[no("垃圾"), no("垃圾"), no("垃圾")]).rests_until(Moment(0)).is_some());
    }

    #[test]
    fn a_minute_has_so_many_letters_and_the_next_begins_anew() {
        let mut lane = Lane::new(Pace { per_minute: Some(30), ..Pace::default() });
        lane.set_out(20, Moment(5_000));
        assert_eq!((lane.room(Moment(6_000)), lane.rests_until(Moment(6_000))), (Some(10), None));
        lane.set_out(10, Moment(7_000));
        assert_eq!((lane.room(Moment(8_000)), lane.rests_until(Moment(8_000))), (Some(0), Some(Moment(MINUTE))));
        assert_eq!((lane.room(Moment(MINUTE)), lane.rests_until(Moment(MINUTE))), (Some(30), None));
    }
}
