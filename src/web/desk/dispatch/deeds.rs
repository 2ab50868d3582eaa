//! What a person does about a dispatch: holds it, lets it go on, calls it off after being asked once more, settles what
//! is uncertain, writes once more to whom it did not reach. Each is one verb of the second floor, then the page again.

use super::name;
use super::progress::Standing;
use crate::actions;
use crate::actions::delivery::Settlement;
use crate::actions::dispatch::Resend;
use crate::domain::audit::Reason;
use crate::domain::dispatch::{Resent, Wanted};
use crate::domain::id::DispatchId;
use crate::store;
use crate::web::Error;
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, number};
use crate::web::words::progress::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Why something is done.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Why {
    #[serde(default)]
    why: String,
}

/// How all is settled.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Settle {
    #[serde(rename = "as")]
    settlement: String,
}

/// Who is written to once more; a box that is not ticked is not there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Once {
    failed: Option<String>,
    expired: Option<String>,
    missed: Option<String>,
    why: String,
}

/// `POST /dispatches/{dispatch}/pause`
pub(in crate::web::desk) async fn pause(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Why>, FormRejection>,
) -> Result<Redirect, Error> {
    let id = named(&id)?;
    // An empty reason is none; one that is too long is cut, for holding must not wait for words.
    let why: String = typed.map_err(|_| Error::Unreadable)?.0.why.chars().take(500).collect();
    let why: Option<Reason> = why.parse().ok();
    actions::dispatch::pause(asked.store(), asked.actor(), asked.now(), id, why.as_ref()).await?;
    Ok(to(id))
}

/// `POST /dispatches/{dispatch}/resume`
pub(in crate::web::desk) async fn resume(asked: Asked, Path(id): Path<String>) -> Result<Redirect, Error> {
    let id = named(&id)?;
    actions::dispatch::resume(asked.store(), asked.actor(), asked.now(), id).await?;
    Ok(to(id))
}

/// `GET /dispatches/{dispatch}/cancel`: asks once more, and changes nothing.
pub(in crate::web::desk) async fn ask_to_cancel(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    let (words, standing) = (Words::of(asked.language), Standing::read(&asked, named(&id)?).await?);
    let overview = &standing.overview;
    let open = overview.tally.sum() - overview.tally.settled();
    let main = html! {
        p .eyebrow { (overview.publication) " · " (name(overview)) }
        h1 { (words.cancel_title) }
        section .card {
            p { ((words.cancel_ask)(open)) }
            div .controls {
                form method="post" action={ "/dispatches/" (overview.id) "/cancel" } {
                    button .primary type="submit" { (words.cancel_yes) }
                }
                a .button href={ "/dispatches/" (overview.id) } { (words.cancel_no) }
            }
        }
    };
    Ok(page::desk(&asked, &Around { title: words.cancel_title, place: Place::Dispatches, live: false }, &main))
}

/// `POST /dispatches/{dispatch}/cancel`
pub(in crate::web::desk) async fn cancel(asked: Asked, Path(id): Path<String>) -> Result<Redirect, Error> {
    let id = named(&id)?;
    actions::dispatch::cancel(asked.store(), asked.actor(), asked.now(), id).await?;
    Ok(to(id))
}

/// `POST /dispatches/{dispatch}/settle`
pub(in crate::web::desk) async fn settle(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Settle>, FormRejection>,
) -> Result<Redirect, Error> {
    let id = named(&id)?;
    let as_what: Settlement =
        typed.map_err(|_| Error::Unreadable)?.0.settlement.parse().map_err(|_| Error::Unreadable)?;
    actions::delivery::resolve_all(asked.store(), asked.actor(), asked.now(), id, (as_what, false)).await?;
    Ok(to(id))
}

/// `GET /dispatches/{dispatch}/resend`: says how many that would be.
pub(in crate::web::desk) async fn ask_to_resend(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    let ticked = || Some("on".to_owned());
    let once = Once { failed: ticked(), expired: ticked(), missed: ticked(), why: String::new() };
    resend_page(&asked, named(&id)?, &once, None).await
}

/// `POST /dispatches/{dispatch}/resend`
pub(in crate::web::desk) async fn resend(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Once>, FormRejection>,
) -> Result<Response, Error> {
    let (id, once): (DispatchId, Once) = (named(&id)?, typed.map_err(|_| Error::Unreadable)?.0);
    let wanted =
        Wanted { failed: once.failed.is_some(), expired: once.expired.is_some(), missed: once.missed.is_some() };
    let words = Words::of(asked.language);
    let refusal = match once.why.parse::<Reason>() {
        Err(_) => words.resend_why.to_owned(),
        Ok(_) if !(wanted.failed || wanted.expired || wanted.missed) => words.resend_none.to_owned(),
        Ok(why) => {
            let order = Resend { dispatch: id, wanted, why: Some(why.to_string()), dry_run: false };
            match actions::dispatch::resend(asked.store(), asked.actor(), asked.now(), &order).await {
                Ok(_) => return Ok(to(id).into_response()),
                Err(error @ actions::Error::Refused(_)) => spoken(&error, asked.language),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let page = resend_page(&asked, id, &once, Some(&refusal)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn resend_page(asked: &Asked, id: DispatchId, once: &Once, why: Option<&str>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let overview = store::dispatch::overview(&mut reading, id).await?.ok_or(Error::NoPage)?;
    let (resent, is_exact) = store::dispatch::about_resendable(&mut reading, id).await?;
    drop(reading);
    let main = html! {
        p .eyebrow { (overview.publication) " · " (name(&overview)) }
        h1 { (words.resend_title) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        section .card {
            @if resent.sum() == 0 { p { (words.resend_none) } } @else { (resend_form(words, id, once, &resent, is_exact)) }
            @if resent.stay > 0 { p .muted { ((words.resend_stay)(resent.stay)) } }
            @if !is_exact { p .muted { (words.resend_about) } }
            p { a href={ "/dispatches/" (id) } { (words.cancel_no) } }
        }
    };
    Ok(page::desk(asked, &Around { title: words.resend_title, place: Place::Dispatches, live: false }, &main))
}

fn resend_form(words: &Words, id: DispatchId, once: &Once, resent: &Resent, is_exact: bool) -> Markup {
    let kinds = [
        ("failed", words.resend_failed, resent.failed, once.failed.is_some()),
        ("expired", words.resend_expired, resent.expired, once.expired.is_some()),
        ("missed", words.resend_missed, resent.missed, once.missed.is_some()),
    ];
    html! {
        form .stack method="post" action={ "/dispatches/" (id) "/resend" } {
            div .options { @for (field, word, n, ticked) in kinds { @if n > 0 {
                label .choice { input type="checkbox" name=(field) value="on" checked[ticked]; span { (word) " " strong { @if !is_exact { "≈ " } (number(n)) } } }
            } } }
            label { span { (words.resend_why) } input type="text" name="why" value=(once.why) maxlength="500" required; }
            button .primary type="submit" { (words.resend_yes) }
        }
    }
}

fn to(id: DispatchId) -> Redirect {
    Redirect::to(&format!("/dispatches/{id}"))
}
