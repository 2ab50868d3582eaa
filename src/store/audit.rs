//! The audit: who did what, when. Written with the change itself, in its transaction.

use super::{Connection, Result, Writing};
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
