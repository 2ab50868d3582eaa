//! `yizhan dispatch …`

use super::context::Context;
use super::{edition, output, progress, publication, station};
use crate::actions;
use crate::actions::dispatch::{Order, Resend};
use crate::domain::audit::Reason;
use crate::domain::delivery::State;
use crate::domain::dispatch::{LeftOut, Occasion, Phase, Resent, Wanted};
use crate::domain::id::{DispatchId, IssueId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::publication::Slug;
use crate::domain::quota::{Quota, Spent};
use crate::domain::relay::{Relay, relays_for};
use crate::store::dispatch::{Overview, Shown};
use crate::store::{self, Connection};
use crate::web::contract;
use clap::Subcommand;
use serde_json::json;

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
        /// When: 2026-12-01T09:00, in the publication's zone, or with an offset; at once without it. An hour that
        /// has passed is refused
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
    /// Lists the dispatches, the newest first
    List {
        /// Only of this publication
        #[arg(value_parser = publication::named)]
        publication: Option<Slug>,
    },
    /// Shows how a dispatch stands
    Show {
        /// The dispatch
        dispatch: DispatchId,
    },
    /// Pauses a dispatch
    Pause {
        /// The dispatch
        dispatch: DispatchId,
        /// Why, for whoever wonders
        #[arg(long, value_name = "TEXT")]
        why: Option<Reason>,
    },
    /// Lets a paused dispatch go on
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
            Self::List { publication } => return list(context, publication.as_ref()).await,
            Self::Show { dispatch } => dispatch,
            Self::Pause { dispatch, why } => {
                actions::dispatch::pause(store, actor, now, dispatch, why.as_ref()).await?;
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
    let at = Moment::written(text, zone).ok_or_else(|| {
        anyhow::anyhow!("'{text}' is no time; write 2026-12-01T09:00 (in {zone}) or 2026-12-01T09:00:00+08:00")
    })?;
    Ok(Some(at))
}

async fn start(context: &Context, order: Order, wait: bool) -> anyhow::Result<()> {
    if wait && context.settings.relays()?.is_empty() && !actions::station::somebody_is_sending(&context.store)? {
        anyhow::bail!(
            "no relay is set, so --wait would wait for ever; set YIZHAN_RELAY=smtp://host:port or [relay] url, or leave --wait out"
        );
    }
    let (actor, now) = (context.actor.clone(), context.clock.now());
    let started = actions::dispatch::start(&context.store, actor, now, &order).await?;
    edition::warn_of_size(context, started.edition).await?;
    if !started.known {
        tell_days(context, started.dispatch, &order.lists).await?;
    }
    let dispatch = overview(&mut *context.store.read().await?, started.dispatch).await?;
    if started.known {
        tell_known(&dispatch, &order, wait || context.json);
    }
    if !wait {
        if context.json {
            output::json(&contract::started(&started));
        } else if !started.known {
            output::line(format!(
                "Dispatch {} is planned for {}; `yizhan serve` or `yizhan courier` sends it.",
                dispatch.id,
                hour(&dispatch)
            ));
        }
        return Ok(());
    }
    let mut sender = station::Sender::new(context);
    let waited = progress::until_over(context, &mut sender, started.dispatch).await;
    sender.stop().await?;
    waited?;
    show(context, started.dispatch).await?;
    let mut reading = context.store.read().await?;
    let ended = overview(&mut reading, started.dispatch).await?;
    let failed = ended.tally.failed + ended.tally.expired;
    if ended.tally.accepted == 0 && ended.tally.uncertain == 0 && failed > 0 && ended.phase == Phase::Closed {
        return Err(none_accepted(failed, &store::dispatch::reasons(&mut reading, started.dispatch).await?));
    }
    Ok(())
}

/// `none of 50 was accepted: 50 × 554 5.7.1 Relay access denied`
pub(super) fn none_accepted(letters: i64, reasons: &[(String, i64)]) -> anyhow::Error {
    let reasons: Vec<_> = reasons.iter().map(in_words).collect();
    let letters = output::count(letters, "letter", "letters");
    anyhow::anyhow!("none of {letters} was accepted: {}", reasons.join("; "))
}

fn in_words((why, letters): &(String, i64)) -> String {
    format!("{letters} × {why}")
}

/// Says how many days a dispatch takes where the quotas of its sender's relays make it more than one: by what they
/// still take today, then by whole days.
async fn tell_days(context: &Context, dispatch: DispatchId, lists: &[ListPath]) -> anyhow::Result<()> {
    let relays: Vec<Relay> = context.settings.relays()?.into_iter().map(|address| address.relay).collect();
    let mut reading = context.store.read().await?;
    let sender = store::dispatch::sender(&mut reading, dispatch).await?;
    let takers = relays_for(&relays, Some(&sender));
    let quotas = takers.iter().map(|relay| relay.quota.a_day()).collect::<Option<Vec<u32>>>();
    let Some(a_day) = quotas.filter(|quotas| !quotas.is_empty()) else { return Ok(()) };
    let now = context.clock.now();
    let mut today = 0;
    let last_day = store::attempt::last_day(&mut reading, now).await?;
    for relay in takers {
        let mut spent = Spent::default();
        let theirs = last_day.iter().filter(|(name, ..)| *name == relay.name || name.is_empty());
        theirs.for_each(|(_, at, letters)| spent.add(*letters, *at));
        let a_day = Quota { per_hour: None, per_day: relay.quota.a_day() };
        today += spent.room(a_day, now).unwrap_or(0);
    }
    let mut readers = 0;
    for path in lists {
        let list = actions::list::named(&mut reading, path).await?;
        readers += store::list::readers(&mut reading, list.id).await?.active;
    }
    let quota = Quota { per_hour: None, per_day: Some(a_day.iter().sum()) };
    let days = quota.days(u64::try_from(readers).unwrap_or(0), today);
    if days > 1 {
        output::aside(format!(
            "The relays of {sender} take {} letters in 24 hours, and {today} more today, so up to {} go out over {days} \
             days; `yizhan dispatch cancel {dispatch}` calls that off.",
            a_day.iter().sum::<u32>(),
            output::count(readers, "reader", "readers")
        ));
    }
    Ok(())
}

/// Says what became of an order that had been given before. A script that gives it again hears nothing new.
fn tell_known(dispatch: &Overview, order: &Order, is_quiet: bool) {
    let (id, hour) = (dispatch.id, hour(dispatch));
    let is_planned = dispatch.phase == Phase::Planned;
    if is_planned && order.at.is_some_and(|at| at != dispatch.at) {
        output::aside(format!(
            "Dispatch {id} of this issue to these lists goes at {hour}, and that was not changed; to change its hour, \
             `yizhan dispatch cancel {id}` and start it anew."
        ));
    } else if dispatch.phase.is_over() {
        output::aside(format!(
            "This issue has gone out to these lists already, by dispatch {id}; nothing is sent again."
        ));
    } else if !is_quiet {
        let stands = if is_planned { format!("goes at {hour}") } else { format!("is {}", dispatch.phase.word()) };
        output::line(format!(
            "This issue has dispatch {id} to these lists already, which {stands}; nothing was changed."
        ));
    }
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
    let dispatch = overview(&mut reading, id).await?;
    let left_out = store::dispatch::left_out(&mut reading, id).await?;
    let reasons = store::dispatch::reasons(&mut reading, id).await?;
    let row = actions::dispatch::find(&mut reading, id).await?;
    if context.json {
        let more = contract::Dispatch { overview: &dispatch, row: &row, left_out: &left_out, reasons: &reasons };
        output::json(&more.whole());
        return Ok(());
    }
    output::line(sentence(&dispatch));
    if let Some(because) = row.occasion.because() {
        let (round, occasion, by) = (row.round, row.occasion.word(), &row.planned_by);
        output::line(format!("Round {round} ({occasion}), ordered by {by}: {because}."));
    }
    print_tally(&dispatch);
    reasons.iter().for_each(|reason| output::line(in_words(reason)));
    for (why, n) in left_out {
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

async fn overview(reading: &mut Connection, id: DispatchId) -> anyhow::Result<Overview> {
    // Asked first, for its words when there is none.
    actions::dispatch::find(reading, id).await?;
    store::dispatch::overview(reading, id).await?.ok_or_else(|| anyhow::anyhow!("dispatch {id} is gone"))
}

/// `Dispatch 3 of issue 2 (云泽科技观察 2026年第11期) to ref/all is planned: it goes at ….`
fn sentence(dispatch: &Overview) -> String {
    let Overview { id, issue, publication, label, phase, .. } = dispatch;
    let label = label.as_ref().map(|label| format!(" {label}")).unwrap_or_default();
    let why = dispatch.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let hour = match phase {
        Phase::Planned => format!(": it goes at {}", hour(dispatch)),
        Phase::Opening | Phase::Open | Phase::Paused | Phase::Cancelling | Phase::Closed | Phase::Cancelled => {
            format!("; its hour was {}", hour(dispatch))
        }
    };
    format!(
        "Dispatch {id} of issue {issue} ({publication}{label}) to {} is {}{why}{hour}.",
        dispatch.paths.join(", "),
        phase.word()
    )
}

fn hour(dispatch: &Overview) -> String {
    dispatch.at.rfc3339_in(dispatch.zone)
}

async fn list(context: &Context, only: Option<&Slug>) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let only = match only {
        Some(slug) => Some(vec![actions::publication_named(&mut reading, slug).await?.id]),
        None => None,
    };
    let shown = Shown { only, ..Shown::default() };
    let mut rows = Vec::new();
    for dispatch in store::dispatch::overviews(&mut reading, &shown).await? {
        if context.json {
            output::json(&contract::dispatch(&dispatch));
        }
        rows.push([
            dispatch.id.to_string(),
            format!("{} ({})", dispatch.issue, dispatch.label.as_deref().unwrap_or("no label")),
            hour(&dispatch),
            dispatch.paths.join(" "),
            dispatch.phase.word().to_owned(),
            dispatch.audience.map(|n| n.to_string()).unwrap_or_default(),
            dispatch.tally.accepted.to_string(),
        ]);
    }
    let none = "There is no dispatch; `yizhan dispatch start ISSUE --to PUB/LIST` makes one.";
    let head = ["dispatch", "issue", "hour", "lists", "state", "audience", "accepted"];
    output::rows(context.json, head, rows, none);
    Ok(())
}

/// The tally as a table with its sum.
fn print_tally(dispatch: &Overview) {
    let audience = dispatch.audience.map_or_else(|| "not opened yet".to_owned(), |n| n.to_string());
    let head = ["audience", "queued", "claimed", "armed", "accepted", "failed", "expired", "skipped", "uncertain"];
    let mut row = [(); 9].map(|()| String::new());
    row[0] = audience;
    for (cell, state) in row[1..].iter_mut().zip(State::ALL) {
        *cell = dispatch.tally.of(state).to_string();
    }
    output::table(head, [row]);
}
