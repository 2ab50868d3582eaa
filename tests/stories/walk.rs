//! A test of a relay, asked for on the page, goes its way step by step, and says in words where it ends and what to do:
//! the pages over HTTP, the walk to the scripted relay over SMTP.

use crate::authority::Authority;
use crate::relay::Behaviour;
use crate::station::{Station, operator};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use yizhan::actions::account::{self, Newcomer};
use yizhan::cli::relays::Relays;
use yizhan::domain::account::Role;
use yizhan::domain::attempt::Stage;
use yizhan::domain::forecast::Capacity;
use yizhan::web::{self, Health, Pages};

/// An admin at the page of relays.
struct Desk {
    address: SocketAddr,
    pages: Pages,
    _stop: watch::Sender<bool>,
}

impl Desk {
    async fn of(station: &Station) -> Self {
        let email = "chief@harbour.example".parse().unwrap();
        let who = Newcomer { email: &email, name: None, rights: Role::Admin.into() };
        let (guest, _) = account::add(&station.store, operator(), station.clock.now(), &who).await.unwrap();
        let relays = Relays::of(&station.settings);
        let (_, hindrance) = watch::channel(None);
        let pages = Pages {
            store: station.store.clone(),
            clock: station.clock.clone(),
            mailbox: None,
            guest: Some(guest),
            base_url: None,
            zone: chrono_tz::UTC,
            capacity: Capacity::default(),
            limits: web::Limits::default(),
            health: Health { hindrance, watchers: Vec::new() },
            relays: relays.for_pages(None),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(web::serve(listener, pages.clone(), stopped));
        let (store, clock) = (station.store.clone(), station.clock.clone());
        tokio::spawn(async move { relays.walks(&store, &clock).await });
        Self { address, pages, _stop: stop }
    }

    async fn asks(&self, method: &str, path: &str, language: &str, body: &str) -> String {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Language: {language}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Tests the one relay there is, and waits for the end; what the page says then, in Chinese.
    async fn tests(&self) -> String {
        let mut sheet = self.pages.relays.sheet.subscribe();
        let relay = self.pages.relays.ways.borrow()[0].relay.name.replace(':', "%3A");
        let body = format!("relay={relay}&sender=notes&to=chief%40harbour.example&letter=on");
        let set_out = self.asks("POST", "/relays/test", "zh-CN", &body).await;
        assert!(set_out.starts_with("HTTP/1.1 303"), "{set_out}");
        sheet.wait_for(|walk| walk.as_ref().is_some_and(|walk| walk.is_over)).await.unwrap();
        self.asks("GET", "/relays", "zh-CN", "").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_shown_as_it_went_and_a_test_letter_goes_the_way_of_every_letter() {
    let authority = Authority::new();
    let mut station = Station::founded().await;
    station.takes_in("# Harbour Notes\n\n2026 No. 1\n\n## Tides\n\nThe tide came in today as it does.\n").await;
    station.settings.relay.url =
        Some(format!("smtp://news%40harbour.example:p%40ss%20word@{}?tls=required", station.relay.address()).into());
    station.settings.relay.ca_file = Some(authority.file(station.folder()));
    station.relay.offers_starttls(authority.certifies_until("127.0.0.1", 2099));
    station.relay.wants_login("news@harbour.example", "p@ss word", "PLAIN LOGIN");
    let desk = Desk::of(&station).await;
    let page = desk.tests().await;
    for piece in [
        "查找服务器",
        "127.0.0.1",
        "对方问候",
        "EHLO",
        "TLS 1.3",
        "已核验",
        "2099-01-01",
        "235",
        "发件人",
        "全程走通",
        "毫秒",
    ] {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    for secret in ["p@ss word", "cEBzcyB3b3Jk"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(station.relay.record().is_empty(), "the walk itself mails nothing");
    assert_eq!(station.relay.violations(), Vec::<String>::new());
    let queued = page.contains("测试信已交给投递程序") || page.contains("没有寄测试信");
    assert!(queued, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_way_ends_the_page_says_why_and_what_to_do() {
    type Breaks = fn(&mut Station, &Authority);
    let required = |station: &Station, login: &str| format!("smtp://{login}{}?tls=required", station.relay.address());
    let ways: [(&str, Breaks, &[&str]); 8] = [
        ("nobody there", |_, _| (), &["连不上", "端口", "防火墙"]),
        (
            "hangs up",
            |station, _| station.relay.will_at_connection(|_| Behaviour::CloseAt(Stage::Greeting)),
            &["中途断开", "smtps://"],
        ),
        (
            "dismisses",
            |station, _| station.relay.will_at_connection(|_| Behaviour::Answer(Stage::Greeting, "554 go away".into())),
            &["拒绝了连接", "554 go away"],
        ),
        ("no STARTTLS", |_, _| (), &["不提供 STARTTLS", "?tls=none"]),
        (
            "foreign certificate",
            |station, _| station.relay.offers_starttls(Authority::new().certifies("127.0.0.1")),
            &["不信任签发对方证书的机构", "ca_file"],
        ),
        (
            "old certificate",
            |station, ours| station.relay.offers_starttls(ours.certifies_until("127.0.0.1", 2024)),
            &["已经过期"],
        ),
        (
            "wrong password",
            |station, ours| {
                station.relay.offers_starttls(ours.certifies("127.0.0.1"));
                station.relay.wants_login("u", "right", "PLAIN LOGIN");
            },
            &["不认用户名和密码", "授权码", "535"],
        ),
        (
            "recipient refused",
            |station, _| {
                station.relay.will(|_, _| Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()));
            },
            &["不接受收件人 chief@harbour.example", "550 5.1.1 no such user"],
        ),
    ];
    for (what, breaks, says) in ways {
        let authority = Authority::new();
        let mut station = Station::founded().await;
        breaks(&mut station, &authority);
        station.settings.relay.ca_file = Some(authority.file(station.folder()));
        match what {
            "nobody there" => station.relay.down().await,
            "no STARTTLS" | "foreign certificate" | "old certificate" => {
                station.settings.relay.url = Some(required(&station, "").into());
            }
            "wrong password" => station.settings.relay.url = Some(required(&station, "u:wr0ng@").into()),
            _ => {}
        }
        let page = Desk::of(&station).await.tests().await;
        for piece in says.iter().chain(&["原因", "怎么办", "不通"]) {
            assert!(page.contains(piece), "{what}: no {piece} in {page}");
        }
        assert!(!page.contains("wr0ng") && !page.contains("全程走通"), "{what}: {page}");
        assert!(station.relay.record().is_empty(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_says_nothing_holds_the_page_up_for_a_while_only() {
    let station = Station::founded().await;
    station.relay.will_at_connection(|_| Behaviour::SilentAt(Stage::Greeting));
    let desk = Desk::of(&station).await;
    let waiting = desk.tests();
    let hand = async {
        station.relay.waits_for_stalled(1).await;
        station.waits(std::time::Duration::from_secs(61));
    };
    let (page, ()) = tokio::join!(waiting, hand);
    assert!(page.contains("没有回答") || page.contains("已经停止"), "{page}");
}
