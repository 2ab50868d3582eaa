//! Approvals and what they answer to: submissions, as rows that never change.

use super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::approval::{Answer, Case, Event, What};
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::Contents;
use crate::domain::moment::Moment;

/// Notes that an edition was put forward, and what the issue says; where it is the one that was last, only when it is
/// put forward `again`. Returns the submission's number, where it is a new one.
///
/// # Errors
/// [`Error::Broken`].
pub async fn submit(
    writing: &mut Writing,
    issue: IssueId,
    (edition, again): (EditionId, bool),
    contents: &Contents,
) -> Result<Option<i64>> {
    let (actor, now, contents) = (writing.actor.to_string(), writing.now.0, to_json(contents));
    let done = sqlx::query!(
        "INSERT INTO submission (issue_id, edition_id, actor, contents, at)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE ?6 OR ?2 IS NOT (SELECT edition_id FROM submission WHERE issue_id = ?1 ORDER BY id DESC LIMIT 1)",
        issue.0,
        edition.0,
        actor,
        contents,
        now,
        again
    )
    .execute(&mut **writing)
    .await?;
    Ok((done.rows_affected() == 1).then(|| done.last_insert_rowid()))
}

/// Adds somebody's answer; returns its number.
///
/// # Errors
/// [`Error::Constraint`] when a no has no reason.
pub async fn answer(writing: &mut Writing, edition: EditionId, yes: bool, why: Option<&str>) -> Result<i64> {
    let (actor, now) = (writing.actor.to_string(), writing.now.0);
    let answer = if yes { "yes" } else { "no" };
    let done = sqlx::query!(
        "INSERT INTO approval (edition_id, actor, answer, why, at) VALUES (?, ?, ?, ?, ?)",
        edition.0,
        actor,
        answer,
        why,
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.last_insert_rowid())
}

/// What an answer to an edition is held against; none where there is no such edition.
///
/// # Errors
/// [`Error::Broken`].
pub async fn case(conn: &mut Connection, edition: EditionId) -> Result<Option<Case>> {
    let row = sqlx::query!(
        r#"SELECT coalesce(i.edition_id IN (e.id, e.unmarked_id), 0) AS "is_current!: bool",
                  p.approvals AS "needed!: u8", p.own_approval AS "own_allowed!: bool"
           FROM edition AS e JOIN issue AS i ON i.id = e.issue_id JOIN publication AS p ON p.id = i.publication_id
           WHERE e.id = ?"#,
        edition.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let submitters = sqlx::query_scalar!("SELECT DISTINCT actor FROM submission WHERE edition_id = ?", edition.0)
        .fetch_all(&mut *conn)
        .await?;
    let answers = answers(conn, edition).await?;
    let (is_current, needed, own_allowed) = (row.is_current, row.needed, row.own_allowed);
    Ok(Some(Case { is_current, needed, own_allowed, submitters, answers }))
}

/// Everyone's latest answer to an edition, in the order in which they were given.
///
/// # Errors
/// [`Error::Broken`].
pub async fn answers(conn: &mut Connection, edition: EditionId) -> Result<Vec<Answer>> {
    let rows = sqlx::query!(
        r#"SELECT actor, answer = 'yes' AS "yes!: bool", why, at FROM approval AS a
           WHERE edition_id = ? AND id = (SELECT max(id) FROM approval AS b WHERE b.edition_id = a.edition_id AND b.actor = a.actor)
           ORDER BY id"#,
        edition.0
    )
    .fetch_all(conn)
    .await?;
    let answer = |actor, yes, why, at| Answer { actor, yes, why, at: Moment(at) };
    Ok(rows.into_iter().map(|row| answer(row.actor, row.yes, row.why, row.at)).collect())
}

/// An edition as it was put forward.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Which edition.
    pub edition: EditionId,
    /// What the issue said; none of an older station's.
    pub contents: Option<Contents>,
    /// When.
    pub at: Moment,
}

/// The edition of an issue that was put forward last, and what was put forward before it.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn last_two(conn: &mut Connection, issue: IssueId) -> Result<Vec<Submission>> {
    let rows = sqlx::query!(
        r#"SELECT edition_id, contents, at FROM submission WHERE issue_id = ? ORDER BY id DESC LIMIT 2"#,
        issue.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let contents = row.contents.map(|json| from_json("submission", &json)).transpose()?;
            Ok(Submission { edition: row.edition_id.into(), contents, at: Moment(row.at) })
        })
        .collect()
}

/// The most events of a history that are shown.
const MOST: i64 = 200;

/// What happened to the editions of an issue, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn history(conn: &mut Connection, issue: IssueId) -> Result<Vec<Event>> {
    let rows = sqlx::query!(
        r#"SELECT t.at AS "at!: i64", t.edition_id AS "edition_id!: i64", t.what AS "what!: String", t.why AS "why?: String",
                  coalesce(u.name, u.email, t.actor) AS "who!: String"
           FROM (SELECT at, edition_id, 'submit' AS what, NULL AS why, actor, 0 AS later, id FROM submission WHERE issue_id = ?1
                 UNION ALL
                 SELECT a.at, a.edition_id, a.answer, a.why, a.actor, 1, a.id FROM approval AS a
                 JOIN edition AS e ON e.id = a.edition_id WHERE e.issue_id = ?1) AS t
           LEFT JOIN account AS u ON u.id = CASE WHEN t.actor LIKE 'account:%' THEN CAST(substr(t.actor, 9) AS INTEGER) END
           ORDER BY t.at DESC, t.later DESC, t.id DESC LIMIT ?2"#,
        issue.0,
        MOST
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let what = match row.what.as_str() {
                "submit" => What::Submitted,
                "yes" => What::Approved,
                "no" => What::Declined,
                _ => return Err(Error::Unreadable("approval")),
            };
            Ok(Event { at: Moment(row.at), who: row.who, edition: row.edition_id.into(), what, why: row.why })
        })
        .collect()
}
