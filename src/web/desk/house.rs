//! Accounts of the house: who works here, where, and as what. A link by which somebody chooses a password is shown
//! once, to whoever made it.

use super::audit::called;
use super::delivery::{Settle, settlements};
use super::{Asked, named};
use crate::actions;
use crate::actions::account::Newcomer;
use crate::domain::account::{Account, Rights, Role};
use crate::domain::address::Address;
use crate::domain::id::{AccountId, DeliveryId, SessionId, TokenId};
use crate::domain::publication::Publication;
use crate::domain::secret::Secret;
use crate::domain::token::Token;
use crate::store::notice::Line;
use crate::store::{self, session::Session};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::{self, house::Words};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

/// `GET /accounts`
pub(super) async fn list(asked: Asked) -> Result<Html<String>, Error> {
    index(&asked, &Adding::default(), None).await
}

/// Who is to be added.
#[derive(Default, Deserialize)]
pub(super) struct Adding {
    email: String,
    name: String,
    role: String,
}

/// `POST /accounts`
pub(super) async fn add(
    asked: Asked,
    headers: HeaderMap,
    typed: Result<Form<Adding>, FormRejection>,
) -> Result<Response, Error> {
    let adding = typed.map_err(|_| Error::Unreadable)?.0;
    let role: Role = adding.role.parse().map_err(|_| Error::Unreadable)?;
    let Ok(email) = adding.email.trim().parse::<Address>() else {
        let why = Words::of(asked.language).no_address;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, index(&asked, &adding, Some(why)).await?).into_response());
    };
    let name = Some(adding.name.trim()).filter(|name| !name.is_empty());
    let who = Newcomer { email: &email, name, rights: role.into() };
    match actions::account::add(asked.store(), asked.actor(), asked.now(), &who).await {
        Ok((id, secret)) => Ok(one(&asked, id, Some(&link(&asked, &headers, &secret)), None).await?.into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let why = spoken(&error, asked.language);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, index(&asked, &adding, Some(&why)).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn index(asked: &Asked, adding: &Adding, why: Option<&str>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let accounts = store::account::all(&mut reading).await?;
    let publications = store::publication::all(&mut reading).await?;
    let letters = store::notice::go(&mut reading).await?;
    let unsettled = store::notice::unsettled(&mut reading, UNSETTLED).await?;
    drop(reading);
    let main = html! {
        h1 { (words.accounts) }
        @if !letters { p .muted { (words::reset::Words::of(asked.language).house_sends_none) } }
        @if !unsettled.is_empty() { (uncertain(asked, &unsettled)) }
        table .rows {
            thead { tr {
                th scope="col" { (words.account) }
                th scope="col" { (words.role) }
                th scope="col" { (words.where_at) }
                th scope="col" { (asked.words().state) }
            } }
            tbody { @for account in &accounts { tr {
                td .lead { a href={ "/accounts/" (account.id) } { (account.called()) }
                    @if account.name.is_some() { " " span .muted.address { (account.email) } } }
                td { ((words.role_of)(account.rights.role)) }
                td { (reach(words, account, &publications)) }
                td { @if account.is_closed { span .muted { (words.closed) } } @else { (words.opened) } }
            } } }
        }
        h2 { (words.add) }
        section .card.narrow { (adding_form(asked, adding, why)) }
    };
    let around = Around { title: words.accounts, place: Place::Accounts, live: false };
    Ok(page::desk(asked, &around, &main))
}

/// Letters that ask for an admin's word and are shown at once.
const UNSETTLED: i64 = 50;

/// Letters of which nobody knows whether they came, each leading to its account, where it is settled.
fn uncertain(asked: &Asked, notices: &[Line]) -> Markup {
    let words = words::reset::Words::of(asked.language);
    html! {
        section .notice #uncertain {
            p { strong { (words.uncertain) } }
            ul { @for notice in notices { li {
                a href={ "/accounts/" (notice.account) "#letters" } { (notice.address) " · " ((words.kind)(&notice.kind)) }
                " " span .muted { (time(notice.since, asked.pages.zone)) }
            } } }
        }
    }
}

fn adding_form(asked: &Asked, adding: &Adding, why: Option<&str>) -> Markup {
    let (words, entry) = (Words::of(asked.language), words::entry::Words::of(asked.language));
    html! {
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        form .stack method="post" action="/accounts" {
            label { span { (entry.email) }
                input type="email" name="email" value=(adding.email) required autocomplete="off";
            }
            label { span { (entry.name) } input name="name" value=(adding.name) maxlength="80" autocomplete="off"; }
            (roles(words, adding.role.parse().unwrap_or(Role::Editor)))
            button .primary type="submit" { (words.add) }
            small .muted { (words.add_hint) }
        }
    }
}

fn roles(words: &Words, chosen: Role) -> Markup {
    html! {
        fieldset .choices {
            legend { (words.role) }
            @for role in Role::ALL {
                label {
                    input type="radio" name="role" value=(role.word()) checked[role == chosen];
                    span { ((words.role_of)(role)) " " small .muted { ((words.does)(role)) } }
                }
            }
        }
    }
}

/// The publications that somebody works at, in words.
fn reach(words: &Words, account: &Account, publications: &[Publication]) -> String {
    let posts = &account.rights.posts;
    if posts.is_empty() {
        return words.everywhere.to_owned();
    }
    let name = |publication: &Publication| {
        let post = posts.iter().find(|(at, _)| *at == publication.id)?;
        Some(format!("{}（{}）", publication.profile.name, (words.role_of)(post.1)))
    };
    publications.iter().filter_map(name).collect::<Vec<_>>().join("，")
}

/// `GET /accounts/{account}`
pub(super) async fn show(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    one(&asked, named(&id)?, None, None).await
}

async fn one(asked: &Asked, id: AccountId, link: Option<&str>, why: Option<&str>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let account = store::account::find(&mut reading, id).await?.ok_or(Error::NoPage)?;
    let publications = store::publication::all(&mut reading).await?;
    let sessions = store::session::of(&mut reading, id, asked.now()).await?;
    let tokens = store::token::of(&mut reading, id).await?;
    let mut notices = store::notice::of_account(&mut reading, id, LAST_NOTICES).await?;
    drop(reading);
    for settler in notices.iter_mut().filter_map(|notice| notice.settled_by.as_mut()) {
        *settler = called(asked, settler).await?;
    }
    let main = html! {
        p .eyebrow { a href="/accounts" { (words.accounts) } }
        h1 { (account.called()) }
        p .muted { (account.email) @if account.is_closed { " · " (words.closed) } }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        @if let Some(link) = link {
            section .notice { p { strong { (words.link) } } p { code .address { (link) } } p .muted { (words.link_hint) } }
        }
        div .columns.even {
            section .card { h2 { (words.rights) } (rights_form(words, &account, &publications)) }
            section .card.stack {
                form .stack method="post" action={ "/accounts/" (id) "/invite" } {
                    button type="submit" disabled[account.is_closed] { (words.invite) }
                    small .muted { (words.invite_hint) }
                }
                form .stack method="post" action={ "/accounts/" (id) "/close" } {
                    input type="hidden" name="closed" value=(!account.is_closed);
                    button type="submit" { @if account.is_closed { (words.open) } @else { (words.close) } }
                    small .muted { (words.close_hint) }
                }
                @if !sessions.is_empty() { (sessions_of(asked, id, &sessions)) }
                @if !tokens.is_empty() { (tokens_of(asked, id, &tokens)) }
            }
        }
        @if !notices.is_empty() { (notices_to(asked, id, &notices)) }
    };
    let around = Around { title: account.called(), place: Place::Accounts, live: false };
    Ok(page::desk(asked, &around, &main))
}

/// Letters to an account that are shown.
const LAST_NOTICES: i64 = 12;

fn notices_to(asked: &Asked, id: AccountId, notices: &[Line]) -> Markup {
    let words = words::reset::Words::of(asked.language);
    html! {
        h2 #letters { (words.last_notices) }
        table .rows {
            thead { tr { th scope="col" { (words.told) } th scope="col" { (words.when) } th scope="col" { (asked.words().state) } } }
            tbody { @for notice in notices { tr {
                td .lead { ((words.kind)(&notice.kind)) }
                td { (time(notice.since, asked.pages.zone)) }
                td { ((words.state)(&notice.state)) @if let Some(why) = &notice.why { " " span .muted { (why) } }
                    @if let Some(who) = &notice.settled_by { " " span .muted { (words.settled_by) " " (who) } }
                    @if notice.is_unsettled() { (settle_form(asked, id, notice)) }
                }
            } } }
        }
    }
}

fn settle_form(asked: &Asked, id: AccountId, notice: &Line) -> Markup {
    let words = words::progress::Words::of(asked.language);
    html! {
        form .options method="post" action={ "/accounts/" (id) "/notices/" (notice.delivery) "/settle" } {
            (settlements(words, &notice.delivery.to_string()))
            button type="submit" { (words.settle) }
        }
    }
}

/// `POST /accounts/{account}/notices/{notice}/settle`
pub(super) async fn settle_notice(
    asked: Asked,
    Path((id, notice)): Path<(String, String)>,
    typed: Result<Form<Settle>, FormRejection>,
) -> Result<Response, Error> {
    let (id, notice): (AccountId, DeliveryId) = (named(&id)?, named(&notice)?);
    let as_what = typed.map_err(|_| Error::Unreadable)?.0.settlement()?;
    let kept = store::notice::find(&mut *asked.read().await?, notice).await?;
    kept.filter(|kept| kept.account == id).ok_or(Error::NoPage)?;
    let done = actions::delivery::resolve(asked.store(), asked.actor(), asked.now(), notice, as_what).await;
    settled(&asked, id, done).await
}

fn rights_form(words: &Words, account: &Account, publications: &[Publication]) -> Markup {
    let post = |publication: &Publication| {
        account.rights.posts.iter().find(|(at, _)| *at == publication.id).map(|(_, role)| *role)
    };
    html! {
        form .stack method="post" action={ "/accounts/" (account.id) } {
            (roles(words, account.rights.role))
            fieldset .choices {
                legend { (words.only_at) }
                small .muted { (words.posts_hint) }
                @for publication in publications {
                    label {
                        span { (publication.profile.name) }
                        select name={ "at-" (publication.id) } {
                            option value="" { (words.no_post) }
                            @for role in Role::ALL {
                                option value=(role.word()) selected[post(publication) == Some(role)] { ((words.role_of)(role)) }
                            }
                        }
                    }
                }
            }
            button .primary type="submit" { (words.save) }
        }
    }
}

fn sessions_of(asked: &Asked, id: AccountId, sessions: &[Session]) -> Markup {
    let (words, entry) = (Words::of(asked.language), words::entry::Words::of(asked.language));
    html! {
        h2 { (words.sessions) }
        @for session in sessions {
            form .line method="post" action={ "/accounts/" (id) "/sessions/" (session.id) "/end" } {
                span { (session.device) " " span .muted { (time(session.begun_at, asked.pages.zone)) } }
                button type="submit" { (entry.end) }
            }
        }
    }
}

fn tokens_of(asked: &Asked, id: AccountId, tokens: &[Token]) -> Markup {
    let words = words::token::Words::of(asked.language);
    html! {
        h2 { (words.title) }
        @for token in tokens {
            form .line method="post" action={ "/accounts/" (id) "/tokens/" (token.id) "/revoke" } {
                span { (token.name) " " span .muted {
                    (words.used) " " @match token.used_at { None => (words.never), Some(at) => (time(at, asked.pages.zone)) }
                } }
                button type="submit" { (words.revoke) }
            }
        }
    }
}

/// `POST /accounts/{account}`
pub(super) async fn set_rights(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<HashMap<String, String>>, FormRejection>,
) -> Result<Response, Error> {
    let (id, typed) = (named(&id)?, typed.map_err(|_| Error::Unreadable)?.0);
    let role = typed.get("role").and_then(|word| word.parse().ok()).ok_or(Error::Unreadable)?;
    let mut posts = Vec::new();
    for publication in store::publication::all(&mut *asked.read().await?).await? {
        let chosen = typed.get(&format!("at-{}", publication.id)).filter(|word| !word.is_empty());
        let chosen = chosen.map(|word| word.parse().map_err(|_| Error::Unreadable)).transpose()?;
        posts.extend(chosen.map(|role| (publication.id, role)));
    }
    let rights = Rights { role, posts };
    let done = actions::account::set_rights(asked.store(), asked.actor(), asked.now(), id, &rights).await;
    settled(&asked, id, done).await
}

/// `POST /accounts/{account}/invite`
pub(super) async fn invite(asked: Asked, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Error> {
    let id = named(&id)?;
    let secret = actions::account::invite(asked.store(), asked.actor(), asked.now(), id).await?;
    Ok(one(&asked, id, Some(&link(&asked, &headers, &secret)), None).await?.into_response())
}

/// Whether an account is to be closed.
#[derive(Deserialize)]
pub(super) struct Closing {
    closed: bool,
}

/// `POST /accounts/{account}/close`
pub(super) async fn set_closed(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Closing>, FormRejection>,
) -> Result<Response, Error> {
    let (id, closed) = (named(&id)?, typed.map_err(|_| Error::Unreadable)?.0.closed);
    let done = actions::account::set_closed(asked.store(), asked.actor(), asked.now(), id, closed).await;
    settled(&asked, id, done).await
}

/// `POST /accounts/{account}/sessions/{session}/end`
pub(super) async fn end_session(asked: Asked, Path((id, session)): Path<(String, String)>) -> Result<Response, Error> {
    let (id, session): (AccountId, SessionId) = (named(&id)?, named(&session)?);
    actions::account::end_session(asked.store(), asked.actor(), asked.now(), id, session).await?;
    Ok(Redirect::to(&format!("/accounts/{id}")).into_response())
}

/// `POST /accounts/{account}/tokens/{token}/revoke`
pub(super) async fn revoke_token(asked: Asked, Path((id, token)): Path<(String, String)>) -> Result<Response, Error> {
    let (id, token): (AccountId, TokenId) = (named(&id)?, named(&token)?);
    actions::token::revoke(asked.store(), asked.actor(), asked.now(), id, token).await?;
    Ok(Redirect::to(&format!("/accounts/{id}")).into_response())
}

async fn settled(asked: &Asked, id: AccountId, done: actions::Result<()>) -> Result<Response, Error> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/accounts/{id}")).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let why = spoken(&error, asked.language);
            Ok((StatusCode::CONFLICT, one(asked, id, None, Some(&why)).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// Where an invitation is taken up: under the address that [web] base_url gives, else as this page was asked for.
fn link(asked: &Asked, headers: &HeaderMap, secret: &Secret) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let base = asked.pages.base_url.clone().unwrap_or_else(|| format!("http://{host}"));
    format!("{base}/welcome/{}", secret.text())
}
