//! Nobody gets an issue twice.

use crate::station::{BULLETIN, Station, operator, reader};
use yizhan::actions;
use yizhan::actions::dispatch::Order;
use yizhan::domain::dispatch::Occasion;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_on_two_lists_gets_an_issue_once() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=20).map(reader)).await;
    station.has_readers("council", (11..=30).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    let dispatch = station.dispatches(issue, &["council", "all"]).await;
    station.works().await;
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.sum(), station.audience(dispatch).await), (30, 30, Some(30)));
    let mut taken: Vec<_> = station.relay.record().into_iter().map(|letter| letter.rcpt).collect();
    taken.sort();
    assert_eq!(taken, (1..=30).map(reader).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_issue_from_one_dispatch_is_left_out_of_the_next() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=20).map(reader)).await;
    station.has_readers("council", (11..=30).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    station.works().await;
    let first = station.dispatches(issue, &["all"]).await;
    station.until_closed(first).await;
    let second = station.dispatches(issue, &["council"]).await;
    assert_eq!(station.until_closed(second).await.accepted, 10);
    assert_eq!(station.relay.record().len(), 30);
    let mut reading = station.store.read().await.unwrap();
    let left_out = yizhan::store::dispatch::left_out(&mut reading, second).await.unwrap();
    assert_eq!(left_out, [("elsewhere".to_owned(), 10)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_number_does_not_get_another_document_of_it_by_another_list() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=20).map(reader)).await;
    station.has_readers("council", (11..=30).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    station.works().await;
    let first = station.dispatches(issue, &["all"]).await;
    station.until_closed(first).await;
    let other = station.takes_in(&format!("{BULLETIN}\nOne more line of it.\n")).await;
    assert_ne!(other, issue);
    let second = station.dispatches(other, &["council"]).await;
    assert_eq!(station.until_closed(second).await.accepted, 10, "only who has not had the number");
    let mut reading = station.store.read().await.unwrap();
    let left_out = yizhan::store::dispatch::left_out(&mut reading, second).await.unwrap();
    assert_eq!(left_out, [("elsewhere".to_owned(), 10)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_left_to_a_dispatch_that_is_called_off_is_said_to_have_been_missed() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=20).map(reader)).await;
    station.has_readers("council", (11..=30).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    let first = station.dispatches(issue, &["all"]).await;
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
    let second = station.dispatches(issue, &["council"]).await;
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), first).await.unwrap();
    station.works().await;
    assert_eq!(station.until_closed(second).await.accepted, 10);
    let mut reading = station.store.read().await.unwrap();
    let left_out = yizhan::store::dispatch::left_out(&mut reading, second).await.unwrap();
    assert_eq!(left_out, [("missed".to_owned(), 10)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_twice_makes_one_issue_and_starting_it_twice_one_dispatch() {
    let station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    assert_eq!(station.takes_in(BULLETIN).await, issue);
    let first = station.dispatches(issue, &["all"]).await;
    assert_eq!(station.dispatches(issue, &["all"]).await, first);
    let other = station.takes_in(&format!("{BULLETIN}\nOne more line of it.\n")).await;
    assert_ne!(other, issue);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_starts_at_once_make_one_dispatch() {
    let station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, now) = (station.store.clone(), station.clock.now());
        let order = Order {
            issue,
            lists: vec!["notes/all".parse().unwrap()],
            at: None,
            defaults: false,
            occasion: Occasion::First,
        };
        starts.spawn(async move { actions::dispatch::start(&store, operator(), now, &order).await.unwrap().dispatch });
    }
    let ids: std::collections::BTreeSet<_> = starts.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1);
}
