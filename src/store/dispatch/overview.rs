//! Dispatches as lists and headings show them: what goes out, of which publication, to whom.

use super::super::{Connection, Error, Result, from_json, to_json};
use super::{Tally, tally};
use crate::domain::dispatch::Phase;
use crate::domain::id::{DispatchId, EditionId, IssueId, PublicationId};
use crate::domain::moment::Moment;
use chrono_tz::Tz;

/// A dispatch as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// Which.
    pub id: DispatchId,
    /// The publication's name.
    pub publication: String,
    /// The zone in which its times are meant.
    pub zone: Tz,
    /// The issue's label as printed, where it has one.
    pub label: Option<String>,
    /// The subject of its letters.
    pub subject: String,
    /// The names of its lists.
    pub lists: Vec<String>,
    /// The same as commands name them: `PUB/LIST`.
    pub paths: Vec<String>,
    /// What is sent.
    pub edition: EditionId,
    /// The issue that it is an edition of.
    pub issue: IssueId,
    /// The publication's short name.
    pub slug: String,
    /// Its hour.
    pub at: Moment,
    /// Where it is.
    pub phase: Phase,
    /// Why it is paused or cancelled, when it is.
    pub why: Option<String>,
    /// How many readers were written down for it; none until it has opened.
    pub audience: Option<i64>,
    /// How its deliveries stand.
    pub tally: Tally,
}

/// One by its id.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn overview(conn: &mut Connection, id: DispatchId) -> Result<Option<Overview>> {
    Ok(read(conn, Some(id), &Shown::default()).await?.pop())
}

/// Which dispatches a list shows; all where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Only those before this one: the next page.
    pub before: Option<DispatchId>,
    /// Only those of these publications.
    pub only: Option<Vec<PublicationId>>,
    /// At most so many.
    pub at_most: Option<i64>,
}

/// Those that a list shows, the newest first.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn overviews(conn: &mut Connection, shown: &Shown) -> Result<Vec<Overview>> {
    read(conn, None, shown).await
}

async fn read(conn: &mut Connection, one: Option<DispatchId>, shown: &Shown) -> Result<Vec<Overview>> {
    let (one, before) = (one.map(|id| id.0), shown.before.map(|id| id.0));
    let (publications, at_most) = (shown.only.as_ref().map(to_json), shown.at_most.unwrap_or(i64::MAX));
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: i64", p.edition_id, p.issue_id, b.slug, b.name, b.zone, i.facts ->> '$.label' AS "label?: String",
                  e.print ->> '$.subject' AS "subject!: String", p.at, p.phase, p.why, p.audience,
                  (SELECT json_group_array(l.name) FROM dispatch_list AS d JOIN list AS l ON l.id = d.list_id
                   WHERE d.dispatch_id = p.id) AS "lists!: String",
                  (SELECT json_group_array(b.slug || '/' || l.slug) FROM dispatch_list AS d JOIN list AS l ON l.id = d.list_id
                   WHERE d.dispatch_id = p.id) AS "paths!: String"
           FROM dispatch AS p JOIN issue AS i ON i.id = p.issue_id JOIN publication AS b ON b.id = i.publication_id
           JOIN edition AS e ON e.id = p.edition_id
           WHERE (?1 IS NULL OR p.id = ?1) AND (?2 IS NULL OR p.id < ?2) 
             AND (?4 IS NULL OR i.publication_id IN (SELECT value FROM json_each(?4)))
           ORDER BY p.id DESC LIMIT ?3"#,
        one,
        before,
        at_most,
        publications
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut overviews = Vec::with_capacity(rows.len());
    for row in rows {
        let unreadable = || Error::Unreadable("dispatch");
        overviews.push(Overview {
            id: row.id.into(),
            publication: row.name,
            zone: row.zone.parse().map_err(|_| unreadable())?,
            label: row.label,
            subject: row.subject,
            lists: from_json("dispatch", &row.lists)?,
            paths: from_json("dispatch", &row.paths)?,
            edition: row.edition_id.into(),
            issue: row.issue_id.into(),
            slug: row.slug,
            at: Moment(row.at),
            phase: Phase::from_word(&row.phase).ok_or_else(unreadable)?,
            why: row.why,
            audience: row.audience,
            tally: tally(conn, row.id.into()).await?,
        });
    }
    Ok(overviews)
}

/// How many kinds of reason are told; what else there is, is one more of "others".
const REASONS: i64 = 5;

/// Why deliveries failed or expired, in words, each with how many; the most frequent first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn reasons(conn: &mut Connection, id: DispatchId) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(why, '') AS "why!: String", count(*) AS "letters!: i64" FROM delivery
           WHERE dispatch_id = ? AND state IN ('failed', 'expired') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"#,
        id.0,
        REASONS
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.why, row.letters)).collect())
}

/// The same for all letters that were tried since a moment and failed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn reasons_since(conn: &mut Connection, since: Moment) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(why, '') AS "why!: String", count(*) AS "letters!: i64" FROM delivery
           WHERE state IN ('failed', 'expired') AND moved_at >= ? GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"#,
        since.0,
        REASONS
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.why, row.letters)).collect())
}
