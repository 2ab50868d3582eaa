//! Body: what a program sends, read strictly: JSON of known members only, queries of known names only, files within
//! their bounds.

use crate::web::error::Wrong;
use crate::web::{Error, Pages};
use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A JSON object. Nothing at all is an object without members.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Pages> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, pages: &Pages) -> Result<Self, Error> {
        let kind = kind(request.headers());
        let bytes =
            Bytes::from_request(request, pages).await.map_err(|_| too_large(super::super::rooms::LARGEST_FORM))?;
        if bytes.is_empty() {
            return read(b"{}");
        }
        if kind != "application/json" {
            return Err(unsupported("application/json"));
        }
        read(&bytes)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<Json<T>, Error> {
    // Serde would also read an object's members from an array.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(wrong(StatusCode::UNPROCESSABLE_ENTITY, "The body is no JSON object.".into()));
    }
    serde_json::from_slice(bytes).map(Json).map_err(|error| {
        let code = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        wrong(code, format!("The body is not what this route takes: {error}."))
    })
}

fn wrong(code: StatusCode, detail: String) -> Error {
    Wrong::told(code, "body", detail, "Mend it as /api/v1/openapi.json describes it; nothing was changed.")
}

/// A value in a body that cannot be read.
pub(super) fn unfit(name: &str, why: impl std::fmt::Display) -> Error {
    wrong(StatusCode::UNPROCESSABLE_ENTITY, format!("{name}: {why}"))
}

/// The number of a thing of ours: 1 or more.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Number(pub(super) i64);

impl TryFrom<i64> for Number {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, &'static str> {
        if number < 1 { Err("a number of ours is 1 or more") } else { Ok(Self(number)) }
    }
}

/// What stands after the `?`.
pub(super) struct Asks<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Pages> for Asks<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Pages) -> Result<Self, Error> {
        Query::try_from_uri(&parts.uri).map(|Query(said)| Self(said)).map_err(|error| {
            let next = "Mend it as /api/v1/openapi.json describes it.";
            Wrong::told(StatusCode::UNPROCESSABLE_ENTITY, "query", error.body_text(), next)
        })
    }
}

/// The most characters of a file's name.
const LONGEST_NAME: usize = 200;

/// A file, with its name: as the body itself, or as the part `file` of a form.
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl File {
    /// Reads it. `kinds` are the types that a bare body may have, each with the name it gets where `named` says none.
    pub(super) async fn read(
        request: Request,
        pages: &Pages,
        (kinds, named, most): (&[(&str, &str)], Option<String>, usize),
    ) -> Result<Self, Error> {
        let kind = kind(request.headers());
        if kind == "multipart/form-data" {
            let form = Multipart::from_request(request, pages).await;
            let form = form.map_err(|error| wrong(StatusCode::BAD_REQUEST, error.body_text()))?;
            return Self::of_form(form, most).await;
        }
        let Some((_, usual)) = kinds.iter().find(|(known, _)| *known == kind) else {
            let known: Vec<_> = kinds.iter().map(|(known, _)| *known).chain(["multipart/form-data"]).collect();
            return Err(unsupported(&known.join(", ")));
        };
        let bytes = Bytes::from_request(request, pages).await.map_err(|_| too_large(most))?;
        Ok(Self { name: bare(named.as_deref().unwrap_or(usual)), bytes: bytes.to_vec() })
    }

    async fn of_form(mut form: Multipart, most: usize) -> Result<Self, Error> {
        let torn = |error: axum::extract::multipart::MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(most),
            _ => wrong(StatusCode::BAD_REQUEST, error.body_text()),
        };
        while let Some(field) = form.next_field().await.map_err(torn)? {
            if field.name() == Some("file") {
                let name = bare(field.file_name().unwrap_or_default());
                return Ok(Self { name, bytes: field.bytes().await.map_err(torn)?.to_vec() });
            }
        }
        Err(unfit("file", "the form has no part of this name"))
    }
}

/// A file's name without folders and control characters.
fn bare(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// The media type of a body, without its parameters.
fn kind(headers: &HeaderMap) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// More bytes than a route takes.
pub(super) fn too_large(most: usize) -> Error {
    let detail = format!("The body breaks off, or has more than {most} bytes.");
    Wrong::told(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail, "Send less at once.")
}

fn unsupported(known: &str) -> Error {
    let detail = format!("This route takes a body of the type {known}.");
    Wrong::told(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail, "Say the type in Content-Type.")
}
