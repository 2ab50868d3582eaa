//! Trial: test letters of an edition, queued here. They go the way of every letter, marked so that nobody takes one for
//! the issue (`compose::trial`).

use super::super::{Error, Result};
use super::{day_of, find, freeze_within};
use crate::domain::address::Mailbox;
use crate::domain::audit::Actor;
use crate::domain::id::{DeliveryId, EditionId, IssueId};
use crate::domain::moment::Moment;
use crate::store::{self, Store, Writing};

/// The most addresses that one order names.
pub const AT_ONCE: usize = 3;

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
    let trial = queue(&mut writing, id, to).await?;
    writing.commit().await?;
    Ok(trial)
}

/// Queues test letters of an issue as it is now, frozen where it is not yet; it is not submitted by that, so no schedule
/// takes it up and nobody is asked to approve it.
///
/// # Errors
/// [`Error::QuestionsOpen`], [`Error::Unprintable`], [`Error::Unknown`]; [`Error::Refused`] for no address or too many.
pub async fn try_issue(store: &Store, actor: Actor, now: Moment, id: IssueId, to: &[Mailbox]) -> Result<Vec<Trial>> {
    if to.is_empty() || to.len() > AT_ONCE {
        return Err(Error::refused(
            format!("a test letter goes to one to {AT_ONCE} addresses"),
            format!("测试信请填 1 到 {AT_ONCE} 个邮箱地址。"),
        ));
    }
    let mut writing = store.write(actor, now).await?;
    let edition = match store::issue::edition_of(&mut writing, id).await? {
        Some(edition) => edition,
        None => {
            let day = day_of(&mut writing, id).await?;
            freeze_within(&mut writing, id, day).await?
        }
    };
    let mut trials = Vec::with_capacity(to.len());
    for mailbox in to {
        trials.push(queue(&mut writing, edition, mailbox).await?);
    }
    writing.commit().await?;
    Ok(trials)
}

async fn queue(writing: &mut Writing, id: EditionId, to: &Mailbox) -> Result<Trial> {
    let edition = find(writing, id).await?;
    if let Some(delivery) = store::delivery::trial_under_way(writing, id, &to.address).await? {
        return Ok(Trial { delivery, known: true });
    }
    let delivery = store::delivery::insert_trial(writing, id, edition.issue, to).await?;
    store::audit::note(writing, "try", "edition", Some(id.0), Some(format!("delivery {delivery}"))).await?;
    Ok(Trial { delivery, known: false })
}
