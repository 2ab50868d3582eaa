//! Prove: the long figures, run by hand on a quiet machine; what they give is written into
//! docs/performance.md with its date. `prove speed` sends an issue to many readers on a fast local
//! sink (Postfix `smtp-sink`) and, in the same run, as many letters of the same size with Postfix
//! `smtp-source`, which keeps no record: the floor of what SMTP costs here. `prove sign` and `prove intake` run
//! those of benches/. The others ask tests for more than a test run does, by their environment (docs/proof.md).

use crate::run::{Chore, cargo, program, root, run, target};
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

const READERS: u32 = 20_000;
const CONNECTIONS: u32 = 10;
/// Each figure is the median of so many runs, taken in turns.
const RUNS: usize = 3;

/// A letter of a few lines, beside the real issue.
const SHORT: &str = "# 短讯\n\n2024年第7期\n\n2024-07-01\n\n## 新码头开放\n\n新码头今天开放，两侧都可以停靠船只。\n";

/// Measures the speed of a dispatch of `document` (the sample bulletin without one) and of a short one.
///
/// # Errors
/// When a program is missing or fails.
pub(crate) fn speed(document: Option<&str>) -> Chore {
    run(cargo(&["build", "--release", "--quiet"]))?;
    let long = document.map_or_else(|| root().join("samples/bulletin.zh-CN.txt"), PathBuf::from);
    let place = target().join("prove");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).map_err(|error| format!("{} cannot be made: {error}", place.display()))?;
    let short = place.join("short.md");
    fs::write(&short, SHORT).map_err(|error| error.to_string())?;
    println!("| letter | sender | letters/s | CPU µs a letter | peak memory MB | ÷ smtp-source |");
    println!("|---|---|---|---|---|---|");
    for (name, file) in [("issue", long.as_path()), ("short", short.as_path())] {
        compare(name, file, &place.join(name))?;
    }
    Ok(())
}

/// Holds ten schedules against an oracle around every transition of every zone from 1990 to 2040, and the other
/// laws of the hours.
///
/// # Errors
/// When an occurrence does not come once and at its time.
pub(crate) fn hours() -> Chore {
    let mut laws = cargo(&["test", "--quiet", "--package", "yizhan", "--lib", "domain::schedule", "--", "--nocapture"]);
    laws.env("YIZHAN_EVERY_ZONE", "1");
    run(laws)
}

/// Sends to 5,000 readers on a bad day: one of ten is put off, one of a hundred unknown, and the relay goes down in
/// the middle, for 10 s and for 60 s.
///
/// # Errors
/// When it costs anybody more than it must, or full rate is late.
pub(crate) fn outage() -> Chore {
    let story = "outage::in_full_a_relay_that_is_back_has_its_full_rate_within_five_seconds";
    let options = ["--test", "stories", story, "--", "--ignored", "--exact", "--nocapture"];
    run(cargo(&[&["test", "--quiet", "--package", "yizhan"][..], &options].concat()))
}

/// Tries a million forged links against their opener and two thousand over HTTP, and tells the stories of leaving.
///
/// # Errors
/// When a forged link opens something, somebody leaves by accident, or a leaving is not kept.
pub(crate) fn leaving() -> Chore {
    let filters = ["domain::link", "web::tests::leaving", "web::tests::reading"];
    let mut laws = cargo(&["test", "--quiet", "--package", "yizhan", "--lib", "--", "--nocapture"]);
    laws.args(filters).env("YIZHAN_FORGERIES", "1000000");
    run(laws)?;
    run(cargo(&["test", "--quiet", "--package", "yizhan", "--test", "stories", "leaving::", "--", "--nocapture"]))
}

/// Measures what signing a letter of `document` (the sample bulletin without one) costs.
///
/// # Errors
/// When it costs more than its goal.
pub(crate) fn sign(document: Option<&str>) -> Chore {
    run(cargo(
        &[&["bench", "--quiet", "--bench", "sign", "--"][..], &document.into_iter().collect::<Vec<_>>()].concat(),
    ))
}

/// Measures what it costs to read each of `documents` and to print an issue of it.
///
/// # Errors
/// When that is more than the goals for 14 pages.
pub(crate) fn intake(documents: &[&str]) -> Chore {
    run(cargo(&[&["bench", "--quiet", "--bench", "intake", "--"][..], documents].concat()))
}

/// Every answer against the table of DELIVERY.md, and what is missed without any one rule of the rulebook.
///
/// # Errors
/// When one is misread.
pub(crate) fn replies() -> Chore {
    run(cargo(&["test", "--quiet", "--package", "yizhan", "--lib", "domain::attempt"]))
}

/// Every class of docs/wire.md.
///
/// # Errors
/// When one comes to another verdict.
pub(crate) fn wire() -> Chore {
    run(cargo(&["test", "--quiet", "--package", "yizhan", "--lib", "courier::session"]))?;
    run(story("wire::"))?;
    run(story("tls::"))
}

/// Kills the station 25 times in a dispatch of 20,000 letters, and stops it 10 times in another; at moments drawn
/// by `chance`, a new number without it.
///
/// # Errors
/// When somebody is lost, or written to twice, or more is uncertain than may be.
pub(crate) fn killed(chance: Option<&str>) -> Chore {
    let mut story = story("killed::a_station");
    story.arg("--test-threads=1");
    story.env("YIZHAN_PROVE_CHANCE", chance.map_or_else(|| std::process::id().to_string(), str::to_owned));
    story.envs([("YIZHAN_PROVE_LETTERS", "20000"), ("YIZHAN_PROVE_KILLS", "25"), ("YIZHAN_PROVE_STOPS", "10")]);
    run(story)
}

/// Brings back backups of six moments of a run to 150 readers; after each, readers leave by the links in their letters
/// and a second issue goes out.
///
/// # Errors
/// When somebody gets a letter twice, or after they left, or takes off somebody else.
pub(crate) fn restored() -> Chore {
    let mut story = story("drill::");
    story.envs([("YIZHAN_PROVE_READERS", "150"), ("YIZHAN_PROVE_CUTS", "6")]);
    run(story)
}

/// Lets every write and flush of a small run fail, one after another.
///
/// # Errors
/// When the station does not stop with a sentence, or a restart does not finish.
pub(crate) fn faults() -> Chore {
    let mut story = story("faults::");
    story.env("YIZHAN_PROVE_FAULTS", "every").env("YIZHAN_OUTSIDE", "required");
    run(story)
}

/// Reads 500 letters back by IMAP that went through a Postfix which was restarted midway.
///
/// # Errors
/// When mailboxes and log differ, or Postfix or Dovecot is missing.
pub(crate) fn postfix() -> Chore {
    let mut story = story("real_relay::");
    story.env("YIZHAN_PROVE_MAILBOXES", "500").env("YIZHAN_OUTSIDE", "required");
    run(story)
}

/// Opens dispatches of growing size up to a million readers, in a release build.
///
/// # Errors
/// When it is not linear, costs more than 4 s, or lets others wait more than 200 ms.
pub(crate) fn opening() -> Chore {
    let mut opening = cargo(&["test", "--release", "--quiet", "--package", "yizhan", "--test", "stories", "opening::"]);
    opening.args(["--", "--nocapture", "--test-threads=1"]);
    opening.env("YIZHAN_PROVE_OPENING", "20000,40000,200000,1000000");
    run(opening)
}

/// Stories whose names begin so, told aloud.
fn story(name: &str) -> std::process::Command {
    cargo(&["test", "--quiet", "--package", "yizhan", "--test", "stories", name, "--", "--nocapture"])
}

fn compare(name: &str, document: &Path, place: &Path) -> Chore {
    let bytes = prepare(document, place)?;
    let sink = Sink::start()?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for nth in 0..RUNS {
        theirs.push(smtp_source(&sink, bytes, place)?);
        ours.push(courier(&sink, place, nth)?);
    }
    let (theirs, ours) = (median(theirs), median(ours));
    let kilobytes = bytes as f64 / 1000.0;
    for (sender, figure) in [("smtp-source", theirs), ("yizhan courier", ours)] {
        println!(
            "| {name}, {kilobytes:.1} KB | {sender} | {:.0} | {:.0} | {:.0} | {:.2} |",
            figure.rate(),
            figure.cpu_us(),
            figure.peak_mb,
            figure.rate() / theirs.rate()
        );
    }
    Ok(())
}

/// A data folder with the readers and a planned dispatch; returns the size of one letter.
fn prepare(document: &Path, place: &Path) -> Chore<usize> {
    let data = place.join("data");
    fs::create_dir_all(place).map_err(|error| error.to_string())?;
    let roster = place.join("roster.csv");
    let rows: String = (1..=READERS).map(|n| format!("读者{n},reader{n:05}@readers.example\n")).collect();
    fs::write(&roster, format!("姓名,邮箱\n{rows}")).map_err(|error| error.to_string())?;
    let (roster, document, letter) = (shown(&roster), shown(document), shown(&place.join("letter.eml")));
    yizhan(&data, &["publication", "add", "proof", "--name", "速度试刊", "--from", "试刊 <proof@station.example>"])?;
    yizhan(&data, &["list", "add", "proof/all", "--name", "读者"])?;
    yizhan(&data, &["subscriber", "import", "proof/all", &roster, "--json"])?;
    yizhan(&data, &["issue", "import", "proof", &document])?;
    yizhan(&data, &["dispatch", "start", "1", "--to", "proof/all", "--defaults"])?;
    yizhan(&data, &["issue", "export", "1", "--format", "eml", "--output", &letter])?;
    Ok(fs::metadata(&letter).map_err(|error| error.to_string())?.len() as usize)
}

fn yizhan(data: &Path, arguments: &[&str]) -> Chore {
    let mut command = program(binary(), arguments);
    command.env("YIZHAN_DATA", data).stdout(Stdio::null());
    run(command)
}

fn binary() -> PathBuf {
    target().join("release/yizhan")
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// One run's figures.
#[derive(Clone, Copy)]
struct Figure {
    seconds: f64,
    cpu: f64,
    peak_mb: f64,
}

impl Figure {
    fn rate(&self) -> f64 {
        f64::from(READERS) / self.seconds
    }

    fn cpu_us(&self) -> f64 {
        self.cpu * 1e6 / f64::from(READERS)
    }
}

fn median(mut figures: Vec<Figure>) -> Figure {
    figures.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    figures[figures.len() / 2]
}

fn smtp_source(sink: &Sink, bytes: usize, place: &Path) -> Chore<Figure> {
    let (sessions, letters, length) = (CONNECTIONS.to_string(), READERS.to_string(), bytes.to_string());
    let address = format!("127.0.0.1:{}", sink.port);
    let options = ["-d", "-s", &sessions, "-m", &letters, "-l", &length];
    let arguments = [&options[..], &["-f", "a@station.example", "-t", "b@readers.example", &address]].concat();
    timed("/usr/sbin/smtp-source", &arguments, &[], place)
}

fn courier(sink: &Sink, place: &Path, nth: usize) -> Chore<Figure> {
    let data = place.join(format!("data-{nth}"));
    run(program("cp", &["-r", &shown(&place.join("data")), &shown(&data)]))?;
    let relay = format!("smtp://127.0.0.1:{}?connections={CONNECTIONS}", sink.port);
    let figure =
        timed(&shown(&binary()), &["courier"], &[("YIZHAN_DATA", shown(&data)), ("YIZHAN_RELAY", relay)], place)?;
    let tally = program(binary(), &["dispatch", "show", "1", "--json"]).env("YIZHAN_DATA", &data).output();
    let tally = String::from_utf8_lossy(&tally.map_err(|error| error.to_string())?.stdout).into_owned();
    if !tally.contains(&format!("\"accepted\":{READERS},")) {
        return Err(format!("not every letter was accepted: {tally}"));
    }
    Ok(figure)
}

/// Runs a program under GNU time.
fn timed(name: &str, arguments: &[&str], environment: &[(&str, String)], place: &Path) -> Chore<Figure> {
    let report = place.join("time");
    let options = ["-f", "%e %U %S %M", "-o", &shown(&report), name];
    let mut command = program("/usr/bin/time", &[&options[..], arguments].concat());
    command.envs(environment.iter().map(|(key, value)| (key, value))).stdout(Stdio::null());
    run(command)?;
    let text = fs::read_to_string(&report).map_err(|error| error.to_string())?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [seconds, user, system, kilobytes] = numbers[..] else { return Err(format!("time said {text}")) };
    Ok(Figure { seconds, cpu: user + system, peak_mb: kilobytes / 1024.0 })
}

/// A port that nobody listens on.
///
/// # Errors
/// When there is none.
pub(crate) fn free_port() -> Chore<u16> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(free.map_err(|error| error.to_string())?.port())
}

/// A server that takes everything and keeps nothing.
pub(crate) struct Sink {
    child: Child,
    pub(crate) port: u16,
}

impl Sink {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When it is missing or does not listen.
    pub(crate) fn start() -> Chore<Self> {
        let port = free_port()?;
        let address = format!("127.0.0.1:{port}");
        let mut sink = program("/usr/sbin/smtp-sink", &["-u", "nobody", &address, "200"]);
        let child =
            sink.spawn().map_err(|error| format!("smtp-sink could not be started ({error}); run cargo xtask equip"))?;
        // It listens at once or not at all; each refused try gives it the processor.
        let listens = (0..100_000).any(|_| {
            std::thread::yield_now();
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        if listens {
            Ok(Self { child, port })
        } else {
            Err("smtp-sink does not listen; it must be started as root".into())
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // Nothing depends on how it ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
