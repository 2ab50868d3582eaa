//! The relay: reached as letters reach it, with no letter in hand.

use super::Finding;
use crate::cli::station;
use crate::clock::Clock;
use crate::config::Settings;
use crate::courier::carry::Ended;
use crate::courier::probe::probe;
use crate::domain::attempt::Seen;

pub(super) async fn look(settings: &Settings, clock: &Clock) -> Finding {
    let link = match station::link(settings, clock) {
        Ok(Some(link)) => link,
        Ok(None) => {
            return Finding::mend(
                "relay",
                "none is set, so nothing is sent",
                "set [relay] url or YIZHAN_RELAY=smtp://host:port",
            );
        }
        Err(error) => return Finding::mend("relay", error.to_string(), "correct [relay] url or YIZHAN_RELAY"),
    };
    match probe(&link, clock).await {
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
