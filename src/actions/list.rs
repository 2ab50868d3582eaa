//! Lists: added and renamed here.

use super::{Error, Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::id::{ListId, PublicationId};
use crate::domain::list::{List, ListPath};
use crate::domain::moment::Moment;
use crate::store::{self, Connection, Store};

/// Adds a list to a publication.
///
/// # Errors
/// [`Error::Unknown`] when there is no such publication, [`Error::Refused`] when the list is there or has no name.
pub async fn add(store: &Store, actor: Actor, now: Moment, path: &ListPath, name: &str) -> Result<ListId> {
    let name = checked(name)?;
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, &path.publication).await?;
    if store::list::by_path(&mut writing, path).await?.is_some() {
        return Err(Error::refused(
            format!("there is a list '{path}' already; choose another short name"),
            format!("已经有简称为“{}”的名单，请换一个简称。", path.list),
        ));
    }
    let id = store::list::insert(&mut writing, publication.id, &path.list, name).await?;
    store::audit::note(&mut writing, "add", "list", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(id)
}

/// Gives a list another name. Its short name stays: commands and links go by it.
///
/// # Errors
/// [`Error::Unknown`] when there is no such list, [`Error::Refused`] for an empty name.
pub async fn rename(store: &Store, actor: Actor, now: Moment, path: &ListPath, name: &str) -> Result<()> {
    let name = checked(name)?;
    let mut writing = store.write(actor, now).await?;
    let list = named(&mut writing, path).await?;
    store::list::rename(&mut writing, list.id, name).await?;
    store::audit::note(&mut writing, "rename", "list", Some(list.id.0), None).await?;
    Ok(writing.commit().await?)
}

/// Notes that somebody takes a list's readers away with them as a file, and which.
///
/// # Errors
/// [`Error::Unknown`] when there is no such list.
pub async fn export(store: &Store, actor: Actor, now: Moment, (path, what): (&ListPath, &str)) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let list = named(&mut writing, path).await?;
    store::audit::note(&mut writing, "export", "list", Some(list.id.0), Some(what.to_owned())).await?;
    Ok(writing.commit_quietly().await?)
}

/// The most characters of a list's name.
const LONGEST_NAME: usize = 60;

/// A list's name without the white space around it, if it is one.
fn checked(name: &str) -> Result<&str> {
    match name.trim() {
        "" => Err(Error::refused("a list has a name; say which", "请填写名单的名称。")),
        long if long.chars().count() > LONGEST_NAME => {
            Err(Error::refused("a list's name has at most 60 characters", "名单的名称最多 60 个字。"))
        }
        name => Ok(name),
    }
}

/// The list with this path.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn named(conn: &mut Connection, path: &ListPath) -> Result<List> {
    if let Some(list) = store::list::by_path(conn, path).await? {
        return Ok(list);
    }
    let publication = publication_named(conn, &path.publication).await?;
    let others = store::list::of_publication(conn, publication.id).await?;
    let others: Vec<_> = others.iter().map(|list| format!("{}/{}", path.publication, list.slug)).collect();
    let name = match others.is_empty() {
        true => format!("{path}, nor any other of {}", path.publication),
        false => format!("{path}, but {}", others.join(", ")),
    };
    Err(Error::Unknown { noun: "list", name, next: "`yizhan list add PUB/LIST --name NAME` adds one" })
}

/// The lists with these paths, in id order and each once, which all belong to one publication.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] for a list of another publication, or for none at all.
pub(super) async fn of_publication(
    conn: &mut Connection,
    publication: PublicationId,
    paths: &[ListPath],
) -> Result<Vec<ListId>> {
    let mut lists = Vec::new();
    for path in paths {
        let list = named(conn, path).await?;
        if list.publication != publication {
            return Err(Error::refused(
                format!("{path} is a list of another publication; an issue goes to its own lists"),
                format!("名单 {path} 属于另一份刊物；请选本刊的名单。"),
            ));
        }
        lists.push(list.id);
    }
    lists.sort_unstable();
    lists.dedup();
    if lists.is_empty() {
        return Err(Error::refused(
            "an issue goes to at least one list; name it with --to PUB/LIST",
            "请至少选一个名单。",
        ));
    }
    Ok(lists)
}
