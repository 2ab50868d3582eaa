//! Deliveries: claimed, armed and recorded here, in one verb: [`turn`]. It answers all sessions that
//! wait at once, in one transaction with one flush, and is the only maker of permits.

mod hold;
mod pacing;
mod settle;

pub(super) use pacing::Pacing;
use pacing::Promised;
pub use pacing::{Look, Want};
pub use settle::{Settlement, resolve, resolve_all};

use super::station::{Prepared, Sending};
use super::{Error, Result};
use crate::compose::{self, Stationery};
use crate::domain::address::Mailbox;
use crate::domain::attempt::{Attempt, Seen, Stage};
use crate::domain::audit::Actor;
use crate::domain::delivery::{Leave, Next, Outcome, Parcel, Permit, Report, Turn};
use crate::domain::edition::Letterhead;
use crate::domain::id::{DeliveryId, EditionId};
use crate::domain::moment::Moment;
use crate::domain::relay::{ReturnPath, Route};
use crate::domain::valve::Valve;
use crate::store::attempt::Tried;
use crate::store::delivery::{Claimed, Move, Way};
use crate::store::{self, Connection, Writing};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// What one session gets for its turn.
#[derive(Debug, Default)]
pub struct Grant {
    /// The answer to its ask.
    pub leave: Option<Leave>,
    /// New work, with what it is a letter of.
    pub parcels: Vec<(Parcel, Arc<Stationery>)>,
}

/// What the sessions of one route may be given.
struct Road {
    route: Route,
    ways: Vec<Way>,
    room: u32,
}

/// Beyond this many ways at once a claim would read more than it takes.
const WAYS_AT_ONCE: usize = 64;

/// Records, arms and claims for all sessions that wait, in one transaction; a grant for each turn,
/// in order. Letter n's record and letter n+1's arming share a commit.
///
/// # Errors
/// Any error means that this process must stop, restart and recover: the commit may have happened.
pub async fn turn(sending: &mut Sending, turns: &[Turn], now: Moment) -> Result<Vec<Grant>> {
    let reports: Vec<&Report> = turns.iter().flat_map(|turn| &turn.reports).collect();
    let asks: Vec<DeliveryId> = turns.iter().filter_map(|turn| turn.ask).collect();
    let roads = sending.roads(turns, now);
    if reports.is_empty() && asks.is_empty() && roads.iter().all(|road| road.ways.is_empty()) {
        return Ok(turns.iter().map(|_| Grant::default()).collect());
    }
    let mut writing = sending.store.write(Actor::Station, now).await?;
    record(sending, &mut writing, &reports, now).await?;
    let armed = store::delivery::arm(&mut writing, sending.boot, &asks).await?;
    let mut claimed = Vec::with_capacity(roads.len());
    for road in &roads {
        claimed.push(claim(sending, &mut writing, road).await?);
    }
    // All roads together: an edition that one of them needs must not make room for another's.
    prepare(sending, &mut writing, &mut claimed, now).await?;
    // While a road is filled, there is more to come.
    let more = roads.iter().zip(&claimed).any(|(road, claimed)| road.room > 0 && claimed.len() >= road.room as usize);
    let closes = !reports.is_empty() && !more;
    let idle = reports.is_empty() && claimed.iter().all(Vec::is_empty);
    let highest = claimed.iter().flatten().map(|claimed| claimed.delivery).max();
    let mark = if idle { None } else { sending.raise_mark(&mut writing, highest, now).await? };
    let closed = if closes { store::dispatch::close(&mut writing).await? } else { Vec::new() };
    super::notice::over(&mut writing, &closed).await?;
    if closed.is_empty() {
        writing.commit_quietly().await?;
    } else {
        writing.commit().await?;
        super::dispatch::tell_closed(&closed);
    }
    if let Some(mark) = mark {
        sending.tell_journal(mark, now).await?;
    }
    sending.learn(turns, &armed, now);
    let routes = roads.into_iter().map(|road| road.route).zip(claimed.into_iter().map(VecDeque::from)).collect();
    grants(sending, turns, &armed, routes, now)
}

/// Writes what became of deliveries in hand, and the attempts that show it.
async fn record(sending: &mut Sending, writing: &mut Writing, reports: &[&Report], now: Moment) -> Result<()> {
    let moves: Vec<Move> = reports.iter().map(|report| sending.where_to(report, now)).collect();
    store::delivery::record(writing, sending.boot, &moves).await?;
    moves.iter().for_each(|moved| sending.run.count(moved));
    let tried: Vec<Tried<'_>> = reports
        .iter()
        .filter_map(|report| match &report.outcome {
            Outcome::Tried { attempt, verdict } => Some(Tried { delivery: report.delivery, attempt, verdict }),
            Outcome::GivenBack => None,
        })
        .collect();
    store::attempt::insert(writing, &tried).await?;
    for report in reports {
        hold::refused_sender(sending, writing, report).await?;
        hold::valve(sending, writing, report).await?;
    }
    Ok(())
}

/// A claim that only skips rows is followed by the next: a session that gets nothing gives up its connection. After
/// so many it may wait for another turn.
const CLAIMS: usize = 8;

/// Fills a road with what its ways have due.
async fn claim(sending: &mut Sending, writing: &mut Writing, road: &Road) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::new();
    let mut is_empty = false;
    for _ in 0..CLAIMS {
        let room = road.room.saturating_sub(u32::try_from(claimed.len()).unwrap_or(u32::MAX));
        if room == 0 || is_empty {
            break;
        }
        let (found, moved) = store::delivery::claim(writing, sending.boot, &road.ways, room).await?;
        is_empty = moved < room;
        claimed.extend(found);
    }
    sending.rotate(&road.ways, !is_empty);
    Ok(claimed)
}

/// Editions kept ready at once; one more, and all are made ready anew as they come.
const MOST_PREPARED: usize = 8;

/// Makes the editions of what was claimed ready for their letters, and the notices. Where one cannot be read or made
/// into letters, only its own dispatch is held: its rows go back, and everything else goes on.
async fn prepare(
    sending: &mut Sending,
    writing: &mut Writing,
    claimed: &mut [Vec<Claimed>],
    now: Moment,
) -> Result<()> {
    // A notice is printed anew each time: a link in it may have run out.
    sending.prepared.retain(|sheet, _| !matches!(sheet, Sheet::Notice(_)));
    let mut sheets: Vec<Sheet> = claimed.iter().flatten().map(Sheet::of).collect();
    sheets.sort_unstable();
    sheets.dedup();
    for sheet in sheets {
        if sending.prepared.contains_key(&sheet) {
            continue;
        }
        let to = claimed.iter().flatten().find(|claimed| Sheet::of(claimed) == sheet).map(|claimed| &claimed.to);
        let Some(to) = to else { continue };
        match prepared(sending, writing, (sheet, to), now).await {
            Ok(prepared) => {
                if sending.prepared.len() >= MOST_PREPARED {
                    let still_asked =
                        |kept: &Sheet| claimed.iter().flatten().any(|claimed| Sheet::of(claimed) == *kept);
                    sending.prepared.retain(|kept, _| still_asked(kept));
                }
                sending.prepared.insert(sheet, prepared);
            }
            Err(
                why @ (Error::Store(store::Error::Unreadable(_))
                | Error::Unfit(_)
                | Error::Unprintable(_)
                | Error::Refused(_)),
            ) => {
                let unfit =
                    claimed.iter_mut().flat_map(|road| road.extract_if(.., |claimed| Sheet::of(claimed) == sheet));
                let unfit = unfit.collect();
                hold::unfit(sending.boot, writing, unfit, (&why, now)).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What letters are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sheet {
    /// An edition.
    Edition(EditionId),
    /// The same, marked as a test.
    Trial(EditionId),
    /// What the house says to one account.
    Notice(DeliveryId),
}

impl Sheet {
    fn of(claimed: &Claimed) -> Self {
        match (claimed.edition, claimed.dispatch) {
            (Some(edition), Some(_)) => Self::Edition(edition),
            (Some(edition), None) => Self::Trial(edition),
            (None, _) => Self::Notice(claimed.delivery),
        }
    }
}

async fn prepared(
    sending: &Sending,
    writing: &mut Writing,
    (sheet, to): (Sheet, &Mailbox),
    now: Moment,
) -> Result<Prepared> {
    let (letterhead, stationery) = match sheet {
        Sheet::Edition(id) => {
            let edition = super::edition::find(writing, id).await?;
            let print = compose::for_readers(edition.print, sending.rules.base_url.is_some())?;
            let assets = super::edition::enclosed(writing, &print).await?;
            let stationery = Stationery::enclosing(&print, id, &edition.digest, &assets)?;
            (print.letterhead, stationery)
        }
        Sheet::Trial(id) => {
            let print = super::edition::find(writing, id).await?.print;
            let print = compose::trial(&compose::for_readers(print, sending.rules.base_url.is_some())?);
            let assets = super::edition::enclosed(writing, &print).await?;
            let stationery = Stationery::enclosing(&print, id, &print.digest(), &assets)?;
            (print.letterhead, stationery)
        }
        Sheet::Notice(id) => {
            let print = super::notice::print(writing, (id, to), &sending.rules, now).await?;
            let stationery = Stationery::of_notice(&print)?;
            (print.letterhead, stationery)
        }
    };
    let stationery = Arc::new(stationery.signed_with(&sending.rules.keys));
    Ok(Prepared { letterhead, stationery })
}

/// Hands permits and parcels to the sessions, in the order of their turns.
///
/// # Errors
/// [`store::Error::Unreadable`] when a claimed letter has no edition: it must not stay claimed in nobody's hands.
fn grants(
    sending: &mut Sending,
    turns: &[Turn],
    armed: &[DeliveryId],
    mut claimed: HashMap<Route, VecDeque<Claimed>>,
    now: Moment,
) -> Result<Vec<Grant>> {
    let mut grants = Vec::with_capacity(turns.len());
    for turn in turns {
        let leave =
            turn.ask.map(
                |delivery| {
                    if armed.contains(&delivery) { Leave::Granted(Permit { delivery }) } else { Leave::Refused }
                },
            );
        let mut parcels = Vec::new();
        let theirs = claimed.get_mut(&turn.route);
        for claimed in theirs.into_iter().flat_map(|theirs| theirs.drain(..theirs.len().min(turn.room as usize))) {
            sending.pacing.set_out(claimed.delivery, claimed.to.address.lane(), &turn.route.relay, now);
            let prepared = sending.prepared.get(&Sheet::of(&claimed));
            let Prepared { letterhead, stationery } = prepared.ok_or(store::Error::Unreadable("edition"))?;
            parcels.push((sending.parcel(&claimed, letterhead, &turn.route.relay), Arc::clone(stationery)));
        }
        grants.push(Grant { leave, parcels });
    }
    Ok(grants)
}

impl Sending {
    /// Looks into the tables for due letters, and closes what has nothing left. Returns what can go now, and
    /// when there will be more.
    ///
    /// # Errors
    /// As [`turn`].
    pub async fn look(&mut self, now: Moment) -> Result<Look> {
        let mut reading = self.store.read().await?;
        if store::dispatch::any_to_close(&mut reading).await? {
            let mut writing = self.store.write(Actor::Station, now).await?;
            let closed = store::dispatch::close(&mut writing).await?;
            super::notice::over(&mut writing, &closed).await?;
            // The bell rings: another dispatch of the issue may have waited for this.
            writing.commit().await?;
            super::dispatch::tell_closed(&closed);
        }
        self.ways = store::delivery::ways(&mut reading, now).await?.into();
        let latest = now + self.rules.patience.give_up;
        if self.ways.iter().any(|way| way.due > latest) {
            let mut writing = self.store.write(Actor::Station, now).await?;
            store::delivery::bring_near(&mut writing, latest).await?;
            writing.commit().await?;
        }
        self.know_senders(&mut reading).await?;
        self.count_anew();
        Ok(self.pacing.look(self.ways.iter(), (&self.rules.relays, &self.rules.paces), now))
    }

    /// Learns whom the letters of each way are from: that says by which relays they go.
    async fn know_senders(&mut self, reading: &mut Connection) -> Result<()> {
        // The claim finds out about one that cannot be read, and holds this dispatch alone.
        let known = |sender| match sender {
            Ok(sender) => Ok(Some(sender)),
            Err(store::Error::Unreadable(_)) => Ok(None),
            Err(error) => Err(error),
        };
        self.pacing.house = self.rules.notices_from().map(|(from, _)| from.address.clone());
        for way in &self.ways {
            if let Some(dispatch) = way.dispatch {
                if let Entry::Vacant(unknown) = self.pacing.senders.entry(dispatch)
                    && let Some(sender) = known(store::dispatch::sender(reading, dispatch).await)?
                {
                    unknown.insert(sender);
                }
            } else if let Some(edition) = way.edition
                && let Entry::Vacant(unknown) = self.pacing.trial_senders.entry(edition)
                && let Some(sender) = known(store::edition::sender(reading, edition).await)?
            {
                unknown.insert(sender);
            }
        }
        Ok(())
    }

    /// Forgets what was counted of dispatches that were resumed since.
    fn count_anew(&mut self) {
        for way in &self.ways {
            let (Some(dispatch), Some(from)) = (way.dispatch, way.counted_from) else { continue };
            let counted = self.valves.entry(dispatch).or_default();
            if counted.0 != from {
                *counted = (from, Valve::default());
            }
        }
    }

    /// What the sessions of each route may be given: the ways that are asked next, and how much of them.
    fn roads(&self, turns: &[Turn], now: Moment) -> Vec<Road> {
        let mut roads: Vec<Road> = Vec::new();
        for turn in turns.iter().filter(|turn| turn.room > 0) {
            match roads.iter_mut().find(|road| road.route == turn.route) {
                Some(road) => road.room += turn.room,
                None => roads.push(Road { route: turn.route.clone(), ways: Vec::new(), room: turn.room }),
            }
        }
        let relays = &self.rules.relays;
        let mut promised = Promised::default();
        for road in &mut roads {
            let fits = self.ways.iter().filter(|way| self.pacing.fits(way, &road.route, relays, now));
            road.ways = fits.take(WAYS_AT_ONCE).cloned().collect();
            if road.ways.is_empty() {
                continue;
            }
            road.room = self.pacing.most(&road.route, relays, (road.room, &mut promised), now);
        }
        roads.retain(|road| road.room > 0 && !road.ways.is_empty());
        roads
    }

    /// What a turn tells about lanes and relays.
    fn learn(&mut self, turns: &[Turn], armed: &[DeliveryId], now: Moment) {
        for turn in turns {
            turn.reports.iter().for_each(|report| self.pacing.hear(report, now));
            for report in &turn.reports {
                self.pacing.came_back(report.delivery, report.outcome.came_to_the_dot());
            }
            if let Some(refused) = turn.ask.filter(|ask| !armed.contains(ask)) {
                self.pacing.came_back(refused, false);
            }
        }
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
            // Trials and notices stay in front: somebody waits for them.
            if way.dispatch.is_none() { self.ways.push_front(way) } else { self.ways.push_back(way) }
        }
    }

    /// Where a report sends its delivery.
    fn where_to(&self, report: &Report, now: Moment) -> Move {
        match &report.outcome {
            Outcome::GivenBack => Move::given_back(report.delivery, now),
            Outcome::Tried { attempt, verdict } => {
                let next = self.rules.patience.next(report, verdict);
                let why = if next == Next::Uncertain {
                    format!("no clear answer after the final dot ({})", words(attempt))
                } else {
                    words(attempt)
                };
                Move::tried(report.delivery, &next, now, why)
            }
        }
    }

    fn parcel(&self, claimed: &Claimed, letterhead: &Letterhead, relay: &str) -> Parcel {
        let (delivery, from) = (claimed.delivery, &letterhead.from.address);
        let relay = self.rules.relays.iter().find(|known| known.name == relay);
        let return_path = relay.map_or(&ReturnPath::Sender, |relay| &relay.return_path);
        let base_url = self.rules.base_url.as_deref();
        let leave = |_| self.keyring.leave_links(delivery, &claimed.to.address, letterhead, base_url);
        Parcel {
            delivery,
            dispatch: claimed.dispatch,
            edition: claimed.edition,
            to: claimed.to.clone(),
            return_path: self.keyring.return_path(delivery, from, return_path),
            message_id: self.keyring.message_id(delivery, from),
            dated: claimed.since,
            leave: claimed.edition.map(leave),
            read: base_url.filter(|_| claimed.edition.is_some()).map(|base| self.keyring.read_page(delivery, base)),
            past: claimed.past,
            before: claimed.before.clone(),
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
        Seen::Unmade(why) => format!("no letter was made: {why}"),
        Seen::Broken(how) if attempt.stage == Stage::Dot => how.word().to_owned(),
        Seen::Broken(how) => format!("{} at {}", how.word(), attempt.stage.word()),
    }
}
