//! Publications: added and changed here.

use super::{Error, Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::id::PublicationId;
use crate::domain::moment::Moment;
use crate::domain::publication::{Changes, Profile, Slug};
use crate::store::{self, Store};

/// Adds a publication.
///
/// # Errors
/// [`Error::Refused`] when the short name is taken.
pub async fn add(store: &Store, actor: Actor, now: Moment, profile: &Profile) -> Result<PublicationId> {
    let mut writing = store.write(actor, now).await?;
    if store::publication::by_slug(&mut writing, &profile.slug).await?.is_some() {
        return Err(Error::refused(
            format!("there is a publication '{}' already; choose another short name", profile.slug),
            format!("已经有刊物使用短名“{}”；请换一个短名。", profile.slug),
        ));
    }
    let id = store::publication::insert(&mut writing, profile).await?;
    store::audit::note(&mut writing, "add", "publication", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(id)
}

/// Changes what makes a publication; returns it as it is now, and the words of what was changed. Editions that were
/// submitted before keep what they were frozen with.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] for a name without a letter.
pub async fn set(
    store: &Store,
    actor: Actor,
    now: Moment,
    slug: &Slug,
    changes: Changes,
) -> Result<(Profile, Vec<&'static str>)> {
    if changes.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Error::refused("a publication has a name; write it with --name", "刊物要有名称。"));
    }
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, slug).await?;
    let (profile, changed) = publication.profile.with(changes);
    if !changed.is_empty() {
        store::publication::update(&mut writing, publication.id, &profile).await?;
        let detail = Some(changed.join(", "));
        store::audit::note(&mut writing, "set", "publication", Some(publication.id.0), detail).await?;
        writing.commit().await?;
    }
    Ok((profile, changed))
}
