//! `yizhan dkim …`

use super::context::Context;
use super::{keys, output};
use crate::compose::sign::{Algorithm, KeyName, SigningKey};
use crate::store;
use clap::Subcommand;
use serde_json::{Value, json};

/// The longest string in a TXT record (RFC 1035 §3.3.14); a longer value is several strings.
const STRING: usize = 255;

/// DKIM: keys that sign letters, and their DNS records
#[derive(Debug, Subcommand)]
pub(super) enum Dkim {
    /// Makes a key for a sender's domain and prints the DNS record that publishes it
    New {
        /// What stands after the @ of the publication's sender
        domain: String,
        /// The key's name under the domain [default: yizhan- and the month]
        #[arg(long)]
        selector: Option<String>,
        /// Ed25519 instead of RSA: for a second signature beside that of an RSA key
        #[arg(long)]
        ed25519: bool,
    },
    /// Shows the keys that are there, each with its DNS record, and which senders have none
    Show,
}

impl Dkim {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::New { domain, selector, ed25519 } => {
                let algorithm = if ed25519 { Algorithm::Ed25519 } else { Algorithm::Rsa };
                let selector = selector.unwrap_or_else(|| usual_selector(context, algorithm));
                make(context, &domain, &selector, algorithm)
            }
            Self::Show => show(context).await,
        }
    }
}

/// With the month, so that next year's key has another name: an old one stays published for a while.
fn usual_selector(context: &Context, algorithm: Algorithm) -> String {
    let month = context.clock.now().utc().format("%Y%m");
    match algorithm {
        Algorithm::Rsa => format!("yizhan-{month}"),
        Algorithm::Ed25519 => format!("yizhan-{month}-ed25519"),
    }
}

fn make(context: &Context, domain: &str, selector: &str, algorithm: Algorithm) -> anyhow::Result<()> {
    let name = KeyName::new(selector, domain)
        .map_err(|why| anyhow::anyhow!("the key {selector}._domainkey.{domain} {why}; write the domain as in the sender's address, as letters.example.cn"))?;
    let key = keys::make(context.store.folder(), name, algorithm)?;
    if context.json {
        output::json(&as_json(context, &key));
        return Ok(());
    }
    let file = keys::file_of(context.store.folder(), key.name());
    output::line(format!("Made the key {}; it is secret.", file.display()));
    output::line(format!(
        "Publish this record in the DNS of {}, then have the service read its keys anew (`systemctl reload yizhan`, or SIGHUP): from then on it signs.\n",
        key.name().domain()
    ));
    record(&key);
    Ok(())
}

async fn show(context: &Context) -> anyhow::Result<()> {
    let keys = keys::load(context.store.folder())?;
    if context.json {
        keys.iter().for_each(|key| output::json(&as_json(context, key)));
        return Ok(());
    }
    keys.iter().for_each(|key| record(key));
    for publication in store::publication::all(&mut *context.store.read().await?).await? {
        let (slug, domain) = (&publication.profile.slug, publication.profile.from.address.domain());
        if keys.iter().all(|key| key.name().domain() != domain) {
            output::line(format!(
                "Letters of {slug} are not signed: `yizhan dkim new {domain}` makes a key for {domain}."
            ));
        }
    }
    Ok(())
}

/// The record as web forms want it, and as a zone file does.
fn record(key: &SigningKey) {
    let (name, value) = (key.name(), key.record());
    let strings: Vec<_> = strings(&value).iter().map(|string| format!("\"{string}\"")).collect();
    output::line(format!("name   {name}\ntype   TXT\nvalue  {value}\n"));
    output::line(format!("In a zone file:\n{name}. IN TXT ( {} )\n", strings.join("\n  ")));
}

fn as_json(context: &Context, key: &SigningKey) -> Value {
    let (name, value) = (key.name(), key.record());
    json!({
        "domain": name.domain(), "selector": name.selector(), "algorithm": key.algorithm().word(),
        "file": keys::file_of(context.store.folder(), name),
        "record": { "name": name.to_string(), "type": "TXT", "value": value, "strings": strings(&value) },
    })
}

fn strings(value: &str) -> Vec<&str> {
    let (first, rest) = value.split_at(value.floor_char_boundary(STRING));
    if rest.is_empty() { vec![first] } else { [vec![first], strings(rest)].concat() }
}
