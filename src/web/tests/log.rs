//! The delivery log and one delivery: found by what people know, in bounded time, by whoever may see readers only.

use super::*;
use crate::domain::account::{Rights, SESSION};
use crate::domain::id::PublicationId;
use crate::domain::secret::Secret;

const ZH: &str = "Accept-Language: zh-CN\r\n";
pub(super) const OURS: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

/// Sets rows as an earlier life would have left them.
pub(super) async fn history(station: &Station, sql: &'static str) {
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::log::tests::run(&mut writing, sql).await;
    writing.commit().await.unwrap();
}

/// The readers that a page shows.
fn shown(answer: &str) -> Vec<i64> {
    (1..=3).filter(|n| answer.contains(&format!("reader{n}@y.example"))).collect()
}

/// Reader 1 was refused, reader 2 has it, reader 3 waits.
pub(super) const A_DAY: &str = "
    UPDATE subscriber SET person = json_set(person, '$.organisation', '云泽市科学技术局') WHERE id <> 2;
    UPDATE delivery SET state = 'failed', why = '550 5.1.1 no such user', due_at = NULL, tries = 1, attempts = 1 WHERE id = 1;
    UPDATE delivery SET state = 'accepted', due_at = NULL, tries = 1, attempts = 1 WHERE id = 2;
    INSERT INTO attempt (delivery_id, number, at, relay, stage, code, enhanced, text, verdict, scope, counted, duration_ms)
    VALUES (1, 1, 1764200000000, 'relay', 'rcpt', 550, '5.1.1', '5.1.1 no such user', 'refused', 'recipient', 1, 12),
           (2, 1, 1764200060000, 'relay', 'dot', 250, NULL, 'ok', 'accepted', NULL, 1, 12);";

#[tokio::test]
async fn the_log_is_found_by_address_name_unit_state_reason_issue_and_time() {
    let station = Station::start(true).await;
    history(&station, A_DAY).await;
    for (query, found, code) in [
        ("", vec![1, 2, 3], 200),
        ("?q=READER2%40y.example", vec![2], 200),
        ("?q=eader2", vec![2], 200),
        ("?q=re", vec![1, 2, 3], 200),
        ("?q=le", vec![1, 2, 3], 200),
        ("?q=ea", vec![], 200),
        ("?q=%E8%AF%BB%E8%80%85%3C3", vec![3], 200),   // 读者<3
        ("?q=%E8%AF%BB%E8%80%85", vec![1, 2, 3], 200), // 读者
        ("?q=%E7%A7%91%E5%AD%A6%E6%8A%80%E6%9C%AF", vec![1, 3], 200), // 科学技术
        ("?q=%E4%BA%91%E6%B3%BD&state=failed", vec![1], 200), // 云泽
        ("?state=failed", vec![1], 200),
        ("?state=queued&q=reader", vec![3], 200),
        ("?reason=recipient", vec![1], 200),
        ("?reason=left", vec![], 200),
        ("?issue=1", vec![1, 2, 3], 200),
        ("?issue=2", vec![], 200),
        ("?dispatch=1&state=accepted", vec![2], 200),
        ("?reader=3", vec![3], 200),
        ("?from=2000-01-01&until=2100-01-01", vec![1, 2, 3], 200),
        ("?until=2000-01-01", vec![], 200),
        ("?q=%22%2A+OR+x", vec![], 200),
        ("?q=%25%25%25", vec![], 200),
        ("?state=lost", vec![], 400),
        ("?after=x", vec![], 400),
        ("?from=yesterday", vec![], 400),
    ] {
        let answer = station.get(&format!("/log{query}")).await;
        assert!(is(&answer, code), "{query}: {answer}");
        assert_eq!(shown(&answer), found, "{query}");
    }
}

#[tokio::test]
async fn each_attempt_is_told_in_words() {
    let station = Station::start(true).await;
    history(&station, A_DAY).await;
    let answer = station.ask("GET", "/log", ZH, "").await;
    for piece in ["2026年第3期", "对方服务器已接收", "被拒收：地址不存在或信箱收不了", "还没有寄"]
    {
        assert!(answer.contains(piece), "no {piece}: {answer}");
    }
    let one = station.ask("GET", "/deliveries/1", ZH, "").await;
    for piece in ["读者&lt;1&gt;", "550 5.1.1 no such user", "Message-ID", "云泽市科学技术局"] {
        assert!(one.contains(piece), "no {piece}: {one}");
    }
    assert!(!one.contains("/deliveries/1/settle"), "nothing is open in it");
}

#[tokio::test]
async fn pages_of_the_log_hold_every_letter_once() {
    let station = Station::start(true).await;
    let mut reading = station.store.read().await.unwrap();
    for text in [None, Some("reader"), Some("re"), Some("y.example")] {
        let mut wanted = store::log::Wanted { text: text.map(str::to_owned), at_most: 1, ..Default::default() };
        let mut all = Vec::new();
        while all.len() <= 3 {
            let found = store::log::find(&mut reading, &wanted).await.unwrap();
            all.extend(found.deliveries);
            wanted.after = found.next;
            if wanted.after.is_none() {
                break;
            }
        }
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3].map(DeliveryId), "{text:?}");
    }
}

#[tokio::test]
async fn a_reader_is_found_by_their_new_text_and_not_by_the_old() {
    let station = Station::start(true).await;
    history(&station, "UPDATE subscriber SET name = '欧阳建国' WHERE id = 2").await;
    let find = async |text: &str| {
        let wanted = store::log::Wanted { text: Some(text.into()), at_most: 9, ..Default::default() };
        store::log::find(&mut station.store.read().await.unwrap(), &wanted).await.unwrap().deliveries
    };
    assert_eq!(find("阳建国").await, [DeliveryId(2)]);
    assert_eq!(find("欧阳").await, [DeliveryId(2)]);
    assert_eq!(find("读者<2").await, []);
}

/// Somebody with a post, by their cookie.
pub(super) async fn cookie_of(station: &Station, at: PublicationId, role: Role) -> String {
    let email = format!("{}{}@x.example", role.word(), at.0).parse().unwrap();
    let rights = Rights { role, posts: vec![(at, role)] };
    let who = Newcomer { email: &email, name: None, rights };
    let (account, _) = actions::account::add(&station.store, Actor::Station, NOW, &who).await.unwrap();
    let secret = Secret::of(crate::chance::draw());
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::session::insert(&mut writing, account, secret.digest(), "test", NOW + SESSION).await.unwrap();
    writing.commit().await.unwrap();
    format!("Cookie: yizhan={}\r\n", secret.text())
}

#[tokio::test]
async fn nobody_finds_letters_of_a_publication_that_is_not_theirs() {
    let station = Station::start(false).await;
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(&station.store, Actor::Station, NOW, &other).await.unwrap();
    let there = cookie_of(&station, PublicationId(2), Role::Admin).await;
    for query in
        ["", "?q=reader", "?q=re", "?q=eader1%40y.example", "?dispatch=1", "?issue=1", "?reader=1", "?state=queued"]
    {
        let answer = station.ask("GET", &format!("/log{query}"), &there, "").await;
        assert!(is(&answer, 200) && shown(&answer).is_empty() && !answer.contains("2026年第3期"), "{query}: {answer}");
    }
    assert!(is(&station.ask("GET", "/deliveries/1", &there, "").await, 404));
    let here = cookie_of(&station, PublicationId(1), Role::Auditor).await;
    let answer = station.ask("GET", "/log?q=reader", &here, "").await;
    assert_eq!(shown(&answer), [1, 2, 3]);
}

#[tokio::test]
async fn an_uncertain_letter_is_settled_once_by_whoever_may() {
    let station = Station::start(true).await;
    history(&station, "UPDATE delivery SET state = 'uncertain', why = 'no answer', due_at = NULL WHERE id = 2").await;
    assert!(station.get("/deliveries/2").await.contains("/deliveries/2/settle"));
    let settle =
        async |as_what: &str| station.ask("POST", "/deliveries/2/settle", OURS, &format!("as={as_what}")).await;
    assert!(is(&settle("burnt").await, 400));
    assert!(is(&settle("closed").await, 303));
    assert!(!station.get("/deliveries/2").await.contains("/deliveries/2/settle"), "it asks no more");
    assert!(is(&settle("resend").await, 303));
    assert!(is(&settle("accepted").await, 422), "it waits in the queue, and is not uncertain");
    let reviewer = cookie_of(&station, PublicationId(1), Role::Reviewer).await;
    assert!(is(&station.ask("POST", "/deliveries/2/settle", &format!("{OURS}{reviewer}"), "as=closed").await, 403));
}
