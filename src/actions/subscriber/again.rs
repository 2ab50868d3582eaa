//! Again: the exceptions that a person makes, with a reason, and that no roster can: a reader who left is brought
//! back, a suppression is lifted. Each is in the audit; the journal knows who came back, so that a restore does
//! not take them out again.

use super::{Error, Result, journal, list, named, publication_named};
use crate::domain::address::Address;
use crate::domain::audit::{Actor, Reason};
use crate::domain::id::SubscriberId;
use crate::domain::journal::{Return, Seal};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::publication::Slug;
use crate::domain::subscriber::Person;
use crate::store::{self, Store, Writing};

/// A reader for whom somebody makes an exception, and why.
#[derive(Clone, Debug)]
pub struct Case {
    /// Their address.
    pub address: Address,
    /// Why.
    pub why: Reason,
}

/// Brings a reader back onto a list who had left it, or left its publication; the publication's other lists stay
/// left. Returns whether anything was changed: not, where they are on the list.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when they never left, are suppressed, or are back but the journal could
/// not be told; [`Error::Store`].
pub async fn bring_back(store: &Store, actor: Actor, now: Moment, to: &ListPath, case: &Case) -> Result<bool> {
    let mut writing = store.write(actor.clone(), now).await?;
    let list = list::named(&mut writing, to).await?;
    let returned = returned(&mut writing, &case.address, to).await?;
    let reader = has_left(&mut writing, &returned, case).await?;
    let changed = store::departure::revive(&mut writing, reader, to).await?;
    if changed {
        store::departure::forget(&mut writing, &returned).await?;
        let detail = format!("list {}: {}", list.id, case.why);
        store::audit::note(&mut writing, "bring back", "subscriber", Some(reader.0), Some(detail)).await?;
    }
    writing.commit().await?;
    let told = tell_journal(store, actor, now, reader, returned).await;
    told.map_err(|error| {
        let address = &case.address;
        Error::refused(
            format!(
                "{address} is on {to} again, but not by the journal ({error}), so a restore would take them off; \
                 give the command again"
            ),
            format!("{address} 已回到名单 {to}，但没有记入日志；日后恢复备份会漏掉这一次，请再操作一次。"),
        )
    })?;
    Ok(changed)
}

async fn returned(writing: &mut Writing, address: &Address, to: &ListPath) -> Result<Return> {
    let keyring = store::station::keyring(writing).await?.ok_or(store::Error::Unreadable("key"))?;
    Ok(Return { reader: Seal::of_reader(&keyring, address), to: to.clone() })
}

/// The reader, if they left and may come back, or are on the list. Who left by the journal's word may be new here.
async fn has_left(writing: &mut Writing, returned: &Return, case: &Case) -> Result<SubscriberId> {
    let (address, to) = (&case.address, &returned.to);
    let departed = store::departure::from_list(writing, to).await?.contains(&returned.reader);
    if departed && store::subscriber::by_address(writing, address).await?.is_none() {
        store::subscriber::save_all(writing, &[(address, &Person::default())]).await?;
    }
    let reader = named(writing, address).await?.id;
    let list = list::named(writing, to).await?.id;
    let known = store::subscriber::known(writing, list, &[address.key()]).await?.remove(&address.key());
    let known = known.ok_or(store::Error::Unreadable("subscriber"))?;
    if !departed && !known.left && known.subscription.is_none() {
        return Err(Error::refused(
            format!("{address} has not left {to}; `yizhan subscriber add {to} {address}` puts them on it"),
            format!("{address} 没有退订过名单 {to}；请在读者页用“加入名单”加入。"),
        ));
    }
    if known.suppressed {
        return Err(Error::refused(
            format!(
                "{address} is suppressed, so nothing would go there; if that is wrong, `yizhan subscriber restore \
                 {address} --why …` first"
            ),
            format!("{address} 已停发，信不会寄到；如果停发有误，请先“解除停发”。"),
        ));
    }
    Ok(reader)
}

/// In a transaction of its own, where the reader is still on the list.
async fn tell_journal(store: &Store, actor: Actor, now: Moment, reader: SubscriberId, returned: Return) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let lists = store::subscriber::lists_of(&mut writing, reader, returned.to.publication.as_str()).await?;
    if lists.iter().any(|(slug, _)| slug == returned.to.list.as_str()) {
        journal::come_back(store, &mut writing, returned).await?;
    }
    Ok(writing.commit().await?)
}

/// Suppresses the address of a reader of a publication: nothing goes there any more, from any publication. Returns
/// whether that is new.
///
/// # Errors
/// [`Error::Unknown`] for a publication, or who is no reader of it; [`Error::Store`].
pub async fn suppress(store: &Store, actor: Actor, now: Moment, of: &Slug, case: &Case) -> Result<bool> {
    let Case { address, why } = case;
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, of).await?.id;
    let reader = named(&mut writing, address).await;
    // Who reads something else only is not told apart from who is not known at all.
    let reader = match reader {
        Ok(reader) if store::subscriber::is_of(&mut writing, reader.id, &[publication]).await? => reader,
        Ok(_) | Err(Error::Unknown { .. }) => return Err(no_reader(address)),
        Err(other) => return Err(other),
    };
    let is_new = store::subscriber::suppress(&mut writing, address, &why.to_string()).await?;
    if is_new {
        store::audit::note(&mut writing, "suppress", "subscriber", Some(reader.id.0), Some(why.to_string())).await?;
    }
    writing.commit().await?;
    Ok(is_new)
}

fn no_reader(address: &Address) -> Error {
    let next = "check the address; `yizhan subscriber show ADDRESS` finds it in any case of letters";
    Error::Unknown { noun: "subscriber", name: address.to_string(), next }
}

/// Lifts the suppression of an address: letters go there again, from the next issue on. Returns why it was
/// suppressed.
///
/// # Errors
/// [`Error::Refused`] when it is not suppressed; [`Error::Store`].
pub async fn lift(store: &Store, actor: Actor, now: Moment, case: &Case) -> Result<String> {
    let Case { address, why } = case;
    let mut writing = store.write(actor, now).await?;
    let was = store::subscriber::lift(&mut writing, address).await?.ok_or_else(|| {
        Error::refused(
            format!("{address} is not suppressed; `yizhan subscriber show ADDRESS` says how somebody stands"),
            format!("{address} 没有停发，不需要解除。"),
        )
    })?;
    let reader = store::subscriber::by_address(&mut writing, address).await?.map(|reader| reader.id.0);
    let detail = format!("{why}; it was suppressed for: {was}");
    store::audit::note(&mut writing, "lift suppression", "subscriber", reader, Some(detail)).await?;
    writing.commit().await?;
    Ok(was)
}
