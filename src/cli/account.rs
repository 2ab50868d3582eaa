//! `yizhan account …`

mod token;

use super::context::Context;
use super::{output, subscriber};
use crate::actions;
use crate::actions::account::Newcomer;
use crate::domain::account::{Rights, Role};
use crate::domain::address::Address;
use crate::domain::id::AccountId;
use crate::domain::publication::Slug;
use crate::domain::secret::Secret;
use crate::store;
use clap::Subcommand;
use serde_json::json;

/// Accounts
#[derive(Debug, Subcommand)]
pub(super) enum Account {
    /// Adds an account, and prints the link by which its owner chooses a password
    Add {
        /// Their address
        #[arg(value_parser = subscriber::address)]
        email: Address,
        /// admin, editor, reviewer or auditor
        #[arg(long)]
        role: Role,
        /// What they are called
        #[arg(long)]
        name: Option<String>,
        /// Only at this publication (repeatable); without it at all
        #[arg(long = "at", value_name = "PUB")]
        at: Vec<Slug>,
    },
    /// Prints a new link by which somebody chooses a password; the one before ends
    Invite {
        /// Their address
        email: String,
    },
    /// Ends an account's sessions and tokens, and lets nobody sign in to it
    Close {
        /// Their address
        email: String,
    },
    /// Lets somebody sign in again
    Open {
        /// Their address
        email: String,
    },
    /// Lists the accounts
    List,
    /// Lists the letters to accounts of which nobody knows whether they came; `delivery resolve` settles one
    Uncertain,
    /// Tokens, by which programs act for an account through the API
    #[command(subcommand)]
    Token(token::Token),
}

impl Account {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (actor, now) = (context.actor.clone(), context.clock.now());
        match self {
            Self::Add { email, role, name, at } => add(context, &email, role, name.as_deref(), &at).await,
            Self::Invite { email } => {
                let id = named(context, &email).await?;
                let secret = actions::account::invite(&context.store, actor, now, id).await?;
                let link = link(context, &secret);
                if context.json {
                    output::json(&json!({ "account": id, "email": email, "link": link }));
                } else {
                    output::line(format!("{email} chooses a password within three days on {link}"));
                }
                Ok(())
            }
            Self::Close { email } => set_closed(context, &email, true).await,
            Self::Open { email } => set_closed(context, &email, false).await,
            Self::List => list(context).await,
            Self::Uncertain => uncertain(context).await,
            Self::Token(command) => command.run(context).await,
        }
    }
}

async fn add(context: &Context, email: &Address, role: Role, name: Option<&str>, at: &[Slug]) -> anyhow::Result<()> {
    let mut posts = Vec::new();
    for slug in at {
        posts.push((actions::publication_named(&mut *context.store.read().await?, slug).await?.id, role));
    }
    let who = Newcomer { email, name, rights: Rights { role, posts } };
    let (id, secret) = actions::account::add(&context.store, context.actor.clone(), context.clock.now(), &who).await?;
    let link = link(context, &secret);
    if context.json {
        output::json(&json!({ "account": id, "email": email, "role": role.word(), "link": link }));
    } else {
        output::line(format!("Added {email} as {}; a password is chosen within three days on {link}", role.word()));
    }
    Ok(())
}

async fn set_closed(context: &Context, email: &str, is_closed: bool) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let id = named(context, email).await?;
    actions::account::set_closed(&context.store, actor, now, id, is_closed).await?;
    if context.json {
        output::json(&json!({ "account": id, "closed": is_closed }));
    } else {
        output::line(format!("{email} is {} now.", if is_closed { "closed" } else { "open" }));
    }
    Ok(())
}

async fn named(context: &Context, email: &str) -> anyhow::Result<AccountId> {
    super::context::account(&context.store, email).await
}

/// Where an invitation is taken up.
fn link(context: &Context, secret: &Secret) -> String {
    format!("{}/welcome/{}", context.settings.web.desk_url(), secret.text())
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for account in store::account::all(&mut *context.store.read().await?).await? {
        let (id, role, closed) = (account.id, account.rights.role.word(), account.is_closed);
        if context.json {
            output::json(&json!({ "account": id, "email": account.email, "name": account.name, "role": role,
                "posts": account.rights.posts.len(), "closed": closed }));
        }
        let state = if closed { "closed" } else { "open" };
        rows.push([id.to_string(), account.email, role.to_owned(), state.to_owned()]);
    }
    let none = "There is no account; `yizhan account add EMAIL --role ROLE` adds one.";
    output::rows(context.json, ["account", "email", "role", "state"], rows, none);
    Ok(())
}

/// Letters that are listed.
const UNCERTAIN: i64 = 500;

async fn uncertain(context: &Context) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for line in store::notice::unsettled(&mut *context.store.read().await?, UNCERTAIN).await? {
        let (since, why) = (line.since.rfc3339_in(chrono_tz::UTC), line.why.unwrap_or_default());
        if context.json {
            output::json(&json!({ "delivery": line.delivery, "account": line.account, "email": line.address,
                "kind": line.kind, "since": since, "why": why }));
        }
        rows.push([line.delivery.to_string(), line.address, line.kind, since, why]);
    }
    let none = "No letter to an account is uncertain.";
    output::rows(context.json, ["delivery", "email", "kind", "since", "why"], rows, none);
    Ok(())
}
