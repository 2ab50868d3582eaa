//! Probe: goes to a relay with no letter in hand and asks whether it would take one: the same wire and the
//! same session that carry letters, so that what works here works there. It gives an envelope at most, and
//! takes it back before DATA. It tells each step as it is made. Called by `check` and for the page of relays.

use super::advice;
use super::carry::Ended;
use super::relay::Link;
use super::session::{Encryption, Envelope, Event, Heard, Session, Settings};
use super::wire::{Failed, Happened, Wire};
use crate::clock::Clock;
use crate::domain::address::Address;
use crate::domain::attempt::{Break, Seen, Stage};
use crate::domain::id::DeliveryId;
use crate::domain::moment::Moment;
use crate::domain::walk::{Found, Leg, Step};
use std::time::Duration;

/// How long someone who waits at a terminal waits for one stage.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a relay said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// From whom and to whom it was asked about a letter, if it was.
    pub envelope: Option<(Address, Address)>,
    /// How the connection ended.
    pub ended: Ended,
    /// The last answer to the envelope, where one was given.
    pub answer: Option<(Stage, Seen)>,
}

/// Connects and greets; with an envelope (from whom, to whom) asks whether a letter would be taken. Takes leave. `tell`
/// hears each step, the last one of a way that ends early included.
pub async fn walk<T: FnMut(Step)>(link: &Link, clock: &Clock, envelope: Option<(Address, Address)>, tell: T) -> Probed {
    let link = patient(link);
    let mut walker = Walker { link: &link, clock, since: clock.steady(), answer: None, tell };
    let ended = match walker.goes(envelope.clone()).await {
        Ok(ended) => ended,
        Err(failed) => failed.into(),
    };
    let probed = Probed { envelope, ended, answer: walker.answer.take() };
    if let Some(trouble) = advice::of_walk(&link, &probed) {
        walker.found(trouble.leg, Found::Trouble(trouble));
    }
    probed
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

struct Walker<'a, T> {
    link: &'a Link,
    clock: &'a Clock,
    /// When the step before ended.
    since: Moment,
    answer: Option<(Stage, Seen)>,
    tell: T,
}

impl<T: FnMut(Step)> Walker<'_, T> {
    fn found(&mut self, leg: Leg, found: Found) {
        let now = self.clock.steady();
        (self.tell)(Step { leg, took: now.since(self.since), found });
        self.since = now;
    }

    async fn goes(&mut self, envelope: Option<(Address, Address)>) -> Result<Ended, Failed> {
        let (link, clock) = (self.link, self.clock);
        let deadline = clock.steady() + link.deadlines.connect;
        let addresses = Wire::resolve(link, clock, deadline).await?;
        self.found(Leg::Resolve, Found::Addresses(addresses.iter().map(std::net::SocketAddr::ip).collect()));
        let wire = Wire::reach(&addresses, clock, deadline).await?;
        if let Some(reached) = wire.peer() {
            self.found(Leg::Connect, Found::Reached(reached));
        }
        let wire = if link.security.encryption == Encryption::Implicit { self.encrypts(wire).await? } else { wire };
        let (ehlo_name, security) = (link.ehlo_name.clone(), link.security.clone());
        let settings = Settings { ehlo_name, security, deadlines: link.deadlines, letters: 1 };
        self.talks(wire, Session::new(settings, clock.steady()).that_narrates(), envelope).await
    }

    async fn encrypts(&mut self, wire: Wire) -> Result<Wire, Failed> {
        let wire = wire.secured(self.link, self.clock).await?;
        if let Some(mut encrypted) = wire.encrypted() {
            encrypted.is_proven = self.link.security.encryption.verifies();
            self.found(Leg::Tls, Found::Encrypted(encrypted));
        }
        Ok(wire)
    }

    async fn talks(
        &mut self,
        mut wire: Wire,
        mut session: Session,
        mut envelope: Option<(Address, Address)>,
    ) -> Result<Ended, Failed> {
        let clock = self.clock;
        let mut ended = Ended::Finished { letters: 0 };
        loop {
            while let Some(event) = session.next_event() {
                match event {
                    Event::Heard(heard) => self.hears(heard),
                    Event::Ready => match envelope.take() {
                        Some((from, to)) => {
                            session.knock(Envelope { delivery: DeliveryId(0), from, to }, clock.steady())
                        }
                        None => session.quit(clock.steady()),
                    },
                    // What came too early has ended it.
                    Event::Secure if session.is_over() => {}
                    Event::Secure => {
                        wire = self.encrypts(wire).await?;
                        session.secured(clock.steady());
                    }
                    Event::Told(told) => self.answer = Some((told.stage, told.seen)),
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

    /// A reply that leads on is a step; what a refusal means is told at the end. What is asked between the two halves
    /// of AUTH LOGIN, and the leave to encrypt, are no steps of their own.
    fn hears(&mut self, heard: Heard) {
        let Heard { stage, code, lines } = heard;
        match stage {
            _ if !(200..300).contains(&code) => {}
            Stage::StartTls => {}
            Stage::Ehlo => self.found(Leg::Ehlo, Found::Offers(lines.into_iter().skip(1).collect())),
            Stage::Connect | Stage::Greeting | Stage::Auth | Stage::Mail | Stage::Rcpt | Stage::Data | Stage::Dot => {
                self.found(Leg::of(stage), Found::Reply(format!("{code} {}", lines.join(" "))));
            }
        }
    }
}
