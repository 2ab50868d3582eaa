//! Editions: submitted, approved, sent back and tried out here.

use super::{Error, Result, issue, schedule};
use crate::compose;
use crate::domain::address::Mailbox;
use crate::domain::audit::Actor;
use crate::domain::edition::{Edition, Print, is_approved};
use crate::domain::id::{DeliveryId, EditionId, IssueId};
use crate::domain::issue::{Contents, Dating};
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::store::{self, Connection, Store, Writing};

/// Freezes an issue as it is now into an edition. Submitting it unchanged finds the same edition. Where it is
/// dated by its dispatch, it gets the day of the next hour of its schedule, or today's without one.
///
/// # Errors
/// [`Error::QuestionsOpen`], [`Error::Unprintable`], [`Error::Unknown`].
pub async fn submit(store: &Store, actor: Actor, now: Moment, id: IssueId) -> Result<EditionId> {
    let mut writing = store.write(actor, now).await?;
    let publication = issue::find(&mut writing, id).await?.publication;
    let publication = store::publication::find(&mut writing, publication).await?;
    let day = schedule::day_of_dispatch(&mut writing, &publication, now).await?;
    let edition = submit_within(&mut writing, id, day).await?;
    writing.commit().await?;
    Ok(edition)
}

/// The same inside a transaction that does more. `day` is the moment whose day dates an issue that
/// is dated by its dispatch.
pub(super) async fn submit_within(writing: &mut Writing, id: IssueId, day: Moment) -> Result<EditionId> {
    let (profile, contents) = to_print(writing, id, day).await?;
    let print = compose::print(&profile, &contents)?;
    let edition = freeze(writing, id, &print, None).await?;
    store::issue::is_held_by(writing, id, edition).await?;
    Ok(edition)
}

/// Freezes an issue with the mark of a correction and its reason. It is not what the issue says now: a schedule
/// sends that one, to whom the issue is new. `words` is the edition of the same day without the mark.
pub(super) async fn mark_within(
    writing: &mut Writing,
    id: IssueId,
    (words, day): (EditionId, Moment),
    reason: &str,
) -> Result<EditionId> {
    let (profile, contents) = to_print(writing, id, day).await?;
    let print = compose::print_correction(&profile, &contents, reason)?;
    freeze(writing, id, &print, Some(words)).await
}

/// An issue that may be printed, dated.
async fn to_print(writing: &mut Writing, id: IssueId, day: Moment) -> Result<(Profile, Contents)> {
    let issue = issue::find(writing, id).await?;
    let open: Vec<_> = issue.flags.iter().filter(|flag| flag.is_open()).cloned().collect();
    if !open.is_empty() {
        return Err(Error::QuestionsOpen { issue: id, open });
    }
    let profile = store::publication::find(writing, issue.publication).await?.profile;
    let mut contents = issue.contents;
    if contents.published_on == Dating::DispatchDay {
        contents.published_on = Dating::On(day.day_in(profile.zone));
    }
    Ok((profile, contents))
}

async fn freeze(writing: &mut Writing, id: IssueId, print: &Print, unmarked: Option<EditionId>) -> Result<EditionId> {
    // Fails closed here, in front of the editor, and not in front of the relay.
    compose::Stationery::new(print, EditionId(0), &print.digest())?;
    let edition = store::edition::insert(writing, id, print, unmarked).await?;
    store::audit::note(writing, "submit", "edition", Some(edition.0), Some(format!("issue {id}"))).await?;
    Ok(edition)
}

/// Says yes to an edition.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn approve(store: &Store, actor: Actor, now: Moment, id: EditionId) -> Result<()> {
    answer(store, actor, now, id, None).await
}

/// Says no to an edition, and why.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Refused`] when no reason is given.
pub async fn send_back(store: &Store, actor: Actor, now: Moment, id: EditionId, why: &str) -> Result<()> {
    if why.trim().is_empty() {
        return Err(Error::refused("say with --why what the editor should change", "退回时请写明意见：请编辑改什么。"));
    }
    answer(store, actor, now, id, Some(why)).await
}

async fn answer(store: &Store, actor: Actor, now: Moment, id: EditionId, no_because: Option<&str>) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    find(&mut writing, id).await?;
    store::edition::answer(&mut writing, id, no_because).await?;
    let verb = if no_because.is_some() { "send back" } else { "approve" };
    store::audit::note(&mut writing, verb, "edition", Some(id.0), None).await?;
    writing.commit().await?;
    Ok(())
}

/// What asking for a test letter led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The letter.
    pub delivery: DeliveryId,
    /// Whether it was on its way already; then nothing was changed.
    pub known: bool,
}

/// Queues a test letter of an edition to an address; one that is on its way already is found again.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn try_out(store: &Store, actor: Actor, now: Moment, id: EditionId, to: &Mailbox) -> Result<Trial> {
    let mut writing = store.write(actor, now).await?;
    let edition = find(&mut writing, id).await?;
    if let Some(delivery) = store::delivery::trial_under_way(&mut writing, id, &to.address).await? {
        return Ok(Trial { delivery, known: true });
    }
    let delivery = store::delivery::insert_trial(&mut writing, id, edition.issue, to).await?;
    store::audit::note(&mut writing, "try", "edition", Some(id.0), Some(format!("delivery {delivery}"))).await?;
    writing.commit().await?;
    Ok(Trial { delivery, known: false })
}

/// Refuses an edition that too few reviewers have said yes to.
pub(super) async fn require_approval(conn: &mut Connection, id: EditionId, needed: u8) -> Result<()> {
    let answers = store::edition::answers(conn, id).await?;
    if answers.iter().any(|(_, yes)| !yes) {
        return Err(Error::refused(
            format!("edition {id} was sent back by a reviewer; change the issue and submit it again"),
            format!("{id} 号定稿已被退回；请按意见修改这一期，再重新送审。"),
        ));
    }
    if is_approved(needed, &answers) {
        Ok(())
    } else {
        Err(Error::ApprovalsMissing { edition: id, given: answers.len(), needed })
    }
}

/// The edition with this id.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn find(conn: &mut Connection, id: EditionId) -> Result<Edition> {
    store::edition::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "edition",
        name: id.to_string(),
        next: "`yizhan edition submit ISSUE` makes one",
    })
}
