//! Who works here is told by letter of what waits for them, once, and of nothing that is not so; and a password that
//! was forgotten is chosen anew by a link that opens once.

use crate::relay::{Behaviour, Taken};
use crate::station::{BULLETIN, Station, operator, reader};
use base64_of::bodies;
use std::process::{Command, Stdio};
use std::time::Duration;
use yizhan::actions;
use yizhan::actions::account::Newcomer;
use yizhan::actions::account::entry::TakenUp;
use yizhan::actions::account::reset;
use yizhan::domain::account::{Rights, Role};
use yizhan::domain::attempt::Stage;
use yizhan::domain::audit::Actor;
use yizhan::domain::id::{AccountId, DispatchId, EditionId, IssueId};
use yizhan::domain::language::Language;
use yizhan::domain::notice::Wants;
use yizhan::domain::publication::Changes;
use yizhan::store::{self, notice::Line};

/// What a letter says, read back as a mail program would.
mod base64_of {
    use data_encoding::BASE64;

    /// Headers as they stand, then both bodies decoded.
    pub(super) fn bodies(letter: &[u8]) -> String {
        let text = String::from_utf8(letter.to_vec()).unwrap();
        let (headers, rest) = text.split_once("\r\n\r\n").unwrap();
        let parts = rest.split("Content-Transfer-Encoding: base64\r\n\r\n").skip(1);
        let bodies = parts.map(|part| {
            let encoded: String = part.split("\r\n--").next().unwrap().split_whitespace().collect();
            String::from_utf8(BASE64.decode(encoded.as_bytes()).unwrap()).unwrap()
        });
        std::iter::once(headers.to_owned()).chain(bodies).collect::<Vec<_>>().join("\n\n")
    }
}

const HOUSE: &str = "https://desk.harbour.example";

/// A station whose house sends notices, and which needs a review before anything goes out.
async fn house() -> Station {
    let mut station = Station::founded().await;
    station.settings.notices.from = Some("Harbour Desk <desk@harbour.example>".parse().unwrap());
    station.settings.web.base_url = Some(HOUSE.into());
    station
}

impl Station {
    async fn has_account(&self, name: &str, role: Role) -> AccountId {
        let email = format!("{name}@harbour.example").parse().unwrap();
        let rights = Rights { role, posts: Vec::new() };
        let who = Newcomer { email: &email, name: None, rights };
        actions::account::add(&self.store, operator(), self.clock.now(), &who).await.unwrap().0
    }

    async fn needs_approvals(&self, approvals: u8) {
        let changes = Changes { approvals: Some(approvals), ..Changes::default() };
        let slug = "notes".parse().unwrap();
        actions::publication::set(&self.store, operator(), self.clock.now(), &slug, changes).await.unwrap();
    }

    async fn submits(&self, who: AccountId, issue: IssueId) -> EditionId {
        actions::edition::submit(&self.store, Actor::Account(who), self.clock.now(), issue).await.unwrap()
    }

    /// Dispatches the bulletin to all, as somebody with an account.
    async fn starts(&self, who: AccountId, readers: impl IntoIterator<Item = String>) -> DispatchId {
        self.has_readers("all", readers).await;
        let issue = self.takes_in(BULLETIN).await;
        let order = actions::dispatch::Order {
            issue,
            lists: vec![crate::station::path("all")],
            at: None,
            defaults: false,
            occasion: yizhan::domain::dispatch::Occasion::First,
        };
        let now = self.clock.now();
        actions::dispatch::start(&self.store, Actor::Account(who), now, &order).await.unwrap().dispatch
    }

    async fn told(&self, who: AccountId) -> Vec<Line> {
        store::notice::of_account(&mut self.store.read().await.unwrap(), who, 100).await.unwrap()
    }

    async fn until_told(&self, who: AccountId, fits: impl Fn(&[Line]) -> bool) -> Vec<Line> {
        loop {
            let lines = self.told(who).await;
            if fits(&lines) {
                return lines;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn asks_for_a_password(&self, email: &str) {
        reset::ask(&self.store, self.clock.now(), email, Language::English).await.unwrap();
    }

    /// The token in the nth letter that this address got.
    async fn token(&self, email: &str, nth: usize) -> String {
        let letters = self.letters_to(email, nth).await;
        let said = bodies(&letters[nth - 1].letter);
        let link = said.split(&format!("{HOUSE}/sign-in/reset/")).nth(1).unwrap();
        link.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    async fn letters_to(&self, email: &str, at_least: usize) -> Vec<Taken> {
        loop {
            let letters: Vec<Taken> = self.relay.record().into_iter().filter(|taken| taken.rcpt == email).collect();
            if letters.len() >= at_least {
                return letters;
            }
            tokio::task::yield_now().await;
        }
    }

    async fn chooses(&self, token: &str, password: &str) -> Result<(), String> {
        let chosen = reset::choose(&self.store, self.clock.now(), token, password, "test").await;
        chosen.map(drop).map_err(|error| error.to_string())
    }

    async fn opens(&self, token: &str) -> bool {
        let mut reading = self.store.read().await.unwrap();
        reset::opens(&mut reading, self.clock.now(), token).await.unwrap().is_some()
    }
}

fn is_accepted(lines: &[Line], n: usize) -> bool {
    lines.iter().filter(|line| line.state == "accepted").count() >= n
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_put_forward_brings_its_reviewers_a_link_and_its_submitter_none() {
    let mut station = house().await;
    station.needs_approvals(1).await;
    let editor = station.has_account("editor", Role::Admin).await;
    let (reviewer, auditor) =
        (station.has_account("reviewer", Role::Reviewer).await, station.has_account("auditor", Role::Auditor).await);
    let issue = station.takes_in(BULLETIN).await;
    station.works().await;
    station.submits(editor, issue).await;
    station.until_told(reviewer, |lines| is_accepted(lines, 1)).await;
    // Putting the same forward once more tells nobody anew.
    station.submits(editor, issue).await;
    assert_eq!(station.told(reviewer).await.len(), 1);
    assert!(station.told(editor).await.is_empty() && station.told(auditor).await.is_empty());
    let letters = station.letters_to("reviewer@harbour.example", 1).await;
    let said = bodies(&letters[0].letter);
    assert_eq!(letters[0].from, "desk@harbour.example");
    for part in [
        "From: \"Harbour Desk\" <desk@harbour.example>",
        "Auto-Submitted: auto-generated",
        "editor@harbour.example put Harbour Notes 2024 No. 7 forward",
        &format!("href=\"{HOUSE}/issues/{issue}/approval\""),
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    for header in ["List-Unsubscribe", "List-Id", "Precedence", "Feedback-ID"] {
        assert!(!said.contains(header), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_back_comes_to_its_editor_with_the_comment() {
    let mut station = house().await;
    station.needs_approvals(1).await;
    let editor = station.has_account("editor", Role::Editor).await;
    let reviewer = station.has_account("reviewer", Role::Reviewer).await;
    let issue = station.takes_in(BULLETIN).await;
    let edition = station.submits(editor, issue).await;
    station.works().await;
    let (by, now) = (Actor::Account(reviewer), station.clock.now());
    actions::edition::send_back(&station.store, by, now, edition, "Which pier? <b>Say so</b>").await.unwrap();
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    let said = bodies(&station.letters_to("editor@harbour.example", 1).await[0].letter);
    assert!(said.contains("| Which pier? <b>Say so</b>") && said.contains("&lt;b&gt;Say so&lt;/b&gt;"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_started_a_dispatch_is_told_how_it_ended_in_figures_that_add_up() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let other = station.has_account("other", Role::Editor).await;
    station.relay.will(|rcpt, _| {
        if rcpt == reader(2) { Behaviour::Answer(Stage::Rcpt, "550 5.7.1 not here".into()) } else { Behaviour::Accept }
    });
    let dispatch = station.starts(editor, (1..=5).map(reader)).await;
    station.works().await;
    station.until_closed(dispatch).await;
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    let said = bodies(&station.letters_to("editor@harbour.example", 1).await[0].letter);
    for part in [
        "Subject: Dispatch over: Harbour Notes 2024 No. 7, 4 of 5 accepted",
        "Accepted: 4",
        "Refused: 1",
        "Altogether: 4 + 1 = 5",
        "Not arrived (against the server’s policy): 1",
        &format!("{HOUSE}/dispatches/{dispatch}"),
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(station.told(other).await.is_empty(), "the other editor did not start it");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_one_who_started_it_is_gone_its_editors_are_told() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let other = station.has_account("other", Role::Editor).await;
    station.has_account("admin", Role::Admin).await;
    let dispatch = station.starts(editor, (1..=2).map(reader)).await;
    actions::account::set_closed(&station.store, operator(), station.clock.now(), editor, true).await.unwrap();
    station.works().await;
    station.until_closed(dispatch).await;
    station.until_told(other, |lines| is_accepted(lines, 1)).await;
    assert!(station.told(editor).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_be_written_to_keeps_no_dispatch_from_its_end() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let dispatch = station.starts(editor, (1..=2).map(reader)).await;
    station.meddles("UPDATE account SET email = 'damaged' WHERE email = 'editor@harbour.example'").await;
    station.works().await;
    station.until_closed(dispatch).await;
    assert!(station.told(editor).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_suppresses_an_admins_address_keeps_no_link_from_them() {
    let mut station = house().await;
    let admin = station.has_account("admin", Role::Admin).await;
    station.has_readers("all", ["admin@harbour.example".to_owned()]).await;
    let (address, why) = ("admin@harbour.example".parse().unwrap(), "no such address".parse().unwrap());
    let (of, case) = ("notes".parse().unwrap(), actions::subscriber::Case { address, why });
    actions::subscriber::suppress(&station.store, operator(), station.clock.now(), &of, &case).await.unwrap();
    station.works().await;
    station.asks_for_a_password("admin@harbour.example").await;
    station.until_told(admin, |lines| is_accepted(lines, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_is_put_off_is_tried_again_as_it_was() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.relay.will(|rcpt, nth| {
        if rcpt.starts_with("editor@") && nth == 1 {
            Behaviour::Answer(Stage::Dot, "451 4.7.1 later".into())
        } else {
            Behaviour::Accept
        }
    });
    let dispatch = station.starts(editor, (1..=1).map(reader)).await;
    station.works().await;
    station.until_closed(dispatch).await;
    let put_off = |lines: &[Line]| lines.iter().any(|line| line.state == "queued" && line.why.is_some());
    station.until_told(editor, put_off).await;
    station.waits(Duration::from_mins(10));
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    assert_eq!(station.letters_to("editor@harbour.example", 1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_killed_between_the_end_and_its_letter_tells_it_once() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.relay.will(|rcpt, nth| {
        if rcpt.starts_with("editor@") && nth == 1 { Behaviour::HeldAt(Stage::Rcpt) } else { Behaviour::Accept }
    });
    let dispatch = station.starts(editor, (1..=3).map(reader)).await;
    let config = station.folder().join("house.toml");
    let from = "Harbour Desk <desk@harbour.example>";
    std::fs::write(&config, format!("[notices]\nfrom = \"{from}\"\n[web]\nbase_url = \"{HOUSE}\"\n")).unwrap();
    let mut courier = Command::new(env!("CARGO_BIN_EXE_yizhan"))
        .arg("--data")
        .arg(station.folder())
        .arg("courier")
        .env("YIZHAN_RELAY", station.relay.url())
        .env("YIZHAN_CONFIG", config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    station.until_closed(dispatch).await;
    station.relay.waits_for_stalled(1).await;
    courier.kill().unwrap();
    courier.wait().unwrap();
    station.relay.releases();
    assert_eq!(station.told(editor).await[0].state, "claimed");
    station.works().await;
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    assert_eq!((station.told(editor).await.len(), station.letters_to("editor@harbour.example", 1).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_pauses_itself_says_so_to_who_started_it() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.settings.courier.connections = 1;
    station.relay.will(|rcpt, _| {
        if rcpt.starts_with("r@") {
            Behaviour::Answer(Stage::Dot, "554 5.7.1 not this letter".into())
        } else {
            Behaviour::Accept
        }
    });
    let dispatch = station.starts(editor, (1..=40).map(|n| format!("r@d{n}.example"))).await;
    station.works().await;
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    assert_eq!(station.phase(dispatch).await, "paused");
    let said = bodies(&station.letters_to("editor@harbour.example", 1).await[0].letter);
    assert!(said.contains("20 letters in a row were refused") && said.contains("554 5.7.1 not this letter"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_and_who_does_not_want_it_get_none() {
    let mut station = house().await;
    station.needs_approvals(1).await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.has_account("admin", Role::Admin).await;
    let all = [
        station.has_account("leaver", Role::Reviewer).await,
        station.has_account("quiet", Role::Reviewer).await,
        station.has_account("reader", Role::Reviewer).await,
    ];
    let [leaver, quiet, wants] = all;
    let (store, now) = (station.store.clone(), station.clock.now());
    let nothing = Wants { reviews: false, ..Wants::ALL };
    actions::account::set_wants(&store, operator(), now, quiet, (nothing, None)).await.unwrap();
    actions::account::set_wants(&store, operator(), now, wants, (Wants::ALL, Some(Language::Chinese))).await.unwrap();
    // Whether notices go is known once somebody sends.
    station.works().await;
    station.stops().await;
    let issue = station.takes_in(BULLETIN).await;
    station.submits(editor, issue).await;
    actions::account::set_closed(&store, operator(), now, leaver, true).await.unwrap();
    station.works().await;
    station.until_told(wants, |lines| is_accepted(lines, 1)).await;
    station.until_told(leaver, |lines| lines.iter().any(|line| line.state == "skipped")).await;
    assert!(station.told(quiet).await.is_empty());
    let said = bodies(&station.letters_to("reader@harbour.example", 1).await[0].letter);
    assert!(said.contains("请您审阅") && said.contains("Content-Language: zh-CN"), "{said}");
    assert_eq!((station.relay.tries("leaver@harbour.example"), station.relay.tries("quiet@harbour.example")), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_choose_a_password_opens_once_and_not_after_an_hour_nor_after_a_newer_one() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.works().await;
    let email = "editor@harbour.example";
    station.asks_for_a_password("nobody@harbour.example").await;
    station.asks_for_a_password(" Editor@Harbour.example ").await;
    let first = station.token(email, 1).await;
    assert!(station.opens(&first).await && !station.opens("aaaa").await);
    // Nothing in the database is the link, nor leads to it.
    for file in ["yizhan.db", "yizhan.db-wal"] {
        let bytes = std::fs::read(station.folder().join(file)).unwrap_or_default();
        assert!(!bytes.windows(first.len()).any(|at| at == first.as_bytes()), "{file}");
    }

    station.waits(Duration::from_secs(1));
    station.asks_for_a_password(email).await;
    let second = station.token(email, 2).await;
    assert!(!station.opens(&first).await, "a newer one was asked for");
    assert!(station.chooses(&second, "short").await.unwrap_err().contains("10 characters"));
    station.chooses(&second, "a harbour with two piers").await.unwrap();
    assert!(station.chooses(&second, "another harbour with piers").await.unwrap_err().contains("was used"));

    station.waits(Duration::from_secs(1));
    station.asks_for_a_password(email).await;
    let third = station.token(email, 3).await;
    station.waits(Duration::from_secs(3_601));
    assert!(!station.opens(&third).await, "it is older than an hour");

    station.asks_for_a_password(email).await;
    let fourth = station.token(email, 4).await;
    let passwords = ("a harbour with two piers", "a harbour with no pier");
    let (store, now) = (&station.store, station.clock.now());
    let invitation = actions::account::invite(store, operator(), now, editor).await.unwrap();
    actions::account::entry::change_password(store, now, (editor, None), passwords).await.unwrap();
    let taken = TakenUp { invitation, email: None, password: "a third harbour with piers", device: "test" };
    assert!(actions::account::entry::take_up(store, now, taken).await.is_err(), "nor does an invitation open");
    assert!(!station.opens(&fourth).await, "a password was chosen since");
    assert_eq!(station.told(editor).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_mailbox_is_filled_by_who_asks_again_and_again() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.works().await;
    for _ in 0..9 {
        station.waits(Duration::from_secs(60));
        station.asks_for_a_password("editor@harbour.example").await;
    }
    assert_eq!(station.told(editor).await.len(), 3);
    station.waits(Duration::from_secs(3_600));
    station.asks_for_a_password("editor@harbour.example").await;
    assert_eq!(station.told(editor).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ran_out_before_a_relay_took_its_letter_is_not_sent() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.works().await;
    station.stops().await;
    station.asks_for_a_password("editor@harbour.example").await;
    station.waits(Duration::from_secs(3_601));
    station.works().await;
    let lines = station.until_told(editor, |lines| lines.iter().any(|line| line.state == "failed")).await;
    assert!(lines[0].why.as_ref().unwrap().contains("ran out"), "{lines:?}");
    assert_eq!(station.relay.tries("editor@harbour.example"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn editors_are_reminded_once_a_day_before_an_hour_for_which_nothing_is_ready() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let reviewer = station.has_account("reviewer", Role::Reviewer).await;
    let order = actions::schedule::Order {
        publication: "notes".parse().unwrap(),
        calendar: "0 9 * * 1".parse().unwrap(),
        lists: vec![crate::station::path("all")],
        grace: None,
    };
    // It is a Monday, 09:00: the next hour is in a week.
    actions::schedule::set(&station.store, operator(), station.clock.now(), &order).await.unwrap();
    station.works().await;
    station.waits(Duration::from_hours(6 * 24 - 1));
    let remind = || actions::schedule::remind(&station.store, station.clock.now(), Duration::from_hours(24));
    assert!(!remind().await.unwrap() && station.told(editor).await.is_empty());
    station.waits(Duration::from_hours(1));
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    let said = bodies(&station.letters_to("editor@harbour.example", 1).await[0].letter);
    assert!(said.contains("goes out on 8 July, 09:00, and cannot yet: there is no issue later"), "{said}");
    station.waits(Duration::from_hours(2));
    let remind = || actions::schedule::remind(&station.store, station.clock.now(), Duration::from_hours(24));
    assert!(!remind().await.unwrap(), "an hour is looked ahead to once");
    assert_eq!((station.told(editor).await.len(), station.told(reviewer).await.len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_of_an_hour_for_which_an_issue_is_ready() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.works().await;
    station.stops().await;
    let order = actions::schedule::Order {
        publication: "notes".parse().unwrap(),
        calendar: "0 9 * * 1".parse().unwrap(),
        lists: vec![crate::station::path("all")],
        grace: None,
    };
    actions::schedule::set(&station.store, operator(), station.clock.now(), &order).await.unwrap();
    let issue = station.takes_in(BULLETIN).await;
    station.submits(editor, issue).await;
    station.waits(Duration::from_hours(6 * 24));
    let remind = || actions::schedule::remind(&station.store, station.clock.now(), Duration::from_hours(24));
    assert!(remind().await.unwrap(), "it was looked ahead to");
    assert!(station.told(editor).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_without_a_sender_for_notices_tells_nobody() {
    let mut station = Station::founded().await;
    station.settings.web.base_url = Some(HOUSE.into());
    let editor = station.has_account("editor", Role::Editor).await;
    let dispatch = station.starts(editor, (1..=2).map(reader)).await;
    station.works().await;
    station.until_closed(dispatch).await;
    station.asks_for_a_password("editor@harbour.example").await;
    assert!(station.told(editor).await.is_empty());
    assert_eq!(station.relay.record().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_go_before_letters_of_an_issue() {
    let mut station = house().await;
    station.settings.courier.connections = 1;
    let editor = station.has_account("editor", Role::Editor).await;
    station.works().await;
    station.stops().await;
    station.starts(editor, (1..=20).map(reader)).await;
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
    station.asks_for_a_password("editor@harbour.example").await;
    station.works().await;
    station.relay.waits_for(3).await;
    let record = station.relay.record();
    assert!(record[..2].iter().any(|taken| taken.rcpt == "editor@harbour.example"), "{:?}", record[0].rcpt);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_may_have_come_is_named_and_goes_once_more_when_somebody_says_so() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    station.relay.will(|_, nth| if nth == 1 { Behaviour::CloseAt(Stage::Dot) } else { Behaviour::Accept });
    station.works().await;
    station.asks_for_a_password("editor@harbour.example").await;
    station.until_told(editor, |lines| lines.iter().any(Line::is_unsettled)).await;
    let unsettled = async || store::notice::unsettled(&mut station.store.read().await.unwrap(), 10).await.unwrap();
    let lines = unsettled().await;
    assert_eq!(
        (lines.len(), lines[0].address.as_str(), lines[0].kind.as_str()),
        (1, "editor@harbour.example", "reset")
    );
    let (store, now, again) = (&station.store, station.clock.now(), actions::delivery::Settlement::Resend);
    actions::delivery::resolve(store, operator(), now, lines[0].delivery, again).await.unwrap();
    // The relay rests after a connection that broke.
    while !is_accepted(&station.told(editor).await, 1) {
        station.waits(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    assert!(unsettled().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_and_test_letters_go_by_the_relay_of_their_sender() {
    use crate::relay::Relay;
    use yizhan::config::RelaySettings;
    let named = |name: &str, relay: &Relay, senders: &[&str]| RelaySettings {
        url: Some(relay.url().into()),
        name: Some(name.into()),
        senders: senders.iter().map(|sender| (*sender).to_owned()).collect(),
        ..RelaySettings::default()
    };
    let (common, desk, notes) = (Relay::start(), Relay::start(), Relay::start());
    let mut station = house().await;
    station.settings.relay.url = None;
    station.settings.relays = vec![
        named("common", &common, &[]),
        named("desk", &desk, &["desk@harbour.example"]),
        named("notes", &notes, &["notes@harbour.example"]),
    ];
    let editor = station.has_account("editor", Role::Editor).await;
    let issue = station.takes_in(BULLETIN).await;
    station.works().await;
    station.asks_for_a_password("editor@harbour.example").await;
    station.until_told(editor, |lines| is_accepted(lines, 1)).await;
    let to = ["trial@harbour.example".parse().unwrap()];
    actions::edition::trial::try_issue(&station.store, operator(), station.clock.now(), issue, &to).await.unwrap();
    notes.waits_for(1).await;
    let whom = |relay: &Relay| relay.record().into_iter().map(|taken| taken.rcpt).collect::<Vec<_>>();
    assert_eq!(whom(&common), [""; 0]);
    assert_eq!(
        (whom(&desk), whom(&notes)),
        (vec!["editor@harbour.example".into()], vec!["trial@harbour.example".into()])
    );
}

/// A dispatch of an editor's all of whose letters have ended while nobody looked, and another of a later issue.
async fn two_dispatches(station: &mut Station, editor: AccountId) -> (DispatchId, DispatchId) {
    // Whether notices go is known once somebody sends.
    station.works().await;
    station.stops().await;
    let first = station.starts(editor, (1..=2).map(reader)).await;
    let issue = station.takes_in(&BULLETIN.replace("No. 7", "No. 8")).await;
    let second = station.dispatches(issue, &["all"]).await;
    while actions::dispatch::open(&station.store, station.clock.now()).await.unwrap() {}
    station.meddles("UPDATE delivery SET state = 'accepted', tries = 1, due_at = NULL WHERE dispatch_id = 1").await;
    assert_eq!((first, station.phase(first).await, station.phase(second).await), (DispatchId(1), "open", "open"));
    (first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_dispatch_ends_because_another_is_called_off_is_told() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let (first, second) = two_dispatches(&mut station, editor).await;
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), second).await.unwrap();
    assert_eq!((station.phase(first).await, station.phase(second).await), ("closed", "cancelled"));
    let told = station.told(editor).await;
    assert_eq!(told.iter().map(|line| line.kind.as_str()).collect::<Vec<_>>(), ["over"], "not of what was called off");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_dispatch_ends_because_a_letter_of_another_is_settled_is_told() {
    let mut station = house().await;
    let editor = station.has_account("editor", Role::Editor).await;
    let (first, second) = two_dispatches(&mut station, editor).await;
    station.meddles("UPDATE delivery SET state = 'uncertain', why = 'no answer', tries = 1, due_at = NULL WHERE dispatch_id = 2").await;
    let (store, now) = (&station.store, station.clock.now());
    let how = (actions::delivery::Settlement::Accepted, false);
    assert_eq!(actions::delivery::resolve_all(store, operator(), now, second, how).await.unwrap(), 2);
    assert_eq!((station.phase(first).await, station.phase(second).await), ("closed", "closed"));
    assert_eq!(station.told(editor).await.len(), 1, "of the first only");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_was_answered_is_forgotten_within_an_hour_of_its_day() {
    use yizhan::actions::idempotency::{Begun, begin};
    use yizhan::domain::token::{Scope, USUAL};
    let mut station = house().await;
    let admin = station.has_account("admin", Role::Admin).await;
    let wanted =
        actions::token::Wanted { name: "p".into(), scopes: vec![Scope::Read], publication: None, lasts: USUAL };
    let now = station.clock.now();
    let (token, _) = actions::token::make(&station.store, operator(), now, admin, wanted).await.unwrap();
    let begun = begin(&station.store, operator(), now, token, ("k", [1; 32])).await.unwrap();
    assert!(matches!(begun, Begun::New(_)));
    station.works().await;
    let is_kept = async || {
        let mut reading = station.store.read().await.unwrap();
        store::idempotency::find(&mut reading, token, "k").await.unwrap().is_some()
    };
    station.waits(yizhan::domain::token::ANSWER_KEPT - Duration::from_secs(60));
    assert!(is_kept().await);
    // The hours are counted from when somebody began to keep them, which may be just now.
    while is_kept().await {
        station.waits(Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
}
