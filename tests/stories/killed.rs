//! Nobody is lost and nobody gets it twice, though the process is killed at any moment: the real
//! binary as a child, the relay's own record as the judge. Moments are drawn by chance from a number that is
//! said, so that a run can be had again: after so many letters, and then at so manieth write of the process, in
//! the opening, the recovery, a claim, a flight. `cargo xtask prove killed` asks for more than a test run does.

use crate::relay::Relay;
use crate::station::{Station, reader};
use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use yizhan::domain::attempt::Stage;
use yizhan::domain::id::DispatchId;

const CONNECTIONS: u32 = 10;

/// How much a run asks for.
struct Measure {
    letters: u32,
    /// Ends that count: those between 5 % and 95 % of the letters.
    ends: u32,
    /// Ends before that, while the audience is written down.
    in_opening: u32,
    chance: Chance,
}

impl Measure {
    /// As the environment says, or what a test run has time for.
    fn asked(ends: &str) -> Self {
        let number = |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
        Self {
            letters: number("YIZHAN_PROVE_LETTERS", 2_000) as u32,
            ends: number(ends, 7) as u32,
            in_opening: 3,
            chance: Chance(number("YIZHAN_PROVE_CHANCE", 2_026)),
        }
    }

    /// After how many letters the nth process is ended: one in each of as many spans of the run.
    fn letters_before(&mut self, nth: u32) -> u32 {
        let (from, span) = (self.letters / 20, self.letters * 9 / 10 / self.ends);
        from + nth * span + self.chance.below(span)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers from the same beginning.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % u64::from(bound.max(1))) as u32
    }
}

/// `yizhan courier` on the station's folder, sending to its relay.
pub(crate) fn courier(station: &Station) -> Child {
    Command::new(env!("CARGO_BIN_EXE_yizhan"))
        .arg("--data")
        .arg(station.folder())
        .arg("courier")
        .env("YIZHAN_RELAY", format!("{}&connections={CONNECTIONS}", station.relay.url()))
        .env_remove("YIZHAN_CONFIG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// How often the relay has taken each reader's letter.
fn times_taken(relay: &Relay) -> HashMap<String, u32> {
    let mut times = HashMap::new();
    for taken in relay.record() {
        *times.entry(taken.rcpt).or_insert(0) += 1;
    }
    times
}

/// How many writes a process has called for (files and wake-ups; what goes to the relay is not among them).
fn writes(child: &Child) -> u64 {
    let io = std::fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap_or_default();
    io.lines().find_map(|line| line.strip_prefix("syscw: ")).map_or(0, |count| count.parse().unwrap())
}

/// Waits until a process has called for so many more writes, or has ended.
fn writes_on(child: &mut Child, more: u32) {
    let enough = writes(child) + u64::from(more);
    while child.try_wait().unwrap().is_none() && writes(child) < enough {
        std::thread::yield_now();
    }
}

fn ends(child: &mut Child, signal: &str) {
    // One that has ended by itself is not there any more, and that is as good.
    Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
    child.wait().unwrap();
}

/// Starts couriers and ends each with `signal` at a moment of chance; then lets one finish.
async fn end_repeatedly(signal: &str, measure: &mut Measure) -> (Station, DispatchId) {
    eprintln!("chance {}: {} letters, {} × kill {signal}", measure.chance.0, measure.letters, measure.ends);
    let station = Station::founded().await;
    station.relay.forgets_letters();
    let dispatch = station.dispatches_to(measure.letters).await;
    for _ in 0..measure.in_opening {
        let mut child = courier(&station);
        writes_on(&mut child, measure.chance.below(measure.letters / 20));
        ends(&mut child, signal);
        eprintln!(
            "ended while {}, {} written down",
            station.phase(dispatch).await,
            station.tally(dispatch).await.sum()
        );
    }
    for nth in 0..measure.ends {
        let mut child = courier(&station);
        // Every third dies soon after its birth: in what it does before the first letter, or shortly after.
        if nth % 3 == 2 {
            writes_on(&mut child, measure.chance.below(120));
        } else {
            station.relay.waits_for(measure.letters_before(nth) as usize).await;
            writes_on(&mut child, measure.chance.below(40));
        }
        let taken = station.relay.record().len() as u32;
        assert!(measure.letters / 20 <= taken && taken <= measure.letters / 20 * 19, "{taken} letters: does not count");
        ends(&mut child, signal);
        eprintln!("ended after {taken} letters");
    }
    let finished = courier(&station).wait_with_output().unwrap();
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
    assert_eq!(station.phase(dispatch).await, "closed");
    (station, dispatch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_killed_at_any_moment_loses_nobody_and_writes_to_nobody_twice() {
    let mut measure = Measure::asked("YIZHAN_PROVE_KILLS");
    let letters = i64::from(measure.letters);
    let (station, dispatch) = end_repeatedly("-KILL", &mut measure).await;
    let tally = station.tally(dispatch).await;
    let times = times_taken(&station.relay);
    assert!(times.values().all(|times| *times == 1), "accepted twice");
    assert_eq!(tally.sum(), letters);
    assert_eq!(tally.accepted + tally.uncertain, letters, "{tally:?}");
    assert!(tally.uncertain <= i64::from(CONNECTIONS * measure.ends), "{tally:?}");
    for entry in station.log(dispatch).await {
        let taken = times.get(&entry.address).copied().unwrap_or(0);
        // What the log calls accepted, the relay has; what the relay has, the log calls accepted or uncertain.
        assert!(
            taken == 1 || entry.state == "uncertain",
            "{} is {} and taken {taken} times",
            entry.address,
            entry.state
        );
    }
    eprintln!("killed {} times: {tally:?}; the relay has {} letters", measure.ends, times.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_told_to_stop_leaves_nothing_uncertain() {
    let mut measure = Measure::asked("YIZHAN_PROVE_STOPS");
    let letters = measure.letters;
    let (station, dispatch) = end_repeatedly("-TERM", &mut measure).await;
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.uncertain, tally.sum()), (i64::from(letters), 0, i64::from(letters)));
    let times = times_taken(&station.relay);
    assert_eq!((times.len(), times.values().max()), (letters as usize, Some(&1)));
    eprintln!("stopped {} times: {tally:?}; the relay has {} letters", measure.ends, times.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_refuses_to_send_and_takes_over_when_the_first_dies() {
    use crate::relay::Behaviour;
    let station = Station::founded().await;
    station.relay.will(|rcpt, nth| {
        if rcpt == reader(1) && nth == 1 { Behaviour::SilentAt(Stage::Data) } else { Behaviour::Accept }
    });
    let dispatch = station.dispatches_to(50).await;
    let mut first = courier(&station);
    station.relay.waits_for(49).await;
    let refused = courier(&station).wait_with_output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another yizhan is sending"));
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(courier(&station).wait().unwrap().success());
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.sum(), station.relay.record().len()), (50, 50, 50));
}
