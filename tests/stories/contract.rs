//! The command line is a contract: scripts rely on its fields and its exit status, so each command is
//! typed here as a script would, and what it prints is compared with COMMANDS.md name by name.

use crate::cli::Cli;
use crate::relay::{Behaviour, Relay};
use crate::station::{BULLETIN, reader};
use serde_json::{Value, json};
use yizhan::domain::attempt::Stage;

/// A bulletin that leaves one question open: its day.
const UNDATED: &str = "# Harbour Notes\n\n2024 No. 8\n\n## The old crane\n\nThe crane is gone, and nobody misses it.\n";

const TALLY: [&str; 11] = [
    "dispatch",
    "state",
    "audience",
    "queued",
    "claimed",
    "armed",
    "accepted",
    "failed",
    "expired",
    "skipped",
    "uncertain",
];

#[test]
fn each_command_prints_the_fields_that_scripts_rely_on() {
    let cli = Cli::founded();
    has(&cli.lists(&["publication", "list"])[0], &["slug", "name", "from", "approvals", "lang", "zone", "undated"]);
    has(&cli.prints(&["list", "show", "notes/all"]), &["list", "path", "name", "active", "pending", "ended"]);
    let roster = cli.file("r.csv", "email\na@readers.example\nnobody\n");
    let imported = cli.prints(&["subscriber", "import", "notes/all", &roster]);
    let counts = ["rows", "new", "cleaned", "updated", "duplicate", "ask", "rejected", "ignored"];
    has(&imported, &[&counts[..], &["details"]].concat());
    has(&imported["details"][0], &["row", "outcome", "address", "why"]);
    has(&cli.prints(&["subscriber", "add", "notes/all", "b@readers.example", "--name", "Bo"]), &["address", "list"]);
    has(&cli.prints(&["subscriber", "show", "b@readers.example"]), &["address", "person", "subscriptions"]);
    has(&cli.prints(&["subscriber", "leave", "notes", "b@readers.example"]), &["address", "ended"]);
    let back = ["subscriber", "return", "notes/all", "b@readers.example", "--why", "a slip"];
    has(&cli.prints(&back), &["address", "list", "returned"]);

    let file = cli.file("undated.md", UNDATED);
    let taken = cli.prints(&["issue", "import", "notes", &file]);
    has(&taken, &["issue", "document", "articles", "flags", "conservation"]);
    has(&taken["flags"][0], &["id", "kind", "severity", "place", "message", "default"]);
    has(&taken["conservation"], &["source", "body", "other", "lost"]);
    has(&cli.prints(&["issue", "answer", "1", "missing-date", "--choose", "none"]), &["issue", "answered"]);
    let shown = cli.prints(&["issue", "show", "1"]);
    let whole = ["id", "publication", "label", "year", "number", "published_on", "colophon", "articles", "flags"];
    has(&shown, &whole);
    has(&shown["articles"][0], &["order", "title", "section", "source", "author", "blocks"]);
    has(&shown["articles"][0]["blocks"][0], &["type", "level", "text", "run_in_heads", "rows"]);
    has(&cli.prints(&["edition", "submit", "1"]), &["edition"]);
    has(&cli.prints(&["dispatch", "start", "1", "--to", "notes/all"]), &["dispatch", "edition", "audience"]);
    has(&cli.prints(&["dispatch", "show", "1"]), &TALLY);
    has(&cli.prints(&["dispatch", "show", "1"]), &["round", "occasion", "because", "planned_by"]);
    let settled = cli.prints(&["delivery", "resolve", "--dispatch", "1", "--as", "accepted"]);
    has(&settled, &["dispatch", "settled", "as", "dry_run"]);
    let file = cli.data().with_file_name("backup.db").display().to_string();
    let backup = ["backup", "verified", "version", "bytes", "publications", "subscribers", "dispatches", "deliveries"];
    has(&cli.prints(&["backup", &file]), &[&backup[..], &["journal"]].concat());
    let restored = ["restored", "aside", "contents", "held", "uncertain", "dispatches", "called_off", "departures"];
    has(&cli.prints(&["restore", &file]), &[&restored[..], &["ended", "data", "journal_gap"]].concat());
    let released = ["released", "why", "uncertain", "dispatches", "departures", "journal_aside"];
    has(&cli.prints(&["restore", "--release"]), &[&released[..], &["data", "called_off", "journal_gap"]].concat());
    let checked = cli.run(&["check", "--resolver", "127.0.0.1:1"]).json().remove(0);
    has(&checked, &["well", "findings"]);
    has(&checked["findings"][0], &["what", "standing", "says", "next"]);
    has(&cli.prints(&["account", "add", "ed@harbour.example", "--role", "editor"]), &["account", "email", "role"]);
}

#[test]
fn the_exit_status_tells_done_from_refused_from_mistyped() {
    let cli = Cli::founded();
    for (arguments, code) in [
        (&["publication", "list"][..], 0),
        (&["restore", "--release"], 0),
        (&["restore", "nowhere.db"], 1),
        (&["backup", "no-such-folder/backup.db"], 1),
        (&["backup"], 2),
        (&["restore"], 2),
        (&["restore", "x.db", "--release"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["issue", "show", "7"], 1),
        (&["dispatch", "show", "7"], 1),
        (&["dispatch", "pause", "7"], 1),
        (&["edition", "approve", "7"], 1),
        (&["delivery", "resolve", "7", "--as", "accepted"], 1),
        (&["delivery", "log", "--dispatch", "7"], 1),
        (&["list", "show", "notes/none"], 1),
        (&["list", "add", "none/all", "--name", "x"], 1),
        (&["subscriber", "show", "nobody@readers.example"], 1),
        (&["subscriber", "leave", "notes", "nobody@readers.example"], 1),
        (&["--as", "nobody@harbour.example", "publication", "list"], 1),
        (&["publication", "add", "notes", "--name", "Again", "--from", "a@b.example"], 1),
        (&["list", "add", "notes/all", "--name", "Again"], 1),
        (&[], 2),
        (&["no-such-command"], 2),
        (&["issue", "show"], 2),
        (&["issue", "show", "first"], 2),
        (&["issue", "answer", "1"], 2),
        (&["dispatch", "start", "1"], 2),
        (&["dispatch", "start", "1", "--to", "notes/all", "--correction"], 2),
        (&["dispatch", "start", "1", "--to", "notes/all", "--why", "x"], 2),
        (&["dispatch", "start", "1", "--to", "notes/all", "--correction", "--again", "--why", "x"], 2),
        (&["dispatch", "resend", "7"], 1),
        (&["delivery", "resolve", "--dispatch", "7", "--as", "accepted"], 1),
        (&["delivery", "resolve", "--as", "accepted"], 2),
        (&["delivery", "resolve", "1", "--dry-run", "--as", "accepted"], 2),
        (&["publication", "add", "Not A Slug", "--name", "x", "--from", "a@b.example"], 2),
        (&["publication", "add", "x", "--name", "x", "--from", "no address"], 2),
        (&["publication", "add", "x", "--name", "x", "--from", "a@b.example", "--zone", "Mars/Base"], 2),
        (&["publication", "add", "x", "--name", "x", "--from", "a@b.example", "--approvals", "9"], 2),
        (&["subscriber", "add", "notes/all", "no address"], 2),
        (&["subscriber", "return", "notes/all", "b@readers.example"], 2),
        (&["subscriber", "restore", "b@readers.example", "--why", " "], 2),
        (&["subscriber", "import", "notes/all", "x.csv", "--basis", "habit"], 2),
        (&["delivery", "resolve", "1", "--as", "lost"], 2),
        (&["account", "add", "a@b.example", "--role", "king"], 2),
    ] {
        let before = cli.tables();
        let ran = cli.types(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        assert_eq!(cli.tables(), before, "{arguments:?} changed something");
        match code {
            0 => assert_eq!(ran.stderr, "", "{arguments:?}"),
            1 => assert!(ran.sentence().len() > 20, "{arguments:?}: {}", ran.stderr),
            _ => assert!(ran.text().is_empty() && !ran.stderr.contains("panicked"), "{arguments:?}: {}", ran.stderr),
        }
    }
}

#[test]
fn the_same_bytes_again_are_the_same_issue_and_the_same_order_is_the_same_dispatch() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    let file = cli.file("notes.md", BULLETIN);
    let renamed = cli.file("renamed.md", BULLETIN);
    let mut first = cli.prints(&["issue", "import", "notes", &file]);
    assert_eq!(first["known"], false);
    first["known"] = true.into();
    let before = cli.tables();
    assert_eq!(cli.prints(&["issue", "import", "notes", &renamed]), first);
    assert_eq!(cli.tables(), before);

    let start = ["dispatch", "start", "1", "--to", "notes/all"];
    let first = cli.prints(&start);
    assert_eq!(first, json!({ "dispatch": 1, "edition": 1, "audience": null }));
    let before = cli.tables();
    assert_eq!(cli.prints(&start), first);
    assert_eq!(cli.prints(&[&start[..], &["--to", "notes/all"]].concat()), first);
    assert_eq!(cli.tables(), before);
    assert_eq!(cli.lists(&["courier"]), Vec::<Value>::new());
    assert_eq!(cli.prints(&start), json!({ "dispatch": 1, "edition": 1, "audience": 3 }));
    assert_eq!(cli.prints(&[&start[..], &["--wait"]].concat())["accepted"], 3);
    assert_eq!(relay.record().len(), 3);
}

#[test]
fn a_dry_run_says_what_the_roster_would_do_and_writes_nothing() {
    let cli = Cli::founded();
    let roster = cli.file("r.csv", "姓名,邮箱\n李涛,li@readers.example\n王芳,wang＠readers.example\n孙明,sun@qq.con\n");
    let import = ["subscriber", "import", "notes/all", &roster];
    let before = cli.tables();
    let would = cli.prints(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(cli.tables(), before);
    let mut done = cli.prints(&import);
    let (mut would_be, number) = (would.clone(), done["import"].take());
    would_be["import"].take();
    assert_eq!((done, number.is_i64()), (would_be, true), "what it would do is what it does, and it can be undone");
    assert_eq!(
        (&would["rows"], &would["new"], &would["cleaned"], &would["ask"]),
        (&3.into(), &1.into(), &1.into(), &1.into())
    );
    assert_eq!(cli.prints(&["list", "show", "notes/all"])["active"], 2);
}

#[test]
fn who_left_gets_nothing_and_no_roster_brings_them_back() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    assert_eq!(cli.prints(&["subscriber", "leave", "notes", &reader(2).to_uppercase()])["ended"], 1);
    assert_eq!(cli.prints(&["subscriber", "leave", "notes", &reader(2)])["ended"], 0);
    let roster = cli.file("again.csv", format!("email\n{}\n", reader(2)));
    assert_eq!(cli.prints(&["subscriber", "import", "notes/all", &roster])["ignored"], 1);
    assert!(cli.is_refused(&["subscriber", "add", "notes/all", &reader(2)]).contains("left"));
    let dispatch = cli.dispatches();
    cli.lists(&["courier"]);
    let tally = cli.prints(&["dispatch", "show", &dispatch]);
    assert_eq!((&tally["audience"], &tally["accepted"], &tally["state"]), (&2.into(), &2.into(), &"closed".into()));
    assert!(relay.record().iter().all(|taken| taken.rcpt != reader(2)));
}

#[test]
fn the_log_names_each_letter_and_what_is_uncertain_is_settled_by_a_person() {
    let relay = Relay::start();
    relay.will(|rcpt, nth| match rcpt {
        r if r == reader(1) => Behaviour::CloseAfterDot,
        r if r == reader(2) && nth == 1 => Behaviour::CloseAt(Stage::Dot),
        r if r == reader(3) => Behaviour::CloseAfterDot,
        r if r == reader(4) => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        _ => Behaviour::Accept,
    });
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(6);
    let dispatch = cli.dispatches();
    cli.lists(&["courier"]);
    let count = |state: &str| cli.prints(&["dispatch", "show", &dispatch])[state].clone();
    assert_eq!((count("uncertain"), count("failed"), count("accepted")), (3.into(), 1.into(), 2.into()));

    let log = cli.lists(&["delivery", "log", "--dispatch", &dispatch]);
    assert_eq!(log.len(), 6);
    for line in &log {
        has(line, &["delivery", "dispatch", "issue", "address", "state", "why", "message_id", "attempts"]);
        let tried = ["number", "at", "relay", "stage", "code", "enhanced", "text", "verdict", "counted", "duration_ms"];
        has(&line["attempts"][0], &tried);
    }
    let entry = |n: u32| {
        let mut lines = cli.lists(&["delivery", "log", "--address", &reader(n)]);
        assert_eq!(lines.len(), 1);
        lines.remove(0)
    };
    let message_id = entry(1)["message_id"].as_str().unwrap().to_owned();
    assert!(relay.record().iter().any(|taken| format!("<{}>", taken.message_id) == message_id));
    assert_eq!((&entry(4)["state"], &entry(4)["attempts"][0]["enhanced"]), (&"failed".into(), &"5.1.1".into()));

    let resolve = |n: u32, word: &str| {
        let delivery = entry(n)["delivery"].to_string();
        cli.prints(&["delivery", "resolve", &delivery, "--as", word]);
    };
    resolve(1, "accepted");
    resolve(2, "resend");
    resolve(3, "closed");
    assert_eq!((&entry(1)["state"], &entry(3)["state"]), (&"accepted".into(), &"uncertain".into()));
    cli.lists(&["courier"]);
    assert_eq!((count("uncertain"), count("failed"), count("accepted")), (1.into(), 1.into(), 4.into()));
    assert_eq!((relay.tries(&reader(1)), relay.tries(&reader(2)), relay.tries(&reader(3))), (1, 2, 1));
    assert_eq!(count("state"), "closed");
    let accepted = entry(5)["delivery"].to_string();
    let sentence = cli.is_refused_and_nothing_changes(&["delivery", "resolve", &accepted, "--as", "resend"]);
    assert!(sentence.contains("not uncertain"), "{sentence}");
}

#[test]
fn an_edition_goes_out_when_two_people_have_said_yes_and_not_before() {
    let relay = Relay::start();
    let cli = Cli::new().with_relay(relay.url());
    cli.founds(&["--approvals", "2"]);
    cli.has_readers(2);
    for email in ["one@harbour.example", "two@harbour.example"] {
        cli.prints(&["account", "add", email, "--role", "reviewer"]);
    }
    let issue = cli.takes_in("notes.md", BULLETIN);
    let start = ["dispatch", "start", &issue, "--to", "notes/all"];
    let edition = cli.prints(&["edition", "submit", &issue])["edition"].to_string();
    assert_eq!(cli.prints(&["edition", "submit", &issue])["edition"].to_string(), edition);
    let approve = |who: &str| cli.prints(&["--as", who, "edition", "approve", &edition]);
    for given in ["0 of 2", "1 of 2", "1 of 2"] {
        let sentence = cli.is_refused(&start);
        assert!(sentence.contains(given) && sentence.contains("edition approve"), "{sentence}");
        // The same person twice is one person.
        approve("one@harbour.example");
    }
    approve("two@harbour.example");
    assert_eq!(cli.prints(&[&start[..], &["--wait"]].concat())["accepted"], 2);
}

#[test]
fn an_edition_that_was_sent_back_does_not_go_out() {
    let cli = Cli::new();
    cli.founds(&["--approvals", "1"]);
    cli.prints(&["account", "add", "one@harbour.example", "--role", "reviewer"]);
    let issue = cli.takes_in("notes.md", BULLETIN);
    let edition = cli.prints(&["edition", "submit", &issue])["edition"].to_string();
    let back = ["--as", "one@harbour.example", "edition", "send-back", &edition, "--why"];
    cli.is_refused_and_nothing_changes(&[&back[..], &[" "]].concat());
    cli.prints(&[&back[..], &["the pier is not open yet"]].concat());
    let sentence = cli.is_refused(&["dispatch", "start", &issue, "--to", "notes/all"]);
    assert!(sentence.contains("sent back"), "{sentence}");
}

#[test]
fn a_test_letter_says_what_the_relay_said() {
    let relay = Relay::start();
    relay.will(|rcpt, _| match rcpt {
        "full@harbour.example" => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such desk here".into()),
        "spam@harbour.example" => Behaviour::Answer(Stage::Dot, "554 5.7.1 looks like spam".into()),
        _ => Behaviour::Answer(Stage::Dot, "250 2.0.0 queued as 4F1A".into()),
    });
    let cli = Cli::founded().with_relay(relay.url());
    let issue = cli.takes_in("notes.md", BULLETIN);
    let edition = cli.prints(&["edition", "submit", &issue])["edition"].to_string();
    let tries = |to: &str| cli.types(&["edition", "try", &edition, "--to", to]);
    let taken = tries("Ed <ed@harbour.example>");
    assert_eq!(
        (taken.code, taken.text()),
        (Some(0), "accepted at dot: 250 2.0.0 queued as 4F1A\n"),
        "{}",
        taken.stderr
    );
    for (to, answer) in
        [("full@harbour.example", "550 5.1.1 no such desk"), ("spam@harbour.example", "554 5.7.1 looks")]
    {
        let refused = tries(to);
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.text().contains(answer), "{}", refused.text());
        assert!(refused.sentence().contains("did not take the test letter"));
    }
    assert_eq!(relay.record().len(), 1);
    assert_eq!(cli.is_refused(&["edition", "try", "7", "--to", "ed@harbour.example"]).find("no edition 7"), Some(9));
}

#[test]
fn a_dispatch_can_be_held_let_go_and_called_off() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(4);
    // The relay puts one reader off, so that the dispatch stays open.
    relay.will(|rcpt, _| {
        if rcpt == reader(1) { Behaviour::Answer(Stage::Rcpt, "451 4.2.0 later".into()) } else { Behaviour::Accept }
    });
    let dispatch = cli.dispatches();
    let turn = |verb: &str| cli.prints(&["dispatch", verb, &dispatch]);
    cli.lists(&["courier"]);
    let paused = turn("pause");
    has(&paused, &TALLY);
    assert_eq!((&paused["state"], &paused["accepted"], &paused["queued"]), (&"paused".into(), &3.into(), &1.into()));
    assert!(paused["why"].as_str().unwrap().contains("paused by"));
    assert!(cli.is_refused_and_nothing_changes(&["dispatch", "pause", &dispatch]).contains("paused"));
    assert_eq!(turn("resume")["state"], "open");
    cli.is_refused_and_nothing_changes(&["dispatch", "resume", &dispatch]);
    let cancelled = turn("cancel");
    assert_eq!(
        (&cancelled["state"], &cancelled["skipped"], &cancelled["accepted"]),
        (&"cancelled".into(), &1.into(), &3.into())
    );
    cli.is_refused_and_nothing_changes(&["dispatch", "cancel", &dispatch]);
    cli.lists(&["courier"]);
    assert_eq!((relay.tries(&reader(1)), relay.record().len()), (1, 3));
}

#[test]
fn what_is_ordered_for_later_is_not_begun_before_its_hour() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(2);
    let issue = cli.takes_in("notes.md", BULLETIN);
    let start = ["dispatch", "start", &issue, "--to", "notes/all", "--at"];
    let sentence = cli.is_refused_and_nothing_changes(&[&start[..], &["next Monday"]].concat());
    assert!(sentence.contains("2026-12-01T09:00"), "{sentence}");
    assert_eq!(cli.prints(&[&start[..], &["2099-01-05T09:00"]].concat())["audience"], Value::Null);
    let before = cli.prints(&["dispatch", "show", "1"]);
    cli.lists(&["courier"]);
    assert_eq!(cli.prints(&["dispatch", "show", "1"]), before);
    assert_eq!((&before["state"], &before["audience"]), (&"planned".into(), &Value::Null));
    assert_eq!(relay.connections(), 0);
    assert_eq!(cli.prints(&["dispatch", "cancel", "1"])["state"], "cancelled");
}

#[test]
fn who_waits_without_a_relay_or_for_a_paused_dispatch_is_told_instead() {
    let relay = Relay::start();
    relay.will_at_connection(|_| Behaviour::Answer(Stage::Mail, "550 5.7.1 sender unknown".into()));
    let cli = Cli::founded();
    cli.has_readers(5);
    let issue = cli.takes_in("notes.md", BULLETIN);
    let wait = ["dispatch", "start", &issue, "--to", "notes/all", "--wait"];
    let sentence = cli.is_refused_and_nothing_changes(&wait);
    assert!(sentence.contains("no relay is set") && sentence.contains("YIZHAN_RELAY"), "{sentence}");
    let cli = cli.with_relay(relay.url());
    let sentence = cli.is_refused(&wait);
    assert!(sentence.contains("sender unknown") && sentence.contains("dispatch resume 1"), "{sentence}");
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["queued"], 5);
}

#[test]
fn rules_of_ones_own_say_what_an_answer_means() {
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::Answer(Stage::Rcpt, "550 come back at high tide".into()));
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(1);
    let rule = "[[rule]]\nmeaning = \"the harbour is dry\"\ntext = [\"high tide\"]\nscope = \"recipient\"\noutcome = \"later\"\n";
    let rules = cli.file("replies.toml", rule);
    let settings = cli.file("yizhan.toml", format!("[courier]\nreplies = \"{rules}\"\n"));
    cli.dispatches();
    cli.lists(&["--config", &settings, "courier"]);
    assert_eq!(cli.prints(&["dispatch", "show", "1"])["queued"], 1, "put off, not refused");
    cli.file("replies.toml", rule.replace("later", "perhaps"));
    let sentence = cli.is_refused_and_nothing_changes(&["--config", &settings, "courier"]);
    assert!(sentence.contains("replies.toml") && sentence.contains("perhaps"), "{sentence}");
}

#[test]
fn who_sends_more_than_the_relay_takes_in_a_day_is_told_how_many_days_it_takes() {
    let relay = Relay::start();
    let cli = Cli::founded();
    cli.has_readers(12);
    let settings = cli.file("yizhan.toml", format!("[relay]\nurl = \"{}\"\nper_day = 5\n", relay.url()));
    let issue = cli.takes_in("notes.md", BULLETIN);
    let ran = cli.types(&["--config", &settings, "dispatch", "start", &issue, "--to", "notes/all"]);
    assert!(ran.stderr.contains("5 letters in 24 hours") && ran.stderr.contains("over 3 days"), "{}", ran.stderr);
    cli.lists(&["--config", &settings, "courier"]);
    assert_eq!((cli.prints(&["dispatch", "show", "1"])["accepted"].as_i64(), relay.record().len()), (Some(5), 5));
}

#[test]
fn the_courier_goes_home_when_nothing_is_due() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    let ran = cli.run(&["courier"]);
    assert_eq!((ran.code, ran.text(), ran.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(relay.connections(), 0);
}

#[test]
fn a_schedule_says_when_it_comes_and_what_became_of_its_hours() {
    let cli = Cli::founded();
    let set = ["schedule", "set", "notes", "--cron", "0 9 1 * *", "--to", "notes/all"];
    let whole = ["schedule", "publication", "cron", "zone", "lists", "grace_s", "state", "since", "next", "last"];
    let shown = cli.prints(&set);
    has(&shown, &whole);
    has(&shown["next"], &["label", "at"]);
    assert_eq!(
        (&shown["state"], &shown["lists"], &shown["zone"]),
        (&"active".into(), &json!(["notes/all"]), &"Asia/Shanghai".into())
    );
    let before = cli.tables();
    assert_eq!(cli.prints(&set), shown, "the same rule again is the same schedule");
    assert_eq!(cli.tables(), before);
    assert_eq!(cli.lists(&["schedule", "list"]), [shown]);

    let coming = cli.lists(&["schedule", "next", "notes", "--count", "3"]);
    assert_eq!(coming.len(), 3);
    for occurrence in &coming {
        let (label, at) = (occurrence["label"].as_str().unwrap(), occurrence["at"].as_str().unwrap());
        assert!(label.ends_with("-01T09:00") && at == format!("{label}:00+08:00"), "{occurrence}");
    }
    assert_eq!(cli.lists(&["schedule", "log", "notes"]), Vec::<Value>::new());

    let paused = cli.prints(&["schedule", "pause", "notes"]);
    assert_eq!((&paused["state"], &paused["next"]), (&"paused".into(), &Value::Null));
    assert!(cli.is_refused_and_nothing_changes(&["schedule", "pause", "notes"]).contains("paused already"));
    assert_eq!(
        cli.prints(&["schedule", "set", "notes", "--cron", "0 9 2 * *", "--to", "notes/all"])["state"],
        "paused"
    );
    assert_eq!(cli.prints(&["schedule", "resume", "notes"])["state"], "active");
    assert!(cli.is_refused_and_nothing_changes(&["schedule", "resume", "notes"]).contains("active already"));
}

#[test]
fn a_schedule_that_cannot_be_is_refused_with_what_to_write() {
    let cli = Cli::founded();
    let from = "Other <other@harbour.example>";
    cli.prints(&["publication", "add", "other", "--name", "Other", "--from", from]);
    for arguments in [
        &["schedule", "next", "notes"][..],
        &["schedule", "pause", "notes"],
        &["schedule", "set", "none", "--cron", "0 9 1 * *", "--to", "notes/all"],
        &["schedule", "set", "notes", "--cron", "0 9 1 * *", "--to", "notes/none"],
        &["schedule", "set", "other", "--cron", "0 9 1 * *", "--to", "notes/all"],
    ] {
        cli.is_refused_and_nothing_changes(arguments);
    }
    let before = cli.tables();
    for (cron, says) in [
        ("0 9 31 2 *", "never comes"),
        ("0 9 1 *", "five fields"),
        ("0 25 * * *", "0 to 23"),
        ("@daily", "five fields"),
    ] {
        let ran = cli.types(&["schedule", "set", "notes", "--cron", cron, "--to", "notes/all"]);
        assert!(ran.code == Some(2) && ran.stderr.contains(says), "{cron}: {}", ran.stderr);
    }
    assert_eq!(cli.tables(), before);
}

/// An object that has at least these fields.
fn has(object: &Value, fields: &[&str]) {
    for field in fields {
        assert!(object.get(field).is_some(), "no {field} in {object}");
    }
}
