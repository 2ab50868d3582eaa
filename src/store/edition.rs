//! Editions, as rows. One is only ever added.

use super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::address::Address;
use crate::domain::document::Digest;
use crate::domain::edition::{Edition, Print};
use crate::domain::id::{EditionId, IssueId};
use crate::domain::moment::Moment;

/// Adds an edition, or finds the one with the same print. One with the mark of a correction names the one of
/// the same words without it.
///
/// # Errors
/// [`Error::Broken`].
pub async fn insert(
    writing: &mut Writing,
    issue: IssueId,
    print: &Print,
    unmarked: Option<EditionId>,
) -> Result<EditionId> {
    let unmarked = unmarked.map(|id| id.0);
    let (digest, json, now) = (print.digest(), to_json(print), writing.now.0);
    let digest = digest.0.as_slice();
    sqlx::query!(
        "INSERT INTO edition (issue_id, digest, print, submitted_at, unmarked_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        issue.0,
        digest,
        json,
        now,
        unmarked
    )
    .execute(&mut **writing)
    .await?;
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM edition WHERE issue_id = ? AND digest = ?"#,
        issue.0,
        digest
    )
    .fetch_one(&mut **writing)
    .await?;
    Ok(id.into())
}

/// One by its id.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn find(conn: &mut Connection, id: EditionId) -> Result<Option<Edition>> {
    let row = sqlx::query!(
        r#"SELECT e.issue_id, i.publication_id, e.digest, e.print
           FROM edition AS e JOIN issue AS i ON i.id = e.issue_id WHERE e.id = ?"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let print: Print = from_json("edition", &row.print)?;
        let digest = row.digest.try_into().map(Digest).map_err(|_| Error::Unreadable("edition"))?;
        Ok(Edition { id, issue: row.issue_id.into(), publication: row.publication_id.into(), print, digest })
    })
    .transpose()
}

/// An edition as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Which.
    pub id: EditionId,
    /// When it was submitted.
    pub submitted_at: Moment,
    /// The subject of its letters.
    pub subject: String,
    /// Whether it says what the issue says now.
    pub is_current: bool,
}

/// The editions of an issue, in the order in which they were submitted.
///
/// # Errors
/// [`Error::Broken`].
pub async fn of_issue(conn: &mut Connection, issue: IssueId) -> Result<Vec<Overview>> {
    let rows = sqlx::query!(
        r#"SELECT e.id AS "id!: i64", e.submitted_at, e.print ->> '$.subject' AS "subject!: String",
                  i.edition_id IS e.id AS "is_current!: bool"
           FROM edition AS e JOIN issue AS i ON i.id = e.issue_id WHERE i.id = ? ORDER BY e.id"#,
        issue.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Overview {
            id: row.id.into(),
            submitted_at: Moment(row.submitted_at),
            subject: row.subject,
            is_current: row.is_current,
        })
        .collect())
}

/// Whom the letters of an edition are from.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn sender(conn: &mut Connection, id: EditionId) -> Result<Address> {
    let from = sqlx::query_scalar!(
        r#"SELECT print ->> '$.letterhead.from.address' AS "from: String" FROM edition WHERE id = ?"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    from.and_then(|from| from.parse().ok()).ok_or(Error::Unreadable("sender"))
}
