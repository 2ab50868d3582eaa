//! Take in: a manuscript comes to its publication, as a file or as pasted text, and becomes an issue. What cannot be read is
//! said on the page, in a sentence, with what was pasted kept.

use super::{Asked, named, publication};
use crate::actions;
use crate::domain::id::IssueId;
use crate::domain::publication::Slug;
use crate::intake::document::{LARGEST as LARGEST_DOCUMENT, Refusal};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::words::review::Words;
use axum::extract::Path;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// The most bytes of the form: a document that is somewhat too large is still read, so that it can be told by how much one
/// may be.
pub(super) const LARGEST: usize = LARGEST_DOCUMENT + LARGEST_DOCUMENT / 4;

/// What somebody brought.
#[derive(Default)]
pub(super) struct Brought {
    name: String,
    bytes: Vec<u8>,
    /// The text that was pasted.
    pub(super) pasted: String,
    /// The same as a page, where it came from a word processor or from WeChat.
    page: String,
}

/// Why it was not taken in, with the text that was pasted.
pub(super) struct Refused {
    pub(super) pasted: String,
    pub(super) why: String,
}

/// `POST /publications/{publication}`
pub(super) async fn take_in(
    asked: Asked,
    Path(slug): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    let brought = match read(form.map_err(|_| Error::Unreadable)?).await {
        Ok(brought) => brought,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let why = spoken(&actions::Error::Document(Refusal::TooLarge), asked.language);
            return refuse(&asked, &slug, Refused { pasted: String::new(), why }).await;
        }
        Err(_) => return Err(Error::Unreadable),
    };
    match keep(&asked, &slug, &brought).await {
        Ok((issue, known)) => {
            let known = if known { "?known=1" } else { "" };
            Ok(Redirect::to(&format!("/issues/{issue}{known}")).into_response())
        }
        Err(error @ (actions::Error::Document(_) | actions::Error::Refused(_))) => {
            let why = spoken(&error, asked.language);
            refuse(&asked, &slug, Refused { pasted: brought.pasted, why }).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn keep(asked: &Asked, slug: &str, brought: &Brought) -> actions::Result<(IssueId, bool)> {
    let slug: Slug = named(slug).map_err(|_| actions::Error::Unknown {
        noun: "publication",
        name: slug.to_owned(),
        next: "`yizhan publication list` shows them",
    })?;
    let (name, bytes) = brought.document(Words::of(asked.language));
    let taken = actions::document::take_in(asked.store(), asked.actor(), asked.now(), &slug, name, bytes).await?;
    Ok((taken.issue, taken.known))
}

impl Brought {
    /// What was brought, as a file with its name. A file counts before what was pasted.
    pub(super) fn document(&self, words: &Words) -> (&str, &[u8]) {
        if !self.bytes.is_empty() {
            (&self.name, &self.bytes)
        } else if self.page.trim().is_empty() || self.pasted.trim().is_empty() {
            (words.pasted, self.pasted.as_bytes())
        } else {
            (words.pasted_page, self.page.as_bytes())
        }
    }
}

/// Reads the form.
pub(super) async fn read(mut form: Multipart) -> Result<Brought, MultipartError> {
    let mut brought = Brought::default();
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("document") => {
                brought.name = field.file_name().map(bare).unwrap_or_default();
                brought.bytes = field.bytes().await?.to_vec();
            }
            Some("text") => brought.pasted = field.text().await?,
            Some("page") => brought.page = field.text().await?,
            _ => {}
        }
    }
    Ok(brought)
}

/// A file's name without the folders that some browsers put before it.
fn bare(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(200).collect()
}

async fn refuse(asked: &Asked, slug: &str, refused: Refused) -> Result<Response, Error> {
    let page = publication::page(asked, slug, None, Some(&refused)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The form: a file, or text; `to` is where it goes, and what its button says.
pub(super) fn form(words: &Words, (to, says): (&str, &str), refused: Option<&Refused>) -> Markup {
    let pasted = refused.map(|refused| refused.pasted.as_str()).unwrap_or_default();
    html! {
        form .take-in.card method="post" action=(to) enctype="multipart/form-data" {
            @if let Some(refused) = refused { p .refusal role="alert" { (refused.why) } }
            div .drop data-drop {
                p { (words.drop) }
                label .button { (words.choose) input .unseen type="file" name="document" accept=".docx,.pdf,.txt,.md,.markdown,.html,.htm,text/plain,text/markdown,text/html"; }
                p .chosen aria-live="polite" {}
                p .muted { (words.kinds) }
            }
            details open[!pasted.is_empty()] {
                summary { (words.or_paste) }
                textarea name="text" rows="8" aria-label=(words.paste) placeholder=(words.paste) { (pasted) }
                input type="hidden" name="page";
            }
            button .primary type="submit" { (says) }
        }
    }
}
