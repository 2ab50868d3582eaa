//! Idempotency: a request that a program repeats is done once. Its key is taken before anything is done; that it was
//! done is in the transaction that does it; the answer is kept last. Only what was done keeps its key: a refusal
//! changed nothing and may be tried again once it is mended.

use super::Result;
use crate::domain::audit::Actor;
use crate::domain::id::TokenId;
use crate::domain::moment::Moment;
use crate::domain::token::{ANSWER_KEPT, RUNNING};
use crate::store::idempotency::Known;
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
    if let Some(known) = store::idempotency::find(&mut writing, token, key).await? {
        let standing = standing(&known, fingerprint, now);
        if let Some(standing) = standing {
            return Ok(standing);
        }
        store::idempotency::forget(&mut writing, known.id).await?;
    }
    let id = store::idempotency::insert(&mut writing, token, key, fingerprint).await?;
    writing.commit_quietly().await?;
    Ok(Begun::New(id))
}

/// How a request stands that was made before; none where it may begin anew.
fn standing(known: &Known, fingerprint: [u8; 32], now: Moment) -> Option<Begun> {
    if now.since(known.begun_at) >= ANSWER_KEPT {
        return None;
    }
    if known.fingerprint != fingerprint {
        return Some(Begun::Another);
    }
    if let Some((code, body)) = &known.answer {
        return Some(Begun::Answered(*code, body.clone()));
    }
    let until = known.begun_at + RUNNING;
    if until > now {
        return Some(Begun::Running(until.since(now)));
    }
    known.acted.then_some(Begun::Lost)
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending<'a> {
    /// It was done, and answered so.
    Done(u16, &'a str),
    /// It was refused: its key is free.
    Refused,
    /// It went wrong, or its answer is too long to keep: its key is free where nothing was done.
    Broken,
}

/// The most bytes of an answer that is kept; ours have a few hundred.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Ends a request: keeps its answer where there is one, or lets its key go.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn end(store: &Store, actor: Actor, now: Moment, request: i64, ending: Ending<'_>) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    match ending {
        Ending::Done(code, body) if body.len() <= LONGEST_ANSWER => {
            store::idempotency::answer(&mut writing, request, code, body).await?;
        }
        Ending::Refused => store::idempotency::forget(&mut writing, request).await?,
        Ending::Broken | Ending::Done(..) => store::idempotency::forget_idle(&mut writing, request).await?,
    }
    Ok(writing.commit_quietly().await?)
}

/// Lets go what is kept no longer.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn prune(store: &Store, now: Moment) -> Result<()> {
    let mut writing = store.write(Actor::Station, now).await?;
    store::idempotency::prune(&mut writing, now - ANSWER_KEPT).await?;
    Ok(writing.commit_quietly().await?)
}
