//! The pages over real HTTP, with a real database and a folder of letters.

mod api;
mod approval;
mod attachments;
mod dispatching;
mod edit;
mod groups;
mod home;
mod house;
mod leaving;
mod log;
mod pictures;
mod preview;
mod readers;
mod reading;
mod reimport;
mod relays;
mod reset;
mod review;
mod rooms;
mod schedule;
mod settings;
mod summary;
mod uploads;

use super::*;
use crate::actions::account::Newcomer;
use crate::actions::dispatch::Order;
use crate::actions::station::Rules;
use crate::actions::subscriber::Destination;
use crate::domain::account::Role;
use crate::domain::audit::Actor;
use crate::domain::delivery::Turn;
use crate::domain::dispatch::Occasion;
use crate::domain::id::DeliveryId;
use crate::domain::language::Sentence;
use crate::domain::link::{Keyring, Use};
use crate::domain::moment::Moment;
use crate::domain::publication::{Profile, Undated};
use crate::domain::quota::Quota;
use crate::domain::relay::{Encryption, Relay, ReturnPath, Route, Way};
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use crate::store::attempt::{Entry, Search};
use crate::{actions, store};
use std::net::SocketAddr;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DOCUMENT: &str = "河湾科技简报\n\n2026年第3期\n\n老茶馆 新生意\n\n老茶馆开了新铺子，来的人很多，街坊都说好。\n";
const NOW: Moment = Moment(1_764_200_000_000);

/// A station with three readers, whose dispatch is open.
struct Station {
    folder: TempDir,
    store: Store,
    address: SocketAddr,
    pages: Pages,
    clock: Clock,
    _stop: watch::Sender<bool>,
    tell: watch::Sender<Option<Sentence>>,
}

impl Station {
    async fn start(desk: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).await.unwrap();
        prepare(&store).await;
        Self::at(folder, store, desk, relays()).await
    }

    /// A station with an admin, and nothing else yet.
    async fn bare(relays: Relays) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).await.unwrap();
        actions::station::found(&store, Actor::Station, NOW).await.unwrap();
        Self::at(folder, store, true, relays).await
    }

    async fn at(folder: TempDir, store: Store, desk: bool, relays: Relays) -> Self {
        Self::in_full(folder, store, desk, (relays, None)).await
    }

    /// One whose guest is admin, and whose readers' pages are there.
    async fn at_url(folder: TempDir, store: Store, base_url: Option<String>) -> Self {
        Self::in_full(folder, store, true, (relays(), base_url)).await
    }

    async fn in_full(folder: TempDir, store: Store, desk: bool, (relays, base_url): (Relays, Option<String>)) -> Self {
        let letters = folder.path().join("mailbox");
        std::fs::create_dir(&letters).unwrap();
        let (tell, hindrance) = watch::channel(None);
        let health = Health { hindrance, watchers: Vec::new() };
        let email = "guest@x.example".parse().unwrap();
        let who = Newcomer { email: &email, name: None, rights: Role::Admin.into() };
        let (admin, _) = actions::account::add(&store, Actor::Station, NOW, &who).await.unwrap();
        let clock = Clock::wound(NOW);
        let pages = Pages {
            store: store.clone(),
            clock: clock.clone(),
            mailbox: Some(letters),
            guest: desk.then_some(admin),
            base_url,
            zone: chrono_tz::Asia::Shanghai,
            capacity: Capacity::default(),
            health,
            limits: Limits::default(),
            relays,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(serve(listener, pages.clone(), stopped));
        Self { folder, store, address, pages, clock, _stop: stop, tell }
    }

    /// One request on a connection of its own; the whole answer.
    async fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> String {
        String::from_utf8_lossy(&self.send(method, path, more, body).await).into_owned()
    }

    /// The same, of an answer that is no text.
    async fn bytes(&self, method: &str, path: &str, more: &str) -> Vec<u8> {
        self.send(method, path, more, "").await
    }

    async fn send(&self, method: &str, path: &str, more: &str, body: &str) -> Vec<u8> {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n{body}"
        );
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        answer
    }

    async fn get(&self, path: &str) -> String {
        self.ask("GET", path, "", "").await
    }

    async fn keyring(&self) -> Keyring {
        store::station::keyring(&mut self.store.read().await.unwrap()).await.unwrap().unwrap()
    }

    async fn leave_path(&self, delivery: i64) -> String {
        format!("/leave/{}", self.keyring().await.mint(Use::Leave, DeliveryId(delivery)))
    }

    /// What every claim finds: each delivery's address and state.
    async fn states_after_a_claim(&self) -> Vec<(String, String)> {
        let relay = Relay {
            name: "relay".into(),
            senders: Vec::new(),
            quota: Quota::default(),
            return_path: ReturnPath::Sender,
        };
        let rules = Rules { relays: vec![relay], ..Rules::default() };
        let begun = actions::station::begin_sending(&self.store, NOW, rules).await.unwrap();
        let (mut sending, _) = begun.unwrap();
        sending.look(NOW).await.unwrap();
        let turn = Turn { room: 10, route: Route { relay: "relay".into(), lane: None }, ..Turn::default() };
        actions::delivery::turn(&mut sending, &[turn], NOW).await.unwrap();
        self.log().await.into_iter().map(|entry| (entry.address, entry.state)).collect()
    }

    async fn log(&self) -> Vec<Entry> {
        store::attempt::log(&mut self.store.read().await.unwrap(), &Search::default()).await.unwrap()
    }

    fn keep_letter(&self, number: u64, letter: &str) {
        std::fs::write(self.folder.path().join(format!("mailbox/{number:06}.eml")), letter).unwrap();
    }
}

async fn prepare(store: &Store) {
    let actor = || Actor::Operator("test".into());
    actions::station::found(store, actor(), NOW).await.unwrap();
    let profile = profile();
    actions::publication::add(store, actor(), NOW, &profile).await.unwrap();
    let list = "brief/all".parse().unwrap();
    actions::list::add(store, actor(), NOW, &list, "全体").await.unwrap();
    let row = |line: u32| {
        let address = format!("reader{line}@y.example").parse().unwrap();
        let person = Person { name: Some(format!("读者<{line}>")), ..Person::default() };
        RosterRow { line, reading: Reading::Found { address, person, cleaned: None } }
    };
    let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
    let roster = Roster { rows: (1..=3).map(row).collect() };
    actions::subscriber::import(store, actor(), NOW, &roster, &to).await.unwrap();
    let taken =
        actions::document::take_in(store, actor(), NOW, &profile.slug, "d.txt", DOCUMENT.as_bytes()).await.unwrap();
    let order = Order { issue: taken.issue, lists: vec![list], at: None, defaults: true, occasion: Occasion::First };
    actions::dispatch::start(store, actor(), NOW, &order).await.unwrap();
    while actions::dispatch::open(store, NOW).await.unwrap() {}
}

/// A relay that is known, and a sheet from which nobody goes.
fn relays() -> Relays {
    let quota = Quota { per_hour: Some(20), per_day: None };
    let relay = Relay { name: "office".into(), senders: Vec::new(), quota, return_path: ReturnPath::Sender };
    let (host, user) = ("mail.x.example".to_owned(), Some("brief".to_owned()));
    let way = Way { relay, host, port: 587, encryption: Encryption::Required, user, connections: 4 };
    Relays {
        ways: watch::Sender::new(vec![way]).subscribe(),
        conditions: watch::Sender::new(None).subscribe(),
        sheet: watch::Sender::new(None),
        file: "/etc/yizhan/yizhan.toml".into(),
    }
}

fn profile() -> Profile {
    Profile {
        slug: "brief".parse().unwrap(),
        name: "河湾<科技>简报".into(),
        from: "编辑部 <b@x.example>".parse().unwrap(),
        compiled_by: None,
        approvals: 0,
        language: crate::domain::language::Language::Chinese,
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::DispatchDay,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    }
}

fn is(answer: &str, code: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {code} "))
}

#[tokio::test]
async fn every_page_may_load_only_from_here_and_is_kept_by_nobody() {
    let station = Station::start(true).await;
    for path in ["/", "/dispatches/1", "/mailbox", "/none", &station.leave_path(1).await] {
        let answer = station.get(path).await.to_lowercase();
        for header in ["default-src 'none'", "referrer-policy: no-referrer", "cache-control: no-store", "nosniff"] {
            assert!(answer.contains(header), "{path} lacks {header}: {answer}");
        }
        assert!(!answer.contains(" style=\"") && !answer.contains("<style"), "{path} has inline style");
    }
}

#[tokio::test]
async fn a_dispatch_shows_a_tally_that_adds_up_and_each_delivery() {
    let station = Station::start(true).await;
    station.ask("POST", &station.leave_path(2).await, "", "").await;
    station.states_after_a_claim().await;
    let answer = station.get("/dispatches/1").await;
    assert!(is(&answer, 200), "{answer}");
    for piece in [
        "all states add up to the audience",
        "the reader left",
        "y.example",
        "data-live",
        "/log?dispatch=1",
        "2026年第3期",
    ] {
        assert!(answer.contains(piece), "no {piece}: {answer}");
    }
    assert!(station.get("/").await.contains("/dispatches/1"));
    assert!(station.ask("GET", "/", "Accept-Language: zh\r\n", "").await.contains("投递任务"));
}

#[tokio::test]
async fn a_letter_is_shown_in_every_way_and_its_html_in_a_sandbox() {
    let station = Station::start(true).await;
    assert!(station.get("/mailbox").await.contains("No letters have come yet"));
    let keyring = store::station::keyring(&mut station.store.read().await.unwrap()).await.unwrap().unwrap();
    let name = keyring.mint(Use::MessageId, DeliveryId(3));
    let head = format!("From: a@x.cn\r\nTo: b@y.cn\r\nSubject: one <b>\r\nMessage-ID: <{name}@x.example>\r\n");
    station.keep_letter(
        7,
        &format!(
            "{head}Content-Type: text/html\r\n\r\n<head></head><a href=\"http://z.cn\">z</a><script>1</script>\r\n"
        ),
    );
    station.keep_letter(8, "\0");
    let list = station.get("/mailbox").await;
    assert!(list.contains("one &lt;b&gt;") && list.contains("/mailbox/8"), "{list}");
    assert!(!station.get("/mailbox?before=7").await.contains("/mailbox/7"));
    for (view, piece) in [
        ("wide", "width=\"900\""),
        ("phone", "width=\"390\""),
        ("text", "no such part"),
        ("headers", "<td>one &lt;b&gt;</td>"),
        ("source", "Subject: one &lt;b&gt;"),
    ] {
        let answer = station.get(&format!("/mailbox/7?view={view}")).await;
        assert!(is(&answer, 200) && answer.contains(piece), "{view}: {answer}");
        assert!(answer.contains(&name) && answer.contains("queued"), "its delivery stands beside it");
    }
    let html = station.get("/mailbox/7/html").await;
    assert!(html.contains("; sandbox allow-popups") && !html.contains("allow-scripts"), "{html}");
    assert!(!html.contains("script-src"), "{html}");
    assert!(html.contains("<base target=\"_blank\">"), "{html}");
    assert!(is(&station.get("/mailbox/8").await, 200));
}

#[tokio::test]
async fn what_is_not_there_says_so_in_the_askers_language() {
    let station = Station::start(true).await;
    let nowhere = ["/none", "/dispatches/9", "/dispatches/x", "/mailbox/5", "/mailbox/x", "/assets/style.css"];
    for path in nowhere {
        let answer = station.ask("GET", path, "Accept-Language: zh-CN\r\n", "").await;
        assert!(is(&answer, 404) && answer.contains("没有这个页面"), "{path}: {answer}");
        assert!(answer.contains("href=\"/\"") && !answer.contains("邮件"), "the desk has no letter to open: {answer}");
    }
    let reader = station.ask("GET", "/read/abc", "Accept-Language: zh-CN\r\n", "").await;
    assert!(
        is(&reader, 404) && reader.contains("请从邮件里重新点开链接") && !reader.contains("href=\"/\""),
        "{reader}"
    );
    let answer = station.ask("POST", "/healthz", "", "").await;
    assert!(is(&answer, 405) && answer.to_lowercase().contains("allow: get,head"), "{answer}");
}

#[tokio::test]
async fn who_is_not_signed_in_sees_readers_pages_only() {
    let station = Station::start(false).await;
    for path in ["/", "/dispatches/1", "/mailbox", "/mailbox/1", "/publications/brief", "/account"] {
        let answer = station.get(path).await;
        assert!(is(&answer, 303) && answer.contains("location: /sign-in?next="), "{path}: {answer}");
    }
    assert!(is(&station.ask("POST", "/account", "Sec-Fetch-Site: same-origin\r\n", "").await, 401));
    assert!(station.get("/healthz").await.ends_with("\r\n\r\nok\nsending\n"));
}

#[tokio::test]
async fn watchers_on_this_machine_hear_why_nothing_goes_out_and_others_only_that_the_station_lives() {
    let station = Station::start(false).await;
    station.tell.send_replace(Some(Sentence::new("the relay failed at connect", "连不上。")));
    let near = station.get("/healthz").await;
    assert!(is(&near, 200) && near.contains("not sending: the relay failed at connect"), "{near}");
    let numbers = station.get("/metrics").await;
    for line in [
        "yizhan_hindered 1\n",
        "yizhan_deliveries{dispatch=\"1\",state=\"queued\"} 3\n",
        "yizhan_queue_age_seconds 0\n",
        // There never was one: it counts from the founding, so that an alarm rings.
        "\nyizhan_backup_age_seconds 0\n",
    ] {
        assert!(numbers.contains(line), "no {line} in {numbers}");
    }
    for passed_on in ["X-Forwarded-For: 203.0.113.9\r\n", "Forwarded: for=203.0.113.9\r\n"] {
        let far = station.ask("GET", "/healthz", passed_on, "").await;
        assert!(is(&far, 200) && far.ends_with("\r\n\r\nok\n"), "{far}");
        assert!(is(&station.ask("GET", "/metrics", passed_on, "").await, 404));
    }
}

#[tokio::test]
async fn the_style_sheet_has_a_name_of_its_contents_and_is_kept_for_ever() {
    let station = Station::start(true).await;
    let page = station.get("/").await;
    for end in [".css", ".js"] {
        let stop = page.find(&format!("{end}\"")).unwrap() + end.len();
        let path = &page[page[..stop].rfind('"').unwrap() + 1..stop];
        let answer = station.get(path).await;
        assert!(is(&answer, 200) && answer.contains("immutable"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn the_leave_page_speaks_as_its_reader_wishes_or_else_as_the_letter_did() {
    let station = Station::start(false).await;
    let path = station.leave_path(2).await;
    for (wish, says) in [("Accept-Language: en\r\n", ">Leave"), ("Accept-Language: fr\r\n", "退订"), ("", "退订")] {
        let answer = station.ask("GET", &path, wish, "").await;
        assert!(is(&answer, 200) && answer.contains(says), "{wish}: {answer}");
    }
}
