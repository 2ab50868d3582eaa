//! Attempt: one try at a delivery, as it was seen, and [`Verdict::of`], which says what an answer
//! means: scope before class, the milder of two that disagree, and a provider's own meanings from
//! the [`Rulebook`] (config/replies.toml). A verdict is a value, never an error.

use super::moment::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One try at a delivery. Never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When its envelope was written.
    pub at: Moment,
    /// The relay, by its name in the settings.
    pub relay: String,
    /// How far it came.
    pub stage: Stage,
    /// What was seen there.
    pub seen: Seen,
    /// From the first byte of the envelope to the end.
    pub duration_ms: u32,
}

/// The stages of a session, in order (RFC 5321 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Name look-up and TCP.
    Connect,
    /// The relay's first line.
    Greeting,
    /// EHLO or HELO.
    Ehlo,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA and the text, up to the final dot.
    Data,
    /// The final dot and after.
    Dot,
}

impl Stage {
    /// The word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Ehlo => "ehlo",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Dot => "dot",
        }
    }
}

/// What the other side did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// It answered.
    Answer(Answer),
    /// It did not.
    Broken(Break),
}

/// How an exchange can end without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Break {
    /// The connection was refused or could not be made.
    Refused,
    /// The connection was closed or reset.
    Closed,
    /// The stage's deadline passed.
    Timeout,
    /// What came was no reply (RFC 5321 §4.2), or more of it than allowed, or before its time.
    Garbage,
    /// We closed it ourselves, because the letter was not to go after all.
    Withdrawn,
}

impl Break {
    /// The word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Closed => "connection closed",
            Self::Timeout => "no answer in time",
            Self::Garbage => "not an SMTP reply",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An SMTP reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The basic code, 200–599.
    pub code: u16,
    /// The enhanced code (RFC 3463), when there is one.
    pub enhanced: Option<Enhanced>,
    /// Its text, lines joined by spaces, the recipient's address replaced by `<rcpt>`.
    pub text: String,
}

/// An enhanced status code: class, subject, detail (RFC 3463 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl std::fmt::Display for Enhanced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Whose matter an answer is. Only the recipient's own is ever held against a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The relay, or the way to it.
    Relay,
    /// Our settings for the relay.
    Configuration,
    /// The sender we write as.
    Sender,
    /// This recipient.
    Recipient,
    /// The provider behind the recipient: quotas, throttling.
    Provider,
    /// The provider's policy towards this letter.
    Policy,
    /// This letter's content.
    Message,
}

impl Scope {
    /// The word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Configuration => "configuration",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Provider => "provider",
            Self::Policy => "policy",
            Self::Message => "message",
        }
    }
}

/// What an answer means for the delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The relay took it.
    Accepted,
    /// Certainly not accepted; try again.
    Later {
        /// Whose matter it is.
        scope: Scope,
        /// Whether it counts against the delivery's patience.
        counted: bool,
        /// A wait that a rule of the rulebook asks for, instead of patience's own.
        after: Option<Duration>,
    },
    /// Definitely refused.
    Refused {
        /// Whose matter it is.
        scope: Scope,
        /// Whether the address is dead and must not be written to again.
        suppress: bool,
    },
    /// The dot may have been taken; nobody knows.
    Uncertain,
}

impl Verdict {
    /// The word in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Later { .. } => "later",
            Self::Refused { .. } => "refused",
            Self::Uncertain => "uncertain",
        }
    }

    /// Whether the attempt counts against the delivery's patience.
    pub fn counted(&self) -> bool {
        !matches!(self, Self::Later { counted: false, .. })
    }
}
