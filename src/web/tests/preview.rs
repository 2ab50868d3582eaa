//! A letter is looked at before it goes out, and tried.

use super::*;

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_letter_is_shown_on_each_screen_in_a_sandbox_that_loads_nothing() {
    let station = Station::start(true).await;
    for view in ["both", "phone", "desktop", "dark", "bare", "text", "source"] {
        let answer = station.get(&format!("/issues/1/preview?view={view}")).await;
        assert!(is(&answer, 200) && answer.contains("老茶馆") && answer.contains("<meter"), "{view}: {answer}");
        assert_eq!(answer.contains("sandbox="), !matches!(view, "text" | "source"), "{view}");
    }
    assert!(is(&station.get("/issues/1/preview?view=none").await, 400));
    let light = station.get("/issues/1/preview/html").await;
    let dark = station.get("/issues/1/preview/html?dark=true").await;
    for (letter, is_dark) in [(&light, false), (&dark, true)] {
        assert!(letter.contains("default-src 'none'") && letter.contains("sandbox allow-popups"), "{letter}");
        assert!(!letter.contains("script-src") && !letter.contains("prefers-color-scheme"), "{letter}");
        assert_eq!(letter.contains("@media all{.paper"), is_dark);
    }
    assert!(light.contains("img-src"));
    assert!(!station.get("/issues/1/preview/html?bare=true").await.contains("img-src"), "pictures are off");
}

#[tokio::test]
async fn test_letters_go_to_a_few_addresses_once_and_the_page_waits_for_the_answer() {
    let station = Station::start(true).await;
    let order = async |body: &str| station.ask("POST", "/issues/1/trials", FORM, body).await;
    assert!(station.get("/issues/1/preview").await.contains("value=\"guest@x.example\""), "one's own is offered");
    let bad = order("to1=a%40x.example&to2=nobody%3C&to3=").await;
    assert!(is(&bad, 422) && bad.contains("“nobody&lt;” is no full address"), "{bad}");
    assert!(bad.contains("value=\"a@x.example\"") && bad.contains("value=\"nobody&lt;\""), "what was typed is kept");
    assert!(is(&order("to1=&to2=&to3=").await, 422));
    assert!(station.get("/issues/1/trials").await.contains("No test letter"));

    for _ in 0..2 {
        let answer = order("to1=a%40x.example&to2=A%40x.example&to3=b%40x.example").await;
        assert!(is(&answer, 303) && answer.contains("location: /issues/1/trials"), "{answer}");
    }
    let page = station.get("/issues/1/trials").await;
    assert_eq!(page.matches("<tr>").count(), 3, "a head and two letters, also after a double click: {page}");
    assert!(page.contains("data-live") && page.contains("renews itself"), "{page}");
    station.clock.wind(std::time::Duration::from_secs(60));
    assert!(station.get("/issues/1/trials").await.contains("waited for a while"));
    station.tell.send(Some(Sentence::new("the relay is down", "连不上。"))).unwrap();
    assert!(station.get("/issues/1/trials").await.contains("Nothing is sent at the moment"));
}

#[tokio::test]
async fn a_test_letter_submits_nothing() {
    let station = Station::start(true).await;
    let slug = "brief".parse().unwrap();
    let other = DOCUMENT.replace("第3期", "第4期");
    let read = actions::document::take_in(&station.store, Actor::Station, NOW, &slug, "e.txt", other.as_bytes());
    let issue = read.await.unwrap().issue;
    actions::issue::answer(&station.store, Actor::Station, NOW, issue, &actions::issue::Answer::Defaults)
        .await
        .unwrap();
    let order = station.ask("POST", &format!("/issues/{issue}/trials"), FORM, "to1=a%40x.example").await;
    assert!(is(&order, 303), "{order}");
    assert_eq!(store::trial::of_issue(&mut station.store.read().await.unwrap(), issue).await.unwrap().len(), 1);
    let held = store::issue::edition_of(&mut station.store.read().await.unwrap(), issue).await.unwrap();
    assert_eq!(held, None, "or a schedule would send it");
    assert!(station.get(&format!("/issues/{issue}/approval")).await.contains("no approval"), "nobody was asked");
}

#[tokio::test]
async fn a_test_letter_says_so_and_the_issues_own_letters_do_not() {
    let station = Station::start(true).await;
    let order = station.ask("POST", "/issues/1/trials", FORM, "to1=a%40x.example").await;
    assert!(is(&order, 303), "{order}");
    let relay =
        Relay { name: "relay".into(), senders: Vec::new(), quota: Quota::default(), return_path: ReturnPath::Sender };
    let rules = Rules { relays: vec![relay], ..Rules::default() };
    let (mut sending, _) = actions::station::begin_sending(&station.store, NOW, rules).await.unwrap().unwrap();
    sending.look(NOW).await.unwrap();
    let turn = Turn { room: 10, route: Route { relay: "relay".into(), lane: None }, ..Turn::default() };
    let grants = actions::delivery::turn(&mut sending, &[turn], NOW).await.unwrap();
    let parcels: Vec<_> = grants.into_iter().flat_map(|grant| grant.parcels).collect();
    assert_eq!(parcels.iter().filter(|(parcel, _)| parcel.dispatch.is_none()).count(), 1);
    assert!(parcels.len() > 1, "the issue goes out beside it");
    for (parcel, stationery) in parcels {
        let mut letter = Vec::new();
        stationery.letter(&parcel, &mut letter).unwrap();
        let letter = crate::intake::letter::read(&letter).unwrap();
        let is_trial = parcel.dispatch.is_none();
        let pieces = [letter.subject, letter.html, letter.text].map(Option::unwrap);
        for (piece, mark) in pieces.iter().zip(["[测试]", "这是一封测试信", "这是一封测试信"]) {
            assert_eq!(piece.contains(mark), is_trial, "{mark} in {piece}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_is_too_large_goes_as_it_is_only_when_an_editor_says_so() {
    let station = Station::start(true).await;
    let id = crate::domain::id::IssueId(1);
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    let mut issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    issue.contents.articles[0].title = "重".repeat(40_000);
    store::issue::save(&mut writing, id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    let submit = async || actions::edition::submit(&station.store, Actor::Station, NOW, id).await;
    let press = async |any: &str| station.ask("POST", "/issues/1/size", FORM, &format!("any={any}")).await;

    let page = station.get("/issues/1/preview").await;
    assert!(page.contains("Send it as it is") && page.contains("action=\"/issues/1/size\""), "{page}");
    assert!(submit().await.is_err());
    for _ in 0..2 {
        assert!(is(&press("true").await, 303));
    }
    let page = station.get("/issues/1/preview").await;
    assert!(page.contains("Too heavy") && page.contains("Keep to 100 KB again"), "{page}");
    assert!(submit().await.is_ok());
    assert!(is(&press("false").await, 303));
    assert!(submit().await.is_err());
    assert!(is(&press("perhaps").await, 400));
    let audit = station.get("/audit").await;
    assert_eq!(audit.matches("allow any size").count(), 1, "a second click is no second decision: {audit}");
}
