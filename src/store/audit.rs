//! The audit: who did what, when. Written with the change itself, in its transaction.

use super::{Connection, Result, Writing};
use crate::domain::audit::Actor;
use crate::domain::id::SubscriberId;
use crate::domain::moment::Moment;

/// Notes one change. `detail` holds ids and numbers, never an address.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn note(
    writing: &mut Writing,
    verb: &str,
    noun: &str,
    id: Option<i64>,
    detail: Option<String>,
) -> Result<()> {
    let (at, actor) = (writing.now.0, writing.actor.to_string());
    sqlx::query!(
        "INSERT INTO audit (at, actor, verb, noun, noun_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
        at,
        actor,
        verb,
        noun,
        id,
        detail
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// One noted change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the audit.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who: `operator:NAME`, `account:ID`, `reader:ID` or `station`.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// To what kind of thing.
    pub noun: String,
    /// To which.
    pub noun_id: Option<i64>,
    /// Ids and numbers that belong to it.
    pub detail: Option<String>,
}

/// Lines on one page of the audit.
pub const PAGE: usize = 500;

/// The next page of the audit; shorter than [`PAGE`] when it is the last.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn after(conn: &mut Connection, id: i64) -> Result<Vec<Line>> {
    let at_most = PAGE as i64;
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", at, actor, verb, noun, noun_id, detail FROM audit WHERE id > ? ORDER BY id LIMIT ?"#,
        id,
        at_most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            id: row.id,
            at: Moment(row.at),
            actor: row.actor,
            verb: row.verb,
            noun: row.noun,
            noun_id: row.noun_id,
            detail: row.detail,
        })
        .collect())
}

/// What was done to one reader, the oldest first; when somebody looked at them is not in.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn of_reader(conn: &mut Connection, reader: SubscriberId) -> Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", at, actor, verb, noun, noun_id, detail FROM audit
           WHERE noun = 'subscriber' AND noun_id = ? AND verb <> 'see' ORDER BY id"#,
        reader.0
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| Line {
        id: row.id,
        at: Moment(row.at),
        actor: row.actor,
        verb: row.verb,
        noun: row.noun,
        noun_id: row.noun_id,
        detail: row.detail,
    });
    Ok(lines.collect())
}

/// Whether somebody has looked at a reader since.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn has_seen(conn: &mut Connection, actor: &Actor, reader: SubscriberId, since: Moment) -> Result<bool> {
    let actor = actor.to_string();
    let seen = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM audit WHERE noun = 'subscriber' AND noun_id = ? AND verb = 'see' AND actor = ? AND at > ?) AS "is!: bool""#,
        reader.0,
        actor,
        since.0
    )
    .fetch_one(conn)
    .await?;
    Ok(seen)
}
