//! The delivery log over everything: who got what, who did not, and why, found by part of an address, a name or a unit,
//! by issue, state, reason and time. Each page is one bounded look (`store/log.rs`).

use super::{course, label};
use crate::domain::account::Permission;
use crate::domain::delivery::State;
use crate::domain::id::{DispatchId, IssueId, SubscriberId};
use crate::domain::moment::Moment;
use crate::domain::reason::Reason;
use crate::store;
use crate::store::attempt::Entry;
use crate::store::log::{Found, GoneOut, Wanted};
use crate::web::Error;
use crate::web::desk::{Asked, tally};
use crate::web::page::{self, Around, Place};
use crate::web::words::log::Words;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Html;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::str::FromStr;

/// Letters on one page.
const PAGE: usize = 50;
/// Issues that the form offers.
const ISSUES: i64 = 60;

/// What is asked, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Typed {
    q: String,
    issue: String,
    dispatch: String,
    reader: String,
    state: String,
    reason: String,
    from: String,
    until: String,
    after: String,
}

/// `GET /log`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    typed: Result<Query<Typed>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let (words, typed) = (Words::of(asked.language), typed?.0);
    let wanted = typed.wanted(&asked)?;
    let mut reading = asked.read().await?;
    let found = store::log::find(&mut reading, &wanted).await?;
    let entries = store::attempt::entries(&mut reading, &found.deliveries).await?;
    let issues = store::log::gone_out(&mut reading, wanted.only.as_deref(), ISSUES).await?;
    drop(reading);
    let main = html! {
        h1 { (words.title) }
        (form(&asked, &typed, &issues))
        section #log { (table(&asked, &typed, &found, &entries)) }
    };
    let around = Around { title: words.title, place: Place::Log, live: false };
    Ok(page::desk(&asked, &around, &main))
}

impl Typed {
    fn wanted(&self, asked: &Asked) -> Result<Wanted, Error> {
        let text: String = self.q.trim().chars().filter(|letter| !letter.is_control()).collect();
        let until = day(&self.until)?.and_then(|day| day.checked_add_days(Days::new(1)));
        let zone = asked.pages.zone;
        Ok(Wanted {
            text: Some(text).filter(|text| !text.is_empty()),
            only: asked.confined_to(Permission::SeeReaders),
            dispatch: parsed::<DispatchId>(&self.dispatch)?,
            issue: parsed::<IssueId>(&self.issue)?,
            reader: parsed::<SubscriberId>(&self.reader)?,
            state: word(&self.state, State::from_word)?,
            reason: word(&self.reason, Reason::from_word)?,
            from: day(&self.from)?.map(|day| begins(day, zone)),
            until: until.map(|day| begins(day, zone)),
            after: parsed(&self.after)?,
            at_most: PAGE,
        })
    }

    /// The address of another page of the same search.
    fn at(&self, after: &str) -> String {
        let pairs = [
            ("q", self.q.as_str()),
            ("issue", &self.issue),
            ("dispatch", &self.dispatch),
            ("reader", &self.reader),
            ("state", &self.state),
            ("reason", &self.reason),
            ("from", &self.from),
            ("until", &self.until),
            ("after", after),
        ];
        let said = pairs.iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<_> =
            said.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
        format!("/log?{}", parts.join("&"))
    }
}

fn parsed<T: FromStr>(text: &str) -> Result<Option<T>, Error> {
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| Error::Unreadable))
        .transpose()
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
    Some(text).filter(|text| !text.is_empty()).map(|text| read(text).ok_or(Error::Unreadable)).transpose()
}

fn day(text: &str) -> Result<Option<NaiveDate>, Error> {
    parsed::<NaiveDate>(text)
}

/// When a day begins; where the clocks skip its midnight, an hour later.
fn begins(day: NaiveDate, zone: Tz) -> Moment {
    let hours = (0..3).filter_map(|hour| day.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest());
    Moment(hours.map(|begin| begin.timestamp_millis()).next().unwrap_or_default())
}

fn form(asked: &Asked, typed: &Typed, issues: &[GoneOut]) -> Markup {
    let (words, all) = (Words::of(asked.language), asked.words());
    html! {
        form .filter.search method="get" action="/log" role="search" {
            label .broad { span { (words.text) }
                input type="search" name="q" value=(typed.q) placeholder=(words.text_hint) autocomplete="off" autocapitalize="off" spellcheck="false";
            }
            label { span { (words.issue) }
                select name="issue" {
                    option value="" { (words.every_issue) }
                    @for one in issues {
                        option value=(one.issue) selected[typed.issue == one.issue.to_string()] {
                            (one.publication) " " (one.label.as_deref().unwrap_or(words.unnumbered))
                        }
                    }
                }
            }
            label { span { (words.state) }
                select name="state" {
                    option value="" { (words.every_state) }
                    @for state in State::ALL { option value=(state.word()) selected[typed.state == state.word()] { ((all.state_of)(state)) } }
                }
            }
            label { span { (words.why) }
                select name="reason" {
                    option value="" { (words.every_reason) }
                    @for reason in Reason::ALL { option value=(reason.word()) selected[typed.reason == reason.word()] { ((words.reason)(reason)) } }
                }
            }
            label { span { (words.from) } input type="date" name="from" value=(typed.from); }
            label { span { (words.until) } input type="date" name="until" value=(typed.until); }
            @if !typed.dispatch.is_empty() { input type="hidden" name="dispatch" value=(typed.dispatch); }
            @if !typed.reader.is_empty() { input type="hidden" name="reader" value=(typed.reader); }
            div .does {
                button .primary type="submit" { (words.search) }
                a .button href="/log" { (words.clear) }
            }
        }
        @if !typed.dispatch.is_empty() {
            p .muted { (words.one_dispatch) " " a href={ "/dispatches/" (typed.dispatch) } { "#" (typed.dispatch) } }
        }
    }
}

fn table(asked: &Asked, typed: &Typed, found: &Found, entries: &[Entry]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        @if entries.is_empty() {
            p .empty { (if found.next.is_some() { words.none_so_far } else { words.none }) }
        } @else {
            table .rows.log {
                thead { tr {
                    th scope="col" { (words.reader) }
                    th scope="col" { (words.address) }
                    th scope="col" { (words.state) }
                    th scope="col" { (words.attempts) }
                    th scope="col" { span .unseen { (words.details) } }
                } }
                tbody { @for entry in entries { (row(asked, entry)) } }
            }
        }
        @if !typed.after.is_empty() || found.next.is_some() {
            nav .pager {
                @if !typed.after.is_empty() { a href=(typed.at("")) { (words.start) } }
                @if let Some(next) = found.next {
                    a href=(typed.at(&next.to_string())) { (if entries.len() < PAGE { words.go_on } else { words.next }) }
                }
            }
        }
    }
}

fn row(asked: &Asked, entry: &Entry) -> Markup {
    let words = Words::of(asked.language);
    html! {
        tr {
            td .lead {
                (entry.name.as_deref().unwrap_or("—"))
                @if let Some(unit) = &entry.unit { div .unit { (unit) } }
            }
            td .address { (entry.address) }
            td { @if let Some(state) = State::from_word(&entry.state) { (tally::state(asked.words(), state)) } }
            td .wide { (course(asked.language, entry)) }
            td { a href={ "/deliveries/" (entry.delivery) } aria-label={ (words.details) " " (entry.address) " " (label(words, entry)) } { (words.details) } }
        }
    }
}
