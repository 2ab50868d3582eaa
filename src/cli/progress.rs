//! Waiting for letters, with a bar on a terminal: the table is looked at, so the same bar shows work of
//! this process or another.

use super::context::Context;
use super::output;
use super::station::{Sender, Tended, told_to_stop};
use crate::actions;
use crate::courier::book;
use crate::domain::dispatch::{Dispatch, Phase, Tally};
use crate::domain::id::{DeliveryId, DispatchId};
use crate::store;
use crate::store::attempt::{Entry, Search};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// How often the table is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Waits until a dispatch is over, sending here when nobody else does. Without a terminal for the bar, what
/// stands in the way is said in a line of its own, once.
///
/// # Errors
/// When told to stop before, or when sending fails; without a terminal also when the dispatch is paused, for
/// nobody would see that it stands still.
pub(super) async fn until_over(context: &Context, sender: &mut Sender<'_>, id: DispatchId) -> anyhow::Result<()> {
    let bar = bar();
    let stopped = told_to_stop();
    tokio::pin!(stopped);
    let mut said = None;
    loop {
        let tended = sender.tend().await?;
        let mut reading = context.store.read().await?;
        let dispatch = actions::dispatch::find(&mut reading, id).await?;
        let tally = store::dispatch::tally(&mut reading, id).await?;
        drop(reading);
        draw(&bar, &dispatch, &tally, tended.words());
        if dispatch.phase.is_over() {
            bar.finish();
            return Ok(());
        }
        if bar.is_hidden() {
            if dispatch.phase == Phase::Paused {
                let why = dispatch.why.unwrap_or_default();
                anyhow::bail!("dispatch {id} is paused ({why}); `yizhan dispatch resume {id}` lets it go on");
            }
            let words = tended.words().map(str::to_owned);
            if words != said {
                words.iter().for_each(output::aside);
                said = words;
            }
        }
        tokio::select! {
            signal = &mut stopped => {
                signal?;
                bar.abandon();
                anyhow::bail!("stopped; dispatch {id} goes on with `yizhan serve` or `yizhan courier`");
            }
            () = context.clock.sleep_until(context.clock.now() + LOOK_EVERY) => {}
        }
    }
}

/// Waits until a delivery has been tried once or has ended.
///
/// # Errors
/// When told to stop before, or when sending fails or is hindered.
pub(super) async fn until_tried(context: &Context, sender: &mut Sender<'_>, id: DeliveryId) -> anyhow::Result<Entry> {
    let stopped = told_to_stop();
    tokio::pin!(stopped);
    let search = Search { delivery: Some(id), ..Search::default() };
    loop {
        let tended = sender.tend().await?;
        let found = store::attempt::log(&mut *context.store.read().await?, &search).await?.pop();
        let entry = found.ok_or_else(|| anyhow::anyhow!("delivery {id} is gone"))?;
        if !entry.attempts.is_empty() || entry.state == "skipped" {
            return Ok(entry);
        }
        // Once a session has it, its fate is told by its attempt.
        if let Tended::Sending(Some(why)) = tended
            && entry.state == "queued"
        {
            let why = book::without_again(&why.english);
            anyhow::bail!(
                "{why}; the test letter stays in the queue, and goes with the next `yizhan serve` or `yizhan courier`"
            );
        }
        tokio::select! {
            signal = &mut stopped => {
                signal?;
                anyhow::bail!("stopped; the test letter stays in the queue");
            }
            () = context.clock.sleep_until(context.clock.now() + LOOK_EVERY) => {}
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").expect("our own template is right");
    bar.set_style(style);
    bar
}

fn draw(bar: &ProgressBar, dispatch: &Dispatch, tally: &Tally, hindrance: Option<&str>) {
    bar.set_length(u64::try_from(dispatch.audience.unwrap_or(tally.sum())).unwrap_or(0));
    bar.set_position(u64::try_from(tally.settled()).unwrap_or(0));
    let mut words = format!("{}: {} accepted", dispatch.phase.word(), tally.accepted);
    for (count, what) in [
        (tally.failed, "failed"),
        (tally.expired, "expired"),
        (tally.skipped, "skipped"),
        (tally.uncertain, "uncertain"),
    ] {
        if count > 0 {
            words.push_str(&format!(", {count} {what}"));
        }
    }
    if let Some(why) = dispatch.why.as_deref().or(hindrance) {
        words.push_str(&format!(" · {why}"));
    }
    bar.set_message(words);
}
