//! Tokens: the programs that act as one's account; made here, shown once, revoked here.

use super::asked::Asked;
use super::named;
use crate::actions;
use crate::actions::token::{LONGEST_NAME, Wanted};
use crate::domain::account::Permission;
use crate::domain::id::{PublicationId, TokenId};
use crate::domain::publication::Publication;
use crate::domain::secret::Secret;
use crate::domain::token::{MARK, Scope, Token, USUAL};
use crate::store;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::token::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::time::Duration;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Names and values as the form says them; scopes are a name each.
type Pairs = Vec<(String, String)>;

/// What was typed so far.
struct Typed {
    name: String,
    scopes: Vec<Scope>,
    publication: Option<PublicationId>,
    days: String,
}

impl Default for Typed {
    fn default() -> Self {
        let days = (USUAL.as_secs() / DAY).to_string();
        Self { name: String::new(), scopes: vec![Scope::Read], publication: None, days }
    }
}

impl Typed {
    /// What the form says, and whether its publication can be read: one that cannot is not all of them.
    fn read(pairs: &Pairs) -> (Self, bool) {
        let said = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        let at = said("publication").filter(|id| !id.is_empty()).map(str::parse);
        let is_read = !matches!(at, Some(Err(_)));
        let typed = Self {
            name: said("name").unwrap_or_default().to_owned(),
            scopes: pairs.iter().filter_map(|(name, _)| name.strip_prefix("scope-")?.parse().ok()).collect(),
            publication: at.and_then(Result::ok),
            days: said("days").unwrap_or_default().to_owned(),
        };
        (typed, is_read)
    }
}

/// What came of making one.
enum Said<'a> {
    Nothing,
    Made(&'a Secret),
    Refused(&'a str),
}

/// `GET /account/tokens`
pub(super) async fn show(asked: Asked) -> Result<Html<String>, Error> {
    page(&asked, &Typed::default(), Said::Nothing).await
}

/// `POST /account/tokens`
pub(super) async fn make(asked: Asked, pairs: Result<Form<Pairs>, FormRejection>) -> Result<Response, Error> {
    let (typed, is_read) = Typed::read(&pairs.map_err(|_| Error::Unreadable)?.0);
    let why = match typed.days.parse::<u64>().ok().filter(|days| *days <= 365) {
        _ if !is_read => Words::of(asked.language).no_publication.to_owned(),
        None => Words::of(asked.language).no_days.to_owned(),
        Some(days) => match ask_for(&asked, &typed, Duration::from_secs(days * DAY)).await {
            Ok(secret) => return Ok(page(&asked, &Typed::default(), Said::Made(&secret)).await?.into_response()),
            Err(error @ actions::Error::Refused(_)) => spoken(&error, asked.language),
            Err(other) => return Err(other.into()),
        },
    };
    let page = page(&asked, &typed, Said::Refused(&why)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn ask_for(asked: &Asked, typed: &Typed, lasts: Duration) -> actions::Result<Secret> {
    let (name, scopes, publication) = (typed.name.clone(), typed.scopes.clone(), typed.publication);
    let wanted = Wanted { name, scopes, publication, lasts };
    let account = asked.account().id;
    let (_, secret) = actions::token::make(asked.store(), asked.actor(), asked.now(), account, wanted).await?;
    Ok(secret)
}

/// `POST /account/tokens/{token}/revoke`: one's own only; of others' not even whether it is there is told.
pub(super) async fn revoke(asked: Asked, Path(id): Path<String>) -> Result<Response, Error> {
    let id: TokenId = named(&id)?;
    actions::token::revoke(asked.store(), asked.actor(), asked.now(), asked.account().id, id).await?;
    Ok(Redirect::to("/account/tokens").into_response())
}

async fn page(asked: &Asked, typed: &Typed, said: Said<'_>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let tokens = store::token::of(&mut reading, asked.account().id).await?;
    let mut publications = store::publication::all(&mut reading).await?;
    publications.retain(|publication| asked.may_at(Permission::Look, publication.id));
    let main = html! {
        h1 { (words.title) }
        p { (words.what) " " a href="/api" { (words.how) } }
        @match said {
            Said::Nothing => {}
            Said::Refused(why) => { p .refusal role="alert" { (why) } }
            Said::Made(secret) => {
                div .notice role="status" {
                    p { strong { (words.made) } }
                    pre .code tabindex="0" { (MARK) (secret.text()) }
                    p { (words.once) }
                }
            }
        }
        @if tokens.is_empty() { p .muted { (words.none) } } @else { (table(asked, &tokens, &publications)) }
        section .card.narrow { h2 { (words.make) } (form(asked, typed, &publications)) }
    };
    Ok(page::desk(asked, &Around { title: words.title, place: Place::Account, live: false }, &main))
}

fn table(asked: &Asked, tokens: &[Token], publications: &[Publication]) -> Markup {
    let (words, zone) = (Words::of(asked.language), asked.pages.zone);
    let named = |id| publications.iter().find(|one| one.id == id).map(|one| one.profile.name.clone());
    html! {
        table .rows.tokens {
            thead { tr {
                th scope="col" { (words.name) }
                th scope="col" { (words.scopes) }
                th scope="col" { (words.publication) }
                th scope="col" { (words.used) }
                th scope="col" { (words.until) }
                th scope="col" { span .unseen { (words.revoke) } }
            } }
            tbody { @for token in tokens { tr {
                td .lead { (token.name) }
                td { @for (at, scope) in token.scopes.iter().enumerate() {
                    @if at > 0 { " " } code title=((words.scope)(*scope)) { (scope.word()) }
                } }
                td { @match token.publication {
                    None => { (words.all) }
                    Some(id) => { (named(id).unwrap_or_else(|| "—".to_owned())) }
                } }
                td { @match token.used_at { None => { span .muted { (words.never) } } Some(at) => { (time(at, zone)) } } }
                td { (time(token.ends_at, zone)) @if token.ends_at <= asked.now() { " " span .muted { (words.over) } } }
                td { details {
                    summary { (words.revoke) }
                    form method="post" action={ "/account/tokens/" (token.id) "/revoke" } {
                        p .muted { (words.revoke_note) }
                        button type="submit" { (words.revoke) }
                    }
                } }
            } } }
        }
    }
}

fn form(asked: &Asked, typed: &Typed, publications: &[Publication]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        form .stack method="post" action="/account/tokens" {
            label { span { (words.name) }
                input name="name" value=(typed.name) maxlength=(LONGEST_NAME) required autocomplete="off";
                small .muted { (words.name_hint) }
            }
            fieldset .choices {
                legend { (words.scopes) }
                @for scope in Scope::ALL.into_iter().filter(|scope| asked.may(scope.needs())) {
                    label {
                        input type="checkbox" name={ "scope-" (scope.word()) } checked[typed.scopes.contains(&scope)];
                        span { ((words.scope)(scope)) " " code { (scope.word()) } }
                    }
                }
            }
            label { span { (words.publication) }
                select name="publication" {
                    option value="" { (words.all) }
                    @for one in publications {
                        option value=(one.id) selected[typed.publication == Some(one.id)] { (one.profile.name) }
                    }
                }
            }
            label { span { (words.days) }
                input type="number" name="days" value=(typed.days) min="1" max="365" required;
                small .muted { (words.days_hint) }
            }
            button .primary type="submit" { (words.make) }
        }
    }
}
