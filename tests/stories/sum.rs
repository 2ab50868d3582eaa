//! Every reader of a dispatch ends in exactly one state, at every instant.

use crate::relay::Behaviour;
use crate::station::{Station, reader};
use std::time::Duration;
use yizhan::domain::attempt::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_tally_adds_up_to_the_audience_at_every_instant_of_a_bad_day() {
    let mut station = Station::founded().await;
    station.relay.forgets_letters();
    // As many readers are unknown as would pause it.
    station.settings.valve.failures = 100;
    station.relay.will(|rcpt, nth| match (rcpt.as_bytes()[4] - b'0', nth) {
        (0, 1) => Behaviour::Answer(Stage::Dot, "451 4.3.0 later".into()),
        (1, _) => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        (2, _) => Behaviour::CloseAfterDot,
        (3, 1) => Behaviour::CloseBeforeDot,
        _ => Behaviour::Accept,
    });
    let dispatch = station.dispatches_to(600).await;
    station.works().await;
    let mut looks = 0;
    while station.phase(dispatch).await != "closed" {
        // The audience stands once it is open, so the tally of any later look must add up to it.
        if let Some(audience) = station.audience(dispatch).await {
            let tally = station.tally(dispatch).await;
            assert_eq!(tally.sum(), audience, "{tally:?}");
            looks += 1;
        }
        let tally = station.tally(dispatch).await;
        if tally.claimed + tally.armed == 0 {
            station.waits(Duration::from_secs(31));
        }
    }
    let tally = station.tally(dispatch).await;
    let log = station.log(dispatch).await;
    assert!(looks > 10, "only {looks} looks");
    assert_eq!((tally.sum(), log.len()), (600, 600));
    let readers: std::collections::BTreeSet<_> = log.iter().map(|entry| entry.address.clone()).collect();
    assert_eq!(readers, (1..=600).map(reader).collect());
    // Where the relay closes in the middle of the text, the dot may be on the wire already: then that letter
    // is uncertain too, and nobody else's is.
    let digit = |address: &str| address.as_bytes()[4] - b'0';
    let uncertain = |group| log.iter().filter(|e| e.state == "uncertain" && digit(&e.address) == group).count() as i64;
    assert_eq!((tally.failed, uncertain(2), tally.accepted + uncertain(3)), (60, 60, 480));
    assert_eq!(tally.uncertain, uncertain(2) + uncertain(3));
    for entry in log {
        let accepted = entry.attempts.iter().filter(|line| line.verdict == "accepted").count();
        assert_eq!(accepted, usize::from(entry.state == "accepted"), "the log and the row agree: {}", entry.address);
    }
}
