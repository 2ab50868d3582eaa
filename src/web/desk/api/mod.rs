//! The API: what programs do for an account, by a token that its owner made. Its routes stand in one table ([`route`]),
//! from which they are served, guarded and described. It says what the command line says with `--json`
//! (`web/contract`). Approving is a person's: no token may.

mod body;
mod deliveries;
mod description;
mod dispatches;
mod gate;
mod issues;
mod page;
mod problem;
mod publications;
mod readers;
mod repeated;
mod route;
mod schema;

pub(super) use gate::{Gate, admit};
pub(super) use page::page;
pub(in crate::web) use problem::problem;
pub(super) use route::Route;

use super::named;
use super::rooms::Rooms;
use crate::web::{Error, Pages};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Where it is; the next that is not the same to programs has another number.
const ROOT: &str = "/api/v1";

/// Whether a path is the API's: then errors are told in JSON.
pub(in crate::web) fn is_program(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Its routes.
pub(super) fn routes(rooms: Rooms) -> Rooms {
    route::ROUTES.iter().fold(rooms, Rooms::route)
}

/// `GET /api/v1/openapi.json`: open to everyone, for it tells nothing of this house.
pub(super) async fn openapi(State(pages): State<Pages>) -> Response {
    json(axum::http::StatusCode::OK, &description::document(pages.base_url.as_deref()))
}

/// What a route answers.
type Answer = Result<Response, Error>;

/// An answer of 200.
fn ok(value: &Value) -> Answer {
    Ok(json(axum::http::StatusCode::OK, value))
}

/// An answer of 201, or of 200 where the thing was there already.
fn made(is_new: bool, value: &Value) -> Answer {
    let code = if is_new { axum::http::StatusCode::CREATED } else { axum::http::StatusCode::OK };
    Ok(json(code, value))
}

fn json(code: axum::http::StatusCode, value: &Value) -> Response {
    (code, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
