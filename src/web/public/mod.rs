//! Pages for readers, mounted wherever the station serves. What their links open, they open by a token for that
//! use only; any other token is a page that is not there, whatever is wrong with it.

mod leave;
mod leaver;
mod read;

use super::limits::Asker;
use super::{Error, Pages};
use crate::domain::link::Use;
use crate::store::delivery::Addressee;
use crate::store::{self, Store};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;

/// The most bytes of a form; ours have a few dozen.
const LARGEST_FORM: usize = 8 * 1024;

/// Their routes.
pub(super) fn routes(pages: &Pages) -> Router<Pages> {
    Router::new()
        .route("/leave", get(leave::by_letter))
        .route("/leave/{token}", get(leave::ask).post(leave::leave))
        .route("/read/{token}", get(read::show))
        .route("/read/{token}/pictures/{picture}", get(read::picture))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(pages.clone(), hold))
}

/// Whether a path is one of those that letters link to, to readers and to those who work here.
pub(super) fn is_linked(path: &str) -> bool {
    ["/leave", "/read", "/welcome", "/sign-in/reset"]
        .iter()
        .any(|room| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Holds back who looks at far more pages that are open to everyone than people do. Leaving itself is never held back: mail providers pass many
/// readers' clicks on from few addresses, and a link that opens nothing costs no write.
pub(super) async fn hold(
    State(pages): State<Pages>,
    Asker(asker): Asker,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        pages.limits.looks(asker, pages.clock.now()).map_err(Error::TooMany)?;
    }
    Ok(next.run(request).await)
}

/// Whom a link was made for; none when it was not made here for this use.
async fn addressee(store: &Store, usage: Use, token: &str) -> store::Result<Option<Addressee>> {
    let mut reading = store.read().await?;
    let keyring = store::station::keyring(&mut reading).await?;
    let Some(delivery) = keyring.and_then(|keyring| keyring.open(usage, token)) else { return Ok(None) };
    store::delivery::addressee(&mut reading, delivery).await
}
