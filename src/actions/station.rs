//! The station: founded once, and given the right to send, one process at a time. [`Sending`] is the
//! proof of that right: whoever has one holds the fence, has raised the epoch and has recovered.

use super::{Result, Store};
use crate::compose::Stationery;
use crate::compose::sign::SigningKey;
use crate::domain::audit::Actor;
use crate::domain::delivery::Patience;
use crate::domain::edition::Letterhead;
use crate::domain::id::{DispatchId, EditionId};
use crate::domain::link::Keyring;
use crate::domain::moment::Moment;
use crate::store::{self, Fence, delivery::Way};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// The rules that sending goes by.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// When to try again.
    pub patience: Patience,
    /// What letters are signed with (DKIM).
    pub keys: Vec<Arc<SigningKey>>,
    /// Where readers' pages are, without a slash at the end; none when there are none.
    pub base_url: Option<String>,
}

/// The right to send, and what is kept in memory while it lasts.
#[derive(Debug)]
pub struct Sending {
    pub(super) store: Store,
    pub(super) boot: i64,
    pub(super) keyring: Keyring,
    pub(super) rules: Rules,
    /// Editions that letters are being made of.
    pub(super) prepared: HashMap<EditionId, Prepared>,
    /// Where due letters wait; the front is asked next. A hint: the table is the truth.
    pub(super) ways: VecDeque<Way>,
    /// How often in a row the sender of each dispatch has been refused.
    pub(super) sender_refusals: HashMap<Option<DispatchId>, u32>,
    _fence: Fence,
}

/// An edition that letters are being made of.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) letterhead: Letterhead,
    pub(super) stationery: Arc<Stationery>,
}

/// What an earlier process left in its hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Claimed: back in the queue.
    pub queued: u64,
    /// Armed: nobody knows.
    pub uncertain: u64,
}

/// Gives a new station its key.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn found(store: &Store, actor: Actor, now: Moment) -> Result<()> {
    if store::station::keyring(&mut *store.read().await?).await?.is_some() {
        return Ok(());
    }
    let mut key = [0; 32];
    #[expect(
        clippy::disallowed_methods,
        reason = "the first secret must come from somewhere, and nothing else is drawn"
    )]
    getrandom::fill(&mut key).expect("the operating system gives random bytes");
    let mut writing = store.write(actor, now).await?;
    store::station::found(&mut writing, &Keyring(key)).await?;
    store::audit::note(&mut writing, "found", "station", None, None).await?;
    Ok(writing.commit().await?)
}

/// Whether another process has the right to send from this folder now.
///
/// # Errors
/// [`super::Error::Store`].
pub fn somebody_is_sending(store: &Store) -> Result<bool> {
    Ok(Fence::try_take(store.folder())?.is_none())
}

/// Takes the right to send, if nobody has it: raises the epoch and recovers in one transaction.
///
/// # Errors
/// [`super::Error::Store`].
pub async fn begin_sending(store: &Store, now: Moment, rules: Rules) -> Result<Option<(Sending, Recovered)>> {
    let Some(fence) = Fence::try_take(store.folder())? else { return Ok(None) };
    let mut writing = store.write(Actor::Station, now).await?;
    let boot = store::station::raise_boot(&mut writing).await?;
    let (queued, uncertain) = store::delivery::recover(&mut writing, boot).await?;
    store::dispatch::close(&mut writing).await?;
    let detail = format!("boot {boot}: {queued} back in the queue, {uncertain} uncertain");
    store::audit::note(&mut writing, "begin sending", "station", None, Some(detail)).await?;
    let keyring = store::station::keyring(&mut writing).await?.ok_or(store::Error::Unreadable("key"))?;
    writing.commit().await?;
    let sending = Sending {
        store: store.clone(),
        boot,
        keyring,
        rules,
        prepared: HashMap::new(),
        ways: VecDeque::new(),
        sender_refusals: HashMap::new(),
        _fence: fence,
    };
    Ok(Some((sending, Recovered { queued, uncertain })))
}
