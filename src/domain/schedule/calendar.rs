//! Calendar: five-field cron over wall-clock labels, and what a zone makes of them. `cron` is asked for
//! labels only, as if they were UTC; run on a zone it skips an hour in spring and fires twice in autumn. Here a
//! label that a zone skips comes at the first instant after the gap, one that it repeats comes the first time.

use super::field::{Field, Unit};
use super::{Label, Occurrence};
use crate::domain::han::narrowed;
use crate::domain::moment::Moment;
use chrono::{NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// When something recurs, as a crontab says it: `0 9 1 * *`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// As it was written, single spaces between the fields.
    text: String,
    /// What it means; two where it says a day of the month *or* a day of the week.
    rules: Vec<cron::Schedule>,
}

impl std::str::FromStr for Calendar {
    type Err = String;

    /// # Errors
    /// A sentence that says which field is wrong and what to write, or that it never comes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = narrowed(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let &[minute, hour, day, month, weekday] = words.as_slice() else {
            return Err(format!(
                "'{text}' is no schedule: write five fields, minute hour day month weekday, as '0 9 1 * *' for the 1st of each month at 09:00"
            ));
        };
        let mut fields = Vec::new();
        for (unit, word) in Unit::ALL.into_iter().zip([minute, hour, day, month, weekday]) {
            fields.push(unit.read(word)?);
        }
        let calendar = Self { text: words.join(" "), rules: rules(&fields) };
        if calendar.labels_after(NaiveDateTime::default()).next().is_none() {
            return Err(format!("'{text}' never comes: no month that it names has such a day"));
        }
        Ok(calendar)
    }
}

/// Six-field rules for `cron`: seconds first, weekdays 1 (Sunday) to 7. It asks for both days at once, where
/// crontab(5) is content with either if both are restricted: that takes two rules.
fn rules(fields: &[Field]) -> Vec<cron::Schedule> {
    let list = |field: &Field, shift: u8| {
        field.numbers.iter().map(|number| (number + shift).to_string()).collect::<Vec<_>>().join(",")
    };
    let [minute, hour, day, month] = [0, 1, 2, 3].map(|at| list(&fields[at], 0));
    let weekday = list(&fields[4], 1);
    let rule = |day: &str, weekday: &str| {
        let written = format!("0 {minute} {hour} {day} {month} {weekday}");
        written.parse().expect("lists of numbers within their bounds")
    };
    if fields[2].starred || fields[4].starred {
        vec![rule(&day, &weekday)]
    } else {
        vec![rule(&day, "*"), rule("*", &weekday)]
    }
}

impl std::fmt::Display for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Calendar {
    /// Its occurrences in a zone that come after a moment, in order, up to the year 2100. Several labels
    /// may come at one instant: those of a gap.
    pub fn after(&self, moment: Moment, zone: Tz) -> impl Iterator<Item = Occurrence> + '_ {
        // What the zone's clock shows at that moment. In a repeated hour it shows labels whose first time is
        // over; a label that is still to come is never behind it.
        let shown = zone.from_utc_datetime(&moment.utc().naive_utc()).naive_local();
        let occurrences =
            self.labels_after(shown).map(move |label| Occurrence { label: Label(label), at: first(label, zone) });
        occurrences.skip_while(move |occurrence| occurrence.at <= moment)
    }

    /// The wall-clock minutes after one, as if there were no zones.
    fn labels_after(&self, label: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let mut last = label;
        std::iter::from_fn(move || {
            let next = self.rules.iter().filter_map(|rule| rule.after(&Utc.from_utc_datetime(&last)).next()).min()?;
            last = next.naive_utc();
            Some(last)
        })
    }
}

/// The first instant at which a zone's clock shows a label, or has passed over it.
fn first(label: NaiveDateTime, zone: Tz) -> Moment {
    let shown = zone.from_local_datetime(&label).earliest();
    let after_the_gap = || GapInfo::new(&label, &zone).and_then(|gap| gap.end);
    // A zone without an end to its gap is none that the tables have; UTC is then as good as any.
    let instant = shown.or_else(after_the_gap).map_or_else(|| label.and_utc(), |found| found.to_utc());
    Moment(instant.timestamp_millis())
}
