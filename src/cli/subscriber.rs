//! `yizhan subscriber …`

use super::context::Context;
use super::{output, publication};
use crate::actions;
use crate::actions::subscriber::{self, Case, Destination, Imported};
use crate::domain::address::{Address, Mailbox};
use crate::domain::audit::Reason;
use crate::domain::han::narrowed;
use crate::domain::id::{ImportId, SubscriberId};
use crate::domain::list::{Leaving, ListPath};
use crate::domain::subscriber::{Basis, Person};
use crate::intake::roster;
use crate::store;
use crate::store::roster::Undone;
use crate::store::subscriber::OnList;
use crate::web::contract;
use anyhow::Context as _;
use chrono_tz::Tz;
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Readers
#[derive(Debug, Subcommand)]
pub(super) enum Subscriber {
    /// Brings a roster (.xlsx, .xls, .ods, CSV or text) onto a list
    Import {
        /// PUBLICATION/LIST
        #[arg(value_parser = publication::list_named)]
        list: ListPath,
        /// The roster
        file: PathBuf,
        /// Why these people are on it: duty, self or gift
        #[arg(long, default_value = "duty")]
        basis: Basis,
        /// Only show what each row would do
        #[arg(long)]
        dry_run: bool,
    },
    /// Takes an import back, but nothing that happened since
    Undo {
        /// PUBLICATION/LIST
        #[arg(value_parser = publication::list_named)]
        list: ListPath,
        /// Its number, as the import said it
        import: ImportId,
    },
    /// Adds one reader to a list
    Add {
        /// PUBLICATION/LIST
        list: ListPath,
        /// Their address
        #[arg(value_parser = address)]
        address: Address,
        /// Their name
        #[arg(long)]
        name: Option<String>,
    },
    /// Takes a reader off every list of a publication, or off one
    Leave {
        /// PUBLICATION for all of its lists, those to come too; PUBLICATION/LIST for one
        from: Leaving,
        /// Their address
        #[arg(value_parser = address)]
        address: Address,
    },
    /// Brings a reader back onto a list who had left it, or its publication
    Return {
        /// PUBLICATION/LIST
        list: ListPath,
        #[command(flatten)]
        case: Exception,
    },
    /// Lifts the suppression of an address, so that letters go there again
    Restore {
        #[command(flatten)]
        case: Exception,
    },
    /// Lists the readers of a list, also those who left
    List {
        /// PUBLICATION/LIST
        list: ListPath,
        /// Only those after this reader, by number
        #[arg(long, default_value = "0", value_name = "N")]
        after: SubscriberId,
    },
    /// Shows where a reader stands
    Show {
        /// Their address
        #[arg(value_parser = address)]
        address: Address,
    },
}

/// What no roster may do, and a person may, with a reason.
#[derive(Debug, clap::Args)]
pub(super) struct Exception {
    /// Their address
    #[arg(value_parser = address)]
    address: Address,
    /// Why, for the audit; an address in it is left out
    #[arg(long, value_name = "TEXT")]
    why: Reason,
}

pub(super) fn address(text: &str) -> Result<Address, String> {
    let text = narrowed(text);
    text.parse().map_err(|why| format!("'{text}' {why}"))
}

/// The same with a name before it; only the address is put right.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    let at = text.rfind(['<', '＜']).unwrap_or(0);
    let text = format!("{}{}", &text[..at], narrowed(&text[at..]));
    text.parse().map_err(|why| format!("'{text}' {why}"))
}

impl Subscriber {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Import { list, file, basis, dry_run } => {
                import(context, &file, &Destination { list: &list, basis, dry_run }).await
            }
            Self::Add { list, address, name } => {
                let to = Destination { list: &list, basis: Basis::Asked, dry_run: false };
                let person = Person { name, ..Person::default() };
                let (actor, now) = (context.actor.clone(), context.clock.now());
                let imported = subscriber::add(&context.store, actor, now, address.clone(), person, &to).await?;
                let known = imported.new + imported.updated == 0;
                tell(context, &json!({ "address": address, "list": list.to_string(), "new": !known }), || {
                    if known {
                        format!("{address} is on {list} already.")
                    } else {
                        format!("{address} is on {list} now.")
                    }
                });
                Ok(())
            }
            Self::Undo { list, import } => undo(context, &list, import).await,
            Self::Leave { from, address } => leave(context, &from, &address).await,
            Self::Return { list, case } => bring_back(context, &list, &case.into()).await,
            Self::Restore { case } => lift(context, &case.into()).await,
            Self::List { list: path, after } => list(context, &path, after).await,
            Self::Show { address } => show(context, &address).await,
        }
    }
}

impl From<Exception> for Case {
    fn from(Exception { address, why }: Exception) -> Self {
        Self { address, why }
    }
}

async fn undo(context: &Context, list: &ListPath, import: ImportId) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let undone = actions::roster::undo(&context.store, actor, now, list, import).await?;
    let Undone { off, restored, forgotten } = undone;
    tell(context, &json!({ "import": import, "off": off, "restored": restored, "forgotten": forgotten }), || {
        format!(
            "Import {import} is taken back: {} off {list}, {restored} as they were before.",
            output::count(off as i64, "reader", "readers")
        )
    });
    Ok(())
}

async fn leave(context: &Context, from: &Leaving, address: &Address) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let ended = subscriber::leave(&context.store, actor, now, from, address).await?;
    tell(context, &json!({ "address": address, "ended": ended }), || match (ended, &from.list) {
        (0, Some(_)) => format!("{address} was not on {from}."),
        (0, None) => format!("{address} was on no list of {from}."),
        (_, Some(_)) => format!("{address} left {from}; its letters go there no more."),
        (n, None) => {
            format!("{address} left {} of {from}; nothing more goes there.", output::count(n as i64, "list", "lists"))
        }
    });
    Ok(())
}

async fn bring_back(context: &Context, list: &ListPath, case: &Case) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let changed = subscriber::bring_back(&context.store, actor, now, list, case).await?;
    let address = &case.address;
    tell(context, &json!({ "address": address, "list": list.to_string(), "returned": changed }), || match changed {
        true => format!("{address} is on {list} again."),
        false => format!("{address} is on {list} already."),
    });
    Ok(())
}

async fn lift(context: &Context, case: &Case) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let was = subscriber::lift(&context.store, actor, now, case).await?;
    let address = &case.address;
    tell(context, &json!({ "address": address, "was": was }), || {
        format!("Letters go to {address} again. It was suppressed for: {was}")
    });
    Ok(())
}

fn tell(context: &Context, json: &serde_json::Value, sentence: impl FnOnce() -> String) {
    if context.json { output::json(json) } else { output::line(sentence()) }
}

async fn import(context: &Context, file: &Path, to: &Destination<'_>) -> anyhow::Result<()> {
    let unreadable = || format!("the roster {} cannot be read; check the path", file.display());
    // Its size before its bytes: a wrong file may be larger than the memory.
    if std::fs::metadata(file).with_context(unreadable)?.len() > roster::LARGEST as u64 {
        return Err(roster::RosterRefusal::TooLarge.into());
    }
    let bytes = std::fs::read(file).with_context(unreadable)?;
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let file = (&*name_of(file), &*bytes);
    let (imported, import) = actions::roster::import(&context.store, actor, now, file, to).await?;
    if context.json {
        output::json(&contract::imported(&imported, import));
        return Ok(());
    }
    print(&imported, to);
    if let Some(import) = import {
        output::line(format!("It can be taken back: `yizhan subscriber undo {} {import}`.", to.list));
    }
    Ok(())
}

/// A file's own name, without its folders.
pub(super) fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn print(imported: &Imported, to: &Destination<'_>) {
    let counts = [
        imported.rows,
        imported.new,
        imported.cleaned,
        imported.updated,
        imported.duplicate,
        imported.ask,
        imported.rejected,
        imported.ignored,
    ];
    output::table(
        ["rows", "new", "new after cleaning", "updated", "duplicate", "to ask", "rejected", "ignored"],
        [counts.map(|n| n.to_string())],
    );
    if !imported.details.is_empty() {
        let rows = imported
            .details
            .iter()
            .map(|d| [d.row.to_string(), d.outcome.to_owned(), d.address.clone(), d.why.clone()]);
        output::table(["row", "outcome", "address", "why"], rows);
    }
    if imported.ask > 0 {
        output::line(format!(
            "{} to ask: correct the file and import it again, or `yizhan subscriber add {} ADDRESS` where it is right.",
            output::count(imported.ask as i64, "row", "rows"),
            to.list
        ));
    }
    if to.dry_run {
        output::line("Nothing was written; run it without --dry-run to bring them in.");
    } else {
        output::line(format!(
            "{} joined {}.",
            output::count((imported.new + imported.cleaned) as i64, "reader", "readers"),
            to.list
        ));
    }
}

/// A page at a time, for a list may be long.
async fn list(context: &Context, path: &ListPath, mut after: SubscriberId) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let list = actions::list::named(&mut reading, path).await?;
    let zone = store::publication::find(&mut reading, list.publication).await?.profile.zone;
    loop {
        let page = store::subscriber::on_list(&mut reading, list.id, after).await?;
        page.iter().for_each(|reader| tell_reader(context.json, reader, zone));
        match page.last() {
            Some(last) if page.len() == store::subscriber::PAGE => after = last.id,
            Some(_) => return Ok(()),
            None if !context.json && after.0 == 0 => {
                output::line(format!("Nobody is on {path}; `yizhan subscriber import {path} FILE` brings a roster."));
                return Ok(());
            }
            None => return Ok(()),
        }
    }
}

fn tell_reader(as_json: bool, reader: &OnList, zone: Tz) {
    let OnList { id, address, person, state, why, suppressed, .. } = reader;
    if as_json {
        output::json(&contract::on_list(reader, zone));
        return;
    }
    let name = person.name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let place = person.organisation.as_ref().map(|place| format!("  {place}")).unwrap_or_default();
    let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let suppressed = suppressed.as_ref().map(|why| format!(", suppressed: {why}")).unwrap_or_default();
    output::line(format!("{:>6}  {name}<{address}>{place}  {state}{why}{suppressed}", id.0));
}

async fn show(context: &Context, address: &Address) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let found = store::subscriber::by_address(&mut reading, address).await?;
    let subscriber = found.ok_or_else(|| anyhow::anyhow!("nobody with the address {address} is known here"))?;
    let standings = store::subscriber::standings(&mut reading, subscriber.id).await?;
    let suppressed = store::subscriber::suppressed(&mut reading, address).await?;
    if context.json {
        output::json(&json!({
            "subscriber": subscriber.id, "address": subscriber.address, "person": subscriber.person,
            "subscriptions": standings, "suppressed": suppressed,
        }));
        return Ok(());
    }
    output::line(match &subscriber.person.name {
        Some(name) => format!("{name} <{}>", subscriber.address),
        None => subscriber.address.to_string(),
    });
    if let Some(why) = suppressed {
        output::line(format!("Suppressed: {why}"));
    }
    let rows = standings.into_iter().map(|s| [s.list, s.state, s.basis, s.why.unwrap_or_default()]);
    output::table(["list", "state", "basis", "why"], rows);
    Ok(())
}
