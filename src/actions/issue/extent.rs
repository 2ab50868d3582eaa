//! Extent: the verb by which an editor lets the letters of one issue be summaries, or whole, whatever the publication
//! says. Called by the preview and by cli.

use super::find;
use crate::actions::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::extent::Extent;
use crate::domain::id::IssueId;
use crate::domain::issue::Contents;
use crate::domain::moment::Moment;
use crate::store::{self, Connection, Store};

/// Says how much of an issue its letters hold, none for as much as the publication says; returns whether that is new.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] for summaries where there is no page on which to read the whole.
pub async fn set_extent(store: &Store, actor: Actor, now: Moment, id: IssueId, extent: Option<Extent>) -> Result<bool> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, id).await?;
    if issue.contents.extent == extent {
        return Ok(false);
    }
    may_be(&mut writing, extent.unwrap_or_default()).await?;
    let contents = Contents { extent, ..issue.contents };
    store::issue::save(&mut writing, id, &contents, &issue.flags).await?;
    let verb = match extent {
        Some(Extent::Full) => "mail in full",
        Some(Extent::Summary) => "mail summaries",
        None => "mail as set",
    };
    store::audit::note(&mut writing, verb, "issue", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(true)
}

/// Refuses summaries without a page that they could lead to.
pub(in crate::actions) async fn may_be(conn: &mut Connection, extent: Extent) -> Result<()> {
    if extent == Extent::Full || store::station::has_pages(conn).await? {
        return Ok(());
    }
    Err(Error::refused(
        "a summary leads to the page on which the whole issue stands, and there is none; set [web] base_url to where readers reach this \
         station, and let `yizhan serve` run",
        "摘要要链接到能看全文的网页，而本站还没有这样的网页；请管理员在设置文件的 [web] 里填写 base_url（读者能打开的网址），并重新启动服务。",
    ))
}
