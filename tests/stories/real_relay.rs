//! Through a real Postfix: what the mailboxes hold is what the log calls accepted; one of them is read by IMAP,
//! through a real Dovecot.

use crate::authority::Authority;
use crate::cli::{Cli, block_on};
use crate::imap::Imap;
use crate::outside;
use crate::postfix::{self, Postfix};
use crate::station::{Station, reader};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use yizhan::domain::id::DispatchId;
use yizhan::domain::link::Use;
use yizhan::intake::letter::{self, ReceivedLetter};
use yizhan::store;

#[test]
fn two_hundred_letters_through_postfix_arrive_once_each() {
    let Some(program) = outside::postfix() else { return };
    block_on(async {
        let postfix = Postfix::start(program).await;
        let cli = Cli::founded().with_relay(postfix.url());
        let log = tokio::task::spawn_blocking(move || {
            cli.has_readers(200);
            cli.dispatches();
            cli.lists(&["courier"]);
            let tally = cli.prints(&["dispatch", "show", "1"]);
            assert_eq!((&tally["accepted"], &tally["state"]), (&200.into(), &"closed".into()), "{tally}");
            cli.lists(&["delivery", "log", "--dispatch", "1"])
        });
        let log = log.await.unwrap();
        let arrived: Vec<_> = postfix.waits_for(200).await.iter().map(|file| std::fs::read(file).unwrap()).collect();
        let ids = |names: Vec<String>| {
            names.into_iter().map(|id| id.trim_matches(['<', '>']).to_owned()).collect::<BTreeSet<_>>()
        };
        let logged = ids(log.iter().map(|entry| entry["message_id"].as_str().unwrap().to_owned()).collect());
        let read = ids(arrived.iter().map(|bytes| letter::read(bytes).unwrap().message_id.unwrap()).collect());
        assert_eq!((arrived.len(), logged.len()), (200, 200));
        assert_eq!(read, logged);
        let first = letter::read(&arrived[0]).unwrap();
        assert!(first.text.is_some_and(|text| text.contains("The pier is open.")));
        assert!(first.html.is_some_and(|html| html.contains("The pier is open.")));
    });
}

#[test]
fn through_a_postfix_that_wants_tls_and_a_password_letters_arrive_and_a_wrong_password_costs_nothing() {
    let (Some(program), Some(dovecot)) = (outside::postfix(), outside::dovecot()) else { return };
    block_on(async {
        let authority = Authority::new();
        let postfix = Postfix::start_guarded(program, dovecot, &authority).await;
        let address = postfix.address();
        let log = tokio::task::spawn_blocking(move || {
            let cli = Cli::founded();
            cli.has_readers(50);
            cli.dispatches();
            let ca_file = authority.file(cli.data());
            let config = cli.file("yizhan.toml", format!("[relay]\nca_file = '{}'\n", ca_file.display()));
            let courier = ["--config", &config, "courier"];
            let cli = cli.with_relay(format!("smtp://news:wrong-one@{address}?tls=required&connections=1"));
            let ran = cli.run(&courier);
            assert!(ran.stderr.contains("refused user and password (535"), "{}", ran.stderr);
            let tally = cli.prints(&["dispatch", "show", "1"]);
            assert_eq!((&tally["queued"], &tally["failed"]), (&50.into(), &0.into()), "{tally}");
            let cli = cli.with_relay(format!("smtp://news:right-one@{address}?tls=required"));
            assert_eq!(cli.run(&courier).code, Some(0));
            assert_eq!(cli.prints(&["dispatch", "show", "1"])["accepted"], 50);
            cli.lists(&["delivery", "log", "--dispatch", "1"])
        });
        let log = log.await.unwrap();
        assert!(log.iter().all(|entry| entry["attempts"].as_array().unwrap().len() == 1));
        assert_eq!(postfix.waits_for(50).await.len(), 50);
        let said = postfix.log();
        assert!(said.contains("sasl_username=news") && said.contains("TLS connection established"), "{said}");
    });
}

const CONNECTIONS: u32 = 5;
/// As many letters as Postfix delivers at once to one domain (`default_destination_concurrency_limit`).
const AT_ONCE: usize = 20;

/// How many letters are read back; `cargo xtask prove postfix` asks for more.
fn readers() -> u32 {
    std::env::var("YIZHAN_PROVE_MAILBOXES").map_or(150, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn through_a_relay_restarted_midway_mailboxes_hold_what_the_log_calls_accepted() {
    let (Some(program), Some(dovecot)) = (outside::postfix(), outside::dovecot_imap()) else { return };
    let readers = readers();
    let postfix = Postfix::start_with_mailboxes(program, dovecot, (1..=readers).map(reader)).await;
    let mut station = Station::founded().await;
    station.settings.relay.url = Some(postfix.url().into());
    station.settings.courier.connections = CONNECTIONS;
    let dispatch = station.dispatches_to(readers).await;
    station.works().await;
    let halfway = station.until(dispatch, |tally| tally.accepted >= i64::from(readers) * 2 / 5).await;
    postfix.stops().await;
    assert!(halfway.accepted < i64::from(readers), "not in the middle: {halfway:?}");
    station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
    postfix.starts().await;
    goes_on_until_closed(&station, dispatch).await;
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted + tally.uncertain, tally.sum()), (readers.into(), readers.into()), "{tally:?}");
    assert!(tally.uncertain <= i64::from(CONNECTIONS), "{tally:?}");
    let mailboxes = read_back(&postfix).await;
    let keyring = store::station::keyring(&mut station.store.read().await.unwrap()).await.unwrap().unwrap();
    let mut doubled = 0;
    for entry in station.log(dispatch).await {
        let logged = format!("{}@{}", keyring.mint(Use::MessageId, entry.delivery), entry.from_domain);
        let mailbox = entry.address.split('@').next().unwrap();
        let found = mailboxes.get(mailbox).map_or(&[][..], Vec::as_slice);
        let about = || {
            let taken: Vec<&str> = found.iter().map(queue_id).collect();
            format!("{mailbox} is {}, holds {taken:?}, tried {:?}; {}", entry.state, entry.attempts, postfix.log())
        };
        // What we say at the dot we say once, unless the answer is that it was not taken.
        let refused = |code: Option<i64>| code.is_some_and(|code| (400..500).contains(&code));
        let dots: Vec<_> = entry.attempts.iter().filter(|line| line.stage == "dot" && !refused(line.code)).collect();
        assert_eq!(dots.len(), 1, "{}", about());
        assert!(found.iter().all(|one| one.message_id.as_ref() == Some(&logged)), "{}", about());
        match (entry.state.as_str(), found) {
            ("accepted" | "uncertain", [first, again @ ..]) => {
                // Postfix crosses a letter off its queue after it lies in the mailbox: killed between the two, it delivers the
                // same letter again. Two that it took would differ in what its `Received` says.
                assert!(again.iter().all(|one| one.source == first.source), "{}", about());
                assert!(entry.state == "uncertain" || dots[0].text.ends_with(queue_id(first)), "{}", about());
                doubled += again.len();
            }
            ("uncertain", []) => {}
            _ => panic!("{}", about()),
        }
    }
    assert!(doubled <= AT_ONCE, "Postfix delivered {doubled} letters twice; it was stopped once");
    let letters: usize = mailboxes.values().map(Vec::len).sum();
    eprintln!(
        "{tally:?}; stopped after {}; {letters} letters in {} mailboxes, {doubled} of them Postfix delivered twice",
        halfway.accepted,
        mailboxes.len()
    );
}

/// The number under which Postfix took a letter.
fn queue_id(letter: &ReceivedLetter) -> &str {
    let (_, rest) = letter.source.split_once("(Postfix) with ESMTP id ").expect("Postfix says so");
    rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Time passes, but slowly enough that Postfix, which has a clock of its own, can answer.
async fn goes_on_until_closed(station: &Station, dispatch: DispatchId) {
    while station.phase(dispatch).await != "closed" {
        station.waits_while_idle(dispatch, Duration::from_secs(61)).await;
        for _ in 0..20 {
            if station.phase(dispatch).await == "closed" {
                return;
            }
            postfix::pause().await;
        }
    }
}

/// What lies in every mailbox, by IMAP, once Postfix has delivered all: it says yes before.
async fn read_back(postfix: &Postfix) -> HashMap<String, Vec<ReceivedLetter>> {
    postfix.waits_until_delivered().await;
    let mut imap = Imap::signs_in(postfix.imap(), "news", "right-one").await;
    let mut mailboxes = HashMap::new();
    for mailbox in imap.mailboxes().await {
        let letters = imap.letters(&mailbox).await;
        mailboxes.insert(mailbox, letters.iter().map(|bytes| letter::read(bytes).unwrap()).collect());
    }
    mailboxes
}
