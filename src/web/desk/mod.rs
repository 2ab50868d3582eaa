//! The desk: how dispatches stand, their delivery log, and the letters that the built-in mailbox
//! keeps. It only shows. There are no accounts yet, so it is mounted for the demo alone.

mod delivery;
mod dispatch;
mod folder;
mod letter;
mod mailbox;
mod tally;

use super::{Error, Pages};
use axum::Router;
use axum::routing::get;
use std::str::FromStr;

/// Its routes; those of the mailbox only where there is one.
pub(super) fn routes(mailbox: bool) -> Router<Pages> {
    let desk = Router::new().route("/", get(dispatch::list)).route("/dispatches/{id}", get(dispatch::show));
    if !mailbox {
        return desk;
    }
    desk.route("/mailbox", get(mailbox::list))
        .route("/mailbox/{number}", get(letter::show))
        .route("/mailbox/{number}/html", get(letter::html))
}

/// What a path names; what cannot be read names nothing.
fn named<T: FromStr>(segment: &str) -> Result<T, Error> {
    segment.parse().map_err(|_| Error::NoPage)
}
