//! Subscribers: added, edited and let go here. What a roster would do is judged row by row first ([`judge`]); a dry
//! run stops there. Exceptions that a person makes are in [`again`], what is done to many at once in [`many`].

mod again;
mod edit;
pub(super) mod judge;
mod many;

pub use again::{Case, bring_back, lift, suppress};
pub use edit::{edit, see};
pub use judge::{Detail, Imported, Outcome, Row};
pub use many::{Deed, Done, MOST, Whose, to_many};

use super::{Error, Result, journal, list, publication_named};
use crate::domain::address::Address;
use crate::domain::audit::{Actor, Reason};
use crate::domain::journal::{Departure, Seal};
use crate::domain::list::{Leaving, ListPath};
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow, Subscriber};
use crate::store::{self, Connection, Store};
use judge::Judged;

/// Where a roster goes.
#[derive(Clone, Debug)]
pub struct Destination<'a> {
    /// The list.
    pub list: &'a ListPath,
    /// Why these people are on it.
    pub basis: Basis,
    /// Only judge, write nothing.
    pub dry_run: bool,
}

/// Brings a roster's people onto a list. Whoever left or is suppressed stays away. What it did is not kept, so it
/// cannot be taken back: a file comes by [`super::roster`].
///
/// # Errors
/// [`Error::Unknown`] when there is no such list.
pub async fn import(
    store: &Store,
    actor: Actor,
    now: Moment,
    roster: &Roster,
    to: &Destination<'_>,
) -> Result<Imported> {
    // A dry run only looks, and so never waits for a writer.
    if to.dry_run {
        return Ok(Judged::of(&mut *store.read().await?, roster, to.list).await?.imported());
    }
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, to.list).await?;
    let judged = Judged::of(&mut writing, roster, to.list).await?;
    // Whoever joins is saved too: nothing to save is nothing to do, and no act for the audit.
    if judged.save.is_empty() {
        return Ok(judged.imported());
    }
    let joined = judged.write(&mut writing, list.id, to.basis).await?;
    let detail = format!("{joined} joined, {} saved", judged.save.len());
    store::audit::note(&mut writing, "import into", "list", Some(list.id.0), Some(detail)).await?;
    writing.commit().await?;
    Ok(judged.imported())
}

/// Adds one reader by hand.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when they left or are suppressed.
pub async fn add(
    store: &Store,
    actor: Actor,
    now: Moment,
    address: Address,
    person: Person,
    to: &Destination<'_>,
) -> Result<Imported> {
    let reading = Reading::Found { address: address.clone(), person, cleaned: None };
    let roster = Roster { rows: vec![RosterRow { line: 1, reading }] };
    let judged = Judged::of(&mut *store.read().await?, &roster, to.list).await?;
    if let Some(Row { outcome: Outcome::Ignored, why: Some(why), .. }) = judged.rows.first() {
        return Err(Error::refused(format!("{address} {}", why.english), format!("{address}：{}。", why.chinese)));
    }
    import(store, actor, now, &roster, to).await
}

/// Ends a reader's subscriptions to a publication, or to one list of it; how many were changed. From the commit on
/// no letter to them is armed on these lists, for the gate is asked each time; and none after a backup from before
/// it is restored, for the journal has it first.
///
/// # Errors
/// [`Error::Unknown`] when publication, list or reader is not there; [`Error::Store`] when it could not be stored.
pub async fn leave(store: &Store, actor: Actor, now: Moment, from: &Leaving, address: &Address) -> Result<u64> {
    end(store, actor, now, from, (address, None)).await
}

/// The same, by somebody who does it for the reader, and says why.
///
/// # Errors
/// As [`leave`].
pub async fn let_go(store: &Store, actor: Actor, now: Moment, from: &Leaving, case: &Case) -> Result<u64> {
    end(store, actor, now, from, (&case.address, Some(&case.why))).await
}

async fn end(
    store: &Store,
    actor: Actor,
    now: Moment,
    from: &Leaving,
    (address, why): (&Address, Option<&Reason>),
) -> Result<u64> {
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, &from.publication).await?.id;
    let detail = match &from.list {
        Some(name) => {
            let path = ListPath { publication: from.publication.clone(), list: name.clone() };
            format!("list {}", list::named(&mut writing, &path).await?.id)
        }
        None => format!("publication {publication}"),
    };
    let subscriber = named(&mut writing, address).await?;
    let ended = store::departure::end(&mut writing, subscriber.id, from, None).await?;
    if ended > 0 {
        let left = |keyring: &_| Departure { reader: Seal::of_reader(keyring, address), from: from.clone() };
        journal::depart(store, &mut writing, left).await?;
        let detail = why.map_or_else(|| detail.clone(), |why| format!("{detail}: {why}"));
        store::audit::note(&mut writing, "leave", "subscriber", Some(subscriber.id.0), Some(detail)).await?;
    }
    writing.commit().await?;
    Ok(ended)
}

/// Keeps the wish of a reader to leave whom this database does not know, or whose publication it does not know: they are
/// newer than the backup that it was restored from. From the commit on no roster brings them in.
///
/// # Errors
/// [`Error::Store`] when it could not be stored.
pub async fn leave_unknown(store: &Store, now: Moment, departure: &Departure) -> Result<()> {
    let mut writing = store.write(Actor::Stranger, now).await?;
    if store::departure::remember(&mut writing, now, departure).await? {
        journal::depart(store, &mut writing, |_| departure.clone()).await?;
        let detail = format!("publication {}", departure.from.publication);
        store::audit::note(&mut writing, "leave", "subscriber", None, Some(detail)).await?;
    }
    Ok(writing.commit().await?)
}

async fn named(conn: &mut Connection, address: &Address) -> Result<Subscriber> {
    store::subscriber::by_address(conn, address).await?.ok_or_else(|| Error::Unknown {
        noun: "subscriber",
        name: address.to_string(),
        next: "check the address; `yizhan subscriber show ADDRESS` finds it in any case of letters",
    })
}
