//! What the wire may do to a letter: unknown is small and named, and nothing passes for a yes.

use crate::relay::Behaviour;
use crate::station::{BULLETIN, Station, reader};
use std::time::Duration;
use yizhan::actions;
use yizhan::actions::delivery::Settlement;
use yizhan::domain::attempt::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_line_broken_after_the_dot_is_uncertain_and_not_repeated() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, _| if rcpt == reader(4) { Behaviour::CloseAfterDot } else { Behaviour::Accept });
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.uncertain, tally.sum()), (9, 1, 10));
    station.waits(Duration::from_secs(6 * 24 * 60 * 60));
    // The courier has looked at what is due since, for another issue has gone out.
    let other = BULLETIN.replace("No. 7", "No. 8");
    let second = station.dispatches(station.takes_in(&other).await, &["all"]).await;
    station.relay.will(|_, _| Behaviour::Accept);
    assert_eq!(station.until_closed(second).await.accepted, 10);
    assert_eq!(station.relay.tries(&reader(4)), 2, "one of each issue");
    let entry = station.entry(dispatch, &reader(4)).await;
    assert_eq!((entry.state.as_str(), entry.attempts[0].stage.as_str()), ("uncertain", "dot"));
    let settled = actions::delivery::resolve(
        &station.store,
        crate::station::operator(),
        station.clock.now(),
        entry.delivery,
        Settlement::Accepted,
    );
    settled.await.unwrap();
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.uncertain, tally.sum(), station.phase(dispatch).await), (10, 0, 10, "closed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_after_the_dot_is_uncertain_when_its_ten_minutes_are_over() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, _| if rcpt == reader(1) { Behaviour::SilentAt(Stage::Dot) } else { Behaviour::Accept });
    let dispatch = station.dispatches_to(3).await;
    station.works().await;
    station.relay.waits_for_stalled(1).await;
    station.until(dispatch, |tally| tally.armed == 1).await;
    station.waits(Duration::from_secs(11 * 60));
    let tally = station.until(dispatch, |tally| tally.uncertain == 1).await;
    assert_eq!(tally.sum(), 3);
    assert_eq!(station.until_closed(dispatch).await.accepted, 2);
    assert_eq!(station.entry(dispatch, &reader(1)).await.attempts[0].text, "no answer in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_250_never_passes_for_the_dots_answer() {
    let mut station = Station::founded().await;
    station.relay.will(
        |rcpt, nth| {
            if rcpt == reader(1) && nth == 1 { Behaviour::EarlyReply } else { Behaviour::Accept }
        },
    );
    let dispatch = station.dispatches_to(3).await;
    station.works().await;
    station.until(dispatch, |_| station.relay.tries(&reader(1)) == 1).await;
    station.until(dispatch, |tally| tally.accepted == 2 && tally.queued == 1).await;
    let entry = station.entry(dispatch, &reader(1)).await;
    assert_ne!(entry.state, "accepted");
    assert!(entry.attempts.iter().all(|line| line.verdict != "accepted" && !line.counted));
    station.waits(Duration::from_secs(60));
    assert_eq!(station.until_closed(dispatch).await.accepted, 3);
    assert_eq!(station.relay.record().iter().filter(|taken| taken.rcpt == reader(1)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_refused_while_data_is_answered_354_leaves_the_next_letter_unharmed() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.relay.will(|rcpt, _| {
        if rcpt == reader(2) {
            Behaviour::RefuseButTakeData("550 5.1.1 no such user".into())
        } else {
            Behaviour::Accept
        }
    });
    let dispatch = station.dispatches_to(5).await;
    station.works().await;
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.failed, tally.sum()), (4, 1, 5));
    let record = station.relay.record();
    assert_eq!(record.len(), 4);
    for taken in record {
        let letter = String::from_utf8_lossy(&taken.letter).into_owned();
        assert!(
            letter.lines().any(|line| line.starts_with("To:") && line.contains(&taken.rcpt)),
            "each its own letter"
        );
    }
    assert_eq!(station.relay.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_pipelining_gets_every_letter_step_by_step() {
    let mut station = Station::founded().await;
    station.relay.without_pipelining();
    let dispatch = station.dispatches_to(30).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 30);
    assert_eq!(station.relay.violations(), Vec::<String>::new());
}

#[test]
fn every_class_of_the_table_names_tests_that_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests: String = ["src/courier/session", "src/courier/carry", "src/domain", "tests/stories"]
        .iter()
        .map(|folder| all_rust(&root.join(folder)))
        .collect();
    let table = std::fs::read_to_string(root.join("docs/wire.md")).unwrap();
    let classes: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(classes.len() >= 15, "the table is there");
    for class in classes {
        let last = class.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        let names: Vec<_> = last.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing holds {class}");
        for name in names {
            assert!(tests.contains(&format!("fn {name}(")), "there is no test {name}, for {class}");
        }
    }
}

/// Every Rust file under a folder, one after another.
fn all_rust(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.map(|path| match path.extension() {
        _ if path.is_dir() => all_rust(&path),
        Some(extension) if extension == "rs" => std::fs::read_to_string(&path).unwrap(),
        _ => String::new(),
    });
    files.collect()
}
