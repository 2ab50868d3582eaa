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

/// One relay, QQ and NetEase at a pace of their own.
fn rules(quota: Quota) -> Rules {
    let relay = Relay { name: "one".into(), senders: vec![], quota, return_path: ReturnPath::Sender };
    let pace = Pace { connections: Some(4), ..Pace::default() };
    let paces = [QQ, NETEASE].map(|lane| (lane.to_owned(), pace)).into();
    Rules { relays: vec![relay], paces, ..Rules::default() }
}

/// The right to send by one relay.
async fn sending_by(station: &Station, quota: Quota) -> (Sending, Recovered) {
    let begun = actions::station::begin_sending(&station.store, station.clock.now(), rules(quota)).await.unwrap();
    begun.expect("nobody else sends")
}

async fn sending(station: &Station) -> Sending {
    sending_by(station, Quota::default()).await.0
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

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_armed_at_a_crash_counts_against_the_quota() {
    let station = Station::founded().await;
    station.dispatches_to(3).await;
    opens(&station).await;
    let now = station.clock.now();
    let quota = Quota { per_hour: None, per_day: Some(2) };
    let (mut first, _) = sending_by(&station, quota).await;
    first.look(now).await.unwrap();
    let grants = actions::delivery::turn(&mut first, &[asks(None, 1)], now).await.unwrap();
    let ask = Some(grants[0].parcels[0].0.delivery);
    actions::delivery::turn(&mut first, &[Turn { ask, ..asks(None, 0) }], now).await.unwrap();
    drop(first);
    let (mut second, recovered) = sending_by(&station, quota).await;
    assert_eq!(recovered.uncertain, 1);
    second.look(now).await.unwrap();
    let grants = actions::delivery::turn(&mut second, &[asks(None, 5)], now).await.unwrap();
    assert_eq!(grants[0].parcels.len(), 1, "of two a day one may have gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_set_while_sending_knows_what_went_before() {
    let station = Station::founded().await;
    station.dispatches_to(10).await;
    opens(&station).await;
    let now = station.clock.now();
    let (mut sending, _) = sending_by(&station, Quota::default()).await;
    sending.look(now).await.unwrap();
    let grants = actions::delivery::turn(&mut sending, &[asks(None, 3)], now).await.unwrap();
    assert_eq!(grants[0].parcels.len(), 3);
    sending.follow(rules(Quota { per_hour: None, per_day: Some(5) }), now).await.unwrap();
    sending.look(now).await.unwrap();
    let grants = actions::delivery::turn(&mut sending, &[asks(None, 10)], now).await.unwrap();
    assert_eq!(grants[0].parcels.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_a_wrong_clock_put_off_for_a_year_is_due_when_the_clock_is_right() {
    let station = Station::founded().await;
    station.dispatches_to(2).await;
    opens(&station).await;
    let now = station.clock.now();
    let mut sending = sending(&station).await;
    station.meddles("UPDATE delivery SET due_at = due_at + 365 * 24 * 3600 * 1000").await;
    sending.look(now).await.unwrap();
    assert_eq!(sending.look(now).await.unwrap().wants.iter().map(|want| want.due).sum::<u32>(), 2);
}
