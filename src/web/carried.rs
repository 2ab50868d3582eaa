//! Carried: what issues and letters carry, as answers: the bytes of a picture. Its rooms say who may have it.

use super::{Error, Pages};
use crate::domain::picture::Picture;
use crate::store;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A picture's bytes. They are of a kind that runs nothing, and are named by what they are.
pub(super) async fn picture(pages: &Pages, picture: &Picture) -> Result<Response, Error> {
    let bytes = store::asset::find(&mut *pages.store.read().await?, picture.digest).await?;
    let bytes = bytes.ok_or(store::Error::Unreadable("picture"))?;
    Ok(([(header::CONTENT_TYPE, picture.medium.mime())], bytes).into_response())
}
