//! A turn answers many sessions at once, and what it claims for them is in somebody's hands.

use crate::station::{BULLETIN, Station, reader};
use yizhan::actions;
use yizhan::actions::station::{Recovered, Rules, Sending};
use yizhan::domain::delivery::Turn;
use yizhan::domain::id::DispatchId;
use yizhan::domain::lane::Pace;
use yizhan::domain::quota::Quota;
use yizhan::domain::relay::{Relay, ReturnPath, Route};

const QQ: &str = "qq.com";
const NETEASE: &str = "163.com";

/// The right to send by one relay, QQ and NetEase at a pace of their own.
async fn sending(station: &Station) -> Sending {
    let relay =
        Relay { name: "one".into(), senders: vec![], quota: Quota::default(), return_path: ReturnPath::Sender };
    let pace = Pace { connections: Some(4), ..Pace::default() };
    let paces = [QQ, NETEASE].map(|lane| (lane.to_owned(), pace)).into();
    let rules = Rules { relays: vec![relay], paces, ..Rules::default() };
    let begun = actions::station::begin_sending(&station.store, station.clock.now(), rules).await.unwrap();
    let (sending, recovered) = begun.expect("nobody else sends");
    assert_eq!(recovered, Recovered::default());
    sending
}

/// One session's turn that only asks for work.
fn asks(lane: Option<&str>, room: u32) -> Turn {
    Turn { room, route: Route { relay: "one".into(), lane: lane.map(str::to_owned) }, ..Turn::default() }
}

/// Writes down the audience of whatever is due.
async fn opens(station: &Station) {
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
}

/// The nth issue of this year goes to a list.
async fn issue(station: &Station, n: usize, list: &str) -> DispatchId {
    let issue = station.takes_in(&BULLETIN.replace("No. 7", &format!("No. {n}"))).await;
    station.dispatches(issue, &[list]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_editions_on_two_lanes_are_all_handed_out_in_one_turn() {
    let station = Station::founded().await;
    station.has_list("far").await;
    station.has_readers("all", [format!("r@{QQ}")]).await;
    station.has_readers("far", [format!("r@{NETEASE}")]).await;
    let mut dispatches = Vec::new();
    for n in 1..=8 {
        dispatches.push(issue(&station, n, "all").await);
    }
    dispatches.push(issue(&station, 9, "far").await);
    opens(&station).await;
    let mut sending = sending(&station).await;
    sending.look(station.clock.now()).await.unwrap();
    let turns = [asks(Some(QQ), 8), asks(Some(NETEASE), 1)];
    let grants = actions::delivery::turn(&mut sending, &turns, station.clock.now()).await.unwrap();
    let handed_out: usize = grants.iter().map(|grant| grant.parcels.len()).sum();
    let mut claimed = 0;
    for dispatch in dispatches {
        claimed += station.tally(dispatch).await.claimed;
    }
    assert_eq!((handed_out, claimed), (9, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_meets_only_readers_who_have_left_goes_on_to_those_who_stay() {
    let station = Station::founded().await;
    let dispatch = station.dispatches_to(12).await;
    opens(&station).await;
    for n in 1..=10 {
        station.leaves(&reader(n)).await;
    }
    let mut sending = sending(&station).await;
    sending.look(station.clock.now()).await.unwrap();
    let grants = actions::delivery::turn(&mut sending, &[asks(None, 2)], station.clock.now()).await.unwrap();
    let handed_out: Vec<_> = grants[0].parcels.iter().map(|(parcel, _)| parcel.to.address.to_string()).collect();
    assert_eq!(handed_out, [reader(11), reader(12)]);
    assert_eq!(station.tally(dispatch).await.skipped, 10);
}
