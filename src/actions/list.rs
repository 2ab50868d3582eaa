//! Lists: added here.

use super::{Error, Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::id::ListId;
use crate::domain::list::{List, ListPath};
use crate::domain::moment::Moment;
use crate::store::{self, Connection, Store};

/// Adds a list to a publication.
///
/// # Errors
/// [`Error::Unknown`] when there is no such publication, [`Error::Refused`] when the list is there.
pub async fn add(store: &Store, actor: Actor, now: Moment, path: &ListPath, name: &str) -> Result<ListId> {
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, &path.publication).await?;
    if store::list::by_path(&mut writing, path).await?.is_some() {
        return Err(Error::Refused(format!("there is a list '{path}' already; choose another short name")));
    }
    let id = store::list::insert(&mut writing, publication.id, &path.list, name).await?;
    store::audit::note(&mut writing, "add", "list", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(id)
}

/// The list with this path.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn named(conn: &mut Connection, path: &ListPath) -> Result<List> {
    store::list::by_path(conn, path).await?.ok_or_else(|| Error::Unknown {
        noun: "list",
        name: path.to_string(),
        next: "add it with `yizhan list add PUB/LIST --name NAME`",
    })
}
