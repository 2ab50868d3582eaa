//! `yizhan list …`

use super::context::Context;
use super::output;
use crate::actions;
use crate::domain::list::ListPath;
use crate::store;
use clap::Subcommand;
use serde_json::json;

/// Lists of readers
#[derive(Debug, Subcommand)]
pub(super) enum List {
    /// Adds a list to a publication
    Add {
        /// PUBLICATION/LIST
        list: ListPath,
        /// Its name
        #[arg(long)]
        name: String,
    },
    /// Shows how many readers a list has
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
            Self::Show { list } => show(context, &list).await,
        }
    }
}

async fn show(context: &Context, path: &ListPath) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let list = actions::list::named(&mut reading, path).await?;
    let readers = store::list::readers(&mut reading, list.id).await?;
    if context.json {
        output::json(&json!({
            "list": list.id, "path": path.to_string(), "name": list.name, "active": readers.active,
            "pending": readers.pending, "ended": readers.ended, "suppressed": readers.suppressed,
        }));
    } else {
        output::line(format!("{} ({path})", list.name));
        output::table(
            ["active", "of them suppressed", "pending", "ended"],
            [[readers.active, readers.suppressed, readers.pending, readers.ended].map(|n| n.to_string())],
        );
    }
    Ok(())
}
