//! `yizhan account …`

use super::context::Context;
use super::{output, subscriber};
use crate::actions;
use crate::domain::account::Role;
use crate::domain::address::Address;
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
}

impl Account {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::Add { email, role } = self;
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
