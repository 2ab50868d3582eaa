//! One's own account: what one is called, the password, which notices one wants, and the browsers that are signed in.

use super::asked::Asked;
use crate::actions;
use crate::domain::account::Account;
use crate::domain::id::SessionId;
use crate::domain::language::Language;
use crate::domain::notice::Wants;
use crate::domain::password::SHORTEST;
use crate::store::{self, session::Session};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::entry::Words;
use crate::web::words::reset;
use crate::web::words::token;
use crate::web::{Error, desk::named};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /account`
pub(super) async fn show(asked: Asked) -> Result<Html<String>, Error> {
    let main = main(&asked, None).await?;
    Ok(page(&asked, &main))
}

fn page(asked: &Asked, main: &Markup) -> Html<String> {
    let around = Around { title: Words::of(asked.language).account, place: Place::Account, live: false };
    page::desk(asked, &around, main)
}

async fn main(asked: &Asked, said: Option<(bool, &str)>) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let account = asked.account();
    let reset = reset::Words::of(asked.language);
    let mut reading = asked.read().await?;
    let sessions = store::session::of(&mut reading, account.id, asked.now()).await?;
    let letters = store::notice::go(&mut reading).await?;
    drop(reading);
    Ok(html! {
        h1 { (words.account) }
        @if let Some((is_done, said)) = said { p .refusal[!is_done] .notice[is_done] role="alert" { (said) } }
        div .columns.even {
            section .card {
                form .stack method="post" {
                    label { span { (words.email) } input type="email" value=(account.email) readonly; }
                    label { span { (words.name) }
                        input name="name" value=[account.name.as_deref()] autocomplete="name" maxlength="80";
                    }
                    button type="submit" { (words.save) }
                }
            }
            section .card {
                h2 { (words.change_password) }
                form .stack method="post" action="/account/password" {
                    label { span { (words.old_password) }
                        input type="password" name="old" autocomplete="current-password" required;
                    }
                    label { span { (words.new_password) }
                        input type="password" name="new" autocomplete="new-password" minlength=(SHORTEST) required;
                        small .muted { ((words.password_hint)(SHORTEST)) }
                    }
                    button type="submit" { (words.change_password) }
                }
            }
        }
        section .card.narrow { h2 { (reset.notices) } (notices_form(reset, account, letters)) }
        p { a href="/account/tokens" { (token::Words::of(asked.language).link) } }
        @if !sessions.is_empty() {
            h2 { (words.sessions) }
            (table(asked, words, &sessions))
        }
    })
}

/// Which notices come, and in which language; `letters`: whether the house sends any.
fn notices_form(words: &reset::Words, account: &Account, letters: bool) -> Markup {
    let Wants { reviews, ends, reminders } = account.wants;
    let boxes =
        [("reviews", words.reviews, reviews), ("ends", words.ends, ends), ("reminders", words.reminders, reminders)];
    html! {
        @if !letters { p .muted { (words.house_sends_none) } }
        form .stack method="post" action="/account/notices" {
            fieldset .choices {
                legend .muted { (words.notices_hint) }
                @for (name, label, wanted) in boxes {
                    label { input type="checkbox" name=(name) value="on" checked[wanted]; span { (label) } }
                }
            }
            label { span { (words.language) }
                select name="language" {
                    option value="" { (words.as_publication) }
                    @for (language, name) in [(Language::Chinese, "中文"), (Language::English, "English")] {
                        option value=(language.tag()) selected[account.language == Some(language)] { (name) }
                    }
                }
            }
            button type="submit" { (words.save) }
        }
    }
}

fn table(asked: &Asked, words: &Words, sessions: &[Session]) -> Markup {
    html! {
        table .rows {
            thead { tr {
                th scope="col" { (words.device) }
                th scope="col" { (words.since) }
                th scope="col" { (words.until) }
                th scope="col" {}
            } }
            tbody { @for session in sessions { tr {
                td .lead { (session.device) }
                td { (time(session.begun_at, asked.pages.zone)) }
                td { (time(session.ends_at, asked.pages.zone)) }
                td {
                    @if asked.session() == Some(session.id) { span .muted { (words.this_one) } } @else {
                        form method="post" action={ "/account/sessions/" (session.id) "/end" } {
                            button type="submit" { (words.end) }
                        }
                    }
                }
            } } }
        }
    }
}

/// What one is called.
#[derive(Deserialize)]
pub(super) struct Name {
    name: String,
}

/// `POST /account`
pub(super) async fn rename(asked: Asked, typed: Result<Form<Name>, FormRejection>) -> Result<Response, Error> {
    let name = typed.map_err(|_| Error::Unreadable)?.0.name;
    actions::account::rename(asked.store(), asked.actor(), asked.now(), asked.account().id, &name).await?;
    Ok(Redirect::to("/account").into_response())
}

/// Which notices are wanted; what is not ticked is not named.
#[derive(Deserialize)]
pub(super) struct Wanted {
    reviews: Option<String>,
    ends: Option<String>,
    reminders: Option<String>,
    language: String,
}

/// `POST /account/notices`
pub(super) async fn choose_notices(
    asked: Asked,
    typed: Result<Form<Wanted>, FormRejection>,
) -> Result<Response, Error> {
    let Wanted { reviews, ends, reminders, language } = typed.map_err(|_| Error::Unreadable)?.0;
    let language = Some(language).filter(|tag| !tag.is_empty()).map(|tag| tag.parse()).transpose();
    let language = language.map_err(|_| Error::Unreadable)?;
    let wants = Wants { reviews: reviews.is_some(), ends: ends.is_some(), reminders: reminders.is_some() };
    let who = asked.account().id;
    actions::account::set_wants(asked.store(), asked.actor(), asked.now(), who, (wants, language)).await?;
    Ok(Redirect::to("/account").into_response())
}

/// The old password and the new one.
#[derive(Deserialize)]
pub(super) struct Passwords {
    old: String,
    new: String,
}

/// `POST /account/password`
pub(super) async fn change_password(
    asked: Asked,
    typed: Result<Form<Passwords>, FormRejection>,
) -> Result<Response, Error> {
    let Passwords { old, new } = typed.map_err(|_| Error::Unreadable)?.0;
    let who = (asked.account().id, asked.session());
    let changed = actions::account::entry::change_password(asked.store(), asked.now(), who, (&old, &new)).await;
    match changed {
        Ok(()) => {
            let main = main(&asked, Some((true, Words::of(asked.language).changed))).await?;
            Ok(page(&asked, &main).into_response())
        }
        Err(error @ actions::Error::Refused(_)) => {
            let main = main(&asked, Some((false, &spoken(&error, asked.language)))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&asked, &main)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /account/sessions/{session}/end`
pub(super) async fn end_session(asked: Asked, Path(session): Path<String>) -> Result<Response, Error> {
    let session: SessionId = named(&session)?;
    actions::account::entry::sign_out(asked.store(), asked.now(), asked.account().id, session).await?;
    Ok(Redirect::to("/account").into_response())
}
