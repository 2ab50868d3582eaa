//! Summary: the form by which an editor lets the letters of an issue be summaries, or whole. It stands at the preview, where
//! the size of the letter is seen.

use super::{Asked, Step, named};
use crate::actions;
use crate::actions::edition::Preview;
use crate::domain::account::Permission;
use crate::domain::extent::Extent;
use crate::web::Error;
use crate::web::words::extent::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// What the letters hold, and the button that changes it; none for who may not.
pub(super) fn form(asked: &Asked, preview: &Preview) -> Markup {
    let (words, issue) = (Words::of(asked.language), &preview.issue);
    let now = issue.contents.extent.unwrap_or(preview.profile.extent);
    let (other, button) = match now {
        Extent::Full => (Extent::Summary, words.to_summary),
        Extent::Summary => (Extent::Full, words.to_full),
    };
    let has_pages = asked.pages.base_url.is_some();
    html! {
        @if asked.may_at(Permission::Edit, issue.publication) {
            form .card method="post" action={ "/issues/" (issue.id) "/extent" } {
                p { ((words.now)(now)) " " span .muted { ((words.what)(now)) } }
                @if other == Extent::Summary && !has_pages { p .muted { (words.no_page) } } @else {
                    button type="submit" name="extent" value=(other.word()) { (button) }
                }
            }
        }
    }
}

/// What the button says.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Wish {
    extent: String,
}

/// `POST /issues/{issue}/extent`
pub(in crate::web::desk) async fn set(
    asked: Asked,
    Path(issue): Path<String>,
    wish: Result<Form<Wish>, FormRejection>,
) -> Result<Response, Error> {
    let (id, wish) = (named(&issue)?, wish.map_err(|_| Error::Unreadable)?.0);
    let extent: Extent = wish.extent.parse().map_err(|_| Error::Unreadable)?;
    actions::issue::set_extent(asked.store(), asked.actor(), asked.now(), id, Some(extent)).await?;
    Ok(Redirect::to(&Step::Preview.path(id)).into_response())
}
