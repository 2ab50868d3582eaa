//! Many: one deed done to many readers of a list, or of a publication, at once, in one transaction and one line of the
//! audit. None of them brings back who left, and only lifting a suppression lifts one.

use super::judge::Judged;
use crate::actions::{Error, Result, list, publication_named};
use crate::domain::audit::{Actor, Reason};
use crate::domain::id::{ListId, PublicationId, SubscriberId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::publication::Slug;
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use crate::store::{self, Store, Writing};

/// The most readers at once.
pub const MOST: usize = 50_000;

/// Whose readers something is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those who are, or were, on a list.
    List(ListPath),
    /// Those who are, or were, on any list of a publication.
    Publication(Slug),
}

/// What is done to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They join another list of ours too; whoever left it or is suppressed stays away, as with a roster.
    Add(ListPath, Basis),
    /// They are taken off a list, for a reason.
    TakeOff(ListPath, Reason),
    /// They are in this category from now on; none for no category.
    Categorise(Option<String>),
    /// Nothing goes to their addresses any more, from any publication, for a reason.
    Suppress(Reason),
    /// Letters go to their addresses again, for a reason.
    Lift(Reason),
}

/// What doing it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many were changed.
    pub changed: usize,
    /// Whom it did not concern: there already, not there, or had left.
    pub others: usize,
}

/// Does something to many readers; ids of others are passed over.
///
/// # Errors
/// [`Error::Unknown`] for a list or publication; [`Error::Refused`] for nobody, or for more than [`MOST`].
pub async fn to_many(
    store: &Store,
    actor: Actor,
    now: Moment,
    whose: &Whose,
    (readers, deed): (&[SubscriberId], &Deed),
) -> Result<Done> {
    if readers.len() > MOST {
        return Err(Error::refused(
            "that is more than 50,000 readers at once; search for fewer",
            "一次最多处理 50,000 位读者；请缩小范围后再试。",
        ));
    }
    let mut writing = store.write(actor, now).await?;
    let (owner, ids) = chosen(&mut writing, whose, readers).await?;
    if ids.is_empty() {
        return Err(Error::refused("nobody is chosen; tick readers first", "没有选中读者；请先勾选。"));
    }
    let changed = done(&mut writing, owner, &ids, deed).await?;
    if changed > 0 {
        let (noun, id) = match owner {
            Owner::List(id) => ("list", id.0),
            Owner::Publication(id) => ("publication", id.0),
        };
        let (verb, detail) = said(deed, changed);
        store::audit::note(&mut writing, verb, noun, Some(id), Some(detail)).await?;
        writing.commit().await?;
    }
    Ok(Done { changed, others: ids.len() - changed })
}

/// The list or publication, by its number.
#[derive(Clone, Copy)]
enum Owner {
    List(ListId),
    Publication(PublicationId),
}

/// Those of the readers who are theirs.
async fn chosen(writing: &mut Writing, whose: &Whose, readers: &[SubscriberId]) -> Result<(Owner, Vec<SubscriberId>)> {
    match whose {
        Whose::List(path) => {
            let list = list::named(writing, path).await?.id;
            let found = store::subscriber::some_on_list(writing, list, readers).await?;
            Ok((Owner::List(list), found.into_iter().map(|reader| reader.id).collect()))
        }
        Whose::Publication(slug) => {
            let publication = publication_named(writing, slug).await?.id;
            let found = store::subscriber::those_of(writing, publication, readers).await?;
            Ok((Owner::Publication(publication), found))
        }
    }
}

/// How many were changed. A deed that names a list names one of the same publication.
async fn done(writing: &mut Writing, owner: Owner, ids: &[SubscriberId], deed: &Deed) -> Result<usize> {
    let changed = match deed {
        Deed::Add(to, basis) => {
            beside(writing, owner, to).await?;
            return add(writing, ids, to, *basis).await;
        }
        Deed::TakeOff(from, _) => {
            let list = beside(writing, owner, from).await?;
            store::list::take_off(writing, list, ids).await?
        }
        Deed::Categorise(name) => store::subscriber::set_category(writing, ids, name.as_deref()).await?,
        Deed::Suppress(why) => store::subscriber::suppress_all(writing, ids, &why.to_string()).await?,
        Deed::Lift(_) => store::subscriber::lift_all(writing, ids).await?,
    };
    Ok(changed as usize)
}

/// A list, if it is of the publication whose readers these are.
async fn beside(writing: &mut Writing, owner: Owner, path: &ListPath) -> Result<ListId> {
    let named = list::named(writing, path).await?;
    let publication = match owner {
        Owner::Publication(id) => id,
        Owner::List(id) => store::list::find(writing, id).await?.publication,
    };
    match named.publication == publication {
        true => Ok(named.id),
        false => Err(Error::refused(
            format!("{path} is a list of another publication; choose one of the same"),
            format!("名单 {path} 属于另一份刊物；请选本刊的名单。"),
        )),
    }
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

/// The audit's verb, and how many, and why; no value of a field is said, and a list is named by its path.
fn said(deed: &Deed, changed: usize) -> (&'static str, String) {
    match deed {
        Deed::Add(to, _) => ("add readers of", format!("{changed} joined {to}")),
        Deed::TakeOff(from, why) => ("take readers off", format!("{changed} readers off {from}: {why}")),
        Deed::Categorise(_) => ("group readers of", format!("{changed} readers")),
        Deed::Suppress(why) => ("suppress readers of", format!("{changed} readers: {why}")),
        Deed::Lift(why) => ("lift suppressions of", format!("{changed} readers: {why}")),
    }
}
