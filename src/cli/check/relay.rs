//! The relay: reached as letters reach it, and asked whether it would take one from each publication to that
//! publication's own address. No letter is in hand.

use super::Finding;
use crate::cli::relays::envelope_from;
use crate::cli::station;
use crate::clock::Clock;
use crate::config::{RelayAddress, Settings};
use crate::courier::advice;
use crate::courier::probe::walk;
use crate::courier::relay::Link;
use crate::domain::address::Address;
use crate::domain::relay::{Relay, relays_for};
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
    senders
        .iter()
        .filter(goes_here)
        .take(SENDERS)
        .map(|sender| (envelope_from(address, sender), sender.clone()))
        .collect()
}

/// Goes there for each envelope, up to the first that is not taken.
async fn ask(link: &Link, clock: &Clock, envelopes: &[(Address, Address)]) -> Finding {
    let mut taken = Vec::new();
    for (from, to) in envelopes {
        let probed = walk(link, clock, Some((from.clone(), to.clone())), drop).await;
        if let Some(trouble) = advice::of_walk(link, &probed) {
            return Finding::mend("relay", trouble.why.english, trouble.next.english);
        }
        taken.push(to.as_str());
    }
    if !taken.is_empty() {
        return Finding::well("relay", format!("{} greets, and takes a letter to {}", link.name, taken.join(", ")));
    }
    let probed = walk(link, clock, None, drop).await;
    match advice::of_walk(link, &probed) {
        Some(trouble) => Finding::mend("relay", trouble.why.english, trouble.next.english),
        None => Finding::unknown(
            "relay",
            format!("{} greets; relaying not tried", link.name),
            "with a publication whose letters go this way, check again",
        ),
    }
}

/// Our name in EHLO where it is no full one, which strict relays refuse (RFC 5321 §4.1.1.1).
fn own_name(name: &str) -> Option<Finding> {
    let is_full = name.contains('.') || name.starts_with('[');
    let says = format!("to relays this machine calls itself '{name}', which is no full name");
    let next = "set ehlo_name in [relay] to a name that DNS knows, as mail.example.cn";
    (!is_full).then(|| Finding::look("EHLO name", says, next))
}
