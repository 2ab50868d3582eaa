//! Many: one deed done to many readers of a list at once, in one transaction and one line of the audit.

use super::judge::Judged;
use crate::actions::{Error, Result, list};
use crate::domain::audit::Actor;
use crate::domain::id::SubscriberId;
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use crate::store::{self, Store, Writing};

/// The most readers at once.
pub const MOST: usize = 50_000;

/// What is done to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They join another list of ours too; whoever left it or is suppressed stays away, as with a roster.
    Add(ListPath, Basis),
    /// They are taken off the list.
    TakeOff,
    /// They are in this group from now on; none for no group.
    Group(Option<String>),
}

/// What doing it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many were changed.
    pub changed: usize,
    /// Whom it did not concern: there already, not there, or had left.
    pub others: usize,
}

/// Does something to many readers of a list; ids that never were on it are passed over.
///
/// # Errors
/// [`Error::Unknown`] for a list; [`Error::Refused`] for nobody, or for more than [`MOST`].
pub async fn to_many(
    store: &Store,
    actor: Actor,
    now: Moment,
    from: &ListPath,
    (readers, deed): (&[SubscriberId], &Deed),
) -> Result<Done> {
    if readers.len() > MOST {
        return Err(Error::refused(
            "that is more than 50,000 readers at once; search for fewer",
            "一次最多处理 50,000 位读者；请缩小范围后再试。",
        ));
    }
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, from).await?;
    let found = store::subscriber::some_on_list(&mut writing, list.id, readers).await?;
    let ids: Vec<_> = found.iter().map(|reader| reader.id).collect();
    if ids.is_empty() {
        return Err(Error::refused("nobody is chosen; tick readers first", "没有选中读者；请先勾选。"));
    }
    let changed = match deed {
        Deed::Add(to, basis) => add(&mut writing, &ids, to, *basis).await?,
        Deed::TakeOff => store::list::take_off(&mut writing, list.id, &ids).await? as usize,
        Deed::Group(name) => store::subscriber::set_category(&mut writing, &ids, name.as_deref()).await? as usize,
    };
    if changed > 0 {
        let (verb, detail) = said(deed, changed);
        store::audit::note(&mut writing, verb, "list", Some(list.id.0), Some(detail)).await?;
        writing.commit().await?;
    }
    Ok(Done { changed, others: ids.len() - changed })
}

async fn add(writing: &mut Writing, ids: &[SubscriberId], to: &ListPath, basis: Basis) -> Result<usize> {
    let list = list::named(writing, to).await?;
    let readers = store::subscriber::some(writing, ids).await?;
    let row = |reader: crate::domain::subscriber::Subscriber| {
        let person = Person::default();
        RosterRow { line: 0, reading: Reading::Found { address: reader.address, person, cleaned: None } }
    };
    let judged = Judged::of(writing, &Roster { rows: readers.into_iter().map(row).collect() }, to).await?;
    judged.write(writing, list.id, basis).await
}

/// The audit's verb, and how many; a group's name is no address, and a list is named by its path.
fn said(deed: &Deed, changed: usize) -> (&'static str, String) {
    match deed {
        Deed::Add(to, _) => ("add readers of", format!("{changed} joined {to}")),
        Deed::TakeOff => ("take readers off", format!("{changed} readers")),
        Deed::Group(_) => ("group readers of", format!("{changed} readers")),
    }
}
