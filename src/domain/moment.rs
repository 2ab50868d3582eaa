//! Moment: a point in time, in whole milliseconds since 1970 (UTC), as every table stores it.
//! The ground never reads a clock; a moment is always handed in.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::time::Duration;

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// A time as people write it: RFC 3339 with its offset, or a wall clock's in `zone`; none where the text is no time, or
    /// one that the clock there skips.
    pub fn written(text: &str, zone: Tz) -> Option<Self> {
        if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(exact.timestamp_millis()));
        }
        let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
        Some(Self(local.and_local_timezone(zone).earliest()?.timestamp_millis()))
    }

    /// The moment as UTC date and time; moments outside chrono's range collapse to the epoch.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// The calendar day that this moment falls on in `zone`.
    pub fn day_in(self, zone: Tz) -> NaiveDate {
        zone.from_utc_datetime(&self.utc().naive_utc()).date_naive()
    }

    /// RFC 3339 in `zone`, to the second: what logs and reports show.
    pub fn rfc3339_in(self, zone: Tz) -> String {
        zone.from_utc_datetime(&self.utc().naive_utc()).to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// The `Date:` header of a letter (RFC 5322 §3.3), in `zone`.
    pub fn rfc5322_in(self, zone: Tz) -> String {
        zone.from_utc_datetime(&self.utc().naive_utc()).to_rfc2822()
    }

    /// How long after `earlier` this moment is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }
}
