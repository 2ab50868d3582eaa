//! Idempotency: requests that a program may repeat, as rows (draft-ietf-httpapi-idempotency-key-header). That a request
//! has acted is written by the transaction that acts ([`super::Writing::commit`]), whichever verb it is; its answer
//! after that.

use super::{Connection, Error, Result, Writing};
use crate::domain::id::TokenId;
use crate::domain::moment::Moment;

/// For which program something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// By which token.
    pub token: TokenId,
    /// The request's row, where it may be repeated.
    pub request: Option<i64>,
}

/// A request as it was made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its row.
    pub id: i64,
    /// What was asked.
    pub fingerprint: Vec<u8>,
    /// When it began.
    pub begun_at: Moment,
    /// Whether what it asks for was done.
    pub acted: bool,
    /// What was answered: code and body.
    pub answer: Option<(u16, String)>,
}

/// The request that a token made with this key.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn find(conn: &mut Connection, token: TokenId, key: &str) -> Result<Option<Known>> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!: i64", fingerprint, begun_at, acted AS "acted: bool", code AS "code: u16", answer
           FROM idempotency WHERE token_id = ? AND key = ?"#,
        token.0,
        key
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Known {
        id: row.id,
        fingerprint: row.fingerprint,
        begun_at: Moment(row.begun_at),
        acted: row.acted,
        answer: row.code.zip(row.answer),
    }))
}

/// Begins one; its row.
///
/// # Errors
/// [`super::Error::Constraint`] when the key is taken.
pub async fn insert(writing: &mut Writing, token: TokenId, key: &str, fingerprint: [u8; 32]) -> Result<i64> {
    let (fingerprint, now) = (fingerprint.as_slice(), writing.now.0);
    let done = sqlx::query!(
        "INSERT INTO idempotency (token_id, key, fingerprint, begun_at) VALUES (?, ?, ?, ?)",
        token.0,
        key,
        fingerprint,
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Notes, in the transaction that acts, that a request has acted. Where its row is gone, nothing is to be done by it.
pub(super) async fn act(writing: &mut Writing, request: i64) -> Result<()> {
    let done = sqlx::query!("UPDATE idempotency SET acted = 1 WHERE id = ?", request).execute(&mut **writing).await?;
    if done.rows_affected() != 1 {
        return Err(Error::Constraint("the request was begun anew meanwhile, or its token was ended".into()));
    }
    Ok(())
}

/// Keeps what was answered.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn answer(writing: &mut Writing, request: i64, code: u16, body: &str) -> Result<()> {
    sqlx::query!("UPDATE idempotency SET code = ?, answer = ? WHERE id = ?", code, body, request)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Lets one go, so that its key may be used again.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn forget(writing: &mut Writing, request: i64) -> Result<()> {
    sqlx::query!("DELETE FROM idempotency WHERE id = ?", request).execute(&mut **writing).await?;
    Ok(())
}

/// Lets one go that has not acted; one that has stays, and is told so.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn forget_idle(writing: &mut Writing, request: i64) -> Result<()> {
    sqlx::query!("DELETE FROM idempotency WHERE id = ? AND acted = 0", request).execute(&mut **writing).await?;
    Ok(())
}

/// Lets those go that began before a moment.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn prune(writing: &mut Writing, before: Moment) -> Result<()> {
    sqlx::query!("DELETE FROM idempotency WHERE begun_at < ?", before.0).execute(&mut **writing).await?;
    Ok(())
}
