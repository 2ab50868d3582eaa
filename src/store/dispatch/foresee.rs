//! Foreseeing an audience: whom a dispatch would write to if it opened now, and whom not. A short list is counted; of
//! a long one a part is, spread evenly over it, and the rest is taken to be like that part.

use super::super::{Connection, Result, to_json};
use crate::domain::id::{IssueId, ListId};
use std::collections::BTreeMap;

/// Whom a dispatch would write to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreseen {
    /// Readers who get it.
    pub gets: i64,
    /// Who left all of its lists.
    pub left: i64,
    /// Whose address is suppressed.
    pub suppressed: i64,
    /// To whom another dispatch of the issue brings it, or has.
    pub elsewhere: i64,
    /// Who gets it, by provider.
    pub lanes: BTreeMap<String, i64>,
    /// Whether everyone was counted; otherwise the numbers are about right.
    pub is_exact: bool,
}

/// The most subscriptions of a list that is counted.
const COUNTS: i64 = 20_000;
/// Of a longer one so many are looked at: a page has its answer in 200 ms.
const LOOKS_AT: i64 = 8_000;
/// Of a longer list so many stretches are looked at.
const STRETCHES: i64 = 40;

/// Whom a dispatch of an issue to these lists would write to. With `anew` also those who have it: a correction, or
/// once more.
///
/// # Errors
/// [`super::super::Error::Broken`].
pub async fn foresee(conn: &mut Connection, issue: IssueId, lists: &[ListId], anew: bool) -> Result<Foreseen> {
    let json = to_json(&lists);
    let all = sqlx::query!(
        r#"SELECT (SELECT coalesce(sum(r.readers), 0) FROM readership AS r
                   WHERE r.list_id IN (SELECT value FROM json_each(?1)) AND r.state IN ('active', 'ended')) AS "n!: i64",
                  (SELECT coalesce(max(id), 0) FROM subscription) AS "last!: i64""#,
        json
    )
    .fetch_one(&mut *conn)
    .await?;
    let is_exact = all.n <= COUNTS;
    // The readers on the lists, each once, with what speaks against writing to them. A `+` keeps the planner to the
    // stretches; a short list is read by its own index.
    let on_lists = if is_exact {
        "subscription AS c WHERE ?4 IS NOT NULL AND c.list_id"
    } else {
        "json_each(?4) AS w CROSS JOIN subscription AS c ON c.id >= (w.value ->> '$[0]') AND c.id < (w.value ->> '$[1]') WHERE +c.list_id"
    };
    let sql = format!(
        "SELECT s.lane, r.active, x.address_key IS NOT NULL, ?3 = 0 AND EXISTS (
                    SELECT 1 FROM delivery AS e WHERE e.issue_id IN (SELECT kin_id FROM kin WHERE issue_id = ?2) AND e.subscriber_id = s.id AND e.round = 0
                    AND e.purpose = 'issue' AND e.state NOT IN ('failed', 'expired', 'skipped')),
                count(*), sum(r.subscriptions)
         FROM (SELECT c.subscriber_id, max(c.state = 'active') AS active, count(*) AS subscriptions
               FROM {on_lists} IN (SELECT value FROM json_each(?1)) AND c.state IN ('active', 'ended')
               GROUP BY c.subscriber_id) AS r
         CROSS JOIN subscriber AS s ON s.id = r.subscriber_id
         LEFT JOIN suppression AS x ON x.address_key = s.address_key
         GROUP BY 1, 2, 3, 4"
    );
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&json)
        .bind(issue.0)
        .bind(anew)
        .bind(to_json(&stretches(all.last, all.n)))
        .fetch_all(conn)
        .await?;
    let seen: i64 = rows.iter().map(|row| row.5).sum();
    let scaled = |n: i64| if is_exact || seen == 0 { n } else { n * all.n / seen };
    let mut foreseen = Foreseen { is_exact, ..Foreseen::default() };
    for (lane, is_active, is_suppressed, has_it, n, _) in rows {
        match (is_suppressed, has_it, is_active) {
            (true, ..) => foreseen.suppressed += n,
            (_, true, _) => foreseen.elsewhere += n,
            (.., false) => foreseen.left += n,
            (.., true) => *foreseen.lanes.entry(lane).or_default() += n,
        }
    }
    for n in [&mut foreseen.left, &mut foreseen.suppressed, &mut foreseen.elsewhere] {
        *n = scaled(*n);
    }
    foreseen.lanes.values_mut().for_each(|n| *n = scaled(*n));
    foreseen.gets = foreseen.lanes.values().sum();
    Ok(foreseen)
}

/// Lane, whether active, suppressed, written to by another dispatch; how many readers, by how many subscriptions.
type Row = (String, bool, bool, bool, i64, i64);

/// The ranges of subscriptions that are looked at of a long list, spread evenly.
fn stretches(last: i64, on_lists: i64) -> Vec<(i64, i64)> {
    let step = last / STRETCHES + 1;
    let wide = (step * LOOKS_AT / on_lists.max(1)).clamp(1, step);
    (0..STRETCHES).map(|nth| (nth * step, nth * step + wide)).collect()
}
