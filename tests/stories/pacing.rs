//! Nobody is pressed: each provider is written to at its pace, each relay has its quota, and where one relay is
//! down the next one carries on.

use crate::cli::{Cli, block_on};
use crate::relay::{Behaviour, Relay, Taken};
use crate::station::{BULLETIN, Station, reader};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;
use yizhan::config::{RelaySettings, ReturnPathSetting};
use yizhan::domain::attempt::Stage;

const MINUTE: Duration = Duration::from_secs(60);

/// A station that has these relays, the first choice first.
async fn with_relays(relays: Vec<RelaySettings>) -> Station {
    let mut station = Station::founded().await;
    station.settings.relay.url = None;
    station.settings.relays = relays;
    station
}

fn named(name: &str, relay: &Relay) -> RelaySettings {
    RelaySettings { url: Some(relay.url().into()), name: Some(name.into()), ..RelaySettings::default() }
}

fn qq(n: u32) -> String {
    format!("r{n:04}@qq.com")
}

/// The letters of each connection to a provider.
fn by_connection(record: &[Taken], domain: &str) -> BTreeMap<u32, usize> {
    let mut letters = BTreeMap::new();
    for taken in record.iter().filter(|taken| taken.rcpt.ends_with(domain)) {
        *letters.entry(taken.connection).or_insert(0) += 1;
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_first_relay_is_down_the_next_carries_on_until_it_is_back() {
    let (first, second) = (Relay::start(), Relay::start());
    let mut station = with_relays(vec![named("first", &first), named("second", &second)]).await;
    first.down().await;
    let dispatch = station.dispatches_to(50).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 50);
    assert_eq!((first.record().len(), second.record().len()), (0, 50));
    assert!(station.log(dispatch).await.iter().all(|entry| entry.attempts.len() == 1));
    assert!(station.log(dispatch).await.iter().all(|entry| entry.attempts[0].relay == "second"));
    first.up();
    station.waits(11 * MINUTE);
    let issue = station.takes_in(&BULLETIN.replace("No. 7", "No. 8")).await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 50);
    assert!(!first.record().is_empty(), "the first choice is tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_with_a_relay_of_its_own_goes_by_that_one() {
    let (common, own) = (Relay::start(), Relay::start());
    let ours = RelaySettings { senders: vec!["@harbour.example".into()], ..named("own", &own) };
    let mut station = with_relays(vec![named("common", &common), ours]).await;
    let dispatch = station.dispatches_to(10).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 10);
    assert_eq!((common.record().len(), own.record().len()), (0, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_has_its_quota_of_the_day_and_the_rest_goes_the_next_also_after_a_restart() {
    let relay = Relay::start();
    let settings = RelaySettings { per_day: Some(20), ..named("small", &relay) };
    let mut station = with_relays(vec![settings]).await;
    let dispatch = station.dispatches_to(50).await;
    station.works().await;
    station.until(dispatch, |tally| tally.accepted == 20 && tally.queued == 30).await;
    station.stops().await;
    station.works().await;
    station.waits(23 * 60 * MINUTE);
    while station.hindrance().is_none_or(|why| !why.contains("quota")) {
        tokio::task::yield_now().await;
    }
    assert_eq!(relay.record().len(), 20);
    for accepted in [40, 50] {
        station.waits(25 * 60 * MINUTE);
        station.until(dispatch, |tally| tally.accepted == accepted).await;
    }
    assert_eq!((station.phase(dispatch).await, relay.record().len()), ("closed", 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn qq_gets_seven_letters_a_connection_and_the_others_do_not_wait_for_it() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=60).map(qq)).await;
    let dispatch = station.dispatches_to(60).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 120);
    let record = station.relay.record();
    let letters = by_connection(&record, "@qq.com");
    assert_eq!(letters.values().sum::<usize>(), 60);
    assert!(letters.values().all(|letters| *letters <= 7), "{letters:?}");
    let others = by_connection(&record, "@readers.example");
    assert!(letters.keys().all(|connection| !others.contains_key(connection)), "connections of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_has_had_enough_rests_while_the_others_go_on() {
    let mut station = Station::founded().await;
    station.relay.will(|rcpt, nth| {
        if rcpt.ends_with("@qq.com") && nth == 1 {
            Behaviour::Answer(Stage::Rcpt, "550 Ip frequency limited".into())
        } else {
            Behaviour::Accept
        }
    });
    station.has_readers("all", (1..=30).map(qq)).await;
    let dispatch = station.dispatches_to(30).await;
    station.works().await;
    station.until(dispatch, |tally| tally.accepted == 30 && tally.claimed + tally.armed == 0).await;
    let tried = (1..=30).filter(|n| station.relay.tries(&qq(*n)) > 0).count();
    assert!((1..=8).contains(&tried), "{tried} were tried before the lane rested");
    station.waits_while_idle(dispatch, 9 * MINUTE).await;
    let untried = (1..=30).filter(|n| station.relay.tries(&qq(*n)) == 0).count();
    assert_eq!(untried, 30 - tried, "nothing goes for ten minutes");
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, 61 * MINUTE).await;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.sum()), (60, 60), "nobody is held to blame");
}

#[test]
fn a_relay_that_settings_must_mend_is_left_alone_until_they_are_read_anew() {
    let cli = Cli::founded();
    cli.has_readers(3);
    cli.dispatches();
    let relay = Relay::start();
    let settings = |tls: &str| {
        let url = format!("smtp://{}?tls={tls}&connections=2", relay.address());
        cli.file("yizhan.toml", format!("[relay]\nurl = \"{url}\"\n[web]\nlisten = \"127.0.0.1:0\"\n"))
    };
    let file = settings("required");
    let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
    command.arg("--data").arg(cli.data()).args(["--config", &file, "serve"]).stderr(Stdio::piped());
    let mut serving = command.stdout(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(serving.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("cannot be used")));
    let signal = |which: &str| Command::new("kill").args([which, &serving.id().to_string()]).status().unwrap();
    settings("none");
    signal("-HUP");
    block_on(relay.waits_for(3));
    // At most two at once before, and one for each letter after: nobody knocked again and again.
    assert!(relay.connections() <= 6, "{} connections", relay.connections());
    signal("-TERM");
    serving.wait().unwrap();
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["accepted"], 3);
    assert_eq!((relay.record().len(), relay.tries(&reader(1))), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn qq_keeps_its_share_of_the_connections_while_others_still_wait() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 10;
    station.relay.is_slow();
    station.has_readers("all", (1..=56).map(qq)).await;
    let dispatch = station.dispatches_to(600).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 656);
    let record = station.relay.record();
    let last = record.iter().rposition(|taken| taken.rcpt.ends_with("@qq.com")).unwrap();
    let others = record[..last].iter().filter(|taken| !taken.rcpt.ends_with("@qq.com")).count();
    assert!(others < 550, "{others} of 600 others had their letters before the last of QQ's readers");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_came_late_get_a_share_of_connections_that_others_have_all_taken() {
    let mut station = Station::founded().await;
    station.settings.courier.connections = 4;
    station.relay.will(|rcpt, _| if rcpt == reader(1) { Behaviour::HeldAt(Stage::Data) } else { Behaviour::Accept });
    let first = station.dispatches_to(1_500).await;
    station.works().await;
    station.relay.waits_for(20).await;
    station.has_list("late").await;
    station.has_readers("late", (1..=14).map(qq)).await;
    let issue = station.takes_in(&BULLETIN.replace("No. 7", "No. 8")).await;
    let second = station.dispatches(issue, &["late"]).await;
    assert_eq!(station.until_closed(second).await.accepted, 14);
    assert!(station.tally(first).await.queued > 0, "they did not wait until the others had theirs");
    station.relay.releases();
    assert_eq!(station.until_closed(first).await.accepted, 1_500);
    assert!(station.relay.connections() < 60, "{} connections", station.relay.connections());
}

#[test]
fn changed_settings_open_no_more_connections_while_letters_are_under_way() {
    let cli = Cli::founded();
    cli.has_readers(20);
    cli.dispatches();
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::HeldAt(Stage::Dot));
    let url = format!("smtp://{}?tls=none&connections=2", relay.address());
    let file = cli.file("yizhan.toml", format!("[relay]\nurl = \"{url}\"\n[web]\nlisten = \"127.0.0.1:0\"\n"));
    let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
    command.arg("--data").arg(cli.data()).args(["--config", &file, "serve"]).stderr(Stdio::piped());
    let mut serving = command.stdout(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(serving.stderr.take().unwrap()).lines();
    let signal = |which: &str| Command::new("kill").args([which, &serving.id().to_string()]).status().unwrap();
    block_on(relay.waits_for_stalled(2));
    for _ in 0..4 {
        signal("-HUP");
        assert!(said.any(|line| line.unwrap().contains("settings")));
    }
    assert_eq!(relay.connections(), 2);
    relay.will(|_, _| Behaviour::Accept);
    relay.releases();
    block_on(relay.waits_for(20));
    signal("-TERM");
    serving.wait().unwrap();
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["accepted"], 20);
    assert_eq!(relay.record().len(), 20, "nobody has a letter twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_were_put_off_call_for_no_connections_before_they_are_due() {
    let mut station = Station::founded().await;
    station.relay.will(|_, nth| {
        if nth == 1 { Behaviour::Answer(Stage::Rcpt, "451 4.3.0 come back later".into()) } else { Behaviour::Accept }
    });
    station.has_readers("all", (1..=40).map(qq)).await;
    let dispatch = station.dispatches_to_all().await;
    station.works().await;
    station.until(dispatch, |tally| tally.queued == 40 && (1..=40).all(|n| station.relay.tries(&qq(n)) == 1)).await;
    // They come back one by one, between four minutes and six.
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(5)).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(station.tally(dispatch).await.accepted, 40);
    let connections = station.relay.connections();
    assert!(connections <= 65, "{connections} connections for forty letters, each tried twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_leaves_the_rest_to_the_next_relay() {
    let (small, large) = (Relay::start(), Relay::start());
    let settings = RelaySettings { per_hour: Some(20), ..named("small", &small) };
    let mut station = with_relays(vec![settings, named("large", &large)]).await;
    let dispatch = station.dispatches_to(50).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 50);
    assert_eq!((small.record().len(), large.record().len()), (20, 30));
    station.waits(61 * MINUTE);
    let issue = station.takes_in(&BULLETIN.replace("No. 7", "No. 8")).await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 50);
    assert_eq!((small.record().len(), large.record().len()), (40, 60), "an hour has twenty");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_dispatches_on_one_lane_share_the_letters_of_its_minute() {
    let mut station = Station::founded().await;
    station.settings.lanes = toml::from_str("[\"qq.com\"]\nper_minute = 10").unwrap();
    station.has_readers("all", (1..=15).map(qq)).await;
    let first = station.dispatches_to_all().await;
    let issue = station.takes_in(&BULLETIN.replace("No. 7", "No. 8")).await;
    let second = station.dispatches(issue, &["all"]).await;
    station.works().await;
    for minute in 1..=3 {
        station.relay.waits_for(10 * minute).await;
        for dispatch in [first, second] {
            station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
        }
        assert_eq!(station.relay.record().len(), 10 * minute);
        station.waits(MINUTE);
    }
    assert_eq!((station.until_closed(first).await.accepted, station.until_closed(second).await.accepted), (15, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_both_relays_are_down_letters_wait_and_go_by_the_one_that_is_back() {
    let (first, second) = (Relay::start(), Relay::start());
    let mut station = with_relays(vec![named("first", &first), named("second", &second)]).await;
    first.down().await;
    second.down().await;
    let dispatch = station.dispatches_to(20).await;
    station.works().await;
    while !station.hindrance().is_some_and(|why| why.contains("second") && why.contains("trying again")) {
        tokio::task::yield_now().await;
    }
    assert_eq!(station.tally(dispatch).await.queued, 20);
    second.up();
    station.waits(11 * MINUTE);
    assert_eq!(station.until_closed(dispatch).await.accepted, 20);
    assert_eq!((first.record().len(), second.record().len()), (0, 20));
    assert!(station.log(dispatch).await.iter().all(|entry| entry.attempts.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_has_a_return_path_of_its_own_by_whichever_relay_wants_that() {
    let (fixed, verp) = (Relay::start(), Relay::start());
    let own = RelaySettings {
        return_path: ReturnPathSetting::Verp,
        bounce_domain: Some("bounces.harbour.example".into()),
        ..named("verp", &verp)
    };
    let small = RelaySettings { per_day: Some(5), ..named("fixed", &fixed) };
    let mut station = with_relays(vec![small, own]).await;
    let dispatch = station.dispatches_to(15).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 15);
    assert!(fixed.record().iter().all(|taken| taken.from == "notes@harbour.example"));
    let paths: BTreeSet<String> = verp.record().into_iter().map(|taken| taken.from).collect();
    assert_eq!((fixed.record().len(), paths.len()), (5, 10));
    assert!(paths.iter().all(|path| path.starts_with("b+") && path.ends_with("@bounces.harbour.example")), "{paths:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_last_letter_broke_nothing_is_said_to_be_in_the_way() {
    let mut station = Station::founded().await;
    station.relay.will(|_, _| Behaviour::CloseAfterDot);
    let dispatch = station.dispatches_to(1).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.uncertain, 1);
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
    while station.hindrance().is_some() {
        tokio::task::yield_now().await;
    }
}
