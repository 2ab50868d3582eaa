//! A bad day is not the readers' fault: a relay that is down harms nobody, costs no attempt, and
//! sending goes on by itself when it is back.

use crate::relay::{Behaviour, Relay};
use crate::serving::Serving;
use crate::station::{Station, reader};
use std::time::Duration;
use yizhan::clock::Clock;
use yizhan::domain::attempt::Stage;
use yizhan::domain::id::DispatchId;
use yizhan::domain::moment::Moment;

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_down_costs_no_attempt_and_sending_goes_on_when_it_is_back() {
    let mut station = Station::founded().await;
    station.relay.down().await;
    let dispatch = station.dispatches_to(50).await;
    station.works().await;
    while station.hindrance().is_none_or(|why| !why.contains("trying again")) {
        tokio::task::yield_now().await;
    }
    assert_eq!(station.tally(dispatch).await.queued, 50);
    station.relay.up();
    station.waits(Duration::from_secs(31));
    assert_eq!(station.until_closed(dispatch).await.accepted, 50);
    for entry in station.log(dispatch).await {
        assert_eq!(entry.attempts.len(), 1, "{}", entry.address);
    }
    assert_eq!(station.hindrance(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_goes_down_in_the_middle_loses_nobody() {
    let mut station = Station::founded().await;
    let dispatch = station.dispatches_to(400).await;
    station.works().await;
    station.relay.waits_for(100).await;
    station.relay.down().await;
    station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
    station.relay.up();
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(31)).await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted + tally.uncertain, tally.sum()), (400, 400));
    assert!(tally.uncertain <= 10, "at most one a connection: {}", tally.uncertain);
    assert!(station.log(dispatch).await.iter().all(|e| e.attempts.iter().filter(|line| line.counted).count() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_closes_for_maintenance_gets_its_letters_later() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.relay.will_at_connection(|nth| {
        if nth <= 5 {
            Behaviour::Answer(Stage::Greeting, "421 4.3.2 closing for maintenance".into())
        } else {
            Behaviour::Accept
        }
    });
    let dispatch = station.dispatches_to(20).await;
    station.works().await;
    while station.hindrance().is_none_or(|why| !why.contains("trying again")) {
        assert_ne!(station.phase(dispatch).await, "closed", "five connections were turned away");
        tokio::task::yield_now().await;
    }
    station.waits(Duration::from_secs(31));
    assert_eq!(station.until_closed(dispatch).await.accepted, 20);
    assert_eq!(station.relay.tries(&reader(1)), 1);
}

/// Every tenth reader is put off at first; one of a hundred is unknown.
fn has_a_bad_day(relay: &Relay) {
    relay.will(|rcpt, nth| match rcpt.as_bytes()[1..5] {
        [.., b'0', b'1'] => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        [.., b'0'] if nth == 1 => Behaviour::Answer(Stage::Rcpt, "451 4.7.1 greylisted".into()),
        _ => Behaviour::Accept,
    });
}

/// What a bad day may cost: who was unknown is tried once; everyone else gets the letter, but for one a connection
/// whose dot had no answer; and the outage is on nobody's account. Returns how many are uncertain.
async fn costs_no_more_than_it_must(station: &Station, dispatch: DispatchId, readers: i64) -> i64 {
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.sum(), tally.failed, tally.expired, tally.skipped), (readers, readers / 100, 0, 0));
    assert!(tally.uncertain <= 10, "at most one a connection: {tally:?}");
    for entry in station.log(dispatch).await {
        let said = |code| entry.attempts.iter().filter(|line| line.code == Some(code)).count();
        let counted = entry.attempts.iter().filter(|line| line.counted).count();
        assert_eq!(counted, 1 + said(451), "{}", entry.address);
        assert_eq!(said(550), usize::from(entry.state == "failed"), "{}", entry.address);
    }
    tally.uncertain
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_day_costs_each_reader_their_own_answers_and_the_outage_nothing() {
    let mut station = Station::founded().await;
    has_a_bad_day(&station.relay);
    let dispatch = station.dispatches_to(500).await;
    station.works().await;
    station.relay.waits_for(200).await;
    station.relay.down().await;
    station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
    station.relay.up();
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(31)).await;
    }
    costs_no_more_than_it_must(&station, dispatch, 500).await;
}

/// How many letters a second the relay took from `from` on, within `span`.
fn rate(relay: &Relay, from: Moment, span: Duration) -> f64 {
    let within = relay.record().iter().filter(|taken| taken.at >= from && taken.at < from + span).count();
    within as f64 / span.as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; `cargo xtask prove outage` runs it"]
async fn in_full_a_relay_that_is_back_has_its_full_rate_within_five_seconds() {
    for outage in [10, 60].map(Duration::from_secs) {
        let station = Station::founded().await;
        station.relay.forgets_letters();
        has_a_bad_day(&station.relay);
        let dispatch = station.dispatches_to(5_000).await;
        let serving = Serving::on(&station, 10, "[patience]\nfirst = \"1s\"\n");
        station.relay.waits_for(2_000).await;
        let began = station.relay.record()[0].at;
        station.relay.down().await;
        let before = 2_000.0 / Clock::System.steady().since(began).as_secs_f64();
        // The program that is waited for has a clock of its own.
        Clock::System.rest_until(Clock::System.steady() + outage).await;
        station.relay.up();
        let back = Clock::System.steady();
        // Looking all the time would slow down the one that is measured.
        while station.phase(dispatch).await != "closed" {
            Clock::System.rest_until(Clock::System.steady() + Duration::from_millis(200)).await;
        }
        let seconds = |from: Moment| (0..20).map(move |n| from + Duration::from_secs(n));
        let by_second =
            |from| seconds(from).map(|at| rate(&station.relay, at, Duration::from_secs(1))).collect::<Vec<_>>();
        eprintln!(
            "letters in each second, from the first: {:?}; from the return: {:?}",
            by_second(began),
            by_second(back)
        );
        let mut starts = (0..10_000).step_by(50).map(|ms| back + Duration::from_millis(ms));
        let second = Duration::from_secs(1);
        let full = starts.find(|from| rate(&station.relay, *from, second) >= 0.9 * before);
        let late = full.expect("it goes as fast as before").since(back);
        let uncertain = costs_no_more_than_it_must(&station, dispatch, 5_000).await;
        serving.ends();
        eprintln!(
            "relay down {outage:?}: {before:.0} letters/s before, at least 90 % of that from {late:?} after it was back; {uncertain} uncertain"
        );
        assert!(late <= Duration::from_secs(5), "{late:?}");
    }
}
