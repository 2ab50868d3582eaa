//! Opening, as rows: at its hour the audience of a dispatch is written down, chunk by chunk, and who is not in it,
//! and why. A `+` before a column keeps the planner from its index: each chunk reads its own rows only.

use super::super::{Connection, Result, Writing, delivery};
use crate::domain::id::DispatchId;
use crate::domain::moment::Moment;

/// Subscriptions looked at in one chunk of an opening: short enough that others wait little.
const CHUNK: i64 = 5_000;

/// The dispatches whose audience is to be written down now: those being opened, then those whose
/// hour has come. One of an issue that is just being called off waits for that: until then nobody knows who
/// of it is still to be written to.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn to_open(conn: &mut Connection, now: Moment) -> Result<Option<DispatchId>> {
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM dispatch AS p WHERE (phase = 'opening' OR (phase = 'planned' AND at <= ?))
             AND NOT EXISTS (SELECT 1 FROM dispatch AS c WHERE c.phase = 'cancelling' AND c.issue_id = p.issue_id)
           ORDER BY phase, at, id LIMIT 1"#,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(DispatchId))
}

/// The hour of the next planned dispatch.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn next_hour(conn: &mut Connection) -> Result<Option<Moment>> {
    let at = sqlx::query_scalar!(
        r#"SELECT min(at) AS "at: i64" FROM dispatch AS p WHERE phase = 'planned'
           AND NOT EXISTS (SELECT 1 FROM dispatch AS c WHERE c.phase = 'cancelling' AND c.issue_id = p.issue_id)"#
    )
    .fetch_one(conn)
    .await?;
    Ok(at.map(Moment))
}

/// Draws the line under the subscriptions: who joins after this moment is not in.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn begin_opening(writing: &mut Writing, id: DispatchId) -> Result<()> {
    sqlx::query!(
        "UPDATE dispatch SET phase = 'opening', cursor = 0, upto = (SELECT coalesce(max(id), 0) FROM subscription)
         WHERE id = ? AND phase = 'planned'",
        id.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Writes down the next chunk of a dispatch's audience, in the order of the subscriptions, and
/// moves its cursor; with the last chunk it is open. Returns whether it is.
///
/// A reader is taken in once, whatever lists they are on. Nothing is ignored on conflict: if the
/// rows to insert are not all new, the whole chunk fails.
///
/// # Errors
/// [`super::super::Error::Constraint`] or [`super::super::Error::Broken`].
pub async fn open_chunk(writing: &mut Writing, id: DispatchId) -> Result<bool> {
    let now = writing.now.0;
    let until = sqlx::query_scalar!(
        r#"SELECT max(id) AS "id: i64" FROM (
               SELECT c.id FROM dispatch AS p JOIN subscription AS c ON c.id > p.cursor AND c.id <= p.upto
               WHERE p.id = ? AND +c.list_id IN (SELECT list_id FROM dispatch_list WHERE dispatch_id = p.id)
               ORDER BY c.id LIMIT ?)"#,
        id.0,
        CHUNK
    )
    .fetch_one(&mut **writing)
    .await?;
    let Some(until) = until else {
        sqlx::query!(
            "UPDATE dispatch SET phase = 'open', opened_at = ?2, counted_from = ?2, audience = (SELECT count(*) FROM delivery WHERE dispatch_id = ?1)
             WHERE id = ?1 AND phase = 'opening'",
            id.0,
            now
        )
        .execute(&mut **writing)
        .await?;
        return Ok(true);
    };
    leave_out(writing, id, until).await?;
    take_in(writing, id, until).await?;
    sqlx::query!("UPDATE dispatch SET cursor = ? WHERE id = ? AND phase = 'opening'", until, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(false)
}

/// Notes who of the chunk is not written to, and why. Another document of the same year and number is the same issue to
/// its readers: who has it from there is not written to for the first time again.
async fn leave_out(writing: &mut Writing, id: DispatchId, until: i64) -> Result<()> {
    sqlx::query!(
        "INSERT INTO left_out (dispatch_id, subscriber_id, why)
         SELECT p.id, s.id,
                CASE WHEN x.address_key IS NOT NULL THEN 'suppressed' WHEN e.id IS NOT NULL THEN 'elsewhere' ELSE 'left' END
         FROM dispatch AS p
         JOIN subscription AS c ON c.id > p.cursor AND c.id <= ?2 AND c.state <> 'pending'
         JOIN dispatch_list AS l ON l.dispatch_id = p.id AND l.list_id = +c.list_id
         JOIN subscriber AS s ON s.id = c.subscriber_id
         LEFT JOIN suppression AS x ON x.address_key = s.address_key
         LEFT JOIN delivery AS e ON e.subscriber_id = s.id AND e.round = p.round AND e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = p.issue_id)
             AND e.purpose = 'issue' AND e.dispatch_id <> p.id AND e.state NOT IN ('failed', 'expired', 'skipped')
         WHERE p.id = ?1
           AND (x.address_key IS NOT NULL OR e.id IS NOT NULL OR NOT EXISTS (
               SELECT 1 FROM dispatch_list AS m JOIN subscription AS a ON a.list_id = m.list_id AND a.subscriber_id = s.id
               WHERE m.dispatch_id = p.id AND a.state = 'active' AND a.id <= p.upto))
           AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE +d.dispatch_id = p.id AND d.subscriber_id = s.id)
           AND NOT EXISTS (SELECT 1 FROM left_out AS o WHERE o.dispatch_id = p.id AND o.subscriber_id = s.id)
         GROUP BY s.id",
        id.0,
        until
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Writes down the duty to everyone else of the chunk. Their numbers are SQLite's count, or above those that were given
/// out by a database that is lost; then they have gaps.
async fn take_in(writing: &mut Writing, id: DispatchId, until: i64) -> Result<()> {
    let now = writing.now.0;
    let above = delivery::numbers_above(writing).await?;
    sqlx::query!(
        "INSERT INTO delivery (id, purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, name, lane,
                               state, since, due_at, moved_at)
         SELECT ?4 + min(c.id) - p.cursor, 'issue', p.id, p.edition_id, p.issue_id, p.round, s.id, s.address, s.name, s.lane, 'queued', ?3, ?3, ?3
         FROM dispatch AS p
         JOIN subscription AS c ON c.id > p.cursor AND c.id <= ?2 AND c.state = 'active'
         JOIN dispatch_list AS l ON l.dispatch_id = p.id AND l.list_id = +c.list_id
         JOIN subscriber AS s ON s.id = c.subscriber_id
         WHERE p.id = ?1
           AND NOT EXISTS (SELECT 1 FROM left_out AS o WHERE o.dispatch_id = p.id AND o.subscriber_id = s.id)
           AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE +d.dispatch_id = p.id AND d.subscriber_id = s.id)
         GROUP BY s.id ORDER BY min(c.id)",
        id.0,
        until,
        now,
        above
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}
