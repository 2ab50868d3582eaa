//! Attempts, as rows that never change, and the delivery log that is read from them.

use super::delivery::Claimed;
use super::{Connection, Error, Result, Writing, to_json};
use crate::domain::attempt::{Answer, Attempt, Scope, Seen, Stage, Verdict};
use crate::domain::delivery::State;
use crate::domain::dispatch::Phase;
use crate::domain::id::{DeliveryId, DispatchId, SubscriberId};
use crate::domain::moment::Moment;
use chrono_tz::Tz;
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::HashMap;

/// An attempt with its delivery and what it meant.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// The delivery.
    pub delivery: DeliveryId,
    /// What was seen.
    pub attempt: &'a Attempt,
    /// What it meant.
    pub verdict: &'a Verdict,
}

/// Adds the attempts of deliveries whose moves have just been recorded.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn insert(writing: &mut Writing, tried: &[Tried<'_>]) -> Result<()> {
    if tried.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = tried.iter().map(as_row).collect();
    let rows = to_json(&rows);
    sqlx::query!(
        "INSERT INTO attempt (delivery_id, number, at, relay, stage, code, enhanced, text, verdict, scope, counted, duration_ms)
         SELECT d.id, d.tries, v ->> 'at', v ->> 'relay', v ->> 'stage', v ->> 'code', v ->> 'enhanced', v ->> 'text',
                v ->> 'verdict', v ->> 'scope', v ->> 'counted', v ->> 'duration_ms'
         FROM (SELECT value AS v FROM json_each(?)) JOIN delivery AS d ON d.id = (v ->> 'delivery')",
        rows
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

fn as_row(tried: &Tried<'_>) -> serde_json::Value {
    let Tried { delivery, attempt, verdict } = tried;
    let (code, enhanced) = match &attempt.seen {
        Seen::Answer(answer) => (Some(answer.code), answer.enhanced.map(|e| e.to_string())),
        Seen::Broken(_) | Seen::Unmade(_) => (None, None),
    };
    serde_json::json!({
        "delivery": delivery, "at": attempt.at, "relay": attempt.relay, "stage": attempt.stage.word(), "code": code,
        "enhanced": enhanced, "text": attempt.seen.text(), "verdict": verdict.word(), "scope": scope(verdict).map(Scope::word),
        "counted": i32::from(verdict.counted()), "duration_ms": attempt.duration_ms,
    })
}

fn scope(verdict: &Verdict) -> Option<Scope> {
    match verdict {
        Verdict::Later { scope, .. } | Verdict::Refused { scope, .. } => Some(*scope),
        Verdict::Accepted | Verdict::Uncertain => None,
    }
}

/// Reads what relays answered to the tries that count of deliveries just claimed, since a person last queued them.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub(super) async fn answers(writing: &mut Writing, claimed: &mut [Claimed]) -> Result<()> {
    let tried: Vec<DeliveryId> = claimed.iter().filter(|c| c.past.attempts > 0).map(|c| c.delivery).collect();
    if tried.is_empty() {
        return Ok(());
    }
    let tried = to_json(&tried);
    let rows = sqlx::query!(
        r#"SELECT d.id AS "id!: i64", a.stage, a.code AS "code!: u16", a.text
           FROM json_each(?) AS j CROSS JOIN delivery AS d ON d.id = j.value
           JOIN attempt AS a ON a.delivery_id = d.id AND a.number > d.tries_before AND a.counted AND a.code IS NOT NULL
           ORDER BY a.delivery_id, a.number"#,
        tried
    )
    .fetch_all(&mut **writing)
    .await?;
    for row in rows {
        let stage = Stage::from_word(&row.stage).ok_or(Error::Unreadable("stage"))?;
        let theirs = claimed.iter_mut().filter(|claimed| claimed.delivery.0 == row.id);
        theirs.for_each(|c| c.before.push((stage, Answer { code: row.code, enhanced: None, text: row.text.clone() })));
    }
    Ok(())
}

/// The letters that each relay had in the last 24 hours, by the minute. Those that no relay is known of, because
/// the station stopped before the answer came, have an empty name.
///
/// # Errors
/// [`Error::Broken`].
pub async fn last_day(conn: &mut Connection, now: Moment) -> Result<Vec<(String, Moment, u32)>> {
    let since = now.0 - 24 * 60 * 60 * 1000;
    let rows = sqlx::query!(
        r#"SELECT relay, at / 60000 AS "minute!: i64", count(*) AS "letters!: u32" FROM attempt
           WHERE at > ? AND stage = 'dot' AND (relay <> '' OR counted) GROUP BY 1, 2 ORDER BY 2"#,
        since
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.relay, Moment(row.minute * 60_000), row.letters)).collect())
}

/// One delivery with its attempts, as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub delivery: DeliveryId,
    /// Its dispatch; none for a trial.
    pub dispatch: Option<DispatchId>,
    /// The issue.
    pub issue: i64,
    /// The issue's label as printed, where it has one.
    pub label: Option<String>,
    /// The publication's name.
    pub publication: String,
    /// Whom to.
    pub address: String,
    /// Their name.
    pub name: Option<String>,
    /// Who it is; none for a trial.
    pub subscriber: Option<SubscriberId>,
    /// The unit that they are at, as the roster says now.
    pub unit: Option<String>,
    /// The domain that its Message-ID is under.
    pub from_domain: String,
    /// The zone that its times are meant in.
    pub zone: Tz,
    /// Where it is.
    pub state: String,
    /// Why.
    pub why: Option<String>,
    /// Who settled it, where it was uncertain.
    pub settled_by: Option<String>,
    /// When it is tried again.
    pub due_at: Option<Moment>,
    /// Whether its dispatch is paused, so that it waits for that to go on.
    pub is_held: bool,
    /// Each try, in order.
    pub attempts: Vec<Line>,
}

/// One attempt, as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// From 1.
    pub number: i64,
    /// When.
    pub at: Moment,
    /// Which relay.
    pub relay: String,
    /// How far it came.
    pub stage: String,
    /// The basic code.
    pub code: Option<i64>,
    /// The enhanced code.
    pub enhanced: Option<String>,
    /// The text.
    pub text: String,
    /// What it meant.
    pub verdict: String,
    /// Whose matter it was; none where it was taken or nobody knows.
    pub scope: Option<String>,
    /// Whether it counts.
    pub counted: bool,
    /// How long it took.
    pub duration_ms: i64,
}

impl Line {
    /// What was answered, as a person reads it: `550 5.1.1 no such user`.
    pub fn answer(&self) -> String {
        let code = self.code.map(|code| code.to_string());
        let parts = [code.as_deref(), self.enhanced.as_deref(), Some(self.text.as_str())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// What part of the log to read.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Only of this dispatch.
    pub dispatch: Option<DispatchId>,
    /// Only to this address (its key).
    pub address_key: Option<String>,
    /// Only these deliveries.
    pub these: Option<Vec<DeliveryId>>,
    /// Only this delivery.
    pub delivery: Option<DeliveryId>,
    /// Only to addresses that this is part of (in lower case).
    pub address_part: Option<String>,
    /// Only to addresses or names that this is part of (in lower case).
    pub word: Option<String>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only deliveries after this one: the next page.
    pub after: Option<DeliveryId>,
    /// At most so many; [`PAGE`] when it does not say.
    pub at_most: Option<i64>,
}

/// Deliveries on one page of the log.
pub const PAGE: i64 = 500;

/// A page of the log, in id order; shorter than asked for when it is the last.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn log(conn: &mut Connection, search: &Search) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = select(search).build_query_as().fetch_all(&mut *conn).await?;
    let mut entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
    let mut lines = lines_of(conn, &entries).await?;
    for entry in &mut entries {
        entry.attempts = lines.remove(&entry.delivery).unwrap_or_default();
    }
    Ok(entries)
}

/// These deliveries with their attempts, in this order.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn entries(conn: &mut Connection, these: &[DeliveryId]) -> Result<Vec<Entry>> {
    let search = Search { these: Some(these.to_vec()), at_most: i64::try_from(these.len()).ok(), ..Search::default() };
    let mut found: HashMap<DeliveryId, Entry> =
        log(conn, &search).await?.into_iter().map(|entry| (entry.delivery, entry)).collect();
    Ok(these.iter().filter_map(|id| found.remove(id)).collect())
}

/// Built at run time, so that each search goes by the index that fits it.
fn select(search: &Search) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT d.id, d.dispatch_id, d.issue_id, d.subscriber_id, d.address, d.name, d.state, d.why, d.settled_by, d.due_at, p.phase,
                e.print ->> '$.letterhead.from.address' AS sender, e.print ->> '$.letterhead.zone' AS zone,
                i.facts ->> '$.label' AS label, b.name AS publication, s.person ->> '$.organisation' AS unit
         FROM delivery AS d JOIN edition AS e ON e.id = d.edition_id JOIN issue AS i ON i.id = d.issue_id
         JOIN publication AS b ON b.id = i.publication_id LEFT JOIN subscriber AS s ON s.id = d.subscriber_id
         LEFT JOIN dispatch AS p ON p.id = d.dispatch_id
         WHERE d.id > ",
    );
    sql.push_bind(search.after.map_or(0, |d| d.0));
    if let Some(these) = &search.these {
        sql.push(" AND d.id IN (SELECT value FROM json_each(").push_bind(to_json(these)).push("))");
    }
    if let Some(dispatch) = search.dispatch {
        sql.push(" AND d.dispatch_id = ").push_bind(dispatch.0);
    }
    if let Some(key) = &search.address_key {
        sql.push(" AND lower(d.address) = ").push_bind(key.clone());
    }
    if let Some(delivery) = search.delivery {
        sql.push(" AND d.id = ").push_bind(delivery.0);
    }
    if let Some(part) = &search.address_part {
        sql.push(" AND instr(lower(d.address), ").push_bind(part.clone()).push(") > 0");
    }
    if let Some(word) = &search.word {
        sql.push(" AND (instr(lower(d.address), ").push_bind(word.clone());
        sql.push(") > 0 OR instr(lower(d.name), ").push_bind(word.clone()).push(") > 0)");
    }
    if let Some(state) = search.state {
        sql.push(" AND d.state = ").push_bind(state.word());
    }
    sql.push(" ORDER BY d.id LIMIT ").push_bind(search.at_most.unwrap_or(PAGE));
    sql
}

/// A delivery as the log's query gives it.
#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    dispatch_id: Option<i64>,
    issue_id: i64,
    subscriber_id: Option<i64>,
    label: Option<String>,
    publication: String,
    unit: Option<String>,
    address: String,
    name: Option<String>,
    state: String,
    why: Option<String>,
    settled_by: Option<String>,
    due_at: Option<i64>,
    phase: Option<String>,
    sender: String,
    zone: String,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            delivery: row.id.into(),
            dispatch: row.dispatch_id.map(DispatchId),
            issue: row.issue_id,
            label: row.label,
            publication: row.publication,
            subscriber: row.subscriber_id.map(SubscriberId),
            unit: row.unit,
            address: row.address,
            name: row.name,
            zone: row.zone.parse().unwrap_or(Tz::UTC),
            from_domain: row.sender.rsplit('@').next().unwrap_or_default().to_owned(),
            state: row.state,
            why: row.why,
            settled_by: row.settled_by,
            is_held: row.due_at.is_some() && row.phase.as_deref() == Some(Phase::Paused.word()),
            due_at: row.due_at.map(Moment),
            attempts: Vec::new(),
        }
    }
}

async fn lines_of(conn: &mut Connection, entries: &[Entry]) -> Result<HashMap<DeliveryId, Vec<Line>>> {
    let ids = to_json(&entries.iter().map(|entry| entry.delivery).collect::<Vec<_>>());
    let rows = sqlx::query!(
        r#"SELECT delivery_id, number, at, relay, stage, code, enhanced, text, verdict, scope, counted AS "counted!: bool", duration_ms
           FROM attempt WHERE delivery_id IN (SELECT value FROM json_each(?)) ORDER BY delivery_id, number"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    let mut lines: HashMap<DeliveryId, Vec<Line>> = HashMap::new();
    for row in rows {
        lines.entry(row.delivery_id.into()).or_default().push(Line {
            number: row.number,
            at: Moment(row.at),
            relay: row.relay,
            stage: row.stage,
            code: row.code,
            enhanced: row.enhanced,
            text: row.text,
            verdict: row.verdict,
            scope: row.scope,
            counted: row.counted,
            duration_ms: row.duration_ms,
        });
    }
    Ok(lines)
}
