//! Laws of the hours: what people write, what zones do to it, and that an occurrence fires once or never
//! whatever the clock does. The zones' law is held against an oracle that walks the minutes of the world.

use super::*;
use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::TZ_VARIANTS;
use std::collections::BTreeMap;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn calendar(text: &str) -> Calendar {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

fn moment(text: &str) -> Moment {
    Moment(DateTime::parse_from_rfc3339(text).expect("a moment").timestamp_millis())
}

fn next(text: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
    calendar(text).after(moment(after), zone).take(count).map(|found| found.at.rfc3339_in(zone)).collect()
}

#[test]
fn five_fields_mean_what_crontab_says() {
    // 2026-11-27 is a Friday.
    for (text, firsts) in [
        ("0 9 1 * *", ["12-01T09:00", "01-01T09:00", "02-01T09:00"]),
        ("30 8 * * 1", ["11-30T08:30", "12-07T08:30", "12-14T08:30"]),
        ("30 8 * * mon", ["11-30T08:30", "12-07T08:30", "12-14T08:30"]),
        ("0 9 * * 0", ["11-29T09:00", "12-06T09:00", "12-13T09:00"]),
        ("0 9 * * 7", ["11-29T09:00", "12-06T09:00", "12-13T09:00"]),
        ("0 9 * * Sunday", ["11-29T09:00", "12-06T09:00", "12-13T09:00"]),
        ("0 9 * * 1-5", ["11-27T09:00", "11-30T09:00", "12-01T09:00"]),
        ("0 9 * * fri-sun", ["11-27T09:00", "11-28T09:00", "11-29T09:00"]),
        ("0 9 * * 5-7", ["11-27T09:00", "11-28T09:00", "11-29T09:00"]),
        ("*/20 7 * * *", ["11-27T07:00", "11-27T07:20", "11-27T07:40"]),
        ("5-15/5 0 * * *", ["11-27T00:05", "11-27T00:10", "11-27T00:15"]),
        ("0  9\t1 JAN,Feb,3 *", ["01-01T09:00", "02-01T09:00", "03-01T09:00"]),
        // Both days restricted: either will do.
        ("0 9 1 * 1", ["11-30T09:00", "12-01T09:00", "12-07T09:00"]),
        // A day that begins with * does not restrict, however it goes on.
        ("0 9 */10 * 1", ["12-21T09:00", "01-11T09:00", "02-01T09:00"]),
        ("0 9 31 * *", ["12-31T09:00", "01-31T09:00", "03-31T09:00"]),
        ("0 0 29 2 *", ["02-29T00:00", "02-29T00:00", "02-29T00:00"]),
    ] {
        let found = next(text, Tz::UTC, "2026-11-26T23:59:00Z", 3);
        let found: Vec<&str> = found.iter().map(|at| &at[5..16]).collect();
        assert_eq!(found, firsts, "{text}");
    }
}

#[test]
fn what_is_no_schedule_is_refused_with_what_to_write() {
    for (text, says) in [
        ("", "five fields"),
        ("0 9 1 *", "five fields"),
        ("0 0 9 1 * *", "five fields"),
        ("@monthly", "five fields"),
        ("60 9 * * *", "'60' is no minute: it is * or a number from 0 to 59"),
        ("0 24 * * *", "no hour"),
        ("0 9 0 * *", "no day of the month"),
        ("0 9 * 13 *", "or jan to dec"),
        ("0 9 * * 8", "or sun to sat"),
        ("0 9 * * mo", "or sun to sat"),
        ("0 9 L * *", "no day of the month"),
        ("0 9 ? * 1", "no day of the month"),
        ("5/10 9 * * *", "write 5-59/10"),
        ("*/0 9 * * *", "a step is a number from 1 to 59"),
        ("*/x 9 * * *", "a step"),
        ("0 17-9 * * *", "upwards"),
        ("0 9 * * sat-mon", "upwards"),
        ("0 9 1, * *", "'' is no day"),
        ("-1 9 * * *", "'' is no minute"),
        ("+5 9 * * *", "'+5' is no minute"),
        ("0 9 31 2 *", "never comes"),
        ("0 9 31 4,6,9,11 *", "never comes"),
        ("0 9 30-31 feb *", "never comes"),
    ] {
        let said = text.parse::<Calendar>().expect_err(text);
        assert!(said.contains(says), "{text}: {said}");
    }
}

#[test]
fn a_skipped_time_comes_right_after_the_gap_and_a_repeated_one_the_first_time() {
    use chrono_tz::{America::New_York, Australia::Lord_Howe, Pacific::Apia};
    for (text, zone, after, firsts) in [
        (
            "30 2 * * *",
            New_York,
            "2027-03-13T12:00:00-05:00",
            ["2027-03-14T03:00:00-04:00", "2027-03-15T02:30:00-04:00"],
        ),
        (
            "30 1 * * *",
            New_York,
            "2027-11-06T12:00:00-04:00",
            ["2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00"],
        ),
        // Asked within the second 01:45, the first 01:50 is over.
        (
            "50 1 * * *",
            New_York,
            "2027-11-07T01:45:00-05:00",
            ["2027-11-08T01:50:00-05:00", "2027-11-09T01:50:00-05:00"],
        ),
        (
            "15 2 * * *",
            Lord_Howe,
            "2027-10-02T12:00:00+10:30",
            ["2027-10-03T02:30:00+11:00", "2027-10-04T02:15:00+11:00"],
        ),
        // Samoa had no 30 December 2011.
        ("0 9 30 12 *", Apia, "2011-12-29T12:00:00-10:00", ["2011-12-31T00:00:00+14:00", "2012-12-30T09:00:00+14:00"]),
    ] {
        assert_eq!(next(text, zone, after, 2), firsts, "{text} in {zone}");
    }
}

type Meaning = fn(NaiveDateTime) -> bool;

/// Ten schedules, each with its meaning said a second way.
const MEANT: [(&str, Meaning); 10] = [
    ("30 2 * * *", |t| (t.hour(), t.minute()) == (2, 30)),
    ("*/10 * * * *", |t| t.minute() % 10 == 0),
    ("0 0 * * *", |t| (t.hour(), t.minute()) == (0, 0)),
    ("0 9 1 * *", |t| (t.day(), t.hour(), t.minute()) == (1, 9, 0)),
    ("59 23 * * 0", |t| (t.weekday(), t.hour(), t.minute()) == (Weekday::Sun, 23, 59)),
    ("30 1 * * wed,7", |t| [Weekday::Wed, Weekday::Sun].contains(&t.weekday()) && (t.hour(), t.minute()) == (1, 30)),
    ("15,45 0-4 * * *", |t| t.hour() <= 4 && [15, 45].contains(&t.minute())),
    ("0 3 1-7 * sun", |t| (t.day() <= 7 || t.weekday() == Weekday::Sun) && (t.hour(), t.minute()) == (3, 0)),
    ("5 */3 * 3,4,9-11 *", |t| [3, 4, 9, 10, 11].contains(&t.month()) && t.hour() % 3 == 0 && t.minute() == 5),
    ("20 1-3/2 */2 * sat-sun", |t| {
        t.day() % 2 == 1
            && [Weekday::Sat, Weekday::Sun].contains(&t.weekday())
            && [1, 3].contains(&t.hour())
            && t.minute() == 20
    }),
];

/// Around each transition of each zone from 1990 to 2040, each schedule comes exactly when an oracle says: it
/// walks the minutes of the world and takes a label for come when the zone's clock first shows it or a later one.
/// Here some zones and transitions; all of them with YIZHAN_EVERY_ZONE=1 (`cargo xtask prove hours`).
#[test]
#[expect(clippy::print_stderr, reason = "the figure is wanted")]
fn around_every_transition_each_occurrence_comes_once_and_at_its_time() {
    let all = std::env::var_os("YIZHAN_EVERY_ZONE").is_some();
    let named = ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll"];
    let zones = (0..).zip(TZ_VARIANTS).filter(|(nth, zone)| all || nth % 60 == 7 || named.contains(&zone.name()));
    let calendars = MEANT.map(|(text, _)| calendar(text));
    let (mut count, mut seen, mut occurrences) = (0, 0, 0);
    for (_, zone) in zones {
        count += 1;
        for (nth, transition) in transitions(zone).into_iter().enumerate() {
            if all || nth % 7 == 0 || zone == chrono_tz::Pacific::Apia {
                seen += 1;
                occurrences += compare(zone, transition, &calendars);
            }
        }
    }
    assert!(seen > 100 && occurrences > 10_000, "too little was looked at: {seen}, {occurrences}");
    eprintln!(
        "{count} zones, {seen} transitions, {occurrences} occurrences of {} schedules: all as the oracle says",
        MEANT.len()
    );
}

/// The instants, to within six hours, at which a zone's offset changes.
fn transitions(zone: Tz) -> Vec<Moment> {
    let (from, to) = (moment("1990-01-01T00:00:00Z").0, moment("2041-01-01T00:00:00Z").0);
    let offset = |at: i64| shown(zone, Moment(at)) - Moment(at).utc().naive_utc();
    let steps = (from..to).step_by(DAY as usize / 4);
    steps.filter(|at| offset(*at) != offset(at + DAY / 4)).map(Moment).collect()
}

fn shown(zone: Tz, at: Moment) -> NaiveDateTime {
    zone.from_utc_datetime(&at.utc().naive_utc()).naive_local()
}

fn compare(zone: Tz, transition: Moment, calendars: &[Calendar]) -> usize {
    let (from, to) = (Moment(transition.0 - 26 * 60 * MINUTE), Moment(transition.0 + 32 * 60 * MINUTE));
    let came = oracle(zone, from, to);
    let mut count = 0;
    for (calendar, (text, meant)) in calendars.iter().zip(MEANT) {
        let expected: Vec<_> = came.iter().filter(|found| meant(found.label.0)).copied().collect();
        let found: Vec<_> = calendar.after(from, zone).take_while(|found| found.at <= to).collect();
        assert_eq!(found, expected, "{text} in {zone} around {}", transition.utc());
        count += found.len();
    }
    count
}

/// Every minute's label that comes within a time, and when.
fn oracle(zone: Tz, from: Moment, to: Moment) -> Vec<Occurrence> {
    let mut came = Vec::new();
    // What had been shown before is found by walking a while before.
    let mut latest = shown(zone, Moment(from.0 - 6 * 60 * MINUTE));
    for at in (from.0 - 6 * 60 * MINUTE..=to.0).step_by(MINUTE as usize).map(Moment) {
        let now = shown(zone, at);
        while latest < now {
            latest += chrono::TimeDelta::minutes(1);
            if at > from {
                came.push(Occurrence { label: Label(latest), at });
            }
        }
    }
    came
}

/// What the tables keep, as far as the law needs it.
struct Book {
    schedule: Schedule,
    rows: BTreeMap<Label, (Occurrence, Judgement, Moment)>,
}

const GRACE: Duration = Duration::from_secs(12 * 60 * 60);

impl Book {
    fn since(text: &str, now: Moment) -> Self {
        let (id, publication) = (ScheduleId(1), PublicationId(1));
        let schedule = Schedule {
            looked_ahead_to: None,
            id,
            publication,
            calendar: calendar(text),
            lists: vec![],
            grace: None,
            paused: false,
            since: now,
            upto: now,
        };
        Self { schedule, rows: BTreeMap::new() }
    }

    /// Someone looks at the clock, and goes on until nothing is due.
    fn looks(&mut self, zone: Tz, now: Moment) {
        loop {
            let due = self.schedule.due(zone, now, GRACE, 50);
            let Some((last, _)) = due.last() else { return };
            self.schedule.upto = last.at;
            for (occurrence, judgement) in due {
                let twice = self.rows.insert(occurrence.label, (occurrence, judgement, now));
                assert!(twice.is_none(), "{} was judged twice", occurrence.label);
            }
        }
    }

    fn fired(&self) -> usize {
        self.rows.values().filter(|(_, judgement, _)| *judgement == Judgement::Fire).count()
    }
}

/// A sequence of numbers that looks like chance and is the same each time.
fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[test]
fn whatever_the_clock_and_the_power_do_each_occurrence_fires_once_or_never_and_has_its_reason() {
    let start = moment("2027-01-01T00:00:00Z");
    let (mut fired, mut missed) = (0, 0);
    for (seed, zone) in (0..40)
        .zip([chrono_tz::Asia::Shanghai, chrono_tz::America::New_York, chrono_tz::Pacific::Apia].into_iter().cycle())
    {
        let text = ["0 9 1 * *", "30 2 * * *", "0 9 * * 1-5", "0 */6 * * *"][seed as usize % 4];
        let mut pick = chance(seed);
        let (mut book, mut now, mut furthest) = (Book::since(text, start), start, start);
        for _ in 0..60 {
            // Downtimes from a minute to 400 days, and clocks set back by up to three.
            let step = match pick(6) {
                0 => -(pick(3 * DAY as u64) as i64),
                1 => DAY + pick(400 * DAY as u64 - DAY as u64) as i64,
                2 => MINUTE,
                _ => MINUTE + pick(DAY as u64) as i64,
            };
            now = Moment((now.0 + step).max(start.0));
            book.looks(zone, now);
            furthest = furthest.max(now);
        }
        let come: Vec<_> = calendar(text).after(start, zone).take_while(|found| found.at <= furthest).collect();
        let noted: Vec<_> = book.rows.values().map(|(occurrence, _, _)| *occurrence).collect();
        assert_eq!(noted, come, "{text} in {zone}, seed {seed}: each that has come has its row");
        for (occurrence, judgement, at) in book.rows.values() {
            let late = at.since(occurrence.at) > GRACE;
            assert_eq!(
                late,
                *judgement == Judgement::Miss(Missed::Late),
                "{occurrence:?} seen at {at:?}: {judgement:?}"
            );
            assert!(occurrence.at <= *at, "{occurrence:?} before its time");
        }
        fired += book.fired();
        missed += come.len() - book.fired();
    }
    assert!(fired > 100 && missed > 100, "a law that saw no choice: {fired} fired, {missed} missed");
}

#[test]
fn of_what_is_due_at_once_the_last_fires_if_it_is_within_the_grace() {
    let start = moment("2026-11-27T00:00:00+08:00");
    let zone = chrono_tz::Asia::Shanghai;
    let (fire, late, overtaken) = (Judgement::Fire, Judgement::Miss(Missed::Late), Judgement::Miss(Missed::Overtaken));
    for (downtime, judgements) in [
        ("2026-11-27T09:00:00+08:00", vec![fire]),
        ("2026-11-27T21:00:00+08:00", vec![overtaken, fire]),
        ("2026-11-27T21:00:01+08:00", vec![late, fire]),
        ("2026-11-28T03:00:00+08:00", vec![late, fire]),
        ("2026-11-28T06:00:01+08:00", vec![late, late]),
        ("2026-11-28T09:30:00+08:00", vec![late, late, fire]),
    ] {
        let mut book = Book::since("0 9,18 * * *", start);
        book.looks(zone, moment(downtime));
        assert_eq!(
            book.rows.values().map(|(_, judgement, _)| *judgement).collect::<Vec<_>>(),
            judgements,
            "{downtime}"
        );
    }
}

#[test]
fn occurrences_that_come_at_one_instant_are_never_parted() {
    // From 02:00 to 03:00, sixty minutes come at once.
    let zone = chrono_tz::America::New_York;
    let mut book = Book::since("* * * * *", moment("2027-03-14T01:00:30-05:00"));
    book.looks(zone, moment("2027-03-14T03:00:00-04:00"));
    assert_eq!(book.rows.len(), 59 + 61);
    assert_eq!(book.fired(), 1);
    let why = |hour, minute| {
        let label = Label(
            NaiveDate::from_ymd_opt(2027, 3, 14).and_then(|day| day.and_hms_opt(hour, minute, 0)).expect("a time"),
        );
        book.rows[&label].1
    };
    // The minutes of the gap were kept by somebody at work, and say so.
    assert_eq!(why(1, 59), Judgement::Miss(Missed::Overtaken));
    for minute in [0, 30, 59] {
        assert_eq!(why(2, minute), Judgement::Miss(Missed::Together), "02:{minute:02}");
    }
    let last = book.rows.last_key_value().expect("rows").0;
    assert_eq!(last.0, NaiveDate::from_ymd_opt(2027, 3, 14).and_then(|day| day.and_hms_opt(3, 0, 0)).expect("a time"));
    assert_eq!(Utc.timestamp_millis_opt(book.schedule.upto.0).single(), Some(moment("2027-03-14T07:00:00Z").utc()));
}
