//! Edit: the page on which an issue's articles are changed in place, a form for each passage. What is typed is kept by
//! every button; who was overtaken sees both texts and chooses. A script (`asset/script/edit.js`) presses the same buttons
//! by itself, and asks for the changed passages only (`Prefer: return=minimal`, RFC 7240).

mod conflict;
pub(in crate::web::desk) mod events;
mod form;
pub(in crate::web::desk) mod history;
mod passage;
pub(in crate::web) mod presence;

use super::{Step, find, heading, known};
use crate::actions::{self, issue::Edited};
use crate::compose::{HTML_LIMIT, size_of_html};
use crate::domain::issue::edit::{Kind, Passage, Verb, Wish, passages};
use crate::domain::issue::{BlockId, Issue, State};
use crate::domain::moment::Moment;
use crate::store;
use crate::store::issue::edit::Last;
use crate::web::Error;
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, number};
use crate::web::words::edit::Words;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::TimeZone;
use chrono_tz::Tz;
use maud::{Markup, html};
use presence::Presence;

type Pairs = Result<Form<Vec<(String, String)>>, FormRejection>;

/// `GET /issues/{issue}/edit`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    Extension(presence): Extension<Presence>,
) -> Result<Html<String>, Error> {
    let issue = find(&asked, &id).await?;
    page(&asked, &issue, &presence, None).await
}

/// What could not be done, and what was typed.
enum Kept<'a> {
    Refused { wish: Option<&'a Wish>, why: String },
    Conflict(Markup),
}

async fn page(
    asked: &Asked,
    issue: &Issue,
    presence: &Presence,
    kept: Option<Kept<'_>>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let row = passages(&issue.contents.articles);
    let (typed, above) = match kept {
        Some(Kept::Refused { wish, why }) => (wish, html! { p .refusal role="alert" { (why) } }),
        Some(Kept::Conflict(section)) => (None, section),
        None => (None, html! {}),
    };
    let main = html! {
        (heading(asked, issue, Step::Edit).await?)
        (above)
        @match State::of(&known(asked, issue.id).await?.standing) {
            State::InReview { .. } | State::Approved => p .notice { (words.voids) },
            State::Scheduled(_) | State::GoingOut { .. } | State::Out { changed: false } => p .notice { (words.is_out) },
            State::Draft { .. } | State::Ready | State::SentBack | State::Out { changed: true } => {},
        }
        (bar(asked, issue).await?)
        (events::here(words, &presence.others(issue.id, asked)))
        p .hint.edit-hint { (words.hint) " " span .keyed { (words.keys) } }
        div .manuscript #manuscript data-row=(events::row_of(&row)) data-events={ "/issues/" (issue.id) "/edit" }
            data-saving=(words.saving) data-failed=(words.not_saved) data-again=(words.again) data-elsewhere=(words.elsewhere) {
            @for at in 0..row.len() { (passage::form(words, issue.id, &row, at, typed)) }
        }
    };
    let around = Around { title: words.edit, place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

/// What is said of the whole: saved when, undo and redo, what came and went, and how large the letter is.
async fn bar(asked: &Asked, issue: &Issue) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let by = asked.actor().to_string();
    let mut reading = asked.read().await?;
    let last = store::issue::edit::last(&mut reading, issue.id).await?;
    let can_undo = store::issue::edit::to_undo(&mut reading, issue.id, &by).await?.is_some();
    let can_redo = store::issue::edit::to_redo(&mut reading, issue.id, &by).await?.is_some();
    let preview = actions::edition::preview(&mut reading, asked.now(), issue.id).await?;
    drop(reading);
    let at = format!("/issues/{}/edit", issue.id);
    let turn = |verb: &str, word: &str, can: bool| {
        html! {
            form method="post" action={ (at) "/" (verb) } { button #(verb) type="submit" disabled[!can] { (word) } }
        }
    };
    Ok(html! {
        div .edit-bar #bar {
            p #saved role="status" { @if last.number > 0 { (words.saved) " " (hour(&last, asked.now(), preview.profile.zone)) } @else { (words.untouched) } }
            (turn("undo", words.undo, can_undo))
            (turn("redo", words.redo, can_redo))
            a href={ (at) "/history" } { (words.history) @if last.number > 0 { " " span .muted { (last.number) } } }
            (balance(words, &last))
            @match &preview.print {
                Ok(print) => {
                    span .muted { ((words.size)(size_of_html(print).div_ceil(1024), HTML_LIMIT / 1024)) }
                },
                Err(why) => {
                    p .warning role="alert" { (spoken(&actions::Error::Unprintable(why.clone()), asked.language)) }
                },
            }
        }
    })
}

/// When it was saved last: the hour, and the day where that is not today.
fn hour(last: &Last, now: Moment, zone: Tz) -> Markup {
    let is_today = last.at.day_in(zone) == now.day_in(zone);
    let shown =
        zone.from_utc_datetime(&last.at.utc().naive_utc()).format(if is_today { "%H:%M" } else { "%m-%d %H:%M" });
    html! { time datetime=(last.at.rfc3339_in(zone)) { (shown.to_string()) } }
}

/// What editors took out and added, in characters.
fn balance(words: &Words, last: &Last) -> Markup {
    let count = |n: u64| number(i64::try_from(n).unwrap_or(i64::MAX));
    html! {
        @if !last.balance.is_even() {
            span .muted { ((words.balance)(&count(last.balance.taken()).0, &count(last.balance.added()).0)) }
        }
    }
}

/// `POST /issues/{issue}/edit`
pub(in crate::web::desk) async fn change(
    asked: Asked,
    Path(id): Path<String>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Error> {
    let wish = form::wish(&pairs.map_err(|_| Error::Unreadable)?.0).ok_or(Error::Unreadable)?;
    let edited = actions::issue::edit(asked.store(), asked.actor(), asked.now(), named(&id)?, &wish).await;
    let kept = match edited {
        Ok(Edited::Done(done)) => return answer(&asked, &id, &headers, (&done.touched, &done.made)).await,
        Ok(Edited::Same) => return answer(&asked, &id, &headers, (&[wish.id], &[])).await,
        Ok(Edited::Conflict(theirs)) => {
            let section = conflict::section(Words::of(asked.language), named(&id)?, &wish, theirs.as_ref());
            (StatusCode::CONFLICT, Kept::Conflict(section))
        }
        Err(error @ actions::Error::Refused(_)) => {
            let why = spoken(&error, asked.language);
            (StatusCode::UNPROCESSABLE_ENTITY, Kept::Refused { wish: Some(&wish), why })
        }
        Err(other) => return Err(other.into()),
    };
    let page = page(&asked, &find(&asked, &id).await?, &presence, Some(kept.1)).await?;
    Ok((kept.0, page).into_response())
}

type Turning = (Asked, Path<String>, Extension<Presence>, HeaderMap, Pairs);

/// `POST /issues/{issue}/edit/undo`
pub(in crate::web::desk) async fn undo(turning: Turning) -> Result<Response, Error> {
    turn(turning, Verb::Undo).await
}

/// `POST /issues/{issue}/edit/redo`
pub(in crate::web::desk) async fn redo(turning: Turning) -> Result<Response, Error> {
    turn(turning, Verb::Redo).await
}

async fn turn((asked, Path(id), Extension(presence), headers, pairs): Turning, verb: Verb) -> Result<Response, Error> {
    let number = form::number(&pairs.map_err(|_| Error::Unreadable)?.0);
    let turned = actions::issue::turn(asked.store(), (asked.actor(), asked.now()), named(&id)?, (verb, number)).await;
    match turned {
        Ok(Edited::Done(done)) => answer(&asked, &id, &headers, (&done.touched, &done.made)).await,
        Ok(Edited::Same | Edited::Conflict(_)) => answer(&asked, &id, &headers, (&[], &[])).await,
        Err(error @ actions::Error::Refused(_)) => {
            let refused = Kept::Refused { wish: None, why: spoken(&error, asked.language) };
            let page = page(&asked, &find(&asked, &id).await?, &presence, Some(refused)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The page as it is now, at what was changed; for a script only what was changed, how it was made, and the titles, which
/// stand for their whole articles.
async fn answer(
    asked: &Asked,
    id: &str,
    headers: &HeaderMap,
    (touched, made): (&[BlockId], &[Passage]),
) -> Result<Response, Error> {
    let prefers = headers.get("prefer").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !prefers.contains("return=minimal") {
        let issue = find(asked, id).await?;
        let row = passages(&issue.contents.articles);
        let there = touched.iter().rev().find(|id| row.iter().any(|passage| passage.id == **id));
        let place = there.map(|id| format!("#{}", super::blocks::name(*id))).unwrap_or_default();
        return Ok(Redirect::to(&format!("/issues/{}/edit{place}", issue.id)).into_response());
    }
    let (issue, words) = (find(asked, id).await?, Words::of(asked.language));
    let row = passages(&issue.contents.articles);
    let is_touched = |at: usize| {
        let near = [Some(at), at.checked_sub(1)].into_iter().flatten();
        row[at].kind() == Kind::Title || near.map(|at| &row[at]).any(|passage| touched.contains(&passage.id))
    };
    let main = html! {
        (heading(asked, &issue, Step::Edit).await?)
        (bar(asked, &issue).await?)
        div #manuscript data-row=(events::row_of(&row)) data-made=(events::row_of(made)) {
            @for at in (0..row.len()).filter(|at| is_touched(*at)) { (passage::form(words, issue.id, &row, at, None)) }
        }
    };
    Ok(([("preference-applied", "return=minimal")], Html(main.into_string())).into_response())
}
