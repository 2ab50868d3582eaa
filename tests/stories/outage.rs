//! A bad day is not the readers' fault: a relay that is down harms nobody, costs no attempt, and
//! sending goes on by itself when it is back.

use crate::relay::Behaviour;
use crate::station::{Station, reader};
use std::time::Duration;
use yizhan::domain::attempt::Stage;

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
