//! Spoken: what one attempt came to, in words that an editor says: when, and that the server took it, put it off or
//! refused it, and why.

use crate::domain::attempt::Scope;
use crate::domain::moment::Moment;
use crate::domain::reason::Reason;
use crate::store::attempt::Line;
use crate::web::words::log::Words;
use chrono::TimeZone;
use chrono_tz::Tz;
use maud::{Markup, html};

/// What an attempt came to, in words.
pub(super) fn said(words: &Words, line: &Line) -> String {
    let scope = line.scope.as_deref().and_then(Scope::from_word);
    let why = scope.map_or(words.not_known, |scope| (words.reason)(Reason::Refused(scope)));
    match line.verdict.as_str() {
        "accepted" => words.taken.to_owned(),
        "later" => (words.put_off)(why),
        "refused" => (words.refused)(why),
        _ => words.unclear.to_owned(),
    }
}

/// A moment as it is said beside a label: day and minute; in full where somebody points at it.
pub(super) fn moment(at: Moment, zone: Tz) -> Markup {
    let shown = zone.from_utc_datetime(&at.utc().naive_utc()).format("%Y-%m-%d %H:%M").to_string();
    html! { time datetime=(at.rfc3339_in(zone)) title=(zone.name()) { (shown) } }
}
