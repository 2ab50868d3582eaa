//! The delivery log over everything: finds a page of deliveries by who they went to and how they ended. Each look
//! examines a bounded number of rows and says where the next goes on, so that none takes long, whatever is asked of
//! however many millions (docs/decisions/0016). Only reads; called by the desk.

use super::subscriber::search::{Among, FARTHEST, Page, Search};
use super::{Connection, Result, to_json};
use crate::domain::delivery::State;
use crate::domain::id::{DeliveryId, DispatchId, IssueId, PublicationId, SubscriberId};
use crate::domain::moment::Moment;
use crate::domain::reason::Reason;
use sqlx::{QueryBuilder, Sqlite};

/// What of the log is asked for; everything where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Part of an address, a name or a unit.
    pub text: Option<String>,
    /// Only of these publications.
    pub only: Option<Vec<PublicationId>>,
    /// Only of this dispatch.
    pub dispatch: Option<DispatchId>,
    /// Only of this issue.
    pub issue: Option<IssueId>,
    /// Only to this reader.
    pub reader: Option<SubscriberId>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only where this was the reason.
    pub reason: Option<Reason>,
    /// Only what last moved at or after this.
    pub from: Option<Moment>,
    /// Only what last moved before this.
    pub until: Option<Moment>,
    /// Where to go on.
    pub after: Option<Place>,
    /// At most so many.
    pub at_most: usize,
}

/// A place in the log: after this letter, of this reader where the log is read reader by reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The reader; 0 where letters are read newest first.
    pub reader: i64,
    /// The letter; below it the log goes on.
    pub letter: i64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.reader, self.letter)
    }
}

impl std::str::FromStr for Place {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let (reader, letter) = text.split_once('-').unwrap_or(("0", text));
        Ok(Self { reader: reader.parse()?, letter: letter.parse()? })
    }
}

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Which deliveries: the newest first, or reader by reader where a text was asked for.
    pub deliveries: Vec<DeliveryId>,
    /// Where the next look goes on; none at the end.
    pub next: Option<Place>,
}

/// Deliveries that one look examines at most.
const LOOKS_AT: i64 = 20_000;
/// The same for each state in which a reason is possible.
const LOOKS_INTO: i64 = 5_000;

/// Readers that are examined together: few at first, for the first often fill the page.
const TOGETHER: [usize; 4] = [40, 160, 500, 800];

/// Finds the next page of the log.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn find(conn: &mut Connection, wanted: &Wanted) -> Result<Found> {
    if let Some(reader) = wanted.reader {
        return of_readers(conn, wanted, Page { found: vec![reader], next: None }).await;
    }
    let Some(text) = wanted.text.as_deref() else { return newest_first(conn, wanted).await };
    let address = text.contains('@').then(|| text.to_lowercase());
    if let Some(address) = address
        && let found = to_address(conn, wanted, &address).await?
        && (!found.deliveries.is_empty() || wanted.after.is_some_and(|after| after.reader == 0))
    {
        return Ok(found);
    }
    let search = Search { words: text.to_owned(), ..Search::of(Among::All) };
    if search.is_open() {
        return Ok(Found::default());
    }
    // Of the reader where the last look ended, older letters may be left.
    let before = SubscriberId(wanted.after.map_or(0, |after| after.reader) - 1);
    let readers = search.page(conn, before, TOGETHER.iter().sum(), FARTHEST).await?;
    of_readers(conn, wanted, readers).await
}

/// Letters to exactly this address, whoever's it is now.
async fn to_address(conn: &mut Connection, wanted: &Wanted, address: &str) -> Result<Found> {
    let mut sql = QueryBuilder::new("SELECT d.id, 0 FROM delivery AS d WHERE lower(d.address) = ");
    sql.push_bind(address.to_owned());
    sql.push(" AND d.id < ").push_bind(wanted.after.map_or(i64::MAX, |after| after.letter));
    narrow(&mut sql, wanted);
    sql.push(" ORDER BY d.id DESC LIMIT ").push_bind(one_more(wanted));
    let rows = sql.build_query_as().fetch_all(conn).await?;
    Ok(page(rows, wanted, None))
}

/// Letters of these readers, reader by reader, each one's newest first.
async fn of_readers(conn: &mut Connection, wanted: &Wanted, readers: Page) -> Result<Found> {
    let mut rows: Vec<(i64, i64)> = Vec::new();
    let mut rest = readers.found.as_slice();
    for together in TOGETHER {
        let (these, others) = rest.split_at(together.min(rest.len()));
        rest = others;
        if these.is_empty() || rows.len() > wanted.at_most {
            break;
        }
        let mut sql = QueryBuilder::new("SELECT d.id, d.subscriber_id FROM json_each(");
        sql.push_bind(to_json(&these)).push(") AS r CROSS JOIN delivery AS d ON d.subscriber_id = r.value WHERE true");
        if let Some(Place { reader, letter }) = wanted.after {
            sql.push(" AND (r.value > ").push_bind(reader).push(" OR d.id < ").push_bind(letter).push(")");
        }
        narrow(&mut sql, wanted);
        sql.push(" ORDER BY r.value, d.id DESC LIMIT ").push_bind(one_more(wanted));
        rows.extend(sql.build_query_as::<(i64, i64)>().fetch_all(&mut *conn).await?);
    }
    let goes_on = readers.next.map(|last| Place { reader: last.0 + 1, letter: i64::MAX });
    Ok(page(rows, wanted, goes_on))
}

/// Letters of everyone, the newest first.
async fn newest_first(conn: &mut Connection, wanted: &Wanted) -> Result<Found> {
    let Some((first, last)) = span(conn, wanted).await? else { return Ok(Found::default()) };
    let below = wanted.after.map_or(i64::MAX, |after| after.letter).min(last.saturating_add(1));
    let ended_badly =
        |state: &State| matches!(state, State::Failed | State::Expired | State::Skipped | State::Uncertain);
    let of_state = wanted.state.map(|state| vec![state]).filter(|states| states.iter().all(ended_badly));
    let of_reason = wanted.reason.map(|reason| reason.states().to_vec());
    let mut rows: Vec<(i64, i64)> = Vec::new();
    let mut goes_on = None;
    match of_reason.or(of_state) {
        // Few, and in an index of their own: state by state, then put together.
        Some(states) => {
            let looks_at = if wanted.reason.is_some() { LOOKS_INTO } else { LOOKS_AT };
            let mut full = Vec::new();
            for state in states {
                let mut sql = QueryBuilder::new("SELECT d.id, 0 FROM (SELECT * FROM delivery WHERE state = '");
                sql.push(state.word()).push("' AND state IN ('failed', 'expired', 'skipped', 'uncertain') AND id < ");
                sql.push_bind(below).push(" AND id >= ").push_bind(first);
                sql.push(" ORDER BY id DESC LIMIT ").push_bind(looks_at).push(") AS d WHERE true");
                narrow(&mut sql, wanted);
                sql.push(" ORDER BY d.id DESC LIMIT ").push_bind(one_more(wanted));
                rows.extend(sql.build_query_as::<(i64, i64)>().fetch_all(&mut *conn).await?);
                full.extend(examined(conn, state, (first, below), looks_at).await?);
            }
            rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.0));
            // What lies below the place where the first of them stopped was not looked at in all.
            if let Some(stopped) = full.into_iter().max() {
                rows.retain(|row| row.0 >= stopped);
                goes_on = Some(Place { reader: 0, letter: stopped });
            }
        }
        None => {
            // Up to the newest that is there: ids rise without many gaps.
            let newest: i64 =
                sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM delivery").fetch_one(&mut *conn).await?;
            let below = below.min(newest.saturating_add(1));
            let down_to = (below - LOOKS_AT).max(first);
            let mut sql = QueryBuilder::new("SELECT d.id, 0 FROM delivery AS d WHERE d.id < ");
            sql.push_bind(below).push(" AND d.id >= ").push_bind(down_to);
            narrow(&mut sql, wanted);
            sql.push(" ORDER BY d.id DESC LIMIT ").push_bind(one_more(wanted));
            rows = sql.build_query_as().fetch_all(&mut *conn).await?;
            goes_on = (down_to > first).then_some(Place { reader: 0, letter: down_to });
        }
    }
    Ok(page(rows, wanted, goes_on))
}

/// Where a look at one state stopped, if it was not at the end.
async fn examined(
    conn: &mut Connection,
    state: State,
    (first, below): (i64, i64),
    looks_at: i64,
) -> Result<Option<i64>> {
    let sql = format!(
        "SELECT id FROM delivery WHERE state = '{}' AND state IN ('failed', 'expired', 'skipped', 'uncertain') AND id < ? AND id >= ?
         ORDER BY id DESC LIMIT 1 OFFSET ?",
        state.word()
    );
    let stopped = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)).bind(below).bind(first).bind(looks_at - 1);
    Ok(stopped.fetch_optional(conn).await?)
}

/// Between which letters those lie that are asked for, by their dispatches, whose letters lie together; none where
/// no dispatch fits.
async fn span(conn: &mut Connection, wanted: &Wanted) -> Result<Option<(i64, i64)>> {
    let unsettled = wanted.state.is_some_and(|state| !state.is_settled());
    let is_timed = wanted.from.is_some() || wanted.until.is_some();
    if wanted.dispatch.is_none() && wanted.issue.is_none() && !is_timed && !unsettled && wanted.only.is_none() {
        return Ok(Some((1, i64::MAX - 1)));
    }
    let mut sql = QueryBuilder::new(
        "SELECT min((SELECT min(d.id) FROM delivery AS d WHERE d.dispatch_id = p.id)),
                max((SELECT max(d.id) FROM delivery AS d WHERE d.dispatch_id = p.id))
         FROM dispatch AS p JOIN issue AS i ON i.id = p.issue_id WHERE true",
    );
    if let Some(only) = &wanted.only {
        sql.push(" AND i.publication_id IN (SELECT value FROM json_each(").push_bind(to_json(only)).push("))");
    }
    if let Some(dispatch) = wanted.dispatch {
        sql.push(" AND p.id = ").push_bind(dispatch.0);
    }
    if let Some(issue) = wanted.issue {
        sql.push(" AND p.issue_id = ").push_bind(issue.0);
    }
    if unsettled {
        sql.push(" AND p.phase IN ('opening', 'open', 'paused', 'cancelling')");
    }
    if let Some(from) = wanted.from {
        sql.push(" AND (p.closed_at IS NULL OR p.closed_at >= ").push_bind(from.0).push(")");
    }
    if let Some(until) = wanted.until {
        sql.push(" AND coalesce(p.opened_at, p.at) < ").push_bind(until.0);
    }
    let (first, last): (Option<i64>, Option<i64>) = sql.build_query_as().fetch_one(conn).await?;
    Ok(first.zip(last))
}

/// Adds what else is asked of each delivery.
fn narrow(sql: &mut QueryBuilder<Sqlite>, wanted: &Wanted) {
    // What the house says to its accounts is no reader's letter.
    sql.push(" AND d.edition_id IS NOT NULL");
    if let Some(only) = &wanted.only {
        sql.push(" AND d.issue_id IN (SELECT id FROM issue WHERE publication_id IN (SELECT value FROM json_each(");
        sql.push_bind(to_json(only)).push(")))");
    }
    // A `+` keeps the planner to the order in which the look reads.
    if let Some(dispatch) = wanted.dispatch {
        sql.push(" AND +d.dispatch_id = ").push_bind(dispatch.0);
    }
    if let Some(issue) = wanted.issue {
        sql.push(" AND +d.issue_id = ").push_bind(issue.0);
    }
    if let Some(state) = wanted.state {
        sql.push(" AND +d.state = ").push_bind(state.word());
    }
    if let Some(from) = wanted.from {
        sql.push(" AND d.moved_at >= ").push_bind(from.0);
    }
    if let Some(until) = wanted.until {
        sql.push(" AND d.moved_at < ").push_bind(until.0);
    }
    match wanted.reason {
        None => {}
        Some(Reason::Unclear) => {
            sql.push(" AND +d.state = 'uncertain'");
        }
        Some(reason @ Reason::Skipped(_)) => {
            sql.push(" AND +d.state = 'skipped' AND d.why = ").push_bind(reason.word());
        }
        Some(reason @ Reason::Refused(_)) => {
            sql.push(" AND +d.state IN ('failed', 'expired') AND d.scope = ");
            sql.push_bind(reason.word());
        }
    }
}

/// One more than is shown tells whether there is a next page.
fn one_more(wanted: &Wanted) -> i64 {
    i64::try_from(wanted.at_most).unwrap_or(i64::MAX - 1) + 1
}

/// What is shown of the rows (letter and reader), and where it goes on: after them, or where the look stopped.
fn page(mut rows: Vec<(i64, i64)>, wanted: &Wanted, goes_on: Option<Place>) -> Found {
    let more = rows.len() > wanted.at_most;
    rows.truncate(wanted.at_most);
    let last = rows.last().map(|(letter, reader)| Place { reader: *reader, letter: *letter });
    let deliveries = rows.into_iter().map(|(letter, _)| DeliveryId(letter)).collect();
    Found { deliveries, next: if more { last } else { goes_on } }
}

/// An issue that has gone out, as the log offers it to be searched by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneOut {
    /// Which.
    pub issue: IssueId,
    /// Its publication's name.
    pub publication: String,
    /// Its label as printed, where it has one.
    pub label: Option<String>,
}

/// The issues that went out last, the newest first.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn gone_out(conn: &mut Connection, only: Option<&[PublicationId]>, at_most: i64) -> Result<Vec<GoneOut>> {
    let only = only.map(|only| to_json(&only));
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: i64", b.name AS "name!: String", i.facts ->> '$.label' AS "label?: String"
           FROM dispatch AS p JOIN issue AS i ON i.id = p.issue_id JOIN publication AS b ON b.id = i.publication_id
           WHERE ?1 IS NULL OR i.publication_id IN (SELECT value FROM json_each(?1))
           GROUP BY i.id ORDER BY max(p.id) DESC LIMIT ?2"#,
        only,
        at_most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| GoneOut { issue: row.id.into(), publication: row.name, label: row.label }).collect())
}

/// For tests: rows as an earlier life would have left them.
#[cfg(test)]
pub(crate) mod tests {
    use crate::store::Writing;

    pub(crate) async fn run(writing: &mut Writing, sql: impl Into<String>) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.into())).execute(&mut **writing).await.expect("lawful rows");
    }
}
