//! Every kind of letter, as `yizhan gallery` writes it, before judges that are not of this house: what mail clients are
//! known to show, well-formed HTML, a filter against junk, another language's parser.

use crate::cli::Cli;
use crate::outside;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use yizhan::domain::document::Digest;

/// The gallery in a folder of its own, which lasts as long as the one who asked for it.
pub(crate) fn gallery(cli: &Cli) -> PathBuf {
    let folder = PathBuf::from(cli.file("gallery", "")).with_file_name("letters");
    cli.prints(&["gallery", folder.to_str().unwrap()]);
    folder
}

/// The files with this end.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = all.filter(|path| path.extension().is_some_and(|own| own == end)).collect();
    found.sort();
    found
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/letters").join(name)
}

fn looked_through(name: &str) -> Option<Output> {
    let (node, tools) = outside::letter_tools()?;
    let cli = Cli::new();
    let folder = gallery(&cli);
    assert!(files(&folder, "eml").len() > 30, "a gallery of every kind");
    Some(Command::new(node).arg(script(name)).args([&tools, &folder]).output().unwrap())
}

#[test]
fn what_some_client_does_not_show_is_known_and_has_its_reason() {
    let Some(out) = looked_through("clients.mjs") else { return };
    assert!(out.status.success(), "xtask/letters/allowed.json: {}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn letters_are_well_formed() {
    let Some(out) = looked_through("structure.mjs") else { return };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn no_letter_looks_like_junk() {
    let Some(spamassassin) = outside::spamassassin() else { return };
    let cli = Cli::new();
    let letters = files(&gallery(&cli), "eml");
    let mbox: String = letters
        .iter()
        .map(|file| format!("From a@yunze.example Tue Sep 15 00:00:00 2026\n{}\n", fs::read_to_string(file).unwrap()))
        .collect();
    let mbox = cli.file("mbox", mbox.replace('\r', ""));
    let home = Path::new(&mbox).parent().unwrap();
    // -L: without the network. That no host has received them (NO_RECEIVED, NO_RELAYS) counts nothing.
    let out = Command::new(spamassassin)
        .args(["-L", "--mbox"])
        .env("HOME", home)
        .stdin(Stdio::from(fs::File::open(&mbox).unwrap()))
        .output()
        .unwrap();
    let marked = String::from_utf8(out.stdout).unwrap().replace("\n\t", " ");
    let verdicts: Vec<&str> = marked.lines().filter(|line| line.starts_with("X-Spam-Status: ")).collect();
    assert_eq!(verdicts.len(), letters.len(), "{}", String::from_utf8_lossy(&out.stderr));
    for verdict in verdicts {
        let score = verdict.split("score=").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert!(score.parse::<f64>().unwrap() <= 0.0, "{verdict}");
    }
}

/// A letter without the addresses of its pictures, which lie beside it in a mail and within it in a file to look at.
fn without_addresses(html: &str, scheme: &str) -> String {
    let opens = format!("src=\"{scheme}");
    let mut pieces = html.split(&opens);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |out, piece| out + piece.split_once('"').map_or(piece, |(_, rest)| rest))
}

#[test]
fn another_parser_reads_back_what_was_written() {
    let Some(python) = outside::python() else { return };
    let cli = Cli::new();
    let folder = gallery(&cli);
    let letters = files(&folder, "eml");
    let out = Command::new(python).arg(script("readback.py")).args(&letters).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    let read = String::from_utf8(out.stdout).unwrap();
    assert_eq!(read.lines().count(), letters.len());
    let mut attached = Vec::new();
    for (file, line) in letters.iter().zip(read.lines()) {
        let (read, name): (Value, _) = (serde_json::from_str(line).unwrap(), file.display());
        let beside = |end: &str| fs::read_to_string(file.with_extension(end)).unwrap();
        assert_eq!(read["defects"], serde_json::json!([]), "{name}");
        assert_eq!(read["text"].as_str().unwrap().replace("\r\n", "\n"), beside("txt"), "{name}");
        let html = read["html"].as_str().unwrap().trim_end();
        assert_eq!(without_addresses(html, "cid:"), without_addresses(&beside("html"), "data:"), "{name}");
        let parts: Vec<&str> = read["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert_eq!(parts[..2], ["text/plain", "text/html"], "{name}");
        let files = read["attached"].as_array().unwrap();
        let (shown, carried) = parts[2..].split_at(html.matches("cid:").count());
        assert!(shown.iter().all(|part| part.starts_with("image/")), "{name}: {parts:?}");
        assert_eq!(carried.len(), files.len(), "{name}: {parts:?}");
        assert_eq!(read["kind"] == "multipart/mixed", !files.is_empty(), "{name}");
        assert!(files.iter().all(|file| html.contains(file[0].as_str().unwrap())), "{name} says what it carries");
        attached.extend(files.iter().cloned());
        assert!(parts.len() > 2 || read["names"] == serde_json::json!([]), "{name}: {}", read["names"]);
        let subject = read["subject"].as_str().unwrap().replace('&', "&amp;");
        assert!(!subject.is_empty() && page.contains(&subject), "{name}: {subject}");
        let [sender, address] = [0, 1].map(|at| read["from"][0][at].as_str().unwrap());
        assert!(["云泽科技观察", "Yunze Science Review", "驿站"].contains(&sender), "{name}: {sender}");
        assert!(address.ends_with("@yunze.example"), "{name}: {address}");
    }
    let samples = ["form.zh-CN.docx", "timetable.zh-CN.xlsx"].map(|file| {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(file)).unwrap();
        Value::from(Digest::of(&bytes).to_string())
    });
    assert_eq!(attached.iter().map(|file| file[1].clone()).collect::<Vec<_>>(), samples, "{attached:?}");
    let long = attached[1][0].as_str().unwrap();
    assert!(long.starts_with("附件2：2026年度") && long.ends_with("一览表.xlsx"), "{long}");
}
