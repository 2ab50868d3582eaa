//! Answer: what every answer of ours has in common: the page of an error in the asker's language, and
//! headers that keep a page from loading, leaking or lingering anywhere.

use super::desk;
use super::error::Error;
use super::public;
use crate::domain::language::Language;
use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::sync::Arc;

/// For every page of ours: nothing from elsewhere, no inline script or style, framed by nobody. The
/// one connection is a page's own script asking for the page again.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What an answer carries unless its handler said otherwise. A leave link's token must not travel on
/// in a Referer, and no page may stay in a shared computer's cache.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // For browsers that do not know frame-ancestors; a preview frames its own letter.
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "accept-language"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// Lets the handlers answer, then completes what they gave.
pub(super) async fn complete(language: Language, request: Request, next: Next) -> Response {
    let is_program = desk::is_program(request.uri().path());
    let is_letters = public::is_linked(request.uri().path());
    let mut response = next.run(request).await;
    let refused = response.extensions_mut().remove::<Arc<Error>>();
    // The one refusal that is not ours: a path that is no text, which names nothing.
    let unnamed = response.status() == StatusCode::BAD_REQUEST;
    if let Some(error) = refused.or_else(|| unnamed.then(|| Arc::new(Error::NoPage))) {
        // RFC 9110 §15.5.6: a 405 says what is allowed; and who is to wait is told for how long.
        let kept = [header::ALLOW, header::RETRY_AFTER].map(|name| (response.headers_mut().remove(&name), name));
        response = if is_program { desk::problem(&error) } else { error.page(language, is_letters) };
        for (value, name) in kept {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Wished(wished) = Wished::from_request_parts(parts, state).await?;
        Ok(wished.unwrap_or(Self::English))
    }
}

/// The language that whoever asks likes best; none where they like neither of ours, or do not say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wished(pub(super) Option<Language>);

impl<S: Sync> FromRequestParts<S> for Wished {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let wished = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(preferred(wished.unwrap_or_default())))
    }
}

/// The language of ours that an `Accept-Language` (RFC 9110 §12.5.4) likes best, if it likes one.
fn preferred(wished: &str) -> Option<Language> {
    let mut best = (0.0, None);
    for entry in wished.split(',') {
        let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0);
        let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let language = match primary.as_str() {
            "zh" => Language::Chinese,
            "en" => Language::English,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, Some(language));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_reader_likes_best_is_spoken() {
        for (wished, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Chinese)),
            ("zh", Some(Language::Chinese)),
            ("ZH-hant-TW", Some(Language::Chinese)),
            ("en;q=0.9, zh;q=0.8", Some(Language::English)),
            ("en;q=0.2, zh-CN;q=0.8", Some(Language::Chinese)),
            ("fr, zh;q=0.3", Some(Language::Chinese)),
            ("fr-FR", None),
            ("zh;q=0", None),
            ("zh;q=much", None),
            ("", None),
        ] {
            assert_eq!(preferred(wished), language, "{wished:?}");
        }
    }
}
