//! The relay: reached as letters reach it, and asked whether it would take one from each publication to that
//! publication's own address. No letter is in hand.

use super::Finding;
use crate::cli::station;
use crate::clock::Clock;
use crate::config::{RelayAddress, Settings};
use crate::courier::carry::Ended;
use crate::courier::probe::{Probed, probe};
use crate::courier::relay::Link;
use crate::courier::session::Encryption;
use crate::domain::address::Address;
use crate::domain::attempt::{Break, Seen, Stage};
use crate::domain::relay::{Relay, ReturnPath, relays_for};
use std::collections::BTreeSet;

/// Of how many senders a relay is asked at most: each is a connection.
const SENDERS: usize = 5;

/// A finding for each relay, and one where our own name is no full one.
pub(super) async fn look(settings: &Settings, senders: &BTreeSet<Address>, clock: &Clock) -> Vec<Finding> {
    let addresses = match settings.relays() {
        Ok(addresses) => addresses,
        Err(error) => {
            return vec![Finding::mend("relay", error.to_string(), "correct [relay] in the settings, or YIZHAN_RELAY")];
        }
    };
    if addresses.is_empty() {
        let next = "set [relay] url or YIZHAN_RELAY=smtp://host:port";
        return vec![Finding::mend("relay", "none is set, so nothing is sent", next)];
    }
    let relays: Vec<_> = addresses.iter().map(|address| address.relay.clone()).collect();
    let (mut findings, mut nameless) = (Vec::with_capacity(addresses.len()), None);
    for address in &addresses {
        match station::link(address, settings, clock) {
            Ok(link) => {
                findings.push(ask(&link, clock, &envelopes(address, &relays, senders)).await);
                nameless = nameless.or_else(|| own_name(&link.ehlo_name));
            }
            Err(error) => {
                findings.push(Finding::mend("relay", format!("{error:#}"), "correct [relay] in the settings"))
            }
        }
    }
    findings.extend(nameless);
    findings
}

/// What stands in the envelope of each sender's letters to itself that would go this way.
fn envelopes(address: &RelayAddress, relays: &[Relay], senders: &BTreeSet<Address>) -> Vec<(Address, Address)> {
    let goes_here =
        |sender: &&Address| relays_for(relays, Some(sender)).iter().any(|relay| relay.name == address.relay.name);
    let from = |sender: &Address| match &address.relay.return_path {
        ReturnPath::Sender => sender.clone(),
        ReturnPath::Account(account) => account.clone(),
        ReturnPath::Verp(domain) => format!("b+check@{domain}").parse().unwrap_or_else(|_| sender.clone()),
    };
    senders.iter().filter(goes_here).take(SENDERS).map(|sender| (from(sender), sender.clone())).collect()
}

/// Goes there for each envelope, up to the first that is not taken.
async fn ask(link: &Link, clock: &Clock, envelopes: &[(Address, Address)]) -> Finding {
    let mut taken = Vec::new();
    for (from, to) in envelopes {
        let probed = probe(link, clock, Some((from.clone(), to.clone()))).await;
        match &probed.answer {
            Some((Stage::Rcpt, Seen::Answer(answer))) if answer.code < 300 => taken.push(to.as_str()),
            Some((stage, Seen::Answer(answer))) => {
                let says = format!(
                    "{} greets, but answered {answer} at {} to a letter from {from} to {to}",
                    link.name,
                    stage.word()
                );
                return Finding::mend("relay", says, remedy(link, answer.is_permanent()));
            }
            Some((_, Seen::Broken(_) | Seen::Unmade(_))) | None => return reach(link, probed),
        }
    }
    if taken.is_empty() {
        let probed = probe(link, clock, None).await;
        return reach(link, probed);
    }
    Finding::well("relay", format!("{} greets, and takes a letter to {}", link.name, taken.join(", ")))
}

/// What to do about an envelope that is refused.
fn remedy(link: &Link, for_good: bool) -> &'static str {
    match (for_good, &link.security.login) {
        (false, _) => "check again later: the relay wants to be asked again",
        (true, None) => {
            "it may want you to sign in: write the user into [relay] url as smtp://user@host and set password_file; or let it relay for this machine"
        }
        (true, Some(_)) => {
            "see that this account may write as this sender, or let the publication write as the account: `yizhan publication set PUB --from`"
        }
    }
}

/// What came of a visit at which no envelope was answered.
fn reach(link: &Link, probed: Probed) -> Finding {
    match probed.ended {
        Ended::Finished { .. } => Finding::unknown(
            "relay",
            format!("{} greets; relaying not tried", link.name),
            "with a publication whose letters go this way, check again",
        ),
        Ended::Unfit(why) => Finding::mend(
            "relay",
            format!("{}: {why}", link.name),
            "correct [relay] in the settings; docs/operating.md tells about passwords and certificates",
        ),
        Ended::Trouble { stage, seen } => {
            let what = match &seen {
                Seen::Answer(answer) => format!("answered {answer}"),
                Seen::Broken(_) | Seen::Unmade(_) => seen.text().to_owned(),
            };
            Finding::mend(
                "relay",
                format!("{} failed at {}: {what}", link.name, stage.word()),
                cure(link, stage, &seen),
            )
        }
    }
}

fn cure(link: &Link, stage: Stage, seen: &Seen) -> String {
    match seen {
        Seen::Broken(Break::Nameless) => {
            format!("the name {} is not known: check its spelling, or this machine's DNS", link.host)
        }
        Seen::Broken(Break::Timeout | Break::Closed | Break::Garbage)
            if stage == Stage::Greeting && link.security.encryption != Encryption::Implicit =>
        {
            format!("perhaps port {} speaks TLS first: write smtps:// in [relay] url", link.port)
        }
        Seen::Answer(_) | Seen::Broken(_) | Seen::Unmade(_) => {
            "see that it runs, that a firewall lets this machine in, and that it relays for it".to_owned()
        }
    }
}

/// Our name in EHLO where it is no full one, which strict relays refuse (RFC 5321 §4.1.1.1).
fn own_name(name: &str) -> Option<Finding> {
    let is_full = name.contains('.') || name.starts_with('[');
    let says = format!("to relays this machine calls itself '{name}', which is no full name");
    let next = "set ehlo_name in [relay] to a name that DNS knows, as mail.example.cn";
    (!is_full).then(|| Finding::look("EHLO name", says, next))
}
