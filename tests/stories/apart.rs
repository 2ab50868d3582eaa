//! Files that a reader may run away with are read by a process of its own: what is in them ends in an issue, in readers or in a
//! sentence, and never in the service.

use crate::cli::Cli;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use yizhan::domain::issue::{Article, Block};
use yizhan::intake::document;

const PROGRAM: &str = env!("CARGO_BIN_EXE_yizhan");

fn kept(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)).unwrap()
}

/// The PDFs that stand as cases.
fn pdfs() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path().join("source.pdf"));
    let mut files: Vec<PathBuf> = cases.filter(|file| file.is_file()).collect();
    files.sort();
    assert!(files.len() >= 2, "PDFs are missing");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn a_pdf_becomes_an_issue() {
    let cli = Cli::founded();
    let file = cli.file("本期.pdf", &pdfs()[0]);
    let taken = cli.prints(&["issue", "import", "notes", &file]);
    let flags = taken["flags"].as_array().unwrap();
    assert!(flags.iter().any(|flag| flag["kind"] == "text-layer"), "{taken}");
}

/// Titles and paragraphs of a document, in order.
fn words(name: &str, bytes: &[u8]) -> Vec<String> {
    let draft = document::read(name, bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
    let article = |article: Article| {
        std::iter::once(article.title.clone()).chain(article.blocks.iter().map(Block::plain).collect::<Vec<_>>())
    };
    draft.contents.articles.into_iter().flat_map(article).collect()
}

#[test]
fn the_pdf_of_a_sample_says_what_the_sample_says() {
    let sample = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bulletin-next.zh-CN.txt")).unwrap();
    let source = words("a.txt", &sample);
    assert!(source.len() > 4, "{source:?}");
    assert_eq!(words("a.pdf", &kept("pdf/bulletin-next.zh-CN.pdf")), source);
}

#[test]
fn a_pdf_without_its_fonts_is_read_by_its_encoding() {
    let layer = document::layer(&kept("pdf/not-embedded.pdf")).unwrap();
    let text = layer.text();
    for words in ["云泽科技简报", "把散落在各个院所的仪器\n", "AI and Web 2.0。"] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn an_old_workbook_becomes_readers() {
    let cli = Cli::founded();
    let file = cli.file("名单.et", kept("rosters/college-old-excel/source.xls"));
    let imported = cli.prints(&["subscriber", "import", "notes/all", &file]);
    assert_eq!((&imported["new"], &imported["ignored"]), (&3.into(), &4.into()), "{imported}");
}

#[test]
fn a_workbook_that_states_a_sheet_beyond_all_memory_is_refused_with_a_sentence() {
    let cli = Cli::founded();
    let mut hostile = kept("rosters/college-old-excel/source.xls");
    // DIMENSIONS, 14 bytes: first and last row, first and last column ([MS-XLS] 2.4.90).
    let at = hostile.windows(4).position(|head| head == [0x00, 0x02, 14, 0]).unwrap() + 4;
    hostile[at..at + 8].copy_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0x00]);
    hostile[at + 8..at + 12].copy_from_slice(&[0, 0, 0xff, 0xff]);
    let file = cli.file("a.xls", hostile);
    let sentence = cli.is_refused_and_nothing_changes(&["subscriber", "import", "notes/all", &file]);
    assert!(sentence.contains("time or memory"), "{sentence}");
}

#[test]
fn damaged_files_end_in_an_answer() {
    read_mutants(60);
}

/// 10,000 PDFs and as many workbooks.
#[test]
#[ignore = "an hour: run it by hand after a change of these readers"]
fn many_damaged_files_end_in_an_answer() {
    read_mutants(10_000);
}

fn read_mutants(count: u64) {
    let (pdfs, books) = (pdfs(), ["college-old-excel/source.xls", "county-liaison/source.xls"]);
    let books: Vec<_> = books.iter().map(|book| kept(&format!("rosters/{book}"))).collect();
    for (kind, sources) in [("pdf", &pdfs), ("roster", &books)] {
        let (mut answered, mut taken) = (0, 0);
        for seed in 1..=count {
            let source = &sources[usize::try_from(seed).unwrap() % sources.len()];
            let (ended, said) = reads(kind, &damaged(source, seed));
            // What breaks its reader gives no answer at all, never half of one.
            assert!(ended || said.is_empty(), "{kind} {seed}");
            if ended {
                let answer: serde_json::Value = serde_json::from_slice(&said).unwrap();
                answered += 1;
                taken += u64::from(answer.get("Ok").is_some());
            }
        }
        eprintln!("{kind}: {count} damaged, {answered} answered, {taken} of them by what is in them");
        assert!(answered * 10 > count * 9 && taken > 0, "{kind}: {answered} of {count} answered, {taken} taken");
    }
}

/// What the reader answers, and whether it ended well. Its own limits end it at last.
fn reads(kind: &str, bytes: &[u8]) -> (bool, Vec<u8>) {
    let mut reader = Command::new(PROGRAM)
        .args(["apart", kind])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    let _ = input.write_all(bytes);
    drop(input);
    let output = reader.wait_with_output().unwrap();
    (output.status.success(), output.stdout)
}

/// A file with a few bytes changed, a piece cut out, numbers changed, or its end missing.
fn damaged(source: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(most.max(1)).unwrap()).unwrap()
    };
    let mut bytes = source.to_vec();
    match below(4) {
        0 => bytes.truncate(below(source.len())),
        1 => {
            let at = below(source.len());
            bytes.drain(at..(at + below(400)).min(source.len()));
        }
        2 => {
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            for _ in 0..=below(20) {
                bytes[digits[below(digits.len())]] = b'0' + u8::try_from(below(10)).unwrap();
            }
        }
        _ => {
            for _ in 0..=below(40) {
                let at = below(source.len());
                bytes[at] = u8::try_from(below(256)).unwrap();
            }
        }
    }
    bytes
}
