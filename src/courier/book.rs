//! The book: the desk's other end, and the only one in this room that calls actions. It answers all
//! sessions that wait with one turn, opens connections while letters are due and the relay stands,
//! and sees them out when the service stops.

use super::carry::{Ended, carry};
use super::desk::{Desk, Granted, Request};
use super::relay::Link;
use crate::actions::{self, station::Sending};
use crate::clock::Clock;
use crate::domain::attempt::{Seen, Verdict};
use crate::domain::breaker::{Breaker, Era};
use crate::domain::delivery::{Outcome, Report};
use crate::domain::moment::Moment;
use crate::store::Store;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How the courier works.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The relay; none means that nothing is claimed.
    pub link: Option<Link>,
    /// Connections at once.
    pub connections: u32,
    /// How long letters on their way may take to end when the service stops.
    pub stop_within: Duration,
    /// Whether to end by itself when nothing is due.
    pub until_idle: bool,
}

/// How often the book steps back for sessions that are ready to speak, before a turn.
const LETS_OTHERS_RUN: u32 = 24;

/// Why nothing goes out, in a sentence; none while all is well.
pub type Hindrance = Option<String>;

/// What stands between a hindrance and when this process tries again.
const AGAIN: &str = "; trying again in ";

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
    orders: Orders,
    store: Store,
    clock: Clock,
    told: (watch::Receiver<bool>, watch::Sender<Hindrance>),
) -> actions::Result<()> {
    let (stop, hindrance) = told;
    let (desk, requests) = Desk::new(64);
    let mut book = Book {
        sending,
        orders,
        store,
        clock,
        stop,
        hindrance,
        desk,
        requests,
        carriers: JoinSet::new(),
        breaker: Breaker::default(),
        due: Due::Unknown,
    };
    let kept = book.keep().await;
    // Whoever is still on the way must be gone before the fence falls.
    book.carriers.shutdown().await;
    kept?;
    book.sending.end(book.clock.now()).await
}

struct Book {
    sending: Sending,
    orders: Orders,
    store: Store,
    clock: Clock,
    stop: watch::Receiver<bool>,
    hindrance: watch::Sender<Hindrance>,
    desk: Desk,
    requests: mpsc::Receiver<Request>,
    carriers: JoinSet<(Era, Ended)>,
    breaker: Breaker,
    due: Due,
}

/// What the book knows of due letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// It has to look.
    Unknown,
    /// So many now (counted up to a few each way), and the next then.
    Seen(u32, Option<Moment>),
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
                Some(ended) = self.carriers.join_next() => self.see_out(ended),
                _ = self.stop.changed(), if !stopping => {}
                _ = ear.changed() => self.due = Due::Unknown,
                () = wake.come(&clock) => self.due = Due::Unknown,
            }
        }
    }

    /// Looks for due letters if need be, and opens connections for them. Returns when to look again.
    async fn prepare(&mut self, now: Moment, steady: Moment) -> actions::Result<Wake> {
        let (due, next) = match self.due {
            Due::Seen(due, next) => (due, next),
            Due::Unknown => {
                let (due, next) = self.sending.look(now).await?;
                self.due = Due::Seen(due, next);
                (due, next)
            }
        };
        let Some(link) = self.orders.link.clone() else {
            self.tell(Some(
                "no relay is set, so nothing is sent; set YIZHAN_RELAY=smtp://host:port or [relay] url".into(),
            ));
            return Ok(Wake { due: next, rested: None });
        };
        // Whoever is under way may be held up for minutes, so each due letter may have a new connection.
        let under_way = u32::try_from(self.carriers.len()).unwrap_or(u32::MAX);
        let wanted = self.breaker.allows(due.saturating_add(under_way).min(self.orders.connections), steady);
        for _ in under_way..wanted {
            let (link, desk, clock, stop) = (link.clone(), self.desk.clone(), self.clock.clone(), self.stop.clone());
            let era = self.breaker.era();
            self.carriers.spawn(async move { (era, carry(&link, desk, clock, stop).await) });
        }
        // Each due letter calls for one new connection, and only once: it may be in hand by now.
        self.due = Due::Seen(due.saturating_sub(wanted.saturating_sub(under_way)), next);
        let rested = self.breaker.rests_until().filter(|until| *until > steady);
        Ok(Wake { due: next, rested })
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
        // A relay that rests will not take anything soon: who asked to wait until idle is told so.
        if self.orders.link.is_none() || self.breaker.rests_until().is_some() {
            return Ok(true);
        }
        // By the hour it is now: what was opened a moment ago is due since then, which is after `now`.
        let (due, next) = self.sending.look(self.clock.now()).await?;
        if due == 0 && next.is_none() {
            // Where nothing waits, nothing is hindered, however the last connection ended.
            self.tell(None);
        }
        Ok(due == 0)
    }

    /// Answers everyone who waits with one turn.
    async fn serve(&mut self, first: Request) -> actions::Result<()> {
        let requests = self.gather(first).await;
        let (turns, replies): (Vec<_>, Vec<_>) =
            requests.into_iter().map(|request| (request.turn, request.reply)).unzip();
        if turns.iter().flat_map(|turn| &turn.reports).any(is_accepted) {
            self.breaker.succeeded();
            self.tell(None);
        }
        let grants = actions::delivery::turn(&mut self.sending, &turns, self.clock.now()).await?;
        for ((grant, reply), turn) in grants.into_iter().zip(replies).zip(&turns) {
            if grant.parcels.len() < turn.room as usize {
                self.due = Due::Unknown;
            }
            // A session that is gone leaves its rows where they are; recovery finds them.
            let _ = reply.send(Granted { leave: grant.leave, parcels: grant.parcels });
        }
        Ok(())
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

    fn see_out(&mut self, ended: Result<(Era, Ended), tokio::task::JoinError>) {
        let now = self.clock.steady();
        self.due = Due::Unknown;
        match ended {
            Ok((_, Ended::Finished { letters: 0 })) => {}
            Ok((_, Ended::Finished { .. })) => {
                self.breaker.succeeded();
                self.tell(None);
            }
            Ok((era, Ended::Trouble { stage, seen })) => {
                self.breaker.failed(era, now);
                let what = match &seen {
                    Seen::Answer(answer) => format!("answered {} {}", answer.code, answer.text),
                    Seen::Broken(_) | Seen::Unmade(_) => seen.text().to_owned(),
                };
                tracing::info!(stage = stage.word(), "the relay failed: {what}");
                let again = self.breaker.rests_until().map(|until| format!("{AGAIN}{} s", until.since(now).as_secs()));
                self.tell(Some(format!("the relay failed at {}: {what}{}", stage.word(), again.unwrap_or_default())));
            }
            // What only settings can mend keeps nobody's letter: the relay rests, and its sentence is told.
            Ok((era, Ended::Unfit(why))) => {
                self.breaker.failed(era, now);
                tracing::warn!(stage = why.stage().word(), "the relay cannot be used: {why}");
                self.tell(Some(why.to_string()));
            }
            // Only a fault of ours panics. Its rows are in nobody's hands: stop, so that the next start
            // recovers them.
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
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
