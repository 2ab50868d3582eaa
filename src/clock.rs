//! Clock: the one owner of "now" and of waiting. The system's, or one that a test winds by hand;
//! reading the time anywhere else is banned in clippy.toml. It has two readings: [`Clock::now`] is the
//! time of day, which may be set; [`Clock::steady`] only goes on, and is what spans are measured by.
//! Stands beside the floors: handed to whoever waits, known to no law.

use crate::domain::moment::Moment;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// How long a wait for a time of day lasts before the clock is looked at again.
const LOOKS_AGAIN: Duration = Duration::from_secs(60);

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

    /// A reading that no setting of the machine's clock moves; it counts from no moment in particular.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn steady(&self) -> Moment {
        static BEGAN: OnceLock<Instant> = OnceLock::new();
        match self {
            Self::System => {
                let span = BEGAN.get_or_init(Instant::now).elapsed();
                Moment(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Wound(hand) => *hand.borrow(),
        }
    }

    /// Waits until the time of day is `moment`. Looks again each minute: meanwhile the clock may have been
    /// set, or the machine asleep.
    pub async fn sleep_until(&self, moment: Moment) {
        loop {
            let left = match self {
                Self::System => moment.since(self.now()),
                Self::Wound(_) => return self.rest_until(moment).await,
            };
            if left.is_zero() {
                return;
            }
            self.rest_until(self.steady() + left.min(LOOKS_AGAIN)).await;
        }
    }

    /// Waits until the steady reading is `moment`.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that waits for the machine's clock")]
    pub async fn rest_until(&self, moment: Moment) {
        match self {
            Self::System => tokio::time::sleep(moment.since(self.steady())).await,
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
