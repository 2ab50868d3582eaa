//! `yizhan delivery …`

use super::context::Context;
use super::{output, subscriber};
use crate::actions;
use crate::actions::delivery::Settlement;
use crate::domain::address::Address;
use crate::domain::id::{DeliveryId, DispatchId};
use crate::domain::link::Keyring;
use crate::store;
use crate::store::attempt::{Entry, PAGE, Search};
use crate::web::contract;
use clap::Subcommand;
use serde_json::{Value, json};

/// Deliveries
#[derive(Debug, Subcommand)]
pub(super) enum Delivery {
    /// Who has it, who has not, and why: a line a delivery, with each attempt
    Log {
        /// Only of this dispatch
        #[arg(long)]
        dispatch: Option<DispatchId>,
        /// Only to this address
        #[arg(long, value_parser = subscriber::address)]
        address: Option<Address>,
        /// Only where this is part of the name or the address
        #[arg(long, value_name = "WORD")]
        search: Option<String>,
    },
    /// Settles an uncertain delivery, or all of a dispatch
    Resolve {
        /// The delivery
        #[arg(required_unless_present = "dispatch", conflicts_with = "dispatch")]
        delivery: Option<DeliveryId>,
        /// Every uncertain delivery of this dispatch that nobody has settled
        #[arg(long)]
        dispatch: Option<DispatchId>,
        /// Only say how many that would be
        #[arg(long, conflicts_with = "delivery")]
        dry_run: bool,
        /// As what: accepted (it arrived), resend (at the risk of arriving twice), or closed (stays uncertain). Who
        /// settles it is named before the command: `yizhan --as ACCOUNT delivery resolve …`
        #[arg(long = "as", value_name = "accepted|resend|closed")]
        settlement: Settlement,
    },
}

impl Delivery {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Log { dispatch, address, search } => {
                let (address_key, word) = (address.map(|a| a.key()), search.map(|word| word.to_lowercase()));
                log(context, Search { dispatch, address_key, word, ..Search::default() }).await
            }
            Self::Resolve { delivery: Some(delivery), settlement, .. } => resolve(context, delivery, settlement).await,
            Self::Resolve { dispatch: Some(dispatch), settlement, dry_run, .. } => {
                resolve_all(context, dispatch, settlement, dry_run).await
            }
            Self::Resolve { delivery: None, dispatch: None, .. } => {
                anyhow::bail!("name the delivery, or --dispatch ID for all of a dispatch")
            }
        }
    }
}

async fn resolve(context: &Context, delivery: DeliveryId, settlement: Settlement) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    actions::delivery::resolve(&context.store, actor, now, delivery, settlement).await?;
    if context.json {
        output::json(&json!({ "delivery": delivery, "settled": true }));
    } else {
        output::line(format!("Delivery {delivery} is settled."));
    }
    Ok(())
}

async fn resolve_all(
    context: &Context,
    dispatch: DispatchId,
    settlement: Settlement,
    dry_run: bool,
) -> anyhow::Result<()> {
    let (actor, now, how) = (context.actor.clone(), context.clock.now(), (settlement, dry_run));
    let settled = actions::delivery::resolve_all(&context.store, actor, now, dispatch, how).await?;
    if context.json {
        let word = settlement.word();
        output::json(&json!({ "dispatch": dispatch, "settled": settled, "as": word, "dry_run": dry_run }));
        return Ok(());
    }
    let letters = output::count(settled, "uncertain letter", "uncertain letters");
    let verb = if dry_run { "would be settled" } else { "settled" };
    output::line(format!("Dispatch {dispatch}: {letters} {verb} as {}.", settlement.word()));
    Ok(())
}

async fn log(context: &Context, mut search: Search) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    if let Some(id) = search.dispatch {
        actions::dispatch::find(&mut reading, id).await?;
    }
    let keyring = keyring(context).await?;
    let mut any = false;
    loop {
        let page = store::attempt::log(&mut reading, &search).await?;
        for entry in &page {
            any = true;
            if context.json { output::json(&contract::delivery(&keyring, entry)) } else { print(&keyring, entry) }
        }
        if page.len() < PAGE as usize {
            break;
        }
        search.after = page.last().map(|entry| entry.delivery);
    }
    if !any && !context.json {
        output::line(
            "No delivery fits; `yizhan dispatch list` shows the dispatches, and `yizhan dispatch show ID` how one stands.",
        );
    }
    Ok(())
}

/// One entry of the log as the contract has it.
pub(super) async fn entry_json(context: &Context, entry: &Entry) -> anyhow::Result<Value> {
    Ok(contract::delivery(&keyring(context).await?, entry))
}

async fn keyring(context: &Context) -> anyhow::Result<Keyring> {
    let found = store::station::keyring(&mut *context.store.read().await?).await?;
    found.ok_or_else(|| anyhow::anyhow!("this data folder has no station yet"))
}

fn print(keyring: &Keyring, entry: &Entry) {
    let zone = entry.zone;
    let name = entry.name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let why = entry.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let due = match entry.due_at {
        Some(_) if entry.is_held => ", waits until its dispatch is resumed".to_owned(),
        Some(at) => format!(", next at {}", at.rfc3339_in(zone)),
        None => String::new(),
    };
    output::line(format!("{:>6}  {name}<{}>  {}{why}{due}", entry.delivery.0, entry.address, entry.state));
    if let Some(who) = &entry.settled_by {
        output::line(format!("        settled by {who}"));
    }
    if entry.state == "uncertain" {
        output::line(format!("        {}", contract::message_id(keyring, entry)));
    }
    for line in &entry.attempts {
        output::line(format!(
            "        {}. {} {} at {}: {} ({} ms)",
            line.number,
            line.at.rfc3339_in(zone),
            line.verdict,
            line.stage,
            line.answer(),
            line.duration_ms
        ));
    }
}
