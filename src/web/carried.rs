//! Carried: what issues and letters carry, as answers: the bytes of a picture or of an attachment. Its rooms say who may
//! have it.

use super::{Error, Pages};
use crate::domain::attachment::Attachment;
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

/// An attachment's bytes, to be saved and never shown: what they are is somebody else's word (RFC 6266).
pub(super) async fn attachment(pages: &Pages, file: &Attachment) -> Result<Response, Error> {
    let bytes = store::asset::find(&mut *pages.store.read().await?, file.digest).await?;
    let bytes = bytes.ok_or(store::Error::Unreadable("attachment"))?;
    let name: String = file.name.as_str().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    let kind = "application/octet-stream".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}
