//! Reset: a password that was forgotten is chosen anew by a link in a letter. Whoever asks is not told whether there is
//! such an account. The link opens once, for an hour, and not after a newer one was asked for.

use super::entry::{begin_within, chosen_within, looked_at, weak};
use super::{find, note};
use crate::actions::{Error, Result, notice, token};
use crate::chance;
use crate::domain::account::{RESET, RESETS};
use crate::domain::audit::Actor;
use crate::domain::id::AccountId;
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::Notice;
use crate::domain::password::Password;
use crate::domain::secret::Secret;
use crate::store::{self, Connection, Store};

/// Queues a letter with a link to the account of this address, if there is one that is open and has not had
/// [`RESETS`] of them lately. In the account's language, or in this one.
///
/// # Errors
/// [`Error::Store`].
pub async fn ask(store: &Store, now: Moment, email: &str, language: Language) -> Result<()> {
    let mut writing = store.write(Actor::Station, now).await?;
    if !store::notice::go(&mut writing).await? {
        return Ok(());
    }
    let Some(id) = store::account::by_email(&mut writing, email.trim()).await? else { return Ok(()) };
    let account = find(&mut writing, id).await?;
    if account.is_closed || store::notice::resets_since(&mut writing, id, now - RESET).await? >= RESETS {
        return Ok(());
    }
    let mark = format!("at {}", now.0);
    let Some(letter) = notice::tell_one(&mut writing, &account, (&Notice::Reset, &mark), language).await? else {
        return Ok(());
    };
    store::account::set_reset(&mut writing, id, letter).await?;
    note(&mut writing, "ask reset", id, None).await?;
    Ok(writing.commit().await?)
}

/// Whose password a link lets its bearer choose now; none where it opens nothing.
///
/// # Errors
/// [`Error::Store`].
pub async fn opens(conn: &mut Connection, now: Moment, link: &str) -> Result<Option<AccountId>> {
    let Ok(secret) = link.parse::<Secret>() else { return Ok(None) };
    Ok(store::notice::opens(conn, secret.digest(), now, RESET).await?)
}

/// Chooses a new password by a link, and signs in. It can be done once, and ends every other session, every token
/// and every other link by which one could be chosen.
///
/// # Errors
/// [`Error::Refused`] when the link opens nothing any more, or the password is easily guessed.
pub async fn choose(store: &Store, now: Moment, link: &str, password: &str, device: &str) -> Result<Secret> {
    let mut reading = store.read().await?;
    let id = opens(&mut reading, now, link).await?.ok_or_else(used_up)?;
    let email = find(&mut reading, id).await?.email;
    drop(reading);
    let password = Password::chosen(password, &email).map_err(weak)?;
    let hash = looked_at(move || password.hash(&chance::draw())).await;
    let mut writing = store.write(Actor::Account(id), now).await?;
    // Asked again, now that nobody else can use it meanwhile.
    if opens(&mut writing, now, link).await? != Some(id) {
        return Err(used_up());
    }
    chosen_within(&mut writing, id, (&hash, "reset password"), None).await?;
    token::revoke_all_within(&mut writing, id).await?;
    let secret = begin_within(&mut writing, id, device).await?;
    writing.commit().await?;
    Ok(secret)
}

fn used_up() -> Error {
    let minutes = RESET.as_secs() / 60;
    Error::refused(
        format!("this link was used, is older than {minutes} min, or a newer one was sent; ask for another"),
        format!("这个链接已经用过、已超过 {minutes} 分钟，或者后来又申请过新的；请重新申请。"),
    )
}
