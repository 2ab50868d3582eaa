//! Each document that an office might bring comes out as an attentive editor would set it: every block, every
//! question. What it must say was written by hand before its reader was (tests/cases/NAME/expected.txt).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use yizhan::domain::document::{Draft, Severity};
use yizhan::domain::issue::{Article, BlockKind, Dating, Inline};
use yizhan::intake::document;

/// Cases that do not come out yet. This list may only shrink. Of this one a comma alone is missing, which the program that made
/// the PDF hung into the margin and did not draw: the file does not hold it.
const FALLING: [&str; 1] = ["word-headings-pdf"];

#[test]
fn every_document_comes_out_as_an_editor_would_set_it() {
    // Another folder of cases is scored by setting this, and need not pass.
    let elsewhere = std::env::var_os("YIZHAN_CASES").map(PathBuf::from);
    let folder = elsewhere.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"));
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.join("expected.txt").is_file());
    cases.sort();
    assert!(cases.len() >= 10, "cases are missing");
    let mut falling = BTreeSet::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let faults = faults(&case);
        eprintln!("{name}: {}", if faults.is_empty() { "right".to_owned() } else { format!("wrong\n{faults}") });
        if !faults.is_empty() {
            falling.insert(name);
        }
    }
    let expected: BTreeSet<String> = FALLING.iter().map(ToString::to_string).collect();
    assert!(elsewhere.is_some() || falling == expected, "{falling:?} fall, {expected:?} were expected to");
}

/// Lines that are missing (-) and that should not be there (+).
fn faults(case: &Path) -> String {
    let source = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
    let source = source.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == "source")).unwrap();
    let name = source.file_name().unwrap().to_string_lossy().into_owned();
    let expected = fs::read_to_string(case.join("expected.txt")).unwrap();
    let draft = match document::read(&name, &fs::read(&source).unwrap()) {
        Ok(draft) => draft,
        Err(refusal) => return format!("  refused: {refusal}\n"),
    };
    let looks: BTreeSet<&str> = draft.flags.iter().map(|flag| flag.finding.kind()).collect();
    let mut faults = String::new();
    let mut wanted = Vec::new();
    for line in expected.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        match line.strip_prefix("look ") {
            Some(kind) if looks.contains(kind) => {}
            Some(kind) => writeln!(faults, "  - look {kind}").unwrap(),
            None => wanted.push(line.to_owned()),
        }
    }
    let compiled = expected.lines().any(|line| line.starts_with("compiled "));
    let found: Vec<String> = in_order(outline(&draft, compiled)).into_iter().map(any_placeholder).collect();
    let wanted: Vec<String> = in_order(wanted).into_iter().map(any_placeholder).collect();
    for change in similar::capture_diff_slices(similar::Algorithm::Myers, &wanted, &found) {
        let (_, old, new) = change.as_tag_tuple();
        if wanted[old.clone()] != found[new.clone()] {
            wanted[old].iter().for_each(|line| writeln!(faults, "  - {line}").unwrap());
            found[new].iter().for_each(|line| writeln!(faults, "  + {line}").unwrap());
        }
    }
    faults
}

/// The facts of issue and article in one order: a credit may stand at the foot.
fn in_order(lines: Vec<String>) -> Vec<String> {
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for line in lines {
        if line.starts_with("# ") || line == "colophon" {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().push(line);
    }
    parts[0].sort();
    let rank = |line: &String| {
        let credits = ["# ", "section ", "source ", "author "];
        credits.iter().position(|credit| line.starts_with(credit)).unwrap_or(credits.len())
    };
    parts.iter_mut().skip(1).filter(|part| part[0] != "colophon").for_each(|part| part.sort_by_key(rank));
    parts.concat()
}

/// The words of a placeholder are free: `note *`, or in brackets.
fn any_placeholder(line: String) -> String {
    if line == "note *" || line.starts_with("note 〔") { "note *".to_owned() } else { line }
}

/// A draft, one fact a line.
fn outline(draft: &Draft, compiled: bool) -> Vec<String> {
    let contents = &draft.contents;
    let mut out = Vec::new();
    let mut fact = |name: &str, value: Option<String>| out.extend(value.map(|value| format!("{name} {value}")));
    fact("masthead", contents.masthead.clone());
    fact("label", contents.label.clone());
    fact("year", contents.year.map(|year| year.to_string()));
    fact("number", contents.number.map(|number| number.to_string()));
    fact("cumulative", contents.cumulative_number.map(|number| number.to_string()));
    match contents.published_on {
        Dating::On(date) => fact("date", Some(date.to_string())),
        Dating::Undated | Dating::DispatchDay => {}
    }
    fact("compiled", contents.compiled_by.clone().filter(|_| compiled));
    let asked = draft.flags.iter().filter(|flag| flag.finding.severity() == Severity::Confirm);
    let mut asked: Vec<String> = asked.map(|flag| format!("ask {}", flag.finding.kind())).collect();
    asked.sort();
    out.extend(asked);
    out.push(format!("lost {}", draft.conservation.lost));
    contents.articles.iter().for_each(|article| out.extend(article_lines(article)));
    if !contents.colophon.lines.is_empty() {
        out.push("colophon".to_owned());
    }
    out.extend(contents.colophon.lines.iter().map(|line| match line.label.as_str() {
        "" => line.value.clone(),
        label => format!("{label}：{}", line.value),
    }));
    out
}

fn article_lines(article: &Article) -> Vec<String> {
    let mut out = vec![format!("# {}", article.title)];
    let credits = [("section", &article.section), ("source", &article.source), ("author", &article.author)];
    out.extend(credits.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}"))));
    for block in &article.blocks {
        match &block.kind {
            BlockKind::Heading { level, text } => out.push(format!("h{level} {}", words(text))),
            BlockKind::Paragraph { text } => out.push(format!("p {}", words(text))),
            BlockKind::List { ordered, start, items } => {
                let mark = |n: usize| if *ordered { format!("{}.", *start as usize + n) } else { "-".into() };
                out.extend(items.iter().enumerate().map(|(n, item)| format!("{} {}", mark(n), words(item))));
            }
            BlockKind::Table { rows, .. } => {
                let row = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| words(cell)).collect::<Vec<_>>().join(" | ");
                out.extend(rows.iter().map(|cells| format!("| {} |", row(cells))));
            }
            BlockKind::Image { alt, .. } => out.push(format!("image {alt}").trim_end().to_owned()),
            BlockKind::Quote { text } => out.push(format!("quote {}", words(text))),
            BlockKind::Note { text } => out.push(format!("note {}", words(text))),
        }
    }
    out
}

/// Words with their setting, as the cases write them. Of run-in heads they mark the one that opens a paragraph; further
/// ones are where it may be split (`look possible-split`).
fn words(words: &[Inline]) -> String {
    let one = |(at, inline): (usize, &Inline)| match inline {
        Inline::Text(text) => text.clone(),
        Inline::RunIn(text) if at > 0 => text.clone(),
        Inline::RunIn(text) => format!("【{text}】"),
        Inline::Strong(text) => format!("**{text}**"),
        Inline::Emphasis(text) => format!("*{text}*"),
        Inline::Link { href, text } => format!("[{text}]({href})"),
        Inline::Superscript(text) => format!("^({text})"),
        Inline::Subscript(text) => format!("_({text})"),
        Inline::Break => "⏎".to_owned(),
    };
    words.iter().enumerate().map(one).collect::<String>().trim().to_owned()
}
