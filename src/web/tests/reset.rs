//! A forgotten password at the desk: asked for by anybody, told to nobody, and chosen by whoever has the letter.

use super::*;
use crate::domain::address::Mailbox;
use crate::domain::id::AccountId;
use crate::domain::language::Language;
use crate::domain::secret::Secret;

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const GUEST: AccountId = AccountId(1);

/// Somebody sends for this house, by these settings.
async fn sends_notices(station: &Station) {
    let relay =
        Relay { name: "relay".into(), senders: Vec::new(), quota: Quota::default(), return_path: ReturnPath::Sender };
    let from: Mailbox = "驿站 <desk@x.example>".parse().unwrap();
    let base_url = Some("https://desk.x.example".to_owned());
    let rules = Rules { relays: vec![relay], base_url, notices: Some(from), ..Rules::default() };
    actions::station::begin_sending(&station.store, NOW, rules).await.unwrap().unwrap();
}

/// The deliveries of the letters that the guest has been queued, the newest first, once there are so many.
async fn letters(station: &Station, at_least: usize) -> Vec<store::notice::Line> {
    loop {
        let mut reading = station.store.read().await.unwrap();
        let lines = store::notice::of_account(&mut reading, GUEST, 100).await.unwrap();
        if lines.len() >= at_least {
            return lines;
        }
        drop(reading);
        tokio::task::yield_now().await;
    }
}

/// The path in the newest letter, made as a letter is.
async fn path(station: &Station) -> String {
    let newest = store::station::memory(&mut station.store.read().await.unwrap()).await.unwrap();
    assert!(newest.is_some());
    let mut reading = station.store.read().await.unwrap();
    let mut id = 0;
    for candidate in 1..100 {
        if store::notice::find(&mut reading, DeliveryId(candidate)).await.unwrap().is_some() {
            id = candidate;
        }
    }
    drop(reading);
    let secret = Secret::of([9; 32]);
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::account::set_reset_digest(&mut writing, DeliveryId(id), secret.digest()).await.unwrap();
    writing.commit().await.unwrap();
    format!("/sign-in/reset/{}", secret.text())
}

fn page_of(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, page)| page)
}

#[tokio::test]
async fn a_house_that_sends_no_letters_says_so_instead_of_promising_one() {
    let station = Station::start(false).await;
    assert!(station.get("/sign-in").await.contains("href=\"/sign-in/reset\""));
    for (method, body) in [("GET", ""), ("POST", "email=guest%40x.example")] {
        let answer = station.ask(method, "/sign-in/reset", FORM, body).await;
        assert!(is(&answer, 200) && answer.contains("Ask an admin: under “Accounts” they make a link"), "{answer}");
        assert!(!answer.contains("<form"), "{answer}");
    }
    let admin = Station::start(true).await;
    assert!(admin.get("/accounts").await.contains("Set [notices] from"));
    sends_notices(&admin).await;
    assert!(!admin.get("/accounts").await.contains("Set [notices] from"));
}

#[tokio::test]
async fn the_answer_is_the_same_whether_there_is_such_an_account_or_not() {
    let station = Station::start(false).await;
    sends_notices(&station).await;
    let known = station.ask("POST", "/sign-in/reset", FORM, "email=guest%40x.example").await;
    let unknown = station.ask("POST", "/sign-in/reset", FORM, "email=nobody%40x.example").await;
    let no_address = station.ask("POST", "/sign-in/reset", FORM, "email=%00").await;
    assert!(is(&known, 200) && known.contains("If this address has an account"), "{known}");
    assert_eq!(page_of(&known), page_of(&unknown));
    assert_eq!(page_of(&known), page_of(&no_address));
    letters(&station, 1).await;
    let foreign = station.ask("POST", "/sign-in/reset", "Origin: https://evil.example\r\n", "email=a").await;
    assert!(is(&foreign, 403));
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_to_wait_whatever_they_ask_for() {
    let station = Station::start(false).await;
    sends_notices(&station).await;
    for n in 0..5 {
        let answer = station.ask("POST", "/sign-in/reset", FORM, &format!("email=n{n}%40x.example")).await;
        assert!(is(&answer, 200), "{answer}");
    }
    for email in ["guest%40x.example", "nobody%40x.example"] {
        let answer = station.ask("POST", "/sign-in/reset", FORM, &format!("email={email}")).await;
        assert!(is(&answer, 429) && answer.contains("try again in an hour"), "{answer}");
    }
    station.clock.wind(std::time::Duration::from_hours(1));
    assert!(is(&station.ask("POST", "/sign-in/reset", FORM, "email=guest%40x.example").await, 200));
}

#[tokio::test]
async fn a_password_is_chosen_by_the_link_once_and_signs_everybody_else_out() {
    let station = Station::start(false).await;
    sends_notices(&station).await;
    let before = rooms::cookie_of(&station.store, GUEST).await;
    assert!(is(&station.ask("GET", "/account", &before, "").await, 200));
    let wanted = crate::domain::token::Scope::Read;
    api::bearer(&station.store, GUEST, &[wanted], None).await;
    station.ask("POST", "/sign-in/reset", FORM, "email=guest%40x.example").await;
    letters(&station, 1).await;
    let link = path(&station).await;
    let shown = station.ask("GET", &link, "Accept-Language: zh\r\n", "").await;
    assert!(is(&shown, 200) && shown.contains("guest@x.example") && shown.contains("设定新密码"), "{shown}");

    let weak = station.ask("POST", &link, FORM, "password=short").await;
    assert!(is(&weak, 422) && weak.contains("10 characters"), "{weak}");
    let chosen = station.ask("POST", &link, FORM, "password=two+piers+and+a+harbour").await;
    assert!(is(&chosen, 303) && chosen.contains("set-cookie: yizhan="), "{chosen}");
    assert!(!is(&station.ask("GET", "/account", &before, "").await, 200), "older sessions have ended");
    let tokens = store::token::of(&mut station.store.read().await.unwrap(), GUEST).await.unwrap();
    assert!(tokens.is_empty(), "and so have tokens");
    for (method, body) in [("GET", ""), ("POST", "password=two+piers+and+a+harbour")] {
        let again = station.ask(method, &link, FORM, body).await;
        assert!(is(&again, 404) && again.contains("This link was used"), "{again}");
    }
    let entered =
        station.ask("POST", "/sign-in", FORM, "email=guest%40x.example&password=two+piers+and+a+harbour").await;
    assert!(is(&entered, 303), "{entered}");
    let audit = station.ask("GET", "/audit", &rooms::cookie_of(&station.store, GUEST).await, "").await;
    assert!(audit.contains("reset password") && audit.contains("ask reset"), "{audit}");
}

#[tokio::test]
async fn a_forged_link_and_that_of_another_use_open_nothing() {
    let station = Station::start(false).await;
    sends_notices(&station).await;
    actions::account::reset::ask(&station.store, NOW, "guest@x.example", Language::English).await.unwrap();
    let genuine = path(&station).await;
    assert!(is(&station.get(&genuine).await, 200));
    let id = letters(&station, 1).await.len();
    assert_eq!(id, 1);
    let keyring = station.keyring().await;
    for forged in [
        "/sign-in/reset/x".to_owned(),
        format!("{genuine}a"),
        format!("/sign-in/reset/{}", keyring.mint(Use::Read, DeliveryId(4))),
        format!("/sign-in/reset/{}", Secret::of([8; 32]).text()),
    ] {
        assert!(is(&station.get(&forged).await, 404), "{forged}");
    }
}

#[tokio::test]
async fn everybody_says_which_letters_they_want_and_in_which_language() {
    let station = Station::start(true).await;
    assert_eq!(station.get("/account").await.matches("type=\"checkbox\"").count(), 3);
    let saved = station.ask("POST", "/account/notices", FORM, "ends=on&language=zh-CN").await;
    assert!(is(&saved, 303), "{saved}");
    let account = store::account::find(&mut station.store.read().await.unwrap(), GUEST).await.unwrap().unwrap();
    assert_eq!((account.wants.reviews, account.wants.ends, account.wants.reminders), (false, true, false));
    assert_eq!(account.language, Some(Language::Chinese));
    assert!(is(&station.ask("POST", "/account/notices", FORM, "language=fr").await, 400));
}

#[tokio::test]
async fn the_admin_sees_what_became_of_letters_to_an_account_and_the_log_does_not() {
    let station = Station::start(true).await;
    sends_notices(&station).await;
    actions::account::reset::ask(&station.store, NOW, "guest@x.example", Language::English).await.unwrap();
    let shown = station.get("/accounts/1").await;
    assert!(shown.contains("a new password") && shown.contains("waiting"), "{shown}");
    // The guest's own corner names them on each page; the log does not once more.
    let named = async |path: &str| station.get(path).await.matches("guest@x.example").count();
    assert_eq!(named("/log").await, named("/publications").await);
    assert!(is(&station.get("/deliveries/4").await, 404), "it is no publication's");
}

#[tokio::test]
async fn a_link_is_not_looked_up_without_end() {
    let station = Station::start(false).await;
    while station.pages.limits.looks(station.address.ip(), NOW).is_ok() {}
    assert!(is(&station.get("/sign-in/reset/x").await, 429));
}
