//! `yizhan account …`

use super::context::Context;
use super::{output, subscriber};
use crate::actions;
use crate::domain::account::Role;
use crate::domain::address::Address;
use crate::store;
use clap::Subcommand;
use serde_json::json;

/// Accounts
#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Adds an account
    Add {
        /// Their address
        #[arg(value_parser = subscriber::address)]
        email: Address,
        /// admin, editor, reviewer or auditor
        #[arg(long)]
        role: Role,
    },
    /// Lists the accounts
    List,
}

impl Account {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::Add { email, role } = self else { return list(context).await };
        let (actor, now) = (context.actor.clone(), context.clock.now());
        let id = actions::account::add(&context.store, actor, now, &email, role).await?;
        if context.json {
            output::json(&json!({ "account": id, "email": email, "role": role.word() }));
        } else {
            output::line(format!("Added {email} as {}.", role.word()));
        }
        Ok(())
    }
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for account in store::account::all(&mut *context.store.read().await?).await? {
        if context.json {
            output::json(&json!({ "account": account.id, "email": account.email, "role": account.role }));
        }
        rows.push([account.id.to_string(), account.email, account.role]);
    }
    let none = "There is no account; `yizhan account add EMAIL --role ROLE` adds one.";
    output::rows(context.json, ["account", "email", "role"], rows, none);
    Ok(())
}
