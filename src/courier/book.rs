//! The book: the desk's other end, and the only one in this room that calls actions. It answers all
//! sessions that wait with one turn, opens connections while letters are due and the relay stands,
//! and sees them out when the service stops.

use super::carry::{Ended, carry};
use super::desk::{Desk, Granted, Request};
use super::relay::Link;
use super::standing::{Kinds, Opened, Standing};
use crate::actions;
use crate::actions::delivery::{Look, Want};
use crate::actions::station::{Rules, Sending};
use crate::clock::Clock;
use crate::domain::attempt::Verdict;
use crate::domain::delivery::{Outcome, Report, Turn};
use crate::domain::language::Sentence;
use crate::domain::moment::Moment;
use crate::domain::relay::{Condition, Route};
use crate::store::Store;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How the courier works.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The relays, the first choice first, each with its connections at once; none means that nothing is claimed.
    pub relays: Vec<(Link, u32)>,
    /// The rules that sending goes by.
    pub rules: Rules,
    /// How long letters on their way may take to end when the service stops.
    pub stop_within: Duration,
    /// Whether to end by itself when nothing is due.
    pub until_idle: bool,
}

/// How often the book steps back for sessions that are ready to speak, before a turn.
const LETS_OTHERS_RUN: u32 = 24;

/// Why nothing goes out, in a sentence; none while all is well.
pub type Hindrance = Option<Sentence>;

/// What the book tells whoever wants to know.
#[derive(Debug)]
pub struct Told {
    /// Why nothing goes out.
    pub hindrance: watch::Sender<Hindrance>,
    /// How each relay stands.
    pub conditions: watch::Sender<Vec<Condition>>,
}

/// What stands between a hindrance and when this process tries again.
pub(super) const AGAIN: &str = "; trying again in ";

/// A hindrance for a process that ends now, and tries nothing again.
pub fn without_again(why: &str) -> &str {
    why.split(AGAIN).next().unwrap_or(why)
}

/// Keeps the book until told to stop, or until nothing is due where the orders say so.
///
/// # Errors
/// Any error means that this process must stop, restart and recover.
pub async fn keep(
    sending: Sending,
    mut orders: watch::Receiver<Orders>,
    store: Store,
    clock: Clock,
    told: (watch::Receiver<bool>, Told),
) -> actions::Result<()> {
    let (stop, Told { hindrance, conditions }) = told;
    let (desk, requests) = Desk::new(64);
    let first = orders.borrow_and_update().clone();
    let mut book = Book {
        sending,
        orders: first,
        changes: orders,
        store,
        clock,
        stop,
        hindrance,
        conditions,
        desk,
        requests,
        carriers: JoinSet::new(),
        standings: Vec::new(),
        generation: 0,
        leave: watch::Sender::new(false),
        look: None,
    };
    book.stand_anew();
    let kept = book.keep().await;
    // Whoever is still on the way must be gone before the fence falls.
    book.carriers.shutdown().await;
    kept?;
    book.sending.end(book.clock.now()).await
}

/// A connection that has ended, and what it was opened under.
struct Over {
    generation: u32,
    route: Route,
    opened: Opened,
    ended: Ended,
}

struct Book {
    sending: Sending,
    orders: Orders,
    changes: watch::Receiver<Orders>,
    store: Store,
    clock: Clock,
    stop: watch::Receiver<bool>,
    hindrance: watch::Sender<Hindrance>,
    conditions: watch::Sender<Vec<Condition>>,
    desk: Desk,
    requests: mpsc::Receiver<Request>,
    carriers: JoinSet<Over>,
    standings: Vec<Standing>,
    /// How often the orders have changed: what a connection says is judged by those that it was opened under.
    generation: u32,
    /// Tells carriers to come to an end: those of these orders.
    leave: watch::Sender<bool>,
    /// What there is to do, as far as the book knows; none when it has to look.
    look: Option<Look>,
}

impl Book {
    async fn keep(&mut self) -> actions::Result<()> {
        let mut ear = self.store.bell().ear();
        let mut end_by = None;
        loop {
            let (now, steady) = (self.clock.now(), self.clock.steady());
            // Whoever could say stop is gone: then nobody needs this work any more.
            let stopping = *self.stop.borrow() || self.stop.has_changed().is_err();
            if stopping && end_by.is_none() {
                self.leave.send_replace(true);
                end_by = Some(steady + self.orders.stop_within);
            }
            let wake = if stopping { Wake { due: None, rested: end_by } } else { self.prepare(now, steady).await? };
            if self.carriers.is_empty() && (stopping || self.is_idle(now).await?)
                || end_by.is_some_and(|end| steady >= end)
            {
                return Ok(());
            }
            let clock = self.clock.clone();
            tokio::select! {
                biased;
                Some(request) = self.requests.recv() => self.serve(request).await?,
                Some(ended) = self.carriers.join_next() => {
                    self.see_out(ended);
                    self.show();
                }
                _ = self.stop.changed(), if !stopping => {}
                Ok(()) = self.changes.changed(), if !stopping => self.change_orders().await?,
                _ = ear.changed() => self.look = None,
                () = wake.come(&clock) => self.look = None,
            }
        }
    }

    /// From now on works by the newest orders; connections under the old ones come to an end.
    async fn change_orders(&mut self) -> actions::Result<()> {
        self.orders = self.changes.borrow_and_update().clone();
        self.sending.follow(self.orders.rules.clone(), self.clock.now()).await?;
        self.leave.send_replace(true);
        self.leave = watch::Sender::new(false);
        self.generation += 1;
        self.stand_anew();
        self.tell(None);
        self.look = None;
        Ok(())
    }

    /// What is known of relays under old settings is forgotten, but not that connections to them still stand.
    fn stand_anew(&mut self) {
        let former = std::mem::take(&mut self.standings);
        let mut under_way: HashMap<String, Kinds> =
            former.into_iter().map(|standing| (standing.link.name.clone(), standing.kinds())).collect();
        let relays = self.orders.relays.clone().into_iter();
        let stands = |(link, connections): (Link, u32)| {
            let kinds = under_way.remove(&link.name).unwrap_or_default();
            Standing::new(link, connections, kinds)
        };
        self.standings = relays.map(stands).collect();
        self.show();
    }

    /// Looks for due letters if need be, and opens connections for them. Returns when to look again.
    async fn prepare(&mut self, now: Moment, steady: Moment) -> actions::Result<Wake> {
        let mut look = match self.look.take() {
            Some(look) => look,
            None => self.sending.look(now).await?,
        };
        if self.standings.is_empty() {
            self.tell(Some(Sentence::new(
                "no relay is set, so nothing is sent; set YIZHAN_RELAY=smtp://host:port or [relay] url",
                "还没有设置发信通道，所以什么也寄不出去；请管理员在“发信通道”里看怎样设置。",
            )));
        } else if look.held_back.is_some()
            && look.wants.is_empty()
            && self.carriers.is_empty()
            && !self.orders.until_idle
        {
            // Who ends when nothing can go has not failed by it; who stays says what it waits for.
            self.tell(look.held_back.clone());
        } else if look.wants.is_empty()
            && self.carriers.is_empty()
            && !self.orders.until_idle
            && !self.standings.iter().any(|standing| standing.is_out(steady))
        {
            // Where nothing waits, nothing is hindered, however the last connection ended.
            self.tell(None);
        }
        self.open_for(&mut look.wants, steady);
        let wake = Wake { due: look.next, rested: self.standings.iter().filter_map(|s| s.rested(steady)).min() };
        self.look = Some(look);
        Ok(wake)
    }

    /// How many connections a lane could still use.
    fn missing(&self, want: &Want) -> u32 {
        let under_way: u32 = self.standings.iter().map(|standing| standing.under_way(&want.lane)).sum();
        want.due.min(want.connections.unwrap_or(u32::MAX).saturating_sub(under_way))
    }

    /// Opens connections for letters that can go, one by one, each for the kind that has the fewest: so a lane with
    /// connections of its own and the lanes that share get theirs, whoever has more letters.
    fn open_for(&mut self, wants: &mut [Want], steady: Moment) {
        loop {
            let places = wants.iter().enumerate().filter(|(_, want)| self.missing(want) > 0);
            let places = places.filter_map(|(n, want)| self.place(want, steady).map(|at| (n, at)));
            let next = places.min_by_key(|(n, at)| self.standings[*at].turn_of(&wants[*n].lane));
            let Some((n, at)) = next else { return };
            self.open(at, &wants[n]);
            // Each due letter calls for one new connection, and only once: it may be in hand by now.
            wants[n].due -= 1;
        }
    }

    /// The relay to open a connection to: the first that stands, if it has one free; the next ones only while it
    /// does not stand.
    fn place(&self, want: &Want, steady: Moment) -> Option<usize> {
        for name in &want.relays {
            let Some(at) = self.standings.iter().position(|standing| standing.link.name == *name) else { continue };
            if self.standings[at].free(1, steady) > 0 {
                return Some(at);
            }
            if self.standings[at].is_well() {
                return None;
            }
        }
        None
    }

    /// The relay whose connections it waits for: the first that stands.
    fn waits_at(&self, want: &Want) -> Option<usize> {
        let place = |name: &String| self.standings.iter().position(|standing| standing.link.name == *name);
        want.relays.iter().filter_map(place).find(|at| self.standings[*at].is_well())
    }

    /// Takes the room of sessions that are to end, so that letters of another kind, which wait for a connection to a
    /// relay that has none free, get their share of it.
    fn make_way(&mut self, turns: &mut [Turn]) {
        let Some(look) = &self.look else { return };
        let waiting = look.wants.iter().filter(|want| self.missing(want) > 0);
        let waiting: Vec<(&Want, usize)> =
            waiting.filter_map(|want| self.waits_at(want).map(|at| (want, at))).collect();
        for turn in turns.iter_mut().filter(|turn| turn.room > 0) {
            let Route { relay, lane } = &turn.route;
            let is_here = |at: usize| self.standings[at].link.name == *relay;
            let here = waiting.iter().filter(|(want, at)| want.lane != *lane && is_here(*at));
            let fewest = here.min_by_key(|(want, at)| self.standings[*at].turn_of(&want.lane));
            if let Some((want, at)) = fewest
                && self.standings[*at].yields(lane, turn.ask.is_none(), &want.lane)
            {
                turn.room = 0;
            }
        }
    }

    fn open(&mut self, at: usize, want: &Want) {
        let standing = &mut self.standings[at];
        let opened = standing.opens(want.lane.clone());
        let mut link = Link { lane: want.lane.clone(), ..standing.link.clone() };
        if let Some(most) = want.letters_per_connection {
            link.letters_per_connection = link.letters_per_connection.min(most);
        }
        let route = Route { relay: link.name.clone(), lane: want.lane.clone() };
        let (desk, clock, leave) = (self.desk.clone(), self.clock.clone(), self.leave.subscribe());
        let generation = self.generation;
        self.carriers.spawn(async move {
            let ended = carry(&link, desk, clock, leave).await;
            Over { generation, route, opened, ended }
        });
        self.show();
    }

    /// Tells how each relay stands now; called where a connection comes or goes, never for a letter.
    fn show(&self) {
        let (now, steady) = (self.clock.now(), self.clock.steady());
        let condition = |standing: &Standing| {
            let name = standing.link.name.as_str();
            let is_limited = self.orders.rules.relays.iter().any(|r| r.name == name && r.quota.is_limited());
            let spent = is_limited.then(|| self.sending.spent(name));
            Condition { spent, ..standing.condition(now, steady) }
        };
        self.conditions.send_replace(self.standings.iter().map(condition).collect());
    }

    /// Whether nothing is due, for whoever asked to end then. What makes more is asked first: an hour that fired
    /// meanwhile has its dispatch to open, a dispatch that opened meanwhile has its letters due.
    async fn is_idle(&mut self, now: Moment) -> actions::Result<bool> {
        if !self.orders.until_idle
            || actions::schedule::any_due(&self.store, now).await?
            || actions::dispatch::any_to_open(&self.store, now).await?
        {
            return Ok(false);
        }
        // By the hour it is now: what was opened a moment ago is due since then, which is after `now`.
        let look = self.sending.look(self.clock.now()).await?;
        if look.wants.is_empty() && look.next.is_none() && look.held_back.is_none() {
            // Where nothing waits, nothing is hindered, however the last connection ended.
            self.tell(None);
        }
        // A relay that rests will not take anything soon: who asked to wait until idle is told so.
        let steady = self.clock.steady();
        let goes = |name: &String| self.standings.iter().any(|s| s.link.name == *name && !s.is_out(steady));
        Ok(!look.wants.iter().any(|want| want.relays.iter().any(goes)))
    }

    /// Answers everyone who waits with one turn.
    async fn serve(&mut self, first: Request) -> actions::Result<()> {
        let requests = self.gather(first).await;
        let (mut turns, replies): (Vec<_>, Vec<_>) =
            requests.into_iter().map(|request| (request.turn, request.reply)).unzip();
        self.learn(&turns);
        self.make_way(&mut turns);
        let grants = actions::delivery::turn(&mut self.sending, &turns, self.clock.now()).await?;
        for ((grant, reply), turn) in grants.into_iter().zip(replies).zip(&turns) {
            if grant.parcels.len() < turn.room as usize {
                self.look = None;
            }
            // A session that is gone leaves its rows where they are; recovery finds them.
            let _ = reply.send(Granted { leave: grant.leave, parcels: grant.parcels });
        }
        Ok(())
    }

    /// What sessions report tells about their relays.
    fn learn(&mut self, turns: &[Turn]) {
        for turn in turns {
            let letters = turn.reports.iter().filter(|report| is_accepted(report)).count();
            if letters > 0 {
                self.succeeded(&turn.route, u32::try_from(letters).unwrap_or(u32::MAX));
            }
        }
    }

    fn succeeded(&mut self, route: &Route, letters: u32) {
        if let Some(standing) = self.standings.iter_mut().find(|standing| standing.link.name == route.relay) {
            standing.succeeded(letters);
        }
        self.tell(None);
    }

    /// Everyone who waits or is just about to: a commit costs the same for one as for all, so whoever is
    /// ready to run is let to the desk first.
    async fn gather(&mut self, first: Request) -> Vec<Request> {
        let mut requests = vec![first];
        for _ in 0..LETS_OTHERS_RUN {
            while let Ok(next) = self.requests.try_recv() {
                requests.push(next);
            }
            if requests.len() >= self.carriers.len() {
                break;
            }
            tokio::task::yield_now().await;
        }
        requests
    }

    fn see_out(&mut self, over: Result<Over, tokio::task::JoinError>) {
        self.look = None;
        let Over { generation, route, opened, ended } = match over {
            Ok(over) => over,
            // Only a fault of ours panics. Its rows are in nobody's hands: stop, so that the next start
            // recovers them.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return,
            },
        };
        let steady = self.clock.steady();
        let mut standing = self.standings.iter_mut().find(|standing| standing.link.name == route.relay);
        if let Some(standing) = &mut standing {
            standing.is_left(&route.lane);
        }
        // A wrong password of the old settings says nothing about the new ones.
        if generation != self.generation {
            return;
        }
        if let Some(why) = standing.and_then(|standing| standing.ended(opened, &ended, steady)) {
            self.tell(Some(why));
        }
        if matches!(ended, Ended::Finished { letters } if letters > 0) {
            self.succeeded(&route, 0);
        }
    }

    fn tell(&self, hindrance: Hindrance) {
        self.hindrance.send_if_modified(|now| {
            let changed = *now != hindrance;
            *now = hindrance;
            changed
        });
    }
}

/// Whether a letter was taken: then the relay is well. A greeting alone does not say so.
fn is_accepted(report: &Report) -> bool {
    matches!(&report.outcome, Outcome::Tried { verdict: Verdict::Accepted, .. })
}

/// When to look again, unless something happens before.
#[derive(Clone, Copy, Debug, Default)]
struct Wake {
    /// At this time of day a letter is due.
    due: Option<Moment>,
    /// At this steady reading the relay has rested, or the last letters must have ended.
    rested: Option<Moment>,
}

impl Wake {
    async fn come(self, clock: &Clock) {
        let due = async {
            match self.due {
                Some(due) => clock.sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        let rested = async {
            match self.rested {
                Some(rested) => clock.rest_until(rested).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! { () = due => {} () = rested => {} }
    }
}
