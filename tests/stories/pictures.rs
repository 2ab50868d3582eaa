//! A picture goes with an issue to every reader: the same bytes in each letter, found by the name that the HTML has for it,
//! read back by a parser that is not ours.

use crate::station::{BULLETIN, Station, operator, reader};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use yizhan::domain::document::Digest;
use yizhan::domain::id::IssueId;
use yizhan::domain::issue::{Block, BlockId, BlockKind};
use yizhan::domain::picture::Picture;
use yizhan::store;

/// A PNG as far as its head says, with every byte in it.
fn png() -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0";
    head.iter().copied().chain((0..=255).cycle().take(90_000)).collect()
}

/// The bulletin, with a picture below its paragraph; kept, or only named.
async fn illustrated(station: &Station, kept: bool) -> IssueId {
    let id = station.takes_in(BULLETIN).await;
    let mut writing = station.store.write(operator(), station.clock.now()).await.unwrap();
    if kept {
        store::asset::keep(&mut writing, &png()).await.unwrap();
    }
    let issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    let mut contents = issue.contents;
    let kind = BlockKind::Image { alt: "The new pier at noon".into(), picture: Some(Picture::of(&png()).unwrap()) };
    contents.articles[0].blocks.push(Block { id: BlockId(900), kind, lines: (9, 9) });
    store::issue::save(&mut writing, id, &contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_gets_the_picture_that_was_approved() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    let issue = illustrated(&station, true).await;
    station.works().await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 3);

    let taken = station.relay.record();
    assert_eq!(taken.len(), 3);
    for letter in &taken {
        let read = MessageParser::default().parse(&letter.letter).expect("a letter");
        assert_eq!(read.content_type().and_then(|kind| kind.subtype()), Some("alternative"));
        let html = read.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        let picture = read.attachments().find(|part| part.content_id().is_some()).expect("a picture");
        let cid = format!("<img src=\"cid:{}\" alt=\"The new pier at noon\"", picture.content_id().unwrap());
        assert!(html.expect("HTML").contains(&cid), "{cid}");
        assert_eq!(Digest::of(picture.contents()), Digest::of(&png()));
        assert!(read.body_text(0).expect("text").contains("[Picture: The new pier at noon]"));
    }
    assert_eq!(station.relay.violations(), Vec::<String>::new());
    station.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_whose_picture_is_gone_is_not_submitted() {
    let station = Station::founded().await;
    let issue = illustrated(&station, false).await;
    let refused = yizhan::actions::edition::submit(&station.store, operator(), station.clock.now(), issue).await;
    let why = refused.expect_err("nobody approves what cannot be sent").to_string();
    assert!(why.contains("picture") && why.contains("import the document again"), "{why}");
}
