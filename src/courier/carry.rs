//! Carry: one connection from connect to QUIT. It joins compose, session and verdict, and brings
//! what they say to the desk. It promises that every parcel handed to it is reported exactly once,
//! or not at all when the desk refused it or this future was dropped: then the row stays as it is,
//! armed if it was armed. Called by whoever opens connections; it sees the end of a channel.

mod carrier;
#[cfg(test)]
mod tests;

use super::desk::{Desk, Granted};
use super::relay::Link;
use super::session::{Encryption, Unfit};
use super::wire::{Failed, Happened, Wire};
use crate::clock::Clock;
use crate::domain::attempt::{Seen, Stage};
use carrier::Carrier;
use std::pin::Pin;
use tokio::sync::watch;

/// How a connection ended; what a relay's breaker wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// In good order: no more work, its share carried, or asked to stop.
    Finished {
        /// Letters that the relay gave an answer to.
        letters: u32,
    },
    /// By the relay or the way to it.
    Trouble {
        /// How far the session had come.
        stage: Stage,
        /// What was seen there.
        seen: Seen,
    },
    /// Because settings, here or at the relay, must change before anything goes there. No letter was
    /// touched, and another connection would end the same way.
    Unfit(Unfit),
}

impl From<Failed> for Ended {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Broken(stage, how) => Self::Trouble { stage, seen: Seen::Broken(how) },
            Failed::Unfit(why) => Self::Unfit(why),
        }
    }
}

type Asking<'a> = Pin<Box<dyn Future<Output = Option<Granted>> + Send + 'a>>;

/// Carries letters over one connection to `link` until the desk has no more, the relay has had
/// enough, or `stop` turns true. Asks the desk for nothing before the relay has greeted.
pub async fn carry(link: &Link, desk: Desk, clock: Clock, mut stop: watch::Receiver<bool>) -> Ended {
    let connected = tokio::select! {
        connected = connect(link, &clock) => connected,
        () = stopped(&mut stop) => return Ended::Finished { letters: 0 },
    };
    let mut wire = match connected {
        Ok(wire) => wire,
        Err(failed) => return failed.into(),
    };
    let mut carrier = Carrier::new(link, clock.steady(), clock.now());
    let mut asking: Option<Asking<'_>> = None;
    loop {
        if asking.is_none() {
            asking = carrier.turn().map(|turn| Box::pin(desk.turn(turn)) as Asking<'_>);
        }
        if asking.is_none() && carrier.is_done() {
            return carrier.ended();
        }
        if carrier.wants_tls() {
            // No letter is in hand yet: whatever comes between, nothing has to be reported.
            let secured = tokio::select! {
                secured = wire.secured(link, &clock) => secured,
                () = stopped(&mut stop) => return Ended::Finished { letters: 0 },
            };
            wire = match secured {
                Ok(wire) => wire,
                Err(failed) => return failed.into(),
            };
            carrier.secured(clock.steady());
        }
        tokio::select! {
            biased;
            () = stopped(&mut stop), if !carrier.is_leaving() => carrier.leave(clock.steady()),
            happened = wire.next(carrier.session(), carrier.hour()), if !carrier.is_done() => match happened {
                Happened::Came(count) => carrier.receive(wire.read(count), clock.steady()),
                Happened::Went { count, left } => carrier.wrote(count, left, clock.steady()),
                Happened::Closed => carrier.closed(clock.steady()),
                Happened::Hour => carrier.tick(clock.steady()),
            },
            granted = answer(&mut asking) => {
                asking = None;
                carrier.granted(granted, clock.steady());
            }
        }
    }
}

/// A wire on which the session can begin: encrypted already where that is not asked for in words.
async fn connect(link: &Link, clock: &Clock) -> Result<Wire, Failed> {
    let wire = Wire::connect(link, clock).await?;
    match link.security.encryption {
        Encryption::Implicit => wire.secured(link, clock).await,
        Encryption::None | Encryption::Opportunistic | Encryption::Required => Ok(wire),
    }
}

async fn answer(asking: &mut Option<Asking<'_>>) -> Option<Granted> {
    match asking {
        Some(asking) => asking.await,
        None => std::future::pending().await,
    }
}

/// Waits until `stop` turns true. When nobody can turn it any more, the house is being left.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
