//! Gauges: how full and how old things are, for whoever watches the station (`check`, the metrics). Only reads.

use super::{Connection, Result};
use crate::domain::id::DispatchId;
use crate::domain::moment::Moment;

/// How many deliveries of one dispatch are in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InState {
    /// Which dispatch.
    pub dispatch: DispatchId,
    /// The state's word.
    pub state: String,
    /// How many.
    pub deliveries: i64,
}

/// The deliveries of dispatches that are not over, by state.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn deliveries(conn: &mut Connection) -> Result<Vec<InState>> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "dispatch!: i64", d.state AS "state!: String", count(*) AS "n!: i64"
           FROM dispatch AS p CROSS JOIN delivery AS d ON d.dispatch_id = p.id
           WHERE p.phase IN ('opening', 'open', 'paused', 'cancelling') GROUP BY p.id, d.state"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| InState { dispatch: row.dispatch.into(), state: row.state, deliveries: row.n })
        .collect())
}

/// How many attempts were made at deliveries of dispatches that are not over.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn attempts(conn: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(sum(d.tries), 0) AS "n!: i64" FROM dispatch AS p CROSS JOIN delivery AS d ON d.dispatch_id = p.id
           WHERE p.phase IN ('opening', 'open', 'paused', 'cancelling')"#
    )
    .fetch_one(conn)
    .await?)
}

/// Since when the oldest letter of an open dispatch has been due.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn oldest_due(conn: &mut Connection) -> Result<Option<Moment>> {
    let due = sqlx::query_scalar!(
        r#"SELECT min(d.due_at) AS "due: i64" FROM dispatch AS p CROSS JOIN delivery AS d ON d.dispatch_id = p.id
           WHERE p.phase = 'open' AND d.state = 'queued'"#
    )
    .fetch_one(conn)
    .await?;
    Ok(due.map(Moment))
}

/// When something was last noted in the audit.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn last_noted(conn: &mut Connection) -> Result<Option<Moment>> {
    let at = sqlx::query_scalar!(r#"SELECT max(at) AS "at: i64" FROM audit"#).fetch_one(conn).await?;
    Ok(at.map(Moment))
}

/// When something was first noted in the audit: when the station was founded.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn first_noted(conn: &mut Connection) -> Result<Option<Moment>> {
    let at = sqlx::query_scalar!("SELECT at FROM audit ORDER BY id LIMIT 1").fetch_optional(conn).await?;
    Ok(at.map(Moment))
}

/// What SQLite finds wrong with the file, quickly: every page, but not every index entry. Empty when it is sound.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn flaws(conn: &mut Connection) -> Result<Vec<String>> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)").fetch_all(conn).await?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}
