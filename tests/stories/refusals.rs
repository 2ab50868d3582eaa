//! What a relay's "not now" and "no" do, and to whom.

use crate::relay::Behaviour;
use crate::station::{Station, operator, reader};
use std::time::Duration;
use yizhan::actions;
use yizhan::domain::attempt::Stage;
use yizhan::domain::dispatch::Wanted;
use yizhan::store;

const LATER: &str = "451 4.3.0 please come back later";

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_letter_is_tried_again_and_accepted() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, nth| {
        if rcpt == reader(7) && nth <= 2 { Behaviour::Answer(Stage::Dot, LATER.into()) } else { Behaviour::Accept }
    });
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    for tries in 1..=2 {
        // Tried first, recorded then: in this order a look can be neither too early nor too late.
        station.until(dispatch, |_| station.relay.tries(&reader(7)) == tries).await;
        station.until(dispatch, |tally| tally.accepted == 9 && tally.queued == 1).await;
        station.waits(Duration::from_secs(15 * 60));
    }
    assert_eq!(station.until_closed(dispatch).await.accepted, 10);
    let attempts = station.entry(dispatch, &reader(7)).await.attempts;
    let seen: Vec<_> = attempts.iter().map(|line| (line.code, line.verdict.as_str())).collect();
    assert_eq!(seen, [(Some(451), "later"), (Some(451), "later"), (Some(250), "accepted")]);
    let message_ids: std::collections::BTreeSet<_> = station.relay.record().into_iter().map(|t| t.message_id).collect();
    assert_eq!(message_ids.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_always_deferred_expires_at_last_and_the_dispatch_closes() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, _| {
        if rcpt == reader(2) { Behaviour::Answer(Stage::Rcpt, LATER.into()) } else { Behaviour::Accept }
    });
    let dispatch = station.dispatches_to(3).await;
    station.works().await;
    let mut tries = 0;
    loop {
        let tally =
            station.until(dispatch, |tally| tally.expired == 1 || station.relay.tries(&reader(2)) > tries).await;
        if tally.expired == 1 {
            break;
        }
        tries = station.relay.tries(&reader(2));
        station.waits_while_idle(dispatch, Duration::from_secs(3 * 60 * 60)).await;
    }
    let tries = station.relay.tries(&reader(2));
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.expired, tally.sum()), (2, 1, 3));
    let entry = station.entry(dispatch, &reader(2)).await;
    assert!(entry.why.is_some_and(|why| why.contains("451")));
    // 5 + 10 + 20 + 40 + 80 min, then 2 h each, give or take a fifth, until it was put off for five days.
    assert!((55..=75).contains(&tries), "{tries} tries");
    assert_eq!(entry.attempts.len(), tries as usize);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_a_pause_are_not_held_against_a_letter() {
    let mut station = Station::founded().await;
    let later = || Behaviour::Answer(Stage::Rcpt, "451 4.7.1 greylisted".into());
    station.relay.will(move |_, nth| if nth <= 2 { later() } else { Behaviour::Accept });
    let dispatch = station.dispatches_to(1).await;
    station.works().await;
    station.until(dispatch, |tally| tally.queued == 1 && station.relay.tries(&reader(1)) == 1).await;
    actions::dispatch::pause(&station.store, operator(), station.clock.now(), dispatch, None).await.unwrap();
    station.waits(Duration::from_secs(6 * 24 * 60 * 60));
    actions::dispatch::resume(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    station.until(dispatch, |tally| tally.queued == 1 && station.relay.tries(&reader(1)) == 2).await;
    station.waits(Duration::from_secs(15 * 60));
    assert_eq!(station.until_closed(dispatch).await.accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_cannot_be_read_holds_only_its_own_dispatch() {
    let mut station = Station::founded().await;
    let broken = station.dispatches_to(5).await;
    let other = station.takes_in(&crate::station::BULLETIN.replace("No. 7", "No. 8")).await;
    let sound = station.dispatches(other, &["all"]).await;
    station.meddles(r#"DROP TRIGGER "an edition never changes"; UPDATE edition SET print = '{}' WHERE id = 1"#).await;
    station.works().await;
    assert_eq!(station.until_closed(sound).await.accepted, 5);
    while station.phase(broken).await != "paused" {
        tokio::task::yield_now().await;
    }
    let tally = station.until(broken, |tally| tally.queued == 5).await;
    assert_eq!((tally.sum(), station.relay.record().len()), (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_touches_only_its_own_row() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, _| match rcpt {
        r if r == reader(3) => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        r if r == reader(5) => Behaviour::Answer(Stage::Rcpt, "550 5.7.1 refused by policy".into()),
        r if r == reader(8) => Behaviour::Answer(Stage::Dot, "554 5.6.0 content refused".into()),
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.failed, tally.sum()), (7, 3, 10));
    for n in [3, 5, 8] {
        assert_eq!(station.relay.tries(&reader(n)), 1);
        let entry = station.entry(dispatch, &reader(n)).await;
        assert_eq!((entry.state.as_str(), entry.attempts.len()), ("failed", 1));
        let mut reading = station.store.read().await.unwrap();
        let address = reader(n).parse().unwrap();
        let suppressed = store::subscriber::suppressed(&mut reading, &address).await.unwrap();
        assert_eq!(suppressed.is_some(), n == 3, "only an address that does not exist is suppressed: {n}");
    }
    assert_eq!(station.relay.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sender_pauses_the_dispatch_and_harms_nobody() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.relay.will_at_connection(|_| Behaviour::Answer(Stage::Mail, "550 5.7.1 sender not allowed".into()));
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    while station.phase(dispatch).await != "paused" {
        tokio::task::yield_now().await;
    }
    let tally = station.until(dispatch, |tally| tally.queued == 10).await;
    assert_eq!(tally.sum(), 10);
    assert!(station.log(dispatch).await.iter().all(|entry| entry.attempts.iter().all(|line| !line.counted)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_nobody_takes_pauses_its_dispatch_before_everyone_has_failed() {
    for (stage, words) in [(Stage::Dot, "554 5.7.1 spam detected"), (Stage::Rcpt, "554 5.7.1 relay access denied")] {
        let mut station = Station::founded().await;
        station.settings.courier.connections = 4;
        station.relay.will(move |_, _| Behaviour::Answer(stage, words.into()));
        station.has_readers("all", (1..=100).map(|n| format!("r@d{n}.example"))).await;
        let dispatch = station.dispatches_to_all().await;
        station.works().await;
        while station.phase(dispatch).await != "paused" {
            assert_ne!(station.phase(dispatch).await, "closed", "{words}");
            tokio::task::yield_now().await;
        }
        let tally = station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
        assert!((20..40).contains(&tally.failed), "{tally:?}");
        assert_eq!((tally.failed + tally.queued, tally.sum()), (100, 100));
        let found = store::dispatch::find(&mut station.store.read().await.unwrap(), dispatch).await.unwrap();
        let why = format!("{:?}", found.unwrap());
        assert!(why.contains(&words[10..]), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_is_as_patient_as_the_first_time() {
    let mut station = Station::founded().await;
    let address = "reader@163.com";
    // The provider's rule says: three times later, then it has failed. Greylisting is none of its matter.
    station.relay.will(|_, nth| match nth {
        1 => Behaviour::Answer(Stage::Rcpt, "451 4.3.0 greylisted".into()),
        2..=8 => Behaviour::Answer(Stage::Dot, "451 DT:SPM".into()),
        _ => Behaviour::Accept,
    });
    station.has_readers("all", [address.to_owned()]).await;
    let dispatch = station.dispatches_to_all().await;
    station.works().await;
    let hour = Duration::from_secs(60 * 60);
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, hour).await;
    }
    assert_eq!((station.tally(dispatch).await.failed, station.relay.tries(address)), (1, 5));
    let wanted = Wanted::of(false, false, false);
    let again = actions::dispatch::Resend { dispatch, wanted, why: None, dry_run: false };
    actions::dispatch::resend(&station.store, operator(), station.clock.now(), &again).await.unwrap();
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, hour).await;
    }
    assert_eq!((station.tally(dispatch).await.accepted, station.relay.tries(address)), (1, 9));
    let numbers: Vec<_> = station.entry(dispatch, address).await.attempts.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9], "the log counts on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_refused_three_times_in_a_row_pauses_all_its_dispatches() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.relay.will_at_connection(|_| Behaviour::Answer(Stage::Mail, "550 5.7.1 sender not allowed".into()));
    let mut dispatches = vec![station.dispatches_to(1).await];
    for n in 8..=10 {
        let issue = station.takes_in(&crate::station::BULLETIN.replace("No. 7", &format!("No. {n}"))).await;
        dispatches.push(station.dispatches(issue, &["all"]).await);
    }
    // All are open before the first letter goes: one that opens later is a new beginning.
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
    station.works().await;
    for dispatch in dispatches {
        while station.phase(dispatch).await != "paused" {
            tokio::task::yield_now().await;
        }
        assert_eq!(station.until(dispatch, |tally| tally.queued == 1).await.sum(), 1);
    }
}
