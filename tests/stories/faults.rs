//! A disk that fails harms nobody: for each nth call by which the program writes or flushes a file, that call
//! fails, by strace on the real binary. It must stop with a sentence, or do without what failed; then a
//! clean start finishes. The relay's record is the judge. A test run tries a few numbers; `cargo xtask prove
//! faults` tries each.

use crate::outside;
use crate::station::{Station, reader};
use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use yizhan::cli::station::Running;
use yizhan::domain::id::DispatchId;
use yizhan::store::Store;

const READERS: u32 = 30;
const CONNECTIONS: u32 = 3;
/// Seconds after which a program that hangs is ended.
const PATIENCE: &str = "100";

/// The files of a data folder that are written while letters go out.
const DATABASE: &[&str] = &["yizhan.db", "yizhan.db-wal", "yizhan.db-shm"];
const JOURNAL: &[&str] = &["journal", "."];

/// What fails: which calls on which files, how, and whether from the nth call on or only there.
struct Fault {
    calls: &'static str,
    files: &'static [&'static str],
    error: &'static str,
    /// Behind the number: `+` for every later call too.
    on: &'static str,
    /// Of how many numbers a test run tries one.
    step: usize,
}

const FAULTS: [Fault; 9] = [
    Fault { calls: "pwrite64", files: DATABASE, error: "EIO", on: "", step: 50 },
    Fault { calls: "pwrite64", files: DATABASE, error: "ENOSPC", on: "", step: 90 },
    Fault { calls: "pwrite64", files: DATABASE, error: "ENOSPC", on: "+", step: 70 },
    Fault { calls: "fsync,fdatasync", files: DATABASE, error: "EIO", on: "", step: 7 },
    Fault { calls: "fsync,fdatasync", files: DATABASE, error: "EIO", on: "+", step: 8 },
    Fault { calls: "fsync,fdatasync", files: DATABASE, error: "ENOSPC", on: "", step: 9 },
    Fault { calls: "ftruncate,fallocate", files: DATABASE, error: "ENOSPC", on: "", step: 1 },
    Fault { calls: "write", files: JOURNAL, error: "ENOSPC", on: "", step: 1 },
    Fault { calls: "fsync,fdatasync", files: JOURNAL, error: "EIO", on: "", step: 1 },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_cannot_be_begun_stops_the_first_start_and_not_the_next() {
    let mut station = Station::founded().await;
    let dispatch = station.dispatches_to(5).await;
    let journal = station.folder().join("journal");
    // Not there to read, and not to be made.
    std::os::unix::fs::symlink(station.folder().join("nowhere/journal"), &journal).unwrap();
    let why = match Running::begin(&station.store, &station.settings, &station.clock, false).await {
        Ok(begun) => begun.unwrap().ended().await.unwrap_err(),
        Err(why) => why,
    };
    assert!(why.to_string().contains("the journal"), "{why}");
    std::fs::remove_file(journal).unwrap();
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_write_fails_the_station_stops_and_a_restart_finishes() {
    let Some(strace) = outside::strace() else { return };
    let every = std::env::var_os("YIZHAN_PROVE_FAULTS").is_some();
    for fault in FAULTS {
        let step = if every { 1 } else { fault.step };
        let mut ends = HashMap::new();
        // Until a run has no such call any more.
        for nth in (1..).step_by(step) {
            let Some(end) = suffers(&strace, &fault, nth).await else { break };
            *ends.entry(end).or_insert(0) += 1;
        }
        let Fault { calls, error, on, files, .. } = fault;
        let mut ends: Vec<_> = ends.into_iter().collect();
        ends.sort();
        eprintln!("{calls} of {}: {error}{on}", files.join(" "));
        ends.iter().for_each(|(end, times)| eprintln!("    {times} × {end}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_write_fails_goes_on_by_itself_as_if_it_had_been_killed() {
    let Some(strace) = outside::strace() else { return };
    for (calls, error, nth) in [("fsync,fdatasync", "EIO", 12), ("pwrite64", "EIO", 120), ("pwrite64", "ENOSPC", 150)] {
        let station = Station::founded().await;
        let dispatch = station.dispatches_to(READERS).await;
        let case = format!("serve, {calls} {error} at {nth}");
        let log = station.folder().join("strace");
        let fault = Fault { calls, files: DATABASE, error, on: "", step: 1 };
        let mut serve = at_work(&strace, &fault, nth, &station, &log);
        while station.phase(dispatch).await != "closed" {
            assert!(serve.try_wait().unwrap().is_none(), "{case}: it ended");
        }
        Command::new("kill").args(["-TERM", &serve.id().to_string()]).status().unwrap();
        serve.wait().unwrap();
        // The writer that is opened anew is another thread, whose calls are counted from 1.
        let failures = std::fs::read_to_string(&log).unwrap().matches("(INJECTED)").count();
        assert!(failures > 0, "{case}: nothing failed");
        nobody_is_lost(&station, dispatch, (&case, failures)).await;
    }
}

/// `yizhan serve` with a fault.
fn at_work(strace: &Path, fault: &Fault, nth: usize, station: &Station, log: &Path) -> Child {
    let settings = station.folder().join("settings.toml");
    std::fs::write(&settings, "[web]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let mut traced = traced(strace, fault, nth, station, log);
    traced.arg(env!("CARGO_BIN_EXE_yizhan")).arg("--data").arg(station.folder()).arg("--config").arg(settings);
    traced.arg("serve").env("YIZHAN_RELAY", format!("{}&connections={CONNECTIONS}", station.relay.url()));
    traced.stderr(Stdio::null()).spawn().unwrap()
}

/// A run in which the nth call fails, and another in which nothing does; how the first ended, or none when there
/// was no nth call.
async fn suffers(strace: &Path, fault: &Fault, nth: usize) -> Option<String> {
    let mut station = Station::founded().await;
    let dispatch = station.dispatches_to(READERS).await;
    // Nobody else has the database open: then the program also folds its log into the file when it ends.
    station.store.clone().close().await;
    let log = station.folder().join("strace");
    let ran = tokio::task::block_in_place(|| under(strace, fault, nth, &station, &log));
    let came = std::fs::read_to_string(&log).unwrap().contains("(INJECTED)");
    let case = format!("{} {}{} at {nth} of {:?}", fault.calls, fault.error, fault.on, fault.files);
    let end = judge_end(&ran, &case).replace(&station.folder().display().to_string(), "data");
    let again = tokio::task::block_in_place(|| courier(&station, Command::new("timeout")).output().unwrap());
    assert!(again.status.success(), "{case}, the restart: {}", String::from_utf8_lossy(&again.stderr));
    station.store = Store::open(station.folder()).await.unwrap();
    nobody_is_lost(&station, dispatch, (&case, 1)).await;
    came.then_some(end)
}

fn under(strace: &Path, fault: &Fault, nth: usize, station: &Station, log: &Path) -> Output {
    courier(station, traced(strace, fault, nth, station, log)).output().unwrap()
}

fn traced(strace: &Path, fault: &Fault, nth: usize, station: &Station, log: &Path) -> Command {
    let mut traced = Command::new("timeout");
    traced
        .args([PATIENCE, &strace.display().to_string(), "-f", "-qq", "--seccomp-bpf", "-e", fault.calls, "-o"])
        .arg(log);
    for file in fault.files {
        traced.arg("-P").arg(if *file == "." { station.folder().to_owned() } else { station.folder().join(file) });
    }
    traced.arg(format!("-einject={}:error={}:when={nth}{}", fault.calls, fault.error, fault.on));
    traced
}

/// `yizhan courier` behind another program; a mere `timeout` still wants its seconds.
fn courier(station: &Station, mut before: Command) -> Command {
    if before.get_args().next().is_none() {
        before.arg(PATIENCE);
    }
    before.arg(env!("CARGO_BIN_EXE_yizhan")).arg("--data").arg(station.folder()).arg("courier");
    before.env("YIZHAN_RELAY", format!("{}&connections={CONNECTIONS}", station.relay.url()));
    before.env_remove("YIZHAN_CONFIG");
    before
}

/// It did its work, or it said in one sentence why not. Never a panic, never a hang.
fn judge_end(ran: &Output, case: &str) -> String {
    let said = String::from_utf8_lossy(&ran.stderr);
    match ran.status.code() {
        Some(0) => "finished all the same".to_owned(),
        Some(1) => {
            let sentence = said.lines().find_map(|line| line.strip_prefix("yizhan: "));
            sentence.unwrap_or_else(|| panic!("{case}: stopped without a sentence: {said}")).to_owned()
        }
        code => panic!("{case}: ended with {code:?}: {said}"),
    }
}

/// After so many stops in the midst of work.
async fn nobody_is_lost(station: &Station, dispatch: DispatchId, (case, stops): (&str, usize)) {
    let mut times = HashMap::new();
    for taken in station.relay.record() {
        *times.entry(taken.rcpt).or_insert(0) += 1;
    }
    let tally = station.tally(dispatch).await;
    assert_eq!((station.phase(dispatch).await, tally.sum()), ("closed", i64::from(READERS)), "{case}: {tally:?}");
    assert_eq!(tally.accepted + tally.uncertain, i64::from(READERS), "{case}: {tally:?}");
    assert!(tally.uncertain <= i64::from(CONNECTIONS) * i64::try_from(stops).unwrap(), "{case}: {tally:?}");
    for entry in station.log(dispatch).await {
        match times.get(&entry.address) {
            Some(1) => {}
            None if entry.state == "uncertain" => {}
            times => panic!("{case}: {} is {} and taken {times:?} times", entry.address, entry.state),
        }
    }
    assert!(times.keys().all(|address| (1..=READERS).any(|n| *address == reader(n))), "{case}: a stranger");
}
