//! What is done to one reader: edited, put on a list, let go, brought back, a suppression lifted. Each is asked of a
//! publication where the visitor keeps readers.

use super::reader::{find, may_keep, page};
use super::search::seen;
use super::{Asked, named};
use crate::actions;
use crate::actions::subscriber::{Case, Destination};
use crate::domain::account::Permission;
use crate::domain::audit::Reason;
use crate::domain::list::{Leaving, ListPath};
use crate::domain::subscriber::{Basis, Person, Subscriber};
use crate::store;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::words::readers::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// A reader anew, as typed, with what they were when the form was given out.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Edited {
    was: String,
    #[serde(flatten)]
    person: Person,
}

/// `POST /readers/{subscriber}/edit`
pub(in crate::web::desk) async fn edit(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Edited>, FormRejection>,
) -> Result<Response, Error> {
    let Edited { was, person } = typed.map_err(|_| Error::Unreadable)?.0;
    let was: Person = serde_json::from_str(&was).map_err(|_| Error::Unreadable)?;
    let reader = find(&asked, &id).await?;
    mine(&asked, &reader).await?;
    let person = person.tidied();
    let (actor, now) = (asked.actor(), asked.now());
    let done = actions::subscriber::edit(asked.store(), actor, now, reader.id, (&was, &person)).await;
    after(&asked, &reader, done.map(drop), Some(&person)).await
}

/// What is done about a list, or about the address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Add,
    Leave,
    BringBack,
    Lift,
}

/// A list, by its path; why they are on it, or why an exception is made.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Typed {
    list: String,
    basis: String,
    why: String,
}

type Wished = Result<Form<Typed>, FormRejection>;

/// `POST /readers/{subscriber}/add`
pub(in crate::web::desk) async fn add(asked: Asked, Path(id): Path<String>, typed: Wished) -> Result<Response, Error> {
    act(&asked, &id, typed, Deed::Add).await
}

/// `POST /readers/{subscriber}/leave`
pub(in crate::web::desk) async fn leave(
    asked: Asked,
    Path(id): Path<String>,
    typed: Wished,
) -> Result<Response, Error> {
    act(&asked, &id, typed, Deed::Leave).await
}

/// `POST /readers/{subscriber}/return`
pub(in crate::web::desk) async fn bring_back(
    asked: Asked,
    Path(id): Path<String>,
    typed: Wished,
) -> Result<Response, Error> {
    act(&asked, &id, typed, Deed::BringBack).await
}

/// `POST /readers/{subscriber}/lift`
pub(in crate::web::desk) async fn lift(asked: Asked, Path(id): Path<String>, typed: Wished) -> Result<Response, Error> {
    act(&asked, &id, typed, Deed::Lift).await
}

async fn act(asked: &Asked, id: &str, typed: Wished, deed: Deed) -> Result<Response, Error> {
    let typed = typed.map_err(|_| Error::Unreadable)?.0;
    let reader = find(asked, id).await?;
    let done = match deed {
        Deed::Add => {
            let basis: Basis = typed.basis.parse().map_err(|_| Error::Unreadable)?;
            add_to(asked, &reader, &kept(asked, &typed.list).await?, basis).await
        }
        Deed::Lift => {
            mine(asked, &reader).await?;
            let Some(case) = case(&reader, &typed.why) else { return no_reason(asked, &reader).await };
            actions::subscriber::lift(asked.store(), asked.actor(), asked.now(), &case).await.map(drop)
        }
        Deed::Leave | Deed::BringBack => {
            let list = kept(asked, &typed.list).await?;
            let Some(case) = case(&reader, &typed.why) else { return no_reason(asked, &reader).await };
            let (store, actor, now) = (asked.store(), asked.actor(), asked.now());
            if deed == Deed::BringBack {
                actions::subscriber::bring_back(store, actor, now, &list, &case).await.map(drop)
            } else {
                let from = Leaving { publication: list.publication, list: Some(list.list) };
                actions::subscriber::let_go(store, actor, now, &from, &case).await.map(drop)
            }
        }
    };
    after(asked, &reader, done, None).await
}

async fn add_to(asked: &Asked, reader: &Subscriber, list: &ListPath, basis: Basis) -> actions::Result<()> {
    let to = Destination { list, basis, dry_run: false };
    let (actor, now, address) = (asked.actor(), asked.now(), reader.address.clone());
    actions::subscriber::add(asked.store(), actor, now, address, Person::default(), &to).await.map(drop)
}

fn case(reader: &Subscriber, why: &str) -> Option<Case> {
    let why: Reason = why.parse().ok()?;
    Some(Case { address: reader.address.clone(), why })
}

/// A list that a form names, where the visitor keeps readers; of others' not even whether it is there is told.
async fn kept(asked: &Asked, path: &str) -> Result<ListPath, Error> {
    let path: ListPath = named(path)?;
    let list = store::list::by_path(&mut *asked.read().await?, &path).await?.ok_or(Error::NoPage)?;
    match asked.may_at(Permission::KeepReaders, list.publication) {
        true => Ok(path),
        false if asked.may_at(Permission::Look, list.publication) => Err(Error::NotYours),
        false => Err(Error::NoPage),
    }
}

/// What is of the person and not of one list is changed by who keeps readers of a list they are on.
async fn mine(asked: &Asked, reader: &Subscriber) -> Result<(), Error> {
    let subscribed = store::subscriber::subscriptions(&mut *asked.read().await?, &[reader.id]).await?;
    if may_keep(asked, &seen(asked, subscribed)) { Ok(()) } else { Err(Error::NotYours) }
}

async fn no_reason(asked: &Asked, reader: &Subscriber) -> Result<Response, Error> {
    let page = page(asked, reader, Some(Words::of(asked.language).no_reason), None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Back to the reader's page; a refusal stands there above what was typed.
async fn after(
    asked: &Asked,
    reader: &Subscriber,
    done: actions::Result<()>,
    typed: Option<&Person>,
) -> Result<Response, Error> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/readers/{}", reader.id)).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            // Somebody else may have been quicker: the page shows the reader as they are now.
            let reader = find(asked, &reader.id.to_string()).await?;
            let page = page(asked, &reader, Some(&spoken(&error, asked.language)), typed).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
