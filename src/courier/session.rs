//! Session: one SMTP connection as a machine without I/O (RFC 5321, RFC 2920). Bytes, breaks and
//! ticks go in; bytes to write and [`Event`]s come out; `carry` drives it. It promises that each
//! reply is matched to a command that was written before it, that no final dot leaves without a
//! [`Permit`](crate::domain::delivery::Permit), and that every letter offered ends exactly once.
//! After a break it is over and never used again.

mod dialogue;
mod line;
mod machine;
mod opening;
mod reply;
mod security;
#[cfg(test)]
mod tests;

pub use machine::Session;
pub use security::{Encryption, Login, Secret, Security, Unfit};

use crate::domain::address::Address;
use crate::domain::attempt::{Seen, Stage};
use crate::domain::id::DeliveryId;
use crate::domain::moment::Moment;
use std::time::Duration;

/// What a session is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name that EHLO gives: a domain of ours, or an address literal (RFC 5321 §4.1.1.1).
    pub ehlo_name: String,
    /// On what terms we talk with the relay.
    pub security: Security,
    /// How long each stage may be silent.
    pub deadlines: Deadlines,
    /// Letters over one connection, refused ones included; then QUIT.
    pub letters: u32,
}

/// How long each stage may be silent before the connection counts as broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until the TCP connection stands.
    pub connect: Duration,
    /// Until the relay's first line.
    pub greeting: Duration,
    /// Until EHLO, HELO or RSET is answered.
    pub ehlo: Duration,
    /// Until STARTTLS is answered, and then until the connection is encrypted.
    pub tls: Duration,
    /// Until each step of AUTH is answered.
    pub auth: Duration,
    /// Until MAIL is answered.
    pub mail: Duration,
    /// Until RCPT is answered.
    pub rcpt: Duration,
    /// Until DATA is answered.
    pub data: Duration,
    /// Until the relay takes a further piece of the text.
    pub block: Duration,
    /// Until the final dot is answered. A relay may do much before it says yes.
    pub dot: Duration,
    /// Until QUIT is answered; nothing depends on that any more.
    pub quit: Duration,
}

impl Default for Deadlines {
    /// RFC 5321 §4.5.3.2; `connect`, `tls`, `auth` and `quit` are ours.
    fn default() -> Self {
        let minutes = |number: u64| Duration::from_secs(60 * number);
        Self {
            connect: Duration::from_secs(30),
            greeting: minutes(5),
            ehlo: minutes(5),
            tls: minutes(1),
            auth: minutes(2),
            mail: minutes(5),
            rcpt: minutes(5),
            data: minutes(2),
            block: minutes(3),
            dot: minutes(10),
            quit: Duration::from_secs(10),
        }
    }
}

/// From whom, to whom, for which delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The delivery.
    pub delivery: DeliveryId,
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO.
    pub to: Address,
}

/// Why an offer was not taken. The letter has not been touched by any relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The session has no room, or is over: see [`Session::room`].
    #[error("the session has no room; give the parcel back")]
    NoRoom,
    /// The letter's bytes could be read as SMTP by the relay.
    #[error("the letter does not end in CRLF or has a line that begins with a dot; correct how it is composed")]
    Unsafe,
}

/// What a session has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// STARTTLS was agreed to: the connection is to be encrypted now, then [`Session::secured`]. Not so
    /// when the session is over by then: what came too early has ended it.
    Secure,
    /// The relay has answered, up to a recipient: only of a session that narrates.
    Heard(Heard),
    /// Greeted; letters may be offered.
    Ready,
    /// The letter is on its way and only its dot is missing: [`Session::permit`] or [`Session::withdraw`].
    AskPermit(DeliveryId),
    /// The letter was tried, or its envelope asked about, and this is what was seen. It is out of the session.
    Told(Told),
    /// The letter was not tried, or its envelope died before anything was said of it. It is out of the session.
    GivenBack(DeliveryId),
    /// Settings, here or at the relay, keep us from it; [`Event::Over`] follows.
    Unfit(Unfit),
    /// The connection is to be closed; nothing follows. Carries what ended it, unless we did.
    Over(Option<(Stage, Seen)>),
}

/// A reply as it was heard, passwords and the envelope's addresses replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// At which stage.
    pub stage: Stage,
    /// Its code.
    pub code: u16,
    /// Its text, line by line.
    pub lines: Vec<String>,
}

/// The raw material of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The delivery.
    pub delivery: DeliveryId,
    /// How far it came.
    pub stage: Stage,
    /// What was seen there.
    pub seen: Seen,
    /// When its envelope was written.
    pub at: Moment,
    /// From then to the end.
    pub duration: Duration,
}
