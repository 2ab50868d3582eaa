//! Attach: the verbs by which an editor adds a file to an issue's letters and takes one off. Called by the page of facts
//! and by cli. The bytes stay where they are kept: an edition that was made with them is mailed with them.

use super::find;
use crate::actions::{Error, Result};
use crate::domain::attachment::{Attachment, FileName, LARGEST_TOGETHER, MOST, Unattachable, readable};
use crate::domain::audit::Actor;
use crate::domain::id::IssueId;
use crate::domain::issue::Contents;
use crate::domain::moment::Moment;
use crate::store::{self, Store};

/// Adds a file to an issue's letters, behind those that are there; returns it, and whether it is new.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] for what letters cannot carry; then nothing is kept.
pub async fn attach(
    store: &Store,
    actor: Actor,
    now: Moment,
    id: IssueId,
    (name, bytes): (&str, &[u8]),
) -> Result<(Attachment, bool)> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, id).await?;
    let own = Attachment::beside(&issue.contents.attachments, name, bytes).map_err(refused)?;
    if issue.contents.attachments.contains(&own) {
        return Ok((own, false));
    }
    store::asset::keep(&mut writing, bytes).await?;
    let mut contents = issue.contents;
    contents.attachments.push(own.clone());
    store::issue::save(&mut writing, id, &contents, &issue.flags).await?;
    let detail = format!("{} bytes: {}", own.size, own.name);
    store::audit::note(&mut writing, "attach", "issue", Some(id.0), Some(detail)).await?;
    writing.commit().await?;
    Ok((own, true))
}

/// Takes the file with this name off an issue's letters; returns whether there was one.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn detach(store: &Store, actor: Actor, now: Moment, id: IssueId, name: &str) -> Result<bool> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, id).await?;
    let name = FileName::of(name);
    let (gone, attachments): (Vec<_>, Vec<_>) =
        issue.contents.attachments.iter().cloned().partition(|file| Some(&file.name) == name.as_ref());
    let Some(gone) = gone.first() else { return Ok(false) };
    let contents = Contents { attachments, ..issue.contents };
    store::issue::save(&mut writing, id, &contents, &issue.flags).await?;
    let detail = format!("{} bytes: {}", gone.size, gone.name);
    store::audit::note(&mut writing, "detach", "issue", Some(id.0), Some(detail)).await?;
    writing.commit().await?;
    Ok(true)
}

/// Why a file is not attached.
fn refused(why: Unattachable) -> Error {
    let most = readable(LARGEST_TOGETHER);
    match why {
        Unattachable::Empty => Error::refused(
            "the file is empty, so nothing was attached; check that it was saved",
            "这个文件是空的，没有添加；请看看它是否已经保存好。",
        ),
        Unattachable::Nameless => Error::refused(
            "the file has no name that mail programs can show; rename it, or name it with --name",
            "这个文件没有可用的文件名，没有添加；请改名后再添加。",
        ),
        Unattachable::Kind(kind) => Error::refused(
            format!(
                "mail providers refuse letters with .{kind} files, so it was not attached; save it as .docx, .xlsx or .pdf, \
                 or put it where readers can fetch it and give the link in an article"
            ),
            format!(
                "各家邮箱都会拒收带 .{kind} 文件的信，没有添加；请另存为 .docx、.xlsx 或 .pdf，或放到网上，在文章里给出链接。"
            ),
        ),
        Unattachable::TooLarge(bytes) => Error::refused(
            format!(
                "the attachments would have {} together and may have {most}: many mailboxes refuse more; make the file smaller, or \
                 give a link in an article",
                readable(bytes)
            ),
            format!(
                "加上它，附件共有 {}，最多 {most}：再大许多邮箱会拒收，没有添加；请压缩文件，或放到网上，在文章里给出链接。",
                readable(bytes)
            ),
        ),
        Unattachable::TooMany => Error::refused(
            format!("an issue has {MOST} attachments at most; put several files into one .zip"),
            format!("一期最多 {MOST} 个附件，没有添加；可以把几个文件压缩成一个 .zip。"),
        ),
        Unattachable::NameTaken(name) => Error::refused(
            format!(
                "another file is attached as '{name}'; detach that one first, or give this one another name with --name"
            ),
            format!("已经有一个叫“{name}”的附件，内容不同，没有添加；请先移除原来的，或改名后再添加。"),
        ),
    }
}
