//! Bad input gets one clear sentence and changes nothing.

use crate::cli::Cli;
use crate::outside;
use crate::relay::Relay;
use crate::station::BULLETIN;
use std::fs::File;

#[test]
fn a_document_that_is_none_is_refused() {
    let cli = Cli::founded();
    let binary: Vec<u8> = (0..4000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let cut = {
        let mut bytes = "# 短讯\n\n2024年第7期\n\n## 新码头\n\n新码头今天开放".as_bytes().to_vec();
        bytes.pop();
        bytes
    };
    for (name, bytes, says) in [
        ("empty.txt", Vec::new(), "empty"),
        ("blank.txt", b" \n\n ".to_vec(), "empty"),
        ("noise.txt", binary, "Save the document as"),
        ("word.docx", b"PK\x03\x04rest of an archive".to_vec(), "damaged"),
        ("paper.pdf", b"%PDF-1.7\n...".to_vec(), "PDF"),
        ("cut.txt", cut, "breaks off"),
        ("odd.txt", b"\xff\xfeA\0B".to_vec(), "breaks off"),
    ] {
        let file = cli.file(name, bytes);
        let sentence = cli.is_refused_and_nothing_changes(&["issue", "import", "notes", &file]);
        assert!(sentence.contains(says), "{name}: {sentence}");
    }
    let missing = cli.is_refused_and_nothing_changes(&["issue", "import", "notes", "nowhere.txt"]);
    assert!(missing.contains("check the path"), "{missing}");
}

#[test]
fn a_document_of_100_mb_is_refused_by_its_size() {
    let cli = Cli::founded();
    let file = cli.file("huge.txt", "");
    File::options().write(true).open(&file).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let sentence = cli.is_refused_and_nothing_changes(&["issue", "import", "notes", &file]);
    assert!(sentence.contains("20 MB"), "{sentence}");
}

#[test]
fn a_roster_without_addresses_is_refused() {
    let cli = Cli::founded();
    for (name, text) in [("none.csv", "姓名,电话\n李明,13800000003\n"), ("empty.csv", "")] {
        let file = cli.file(name, text);
        cli.is_refused_and_nothing_changes(&["subscriber", "import", "notes/all", &file]);
    }
}

#[test]
fn a_wrong_relay_is_refused_before_anything_is_done() {
    for url in ["relay:25", "smtp://host:no", "smtps://host?tls=none", "smtp://user:secret@host?tls=none"] {
        let cli = Cli::founded().with_relay(url.to_owned());
        let sentence = cli.is_refused_and_nothing_changes(&["courier"]);
        assert!(sentence.contains("smtp://host:port") && !sentence.contains("secret"), "{sentence}");
    }
}

#[test]
fn a_relay_that_cannot_be_reached_is_named_and_the_letters_stay() {
    let relay = Relay::start();
    let url = relay.url();
    drop(relay);
    let cli = Cli::founded().with_relay(url);
    cli.has_readers(3);
    cli.dispatches();
    let sentence = cli.is_refused(&["courier"]);
    assert!(sentence.contains("failed at connect") && sentence.contains("stays in the queue"), "{sentence}");
    let tally = cli.prints(&["dispatch", "show", "1"]);
    assert_eq!((&tally["queued"], &tally["audience"]), (&3.into(), &3.into()));
}

#[test]
fn a_database_from_a_newer_version_is_refused_untouched() {
    let cli = Cli::founded();
    cli.meddles(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    );
    let sentence = cli.is_refused_and_nothing_changes(&["publication", "list"]);
    assert!(sentence.contains("newer Yizhan"), "{sentence}");
}

#[test]
fn a_full_disk_is_said_and_loses_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = outside::small_disk(folder.path(), 8 * 1024) else { return };
    let relay = Relay::start();
    let data = folder.path().join("data");
    let cli = Cli::new().works_in(&data).with_relay(relay.url());
    cli.founds(&[]);
    cli.has_readers(2_000);
    cli.dispatches();
    // Room for the write-ahead log's index and some of the run, not for all of it.
    let ballast = disk.fill_but_for(600);
    let large = cli.file("large.md", format!("{BULLETIN}\n{}", "Ships come in on both sides of it. ".repeat(60_000)));
    let sentence = cli.is_refused(&["issue", "import", "notes", &large]);
    assert!(sentence.contains("full"), "{sentence}");
    let sentence = cli.is_refused(&["courier"]);
    assert!(sentence.contains("full"), "{sentence}");
    std::fs::remove_file(ballast).unwrap();
    cli.lists(&["courier"]);
    let tally = cli.prints(&["dispatch", "show", "1"]);
    let (accepted, uncertain) = (tally["accepted"].as_i64().unwrap(), tally["uncertain"].as_i64().unwrap());
    assert_eq!((accepted + uncertain, &tally["state"]), (2_000, &"closed".into()));
    assert!(uncertain <= 10, "{tally}");
    assert_eq!(cli.lists(&["delivery", "log", "--dispatch", "1"]).len(), 2_000);
}

#[test]
fn wrong_settings_are_told_in_one_sentence_with_their_line() {
    let cli = Cli::founded();
    for (text, says) in
        [("[courier]\nconections = 3\n", "line 2"), ("[patience]\nfirst = \"soon\"\n", "line 2"), ("[", "line 1")]
    {
        let file = cli.file("settings.toml", text);
        let sentence = cli.is_refused_and_nothing_changes(&["--config", &file, "courier"]);
        assert!(sentence.contains(says), "{sentence}");
    }
}
