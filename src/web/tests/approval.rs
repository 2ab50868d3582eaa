//! An issue is put forward, looked at, sent back and approved.

use super::rooms::{comer, cookie};
use super::*;
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::{Block, BlockKind, Inline};

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

/// A station with an issue of a publication that asks for two approvals, and those who work on it.
struct Office {
    station: Station,
    issue: IssueId,
    editor: String,
    chief: String,
    first: String,
    second: String,
}

impl Office {
    async fn start() -> Self {
        let station = Station::start(false).await;
        let store = &station.store;
        let strict = Profile { slug: "strict".parse().unwrap(), approvals: 2, ..profile() };
        actions::publication::add(store, Actor::Station, NOW, &strict).await.unwrap();
        let read = actions::document::take_in(store, Actor::Station, NOW, &strict.slug, "d.txt", DOCUMENT.as_bytes());
        let issue = read.await.unwrap().issue;
        actions::issue::answer(store, Actor::Station, NOW, issue, &actions::issue::Answer::Defaults).await.unwrap();
        let mut heads = Vec::new();
        for (who, role) in
            [("ed", Role::Editor), ("chief", Role::Admin), ("r1", Role::Reviewer), ("r2", Role::Reviewer)]
        {
            let comer = comer(store, who, role.into()).await;
            heads.push(format!("{FORM}{}", cookie(store, &comer).await));
        }
        let [editor, chief, first, second] = heads.try_into().unwrap();
        Self { station, issue, editor, chief, first, second }
    }

    async fn post(&self, head: &str, path: &str, body: &str) -> String {
        self.station.ask("POST", path, head, body).await
    }

    async fn submit(&self, head: &str) {
        let answer = self.post(head, &format!("/issues/{}/approval/submit", self.issue), "").await;
        assert!(is(&answer, 303), "{answer}");
    }

    async fn page(&self) -> String {
        self.station.ask("GET", &format!("/issues/{}/approval", self.issue), &self.first, "").await
    }

    async fn edition(&self) -> EditionId {
        let mut reading = self.station.store.read().await.unwrap();
        store::approval::last_two(&mut reading, self.issue).await.unwrap()[0].edition
    }

    /// Somebody edits the issue.
    async fn change(&self, text: &str) {
        let mut writing = self.station.store.write(Actor::Station, NOW).await.unwrap();
        let mut issue = actions::issue::find(&mut writing, self.issue).await.unwrap();
        let Block { kind, .. } = &mut issue.contents.articles[0].blocks[0];
        *kind = BlockKind::Paragraph { text: vec![Inline::Text(text.to_owned())] };
        store::issue::save(&mut writing, self.issue, &issue.contents, &issue.flags).await.unwrap();
        writing.commit().await.unwrap();
    }
}

#[tokio::test]
async fn two_others_approve_what_an_editor_submitted() {
    let office = Office::start().await;
    assert!(office.page().await.contains("2 approvals are needed"));
    office.submit(&office.editor).await;
    office.submit(&office.editor).await;
    let edition = office.edition().await;
    assert!(office.page().await.contains("0 of 2 approvals"), "submitting twice is submitting once");
    let approve = format!("/editions/{edition}/approve");
    for _ in 0..2 {
        assert!(is(&office.post(&office.first, &approve, "why=looks+fine").await, 303));
        assert!(office.page().await.contains("1 of 2 approvals"), "a double click is one yes");
    }
    assert!(is(&office.post(&office.second, &approve, "").await, 303));
    let page = office.page().await;
    assert!(page.contains("Approved (2 said yes)") && page.contains("looks fine"), "{page}");
    let (_, listed) = page.split_once("class=\"history\"").unwrap();
    let history = ["r2@x.example", "r1@x.example", "ed@x.example"].map(|who| listed.find(who));
    assert!(history.iter().all(Option::is_some) && history.is_sorted(), "the newest first: {history:?}");
    let sheet = office.station.ask("GET", &format!("/issues/{}/approval/sheet", office.issue), &office.first, "").await;
    let digest = actions::edition::find(&mut office.station.store.read().await.unwrap(), edition).await.unwrap().digest;
    for piece in [&digest.to_string()[..12], "r1@x.example", "r2@x.example", "looks fine", "Signature", "Characters"] {
        assert!(sheet.contains(piece), "no {piece}: {sheet}");
    }
}

#[tokio::test]
async fn nobody_approves_what_they_submitted_unless_the_publication_allows_it() {
    let office = Office::start().await;
    office.submit(&office.chief).await;
    let home = office.station.ask("GET", "/", &office.chief, "").await;
    assert!(!home.contains("waits for your approval"), "what one may not do does not wait for one: {home}");
    let approve = format!("/editions/{}/approve", office.edition().await);
    let refused = office.post(&office.chief, &approve, "").await;
    assert!(is(&refused, 422) && refused.contains("somebody else does"), "{refused}");
    assert!(office.page().await.contains("0 of 2 approvals"));
    let slug = "strict".parse().unwrap();
    actions::edition::approval::allow_own(&office.station.store, Actor::Station, NOW, &slug, true).await.unwrap();
    assert!(is(&office.post(&office.chief, &approve, "").await, 303));
    assert!(office.page().await.contains("1 of 2 approvals"));
}

#[tokio::test]
async fn an_approval_of_a_stale_edition_does_nothing() {
    let office = Office::start().await;
    office.submit(&office.editor).await;
    let stale = office.edition().await;
    office.change("茶馆搬了家。").await;
    for verb in ["approve", "send-back"] {
        let answer = office.post(&office.first, &format!("/editions/{stale}/{verb}"), "why=too+late").await;
        assert!(is(&answer, 422) && answer.contains("has changed since"), "{answer}");
    }
    let mut reading = office.station.store.read().await.unwrap();
    assert_eq!(store::approval::answers(&mut reading, stale).await.unwrap(), []);
    drop(reading);
    assert!(office.page().await.contains("is void"));
}

#[tokio::test]
async fn what_is_declined_says_why_and_what_is_different_then() {
    let office = Office::start().await;
    office.submit(&office.editor).await;
    let first = office.edition().await;
    let back = format!("/editions/{first}/send-back");
    let refused = office.post(&office.first, &back, "why=+").await;
    assert!(is(&refused, 422) && refused.contains("what the editor should change"), "{refused}");
    assert!(is(&office.post(&office.first, &back, "why=%3Cb%3Emore+tea").await, 303));
    let page = office.page().await;
    assert!(page.contains("It was sent back") && page.contains("&lt;b&gt;more tea"), "{page}");
    office.change("老茶馆开了新铺子，来的人很少，街坊都说好。").await;
    office.submit(&office.editor).await;
    assert_ne!(office.edition().await, first);
    let page = office.page().await;
    assert!(page.contains("<del>多</del>") && page.contains("<ins>少</ins>"), "{page}");
    assert!(page.contains("0 of 2 approvals"), "the old answers are not of this edition");
}

#[tokio::test]
async fn an_edition_of_another_publication_is_not_there() {
    let office = Office::start().await;
    office.submit(&office.editor).await;
    let edition = office.edition().await;
    let rights = crate::domain::account::Rights {
        role: Role::Reviewer,
        posts: vec![(crate::domain::id::PublicationId(1), Role::Reviewer)],
    };
    let stranger = comer(&office.station.store, "stranger", rights).await;
    let head = format!("{FORM}{}", cookie(&office.station.store, &stranger).await);
    assert!(is(&office.post(&head, &format!("/editions/{edition}/approve"), "").await, 404));
    assert!(is(&office.station.ask("GET", &format!("/editions/{edition}/html"), &head, "").await, 404));
    assert!(is(&office.station.ask("GET", &format!("/issues/{}/preview", office.issue), &head, "").await, 404));
    assert!(is(&office.post(&office.editor, &format!("/editions/{edition}/approve"), "").await, 403), "no reviewer");
}

#[tokio::test]
async fn the_same_words_submitted_again_are_said_to_be_the_edition_that_stood() {
    let office = Office::start().await;
    office.change("一").await;
    office.submit(&office.editor).await;
    let first = office.edition().await;
    assert!(is(&office.post(&office.first, &format!("/editions/{first}/approve"), "why=good").await, 303));
    office.change("二").await;
    assert!(!office.page().await.contains("Word for word"));
    // Changed and changed back, with nothing submitted in between: the editor pressed the button all the same.
    office.change("一").await;
    office.submit(&office.editor).await;
    assert_eq!(office.edition().await, first);
    let page = office.page().await;
    assert_eq!(page.matches("Word for word what was submitted before").count(), 2, "where it stands and when: {page}");
    assert!(page.contains("1 of 2 approvals"), "what was said counts on");
    office.submit(&office.editor).await;
    assert_eq!(office.page().await.matches("Word for word").count(), 2, "a second click is no other submission");
    let sheet = office.station.ask("GET", &format!("/issues/{}/approval/sheet", office.issue), &office.first, "").await;
    assert!(sheet.contains("Word for word what was submitted before"), "{sheet}");
}

#[tokio::test]
async fn a_start_that_is_refused_for_want_of_approval_says_that_it_submitted_the_issue() {
    let office = Office::start().await;
    let list = "strict/all".parse().unwrap();
    let id = actions::list::add(&office.station.store, Actor::Station, NOW, &list, "全体").await.unwrap();
    let number = store::issue::find(&mut office.station.store.read().await.unwrap(), office.issue).await.unwrap();
    let number = number.unwrap().contents.number.unwrap();
    let path = format!("/issues/{}/dispatch", office.issue);
    let head = format!("{}Accept-Language: zh\r\n", office.chief);
    let before = office.station.ask("GET", &path, &head, "").await;
    assert!(before.contains("现在按“开始投递”只会送审，不会寄出"), "who reads is warned: {before}");
    let page = office.post(&head, &path, &format!("list-{id}=on&number={number}&when=now")).await;
    assert!(is(&page, 422), "{page}");
    for piece in [
        "需要 2 人签发，目前 0 人已同意",
        "已送审",
        "投递没有开始",
        &format!("href=\"/issues/{}/approval\"", office.issue),
    ] {
        let said = page.split_once("role=\"alert\"").unwrap().1.split("<form").next().unwrap();
        assert!(said.contains(piece), "no {piece}: {said}");
    }
    assert!(office.page().await.contains("0 of 2 approvals"), "it is submitted indeed");
}
