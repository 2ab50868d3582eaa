//! Relay: which letters a mail server takes onward, how many, and what stands in their envelopes. How it is
//! reached is the courier's matter.

use super::address::Address;
use super::moment::Moment;
use super::quota::{Quota, Spent};
use super::walk::Trouble;
use serde::{Deserialize, Serialize};

/// What a relay is for. The order in which relays are set is their priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Its name in the settings and in every attempt.
    pub name: String,
    /// The senders it takes: addresses, or domains as `@example.cn`. Empty: every sender that no other relay
    /// is set for.
    pub senders: Vec<String>,
    /// How many letters it takes.
    pub quota: Quota,
    /// What stands in `MAIL FROM`.
    pub return_path: ReturnPath,
}

/// What stands in `MAIL FROM`, where returned mail goes (DELIVERY.md §4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReturnPath {
    /// The sender that the letter names.
    #[default]
    Sender,
    /// This address: providers want the account that signed in.
    Account(Address),
    /// An address for each delivery, `b+TOKEN@` this domain.
    Verp(String),
}

/// When a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    #[default]
    None,
    /// By STARTTLS where it is offered, whoever answers: it keeps out who listens, not who lies.
    Opportunistic,
    /// By STARTTLS, with a relay that proves who it is, or not at all.
    Required,
    /// From the first byte, with a relay that proves who it is (RFC 8314 §3.3).
    Implicit,
}

impl Encryption {
    /// Whether the relay must prove by its certificate that it has the name we know it by.
    pub fn verifies(self) -> bool {
        match self {
            Self::Required | Self::Implicit => true,
            Self::None | Self::Opportunistic => false,
        }
    }
}

/// How a relay is reached, as its settings say: for people, so without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What it is for.
    pub relay: Relay,
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// When a connection to it is encrypted.
    pub encryption: Encryption,
    /// As whom we sign in, where we do.
    pub user: Option<String>,
    /// Connections at once, at most.
    pub connections: u32,
}

/// How a relay stands, as the courier that runs sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The relay's name.
    pub relay: String,
    /// Connections that are under way.
    pub under_way: u32,
    /// Whether anything went there, well or not, since this process sends by these settings.
    pub is_tried: bool,
    /// Until when nothing is tried, while it rests.
    pub rests_until: Option<Moment>,
    /// Whether it is taken out until settings change.
    pub is_unfit: bool,
    /// What the last connection failed by, where none has gone well since.
    pub trouble: Option<Trouble>,
    /// What it has had, where it has a quota.
    pub spent: Option<Spent>,
}

/// The connection that a courier asks for: to which relay, and for which lane's letters; none is for all lanes
/// that have no pace of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Route {
    /// The relay's name.
    pub relay: String,
    /// The lane.
    pub lane: Option<String>,
}

/// The relays that take a sender's letters (or those of one who cannot be read), the first choice first: those that are set for the sender, or
/// otherwise those that are set for nobody.
pub fn relays_for<'r>(relays: &'r [Relay], sender: Option<&Address>) -> Vec<&'r Relay> {
    let takes = |relay: &Relay, sender: &Address| {
        relay.senders.iter().any(|named| match named.strip_prefix('@') {
            Some(domain) => sender.domain().eq_ignore_ascii_case(domain),
            None => sender.as_str().eq_ignore_ascii_case(named),
        })
    };
    let own: Vec<&Relay> = relays.iter().filter(|relay| sender.is_some_and(|sender| takes(relay, sender))).collect();
    let common = || relays.iter().filter(|relay| relay.senders.is_empty());
    match sender {
        Some(_) if own.is_empty() => common().collect(),
        Some(_) => own,
        // The claim finds out about a sender that cannot be read.
        None if common().next().is_none() => relays.iter().collect(),
        None => common().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_goes_by_its_own_relays_and_everyone_else_by_the_common_ones() {
        let relay = |name: &str, senders: &[&str]| Relay {
            name: name.into(),
            senders: senders.iter().map(|sender| (*sender).to_owned()).collect(),
            quota: Quota::default(),
            return_path: ReturnPath::Sender,
        };
        let relays =
            [relay("qq", &["news@qq.com"]), relay("own", &[]), relay("office", &["@kjj.example"]), relay("spare", &[])];
        for (sender, names) in [
            ("News@QQ.com", &["qq"][..]),
            ("a@kjj.example", &["office"]),
            ("a@other.example", &["own", "spare"]),
            ("other@qq.com", &["own", "spare"]),
        ] {
            let sender = sender.parse().expect("well formed");
            let found: Vec<_> = relays_for(&relays, Some(&sender)).iter().map(|relay| relay.name.as_str()).collect();
            assert_eq!(found, names, "{sender}");
        }
    }
}
