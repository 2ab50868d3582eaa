//! Counts what the letters of open dispatches came to, for the safety valve: once, when a process begins to send.
//! From then on it counts for itself.

use super::super::{Connection, Result};
use crate::domain::id::DispatchId;
use crate::domain::moment::Moment;
use crate::domain::valve::Valve;

/// What the letters of each open dispatch came to since its failures are counted, and since when that is.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn counted(conn: &mut Connection) -> Result<Vec<(DispatchId, Moment, Valve)>> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: i64", p.counted_from AS "from!: i64", count(*) AS "tried!: u32", count(a.number) AS "failed!: u32",
                  coalesce(sum(a.number IS NOT NULL AND EXISTS (SELECT 1 FROM suppression AS x WHERE x.address_key = lower(d.address))), 0) AS "suppressed!: u32"
           FROM dispatch AS p CROSS JOIN delivery AS d ON d.dispatch_id = p.id AND d.state IN ('accepted', 'failed') AND d.moved_at >= p.counted_from
           LEFT JOIN attempt AS a ON d.state = 'failed' AND a.delivery_id = d.id AND a.number = d.tries AND a.scope = 'recipient'
           WHERE p.phase = 'open' GROUP BY p.id"#
    )
    .fetch_all(conn)
    .await?;
    let read = rows.into_iter().map(|row| {
        let valve = Valve { tried: row.tried, failed: row.failed, suppressed: row.suppressed, in_a_row: 0 };
        (row.id.into(), Moment(row.from), valve)
    });
    Ok(read.collect())
}
