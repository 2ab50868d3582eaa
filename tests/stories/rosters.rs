//! Each roster that an office might bring is read row by row as somebody who knows the office would: what must become
//! of each row was written before it was read (tests/rosters/NAME/expected.txt). They were made by Excel's libraries, LibreOffice and by hand.

use std::fs;
use std::path::{Path, PathBuf};
use yizhan::domain::subscriber::{Person, Reading, RosterRow};
use yizhan::intake::roster;

#[test]
fn every_roster_is_read_as_its_office_means_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rosters");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 8, "rosters are missing");
    let mut wrong = Vec::new();
    for case in cases {
        let source = fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path());
        let source = source.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == "source")).unwrap();
        let read = roster::read(&source.file_name().unwrap().to_string_lossy(), &fs::read(&source).unwrap());
        let found = read.map_or_else(|why| why.to_string(), |roster| roster.rows.iter().map(said).collect());
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap();
        if found != expected {
            wrong.push(format!("{}\nexpected\n{expected}found\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A row, as the expectations write it.
fn said(row: &RosterRow) -> String {
    let outcome = match &row.reading {
        Reading::Found { address, person, cleaned } => {
            format!("found {address}{}{}", if cleaned.is_some() { " cleaned" } else { "" }, fields(person))
        }
        Reading::Duplicate { of, .. } => format!("duplicate of {of}"),
        Reading::Ask { .. } => "ask".to_owned(),
        Reading::Rejected { .. } => "rejected".to_owned(),
        Reading::Ignored { why } => format!("ignored {}", why.english),
    };
    format!("{} {outcome}\n", row.line)
}

fn fields(person: &Person) -> String {
    let fields = [
        ("name", &person.name),
        ("organisation", &person.organisation),
        ("department", &person.department),
        ("position", &person.position),
        ("phone", &person.phone),
        ("region", &person.region),
        ("category", &person.category),
        ("remark", &person.remark),
    ];
    fields.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!(" {name}={value}"))).collect()
}
