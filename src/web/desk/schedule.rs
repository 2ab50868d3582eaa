//! A publication's schedule: in words, with the dates that come of it shown before anything is saved.

use super::{Asked, publication};
use crate::actions;
use crate::actions::schedule::Order;
use crate::domain::account::Permission;
use crate::domain::list::{List, ListPath};
use crate::domain::publication::Publication;
use crate::domain::schedule::rhythm::{Each, LAST_OF_EVERY_MONTH, Rhythm};
use crate::domain::schedule::{Calendar, Occurrence, Schedule};
use crate::store::{self, schedule::Past};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::schedule::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveTime;
use maud::{Markup, html};
use serde::Deserialize;

/// Dates to come that are shown.
const NEXT: usize = 6;

/// Dates past that are shown.
const PAST: i64 = 12;

/// What the form says; a field for each list is `to-SLUG`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    each: Option<String>,
    // Texts: numbers cannot be read beside flattened fields.
    day: Option<String>,
    weekday: Option<String>,
    time: Option<String>,
    cron: Option<String>,
    #[serde(flatten)]
    lists: std::collections::HashMap<String, String>,
}

impl Typed {
    /// What is filled in where a schedule stands already, or as most would have it.
    fn of(schedule: Option<&Schedule>, lists: &[List]) -> Self {
        let Some(schedule) = schedule else {
            let lists = lists.iter().map(|list| (field(list), "on".to_owned())).collect();
            return Self {
                each: Some("month".into()),
                day: Some("1".into()),
                time: Some("09:00".into()),
                lists,
                ..Self::default()
            };
        };
        let chosen = lists.iter().filter(|list| schedule.lists.contains(&list.id));
        let typed = Self { lists: chosen.map(|list| (field(list), "on".to_owned())).collect(), ..Self::default() };
        let Some(rhythm) = Rhythm::of(&schedule.calendar) else {
            return Self { each: Some("other".into()), cron: Some(schedule.calendar.to_string()), ..typed };
        };
        let (each, day, weekday) = match rhythm.each {
            Each::Day => ("day", None, None),
            Each::Week(weekday) => ("week", None, Some(weekday.to_string())),
            Each::Month(day) => ("month", Some(day.to_string()), None),
        };
        Self { each: Some(each.into()), day, weekday, time: Some(rhythm.time.format("%H:%M").to_string()), ..typed }
    }

    /// The calendar that it means; none where it makes no sense.
    fn calendar(&self) -> Option<Calendar> {
        let each = match self.each.as_deref()? {
            "month" => Each::Month(self.day.as_deref()?.parse().ok()?),
            "week" => Each::Week(self.weekday.as_deref()?.parse().ok()?),
            "day" => Each::Day,
            _ => return self.cron.as_deref()?.parse().ok(),
        };
        let time = NaiveTime::parse_from_str(self.time.as_deref()?, "%H:%M").ok()?;
        Rhythm { each, time }.calendar()
    }

    fn is_to(&self, list: &List) -> bool {
        self.lists.contains_key(&field(list))
    }
}

fn field(list: &List) -> String {
    format!("to-{}", list.slug)
}

/// A publication with what belongs to its schedule.
struct Standing {
    publication: Publication,
    lists: Vec<List>,
    schedule: Option<Schedule>,
    past: Vec<Past>,
}

impl Standing {
    async fn find(asked: &Asked, slug: &str) -> Result<Self, Error> {
        let publication = publication::find(asked, slug).await?;
        let mut reading = asked.read().await?;
        let lists = store::list::of_publication(&mut reading, publication.id).await?;
        let schedule = store::schedule::of(&mut reading, publication.id).await?;
        let past = match &schedule {
            Some(schedule) => store::schedule::past(&mut reading, schedule.id, PAST).await?,
            None => Vec::new(),
        };
        Ok(Self { publication, lists, schedule, past })
    }
}

/// `GET /publications/{publication}/schedule`; with the form's fields after the `?`, the dates that it would give.
pub(super) async fn show(
    asked: Asked,
    Path(slug): Path<String>,
    tried: Result<Query<Typed>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let standing = Standing::find(&asked, &slug).await?;
    let tried = tried?.0;
    if tried.each.is_none() {
        let typed = Typed::of(standing.schedule.as_ref(), &standing.lists);
        return Ok(page(&asked, &standing, &typed, false, None));
    }
    let why = tried.calendar().is_none().then(|| Words::of(asked.language).not_understood);
    Ok(page(&asked, &standing, &tried, true, why))
}

fn page(asked: &Asked, standing: &Standing, typed: &Typed, tried: bool, why: Option<&str>) -> Html<String> {
    let words = Words::of(asked.language);
    let profile = &standing.publication.profile;
    let may = asked.may_at(Permission::Dispatch, standing.publication.id);
    let main = html! {
        p .eyebrow { a href={ "/publications/" (profile.slug) } { (profile.name) } }
        h1 { (words.schedule) }
        p .lede { (in_words(words, standing)) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        div .columns.even {
            @if may { section .card { (form(words, standing, typed)) } }
            section .card { (dates(asked, standing, typed, tried)) }
        }
        h2 { (words.past) }
        (past(asked, standing))
    };
    let around = Around { title: words.schedule, place: Place::Publications, live: false };
    page::desk(asked, &around, &main)
}

/// The schedule as it stands, in a sentence.
fn in_words(words: &Words, standing: &Standing) -> String {
    let Some(schedule) = &standing.schedule else { return words.none.to_owned() };
    if schedule.paused {
        return words.paused.to_owned();
    }
    let rhythm = Rhythm::of(&schedule.calendar);
    rhythm.map_or_else(|| schedule.calendar.to_string(), words.rhythm)
}

fn form(words: &Words, standing: &Standing, typed: &Typed) -> Markup {
    let path = format!("/publications/{}/schedule", standing.publication.profile.slug);
    let is = |each: &str| typed.each.as_deref() == Some(each);
    let radio = |each: &str| html! { input type="radio" name="each" value=(each) checked[is(each)]; };
    html! {
        form .stack method="post" action=(path) {
            fieldset .choices {
                legend { (words.how_often) }
                label { (radio("month")) span { (words.month) }
                    select name="day" aria-label=(words.month) { @for day in 1..=LAST_OF_EVERY_MONTH {
                        option value=(day) selected[typed.day == Some(day.to_string())] { (words.month_on[0]) (day) (words.month_on[1]) }
                    } }
                }
                label { (radio("week")) span { (words.week) }
                    select name="weekday" aria-label=(words.week) { @for (day, word) in (0u8..).zip(words.weekdays) {
                        option value=(day) selected[typed.weekday == Some(day.to_string())] { (word) }
                    } }
                }
                label { (radio("day")) span { (words.day) } }
                label { (radio("other")) span { (words.other) } }
                label { span { small .muted { (words.other_hint) } input name="cron" value=[typed.cron.as_deref()] autocomplete="off"; } }
            }
            label { span { (words.at) " · " (standing.publication.profile.zone.name()) }
                input type="time" name="time" value=(typed.time.as_deref().unwrap_or("09:00"));
            }
            fieldset .choices {
                legend { (words.to) }
                @if standing.lists.is_empty() { p .muted { (words.no_lists) } }
                @for list in &standing.lists {
                    label { input type="checkbox" name=(field(list)) checked[typed.is_to(list)]; span { (list.name) } }
                }
            }
            div .line {
                button .primary type="submit" { (words.save) }
                button type="submit" formmethod="get" { (words.look) }
            }
            small .muted { (words.what_goes) }
        }
        @if let Some(schedule) = &standing.schedule {
            form .stack method="post" action={ (path) "/pause" } {
                input type="hidden" name="paused" value=(!schedule.paused);
                button .quiet type="submit" { @if schedule.paused { (words.resume) } @else { (words.pause) } }
            }
        }
    }
}

/// The next dates: of what is filled in and not saved, else of the schedule.
fn dates(asked: &Asked, standing: &Standing, typed: &Typed, tried: bool) -> Markup {
    let words = Words::of(asked.language);
    let zone = standing.publication.profile.zone;
    let saved = standing.schedule.as_ref().filter(|schedule| !schedule.paused).map(|schedule| &schedule.calendar);
    let tried = tried.then(|| typed.calendar()).flatten();
    let next: Vec<Occurrence> = tried
        .as_ref()
        .or(saved)
        .map(|calendar| calendar.after(asked.now(), zone).take(NEXT).collect())
        .unwrap_or_default();
    html! {
        h2 { (words.next_dates) }
        @if tried.is_some() { p .muted { (words.not_saved) } }
        @if next.is_empty() { p .muted { "—" } } @else {
            ol .dates { @for occurrence in &next { li {
                (time(occurrence.at, zone)) " "
                span .muted { (weekday(words, *occurrence)) }
            } } }
        }
    }
}

fn weekday(words: &Words, occurrence: Occurrence) -> &'static str {
    use chrono::Datelike as _;
    words.weekdays[occurrence.label.0.weekday().num_days_from_sunday() as usize]
}

fn past(asked: &Asked, standing: &Standing) -> Markup {
    let words = Words::of(asked.language);
    let zone = standing.publication.profile.zone;
    html! {
        @if standing.past.is_empty() { p .empty { (words.nothing_past) } } @else {
            table .rows { tbody { @for past in &standing.past { tr {
                td { (time(past.occurrence.at, zone)) }
                td .lead {
                    @match past.dispatch {
                        Some(id) => a href={ "/dispatches/" (id) } { ((words.became)(&past.outcome)) },
                        None => ((words.became)(&past.outcome)),
                    }
                }
                td .muted { (past.why.as_deref().unwrap_or_default()) }
            } } } }
        }
    }
}

/// `POST /publications/{publication}/schedule`
pub(super) async fn set(
    asked: Asked,
    Path(slug): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Error> {
    let typed = typed.map_err(|_| Error::Unreadable)?.0;
    let standing = Standing::find(&asked, &slug).await?;
    let refused = |why: &str| (StatusCode::UNPROCESSABLE_ENTITY, page(&asked, &standing, &typed, true, Some(why)));
    let Some(calendar) = typed.calendar() else {
        return Ok(refused(Words::of(asked.language).not_understood).into_response());
    };
    let publication = standing.publication.profile.slug.clone();
    let path = |list: &List| ListPath { publication: publication.clone(), list: list.slug.clone() };
    let lists = standing.lists.iter().filter(|list| typed.is_to(list)).map(path).collect();
    let grace = standing.schedule.as_ref().and_then(|schedule| schedule.grace);
    let order = Order { publication: publication.clone(), calendar, lists, grace };
    match actions::schedule::set(asked.store(), asked.actor(), asked.now(), &order).await {
        Ok(_) => Ok(Redirect::to(&format!("/publications/{publication}/schedule")).into_response()),
        Err(error @ actions::Error::Refused(_)) => Ok(refused(&spoken(&error, asked.language)).into_response()),
        Err(other) => Err(other.into()),
    }
}

/// Whether the schedule is to rest.
#[derive(Deserialize)]
pub(super) struct Pausing {
    paused: bool,
}

/// `POST /publications/{publication}/schedule/pause`
pub(super) async fn pause(
    asked: Asked,
    Path(slug): Path<String>,
    typed: Result<Form<Pausing>, FormRejection>,
) -> Result<Response, Error> {
    let paused = typed.map_err(|_| Error::Unreadable)?.0.paused;
    let slug = publication::find(&asked, &slug).await?.profile.slug;
    let (store, actor, now) = (asked.store(), asked.actor(), asked.now());
    if paused {
        actions::schedule::pause(store, actor, now, &slug).await?;
    } else {
        actions::schedule::resume(store, actor, now, &slug).await?;
    }
    Ok(Redirect::to(&format!("/publications/{slug}/schedule")).into_response())
}
