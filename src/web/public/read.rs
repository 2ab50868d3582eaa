//! Read: the page of a letter, for whoever cannot read it well where it came. It shows the edition that was mailed,
//! also to those who have left since. Such a page is passed on, so it has no power and names nobody: the address is
//! masked, and the footer leads to a page that tells where to leave (docs/decisions/0014).

use super::super::{Error, Pages};
use super::addressee;
use crate::compose;
use crate::domain::link::Use;
use crate::store;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

/// A letter has its styles in itself, and nothing else: no script, no picture, no form, no request to anyone.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Where the footer leads, seen from the page.
const LEAVE: &str = "../leave";

/// `GET /read/{token}`
pub(crate) async fn show(State(pages): State<Pages>, Path(token): Path<String>) -> Result<Response, Error> {
    let reader = addressee(&pages.store, Use::Read, &token).await?.ok_or(Error::NoPage)?;
    let edition = store::edition::find(&mut *pages.store.read().await?, reader.edition).await?;
    let edition = edition.ok_or(store::Error::Unreadable("edition"))?;
    let html = compose::html_as_page(&edition.print, &reader.address, LEAVE);
    Ok(([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response())
}
