//! A disk that is full, or a key that others can read, stops the sending and nothing else: the pages go on, a leaving
//! that cannot be stored is answered 503, and when there is room again all goes on by itself. The real service over
//! HTTP, on a disk of its own; the relay's record as the judge.

use crate::cli::{Cli, block_on};
use crate::leaving::{BASE, Serve, link};
use crate::outside::{self, SmallDisk};
use crate::relay::Relay;
use crate::station::reader;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

/// An office on a small disk.
fn on_a_small_disk(kibibytes: u32, readers: u32) -> Option<(TempDir, SmallDisk, Relay, Cli)> {
    let folder = tempfile::tempdir().unwrap();
    let disk = outside::small_disk(folder.path(), kibibytes)?;
    let relay = Relay::start();
    let cli = Cli::new().works_in(&folder.path().join("data")).with_relay(relay.url());
    cli.founds(&[]);
    cli.has_readers(readers);
    cli.dispatches();
    Some((folder, disk, relay, cli))
}

fn leave_link(relay: &Relay, reader: &str) -> String {
    link(relay, reader, &format!("{BASE}/leave/"))
}

fn presses(serve: &Serve, path: &str) -> String {
    serve.asks("POST", path, "List-Unsubscribe=One-Click").lines().next().unwrap().to_owned()
}

/// Asks the service why nothing is sent until it says so.
fn says_that_it_sends_nothing(serve: &Serve, why: &str) {
    while !serve.asks("GET", "/healthz", "").contains(why) {}
}

fn is_closed(cli: &Cli) -> Value {
    loop {
        let tally = cli.prints(&["dispatch", "show", "1"]);
        if tally["state"] == "closed" {
            return tally;
        }
    }
}

#[test]
fn who_could_not_leave_on_a_full_disk_can_when_there_is_room_again() {
    let Some((_folder, disk, relay, cli)) = on_a_small_disk(8 * 1024, 3) else { return };
    let serve = Serve::begins(&cli);
    block_on(relay.waits_for(3));
    is_closed(&cli);
    let path = leave_link(&relay, &reader(1));
    for round in 0..3 {
        let ballast = disk.fill_but_for(0);
        assert_eq!(presses(&serve, &path), "HTTP/1.1 503 Service Unavailable", "{round}");
        fs::remove_file(ballast).unwrap();
    }
    assert_eq!(presses(&serve, &path), "HTTP/1.1 200 OK");
    let standing = cli.prints(&["subscriber", "show", &reader(1)]);
    assert_eq!(standing["subscriptions"][0]["state"], "ended");
}

#[test]
fn a_disk_that_fills_while_letters_go_out_stops_them_and_not_the_pages() {
    let Some((_folder, disk, relay, cli)) = on_a_small_disk(8 * 1024, 2_000) else { return };
    // Room for some of the run, not for all of it.
    let ballast = disk.fill_but_for(900);
    let serve = Serve::begins(&cli);
    says_that_it_sends_nothing(&serve, "full");
    let before = relay.record();
    assert!(!before.is_empty() && before.len() < 2_000, "{} letters", before.len());
    let path = leave_link(&relay, &before[0].rcpt);
    let page = serve.asks("GET", &path, "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains(&before[0].rcpt), "{page}");
    // Little may find room where much did not; the answer is true in either case.
    let answer = presses(&serve, &path);
    let standing = &cli.prints(&["subscriber", "show", &before[0].rcpt])["subscriptions"][0]["state"];
    let is_true = if *standing == "ended" { "HTTP/1.1 200 OK" } else { "HTTP/1.1 503 Service Unavailable" };
    assert_eq!(answer, is_true);
    fs::remove_file(ballast).unwrap();
    let tally = is_closed(&cli);
    let number = |state: &str| tally[state].as_i64().unwrap();
    assert_eq!(number("accepted") + number("uncertain"), 2_000, "{tally}");
    assert!(number("uncertain") <= 3, "{tally}");
    assert_eq!(presses(&serve, &path), "HTTP/1.1 200 OK");
    let mut readers: Vec<_> = relay.record().into_iter().map(|taken| taken.rcpt).collect();
    readers.sort_unstable();
    let taken = readers.len();
    readers.dedup();
    assert_eq!(readers.len(), taken, "accepted twice");
}

#[test]
fn a_key_that_others_can_read_stops_the_sending_and_not_the_pages() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    let made = cli.prints(&["dkim", "new", "harbour.example", "--ed25519"]);
    let key = Path::new(made["file"].as_str().unwrap_or_else(|| panic!("{made}"))).to_owned();
    let closed_to = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
    closed_to(0o644);
    cli.dispatches();
    let serve = Serve::begins(&cli);
    says_that_it_sends_nothing(&serve, "can be read by others");
    assert!(serve.asks("GET", "/leave", "").starts_with("HTTP/1.1 200"));
    closed_to(0o600);
    assert_eq!(is_closed(&cli)["accepted"], 3);
}
