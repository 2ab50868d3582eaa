//! Schedules and their occurrences, as rows, and which issues wait for an hour.

use super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::id::{DispatchId, EditionId, IssueId, ListId, PublicationId, ScheduleId};
use crate::domain::moment::Moment;
use crate::domain::schedule::{Calendar, Label, Missed, Occurrence, Outcome, Schedule};
use std::time::Duration;

/// What is decided about a schedule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The publication.
    pub publication: PublicationId,
    /// When.
    pub calendar: Calendar,
    /// To whom, in id order.
    pub lists: Vec<ListId>,
    /// How late an occurrence may fire; none is as the settings say.
    pub grace: Option<Duration>,
}

/// An issue that a list has not had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub issue: IssueId,
    /// Its year and number, where it has both.
    pub place: Option<(i32, u32)>,
    /// The edition that says what it says now.
    pub edition: Option<EditionId>,
    /// Whether it has ever been submitted.
    pub submitted: bool,
}

/// An occurrence and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub occurrence: Occurrence,
    /// The word of its outcome.
    pub outcome: String,
    /// Why it did not fire.
    pub why: Option<String>,
    /// What it planned.
    pub dispatch: Option<DispatchId>,
}

/// Sets a publication's schedule, over the one it had; hours count from now. What it had, paused or not, it
/// stays.
///
/// # Errors
/// [`Error::Broken`].
pub async fn set(writing: &mut Writing, rule: &Rule) -> Result<()> {
    let (cron, lists, now) = (rule.calendar.to_string(), to_json(&rule.lists), writing.now.0);
    let grace = rule.grace.map(|grace| i64::try_from(grace.as_millis()).unwrap_or(i64::MAX));
    sqlx::query!(
        "INSERT INTO schedule (publication_id, cron, lists, grace, state, since, upto) VALUES (?1, ?2, ?3, ?4, 'active', ?5, ?5)
         ON CONFLICT (publication_id) DO UPDATE SET cron = ?2, lists = ?3, grace = ?4, since = ?5, upto = ?5",
        rule.publication.0,
        cron,
        lists,
        grace,
        now
    )
    .execute(&mut **writing)
    .await?;
    forget_ahead(writing, rule.publication).await
}

/// Pauses a schedule or lets it go on; hours count from now. Returns whether it was otherwise before.
///
/// # Errors
/// [`Error::Broken`].
pub async fn set_paused(writing: &mut Writing, publication: PublicationId, paused: bool) -> Result<bool> {
    let (to, now) = (if paused { "paused" } else { "active" }, writing.now.0);
    let done = sqlx::query!(
        "UPDATE schedule SET state = ?1, since = ?2, upto = ?2 WHERE publication_id = ?3 AND state <> ?1",
        to,
        now,
        publication.0
    )
    .execute(&mut **writing)
    .await?;
    forget_ahead(writing, publication).await?;
    Ok(done.rows_affected() == 1)
}

/// Pauses every schedule. Returns how many were active.
///
/// # Errors
/// [`Error::Broken`].
pub async fn pause_all(writing: &mut Writing) -> Result<u64> {
    let now = writing.now.0;
    let done = sqlx::query!("UPDATE schedule SET state = 'paused', since = ?1, upto = ?1 WHERE state = 'active'", now)
        .execute(&mut **writing)
        .await?;
    Ok(done.rows_affected())
}

/// A clock that ran ahead may have noted hours that are still to come: those that sent nothing are open again.
async fn forget_ahead(writing: &mut Writing, publication: PublicationId) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!(
        "DELETE FROM occurrence WHERE at > ? AND outcome <> 'fired'
         AND schedule_id IN (SELECT id FROM schedule WHERE publication_id = ?)",
        now,
        publication.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// The schedule of a publication.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn of(conn: &mut Connection, publication: PublicationId) -> Result<Option<Schedule>> {
    Ok(all(conn).await?.into_iter().find(|schedule| schedule.publication == publication))
}

/// All of them; as many as publications.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn all(conn: &mut Connection) -> Result<Vec<Schedule>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", publication_id, cron, lists, grace, state = 'paused' AS "paused!: bool", since, upto, looked_ahead_to
           FROM schedule ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Schedule {
                id: row.id.into(),
                publication: row.publication_id.into(),
                calendar: row.cron.parse().map_err(|_| Error::Unreadable("schedule"))?,
                lists: from_json("schedule", &row.lists)?,
                grace: row.grace.map(|grace| Duration::from_millis(grace.unsigned_abs())),
                paused: row.paused,
                since: Moment(row.since),
                upto: Moment(row.upto),
                looked_ahead_to: row.looked_ahead_to.map(Moment),
            })
        })
        .collect()
}

/// Notes what became of an occurrence. An hour comes once: a second note is refused.
///
/// # Errors
/// [`Error::Constraint`].
pub async fn note(writing: &mut Writing, id: ScheduleId, occurrence: Occurrence, outcome: &Outcome) -> Result<()> {
    let (label, word, why, now) = (occurrence.label.to_string(), outcome.word(), outcome.why(), writing.now.0);
    let dispatch = outcome.dispatch().map(|dispatch| dispatch.0);
    sqlx::query!(
        "INSERT INTO occurrence (schedule_id, label, at, outcome, why, dispatch_id, noted_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        id.0,
        label,
        occurrence.at.0,
        word,
        why,
        dispatch,
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Notes missed occurrences, all at once; what is noted already stays as it is. Returns how many are new.
///
/// # Errors
/// [`Error::Broken`].
pub async fn note_missed(writing: &mut Writing, id: ScheduleId, missed: &[(Occurrence, Missed)]) -> Result<u64> {
    let rows: Vec<_> =
        missed.iter().map(|(occurrence, why)| (occurrence.label.to_string(), occurrence.at, why.why())).collect();
    let (rows, now) = (to_json(&rows), writing.now.0);
    let done = sqlx::query!(
        "INSERT INTO occurrence (schedule_id, label, at, outcome, why, noted_at)
         SELECT ?, value ->> 0, value ->> 1, 'missed', value ->> 2, ? FROM json_each(?) WHERE true
         ON CONFLICT (schedule_id, label) DO NOTHING",
        id.0,
        now,
        rows
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// Says that every occurrence up to a moment is written down.
///
/// # Errors
/// [`Error::Broken`].
pub async fn reach(writing: &mut Writing, id: ScheduleId, upto: Moment) -> Result<()> {
    sqlx::query!("UPDATE schedule SET upto = ? WHERE id = ?", upto.0, id.0).execute(&mut **writing).await?;
    Ok(())
}

/// Says that a schedule was looked ahead to its hours up to a moment.
///
/// # Errors
/// [`Error::Broken`].
pub async fn look_ahead(writing: &mut Writing, id: ScheduleId, upto: Moment) -> Result<()> {
    sqlx::query!("UPDATE schedule SET looked_ahead_to = ? WHERE id = ?", upto.0, id.0).execute(&mut **writing).await?;
    Ok(())
}

/// Whether an occurrence has been noted.
///
/// # Errors
/// [`Error::Broken`].
pub async fn is_noted(conn: &mut Connection, id: ScheduleId, label: Label) -> Result<bool> {
    let label = label.to_string();
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM occurrence WHERE schedule_id = ? AND label = ?) AS "noted!: bool""#,
        id.0,
        label
    )
    .fetch_one(conn)
    .await?)
}

/// What became of the last occurrences, the newest first.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn past(conn: &mut Connection, id: ScheduleId, at_most: i64) -> Result<Vec<Past>> {
    let rows = sqlx::query!(
        "SELECT label, at, outcome, why, dispatch_id FROM occurrence WHERE schedule_id = ? ORDER BY label DESC LIMIT ?",
        id.0,
        at_most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let label = row.label.parse().map_err(|_| Error::Unreadable("occurrence"))?;
            Ok(Past {
                occurrence: Occurrence { label, at: Moment(row.at) },
                outcome: row.outcome,
                why: row.why,
                dispatch: row.dispatch_id.map(DispatchId),
            })
        })
        .collect()
}

/// The newest issue of a publication that a list has not had and that comes after the last one it had: by year and
/// number, and of one number as it was brought last. Without any, the newest without year and number. An issue that
/// was called off counts as had: a person decided that.
///
/// # Errors
/// [`Error::Broken`].
pub async fn newest(conn: &mut Connection, publication: PublicationId, list: ListId) -> Result<Option<Waiting>> {
    let row = sqlx::query!(
        r#"WITH had AS (
               SELECT i.id, i.year, i.number FROM dispatch_list AS l
               JOIN dispatch AS d ON d.id = l.dispatch_id JOIN issue AS i ON i.id = d.issue_id
               WHERE l.list_id = ?2)
           SELECT i.id AS "id!: i64", i.year AS "year: i32", i.number AS "number: u32", i.edition_id,
                  EXISTS (SELECT 1 FROM edition AS e WHERE e.issue_id = i.id) AS "submitted!: bool"
           FROM issue AS i
           WHERE i.publication_id = ?1 AND i.id NOT IN (SELECT id FROM had)
             AND (i.year IS NULL OR i.number IS NULL OR NOT EXISTS (
                 SELECT 1 FROM had AS h WHERE (h.year, h.number) >= (i.year, i.number)))
           ORDER BY i.year IS NULL OR i.number IS NULL, i.year DESC, i.number DESC, i.id DESC LIMIT 1"#,
        publication.0,
        list.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Waiting {
        issue: row.id.into(),
        place: row.year.zip(row.number),
        edition: row.edition_id.map(EditionId),
        submitted: row.submitted,
    }))
}
