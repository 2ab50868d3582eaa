//! Deliveries: claimed, armed and recorded here, in one verb: [`turn`]. It answers all sessions that
//! wait at once, in one transaction with one flush, and is the only maker of permits.

use super::station::Sending;
use super::{Error, Result};
use crate::domain::attempt::{Attempt, Scope, Seen, Stage, Verdict};
use crate::domain::audit::Actor;
use crate::domain::delivery::{Leave, Next, Outcome, Parcel, Permit, Report, Turn};
use crate::domain::dispatch::Phase;
use crate::domain::edition::Edition;
use crate::domain::id::{DeliveryId, EditionId};
use crate::domain::moment::Moment;
use crate::store::attempt::Tried;
use crate::store::delivery::{Claimed, Move, Way};
use crate::store::{self, Store, Writing};
use std::sync::Arc;

/// What one session gets for its turn.
#[derive(Debug, Default)]
pub struct Grant {
    /// The answer to its ask.
    pub leave: Option<Leave>,
    /// New work, with what it is a letter of.
    pub parcels: Vec<(Parcel, Arc<Edition>)>,
}

/// Beyond this many ways at once a claim would read more than it takes.
const WAYS_AT_ONCE: usize = 64;

/// A sender refused this often in a row needs a person (DELIVERY.md §3).
const SENDER_REFUSALS: u32 = 3;

/// Records, arms and claims for all sessions that wait, in one transaction; a grant for each turn,
/// in order. Letter n's record and letter n+1's arming share a commit.
///
/// # Errors
/// Any error means that this process must stop, restart and recover: the commit may have happened.
pub async fn turn(sending: &mut Sending, turns: &[Turn], now: Moment) -> Result<Vec<Grant>> {
    let reports: Vec<&Report> = turns.iter().flat_map(|turn| &turn.reports).collect();
    let asks: Vec<DeliveryId> = turns.iter().filter_map(|turn| turn.ask).collect();
    let room: u32 = turns.iter().map(|turn| turn.room).sum();
    let ways = sending.due_ways(now);
    if reports.is_empty() && asks.is_empty() && (room == 0 || ways.is_empty()) {
        return Ok(turns.iter().map(|_| Grant::default()).collect());
    }
    let mut writing = sending.store.write(Actor::Station, now).await?;
    record(sending, &mut writing, &reports, now).await?;
    let armed = store::delivery::arm(&mut writing, sending.boot, &asks).await?;
    let claimed = store::delivery::claim(&mut writing, sending.boot, &ways, room).await?;
    let closes = !reports.is_empty() && claimed.len() < room.max(1) as usize;
    let mark = if reports.is_empty() && claimed.is_empty() { None } else { sending.next_mark(now) };
    if let Some(mark) = mark {
        store::station::mark(&mut writing, mark).await?;
    }
    if closes && !store::dispatch::close(&mut writing).await?.is_empty() {
        writing.commit().await?;
    } else {
        writing.commit_quietly().await?;
    }
    if let Some(mark) = mark {
        sending.tell_journal(mark, now).await?;
    }
    sending.rotate(&ways, claimed.len() >= room as usize);
    grants(sending, turns, &armed, claimed).await
}

/// Writes what became of deliveries in hand, and the attempts that show it.
async fn record(sending: &mut Sending, writing: &mut Writing, reports: &[&Report], now: Moment) -> Result<()> {
    let moves: Vec<Move> = reports.iter().map(|report| sending.where_to(report, now)).collect();
    store::delivery::record(writing, sending.boot, &moves).await?;
    let tried: Vec<Tried<'_>> = reports
        .iter()
        .filter_map(|report| match &report.outcome {
            Outcome::Tried { attempt, verdict } => Some(Tried { delivery: report.delivery, attempt, verdict }),
            Outcome::GivenBack => None,
        })
        .collect();
    store::attempt::insert(writing, &tried).await?;
    for report in reports {
        hold_refused_sender(sending, writing, report).await?;
    }
    Ok(())
}

/// Pauses the dispatch of a sender that was refused too often in a row.
async fn hold_refused_sender(sending: &mut Sending, writing: &mut Writing, report: &Report) -> Result<()> {
    let Outcome::Tried { attempt, verdict } = &report.outcome else { return Ok(()) };
    if !matches!(verdict, Verdict::Later { scope: Scope::Sender, .. }) {
        sending.sender_refusals.remove(&report.dispatch);
        return Ok(());
    }
    let refusals = sending.sender_refusals.entry(report.dispatch).or_default();
    *refusals += 1;
    if *refusals >= SENDER_REFUSALS
        && let Some(dispatch) = report.dispatch
    {
        let why =
            format!("the relay refuses the sender: {}; correct the sender or the relay, then resume", words(attempt));
        let paused = store::dispatch::shift(writing, dispatch, &[Phase::Open], Phase::Paused, Some(&why)).await?;
        sending.sender_refusals.remove(&report.dispatch);
        if !paused {
            return Ok(());
        }
        store::audit::note(writing, "pause", "dispatch", Some(dispatch.0), Some("sender refused".into())).await?;
    }
    Ok(())
}

/// Hands permits and parcels to the sessions, in the order of their turns.
async fn grants(
    sending: &mut Sending,
    turns: &[Turn],
    armed: &[DeliveryId],
    claimed: Vec<Claimed>,
) -> Result<Vec<Grant>> {
    let mut claimed = claimed.into_iter();
    let mut grants = Vec::with_capacity(turns.len());
    for turn in turns {
        let leave =
            turn.ask.map(
                |delivery| {
                    if armed.contains(&delivery) { Leave::Granted(Permit { delivery }) } else { Leave::Refused }
                },
            );
        let mut parcels = Vec::new();
        for claimed in claimed.by_ref().take(turn.room as usize) {
            let edition = sending.edition(claimed.edition).await?;
            parcels.push((sending.parcel(&claimed, &edition), edition));
        }
        grants.push(Grant { leave, parcels });
    }
    Ok(grants)
}

/// What may be done about an uncertain delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// There is evidence that it arrived.
    Accepted,
    /// It is to be sent once more, at the risk of arriving twice.
    Resend,
    /// It stays uncertain, and asks no more.
    Closed,
}

impl std::str::FromStr for Settlement {
    type Err = String;

    /// # Errors
    /// A sentence that names the three words when it is none of them.
    fn from_str(word: &str) -> std::result::Result<Self, String> {
        match word {
            "accepted" => Ok(Self::Accepted),
            "resend" => Ok(Self::Resend),
            "closed" => Ok(Self::Closed),
            _ => Err(format!("'{word}' does not settle a delivery; use accepted, resend or closed")),
        }
    }
}

/// Settles an uncertain delivery.
///
/// # Errors
/// [`Error::Refused`] when it is not uncertain.
pub async fn resolve(store: &Store, actor: Actor, now: Moment, id: DeliveryId, as_what: Settlement) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let state = match as_what {
        Settlement::Accepted => "accepted",
        Settlement::Resend => "queued",
        Settlement::Closed => "uncertain",
    };
    if as_what == Settlement::Resend && store::delivery::is_called_off(&mut writing, id).await? {
        return Err(Error::Refused(format!(
            "the dispatch of delivery {id} was cancelled, so nothing of it is sent again; settle it as accepted or closed"
        )));
    }
    if !store::delivery::resolve(&mut writing, id, state).await? {
        return Err(Error::Refused(format!(
            "delivery {id} is not uncertain, so there is nothing to settle; `yizhan delivery log` shows where it is"
        )));
    }
    store::dispatch::retally(&mut writing, id).await?;
    store::audit::note(&mut writing, "settle", "delivery", Some(id.0), Some(format!("{as_what:?}").to_lowercase()))
        .await?;
    writing.commit().await?;
    Ok(())
}

impl Sending {
    /// Looks into the tables for due letters, and closes what has nothing left. Returns how many
    /// letters are due (counted up to a few each way), and when the next one will be.
    ///
    /// # Errors
    /// As [`turn`].
    pub async fn look(&mut self, now: Moment) -> Result<(u32, Option<Moment>)> {
        let mut reading = self.store.read().await?;
        if store::dispatch::any_to_close(&mut reading).await? {
            let mut writing = self.store.write(Actor::Station, now).await?;
            store::dispatch::close(&mut writing).await?;
            writing.commit_quietly().await?;
        }
        self.ways = store::delivery::ways(&mut reading).await?.into();
        let due = self.ways.iter().filter(|way| way.due <= now).map(|way| way.queued).sum();
        let next = self.ways.iter().map(|way| way.due).filter(|due| *due > now).min();
        Ok((due, next))
    }

    /// The ways with due letters that are asked next.
    fn due_ways(&self, now: Moment) -> Vec<Way> {
        self.ways.iter().filter(|way| way.due <= now).take(WAYS_AT_ONCE).cloned().collect()
    }

    /// After a claim that filled the room, the first way goes to the end of the line; after one that
    /// did not, the asked ways are empty.
    fn rotate(&mut self, asked: &[Way], filled: bool) {
        if !filled {
            self.ways.retain(|way| !asked.contains(way));
        } else if let Some(first) = asked.first()
            && let Some(at) = self.ways.iter().position(|way| way == first)
            && let Some(way) = self.ways.remove(at)
        {
            // Trials stay in front: somebody waits for them.
            if way.dispatch.is_none() { self.ways.push_front(way) } else { self.ways.push_back(way) }
        }
    }

    /// Where a report sends its delivery.
    fn where_to(&self, report: &Report, now: Moment) -> Move {
        match &report.outcome {
            Outcome::GivenBack => Move::given_back(report.delivery, now),
            Outcome::Tried { attempt, verdict } => {
                let next = self.rules.patience.next(report, verdict, now);
                let why = if next == Next::Uncertain {
                    format!("no clear answer after the final dot ({})", words(attempt))
                } else {
                    words(attempt)
                };
                Move::tried(report.delivery, &next, why)
            }
        }
    }

    /// The edition, from memory if a letter of it was made before.
    async fn edition(&mut self, id: EditionId) -> Result<Arc<Edition>> {
        if let Some(edition) = self.editions.get(&id) {
            return Ok(Arc::clone(edition));
        }
        let mut reading = self.store.read().await?;
        let edition = Arc::new(super::edition::find(&mut reading, id).await?);
        self.editions.insert(id, Arc::clone(&edition));
        Ok(edition)
    }

    fn parcel(&self, claimed: &Claimed, edition: &Edition) -> Parcel {
        let letterhead = &edition.print.letterhead;
        let (delivery, from) = (claimed.delivery, &letterhead.from.address);
        Parcel {
            delivery,
            dispatch: claimed.dispatch,
            edition: claimed.edition,
            to: claimed.to.clone(),
            return_path: from.clone(),
            message_id: self.keyring.message_id(delivery, from),
            dated: claimed.since,
            leave: self.keyring.leave_links(delivery, &letterhead.slug, from, self.rules.base_url.as_deref()),
            since: claimed.since,
            attempts: claimed.attempts,
        }
    }
}

/// An attempt's answer in words, as rows keep it: `550 5.1.1 no such user`.
fn words(attempt: &Attempt) -> String {
    match &attempt.seen {
        Seen::Answer(answer) => {
            let enhanced = answer.enhanced.map(|e| format!(" {e}")).unwrap_or_default();
            let text = answer.text.strip_prefix(enhanced.trim_start()).unwrap_or(&answer.text).trim_start();
            format!("{}{enhanced} {text}", answer.code)
        }
        Seen::Broken(how) if attempt.stage == Stage::Dot => how.word().to_owned(),
        Seen::Broken(how) => format!("{} at {}", how.word(), attempt.stage.word()),
    }
}
