//! Dispatches: planned, opened, paused and called off here.

mod rounds;

pub(super) use rounds::known as known_to;
use rounds::{Chosen, Ordered};

use super::issue::{Answer, again_for, answer_within};
use super::{Error, Result, edition, list};
use crate::domain::audit::{Actor, Reason};
use crate::domain::dispatch::{Dispatch, Occasion, Phase, Resent, Tally, Wanted};
use crate::domain::id::{DispatchId, EditionId, IssueId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::store::{self, Connection, Store, Writing, dispatch::Plan};
use std::time::Duration;

/// What an editor orders.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which issue.
    pub issue: IssueId,
    /// To whom.
    pub lists: Vec<ListPath>,
    /// When; none is at once.
    pub at: Option<Moment>,
    /// Answer open questions by their defaults first.
    pub defaults: bool,
    /// Whether it goes to readers who have it, and why.
    pub occasion: Occasion,
}

/// What a start led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The dispatch.
    pub dispatch: DispatchId,
    /// What it sends.
    pub edition: EditionId,
    /// How many readers were written down; none until it has opened.
    pub audience: Option<i64>,
    /// Whether it had been started before; then nothing was changed.
    pub known: bool,
}

/// An hour that is past by more than this was not meant.
const LATE: Duration = Duration::from_secs(60);

/// Plans a dispatch of an issue, submitting it when needed. The second start of the same issue to
/// the same lists finds the first. What was changed since goes to readers who have it as a correction only.
///
/// # Errors
/// [`Error::QuestionsOpen`], [`Error::ApprovalsMissing`], [`Error::Refused`] for a list of another
/// publication, an hour that has passed, or what [`rounds`] refuses, [`Error::Unprintable`], [`Error::Unknown`].
pub async fn start(store: &Store, actor: Actor, now: Moment, order: &Order) -> Result<Started> {
    let again = if order.defaults { again_for(store, order.issue, &Answer::Defaults).await? } else { None };
    let mut writing = store.write(actor, now).await?;
    let issue = super::issue::find(&mut writing, order.issue).await?;
    let lists = list::of_publication(&mut writing, issue.publication, &order.lists).await?;
    let at = order.at.unwrap_or(now);
    if order.occasion == Occasion::First
        && let Some(id) = rounds::known(&mut writing, order.issue, &lists).await?
    {
        return known(&mut writing, id).await;
    }
    let publication = store::publication::find(&mut writing, issue.publication).await?;
    if let Some(at) = order.at.filter(|at| now.since(*at) > LATE) {
        let at = at.rfc3339_in(publication.profile.zone);
        return Err(Error::refused(
            format!("{at} has passed; leave --at out to send at once, or name an hour to come"),
            "所选的时间已经过去；请选“现在”，或另选一个将来的时间。",
        ));
    }
    if order.defaults {
        answer_within(&mut writing, order.issue, &Answer::Defaults, again.as_ref()).await?;
    }
    let Chosen { edition, round } = match rounds::choose(&mut writing, order, &lists, at).await? {
        Ordered::New(chosen) => chosen,
        Ordered::Known(id) => return known(&mut writing, id).await,
    };
    if let Err(missing) =
        edition::approval::require_approval(&mut writing, edition, publication.profile.approvals).await
    {
        // The edition stays: it is what the reviewers are to say yes to. A program submits by a request of its own.
        if !writing.is_for_a_program() {
            edition::approval::put_forward(&mut writing, order.issue, (edition, at), false).await?;
            writing.commit().await?;
        }
        return Err(missing);
    }
    let plan = Plan { edition, issue: order.issue, lists, at, round, occasion: order.occasion.clone() };
    let dispatch = store::dispatch::insert(&mut writing, &plan).await?;
    let detail = (order.occasion != Occasion::First).then(|| format!("{}, round {round}", order.occasion.word()));
    store::audit::note(&mut writing, "plan", "dispatch", Some(dispatch.0), detail).await?;
    writing.commit().await?;
    Ok(Started { dispatch, edition, audience: None, known: false })
}

async fn known(conn: &mut Connection, id: DispatchId) -> Result<Started> {
    let first = find(conn, id).await?;
    Ok(Started { dispatch: id, edition: first.edition, audience: first.audience, known: true })
}

/// Writes down one more chunk of the audience of a dispatch whose hour has come. Returns whether
/// there may be more to do. Only who holds the fence calls this.
///
/// # Errors
/// [`Error::Store`].
pub async fn open(store: &Store, now: Moment) -> Result<bool> {
    if !any_to_open(store, now).await? {
        return Ok(false);
    }
    let mut writing = store.write(Actor::Station, now).await?;
    // Asked again inside: it may have been cancelled in between.
    let Some(id) = store::dispatch::to_open(&mut writing, now).await? else { return Ok(false) };
    store::dispatch::begin_opening(&mut writing, id).await?;
    let is_open = store::dispatch::open_chunk(&mut writing, id).await?;
    let mut audience = None;
    if is_open {
        note(&mut writing, "open", id).await?;
        audience = find(&mut writing, id).await?.audience;
    }
    writing.commit().await?;
    if is_open {
        tracing::info!(dispatch = id.0, audience, "dispatch {id} is open");
    }
    Ok(true)
}

/// Pauses a dispatch: nothing more of it is claimed or armed. Its reason, if one is given, stands beside it until it
/// goes on.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it is not open.
pub async fn pause(store: &Store, actor: Actor, now: Moment, id: DispatchId, why: Option<&Reason>) -> Result<()> {
    let why = why.map_or_else(|| format!("paused by {actor}"), |why| why.to_string());
    let mut writing = store.write(actor, now).await?;
    let moved = store::dispatch::shift(&mut writing, id, &[Phase::Open], Phase::Paused, Some(&why)).await?;
    finish(writing, id, "pause", moved).await
}

/// Lets a paused dispatch go on.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it is not paused.
pub async fn resume(store: &Store, actor: Actor, now: Moment, id: DispatchId) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let moved = store::dispatch::shift(&mut writing, id, &[Phase::Paused], Phase::Open, None).await?;
    finish(writing, id, "resume", moved).await
}

/// Calls a dispatch off: what is queued is skipped, what is in hand comes to its own end.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it is over.
pub async fn cancel(store: &Store, actor: Actor, now: Moment, id: DispatchId) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    let over = store::dispatch::cancel(&mut writing, id).await?;
    let moved = over.is_some();
    let others = others_over(&mut writing, id, over.unwrap_or_default()).await?;
    finish(writing, id, "cancel", moved).await?;
    tell_closed(&others);
    Ok(())
}

/// Tells who started them of dispatches that are over now, but for the one that somebody is at and sees.
pub(super) async fn others_over(
    writing: &mut Writing,
    but: DispatchId,
    mut over: Vec<(DispatchId, Tally)>,
) -> Result<Vec<(DispatchId, Tally)>> {
    over.retain(|(id, _)| *id != but);
    super::notice::over(writing, &over).await?;
    Ok(over)
}

/// What an operator asks of a resend.
#[derive(Clone, Debug)]
pub struct Resend {
    /// Of which dispatch.
    pub dispatch: DispatchId,
    /// Whom to write to.
    pub wanted: Wanted,
    /// Why, for the audit.
    pub why: Option<String>,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// Writes once more to readers whom a dispatch did not reach; one that has closed is open again. Who left or is
/// suppressed stays as they are.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it was cancelled or has not opened, or there is nobody to write to.
pub async fn resend(store: &Store, actor: Actor, now: Moment, order: &Resend) -> Result<Resent> {
    let id = order.dispatch;
    if order.why.as_ref().is_some_and(|why| why.contains('@')) {
        return Err(Error::refused(
            "the audit keeps no addresses; say with --why why, not to whom",
            "审计日志不记邮箱地址；原因里请只写为什么，不写给谁。",
        ));
    }
    let mut writing = store.write(actor, now).await?;
    let before = find(&mut writing, id).await?;
    refuse_resend(&before)?;
    let resent = store::dispatch::resendable(&mut writing, id, order.wanted).await?;
    if order.dry_run {
        return Ok(resent);
    }
    if resent.sum() == 0 {
        return Err(nobody_again(id, resent.stay > 0));
    }
    let moved = store::dispatch::resend(&mut writing, id, order.wanted).await?;
    debug_assert_eq!(moved, resent.sum(), "what is counted is what is moved");
    let Resent { failed, expired, missed, stay } = resent;
    let why = order.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let detail = format!("{failed} failed, {expired} expired, {missed} missed, {stay} stay{why}");
    store::audit::note(&mut writing, "resend", "dispatch", Some(id.0), Some(detail)).await?;
    writing.commit().await?;
    Ok(resent)
}

/// Nobody is to be written to once more; `stay` says whether somebody was not reached and may not be written to.
fn nobody_again(id: DispatchId, stay: bool) -> Error {
    let (why, chinese) = match stay {
        true => (
            ": who was not reached has left, is suppressed or is written to by another dispatch",
            "：没有寄到的人已退订、已停发，或由另一次投递寄送",
        ),
        false => ("", ""),
    };
    Error::refused(
        format!("dispatch {id} has nobody to write to once more{why}; `yizhan dispatch show {id}` tells how it stands"),
        format!("{id} 号投递任务没有可以补寄的人{chinese}。"),
    )
}

fn refuse_resend(dispatch: &Dispatch) -> Result<()> {
    let id = dispatch.id;
    match dispatch.phase {
        Phase::Open | Phase::Paused | Phase::Closed => Ok(()),
        Phase::Planned | Phase::Opening => Err(Error::refused(
            format!("dispatch {id} has not opened yet, so there is nobody to write to once more"),
            format!("{id} 号投递任务还没有开始，谈不上补寄。"),
        )),
        Phase::Cancelling | Phase::Cancelled => Err(Error::refused(
            format!(
                "dispatch {id} was cancelled, so nothing of it is sent again; `yizhan dispatch start {}` makes a new one",
                dispatch.issue
            ),
            format!("{id} 号投递任务已取消，不能补寄；请在这一期的“投递”页重新发起。"),
        )),
    }
}

/// Notes that somebody takes the delivery log of a dispatch along, with its readers' addresses.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_export(store: &Store, actor: Actor, now: Moment, id: DispatchId) -> Result<()> {
    let mut writing = store.write(actor, now).await?;
    note(&mut writing, "export", id).await?;
    Ok(writing.commit().await?)
}

async fn finish(mut writing: Writing, id: DispatchId, verb: &str, moved: bool) -> Result<()> {
    if !moved {
        let dispatch = find(&mut writing, id).await?;
        return Err(cannot(&mut writing, &dispatch, verb).await?);
    }
    note(&mut writing, verb, id).await?;
    writing.commit().await?;
    Ok(())
}

/// Why a dispatch cannot do that where it is, and what to do instead.
async fn cannot(conn: &mut Connection, dispatch: &Dispatch, verb: &str) -> Result<Error> {
    let (id, phase) = (dispatch.id, dispatch.phase);
    let (next, chinese) = match phase {
        Phase::Planned => {
            let publication = super::issue::find(conn, dispatch.issue).await?.publication;
            let zone = store::publication::find(conn, publication).await?.profile.zone;
            let next = format!(
                "it goes at {}: `yizhan dispatch cancel {id}` calls it off, or wait until it is open",
                dispatch.at.rfc3339_in(zone)
            );
            (next, "还没有到投递时间；要撤下它请按“取消投递”，或等开始后再操作")
        }
        Phase::Opening => {
            ("its readers are being written down: try again in a moment".to_owned(), "正在确定名单，请稍后再试")
        }
        Phase::Open => (show(id), "正在发出，不需要这样做"),
        Phase::Paused => (show(id), "已经暂停；要接着发请按“继续”"),
        Phase::Cancelling => (show(id), "正在取消，请等在途的信有了结果"),
        Phase::Closed => (show(id), "已经结束"),
        Phase::Cancelled => (show(id), "已经取消"),
    };
    Ok(Error::refused(
        format!("dispatch {id} is {}, so it cannot {verb}; {next}", phase.word()),
        format!("没有执行：{id} 号投递任务{chinese}。"),
    ))
}

fn show(id: DispatchId) -> String {
    format!("`yizhan dispatch show {id}` tells more")
}

/// Tells the log of dispatches that are over.
pub(super) fn tell_closed(closed: &[(DispatchId, Tally)]) {
    for (id, tally) in closed {
        let Tally { accepted, failed, expired, skipped, uncertain, .. } = *tally;
        tracing::info!(dispatch = id.0, accepted, failed, expired, skipped, uncertain, "dispatch {id} is over");
    }
}

async fn note(writing: &mut Writing, verb: &str, id: DispatchId) -> Result<()> {
    Ok(store::audit::note(writing, verb, "dispatch", Some(id.0), None).await?)
}

/// The dispatch with this id.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn find(conn: &mut Connection, id: DispatchId) -> Result<Dispatch> {
    store::dispatch::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "dispatch",
        name: id.to_string(),
        next: "`yizhan dispatch start ISSUE --to PUB/LIST` makes one",
    })
}

/// Whether the hour of a dispatch has come whose audience is not yet written down.
///
/// # Errors
/// [`Error::Store`].
pub async fn any_to_open(store: &Store, now: Moment) -> Result<bool> {
    Ok(store::dispatch::to_open(&mut *store.read().await?, now).await?.is_some())
}
