//! Publications: added here.

use super::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::id::PublicationId;
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
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
