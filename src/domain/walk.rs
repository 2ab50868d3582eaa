//! Walk: the way to a relay gone step by step with no letter in hand, to see where it ends and why. Plain values: the
//! courier goes it, `check` and the page of relays show it. Every reason comes with what to do about it.

use super::address::Address;
use super::attempt::Stage;
use super::id::{AccountId, DeliveryId, IssueId};
use super::language::Sentence;
use super::moment::Moment;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What is to be walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The relay, by its name in the settings.
    pub relay: String,
    /// The sender that letters would name; the envelope's follows from the relay's settings.
    pub sender: Option<Address>,
    /// Whom a letter would go to.
    pub to: Address,
    /// Of which issue a test letter follows where the walk ends well, if one is to.
    pub letter: Option<IssueId>,
    /// Who asked.
    pub by: AccountId,
}

/// A walk, under way or over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// What was asked for.
    pub order: Order,
    /// When.
    pub begun: Moment,
    /// What was seen, in order.
    pub steps: Vec<Step>,
    /// What came of the test letter, where one was asked for and the walk went well.
    pub letter: Option<Result<DeliveryId, Sentence>>,
    /// Whether nothing more will come.
    pub is_over: bool,
}

impl Walk {
    /// One that has not set out.
    pub fn new(order: Order, begun: Moment) -> Self {
        Self { order, begun, steps: Vec::new(), letter: None, is_over: false }
    }

    /// Whether it went all the way to this relay.
    pub fn went_well(&self, relay: &str) -> bool {
        self.is_over && self.order.relay == relay && self.trouble().is_none()
    }

    /// What it ended at, if it did not come to its end.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.steps.iter().find_map(|step| match &step.found {
            Found::Trouble(trouble) => Some(trouble),
            Found::Addresses(_) | Found::Reached(_) | Found::Reply(_) | Found::Offers(_) | Found::Encrypted(_) => None,
        })
    }
}

/// The steps of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leg {
    /// The name becomes addresses.
    Resolve,
    /// TCP.
    Connect,
    /// The relay's first line.
    Greeting,
    /// EHLO or HELO.
    Ehlo,
    /// STARTTLS, the handshake, the certificate.
    Tls,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
}

impl Leg {
    /// The leg that a session's stage belongs to. No walk comes as far as a text.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Connect => Self::Connect,
            Stage::Greeting => Self::Greeting,
            Stage::Ehlo => Self::Ehlo,
            Stage::StartTls => Self::Tls,
            Stage::Auth => Self::Auth,
            Stage::Mail => Self::Sender,
            Stage::Rcpt | Stage::Data | Stage::Dot => Self::Recipient,
        }
    }
}

/// One step of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub leg: Leg,
    /// How long it took.
    pub took: Duration,
    /// What was found.
    pub found: Found,
}

/// What a step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The name's addresses.
    Addresses(Vec<IpAddr>),
    /// A connection to this one.
    Reached(SocketAddr),
    /// The relay's own words; passwords and the envelope's addresses are replaced in it.
    Reply(String),
    /// What it offers in its answer to EHLO.
    Offers(Vec<String>),
    /// The connection is encrypted.
    Encrypted(Encrypted),
    /// The walk ends here.
    Trouble(Trouble),
}

/// How a connection is encrypted, and what the relay has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted {
    /// `TLS 1.3`.
    pub version: String,
    /// Whom its certificate is for.
    pub names: Vec<String>,
    /// Until when.
    pub until: Option<Moment>,
    /// Whether an authority that is trusted here vouches for it; otherwise nobody asked.
    pub is_proven: bool,
}

/// Why a way ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// At which step.
    pub leg: Leg,
    /// What is wrong.
    pub why: Sentence,
    /// What to do.
    pub next: Sentence,
    /// The relay's own words.
    pub reply: Option<String>,
}
