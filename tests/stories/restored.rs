//! A backup brought back writes to nobody twice, and whoever left stays away: the real binary, the relay's own
//! record as the judge. A database that is older than its journal, or was moved, sends nothing until released.

use crate::cli::{Cli, block_on};
use crate::outside;
use crate::relay::{Behaviour, Relay};
use crate::station::{BULLETIN, reader};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use yizhan::domain::attempt::Stage;

const READERS: u32 = 300;

/// A bulletin of the week after.
pub(crate) const NEXT: &str = "# Harbour Notes\n\n2024 No. 8\n\n2024-07-08\n\n## The old crane\n\nThe crane is gone, and nobody misses it. Its place is a garden now.\n";

/// A command that runs on beside the story.
fn begins(cli: &Cli, arguments: &[&str]) -> Child {
    let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
    command.arg("--data").arg(cli.data()).args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ends(mut child: Child, signal: &str) {
    Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
}

/// How often the relay has taken a letter for each reader.
fn times_taken(relay: &Relay) -> HashMap<String, u32> {
    let mut times = HashMap::new();
    for taken in relay.record() {
        *times.entry(taken.rcpt).or_insert(0) += 1;
    }
    times
}

fn nobody_twice(relay: &Relay) {
    assert!(times_taken(relay).values().all(|times| *times == 1), "accepted twice");
}

pub(crate) fn number(object: &Value, field: &str) -> i64 {
    object[field].as_i64().unwrap_or_else(|| panic!("no number {field} in {object}"))
}

fn backup(cli: &Cli) -> String {
    let file = cli.data().with_file_name("backup.db").display().to_string();
    cli.prints(&["backup", &file]);
    file
}

#[test]
fn a_backup_of_mid_run_brought_back_writes_to_nobody_twice_and_loses_no_leaving() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(READERS);
    cli.dispatches();
    let child = begins(&cli, &["courier"]);
    block_on(relay.waits_for(60));
    let file = backup(&cli);
    // After the backup: readers leave, one of whom it does not know, and the run goes on.
    cli.prints(&["subscriber", "add", "notes/all", "late@readers.example"]);
    for leaver in [reader(1), reader(299), reader(300), "late@readers.example".to_owned()] {
        cli.prints(&["subscriber", "leave", "notes", &leaver]);
    }
    assert!(child.wait_with_output().unwrap().status.success());
    let before = relay.record().len();

    let restored = cli.prints(&["restore", &file]);
    assert_eq!((number(&restored, "departures"), number(&restored, "ended")), (4, 3));
    let tally = cli.prints(&["dispatch", "show", "1"]);
    assert_eq!(number(&tally, "accepted") + number(&tally, "uncertain"), i64::from(READERS), "{tally}");
    assert!(number(&tally, "uncertain") > 0 && tally["state"] == "closed", "{tally}");
    assert_eq!(number(&restored, "uncertain"), number(&tally, "uncertain"));
    assert!(cli.data().join(restored["aside"].as_str().unwrap()).exists());

    let sentence = cli.is_refused(&["courier"]);
    assert!(sentence.contains("restored from a backup") && sentence.contains("restore --release"), "{sentence}");
    let released = cli.prints(&["restore", "--release"]);
    assert_eq!((&released["released"], number(&released, "uncertain")), (&true.into(), number(&tally, "uncertain")));
    cli.lists(&["courier"]);
    assert_eq!(relay.record().len(), before);
    nobody_twice(&relay);

    // The roster comes again with everyone in it, and the next issue goes out.
    let rows: String = (1..=READERS).map(|n| format!("{}\n", reader(n))).collect();
    let roster = cli.file("again.csv", format!("email\n{rows}late@readers.example\n"));
    assert_eq!(number(&cli.prints(&["subscriber", "import", "notes/all", &roster]), "ignored"), 4);
    let issue = cli.takes_in("next.md", NEXT);
    let tally = cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--wait"]);
    assert_eq!(number(&tally, "accepted"), i64::from(READERS) - 3);
    let second = relay.record().split_off(before);
    for leaver in [reader(1), reader(299), reader(300), "late@readers.example".to_owned()] {
        assert!(second.iter().all(|taken| taken.rcpt != leaver), "{leaver} had left");
    }
}

#[test]
fn a_database_put_back_by_hand_is_held_and_the_pages_go_on() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(READERS);
    cli.dispatches();
    let child = begins(&cli, &["courier"]);
    block_on(relay.waits_for(60));
    ends(child, "-TERM");
    let (database, copy) = (cli.data().join("yizhan.db"), cli.data().with_file_name("copy.db"));
    fs::copy(&database, &copy).unwrap();
    cli.prints(&["subscriber", "leave", "notes", &reader(300)]);
    cli.lists(&["courier"]);
    let before = relay.record().len();
    fs::copy(&copy, &database).unwrap();

    let settings = cli.file("settings.toml", "[web]\nlisten = \"127.0.0.1:0\"\n");
    let mut serve = begins(&cli, &["--config", &settings, "serve"]);
    let mut said = BufReader::new(serve.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = said.find_map(|line| line.split_once("http://").map(|(_, at)| at.to_owned())).unwrap();
    assert!(said.any(|line| line.contains("older than its journal") && line.contains("restore --release")));
    let health = get(&address, "/healthz");
    assert!(health.starts_with("HTTP/1.1 200") && health.contains("older than its journal"), "{health}");
    let standing = cli.prints(&["subscriber", "show", &reader(300)]);
    assert_eq!(standing["subscriptions"][0]["state"], "ended");
    // A service that has it open is in the way of a restore, also one that sends nothing.
    let sentence = cli.is_refused_and_nothing_changes(&["restore", &copy.display().to_string()]);
    assert!(sentence.contains("open in another yizhan"), "{sentence}");

    assert!(number(&cli.prints(&["restore", "--release"]), "uncertain") > 0);
    assert!(said.any(|line| line.contains("is at work")));
    ends(serve, "-TERM");
    assert_eq!(relay.record().len(), before);
    nobody_twice(&relay);
}

fn get(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_database_from_before_the_first_letter_put_back_does_not_send_the_issue_again() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(20);
    cli.dispatches();
    let (database, copy) = (cli.data().join("yizhan.db"), cli.data().with_file_name("copy.db"));
    fs::copy(&database, &copy).unwrap();
    let child = begins(&cli, &["courier"]);
    block_on(relay.waits_for(5));
    ends(child, "-KILL");
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(cli.data().join(format!("yizhan.db{suffix}")));
    }
    fs::copy(&copy, &database).unwrap();
    assert!(cli.is_refused(&["courier"]).contains("older than its journal"));
    cli.prints(&["restore", "--release"]);
    cli.lists(&["courier"]);
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["state"], "cancelled");
    nobody_twice(&relay);
}

#[test]
fn a_restored_schedule_does_not_send_by_itself_what_went_out_before() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(5);
    cli.prints(&["schedule", "set", "notes", "--cron", "* * * * *", "--to", "notes/all"]);
    let issue = cli.takes_in("notes.md", BULLETIN);
    cli.prints(&["edition", "submit", &issue]);
    let file = backup(&cli);
    cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--wait"]);
    cli.prints(&["restore", &file]);
    cli.prints(&["restore", "--release"]);
    assert_eq!(cli.lists(&["schedule", "list"])[0]["state"], "paused");
    // An hour that had passed when the database was backed up.
    cli.meddles("UPDATE schedule SET since = 0, upto = (SELECT submitted_at FROM edition WHERE id = 1)");
    cli.lists(&["courier"]);
    nobody_twice(&relay);
}

#[test]
fn a_folder_that_was_copied_is_held_and_goes_on_when_released() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(20);
    cli.dispatches();
    // The second half is put off, so that it is still in the queue when the folder is copied.
    relay.will(|rcpt, nth| {
        let later = rcpt > reader(10).as_str() && nth == 1;
        if later { Behaviour::Answer(Stage::Rcpt, "451 4.2.0 later".into()) } else { Behaviour::Accept }
    });
    cli.lists(&["courier"]);
    let elsewhere = cli.data().with_file_name("elsewhere");
    assert!(Command::new("cp").arg("-r").arg(cli.data()).arg(&elsewhere).status().unwrap().success());
    let cli = cli.works_in(&elsewhere);
    assert!(cli.is_refused(&["courier"]).contains("another machine or in another folder"));
    assert_eq!(number(&cli.prints(&["restore", "--release"]), "uncertain"), 0);
    cli.meddles("UPDATE delivery SET due_at = 0 WHERE state = 'queued'");
    cli.lists(&["courier"]);
    assert_eq!(number(&cli.prints(&["dispatch", "show", "1"]), "accepted"), 20);
    nobody_twice(&relay);
}

#[test]
fn a_database_without_its_journal_is_held() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    cli.dispatches();
    cli.lists(&["courier"]);
    fs::remove_file(cli.data().join("journal")).unwrap();
    assert!(cli.is_refused(&["courier"]).contains("not beside it"));
    cli.prints(&["restore", "--release"]);
    cli.lists(&["courier"]);
    nobody_twice(&relay);
}

#[test]
fn a_torn_line_of_the_journal_is_dropped_and_the_others_are_kept() {
    let cli = Cli::founded();
    cli.has_readers(3);
    let file = backup(&cli);
    cli.prints(&["subscriber", "leave", "notes", &reader(1)]);
    let journal = cli.data().join("journal");
    let whole = fs::read(&journal).unwrap();
    fs::OpenOptions::new().append(true).open(&journal).unwrap().write_all(&whole[..whole.len() / 2]).unwrap();
    assert_eq!(number(&cli.prints(&["restore", &file]), "departures"), 1);
    cli.prints(&["subscriber", "leave", "notes", &reader(2)]);
    assert_eq!(number(&cli.prints(&["restore", &file]), "departures"), 2);
    assert_eq!(cli.prints(&["subscriber", "show", &reader(3)])["subscriptions"][0]["state"], "active");
    assert!(!fs::read_to_string(journal).unwrap().contains("readers.example"), "an address stands in the journal");
}

#[test]
fn a_restore_while_a_process_sends_is_refused() {
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::HeldAt(Stage::Data));
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(1);
    let file = backup(&cli);
    cli.dispatches();
    let child = begins(&cli, &["courier"]);
    block_on(relay.waits_for_stalled(1));
    assert!(cli.is_refused_and_nothing_changes(&["restore", &file]).contains("another yizhan is sending"));
    assert!(cli.is_refused_and_nothing_changes(&["restore", "--release"]).contains("another yizhan is sending"));
    relay.releases();
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn a_file_that_is_no_sound_backup_is_refused() {
    let cli = Cli::founded();
    cli.has_readers(3);
    let file = backup(&cli);
    let bytes = fs::read(&file).unwrap();
    let mut broken = bytes.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 9000].fill(0xA5);
    let newer = cli.data().with_file_name("newer.db");
    fs::write(&newer, &bytes).unwrap();
    let other = Cli::new();
    fs::create_dir_all(other.data()).unwrap();
    fs::copy(&newer, other.data().join("yizhan.db")).unwrap();
    other.meddles(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    );
    fs::copy(other.data().join("yizhan.db"), &newer).unwrap();
    for (bad, says) in [
        (cli.file("noise.db", "no database at all, only words"), "not a sound database"),
        (cli.file("empty.db", ""), "not a sound database"),
        (cli.file("broken.db", broken), "not a sound database"),
        (newer.display().to_string(), "newer Yizhan"),
        ("nowhere.db".to_owned(), "name another file"),
    ] {
        let sentence = cli.is_refused_and_nothing_changes(&["restore", &bad]);
        assert!(sentence.contains(says), "{bad}: {sentence}");
        let left = fs::read_dir(cli.data())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("yizhan.db."));
        assert_eq!(left.count(), 0, "{bad} left something behind");
    }
    cli.prints(&["publication", "list"]);
}

#[test]
fn a_backup_overwrites_nothing_and_a_full_disk_leaves_none() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Cli::founded();
    cli.has_readers(2_000);
    let there = cli.file("there.db", "somebody's");
    assert!(cli.is_refused_and_nothing_changes(&["backup", &there]).contains("is there already"));
    assert_eq!(fs::read(&there).unwrap(), b"somebody's");
    let Some(disk) = outside::small_disk(folder.path(), 1024) else { return };
    disk.fill_but_for(200);
    let file = folder.path().join("backup.db");
    let sentence = cli.is_refused_and_nothing_changes(&["backup", &file.display().to_string()]);
    assert!(sentence.contains("backup.db"), "{sentence}");
    assert!(!file.exists() && !folder.path().join("backup.db.part").exists());
}

#[test]
fn a_leaving_that_the_journal_cannot_hold_is_not_said_to_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = outside::small_disk(folder.path(), 4 * 1024) else { return };
    let cli = Cli::new().works_in(&folder.path().join("data"));
    cli.founds(&[]);
    cli.has_readers(3);
    // No room for anything; for SQLite's index only; for the journal's line too, but not for the commit.
    for room in [0, 32, 36] {
        let ballast = disk.fill_but_for(room);
        let sentence = cli.is_refused(&["subscriber", "leave", "notes", &reader(1)]);
        assert!(sentence.contains("full"), "{room}: {sentence}");
        fs::remove_file(ballast).unwrap();
        assert_eq!(cli.prints(&["subscriber", "show", &reader(1)])["subscriptions"][0]["state"], "active", "{room}");
    }
    cli.prints(&["subscriber", "leave", "notes", &reader(1)]);
    let journal = fs::read_to_string(folder.path().join("data/journal")).unwrap();
    assert!(journal.ends_with('\n') && (1..=2).contains(&journal.lines().count()), "{journal}");
}

/// Who among readers 1 to 3 is still on the list.
fn on_the_list(cli: &Cli) -> Vec<u32> {
    let is_on = |n: &u32| cli.prints(&["subscriber", "show", &reader(*n)])["subscriptions"][0]["state"] == "active";
    (1..=3).filter(is_on).collect()
}

#[test]
fn a_restore_beside_a_damaged_or_missing_journal_says_that_somebody_may_have_left() {
    let cli = Cli::founded();
    cli.has_readers(3);
    let file = backup(&cli);
    assert_eq!(cli.prints(&["restore", &file])["journal_gap"], "No journal is beside the database");
    cli.prints(&["restore", "--release"]);
    for n in [1, 2] {
        cli.prints(&["subscriber", "leave", "notes", &reader(n)]);
    }
    let path = cli.data().join("journal");
    let whole = fs::read(&path).unwrap();
    assert_eq!(cli.prints(&["restore", &file])["journal_gap"], Value::Null);
    assert_eq!(on_the_list(&cli), [3]);

    // One byte of reader 1's line: the first is the mark of the release.
    let mut damaged = whole.clone();
    let second = damaged.iter().position(|byte| *byte == b'\n').unwrap() + 20;
    damaged[second] ^= 1;
    fs::write(&path, damaged).unwrap();
    let restored = cli.prints(&["restore", &file]);
    assert_eq!((number(&restored, "departures"), on_the_list(&cli)), (1, vec![1, 3]));
    assert_eq!(restored["journal_gap"], "1 line of the journal cannot be read");
    let said = cli.types(&["restore", &file]);
    let place = format!("put the newest journal at {} before `yizhan restore --release`", path.display());
    assert!(said.text().contains("who left since the backup is not known") && said.text().contains(&place), "{said:?}");

    fs::remove_file(&path).unwrap();
    cli.prints(&["restore", &file]);
    let seen = &cli.run(&["check"]).json()[0];
    let journal = seen["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == "journal").unwrap();
    assert!(journal["standing"] == "mend" && journal["says"].as_str().unwrap().contains("not beside"), "{journal}");
    let said = cli.types(&["restore", "--release"]);
    assert!(
        said.text().contains("No journal is beside the database, so who left since the backup is not known"),
        "{said:?}"
    );

    // The newest journal, put in its place after all.
    cli.prints(&["restore", &file]);
    fs::write(&path, whole).unwrap();
    assert_eq!(cli.prints(&["restore", "--release"])["journal_gap"], Value::Null);
    assert_eq!(on_the_list(&cli), [3]);
}

#[test]
fn a_dispatch_that_was_cancelled_after_the_backup_does_not_come_back() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(2);
    let issue = cli.takes_in("notes.md", BULLETIN);
    cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--at", "2126-12-01T09:00"]);
    let file = backup(&cli);
    cli.prints(&["dispatch", "cancel", "1"]);
    let restored = cli.prints(&["restore", &file]);
    assert_eq!(restored["called_off"], serde_json::json!([1]), "{restored}");
    let said = cli.types(&["restore", "--release"]);
    assert!(said.text().contains("Dispatch 1 had not begun in the backup, and was called off"), "{said:?}");
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["state"], "cancelled");
    // A person may start it once more.
    let tally = cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--wait"]);
    assert_eq!(number(&tally, "accepted"), 2);
    nobody_twice(&relay);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_a_backup_and_a_restore_make_is_their_owners_alone() {
    let cli = Cli::founded();
    cli.has_readers(2);
    // What a backup that was killed has left, and anybody may write to.
    let part = cli.data().with_file_name("backup.db.part");
    fs::write(&part, "half").unwrap();
    fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).unwrap();
    let mut others = fs::OpenOptions::new().write(true).open(&part).unwrap();
    let file = backup(&cli);
    others.write_all(b"not a database any more").unwrap();
    assert_eq!(mode(Path::new(&file)), 0o600);
    let elsewhere = cli.data().with_file_name("elsewhere");
    let cli = cli.works_in(&elsewhere);
    let said = cli.types(&["restore", &file]);
    assert!(said.text().contains(&format!("is the database in {} now", elsewhere.display())), "{said:?}");
    assert_eq!((mode(&elsewhere), mode(&elsewhere.join("yizhan.db"))), (0o700, 0o600));
}

#[test]
fn a_restore_goes_into_a_folder_that_was_named_and_is_ones_own() {
    let cli = Cli::founded();
    let file = backup(&cli);
    // Without a name, where there is none.
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
    let refused = command.current_dir(elsewhere.path()).args(["restore", &file]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("name the data folder with --data or YIZHAN_DATA"), "{said}");
    assert!(!elsewhere.path().join("data").exists());
    // Another user's; only root can give it away.
    if std::os::unix::fs::chown(cli.data(), Some(1), Some(1)).is_ok() {
        for arguments in [["restore", &file], ["restore", "--release"]] {
            let said = cli.is_refused(&arguments);
            assert!(said.contains("sudo -u daemon") && said.contains(&cli.data().display().to_string()), "{said}");
        }
    }
}

#[test]
fn a_check_says_what_must_be_mended_and_changes_nothing() {
    let finding = |seen: &Value, what: &str| {
        let found = seen["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what).cloned();
        found.unwrap_or_else(|| panic!("nothing of {what} in {seen}"))
    };
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    backup(&cli);
    cli.dispatches();
    cli.lists(&["courier"]);
    let (tables, connections) = (cli.tables(), relay.connections());
    let seen = cli.prints(&["check", "--resolver", "127.0.0.1:1"]);
    assert_eq!(seen["well"], true, "{seen}");
    for what in ["database", "clock", "right to send", "journal", "backup", "relay", "disk", "data folder"] {
        let finding = finding(&seen, what);
        assert_eq!(finding["standing"], "well", "{finding}");
    }
    assert_eq!(finding(&seen, "DNS")["standing"], "unknown");
    assert_eq!((cli.tables(), relay.connections()), (tables, connections + 1));
    assert_eq!(relay.record().len(), 3);

    // A journal with a damaged line, a database that was set ahead, a relay that is gone, wrong settings.
    let journal = cli.data().join("journal");
    let mut bytes = fs::read(&journal).unwrap();
    bytes[20] ^= 1;
    fs::write(&journal, bytes).unwrap();
    cli.meddles("INSERT INTO audit (at, actor, verb, noun) VALUES (4102444800000, 'station', 'look', 'clock')");
    cli.meddles("UPDATE station SET mark = 0");
    let settings = cli.file("settings.toml", "[courier]\nconections = 3\n");
    block_on(relay.down());
    let ran = cli.run(&["--config", &settings, "check", "--resolver", "127.0.0.1:1"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.sentence().contains("things must be mended"), "{}", ran.stderr);
    let seen_without = &cli.run(&["check"]).json()[0];
    assert!(finding(seen_without, "relay")["says"].as_str().unwrap().contains("failed at connect"), "{seen_without}");
    let seen = &ran.json()[0];
    assert_eq!(seen["well"], false);
    for (what, says) in [
        ("configuration", "line 2"),
        ("clock", "2100-01-01"),
        ("journal", "1 lines are damaged"),
        ("right to send", "older than its journal"),
    ] {
        let finding = finding(seen, what);
        assert!(finding["standing"] == "mend" && finding["says"].as_str().unwrap().contains(says), "{finding}");
        assert!(!finding["next"].as_str().unwrap().is_empty(), "{finding}");
    }
}

#[test]
fn a_check_makes_no_data_folder() {
    let cli = Cli::new();
    let ran = cli.run(&["check"]);
    assert_eq!(ran.code, Some(1), "no relay is set");
    assert_eq!(ran.json()[0]["findings"][1]["what"], "data folder");
    assert!(!cli.data().exists());
}

#[test]
fn a_check_after_an_upgrade_leaves_the_older_database_as_it_is() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    // What the older program has not seen: the last step.
    cli.meddles("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    let before = cli.tables();
    let seen = cli.prints(&["check", "--resolver", "127.0.0.1:1"]);
    let of = |what: &str| seen["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what).cloned();
    assert_eq!(of("database").unwrap()["standing"], "well", "{seen}");
    let version = of("version").unwrap_or_else(|| panic!("{seen}"));
    assert_eq!(version["standing"], "look");
    assert!(version["next"].as_str().unwrap().contains("brings it up to date"), "{version}");
    assert_eq!(cli.tables(), before);

    cli.meddles("INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1");
    let ran = cli.run(&["check"]);
    let newer = ran.json()[0]["findings"][3].clone();
    assert_eq!((ran.code, newer["standing"].as_str()), (Some(1), Some("mend")));
    assert!(newer["says"].as_str().unwrap().contains("written by a newer Yizhan"), "{newer}");
}

#[test]
fn what_opened_the_house_when_the_backup_was_made_opens_it_no_more() {
    let cli = Cli::founded();
    cli.prints(&["account", "add", "eve@harbour.example", "--role", "editor"]);
    let make = ["account", "token", "add", "eve@harbour.example", "--name", "typesetter", "--scope", "read"];
    cli.prints(&make);
    let file = backup(&cli);
    cli.prints(&["account", "token", "revoke", "eve@harbour.example", "1"]);
    let restored = cli.prints(&["restore", &file]);
    assert_eq!(number(&restored, "tokens_ended"), 1);
    assert!(cli.lists(&["account", "token", "list", "eve@harbour.example"]).is_empty(), "a revoked token revived");
}
