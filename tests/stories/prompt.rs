//! A word to a dispatch is heard within two seconds, whoever says it and whoever sends: told by another process
//! than the one that sends, judged by the relay's own record.

use crate::serving::Serving;
use crate::station::Station;
use std::time::Duration;
use yizhan::clock::Clock;
use yizhan::domain::id::DispatchId;
use yizhan::domain::moment::Moment;

const LETTERS: u32 = 3_000;
const WITHIN: Duration = Duration::from_secs(2);

/// Types a command; when it had returned.
fn tells(serving: &Serving, verb: &str, dispatch: DispatchId) -> Moment {
    serving.cli.prints(&["dispatch", verb, &dispatch.to_string()]);
    Clock::System.steady()
}

/// Once nothing is in hand any more, nothing can be armed: then the last letter that the relay has was the last.
async fn last_taken(station: &Station, dispatch: DispatchId) -> Moment {
    station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
    station.relay.record().last().unwrap().at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_a_resumption_and_a_cancellation_are_heard_within_two_seconds() {
    let station = Station::founded().await;
    station.relay.forgets_letters();
    let dispatch = station.dispatches_to(LETTERS).await;
    station.relay.is_slow();
    let serving = Serving::on(&station, 4, "");
    station.relay.waits_for(100).await;

    let told = tells(&serving, "pause", dispatch);
    let pause = last_taken(&station, dispatch).await.since(told);
    let taken = station.relay.record().len();
    assert!(taken < LETTERS as usize, "it was over before it could be paused");
    assert_eq!(station.tally(dispatch).await.accepted, taken as i64);

    let told = tells(&serving, "resume", dispatch);
    station.relay.waits_for(taken + 1).await;
    let resumption = station.relay.record()[taken].at.since(told);

    let told = tells(&serving, "cancel", dispatch);
    while station.phase(dispatch).await != "cancelled" {
        tokio::task::yield_now().await;
    }
    let cancellation = last_taken(&station, dispatch).await.since(told);
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted + tally.skipped, tally.sum()), (i64::from(LETTERS), i64::from(LETTERS)));
    assert!(tally.skipped > 0, "it was over before it could be called off");
    assert_eq!(tally.accepted, station.relay.record().len() as i64);
    eprintln!("heard after: pause {pause:?}, resumption {resumption:?}, cancellation {cancellation:?}");
    assert!([pause, resumption, cancellation].into_iter().all(|heard| heard <= WITHIN));
    serving.ends();
}
