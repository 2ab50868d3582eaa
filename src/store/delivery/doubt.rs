//! Doubt: what becomes of deliveries in a database that has missed letters: whatever was not accepted by its
//! account may have been since. Nothing of it goes out again before a person has settled it.

use super::super::{Result, Writing, dispatch};
use crate::domain::dispatch::Phase;
use crate::domain::id::DispatchId;

/// What was put in doubt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubted {
    /// Letters that became uncertain.
    pub uncertain: u64,
    /// Dispatches that had not begun: called off, for they may have gone out, or have been called off since.
    pub called_off: Vec<DispatchId>,
}

/// Makes every letter uncertain that is queued, claimed or armed, with an attempt that says `why`. A
/// dispatch that was being opened is opened to its end first, so that its audience is whole.
///
/// # Errors
/// [`super::Error::Unreadable`] when a tally does not add up; [`super::Error::Broken`].
pub async fn doubt(writing: &mut Writing, why: &str) -> Result<Doubted> {
    let called_off = call_off_planned(writing, why).await?;
    for id in in_phase(writing, Phase::Opening).await? {
        while !dispatch::open_chunk(writing, id).await? {}
    }
    sqlx::query!(
        "INSERT INTO attempt (delivery_id, number, at, relay, stage, text, verdict, counted, duration_ms)
         SELECT id, tries + 1, ?1, '', 'dot', ?2, 'uncertain', 0, 0 FROM delivery WHERE state IN ('queued', 'claimed', 'armed')",
        writing.now.0,
        why
    )
    .execute(&mut *writing.tx)
    .await?;
    let uncertain = sqlx::query!(
        "UPDATE delivery SET state = 'uncertain', why = ?2, due_at = NULL, boot = NULL, tries = tries + 1, moved_at = ?1
         WHERE state IN ('queued', 'claimed', 'armed')",
        writing.now.0,
        why
    )
    .execute(&mut *writing.tx)
    .await?
    .rows_affected();
    dispatch::close(writing).await?;
    Ok(Doubted { uncertain, called_off })
}

async fn call_off_planned(writing: &mut Writing, why: &str) -> Result<Vec<DispatchId>> {
    let mut called_off = Vec::new();
    for id in in_phase(writing, Phase::Planned).await? {
        dispatch::shift(writing, id, &[Phase::Planned], Phase::Cancelling, Some(why)).await?;
        called_off.push(id);
    }
    Ok(called_off)
}

async fn in_phase(writing: &mut Writing, phase: Phase) -> Result<Vec<DispatchId>> {
    let word = phase.word();
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!: i64" FROM dispatch WHERE phase = ? ORDER BY id"#, word)
        .fetch_all(&mut *writing.tx)
        .await?;
    Ok(ids.into_iter().map(DispatchId).collect())
}

/// The dispatches that were called off for this reason when the station was held last.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn called_off(conn: &mut super::Connection, why: &str) -> Result<Vec<DispatchId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM dispatch WHERE phase = 'cancelled' AND why = ?
           AND closed_at = (SELECT max(at) FROM audit WHERE verb = 'hold' AND noun = 'station') ORDER BY id"#,
        why
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(DispatchId).collect())
}

/// How many letters are uncertain and not settled, by dispatch; trials have none.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn unsettled(conn: &mut super::Connection) -> Result<Vec<(Option<DispatchId>, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT dispatch_id AS "dispatch?: i64", count(*) AS "n!: i64" FROM delivery
           WHERE state = 'uncertain' AND settled_by IS NULL GROUP BY dispatch_id ORDER BY dispatch_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.dispatch.map(DispatchId), row.n)).collect())
}
