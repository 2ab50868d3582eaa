//! `yizhan dispatch …`

use super::context::Context;
use super::{edition, output, progress, station};
use crate::actions;
use crate::actions::dispatch::{Order, Resend};
use crate::domain::delivery::State;
use crate::domain::dispatch::{Dispatch as Row, LeftOut, Occasion, Phase, Resent, Tally, Wanted};
use crate::domain::id::{DispatchId, IssueId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::store;
use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use clap::Subcommand;
use serde_json::{Value, json};

/// Dispatches
#[derive(Debug, Subcommand)]
pub(super) enum Dispatch {
    /// Sends an issue to lists, submitting it when needed
    Start {
        /// The issue
        issue: IssueId,
        /// To which list; may be given several times
        #[arg(long, required = true)]
        to: Vec<ListPath>,
        /// When: 2026-12-01T09:00, in the publication's zone, or with an offset; at once without it
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Answer open questions by their defaults first
        #[arg(long)]
        defaults: bool,
        /// Send here if no service does, and end when the dispatch has closed
        #[arg(long)]
        wait: bool,
        /// Send a changed issue to readers who have it; its letters say that it is a correction, and why
        #[arg(long, requires = "why", group = "once_more")]
        correction: bool,
        /// Send it once more, as it is, to readers who have it
        #[arg(long, requires = "why", group = "once_more")]
        again: bool,
        /// Why it goes out once more; stands in the letters of a correction
        #[arg(long, value_name = "TEXT", requires = "once_more")]
        why: Option<String>,
    },
    /// Shows how a dispatch stands
    Show {
        /// The dispatch
        dispatch: DispatchId,
    },
    /// Holds a dispatch
    Pause {
        /// The dispatch
        dispatch: DispatchId,
    },
    /// Lets a held dispatch go on
    Resume {
        /// The dispatch
        dispatch: DispatchId,
    },
    /// Calls a dispatch off
    Cancel {
        /// The dispatch
        dispatch: DispatchId,
    },
    /// Writes once more to readers whom a dispatch did not reach: all of the three kinds, or those named
    Resend {
        /// The dispatch
        dispatch: DispatchId,
        /// Whose letter was refused
        #[arg(long)]
        failed: bool,
        /// Whose letter was put off until it expired
        #[arg(long)]
        expired: bool,
        /// Who was left to another dispatch of the issue, which ended without reaching them
        #[arg(long)]
        missed: bool,
        /// Why, for the audit
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// Only say how many that would be
        #[arg(long)]
        dry_run: bool,
    },
}

impl Dispatch {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (store, actor, now) = (&context.store, context.actor.clone(), context.clock.now());
        let dispatch = match self {
            Self::Start { issue, to, at, defaults, wait, correction, why, again: _ } => {
                let at = when(context, issue, at.as_deref()).await?;
                let occasion = occasion(correction, why);
                return start(context, Order { issue, lists: to, at, defaults, occasion }, wait).await;
            }
            Self::Resend { dispatch, failed, expired, missed, why, dry_run } => {
                let wanted = Wanted::of(failed, expired, missed);
                return resend(context, Resend { dispatch, wanted, why, dry_run }).await;
            }
            Self::Show { dispatch } => dispatch,
            Self::Pause { dispatch } => {
                actions::dispatch::pause(store, actor, now, dispatch).await?;
                dispatch
            }
            Self::Resume { dispatch } => {
                actions::dispatch::resume(store, actor, now, dispatch).await?;
                dispatch
            }
            Self::Cancel { dispatch } => {
                actions::dispatch::cancel(store, actor, now, dispatch).await?;
                dispatch
            }
        };
        show(context, dispatch).await
    }
}

fn occasion(correction: bool, why: Option<String>) -> Occasion {
    match why.map(|why| why.trim().to_owned()) {
        Some(why) if correction => Occasion::Correction(why),
        Some(why) => Occasion::Again(why),
        None => Occasion::First,
    }
}

/// Reads a time as people write it: with an offset, or in the publication's zone.
async fn when(context: &Context, issue: IssueId, text: Option<&str>) -> anyhow::Result<Option<Moment>> {
    let Some(text) = text else { return Ok(None) };
    let mut reading = context.store.read().await?;
    let issue = actions::issue::find(&mut reading, issue).await?;
    let zone = store::publication::find(&mut reading, issue.publication).await?.profile.zone;
    let at = moment(text, zone).ok_or_else(|| {
        anyhow::anyhow!("'{text}' is no time; write 2026-12-01T09:00 (in {zone}) or 2026-12-01T09:00:00+08:00")
    })?;
    Ok(Some(at))
}

fn moment(text: &str, zone: Tz) -> Option<Moment> {
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Some(Moment(exact.timestamp_millis()));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(Moment(local.and_local_timezone(zone).earliest()?.timestamp_millis()))
}

async fn start(context: &Context, order: Order, wait: bool) -> anyhow::Result<()> {
    if wait && context.settings.relay()?.is_none() && !actions::station::somebody_is_sending(&context.store)? {
        anyhow::bail!(
            "no relay is set, so --wait would wait for ever; set YIZHAN_RELAY=smtp://host:port or [relay] url, or leave --wait out"
        );
    }
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let started = actions::dispatch::start(&context.store, actor, now, &order).await?;
    edition::warn_of_size(context, started.edition).await?;
    if !wait {
        if context.json {
            output::json(
                &json!({ "dispatch": started.dispatch, "edition": started.edition, "audience": started.audience }),
            );
        } else if started.known {
            output::line(format!(
                "This issue has dispatch {} to these lists already; nothing was changed.",
                started.dispatch
            ));
        } else {
            output::line(format!(
                "Dispatch {} is planned; `yizhan serve` or `yizhan courier` sends it.",
                started.dispatch
            ));
        }
        return Ok(());
    }
    let mut sender = station::Sender::new(context);
    let waited = progress::until_over(context, &mut sender, started.dispatch).await;
    sender.stop().await?;
    waited?;
    show(context, started.dispatch).await
}

async fn resend(context: &Context, order: Resend) -> anyhow::Result<()> {
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let resent = actions::dispatch::resend(&context.store, actor, now, &order).await?;
    let (id, Resent { failed, expired, missed, stay }) = (order.dispatch, resent);
    let dispatch = actions::dispatch::find(&mut *context.store.read().await?, id).await?;
    if context.json {
        output::json(&json!({
            "dispatch": id, "failed": failed, "expired": expired, "missed": missed, "stay": stay,
            "audience": dispatch.audience, "state": dispatch.phase.word(), "dry_run": order.dry_run,
        }));
        return Ok(());
    }
    let readers = output::count(resent.sum(), "reader", "readers");
    let verb = if order.dry_run { "Would go" } else { "Goes" };
    output::line(format!("{verb} once more to {readers}: {failed} failed, {expired} expired, {missed} missed before."));
    if stay > 0 {
        let others = output::count(stay, "other", "others");
        output::line(format!("Not to {others}: suppressed, gone, or written to by another dispatch."));
    }
    if missed > 0 && !order.dry_run {
        output::line(format!("The audience of dispatch {id} is {} now.", dispatch.audience.unwrap_or_default()));
    }
    if dispatch.phase == Phase::Paused {
        output::line(format!("Dispatch {id} is paused; `yizhan dispatch resume {id}` lets it go on."));
    }
    Ok(())
}

/// Prints how a dispatch stands.
pub(super) async fn show(context: &Context, id: DispatchId) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let dispatch = actions::dispatch::find(&mut reading, id).await?;
    let tally = store::dispatch::tally(&mut reading, id).await?;
    if context.json {
        output::json(&tally_json(&dispatch, &tally));
        return Ok(());
    }
    let why = dispatch.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    output::line(format!("Dispatch {id} of issue {} is {}{why}.", dispatch.issue, dispatch.phase.word()));
    if let Some(because) = dispatch.occasion.because() {
        let what = dispatch.occasion.word();
        output::line(format!("Round {} ({what}), ordered by {}: {because}.", dispatch.round, dispatch.planned_by));
    }
    print_tally(&dispatch, &tally);
    for (why, n) in store::dispatch::left_out(&mut reading, id).await? {
        let reason = match LeftOut::from_word(&why) {
            Some(LeftOut::Left) => "had left before it opened",
            Some(LeftOut::Suppressed) => "suppressed before it opened",
            Some(LeftOut::Elsewhere) => "written to by another dispatch of this issue",
            Some(LeftOut::Missed) => "left to another dispatch of this issue, which ended without reaching them",
            None => &why,
        };
        output::line(format!("Left out: {n} {reason}."));
    }
    Ok(())
}

/// The tally as a table with its sum.
pub(super) fn print_tally(dispatch: &Row, tally: &Tally) {
    let audience = dispatch.audience.map_or_else(|| "not opened yet".to_owned(), |n| n.to_string());
    let head = ["audience", "queued", "claimed", "armed", "accepted", "failed", "expired", "skipped", "uncertain"];
    let mut row = [(); 9].map(|()| String::new());
    row[0] = audience;
    for (cell, state) in row[1..].iter_mut().zip(State::ALL) {
        *cell = tally.of(state).to_string();
    }
    output::table(head, [row]);
}

/// The tally as the contract has it.
pub(super) fn tally_json(dispatch: &Row, tally: &Tally) -> Value {
    let mut json = json!({
        "dispatch": dispatch.id, "state": dispatch.phase.word(), "audience": dispatch.audience,
        "edition": dispatch.edition, "issue": dispatch.issue, "why": dispatch.why,
        "round": dispatch.round, "occasion": dispatch.occasion.word(), "because": dispatch.occasion.because(),
        "planned_by": dispatch.planned_by,
    });
    for state in State::ALL {
        json[state.word()] = tally.of(state).into();
    }
    json
}
