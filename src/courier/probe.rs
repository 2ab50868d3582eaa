//! Probe: goes to a relay with no letter in hand and asks whether it would take one: the same wire and the
//! same session that carry letters, so that what works here works there. It gives an envelope at most, and
//! takes it back before DATA. Called by `check`.

use super::carry::Ended;
use super::relay::Link;
use super::session::{Encryption, Envelope, Event, Session, Settings};
use super::wire::{Failed, Happened, Wire};
use crate::clock::Clock;
use crate::domain::address::Address;
use crate::domain::attempt::{Break, Seen, Stage};
use crate::domain::id::DeliveryId;
use std::time::Duration;

/// How long someone who waits at a terminal waits for one stage.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a relay said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// How the connection ended.
    pub ended: Ended,
    /// The last answer to the envelope, where one was given.
    pub answer: Option<(Stage, Seen)>,
}

/// Connects and greets; with an envelope (from whom, to whom) asks whether a letter would be taken. Takes leave.
pub async fn probe(link: &Link, clock: &Clock, envelope: Option<(Address, Address)>) -> Probed {
    let link = patient(link);
    let mut answer = None;
    let ended = match ask(&link, clock, envelope, &mut answer).await {
        Ok(ended) => ended,
        Err(failed) => failed.into(),
    };
    Probed { ended, answer }
}

fn patient(link: &Link) -> Link {
    let mut link = link.clone();
    let limits = &mut link.deadlines;
    for stage in [&mut limits.connect, &mut limits.greeting, &mut limits.ehlo, &mut limits.tls, &mut limits.auth] {
        *stage = (*stage).min(PATIENCE);
    }
    for stage in [&mut limits.mail, &mut limits.rcpt] {
        *stage = (*stage).min(PATIENCE);
    }
    link
}

async fn ask(
    link: &Link,
    clock: &Clock,
    mut envelope: Option<(Address, Address)>,
    answer: &mut Option<(Stage, Seen)>,
) -> Result<Ended, Failed> {
    let mut wire = Wire::connect(link, clock).await?;
    if link.security.encryption == Encryption::Implicit {
        wire = wire.secured(link, clock).await?;
    }
    let (ehlo_name, security) = (link.ehlo_name.clone(), link.security.clone());
    let mut session =
        Session::new(Settings { ehlo_name, security, deadlines: link.deadlines, letters: 1 }, clock.steady());
    let mut ended = Ended::Finished { letters: 0 };
    loop {
        while let Some(event) = session.next_event() {
            match event {
                Event::Ready => match envelope.take() {
                    Some((from, to)) => session.knock(Envelope { delivery: DeliveryId(0), from, to }, clock.steady()),
                    None => session.quit(clock.steady()),
                },
                // What came too early has ended it.
                Event::Secure if session.is_over() => {}
                Event::Secure => {
                    wire = wire.secured(link, clock).await?;
                    session.secured(clock.steady());
                }
                Event::Told(told) => *answer = Some((told.stage, told.seen)),
                Event::Unfit(why) => ended = Ended::Unfit(why),
                Event::Over(Some((stage, seen))) => ended = Ended::Trouble { stage, seen },
                Event::Over(None) | Event::AskPermit(_) | Event::GivenBack(_) => {}
            }
        }
        if session.is_over() {
            return Ok(ended);
        }
        match wire.next(&session, session.hour()).await {
            Happened::Came(count) => session.receive(wire.read(count), clock.steady()),
            Happened::Went { count, left } => {
                session.wrote(count, clock.steady());
                if left {
                    session.flushed(clock.steady());
                }
            }
            Happened::Closed => session.broken(Break::Closed, clock.steady()),
            Happened::Hour => session.tick(clock.steady()),
        }
    }
}
