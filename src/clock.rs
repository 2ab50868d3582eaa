//! Clock: the one owner of "now" and of waiting. The system's, or one that a test winds by hand;
//! reading the time anywhere else is banned in clippy.toml. Stands beside the floors: handed to
//! whoever waits, known to no law.

use crate::domain::moment::Moment;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Tells the time and waits for it.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that stands still until [`Clock::wind`] moves it.
    Wound(Arc<watch::Sender<Moment>>),
}

impl Clock {
    /// A clock that stands at `moment`.
    pub fn wound(moment: Moment) -> Self {
        Self::Wound(Arc::new(watch::Sender::new(moment)))
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Wound(hand) => *hand.borrow(),
        }
    }

    /// Waits until `moment` has come.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that waits for the machine's clock")]
    pub async fn sleep_until(&self, moment: Moment) {
        match self {
            Self::System => tokio::time::sleep(moment.since(self.now())).await,
            Self::Wound(hand) => {
                // The sender lives as long as this clock, so waiting can only end well.
                let _ = hand.subscribe().wait_for(|now| *now >= moment).await;
            }
        }
    }

    /// Moves a hand-wound clock forward; the system's cannot be moved.
    pub fn wind(&self, by: Duration) {
        if let Self::Wound(hand) = self {
            hand.send_modify(|now| *now = *now + by);
        }
    }
}
