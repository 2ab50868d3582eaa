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
    text: String,
}

const STYLES: &[&str] = &[
    include_str!("asset/style.css"),
    include_str!("asset/style/issue.css"),
    include_str!("asset/style/edit.css"),
    include_str!("asset/style/attachments.css"),
    include_str!("asset/style/preview.css"),
    include_str!("asset/style/approval.css"),
    include_str!("asset/style/readers.css"),
    include_str!("asset/style/groups.css"),
    include_str!("asset/style/dispatch.css"),
    include_str!("asset/style/api.css"),
    include_str!("asset/style/press.css"),
    include_str!("asset/style/home.css"),
    include_str!("asset/style/reimport.css"),
];

const SCRIPTS: &[&str] = &[
    include_str!("asset/live.js"),
    include_str!("asset/script/review.js"),
    include_str!("asset/script/edit.js"),
    include_str!("asset/script/dispatch.js"),
    include_str!("asset/script/press.js"),
];

/// How every page looks.
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", STYLES));

/// Keeps the pieces of a page that change up to date.
pub(super) static LIVE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("live", "js", "text/javascript; charset=utf-8", SCRIPTS));

const FOR_EVER: &str = "public, max-age=31536000, immutable";

impl Asset {
    fn new(stem: &str, end: &str, kind: &'static str, pieces: &[&str]) -> Self {
        let text = pieces.concat();
        let digest = Digest::of(text.as_bytes()).to_string();
        Self { path: format!("/assets/{stem}.{}.{end}", &digest[..12]), kind, text }
    }
}

/// `GET /assets/{name}`
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Error> {
    let path = format!("/assets/{name}");
    let asset = [&STYLE, &LIVE].into_iter().find(|asset| asset.path == path).ok_or(Error::NoPage)?;
    Ok(([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, FOR_EVER)], asset.text.as_str()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Rooms share one style sheet: a class that two of them style by its name alone would change in both.
    #[test]
    fn no_class_is_styled_by_its_name_alone_in_two_files() {
        let mut homes: HashMap<&str, usize> = HashMap::new();
        let mut shared = Vec::new();
        for (file, text) in STYLES.iter().enumerate() {
            let screen = text.split("@media print").next().unwrap_or_default();
            let selectors = screen.split('{').flat_map(|rule| rule.rsplit('}').next().unwrap_or_default().split(','));
            // What stands before a selector on lines of their own, if anything, is a comment.
            let last_lines = selectors.map(|one| one.rsplit('\n').next().unwrap_or_default().trim());
            // `dl.facts` is said of `.facts` too.
            let bare = |one: &'static str| one.trim_start_matches(|c: char| c.is_ascii_lowercase()).strip_prefix('.');
            for class in last_lines.filter_map(bare) {
                let alone = class.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                if alone && *homes.entry(class).or_insert(file) != file {
                    shared.push(class);
                }
            }
        }
        assert!(homes.len() > 100 && homes.values().any(|file| *file > 3), "the style sheet is read wrongly");
        assert_eq!(shared, Vec::<&str>::new());
    }
}
