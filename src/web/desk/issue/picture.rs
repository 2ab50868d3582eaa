//! Picture: a picture of an issue, for the pages on which it is reviewed and edited.

use super::{Asked, find};
use crate::domain::id::IssueId;
use crate::domain::picture::Picture;
use crate::web::{Error, carried};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

/// `GET /issues/{issue}/pictures/{picture}`: by its digest, and only where the issue shows it now.
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path((issue, picture)): Path<(String, String)>,
) -> Result<Response, Error> {
    let issue = find(&asked, &issue).await?;
    let found = issue.contents.pictures().into_iter().find(|known| known.digest.to_string() == picture);
    carried::picture(&asked.pages, &found.ok_or(Error::NoPage)?).await
}

/// A picture on a page of the desk.
pub(in crate::web::desk::issue) fn shown(issue: IssueId, picture: &Picture, alt: &str) -> Markup {
    let Picture { digest, width, height, .. } = picture;
    html! { img .picture src={ "/issues/" (issue) "/pictures/" (digest) } alt=(alt) width=(width) height=(height) loading="lazy"; }
}
