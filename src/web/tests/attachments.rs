//! The files that go with an issue's letters, at the desk: added, listed, opened and removed by whoever may, and what no
//! letter can carry refused in a sentence.

use super::*;
use crate::domain::attachment::LARGEST_TOGETHER;
use crate::domain::document::Digest;

const OURS: &str = "Sec-Fetch-Site: same-origin\r\n";
const FACTS: &str = "/issues/1/facts";

impl Station {
    async fn attaches(&self, files: &[(&str, &str)]) -> String {
        let head = format!("{OURS}Content-Type: multipart/form-data; boundary=xyz\r\n");
        let parts = files.iter().map(|(name, text)| {
            format!("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{text}\r\n")
        });
        let body = parts.collect::<String>() + "--xyz--\r\n";
        self.ask("POST", "/issues/1/attachments", &head, &body).await
    }

    async fn detaches(&self, name: &str) -> String {
        let head = format!("{OURS}Content-Type: application/x-www-form-urlencoded\r\n");
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.ask("POST", "/issues/1/attachments/remove", &head, &format!("name={name}")).await
    }
}

#[tokio::test]
async fn an_editor_adds_files_looks_at_them_and_takes_one_off() {
    let station = Station::start(true).await;
    assert!(station.get(FACTS).await.contains("No file goes with this issue"));
    let added = station.attaches(&[("附件1：申报表.docx", "form"), ("C:\\x\\通知.pdf", "notice")]).await;
    assert!(is(&added, 303) && added.contains("location: /issues/1/facts#attachments"), "{added}");
    assert!(is(&station.attaches(&[("附件1：申报表.docx", "form")]).await, 303), "a second click adds nothing");
    let page = station.get(FACTS).await;
    assert_eq!(page.matches("附件1：申报表.docx</a>").count(), 1, "{page}");
    assert!(page.contains(">通知.pdf</a>") && page.contains("10 B of 10.0 MB together"), "{page}");

    let path = format!("/issues/1/attachments/{}", Digest::of(b"form"));
    let file = station.get(&path).await;
    assert!(
        file.ends_with("\r\n\r\nform") && file.contains("content-disposition: attachment; filename*=UTF-8''%E9%99%84")
    );
    let checks = station.get("/issues/1/preview").await;
    assert!(checks.contains("Attachments (2)") && checks.contains(&path), "{checks}");
    let letter = station.get("/issues/1/preview/html").await;
    assert!(letter.contains("附件（2）") && letter.contains("通知.pdf（6 B）"), "{letter}");

    assert!(is(&station.detaches("附件1：申报表.docx").await, 303));
    assert!(is(&station.detaches("附件1：申报表.docx").await, 303), "a second click takes nothing off");
    let page = station.get(FACTS).await;
    assert!(!page.contains("申报表") && page.contains("通知.pdf"));
    assert!(is(&station.get(&path).await, 404), "it goes with the issue no more");
    let audit = station.get("/audit").await;
    assert!(audit.contains("4 bytes: 附件1：申报表.docx"), "{audit}");
    let audit = station.ask("GET", "/audit", "Accept-Language: zh\r\n", "").await;
    assert!(audit.contains("移除附件") && audit.contains("附件1：申报表.docx（4 字节）"), "{audit}");
}

#[tokio::test]
async fn what_no_letter_can_carry_is_refused_in_a_sentence() {
    let station = Station::start(true).await;
    let large = "x".repeat(LARGEST_TOGETHER + 1);
    station.attaches(&[("a.pdf", "first")]).await;
    for (name, text, why) in [
        ("表.exe", "x", "refuse letters with .exe files"),
        ("宏.docm", "x", "refuse letters with .docm files"),
        ("空.docx", "", "the file is empty"),
        ("a.pdf", "second", "another file is attached as"),
        ("大.pdf", &large, "10.1 MB together"),
        ("", "", "No file was chosen"),
    ] {
        let answer = station.attaches(&[(name, text)]).await;
        assert!(is(&answer, 422) && answer.contains(why), "{name}: {answer}");
    }
    let page = station.get(FACTS).await;
    assert!(page.contains("5 B of 10.0 MB together"), "nothing was kept: {page}");
}

#[tokio::test]
async fn what_was_approved_is_mailed_whatever_is_detached_later() {
    let station = Station::start(true).await;
    station.attaches(&[("申报表.docx", "form")]).await;
    assert!(is(&station.ask("POST", "/issues/1/approval/submit", OURS, "").await, 303));
    let approval = station.get("/issues/1/approval").await;
    assert!(approval.contains("申报表.docx</a>"), "{approval}");
    assert!(station.get("/issues/1/approval/sheet").await.contains("申报表.docx (4 B)"));
    station.detaches("申报表.docx").await;
    let approval = station.get("/issues/1/approval").await;
    let (before, _) = approval.split_once("\">申报表.docx</a>").expect("a reviewer sees what would go");
    let path = before.rsplit('"').next().unwrap();
    assert!(station.get(path).await.ends_with("\r\n\r\nform"), "and opens it: {path}");
    assert!(is(&station.get(&path.replace("/editions/2/", "/editions/1/")).await, 404), "no other edition has it");
    let mut reading = station.store.read().await.unwrap();
    let issue = crate::domain::id::IssueId(1);
    assert_eq!(store::issue::edition_of(&mut reading, issue).await.unwrap(), None, "the issue says something else now");
    let last = store::edition::of_issue(&mut reading, issue).await.unwrap().pop().unwrap();
    let edition = actions::edition::find(&mut reading, last.id).await.unwrap();
    let assets = actions::edition::enclosed(&mut reading, &edition.print).await.unwrap();
    assert_eq!(assets.get(&edition.print.attachments[0].digest), Some(&b"form"[..]));
}

#[tokio::test]
async fn a_file_is_given_to_nobody_who_may_not_see_its_issue() {
    let station = Station::start(false).await;
    let bytes = (("申报表.docx"), &b"form"[..]);
    let issue = crate::domain::id::IssueId(1);
    actions::issue::attach(&station.store, Actor::Station, NOW, issue, bytes).await.unwrap();
    let path = format!("/issues/1/attachments/{}", Digest::of(b"form"));
    assert!(is(&station.get(&path).await, 303), "who is not signed in");
    let edition = actions::edition::submit(&station.store, Actor::Station, NOW, issue).await.unwrap();
    assert!(is(&station.get(&path.replace("issues/1", &format!("editions/{edition}"))).await, 303));
    let open = Station::start(true).await;
    assert!(is(&open.get(&path).await, 404), "bytes that do not go with it");
    assert!(is(&open.get(&format!("/issues/1/attachments/{}", Digest::of(DOCUMENT.as_bytes()))).await, 404));
}
