//! Resending: readers whom a dispatch did not reach are written to once more, by order of a person. Refused and
//! expired rows go back to the queue; who was left to another dispatch that did not reach them becomes a row, and
//! the audience grows by them. The gate is asked first: whom it would skip stays as they are.

use super::super::{Connection, Result, Writing};
use super::retally;
use crate::domain::dispatch::{Resent, Wanted};
use crate::domain::id::DispatchId;

/// Whom a resend would reach now, and whom not.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn resendable(conn: &mut Connection, id: DispatchId, wanted: Wanted) -> Result<Resent> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(sum(d.state = 'failed' AND free), 0) AS "failed!: i64", coalesce(sum(d.state = 'expired' AND free), 0) AS "expired!: i64",
                  coalesce(sum(NOT free), 0) AS "stay!: i64"
           FROM (SELECT d.state, (SELECT g.answer FROM gate AS g WHERE g.delivery_id = d.id) IN ('open', 'held') AND NOT EXISTS (
                     SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = d.issue_id) AND e.subscriber_id = d.subscriber_id AND e.round = d.round
                     AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped')) AS free
                 FROM delivery AS d WHERE d.dispatch_id = ?1 AND ((?2 AND d.state = 'failed') OR (?3 AND d.state = 'expired'))) AS d"#,
        id.0,
        wanted.failed,
        wanted.expired
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut resent = Resent { failed: rows.failed, expired: rows.expired, missed: 0, stay: rows.stay };
    if wanted.missed {
        let missed = sqlx::query!(
            r#"SELECT coalesce(sum(lists > 0 AND NOT suppressed), 0) AS "free!: i64", coalesce(sum(lists = 0 OR suppressed), 0) AS "stay!: i64"
               FROM (SELECT (SELECT count(*) FROM dispatch_list AS l JOIN subscription AS c ON c.list_id = l.list_id
                             WHERE l.dispatch_id = p.id AND c.subscriber_id = s.id AND c.state = 'active') AS lists,
                            EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = s.address_key) AS suppressed
                     FROM dispatch AS p JOIN left_out AS o ON o.dispatch_id = p.id AND o.why = 'elsewhere'
                     JOIN subscriber AS s ON s.id = o.subscriber_id
                     WHERE p.id = ? AND NOT EXISTS (
                         SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = p.issue_id) AND e.subscriber_id = o.subscriber_id
                         AND e.round = p.round AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped')))"#,
            id.0
        )
        .fetch_one(conn)
        .await?;
        resent.missed = missed.free;
        resent.stay += missed.stay;
    }
    Ok(resent)
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
