//! Attachment: the files that go with an issue's letters: listed at the end of the page of facts, added and removed there.
//! Whoever may look at the issue may open them, and nobody else.

use super::{Step, find, heading};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::attachment::{Attachment, LARGEST_TOGETHER, MOST, readable, together};
use crate::domain::id::IssueId;
use crate::domain::issue::Issue;
use crate::web::desk::{self, Asked};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place};
use crate::web::words::attachment::Words;
use crate::web::{Error, carried};
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The most bytes of the form: files that are somewhat too large are still read, to be told by how much.
pub(in crate::web::desk) const LARGEST: usize = LARGEST_TOGETHER + LARGEST_TOGETHER / 4;

/// The files of an issue, with the forms by which they come and go, and why the last one was not taken.
pub(super) fn section(asked: &Asked, issue: &Issue, why: Option<&str>) -> Markup {
    let (words, files) = (Words::of(asked.language), &issue.contents.attachments);
    let may = asked.may_at(Permission::Edit, issue.publication);
    let [all, most] = [together(files), LARGEST_TOGETHER].map(readable);
    html! {
        section .card.attachments #attachments {
            h2 { (words.title) }
            p .muted { (words.lede) }
            @if let Some(why) = why { p .refusal role="alert" { (why) } }
            @if files.is_empty() { p .empty { (words.none) } } @else {
                ol { @for file in files { li { (line(words, issue.id, file, may)) } } }
                p .muted { ((words.together)(&all, &most)) }
            }
            @if may && files.len() < MOST {
                form .stack method="post" action={ "/issues/" (issue.id) "/attachments" } enctype="multipart/form-data" {
                    label { span { (words.choose) } input type="file" name="file" multiple required; }
                    small .muted { (words.hint) }
                    button type="submit" { (words.add) }
                }
            }
        }
    }
}

fn line(words: &Words, issue: IssueId, file: &Attachment, may: bool) -> Markup {
    let name = file.name.as_str();
    html! {
        (named(&format!("/issues/{issue}"), file))
        @if may {
            form method="post" action={ "/issues/" (issue) "/attachments/remove" } {
                button .quiet type="submit" name="name" value=(name) aria-label=((words.remove)(name)) { (words.remove_short) }
            }
        }
    }
}

/// A file by its name, to be opened where it goes `with` an issue or an edition, and its size.
pub(in crate::web::desk) fn named(with: &str, file: &Attachment) -> Markup {
    html! {
        span { a href={ (with) "/attachments/" (file.digest) } { (file.name) } " "
            span .muted { (readable(file.size as usize)) } }
    }
}

/// `POST /issues/{issue}/attachments`
pub(in crate::web::desk) async fn add(
    asked: Asked,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let (issue, words) = (find(&asked, &id).await?, Words::of(asked.language));
    let files = match read(form.map_err(|_| Error::Unreadable)?).await {
        Ok(files) => files,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refuse(&asked, &id, (words.too_large)(&readable(LARGEST_TOGETHER))).await;
        }
        Err(_) => return Err(Error::Unreadable),
    };
    if files.is_empty() {
        return refuse(&asked, &id, words.nothing.to_owned()).await;
    }
    for (name, bytes) in &files {
        match actions::issue::attach(asked.store(), asked.actor(), asked.now(), issue.id, (name, bytes)).await {
            Ok(_) => {}
            Err(error @ actions::Error::Refused(_)) => {
                return refuse(&asked, &id, format!("{name}: {}", spoken(&error, asked.language))).await;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Redirect::to(&format!("/issues/{}/facts#attachments", issue.id)).into_response())
}

/// The files of the form; a field that nobody chose a file for has neither name nor bytes.
async fn read(mut form: Multipart) -> Result<Vec<(String, Vec<u8>)>, MultipartError> {
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await? {
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await?.to_vec();
        if !name.is_empty() {
            files.push((name, bytes));
        }
    }
    Ok(files)
}

/// The files as they are now, and why one was not taken.
async fn refuse(asked: &Asked, id: &str, why: String) -> Result<Response, Error> {
    let (issue, words) = (find(asked, id).await?, Words::of(asked.language));
    let main = html! {
        (heading(asked, &issue, Step::Facts).await?)
        (section(asked, &issue, Some(&why)))
        p .after { a .button href=(Step::Facts.path(issue.id)) { (words.back) } }
    };
    let around = Around { title: words.title, place: Place::Publications, live: false };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page::desk(asked, &around, &main)).into_response())
}

/// Which one.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Named {
    name: String,
}

/// `POST /issues/{issue}/attachments/remove`
pub(in crate::web::desk) async fn remove(
    asked: Asked,
    Path(id): Path<String>,
    named: Result<Form<Named>, FormRejection>,
) -> Result<Response, Error> {
    let (issue, name) = (find(&asked, &id).await?, named.map_err(|_| Error::Unreadable)?.0.name);
    actions::issue::detach(asked.store(), asked.actor(), asked.now(), issue.id, &name).await?;
    Ok(Redirect::to(&format!("/issues/{}/facts#attachments", issue.id)).into_response())
}

/// `GET /issues/{issue}/attachments/{attachment}`: by its digest, and only where it goes with the issue now.
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path((issue, attachment)): Path<(String, String)>,
) -> Result<Response, Error> {
    let issue = find(&asked, &issue).await?;
    give(&asked, &issue.contents.attachments, &attachment).await
}

/// `GET /editions/{edition}/attachments/{attachment}`: what is approved carries it, whatever the issue has now.
pub(in crate::web::desk) async fn of_edition(
    asked: Asked,
    Path((edition, attachment)): Path<(String, String)>,
) -> Result<Response, Error> {
    let edition = actions::edition::find(&mut *asked.read().await?, desk::named(&edition)?).await?;
    give(&asked, &edition.print.attachments, &attachment).await
}

async fn give(asked: &Asked, files: &[Attachment], digest: &str) -> Result<Response, Error> {
    let found = files.iter().find(|file| file.digest.to_string() == digest);
    carried::attachment(&asked.pages, found.ok_or(Error::NoPage)?).await
}
