//! Wire: one connection to a relay, in clear or encrypted, which reads and writes at once and watches
//! the deadline. It knows bytes and time only; what they mean is the session's matter.

use super::certificate::{self, Certificate};
use super::relay::Link;
use super::session::{Session, Unfit};
use super::tls::NoHandshake;
use crate::clock::Clock;
use crate::domain::attempt::{Break, Stage};
use crate::domain::moment::Moment;
use crate::domain::walk::Encrypted;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

/// What happened on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// So many bytes came: [`Wire::read`].
    Came(usize),
    /// Bytes went.
    Went {
        /// How many more than before.
        count: usize,
        /// Whether all that ever went has left for certain: TLS may hold some of it back.
        left: bool,
    },
    /// The other side closed or reset the connection.
    Closed,
    /// The hour that was waited for has come.
    Hour,
}

/// Why a connection did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// The way to the relay, or the relay, for now.
    Broken(Stage, Break),
    /// Until settings change.
    Unfit(Unfit),
}

/// One connection.
pub(super) struct Wire {
    stream: Stream,
    buffer: Box<[u8]>,
    alarm: Alarm,
    /// Whether something went that may not have left.
    held_back: bool,
    broken: bool,
}

/// Plain TCP stays plain: no letter pays for what it does not use.
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// How it did not come about.
    pub(super) async fn connect(link: &Link, clock: &Clock) -> Result<Self, Failed> {
        let deadline = clock.steady() + link.deadlines.connect;
        let addresses = Self::resolve(link, clock, deadline).await?;
        Self::reach(&addresses, clock, deadline).await
    }

    /// Looks the relay's name up: a name that nobody knows is another matter than a machine that does not answer.
    ///
    /// # Errors
    /// That it is not known, or not by the deadline.
    pub(super) async fn resolve(link: &Link, clock: &Clock, deadline: Moment) -> Result<Vec<SocketAddr>, Failed> {
        let found = tokio::select! {
            found = lookup_host((link.host.as_str(), link.port)) => found.map(Iterator::collect::<Vec<_>>),
            () = clock.rest_until(deadline) => return Err(Failed::Broken(Stage::Connect, Break::Timeout)),
        };
        let found = found.ok().filter(|addresses| !addresses.is_empty());
        found.ok_or(Failed::Broken(Stage::Connect, Break::Nameless))
    }

    /// Connects to the first of these addresses that answers.
    ///
    /// # Errors
    /// How none did.
    pub(super) async fn reach(addresses: &[SocketAddr], clock: &Clock, deadline: Moment) -> Result<Self, Failed> {
        let failed = |how| Failed::Broken(Stage::Connect, how);
        let stream = tokio::select! {
            made = TcpStream::connect(addresses) => made.map_err(|_| failed(Break::Refused))?,
            () = clock.rest_until(deadline) => return Err(failed(Break::Timeout)),
        };
        // Each write is a whole flight; waiting to fill a packet would cost a round trip.
        stream.set_nodelay(true).map_err(|_| failed(Break::Closed))?;
        let (buffer, alarm) = (vec![0; 8 * 1024].into(), Alarm::new(clock.clone()));
        Ok(Self { stream: Stream::Plain(stream), buffer, alarm, held_back: false, broken: false })
    }

    /// The address that the connection leads to.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        match &self.stream {
            Stream::Plain(stream) => stream.peer_addr().ok(),
            Stream::Tls(stream) => stream.get_ref().0.peer_addr().ok(),
        }
    }

    /// How it is encrypted, for people to look at; none in clear. Whether somebody vouches is for the caller to say.
    pub(super) fn encrypted(&self) -> Option<Encrypted> {
        let Stream::Tls(stream) = &self.stream else { return None };
        let session = stream.get_ref().1;
        let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or("TLS");
        let shown = session.peer_certificates().and_then(|chain| chain.first());
        let Certificate { names, until } = shown.map(|shown| certificate::read(shown)).unwrap_or_default();
        Some(Encrypted { version: version.replace("TLSv1_", "TLS 1."), names, until, is_proven: false })
    }

    /// Encrypts the connection. A failure ends it: nothing more is said in clear.
    ///
    /// # Errors
    /// How it did not come about.
    pub(super) async fn secured(mut self, link: &Link, clock: &Clock) -> Result<Self, Failed> {
        let (Stream::Plain(stream), Some(trust)) = (self.stream, &link.trust) else {
            return Err(Failed::Unfit(Unfit::NoTls));
        };
        let deadline = clock.steady() + link.deadlines.tls;
        let secured = tokio::select! {
            secured = trust.handshake(stream) => secured,
            () = clock.rest_until(deadline) => return Err(Failed::Broken(Stage::StartTls, Break::Timeout)),
        };
        match secured {
            Ok(stream) => self.stream = Stream::Tls(Box::new(stream)),
            Err(NoHandshake::Broken(how)) => return Err(Failed::Broken(Stage::StartTls, how)),
            Err(NoHandshake::Refused(why)) => return Err(Failed::Unfit(Unfit::Handshake(why))),
        }
        Ok(self)
    }

    /// Waits for the next thing to happen: bytes, room for ours, or `hour`. What came is taken
    /// before anything is written, so that an answer that is too early is seen before the dot
    /// leaves. Dropping the future loses nothing.
    pub(super) async fn next(&mut self, session: &Session, hour: Option<Moment>) -> Happened {
        let Self { stream, buffer, alarm, held_back, broken } = self;
        let outgoing = session.outgoing();
        tokio::select! {
            biased;
            happened = poll_fn(|cx| {
                if *broken {
                    return Poll::Ready(Happened::Closed);
                }
                if let Poll::Ready(came) = stream.poll_came(cx, buffer) {
                    return Poll::Ready(came);
                }
                let went = ready!(stream.poll_went(cx, outgoing, *held_back));
                (*held_back, *broken) = (matches!(went, Ok(Happened::Went { left: false, .. })), went.is_err());
                Poll::Ready(went.unwrap_or_else(|last| last))
            }) => happened,
            () = alarm.ring_at(hour) => Happened::Hour,
        }
    }

    /// The bytes that came last.
    pub(super) fn read(&self, count: usize) -> &[u8] {
        &self.buffer[..count]
    }
}

impl Stream {
    fn poll_came(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Happened> {
        let mut came = ReadBuf::new(buffer);
        let done = match self {
            Self::Plain(stream) => ready!(Pin::new(stream).poll_read(cx, &mut came)),
            Self::Tls(stream) => ready!(Pin::new(stream.as_mut()).poll_read(cx, &mut came)),
        };
        let count = came.filled().len();
        if done.is_err() || count == 0 {
            return Poll::Ready(Happened::Closed);
        }
        acknowledge(match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        });
        Poll::Ready(Happened::Came(count))
    }

    /// Writes, and pushes on what was held back.
    ///
    /// # Errors
    /// What is still to be told before the connection counts as closed: a write that fails under TLS may
    /// have taken any part of what it was given.
    fn poll_went(&mut self, cx: &mut Context<'_>, bytes: &[u8], held_back: bool) -> Poll<Result<Happened, Happened>> {
        let (mut count, broken) = (0, Happened::Went { count: bytes.len(), left: false });
        match self {
            Self::Plain(_) if bytes.is_empty() => Poll::Pending,
            Self::Plain(stream) => Poll::Ready(match ready!(Pin::new(stream).poll_write(cx, bytes)) {
                Ok(0) | Err(_) => Err(Happened::Closed),
                Ok(count) => Ok(Happened::Went { count, left: true }),
            }),
            Self::Tls(stream) => {
                if !bytes.is_empty() {
                    match Pin::new(stream.as_mut()).poll_write(cx, bytes) {
                        Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(broken)),
                        Poll::Ready(Ok(taken)) => count = taken,
                        Poll::Pending => return Poll::Pending,
                    }
                } else if !held_back {
                    return Poll::Pending;
                }
                match Pin::new(stream.as_mut()).poll_flush(cx) {
                    Poll::Ready(Ok(())) => Poll::Ready(Ok(Happened::Went { count, left: true })),
                    Poll::Ready(Err(_)) => Poll::Ready(Err(Happened::Went { count, left: false })),
                    Poll::Pending if count == 0 => Poll::Pending,
                    Poll::Pending => Poll::Ready(Ok(Happened::Went { count, left: false })),
                }
            }
        }
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
