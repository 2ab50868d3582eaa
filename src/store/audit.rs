//! The audit: who did what, when. Written with the change itself, in its transaction.

use super::{Result, Writing};

/// Notes one change. `detail` holds ids and numbers, never an address.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn note(
    writing: &mut Writing,
    verb: &str,
    noun: &str,
    id: Option<i64>,
    detail: Option<String>,
) -> Result<()> {
    let (at, actor) = (writing.now.0, writing.actor.to_string());
    sqlx::query!(
        "INSERT INTO audit (at, actor, verb, noun, noun_id, detail) VALUES (?, ?, ?, ?, ?, ?)",
        at,
        actor,
        verb,
        noun,
        id,
        detail
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}
