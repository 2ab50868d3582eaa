//! Size: the verb by which an editor lets the letters of one issue have more HTML than Gmail shows, or takes that back.
//! Called by the preview and by cli.

use super::find;
use crate::actions::Result;
use crate::domain::audit::Actor;
use crate::domain::id::IssueId;
use crate::domain::issue::Contents;
use crate::domain::moment::Moment;
use crate::store::{self, Store};

/// Says whether an issue's letters may have any size; returns whether that is new. The limit of a whole letter stays.
///
/// # Errors
/// [`crate::actions::Error::Unknown`].
pub async fn set_any_size(store: &Store, actor: Actor, now: Moment, id: IssueId, any_size: bool) -> Result<bool> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, id).await?;
    if issue.contents.any_size == any_size {
        return Ok(false);
    }
    let contents = Contents { any_size, ..issue.contents };
    store::issue::save(&mut writing, id, &contents, &issue.flags).await?;
    let verb = if any_size { "allow any size" } else { "limit size" };
    store::audit::note(&mut writing, verb, "issue", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(true)
}
