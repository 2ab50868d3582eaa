//! Repeated: a request with an Idempotency-Key is done once, however often it comes
//! (draft-ietf-httpapi-idempotency-key-header). It goes on also where who asked is gone, so that the next finds its answer.

use super::gate::Gate;
use crate::actions::idempotency::{self, Begun, Ending};
use crate::domain::audit::Actor;
use crate::store::Errand;
use crate::web::Error;
use crate::web::desk::guard::Visitor;
use crate::web::error::Wrong;
use axum::body::{self, Body, Bytes};
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The header, as the draft names it.
const KEY: &str = "idempotency-key";

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The most characters of a key.
const LONGEST: usize = 255;

/// Answers a request, or again what was answered to the first with its key.
pub(super) async fn once(gate: &Gate, request: Request, next: Next) -> Result<Response, Error> {
    let Some(key) = key(&request)? else { return Ok(next.run(request).await) };
    let pages = gate.door.pages.clone();
    let visitor = request.extensions().get::<Visitor>().cloned();
    let (mut visitor, errand) = visitor.and_then(|who| who.errand.map(|errand| (who, errand))).ok_or(Error::NoPage)?;
    let (mut parts, body) = request.into_parts();
    let bytes = body::to_bytes(body, gate.most).await.map_err(|_| super::body::too_large(gate.most))?;
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let fingerprint = fingerprint(target, &parts.headers, &bytes);
    let (actor, now) = (Actor::Account(visitor.account.id), pages.clock.now());
    let asked = (key.as_str(), fingerprint);
    let row = match idempotency::begin(&pages.store, actor.clone(), now, errand.token, asked).await? {
        Begun::New(row) => row,
        Begun::Answered(code, body) => return Ok(replayed(code, body)),
        other => return unanswered(other),
    };
    visitor.errand = Some(Errand { request: Some(row), ..errand });
    parts.extensions.insert(visitor);
    let request = Request::from_parts(parts, Body::from(bytes));
    let answered = tokio::spawn(async move {
        let response = next.run(request).await;
        let (parts, body) = response.into_parts();
        let body = body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&body);
        let ending = match parts.status {
            code if code.is_success() => Ending::Done(code.as_u16(), &text),
            code if code.is_server_error() => Ending::Broken,
            _ => Ending::Refused,
        };
        // What cannot be kept is told apart when it is asked again: it was done.
        if let Err(error) = idempotency::end(&pages.store, actor, pages.clock.now(), row, ending).await {
            tracing::warn!("the answer to a request was not kept: {error}");
        }
        Response::from_parts(parts, Body::from(body))
    });
    answered.await.map_err(|_| Error::Broken)
}

/// The key of a request that does something: a string of structured fields (RFC 8941 §3.3.3), or bare.
fn key(request: &Request) -> Result<Option<String>, Error> {
    let mut said = request.headers().get_all(KEY).iter();
    let Some(only) = said.next().filter(|_| *request.method() == Method::POST) else { return Ok(None) };
    let text = only.to_str().ok().map(str::trim).filter(|_| said.next().is_none());
    let bare = text.map(|text| text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text));
    let is_key = |key: &&str| {
        (1..=LONGEST).contains(&key.len()) && key.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\')
    };
    bare.filter(is_key).map(|key| Some(key.to_owned())).ok_or_else(|| {
        let next = "Send one key of 1 to 255 visible ASCII characters, such as a UUID in double quotes.";
        Wrong::told(StatusCode::BAD_REQUEST, "idempotency-key", "The Idempotency-Key cannot be read.", next)
    })
}

/// What makes two requests the same.
fn fingerprint(target: &str, headers: &HeaderMap, body: &Bytes) -> [u8; 32] {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let boundary = boundary(kind);
    let kind = if boundary.is_some() { MULTIPART.as_bytes() } else { kind };
    let mut sha = Sha256::new();
    for part in [target.as_bytes(), kind].into_iter().chain(between(body, boundary.as_deref())) {
        sha.update(part.len().to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

/// The media type of a form with files; programs draw another boundary for it each time.
const MULTIPART: &str = "multipart/form-data";

/// What parts the pieces of such a form (RFC 2046 §5.1.1).
fn boundary(kind: &[u8]) -> Option<Vec<u8>> {
    let (media, parameters) = std::str::from_utf8(kind).ok()?.split_once(';')?;
    let of = |parameter: &str| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| format!("--{}", value.trim_matches('"')).into_bytes())
    };
    media.trim().eq_ignore_ascii_case(MULTIPART).then(|| parameters.split(';').find_map(of)).flatten()
}

/// The pieces of a body between its boundaries; one where there are none.
fn between<'a>(body: &'a [u8], boundary: Option<&[u8]>) -> Vec<&'a [u8]> {
    let (mut pieces, mut rest) = (Vec::new(), body);
    while let Some(boundary) = boundary
        && let Some(at) = rest.windows(boundary.len()).position(|window| window == boundary)
    {
        pieces.push(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    pieces.push(rest);
    pieces
}

fn replayed(code: u16, body: String) -> Response {
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    (code, [(header::CONTENT_TYPE, "application/json"), (REPLAYED, "true")], body).into_response()
}

fn unanswered(begun: Begun) -> Result<Response, Error> {
    let (code, kind, detail, next, wait) = match begun {
        Begun::Running(wait) => (
            StatusCode::CONFLICT,
            "running",
            "The first request with this Idempotency-Key is not answered yet.",
            "Repeat it in a moment.",
            Some(wait.min(Duration::from_secs(2))),
        ),
        Begun::Another => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-used",
            "This Idempotency-Key was used for another request.",
            "Draw a new key for each request that is not a repetition.",
            None,
        ),
        Begun::Lost | Begun::New(_) | Begun::Answered(..) => (
            StatusCode::CONFLICT,
            "answer-lost",
            "The first request with this Idempotency-Key was carried out, but its answer was lost.",
            "Look at what it asked for with a GET; do not send it under another key before.",
            None,
        ),
    };
    let mut response = Wrong::told(code, kind, detail, next).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print_of(kind: &str, body: &str) -> [u8; 32] {
        let headers = [(header::CONTENT_TYPE, kind.parse().unwrap())].into_iter().collect();
        fingerprint("/a", &headers, &Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn a_form_is_the_same_whatever_its_boundary_and_other_where_its_pieces_are() {
        let form = |boundary: &str, said: &str| {
            let kind = format!("multipart/form-data; boundary={boundary}");
            let boundary = boundary.trim_matches('"');
            print_of(&kind, &format!("--{boundary}\r\n\r\n{said}\r\n--{boundary}--\r\n"))
        };
        assert_eq!(form("aaa", "one"), form("\"b-b\"", "one"));
        assert_ne!(form("aaa", "one"), form("aaa", "two"));
        assert_ne!(print_of("text/plain", "one"), print_of("text/csv", "one"));
        assert_ne!(print_of("text/plain", "--aaa"), print_of("text/plain", "--bbb"));
    }
}
