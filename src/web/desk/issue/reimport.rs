//! Re-import: a corrected manuscript is brought to an issue, compared with it article by article ([`comparison`]), and
//! taken over by a yes to just that comparison. A yes to one that is out of date compares anew.

mod comparison;

use super::{Step, find, heading};
use crate::actions::issue::{Brought, Reimported, Seen, bring, compare, confirm};
use crate::actions::{self};
use crate::domain::document::Digest;
use crate::domain::issue::Issue;
use crate::domain::issue::merge::{Choices, Side};
use crate::domain::moment::Moment;
use crate::intake::document::Refusal;
use crate::web::Error;
use crate::web::desk::take_in::{self, Refused};
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place};
use crate::web::words::reimport::Words;
use crate::web::words::review;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// `GET /issues/{issue}/document`
pub(in crate::web::desk) async fn ask(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    page(&asked, &find(&asked, &id).await?, None).await
}

async fn page(asked: &Asked, issue: &Issue, refused: Option<&Refused>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let at = format!("/issues/{}/document", issue.id);
    let main = html! {
        p { a href=(Step::Review.path(issue.id)) { "← " (words.back) } }
        h2 { (words.reimport) }
        p .muted { (words.ask_note) }
        (take_in::form(review::Words::of(asked.language), (&at, words.compare), refused))
    };
    shown(asked, issue, &main).await
}

async fn shown(asked: &Asked, issue: &Issue, main: &Markup) -> Result<Html<String>, Error> {
    let main = html! { (heading(asked, issue, Step::Review).await?) div .reimport { (main) } };
    let around = Around { title: Words::of(asked.language).reimport, place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

/// `POST /issues/{issue}/document`
pub(in crate::web::desk) async fn take(
    asked: Asked,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let issue = find(&asked, &id).await?;
    let brought = match take_in::read(form.map_err(|_| Error::Unreadable)?).await {
        Ok(brought) => brought,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let why = spoken(&actions::Error::Document(Refusal::TooLarge), asked.language);
            return refuse(&asked, &issue, Refused { pasted: String::new(), why }).await;
        }
        Err(_) => return Err(Error::Unreadable),
    };
    let (name, bytes) = brought.document(review::Words::of(asked.language));
    let document = Brought { name: name.to_owned(), bytes: bytes.to_vec() };
    match bring(asked.store(), asked.actor(), asked.now(), issue.id, document).await {
        Ok(digest) => Ok(Redirect::to(&format!("/issues/{}/document/{digest}", issue.id)).into_response()),
        Err(error @ (actions::Error::Document(_) | actions::Error::Refused(_))) => {
            let why = spoken(&error, asked.language);
            refuse(&asked, &issue, Refused { pasted: brought.pasted, why }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn refuse(asked: &Asked, issue: &Issue, refused: Refused) -> Result<Response, Error> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(asked, issue, Some(&refused)).await?).into_response())
}

/// `GET /issues/{issue}/document/{digest}`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path((id, digest)): Path<(String, String)>,
) -> Result<Response, Error> {
    let digest: Digest = digest.parse().map_err(|_| Error::NoPage)?;
    compared(&asked, &find(&asked, &id).await?, digest, None).await
}

/// The comparison; why it is shown again, where it is.
async fn compared(
    asked: &Asked,
    issue: &Issue,
    digest: Digest,
    again: Option<(StatusCode, &str)>,
) -> Result<Response, Error> {
    let words = Words::of(asked.language);
    match compare(asked.store(), asked.now(), issue.id, digest).await {
        Ok(Some(found)) => {
            let (code, why) = again.map_or((StatusCode::OK, None), |(code, why)| (code, Some(why)));
            let main = comparison::section(asked, &found, digest, why);
            Ok((code, shown(asked, &found.issue, &main).await?).into_response())
        }
        Ok(None) => {
            let refused = Refused { pasted: String::new(), why: words.is_gone.to_owned() };
            Ok((StatusCode::NOT_FOUND, page(asked, issue, Some(&refused)).await?).into_response())
        }
        Err(error @ (actions::Error::Document(_) | actions::Error::Refused(_))) => {
            let why = spoken(&error, asked.language);
            refuse(asked, issue, Refused { pasted: String::new(), why }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /issues/{issue}/document/{digest}`
pub(in crate::web::desk) async fn take_over(
    asked: Asked,
    Path((id, digest)): Path<(String, String)>,
    pairs: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Error> {
    let digest: Digest = digest.parse().map_err(|_| Error::NoPage)?;
    let (changed_at, choices) = said(&pairs.map_err(|_| Error::Unreadable)?.0).ok_or(Error::Unreadable)?;
    let seen = Seen { issue: named(&id)?, changed_at: Some(changed_at) };
    match confirm(asked.store(), (asked.actor(), asked.now()), seen, digest, &choices).await {
        Ok(Reimported::Done(number, _)) => {
            Ok(Redirect::to(&format!("/issues/{}?reimported={number}", seen.issue)).into_response())
        }
        // A second click.
        Ok(Reimported::Same) => Ok(Redirect::to(&format!("/issues/{}?reimported=0", seen.issue)).into_response()),
        Err(actions::Error::Stale(_)) => {
            let again = (StatusCode::CONFLICT, Words::of(asked.language).stale);
            compared(&asked, &find(&asked, &id).await?, digest, Some(again)).await
        }
        Err(error @ (actions::Error::Document(_) | actions::Error::Refused(_))) => {
            let why = spoken(&error, asked.language);
            refuse(&asked, &find(&asked, &id).await?, Refused { pasted: String::new(), why }).await
        }
        Err(other) => Err(other.into()),
    }
}

/// When what was compared had been changed last, and what was chosen: `seen`, and a side for each `choice-N`.
fn said(pairs: &[(String, String)]) -> Option<(Moment, Choices)> {
    let seen = pairs.iter().find(|(name, _)| name == "seen")?.1.parse().ok()?;
    let mut choices = Choices::default();
    for (name, value) in pairs {
        if let Some(number) = name.strip_prefix("choice-") {
            choices.said.insert(number.parse().ok()?, Side::of(value)?);
        }
    }
    Some((Moment(seen), choices))
}
