//! Resending: readers whom a dispatch did not reach are written to once more, by order of a person. Refused and
//! expired rows go back to the queue; who was left to another dispatch that did not reach them becomes a row, and
//! the audience grows by them. The gate is asked first: whom it would skip stays as they are.

use super::super::{Connection, Result, Writing};
use super::retally;
use crate::domain::dispatch::{Resent, Wanted};
use crate::domain::id::DispatchId;

/// Of so many of a kind a page asks the gate for each; of more for these, and takes the rest to be like them.
const LOOKS_AT: i64 = 3_000;

/// Whom a resend would reach now, and whom not.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn resendable(conn: &mut Connection, id: DispatchId, wanted: Wanted) -> Result<Resent> {
    Ok(look(conn, id, wanted, i64::MAX).await?.0)
}

/// The same for a page, at once however many they are, and whether each was counted.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn about_resendable(conn: &mut Connection, id: DispatchId) -> Result<(Resent, bool)> {
    look(conn, id, Wanted::of(false, false, false), LOOKS_AT).await
}

async fn look(conn: &mut Connection, id: DispatchId, wanted: Wanted, most: i64) -> Result<(Resent, bool)> {
    let none = Found { all: 0, free: 0, stay: 0, is_exact: true };
    let failed = if wanted.failed { of_state(conn, id, "failed", most).await? } else { none };
    let expired = if wanted.expired { of_state(conn, id, "expired", most).await? } else { none };
    let missed = if wanted.missed { missed(conn, id, most).await? } else { none };
    let kinds = [failed, expired, missed];
    let [[failed, a], [expired, b], [missed, c]] = kinds.map(Found::scaled);
    Ok((Resent { failed, expired, missed, stay: a + b + c }, kinds.iter().all(|found| found.is_exact)))
}

/// How many of a kind there are, and of those looked at how many a resend would reach and how many not.
#[derive(Clone, Copy)]
struct Found {
    all: i64,
    free: i64,
    stay: i64,
    /// Whether each was looked at.
    is_exact: bool,
}

impl Found {
    /// How many a resend would reach, and how many not, of all.
    fn scaled(self) -> [i64; 2] {
        let seen = (self.free + self.stay).max(1);
        let free = self.free * self.all / seen;
        [free, self.all - free]
    }
}

async fn of_state(conn: &mut Connection, id: DispatchId, state: &str, most: i64) -> Result<Found> {
    let found = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM delivery WHERE dispatch_id = ?1 AND state = ?2) AS "all!: i64",
                  coalesce(sum(free), 0) AS "free!: i64", coalesce(sum(NOT free), 0) AS "stay!: i64"
           FROM (SELECT (SELECT g.answer FROM gate AS g WHERE g.delivery_id = d.id) IN ('open', 'held') AND NOT EXISTS (
                     SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = d.issue_id) AND e.subscriber_id = d.subscriber_id AND e.round = d.round
                     AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped')) AS free
                 FROM delivery AS d WHERE d.dispatch_id = ?1 AND d.state = ?2 LIMIT ?3)"#,
        id.0,
        state,
        most
    )
    .fetch_one(conn)
    .await?;
    Ok(Found { all: found.all, free: found.free, stay: found.stay, is_exact: found.all <= most })
}

/// Those who had been left to another dispatch.
async fn missed(conn: &mut Connection, id: DispatchId, most: i64) -> Result<Found> {
    let found = sqlx::query!(
        r#"SELECT count(*) AS "seen!: i64", coalesce(sum(is_open), 0) AS "all!: i64",
                  coalesce(sum(is_open AND lists > 0 AND NOT suppressed), 0) AS "free!: i64"
           FROM (SELECT (SELECT count(*) FROM dispatch_list AS l JOIN subscription AS c ON c.list_id = l.list_id
                         WHERE l.dispatch_id = p.id AND c.subscriber_id = s.id AND c.state = 'active') AS lists,
                        EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = s.address_key) AS suppressed,
                        NOT EXISTS (
                            SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = p.issue_id) AND e.subscriber_id = o.subscriber_id
                            AND e.round = p.round AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped')) AS is_open
                 FROM dispatch AS p JOIN left_out AS o ON o.dispatch_id = p.id AND o.why = 'elsewhere'
                 JOIN subscriber AS s ON s.id = o.subscriber_id
                 WHERE p.id = ?1 LIMIT ?2)"#,
        id.0,
        most
    )
    .fetch_one(&mut *conn)
    .await?;
    if found.seen < most {
        return Ok(Found { all: found.all, free: found.free, stay: found.all - found.free, is_exact: true });
    }
    let elsewhere = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: i64" FROM left_out WHERE dispatch_id = ? AND why = 'elsewhere'"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    let all = elsewhere * found.all / found.seen.max(1);
    Ok(Found { all, free: found.free, stay: found.all - found.free, is_exact: false })
}

/// Puts them back into the queue, due now and with new patience; what is over is open again. A row keeps its
/// number, so its letter keeps its Message-ID. Returns how many rows it moved.
///
/// # Errors
/// [`super::Error::Sum`] when a tally does not add up; [`super::Error::Broken`].
pub async fn resend(writing: &mut Writing, id: DispatchId, wanted: Wanted) -> Result<i64> {
    let now = writing.now.0;
    let queued = sqlx::query!(
        "UPDATE delivery SET state = 'queued', due_at = ?4, put_off = 0, attempts_before = attempts, tries_before = tries, why = NULL, settled_by = NULL, moved_at = ?4
         WHERE dispatch_id = ?1 AND ((?2 AND state = 'failed') OR (?3 AND state = 'expired'))
           AND (SELECT g.answer FROM gate AS g WHERE g.delivery_id = delivery.id) IN ('open', 'held')
           AND NOT EXISTS (
               SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = delivery.issue_id) AND e.subscriber_id = delivery.subscriber_id
               AND e.round = delivery.round AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped'))",
        id.0,
        wanted.failed,
        wanted.expired,
        now
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    let missed = if wanted.missed { take_in_missed(writing, id).await? } else { 0 };
    retally(writing, id).await?;
    Ok(i64::try_from(queued + missed).unwrap_or(i64::MAX))
}

/// Takes in who was left to another dispatch of the round that has not reached them.
async fn take_in_missed(writing: &mut Writing, id: DispatchId) -> Result<u64> {
    let now = writing.now.0;
    let taken_in = sqlx::query!(
        "INSERT INTO delivery (purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, name, lane,
                               state, since, due_at, moved_at)
         SELECT 'issue', p.id, p.edition_id, p.issue_id, p.round, s.id, s.address, s.name, s.lane, 'queued', ?2, ?2, ?2
         FROM dispatch AS p JOIN left_out AS o ON o.dispatch_id = p.id AND o.why = 'elsewhere'
         JOIN subscriber AS s ON s.id = o.subscriber_id
         WHERE p.id = ?1
           AND NOT EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = s.address_key)
           AND EXISTS (SELECT 1 FROM dispatch_list AS l JOIN subscription AS c ON c.list_id = l.list_id
                       WHERE l.dispatch_id = p.id AND c.subscriber_id = s.id AND c.state = 'active')
           AND NOT EXISTS (
               SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = p.issue_id) AND e.subscriber_id = s.id AND e.round = p.round
               AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped'))
         ORDER BY s.id",
        id.0,
        now
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    sqlx::query!(
        "DELETE FROM left_out WHERE dispatch_id = ?1
         AND EXISTS (SELECT 1 FROM delivery AS d WHERE +d.dispatch_id = ?1 AND d.subscriber_id = left_out.subscriber_id)",
        id.0
    )
    .execute(&mut **writing)
    .await?;
    let grows = i64::try_from(taken_in).unwrap_or(i64::MAX);
    sqlx::query!("UPDATE dispatch SET audience = audience + ? WHERE id = ?", grows, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(taken_in)
}
