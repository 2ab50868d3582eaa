//! The pictures of an issue at the desk and on its readers' pages, each for whoever may see it and nobody else.

use super::*;
use crate::domain::document::Digest;
use crate::domain::id::IssueId;
use crate::domain::issue::{Block, BlockId, BlockKind};
use crate::domain::picture::{Picture, tests::png_of};

fn png() -> Vec<u8> {
    png_of(640, 480, b"a picture of the teahouse")
}

/// The issue gets a picture.
async fn with_picture(station: &Station, id: IssueId) -> Digest {
    let picture = Picture::of(&png()).unwrap();
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::asset::keep(&mut writing, &png()).await.unwrap();
    let issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    let mut contents = issue.contents;
    let kind = BlockKind::Image { alt: "老茶馆的门口".into(), picture: Some(picture) };
    contents.articles[0].blocks.push(Block { id: BlockId(900), kind, lines: (5, 5) });
    store::issue::save(&mut writing, id, &contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    picture.digest
}

#[tokio::test]
async fn a_picture_is_seen_in_review_editing_and_preview() {
    let station = Station::start(true).await;
    let digest = with_picture(&station, IssueId(1)).await;
    let path = format!("/issues/1/pictures/{digest}");
    for page in ["/issues/1", "/issues/1/edit"] {
        let answer = station.get(page).await;
        assert!(
            answer.contains(&format!("src=\"{path}\"")) && answer.contains("alt=\"老茶馆的门口\""),
            "{page}: {answer}"
        );
    }
    let answer = station.bytes("GET", &path, "").await;
    assert!(answer.ends_with(&png()));
    let head = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(head.contains("content-type: image/png") && head.contains("nosniff"), "{head}");
    let letter = station.get("/issues/1/preview/html").await;
    assert!(letter.contains("src=\"data:image/png;base64,iVBOR") && !letter.contains("src=\"cid:"), "{letter}");
    let checks = station.get("/issues/1/preview").await;
    assert!(checks.contains("1 picture, ") && checks.contains("id=\"weight\""), "{checks}");
    assert!(station.get("/issues/1/preview?view=text").await.contains("［图：老茶馆的门口］"));
}

#[tokio::test]
async fn bytes_that_an_issue_does_not_show_are_not_given_away() {
    let station = Station::start(true).await;
    let digest = with_picture(&station, IssueId(1)).await;
    let document = Digest::of(DOCUMENT.as_bytes());
    for path in [
        format!("/issues/1/pictures/{document}"),
        "/issues/1/pictures/1".to_owned(),
        format!("/issues/2/pictures/{digest}"),
        format!("/read/none/pictures/{digest}"),
    ] {
        assert!(is(&station.get(&path).await, 404), "{path}");
    }
    let closed = Station::start(false).await;
    let digest = with_picture(&closed, IssueId(1)).await;
    assert!(is(&closed.get(&format!("/issues/1/pictures/{digest}")).await, 303), "who is not signed in");
}

#[tokio::test]
async fn the_page_of_a_letter_shows_the_pictures_of_that_letter_only() {
    let station = Station::start(false).await;
    let (actor, slug) = (|| Actor::Operator("test".into()), "brief".parse().unwrap());
    let next = DOCUMENT.replace("第3期", "第4期");
    let taken = actions::document::take_in(&station.store, actor(), NOW, &slug, "n.txt", next.as_bytes());
    let issue = taken.await.unwrap().issue;
    let digest = with_picture(&station, issue).await;
    let lists = vec!["brief/all".parse().unwrap()];
    let order = Order { issue, lists, at: None, defaults: true, occasion: Occasion::First };
    actions::dispatch::start(&station.store, actor(), NOW, &order).await.unwrap();
    while actions::dispatch::open(&station.store, NOW).await.unwrap() {}

    let keyring = station.keyring().await;
    let path = |delivery| format!("/read/{}", keyring.mint(Use::Read, DeliveryId(delivery)));
    assert!(is(&station.get(&format!("{}/pictures/{digest}", path(1))).await, 404), "that letter went out without it");
    let page = station.get(&path(4)).await;
    assert!(page.contains("img-src 'self'") && !page.contains("src=\"cid:"), "{page}");
    let source =
        page.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a picture").to_owned();
    let answer = station.bytes("GET", &format!("/read/{source}"), "").await;
    assert!(answer.ends_with(&png()), "seen from the page: {source}");
}
