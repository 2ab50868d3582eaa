//! Dispatches, as rows: planned, opened in chunks, closed over a tally that adds up.

mod overview;
mod resend;
mod rounds;

pub use overview::{Overview, overview, overviews, overviews_of};
pub use resend::{resend, resendable};
pub use rounds::{Last, Likeness, first_hour, last, like, next_round};

use super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::address::Address;
use crate::domain::dispatch::{Dispatch, Occasion, Phase, Tally};
use crate::domain::id::{DispatchId, EditionId, IssueId, ListId};
use crate::domain::moment::Moment;

/// What a plan decides.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is sent.
    pub edition: EditionId,
    /// The issue that it is an edition of.
    pub issue: IssueId,
    /// To whom, in id order.
    pub lists: Vec<ListId>,
    /// When.
    pub at: Moment,
    /// Which time it goes to the same readers, from 0.
    pub round: i64,
    /// Why.
    pub occasion: Occasion,
}

/// Subscriptions looked at in one chunk of an opening: short enough that others wait little.
const CHUNK: i64 = 5_000;

/// Plans a dispatch.
///
/// # Errors
/// [`Error::Constraint`] when the issue has a dispatch to the same lists in that round.
pub async fn insert(writing: &mut Writing, plan: &Plan) -> Result<DispatchId> {
    let (lists, actor, now) = (to_json(&plan.lists), writing.actor.to_string(), writing.now.0);
    let (occasion, because) = (plan.occasion.word(), plan.occasion.because());
    let id = sqlx::query!(
        "INSERT INTO dispatch (edition_id, issue_id, round, occasion, because, lists, at, phase, planned_by, planned_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?)",
        plan.edition.0,
        plan.issue.0,
        plan.round,
        occasion,
        because,
        lists,
        plan.at.0,
        actor,
        now
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    sqlx::query!("INSERT INTO dispatch_list (dispatch_id, list_id) SELECT ?, value FROM json_each(?)", id, lists)
        .execute(&mut **writing)
        .await?;
    Ok(id.into())
}

/// The first dispatch of an issue to exactly these lists, unless it was cancelled.
///
/// # Errors
/// [`Error::Broken`].
pub async fn of_issue(conn: &mut Connection, issue: IssueId, lists: &[ListId]) -> Result<Option<DispatchId>> {
    let lists = to_json(&lists);
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM dispatch
           WHERE issue_id = ? AND lists = ? AND round = 0 AND phase NOT IN ('cancelling', 'cancelled')"#,
        issue.0,
        lists
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(DispatchId))
}

/// One by its id.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn find(conn: &mut Connection, id: DispatchId) -> Result<Option<Dispatch>> {
    let row =
        sqlx::query!(
            "SELECT edition_id, issue_id, lists, at, phase, why, audience, round, occasion, because, planned_by FROM dispatch WHERE id = ?",
            id.0
        )
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Dispatch {
            id,
            edition: row.edition_id.into(),
            issue: row.issue_id.into(),
            lists: from_json("dispatch", &row.lists)?,
            at: Moment(row.at),
            phase: Phase::from_word(&row.phase).ok_or(Error::Unreadable("dispatch"))?,
            why: row.why,
            audience: row.audience,
            round: row.round,
            occasion: Occasion::from_words(&row.occasion, row.because).ok_or(Error::Unreadable("dispatch"))?,
            planned_by: row.planned_by,
        })
    })
    .transpose()
}

/// How a dispatch's deliveries stand: as stored when it closed, otherwise counted now.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn tally(conn: &mut Connection, id: DispatchId) -> Result<Tally> {
    let json = sqlx::query_scalar!(
        r#"SELECT coalesce(
               (SELECT tally FROM dispatch WHERE id = ?1),
               (SELECT json_group_object(state, n) FROM (SELECT state, count(*) AS n FROM delivery WHERE dispatch_id = ?1 GROUP BY state))
           ) AS "tally!: String""#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    read_tally(&json)
}

/// A tally from its JSON; states that nothing is in are absent there.
fn read_tally(json: &str) -> Result<Tally> {
    let counts: std::collections::BTreeMap<String, i64> = from_json("tally", json)?;
    let mut tally = Tally::default();
    for state in crate::domain::delivery::State::ALL {
        *tally.of_mut(state) = counts.get(state.word()).copied().unwrap_or(0);
    }
    Ok(tally)
}

/// The dispatches whose audience is to be written down now: those being opened, then those whose
/// hour has come. One of an issue that is just being called off waits for that: until then nobody knows who
/// of it is still to be written to.
///
/// # Errors
/// [`Error::Broken`].
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
/// [`Error::Broken`].
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
/// [`Error::Broken`].
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
/// [`Error::Constraint`] or [`Error::Broken`].
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

/// Notes who of the chunk is not written to, and why.
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
         LEFT JOIN delivery AS e ON e.issue_id = p.issue_id AND e.subscriber_id = s.id AND e.round = p.round
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

/// Writes down the duty to everyone else of the chunk.
async fn take_in(writing: &mut Writing, id: DispatchId, until: i64) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!(
        "INSERT INTO delivery (purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, name, lane,
                               state, since, due_at, moved_at)
         SELECT 'issue', p.id, p.edition_id, p.issue_id, p.round, s.id, s.address, s.name, s.lane, 'queued', ?3, ?3, ?3
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
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Moves a dispatch from one of `from` to `to`; where it opens, its failures are counted from now. Returns
/// whether it was there.
///
/// # Errors
/// [`Error::Constraint`] or [`Error::Broken`].
pub async fn shift(
    writing: &mut Writing,
    id: DispatchId,
    from: &[Phase],
    to: Phase,
    why: Option<&str>,
) -> Result<bool> {
    let (from, to, now) = (to_json(&from), to.word(), writing.now.0);
    let done = sqlx::query!(
        "UPDATE dispatch SET phase = ?1, why = ?2, counted_from = iif(?1 = 'open', ?5, counted_from)
         WHERE id = ?3 AND phase IN (SELECT value FROM json_each(?4))",
        to,
        why,
        id.0,
        from,
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Cancels: what is queued is skipped at once; what is in hand comes to its own end.
///
/// # Errors
/// [`Error::Broken`].
pub async fn cancel(writing: &mut Writing, id: DispatchId) -> Result<bool> {
    let now = writing.now.0;
    let living = [Phase::Planned, Phase::Opening, Phase::Open, Phase::Paused];
    if !shift(writing, id, &living, Phase::Cancelling, None).await? {
        return Ok(false);
    }
    sqlx::query!(
        "UPDATE delivery SET state = 'skipped', why = 'cancelled', due_at = NULL, moved_at = ? WHERE dispatch_id = ? AND state = 'queued'",
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    close(writing).await?;
    Ok(true)
}

/// Closes every dispatch that nothing is open in, and keeps its tally; returns both. The sum is checked: if it
/// does not add up to the audience, nothing closes.
///
/// # Errors
/// [`Error::Sum`] when a tally does not add up; [`Error::Broken`].
pub async fn close(writing: &mut Writing) -> Result<Vec<(DispatchId, Tally)>> {
    let now = writing.now.0;
    // What was in hand when its dispatch was cancelled, and came back to the queue since.
    sqlx::query!(
        "UPDATE delivery SET state = 'skipped', why = 'cancelled', due_at = NULL, moved_at = ?
         WHERE state = 'queued' AND dispatch_id IN (SELECT id FROM dispatch WHERE phase = 'cancelling')",
        now
    )
    .execute(&mut **writing)
    .await?;
    let closed = sqlx::query!(
        r#"UPDATE dispatch SET
               phase = CASE phase WHEN 'cancelling' THEN 'cancelled' ELSE 'closed' END,
               closed_at = ?,
               audience = coalesce(audience, (SELECT count(*) FROM delivery AS d WHERE d.dispatch_id = dispatch.id)),
               tally = (SELECT json_group_object(state, n)
                        FROM (SELECT state, count(*) AS n FROM delivery AS d WHERE d.dispatch_id = dispatch.id GROUP BY state))
           WHERE phase IN ('open', 'paused', 'cancelling')
             AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.dispatch_id = dispatch.id AND d.state IN ('queued', 'claimed', 'armed'))
           RETURNING id AS "id!: i64", audience AS "audience!: i64", tally AS "tally!: String""#,
        now
    )
    .fetch_all(&mut **writing)
    .await?;
    let mut over = Vec::with_capacity(closed.len());
    for row in closed {
        let (id, tally) = (DispatchId(row.id), read_tally(&row.tally)?);
        if tally.sum() != row.audience {
            return Err(Error::Sum(id));
        }
        over.push((id, tally));
    }
    Ok(over)
}

/// Counts anew the stored tally of a dispatch that is over, after deliveries of it were moved by a person; where
/// some went back to the queue, it is open again, and its failures are counted from now.
///
/// # Errors
/// [`Error::Broken`].
pub async fn retally(writing: &mut Writing, id: DispatchId) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!(
        "UPDATE dispatch SET phase = iif(phase = 'closed', 'open', 'cancelling'), closed_at = NULL, tally = NULL, counted_from = ?
         WHERE phase IN ('closed', 'cancelled') AND id = ?",
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    close(writing).await?;
    Ok(())
}

/// Whether a dispatch waits to be closed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn any_to_close(conn: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM dispatch AS p WHERE p.phase IN ('open', 'paused', 'cancelling')
           AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.dispatch_id = p.id
               AND d.state IN ('queued', 'claimed', 'armed') AND (d.state <> 'queued' OR p.phase <> 'cancelling'))) AS "any!: bool""#
    )
    .fetch_one(conn)
    .await?)
}

/// Whom a dispatch's letters are from.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn sender(conn: &mut Connection, id: DispatchId) -> Result<Address> {
    let from = sqlx::query_scalar!(
        r#"SELECT e.print ->> '$.letterhead.from.address' AS "from: String"
           FROM dispatch AS p JOIN edition AS e ON e.id = p.edition_id WHERE p.id = ?"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    from.and_then(|from| from.parse().ok()).ok_or(Error::Unreadable("sender"))
}

/// The dispatches that are paused, each with why.
///
/// # Errors
/// [`Error::Broken`].
pub async fn paused(conn: &mut Connection) -> Result<Vec<(DispatchId, String)>> {
    let rows =
        sqlx::query!(r#"SELECT id AS "id!: i64", why AS "why!" FROM dispatch WHERE phase = 'paused' ORDER BY id"#)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.why)).collect())
}

/// How many readers a dispatch left out, by reason as it is now: who was left to another dispatch that
/// ended without reaching them was missed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn left_out(conn: &mut Connection, id: DispatchId) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT CASE WHEN o.why = 'elsewhere' AND NOT EXISTS (
                      SELECT 1 FROM delivery AS e WHERE e.issue_id = p.issue_id AND e.subscriber_id = o.subscriber_id
                      AND e.round = p.round AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped'))
                  THEN 'missed' ELSE o.why END AS "why!: String", count(*) AS "n!: i64"
           FROM left_out AS o JOIN dispatch AS p ON p.id = o.dispatch_id WHERE p.id = ? GROUP BY 1 ORDER BY 1"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.why, row.n)).collect())
}
