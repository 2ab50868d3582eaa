//! Files that go with an issue come to every reader with their Chinese names and their bytes, as parsers read them that are
//! not ours; the command line adds and removes them.

use crate::cli::Cli;
use crate::outside;
use crate::station::{BULLETIN, Station, operator, reader};
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use yizhan::actions;

const NAMES: [&str; 3] = [
    "附件1：申报表（2026年第3期）.docx",
    "Notice (final), 2.pdf",
    "河湾县图书馆志愿者服务队报名须知与填写说明以及各分馆开放时间一览.xlsx",
];

/// Everything that a file can hold, and more than a letter would copy.
fn bytes() -> Vec<u8> {
    (0..=255).cycle().take(700_000).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_gets_the_files_with_their_names() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    let issue = station.takes_in(BULLETIN).await;
    for name in NAMES {
        let now = station.clock.now();
        actions::issue::attach(&station.store, operator(), now, issue, (name, &bytes())).await.unwrap();
    }
    station.works().await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 3);
    let taken = station.relay.record();
    assert_eq!(taken.len(), 3);
    for letter in &taken {
        let read = MessageParser::default().parse(&letter.letter).expect("a letter");
        assert_eq!(read.attachments().filter_map(|part| part.attachment_name()).collect::<Vec<_>>(), NAMES);
        assert!(read.attachments().all(|part| part.contents() == bytes()));
        assert!(read.body_text(0).expect("text").contains("Attachments (3)"));
    }
    assert_eq!(station.relay.violations(), Vec::<String>::new());
    station.stops().await;
}

#[test]
fn another_parser_reads_back_the_names_that_the_command_line_gave() {
    let cli = Cli::founded();
    let bulletin = cli.file("bulletin.md", BULLETIN);
    cli.prints(&["issue", "import", "notes", &bulletin]);
    for name in NAMES {
        let file = cli.file("form", "a form");
        let said = cli.prints(&["issue", "attach", "1", &file, "--name", name]);
        assert_eq!((&said["name"], &said["changed"]), (&json!(name), &json!(true)));
    }
    let shown = cli.prints(&["issue", "show", "1"]);
    assert_eq!(shown["attachments"].as_array().unwrap().len(), 3);
    assert_eq!(shown["attachments"][0]["name"], json!(NAMES[0]));
    let eml = cli.file("letter.eml", "");
    assert_eq!(cli.run(&["issue", "export", "1", "--format", "eml", "--output", &eml]).code, Some(0));
    if let Some(python) = outside::python() {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/letters/readback.py");
        let out = Command::new(python).arg(script).arg(&eml).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let read: Value = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!((&read["names"], &read["defects"]), (&json!(NAMES), &json!([])));
        assert_eq!(read["kind"], json!("multipart/mixed"));
    }
    cli.prints(&["issue", "detach", "1", NAMES[0]]);
    let shown = cli.prints(&["issue", "show", "1"]);
    assert_eq!(shown["attachments"].as_array().unwrap().len(), 2);
}

#[test]
fn what_mail_providers_refuse_is_refused_with_a_sentence() {
    let cli = Cli::founded();
    let bulletin = cli.file("bulletin.md", BULLETIN);
    cli.prints(&["issue", "import", "notes", &bulletin]);
    for (name, bytes, why) in
        [("run.exe", "x", "mail providers refuse letters with .exe files"), ("empty.docx", "", "the file is empty")]
    {
        let file = cli.file(name, bytes);
        let said = cli.is_refused_and_nothing_changes(&["issue", "attach", "1", &file]);
        assert!(said.contains(why), "{said}");
    }
    let said = cli.is_refused_and_nothing_changes(&["issue", "detach", "1", "none.pdf"]);
    assert!(said.contains("lists them"), "{said}");
}
