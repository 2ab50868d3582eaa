//! Re-imports, as rows: a corrected document between its comparison and the yes to it; of which document an issue is now;
//! and what each re-import changed beside the passages, so that it can be undone.

use super::super::{Connection, Result, Writing, from_json, to_json};
use crate::domain::document::{Digest, Flag};
use crate::domain::id::{DocumentId, IssueId, PublicationId};
use crate::domain::issue::edit::Balance;
use crate::domain::issue::merge::Names;
use crate::domain::issue::{BlockId, Facts};
use crate::domain::moment::Moment;
use serde::{Deserialize, Serialize};

/// A document that waits for a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What it was called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Until when it waits.
    pub ends_at: Moment,
}

/// What an issue has of its document beside its passages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The document.
    pub document: DocumentId,
    /// How its passages are called in the issue.
    pub names: Names,
    /// What the issue says beside its articles.
    pub facts: Facts,
    /// The questions, with their answers.
    pub flags: Vec<Flag>,
    /// From which lines of the document each block was read.
    pub lines: Vec<(BlockId, (u32, u32))>,
    /// What editors took out of it and added.
    pub balance: Balance,
}

/// Keeps a document until `ends_at`; those whose time is over go.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn keep(writing: &mut Writing, issue: IssueId, digest: Digest, brought: &Brought) -> Result<()> {
    let (digest, now) = (digest.0.as_slice(), writing.now.0);
    sqlx::query!("DELETE FROM brought WHERE ends_at <= ?", now).execute(&mut **writing).await?;
    sqlx::query!(
        "INSERT INTO brought (issue_id, digest, name, bytes, ends_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (issue_id, digest) DO UPDATE SET name = excluded.name, ends_at = excluded.ends_at",
        issue.0,
        digest,
        brought.name,
        brought.bytes,
        brought.ends_at.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// A document that waits, if its time is not over.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn brought(conn: &mut Connection, issue: IssueId, digest: Digest, now: Moment) -> Result<Option<Brought>> {
    let digest = digest.0.as_slice();
    let row = sqlx::query!(
        "SELECT name, bytes, ends_at FROM brought WHERE issue_id = ? AND digest = ? AND ends_at > ?",
        issue.0,
        digest,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Brought { name: row.name, bytes: row.bytes, ends_at: Moment(row.ends_at) }))
}

/// Lets a document that waited go.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn let_go(writing: &mut Writing, issue: IssueId, digest: Digest) -> Result<()> {
    let digest = digest.0.as_slice();
    sqlx::query!("DELETE FROM brought WHERE issue_id = ? AND digest = ?", issue.0, digest)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// How the passages of an issue's document are called in it.
///
/// # Errors
/// [`super::super::Error::Unreadable`] or [`super::super::Error::Broken`].
pub async fn names(conn: &mut Connection, issue: IssueId) -> Result<Names> {
    let names = sqlx::query_scalar!("SELECT names FROM issue WHERE id = ?", issue.0).fetch_one(conn).await?;
    from_json("issue", &names)
}

/// Says of which document an issue is from now on.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn read_from(writing: &mut Writing, issue: IssueId, document: DocumentId, names: &Names) -> Result<()> {
    let names = to_json(names);
    sqlx::query!(
        "UPDATE issue SET source_id = nullif(?, document_id), names = ? WHERE id = ?",
        document.0,
        names,
        issue.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Notes what the re-import of this number changed.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn note(writing: &mut Writing, issue: IssueId, number: u32, [before, after]: [&Source; 2]) -> Result<()> {
    let (before, after) = (to_json(before), to_json(after));
    sqlx::query!(
        "INSERT INTO reimport (issue_id, number, before, after) VALUES (?, ?, ?, ?)",
        issue.0,
        number,
        before,
        after
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// What the re-import of this number changed: what was, and what is by it.
///
/// # Errors
/// [`super::super::Error::Unreadable`] or [`super::super::Error::Broken`], also when there is none.
pub async fn find(conn: &mut Connection, issue: IssueId, number: u32) -> Result<[Source; 2]> {
    let row = sqlx::query!("SELECT before, after FROM reimport WHERE issue_id = ? AND number = ?", issue.0, number)
        .fetch_one(conn)
        .await?;
    Ok([from_json("re-import", &row.before)?, from_json("re-import", &row.after)?])
}

/// Another issue that these bytes made or were last read into.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn elsewhere(
    conn: &mut Connection,
    publication: PublicationId,
    but: IssueId,
    digest: Digest,
) -> Result<Option<IssueId>> {
    let digest = digest.0.as_slice();
    let found = sqlx::query_scalar!(
        r#"SELECT i.id AS "id!: i64" FROM document AS d JOIN issue AS i ON d.id IN (i.document_id, i.source_id)
           WHERE d.publication_id = ? AND d.digest = ? AND i.id <> ? ORDER BY i.id LIMIT 1"#,
        publication.0,
        digest,
        but.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(IssueId))
}
