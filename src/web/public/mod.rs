//! Pages for readers, mounted wherever the station serves. What their links open, they open by a token for that
//! use only; any other token is a page that is not there, whatever is wrong with it.

mod leave;
mod leaver;
mod read;

use super::Pages;
use crate::domain::link::Use;
use crate::store::delivery::Addressee;
use crate::store::{self, Store};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// The most bytes of a form; ours have a few dozen.
const LARGEST_FORM: usize = 8 * 1024;

/// Their routes.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/leave", get(leave::by_letter))
        .route("/leave/{token}", get(leave::ask).post(leave::leave))
        .route("/read/{token}", get(read::show))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// Whom a link was made for; none when it was not made here for this use.
async fn addressee(store: &Store, usage: Use, token: &str) -> store::Result<Option<Addressee>> {
    let mut reading = store.read().await?;
    let keyring = store::station::keyring(&mut reading).await?;
    let Some(delivery) = keyring.and_then(|keyring| keyring.open(usage, token)) else { return Ok(None) };
    store::delivery::addressee(&mut reading, delivery).await
}
