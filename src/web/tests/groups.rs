//! Groups over real HTTP: from a rule without SQL to whom it finds, what is done with them, and each way to do harm.

use super::readers::{FORM, LIST, location, seen};
use super::*;
use crate::domain::account::Rights;
use crate::domain::id::PublicationId;

const GROUPS: &str = "/publications/brief/groups";
/// 单位 包含 科技局, 且 状态 是 在订; and a line that is not used.
const OFFICES: &str = "name=Offices&how=all&field=organisation&is=contains&value=%E7%A7%91%E6%8A%80%E5%B1%80\
    &field=state&is=is&value=%E5%9C%A8%E8%AE%A2&field=&is=contains&value=&revision=0";

/// Four more readers, two of them of a 科技局, one of these also on another list.
async fn filled() -> Station {
    let station = Station::start(true).await;
    station.post("/publications/brief/lists", "slug=city&name=City").await;
    for (path, name, unit, address) in [
        ("brief/all", "王芳", "云泽市科技局", "wang@qq.com"),
        ("brief/all", "李涛", "临江市科技局", "li@office.example"),
        ("brief/city", "李涛", "临江市科技局", "li@office.example"),
        ("brief/city", "赵强", "云泽市财政局", "zhao@office.example"),
        ("brief/city", "孙丽", "=科技", "sun@office.example"),
    ] {
        let list = path.parse().unwrap();
        let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
        let person = Person { name: Some(name.into()), organisation: Some(unit.into()), ..Person::default() };
        let address = address.parse().unwrap();
        actions::subscriber::add(&station.store, Actor::Station, NOW, address, person, &to).await.unwrap();
    }
    station
}

#[tokio::test]
async fn a_group_is_put_together_looked_at_kept_changed_and_removed_without_sql_or_script() {
    let station = filled().await;
    assert!(station.get(GROUPS).await.contains("There is no group yet"));
    let blank = station.get(&format!("{GROUPS}/new")).await;
    assert!(is(&blank, 200) && blank.contains("Show whom") && !blank.contains("<script>"), "{blank}");

    let look = station.ask("GET", &format!("{GROUPS}/new?{OFFICES}"), "Accept-Language: zh\r\n", "").await;
    for piece in ["现有 2 位读者", "wang@qq.com", "li@office.example", "value=\"科技局\"", "value=\"Offices\""]
    {
        assert!(look.contains(piece), "no {piece}: {look}");
    }
    assert!(!look.contains("zhao@office.example"), "{look}");
    assert!(station.get(GROUPS).await.contains("There is no group yet"), "looking keeps nothing");

    for _ in 0..2 {
        assert_eq!(
            location(&station.post(GROUPS, OFFICES).await),
            format!("{GROUPS}/1"),
            "a double click is one group"
        );
    }
    assert_eq!(station.audit().await.iter().filter(|line| *line == "add group").count(), 1);
    let page = station.ask("GET", &format!("{GROUPS}/1"), "Accept-Language: zh\r\n", "").await;
    for piece in ["单位包含\u{201c}科技局\u{201d}，且状态是\u{201c}在订\u{201d}", "现有 2 位读者", "王芳", "City"]
    {
        assert!(page.contains(piece), "no {piece}: {page}");
    }

    let edit = station.get(&format!("{GROUPS}/1/edit")).await;
    assert!(edit.contains("name=\"revision\" value=\"1\"") && edit.contains("2 readers now"), "{edit}");
    let any = "name=Any&how=any&field=list&is=is&value=City&field=provider&is=is&value=foxmail.com";
    assert!(is(&station.post(&format!("{GROUPS}/1"), &format!("{any}&revision=1")).await, 303));
    assert!(station.get(&format!("{GROUPS}/1")).await.contains("4 readers now"));
    let stale = station.post(&format!("{GROUPS}/1"), &format!("{OFFICES}&revision=1").replace("&revision=0", "")).await;
    assert!(is(&stale, 422) && stale.contains("somebody else has changed") && stale.contains("科技局"), "{stale}");

    assert!(is(&station.post(&format!("{GROUPS}/1/remove"), "").await, 303));
    assert!(is(&station.post(&format!("{GROUPS}/1/remove"), "").await, 404), "it is gone");
    assert_eq!(location(&station.post(GROUPS, OFFICES).await), format!("{GROUPS}/2"), "no number is given twice");
    assert_eq!(station.audit().await.last().unwrap(), "add group");
}

#[tokio::test]
async fn what_is_no_rule_is_refused_beside_the_form_and_stays_typed() {
    let station = filled().await;
    for (body, why) in [
        ("name=x&how=all&field=&is=is&value=", "at least one condition"),
        ("name=x&how=all&field=organisation&is=from&value=abc", "cannot be asked"),
        ("name=x&how=all&field=&is=is&value=abc", "FIELD RELATION VALUE"),
        ("name=x&how=all&field=known&is=from&value=abc", "no day"),
        ("name=x&how=all&field=list&is=is&value=abc", "no list abc"),
        ("name=+&how=all&field=name&is=is&value=abc", "a group has a name"),
    ] {
        let answer = station.post(GROUPS, body).await;
        assert!(is(&answer, 422) && answer.contains(why), "{body}: {answer}");
        assert!(!body.contains("abc") || answer.contains("value=\"abc\""), "what was typed is kept: {answer}");
    }
    assert!(is(&station.get(&format!("{GROUPS}/new?how=all&field=known&is=from&value=abc")).await, 422));
    let long = "&field=name&is=is&value=a".repeat(13).replace("value=a", "value=a%2B");
    let long: String = long.split("%2B").enumerate().map(|(n, piece)| format!("{piece}{n}")).collect();
    assert!(station.post(GROUPS, &format!("name=x&how=any{long}")).await.contains("at most 12 conditions"));
    station.post(GROUPS, OFFICES).await;
    let taken = station.post(GROUPS, &OFFICES.replace("how=all", "how=any")).await;
    assert!(is(&taken, 422) && taken.contains("already"), "{taken}");
}

#[tokio::test]
async fn a_group_narrows_lists_readers_exports_and_deeds() {
    let station = filled().await;
    station.post(GROUPS, OFFICES).await;
    for path in [format!("{LIST}?saved=1"), "/readers?saved=1".to_owned()] {
        let page = station.get(&path).await;
        assert!(
            page.contains("wang@qq.com") && !page.contains("zhao@") && !page.contains("reader1@"),
            "{path}: {page}"
        );
    }
    assert!(is(&station.get(&format!("{LIST}?saved=9")).await, 404));
    assert!(is(&station.get(&format!("{LIST}?saved=x")).await, 400));
    let csv = station.post(&format!("{LIST}/export"), "as=csv&saved=1").await;
    assert!(csv.contains("wang@qq.com") && !csv.contains("reader1@"), "{csv}");
    let csv = station.post(&format!("{GROUPS}/1/export"), "as=csv").await;
    assert!(csv.contains("全体 (active); City (active)"), "{csv}");
    assert_eq!(station.audit().await.last().unwrap(), "export group");

    let group = format!("{GROUPS}/1");
    let added = station.confirmed(&group, "of=found&deed=add&to=city&basis=duty").await;
    assert!(location(&added).ends_with("?done=1&others=1"), "{added}");
    let stopped = station.confirmed(&group, "of=found&deed=suppress&why=asked+for+it").await;
    assert!(location(&stopped).ends_with("?done=2&others=0"), "{stopped}");
    assert_eq!(station.audit().await.last().unwrap(), "suppress readers of publication");
    let again = station.confirmed(&group, "of=found&deed=add&to=all&basis=duty").await;
    assert!(location(&again).ends_with("?done=0&others=2"), "who is suppressed joins nothing: {again}");
    let lifted = station.confirmed(&group, "of=found&deed=lift&why=a+slip").await;
    assert!(location(&lifted).ends_with("?done=2&others=0"), "{lifted}");

    let off = station.confirmed(&group, "of=found&deed=off&off=all&why=moved").await;
    assert!(location(&off).ends_with("?done=2&others=0"), "{off}");
    let back = station.confirmed(&group, "of=found&deed=add&to=all&basis=duty").await;
    assert!(location(&back).ends_with("?done=0&others=2"), "who was taken off is not brought back: {back}");
    assert_eq!(station.active().await, 3);
}

#[tokio::test]
async fn others_who_came_between_the_two_yeses_are_not_acted_upon() {
    let station = filled().await;
    station.post(GROUPS, OFFICES).await;
    let body = "of=found&deed=off&off=all&why=moved";
    let asked = station.post(&format!("{GROUPS}/1/choose"), body).await;
    assert!(asked.contains("Take 2 readers off"), "{asked}");
    // One goes, another comes: they are as many, but not the same.
    let was = "%7B%22name%22%3A%22%E6%9D%8E%E6%B6%9B%22%2C%22organisation%22%3A%22%E4%B8%B4%E6%B1%9F%E5%B8%82%E7%A7%91%E6%8A%80%E5%B1%80%22%7D";
    assert!(is(&station.post("/readers/5/edit", &format!("was={was}&name=x&organisation=x")).await, 303));
    let was = "%7B%22name%22%3A%22%E8%AF%BB%E8%80%85%3C1%3E%22%7D";
    let unit = "organisation=%E7%A7%91%E6%8A%80%E5%B1%80";
    assert!(is(&station.post("/readers/1/edit", &format!("was={was}&name=x&{unit}")).await, 303));
    let stale = station.post(&format!("{GROUPS}/1/act"), &format!("{body}&seen={}", seen(&asked))).await;
    assert!(is(&stale, 409) && stale.contains("2 readers"), "{stale}");
    assert_eq!(station.active().await, 5);
}

#[tokio::test]
async fn groups_of_other_publications_are_neither_shown_nor_used() {
    let station = Station::start(false).await;
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(&station.store, Actor::Station, NOW, &other).await.unwrap();
    let rule = serde_json::from_str(r#"{"how":"all","conditions":["name filled"]}"#).unwrap();
    actions::group::add(&station.store, Actor::Station, NOW, &other.slug, ("Theirs", &rule)).await.unwrap();
    let posts = vec![(PublicationId(1), Role::Admin)];
    let here = rooms::comer(&station.store, "here", Rights { role: Role::Admin, posts }).await;
    let cookie = rooms::cookie(&station.store, &here).await;
    let ask =
        async |method: &str, path: &str, body: &str| station.ask(method, path, &format!("{FORM}{cookie}"), body).await;
    // Neither by the path of their publication nor by that of the visitor's own.
    for at in ["/publications/other/groups/1", "/publications/brief/groups/1"] {
        for (method, deed) in [
            ("GET", ""),
            ("GET", "/edit"),
            ("POST", ""),
            ("POST", "/remove"),
            ("POST", "/choose"),
            ("POST", "/act"),
            ("POST", "/export"),
        ] {
            let answer = ask(method, &format!("{at}{deed}"), "of=found&deed=off&off=all&why=x&as=csv").await;
            assert!(is(&answer, 404), "{method} {at}{deed}: {answer}");
        }
    }
    for path in ["/readers?saved=1", "/publications/brief/lists/all?saved=1"] {
        assert!(is(&ask("GET", path, "").await, 404), "{path}");
    }
    assert!(is(&ask("POST", "/publications/brief/lists/all/export", "as=csv&saved=1").await, 404));
    assert!(!ask("GET", "/readers", "").await.contains("Theirs"));
    let rule = serde_json::from_str(r#"{"how":"all","conditions":["name filled"]}"#).unwrap();
    let of = "brief".parse().unwrap();
    let own = actions::group::add(&station.store, Actor::Station, NOW, &of, ("Ours", &rule)).await.unwrap();
    let at = format!("/publications/brief/groups/{own}");
    let act = ask("POST", &format!("{at}/choose"), "of=ticked&r=1&deed=add&to=all&basis=duty").await;
    assert!(is(&act, 200), "{act}");
    let act = ask("POST", &format!("{at}/act"), "of=ticked&r=99&deed=off&off=all&why=x&seen=1-x").await;
    assert!(is(&act, 409), "who is no reader here is passed over: {act}");
}
