//! `yizhan check`: looks at everything that sending rests on and says how it stands and what to do. Changes
//! nothing (an older database stays as it is), makes no data folder, sends no letter. Ends with 1 when something
//! must be mended.

mod database;
mod dkim;
mod dns;
mod folder;
mod relay;
mod resolver;

use super::{Everywhere, output};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::address::Address;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Standing {
    /// As it should be.
    Well,
    /// Works, but should be looked at.
    Look,
    /// Must be mended.
    Mend,
    /// Was not looked at.
    Unknown,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// What.
    pub(super) what: &'static str,
    /// How it stands.
    pub(super) standing: Standing,
    /// What was seen.
    pub(super) says: String,
    /// What to do; empty when nothing is to be done.
    pub(super) next: String,
}

impl Finding {
    pub(super) fn well(what: &'static str, says: impl Into<String>) -> Self {
        Self { what, standing: Standing::Well, says: says.into(), next: String::new() }
    }

    pub(super) fn look(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, standing: Standing::Look, says: says.into(), next: next.into() }
    }

    pub(super) fn mend(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, standing: Standing::Mend, says: says.into(), next: next.into() }
    }

    pub(super) fn unknown(what: &'static str, says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what, standing: Standing::Unknown, says: says.into(), next: next.into() }
    }
}

/// Looks at everything that sending rests on, and says what to do
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The DNS server to ask, instead of those that this machine asks
    #[arg(long, value_name = "IP:PORT")]
    resolver: Option<SocketAddr>,
}

/// `yizhan check`
pub(super) async fn check(asked: &Check, everywhere: &Everywhere) -> anyhow::Result<()> {
    let folder = everywhere.folder();
    let (clock, mut findings) = (Clock::System, Vec::new());
    let relay = std::env::var("YIZHAN_RELAY").ok();
    let settings = match Settings::read(everywhere.config.as_deref(), relay) {
        Ok(settings) => {
            findings.push(configuration(&settings));
            Some(settings)
        }
        Err(error) => {
            findings.push(Finding::mend("configuration", error.to_string(), "correct the file, then check again"));
            None
        }
    };
    let zone = settings.clone().unwrap_or_default().web.zone;
    findings.extend(folder::look(&folder));
    let publications = database::look(&folder, (&clock, zone), &mut findings).await;
    let known = publications.is_some();
    let senders: BTreeSet<_> =
        publications.into_iter().flatten().map(|publication| publication.profile.from.address).collect();
    match &settings {
        Some(settings) => findings.extend(relay::look(settings, &senders, &clock).await),
        None => findings.push(Finding::unknown("relay", "the settings that name it are not right", "")),
    }
    if known {
        let domains: BTreeSet<_> = senders.iter().map(Address::domain).collect();
        findings.push(dkim::look(&folder, &domains));
        let settings = settings.unwrap_or_default();
        findings.extend(dns::look(asked.resolver, &senders, &settings, &folder).await);
    }
    tell(everywhere.json, &findings);
    let bad = findings.iter().filter(|finding| finding.standing == Standing::Mend).count();
    if bad > 0 {
        anyhow::bail!("{} must be mended", output::count(bad as i64, "thing", "things"));
    }
    Ok(())
}

fn configuration(settings: &Settings) -> Finding {
    match &settings.web.base_url {
        None => Finding::look(
            "configuration",
            "can be read; letters offer no page to leave",
            "set [web] base_url to where readers reach the pages",
        ),
        Some(url) if url.starts_with("https://") => Finding::well("configuration", "can be read"),
        Some(url) => Finding::look(
            "configuration",
            format!("[web] base_url is {url}"),
            "mail programs leave by one click over https:// only (RFC 8058)",
        ),
    }
}

fn tell(as_json: bool, findings: &[Finding]) {
    if as_json {
        let well = findings.iter().all(|finding| finding.standing != Standing::Mend);
        output::json(&json!({ "well": well, "findings": findings }));
        return;
    }
    let word = |standing| match standing {
        Standing::Well => "well",
        Standing::Look => "look at it",
        Standing::Mend => "MEND",
        Standing::Unknown => "not looked at",
    };
    let rows =
        findings.iter().map(|f| [f.what.to_owned(), word(f.standing).to_owned(), f.says.clone(), f.next.clone()]);
    output::table(["what", "how it stands", "seen", "to do"], rows);
}
