//! Facts: the page of what an issue says beside its articles. What the manuscript does not say is proposed from the last
//! issue; what differs from that is marked; numbers that are missing or there twice are warned of. What was typed is kept
//! when it is refused, and a page that is out of date is told so.

mod form;
mod sheet;

use super::{Step, attachment, called, find, heading, known};
use crate::actions;
use crate::actions::issue::Seen;
use crate::compose;
use crate::domain::account::Permission;
use crate::domain::issue::{Facts, Issue, Oddity, Place, oddities};
use crate::domain::moment::Moment;
use crate::store;
use crate::web::Error;
use crate::web::desk::Asked;
use crate::web::error::spoken;
use crate::web::page;
use crate::web::words::facts::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use form::Typed;
use maud::html;
use serde::Deserialize;
use sheet::Sheet;

/// What the page says of the last thing done.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Part {
    saved: Option<String>,
}

/// `GET /issues/{issue}/facts`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let saved = part?.saved.is_some();
    let issue = find(&asked, &id).await?;
    page(&asked, &issue, saved, None).await
}

/// What was typed and not saved.
struct Kept {
    typed: Typed,
    why: String,
    /// Whether somebody else had changed the issue.
    is_stale: bool,
}

/// `POST /issues/{issue}/facts`
pub(in crate::web::desk) async fn save(
    asked: Asked,
    Path(id): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Error> {
    let typed = Typed::from(form.map_err(|_| Error::Unreadable)?.0);
    let issue = find(&asked, &id).await?;
    let facts = match typed.facts() {
        Ok(facts) => facts,
        Err(fault) => {
            let why = fault.sentence(Words::of(asked.language)).to_owned();
            return refuse(&asked, &issue, Kept { typed, why, is_stale: false }).await;
        }
    };
    let seen = Seen { issue: issue.id, changed_at: Some(Moment(typed.seen)) };
    match actions::issue::set_facts(asked.store(), asked.actor(), asked.now(), seen, facts).await {
        Ok(_) => Ok(Redirect::to(&format!("/issues/{}/facts?saved=1", issue.id)).into_response()),
        Err(error @ (actions::Error::Refused(_) | actions::Error::Stale(_))) => {
            let (why, is_stale) = (spoken(&error, asked.language), matches!(error, actions::Error::Stale(_)));
            refuse(&asked, &find(&asked, &id).await?, Kept { typed, why, is_stale }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn refuse(asked: &Asked, issue: &Issue, kept: Kept) -> Result<Response, Error> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(asked, issue, false, Some(kept)).await?).into_response())
}

/// The last issue: what it is called, and its facts.
struct Last {
    name: String,
    facts: Facts,
}

async fn last(asked: &Asked, issue: &Issue, place: Place) -> Result<Option<Last>, Error> {
    let mut reading = asked.read().await?;
    let Some(id) = store::issue::last_before(&mut reading, issue.publication, issue.id, place).await? else {
        return Ok(None);
    };
    let Some(last) = store::issue::find(&mut reading, id).await? else { return Ok(None) };
    drop(reading);
    Ok(Some(Last { name: called(asked, &known(asked, id).await?), facts: last.contents.facts() }))
}

async fn page(asked: &Asked, issue: &Issue, saved: bool, kept: Option<Kept>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let own = issue.contents.facts();
    let place = Place { year: own.year, number: own.number, cumulative: own.cumulative_number };
    let last = last(asked, issue, place).await?;
    let mut reading = asked.read().await?;
    let odd = oddities(place, &store::issue::places(&mut reading, issue.publication, issue.id).await?);
    let profile = store::publication::find(&mut reading, issue.publication).await?.profile;
    let changed_at = store::issue::changed_at(&mut reading, issue.id).await?.unwrap_or_default();
    drop(reading);
    let is_stale = kept.as_ref().is_some_and(|kept| kept.is_stale);
    let why = kept.as_ref().map(|kept| kept.why.clone());
    let proposed = last.as_ref().map_or_else(|| own.clone(), |last| own.carried_over(&last.facts));
    let mut typed = kept.map_or_else(|| Typed::of(&proposed, changed_at), |kept| kept.typed);
    if is_stale {
        typed.seen = changed_at.0;
    }
    let sheet = Sheet {
        words,
        typed: &typed,
        own: &own,
        last: last.as_ref().map(|last| &last.facts),
        is_stale,
        compiled_by: profile.compiled_by.as_deref(),
        name: &profile.name,
        inbox: compose::inbox(&profile, &issue.contents),
        may_save: asked.may_at(Permission::Edit, issue.publication),
    };
    let main = html! {
        (heading(asked, issue, Step::Facts).await?)
        @if saved { p .notice role="status" { (words.saved) } }
        @if let Some(why) = &why { p .refusal role="alert" { (why) } }
        @for oddity in &odd { (warning(words, *oddity)) }
        @if let Some(last) = last.as_ref().filter(|_| proposed != own) { p .hint { ((words.carried_note)(&last.name)) } }
        (sheet.form(issue.id))
        (attachment::section(asked, issue, None))
    };
    let around = page::Around { title: words.lede, place: page::Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

fn warning(words: &Words, oddity: Oddity) -> maud::Markup {
    html! { p .warning { ((words.oddity)(oddity)) } }
}
