//! A letter can be read on a page, by whoever has the link, and that page has no power over its reader.

use super::*;

async fn read_path(station: &Station, delivery: i64) -> String {
    format!("/read/{}", station.keyring().await.mint(Use::Read, DeliveryId(delivery)))
}

#[tokio::test]
async fn the_page_of_a_letter_shows_the_edition_and_gives_away_neither_address_nor_a_way_to_leave() {
    let station = Station::start(false).await;
    let page = station.get(&read_path(&station, 2).await).await;
    assert!(is(&page, 200) && page.contains("老茶馆开了新铺子") && page.contains("r***@y.example"), "{page}");
    assert!(page.contains("href=\"../leave\"") && !page.contains("/leave/"), "{page}");
    for secret in ["reader2@y.example", &station.leave_path(2).await, "读者", "<form", "<script", "src=", "/read/"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
}

#[tokio::test]
async fn the_page_of_a_letter_may_style_itself_and_nothing_else() {
    let station = Station::start(false).await;
    let path = read_path(&station, 1).await;
    for method in ["GET", "HEAD"] {
        let answer = station.ask(method, &path, "", "").await.to_lowercase();
        assert!(is(&answer.replacen("http", "HTTP", 1), 200), "{answer}");
        for header in [
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'",
            "x-robots-tag: noindex",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ] {
            assert!(answer.contains(header), "{method} lacks {header}: {answer}");
        }
        assert!(!answer.contains("script-src") && !answer.contains("img-src"), "{answer}");
        assert_eq!(answer.contains("<html"), method == "GET");
    }
}

#[tokio::test]
async fn who_has_left_reads_on_and_a_link_of_another_use_shows_nothing() {
    let station = Station::start(false).await;
    assert!(is(&station.ask("POST", &station.leave_path(2).await, "", "").await, 200));
    assert!(is(&station.get(&read_path(&station, 2).await).await, 200));
    let leave = station.leave_path(1).await.replace("/leave/", "/read/");
    let read = read_path(&station, 1).await.replace("/read/", "/leave/");
    for path in [leave, read] {
        assert!(is(&station.get(&path).await, 404), "{path}");
        assert!(!is(&station.ask("POST", &path, "", "").await, 200), "{path}");
    }
}
