//! Attempt: one try at a delivery, as it was seen, and [`Verdict::of`], which says what an answer
//! means: scope before class, the milder of two that disagree, and a provider's own meanings from
//! the [`Rulebook`] (config/replies.toml). A verdict is a value, never an error.

use super::moment::Moment;
use super::rulebook::Rulebook;
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
    /// STARTTLS and the handshake, also of a connection that is encrypted from its first byte.
    StartTls,
    /// AUTH.
    Auth,
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
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Dot => "dot",
        }
    }

    /// The stage that a table's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    const ALL: [Self; 9] = [
        Self::Connect,
        Self::Greeting,
        Self::Ehlo,
        Self::StartTls,
        Self::Auth,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::Dot,
    ];
}

/// What the other side did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// It answered.
    Answer(Answer),
    /// It did not.
    Broken(Break),
    /// It was not asked: no letter could be made, for this reason.
    Unmade(String),
}

impl Seen {
    /// What the log says of it.
    pub fn text(&self) -> &str {
        match self {
            Self::Answer(answer) => &answer.text,
            Self::Broken(how) => how.word(),
            Self::Unmade(why) => why,
        }
    }
}

/// How an exchange can end without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Break {
    /// The relay's name stands in no DNS that this machine asks.
    Nameless,
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
            Self::Nameless => "its name is not known: check its spelling, or this machine's DNS",
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

impl std::fmt::Display for Answer {
    /// As the relay said it: `554 5.7.1 Relay access denied`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.enhanced {
            Some(enhanced) => write!(f, "{} {enhanced} {}", self.code, self.text),
            None => write!(f, "{} {}", self.code, self.text),
        }
    }
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

    /// The scope that a table's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Relay,
            Self::Configuration,
            Self::Sender,
            Self::Recipient,
            Self::Provider,
            Self::Policy,
            Self::Message,
        ];
        all.into_iter().find(|scope| scope.word() == word)
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

/// What everything short of the envelope means, and every break before the dot: the relay's matter,
/// never the reader's, so it does not count.
const RELAY: Verdict = Verdict::Later { scope: Scope::Relay, counted: false, after: None };

/// A definite no to STARTTLS or AUTH: it will be the same until somebody changes settings, here or at
/// the relay, and no reader has a part in it.
const CONFIGURATION: Verdict = Verdict::Later { scope: Scope::Configuration, counted: false, after: None };

impl Verdict {
    /// What was seen at `stage` means this, for a letter to `lane` (see [`super::address::Address::lane`])
    /// that had these answers `before`, as far as they count. Scope before class (DELIVERY.md §3).
    pub fn of(stage: Stage, seen: &Seen, rulebook: &Rulebook, lane: &str, before: &[(Stage, Answer)]) -> Self {
        match seen {
            Seen::Broken(Break::Withdrawn) => RELAY,
            Seen::Broken(Break::Nameless | Break::Refused | Break::Closed | Break::Timeout | Break::Garbage) => {
                match stage {
                    Stage::Dot => Self::Uncertain,
                    Stage::Connect | Stage::Greeting | Stage::Ehlo | Stage::StartTls | Stage::Auth => RELAY,
                    Stage::Mail | Stage::Rcpt | Stage::Data => RELAY,
                }
            }
            // It would be the same the next time, and no relay is to blame.
            Seen::Unmade(_) => Self::Refused { scope: Scope::Message, suppress: false },
            Seen::Answer(answer) => match answer.class(stage) {
                Class::Unclear if stage == Stage::Dot => Self::Uncertain,
                Class::Positive if stage == Stage::Dot => Self::Accepted,
                Class::Unclear | Class::Positive => RELAY,
                class @ (Class::Transient | Class::Permanent) if stage >= Stage::Mail => rulebook
                    .verdict(stage, answer, lane, before)
                    .unwrap_or_else(|| Self::by_stage(stage, answer, class == Class::Permanent)),
                Class::Permanent if matches!(stage, Stage::StartTls | Stage::Auth) => CONFIGURATION,
                Class::Transient | Class::Permanent => RELAY,
            },
        }
    }

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

    /// What a negative answer means where no rule knows better.
    fn by_stage(stage: Stage, answer: &Answer, permanent: bool) -> Self {
        match stage {
            Stage::Connect | Stage::Greeting | Stage::Ehlo | Stage::StartTls | Stage::Auth => RELAY,
            Stage::Mail | Stage::Rcpt | Stage::Data if answer.code == 421 => RELAY,
            // RFC 1870 §6.1: what SIZE= says is more than the relay takes, which is no fault of the sender.
            Stage::Mail if permanent && is_too_large(answer) => {
                Self::Refused { scope: Scope::Message, suppress: false }
            }
            Stage::Mail if permanent => Self::Later { scope: Scope::Sender, counted: false, after: None },
            // A relay that is too busy for any sender; its breaker gives it the rest it asks for.
            Stage::Mail => RELAY,
            Stage::Rcpt if permanent => Self::of_recipient(answer.enhanced),
            Stage::Rcpt => {
                let throttled = matches!(answer.enhanced, Some(Enhanced(_, 7, _)));
                Self::later(if throttled { Scope::Provider } else { Scope::Recipient })
            }
            Stage::Data | Stage::Dot if permanent && answer.enhanced == Some(MAILBOX_FULL) => {
                Self::later(Scope::Recipient)
            }
            Stage::Data | Stage::Dot if permanent => Self::Refused { scope: Scope::Message, suppress: false },
            Stage::Data | Stage::Dot => Self::later(Scope::Message),
        }
    }

    /// A permanent refusal of the recipient: only one that says "no such user" in so many digits
    /// (RFC 3463 §3.2) is held against the address.
    fn of_recipient(enhanced: Option<Enhanced>) -> Self {
        match enhanced {
            Some(Enhanced(5, 1, 1 | 2 | 3 | 6 | 10)) => Self::Refused { scope: Scope::Recipient, suppress: true },
            Some(MAILBOX_FULL) => Self::later(Scope::Recipient),
            _ => Self::Refused { scope: Scope::Policy, suppress: false },
        }
    }

    fn later(scope: Scope) -> Self {
        Self::Later { scope, counted: true, after: None }
    }
}

/// Full today, emptied tomorrow: soft in spite of its class (RFC 3463 §3.3).
const MAILBOX_FULL: Enhanced = Enhanced(5, 2, 2);

/// The class of an answer, after its two codes have been heard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Positive,
    Transient,
    Permanent,
    /// No final reply, or one whose codes contradict each other about acceptance.
    Unclear,
}

impl Answer {
    /// Whether it is a definite no, before the dot.
    pub fn is_permanent(&self) -> bool {
        self.class(Stage::Mail) == Class::Permanent
    }

    /// The milder of basic and enhanced class. A "no" is never softened into a "yes": where the two
    /// disagree about that, nobody knows after the dot, and before it the letter waits.
    fn class(&self, stage: Stage) -> Class {
        match (self.code / 100, self.enhanced.map(|enhanced| enhanced.0)) {
            (2, _) => Class::Positive,
            (4 | 5, Some(2)) if stage == Stage::Dot => Class::Unclear,
            (5, None | Some(5)) => Class::Permanent,
            (4 | 5, _) => Class::Transient,
            _ => Class::Unclear,
        }
    }
}

/// Whether an answer says that the letter is larger than may be (RFC 1870 §6.1, RFC 3463 §3.3 and §3.4).
fn is_too_large(answer: &Answer) -> bool {
    matches!(answer.enhanced, Some(Enhanced(5, 3, 4) | Enhanced(5, 2, 3)))
        || (answer.code == 552 && answer.enhanced.is_none())
}

#[cfg(test)]
mod tests;
