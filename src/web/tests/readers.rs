//! Readers and lists over real HTTP: the whole way of each room, and each way to do harm.

use super::*;
use crate::domain::account::Rights;
use crate::domain::id::{PublicationId, SubscriberId};
use crate::domain::list::Leaving;
use crate::store::subscriber::search::{Among, FARTHEST, Search as Sought, Stands};

pub(super) const LIST: &str = "/publications/brief/lists/all";
pub(super) const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const ROSTER: &str = "姓名,单位,邮箱\n王芳,市财政局,wangfang@cz.example\n赵强,市科技局,zhao@qq.con\n孙丽,,无\n\
    读者<2>,新单位,reader2@y.example\n李离,,reader1@y.example\n,,\n";

impl Station {
    pub(super) async fn post(&self, path: &str, body: &str) -> String {
        self.ask("POST", path, FORM, body).await
    }

    /// Brings a file to a path; the answer.
    async fn upload(&self, path: &str, name: &str, text: &str) -> String {
        let head = "Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=xyz\r\n";
        let file = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        self.ask("POST", path, head, &format!("--xyz\r\n{file}\r\n\r\n{text}\r\n--xyz--\r\n")).await
    }

    pub(super) async fn audit(&self) -> Vec<String> {
        let lines = store::audit::after(&mut self.store.read().await.unwrap(), 0).await.unwrap();
        lines.into_iter().map(|(line, _)| format!("{} {}", line.verb, line.noun)).collect()
    }

    pub(super) async fn leaves(&self, reader: u32) {
        let from: Leaving = "brief/all".parse().unwrap();
        let address = format!("reader{reader}@y.example").parse().unwrap();
        actions::subscriber::leave(&self.store, Actor::Station, NOW, &from, &address).await.unwrap();
    }

    pub(super) async fn active(&self) -> i64 {
        let mut reading = self.store.read().await.unwrap();
        let list = store::list::by_path(&mut reading, &"brief/all".parse().unwrap()).await.unwrap().unwrap();
        store::list::readers(&mut reading, list.id).await.unwrap().active
    }
}

impl Station {
    /// Chooses readers for a deed and says yes to what is asked then; the answer.
    pub(super) async fn confirmed(&self, at: &str, body: &str) -> String {
        let asked = self.post(&format!("{at}/choose"), body).await;
        assert!(is(&asked, 200), "{asked}");
        self.post(&format!("{at}/act"), &format!("{body}&seen={}", seen(&asked))).await
    }
}

/// Whom a page that asks for the second yes has shown.
pub(super) fn seen(page: &str) -> &str {
    page.split("name=\"seen\" value=\"").nth(1).unwrap_or_else(|| panic!("nobody: {page}")).split('"').next().unwrap()
}

pub(super) fn location(answer: &str) -> &str {
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("no way on: {answer}"))
}

#[tokio::test]
async fn a_roster_is_looked_at_brought_in_once_and_taken_back_but_who_left_stays_left() {
    let station = Station::start(true).await;
    station.leaves(1).await;
    let import = format!("{LIST}/import");
    let kept = station.upload(&import, "名单.csv", ROSTER).await;
    let preview = location(&kept).to_owned();
    let page = station.ask("GET", &preview, "Accept-Language: zh\r\n", "").await;
    for piece in ["可能是 qq.com", "请核对 1", "不是邮箱", "已经退订", "1 人加入名单，1 人的资料更新", "名单.csv"]
    {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    assert!(
        page.find("zhao@qq.con").unwrap() < page.find("wangfang@cz.example").unwrap(),
        "what needs a look is first"
    );
    let asked = station.get(&format!("{preview}?show=ask")).await;
    assert!(asked.contains("perhaps qq.com is meant") && asked.contains("赵强"), "whose it is, is said: {asked}");
    assert!(station.get(&format!("{preview}?show=rejected")).await.contains("孙丽"));
    assert!(!station.get(&format!("{preview}?show=new")).await.contains("zhao@qq.con"));
    assert_eq!(station.active().await, 2, "nothing is written before the yes");

    for _ in 0..2 {
        assert_eq!(location(&station.post(&preview, "basis=duty").await), import, "a double click is one import");
    }
    assert_eq!(station.active().await, 3);
    assert_eq!(station.audit().await.iter().filter(|line| *line == "import into list").count(), 2, "with the first");
    let gone = station.get(&preview).await;
    assert!(is(&gone, 404) && gone.contains("This file was brought in"), "{gone}");
    assert!(station.get(&import).await.contains("/imports/1/undo"));

    let undo = format!("{LIST}/imports/1/undo");
    assert!(is(&station.post(&undo, "").await, 303));
    assert_eq!(station.active().await, 2);
    let again = station.post(&undo, "").await;
    assert!(is(&again, 409) && again.contains("taken back already"), "{again}");
    assert!(station.get("/readers?q=wangfang").await.contains("Nobody fits"), "whom only the import knew is forgotten");
    assert!(!station.get("/readers?q=reader2").await.contains("新单位"));
    assert!(is(&station.get("/readers?q=%2Fe%00").await, 200), "a NUL is a space");
}

#[tokio::test]
async fn what_is_no_roster_is_refused_beside_the_form() {
    let station = Station::start(true).await;
    let import = format!("{LIST}/import");
    for (name, text, why) in [
        ("a.xlsx", "PK\x03\x04", "This workbook cannot be read"),
        ("a.csv", "姓名\n李涛\n", "No address was found"),
        ("a.csv", "", "No file was chosen"),
    ] {
        let answer = station.upload(&import, name, text).await;
        assert!(is(&answer, 422) && answer.contains(why), "{name}: {answer}");
    }
    assert!(is(&station.post(&format!("{import}/{}", "0".repeat(64)), "basis=duty").await, 409), "never uploaded");
    assert!(is(&station.post(&format!("{import}/{}", "0".repeat(64)), "basis=love").await, 400));
}

#[tokio::test]
async fn a_roster_that_waited_too_long_is_not_brought_in() {
    let station = Station::start(true).await;
    let kept = station.upload(&format!("{LIST}/import"), "a.csv", ROSTER).await;
    station.clock.wind(actions::roster::WAITS);
    let late = station.post(location(&kept), "basis=duty").await;
    assert!(is(&late, 409) && late.contains("not kept any more"), "{late}");
    assert_eq!(station.active().await, 3);
}

#[tokio::test]
async fn a_list_is_added_renamed_searched_and_exported() {
    let station = Station::start(true).await;
    let lists = "/publications/brief/lists";
    let bad = station.post(lists, "slug=%E5%B1%80&name=x").await;
    assert!(is(&bad, 422) && bad.contains("lower-case letters") && bad.contains("value=\"局\""), "{bad}");
    let twice = station.post(lists, "slug=all&name=x").await;
    assert!(is(&twice, 422) && twice.contains("already"), "{twice}");
    assert_eq!(location(&station.post(lists, "slug=city&name=City").await), "/publications/brief/lists/city");
    assert!(is(&station.post("/publications/brief/lists/city/rename", "name=+").await, 422));
    station.post("/publications/brief/lists/city/rename", "name=Town").await;
    assert!(station.get(lists).await.contains("Town"));
    station.leaves(1).await;
    for (query, found) in [
        ("", vec![1, 2, 3]),
        ("?q=READER2", vec![2]),
        ("?q=%E8%AF%BB", vec![1, 2, 3]),
        ("?q=y.example+3%3E", vec![3]),
        ("?state=ended", vec![1]),
        ("?state=active", vec![2, 3]),
        ("?state=suppressed", vec![]),
        ("?unit=none", vec![]),
        ("?after=2", vec![3]),
    ] {
        let page = station.get(&format!("{LIST}{query}")).await;
        assert!(is(&page, 200), "{query}: {page}");
        let shown: Vec<_> = (1..=3).filter(|n| page.contains(&format!("reader{n}@y.example"))).collect();
        assert_eq!(shown, found, "{query}");
    }
    assert!(is(&station.get(&format!("{LIST}?state=lost")).await, 400));
    let csv = station.post(&format!("{LIST}/export"), "").await;
    assert!(csv.contains("\r\n\u{feff}Address,Name") && csv.contains("left this list"), "{csv}");
    assert!(csv.contains("attachment; filename=\"brief-all.csv\""));
    assert_eq!(station.audit().await.last().unwrap(), "export list");
    let some = station.post(&format!("{LIST}/export"), "as=csv&state=ended").await;
    assert!(some.contains("reader1@") && !some.contains("reader2@"), "what is found, and no more: {some}");
    let sheet = station.send("POST", &format!("{LIST}/export"), FORM, "as=xlsx").await;
    let body = sheet.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    assert!(sheet[body..].windows(4).any(|bytes| bytes == b"PK\x03\x04"), "a workbook is a zip archive");
    assert!(is(&station.post(&format!("{LIST}/export"), "as=doc").await, 400));
}

#[tokio::test]
async fn a_long_list_is_exported_whole_and_no_cell_is_a_formula() {
    let station = Station::start(true).await;
    let row = |line: u32| {
        let address = format!("many{line}@y.example").parse().unwrap();
        let person = Person { name: Some("=1+1".into()), ..Person::default() };
        RosterRow { line, reading: Reading::Found { address, person, cleaned: None } }
    };
    let list = "brief/all".parse().unwrap();
    let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
    let roster = Roster { rows: (1..=1_200).map(row).collect() };
    actions::subscriber::import(&station.store, Actor::Station, NOW, &roster, &to).await.unwrap();
    let csv = station.post(&format!("{LIST}/export"), "as=csv").await;
    let rows: Vec<_> = (1..=1_200).filter(|n| csv.contains(&format!("\nmany{n}@y.example,'=1+1,"))).collect();
    assert_eq!(rows.len(), 1_200, "page after page");
    assert_eq!(csv.matches('\u{feff}').count(), 1, "the mark stands at the beginning only");
}

#[tokio::test]
async fn many_are_changed_by_a_second_yes_if_they_are_still_as_many() {
    let station = Station::start(true).await;
    station.post("/publications/brief/lists", "slug=city&name=City").await;
    let asked = station.post(&format!("{LIST}/choose"), "of=found&deed=add&to=city&basis=gift").await;
    assert!(is(&asked, 200) && asked.contains("Add 3 readers to the list “City”?"), "{asked}");
    station.leaves(3).await;
    let filter = "of=found&state=active&deed=group&as=A";
    let stale = station.post(&format!("{LIST}/act"), &format!("{filter}&seen={}", seen(&asked))).await;
    assert!(is(&stale, 409) && stale.contains("have changed") && stale.contains("2 readers"), "{stale}");
    let done = station.post(&format!("{LIST}/act"), &format!("{filter}&seen={}", seen(&stale))).await;
    assert!(location(&done).ends_with("?state=active&done=2&others=0"), "{done}");
    assert_eq!(station.audit().await.last().unwrap(), "group readers of list");
    let grouped = station.get(&format!("{LIST}?group=A")).await;
    assert!(grouped.contains("reader1@") && !grouped.contains("reader3@"), "{grouped}");

    let added = station.confirmed(LIST, "of=ticked&r=1&r=99&deed=add&to=city&basis=gift").await;
    assert!(location(&added).ends_with("done=1&others=0"), "{added}");
    assert!(station.get("/publications/brief/lists/city").await.contains("reader1@y.example"));
    let off = "of=ticked&r=2&deed=off";
    let unreasoned = station.confirmed(LIST, off).await;
    assert!(is(&unreasoned, 422) && unreasoned.contains("Give the reason"), "{unreasoned}");
    let off = format!("{off}&why=moved+away");
    assert!(is(&station.confirmed(LIST, &off).await, 303));
    let twice = station.confirmed(LIST, &off).await;
    assert!(location(&twice).ends_with("done=0&others=1"), "a double click takes nobody off twice: {twice}");
    assert_eq!(station.audit().await.iter().filter(|line| *line == "take readers off list").count(), 1);
    assert!(station.get(&format!("{LIST}?state=ended")).await.contains("taken off by the office"));
    let nobody = station.post(&format!("{LIST}/choose"), "of=ticked&deed=off").await;
    assert!(is(&nobody, 422) && nobody.contains("Nobody is chosen"), "{nobody}");
    let elsewhere = station.post(&format!("{LIST}/act"), "of=ticked&r=1&deed=add&to=none&basis=gift").await;
    assert!(is(&elsewhere, 404), "{elsewhere}");
}

#[tokio::test]
async fn a_reader_is_edited_let_go_and_brought_back_each_with_its_reason() {
    let station = Station::start(true).await;
    let page = station.get("/readers/2").await;
    assert!(page.contains("读者&lt;2&gt;") && page.contains("Leave for them") && page.contains("duty"), "{page}");
    station.get("/readers/2").await;
    assert_eq!(station.audit().await.iter().filter(|line| *line == "see subscriber").count(), 1, "one line a visit");

    let was = "%7B%22name%22%3A%22%E8%AF%BB%E8%80%85%3C2%3E%22%7D";
    assert!(is(&station.post("/readers/2/edit", &format!("was={was}&name=Li&region=North")).await, 303));
    let stale = station.post("/readers/2/edit", &format!("was={was}&name=Wang")).await;
    assert!(
        is(&stale, 422) && stale.contains("somebody else has changed") && stale.contains("value=\"Wang\""),
        "{stale}"
    );
    assert!(station.get("/readers?region=North").await.contains(">Li</a>"));

    assert!(is(&station.post("/readers/2/leave", "list=brief/all&why=+").await, 422), "a reason is given");
    assert!(is(&station.post("/readers/2/leave", "list=brief/all&why=he+called").await, 303));
    let left = station.get("/readers/2").await;
    assert!(left.contains("left this list") && left.contains("he called") && left.contains("Bring back"), "{left}");
    let add = station.post("/readers/2/add", "list=brief/all&basis=duty").await;
    assert!(is(&add, 422) && add.contains("has left"), "adding does not bring back: {add}");
    assert!(is(&station.post("/readers/2/return", "list=brief/all&why=he+wrote").await, 303));
    assert_eq!(station.active().await, 3);
    let lift = station.post("/readers/2/lift", "why=wrong").await;
    assert!(is(&lift, 422) && lift.contains("not suppressed"), "{lift}");
    assert!(is(&station.get("/readers/99").await, 404));
}

#[tokio::test]
async fn readers_of_other_publications_are_neither_shown_nor_changed() {
    let station = Station::start(false).await;
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(&station.store, Actor::Station, NOW, &other).await.unwrap();
    let list = "other/all".parse().unwrap();
    actions::list::add(&station.store, Actor::Station, NOW, &list, "别处").await.unwrap();
    let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
    for reader in ["only@there.example", "reader2@y.example"] {
        let person = Person::default();
        actions::subscriber::add(&station.store, Actor::Station, NOW, reader.parse().unwrap(), person, &to)
            .await
            .unwrap();
    }
    let posts = vec![(PublicationId(1), Role::Admin)];
    let here = rooms::comer(&station.store, "here", Rights { role: Role::Admin, posts }).await;
    let cookie = rooms::cookie(&station.store, &here).await;
    let ask =
        async |method: &str, path: &str, body: &str| station.ask(method, path, &format!("{FORM}{cookie}"), body).await;
    assert!(is(&ask("GET", "/readers/4", "").await, 404));
    for deed in ["edit", "lift", "leave", "return", "add"] {
        let body = "was=%7B%7D&name=x&why=x&list=brief/all&basis=duty";
        assert!(is(&ask("POST", &format!("/readers/4/{deed}"), body).await, 404), "{deed}");
    }
    assert!(!ask("GET", "/readers?q=there", "").await.contains("only@there.example"));
    let both = ask("GET", "/readers/2", "").await;
    assert!(is(&both, 200) && !both.contains("别处"), "{both}");
    for deed in ["leave", "return", "add"] {
        let answer = ask("POST", &format!("/readers/2/{deed}"), "why=x&list=other/all&basis=duty").await;
        assert!(is(&answer, 404), "{deed}: {answer}");
    }
    assert!(is(&ask("GET", "/publications/other/lists/all", "").await, 404));
    let act = ask("POST", &format!("{LIST}/act"), "of=ticked&r=4&deed=off&why=x&seen=1-x").await;
    assert!(is(&act, 409), "who is not on the list is passed over: {act}");
}

#[tokio::test]
async fn words_of_any_length_find_readers_as_they_are_now() {
    let station = Station::start(true).await;
    let mut roster = Roster::default();
    for (line, name, unit, address) in [
        (1, "李建国", "河湾市财政局", "ljg88@qq.com"),
        (2, "王建", "河湾大学", "wangj@hw.example"),
        (3, "赵国", "", "zhao\"g@x.example"),
    ] {
        let person = Person { name: Some(name.into()), organisation: Some(unit.into()), ..Person::default() };
        let Ok(address) = address.parse() else { continue };
        roster.rows.push(RosterRow { line, reading: Reading::Found { address, person, cleaned: None } });
    }
    let list = "brief/all".parse().unwrap();
    let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
    actions::subscriber::import(&station.store, Actor::Station, NOW, &roster, &to).await.unwrap();
    let mut reading = station.store.read().await.unwrap();
    for (words, found) in [
        ("李", vec![4]),
        ("建国", vec![4]),
        ("国", vec![4]),
        ("王建", vec![5]),
        ("财政局", vec![4]),
        ("河湾", vec![4, 5]),
        ("G88@QQ", vec![4]),
        ("河湾 大学", vec![5]),
        ("\"' OR *", vec![]),
        ("¦", vec![]),
    ] {
        let sought = Sought { words: words.into(), ..Sought::of(Among::All) };
        // The mark alone asks for nothing.
        if sought.is_open() {
            continue;
        }
        let ids = |found: Vec<SubscriberId>| found.into_iter().map(|id| id.0).collect::<Vec<_>>();
        let page = sought.page(&mut reading, 0.into(), 50, FARTHEST).await.unwrap();
        assert_eq!(ids(page.found), found, "{words}, by the index of words");
        let among = Among::List(1.into());
        let page = Sought { among, ..sought }.page(&mut reading, 0.into(), 50, FARTHEST).await.unwrap();
        assert_eq!(ids(page.found), found, "{words}, within a short list");
    }
    let everybody = Sought::of(Among::List(1.into()));
    let first = everybody.page(&mut reading, 0.into(), 2, FARTHEST).await.unwrap();
    assert_eq!((first.found.len(), first.next), (2, Some(2.into())));
    let last = everybody.page(&mut reading, 2.into(), 50, FARTHEST).await.unwrap();
    assert_eq!((last.found.len() as i64, last.next), (station.active().await - 2, None));
    let suppressed = Sought { stands: Some(Stands::Suppressed), ..everybody };
    assert_eq!(suppressed.page(&mut reading, 0.into(), 50, FARTHEST).await.unwrap().found, []);
}
