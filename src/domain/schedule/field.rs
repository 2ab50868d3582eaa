//! One field of a five-field cron expression, read as crontab(5) has it: `*`, `a`, `a-b`, each with a step
//! `/n` behind `*` or a range, parted by commas; weekdays 0 to 7 (0 and 7 are Sunday), months and weekdays
//! also by their English names. Every refusal is a sentence that says what to write.

use std::collections::BTreeSet;

/// The five fields, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Month,
    Weekday,
}

/// What a field allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The numbers; weekdays are 0 (Sunday) to 6.
    pub(super) numbers: BTreeSet<u8>,
    /// Whether it begins with `*`: such a field does not restrict the day (crontab(5), the rule of two days).
    pub(super) starred: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

impl Unit {
    pub(super) const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::Day, Self::Month, Self::Weekday];

    /// The field that these words are.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn read(self, text: &str) -> Result<Field, String> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            numbers.extend(self.part(part)?);
        }
        if self == Self::Weekday && numbers.remove(&7) {
            numbers.insert(0);
        }
        Ok(Field { numbers, starred: text.starts_with('*') })
    }

    fn part(self, part: &str) -> Result<Vec<u8>, String> {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let (least, most) = self.bounds();
        let (from, to) = match range.split_once('-') {
            // A full week once: 7 would say Sunday again.
            None if range == "*" => (least, if self == Self::Weekday { 6 } else { most }),
            None => (self.number(range)?, self.number(range)?),
            Some((from, to)) => self.range(part, from, to)?,
        };
        let step = match step {
            None => 1,
            Some(step) if range == "*" || range.contains('-') => {
                let lawful = step.parse().ok().filter(|step| (1..=most).contains(step));
                lawful.ok_or_else(|| self.wrong(part, &format!("a step is a number from 1 to {most}")))?
            }
            Some(step) => {
                return Err(
                    self.wrong(part, &format!("a step stands behind * or a range; write {range}-{most}/{step}"))
                );
            }
        };
        Ok((from..=to).step_by(usize::from(step)).collect())
    }

    fn range(self, part: &str, from: &str, to: &str) -> Result<(u8, u8), String> {
        let (from, to) = (self.number(from)?, self.number(to)?);
        // A week that is said to end on Sunday ends with its seventh day.
        let to = if self == Self::Weekday && to == 0 && from > 0 { 7 } else { to };
        if from > to {
            return Err(self.wrong(part, "a range goes upwards; write it as two, parted by a comma"));
        }
        Ok((from, to))
    }

    fn number(self, word: &str) -> Result<u8, String> {
        let (least, most) = self.bounds();
        let digits = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        if let Some(number) = digits.then(|| word.parse().ok()).flatten().filter(|n| (least..=most).contains(n)) {
            return Ok(number);
        }
        let word_lower = word.to_lowercase();
        let named = |name: &&str| word_lower.len() >= 3 && name.starts_with(&word_lower);
        let known = match self {
            Self::Month => MONTHS.iter().position(named).map(|at| at + 1),
            Self::Weekday => WEEKDAYS.iter().position(named),
            Self::Minute | Self::Hour | Self::Day => None,
        };
        let names = match self {
            Self::Month => ", or jan to dec",
            Self::Weekday => ", or sun to sat",
            Self::Minute | Self::Hour | Self::Day => "",
        };
        known
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| self.wrong(word, &format!("it is * or a number from {least} to {most}{names}")))
    }

    fn bounds(self) -> (u8, u8) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            Self::Weekday => (0, 7),
        }
    }

    fn wrong(self, part: &str, why: &str) -> String {
        let name = match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day of the month",
            Self::Month => "month",
            Self::Weekday => "day of the week",
        };
        format!("'{part}' is no {name}: {why}")
    }
}
