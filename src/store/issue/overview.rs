//! Issues as a list shows them: what they are called, and what they still want.

use super::super::{Connection, Result};
use crate::domain::id::{EditionId, IssueId, PublicationId};
use crate::domain::moment::Moment;

/// An issue as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Which.
    pub id: IssueId,
    /// Its publication's short name.
    pub publication: String,
    /// Its label as printed, where it has one.
    pub label: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// Its number within the year.
    pub number: Option<u32>,
    /// The file that it was read from.
    pub document: String,
    /// When that was taken in.
    pub taken_in_at: Moment,
    /// How many articles it has.
    pub articles: i64,
    /// How many of its questions are open.
    pub open: i64,
    /// The edition that says what it says now, if it was submitted as it is.
    pub edition: Option<EditionId>,
    /// How many dispatches it has that were not cancelled.
    pub dispatches: i64,
}

/// All issues, or those of one publication, in the order in which they came.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn overviews(conn: &mut Connection, only: Option<PublicationId>) -> Result<Vec<Overview>> {
    let only = only.map(|id| id.0);
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: i64", p.slug, i.facts ->> '$.label' AS "label?: String", i.year AS "year: i32",
                  i.number AS "number: u32", d.name, d.taken_in_at, i.edition_id,
                  (SELECT count(*) FROM article AS a WHERE a.issue_id = i.id) AS "articles!: i64",
                  (SELECT count(*) FROM flag AS f WHERE f.issue_id = i.id AND f.answer IS NULL AND f.choices <> '[]') AS "open!: i64",
                  (SELECT count(*) FROM dispatch AS s WHERE s.issue_id = i.id AND s.phase NOT IN ('cancelling', 'cancelled'))
                      AS "dispatches!: i64"
           FROM issue AS i JOIN publication AS p ON p.id = i.publication_id JOIN document AS d ON d.id = coalesce(i.source_id, i.document_id)
           WHERE ?1 IS NULL OR i.publication_id = ?1 ORDER BY i.id"#,
        only
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Overview {
            id: row.id.into(),
            publication: row.slug,
            label: row.label,
            year: row.year,
            number: row.number,
            document: row.name,
            taken_in_at: Moment(row.taken_in_at),
            articles: row.articles,
            open: row.open,
            edition: row.edition_id.map(EditionId),
            dispatches: row.dispatches,
        })
        .collect())
}
