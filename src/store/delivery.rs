//! Deliveries, as rows: claimed, armed and recorded in sets, never one statement each. Every change
//! says which state and which boot it finds, and counts the rows it moved. A `+` before a column keeps the
//! planner from its index, where the rows are few and known by their ids.

mod count;
mod doubt;

pub use count::counted;
pub use doubt::{Doubted, called_off, doubt, unsettled};

use super::{Connection, Error, Result, Writing, to_json};
use crate::domain::address::{Address, Mailbox};
use crate::domain::attempt::{Answer, Stage};
use crate::domain::delivery::{Next, Past, State};
use crate::domain::id::{DeliveryId, DispatchId, EditionId, IssueId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use serde::Serialize;
use std::time::Duration;

/// A way to send letters by: the due letters of one dispatch, of one edition's trials, or of all notices, on one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The dispatch; none for trials and notices.
    pub dispatch: Option<DispatchId>,
    /// The edition of trials; none for a dispatch, which has its own, and for notices.
    pub edition: Option<EditionId>,
    /// The lane.
    pub lane: String,
    /// When its first letter is due.
    #[serde(skip)]
    pub due: Moment,
    /// How many letters it has due now, counted up to [`FEW`].
    #[serde(skip)]
    pub ready: u32,
    /// Since when the failures of its dispatch are counted; trials have none.
    #[serde(skip)]
    pub counted_from: Option<Moment>,
}

/// Beyond this nobody needs to know how many letters wait on a way: every connection has work.
pub const FEW: u32 = 32;

/// A delivery that was claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Which.
    pub delivery: DeliveryId,
    /// Its dispatch; none for a trial or a notice.
    pub dispatch: Option<DispatchId>,
    /// What is sent; none for a notice.
    pub edition: Option<EditionId>,
    /// Whom to.
    pub to: Mailbox,
    /// Since when the duty exists.
    pub since: Moment,
    /// How it has fared so far.
    pub past: Past,
    /// What relays answered to the tries that count, the oldest first.
    pub before: Vec<(Stage, Answer)>,
}

/// Where a delivery in hand goes, as the record writes it.
#[derive(Clone, Debug, Serialize)]
pub struct Move {
    id: DeliveryId,
    state: &'static str,
    due: Option<Moment>,
    put_off: u64,
    counted: u32,
    tried: u32,
    why: Option<String>,
    suppress: bool,
}

impl Move {
    /// After an attempt. `why` is what the log says of it.
    pub fn tried(id: DeliveryId, next: &Next, now: Moment, why: String) -> Self {
        let (state, wait, counted, why, suppress) = match *next {
            Next::Queued { wait, counted } => ("queued", Some(wait), counted, Some(why), false),
            Next::Accepted => ("accepted", None, true, None, false),
            Next::Failed { suppress, .. } => ("failed", None, true, Some(why), suppress),
            Next::Expired { counted } => ("expired", None, counted, Some(why), false),
            Next::Uncertain => ("uncertain", None, true, Some(why), false),
        };
        let put_off = wait.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let due = wait.map(|wait| now + wait);
        Self { id, state, due, put_off, counted: u32::from(counted), tried: 1, why, suppress }
    }

    /// Whether it ends or puts off what was tried, and as what.
    pub fn outcome(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| self.tried > 0 && state.word() == self.state)
    }

    /// Back to the queue as it was.
    pub fn given_back(id: DeliveryId, now: Moment) -> Self {
        Self { id, state: "queued", due: Some(now), put_off: 0, counted: 0, tried: 0, why: None, suppress: false }
    }
}

/// Adds a trial: a test letter of an edition to an address, due at once.
///
/// # Errors
/// [`Error::Broken`].
pub async fn insert_trial(
    writing: &mut Writing,
    edition: EditionId,
    issue: IssueId,
    to: &Mailbox,
) -> Result<DeliveryId> {
    let (address, lane, now) = (to.address.as_str(), to.address.lane(), writing.now.0);
    let above = numbers_above(writing).await?;
    let id = sqlx::query!(
        "INSERT INTO delivery (id, purpose, edition_id, issue_id, round, address, name, lane, state, since, due_at, moved_at)
         VALUES (?7 + 1, 'trial', ?1, ?2, 0, ?3, ?4, ?5, 'queued', ?6, ?6, ?6)",
        edition.0,
        issue.0,
        address,
        to.name,
        lane,
        now,
        above
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Adds a notice, due at once; what it says is in the table `notice`.
///
/// # Errors
/// [`Error::Broken`].
pub async fn insert_notice(writing: &mut Writing, to: &Mailbox) -> Result<DeliveryId> {
    let (address, lane, now) = (to.address.as_str(), to.address.lane(), writing.now.0);
    let above = numbers_above(writing).await?;
    let id = sqlx::query!(
        "INSERT INTO delivery (id, purpose, round, address, name, lane, state, since, due_at, moved_at)
         VALUES (?5 + 1, 'notice', 0, ?1, ?2, ?3, 'queued', ?4, ?4, ?4)",
        address,
        to.name,
        lane,
        now,
        above
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Above which number the next delivery's must be, where those that were given out are not all here: after a restore.
/// None where SQLite's own count, one more than the highest, is right.
///
/// # Errors
/// [`Error::Broken`].
pub async fn numbers_above(conn: &mut Connection) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!("SELECT given FROM station WHERE given > (SELECT coalesce(max(id), 0) FROM delivery)")
        .fetch_optional(conn)
        .await?)
}

/// The trial of an edition to an address that is on its way already.
///
/// # Errors
/// [`Error::Broken`].
pub async fn trial_under_way(conn: &mut Connection, edition: EditionId, to: &Address) -> Result<Option<DeliveryId>> {
    let key = to.key();
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM delivery
           WHERE lower(address) = ? AND edition_id = ? AND purpose = 'trial' AND state IN ('queued', 'claimed', 'armed')
           ORDER BY id LIMIT 1"#,
        key,
        edition.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(DeliveryId))
}

/// What older boots held: claimed goes back to the queue, armed becomes uncertain with an attempt
/// that says so. Returns how many of each.
///
/// # Errors
/// [`Error::Broken`].
pub async fn recover(writing: &mut Writing, boot: i64) -> Result<(u64, u64)> {
    let now = writing.now.0;
    let queued = sqlx::query!(
        "UPDATE delivery SET state = 'queued', due_at = ?2, boot = NULL, moved_at = ?2 WHERE boot < ?1 AND state = 'claimed'",
        boot,
        now
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    sqlx::query!(
        "INSERT INTO attempt (delivery_id, number, at, relay, stage, text, verdict, counted, duration_ms)
         SELECT id, tries + 1, moved_at, '', 'dot', 'the station stopped before the answer came', 'uncertain', 1, 0
         FROM delivery WHERE boot < ?1 AND state = 'armed'",
        boot
    )
    .execute(&mut **writing)
    .await?;
    let uncertain = sqlx::query!(
        "UPDATE delivery SET state = 'uncertain', why = 'the station stopped before the answer came', boot = NULL,
                tries = tries + 1, attempts = attempts + 1, moved_at = ?2
         WHERE boot < ?1 AND state = 'armed'",
        boot,
        now
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    Ok((queued, uncertain))
}

/// Every way that has letters queued, trials and notices first, with when the first is due and how many are by now. Steps from lane to
/// lane through the index, so its cost is that of the lanes, not of the letters; of trials and notices there are few.
///
/// # Errors
/// [`Error::Broken`].
pub async fn ways(conn: &mut Connection, now: Moment) -> Result<Vec<Way>> {
    let rows = sqlx::query!(
        r#"WITH RECURSIVE
               source (dispatch_id) AS (SELECT id FROM (SELECT id FROM dispatch WHERE phase = 'open' ORDER BY at, id)),
               way (dispatch_id, lane) AS (
                   SELECT dispatch_id,
                          (SELECT min(d.lane) FROM delivery AS d WHERE d.state = 'queued' AND d.dispatch_id IS source.dispatch_id)
                   FROM source
                   UNION ALL
                   SELECT dispatch_id,
                          (SELECT min(d.lane) FROM delivery AS d
                           WHERE d.state = 'queued' AND d.dispatch_id IS way.dispatch_id AND d.lane > way.lane)
                   FROM way WHERE lane IS NOT NULL)
           SELECT NULL AS "dispatch_id?: i64", edition_id AS "edition_id?: i64", lane AS "lane!: String", min(due_at) AS "due!: i64",
                  min(count(*) FILTER (WHERE due_at <= ?1), ?2) AS "ready!: u32", NULL AS "counted_from?: i64"
           FROM delivery WHERE state = 'queued' AND dispatch_id IS NULL GROUP BY edition_id, lane
           UNION ALL
           SELECT dispatch_id, NULL, lane,
                  (SELECT min(d.due_at) FROM delivery AS d
                   WHERE d.state = 'queued' AND d.dispatch_id IS way.dispatch_id AND d.lane = way.lane),
                  (SELECT count(*) FROM (SELECT 1 FROM delivery AS d
                   WHERE d.state = 'queued' AND d.dispatch_id IS way.dispatch_id AND d.lane = way.lane AND d.due_at <= ?1 LIMIT ?2)),
                  (SELECT p.counted_from FROM dispatch AS p WHERE p.id = way.dispatch_id)
           FROM way WHERE lane IS NOT NULL"#,
        now.0,
        FEW
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Way {
            dispatch: row.dispatch_id.map(DispatchId),
            edition: row.edition_id.map(EditionId),
            lane: row.lane,
            due: Moment(row.due),
            ready: row.ready,
            counted_from: row.counted_from.map(Moment),
        })
        .collect())
}

/// Makes due now what is due only after `latest`: a wait that no patience asks for comes from a clock that was wrong.
///
/// # Errors
/// [`Error::Broken`].
pub async fn bring_near(writing: &mut Writing, latest: Moment) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!("UPDATE delivery SET due_at = ? WHERE state = 'queued' AND due_at > ?", now, latest.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Claims up to `room` due deliveries, way by way, in id order, asking the gate: who may not be
/// written to any more is skipped with the reason, and takes up room too. Returns how many rows moved, beside those
/// that are claimed: fewer than `room` when the ways have no more.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn claim(writing: &mut Writing, boot: i64, ways: &[Way], room: u32) -> Result<(Vec<Claimed>, u32)> {
    let (ways, now) = (to_json(&ways), writing.now.0);
    let rows = sqlx::query!(
        r#"UPDATE delivery SET
               state = iif(due.answer = 'open', 'claimed', 'skipped'),
               boot = iif(due.answer = 'open', ?1, NULL),
               why = iif(due.answer = 'open', delivery.why, due.answer),
               due_at = NULL, moved_at = ?2
           FROM (SELECT d.id, (SELECT g.answer FROM gate AS g WHERE g.delivery_id = d.id) AS answer
                 FROM json_each(?3) AS way CROSS JOIN delivery AS d
                 WHERE d.state = 'queued' AND d.dispatch_id IS (way.value ->> 'dispatch') AND d.lane = (way.value ->> 'lane') AND d.due_at <= ?2
                   AND (d.dispatch_id IS NOT NULL OR d.edition_id IS (way.value ->> 'edition'))
                 LIMIT ?4) AS due
           WHERE delivery.id = due.id AND delivery.state = 'queued' AND due.answer <> 'held'
           RETURNING id AS "id!: i64", state, dispatch_id AS "dispatch_id?: i64", edition_id AS "edition_id?: i64", address, name, since,
                     attempts - attempts_before AS "attempts!: u32", tries - tries_before AS "tries!: u32", put_off AS "put_off!: u64""#,
        boot,
        now,
        ways,
        room
    )
    .fetch_all(&mut **writing)
    .await?;
    let moved = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(|row| row.state == "claimed") {
        claimed.push(Claimed {
            delivery: row.id.into(),
            dispatch: row.dispatch_id.map(DispatchId),
            edition: row.edition_id.map(EditionId),
            to: Mailbox { name: row.name, address: row.address.parse().map_err(|_| Error::Unreadable("address"))? },
            since: Moment(row.since),
            past: Past { attempts: row.attempts, tries: row.tries, put_off: Duration::from_millis(row.put_off) },
            before: Vec::new(),
        });
    }
    super::attempt::answers(writing, &mut claimed).await?;
    // RETURNING promises no order.
    claimed.sort_by_key(|claimed| claimed.delivery);
    Ok((claimed, moved))
}

/// Arms claimed deliveries, asking the gate once more. Returns those that are armed; the others
/// have been skipped with the reason, or queued where their dispatch is held.
///
/// # Errors
/// [`Error::Fenced`] when one was not claimed by this boot; [`Error::Broken`].
pub async fn arm(writing: &mut Writing, boot: i64, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (json, now) = (to_json(&ids), writing.now.0);
    let rows = sqlx::query!(
        r#"UPDATE delivery SET
               state = CASE asked.answer WHEN 'open' THEN 'armed' WHEN 'held' THEN 'queued' ELSE 'skipped' END,
               boot = iif(asked.answer = 'open', ?1, NULL),
               due_at = iif(asked.answer = 'held', ?2, NULL),
               why = iif(asked.answer IN ('open', 'held'), delivery.why, asked.answer),
               moved_at = ?2
           FROM (SELECT j.value AS id, (SELECT g.answer FROM gate AS g WHERE g.delivery_id = j.value) AS answer FROM json_each(?3) AS j) AS asked
           WHERE delivery.id = asked.id AND delivery.state = 'claimed' AND +delivery.boot = ?1
           RETURNING id AS "id!: i64", state"#,
        boot,
        now,
        json
    )
    .fetch_all(&mut **writing)
    .await?;
    if rows.len() != ids.len() {
        return Err(Error::Fenced);
    }
    Ok(rows.into_iter().filter(|row| row.state == "armed").map(|row| row.id.into()).collect())
}

/// Records where deliveries in hand went. Only an armed one can have been accepted or be uncertain.
///
/// # Errors
/// [`Error::Fenced`] when one was not in this boot's hands; [`Error::Broken`].
pub async fn record(writing: &mut Writing, boot: i64, moves: &[Move]) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    let (json, now) = (to_json(&moves), writing.now.0);
    let moved = sqlx::query!(
        "UPDATE delivery SET
             state = m.state, due_at = m.due, boot = NULL, why = m.why, moved_at = ?2,
             put_off = delivery.put_off + m.put_off, attempts = attempts + m.counted, tries = tries + m.tried
         FROM (SELECT value ->> 'id' AS id, value ->> 'state' AS state, value ->> 'due' AS due, value ->> 'put_off' AS put_off,
                      value ->> 'counted' AS counted, value ->> 'tried' AS tried, value ->> 'why' AS why FROM json_each(?3)) AS m
         WHERE delivery.id = m.id AND +delivery.boot = ?1
           AND (delivery.state = 'armed' OR (delivery.state = 'claimed' AND m.state NOT IN ('accepted', 'uncertain')))",
        boot,
        now,
        json
    )
    .execute(&mut **writing)
    .await?;
    if moved.rows_affected() != moves.len() as u64 {
        return Err(Error::Fenced);
    }
    if moves.iter().any(|m| m.suppress) {
        suppress(writing, &json).await?;
    }
    Ok(())
}

/// Forbids writing to the addresses that the relay said do not exist. Notices are no readers' mail, and ask no leave.
async fn suppress(writing: &mut Writing, moves: &str) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!(
        "INSERT INTO suppression (address_key, why, delivery_id, since)
         SELECT lower(d.address), d.why, d.id, ? FROM json_each(?) AS m JOIN delivery AS d ON d.id = (m.value ->> 'id')
         WHERE m.value ->> 'suppress' AND d.purpose <> 'notice'
         ON CONFLICT DO NOTHING",
        now,
        moves
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Settles an uncertain delivery: as accepted, back to the queue, or staying uncertain but settled.
/// Returns whether it was uncertain.
///
/// # Errors
/// [`Error::Constraint`] or [`Error::Broken`].
pub async fn resolve(writing: &mut Writing, id: DeliveryId, state: &str) -> Result<bool> {
    let (actor, now) = (writing.actor.to_string(), writing.now.0);
    let due = (state == "queued").then_some(now);
    let done = sqlx::query!(
        "UPDATE delivery SET state = ?1, due_at = ?2, put_off = 0, attempts_before = iif(?1 = 'queued', attempts, attempts_before),
             tries_before = iif(?1 = 'queued', tries, tries_before), settled_by = iif(?1 = 'queued', NULL, ?3), moved_at = ?4 WHERE id = ?5 AND state = 'uncertain'",
        state,
        due,
        actor,
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Settles every uncertain delivery of a dispatch that nobody has settled. Returns how many.
///
/// # Errors
/// [`Error::Broken`].
pub async fn resolve_all(writing: &mut Writing, dispatch: DispatchId, state: &str) -> Result<i64> {
    let (actor, now) = (writing.actor.to_string(), writing.now.0);
    let due = (state == "queued").then_some(now);
    let done = sqlx::query!(
        "UPDATE delivery SET state = ?1, due_at = ?2, put_off = 0, attempts_before = iif(?1 = 'queued', attempts, attempts_before),
             tries_before = iif(?1 = 'queued', tries, tries_before), settled_by = iif(?1 = 'queued', NULL, ?3), moved_at = ?4
         WHERE dispatch_id = ?5 AND state = 'uncertain' AND settled_by IS NULL",
        state,
        due,
        actor,
        now,
        dispatch.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// The dispatch of a delivery; a trial has none.
///
/// # Errors
/// [`Error::Broken`].
pub async fn dispatch_of(conn: &mut Connection, id: DeliveryId) -> Result<Option<DispatchId>> {
    let row = sqlx::query_scalar!("SELECT dispatch_id FROM delivery WHERE id = ?", id.0).fetch_optional(conn).await?;
    Ok(row.flatten().map(DispatchId))
}

/// Whom a delivery was for, of which publication and what it brings: what a letter's links lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// The address.
    pub address: Address,
    /// The publication's short name.
    pub publication: String,
    /// The publication's name.
    pub publication_name: String,
    /// What it brings.
    pub edition: EditionId,
    /// The language of its letters.
    pub language: Language,
}

/// Whom a delivery was for.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn addressee(conn: &mut Connection, id: DeliveryId) -> Result<Option<Addressee>> {
    let row = sqlx::query!(
        r#"SELECT d.address, d.edition_id AS "edition_id!", p.slug, p.name, p.language FROM delivery AS d JOIN issue AS i ON i.id = d.issue_id
         JOIN publication AS p ON p.id = i.publication_id WHERE d.id = ?"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Addressee {
            address: row.address.parse().map_err(|_| Error::Unreadable("address"))?,
            publication: row.slug,
            publication_name: row.name,
            edition: row.edition_id.into(),
            language: row.language.parse().map_err(|_| Error::Unreadable("publication"))?,
        })
    })
    .transpose()
}
