//! Relay: the way to a mail server that takes our letters onward. [`Link`] says how to reach it;
//! [`Wire`] is one connection to it, which reads and writes at once and watches the deadline. It
//! knows bytes and time only; what they mean is the session's matter.

use super::session::{Deadlines, Session};
use crate::clock::Clock;
use crate::domain::attempt::Break;
use crate::domain::moment::Moment;
use crate::domain::rulebook::Rulebook;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How to reach a relay, and how to read it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name in the settings and in every attempt.
    pub name: String,
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The name that EHLO gives.
    pub ehlo_name: String,
    /// How long each stage may be silent.
    pub deadlines: Deadlines,
    /// Letters over one connection.
    pub letters_per_connection: u32,
    /// What its answers mean.
    pub rulebook: Arc<Rulebook>,
}

/// What happened on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// So many bytes came: [`Wire::read`].
    Came(usize),
    /// So many bytes went.
    Went(usize),
    /// The other side closed or reset the connection.
    Closed,
    /// The hour that was waited for has come.
    Hour,
}

/// One connection.
pub(super) struct Wire {
    stream: TcpStream,
    buffer: Box<[u8]>,
    alarm: Alarm,
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// How it did not come about.
    pub(super) async fn connect(link: &Link, clock: &Clock) -> Result<Self, Break> {
        let deadline = clock.steady() + link.deadlines.connect;
        let stream = tokio::select! {
            made = TcpStream::connect((link.host.as_str(), link.port)) => made.map_err(|_| Break::Refused)?,
            () = clock.rest_until(deadline) => return Err(Break::Timeout),
        };
        // Each write is a whole flight; waiting to fill a packet would cost a round trip.
        stream.set_nodelay(true).map_err(|_| Break::Closed)?;
        Ok(Self { stream, buffer: vec![0; 8 * 1024].into(), alarm: Alarm::new(clock.clone()) })
    }

    /// Waits for the next thing to happen: bytes, room for ours, or `hour`. What came is taken
    /// before anything is written, so that an answer that is too early is seen before the dot
    /// leaves. Dropping the future loses nothing.
    pub(super) async fn next(&mut self, session: &Session, hour: Option<Moment>) -> Happened {
        let Self { stream, buffer, alarm } = self;
        let (mut from, mut to) = stream.split();
        let outgoing = session.outgoing();
        tokio::select! {
            biased;
            came = from.read(buffer) => match came {
                Ok(0) | Err(_) => Happened::Closed,
                Ok(count) => {
                    acknowledge(stream);
                    Happened::Came(count)
                }
            },
            went = to.write(outgoing), if !outgoing.is_empty() => match went {
                Ok(0) | Err(_) => Happened::Closed,
                Ok(count) => Happened::Went(count),
            },
            () = alarm.ring_at(hour) => Happened::Hour,
        }
    }

    /// The bytes that came last.
    pub(super) fn read(&self, count: usize) -> &[u8] {
        &self.buffer[..count]
    }
}

/// Acknowledges at once what came. A relay that writes the replies to one flight one by one waits
/// for this before it writes the next, and a delayed one costs 40 ms a letter. Linux forgets the wish
/// after a while, so it is said after each read; elsewhere it cannot be said, which only costs time.
fn acknowledge(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = stream.set_quickack(true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

/// A wait that is kept from one call to the next: deadlines mostly move later, and an alarm that
/// rings too early costs less than a new one for each letter.
struct Alarm {
    clock: Clock,
    set: Option<(Moment, Wait)>,
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Alarm {
    fn new(clock: Clock) -> Self {
        Self { clock, set: None }
    }

    /// Rings at `hour` or earlier; never, when there is none.
    async fn ring_at(&mut self, hour: Option<Moment>) {
        let Some(hour) = hour else { return std::future::pending().await };
        let fits = self.set.as_ref().is_some_and(|(moment, _)| *moment <= hour);
        if !fits {
            let clock = self.clock.clone();
            self.set = Some((hour, Box::pin(async move { clock.rest_until(hour).await })));
        }
        if let Some((_, wait)) = &mut self.set {
            wait.await;
        }
        self.set = None;
    }
}
