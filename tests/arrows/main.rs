//! Arrows: reads every source file and holds the house to its plan (ARCHITECTURE.md): who may know
//! whom, where a foreign crate may be named, who may write, which words no name may hold, and that
//! every file opens with its door plate; and that what pages quote is a word of theirs. A law that is broken is answered with the file, the law and
//! the word; the laws themselves are tables in `law.rs`.

#![allow(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

mod law;
mod quoted;
mod source;

use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_arrow_of_the_house_points_down() {
    let files = files_under(&["src"]);
    let mut sources: Vec<_> = files.iter().map(|(name, text)| Source::read(name, text)).collect();
    source::leave_out_tests(&mut sources);
    let offences: Vec<_> = sources.iter().flat_map(law::offences).chain(law::shared_crates(&sources)).collect();
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
    assert!(sources.len() > 20, "only {} files were found", sources.len());
}

#[test]
fn every_file_opens_with_its_door_plate_and_has_an_honest_name() {
    let folders = ["src", "tests", "benches", "xtask/src", "email-templates/src"];
    let offences: Vec<_> =
        files_under(&folders).iter().flat_map(|(name, text)| law::plate_and_name(name, text)).collect();
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn what_a_page_tells_somebody_to_press_is_there() {
    let files = files_under(&["src/web", "src/actions"]);
    let unknown = quoted::unknown(&files);
    assert!(unknown.is_empty(), "\n{}", unknown.join("\n"));
}

#[test]
fn a_house_that_breaks_a_law_is_caught() {
    for (name, text, caught) in [
        ("src/domain/issue.rs", "use crate::store::Store;", "domain may not know store"),
        ("src/domain/issue.rs", "pub fn now(c: &crate::clock::Clock) {}", "domain may not know clock"),
        ("src/domain/issue.rs", "use tokio::sync::watch;", "tokio has no place"),
        ("src/domain/issue.rs", "fn f() { std::fs::read(\"x\"); }", "std::fs has no place"),
        ("src/store/issue.rs", "use crate::{domain::id, intake::{document, roster}};", "store may not know intake"),
        ("src/compose/print.rs", "use super::super::intake::letter;", "compose may not know intake"),
        ("src/web/page.rs", "use crate::courier::relay;", "web may not know courier"),
        ("src/actions/issue.rs", "use crate::web::page;", "actions may not know web"),
        ("src/web/page.rs", "use crate::config::Settings;", "web may not know config"),
        ("src/courier/carry.rs", "use crate::actions::delivery;", "only courier/book.rs"),
        ("src/web/page.rs", "fn f(w: &mut crate::store::Writing) {}", "only actions write"),
        ("src/cli/demo.rs", "async fn f() { store.write(actor).await; }", "only actions write"),
        ("src/web/page.rs", "fn f() { sqlx::query(\"x\"); }", "sqlx has no place"),
        ("src/cli/demo.rs", "use axum::Router;", "axum has no place"),
        ("src/actions/issue.rs", "use tokio::net::TcpStream;", "tokio::net has no place"),
        ("src/nowhere/issue.rs", "", "nowhere is no door"),
        ("src/store/issue.rs", "struct JobQueue;", "'JobQueue' holds 'job'"),
        ("src/store/issue.rs", "fn mark_sent() {}", "'mark_sent' holds 'sent'"),
    ] {
        let offences = law::offences(&Source::read(name, text));
        assert!(offences.iter().any(|offence| offence.contains(caught)), "{text:?} gave {offences:?}");
    }
    let two = ["src/intake/a.rs", "src/intake/b.rs"].map(|name| Source::read(name, "use comrak::parse_document;"));
    assert_eq!(law::shared_crates(&two).len(), 1);
    assert!(law::shared_crates(&two[..1]).is_empty());
    assert_eq!(law::plate_and_name("src/store/issue.rs", "use std::fmt;").len(), 1);
    assert_eq!(law::plate_and_name("src/store/helpers.rs", "//! Helps.").len(), 1);
}

#[test]
fn a_file_of_tests_may_look_at_the_whole_house() {
    let mut sources = vec![
        Source::read("src/intake/mod.rs", "mod roster; #[cfg(test)] mod laws; #[cfg(test)] mod inner { mod roster; }"),
        Source::read("src/intake/laws.rs", "use crate::store;"),
        Source::read("src/intake/laws/table.rs", "use crate::store;"),
        Source::read("src/intake/roster.rs", "use crate::store;"),
    ];
    source::leave_out_tests(&mut sources);
    let left: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(left, ["src/intake/mod.rs", "src/intake/roster.rs"]);
}

#[test]
fn what_the_house_allows_is_not_caught() {
    for (name, text) in [
        ("src/domain/issue.rs", "//! Not `crate::store`.\nconst S: &str = \"crate::store\"; // use sqlx::query;"),
        ("src/domain/issue.rs", "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' } /* crate::web /* */ */"),
        ("src/domain/link.rs", "fn message_id() {} struct MessageId; enum E { Message }"),
        ("src/domain/link.rs", "const R: &str = r#\"\" crate::web::x \"#; use super::id::IssueId;"),
        ("src/compose/letter.rs", "#[cfg(test)]\nmod tests { use crate::intake::letter; fn f() { {} } }"),
        ("src/courier/book.rs", "use crate::{actions::delivery, clock::Clock, domain};"),
        ("src/actions/issue.rs", "use crate::store::Writing; fn f() { store.write(actor); }"),
        ("src/web/admin/issue.rs", "use super::super::page; use super::super::super::store; use axum::http;"),
        ("src/config.rs", "use crate::{courier, web};"),
        ("src/cli/mod.rs", "use crate::{actions, clock, config, courier, mailbox, web}; use tokio::net::TcpListener;"),
    ] {
        assert_eq!(law::offences(&Source::read(name, text)), Vec::<String>::new(), "{text:?}");
    }
}

/// Every Rust file under the folders: its name from the root on, and its text.
fn files_under(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).filter(|f| f.is_dir()).collect();
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}
