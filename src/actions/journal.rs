//! The journal re-applied: before anything is sent, a database is compared with its journal and its place. Who left
//! by the journal's word is let go here too; a database that has missed letters, or was moved, is held until a
//! person releases it. Called by [`super::station::begin_sending`] and [`super::restore`].

use super::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::journal::{Departure, Doubt, Entry, Gap, Journal, Known, Mark, Move, Return, Seal, What};
use crate::domain::link::Keyring;
use crate::domain::moment::Moment;
use crate::store::delivery::Doubted;
use crate::store::departure::Applied;
use crate::store::station::Memory;
use crate::store::{self, Store, Writing};

/// What the journal did to a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reapplied {
    /// Departures that were looked at.
    pub departures: usize,
    /// Subscriptions that they ended.
    pub ended: u64,
    /// Subscriptions of readers who were brought back later.
    pub revived: u64,
}

/// A database beside its journal.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) keyring: Keyring,
    pub(super) memory: Memory,
    pub(super) journal: Option<Journal>,
}

impl Beside {
    /// Reads both.
    pub(super) async fn look(store: &Store) -> Result<Self> {
        let mut reading = store.read().await?;
        let keyring = store::station::keyring(&mut reading).await?.ok_or(store::Error::Unreadable("key"))?;
        let memory = store::station::memory(&mut reading).await?.ok_or(store::Error::Unreadable("station"))?;
        Ok(Self { keyring, memory, journal: store::journal::read(store.folder())? })
    }

    /// Why this database must not send, if so.
    pub(super) fn doubt(&self, here: Seal) -> Option<Doubt> {
        let Memory { mark, heard, place, .. } = self.memory;
        let known = Known { station: Seal::of_station(&self.keyring), mark, heard, place };
        Doubt::about(&known, self.journal.as_ref(), here)
    }

    /// What is missing of the journal.
    pub(super) fn gap(&self) -> Option<Gap> {
        Journal::gap(self.journal.as_ref())
    }

    /// Lets go whom the journal says has left, and has back whom it says was brought back: by what it says after the
    /// first `heard` bytes.
    pub(super) async fn reapply(&self, writing: &mut Writing, heard: u64) -> Result<Reapplied> {
        let Some(journal) = &self.journal else { return Ok(Reapplied::default()) };
        let moves = journal.moves_after(heard, Seal::of_station(&self.keyring));
        if moves.is_empty() {
            return Ok(Reapplied::default());
        }
        let Applied { ended, revived } = store::departure::apply(writing, &self.keyring, &moves).await?;
        store::station::heard(writing, journal.length).await?;
        let departures = moves.iter().filter(|step| matches!(step, Move::Left { .. })).count();
        let reapplied = Reapplied { departures, ended, revived };
        let detail = format!("{departures} departures, {ended} subscriptions ended, {revived} revived");
        store::audit::note(writing, "reapply journal", "station", None, Some(detail)).await?;
        Ok(reapplied)
    }

    /// Holds the station: nothing is sent until it is released. With `in_doubt`, letters may have gone out that the
    /// database does not know of, so all that it has not seen accepted becomes uncertain, nothing that was planned
    /// goes by itself, and numbers of letters that are lost are not given out again.
    pub(super) async fn hold(&self, writing: &mut Writing, why: &str, in_doubt: bool) -> Result<Doubted> {
        store::station::hold(writing, why).await?;
        let (mut doubted, mut paused) = (Doubted::default(), 0);
        if in_doubt {
            let ours = Seal::of_station(&self.keyring);
            let given = self.journal.as_ref().and_then(|journal| journal.given(ours));
            store::station::skip_numbers(writing, given).await?;
            doubted = store::delivery::doubt(writing, why).await?;
            // Their hours may have sent what this database takes for new.
            paused = store::schedule::pause_all(writing).await?;
        }
        let detail = format!(
            "{why}: {} uncertain, {} dispatches called off, {paused} schedules paused",
            doubted.uncertain,
            doubted.called_off.len()
        );
        store::audit::note(writing, "hold", "station", None, Some(detail)).await?;
        Ok(doubted)
    }

    /// How much of the journal the database knows, where there is no doubt that it was this one.
    fn heard(&self) -> u64 {
        self.memory.heard.unwrap_or(0)
    }

    /// Whether nobody has written into the journal so far.
    fn has_none_yet(&self) -> bool {
        self.journal.as_ref().is_none_or(|journal| journal.entries.is_empty())
    }

    fn has_news(&self) -> bool {
        let (ours, heard) = (Seal::of_station(&self.keyring), self.heard());
        self.journal.as_ref().is_some_and(|journal| !journal.moves_after(heard, ours).is_empty())
    }
}

/// Compares the database with its journal and its place before anything is sent. Holds the station where that
/// gives reason to.
///
/// # Errors
/// [`Error::Held`] when nothing may be sent; [`Error::Store`].
pub(super) async fn consult(store: &Store, now: Moment) -> Result<()> {
    let beside = Beside::look(store).await?;
    if let Some(why) = &beside.memory.held {
        return Err(Error::Held(why.clone()));
    }
    let doubt = beside.doubt(store.place());
    if doubt.is_none() && beside.has_none_yet() {
        // The journal begins before the database says that it has one: a start that fails in between would
        // otherwise leave a database that misses its journal for ever.
        let Memory { mark: number, boot, given, .. } = beside.memory;
        mark(store, &beside.keyring, now, Mark { number, boot, given }).await?;
    }
    if doubt.is_none() && beside.memory.place.is_some() && !beside.has_news() {
        return Ok(());
    }
    let mut writing = store.write(Actor::Station, now).await?;
    beside.reapply(&mut writing, if doubt.is_some() { 0 } else { beside.heard() }).await?;
    if let Some(doubt) = doubt {
        beside.hold(&mut writing, doubt.words(), doubt.is_of_letters()).await?;
        writing.commit().await?;
        return Err(Error::Held(doubt.words().to_owned()));
    }
    store::station::settle(&mut writing, store.place()).await?;
    Ok(writing.commit().await?)
}

/// Writes a reader's leaving into the journal, flushed to the disk, before the transaction commits: a
/// commit that fails after it leaves a line that only ever keeps letters from someone who wished for none.
///
/// # Errors
/// [`Error::Store`]; the transaction must then be dropped.
pub(super) async fn depart(
    store: &Store,
    writing: &mut Writing,
    departure: impl FnOnce(&Keyring) -> Departure,
) -> Result<()> {
    tell(store, writing, |keyring| What::Left(departure(keyring))).await
}

/// Writes a reader's coming back into the journal, flushed to the disk: after it is committed, or a crash between
/// the two would have somebody back whom nobody was told to be. Within a transaction that has seen that they are
/// still there, for a leaving may have come between.
///
/// # Errors
/// [`Error::Store`]; after a restore they will then be out again.
pub(super) async fn come_back(store: &Store, writing: &mut Writing, returned: Return) -> Result<()> {
    tell(store, writing, |_| What::Returned(returned)).await
}

async fn tell(store: &Store, writing: &mut Writing, what: impl FnOnce(&Keyring) -> What) -> Result<()> {
    let keyring = store::station::keyring(writing).await?.ok_or(store::Error::Unreadable("key"))?;
    let entry = Entry { station: Seal::of_station(&keyring), at: writing.now, what: what(&keyring) };
    let length = store::journal::append(store.folder(), &entry).await?;
    Ok(store::station::heard(writing, length).await?)
}

/// Writes how far sending has come into the journal, flushed to the disk.
pub(super) async fn mark(store: &Store, keyring: &Keyring, now: Moment, mark: Mark) -> Result<()> {
    let entry = Entry { station: Seal::of_station(keyring), at: now, what: What::Mark(mark) };
    store::journal::append(store.folder(), &entry).await?;
    Ok(())
}
