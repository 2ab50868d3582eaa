//! Rhythm: the calendars that people ask for in words: each month, each week, each day, at one time. Whoever wants
//! more writes a crontab's five fields.

use super::Calendar;
use chrono::{NaiveTime, Timelike as _};

/// How often something recurs, and at what time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub each: Each,
    /// At what time of the wall clock, in whole minutes.
    pub time: NaiveTime,
}

/// How often something recurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// Every day.
    Day,
    /// Every week on this day: 0 is Sunday.
    Week(u8),
    /// Every month on this day, 1 to 28: later ones do not come in every month.
    Month(u8),
}

/// The last day that every month has.
pub const LAST_OF_EVERY_MONTH: u8 = 28;

impl Rhythm {
    /// The calendar that says the same; none for a day that does not come each time.
    pub fn calendar(self) -> Option<Calendar> {
        let (minute, hour) = (self.time.minute(), self.time.hour());
        let days = match self.each {
            Each::Day => "* * *".to_owned(),
            Each::Week(weekday) if weekday < 7 => format!("* * {weekday}"),
            Each::Month(day) if (1..=LAST_OF_EVERY_MONTH).contains(&day) => format!("{day} * *"),
            Each::Week(_) | Each::Month(_) => return None,
        };
        format!("{minute} {hour} {days}").parse().ok()
    }

    /// The rhythm that a calendar is; none where it says more than one can.
    pub fn of(calendar: &Calendar) -> Option<Self> {
        let written = calendar.to_string();
        let mut fields = written.split(' ');
        let mut next = || fields.next().unwrap_or_default();
        let (minute, hour, day, month, weekday) = (next(), next(), next(), next(), next());
        let time = NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)?;
        let each = match (day, month, weekday) {
            ("*", "*", "*") => Each::Day,
            ("*", "*", weekday) => Each::Week(weekday.parse::<u8>().ok()? % 7),
            (day, "*", "*") => Each::Month(day.parse().ok().filter(|day| *day <= LAST_OF_EVERY_MONTH)?),
            _ => return None,
        };
        Some(Self { each, time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn a_rhythm_is_a_calendar_and_comes_back_from_it() {
        for (each, time, written) in [
            (Each::Day, at(7, 5), "5 7 * * *"),
            (Each::Week(0), at(9, 0), "0 9 * * 0"),
            (Each::Week(5), at(23, 59), "59 23 * * 5"),
            (Each::Month(1), at(9, 0), "0 9 1 * *"),
            (Each::Month(28), at(0, 0), "0 0 28 * *"),
        ] {
            let rhythm = Rhythm { each, time };
            let calendar = rhythm.calendar().unwrap();
            assert_eq!(calendar.to_string(), written);
            assert_eq!(Rhythm::of(&calendar), Some(rhythm));
        }
    }

    #[test]
    fn what_says_more_than_a_rhythm_is_none() {
        for written in ["0 9 1,15 * *", "0 9 31 * *", "*/5 * * * *", "0 9 1 1 *", "0 9 1 * 1", "0 9 * * 1-5"] {
            assert_eq!(Rhythm::of(&written.parse().unwrap()), None, "{written}");
        }
        assert_eq!(Rhythm { each: Each::Month(29), time: at(9, 0) }.calendar(), None);
        assert_eq!(Rhythm::of(&"0 9 * * 7".parse().unwrap()).unwrap().each, Each::Week(0), "both are Sunday");
    }
}
