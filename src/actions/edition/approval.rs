//! Approval: an edition is put forward, and its reviewers say yes or no to it. What they say is bound to the edition;
//! of one that the issue has left behind nothing is taken.

use super::super::{Error, Result, notice, publication_named};
use super::to_print;
use crate::domain::account::Permission;
use crate::domain::approval::{Hindrance, Standing};
use crate::domain::audit::Actor;
use crate::domain::id::{EditionId, IssueId, PublicationId};
use crate::domain::moment::Moment;
use crate::domain::publication::{Profile, Slug};
use crate::store::{self, Connection, Store, Writing};

/// Notes that an edition was put forward, with what the issue says on that day, and tells its reviewers. One that was
/// put forward last already is noted once more where that is done `again`: the issue said something else in between.
pub(in crate::actions) async fn put_forward(
    writing: &mut Writing,
    issue: IssueId,
    (edition, day): (EditionId, Moment),
    again: bool,
) -> Result<()> {
    let (_, contents) = to_print(writing, issue, day).await?;
    match store::approval::submit(writing, issue, (edition, again), &contents).await? {
        Some(submission) => notice::review(writing, issue, edition, submission).await,
        None => Ok(()),
    }
}

/// What a reviewer says of an edition.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// It may go out; perhaps with a remark.
    Yes(Option<&'a str>),
    /// It may not, and why.
    No(&'a str),
}

/// Says yes to an edition. Saying it twice is saying it once.
///
/// # Errors
/// As [`answer`].
pub async fn approve(store: &Store, actor: Actor, now: Moment, id: EditionId) -> Result<()> {
    answer(store, actor, now, id, Answer::Yes(None)).await
}

/// Says no to an edition, and why.
///
/// # Errors
/// As [`answer`].
pub async fn send_back(store: &Store, actor: Actor, now: Moment, id: EditionId, why: &str) -> Result<()> {
    answer(store, actor, now, id, Answer::No(why)).await
}

/// Takes a reviewer's answer.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] for a no without a reason, for an edition that the issue has left behind,
/// and for a yes to what one put forward oneself, where the publication does not allow that.
pub async fn answer(store: &Store, actor: Actor, now: Moment, id: EditionId, answer: Answer<'_>) -> Result<()> {
    let (yes, why) = match answer {
        Answer::Yes(remark) => (true, remark.map(str::trim).filter(|remark| !remark.is_empty())),
        Answer::No(why) if why.trim().is_empty() => {
            return Err(Error::refused(
                "say with --why what the editor should change",
                "退回时请写明意见：请编辑改什么。",
            ));
        }
        Answer::No(why) => (false, Some(why.trim())),
    };
    let mut writing = store.write(actor, now).await?;
    let edition = super::find(&mut writing, id).await?;
    let publication = edition.publication;
    must_review(&mut writing, publication, id).await?;
    let case = store::approval::case(&mut writing, id).await?.ok_or(store::Error::Unreadable("edition"))?;
    match case.hindrance(&writing.actor.to_string(), yes) {
        // A second click; another reason for the same no is worth noting.
        Some(Hindrance::Said) if yes || case.answers.iter().any(|said| said.why.as_deref() == why) => return Ok(()),
        Some(Hindrance::Said) | None => {}
        Some(Hindrance::Stale) => return Err(stale(id)),
        Some(Hindrance::Own) => return Err(own(id)),
    }
    let said = store::approval::answer(&mut writing, id, yes, why).await?;
    if let Some(why) = why.filter(|_| !yes) {
        notice::declined(&mut writing, (edition.issue, &case), said, why).await?;
    }
    let verb = if yes { "approve" } else { "send back" };
    store::audit::note(&mut writing, verb, "edition", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(())
}

/// An approval is a person's: of an account that may approve at the publication.
async fn must_review(writing: &mut Writing, publication: PublicationId, id: EditionId) -> Result<()> {
    let reviewer = match writing.actor {
        Actor::Account(account) => store::account::find(writing, account).await?,
        Actor::Reader(_) | Actor::Stranger | Actor::Operator(_) | Actor::Station => None,
    };
    match reviewer {
        None => Err(Error::refused(
            format!(
                "an edition is reviewed by a person with an account; write `yizhan --as ACCOUNT edition approve {id}`, with the address of one that is an admin or a reviewer"
            ),
            "审阅要用有签发权的账号来做；请先登录。",
        )),
        Some(who) if who.is_closed || !who.rights.may_at(Permission::Approve, publication) => Err(Error::refused(
            format!(
                "this account may not review editions here; write `yizhan --as ACCOUNT edition approve {id}` with one that is an admin or a reviewer"
            ),
            "这个账号在本刊没有签发权；请由管理员或签发人来做。",
        )),
        Some(_) => Ok(()),
    }
}

fn stale(id: EditionId) -> Error {
    Error::refused(
        format!(
            "the issue has changed since edition {id} was made, so nothing was noted; submit it again and look at that"
        ),
        "这一期在送审之后又改过，这份定稿已经作废，没有记下任何意见；请编辑重新送审，再看新的定稿。",
    )
}

fn own(id: EditionId) -> Error {
    Error::refused(
        format!(
            "who put edition {id} forward does not approve it; somebody else does, with `yizhan --as ACCOUNT edition approve {id}`"
        ),
        "这份定稿是您自己送审的，须由别人签发。",
    )
}

/// Refuses an edition that too few reviewers have said yes to.
pub(in crate::actions) async fn require_approval(conn: &mut Connection, id: EditionId, needed: u8) -> Result<()> {
    let case = store::approval::case(conn, id).await?.ok_or(store::Error::Unreadable("edition"))?;
    // Which edition goes out is for who dispatches it to say: an earlier one may be sent once more.
    let case = crate::domain::approval::Case { is_current: true, needed, ..case };
    match case.standing() {
        Standing::Approved => Ok(()),
        Standing::Waiting(given, needed) => Err(Error::ApprovalsMissing { edition: id, given, needed }),
        Standing::Declined | Standing::Stale => Err(Error::refused(
            format!("edition {id} was sent back by a reviewer; change the issue and submit it again"),
            "这份定稿已被退回；请按意见修改这一期，再重新送审。",
        )),
    }
}

/// Says whether who puts an edition of a publication forward may approve it too.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn allow_own(store: &Store, actor: Actor, now: Moment, slug: &Slug, allowed: bool) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, slug).await?;
    let profile = Profile { own_approval: allowed, ..publication.profile };
    store::publication::update(&mut writing, publication.id, &profile).await?;
    let verb = if allowed { "allow own approval" } else { "forbid own approval" };
    store::audit::note(&mut writing, verb, "publication", Some(publication.id.0), None).await?;
    writing.commit().await?;
    Ok(())
}
