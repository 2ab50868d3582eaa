//! Probe: goes to a relay and says hello, with no letter in hand: the same connection and the same session that
//! carry letters, so that what works here works there. Called by `check`.

use super::carry::{Ended, carry};
use super::desk::{Desk, Granted};
use super::relay::Link;
use crate::clock::Clock;
use std::time::Duration;
use tokio::sync::watch;

/// How long someone who waits at a terminal waits for one stage.
const PATIENCE: Duration = Duration::from_secs(15);

/// Connects, greets, takes leave. [`Ended::Finished`] means that the relay would take letters from here.
pub async fn probe(link: &Link, clock: &Clock) -> Ended {
    let mut link = link.clone();
    let deadlines = &mut link.deadlines;
    for stage in
        [&mut deadlines.connect, &mut deadlines.greeting, &mut deadlines.ehlo, &mut deadlines.tls, &mut deadlines.auth]
    {
        *stage = (*stage).min(PATIENCE);
    }
    let (desk, mut requests) = Desk::new(1);
    let (_going_on, stop) = watch::channel(false);
    let no_work = async {
        while let Some(request) = requests.recv().await {
            // A session that is gone asks for nothing.
            let _ = request.reply.send(Granted::default());
        }
    };
    let going = carry(&link, desk, clock.clone(), stop);
    let (ended, ()) = tokio::join!(going, no_work);
    ended
}
