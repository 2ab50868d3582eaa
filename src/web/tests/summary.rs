//! Letters of summaries at the desk: offered where there is a page to lead to, shown beside that page, and read there whole.

use super::*;
use crate::domain::id::IssueId;

const OURS: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

/// An issue that is too long for an excerpt to hold.
async fn long(station: &Station) -> IssueId {
    let body = "老茶馆开了新铺子，来的人很多，街坊都说好。".repeat(20);
    let document = format!("河湾科技简报\n\n2026年第4期\n\n老茶馆 新生意\n\n{body}\n\n最后一段说的是别的事情。\n");
    let slug = "brief".parse().unwrap();
    let taken = actions::document::take_in(&station.store, Actor::Station, NOW, &slug, "long.txt", document.as_bytes());
    taken.await.unwrap().issue
}

async fn pages(station: &Station, has: bool) {
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::station::note_pages(&mut writing, has).await.unwrap();
    writing.commit().await.unwrap();
}

async fn with_pages() -> Station {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data")).await.unwrap();
    prepare(&store).await;
    let station = Station::at_url(folder, store, Some("https://b.example".into())).await;
    pages(&station, true).await;
    station
}

#[tokio::test]
async fn summaries_are_refused_where_there_is_no_page_to_lead_to() {
    let station = Station::start(true).await;
    let id = long(&station).await;
    let preview = station.get(&format!("/issues/{id}/preview")).await;
    assert!(preview.contains("base_url") && !preview.contains("Mail summaries of this issue"), "{preview}");
    let answer = station.ask("POST", &format!("/issues/{id}/extent"), OURS, "extent=summary").await;
    assert!(!is(&answer, 303) && answer.contains("base_url"), "{answer}");
    // Set while there was one, and gone since: nothing is submitted that leads nowhere.
    pages(&station, true).await;
    let set = actions::issue::set_extent(
        &station.store,
        Actor::Station,
        NOW,
        id,
        Some(crate::domain::extent::Extent::Summary),
    );
    assert!(set.await.unwrap());
    pages(&station, false).await;
    let refused = actions::edition::submit(&station.store, Actor::Station, NOW, id).await.unwrap_err();
    assert!(refused.to_string().contains("base_url"), "{refused}");
    let preview = station.get(&format!("/issues/{id}/preview")).await;
    assert!(preview.contains("It cannot be a letter yet") && preview.contains("Mail this issue in full"), "{preview}");
}

#[tokio::test]
async fn an_editor_lets_an_issue_go_as_summaries_and_its_readers_read_it_whole() {
    let station = with_pages().await;
    let id = long(&station).await;
    let path = format!("/issues/{id}/extent");
    assert!(station.get(&format!("/issues/{id}/preview")).await.contains("Mail summaries of this issue"));
    for _ in 0..2 {
        assert!(is(&station.ask("POST", &path, OURS, "extent=summary").await, 303));
    }
    let letter = station.get(&format!("/issues/{id}/preview/html")).await;
    assert!(letter.contains("阅读全文") && letter.contains("https://b.example/read/sample#article-1"), "{letter}");
    assert!(!letter.contains("最后一段"));
    let preview = station.get(&format!("/issues/{id}/preview?view=whole")).await;
    assert!(preview.contains("?whole=true") && preview.contains("The letters hold summaries."), "{preview}");
    assert!(station.get(&format!("/issues/{id}/preview/html?whole=true")).await.contains("最后一段"));

    let order = Order {
        issue: id,
        lists: vec!["brief/all".parse().unwrap()],
        at: None,
        defaults: true,
        occasion: Occasion::First,
    };
    actions::dispatch::start(&station.store, Actor::Station, NOW, &order).await.unwrap();
    while actions::dispatch::open(&station.store, NOW).await.unwrap() {}
    let token = station.keyring().await.mint(Use::Read, DeliveryId(4));
    let page = station.get(&format!("/read/{token}")).await;
    assert!(page.contains("最后一段") && page.contains("id=\"article-1\"") && !page.contains("阅读全文"), "{page}");
    assert!(is(&station.ask("POST", &format!("/issues/{id}/approval/submit"), OURS, "").await, 303));
    let approval = station.get(&format!("/issues/{id}/approval")).await;
    assert!(approval.contains("?whole=true"), "{approval}");
    assert!(is(&station.ask("POST", &path, OURS, "extent=full").await, 303));
    let letter = station.get(&format!("/issues/{id}/preview/html")).await;
    assert!(letter.contains("最后一段") && !letter.contains("阅读全文"));
    let audit = station.get("/audit").await;
    assert_eq!((audit.matches("mail summaries").count(), audit.matches("mail in full").count()), (1, 1), "{audit}");
}

#[tokio::test]
async fn a_publication_is_set_to_summaries_where_there_are_pages_only() {
    let station = Station::start(true).await;
    let settings = "/publications/brief/settings";
    for (has, code) in [(false, 422), (true, 303)] {
        pages(&station, has).await;
        let page = station.get(settings).await;
        let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let body =
            format!("name=A&from_address=b@x.example&zone=UTC&undated=ask&approvals=0&extent=summary&seen={seen}");
        let answer = station.ask("POST", settings, OURS, &body).await;
        assert!(is(&answer, code), "{answer}");
    }
    assert!(station.get(settings).await.contains("<option value=\"summary\" selected>"));
}
