//! `yizhan account token …`: programs' ways in. A token's text is printed once and kept nowhere.

use crate::actions;
use crate::actions::token::Wanted;
use crate::cli::context::{self, Context};
use crate::cli::output;
use crate::domain::id::TokenId;
use crate::domain::publication::Slug;
use crate::domain::token::{MARK, Scope, Token as Row};
use crate::store;
use clap::Subcommand;
use serde_json::json;
use std::time::Duration;

/// Tokens, by which programs act for an account through the API
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Token {
    /// Makes a token and prints it, this once
    Add {
        /// The account's address
        email: String,
        /// What it is for: import, dispatch, read, log or readers (repeatable)
        #[arg(long = "scope", required = true)]
        scopes: Vec<Scope>,
        /// Which program it is for
        #[arg(long)]
        name: String,
        /// Only at this publication; without it at all that the account may
        #[arg(long = "at", value_name = "PUB")]
        at: Option<Slug>,
        /// How long it lasts
        #[arg(long, default_value = "90", value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
    /// Lists an account's tokens
    List {
        /// The account's address
        email: String,
    },
    /// Ends a token at once
    Revoke {
        /// The account's address
        email: String,
        /// Its number, as the list says it
        token: TokenId,
    },
}

impl Token {
    pub(in crate::cli) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Add { email, scopes, name, at, days } => {
                let lasts = Duration::from_hours(24 * u64::from(days));
                add(context, &email, (name, scopes, lasts), at.as_ref()).await
            }
            Self::List { email } => list(context, &email).await,
            Self::Revoke { email, token } => revoke(context, &email, token).await,
        }
    }
}

async fn add(
    context: &Context,
    email: &str,
    (name, scopes, lasts): (String, Vec<Scope>, Duration),
    at: Option<&Slug>,
) -> anyhow::Result<()> {
    let account = context::account(&context.store, email).await?;
    let publication = match at {
        None => None,
        Some(slug) => Some(actions::publication_named(&mut *context.store.read().await?, slug).await?.id),
    };
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let wanted = Wanted { name, scopes, publication, lasts };
    let (id, secret) = actions::token::make(&context.store, actor, now, account, wanted).await?;
    let text = format!("{MARK}{}", secret.text());
    if context.json {
        output::json(
            &json!({ "token": id, "account": account, "secret": text, "ends_at": rfc3339(context, now + lasts) }),
        );
    } else {
        output::line(format!("Token {id} of {email}, shown this once: {text}"));
    }
    Ok(())
}

async fn list(context: &Context, email: &str) -> anyhow::Result<()> {
    let account = context::account(&context.store, email).await?;
    let mut rows = Vec::new();
    for token in store::token::of(&mut *context.store.read().await?, account).await? {
        let Row { id, name, publication, ends_at, used_at, .. } = &token;
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.word()).collect();
        let (ends, used) = (rfc3339(context, *ends_at), used_at.map(|at| rfc3339(context, at)));
        if context.json {
            output::json(&json!({ "token": id, "account": account, "name": name, "scopes": scopes,
                "publication": publication, "ends_at": ends, "used_at": used }));
        }
        rows.push([id.to_string(), name.clone(), scopes.join(" "), ends, used.unwrap_or_else(|| "never".to_owned())]);
    }
    let none = "The account has no token; `yizhan account token add EMAIL --name NAME --scope SCOPE` makes one.";
    output::rows(context.json, ["token", "name", "scopes", "until", "used last"], rows, none);
    Ok(())
}

async fn revoke(context: &Context, email: &str, id: TokenId) -> anyhow::Result<()> {
    let account = context::account(&context.store, email).await?;
    let (actor, now) = (context.actor.clone(), context.clock.now());
    if !actions::token::revoke(&context.store, actor, now, account, id).await? {
        anyhow::bail!("{email} has no token {id}; `yizhan account token list {email}` shows them");
    }
    if context.json {
        output::json(&json!({ "token": id, "revoked": true }));
    } else {
        output::line(format!("Token {id} opens nothing any more."));
    }
    Ok(())
}

fn rfc3339(context: &Context, at: crate::domain::moment::Moment) -> String {
    at.rfc3339_in(context.settings.web.zone)
}
