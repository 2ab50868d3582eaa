//! DNS: what receivers look up about the senders: that their domains take mail, SPF, DMARC, and the records of our
//! keys. What it finds are findings; without a resolver one sentence says so.

use super::Finding;
use super::resolver::{Resolver, Silence};
use crate::cli::keys;
use crate::compose::sign::SigningKey;
use crate::config::Settings;
use crate::domain::address::Address;
use crate::domain::relay::{Relay, ReturnPath, relays_for};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

const WHAT: &str = "DNS";

/// A domain that letters name.
struct Domain {
    name: String,
    /// It stands in From.
    sends: bool,
    /// It stands in the envelope, so SPF is asked of it (RFC 7208 §2.4).
    envelopes: bool,
    keys: Vec<Arc<SigningKey>>,
}

/// What there is of a domain, and what is lacking.
#[derive(Default)]
struct Seen {
    there: Vec<String>,
    lacking: Vec<Finding>,
}

/// The findings about every sender's domain and that of its envelope. `server` is asked instead of this machine's
/// resolver.
pub(super) async fn look(
    server: Option<SocketAddr>,
    senders: &BTreeSet<Address>,
    settings: &Settings,
    folder: &Path,
) -> Vec<Finding> {
    if senders.is_empty() {
        return vec![Finding::unknown(WHAT, "no publication writes yet", "")];
    }
    let keys = match keys::load(folder) {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::mend("keys", format!("{error:#}"), "nothing is sent until this is mended")],
    };
    let domains = domains(senders, settings, &keys);
    let nobody = |why: &str| {
        let names = domains.iter().map(|domain| domain.name.as_str()).collect::<Vec<_>>().join(", ");
        let next = "ask where there is a resolver: `yizhan check --resolver IP:PORT`, or `dig +short TXT DOMAIN _dmarc.DOMAIN`";
        Finding::unknown(WHAT, format!("nobody answers here about {names}: {why}"), next)
    };
    let resolver = match Resolver::of(server) {
        Ok(resolver) => resolver,
        Err(Silence::Nobody(why) | Silence::Unclear(why)) => return vec![nobody(&why)],
    };
    let mut findings = Vec::new();
    for domain in &domains {
        match domain.seen_by(&resolver).await {
            Ok(seen) => findings.extend(seen.findings(domain)),
            Err(Silence::Unclear(why)) => {
                let says = format!("the answer about {} is unclear: {why}", domain.name);
                findings.push(Finding::look(
                    WHAT,
                    says,
                    "ask again; if it goes on, see whoever keeps the domain's DNS",
                ));
            }
            Err(Silence::Nobody(why)) => {
                findings.push(nobody(&why));
                break;
            }
        }
    }
    findings
}

fn domains(senders: &BTreeSet<Address>, settings: &Settings, keys: &[Arc<SigningKey>]) -> Vec<Domain> {
    // Wrong relays have their own finding.
    let relays: Vec<Relay> = settings.relays().unwrap_or_default().into_iter().map(|address| address.relay).collect();
    let from: BTreeSet<String> = senders.iter().map(|sender| sender.domain().to_owned()).collect();
    let mut envelopes = BTreeSet::new();
    for sender in senders {
        let taken_by = relays_for(&relays, Some(sender));
        if taken_by.is_empty() {
            envelopes.insert(sender.domain().to_owned());
        }
        envelopes.extend(taken_by.into_iter().map(|relay| match &relay.return_path {
            ReturnPath::Sender => sender.domain().to_owned(),
            ReturnPath::Account(account) => account.domain().to_owned(),
            ReturnPath::Verp(domain) => domain.clone(),
        }));
    }
    from.union(&envelopes)
        .map(|name| Domain {
            name: name.clone(),
            sends: from.contains(name),
            envelopes: envelopes.contains(name),
            keys: keys.iter().filter(|key| key.name().domain() == *name).map(Arc::clone).collect(),
        })
        .collect()
}

impl Domain {
    async fn seen_by(&self, resolver: &Resolver) -> Result<Seen, Silence> {
        let (name, mut seen) = (&self.name, Seen::default());
        if resolver.takes_mail(name).await? {
            seen.there.push("a place for mail".into());
        } else {
            let next = "publish an MX record: receivers refuse a sender whose domain takes no mail";
            seen.lacking.push(Finding::mend(WHAT, format!("{name} has neither an MX record nor an address"), next));
        }
        if self.envelopes {
            seen.spf(name, resolver.texts(name).await?);
        }
        if self.sends {
            for key in &self.keys {
                seen.key(key, &resolver.texts(&key.name().to_string()).await?);
            }
            if self.keys.is_empty() {
                let next = format!("`yizhan dkim new {name}` makes a key, unless your relay signs them");
                seen.lacking.push(Finding::look(WHAT, format!("letters of {name} are not signed here"), next));
            }
            seen.dmarc(name, dmarc(resolver, name).await?);
        }
        Ok(seen)
    }
}

/// Where the policy of a domain stands: with itself or with a domain above it (RFC 7489 §6.6.3, RFC 9989's walk).
async fn dmarc(resolver: &Resolver, domain: &str) -> Result<Option<String>, Silence> {
    let mut above = Some(domain);
    while let Some(name) = above.filter(|name| name.contains('.')) {
        let name_of_policy = format!("_dmarc.{name}");
        if resolver.texts(&name_of_policy).await?.iter().any(|text| begins(text, "v=DMARC1")) {
            return Ok(Some(name_of_policy));
        }
        above = name.split_once('.').map(|(_, above)| above);
    }
    Ok(None)
}

impl Seen {
    fn spf(&mut self, domain: &str, texts: Vec<String>) {
        let records: Vec<_> = texts.into_iter().filter(|text| begins(text, "v=spf1")).collect();
        match &records[..] {
            [record] => self.there.push(format!("SPF ({record})")),
            [] => {
                let next = format!(
                    "publish a TXT record at {domain} that names your relay, such as `v=spf1 ip4:203.0.113.5 -all`"
                );
                self.lacking.push(Finding::look(WHAT, format!("{domain} has no SPF record"), next));
            }
            more => self.lacking.push(Finding::mend(
                WHAT,
                format!("{domain} has {} SPF records, so none counts (RFC 7208 §4.5)", more.len()),
                "join them into one",
            )),
        }
    }

    fn key(&mut self, key: &SigningKey, texts: &[String]) {
        let (name, ours) = (key.name(), key.record());
        let public = |text: &str| {
            let tags = tags(text);
            (tags.get("k").cloned().unwrap_or_else(|| "rsa".into()), tags.get("p").cloned())
        };
        if texts.iter().any(|text| public(text) == public(&ours)) {
            return self.there.push(format!("the key {}", name.selector()));
        }
        let (says, next) = if texts.is_empty() {
            (format!("the key {name} is not published, so nobody can check what it signs"), "publish the record that")
        } else {
            (
                format!("what is published at {name} is not our key, so what it signs counts as forged"),
                "publish instead what",
            )
        };
        self.lacking.push(Finding::mend(WHAT, says, format!("{next} `yizhan dkim show` prints, or move the key away")));
    }

    fn dmarc(&mut self, domain: &str, at: Option<String>) {
        match at {
            Some(name) => self.there.push(format!("DMARC ({name})")),
            None => self.lacking.push(Finding::look(
                WHAT,
                format!("{domain} has no DMARC record"),
                format!("publish a TXT record at _dmarc.{domain}, to begin with `v=DMARC1; p=none`"),
            )),
        }
    }

    fn findings(self, domain: &Domain) -> Vec<Finding> {
        if self.there.is_empty() {
            return self.lacking;
        }
        let there = Finding::well(WHAT, format!("{} has {}", domain.name, self.there.join(", ")));
        std::iter::once(there).chain(self.lacking).collect()
    }
}

/// Whether a record begins with its version: nothing else may follow that word directly.
fn begins(text: &str, version: &str) -> bool {
    let end = |rest: &str| rest.is_empty() || rest.starts_with([' ', ';', '\t']);
    text.get(..version.len()).is_some_and(|head| head.eq_ignore_ascii_case(version)) && end(&text[version.len()..])
}

/// `v=DKIM1; k=rsa; p=…` by tag; white space counts nowhere (RFC 6376 §3.2).
fn tags(text: &str) -> BTreeMap<String, String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    bare.split(';').filter_map(|tag| tag.split_once('=')).map(|(tag, value)| (tag.into(), value.into())).collect()
}
