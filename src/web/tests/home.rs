//! Home, as an admin of a new station meets it.

use super::*;
use crate::domain::relay::Condition;

fn begin(page: &str) -> &str {
    page.split_once("id=\"begin\"").map_or("", |(_, rest)| rest.split("</section>").next().unwrap_or_default())
}

async fn home(station: &Station) -> String {
    station.ask("GET", "/", "Accept-Language: zh\r\n", "").await
}

#[tokio::test]
async fn a_new_station_leads_its_admin_to_the_first_issue_and_then_is_still() {
    let unset = Relays { ways: watch::Sender::new(Vec::new()).subscribe(), ..relays() };
    let station = Station::bare(unset).await;
    let page = home(&station).await;
    assert!(begin(&page).contains("href=\"/publications/new\"") && begin(&page).contains("新建刊物"), "{page}");
    assert_eq!(begin(&page).matches("href=").count(), 1, "one step at a time: {page}");
    let actor = || Actor::Operator("test".into());
    actions::publication::add(&station.store, actor(), NOW, &profile()).await.unwrap();
    let page = home(&station).await;
    assert!(begin(&page).contains("href=\"/relays\"") && begin(&page).contains("什么也寄不出去"), "{page}");

    let conditions = watch::Sender::new(None);
    let set = Relays { conditions: conditions.subscribe(), ..relays() };
    let station = Station::bare(set).await;
    actions::publication::add(&station.store, actor(), NOW, &profile()).await.unwrap();
    assert!(begin(&home(&station).await).contains("href=\"/relays\""), "it is set, and nobody tried it");
    let condition = Condition {
        relay: "office".into(),
        under_way: 0,
        is_tried: true,
        rests_until: None,
        is_unfit: false,
        trouble: None,
        spent: None,
    };
    conditions.send_replace(Some(vec![condition]));
    let page = home(&station).await;
    assert!(begin(&page).contains("href=\"/publications/brief/lists\""), "{page}");
    let (list, address) = ("brief/all".parse().unwrap(), "a@y.example".parse().unwrap());
    actions::list::add(&station.store, actor(), NOW, &list, "全体").await.unwrap();
    let row = RosterRow { line: 1, reading: Reading::Found { address, person: Person::default(), cleaned: None } };
    let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
    actions::subscriber::import(&station.store, actor(), NOW, &Roster { rows: vec![row] }, &to).await.unwrap();
    let page = home(&station).await;
    assert!(begin(&page).contains("href=\"/publications/brief\""), "{page}");
    let taken =
        actions::document::take_in(&station.store, actor(), NOW, &profile().slug, "d.txt", DOCUMENT.as_bytes()).await;
    assert!(taken.is_ok() && begin(&home(&station).await).is_empty(), "nothing is left to do");
}

#[tokio::test]
async fn only_who_keeps_the_house_is_led() {
    let station = Station::bare(relays()).await;
    let editor = rooms::comer(&station.store, "ed", Role::Editor.into()).await;
    let cookie = rooms::cookie(&station.store, &editor).await;
    assert!(begin(&station.ask("GET", "/", &cookie, "").await).is_empty());
    assert!(begin(&home(&Station::start(true).await).await).is_empty(), "a station at work is not led");
}
