//! Editing: what is known of one reader, said anew; and that somebody looked at them, which the audit keeps too.

use crate::actions::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::id::SubscriberId;
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Person, Subscriber};
use crate::store::{self, Connection, Store};
use std::time::Duration;

/// The most characters of a field.
const LONGEST: usize = 200;
/// Looks of one account at one reader within this time are one visit.
const VISIT: Duration = Duration::from_mins(10);

/// Says anew what is known of a reader, if it still is what `was` says: somebody else may have edited it meanwhile.
/// Returns whether anything was changed.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] where somebody else was quicker, or a field is too long.
pub async fn edit(
    store: &Store,
    actor: Actor,
    now: Moment,
    id: SubscriberId,
    (was, person): (&Person, &Person),
) -> Result<bool> {
    if person.fields().into_iter().flatten().any(|field| field.chars().count() > LONGEST) {
        return Err(Error::refused("a field has at most 200 characters", "每一项最多 200 个字。"));
    }
    let mut writing = store.write(actor, now).await?;
    let known = found(&mut writing, id).await?.person;
    if known == *person {
        return Ok(false);
    }
    if known != *was {
        return Err(Error::refused(
            "somebody else has changed this reader meanwhile; look at it again, then edit",
            "这位读者的资料刚刚被别人改过；请看过最新内容后再改。",
        ));
    }
    store::subscriber::set_person(&mut writing, id, person).await?;
    store::audit::note(&mut writing, "edit", "subscriber", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(true)
}

/// Notes that somebody looked at a reader: one line a visit.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn see(store: &Store, actor: Actor, now: Moment, id: SubscriberId) -> Result<()> {
    let since = now - VISIT;
    let mut reading = store.read().await?;
    found(&mut reading, id).await?;
    if store::audit::has_seen(&mut reading, &actor, id, since).await? {
        return Ok(());
    }
    drop(reading);
    let mut writing = store.write(actor, now).await?;
    store::audit::note(&mut writing, "see", "subscriber", Some(id.0), None).await?;
    Ok(writing.commit_quietly().await?)
}

async fn found(conn: &mut Connection, id: SubscriberId) -> Result<Subscriber> {
    store::subscriber::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "subscriber",
        name: id.to_string(),
        next: "`yizhan subscriber list PUB/LIST` shows them",
    })
}
