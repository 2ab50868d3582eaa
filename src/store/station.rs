//! The station's own row: the epoch, the key that tokens are made with, and whether it may send.

use super::{Connection, Error, Result, Writing};
use crate::domain::journal::{Mark, Seal};
use crate::domain::link::Keyring;
use crate::domain::moment::Moment;

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

/// Whether there are pages that letters can lead to, by the settings of who sends.
///
/// # Errors
/// [`Error::Broken`].
pub async fn has_pages(conn: &mut Connection) -> Result<bool> {
    let has = sqlx::query_scalar!(r#"SELECT has_pages AS "has!: bool" FROM station WHERE id = 1"#)
        .fetch_optional(conn)
        .await?;
    Ok(has.unwrap_or(false))
}

/// Notes whether there are.
///
/// # Errors
/// [`Error::Broken`].
pub async fn note_pages(writing: &mut Writing, has: bool) -> Result<()> {
    sqlx::query!("UPDATE station SET has_pages = ? WHERE id = 1", has).execute(&mut **writing).await?;
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

/// What the database says of its place, its journal, and whether it may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The last epoch.
    pub boot: i64,
    /// How far sending has come.
    pub mark: i64,
    /// The highest number that a delivery may have had, as far as it was noted.
    pub given: i64,
    /// How many bytes of the journal it knows; none where it has had none.
    pub heard: Option<u64>,
    /// Where it sends; none where it has not sent.
    pub place: Option<Seal>,
    /// Why it sends nothing, if so.
    pub held: Option<String>,
    /// When it was last backed up.
    pub backup_at: Option<Moment>,
}

/// What the station's row says; none before it is founded.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn memory(conn: &mut Connection) -> Result<Option<Memory>> {
    let row = sqlx::query!("SELECT boot, mark, given, heard, place, held, backup_at FROM station WHERE id = 1")
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        let place = row.place.map(|place| place.try_into().map(Seal).map_err(|_| Error::Unreadable("place")));
        Ok(Memory {
            boot: row.boot,
            mark: row.mark,
            given: row.given,
            heard: row.heard.map(|heard| u64::try_from(heard).unwrap_or(0)),
            place: place.transpose()?,
            held: row.held,
            backup_at: row.backup_at.map(Moment),
        })
    })
    .transpose()
}

/// Notes how far sending has come, and returns the highest number that a delivery has. The journal is told of both after
/// the commit, and only then does a letter go.
///
/// # Errors
/// [`Error::Broken`].
pub async fn mark(writing: &mut Writing, mark: i64) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"UPDATE station SET mark = ?1, heard = coalesce(heard, 0),
               given = max(given, (SELECT coalesce(max(id), 0) FROM delivery))
           WHERE id = 1 RETURNING given AS "given!: i64""#,
        mark
    )
    .fetch_one(&mut **writing)
    .await?)
}

/// From now on deliveries get numbers above `given` only; without it far above any that they have here.
///
/// # Errors
/// [`Error::Broken`].
pub async fn skip_numbers(writing: &mut Writing, given: Option<i64>) -> Result<()> {
    sqlx::query!(
        "UPDATE station SET given = max(given, coalesce(?1, (SELECT coalesce(max(id), 0) FROM delivery) + ?2)) WHERE id = 1",
        given,
        FAR
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// More letters than anybody sends between a backup and the hour when it is needed.
const FAR: i64 = 1_000_000;

/// Notes how much of the journal this database knows.
///
/// # Errors
/// [`Error::Broken`].
pub async fn heard(writing: &mut Writing, length: u64) -> Result<()> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    sqlx::query!("UPDATE station SET heard = ? WHERE id = 1", length).execute(&mut **writing).await?;
    Ok(())
}

/// Notes where the station sends.
///
/// # Errors
/// [`Error::Broken`].
pub async fn settle(writing: &mut Writing, place: Seal) -> Result<()> {
    let place = place.0.as_slice();
    sqlx::query!("UPDATE station SET place = ? WHERE id = 1", place).execute(&mut **writing).await?;
    Ok(())
}

/// From now on nothing is sent, until [`release`].
///
/// # Errors
/// [`Error::Broken`].
pub async fn hold(writing: &mut Writing, why: &str) -> Result<()> {
    sqlx::query!("UPDATE station SET held = ? WHERE id = 1", why).execute(&mut **writing).await?;
    Ok(())
}

/// Lets the station send again, as one that is not older than this mark.
///
/// # Errors
/// [`Error::Broken`].
pub async fn release(writing: &mut Writing, mark: Mark) -> Result<()> {
    sqlx::query!(
        "UPDATE station SET held = NULL, mark = max(mark, ?), boot = max(boot, ?), given = max(given, ?) WHERE id = 1",
        mark.number,
        mark.boot,
        mark.given
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Notes that a backup was made.
///
/// # Errors
/// [`Error::Broken`].
pub async fn backed_up(writing: &mut Writing) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!("UPDATE station SET backup_at = ? WHERE id = 1", now).execute(&mut **writing).await?;
    Ok(())
}
