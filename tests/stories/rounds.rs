//! Who was not reached can be written to once more, what was wrong is put right, and still nobody gets an
//! issue twice in a round.

use crate::cli::block_on;
use crate::relay::Behaviour;
use crate::station::{BULLETIN, Station, operator, path, reader};
use std::time::Duration;
use yizhan::actions;
use yizhan::actions::delivery::Settlement;
use yizhan::actions::dispatch::{Order, Resend, Started};
use yizhan::domain::attempt::Stage;
use yizhan::domain::audit::Actor;
use yizhan::domain::dispatch::{Occasion, Resent, Wanted};
use yizhan::domain::id::{DispatchId, IssueId};
use yizhan::store;

const EVERYONE: Wanted = Wanted { failed: true, expired: true, missed: true };
const UNKNOWN: &str = "550 5.1.1 no such user";
const POLICY: &str = "550 5.7.1 not today";

async fn resends(station: &Station, dispatch: DispatchId, wanted: Wanted) -> actions::Result<Resent> {
    let order = Resend { dispatch, wanted, why: Some("the relay was wrong".into()), dry_run: false };
    actions::dispatch::resend(&station.store, operator(), station.clock.now(), &order).await
}

async fn orders(station: &Station, issue: IssueId, lists: &[&str], occasion: Occasion) -> actions::Result<Started> {
    let lists = lists.iter().map(|list| path(list)).collect();
    let order = Order { issue, lists, at: None, defaults: false, occasion };
    actions::dispatch::start(&station.store, operator(), station.clock.now(), &order).await
}

async fn refused(station: &Station, issue: IssueId, lists: &[&str], occasion: Occasion) -> String {
    orders(station, issue, lists, occasion).await.unwrap_err().to_string()
}

async fn edits(station: &Station, id: IssueId) {
    let mut writing = station.store.write(operator(), station.clock.now()).await.unwrap();
    let mut issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    issue.contents.articles[0].title.push('!');
    store::issue::save(&mut writing, id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
}

fn correction() -> Occasion {
    Occasion::Correction("the pier opens in August".into())
}

fn again() -> Occasion {
    Occasion::Again("most of it was in the spam folder".into())
}

/// How often the relay took a letter to each reader.
fn times_taken(station: &Station, n: u32) -> usize {
    station.relay.record().iter().filter(|taken| taken.rcpt == reader(n)).count()
}

async fn last_noted(station: &Station, verb: &'static str) -> String {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(station.folder().join("yizhan.db"));
    let mut database = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query_scalar("SELECT actor || ': ' || detail FROM audit WHERE verb = ? ORDER BY id DESC LIMIT 1")
        .bind(verb)
        .fetch_one(&mut database)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_is_written_to_once_more_and_who_left_or_is_suppressed_is_not() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, nth| match rcpt {
        r if r == reader(1) => Behaviour::Answer(Stage::Rcpt, UNKNOWN.into()),
        r if [2, 3, 4].map(reader).contains(&r.to_owned()) && nth == 1 => Behaviour::Answer(Stage::Rcpt, POLICY.into()),
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.failed, 4);
    let before = station.log(dispatch).await;
    station.leaves(&reader(4)).await;
    let order = Resend { dispatch, wanted: EVERYONE, why: None, dry_run: true };
    let would = actions::dispatch::resend(&station.store, operator(), station.clock.now(), &order).await.unwrap();
    assert_eq!(would, Resent { failed: 2, expired: 0, missed: 0, stay: 2 });
    assert_eq!(station.phase(dispatch).await, "closed");

    assert_eq!(resends(&station, dispatch, EVERYONE).await.unwrap(), would);
    let noted = last_noted(&station, "resend").await;
    assert_eq!(noted, "operator:story: 2 failed, 0 expired, 0 missed, 2 stay: the relay was wrong");
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.failed, tally.sum()), (8, 2, 10));
    assert_eq!((times_taken(&station, 2), times_taken(&station, 5), station.relay.tries(&reader(4))), (1, 1, 1));
    // The same rows: numbers, and so Message-IDs, stay, and so do the attempts.
    let after = station.log(dispatch).await;
    let ids = |log: &[store::attempt::Entry]| log.iter().map(|entry| entry.delivery).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(station.entry(dispatch, &reader(2)).await.attempts.len(), 2);
    assert!(resends(&station, dispatch, EVERYONE).await.unwrap_err().to_string().contains("nobody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_kind_that_is_named_is_written_to_and_who_expired_gets_new_patience() {
    let mut station = Station::founded().await;
    station.settings.patience.give_up = Duration::from_secs(60 * 60);
    station.relay.will(|rcpt, nth| match rcpt {
        r if r == reader(1) && nth == 1 => Behaviour::Answer(Stage::Rcpt, POLICY.into()),
        r if r == reader(2) && nth < 5 => Behaviour::Answer(Stage::Rcpt, "451 4.3.0 later".into()),
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(3).await;
    station.works().await;
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(60)).await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.failed, tally.expired), (1, 1, 1));
    let tries = station.relay.tries(&reader(2));
    let resent = resends(&station, dispatch, Wanted::of(false, true, false)).await.unwrap();
    assert_eq!(resent, Resent { expired: 1, ..Resent::default() });
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(60)).await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.failed, tally.sum(), station.relay.tries(&reader(1))), (2, 1, 3, 1));
    assert!(station.relay.tries(&reader(2)) > tries);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_left_to_a_dispatch_that_was_called_off_is_taken_in_by_the_other() {
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
    station.leaves(&reader(12)).await;
    let resent = resends(&station, second, EVERYONE).await.unwrap();
    assert_eq!(resent, Resent { missed: 9, stay: 1, ..Resent::default() });
    let tally = station.until_closed(second).await;
    assert_eq!((tally.accepted, tally.sum(), station.audience(second).await), (19, 19, Some(19)));
    assert!((13..=30).all(|n| times_taken(&station, n) == 1));
    let left_out = store::dispatch::left_out(&mut station.store.read().await.unwrap(), second).await.unwrap();
    assert_eq!(left_out, [("missed".to_owned(), 1)]);
    // What was called off stays so.
    let sentence = resends(&station, first, EVERYONE).await.unwrap_err().to_string();
    assert!(sentence.contains("cancelled"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_dispatches_that_did_not_reach_a_reader_do_not_both_resend_to_them() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", [reader(1)]).await;
    station.has_readers("council", [reader(1)]).await;
    station
        .relay
        .will(|_, nth| if nth <= 2 { Behaviour::Answer(Stage::Rcpt, POLICY.into()) } else { Behaviour::Accept });
    let issue = station.takes_in(BULLETIN).await;
    station.works().await;
    let first = station.dispatches(issue, &["all"]).await;
    station.until_closed(first).await;
    let second = station.dispatches(issue, &["council"]).await;
    assert_eq!(station.until_closed(second).await.failed, 1);
    assert_eq!(resends(&station, second, EVERYONE).await.unwrap().failed, 1);
    assert_eq!(station.until_closed(second).await.accepted, 1);
    assert!(resends(&station, first, EVERYONE).await.unwrap_err().to_string().contains("nobody"));
    assert_eq!(times_taken(&station, 1), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_issue_goes_to_its_readers_as_a_correction_that_says_so_and_never_otherwise() {
    let mut station = Station::founded().await;
    station.has_list("council").await;
    station.has_readers("all", (1..=5).map(reader)).await;
    station.has_readers("council", (4..=8).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    assert!(refused(&station, issue, &["all"], correction()).await.contains("has not gone out"));
    station.works().await;
    let first = station.dispatches(issue, &["all"]).await;
    station.until_closed(first).await;
    assert!(refused(&station, issue, &["all"], correction()).await.contains("was not changed"));

    edits(&station, issue).await;
    let sentence = refused(&station, issue, &["all"], Occasion::First).await;
    assert!(sentence.contains("was changed") && sentence.contains("--correction --why"), "{sentence}");
    assert!(refused(&station, issue, &["all"], again()).await.contains("--correction --why"));
    assert!(refused(&station, issue, &["all"], Occasion::Correction(" ".into())).await.contains("--why"));

    let corrected = orders(&station, issue, &["all"], correction()).await.unwrap();
    assert!(!corrected.known);
    // The same order twice is one dispatch; for another list it joins the round, and nobody gets it twice.
    assert_eq!(orders(&station, issue, &["all"], correction()).await.unwrap().dispatch, corrected.dispatch);
    assert_eq!(station.until_closed(corrected.dispatch).await.accepted, 5);
    let both = orders(&station, issue, &["all", "council"], correction()).await.unwrap();
    assert_eq!((station.until_closed(both.dispatch).await.accepted, both.edition), (3, corrected.edition));
    assert_eq!((1..=8).map(|n| times_taken(&station, n)).collect::<Vec<_>>(), [2, 2, 2, 2, 2, 1, 1, 1]);
    // A plain start finds the first, for what it says has gone out by now.
    assert_eq!(orders(&station, issue, &["all"], Occasion::First).await.unwrap().dispatch, first);

    let found =
        store::dispatch::find(&mut station.store.read().await.unwrap(), corrected.dispatch).await.unwrap().unwrap();
    assert_eq!((found.round, found.occasion, found.planned_by.as_str()), (1, correction(), "operator:story"));
    let letters: Vec<_> = station.relay.record().into_iter().filter(|taken| taken.rcpt == reader(1)).collect();
    let marked =
        |at: usize| String::from_utf8_lossy(&letters[at].letter).contains("Subject: Correction: Harbour Notes");
    assert_eq!((marked(0), marked(1)), (false, true));
    assert_ne!(letters[0].message_id, letters[1].message_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_document_of_the_same_number_is_a_correction_too() {
    let mut station = Station::founded().await;
    station.works().await;
    let first = station.dispatches_to(3).await;
    station.until_closed(first).await;
    let issue = station.takes_in(&BULLETIN.replace("tide", "moon")).await;
    let sentence = refused(&station, issue, &["all"], Occasion::First).await;
    assert!(sentence.contains("the same number") && sentence.contains("--correction"), "{sentence}");
    let corrected = orders(&station, issue, &["all"], correction()).await.unwrap().dispatch;
    assert_eq!(station.until_closed(corrected).await.accepted, 3);
    assert_eq!(orders(&station, issue, &["all"], Occasion::First).await.unwrap().dispatch, corrected);
    assert!((1..=3).all(|n| times_taken(&station, n) == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_waits_for_what_it_corrects() {
    let mut station = Station::founded().await;
    let first = station.dispatches_to(3).await;
    let issue = IssueId(1);
    edits(&station, issue).await;
    for occasion in [correction(), Occasion::First] {
        let sentence = refused(&station, issue, &["all"], occasion).await;
        assert!(sentence.contains(&format!("dispatch cancel {first}")), "{sentence}");
    }
    station.works().await;
    station.until_closed(first).await;
    assert!(orders(&station, issue, &["all"], correction()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_goes_once_for_its_reason_as_it_is() {
    let mut station = Station::founded().await;
    station.works().await;
    let first = station.dispatches_to(3).await;
    station.until_closed(first).await;
    let issue = IssueId(1);
    let repeat = orders(&station, issue, &["all"], again()).await.unwrap();
    assert_eq!(station.until_closed(repeat.dispatch).await.accepted, 3);
    assert_eq!(orders(&station, issue, &["all"], again()).await.unwrap().dispatch, repeat.dispatch);
    let other = orders(&station, issue, &["all"], Occasion::Again("and once more".into())).await.unwrap();
    assert_eq!(station.until_closed(other.dispatch).await.accepted, 3);
    assert_eq!(times_taken(&station, 1), 3);
    let found = store::dispatch::find(&mut station.store.read().await.unwrap(), other.dispatch).await.unwrap().unwrap();
    assert_eq!((found.round, found.edition), (2, repeat.edition));
    assert_eq!(last_noted(&station, "plan").await, "operator:story: again, round 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn reviewers_say_yes_to_a_correction_with_its_reason() {
    let mut station = Station::founded().await;
    station.works().await;
    let first = station.dispatches_to(1).await;
    station.until_closed(first).await;
    let issue = IssueId(1);
    edits(&station, issue).await;
    station.meddles("UPDATE publication SET approvals = 1").await;
    let sentence = refused(&station, issue, &["all"], correction()).await;
    assert!(sentence.contains("0 of 1 approvals"), "{sentence}");
    let marked = sentence.split(' ').nth(1).unwrap().parse().unwrap();
    let reviewer = Actor::Account(station.has_reviewer().await);
    actions::edition::approve(&station.store, reviewer, station.clock.now(), marked).await.unwrap();
    let corrected = orders(&station, issue, &["all"], correction()).await.unwrap();
    assert_eq!(corrected.edition, marked);
    station.until_closed(corrected.dispatch).await;
    // Another reason alone puts nothing right; what is changed once more is another letter to say yes to.
    let other = Occasion::Correction("the pier opens in May".into());
    assert!(refused(&station, issue, &["all"], other.clone()).await.contains("was not changed"));
    edits(&station, issue).await;
    assert!(refused(&station, issue, &["all"], other).await.contains("0 of 1 approvals"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_called_off_midway_and_ordered_again_reaches_the_others_only() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 1;
    station.works().await;
    let first = station.dispatches_to(5).await;
    station.until_closed(first).await;
    edits(&station, IssueId(1)).await;
    // At the second round the third reader's letter is held until the dispatch has been called off.
    station.relay.will(
        |rcpt, nth| {
            if rcpt == reader(3) && nth == 2 { Behaviour::HeldAt(Stage::Data) } else { Behaviour::Accept }
        },
    );
    let corrected = orders(&station, IssueId(1), &["all"], correction()).await.unwrap().dispatch;
    station.relay.waits_for_stalled(1).await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), corrected).await.unwrap();
    station.relay.releases();
    while station.phase(corrected).await != "cancelled" {
        tokio::task::yield_now().await;
    }
    let reached = station.tally(corrected).await.accepted;
    let anew = orders(&station, IssueId(1), &["all"], correction()).await.unwrap().dispatch;
    assert_ne!(anew, corrected);
    assert_eq!(station.until_closed(anew).await.accepted, 5 - reached);
    assert!((1..=5).all(|n| times_taken(&station, n) == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_uncertain_letters_of_a_dispatch_are_settled_at_once() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, nth| match rcpt {
        r if [1, 2, 3].map(reader).contains(&r.to_owned()) && nth == 1 => Behaviour::CloseAt(Stage::Dot),
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    let settles = |how, dry_run| {
        actions::delivery::resolve_all(&station.store, operator(), station.clock.now(), dispatch, (how, dry_run))
    };
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(31)).await;
    }
    let one = station.entry(dispatch, &reader(1)).await.delivery;
    let (store, now) = (&station.store, station.clock.now());
    actions::delivery::resolve(store, operator(), now, one, Settlement::Closed).await.unwrap();
    assert_eq!(settles(Settlement::Resend, true).await.unwrap(), 2);
    assert_eq!((station.phase(dispatch).await, station.tally(dispatch).await.uncertain), ("closed", 3));
    // Who was settled by name stays so.
    assert_eq!(settles(Settlement::Resend, false).await.unwrap(), 2);
    let tally = station.until_closed(dispatch).await;
    assert_eq!((tally.accepted, tally.uncertain, tally.sum()), (9, 1, 10));
    assert_eq!(settles(Settlement::Accepted, false).await.unwrap(), 0);
    assert_eq!(last_noted(&station, "settle").await, "operator:story: 2 as resend");
}

#[test]
fn the_valve_closes_over_a_wrong_list_says_how_to_go_on_and_counts_anew() {
    block_on(async {
        let mut station = Station::founded().await;
        station.settings.courier.connections = 2;
        // Every tenth reader is unknown.
        station.relay.will(|rcpt, _| {
            if rcpt.as_bytes()[4] == b'0' { Behaviour::Answer(Stage::Rcpt, UNKNOWN.into()) } else { Behaviour::Accept }
        });
        let dispatch = station.dispatches_to(400).await;
        station.works().await;
        let until_paused = async |answered: i64| {
            loop {
                let tally = station.tally(dispatch).await;
                if station.phase(dispatch).await == "paused" && tally.claimed + tally.armed == 0 {
                    assert!((answered + 100..answered + 110).contains(&(tally.accepted + tally.failed)), "{tally:?}");
                    assert_eq!(tally.sum(), 400);
                    return tally.accepted + tally.failed;
                }
                tokio::task::yield_now().await;
            }
        };
        let answered = until_paused(0).await;
        let found = store::dispatch::find(&mut station.store.read().await.unwrap(), dispatch).await.unwrap().unwrap();
        let why = found.why.unwrap();
        for words in ["more than 5 %", "subscriber restore", "dispatch resend 1", "delivery log --dispatch 1"] {
            assert!(why.contains(words), "{why}");
        }
        assert!(last_noted(&station, "pause").await.starts_with("station: 1"), "the audit has the counts");
        let resumes = async || {
            actions::dispatch::resume(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
        };
        station.waits(Duration::from_secs(1));
        resumes().await;
        until_paused(answered).await;
    });
}
