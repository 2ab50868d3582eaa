//! Third floor: keeps the hours. Fires the schedules, reminds of them, opens each dispatch when its hour has come, chunk by
//! chunk, and looks after the inbox. Runs only beside a courier that holds the right to send.

pub mod inbox;

use crate::actions;
use crate::clock::Clock;
use crate::domain::moment::Moment;
use crate::store::{self, Store};
use inbox::Inbox;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;

/// Nobody sleeps longer, so that a clock that was set is seen.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What is kept for a day only goes once in so long.
const PRUNED_EVERY: Duration = Duration::from_hours(1);

/// How the hours are kept.
#[derive(Clone, Debug)]
pub struct Hours {
    /// How late the hour of a schedule may fire, where the schedule itself does not say.
    pub grace: Duration,
    /// How long before an hour the editors are reminded where nothing is ready for it; zero is never.
    pub remind: Duration,
    /// The folder that documents are dropped into.
    pub inbox: PathBuf,
}

/// Keeps the hours until told to stop.
///
/// # Errors
/// Those of the database; the process must then stop.
pub async fn keep(store: Store, clock: Clock, hours: Hours, mut stop: watch::Receiver<bool>) -> actions::Result<()> {
    let Hours { grace, remind, inbox } = hours;
    let mut inbox = Inbox::of(&store, inbox);
    // Listen before looking, so that nothing slips in between.
    let mut ear = store.bell().ear();
    let mut pruned = clock.now();
    while !*stop.borrow() {
        ear.mark_unchanged();
        let now = clock.now();
        if actions::schedule::fire(&store, now, grace).await?
            || actions::dispatch::open(&store, now).await?
            || actions::schedule::remind(&store, now, remind).await?
        {
            continue;
        }
        if now.since(pruned) >= PRUNED_EVERY {
            actions::idempotency::prune(&store, now).await?;
            pruned = now;
        }
        let look_again = inbox.look(now).await?;
        let wake = next_hour(&store, now, remind).await?.unwrap_or(look_again).min(look_again).min(now + LONGEST_SLEEP);
        tokio::select! {
            _ = ear.changed() => {}
            () = clock.sleep_until(wake) => {}
            _ = stop.changed() => {}
        }
    }
    Ok(())
}

async fn next_hour(store: &Store, now: Moment, remind: Duration) -> actions::Result<Option<Moment>> {
    let mut reading = store.read().await?;
    let dispatch = store::dispatch::next_hour(&mut reading).await?;
    let look = actions::schedule::next_look_ahead(&mut reading, now, remind).await?;
    Ok([actions::schedule::next_hour(&mut reading).await?, dispatch, look].into_iter().flatten().min())
}
