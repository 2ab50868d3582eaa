//! Rosters: a file is uploaded, looked at row by row ([`super::preview`]), and brought in by a yes to just that file.
//! Past imports stand below, each with its one way back.

use super::preview::{self, Shown};
use super::{Asked, Room, named, shown};
use crate::actions;
use crate::domain::document::Digest;
use crate::domain::id::ImportId;
use crate::domain::subscriber::Basis;
use crate::intake::roster::RosterRefusal;
use crate::store::{self, roster::Past};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{number, time};
use crate::web::words::readers::Words;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use data_encoding::HEXLOWER;
use maud::{Markup, html};
use serde::Deserialize;

/// The most bytes of a form with a roster: the largest one, and what stands around it.
pub(in crate::web::desk) const LARGEST: usize = crate::intake::roster::LARGEST + 64 * 1024;

/// Past imports that are shown.
const SHOWN: i64 = 30;

/// `GET /publications/{publication}/lists/{list}/import`
pub(in crate::web::desk) async fn ask(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
) -> Result<Html<String>, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    page(&asked, &room, None).await
}

async fn page(asked: &Asked, room: &Room, refused: Option<&str>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let past = store::roster::past(&mut *asked.read().await?, room.list.id, SHOWN).await?;
    let main = html! {
        (room.heading(asked))
        form .card.stack.narrow method="post" enctype="multipart/form-data" {
            h2 { (words.import) }
            @if let Some(said) = refused { p .refusal role="alert" { (said) } }
            label { span { (words.file) }
                input type="file" name="file" required accept=".xlsx,.xls,.et,.ods,.csv,.txt,.tsv,text/csv,text/plain";
                small .muted { (words.file_hint) }
            }
            button .primary type="submit" { (words.look_first) }
            p .muted { (words.nothing_yet) }
        }
        h2 { (words.past) }
        @if past.is_empty() { p .empty { (words.no_past) } } @else { (table(asked, room, &past)) }
    };
    Ok(shown(asked, words.import, &main))
}

fn table(asked: &Asked, room: &Room, past: &[Past]) -> Markup {
    let words = Words::of(asked.language);
    let zone = room.publication.profile.zone;
    html! {
        table .rows {
            thead { tr {
                th scope="col" { (words.file) }
                th scope="col" { (words.when) }
                th scope="col" .number { (words.joined) }
                th scope="col" .number { (words.updated) }
                th scope="col" { (words.basis) }
                th scope="col" { span .unseen { (words.undo) } }
            } }
            tbody { @for one in past { tr {
                td .lead { (one.name) }
                td { (time(one.at, zone)) }
                td .counted { span .inline { (words.joined) " " } (number(one.joined)) }
                td .counted { span .inline { (words.updated) " " } (number(one.changed)) }
                td { ((words.basis_of)(&one.basis)) }
                td {
                    @if let Some(undone) = one.undone_at { span .muted { (words.undone_at) " " (time(undone, zone)) } } @else {
                        details {
                            summary { (words.undo) }
                            form method="post" action={ (room.at()) "/imports/" (one.id) "/undo" } {
                                p .muted { (words.undo_note) }
                                button type="submit" { (words.undo_yes) }
                            }
                        }
                    }
                }
            } } }
        }
    }
}

/// `POST /publications/{publication}/lists/{list}/import`
pub(in crate::web::desk) async fn take(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let form = form.map_err(|_| Error::Unreadable)?;
    let said = match file(form).await {
        Err(TooMuch) => RosterRefusal::TooLarge.sentence(asked.language),
        Ok(None) => Words::of(asked.language).no_file.to_owned(),
        Ok(Some((name, bytes))) => {
            match actions::roster::keep(asked.store(), asked.actor(), asked.now(), &room.path, (&name, bytes)).await {
                Ok(digest) => return Ok(Redirect::to(&format!("{}/import/{digest}", room.at())).into_response()),
                Err(error @ actions::Error::Refused(_)) => spoken(&error, asked.language),
                Err(other) => return Err(other.into()),
            }
        }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&asked, &room, Some(&said)).await?).into_response())
}

/// More bytes than a roster may have, or an upload that broke off.
struct TooMuch;

/// The file of a form, with its name; none where none was chosen.
async fn file(mut form: Multipart) -> Result<Option<(String, Vec<u8>)>, TooMuch> {
    while let Some(field) = form.next_field().await.map_err(|_| TooMuch)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or_default().chars().take(120).collect::<String>();
            let bytes = field.bytes().await.map_err(|_| TooMuch)?.to_vec();
            return Ok((!bytes.is_empty()).then_some((name, bytes)));
        }
    }
    Ok(None)
}

fn digest(text: &str) -> Result<Digest, Error> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Digest).ok_or(Error::NoPage)
}

/// `GET /publications/{publication}/lists/{list}/import/{digest}`
pub(in crate::web::desk) async fn preview(
    asked: Asked,
    Path((publication, list, named)): Path<(String, String, String)>,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let digest = digest(&named)?;
    let shown = shown?.0;
    match actions::roster::preview(asked.store(), asked.now(), &room.path, digest).await? {
        Some(preview) => Ok(preview::page(&asked, &room, (digest, &preview), &shown)?.into_response()),
        None => {
            let said = Words::of(asked.language).is_gone;
            Ok((StatusCode::NOT_FOUND, page(&asked, &room, Some(said)).await?).into_response())
        }
    }
}

/// Why the people of a roster are on the list.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Yes {
    basis: String,
}

/// `POST /publications/{publication}/lists/{list}/import/{digest}`
pub(in crate::web::desk) async fn confirm(
    asked: Asked,
    Path((publication, list, named)): Path<(String, String, String)>,
    typed: Result<Form<Yes>, FormRejection>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let digest = digest(&named)?;
    let basis: Basis = typed.map_err(|_| Error::Unreadable)?.0.basis.parse().map_err(|_| Error::Unreadable)?;
    match actions::roster::confirm(asked.store(), asked.actor(), asked.now(), &room.path, (digest, basis)).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/import", room.at())).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let said = spoken(&error, asked.language);
            Ok((StatusCode::CONFLICT, page(&asked, &room, Some(&said)).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /publications/{publication}/lists/{list}/imports/{import}/undo`
pub(in crate::web::desk) async fn undo(
    asked: Asked,
    Path((publication, list, import)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let import: ImportId = named(&import)?;
    match actions::roster::undo(asked.store(), asked.actor(), asked.now(), &room.path, import).await {
        Ok(_) => Ok(Redirect::to(&format!("{}/import", room.at())).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let said = spoken(&error, asked.language);
            Ok((StatusCode::CONFLICT, page(&asked, &room, Some(&said)).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
