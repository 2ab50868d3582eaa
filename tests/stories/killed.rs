//! Nobody is lost and nobody gets it twice, though the process is killed at any moment: the real
//! binary as a child, the relay's own record as the judge.

use crate::relay::Relay;
use crate::station::{Station, reader};
use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use yizhan::domain::id::DispatchId;

const LETTERS: u32 = 2_000;
const KILLS: usize = 8;
const CONNECTIONS: u32 = 10;

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

/// Starts couriers and ends each with `signal` when so many letters have been taken; then lets one finish.
async fn end_repeatedly(signal: &str) -> (Station, DispatchId) {
    let station = Station::founded().await;
    station.relay.forgets_letters();
    let dispatch = station.dispatches_to(LETTERS).await;
    // Spread over the run, at numbers that fall anywhere within a flight and a commit.
    let moments = (1..=KILLS).map(|kill| kill * LETTERS as usize / (KILLS + 1) + kill * 7 % 13);
    for moment in moments {
        let mut child = courier(&station);
        station.relay.waits_for(moment).await;
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
    }
    let finished = courier(&station).wait_with_output().unwrap();
    assert!(finished.status.success(), "{}", String::from_utf8_lossy(&finished.stderr));
    assert_eq!(station.phase(dispatch).await, "closed");
    (station, dispatch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_killed_at_any_moment_loses_nobody_and_writes_to_nobody_twice() {
    let (station, dispatch) = end_repeatedly("-KILL").await;
    let tally = station.tally(dispatch).await;
    let times = times_taken(&station.relay);
    assert!(times.values().all(|times| *times == 1), "accepted twice");
    assert_eq!(tally.sum(), i64::from(LETTERS));
    assert_eq!(tally.accepted + tally.uncertain, i64::from(LETTERS), "{tally:?}");
    assert!(tally.uncertain <= i64::from(CONNECTIONS) * KILLS as i64, "{tally:?}");
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
    eprintln!("killed {KILLS} times: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_told_to_stop_leaves_nothing_uncertain() {
    let (station, dispatch) = end_repeatedly("-TERM").await;
    let tally = station.tally(dispatch).await;
    assert_eq!((tally.accepted, tally.uncertain, tally.sum()), (i64::from(LETTERS), 0, i64::from(LETTERS)));
    let times = times_taken(&station.relay);
    assert_eq!((times.len(), times.values().max()), (LETTERS as usize, Some(&1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_refuses_to_send_and_takes_over_when_the_first_dies() {
    use crate::relay::Behaviour;
    use yizhan::domain::attempt::Stage;
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
