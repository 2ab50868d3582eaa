//! Groups: added, changed and removed here. A group only chooses: it changes no reader, and gives nobody consent.

use super::{Error, Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::group::{Group, Rule};
use crate::domain::id::{GroupId, PublicationId};
use crate::domain::moment::Moment;
use crate::domain::publication::Slug;
use crate::store::{self, Connection, Store, Writing};

/// The most characters of a name.
const LONGEST_NAME: usize = 60;
/// The most groups of a publication: they are offered in one menu.
pub const MOST: usize = 200;

/// Adds a group to a publication. The same once more, as by a double click, is the group that is there.
///
/// # Errors
/// [`Error::Unknown`] for a publication or a list that the rule names; [`Error::Refused`] without a name, or where
/// another rule has it.
pub async fn add(store: &Store, actor: Actor, now: Moment, of: &Slug, (name, rule): (&str, &Rule)) -> Result<GroupId> {
    let name = checked(name)?;
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, of).await?.id;
    has_lists(&mut writing, publication, rule).await?;
    let others = store::group::of_publication(&mut writing, publication).await?;
    match others.iter().find(|group| group.name == name) {
        Some(there) if there.rule == *rule => return Ok(there.id),
        Some(_) => return Err(is_taken(name)),
        None if others.len() >= MOST => return Err(too_many()),
        None => {}
    }
    let id = store::group::insert(&mut writing, publication, name, rule).await?;
    note(&mut writing, "add", id, name).await?;
    writing.commit().await?;
    Ok(id)
}

/// Gives a group another name and rule, if nobody else has meanwhile. Returns whether anything was changed.
///
/// # Errors
/// [`Error::Unknown`] for the group or a list; [`Error::Refused`] without a name, where another group has it, or where
/// the group is not as it was looked at.
pub async fn set(
    store: &Store,
    actor: Actor,
    now: Moment,
    (id, revision): (GroupId, i64),
    (name, rule): (&str, &Rule),
) -> Result<bool> {
    let name = checked(name)?;
    let mut writing = store.write(actor, now).await?;
    let group = found(&mut writing, id).await?;
    if group.name == name && group.rule == *rule {
        return Ok(false);
    }
    has_lists(&mut writing, group.publication, rule).await?;
    let other = store::group::named(&mut writing, group.publication, name).await?;
    if other.is_some_and(|other| other.id != id) {
        return Err(is_taken(name));
    }
    if !store::group::set(&mut writing, (id, revision), name, rule).await? {
        return Err(Error::refused(
            "somebody else has changed this group meanwhile; look at it again, then change it",
            "这个读者组刚刚被别人改过，没有保存；请看过最新内容后再改。",
        ));
    }
    note(&mut writing, "edit", id, name).await?;
    writing.commit().await?;
    Ok(true)
}

/// Removes a group. Its readers, and what they are subscribed to, stay as they are.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn remove(store: &Store, actor: Actor, now: Moment, id: GroupId) -> Result<Group> {
    let mut writing = store.write(actor, now).await?;
    let group = found(&mut writing, id).await?;
    store::group::remove(&mut writing, id).await?;
    note(&mut writing, "remove", id, &group.name).await?;
    writing.commit().await?;
    Ok(group)
}

/// Notes that somebody takes the readers of a group away with them as a file.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn export(store: &Store, actor: Actor, now: Moment, (id, what): (GroupId, &str)) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    found(&mut writing, id).await?;
    store::audit::note(&mut writing, "export", "group", Some(id.0), Some(what.to_owned())).await?;
    Ok(writing.commit_quietly().await?)
}

/// The group with this number.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn found(conn: &mut Connection, id: GroupId) -> Result<Group> {
    store::group::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "group",
        name: id.to_string(),
        next: "`yizhan group list` shows them",
    })
}

/// The name, but no value of the rule: one may be an address.
async fn note(writing: &mut Writing, verb: &str, id: GroupId, name: &str) -> Result<()> {
    let name = name.parse::<crate::domain::audit::Reason>().map(|name| name.to_string()).ok();
    Ok(store::audit::note(writing, verb, "group", Some(id.0), name).await?)
}

/// A rule names lists of its publication only.
async fn has_lists(conn: &mut Connection, publication: PublicationId, rule: &Rule) -> Result<()> {
    let lists = store::list::of_publication(conn, publication).await?;
    match rule.lists().find(|named| lists.iter().all(|list| list.slug != **named)) {
        None => Ok(()),
        Some(none) => Err(Error::Unknown {
            noun: "list",
            name: none.to_string(),
            next: "a group goes by the lists of its own publication; `yizhan list list` shows them",
        }),
    }
}

fn checked(name: &str) -> Result<&str> {
    match name.trim() {
        "" => Err(Error::refused("a group has a name; say which", "请填写读者组的名称。")),
        long if long.chars().count() > LONGEST_NAME => {
            Err(Error::refused("a group's name has at most 60 characters", "读者组的名称最多 60 个字。"))
        }
        name => Ok(name),
    }
}

fn is_taken(name: &str) -> Error {
    Error::refused(
        format!("there is a group called '{name}' already; choose another name"),
        format!("已经有名为“{name}”的读者组，请换一个名称。"),
    )
}

fn too_many() -> Error {
    Error::refused(
        format!("a publication has at most {MOST} groups; remove one first"),
        format!("每份刊物最多 {MOST} 个读者组；请先删除不用的。"),
    )
}
