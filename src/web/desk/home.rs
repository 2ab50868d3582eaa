//! Home: what needs the visitor now, how the last issues went, and which date is next. What one may not do does not wait
//! for one.

mod begin;

use super::issue::{Step, called};
use super::{Asked, dispatch};
use crate::domain::account::Permission;
use crate::domain::issue::State;
use crate::domain::publication::Publication;
use crate::domain::schedule::Schedule;
use crate::store::{
    self,
    dispatch::Shown,
    issue::{self, Known},
};
use crate::web::Error;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::home::Words;
use axum::response::Html;
use maud::{Markup, html};

/// Dispatches that are shown.
const LAST: i64 = 5;

/// The newest issues that are looked through for what waits: older ones that were never finished wait for nobody.
const RECENT: i64 = 30;

/// `GET /`
pub(super) async fn show(asked: Asked) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let only = asked.confined_to(Permission::Look);
    let mut reading = asked.read().await?;
    let shown = Shown { only: only.clone(), at_most: Some(LAST), ..Shown::default() };
    let last = store::dispatch::overviews(&mut reading, &shown).await?;
    let shown = issue::Shown { only, at_most: Some(RECENT), ..issue::Shown::default() };
    let issues = issue::known(&mut reading, &shown).await?;
    let mut publications = store::publication::all(&mut reading).await?;
    let schedules = store::schedule::all(&mut reading).await?;
    let keeps_house = asked.may(Permission::KeepHouse);
    let uncertain = if keeps_house { store::notice::unsettled(&mut reading, 1).await? } else { Vec::new() };
    drop(reading);
    publications.retain(|publication| asked.may_at(Permission::Look, publication.id));
    let begin = begin::steps(&asked, &publications, &issues, !last.is_empty()).await?;
    let live = last.iter().any(|one| !one.phase.is_over());
    let main = html! {
        h1 { (words.hello[0]) (asked.account().called()) (words.hello[1]) }
        (begin)
        div .columns {
            section .card #waiting data-live[live] { h2 { (words.for_you) } @if !uncertain.is_empty() { p { a href="/accounts#uncertain" { (words.uncertain_notices) " →" } } } (waiting(&asked, &issues)) }
            aside .card { h2 { (asked.words().publications) } @if publications.is_empty() { p .muted { (words.no_publications) } } (places(&asked, &publications, &schedules)) }
        }
        h2 { (words.last) }
        section #dispatches data-live[live] {
            @if last.is_empty() { p .empty { (asked.words().no_dispatches) } } @else {
                (dispatch::table(asked.words(), &last))
            }
        }
    };
    let around = Around { title: asked.words().home, place: Place::Home, live };
    Ok(page::desk(&asked, &around, &main))
}

fn waiting(asked: &Asked, issues: &[Known]) -> Markup {
    let words = Words::of(asked.language);
    let waiting: Vec<_> = issues.iter().filter_map(|known| Some((known, wants(asked, words, known)?))).collect();
    html! {
        @if waiting.is_empty() { p .muted { (words.nothing) } }
        ul .waiting { @for (known, (what, step)) in &waiting { li {
            a href=(step.path(known.id)) {
                strong { (called(asked, known)) } " " span .muted { (known.name) } span .what { (what) " →" }
            }
        } } }
    }
}

/// What an issue wants of the visitor, and where they do it; none where it waits for nobody or for somebody else.
fn wants(asked: &Asked, words: &Words, known: &Known) -> Option<(String, Step)> {
    let may = |permission| asked.may_at(permission, known.publication);
    let me = asked.actor().to_string();
    let is_done_with = known.standing.answers.iter().any(|(actor, _)| *actor == me) || known.submitters.contains(&me);
    let (permission, what, step) = match State::of(&known.standing) {
        State::Draft { open } => (Permission::Edit, (words.questions)(open), Step::Review),
        State::Ready => (Permission::Edit, words.to_submit.to_owned(), Step::Preview),
        State::SentBack => (Permission::Edit, words.sent_back.to_owned(), Step::Approval),
        State::InReview { .. } if !is_done_with => (Permission::Approve, words.to_approve.to_owned(), Step::Approval),
        State::Approved => (Permission::Dispatch, words.to_dispatch.to_owned(), Step::Dispatch),
        State::GoingOut { paused: true } => (Permission::Dispatch, words.held.to_owned(), Step::Dispatch),
        State::GoingOut { paused: false } => (Permission::Look, words.running.to_owned(), Step::Dispatch),
        State::InReview { .. } | State::Scheduled(_) | State::Out { .. } => return None,
    };
    may(permission).then_some((what, step))
}

/// The publications, each with its next date and a way to bring the next issue.
fn places(asked: &Asked, publications: &[Publication], schedules: &[Schedule]) -> Markup {
    let words = Words::of(asked.language);
    html! { ul .places { @for publication in publications {
        @let profile = &publication.profile;
        @let schedule = schedules.iter().find(|schedule| schedule.publication == publication.id);
        li {
            a .name href={ "/publications/" (profile.slug) } { (profile.name) }
            @if let Some(schedule) = schedule { p .muted { (date(asked, publication, schedule)) } }
            @if asked.may_at(Permission::Edit, publication.id) {
                a .button href={ "/publications/" (profile.slug) } { (words.new_issue) }
            }
        }
    } } }
}

fn date(asked: &Asked, publication: &Publication, schedule: &Schedule) -> Markup {
    let words = Words::of(asked.language);
    let zone = publication.profile.zone;
    let next = schedule.calendar.after(asked.now(), zone).next();
    html! {
        @match next {
            _ if schedule.paused => (words.next_paused),
            Some(next) => { (words.next) " " (time(next.at, zone)) },
            None => {},
        }
    }
}
