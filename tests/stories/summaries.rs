//! Summaries lead to the page of the whole issue; where that page is gone nobody is mailed beginnings that lead nowhere.

use crate::station::{Station, operator, reader};
use yizhan::actions;
use yizhan::domain::extent::Extent;
use yizhan::domain::id::IssueId;
use yizhan::domain::issue::{Block, BlockId, BlockKind};
use yizhan::domain::picture::Picture;
use yizhan::store;

const PAGES: &str = "https://notes.harbour.example";

/// Articles that are too long for an excerpt.
fn document() -> String {
    let body = "The pier is open, and ships come in on both sides of it. ".repeat(12);
    format!("# Harbour Notes\n\n2024 No. 7\n\n2024-07-01\n\n## The new pier\n\n{body}\n\n## The old pier\n\n{body}\n")
}

/// A PNG as far as its head says, of 2 MB.
fn png(of: u8) -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0";
    head.iter().copied().chain(std::iter::repeat_n(of, 2_000_000)).collect()
}

/// An issue to be mailed as summaries, whose whole is more than a letter may be.
async fn heavy(station: &Station) -> IssueId {
    let id = station.takes_in(&document()).await;
    let now = station.clock.now();
    let mut writing = station.store.write(operator(), now).await.unwrap();
    let issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    let mut contents = issue.contents;
    for of in [1, 2] {
        store::asset::keep(&mut writing, &png(of)).await.unwrap();
        let kind = BlockKind::Image { alt: "The pier".into(), picture: Some(Picture::of(&png(of)).unwrap()) };
        contents.articles[0].blocks.push(Block { id: BlockId(900 + u32::from(of)), kind, lines: (9, 9) });
    }
    store::issue::save(&mut writing, id, &contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    actions::issue::set_extent(&station.store, operator(), now, id, Some(Extent::Summary)).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn summaries_whose_page_is_gone_wait_until_it_is_back() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=2).map(reader)).await;
    station.settings.web.base_url = Some(PAGES.into());
    station.works().await;
    let issue = heavy(&station).await;
    actions::edition::submit(&station.store, operator(), station.clock.now(), issue).await.unwrap();
    station.stops().await;

    // Between the approval and the dispatch somebody takes the pages away.
    station.settings.web.base_url = None;
    let dispatch = station.dispatches(issue, &["all"]).await;
    station.works().await;
    while station.phase(dispatch).await != "paused" {
        tokio::task::yield_now().await;
    }
    let tally = station.until(dispatch, |tally| tally.queued == 2).await;
    assert_eq!((tally.sum(), station.relay.record().len()), (2, 0), "nobody got beginnings that lead nowhere");
    let found = store::dispatch::find(&mut station.store.read().await.unwrap(), dispatch).await.unwrap().unwrap();
    let why = found.why.unwrap();
    assert!(why.contains("set base_url again") && why.contains("resume"), "{why}");
    station.stops().await;

    station.settings.web.base_url = Some(PAGES.into());
    station.works().await;
    actions::dispatch::resume(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    assert_eq!(station.until_closed(dispatch).await.accepted, 2);
    let letter = station.relay.record().remove(0).letter;
    let read = mail_parser::MessageParser::default().parse(&letter).expect("a letter");
    assert!(read.body_text(0).expect("text").contains(&format!("{PAGES}/read/")));
    station.stops().await;
}
