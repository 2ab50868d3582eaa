//! Desk: how long the pages of the desk take with a million readers and five issues stored, while a further issue goes
//! out to all of them (Postfix `smtp-sink` takes it). The station is a release build on a folder of its own under
//! target/; which pages there are is read from where they are declared. docs/performance.md keeps the figures.

mod ask;
mod place;

use crate::run::{Chore, root};
use ask::{Answer, Asker};
use place::Station;
use std::fs;

/// Where rooms are declared.
const ROOMS: &str = "src/web/desk/mod.rs";
/// So often each page is asked for, all of them in turns.
const TURNS: usize = 15;
/// So often while nothing goes out, for the processor's time.
const QUIET_TURNS: usize = 5;
/// Milliseconds that a page may take (median), and a search of the log.
const PAGE: f64 = 200.0;
const SEARCH: f64 = 100.0;

/// What is asked of the log: by address, beginning, name, unit, issue, state, reason, time, and some together.
const SEARCHES: [&str; 17] = [
    "",
    "q=zhang777%40qq.com",
    "q=zhang",
    "q=zh",
    "q=%E6%9D%8E%E6%98%8E",
    "q=%E6%9D%8E",
    "q=%E7%A7%91%E6%8A%80%E5%B1%80",
    "q=unit4999.example",
    "q=nobody-of-them",
    "issue=3",
    "state=failed",
    "state=queued",
    "reason=recipient",
    "reason=policy",
    "dispatch=103&state=expired",
    "q=%E7%A7%91%E6%8A%80%E5%B1%80&state=failed&dispatch=101",
    "from=1970-01-05&until=1970-01-09",
];

/// What else is asked of pages that search.
const QUERIES: [&str; 8] = [
    "/readers?q=zhang",
    "/readers?q=%E6%9D%8E",
    "/readers?q=%E7%A7%91%E6%8A%80%E5%B1%80",
    "/readers?q=nobody-of-them",
    "/readers?unit=%E4%BA%91%E6%B3%BD",
    "/publications/brief/lists/all?state=ended",
    "/publications/brief/lists/all?state=suppressed",
    "/publications/brief/lists/all?q=%E6%9D%8E%E6%98%8E",
];

/// Measures every page with so many readers.
///
/// # Errors
/// When a program is missing, a page is not there, or a page takes longer than it may.
pub(crate) fn desk(readers: &str) -> Chore {
    let readers: u32 = readers.parse().map_err(|_| format!("{readers} is no number of readers"))?;
    let station = Station::begin(readers)?;
    let asker = station.enter()?;
    let pages = pages(&station)?;
    let (load, sent) = (load(), station.settled()?);
    let begun = ask::now();
    let busy = measure(&asker, &station, &pages, TURNS)?;
    let rate = (station.settled()? - sent) as f64 / begun.elapsed().as_secs_f64();
    println!("\n{readers} readers; load average {load} before, {} after; {rate:.0} letters/s meanwhile", self::load());
    station.pause()?;
    let quiet = measure(&asker, &station, &pages, QUIET_TURNS)?;
    println!(
        "\n| page | answers | median ms | worst ms | KB | quiet: median ms | processor ms |\n|---|---|---|---|---|---|---|"
    );
    let mut rows: Vec<_> = pages.iter().zip(busy.iter().zip(&quiet)).collect();
    rows.sort_by(|a, b| b.1.0.median.total_cmp(&a.1.0.median));
    for (page, (busy, quiet)) in &rows {
        let (median, worst, size) = (busy.median, busy.worst, busy.bytes as f64 / 1000.0);
        println!(
            "| `{page}` | {} | {median:.1} | {worst:.1} | {size:.1} | {:.1} | {:.1} |",
            busy.code, quiet.median, quiet.processor
        );
    }
    let over = |page: &str, figure: &Figure| figure.median > if page.starts_with("/log") { SEARCH } else { PAGE };
    let slow: Vec<_> =
        rows.iter().filter(|(page, (busy, _))| over(page, busy)).map(|(page, _)| page.as_str()).collect();
    if slow.is_empty() { Ok(()) } else { Err(format!("too slow: {}", slow.join(" "))) }
}

/// What is asked for: every page that is declared, with things that are there, and the searches.
fn pages(station: &Station) -> Chore<Vec<String>> {
    let declared = fs::read_to_string(root().join(ROOMS)).map_err(|error| format!("{ROOMS}: {error}"))?;
    let mut pages: Vec<String> = declared
        .split(".get(")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        // The built-in mailbox is the demo's.
        .filter(|path| path.starts_with('/') && !path.starts_with("/mailbox"))
        .flat_map(|path| station.filled(path))
        .collect();
    if pages.len() < 40 {
        return Err(format!("{ROOMS} declares {} pages only; has the way of declaring them changed?", pages.len()));
    }
    pages.extend(SEARCHES.iter().skip(1).map(|query| format!("/log?{query}")));
    pages.extend(QUERIES.map(str::to_owned));
    Ok(pages)
}

/// What asking for one page came to: milliseconds, and code and size of the last answer.
#[derive(Clone, Copy)]
struct Figure {
    median: f64,
    worst: f64,
    /// All the station's work in the meantime; the page's own where nothing else goes on.
    processor: f64,
    bytes: usize,
    code: u16,
}

fn measure(asker: &Asker, station: &Station, pages: &[String], turns: usize) -> Chore<Vec<Figure>> {
    let mut took: Vec<Vec<Answer>> = pages.iter().map(|_| Vec::new()).collect();
    let mut worked = vec![0.0; pages.len()];
    for turn in 0..turns {
        eprintln!("turn {} of {turns}", turn + 1);
        for (nth, page) in pages.iter().enumerate() {
            let before = station.processor_ms()?;
            took[nth].push(asker.get(page)?);
            worked[nth] += station.processor_ms()? - before;
        }
    }
    Ok(took.into_iter().zip(worked).map(|(answers, worked)| figure(answers, worked / turns as f64)).collect())
}

fn figure(mut answers: Vec<Answer>, processor: f64) -> Figure {
    let (bytes, code) = answers.last().map_or((0, 0), |answer| (answer.bytes, answer.code));
    answers.sort_by(|a, b| a.ms.total_cmp(&b.ms));
    let (median, worst) = (answers[answers.len() / 2].ms, answers[answers.len() - 1].ms);
    Figure { median, worst, processor, bytes, code }
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(1).collect()
}
