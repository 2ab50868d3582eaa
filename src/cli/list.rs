//! `yizhan list …`

use super::context::Context;
use super::{output, publication};
use crate::actions;
use crate::domain::list::{List as Row, ListPath};
use crate::domain::publication::Slug;
use crate::store;
use crate::store::list::Readers;
use clap::Subcommand;
use serde_json::{Value, json};

/// Lists of readers
#[derive(Debug, Subcommand)]
#[expect(clippy::enum_variant_names, reason = "each is the word that is typed: `yizhan list list`")]
pub(super) enum List {
    /// Adds a list to a publication
    Add {
        /// PUBLICATION/LIST
        list: ListPath,
        /// Its name
        #[arg(long)]
        name: String,
    },
    /// Gives a list another name; its short name stays
    Rename {
        /// PUBLICATION/LIST
        list: ListPath,
        /// Its name from now on
        #[arg(long)]
        name: String,
    },
    /// Lists the lists, with how many readers each has
    List {
        /// Only of this publication
        #[arg(value_parser = publication::named)]
        publication: Option<Slug>,
    },
    /// Shows how many readers a list has; `yizhan subscriber list` names them
    Show {
        /// PUBLICATION/LIST
        list: ListPath,
    },
}

impl List {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Add { list, name } => {
                let now = context.clock.now();
                let id = actions::list::add(&context.store, context.actor.clone(), now, &list, &name).await?;
                if context.json {
                    output::json(&json!({ "list": id, "path": list.to_string() }));
                } else {
                    output::line(format!("Added list {list}: {name}."));
                }
                Ok(())
            }
            Self::Rename { list, name } => {
                let now = context.clock.now();
                actions::list::rename(&context.store, context.actor.clone(), now, &list, &name).await?;
                if context.json {
                    output::json(&json!({ "path": list.to_string(), "name": name.trim() }));
                } else {
                    output::line(format!("List {list} is called {} now.", name.trim()));
                }
                Ok(())
            }
            Self::List { publication } => list(context, publication.as_ref()).await,
            Self::Show { list } => show(context, &list).await,
        }
    }
}

async fn show(context: &Context, path: &ListPath) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let list = actions::list::named(&mut reading, path).await?;
    let readers = store::list::readers(&mut reading, list.id).await?;
    if context.json {
        output::json(&as_json(path, &list, readers));
    } else {
        output::line(format!("{} ({path})", list.name));
        output::table(
            ["active", "of them suppressed", "pending", "ended"],
            [[readers.active, readers.suppressed, readers.pending, readers.ended].map(|n| n.to_string())],
        );
    }
    Ok(())
}

fn as_json(path: &ListPath, list: &Row, readers: Readers) -> Value {
    json!({
        "list": list.id, "path": path.to_string(), "name": list.name, "active": readers.active,
        "pending": readers.pending, "ended": readers.ended, "suppressed": readers.suppressed,
    })
}

async fn list(context: &Context, only: Option<&Slug>) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let mut rows = Vec::new();
    for publication in publication::some_or_all(&mut reading, only).await? {
        for list in store::list::of_publication(&mut reading, publication.id).await? {
            let readers = store::list::readers(&mut reading, list.id).await?;
            let path = ListPath { publication: publication.profile.slug.clone(), list: list.slug.clone() };
            if context.json {
                output::json(&as_json(&path, &list, readers));
            }
            let Readers { active, suppressed, pending, ended } = readers;
            let [active, suppressed, pending, ended] = [active, suppressed, pending, ended].map(|n| n.to_string());
            rows.push([path.to_string(), list.name, active, suppressed, pending, ended]);
        }
    }
    let none = "There is no list; `yizhan list add PUB/LIST --name NAME` adds one.";
    output::rows(context.json, ["list", "name", "active", "of them suppressed", "pending", "ended"], rows, none);
    Ok(())
}
