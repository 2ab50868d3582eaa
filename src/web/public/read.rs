//! Read: the page of a letter, for whoever cannot read it well where it came, or got a summary. It shows the edition that
//! was mailed, whole, also to those who have left since. Such a page is passed on, so it has no power and names nobody: the address is
//! masked, and the footer leads to a page that tells where to leave (docs/decisions/0014).

use super::super::{Error, Pages, carried};
use super::addressee;
use crate::compose;
use crate::domain::edition::Edition;
use crate::domain::link::Use;
use crate::domain::picture::Picture;
use crate::store::{self, delivery::Addressee};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

/// A letter has its styles in itself, and nothing else: no script, no picture, no form, no request to anyone.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The same with the pictures of the letter, which come from here.
const WITH_PICTURES: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Where the footer leads, seen from the page.
const LEAVE: &str = "../leave";

/// `GET /read/{token}`
pub(crate) async fn show(State(pages): State<Pages>, Path(token): Path<String>) -> Result<Response, Error> {
    let (reader, edition) = letter(&pages, &token).await?;
    let print = edition.print.whole();
    let html = compose::html_as_page(print, &reader.address, LEAVE);
    let html = compose::with_sources(&html, print, |picture| format!("{token}/pictures/{}", picture.digest));
    let policy = if print.pictures.is_empty() { POLICY } else { WITH_PICTURES };
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response())
}

/// `GET /read/{token}/pictures/{picture}`: a picture of that letter; none that is in other letters only.
pub(crate) async fn picture(
    State(pages): State<Pages>,
    Path((token, picture)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (_, edition) = letter(&pages, &token).await?;
    let is_asked = |known: &&Picture| known.digest.to_string() == picture;
    let picture = edition.print.whole().pictures.iter().find(is_asked).ok_or(Error::NoPage)?;
    carried::picture(&pages, picture).await
}

async fn letter(pages: &Pages, token: &str) -> Result<(Addressee, Edition), Error> {
    let reader = addressee(&pages.store, Use::Read, token).await?.ok_or(Error::NoPage)?;
    let edition = store::edition::find(&mut *pages.store.read().await?, reader.edition).await?;
    Ok((reader, edition.ok_or(store::Error::Unreadable("edition"))?))
}
