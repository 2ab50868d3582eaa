//! Intake: what it costs to read a document and to print an issue of it (`cargo xtask prove intake [FILE…]`). Each
//! round does both; the medians of all rounds are told, and compared with the goals for 14 pages.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement by hand: it prints, or it has failed")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod profile;

use profile::profile;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use yizhan::compose::print;
use yizhan::domain::issue::{Contents, Dating};
use yizhan::intake::document;

const ROUNDS: usize = 51;
/// The goals for 14 pages: reading, and printing, in milliseconds.
const GOALS: (f64, f64) = (100.0, 20.0);

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!("| document | KB | characters | read ms | print ms |");
    println!("|---|---|---|---|---|");
    let met: Vec<bool> = files.iter().map(|file| measure(file)).collect();
    if met.iter().all(|met| *met) {
        return ExitCode::SUCCESS;
    }
    println!("Reading takes more than {} ms, or printing more than {} ms.", GOALS.0, GOALS.1);
    ExitCode::FAILURE
}

/// Measures one document, and says whether it meets the goals.
fn measure(file: &str) -> bool {
    let bytes = std::fs::read(file).unwrap();
    let name = Path::new(file).file_name().unwrap().to_string_lossy();
    let (mut reading, mut printing) = (Vec::new(), Vec::new());
    let mut characters = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let draft = document::read(&name, black_box(&bytes)).unwrap();
        reading.push(millis(begun));
        characters = draft.conservation.source;
        let contents = dated(draft.contents);
        let begun = Instant::now();
        black_box(print(&profile(), &contents).unwrap());
        printing.push(millis(begun));
    }
    let (read, print) = (median(reading), median(printing));
    let kilobytes = bytes.len() as f64 / 1000.0;
    println!("| {name} | {kilobytes:.1} | {characters} | {read:.2} | {print:.2} |");
    read <= GOALS.0 && print <= GOALS.1
}

/// Without a day of dispatch, which is not known here.
fn dated(mut contents: Contents) -> Contents {
    if contents.published_on == Dating::DispatchDay {
        contents.published_on = Dating::Undated;
    }
    contents
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
