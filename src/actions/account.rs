//! Accounts: who works here, where, and until when. How they sign in is in `account/entry.rs`, a
//! forgotten password in `account/reset.rs`.

pub mod entry;
pub mod reset;

use super::{Error, Result, token};
use crate::chance;
use crate::domain::account::{Account, INVITATION, Rights, Role};
use crate::domain::address::Address;
use crate::domain::audit::Actor;
use crate::domain::id::{AccountId, SessionId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::Wants;
use crate::domain::secret::Secret;
use crate::store::{self, Store, Writing};

/// Someone who is to work here.
#[derive(Clone, Debug)]
pub struct Newcomer<'a> {
    /// Their address.
    pub email: &'a Address,
    /// What they are called, if it is known.
    pub name: Option<&'a str>,
    /// Where they may work, and as what.
    pub rights: Rights,
}

/// Adds an account, and draws the secret of the link by which its owner chooses a password.
///
/// # Errors
/// [`Error::Refused`] when the address has one, or the name is none.
pub async fn add(store: &Store, actor: Actor, now: Moment, who: &Newcomer<'_>) -> Result<(AccountId, Secret)> {
    let mut writing = store.write(actor, now).await?;
    let (email, name) = (who.email, checked(who.name.unwrap_or_default())?);
    if store::account::by_email(&mut writing, email.as_str()).await?.is_some() {
        return Err(Error::refused(format!("{email} has an account already"), format!("{email} 已经有账号了。")));
    }
    let id = store::account::insert(&mut writing, email.as_str(), name, who.rights.role).await?;
    store::account::set_rights(&mut writing, id, &who.rights).await?;
    let secret = draw_invitation(&mut writing, Some(id)).await?;
    note(&mut writing, "add", id, Some(who.rights.role.word().to_owned())).await?;
    writing.commit().await?;
    Ok((id, secret))
}

/// Draws a new link by which an account's owner chooses a password; an earlier one ends.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] for a closed account.
pub async fn invite(store: &Store, actor: Actor, now: Moment, id: AccountId) -> Result<Secret> {
    let mut writing = store.write(actor, now).await?;
    if find(&mut writing, id).await?.is_closed {
        return Err(Error::refused(
            format!("account {id} is closed; open it again first"),
            "这个账号已停用；请先启用，再发邀请。",
        ));
    }
    let secret = draw_invitation(&mut writing, Some(id)).await?;
    note(&mut writing, "invite", id, None).await?;
    writing.commit().await?;
    Ok(secret)
}

/// Draws the link by which the first admin of the house comes in; none when somebody can sign in already.
///
/// # Errors
/// [`Error::Store`].
pub async fn invite_first(store: &Store, now: Moment) -> Result<Option<Secret>> {
    if store::account::any_opens(&mut *store.read().await?).await? {
        return Ok(None);
    }
    let mut writing = store.write(Actor::Station, now).await?;
    let secret = draw_invitation(&mut writing, None).await?;
    writing.commit_quietly().await?;
    Ok(Some(secret))
}

/// Gives an account these rights from now on.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when the house would be left without an admin.
pub async fn set_rights(store: &Store, actor: Actor, now: Moment, id: AccountId, rights: &Rights) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    store::account::set_rights(&mut writing, id, rights).await?;
    keep_an_admin(&mut writing).await?;
    note(&mut writing, "set rights", id, Some(rights.role.word().to_owned())).await?;
    Ok(writing.commit().await?)
}

/// Closes an account and ends its sessions and tokens at once, or opens it again.
///
/// # Errors
/// As [`set_rights`].
pub async fn set_closed(store: &Store, actor: Actor, now: Moment, id: AccountId, is_closed: bool) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    store::account::set_closed(&mut writing, id, is_closed).await?;
    if is_closed {
        store::session::end_all(&mut writing, id, None).await?;
        store::session::withdraw(&mut writing, Some(id)).await?;
        token::revoke_all_within(&mut writing, id).await?;
        keep_an_admin(&mut writing).await?;
    }
    note(&mut writing, if is_closed { "close" } else { "open" }, id, None).await?;
    Ok(writing.commit().await?)
}

/// What an account is called from now on; an empty name is none.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`].
pub async fn rename(store: &Store, actor: Actor, now: Moment, id: AccountId, name: &str) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    store::account::set_name(&mut writing, id, checked(name)?).await?;
    note(&mut writing, "rename", id, None).await?;
    Ok(writing.commit().await?)
}

/// The most characters of what somebody is called.
const LONGEST_NAME: usize = 80;

/// What somebody is called, without the white space around it; an empty name is none. It stands in the headers of
/// letters, where nothing breaks a line.
fn checked(name: &str) -> Result<Option<&str>> {
    let name = name.trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::refused(
            "a name has at most 80 characters, all in one line and without tabs",
            "姓名最多 80 个字，写在一行，不能含制表符等控制字符。",
        ));
    }
    Ok((!name.is_empty()).then_some(name))
}

/// Ends one session of somebody's, by an admin.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn end_session(store: &Store, actor: Actor, now: Moment, id: AccountId, session: SessionId) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    if store::session::end(&mut writing, id, session).await? {
        note(&mut writing, "end session", id, None).await?;
    }
    Ok(writing.commit_quietly().await?)
}

/// Notes that somebody took data out of the house, before they have it; `what` names which.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_export(store: &Store, actor: Actor, now: Moment, what: &str) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    store::audit::note(&mut writing, "export", what, None, None).await?;
    Ok(writing.commit_quietly().await?)
}

/// Notes that somebody tests the way to a relay, by its name.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_test(store: &Store, actor: Actor, now: Moment, relay: &str) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    store::audit::note(&mut writing, "test", "relay", None, Some(relay.to_owned())).await?;
    Ok(writing.commit_quietly().await?)
}

/// Which notices somebody wants from now on, and in which language.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn set_wants(
    store: &Store,
    actor: Actor,
    now: Moment,
    id: AccountId,
    (wants, language): (Wants, Option<Language>),
) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    store::account::set_wants(&mut writing, id, wants, language).await?;
    note(&mut writing, "set notices", id, None).await?;
    Ok(writing.commit_quietly().await?)
}

async fn draw_invitation(writing: &mut Writing, account: Option<AccountId>) -> Result<Secret> {
    let secret = Secret::of(chance::draw());
    let ends_at = writing.now + INVITATION;
    store::session::invite(writing, account, secret.digest(), ends_at).await?;
    Ok(secret)
}

/// A house that nobody can open any more would have to be entered by the command line.
async fn keep_an_admin(writing: &mut Writing) -> Result<()> {
    if store::account::admins(writing).await?.is_empty() {
        return Err(Error::refused(
            "this is the last admin of the house; make somebody else one first",
            "这是最后一位总管理员；请先把另一个账号设为总管理员。",
        ));
    }
    Ok(())
}

async fn find(conn: &mut store::Connection, id: AccountId) -> Result<Account> {
    store::account::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "account",
        name: id.to_string(),
        next: "`yizhan account list` shows them",
    })
}

async fn note(writing: &mut Writing, verb: &str, id: AccountId, detail: Option<String>) -> Result<()> {
    Ok(store::audit::note(writing, verb, "account", Some(id.0), detail).await?)
}

impl From<Role> for Rights {
    /// A role at every publication.
    fn from(role: Role) -> Self {
        Self { role, posts: Vec::new() }
    }
}
