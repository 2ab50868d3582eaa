//! Who knows the README alone gets on: a wrong answer can be mended, everything there is can be listed, and
//! where something cannot be done the sentence says what can.

use crate::cli::Cli;
use crate::relay::{Behaviour, Relay};
use crate::station::{BULLETIN, reader};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use yizhan::domain::attempt::Stage;

/// A bulletin that leaves its day and its year open, and has a subhead glued to a paragraph's end.
const OPEN: &str =
    "河湾简报\n\n第6期\n\n城东：修桥铺路 聚人气\n\n一、背景\n\n城东修了桥，铺了路，来的人多了，街坊都说好。\n";

#[test]
fn a_wrong_answer_is_replaced_by_another_in_peoples_own_words() {
    let cli = Cli::founded();
    let issue = cli.takes_in("open.txt", OPEN);
    let flag = |id: &str| {
        let shown = cli.prints(&["issue", "show", &issue]);
        shown["flags"].as_array().unwrap().iter().find(|flag| flag["id"] == id).unwrap().clone()
    };
    assert!(flag("missing-date")["also"].as_str().unwrap().contains("2026年11月27日"));
    assert_eq!(flag("missing-date")["choices"], json!(["none", "dispatch-day"]));
    let answers = |flag: &str, key: &str| cli.prints(&["issue", "answer", &issue, flag, "--choose", key]);
    answers("missing-date", "none");
    for (written, day) in [("2026-11-26", "2026-11-26"), ("2026年11月27日", "2026-11-27")] {
        answers("missing-date", written);
        assert_eq!(cli.prints(&["issue", "show", &issue])["published_on"], day);
    }
    answers("missing-number", "2025-6");
    answers("missing-number", "2026年第6期");
    let shown = cli.prints(&["issue", "show", &issue]);
    assert_eq!((&shown["label"], &shown["year"], &shown["number"]), (&"2026年第6期".into(), &2026.into(), &6.into()));
    assert_eq!(shown["published_on"], "2026-11-27", "the other answer stays");
    let text = cli.types(&["issue", "export", &issue, "--format", "text"]);
    assert!(text.text().contains("2026年第6期") && text.text().contains("本期编号：2026年第6期"), "{}", text.text());

    let before = cli.prints(&["issue", "show", &issue]);
    let sentence =
        cli.is_refused_and_nothing_changes(&["issue", "answer", &issue, "missing-date", "--choose", "some day"]);
    assert!(sentence.contains("none, dispatch-day") && sentence.contains("2026-11-27"), "{sentence}");
    assert_eq!(cli.prints(&["issue", "show", &issue]), before);
    let people = cli.types(&["issue", "show", &issue]);
    assert!(people.text().contains("[none | dispatch-day, or a date such as"), "{}", people.text());
}

#[test]
fn a_subhead_that_was_joined_can_be_split_again() {
    let cli = Cli::founded();
    let Some(seed) = crate::cli::seed() else { return };
    let file = cli.file("seed.txt", seed);
    cli.prints(&["issue", "import", "notes", &file]);
    let unanswered = cli.prints(&["issue", "show", "1"]);
    let answer = |key: &str| cli.prints(&["issue", "answer", "1", "glued-subhead-1", "--choose", key]);
    answer("join");
    let joined = cli.prints(&["issue", "show", "1"]);
    assert_ne!(joined["articles"], unanswered["articles"]);
    answer("split");
    assert_eq!(cli.prints(&["issue", "show", "1"])["articles"], unanswered["articles"]);
    answer("join");
    assert_eq!(cli.prints(&["issue", "show", "1"]), joined);
    // What document and answers do not make is not thrown away by an answer.
    cli.meddles("UPDATE article SET title = title || '！' WHERE position = 1");
    let sentence =
        cli.is_refused_and_nothing_changes(&["issue", "answer", "1", "glued-subhead-1", "--choose", "split"]);
    assert!(sentence.contains("import it again"), "{sentence}");
}

#[test]
fn a_masthead_that_names_another_periodical_is_noted() {
    let cli = Cli::founded();
    let file = cli.file("open.txt", OPEN);
    let imported = cli.prints(&["issue", "import", "notes", &file]);
    let noted = |flag: &&Value| flag["kind"] == "name-differs";
    let flag = imported["flags"].as_array().unwrap().iter().find(noted).unwrap();
    assert_eq!(flag["severity"], "look");
    let words = flag["message"].as_str().unwrap();
    assert!(words.contains("河湾简报") && words.contains("Harbour Notes"), "{words}");
    let file = cli.file("notes.md", BULLETIN);
    let imported = cli.prints(&["issue", "import", "notes", &file]);
    assert!(!imported["flags"].as_array().unwrap().iter().any(|flag| noted(&flag)), "{imported}");
}

#[test]
fn everything_there_is_can_be_listed() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    cli.prints(&["subscriber", "leave", "notes", &reader(3)]);
    cli.prints(&["account", "add", "ed@harbour.example", "--role", "editor"]);
    let dispatch = cli.dispatches();
    let ran = cli.run(&["courier"]);
    assert_eq!((ran.code, ran.text()), (Some(0), ""));
    assert_eq!(ran.stderr, "This run: 2 accepted, 0 failed, 0 put off, 0 uncertain.\n");

    let only = |arguments: &[&str]| cli.prints(arguments);
    let issue = only(&["issue", "list", "notes"]);
    assert_eq!((&issue["issue"], &issue["open"], &issue["edition"]), (&1.into(), &0.into(), &1.into()));
    let listed = only(&["dispatch", "list"]);
    assert_eq!(
        (&listed["state"], &listed["accepted"], &listed["lists"]),
        (&"closed".into(), &2.into(), &json!(["notes/all"]))
    );
    let mut shown = only(&["dispatch", "show", &dispatch]);
    assert_eq!(shown["left_out"], json!({ "left": 1, "suppressed": 0, "elsewhere": 0, "missed": 0 }));
    for more in ["left_out", "reasons", "round", "occasion", "because", "planned_by"] {
        shown.as_object_mut().unwrap().remove(more).expect(more);
    }
    assert_eq!(shown, listed);
    assert_eq!(only(&["list", "list", "notes"]), only(&["list", "show", "notes/all"]));
    assert_eq!(only(&["edition", "list", "1"])["current"], true);
    assert_eq!(only(&["account", "list"])["role"], "editor");
    let readers = cli.lists(&["subscriber", "list", "notes/all"]);
    let states: Vec<_> = readers.iter().map(|reader| reader["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "active", "ended"]);
    let second = readers[1]["subscriber"].to_string();
    assert_eq!(cli.lists(&["subscriber", "list", "notes/all", "--after", &second]), readers[2..]);
    assert_eq!(only(&["delivery", "log", "--search", "R0002"])["address"], reader(2));

    let audit = cli.lists(&["audit"]);
    assert!(audit.iter().any(|line| line["verb"] == "begin sending" && line["actor"] == "station"), "{audit:?}");
    let last = audit[audit.len() - 2]["audit"].to_string();
    assert_eq!(cli.lists(&["audit", "--after", &last]), audit[audit.len() - 1..]);
    let sentence = cli.is_refused(&["list", "show", "notes/al"]);
    assert!(sentence.contains("no list notes/al") && sentence.contains("notes/all"), "{sentence}");
    assert!(cli.is_refused(&["dispatch", "list", "nots"]).contains("no publication nots"));
}

#[test]
fn a_dispatch_says_when_it_goes_and_what_can_be_done_before() {
    let cli = Cli::founded();
    let issue = cli.takes_in("notes.md", BULLETIN);
    let at = |hour: &'static str| ["dispatch", "start", &issue, "--to", "notes/all", "--at", hour];
    let sentence = cli.is_refused_and_nothing_changes(&at("2020-01-05T09:00"));
    assert!(sentence.contains("2020-01-05T09:00:00+08:00 has passed"), "{sentence}");
    cli.prints(&at("2099-01-05T09:00"));
    let before = cli.tables();
    let ran = cli.types(&at("2099-02-05T09:00"));
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("goes at 2099-01-05T09:00:00+08:00") && ran.stderr.contains("dispatch cancel 1"));
    assert_eq!(cli.tables(), before);
    let shown = cli.prints(&["dispatch", "show", "1"]);
    assert_eq!((&shown["at"], &shown["publication"]), (&"2099-01-05T09:00:00+08:00".into(), &"notes".into()));
    let people = cli.types(&["dispatch", "show", "1"]);
    assert!(people.text().contains("to notes/all is planned: it goes at 2099-01-05"), "{}", people.text());
    let sentence = cli.is_refused_and_nothing_changes(&["dispatch", "pause", "1"]);
    assert!(sentence.contains("it goes at 2099-01-05") && sentence.contains("dispatch cancel 1"), "{sentence}");
}

#[test]
fn who_orders_again_what_has_gone_out_is_told_so() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(1);
    cli.dispatches();
    cli.lists(&["courier"]);
    let again = cli.run(&["dispatch", "start", "1", "--to", "notes/all", "--wait"]);
    assert_eq!((again.code, &again.json()[0]["accepted"]), (Some(0), &1.into()));
    assert!(again.stderr.contains("gone out to these lists already, by dispatch 1"), "{}", again.stderr);
    assert_eq!(relay.record().len(), 1);
}

#[test]
fn what_is_held_waits_for_its_dispatch_and_names_no_hour() {
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::Answer(Stage::Rcpt, "451 4.2.0 later".into()));
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(1);
    let dispatch = cli.dispatches();
    let ran = cli.run(&["courier"]);
    assert!(ran.stderr.contains("This run: 0 accepted, 0 failed, 1 put off, 0 uncertain."), "{}", ran.stderr);
    assert!(cli.types(&["delivery", "log"]).text().contains("next at"));
    let paused = cli.prints(&["dispatch", "pause", &dispatch]);
    assert!(!paused["why"].as_str().unwrap().contains("unknown"), "{paused}");
    let log = cli.types(&["delivery", "log"]);
    assert!(
        log.text().contains("waits until its dispatch is resumed") && !log.text().contains("next at"),
        "{}",
        log.text()
    );
    assert_eq!(cli.prints(&["delivery", "log"])["held"], true);
}

#[test]
fn a_test_letter_that_waits_for_a_dead_relay_is_not_doubled() {
    let cli = Cli::founded().with_relay("smtp://127.0.0.1:9?tls=none".into());
    let issue = cli.takes_in("notes.md", BULLETIN);
    cli.prints(&["edition", "submit", &issue]);
    let attempt = ["edition", "try", "1", "--to", "ed@harbour.example"];
    let sentence = cli.is_refused(&attempt);
    assert!(sentence.contains("stays in the queue") && !sentence.contains("trying again"), "{sentence}");
    let again = cli.types(&attempt);
    assert!(again.code == Some(1) && again.stderr.contains("in the queue already"), "{}", again.stderr);
    let relay = Relay::start();
    let cli = cli.with_relay(relay.url());
    cli.lists(&["courier"]);
    assert_eq!(relay.record().len(), 1);
}

#[test]
fn a_mistyped_folder_is_not_made() {
    let cli = Cli::new();
    for arguments in [
        &["publication", "list"][..],
        &["dispatch", "show", "1"],
        &["delivery", "log"],
        &["issue", "list"],
        &["courier"],
    ] {
        let sentence = cli.is_refused(arguments);
        assert!(sentence.contains("there is no data in") && sentence.contains("--data"), "{sentence}");
        assert!(!cli.data().exists(), "{arguments:?} made a folder");
    }
}

#[test]
fn a_wrong_argument_is_told_with_the_right_one() {
    let cli = Cli::founded();
    let file = cli.file("notes.md", BULLETIN);
    for (arguments, says) in [
        (&["dispatch", "show", "abc"][..], "'abc' is no dispatch number"),
        (&["issue", "import", &file, "notes"], "is a file; the publication's short name comes first"),
        (&["subscriber", "import", &file, "notes/all"], "is a file; PUBLICATION/LIST comes first"),
    ] {
        let ran = cli.types(arguments);
        assert!(ran.code == Some(2) && ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    let roster = cli.file("r.csv", "姓名,邮箱\n孙明,sun@qq.con\n");
    let imported = cli.types(&["subscriber", "import", "notes/all", &roster]);
    assert!(imported.text().contains("1 row to ask: correct the file"), "{}", imported.text());
}

#[test]
fn a_database_of_another_user_says_whose_it_is() {
    let Some(nobody) = crate::outside::another_user() else { return };
    let cli = Cli::founded();
    let open_to_all = |path: &std::path::Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    open_to_all(cli.data());
    open_to_all(cli.data().parent().unwrap());
    let mut command = cli.command(nobody);
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", env!("CARGO_BIN_EXE_yizhan"), "--data"]);
    let ran = command.arg(cli.data()).args(["publication", "list"]).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("run this as root, whom it belongs to") && !said.contains("code"), "{said}");
}

/// What `check` found of something.
fn found(seen: &Value, what: &str) -> Value {
    let found = seen["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what).cloned();
    found.unwrap_or_else(|| panic!("nothing of {what} in {seen}"))
}

#[test]
fn a_relay_that_will_not_relay_is_found_out_before_the_first_letter() {
    for pipelining in [true, false] {
        let relay = Relay::start();
        if !pipelining {
            relay.without_pipelining();
        }
        let nobody = Cli::new().with_relay(relay.url());
        let seen = found(&nobody.prints(&["check", "--resolver", "127.0.0.1:1"]), "relay");
        assert!(
            seen["standing"] == "unknown" && seen["says"].as_str().unwrap().contains("relaying not tried"),
            "{seen}"
        );

        let cli = Cli::founded().with_relay(relay.url());
        let seen = found(&cli.prints(&["check", "--resolver", "127.0.0.1:1"]), "relay");
        assert_eq!((&seen["standing"], relay.tries("notes@harbour.example")), (&"well".into(), 1), "{seen}");

        relay.will(|_, _| Behaviour::Answer(Stage::Rcpt, "554 5.7.1 Relay access denied".into()));
        let ran = cli.run(&["check", "--resolver", "127.0.0.1:1"]);
        let seen = found(&ran.json()[0], "relay");
        assert_eq!((ran.code, &seen["standing"]), (Some(1), &"mend".into()), "{seen}");
        assert!(seen["says"].as_str().unwrap().contains("554 5.7.1 Relay access denied at rcpt"), "{seen}");
        assert!(seen["next"].as_str().unwrap().contains("smtp://user@host"), "{seen}");
        assert_eq!((relay.record().len(), relay.violations()), (0, Vec::<String>::new()));
    }
}

#[test]
fn a_relay_that_is_nowhere_or_speaks_tls_first_is_told_apart_from_a_firewall() {
    let relay = Relay::start();
    relay.will_at_connection(|_| Behaviour::CloseAt(Stage::Greeting));
    for (url, says, next) in [
        (relay.url(), "failed at greeting", "smtps://"),
        (
            "smtp://no-such-name.invalid:25?tls=none".into(),
            "its name is not known",
            "no-such-name.invalid is not known",
        ),
    ] {
        let cli = Cli::founded().with_relay(url);
        let seen = found(&cli.run(&["check", "--resolver", "127.0.0.1:1"]).json()[0], "relay");
        assert!(seen["says"].as_str().unwrap().contains(says), "{seen}");
        assert!(seen["next"].as_str().unwrap().contains(next), "{seen}");
    }
}

#[test]
fn check_names_the_senders_without_a_key_and_the_record_to_look_up() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    let seen = found(&cli.prints(&["check", "--resolver", "127.0.0.1:1"]), "DKIM");
    assert!(seen["says"].as_str().unwrap().contains("letters of harbour.example are not signed"), "{seen}");
    assert!(seen["next"].as_str().unwrap().contains("yizhan dkim new harbour.example"), "{seen}");
    cli.prints(&["dkim", "new", "harbour.example", "--selector", "s1", "--ed25519"]);
    let seen = found(&cli.prints(&["check", "--resolver", "127.0.0.1:1"]), "DKIM");
    assert_eq!(
        (&seen["standing"], &seen["says"]),
        (&"well".into(), &"s1._domainkey.harbour.example (ed25519, mode 0600)".into())
    );
    assert!(seen["next"].as_str().unwrap().contains("dig +short TXT s1._domainkey.harbour.example"), "{seen}");
    let key = cli.data().join("keys/s1._domainkey.harbour.example.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let seen = found(&cli.run(&["check", "--resolver", "127.0.0.1:1"]).json()[0], "DKIM");
    assert!(seen["standing"] == "mend" && seen["says"].as_str().unwrap().contains("mode 0644"), "{seen}");
}

#[test]
fn a_slip_in_the_settings_hinders_nobody_who_goes_by_none_of_them() {
    let cli = Cli::founded();
    cli.has_readers(1);
    let issue = cli.takes_in("notes.md", BULLETIN);
    cli.prints(&["dispatch", "start", &issue, "--to", "notes/all", "--at", "2099-01-05T09:00"]);
    for (settings, says) in [
        ("[web]\nbase_url = \"letters.harbour.example\"\n", "https://letters.example.cn"),
        ("[courier]\nconections = 3\n", "line 2"),
    ] {
        let settings = cli.file("settings.toml", settings);
        let with = |arguments: &[&str]| cli.run(&[&["--config", &settings], arguments].concat());
        for arguments in [&["courier"][..], &["serve"], &["dispatch", "start", &issue, "--to", "notes/all"]] {
            let ran = with(arguments);
            assert!(ran.code == Some(1) && ran.sentence().contains(says), "{arguments:?}: {}", ran.stderr);
        }
        for arguments in [
            &["dispatch", "list"][..],
            &["dispatch", "show", "1"],
            &["subscriber", "leave", "notes", &reader(1)],
            &["delivery", "log"],
            &["audit"],
        ] {
            let ran = with(arguments);
            assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
            assert!(ran.sentence().contains("goes on without them"), "{arguments:?}: {}", ran.stderr);
        }
        let seen = with(&["check", "--resolver", "127.0.0.1:1"]).json().remove(0);
        assert_eq!(found(&seen, "relay")["standing"], "unknown");
        assert!(found(&seen, "configuration")["says"].as_str().unwrap().contains(says), "{seen}");
    }
    assert_eq!(cli.prints(&["subscriber", "list", "notes/all"])["state"], "ended");
    cli.prints(&["dispatch", "cancel", "1"]);
}

#[test]
fn an_approval_is_another_persons_and_counts_once() {
    let cli = Cli::new();
    cli.founds(&["--approvals", "1"]);
    for (email, role) in
        [("chief@harbour.example", "admin"), ("ed@harbour.example", "editor"), ("two@harbour.example", "reviewer")]
    {
        cli.prints(&["account", "add", email, "--role", role]);
    }
    let issue = cli.takes_in("notes.md", BULLETIN);
    let edition = cli.prints(&["--as", "chief@harbour.example", "edition", "submit", &issue])["edition"].to_string();
    let approve = ["edition", "approve", &edition];
    for (who, says) in [
        (&[][..], "with an account"),
        (&["--as", "ed@harbour.example"], "may not review"),
        (&["--as", "chief@harbour.example"], "does not approve it"),
    ] {
        let sentence = cli.is_refused_and_nothing_changes(&[who, &approve].concat());
        assert!(sentence.contains(says) && (who.len() > 1 || sentence.contains("--as ACCOUNT")), "{sentence}");
    }
    cli.prints(&[&["--as", "two@harbour.example"][..], &approve].concat());
    assert_eq!(
        cli.prints(&["edition", "list", &issue])["answers"],
        json!([{ "actor": "two@harbour.example", "yes": true }])
    );
    cli.prints(&["dispatch", "start", &issue, "--to", "notes/all"]);
    // Where nobody has to approve, the one who submitted it may all the same.
    cli.prints(&["publication", "set", "notes", "--approvals", "0"]);
    cli.prints(&[&["--as", "chief@harbour.example"][..], &approve].concat());
}

#[test]
fn a_publication_and_a_list_can_be_changed_and_what_was_submitted_stays() {
    let cli = Cli::founded();
    let issue = cli.takes_in("notes.md", BULLETIN);
    let before = cli.prints(&["edition", "submit", &issue])["edition"].clone();
    let set = ["publication", "set", "notes", "--name", "Harbour Review", "--from", "Review <review@harbour.example>"];
    let more = [
        "--compiled-by",
        "The Office",
        "--approvals",
        "2",
        "--zone",
        "UTC",
        "--lang",
        "en",
        "--undated",
        "dispatch-day",
    ];
    let changed = cli.prints(&[&set[..], &more].concat());
    assert_eq!(changed["changed"], json!(["name", "from", "compiled-by", "approvals", "lang", "zone", "undated"]));
    let listed = cli.prints(&["publication", "list"]);
    for (key, value) in [
        ("name", json!("Harbour Review")),
        ("from", json!("Review <review@harbour.example>")),
        ("compiled_by", json!("The Office")),
        ("approvals", json!(2)),
        ("zone", json!("UTC")),
        ("lang", json!("en")),
        ("undated", json!("dispatch-day")),
    ] {
        assert_eq!(listed[key], value, "{key}");
    }
    let noted = cli.lists(&["audit"]);
    let last = noted.last().unwrap();
    assert!(last["verb"] == "set" && last["detail"].as_str().unwrap().contains("approvals"), "{last}");
    let tables = cli.tables();
    assert_eq!(cli.prints(&[&set[..], &more].concat())["changed"], json!([]));
    assert_eq!(cli.tables(), tables, "the same once more changes nothing");
    // The edition is the one that was frozen; the issue as it is now makes another.
    assert_eq!(cli.prints(&["edition", "list", &issue])["edition"], before);
    assert_ne!(cli.prints(&["edition", "submit", &issue])["edition"], before);
    assert_eq!(cli.types(&["publication", "set", "notes"]).code, Some(2), "nothing was named");
    assert!(cli.is_refused_and_nothing_changes(&["publication", "set", "nots", "--approvals", "1"]).contains("nots"));
    cli.is_refused_and_nothing_changes(&["publication", "set", "notes", "--name", " "]);

    cli.prints(&["list", "rename", "notes/all", "--name", "Every reader"]);
    assert_eq!(cli.prints(&["list", "show", "notes/all"])["name"], "Every reader");
    assert!(cli.is_refused_and_nothing_changes(&["list", "rename", "notes/al", "--name", "x"]).contains("notes/all"));
}

#[test]
fn who_reached_nobody_is_told_why_and_the_script_stops() {
    let relay = Relay::start();
    relay.will(|rcpt, _| {
        let answer = if rcpt == reader(1) { "550 5.7.0 not today" } else { "550 5.1.1 no such user" };
        Behaviour::Answer(Stage::Rcpt, answer.into())
    });
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(3);
    let issue = cli.takes_in("notes.md", BULLETIN);
    let ran = cli.run(&["dispatch", "start", &issue, "--to", "notes/all", "--wait"]);
    assert_eq!((ran.code, &ran.json()[0]["failed"]), (Some(1), &3.into()), "{}", ran.stderr);
    let reasons = "2 × 550 5.1.1 no such user; 1 × 550 5.7.0 not today";
    assert!(ran.stderr.contains(&format!("none of 3 letters was accepted: {reasons}")), "{}", ran.stderr);
    let shown = cli.prints(&["dispatch", "show", "1"]);
    assert_eq!(shown["reasons"][0], json!({ "why": "550 5.1.1 no such user", "letters": 2 }));
    assert!(cli.types(&["dispatch", "show", "1"]).text().contains("\n2 × 550 5.1.1 no such user\n"));

    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(2);
    cli.dispatches();
    let ran = cli.types(&["courier"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("none of 2 letters was accepted: 1 × 550"), "{}", ran.stderr);
    // Where one at least was reached, the run has done its work.
    relay.will(|rcpt, _| match rcpt == reader(1) {
        true => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        false => Behaviour::Accept,
    });
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(2);
    cli.dispatches();
    assert_eq!(cli.types(&["courier"]).code, Some(0));
}

#[test]
fn what_is_no_document_is_refused_with_what_to_do() {
    let cli = Cli::founded();
    for (name, text, says) in [
        ("readers.csv", "姓名,邮箱\n孙明,sun@qq.com\n", "yizhan subscriber import"),
        ("yizhan.toml", "[relay]\nurl = \"smtp://127.0.0.1\"\n", "By its name this is no document"),
    ] {
        let file = cli.file(name, text);
        let sentence = cli.is_refused_and_nothing_changes(&["issue", "import", "notes", &file]);
        assert!(sentence.contains(says), "{sentence}");
    }
}

#[test]
fn what_a_chinese_keyboard_writes_is_understood() {
    let cli = Cli::founded();
    cli.prints(&["subscriber", "add", "notes／all", "sun＠qq.com"]);
    assert_eq!(cli.prints(&["subscriber", "show", "sun@qq．com"])["address"], "sun@qq.com");
    cli.prints(&["schedule", "set", "notes", "--cron", "０ 9 1 ＊　＊", "--to", "notes／all"]);
    assert_eq!(cli.prints(&["schedule", "list"])["cron"], "0 9 1 * *");
    cli.prints(&["publication", "set", "notes", "--from", "海港（办公室）＜notes＠harbour.example＞"]);
    assert_eq!(cli.prints(&["publication", "list"])["from"], "海港（办公室） <notes@harbour.example>");
}

#[test]
fn a_schedule_says_which_issue_it_would_send() {
    let cli = Cli::founded();
    cli.prints(&["schedule", "set", "notes", "--cron", "0 9 1 * *", "--to", "notes/all"]);
    let says = |arguments: &[&str]| cli.types(arguments).text().to_owned();
    assert!(says(&["schedule", "log", "notes"]).contains("No hour of notes has passed yet"));
    assert!(says(&["schedule", "next", "notes"]).contains("nothing goes: there is no issue"));
    let issue = cli.takes_in("notes.md", BULLETIN);
    assert!(says(&["schedule", "next", "notes"]).contains("nothing goes: issue 1 was not submitted"));
    cli.prints(&["edition", "submit", &issue]);
    assert!(says(&["schedule", "next", "notes"]).contains("As things are, issue 1 goes first."));
}
