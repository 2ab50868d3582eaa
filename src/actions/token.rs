//! Tokens: programs' ways in, made by who signs in or at the machine, and ended there. The secret is told once.

use super::{Error, Result};
use crate::chance;
use crate::domain::account::Account;
use crate::domain::audit::Actor;
use crate::domain::id::{AccountId, PublicationId, TokenId};
use crate::domain::moment::Moment;
use crate::domain::secret::Secret;
use crate::domain::token::{LONGEST, Scope, Token};
use crate::store::{self, Store, Writing};
use std::time::Duration;

/// The most characters of a token's name.
pub const LONGEST_NAME: usize = 80;

/// The most tokens of one account: a program needs one.
pub const MOST: usize = 50;

/// A use is noted once in so long: the page that tells of it need not be exact, and a note is a write.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// What a token is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What its maker calls it.
    pub name: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// At which publication; all that the account may, where none is named.
    pub publication: Option<PublicationId>,
    /// How long it lasts.
    pub lasts: Duration,
}

/// Makes a token of an account.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] for no name, no scope, a scope that the account may not use, or too long a life.
pub async fn make(
    store: &Store,
    actor: Actor,
    now: Moment,
    account: AccountId,
    wanted: Wanted,
) -> Result<(TokenId, Secret)> {
    let mut writing = store.write(actor, now).await?;
    let owner = store::account::find(&mut writing, account).await?.ok_or_else(|| Error::Unknown {
        noun: "account",
        name: account.to_string(),
        next: "`yizhan account list` shows them",
    })?;
    let many = store::token::of(&mut writing, account).await?.len();
    let token = lawful(&owner, now, wanted, many)?;
    let secret = Secret::of(chance::draw());
    let id = store::token::insert(&mut writing, &token, secret.digest()).await?;
    let scopes = token.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
    let at = token.publication.map(|id| format!(", publication {id}")).unwrap_or_default();
    let days = token.ends_at.since(now).as_secs() / (24 * 60 * 60);
    let detail = format!("account {account}: {scopes}{at}, {days} days");
    store::audit::note(&mut writing, "make", "token", Some(id.0), Some(detail)).await?;
    writing.commit_quietly().await?;
    Ok((id, secret))
}

fn lawful(owner: &Account, now: Moment, wanted: Wanted, many: usize) -> Result<Token> {
    let name = wanted.name.trim().to_owned();
    let mut scopes = wanted.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if owner.is_closed {
        return Err(Error::refused("the account is closed; open it again first", "这个账号已停用；请先启用。"));
    }
    if many >= MOST {
        return Err(Error::refused(
            "the account has 50 tokens; revoke those that nobody uses",
            "这个账号已有 50 个令牌；请先撤销不用的。",
        ));
    }
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::refused(
            "a token has a name of at most 80 characters; say which program it is for",
            "请给令牌起个名字（不超过 80 字），写明给哪个程序用。",
        ));
    }
    if scopes.is_empty() {
        return Err(Error::refused(
            "a token without a scope opens nothing; choose what it is for",
            "请至少选择一项令牌可以做的事。",
        ));
    }
    if wanted.lasts.is_zero() || wanted.lasts > LONGEST {
        return Err(Error::refused("a token lasts 1 to 365 days", "令牌的有效期为 1 至 365 天。"));
    }
    let token = Token {
        id: TokenId(0),
        account: owner.id,
        name,
        scopes,
        publication: wanted.publication,
        made_at: now,
        ends_at: now + wanted.lasts,
        used_at: None,
    };
    let rights = token.rights(&owner.rights);
    let idle = token.scopes.iter().find(|scope| !rights.as_ref().is_some_and(|rights| rights.may(scope.needs())));
    match idle {
        None => Ok(token),
        Some(scope) => Err(Error::refused(
            format!("the account may not do what the scope '{}' is for; leave it out, or ask an admin", scope.word()),
            "您的账号没有所选事项的权限；请去掉这一项，或请管理员授权。",
        )),
    }
}

/// Ends one of an account's tokens at once; whether there was one.
///
/// # Errors
/// [`Error::Store`].
pub async fn revoke(store: &Store, actor: Actor, now: Moment, account: AccountId, id: TokenId) -> Result<bool> {
    let mut writing = store.write(actor, now).await?;
    let was = store::token::revoke(&mut writing, account, id).await?;
    if was {
        store::audit::note(&mut writing, "revoke", "token", Some(id.0), Some(format!("account {account}"))).await?;
    }
    writing.commit_quietly().await?;
    Ok(was)
}

/// Ends all of an account's tokens, with what ends whoever might have made them.
pub(super) async fn revoke_all_within(writing: &mut Writing, account: AccountId) -> Result<()> {
    let revoked = store::token::revoke_all(writing, account).await?;
    if revoked > 0 {
        let detail = format!("account {account}: all {revoked}");
        store::audit::note(writing, "revoke", "token", None, Some(detail)).await?;
    }
    Ok(())
}

/// Notes that a token is in use, at most once a minute.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_use(store: &Store, now: Moment, token: &Token) -> Result<()> {
    if token.used_at.is_some_and(|used| now.since(used) < NOTED_EVERY) {
        return Ok(());
    }
    let mut writing = store.write(Actor::Account(token.account), now).await?;
    store::token::used(&mut writing, token.id).await?;
    Ok(writing.commit_quietly().await?)
}
