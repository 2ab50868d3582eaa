//! Bytes kept once by their digest. They are only ever added.

use super::{Connection, Result, Writing};
use crate::domain::asset::Assets;
use crate::domain::document::Digest;

/// Keeps bytes, where they are not there yet.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn keep(writing: &mut Writing, bytes: &[u8]) -> Result<Digest> {
    let digest = Digest::of(bytes);
    let name = digest.0.as_slice();
    sqlx::query!("INSERT INTO asset (digest, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING", name, bytes)
        .execute(&mut **writing)
        .await?;
    Ok(digest)
}

/// The bytes with this digest.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn find(conn: &mut Connection, digest: Digest) -> Result<Option<Vec<u8>>> {
    let digest = digest.0.as_slice();
    Ok(sqlx::query_scalar!("SELECT bytes FROM asset WHERE digest = ?", digest).fetch_optional(conn).await?)
}

/// The bytes with these digests, as far as they are there.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn all(conn: &mut Connection, digests: &[Digest]) -> Result<Assets> {
    let mut assets = Assets::default();
    for digest in digests {
        if let Some(bytes) = find(&mut *conn, *digest).await? {
            assets.keep(bytes);
        }
    }
    Ok(assets)
}
