//! Relays and their tests, as an admin sees them. Nobody goes the walks here: the sheet is in the test's hands, and the
//! stories (tests/stories/walk.rs) go them.

use super::*;
use crate::domain::quota::Spent;
use crate::domain::relay::Condition;
use crate::domain::walk::{Encrypted, Found, Leg, Step, Trouble, Walk};
use std::time::Duration;

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const ASK: &str = "relay=office&sender=brief&to=me%40x.example&letter=on";

fn walk(station: &Station) -> Option<Walk> {
    station.pages.relays.sheet.borrow().clone()
}

fn change(station: &Station, change: impl FnOnce(&mut Walk)) {
    station.pages.relays.sheet.send_modify(|walk| change(walk.as_mut().unwrap()));
}

#[tokio::test]
async fn a_relay_is_shown_as_it_is_set_and_where_that_is_without_its_password() {
    let station = Station::start(true).await;
    let page = station.get("/relays").await;
    for piece in [
        "mail.x.example:587",
        "always, by STARTTLS",
        ">brief<",
        "in the last hour 20",
        "/etc/yizhan/yizhan.toml",
        "password_file",
        "systemctl reload yizhan",
        "This process sends nothing at the moment",
        "value=\"guest@x.example\"",
    ] {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    assert!(station.ask("GET", "/", "Accept-Language: zh\r\n", "").await.contains("发信通道"));
}

#[tokio::test]
async fn how_a_relay_stands_is_what_its_courier_tells() {
    let mut station = Station::start(true).await;
    let conditions = watch::Sender::new(Some(Vec::new()));
    station.pages.relays.conditions = conditions.subscribe();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    station.address = listener.local_addr().unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(serve(listener, station.pages.clone(), stopped));
    for text in ["not tried since the start", "mark queued"] {
        assert!(station.get("/relays").await.contains(text), "what nobody tried is not called well: {text}");
    }
    let both = |text: &str| Sentence { english: text.to_owned(), chinese: text.to_owned() };
    let trouble =
        Trouble { leg: Leg::Auth, why: both("为什么"), next: both("怎么做"), reply: Some("535 <no>".into()) };
    let mut spent = Spent::default();
    spent.add(7, NOW);
    let condition = Condition {
        relay: "office".into(),
        under_way: 3,
        is_tried: true,
        rests_until: Some(NOW + Duration::from_secs(60)),
        is_unfit: false,
        trouble: Some(trouble),
        spent: Some(spent),
    };
    conditions.send_replace(Some(vec![condition.clone()]));
    let page = station.get("/relays").await;
    for piece in
        ["rests, and is tried again at", "3 / 4", "in the last hour 7 / 20", "为什么", "怎么做", "535 &lt;no&gt;"]
    {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    let well = Condition { rests_until: None, trouble: None, ..condition.clone() };
    conditions.send_replace(Some(vec![well]));
    assert!(station.get("/relays").await.contains("<p class=\"mark accepted\">stands</p>"));
    conditions.send_replace(Some(vec![Condition { is_unfit: true, ..condition }]));
    assert!(station.get("/relays").await.contains("taken out until the settings are corrected"));
}

#[tokio::test]
async fn one_test_goes_at_a_time_and_the_page_follows_it_to_its_end() {
    let station = Station::start(true).await;
    let set_out = station.ask("POST", "/relays/test", FORM, ASK).await;
    assert!(is(&set_out, 303) && set_out.contains("location: /relays#walk"), "{set_out}");
    let lines = store::audit::newest(&mut station.store.read().await.unwrap(), &Default::default(), 9).await.unwrap();
    let noted = lines.iter().find(|line| (line.verb.as_str(), line.noun.as_str()) == ("test", "relay"));
    assert_eq!(noted.unwrap().detail.as_deref(), Some("office"), "the audit knows, without the address");
    let order = walk(&station).unwrap().order;
    assert_eq!(
        (order.relay.as_str(), order.to.as_str(), order.letter.map(|id| id.0)),
        ("office", "me@x.example", Some(1))
    );
    assert_eq!(order.sender.map(|sender| sender.to_string()).as_deref(), Some("b@x.example"));
    let again = station.ask("POST", "/relays/test", FORM, ASK).await;
    assert!(is(&again, 409) && again.contains("only one goes at a time"), "a double click is told so: {again}");

    let page = station.get("/relays").await;
    assert!(page.contains("Testing “office”") && page.contains("data-live"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "without scripts it renews itself: {page}");
    let encrypted = Encrypted {
        version: "TLS 1.3".into(),
        names: vec!["mail.x.example".into()],
        until: Some(NOW),
        is_proven: true,
    };
    let took = Duration::from_millis(12);
    change(&station, |walk| {
        walk.steps.push(Step { leg: Leg::Greeting, took, found: Found::Reply("220 <relay>".into()) });
        walk.steps.push(Step { leg: Leg::Tls, took, found: Found::Encrypted(encrypted) });
    });
    let page = station.get("/relays").await;
    for piece in ["220 &lt;relay&gt;", "12 ms", "TLS 1.3 · verified · certificate for", "until"] {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    change(&station, |walk| (walk.is_over, walk.letter) = (true, Some(Ok(DeliveryId(1)))));
    let page = station.get("/relays").await;
    assert!(
        page.contains("The test of “office”") && page.contains("/deliveries/1") && !page.contains("data-live"),
        "{page}"
    );
    assert!(
        is(&station.ask("POST", "/relays/test", FORM, "relay=office&to=me%40x.example").await, 303),
        "the next one"
    );
    assert_eq!(walk(&station).unwrap().order.letter, None);
}

#[tokio::test]
async fn what_no_test_can_go_by_sets_none_out() {
    let station = Station::start(true).await;
    let bad = station.ask("POST", "/relays/test", FORM, "relay=office&sender=brief&to=me%3C").await;
    assert!(is(&bad, 422) && bad.contains("“me&lt;” is no full address") && bad.contains("value=\"me&lt;\""), "{bad}");
    assert!(is(&station.ask("POST", "/relays/test", FORM, "relay=other&to=me%40x.example").await, 400));
    assert!(is(&station.ask("POST", "/relays/test", FORM, "").await, 400));
    assert!(walk(&station).is_none());
}
