//! The course of a dispatch, in sums: how it stands by provider and by reason, and how its letters went minute by
//! minute. Each sum is made by the database, from what triggers keep of them, so that a page of a million letters costs
//! what its table shows.

use super::super::{Connection, Result};
use crate::domain::delivery::State;
use crate::domain::dispatch::Tally;
use crate::domain::id::{DispatchId, PublicationId};
use crate::domain::moment::Moment;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How the letters to one provider stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByLane {
    /// The provider; none where all others are put together.
    pub lane: Option<String>,
    /// Its letters.
    pub tally: Tally,
    /// Letters that it took since the moment that was asked for.
    pub taken: i64,
}

/// How a dispatch stands, provider by provider, and what they took since a moment, to the minute: so many of the largest,
/// and all others together as the last.
///
/// # Errors
/// [`Error::Broken`].
pub async fn by_lane(conn: &mut Connection, id: DispatchId, since: Moment, at_most: i64) -> Result<Vec<ByLane>> {
    let minute = since.0.div_euclid(60_000);
    let rows = sqlx::query!(
        r#"WITH named (lane) AS MATERIALIZED (
               SELECT lane FROM standing WHERE dispatch_id = ?1 AND state = 'all' ORDER BY letters DESC, lane LIMIT ?2)
           SELECT iif(lane IN named, lane, NULL) AS "lane: String", state AS "state!: String", sum(letters) AS "n!: i64"
           FROM standing WHERE dispatch_id = ?1 GROUP BY 1, 2
           UNION ALL
           SELECT iif(lane IN named, lane, NULL), state, count(*) FROM delivery
           WHERE dispatch_id = ?1 AND state IN ('claimed', 'armed') GROUP BY 1, 2
           UNION ALL
           SELECT iif(lane IN named, lane, NULL), 'taken', sum(letters) FROM taken WHERE dispatch_id = ?1 AND minute >= ?3 GROUP BY 1"#,
        id.0,
        at_most,
        minute
    )
    .fetch_all(conn)
    .await?;
    let mut lanes: HashMap<Option<String>, (HashMap<String, i64>, i64)> = HashMap::new();
    for row in rows {
        let (letters, taken) = lanes.entry(row.lane).or_default();
        match row.state.as_str() {
            "taken" => *taken = row.n,
            _ => drop(letters.insert(row.state, row.n)),
        }
    }
    let read = lanes.into_iter().map(|(lane, (letters, taken))| ByLane { lane, tally: kept(&letters), taken });
    let mut all: Vec<ByLane> = read.collect();
    all.sort_by_key(|one| (one.lane.is_none(), Reverse(one.tally.sum()), one.lane.clone()));
    Ok(all)
}

/// A tally as `standing` keeps it: 'all', those that came to an end and those in hand; the rest waits.
pub(super) fn kept(letters: &HashMap<String, i64>) -> Tally {
    let mut tally = Tally::default();
    for state in State::ALL {
        *tally.of_mut(state) = letters.get(state.word()).copied().unwrap_or(0);
    }
    tally.queued = letters.get("all").copied().unwrap_or(0) - tally.sum();
    tally
}

/// Letters that did not arrive for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByReason {
    /// How they ended.
    pub state: String,
    /// The word of [`crate::domain::reason::Reason`], where it is known.
    pub reason: Option<String>,
    /// What one of them heard last.
    pub example: Option<String>,
    /// How many.
    pub letters: i64,
}

/// Letters whose reasons are looked at, at most.
pub const REASONS_OF: i64 = 20_000;

/// Why letters of a dispatch did not arrive, the most frequent first; of the first [`REASONS_OF`] of each end.
///
/// # Errors
/// [`Error::Broken`].
pub async fn by_reason(conn: &mut Connection, id: DispatchId) -> Result<Vec<ByReason>> {
    let rows = sqlx::query!(
        r#"SELECT d.state AS "state!: String",
                  CASE d.state WHEN 'skipped' THEN d.why WHEN 'uncertain' THEN 'unclear' ELSE d.scope END AS "reason: String",
                  min(iif(d.state = 'skipped', NULL, d.why)) AS "example: String", count(*) AS "n!: i64"
           FROM (SELECT * FROM (SELECT state, scope, why FROM delivery INDEXED BY delivery_by_reason
                      WHERE dispatch_id = ?1 AND state = 'failed' AND state IN ('failed', 'expired', 'skipped', 'uncertain') LIMIT ?2)
                 UNION ALL SELECT * FROM (SELECT state, scope, why FROM delivery INDEXED BY delivery_by_reason
                      WHERE dispatch_id = ?1 AND state = 'expired' AND state IN ('failed', 'expired', 'skipped', 'uncertain') LIMIT ?2)
                 UNION ALL SELECT * FROM (SELECT state, scope, why FROM delivery INDEXED BY delivery_by_reason
                      WHERE dispatch_id = ?1 AND state = 'skipped' AND state IN ('failed', 'expired', 'skipped', 'uncertain') LIMIT ?2)
                 UNION ALL SELECT * FROM (SELECT state, scope, why FROM delivery INDEXED BY delivery_by_reason
                      WHERE dispatch_id = ?1 AND state = 'uncertain' AND state IN ('failed', 'expired', 'skipped', 'uncertain') LIMIT ?2)) AS d
           GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2"#,
        id.0,
        REASONS_OF
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ByReason { state: row.state, reason: row.reason, example: row.example, letters: row.n })
        .collect())
}

/// How many uncertain letters of a dispatch nobody has settled.
///
/// # Errors
/// [`Error::Broken`].
pub async fn unsettled(conn: &mut Connection, id: DispatchId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: i64" FROM delivery WHERE dispatch_id = ? AND state = 'uncertain' AND settled_by IS NULL"#,
        id.0
    )
    .fetch_one(conn)
    .await?)
}

/// What happened in one stretch of time: tries, by what they came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// From when.
    pub from: Moment,
    /// Letters that were taken.
    pub accepted: i64,
    /// Tries that were put off.
    pub later: i64,
    /// Letters that were refused.
    pub refused: i64,
    /// Letters whose fate is not known.
    pub uncertain: i64,
}

/// How a dispatch went, in up to so many stretches of equal length, and how many minutes one has. Stretches in which
/// nothing happened are left out.
///
/// # Errors
/// [`Error::Broken`].
pub async fn stretches(conn: &mut Connection, id: DispatchId, at_most: i64) -> Result<(i64, Vec<Stretch>)> {
    let ends = sqlx::query!(
        r#"SELECT (SELECT min(minute) FROM pulse WHERE dispatch_id = ?1) AS "first: i64",
                  (SELECT max(minute) FROM pulse WHERE dispatch_id = ?1) AS "last: i64""#,
        id.0
    )
    .fetch_one(&mut *conn)
    .await?;
    let (Some(first), Some(last)) = (ends.first, ends.last) else { return Ok((1, Vec::new())) };
    let minutes = (last - first) / at_most.max(1) + 1;
    let rows = sqlx::query!(
        r#"SELECT (minute - ?2) / ?3 AS "at!: i64", sum(iif(verdict = 'accepted', n, 0)) AS "accepted!: i64",
                  sum(iif(verdict = 'later', n, 0)) AS "later!: i64", sum(iif(verdict = 'refused', n, 0)) AS "refused!: i64",
                  sum(iif(verdict = 'uncertain', n, 0)) AS "uncertain!: i64"
           FROM pulse WHERE dispatch_id = ?1 GROUP BY 1 ORDER BY 1"#,
        id.0,
        first,
        minutes
    )
    .fetch_all(conn)
    .await?;
    let stretches = rows.into_iter().map(|row| Stretch {
        from: Moment((first + row.at * minutes) * 60_000),
        accepted: row.accepted,
        later: row.later,
        refused: row.refused,
        uncertain: row.uncertain,
    });
    Ok((minutes, stretches.collect()))
}

/// How many letters a minute the last dispatch of a publication that is over had taken; none where there is none.
///
/// # Errors
/// [`Error::Broken`].
pub async fn last_pace(conn: &mut Connection, publication: PublicationId) -> Result<Option<f64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT (p.tally ->> '$.accepted') * 60000.0 / max(p.closed_at - p.opened_at, 1000) AS "pace: f64"
           FROM dispatch AS p JOIN issue AS i ON i.id = p.issue_id
           WHERE i.publication_id = ? AND p.phase = 'closed' AND (p.tally ->> '$.accepted') > 0 ORDER BY p.id DESC LIMIT 1"#,
        publication.0
    )
    .fetch_optional(conn)
    .await?
    .flatten())
}
