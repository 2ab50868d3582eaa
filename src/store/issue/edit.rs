//! Edits of issues, as rows: each deed with its patch, and whether it is undone by now.

use super::super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::id::IssueId;
use crate::domain::issue::edit::{Balance, Patch, Verb};
use crate::domain::moment::Moment;

/// An edit that is made now.
#[derive(Debug)]
pub struct Made<'a> {
    /// What was done.
    pub verb: Verb,
    /// What it changed.
    pub patch: &'a Patch,
    /// What all edits up to it changed.
    pub balance: &'a Balance,
    /// The highest name given so far.
    pub named: u32,
    /// For an undo or redo, of which deed.
    pub of: Option<u32>,
}

/// The last edit of an issue, as far as the next one depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Last {
    /// Its number; 0 where there is none yet.
    pub number: u32,
    /// Who made it.
    pub actor: String,
    /// When.
    pub at: Moment,
    /// What all edits changed.
    pub balance: Balance,
    /// The highest name given so far.
    pub named: u32,
}

/// An edit that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Its number within the issue.
    pub number: u32,
    /// Who, by their name where they have one.
    pub who: String,
    /// When.
    pub at: Moment,
    /// What was done.
    pub verb: Verb,
    /// What it changed.
    pub patch: Patch,
    /// For an undo or redo, of which deed.
    pub of: Option<u32>,
    /// Whether it is undone by now.
    pub undone: bool,
}

/// Notes an edit; returns its number. An undo or redo says so of its deed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn note(writing: &mut Writing, issue: IssueId, made: &Made<'_>) -> Result<u32> {
    let (actor, now) = (writing.actor.to_string(), writing.now.0);
    let (verb, patch, balance) = (made.verb.word(), to_json(made.patch), to_json(made.balance));
    let number = sqlx::query_scalar!(
        r#"INSERT INTO edit (issue_id, number, actor, at, verb, patch, balance, named, of)
           VALUES (?1, 1 + (SELECT coalesce(max(number), 0) FROM edit WHERE issue_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)
           RETURNING number AS "number!: u32""#,
        issue.0,
        actor,
        now,
        verb,
        patch,
        balance,
        made.named,
        made.of
    )
    .fetch_one(&mut **writing)
    .await?;
    if let Some(of) = made.of {
        let undone = made.verb == Verb::Undo;
        sqlx::query!("UPDATE edit SET undone = ? WHERE issue_id = ? AND number = ?", undone, issue.0, of)
            .execute(&mut **writing)
            .await?;
    }
    Ok(number)
}

/// The last edit.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn last(conn: &mut Connection, issue: IssueId) -> Result<Last> {
    let row = sqlx::query!(
        r#"SELECT number AS "number!: u32", actor, at, balance, named AS "named!: u32" FROM edit
           WHERE issue_id = ? ORDER BY number DESC LIMIT 1"#,
        issue.0
    )
    .fetch_optional(conn)
    .await?;
    row.map_or_else(
        || Ok(Last::default()),
        |row| {
            let balance = from_json("edit", &row.balance)?;
            Ok(Last { number: row.number, actor: row.actor, at: Moment(row.at), balance, named: row.named })
        },
    )
}

/// The deed that somebody undoes next: their own last one that holds.
///
/// # Errors
/// [`Error::Broken`].
pub async fn to_undo(conn: &mut Connection, issue: IssueId, actor: &str) -> Result<Option<u32>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT number AS "number!: u32" FROM edit WHERE issue_id = ? AND actor = ? AND undone = 0 AND of IS NULL
           ORDER BY number DESC LIMIT 1"#,
        issue.0,
        actor
    )
    .fetch_optional(conn)
    .await?)
}

/// The deed that somebody does again next: the first of their undone ones behind the last that holds.
///
/// # Errors
/// [`Error::Broken`].
pub async fn to_redo(conn: &mut Connection, issue: IssueId, actor: &str) -> Result<Option<u32>> {
    let holds = to_undo(conn, issue, actor).await?.unwrap_or(0);
    Ok(sqlx::query_scalar!(
        r#"SELECT number AS "number!: u32" FROM edit WHERE issue_id = ? AND actor = ? AND undone = 1 AND of IS NULL AND number > ?
           ORDER BY number LIMIT 1"#,
        issue.0,
        actor,
        holds
    )
    .fetch_optional(conn)
    .await?)
}

/// One edit by its number.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn find(conn: &mut Connection, issue: IssueId, number: u32) -> Result<Option<Edit>> {
    let found = history(conn, issue, number.checked_add(1), 1).await?.pop();
    Ok(found.filter(|edit| edit.number == number))
}

/// So many edits below a number (all, without one), the newest first.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn history(conn: &mut Connection, issue: IssueId, below: Option<u32>, most: u32) -> Result<Vec<Edit>> {
    let below = below.unwrap_or(u32::MAX);
    let rows = sqlx::query!(
        r#"SELECT e.number AS "number!: u32", e.at, e.verb, e.patch, e.of AS "of: u32", e.undone AS "undone!: bool",
                  coalesce(u.name, u.email, e.actor) AS "who!: String"
           FROM edit AS e
           LEFT JOIN account AS u ON u.id = CASE WHEN e.actor LIKE 'account:%' THEN CAST(substr(e.actor, 9) AS INTEGER) END
           WHERE e.issue_id = ? AND e.number < ? ORDER BY e.number DESC LIMIT ?"#,
        issue.0,
        below,
        most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let verb = Verb::of(&row.verb).ok_or(Error::Unreadable("edit"))?;
            let patch = from_json("edit", &row.patch)?;
            let (number, who, at) = (row.number, row.who, Moment(row.at));
            Ok(Edit { number, who, at, verb, patch, of: row.of, undone: row.undone })
        })
        .collect()
}
