//! Accounts: added here.

use super::{Error, Result};
use crate::domain::account::Role;
use crate::domain::address::Address;
use crate::domain::audit::Actor;
use crate::domain::id::AccountId;
use crate::domain::moment::Moment;
use crate::store::{self, Store};

/// Adds an account.
///
/// # Errors
/// [`Error::Refused`] when the address has one.
pub async fn add(store: &Store, actor: Actor, now: Moment, email: &Address, role: Role) -> Result<AccountId> {
    let mut writing = store.write(actor, now).await?;
    if store::account::by_email(&mut writing, email.as_str()).await?.is_some() {
        return Err(Error::Refused(format!("{email} has an account already")));
    }
    let id = store::account::insert(&mut writing, email.as_str(), role.word()).await?;
    store::audit::note(&mut writing, "add", "account", Some(id.0), Some(role.word().to_owned())).await?;
    writing.commit().await?;
    Ok(id)
}
