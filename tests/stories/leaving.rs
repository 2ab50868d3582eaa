//! A "no" is easy, is never said by accident, and is kept, while letters go out too; only a person with a reason
//! takes it back. The real service over HTTP, the links as they stand in the letters, the relay's record as the judge.

use crate::cli::{Cli, block_on};
use crate::relay::{Behaviour, Relay};
use crate::station::reader;
use mail_parser::MessageParser;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use yizhan::domain::attempt::Stage;
use yizhan::domain::id::DeliveryId;
use yizhan::domain::link::{Keyring, Use};
use yizhan::store::{self, Store};

pub(crate) const BASE: &str = "https://letters.example";

/// A service at work, with pages on a port of its own.
pub(crate) struct Serve {
    child: Child,
    address: String,
}

impl Serve {
    pub(crate) fn begins(cli: &Cli) -> Self {
        let more = format!("[web]\nlisten = \"127.0.0.1:0\"\nbase_url = \"{BASE}\"\n[courier]\nconnections = 3\n");
        let settings = cli.file("settings.toml", more);
        let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
        command.arg("--data").arg(cli.data()).args(["--config", &settings, "serve"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = said.find_map(|line| line.split_once("http://").map(|(_, at)| at.trim().to_owned())).unwrap();
        // It goes on talking, and must not wait for a listener.
        std::thread::spawn(move || said.for_each(drop));
        Self { child, address }
    }

    /// One request; the whole answer.
    pub(crate) fn asks(&self, method: &str, path: &str, form: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let length = form.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: t\r\nAccept-Language: en\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        connection.write_all(format!("{head}{form}").as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(crate) fn leaves(&self, path: &str) {
        let answer = self.asks("POST", path, "List-Unsubscribe=One-Click");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("is on no list"), "{answer}");
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // Whatever the story has come to, nothing of it stays behind.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The path of the link in a reader's letter whose URL begins like this.
pub(crate) fn link(relay: &Relay, rcpt: &str, begins: &str) -> String {
    let taken = relay.record().into_iter().find(|taken| taken.rcpt == rcpt).unwrap();
    let letter = MessageParser::default().parse(&*taken.letter).unwrap();
    let text = letter.body_text(0).unwrap().into_owned();
    let url = text.split_whitespace().find_map(|word| word.find(begins).map(|at| word[at..].to_owned())).unwrap();
    url.strip_prefix(BASE).unwrap().to_owned()
}

fn keyring(cli: &Cli) -> Keyring {
    block_on(async {
        let store = Store::open(cli.data()).await.unwrap();
        let keyring = store::station::keyring(&mut store.read().await.unwrap()).await.unwrap().unwrap();
        store.close().await;
        keyring
    })
}

/// The rows of the audit that tell of this verb.
fn audited(cli: &Cli, verb: &str) -> Vec<String> {
    let verb = format!("'{verb}'");
    cli.tables().lines().filter(|row| row.starts_with("audit:") && row.contains(&verb)).map(str::to_owned).collect()
}

fn leavings_in_the_journal(cli: &Cli) -> usize {
    std::fs::read_to_string(cli.data().join("journal"))
        .unwrap()
        .lines()
        .filter(|line| line.contains("\"left\""))
        .count()
}

fn standing(cli: &Cli, address: &str) -> String {
    cli.prints(&["subscriber", "show", address])["subscriptions"][0]["state"].as_str().unwrap().to_owned()
}

fn backup(cli: &Cli, name: &str) -> String {
    let file = cli.data().with_file_name(name).display().to_string();
    cli.prints(&["backup", &file]);
    file
}

#[test]
#[expect(clippy::print_stdout, reason = "a proof shows its figures")]
fn scanners_change_nothing_and_a_hundred_presses_at_once_are_one_leaving() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(2);
    cli.dispatches();
    let serve = Serve::begins(&cli);
    block_on(relay.waits_for(2));
    let [leave, read] = ["leave", "read"].map(|way| link(&relay, &reader(1), &format!("{BASE}/{way}/")));

    let subscriptions =
        || cli.tables().lines().filter(|row| row.starts_with("subscription:")).map(str::to_owned).collect::<Vec<_>>();
    let before = subscriptions();
    for method in ["HEAD", "GET", "OPTIONS", "PUT"] {
        for path in [&leave, &read] {
            for _ in 0..25 {
                let answer = serve.asks(method, path, "");
                assert_eq!(answer.starts_with("HTTP/1.1 200"), ["HEAD", "GET"].contains(&method), "{answer}");
            }
        }
    }
    assert!(serve.asks("GET", &read, "").contains("The pier is open"));
    assert_eq!((subscriptions(), audited(&cli, "leave").len()), (before, 0));

    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| serve.leaves(&leave));
        }
    });
    assert_eq!((audited(&cli, "leave").len(), leavings_in_the_journal(&cli)), (1, 1));
    assert_eq!((standing(&cli, &reader(1)), standing(&cli, &reader(2))), ("ended".into(), "active".into()));
    println!("200 looks and 100 presses at once: one leaving, one line in the audit, one in the journal");
}

#[test]
fn a_reader_who_leaves_while_letters_go_out_gets_none_that_was_not_armed_before() {
    let relay = Relay::start();
    // Whatever is claimed waits before its text: nothing is armed yet.
    relay.will(|_, _| Behaviour::HeldAt(Stage::Data));
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(12);
    let dispatch = cli.dispatches();
    let serve = Serve::begins(&cli);
    block_on(relay.waits_for_stalled(3));
    let keyring = keyring(&cli);
    let log = cli.lists(&["delivery", "log", "--dispatch", &dispatch]);
    let claimed: Vec<_> = log.iter().filter(|entry| entry["state"] == "claimed").collect();
    assert!(
        claimed.len() >= 3 && log.iter().all(|entry| ["claimed", "queued"].map(Into::into).contains(&entry["state"]))
    );
    // All that are claimed leave, and two that wait.
    let queued = log.iter().filter(|entry| entry["state"] == "queued").take(2);
    let leavers: Vec<_> = claimed.into_iter().chain(queued).collect();
    for entry in &leavers {
        let delivery = DeliveryId(entry["delivery"].as_i64().unwrap());
        serve.leaves(&format!("/leave/{}", keyring.mint(Use::Leave, delivery)));
    }
    relay.will(|_, _| Behaviour::Accept);
    relay.releases();
    let rest = 12 - leavers.len();
    block_on(relay.waits_for(rest));
    while cli.prints(&["dispatch", "show", &dispatch])["state"] != "closed" {}
    let tally = cli.prints(&["dispatch", "show", &dispatch]);
    assert_eq!(
        (tally["accepted"].as_u64(), tally["skipped"].as_u64()),
        (Some(rest as u64), Some(leavers.len() as u64))
    );
    for entry in leavers {
        assert!(relay.record().iter().all(|taken| entry["address"] != *taken.rcpt), "{entry} had left");
    }
}

#[test]
fn who_left_is_brought_back_by_a_person_with_a_reason_and_by_nothing_else() {
    let cli = Cli::founded();
    cli.prints(&["list", "add", "notes/council", "--name", "Council"]);
    cli.has_readers(2);
    let (one, two) = (reader(1), reader(2));
    cli.prints(&["subscriber", "leave", "notes", &one]);
    let roster = cli.file("again.csv", format!("email\n{one}\n"));
    let back = ["subscriber", "return", "notes/all", &one];
    assert_eq!(cli.run(&back).code, Some(2), "without a reason");
    assert!(
        cli.is_refused_and_nothing_changes(&["subscriber", "add", "notes/all", &one]).contains("subscriber return")
    );
    let why = format!("{one} 来电，是误点");
    assert_eq!(cli.prints(&[&back[..], &["--why", &why]].concat())["returned"], true);
    assert_eq!(cli.prints(&[&back[..], &["--why", "again"]].concat())["returned"], false);
    assert_eq!(standing(&cli, &one), "active");
    let audit = audited(&cli, "bring back");
    assert!(audit.len() == 1 && audit[0].contains("<address> 来电，是误点") && !audit[0].contains(&one), "{audit:?}");
    // They are a reader like others again.
    assert_eq!(cli.prints(&["subscriber", "import", "notes/council", &roster])["new"], 1);
    let never = ["subscriber", "return", "notes/council", &two, "--why", "a slip"];
    assert!(cli.is_refused_and_nothing_changes(&never).contains("has not left"));
}

#[test]
fn one_list_is_left_by_the_command_too_and_the_others_go_on() {
    let cli = Cli::founded();
    cli.prints(&["list", "add", "notes/council", "--name", "Council"]);
    cli.has_readers(1);
    let roster = cli.file("council.csv", format!("email\n{}\n", reader(1)));
    assert_eq!(cli.prints(&["subscriber", "leave", "notes/all", &reader(1)])["ended"], 1);
    assert_eq!(cli.prints(&["subscriber", "import", "notes/all", &roster])["ignored"], 1);
    assert_eq!(cli.prints(&["subscriber", "import", "notes/council", &roster])["new"], 1);
    let why = &cli.prints(&["subscriber", "show", &reader(1)])["subscriptions"][0]["why"];
    assert_eq!(why, "left-list");
    assert!(cli.is_refused(&["subscriber", "leave", "notes/nowhere", &reader(1)]).contains("no list"));
}

#[test]
fn a_restore_takes_nobody_out_who_came_back_and_brings_nobody_back_who_left_again() {
    let cli = Cli::founded();
    cli.has_readers(4);
    let leave = |n| drop(cli.prints(&["subscriber", "leave", "notes", &reader(n)]));
    let back = |n| drop(cli.prints(&["subscriber", "return", "notes/all", &reader(n), "--why", "a slip"]));
    let first = backup(&cli, "first.db");
    (1..=3).for_each(leave);
    let second = backup(&cli, "second.db");
    back(1);
    back(2);
    leave(2);
    let now = ["active", "ended", "ended", "active"];
    for file in [&first, &second] {
        cli.prints(&["restore", file]);
        assert_eq!([1, 2, 3, 4].map(|n| standing(&cli, &reader(n))), now, "{file}");
        let rows: String = (1..=4).map(|n| format!("{}\n", reader(n))).collect();
        let roster = cli.file("again.csv", format!("email\n{rows}"));
        let imported = cli.prints(&["subscriber", "import", "notes/all", &roster]);
        assert_eq!((&imported["ignored"], &imported["duplicate"]), (&2.into(), &2.into()), "{imported}");
        cli.prints(&["restore", "--release"]);
        assert_eq!([1, 2, 3, 4].map(|n| standing(&cli, &reader(n))), now, "{file}");
    }
}

#[test]
fn consent_given_after_coming_back_outlives_a_journal_that_is_applied_again() {
    let cli = Cli::founded();
    cli.prints(&["list", "add", "notes/council", "--name", "Council"]);
    cli.has_readers(1);
    cli.prints(&["subscriber", "leave", "notes", &reader(1)]);
    cli.prints(&["subscriber", "return", "notes/all", &reader(1), "--why", "a slip"]);
    let roster = cli.file("council.csv", format!("email\n{}\n", reader(1)));
    assert_eq!(cli.prints(&["subscriber", "import", "notes/council", &roster])["new"], 1);
    let file = backup(&cli, "backup.db");
    cli.prints(&["restore", &file]);
    let shown = cli.prints(&["subscriber", "show", &reader(1)]);
    assert!(shown["subscriptions"].as_array().unwrap().iter().all(|list| list["state"] == "active"), "{shown}");
}

#[test]
fn who_left_after_the_backup_that_does_not_know_them_can_be_brought_back() {
    let cli = Cli::founded();
    let file = backup(&cli, "backup.db");
    cli.has_readers(1);
    cli.prints(&["subscriber", "leave", "notes", &reader(1)]);
    cli.prints(&["restore", &file]);
    assert!(cli.is_refused(&["subscriber", "add", "notes/all", &reader(1)]).contains("has left"));
    cli.prints(&["subscriber", "return", "notes/all", &reader(1), "--why", "a slip"]);
    assert_eq!(standing(&cli, &reader(1)), "active");
}

#[test]
fn a_suppression_is_lifted_by_a_person_with_a_reason() {
    let relay = Relay::start();
    relay.will(|_, nth| match nth {
        1 => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 User unknown in relay recipient table".into()),
        _ => Behaviour::Accept,
    });
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(1);
    cli.dispatches();
    assert_eq!(cli.run(&["courier"]).code, Some(1), "nobody was reached");
    let address = reader(1);
    assert!(cli.prints(&["subscriber", "show", &address])["suppressed"].is_string());
    let why = ["--why", "the relay's table was wrong"];
    let lifted = cli.prints(&[&["subscriber", "restore", &address.to_uppercase()], &why[..]].concat());
    assert!(lifted["was"].as_str().unwrap().contains("User unknown"), "{lifted}");
    let audit = audited(&cli, "lift suppression");
    assert!(audit.len() == 1 && audit[0].contains("table was wrong") && !audit[0].contains(&address), "{audit:?}");
    let again = [&["subscriber", "restore", &address], &why[..]].concat();
    assert!(cli.is_refused_and_nothing_changes(&again).contains("is not suppressed"));
    let issue = cli.takes_in(
        "next.md",
        "# Harbour Notes\n\n2024 No. 8\n\n2024-07-08\n\n## The old crane\n\nThe crane is gone, and nobody misses it.\n",
    );
    let tally = cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--wait"]);
    assert_eq!(tally["accepted"], 1);
}
