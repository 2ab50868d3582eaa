//! Asset: the one style sheet and the one script, under names that change with their contents, so that
//! a browser may keep them for ever and still never show a page with yesterday's.

use super::error::Error;
use crate::domain::document::Digest;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// A file that pages refer to.
pub(super) struct Asset {
    /// Its path on this site.
    pub(super) path: String,
    kind: &'static str,
    text: &'static str,
}

const STYLES: &str = concat!(
    include_str!("asset/style.css"),
    include_str!("asset/style/issue.css"),
    include_str!("asset/style/preview.css"),
    include_str!("asset/style/approval.css"),
    include_str!("asset/style/readers.css"),
    include_str!("asset/style/dispatch.css"),
    include_str!("asset/style/press.css"),
);

const SCRIPTS: &str = concat!(
    include_str!("asset/live.js"),
    include_str!("asset/script/review.js"),
    include_str!("asset/script/dispatch.js"),
    include_str!("asset/script/press.js"),
);

/// How every page looks.
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", STYLES));

/// Keeps the pieces of a page that change up to date.
pub(super) static LIVE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("live", "js", "text/javascript; charset=utf-8", SCRIPTS));

const FOR_EVER: &str = "public, max-age=31536000, immutable";

impl Asset {
    fn new(stem: &str, end: &str, kind: &'static str, text: &'static str) -> Self {
        let digest = Digest::of(text.as_bytes()).to_string();
        Self { path: format!("/assets/{stem}.{}.{end}", &digest[..12]), kind, text }
    }
}

/// `GET /assets/{name}`
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Error> {
    let path = format!("/assets/{name}");
    let asset = [&STYLE, &LIVE].into_iter().find(|asset| asset.path == path).ok_or(Error::NoPage)?;
    Ok(([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, FOR_EVER)], asset.text).into_response())
}
