//! The relay: reached as letters reach it, with no letter in hand.

use super::Finding;
use crate::cli::station;
use crate::clock::Clock;
use crate::config::Settings;
use crate::courier::carry::Ended;
use crate::courier::probe::probe;
use crate::courier::relay::Link;
use crate::domain::attempt::Seen;

/// A finding for each relay.
pub(super) async fn look(settings: &Settings, clock: &Clock) -> Vec<Finding> {
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
    let mut findings = Vec::with_capacity(addresses.len());
    for address in &addresses {
        findings.push(match station::link(address, settings, clock) {
            Ok(link) => reach(&link, clock).await,
            Err(error) => Finding::mend("relay", format!("{error:#}"), "correct [relay] in the settings"),
        });
    }
    findings
}

async fn reach(link: &Link, clock: &Clock) -> Finding {
    match probe(link, clock).await {
        Ended::Finished { .. } => Finding::well("relay", format!("{} greets, and takes letters from here", link.name)),
        Ended::Unfit(why) => Finding::mend(
            "relay",
            format!("{}: {why}", link.name),
            "correct [relay] in the settings; docs/operating.md tells about passwords and certificates",
        ),
        Ended::Trouble { stage, seen } => {
            let what = match &seen {
                Seen::Answer(answer) => format!("answered {} {}", answer.code, answer.text),
                Seen::Broken(_) | Seen::Unmade(_) => seen.text().to_owned(),
            };
            Finding::mend(
                "relay",
                format!("{} failed at {}: {what}", link.name, stage.word()),
                "see that it runs, that a firewall lets this machine in, and that it relays for it",
            )
        }
    }
}
