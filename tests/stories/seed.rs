//! A real issue of a real office goes from its file to every reader, with nothing lost, nothing
//! invented, and two questions on the way. What it must say is read from the file itself.

use crate::cli::{Cli, seed};
use crate::relay::Relay;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use yizhan::intake::letter;

/// The lines of the seed on which its six titles stand, counted from 1.
const TITLES: [usize; 6] = [16, 48, 72, 86, 119, 140];

#[test]
fn the_seed_becomes_an_issue_with_nothing_lost_and_two_questions() {
    let Some(bytes) = seed() else { return };
    let cli = Cli::founded();
    let file = cli.file("seed.txt", &bytes);
    let imported = cli.prints(&["issue", "import", "notes", &file]);
    assert_eq!((&imported["articles"], &imported["conservation"]["lost"]), (&6.into(), &0.into()));
    let balance = |part: &str| imported["conservation"][part].as_i64().unwrap();
    assert_eq!(balance("source"), balance("body") + balance("other"));
    let confirm: Vec<_> = list(&imported["flags"]).iter().filter(|flag| flag["severity"] == "confirm").collect();
    assert_eq!(confirm.iter().map(|flag| string(&flag["id"])).collect::<Vec<_>>(), ["missing-date", "glued-subhead-1"]);
    assert!(confirm.iter().all(|flag| flag["default"].is_string() && flag["message"].is_string()));

    let issue = cli.prints(&["issue", "show", "1"]);
    let source = String::from_utf8(bytes).unwrap();
    let lines: Vec<_> = source.lines().collect();
    let titles: Vec<_> = list(&issue["articles"]).iter().map(|article| string(&article["title"])).collect();
    assert_eq!(titles, TITLES.map(|number| lines[number - 1]));
    let blocks = blocks(&issue);
    let of = |kind: &str| blocks.iter().filter(|block| block["type"] == kind).count();
    let run_in: usize = blocks.iter().map(|block| list(&block["run_in_heads"]).len()).sum();
    assert_eq!((of("paragraph"), of("heading"), blocks.len(), run_in), (39, 6, 45, 28));
    assert_eq!((&issue["year"], &issue["number"], &issue["published_on"]), (&2024.into(), &6.into(), &Value::Null));
    for (field, line) in [("editors", 154), ("phone", 156)] {
        let (_, value) = lines[line - 1].split_once('：').unwrap();
        assert_eq!(squeezed(string(&issue["colophon"][field])), squeezed(value), "{field}");
    }
    let squeezed_source = squeezed(&source);
    let phrases = blocks.iter().flat_map(|block| string(&block["text"]).split_inclusive('。'));
    for phrase in phrases {
        assert!(squeezed_source.contains(&squeezed(phrase)), "invented: {phrase}");
    }
}

#[test]
fn the_seed_waits_for_two_answers_and_then_reaches_every_reader() {
    let Some(bytes) = seed() else { return };
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(20);
    let file = cli.file("seed.txt", &bytes);
    cli.prints(&["issue", "import", "notes", &file]);
    let start = ["dispatch", "start", "1", "--to", "notes/all"];
    let sentence = cli.is_refused_and_nothing_changes(&start);
    for word in ["missing-date", "glued-subhead-1", "yizhan issue answer 1"] {
        assert!(sentence.contains(word), "{sentence}");
    }
    let answered = cli.prints(&["issue", "answer", "1", "--defaults"]);
    assert_eq!(list(&answered["answered"]).len(), 2);
    let tally = cli.prints(&[&start[..], &["--wait"]].concat());
    assert_eq!((&tally["state"], &tally["accepted"], &tally["audience"]), (&"closed".into(), &20.into(), &20.into()));
    let reached: BTreeSet<_> = relay.record().into_iter().map(|taken| taken.rcpt).collect();
    assert_eq!((reached.len(), relay.record().len()), (20, 20));
    assert_eq!(relay.violations(), Vec::<String>::new());
    let issue = cli.prints(&["issue", "show", "1"]);
    assert_says_all(&relay.record()[0].letter, &issue);
}

#[test]
fn the_seed_can_be_had_in_four_forms_each_with_every_paragraph() {
    let Some(bytes) = seed() else { return };
    let cli = Cli::founded();
    let file = cli.file("seed.txt", &bytes);
    cli.prints(&["issue", "import", "notes", &file]);
    cli.prints(&["issue", "answer", "1", "--defaults"]);
    let issue = cli.prints(&["issue", "show", "1"]);
    let written = |format: &str| {
        let ran = cli.types(&["issue", "export", "1", "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{format}");
        let out = cli.file("out", "");
        assert_eq!(cli.types(&["issue", "export", "1", "--format", format, "--output", &out]).code, Some(0));
        if format != "eml" {
            assert_eq!(fs::read(out).unwrap(), ran.stdout, "the file holds what is printed: {format}");
        }
        ran.stdout
    };
    assert_eq!(serde_json::from_slice::<Value>(&written("json")).unwrap(), issue);
    let html = String::from_utf8(written("html")).unwrap();
    let text = String::from_utf8(written("text")).unwrap();
    assert!(spaced_numbers(string(&blocks(&issue)[0]["text"])) > 0, "the issue keeps the spaces of its source");
    let body: Vec<_> = text.lines().filter(|line| line.starts_with("　　")).collect();
    assert_eq!(body.iter().map(|line| spaced_numbers(line)).sum::<usize>(), 0, "the letter leaves them out");
    let eml = written("eml");
    assert_says_all(&eml, &issue);
    let letter = letter::read(&eml).unwrap();
    assert_eq!(squeezed(&letter.text.unwrap()), squeezed(&text));
    assert_eq!(squeezed(&letter.html.unwrap()), squeezed(&html));
}

/// A letter whose two bodies both hold the words of every block.
fn assert_says_all(letter: &[u8], issue: &Value) {
    let letter = letter::read(letter).unwrap();
    let text = squeezed(&letter.text.unwrap());
    let html = squeezed(&without_tags(&letter.html.unwrap()));
    for block in blocks(issue) {
        let words = squeezed(string(&block["text"]));
        assert!(text.contains(&words), "the plain text lacks: {words}");
        assert!(html.contains(&words), "the HTML lacks: {words}");
    }
}

/// What is left of HTML when only its words are.
fn without_tags(html: &str) -> String {
    let words: String = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words)).collect();
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Places where a space stands between a Han character and a digit.
fn spaced_numbers(text: &str) -> usize {
    let is_han = |c: &char| ('一'..='鿿').contains(c);
    let chars: Vec<char> = text.chars().collect();
    let meets = |three: &&[char]| {
        three[1] == ' '
            && (is_han(&three[0]) && three[2].is_ascii_digit() || three[0].is_ascii_digit() && is_han(&three[2]))
    };
    chars.windows(3).filter(meets).count()
}

/// Without white space, which is set anew for each form.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn blocks(issue: &Value) -> Vec<&Value> {
    list(&issue["articles"]).iter().flat_map(|article| list(&article["blocks"])).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}
