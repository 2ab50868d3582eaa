//! Idempotency: a request that a program repeats is done once. Its key is taken before anything is done; that it was
//! done is in the transaction that does it; the answer is kept last. Only what was done keeps its key: a refusal
//! changed nothing and may be tried again once it is mended.

use super::Result;
use crate::domain::audit::Actor;
use crate::domain::id::TokenId;
use crate::domain::moment::Moment;
use crate::domain::token::{ANSWER_KEPT, RUNNING};
use crate::store::{self, Store};
use std::time::Duration;

/// How a request with a key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is the first: this is its row.
    New(i64),
    /// It was answered so.
    Answered(u16, String),
    /// The first of it is running; it is known after so long at the latest.
    Running(Duration),
    /// The key was used for something else.
    Another,
    /// It was done, but its answer was lost in a crash.
    Lost,
}

/// Begins a request, or tells how the first with its key stands.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn begin(
    store: &Store,
    actor: Actor,
    now: Moment,
    token: TokenId,
    (key, fingerprint): (&str, [u8; 32]),
) -> Result<Begun> {
    let mut writing = store.write(actor, now).await?;
    store::idempotency::prune(&mut writing, now - ANSWER_KEPT).await?;
    if let Some(known) = store::idempotency::find(&mut writing, token, key).await? {
        if known.fingerprint != fingerprint {
            return Ok(Begun::Another);
        }
        if let Some((code, body)) = known.answer {
            return Ok(Begun::Answered(code, body));
        }
        let until = known.begun_at + RUNNING;
        if until > now {
            return Ok(Begun::Running(until.since(now)));
        }
        if known.acted {
            return Ok(Begun::Lost);
        }
        store::idempotency::forget(&mut writing, known.id).await?;
    }
    let id = store::idempotency::insert(&mut writing, token, key, fingerprint).await?;
    writing.commit_quietly().await?;
    Ok(Begun::New(id))
}

/// Ends a request: keeps its answer where there is one, or lets its key go.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn end(store: &Store, actor: Actor, now: Moment, request: i64, answer: Option<(u16, &str)>) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    match answer {
        Some((code, body)) => store::idempotency::answer(&mut writing, request, code, body).await?,
        None => store::idempotency::forget(&mut writing, request).await?,
    }
    Ok(writing.commit_quietly().await?)
}
