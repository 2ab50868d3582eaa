//! The station's own row: the epoch and the key that tokens are made with.

use super::{Connection, Error, Result, Writing};
use crate::domain::link::Keyring;

/// The key, once the station has one.
///
/// # Errors
/// [`Error::Broken`].
pub async fn keyring(conn: &mut Connection) -> Result<Option<Keyring>> {
    let key = sqlx::query_scalar!("SELECT key FROM station WHERE id = 1").fetch_optional(conn).await?;
    key.map(|key| key.try_into().map(Keyring).map_err(|_| Error::Unreadable("key"))).transpose()
}

/// Gives the station its first key; one that is there stays.
///
/// # Errors
/// [`Error::Broken`].
pub async fn found(writing: &mut Writing, key: &Keyring) -> Result<()> {
    let key = key.0.as_slice();
    sqlx::query!("INSERT INTO station (id, boot, key) VALUES (1, 0, ?) ON CONFLICT DO NOTHING", key)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Raises the epoch; the new one is returned.
///
/// # Errors
/// [`Error::Broken`].
pub async fn raise_boot(writing: &mut Writing) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"UPDATE station SET boot = boot + 1 WHERE id = 1 RETURNING boot AS "boot!: i64""#)
        .fetch_one(&mut **writing)
        .await?)
}
