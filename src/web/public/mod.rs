//! Pages for readers, mounted wherever the station serves.

mod leave;

use super::Pages;
use axum::Router;
use axum::routing::get;

/// Their routes.
pub(super) fn routes() -> Router<Pages> {
    Router::new().route("/leave/{token}", get(leave::ask).post(leave::leave))
}
