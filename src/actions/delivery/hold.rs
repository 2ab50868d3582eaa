//! Hold: a turn pauses a dispatch by itself where going on would do harm: too many of its readers are unknown, the
//! relay refuses its sender, or no letter can be made of its edition. Each says why, and a person lets it go on.

use super::words;
use crate::actions::station::Sending;
use crate::actions::{Error, Result, notice};
use crate::domain::attempt::{Scope, Verdict};
use crate::domain::delivery::{Next, Outcome, Report};
use crate::domain::dispatch::Phase;
use crate::domain::id::DispatchId;
use crate::domain::moment::Moment;
use crate::domain::notice::Pause;
use crate::domain::valve::{Limit, Valve};
use crate::store::attempt::Tried;
use crate::store::delivery::{Claimed, Move};
use crate::store::{self, Writing};

/// A sender refused this often in a row needs a person (DELIVERY.md §3).
const SENDER_REFUSALS: u32 = 3;

/// Pauses the dispatch of a letter when too many of its readers turn out to be unknown, or when nobody's letter is
/// taken (DELIVERY.md §4). Counts in memory, so that a letter costs no statement.
pub(super) async fn valve(sending: &mut Sending, writing: &mut Writing, report: &Report) -> Result<()> {
    let (Some(dispatch), Outcome::Tried { attempt, verdict }) = (report.dispatch, &report.outcome) else {
        return Ok(());
    };
    let (_, valve) = sending.valves.entry(dispatch).or_default();
    valve.count(verdict);
    let (valve, limit) = (*valve, sending.rules.valve);
    let (why, pause) = if valve.closes(limit) {
        let pause = Pause::Unknown { failed: valve.failed, tried: valve.tried };
        (why_closed(dispatch, &valve, limit), pause)
    } else if valve.is_refused() {
        let (in_a_row, answer) = (valve.in_a_row, words(attempt));
        (why_refused(dispatch, in_a_row, &answer), Pause::Refused { in_a_row, answer })
    } else {
        return Ok(());
    };
    sending.valves.remove(&dispatch);
    if store::dispatch::shift(writing, dispatch, &[Phase::Open], Phase::Paused, Some(&why)).await? {
        let detail = format!("{} of {} failed, {} suppressed", valve.failed, valve.tried, valve.suppressed);
        store::audit::note(writing, "pause", "dispatch", Some(dispatch.0), Some(detail)).await?;
        notice::paused(writing, dispatch, pause).await?;
    }
    Ok(())
}

fn why_refused(dispatch: DispatchId, in_a_row: u32, words: &str) -> String {
    format!(
        "{in_a_row} letters in a row were refused, and none was taken between: {words}; correct the letter, the sender or the relay, then resume; `yizhan dispatch resend {dispatch} --failed` writes once more to those who were refused"
    )
}

fn why_closed(dispatch: DispatchId, valve: &Valve, limit: Limit) -> String {
    let Valve { tried, failed, suppressed, in_a_row: _ } = *valve;
    let undo = if suppressed == 0 {
        String::new()
    } else {
        format!(
            "; {suppressed} of them were suppressed: if wrongly, `yizhan subscriber restore ADDRESS` takes that back, and `yizhan dispatch resend {dispatch}` writes to them once more"
        )
    };
    format!(
        "{failed} of {tried} letters were refused because of the reader's address, more than {} %: look at `yizhan delivery log --dispatch {dispatch}`, correct the list, then resume{undo}",
        limit.percent
    )
}

/// Pauses the dispatches of a sender that was refused too often in a row.
pub(super) async fn refused_sender(sending: &mut Sending, writing: &mut Writing, report: &Report) -> Result<()> {
    let Outcome::Tried { attempt, verdict } = &report.outcome else { return Ok(()) };
    let sender = report.dispatch.and_then(|dispatch| sending.pacing.senders.get(&dispatch)).cloned();
    let Some(sender) = sender else { return Ok(()) };
    if !matches!(verdict, Verdict::Later { scope: Scope::Sender, .. }) {
        sending.sender_refusals.remove(&sender);
        return Ok(());
    }
    let refusals = sending.sender_refusals.entry(sender.clone()).or_default();
    *refusals += 1;
    if *refusals < SENDER_REFUSALS {
        return Ok(());
    }
    sending.sender_refusals.remove(&sender);
    let why = format!("the relay refuses the sender: {}; correct the sender or the relay, then resume", words(attempt));
    let theirs = sending.pacing.senders.iter().filter(|(_, known)| **known == sender);
    for dispatch in theirs.map(|(dispatch, _)| *dispatch) {
        if store::dispatch::shift(writing, dispatch, &[Phase::Open], Phase::Paused, Some(&why)).await? {
            store::audit::note(writing, "pause", "dispatch", Some(dispatch.0), Some("sender refused".into())).await?;
            notice::paused(writing, dispatch, Pause::Sender { answer: words(attempt) }).await?;
        }
    }
    Ok(())
}

/// Gives the rows of an edition that cannot be mailed back and pauses their dispatches; a trial or a notice has failed.
pub(super) async fn unfit(
    boot: i64,
    writing: &mut Writing,
    claimed: Vec<Claimed>,
    (why, now): (&Error, Moment),
) -> Result<()> {
    let outcome = Outcome::unmade(why, now);
    let Outcome::Tried { attempt, verdict } = &outcome else { return Ok(()) };
    let (mut moves, mut tried) = (Vec::new(), Vec::new());
    for Claimed { delivery, dispatch, .. } in claimed {
        let Some(dispatch) = dispatch else {
            let failed = Next::Failed { scope: Scope::Message, suppress: false };
            moves.push(Move::tried(delivery, &failed, now, words(attempt)));
            tried.push(Tried { delivery, attempt, verdict });
            continue;
        };
        moves.push(Move::given_back(delivery, now));
        let pause = Pause::Unfit { why: why.to_string() };
        let why = format!("its letters cannot be made: {why}");
        if store::dispatch::shift(writing, dispatch, &[Phase::Open], Phase::Paused, Some(&why)).await? {
            store::audit::note(writing, "pause", "dispatch", Some(dispatch.0), Some("edition unfit".into())).await?;
            notice::paused(writing, dispatch, pause).await?;
        }
    }
    store::delivery::record(writing, boot, &moves).await?;
    Ok(store::attempt::insert(writing, &tried).await?)
}
