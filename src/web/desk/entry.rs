//! Entry: signing in and out, and taking up an invitation. The only rooms of the desk that anybody may enter.

use super::asked::Asked;
use super::guard::{self, COOKIE};
use crate::actions;
use crate::actions::account::entry::{Entry, TakenUp};
use crate::domain::account::SESSION;
use crate::domain::language::Language;
use crate::domain::password::{Password, SHORTEST};
use crate::domain::secret::Secret;
use crate::store;
use crate::web::error::spoken;
use crate::web::limits::Asker;
use crate::web::words::entry::Words;
use crate::web::{Error, Pages, page};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Where somebody wanted to go.
#[derive(Deserialize)]
pub(super) struct Wanted {
    next: Option<String>,
}

/// What a sign-in says.
#[derive(Deserialize)]
pub(super) struct SignIn {
    email: String,
    password: String,
    next: Option<String>,
}

/// What taking up an invitation says.
#[derive(Deserialize)]
pub(super) struct Welcome {
    email: Option<String>,
    password: String,
}

/// `GET /sign-in`
pub(super) async fn ask(language: Language, wanted: Result<Query<Wanted>, QueryRejection>) -> Result<Response, Error> {
    let next = wanted?.0.next;
    Ok(form(language, "", next.as_deref(), None).into_response())
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(pages): State<Pages>,
    language: Language,
    Asker(asker): Asker,
    headers: HeaderMap,
    typed: Result<Form<SignIn>, FormRejection>,
) -> Result<Response, Error> {
    if !guard::is_from_here(&headers, pages.base_url.as_deref()) {
        return Err(Error::Foreign);
    }
    let SignIn { email, password, next } = typed.map_err(|_| Error::Unreadable)?.0;
    let (now, password) = (pages.clock.now(), Password::typed(&password));
    let words = Words::of(language);
    if let Err(wait) = pages.limits.tries_to_enter(asker, now) {
        let why = (words.crowded)(wait.as_secs().max(1));
        let page = form(language, &email, next.as_deref(), Some(&why));
        let after = [(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)))];
        return Ok((StatusCode::TOO_MANY_REQUESTS, after, page).into_response());
    }
    let why = match actions::account::entry::sign_in(&pages.store, now, &email, password, device(&headers)).await? {
        Entry::In(secret) => {
            pages.limits.entered(asker);
            return Ok(enter(&pages, &secret, next.as_deref()));
        }
        Entry::Wrong => words.wrong.to_owned(),
        Entry::Resting(rest) => (words.resting)(rest.as_secs().max(1)),
    };
    Ok((StatusCode::UNAUTHORIZED, form(language, &email, next.as_deref(), Some(&why))).into_response())
}

fn form(language: Language, email: &str, next: Option<&str>, why: Option<&str>) -> axum::response::Html<String> {
    let words = Words::of(language);
    let main = html! {
        h1 { (words.sign_in) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        form .stack method="post" action="/sign-in" {
            @if let Some(next) = next { input type="hidden" name="next" value=(next); }
            label { span { (words.email) }
                input type="email" name="email" value=(email) autocomplete="username" required autofocus[email.is_empty()];
            }
            label { span { (words.password) }
                input type="password" name="password" autocomplete="current-password" required autofocus[!email.is_empty()];
            }
            button type="submit" { (words.sign_in) }
        }
        p { a href="/sign-in/reset" { (words.forgot) } }
        p .muted { (words.no_password) }
    };
    page::plain(language, words.sign_in, &main)
}

/// `POST /sign-out`
pub(super) async fn sign_out(asked: Asked) -> Result<Response, Error> {
    if let Some(session) = asked.session() {
        actions::account::entry::sign_out(asked.store(), asked.now(), asked.account().id, session).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static("yizhan=; Path=/; Max-Age=0"));
    Ok(response)
}

/// `GET /welcome/{token}`
pub(super) async fn invited(
    State(pages): State<Pages>,
    language: Language,
    Path(token): Path<String>,
) -> Result<Response, Error> {
    let secret: Secret = token.parse().map_err(|_| Error::NoPage)?;
    let (email, _) = invitation(&pages, &secret).await?.ok_or(Error::NoPage)?;
    Ok(welcome(language, email.as_deref(), None).into_response())
}

/// `POST /welcome/{token}`
pub(super) async fn take_up(
    State(pages): State<Pages>,
    language: Language,
    Path(token): Path<String>,
    headers: HeaderMap,
    typed: Result<Form<Welcome>, FormRejection>,
) -> Result<Response, Error> {
    if !guard::is_from_here(&headers, pages.base_url.as_deref()) {
        return Err(Error::Foreign);
    }
    let secret: Secret = token.parse().map_err(|_| Error::NoPage)?;
    let (known, is_first) = invitation(&pages, &secret).await?.ok_or(Error::NoPage)?;
    let Welcome { email, password } = typed.map_err(|_| Error::Unreadable)?.0;
    let email = email.filter(|_| is_first).map(|email| email.trim().parse());
    let Ok(email) = email.transpose() else {
        let main = welcome(language, known.as_deref(), Some(Words::of(language).no_email));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, main).into_response());
    };
    let taken = TakenUp { invitation: secret, email: email.as_ref(), password: &password, device: device(&headers) };
    match actions::account::entry::take_up(&pages.store, pages.clock.now(), taken).await {
        Ok(secret) => Ok(enter(&pages, &secret, None)),
        Err(error @ actions::Error::Refused(_)) => {
            let main = welcome(language, known.as_deref(), Some(&spoken(&error, language)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, main).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The address that an invitation is for, and whether it makes the first account; none where it does not open.
async fn invitation(pages: &Pages, secret: &Secret) -> Result<Option<(Option<String>, bool)>, Error> {
    let mut reading = pages.store.read().await?;
    let found = store::session::invitation(&mut reading, secret.digest(), pages.clock.now()).await?;
    let Some(invitation) = found else { return Ok(None) };
    let Some(id) = invitation.account else { return Ok(Some((None, true))) };
    let account = store::account::find(&mut reading, id).await?;
    Ok(account.map(|account| (Some(account.email), false)))
}

fn welcome(language: Language, email: Option<&str>, why: Option<&str>) -> axum::response::Html<String> {
    let words = Words::of(language);
    let main = html! {
        h1 { (words.welcome) }
        p { @if email.is_some() { (words.choose) } @else { (words.first) } }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        form .stack method="post" {
            label { span { (words.email) }
                @match email {
                    Some(email) => input type="email" value=(email) autocomplete="username" readonly;,
                    None => input type="email" name="email" autocomplete="username" required autofocus;,
                }
            }
            label { span { (words.new_password) }
                input type="password" name="password" autocomplete="new-password" minlength=(SHORTEST) required
                    autofocus[email.is_some()];
                small .muted { ((words.password_hint)(SHORTEST)) }
            }
            button type="submit" { (words.enter) }
        }
    };
    page::plain(language, words.welcome, &main)
}

/// Goes where they wanted, with the cookie that lets them in.
pub(super) fn enter(pages: &Pages, secret: &Secret, next: Option<&str>) -> Response {
    let secure = if pages.base_url.as_ref().is_some_and(|url| url.starts_with("https://")) { "; Secure" } else { "" };
    let (text, seconds) = (secret.text(), SESSION.as_secs());
    let cookie = format!("{COOKIE}={text}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut response = Redirect::to(next.filter(|path| is_ours(path)).unwrap_or("/")).into_response();
    let value = HeaderValue::from_str(&cookie).expect("base32 and words of ours");
    response.headers_mut().insert(header::SET_COOKIE, value);
    response
}

/// Whether a path leads to a page of ours, and nowhere else.
fn is_ours(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn device(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What stands at the end of the desk's heading: who is signed in, and the way out.
pub(in crate::web) fn corner(asked: &Asked) -> Markup {
    let words = Words::of(asked.language);
    html! {
        div .corner {
            a href="/account" { (asked.account().called()) }
            @if asked.session().is_some() {
                form method="post" action="/sign-out" { button .quiet type="submit" { (words.sign_out) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn after_signing_in_one_is_led_to_our_own_pages_only() {
        for (path, ours) in [
            ("/", true),
            ("/issues/3?view=phone", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("", false),
            ("/a\r\nb", false),
        ] {
            assert_eq!(is_ours(path), ours, "{path:?}");
        }
    }
}
