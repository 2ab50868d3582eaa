//! The station: founded once, and given the right to send, one process at a time. [`Sending`] is the
//! proof of that right: whoever has one holds the fence, has raised the epoch and has recovered.

use super::delivery::{Pacing, Sheet};
use super::{Result, Store, dispatch, journal, notice};
use crate::chance;
use crate::compose::Stationery;
use crate::compose::sign::SigningKey;
use crate::domain::address::{Address, Mailbox};
use crate::domain::audit::Actor;
use crate::domain::delivery::{Patience, State};
use crate::domain::edition::Letterhead;
use crate::domain::id::{DeliveryId, DispatchId};
use crate::domain::journal::Mark;
use crate::domain::lane::Pace;
use crate::domain::link::Keyring;
use crate::domain::moment::Moment;
use crate::domain::relay::Relay;
use crate::domain::valve::{Limit, Valve};
use crate::store::delivery::{Move, Way};
use crate::store::{self, Fence, Writing};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The rules that sending goes by.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// When to try again.
    pub patience: Patience,
    /// The relays, the first choice first.
    pub relays: Vec<Relay>,
    /// The lanes that have a pace of their own.
    pub paces: BTreeMap<String, Pace>,
    /// When a dispatch pauses itself.
    pub valve: Limit,
    /// What letters are signed with (DKIM).
    pub keys: Vec<Arc<SigningKey>>,
    /// Where readers' pages are, without a slash at the end; none when there are none.
    pub base_url: Option<String>,
    /// Whom the house writes its notices as; none when it writes none.
    pub notices: Option<Mailbox>,
}

impl Rules {
    /// Whom notices are from, and where their links lead; none where the house sends none: it needs both, and a relay.
    pub fn notices_from(&self) -> Option<(&Mailbox, &str)> {
        let from = self.notices.as_ref().filter(|_| !self.relays.is_empty())?;
        Some((from, self.base_url.as_deref()?))
    }
}

/// The right to send, and what is kept in memory while it lasts.
#[derive(Debug)]
pub struct Sending {
    pub(super) store: Store,
    pub(super) boot: i64,
    pub(super) keyring: Keyring,
    pub(super) rules: Rules,
    /// Editions and notices that letters are being made of.
    pub(super) prepared: HashMap<Sheet, Prepared>,
    /// Where due letters wait; the front is asked next. A hint: the table is the truth.
    pub(super) ways: VecDeque<Way>,
    /// What lanes bear and relays take.
    pub(super) pacing: Pacing,
    /// How often in a row each sender has been refused.
    pub(super) sender_refusals: HashMap<Address, u32>,
    /// What the letters of each dispatch came to, and since when that is counted.
    pub(super) valves: HashMap<DispatchId, (Moment, Valve)>,
    mark: i64,
    /// The highest number of a delivery that the journal was told with the mark.
    given: i64,
    marked_at: Option<Moment>,
    /// Whether letters have moved since the mark was raised.
    unmarked: bool,
    /// What became of letters so far.
    pub run: Arc<Run>,
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
    let mut writing = store.write(actor, now).await?;
    store::station::found(&mut writing, &Keyring(chance::draw())).await?;
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

/// Takes the right to send, if nobody has it: consults the journal, then raises the epoch and recovers in one
/// transaction.
///
/// # Errors
/// [`super::Error::Held`] when the database is older than its journal or was moved; [`super::Error::Store`].
pub async fn begin_sending(store: &Store, now: Moment, rules: Rules) -> Result<Option<(Sending, Recovered)>> {
    let Some(fence) = Fence::try_take(store.folder())? else { return Ok(None) };
    journal::consult(store, now).await?;
    let mut writing = store.write(Actor::Station, now).await?;
    let boot = store::station::raise_boot(&mut writing).await?;
    let (queued, uncertain) = store::delivery::recover(&mut writing, boot).await?;
    store::notice::set_go(&mut writing, rules.notices_from().is_some()).await?;
    store::station::note_pages(&mut writing, rules.base_url.is_some()).await?;
    let closed = store::dispatch::close(&mut writing).await?;
    notice::over(&mut writing, &closed).await?;
    let counted = store::delivery::counted(&mut writing).await?;
    let detail = format!("boot {boot}: {queued} back in the queue, {uncertain} uncertain");
    store::audit::note(&mut writing, "begin sending", "station", None, Some(detail)).await?;
    let keyring = store::station::keyring(&mut writing).await?.ok_or(store::Error::Unreadable("key"))?;
    store::delivery::bring_near(&mut writing, now + rules.patience.give_up).await?;
    let mut pacing = Pacing::default();
    pacing.know_last_day(&mut writing, &rules.relays, now).await?;
    let memory = store::station::memory(&mut writing).await?;
    let (mark, given) = memory.map_or((0, 0), |memory| (memory.mark, memory.given));
    writing.commit().await?;
    dispatch::tell_closed(&closed);
    let sending = Sending {
        store: store.clone(),
        boot,
        keyring,
        rules,
        prepared: HashMap::new(),
        ways: VecDeque::new(),
        pacing,
        sender_refusals: HashMap::new(),
        valves: counted.into_iter().map(|(dispatch, from, valve)| (dispatch, (from, valve))).collect(),
        mark,
        given,
        marked_at: None,
        unmarked: false,
        run: Arc::default(),
        _fence: fence,
    };
    Ok(Some((sending, Recovered { queued, uncertain })))
}

/// How often the mark is raised while letters move: an older copy that was put back by hand after a crash is
/// not recognised if it is younger than this.
const MARK_EVERY: Duration = Duration::from_secs(30);

impl Sending {
    /// From now on goes by these rules.
    ///
    /// # Errors
    /// [`super::Error::Store`].
    pub async fn follow(&mut self, rules: Rules, now: Moment) -> Result<()> {
        self.pacing.know_last_day(&mut *self.store.read().await?, &rules.relays, now).await?;
        let mut writing = self.store.write(Actor::Station, now).await?;
        store::notice::set_go(&mut writing, rules.notices_from().is_some()).await?;
        store::station::note_pages(&mut writing, rules.base_url.is_some()).await?;
        writing.commit_quietly().await?;
        // Signatures are made anew from them. A lane whose pace is the same goes on resting where it rests.
        self.prepared.clear();
        let pace = |lane: &String| rules.paces.get(lane).copied().unwrap_or_default();
        self.pacing.lanes.retain(|name, lane| lane.pace() == pace(name));
        self.rules = rules;
        Ok(())
    }

    /// Raises the mark now that letters move, if it is time: before the first letter, before one whose number the
    /// journal was not told (`highest` is the highest of those to go), and every so often. Returns it.
    pub(super) async fn raise_mark(
        &mut self,
        writing: &mut Writing,
        highest: Option<DeliveryId>,
        now: Moment,
    ) -> Result<Option<Mark>> {
        self.unmarked = true;
        let is_told = highest.is_none_or(|highest| highest.0 <= self.given);
        if is_told && self.marked_at.is_some_and(|at| now.since(at) < MARK_EVERY) {
            return Ok(None);
        }
        (self.marked_at, self.unmarked) = (Some(now), false);
        Ok(Some(self.next_mark(writing).await?))
    }

    async fn next_mark(&mut self, writing: &mut Writing) -> Result<Mark> {
        self.mark += 1;
        self.given = store::station::mark(writing, self.mark).await?;
        Ok(Mark { number: self.mark, boot: self.boot, given: self.given })
    }

    /// Tells the journal of a mark that is committed; before any letter goes by it.
    pub(super) async fn tell_journal(&self, mark: Mark, now: Moment) -> Result<()> {
        journal::mark(&self.store, &self.keyring, now, mark).await
    }

    /// Raises the mark a last time, so that an older copy of the database is known for one.
    ///
    /// # Errors
    /// [`super::Error::Store`].
    pub async fn end(&mut self, now: Moment) -> Result<()> {
        if !self.unmarked {
            return Ok(());
        }
        let mut writing = self.store.write(Actor::Station, now).await?;
        let mark = self.next_mark(&mut writing).await?;
        writing.commit_quietly().await?;
        self.unmarked = false;
        self.tell_journal(mark, now).await
    }
}

/// What became of letters since sending began, a try each.
#[derive(Debug, Default)]
pub struct Run {
    accepted: AtomicU64,
    failed: AtomicU64,
    put_off: AtomicU64,
    uncertain: AtomicU64,
}

impl Run {
    pub(super) fn count(&self, moved: &Move) {
        let place = match moved.outcome() {
            Some(State::Accepted) => &self.accepted,
            Some(State::Failed | State::Expired) => &self.failed,
            Some(State::Queued) => &self.put_off,
            Some(State::Uncertain) => &self.uncertain,
            Some(State::Claimed | State::Armed | State::Skipped) | None => return,
        };
        place.fetch_add(1, Ordering::Relaxed);
    }

    /// How many letters failed, where that is all that became of any.
    pub fn all_failed(&self) -> Option<u64> {
        let read = |place: &AtomicU64| place.load(Ordering::Relaxed);
        let others = [&self.accepted, &self.put_off, &self.uncertain].map(read);
        Some(read(&self.failed)).filter(|failed| *failed > 0 && others.iter().all(|count| *count == 0))
    }

    /// In words; none where nothing was tried.
    pub fn words(&self) -> Option<String> {
        let read = |place: &AtomicU64| place.load(Ordering::Relaxed);
        let counts = [&self.accepted, &self.failed, &self.put_off, &self.uncertain].map(read);
        let [accepted, failed, put_off, uncertain] = counts;
        let any = counts.iter().any(|count| *count > 0);
        any.then(|| format!("{accepted} accepted, {failed} failed, {put_off} put off, {uncertain} uncertain"))
    }
}
