//! A "no" is kept: whoever leaves or is suppressed gets nothing more, however late.

use crate::relay::Behaviour;
use crate::station::{Station, operator, reader};
use yizhan::actions;
use yizhan::domain::attempt::Stage;

/// One connection, held at DATA of the first reader: that letter is claimed and not armed.
async fn with_the_first_letter_claimed() -> (Station, yizhan::domain::id::DispatchId) {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.relay.will(
        |rcpt, nth| {
            if rcpt == reader(1) && nth == 1 { Behaviour::HeldAt(Stage::Data) } else { Behaviour::Accept }
        },
    );
    let dispatch = station.dispatches_to(5).await;
    station.works().await;
    station.relay.waits_for_stalled(1).await;
    assert!(station.until(dispatch, |tally| tally.claimed > 0).await.armed == 0);
    (station, dispatch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_leaves_after_the_claim_is_not_armed() {
    let (station, dispatch) = with_the_first_letter_claimed().await;
    station.leaves(&reader(1)).await;
    station.relay.releases();
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.skipped, tally.sum()), (4, 1, 5));
    let entry = station.entry(dispatch, &reader(1)).await;
    assert_eq!((entry.state.as_str(), entry.why.as_deref()), ("skipped", Some("left")));
    assert!(station.relay.record().iter().all(|taken| taken.rcpt != reader(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_suppressed_after_the_claim_is_not_armed() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 2;
    // The same address fails for good on another publication's day while its letter here waits for
    // DATA: what suppresses it is a relay's word, as in life.
    station.relay.will(|rcpt, nth| match (rcpt, nth) {
        (r, 1) if r == reader(1) => Behaviour::HeldAt(Stage::Data),
        (r, _) if r == reader(1) => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(1).await;
    station.works().await;
    station.relay.waits_for_stalled(1).await;
    let other = station.takes_in("# Harbour Notes\n\n2024 No. 8\n\n2024-07-01\n\n## Another pier\n\nThere is another pier now, on the far side of the bay.\n").await;
    let second = station.dispatches(other, &["all"]).await;
    assert_eq!(station.until_closed(second).await.failed, 1);
    station.relay.releases();
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.skipped, tally.sum()), (1, 1));
    assert_eq!(station.entry(dispatch, &reader(1)).await.why.as_deref(), Some("suppressed"));
    assert_eq!(station.relay.record().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_left_before_the_opening_is_left_out() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=4).map(reader)).await;
    let issue = station.takes_in(crate::station::BULLETIN).await;
    station.leaves(&reader(2)).await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    station.works().await;
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.sum()), (3, 3));
    let left_out = yizhan::store::dispatch::left_out(&mut station.store.read().await.unwrap(), dispatch).await.unwrap();
    assert_eq!(left_out, [("left".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_while_a_dispatch_opens_is_not_in_and_who_leaves_meanwhile_is_left_out() {
    let station = Station::founded().await;
    let dispatch = station.dispatches_to(6_000).await;
    let opens = || actions::dispatch::open(&station.store, station.clock.now());
    assert!(opens().await.unwrap());
    assert_eq!((station.phase(dispatch).await, station.tally(dispatch).await.queued), ("opening", 5_000));
    station.leaves(&reader(10)).await;
    station.leaves(&reader(5_990)).await;
    station.has_readers("all", [reader(9_999)]).await;
    while opens().await.unwrap() {}
    // Reader 10 was written down before they left: the gate skips them. Reader 5,990 was not.
    assert_eq!((station.audience(dispatch).await, station.tally(dispatch).await.sum()), (Some(5_999), 5_999));
    let left_out = yizhan::store::dispatch::left_out(&mut station.store.read().await.unwrap(), dispatch).await.unwrap();
    assert_eq!(left_out, [("left".to_owned(), 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_of_another_list_does_not_bring_back_who_left_the_publication() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=3).map(reader)).await;
    station.leaves(&reader(2)).await;
    station.has_readers("council", (1..=3).map(reader)).await;
    let issue = station.takes_in(crate::station::BULLETIN).await;
    let dispatch = station.dispatches(issue, &["council"]).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 2);
    assert_eq!(station.relay.tries(&reader(2)), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_started_anew_waits_for_the_one_called_off_and_reaches_everyone() {
    let (station, first) = with_the_first_letter_claimed().await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), first).await.unwrap();
    assert_eq!(station.phase(first).await, "cancelling");
    let issue = station.takes_in(crate::station::BULLETIN).await;
    let second = station.dispatches(issue, &["all"]).await;
    assert!(!actions::dispatch::open(&station.store, station.clock.now()).await.unwrap(), "it waits");
    station.relay.releases();
    assert_eq!(station.until_closed(second).await.accepted, 5);
    assert_eq!((station.phase(first).await, station.relay.record().len()), ("cancelled", 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_does_not_bring_back_who_left() {
    let station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    station.leaves(&reader(2)).await;
    station.has_readers("all", (1..=3).map(reader)).await;
    let issue = station.takes_in(crate::station::BULLETIN).await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    let mut station = station;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_dispatch_arms_nothing_and_goes_on_when_resumed() {
    let (station, dispatch) = with_the_first_letter_claimed().await;
    actions::dispatch::pause(&station.store, operator(), station.clock.now(), dispatch, None).await.unwrap();
    station.relay.releases();
    let tally = station.until(dispatch, |tally| tally.queued == 5).await;
    assert_eq!((tally.sum(), station.relay.record().len()), (5, 0));
    actions::dispatch::resume(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    assert_eq!(station.until_closed(dispatch).await.accepted, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_dispatch_skips_the_rest_and_keeps_its_sum() {
    let (station, dispatch) = with_the_first_letter_claimed().await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    station.relay.releases();
    while station.phase(dispatch).await != "cancelled" {
        tokio::task::yield_now().await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.skipped, tally.sum()), (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_uncertain_in_a_cancelled_dispatch_can_be_settled_but_not_sent_again() {
    use yizhan::actions::delivery::{Settlement, resolve};
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station
        .relay
        .will(|rcpt, _| if rcpt == reader(1) { Behaviour::CloseAfterDot } else { Behaviour::HeldAt(Stage::Data) });
    let dispatch = station.dispatches_to(5).await;
    station.works().await;
    station.until(dispatch, |tally| tally.uncertain == 1).await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    station.relay.releases();
    while station.phase(dispatch).await != "cancelled" {
        tokio::task::yield_now().await;
    }
    let id = station.entry(dispatch, &reader(1)).await.delivery;
    let settle = |how| resolve(&station.store, operator(), station.clock.now(), id, how);
    assert!(settle(Settlement::Resend).await.unwrap_err().to_string().contains("cancelled"));
    settle(Settlement::Accepted).await.unwrap();
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.skipped, tally.sum()), (1, 4, 5));
    assert_eq!(station.phase(dispatch).await, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_put_off_after_its_dispatch_was_cancelled_is_skipped_and_the_dispatch_ends() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    // Its envelope is on the wire when the dispatch is called off, and then the line breaks.
    station.relay.will(|_, _| Behaviour::HeldAt(Stage::Rcpt));
    let dispatch = station.dispatches_to(1).await;
    station.works().await;
    station.relay.waits_for_stalled(1).await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    station.relay.down().await;
    while station.phase(dispatch).await != "cancelled" {
        tokio::task::yield_now().await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.skipped, tally.sum()), (1, 1));
}
