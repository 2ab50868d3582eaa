//! Sessions and invitations, as rows: what secrets open. Only their digests are here.

use super::{Connection, Result, Writing};
use crate::domain::id::{AccountId, SessionId};
use crate::domain::moment::Moment;

/// A browser in which somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Who.
    pub account: AccountId,
    /// What the browser calls itself.
    pub device: String,
    /// Since when.
    pub begun_at: Moment,
    /// Until when.
    pub ends_at: Moment,
}

/// The session that a secret with this digest opens now; none where its account is closed.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn open(conn: &mut Connection, digest: [u8; 32], now: Moment) -> Result<Option<Session>> {
    let digest = digest.as_slice();
    let row = sqlx::query!(
        r#"SELECT s.id AS "id!: i64", s.account_id, s.device, s.begun_at, s.ends_at
           FROM session AS s JOIN account AS a ON a.id = s.account_id
           WHERE s.digest = ? AND s.ends_at > ? AND a.closed_at IS NULL"#,
        digest,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Session {
        id: row.id.into(),
        account: row.account_id.into(),
        device: row.device,
        begun_at: Moment(row.begun_at),
        ends_at: Moment(row.ends_at),
    }))
}

/// An account's sessions that go on, the latest first.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn of(conn: &mut Connection, account: AccountId, now: Moment) -> Result<Vec<Session>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", device, begun_at, ends_at FROM session
           WHERE account_id = ? AND ends_at > ? ORDER BY id DESC"#,
        account.0,
        now.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: row.id.into(),
            account,
            device: row.device,
            begun_at: Moment(row.begun_at),
            ends_at: Moment(row.ends_at),
        })
        .collect())
}

/// Begins one; those that have run out go.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn insert(
    writing: &mut Writing,
    account: AccountId,
    digest: [u8; 32],
    device: &str,
    ends_at: Moment,
) -> Result<SessionId> {
    let (digest, now) = (digest.as_slice(), writing.now.0);
    sqlx::query!("DELETE FROM session WHERE ends_at <= ?", now).execute(&mut **writing).await?;
    let id = sqlx::query!(
        "INSERT INTO session (account_id, digest, device, begun_at, ends_at) VALUES (?, ?, ?, ?, ?)",
        account.0,
        digest,
        device,
        now,
        ends_at.0
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Ends one of an account's sessions; whether there was one.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn end(writing: &mut Writing, account: AccountId, id: SessionId) -> Result<bool> {
    let done = sqlx::query!("DELETE FROM session WHERE id = ? AND account_id = ?", id.0, account.0)
        .execute(&mut **writing)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends all of an account's sessions, but for one that is named.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn end_all(writing: &mut Writing, account: AccountId, but: Option<SessionId>) -> Result<()> {
    let but = but.map(|id| id.0);
    sqlx::query!("DELETE FROM session WHERE account_id = ? AND id IS NOT ?", account.0, but)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Ends every session, invitation, token and link to choose a password, of all accounts. How many tokens there were.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn end_every_way_in(writing: &mut Writing) -> Result<u64> {
    sqlx::query!("DELETE FROM session").execute(&mut **writing).await?;
    sqlx::query!("DELETE FROM invitation").execute(&mut **writing).await?;
    sqlx::query!("UPDATE account SET reset_id = NULL, reset_digest = NULL").execute(&mut **writing).await?;
    Ok(sqlx::query!("DELETE FROM token").execute(&mut **writing).await?.rows_affected())
}

/// Whom an invitation lets choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Whose; none makes the first account.
    pub account: Option<AccountId>,
}

/// The invitation with this digest, if it can still be taken up.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn invitation(conn: &mut Connection, digest: [u8; 32], now: Moment) -> Result<Option<Invitation>> {
    let digest = digest.as_slice();
    let row = sqlx::query!(
        r#"SELECT i.account_id FROM invitation AS i LEFT JOIN account AS a ON a.id = i.account_id
           WHERE i.digest = ? AND i.ends_at > ? AND a.closed_at IS NULL"#,
        digest,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Invitation { account: row.account_id.map(AccountId) }))
}

/// Invites; an earlier invitation of the same account ends, and so do all that have run out.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn invite(
    writing: &mut Writing,
    account: Option<AccountId>,
    digest: [u8; 32],
    ends_at: Moment,
) -> Result<()> {
    withdraw(writing, account).await?;
    let (account, digest) = (account.map(|id| id.0), digest.as_slice());
    sqlx::query!("INSERT INTO invitation (digest, account_id, ends_at) VALUES (?, ?, ?)", digest, account, ends_at.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Ends the invitation of an account (or the one for the first of all), and all that have run out.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn withdraw(writing: &mut Writing, account: Option<AccountId>) -> Result<()> {
    let (account, now) = (account.map(|id| id.0), writing.now.0);
    sqlx::query!("DELETE FROM invitation WHERE account_id IS ? OR ends_at <= ?", account, now)
        .execute(&mut **writing)
        .await?;
    Ok(())
}
