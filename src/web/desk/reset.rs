//! Reset: a forgotten password, by a letter with a link. Open to everyone, so it tells nobody who has an account: the
//! answer is the same, and is given before anything is looked up. Where the house sends no letters, it says so.

use super::entry::{device, enter};
use super::guard;
use crate::actions::account::reset;
use crate::domain::language::Language;
use crate::domain::password::SHORTEST;
use crate::web::error::spoken;
use crate::web::limits::Asker;
use crate::web::words::reset::Words;
use crate::web::{Error, Pages, page};
use crate::{actions, store};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /sign-in/reset`
pub(super) async fn ask(State(pages): State<Pages>, language: Language) -> Result<Response, Error> {
    if !store::notice::go(&mut *pages.store.read().await?).await? {
        return Ok(no_letters(language));
    }
    let words = Words::of(language);
    let main = html! {
        p { (words.ask) }
        form .stack method="post" action="/sign-in/reset" {
            label { span { (words.email) } input type="email" name="email" autocomplete="username" required autofocus; }
            button type="submit" { (words.send) }
        }
        p .muted { (words.or_admin) }
    };
    Ok(around(language, &main))
}

/// Whose password was forgotten.
#[derive(Deserialize)]
pub(super) struct Forgotten {
    email: String,
}

/// `POST /sign-in/reset`
pub(super) async fn order(
    State(pages): State<Pages>,
    asker: Asker,
    language: Language,
    headers: HeaderMap,
    typed: Result<Form<Forgotten>, FormRejection>,
) -> Result<Response, Error> {
    if !guard::is_from_here(&headers, pages.base_url.as_deref()) {
        return Err(Error::Foreign);
    }
    let email = typed.map_err(|_| Error::Unreadable)?.0.email;
    if !store::notice::go(&mut *pages.store.read().await?).await? {
        return Ok(no_letters(language));
    }
    let (words, now) = (Words::of(language), pages.clock.now());
    if pages.limits.forgets(asker.0, now).is_err() {
        let main = html! { p .refusal role="alert" { (words.too_often) } (back(words)) };
        return Ok((StatusCode::TOO_MANY_REQUESTS, around(language, &main)).into_response());
    }
    // Looked up when the answer is on its way: how long it takes tells nobody whether there is such an account.
    tokio::spawn(async move {
        if let Err(error) = reset::ask(&pages.store, now, &email, language).await {
            tracing::warn!("a letter to choose a password was not queued: {error}");
        }
    });
    let main = html! { p .notice role="status" { (words.asked) } p { (words.asked_next) } (back(words)) };
    Ok(around(language, &main))
}

/// `GET /sign-in/reset/{token}`
pub(super) async fn open(
    State(pages): State<Pages>,
    language: Language,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    let Some(email) = opens(&pages, &token).await? else { return Ok(used_up(language)) };
    Ok(around(language, &form(language, &email, None)))
}

/// The password that was chosen.
#[derive(Deserialize)]
pub(super) struct Chosen {
    password: String,
}

/// `POST /sign-in/reset/{token}`
pub(super) async fn choose(
    State(pages): State<Pages>,
    language: Language,
    Path(token): Path<String>,
    headers: HeaderMap,
    typed: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Error> {
    if !guard::is_from_here(&headers, pages.base_url.as_deref()) {
        return Err(Error::Foreign);
    }
    let password = typed.map_err(|_| Error::Unreadable)?.0.password;
    let Some(email) = opens(&pages, &token).await? else { return Ok(used_up(language)) };
    match reset::choose(&pages.store, pages.clock.now(), &token, &password, device(&headers)).await {
        Ok(secret) => Ok(enter(&pages, &secret, None)),
        Err(error @ actions::Error::Refused(_)) => {
            let main = form(language, &email, Some(&spoken(&error, language)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, around(language, &main)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The address of the account whose password a link lets its bearer choose now.
async fn opens(pages: &Pages, token: &str) -> Result<Option<String>, Error> {
    let mut reading = pages.store.read().await?;
    let Some(id) = reset::opens(&mut reading, pages.clock.now(), token).await? else { return Ok(None) };
    Ok(store::account::find(&mut reading, id).await?.map(|account| account.email))
}

fn form(language: Language, email: &str, why: Option<&str>) -> Markup {
    let words = Words::of(language);
    html! {
        p { (words.choose) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        form .stack method="post" {
            label { span { (words.email) } input type="email" value=(email) autocomplete="username" readonly; }
            label { span { (words.new_password) }
                input type="password" name="password" autocomplete="new-password" minlength=(SHORTEST) required autofocus;
                small .muted { ((words.password_hint)(SHORTEST)) }
            }
            button type="submit" { (words.save) }
        }
    }
}

fn no_letters(language: Language) -> Response {
    let words = Words::of(language);
    around(language, &html! { p { (words.no_letters) } p { (words.no_letters_next) } (back(words)) })
}

/// A link that opens nothing any more looks like one that never did.
fn used_up(language: Language) -> Response {
    let words = Words::of(language);
    let main = html! {
        p .refusal role="alert" { (words.used_up) }
        p { a href="/sign-in/reset" { (words.again) } }
    };
    (StatusCode::NOT_FOUND, around(language, &main)).into_response()
}

fn back(words: &Words) -> Markup {
    html! { p { a href="/sign-in" { (words.back) } } }
}

fn around(language: Language, main: &Markup) -> Response {
    let words = Words::of(language);
    page::plain(language, words.title, &html! { h1 { (words.title) } (main) }).into_response()
}
