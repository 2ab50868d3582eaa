//! Trials: the test letters of an issue, found again. They are deliveries like others (`store/delivery.rs`).

use super::attempt::{self, Entry, Search};
use super::{Connection, Result};
use crate::domain::id::{DeliveryId, IssueId};

/// Test letters that are shown.
const LAST: i64 = 12;

/// The last test letters of an issue, the newest first.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn of_issue(conn: &mut Connection, issue: IssueId) -> Result<Vec<Entry>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM delivery WHERE issue_id = ? AND purpose = 'trial' ORDER BY id DESC LIMIT ?"#,
        issue.0,
        LAST
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut entries = Vec::with_capacity(ids.len());
    for id in ids {
        let search = Search { delivery: Some(DeliveryId(id)), ..Search::default() };
        entries.extend(attempt::log(conn, &search).await?);
    }
    Ok(entries)
}
