//! The audit, as people read it: who did what, when; by whom, to what and since when it is asked for. Whoever exports
//! it is in it.

use super::Asked;
use crate::actions;
use crate::domain::account::{Account, Permission};
use crate::domain::audit::Line;
use crate::domain::moment::Moment;
use crate::domain::publication::Publication;
use crate::store::{self, audit::Part};
use crate::web::Error;
use crate::web::csv::Csv;
use crate::web::page::{self, Around, Place, second};
use crate::web::words::audit::{Names, detail};
use crate::web::words::house::Words;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{Html, Response};
use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// Lines on one page.
const PAGE: usize = 100;

/// The most lines of one export.
const EXPORT: i64 = 100_000;

/// Which part is asked for.
#[derive(Deserialize)]
pub(super) struct Filter {
    actor: Option<String>,
    noun: Option<String>,
    since: Option<String>,
    before: Option<i64>,
}

impl Filter {
    fn part(self, zone: Tz) -> Result<Part, Error> {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let since = said(self.since).map(|day| day.parse::<NaiveDate>().map_err(|_| Error::Unreadable)).transpose()?;
        let start = |day: NaiveDate| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
        let from = since.and_then(start).map(|at| Moment(at.timestamp_millis()));
        Ok(Part { actor: said(self.actor), noun: said(self.noun), from, before: self.before })
    }
}

/// `GET /audit`
pub(super) async fn show(asked: Asked, filter: Result<Query<Filter>, QueryRejection>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let part = filter?.0.part(asked.pages.zone)?;
    let mut reading = asked.read().await?;
    let lines = store::audit::newest(&mut reading, &part, PAGE as i64 + 1).await?;
    let nouns = store::audit::nouns(&mut reading).await?;
    let known = Known {
        accounts: store::account::all(&mut reading).await?,
        publications: store::publication::all(&mut reading).await?,
    };
    drop(reading);
    let shown = &lines[..lines.len().min(PAGE)];
    let main = html! {
        h1 { (words.audit) }
        p .muted { (words.audit_hint) }
        (form(&asked, &part, &nouns, &known.accounts))
        @if shown.is_empty() { p .empty { (words.nothing_noted) } } @else { (table(&asked, shown, &known)) }
        nav .pager {
            @if part.before.is_some() { a href=(address(&asked, &part, "", None)) { (asked.words().newer) } }
            @if let Some(last) = shown.last().filter(|_| lines.len() > PAGE) {
                a href=(address(&asked, &part, "", Some(last.id))) { (asked.words().older) }
            }
        }
    };
    let around = Around { title: words.audit, place: Place::Audit, live: false };
    Ok(page::desk(&asked, &around, &main))
}

/// Who and what has a name.
struct Known {
    accounts: Vec<Account>,
    publications: Vec<Publication>,
}

impl Known {
    fn account(&self, id: &str) -> Option<String> {
        let found = self.accounts.iter().find(|account| account.id.to_string() == id);
        found.map(|account| account.called().to_owned())
    }

    fn publication(&self, id: &str) -> Option<String> {
        let found = self.publications.iter().find(|publication| publication.id.to_string() == id);
        found.map(|publication| format!("《{}》", publication.profile.name))
    }
}

fn form(asked: &Asked, part: &Part, nouns: &[String], accounts: &[Account]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        form .filter method="get" {
            label { span { (words.who) }
                select name="actor" {
                    option value="" { (words.anybody) }
                    @for account in accounts {
                        @let word = format!("account:{}", account.id);
                        option value=(word) selected[part.actor.as_deref() == Some(&word)] { (account.called()) }
                    }
                    option value="station" selected[part.actor.as_deref() == Some("station")] { (words.station) }
                }
            }
            label { span { (words.what) }
                select name="noun" {
                    option value="" { (words.anything) }
                    @for noun in nouns {
                        option value=(noun) selected[part.noun.as_ref() == Some(noun)] { ((words.noun)(noun).unwrap_or(noun)) }
                    }
                }
            }
            label { span { (words.since) }
                input type="date" name="since" value=[part.from.map(|from| from.day_in(asked.pages.zone).to_string())];
            }
            button type="submit" { (asked.words().search) }
            button type="submit" formmethod="post" formaction=(address(asked, part, "/export", None)) { (words.export) }
        }
    }
}

/// The address of the same part: another page of it, or its export.
fn address(asked: &Asked, part: &Part, more: &str, before: Option<i64>) -> String {
    let plain = |text: Option<&str>| utf8_percent_encode(text.unwrap_or_default(), NON_ALPHANUMERIC).to_string();
    let since = part.from.map(|from| from.day_in(asked.pages.zone).to_string()).unwrap_or_default();
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let (actor, noun) = (plain(part.actor.as_deref()), plain(part.noun.as_deref()));
    format!("/audit{more}?actor={actor}&noun={noun}&since={since}{before}")
}

fn table(asked: &Asked, lines: &[Line], known: &Known) -> Markup {
    let words = Words::of(asked.language);
    let names = Names { account: &|id| known.account(id), publication: &|id| known.publication(id) };
    let said = |line: &Line| {
        let done = (line.verb.as_str(), line.noun.as_str());
        line.detail.as_deref().map(|text| detail(asked.language, done, text, &names))
    };
    html! {
        table .rows.audit {
            thead { tr {
                th scope="col" { (asked.words().time) }
                th scope="col" { (words.who) }
                th scope="col" { (words.what) }
                th scope="col" { (words.detail) }
                th scope="col" .number { "#" }
            } }
            tbody { @for line in lines { tr {
                td { (second(line.at, asked.pages.zone)) }
                td { (who(words, &line.actor, known)) }
                td .lead {
                    @match path(asked, line) {
                        Some(path) => a href=(path) { (what(words, line, known)) },
                        None => (what(words, line, known)),
                    }
                }
                td .muted { (said(line).unwrap_or_default()) }
                td .number.muted { (line.id) }
            } } }
        }
    }
}

/// Who did one thing, as people know them.
pub(super) async fn called(asked: &Asked, actor: &str) -> Result<String, Error> {
    let accounts = store::account::all(&mut *asked.read().await?).await?;
    Ok(who(Words::of(asked.language), actor, &Known { accounts, publications: Vec::new() }))
}

/// Who acted, as people know them.
fn who(words: &Words, actor: &str, known: &Known) -> String {
    match actor.split_once(':') {
        Some(("account", id)) => known.account(id).unwrap_or_else(|| actor.to_owned()),
        Some(("reader", id)) => (words.reader)(id),
        Some(("operator", name)) => (words.operator)(name),
        Some(_) | None if actor == "station" => words.station.to_owned(),
        Some(_) | None => actor.to_owned(),
    }
}

/// Where that is looked at, if it has a page and the asker may.
fn path(asked: &Asked, line: &Line) -> Option<String> {
    let (room, permission) = match line.noun.as_str() {
        "issue" => ("issues", Permission::Look),
        "dispatch" => ("dispatches", Permission::Look),
        "delivery" => ("deliveries", Permission::SeeReaders),
        "account" => ("accounts", Permission::KeepHouse),
        _ => return None,
    };
    let id = line.noun_id.filter(|_| asked.may(permission))?;
    Some(format!("/{room}/{id}"))
}

/// The verb, and what it was done to: by its name where it has one, else by its number.
fn what(words: &Words, line: &Line, known: &Known) -> String {
    let verb = (words.verb)(&line.verb, &line.noun).unwrap_or(&line.verb);
    let noun = (words.noun)(&line.noun).unwrap_or(&line.noun);
    let id = line.noun_id.map(|id| id.to_string());
    let name = id.as_deref().and_then(|id| match line.noun.as_str() {
        "account" => known.account(id),
        "publication" => known.publication(id),
        _ => None,
    });
    let which = name.or(id).map(|which| format!(" {which}")).unwrap_or_default();
    format!("{verb} · {noun}{which}")
}

/// `POST /audit/export`: it is noted, so it is more than a look.
pub(super) async fn export(asked: Asked, filter: Result<Query<Filter>, QueryRejection>) -> Result<Response, Error> {
    let part = filter?.0.part(asked.pages.zone)?;
    actions::account::note_export(asked.store(), asked.actor(), asked.now(), "audit").await?;
    let lines = store::audit::newest(&mut *asked.read().await?, &part, EXPORT).await?;
    let mut table = Csv::new();
    table.line(["id", "at", "actor", "verb", "noun", "noun_id", "detail"]);
    for line in &lines {
        let (number, at) = (line.id.to_string(), line.at.rfc3339_in(asked.pages.zone));
        let id = line.noun_id.map(|id| id.to_string()).unwrap_or_default();
        let detail = line.detail.as_deref().unwrap_or_default();
        table.line([&number, &at, &line.actor, &line.verb, &line.noun, &id, detail]);
    }
    Ok(table.named("audit"))
}
