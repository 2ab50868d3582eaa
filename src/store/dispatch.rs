//! Dispatches, as rows: planned, opened in chunks, closed over a tally that adds up.

mod course;
mod foresee;
mod opening;
mod overview;
mod resend;
mod rounds;

pub use course::{ByLane, ByReason, REASONS_OF, Stretch, by_lane, by_reason, last_pace, stretches, unsettled};
pub use foresee::{Foreseen, foresee};
pub use opening::{begin_opening, next_hour, open_chunk, to_open};
pub use overview::{Overview, Shown, overview, overviews, reasons, reasons_since};
pub use resend::{about_resendable, resend, resendable};
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

/// The dispatches of an issue, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn all_of_issue(conn: &mut Connection, issue: IssueId) -> Result<Vec<DispatchId>> {
    let ids =
        sqlx::query_scalar!(r#"SELECT id AS "id!: i64" FROM dispatch WHERE issue_id = ? ORDER BY id DESC"#, issue.0)
            .fetch_all(conn)
            .await?;
    Ok(ids.into_iter().map(DispatchId).collect())
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

/// How a dispatch's deliveries stand: as stored when it closed, otherwise as it is kept now.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn tally(conn: &mut Connection, id: DispatchId) -> Result<Tally> {
    let stored =
        sqlx::query_scalar!("SELECT tally FROM dispatch WHERE id = ?", id.0).fetch_optional(&mut *conn).await?;
    if let Some(json) = stored.flatten() {
        return read_tally(&json);
    }
    let rows = sqlx::query!(
        r#"SELECT state AS "state!: String", sum(letters) AS "n!: i64" FROM standing WHERE dispatch_id = ?1 GROUP BY 1
           UNION ALL
           SELECT state, count(*) FROM delivery WHERE dispatch_id = ?1 AND state IN ('claimed', 'armed') GROUP BY 1"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(course::kept(&rows.into_iter().map(|row| (row.state, row.n)).collect()))
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

/// Cancels: what is queued is skipped at once; what is in hand comes to its own end. None where it is over already;
/// otherwise the dispatches that are over now, as [`close`] says.
///
/// # Errors
/// [`Error::Broken`].
pub async fn cancel(writing: &mut Writing, id: DispatchId) -> Result<Option<Vec<(DispatchId, Tally)>>> {
    let now = writing.now.0;
    let living = [Phase::Planned, Phase::Opening, Phase::Open, Phase::Paused];
    if !shift(writing, id, &living, Phase::Cancelling, None).await? {
        return Ok(None);
    }
    sqlx::query!(
        "UPDATE delivery SET state = 'skipped', why = 'cancelled', due_at = NULL, moved_at = ? WHERE dispatch_id = ? AND state = 'queued'",
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    close(writing).await.map(Some)
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
/// some went back to the queue, it is open again, and its failures are counted from now. The dispatches that are over now,
/// as [`close`] says.
///
/// # Errors
/// [`Error::Broken`].
pub async fn retally(writing: &mut Writing, id: DispatchId) -> Result<Vec<(DispatchId, Tally)>> {
    let now = writing.now.0;
    sqlx::query!(
        "UPDATE dispatch SET phase = iif(phase = 'closed', 'open', 'cancelling'), closed_at = NULL, tally = NULL, counted_from = ?
         WHERE phase IN ('closed', 'cancelled') AND id = ?",
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    close(writing).await
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
                      SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = p.issue_id) AND e.subscriber_id = o.subscriber_id
                      AND e.round = p.round AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped'))
                  THEN 'missed' ELSE o.why END AS "why!: String", count(*) AS "n!: i64"
           FROM left_out AS o JOIN dispatch AS p ON p.id = o.dispatch_id WHERE p.id = ? GROUP BY 1 ORDER BY 1"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.why, row.n)).collect())
}
