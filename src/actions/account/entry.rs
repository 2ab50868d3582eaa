//! Entry: choosing a password, signing in and out. A wrong password and an unknown address are told alike and take
//! as long; after some in a row an account rests (domain/account.rs), and says so only to who waits anyway.

use super::{find, note};
use crate::actions::{Error, Result, token};
use crate::chance;
use crate::domain::account::{INVITATION, Rights, Role, SESSION, rest_after};
use crate::domain::address::Address;
use crate::domain::audit::Actor;
use crate::domain::id::{AccountId, SessionId};
use crate::domain::moment::Moment;
use crate::domain::password::{NOBODYS, Password, SHORTEST, Weak};
use crate::domain::secret::Secret;
use crate::store::account::Lock;
use crate::store::{self, Store, Writing};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many passwords are looked at together: each takes 19 MiB and a core while it lasts.
static LOOKING: Semaphore = Semaphore::const_new(2);

/// The most that is kept of what a browser calls itself, in characters.
const DEVICE: usize = 200;

/// What came of a try to sign in.
#[derive(Debug)]
pub enum Entry {
    /// They are in; this is what their browser carries.
    In(Secret),
    /// There is no such account, or it is another password: one answer for both.
    Wrong,
    /// After too many wrong ones nothing is listened to for so long.
    Resting(Duration),
}

/// Tries to sign in.
///
/// # Errors
/// [`Error::Store`].
pub async fn sign_in(store: &Store, now: Moment, email: &str, password: Password, device: &str) -> Result<Entry> {
    let lock = store::account::lock(&mut *store.read().await?, email.trim()).await?;
    let lock = lock.filter(|lock| !lock.is_closed);
    if let Some(until) = lock.as_ref().and_then(|lock| lock.rests_until).filter(|until| *until > now) {
        return Ok(Entry::Resting(until.since(now)));
    }
    let hash = lock.as_ref().and_then(|lock| lock.password.clone());
    let is_known = hash.is_some();
    let is_right = looked_at(move || password.is(hash.as_deref().unwrap_or(NOBODYS))).await && is_known;
    match lock {
        None => Ok(Entry::Wrong),
        Some(lock) if is_right => Ok(Entry::In(begin(store, now, lock.id, device).await?)),
        Some(lock) => refuse(store, now, &lock).await.map(|()| Entry::Wrong),
    }
}

async fn refuse(store: &Store, now: Moment, lock: &Lock) -> Result<()> {
    let mut writing = store.write(Actor::Station, now).await?;
    let failures = lock.failures + 1;
    let rest = rest_after(failures);
    store::account::set_failures(&mut writing, lock.id, failures, (!rest.is_zero()).then(|| now + rest)).await?;
    note(&mut writing, "refuse entry", lock.id, Some(failures.to_string())).await?;
    Ok(writing.commit_quietly().await?)
}

async fn begin(store: &Store, now: Moment, id: AccountId, device: &str) -> Result<Secret> {
    let mut writing = store.write(Actor::Account(id), now).await?;
    let secret = begin_within(&mut writing, id, device).await?;
    writing.commit_quietly().await?;
    Ok(secret)
}

pub(super) async fn begin_within(writing: &mut Writing, id: AccountId, device: &str) -> Result<Secret> {
    let secret = Secret::of(chance::draw());
    let device: String = device.chars().filter(|c| !c.is_control()).take(DEVICE).collect();
    let ends_at = writing.now + SESSION;
    store::account::set_failures(writing, id, 0, None).await?;
    store::session::insert(writing, id, secret.digest(), &device, ends_at).await?;
    note(writing, "sign in", id, None).await?;
    Ok(secret)
}

/// Ends one of an account's own sessions: signing out, here or elsewhere.
///
/// # Errors
/// [`Error::Store`].
pub async fn sign_out(store: &Store, now: Moment, account: AccountId, session: SessionId) -> Result<()> {
    let mut writing = store.write(Actor::Account(account), now).await?;
    if store::session::end(&mut writing, account, session).await? {
        note(&mut writing, "sign out", account, None).await?;
    }
    Ok(writing.commit_quietly().await?)
}

/// Who takes up an invitation, and with what.
#[derive(Debug)]
pub struct TakenUp<'a> {
    /// What their link holds.
    pub invitation: Secret,
    /// Their address; needed only for the first of all accounts.
    pub email: Option<&'a Address>,
    /// The password that they choose.
    pub password: &'a str,
    /// What their browser calls itself.
    pub device: &'a str,
}

/// Takes up an invitation: chooses a password and signs in. It can be done once, and ends every other session and
/// every token.
///
/// # Errors
/// [`Error::Refused`] when the link is used up or too old, or the password is easily guessed.
pub async fn take_up(store: &Store, now: Moment, taken: TakenUp<'_>) -> Result<Secret> {
    let digest = taken.invitation.digest();
    let found = store::session::invitation(&mut *store.read().await?, digest, now).await?;
    let invited = found.ok_or_else(used_up)?.account;
    let email = match invited {
        Some(id) => find(&mut *store.read().await?, id).await?.email,
        None => taken.email.ok_or_else(no_email)?.as_str().to_lowercase(),
    };
    let password = Password::chosen(taken.password, &email).map_err(weak)?;
    let hash = looked_at(move || password.hash(&chance::draw())).await;
    let mut writing = store.write(invited.map_or(Actor::Station, Actor::Account), now).await?;
    // Asked again, now that nobody else can take it up meanwhile.
    if store::session::invitation(&mut writing, digest, now).await?.is_none() {
        return Err(used_up());
    }
    let id = match invited {
        Some(id) => id,
        None => first(&mut writing, &email).await?,
    };
    store::session::withdraw(&mut writing, invited).await?;
    chosen_within(&mut writing, id, (&hash, "choose password"), None).await?;
    token::revoke_all_within(&mut writing, id).await?;
    let secret = begin_within(&mut writing, id, taken.device).await?;
    writing.commit().await?;
    Ok(secret)
}

/// The first admin: the account of this address, made where there is none.
async fn first(writing: &mut Writing, email: &str) -> Result<AccountId> {
    let rights = Rights::from(Role::Admin);
    let id = match store::account::by_email(writing, email).await? {
        Some(id) => id,
        None => store::account::insert(writing, email, None, Role::Admin).await?,
    };
    store::account::set_rights(writing, id, &rights).await?;
    store::account::set_closed(writing, id, false).await?;
    note(writing, "add", id, Some(Role::Admin.word().to_owned())).await?;
    Ok(id)
}

/// Chooses another password, by who is signed in and knows the old one; ends the account's other sessions
/// and every link by which one could be chosen. Its tokens stay.
///
/// # Errors
/// [`Error::Refused`] when the old one is wrong, or the new one is easily guessed.
pub async fn change_password(
    store: &Store,
    now: Moment,
    (account, session): (AccountId, Option<SessionId>),
    (old, new): (&str, &str),
) -> Result<()> {
    let email = find(&mut *store.read().await?, account).await?.email;
    let lock = store::account::lock(&mut *store.read().await?, &email).await?;
    let hash = lock.and_then(|lock| lock.password).unwrap_or_default();
    let typed = Password::typed(old);
    if !looked_at(move || typed.is(&hash)).await {
        return Err(Error::refused("the old password is another", "原密码不对；请再输入一次。"));
    }
    let password = Password::chosen(new, &email).map_err(weak)?;
    let hash = looked_at(move || password.hash(&chance::draw())).await;
    let mut writing = store.write(Actor::Account(account), now).await?;
    chosen_within(&mut writing, account, (&hash, "choose password"), session).await?;
    Ok(writing.commit_quietly().await?)
}

/// Gives an account the password of this hash, noted under this verb: every link by which one could be chosen ends, and
/// every session but for one that is named.
pub(super) async fn chosen_within(
    writing: &mut Writing,
    id: AccountId,
    (hash, verb): (&str, &str),
    but: Option<SessionId>,
) -> Result<()> {
    store::session::withdraw(writing, Some(id)).await?;
    store::account::set_password(writing, id, hash).await?;
    store::session::end_all(writing, id, but).await?;
    note(writing, verb, id, None).await
}

/// Looks at a password on a thread that answers nobody meanwhile.
pub(super) async fn looked_at<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = LOOKING.acquire().await.expect("nobody closes it");
    tokio::task::spawn_blocking(look).await.expect("looking at a password does not panic")
}

fn used_up() -> Error {
    Error::refused(
        format!("this link was used or is older than {} hours; ask an admin for another", INVITATION.as_secs() / 3600),
        format!("这个链接已经用过，或已超过 {} 小时；请管理员重新发一个。", INVITATION.as_secs() / 3600),
    )
}

fn no_email() -> Error {
    Error::refused("the first account needs an email address", "请填写邮箱地址，它就是您的账号。")
}

pub(super) fn weak(why: Weak) -> Error {
    match why {
        Weak::Short => Error::refused(
            format!("a password has {SHORTEST} characters or more; add some words"),
            format!("密码至少 {SHORTEST} 个字符；可以用一句好记的话。"),
        ),
        Weak::Long => Error::refused("a password has at most 256 characters", "密码最多 256 个字符。"),
        Weak::Obvious => {
            Error::refused("this password is guessed at once; choose another", "这个密码太容易被猜到；请换一个。")
        }
    }
}
