//! Rounds: how an issue has gone out so far, by whatever document: another issue of the same publication with the
//! same year and number is the same issue to its readers. Asked before one goes out once more.

use super::super::{Connection, Result, to_json};
use crate::domain::dispatch::Occasion;
use crate::domain::id::{DispatchId, EditionId, IssueId, ListId};
use crate::domain::moment::Moment;

/// The last dispatch that brought an issue to some of the same lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Which.
    pub dispatch: DispatchId,
    /// What it was taken in as.
    pub issue: IssueId,
    /// The edition of what it said, without the mark of a correction.
    pub words: EditionId,
}

/// The last dispatch that brought this issue to any of these lists; one that was called off only if it has
/// reached somebody.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn last(conn: &mut Connection, issue: IssueId, lists: &[ListId]) -> Result<Option<Last>> {
    let lists = to_json(&lists);
    let row = sqlx::query!(
        r#"SELECT d.id AS "id!: i64", d.issue_id, coalesce(e.unmarked_id, e.id) AS "words!: i64"
           FROM issue AS i
           JOIN issue AS k ON k.publication_id = i.publication_id AND (k.id = i.id OR (k.year, k.number) = (i.year, i.number))
           JOIN dispatch AS d ON d.issue_id = k.id JOIN edition AS e ON e.id = d.edition_id
           WHERE i.id = ?1
             AND EXISTS (SELECT 1 FROM dispatch_list AS l WHERE l.dispatch_id = d.id AND l.list_id IN (SELECT value FROM json_each(?2)))
             AND (d.phase NOT IN ('cancelling', 'cancelled') OR EXISTS (
                 SELECT 1 FROM delivery AS r WHERE r.dispatch_id = d.id AND r.state IN ('armed', 'accepted', 'uncertain')))
           ORDER BY d.round DESC, d.id DESC LIMIT 1"#,
        issue.0,
        lists
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Last { dispatch: row.id.into(), issue: row.issue_id.into(), words: row.words.into() }))
}

/// The hour of the first dispatch of this issue, to whatever list: its day dates what is dated by its dispatch.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn first_hour(conn: &mut Connection, issue: IssueId) -> Result<Option<Moment>> {
    let at = sqlx::query_scalar!(
        r#"SELECT d.at
           FROM issue AS i
           JOIN issue AS k ON k.publication_id = i.publication_id AND (k.id = i.id OR (k.year, k.number) = (i.year, i.number))
           JOIN dispatch AS d ON d.issue_id = k.id
           WHERE i.id = ? ORDER BY d.round, d.id LIMIT 1"#,
        issue.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(at.map(Moment))
}

/// The round after every one that this issue has had.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn next_round(conn: &mut Connection, issue: IssueId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(max(d.round), -1) + 1 AS "round!: i64"
           FROM issue AS i
           JOIN issue AS k ON k.publication_id = i.publication_id AND (k.id = i.id OR (k.year, k.number) = (i.year, i.number))
           JOIN dispatch AS d ON d.issue_id = k.id WHERE i.id = ?"#,
        issue.0
    )
    .fetch_one(conn)
    .await?)
}

/// A dispatch of the same words for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Its round: whoever orders the same for more lists joins it, so that nobody gets it twice.
    pub round: i64,
    /// It, where it goes to exactly the same lists and was not called off: the same order given twice.
    pub same: Option<DispatchId>,
}

/// What there is of a correction or a repeat of these words, ordered for the same reason.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn like(
    conn: &mut Connection,
    (issue, words): (IssueId, EditionId),
    lists: &[ListId],
    occasion: &Occasion,
) -> Result<Option<Likeness>> {
    let (lists, word, because) = (to_json(&lists), occasion.word(), occasion.because());
    let row = sqlx::query!(
        r#"SELECT d.round, iif(d.lists = ?3 AND d.phase NOT IN ('cancelling', 'cancelled'), d.id, NULL) AS "same?: i64"
           FROM dispatch AS d JOIN edition AS e ON e.id = d.edition_id
           WHERE d.issue_id = ?1 AND coalesce(e.unmarked_id, e.id) = ?2 AND d.occasion = ?4 AND d.because = ?5
           ORDER BY d.round DESC, 2 IS NULL, d.id LIMIT 1"#,
        issue.0,
        words.0,
        lists,
        word,
        because
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Likeness { round: row.round, same: row.same.map(DispatchId) }))
}
