//! Rounds: whether an issue goes to readers for the first time or once more, and in which edition. A person says
//! which; what they say is held against what went out before, so that nobody gets an issue twice unawares and no
//! change goes out unmarked.

use super::super::{Error, Result, edition};
use super::{Order, find};
use crate::domain::dispatch::{Occasion, Phase};
use crate::domain::id::{DispatchId, EditionId, IssueId, ListId};
use crate::domain::moment::Moment;
use crate::store::dispatch::Last;
use crate::store::{self, Writing};

/// What an order comes to.
pub(super) enum Ordered {
    /// It is new.
    New(Chosen),
    /// It was given before, and has this dispatch.
    Known(DispatchId),
}

/// What goes out, and which time it is.
pub(super) struct Chosen {
    pub(super) edition: EditionId,
    pub(super) round: i64,
}

/// The dispatch that a plain start finds, if the issue has gone to these lists and nothing was changed since.
///
/// # Errors
/// [`Error::Refused`] when what would go is a change of what these lists have had: a correction says so.
pub(in crate::actions) async fn known(
    writing: &mut Writing,
    id: IssueId,
    lists: &[ListId],
) -> Result<Option<DispatchId>> {
    let Some(last) = store::dispatch::last(writing, id, lists).await? else { return Ok(None) };
    if last.issue != id {
        // The same number, brought as another document: its readers have it.
        return Err(changed(writing, id, &last).await?);
    }
    let dispatch = find(writing, last.dispatch).await?;
    let first = match store::dispatch::of_issue(writing, id, lists).await? {
        Some(first) => first,
        // Whoever brought a corrected document sent it as a correction from the first.
        None if dispatch.round > 0 && dispatch.lists == lists => last.dispatch,
        None => return Ok(None),
    };
    if is_unchanged(writing, id, &last).await? { Ok(Some(first)) } else { Err(changed(writing, id, &last).await?) }
}

/// The edition and the round of an order.
///
/// # Errors
/// [`Error::Refused`] when there is nothing to correct or to repeat, when the reason is none, or when the last
/// round has not ended; otherwise as [`edition::submit_within`].
pub(super) async fn choose(writing: &mut Writing, order: &Order, lists: &[ListId], at: Moment) -> Result<Ordered> {
    let id = order.issue;
    let Some(reason) = order.occasion.because() else {
        return Ok(Ordered::New(Chosen { edition: edition::submit_within(writing, id, at).await?, round: 0 }));
    };
    if !order.occasion.is_well_founded() {
        let longest = Occasion::LONGEST_REASON;
        return Err(Error::refused(
            format!("say with --why, in one line of up to {longest} characters, what is the reason"),
            format!("请写明原因：一行，最多 {longest} 个字。"),
        ));
    }
    let flag = order.occasion.word();
    let last = store::dispatch::last(writing, id, lists).await?.ok_or_else(|| {
        Error::refused(
            format!("issue {id} has not gone out to these lists; start it without --{flag}"),
            "这一期还没有寄给这些名单，请按首次投递发起。",
        )
    })?;
    // What its dispatch dates keeps the day of the first.
    let day = store::dispatch::first_hour(writing, id).await?.unwrap_or(at);
    let words = edition::submit_within(writing, id, day).await?;
    let like = store::dispatch::like(writing, (id, words), lists, &order.occasion).await?;
    if let Some(same) = like.and_then(|like| like.same) {
        return Ok(Ordered::Known(same));
    }
    let is_changed = last.issue != id || last.words != words;
    let edition = match (&order.occasion, is_changed || like.is_some()) {
        (Occasion::Again(_), _) if is_changed => return Err(changed(writing, id, &last).await?),
        (Occasion::Again(_) | Occasion::First, _) => find(writing, last.dispatch).await?.edition,
        (Occasion::Correction(_), false) => {
            return Err(nothing_to_correct(id, last.dispatch));
        }
        (Occasion::Correction(_), true) => edition::mark_within(writing, id, (words, day), reason).await?,
    };
    let round = match like {
        Some(like) => like.round,
        None => {
            wait_for(writing, &last).await?;
            store::dispatch::next_round(writing, id).await?
        }
    };
    Ok(Ordered::New(Chosen { edition, round }))
}

fn nothing_to_correct(id: IssueId, last: DispatchId) -> Error {
    Error::refused(
        format!(
            "issue {id} was not changed since dispatch {last} sent it, so there is nothing to correct; --again sends it once more as it is"
        ),
        format!("{last} 号投递任务寄出后，这一期没有改动，没有可更正的内容；要原样再寄一次，请选“原样再寄一次”。"),
    )
}

/// Whether an issue says what its readers have. Printed anew where it was submitted since.
async fn is_unchanged(writing: &mut Writing, id: IssueId, last: &Last) -> Result<bool> {
    if store::issue::edition_of(writing, id).await? == Some(last.words) {
        return Ok(true);
    }
    let day = store::dispatch::first_hour(writing, id).await?.unwrap_or(writing.now);
    Ok(edition::submit_within(writing, id, day).await? == last.words)
}

/// Nothing more of the last round may go out after this one: the later letter must be the later word.
async fn wait_for(writing: &mut Writing, last: &Last) -> Result<()> {
    let dispatch = find(writing, last.dispatch).await?;
    if dispatch.phase.is_over() {
        return Ok(());
    }
    Err(Error::refused(
        format!(
            "dispatch {0} is still {1}: wait until it has closed, or call it off with `yizhan dispatch cancel {0}`; then start again",
            dispatch.id,
            dispatch.phase.word()
        ),
        format!("{} 号投递任务还没有结束；请等它结束或先取消它，再发起这一次。", dispatch.id),
    ))
}

/// Why a start that does not say so may not send what its readers have otherwise.
async fn changed(writing: &mut Writing, id: IssueId, last: &Last) -> Result<Error> {
    let dispatch = find(writing, last.dispatch).await?;
    let nth = dispatch.id;
    let (what, chinese) = if last.issue == id {
        (
            format!("issue {id} was changed since dispatch {nth} was ordered to readers of these lists"),
            format!("{nth} 号投递任务发起之后，这一期又改过"),
        )
    } else {
        (
            format!(
                "issue {id} is the same number as issue {}, which dispatch {nth} brings to readers of these lists",
                last.issue
            ),
            format!("同一期号的另一份稿子已由 {nth} 号投递任务寄给这些名单"),
        )
    };
    Ok(match dispatch.phase {
        Phase::Planned => Error::refused(
            format!(
                "{what}; nobody has it yet: call that off with `yizhan dispatch cancel {nth}`, then start this one"
            ),
            format!("{chinese}；还没有人收到：请先取消 {nth} 号投递任务，再发起这一次。"),
        ),
        Phase::Opening | Phase::Open | Phase::Paused | Phase::Cancelling | Phase::Closed | Phase::Cancelled => {
            Error::refused(
                format!(
                    "{what}; it goes to them as a correction, which says so: `yizhan dispatch start {id} --to PUB/LIST --correction --why TEXT`"
                ),
                format!("{chinese}；再寄须注明更正：请选“更正”，并写明原因。"),
            )
        }
    })
}
