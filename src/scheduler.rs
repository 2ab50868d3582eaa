//! Third floor: keeps the hours. Opens each dispatch when its hour has come, chunk by chunk. Runs only
//! beside a courier that holds the right to send.

use crate::actions;
use crate::clock::Clock;
use crate::store::{self, Store};
use tokio::sync::watch;

/// Opens dispatches at their hours until told to stop.
///
/// # Errors
/// Those of [`actions::dispatch::open`]; the process must then stop.
pub async fn keep(store: Store, clock: Clock, mut stop: watch::Receiver<bool>) -> actions::Result<()> {
    // Listen before looking, so that nothing slips in between.
    let mut ear = store.bell().ear();
    while !*stop.borrow() {
        ear.mark_unchanged();
        if actions::dispatch::open(&store, clock.now()).await? {
            continue;
        }
        let hour = store::dispatch::next_hour(&mut *store.read().await?).await?;
        let at_the_hour = async {
            match hour {
                Some(hour) => clock.sleep_until(hour).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = ear.changed() => {}
            () = at_the_hour => {}
            _ = stop.changed() => {}
        }
    }
    Ok(())
}
