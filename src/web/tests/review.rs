//! Import, review and facts over real HTTP: the way from a file to an issue without a question, and each way to do harm.

use super::*;
use crate::domain::id::{IssueId, PublicationId};
use crate::domain::issue::{Dating, Issue};

const BOUNDARY: &str = "X-a-boundary";
const OURS: &str = "Sec-Fetch-Site: same-origin\r\nAccept-Language: zh-CN\r\n";
/// A manuscript that leaves questions: no date and no number.
const BARE: &str =
    "河湾科技简报\n\n老茶馆 新生意\n\n老茶馆开了新铺子，来的人很多，街坊都说好。\n\n编辑：周宁\n电话：5550138\n";

impl Station {
    async fn bring(&self, slug: &str, file: Option<(&str, &str)>, text: &str) -> String {
        let mut body = String::new();
        if let Some((name, bytes)) = file {
            body +=
                &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n");
            body += &format!("Content-Type: text/plain\r\n\r\n{bytes}\r\n");
        }
        body += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
        );
        let head = format!("{OURS}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
        self.ask("POST", &format!("/publications/{slug}"), &head, &body).await
    }

    async fn submit(&self, path: &str, body: &str) -> String {
        let head = format!("{OURS}Content-Type: application/x-www-form-urlencoded\r\n");
        self.ask("POST", path, &head, body).await
    }

    async fn see(&self, path: &str) -> String {
        self.ask("GET", path, OURS, "").await
    }

    async fn issue(&self, id: i64) -> Issue {
        store::issue::find(&mut self.store.read().await.unwrap(), IssueId(id)).await.unwrap().unwrap()
    }

    async fn changed_at(&self, id: i64) -> i64 {
        store::issue::changed_at(&mut self.store.read().await.unwrap(), IssueId(id)).await.unwrap().unwrap().0
    }

    async fn open(&self, id: i64) -> usize {
        self.issue(id).await.flags.iter().filter(|flag| flag.is_open()).count()
    }
}

fn location(answer: &str) -> &str {
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default()
}

/// A form as a browser sends it.
fn form(pairs: &[(&str, &str)]) -> String {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// A station whose second issue is under review.
async fn reviewing() -> Station {
    let station = Station::start(true).await;
    let answer = station.bring("brief", Some(("新一期.txt", BARE)), "").await;
    assert!(is(&answer, 303) && location(&answer) == "/issues/2", "{answer}");
    station
}

#[tokio::test]
async fn an_editor_gets_from_a_file_to_the_preview_by_buttons_alone() {
    let station = reviewing().await;
    assert!(station.see("/").await.contains("/issues/2"), "home says what waits");
    let review = station.see("/issues/2").await;
    for piece in [
        "原稿没有年份和期号",
        "老茶馆 新生意",
        "新一期.txt",
        "遗失 <b class=\"\">0</b>",
        "id=\"l3\"",
        "name=\"key\" value=\"none\"",
    ] {
        assert!(review.contains(piece), "no {piece}: {review}");
    }
    let answer = station.submit("/issues/2/answers", "flag=missing-number&key=2026年第4期").await;
    assert_eq!(location(&answer).split('#').next(), Some("/issues/2?answered=missing-number"), "{answer}");
    let contents = station.issue(2).await.contents;
    assert_eq!((contents.year, contents.number), (Some(2026), Some(4)));
    if station.open(2).await > 0 {
        station.submit("/issues/2/answers/defaults", "").await;
    }
    assert_eq!(station.open(2).await, 0);
    let review = station.see("/issues/2?answered=missing-number").await;
    assert!(review.contains("问题都已确认") && review.contains("/issues/2/preview"), "{review}");
    assert!(review.contains("id=\"undo\""), "what was answered just now can be undone: {review}");
    assert!(station.see("/publications/brief").await.contains("可以送审"));
}

#[tokio::test]
async fn an_answer_is_taken_back_and_given_otherwise() {
    let station = reviewing().await;
    station.submit("/issues/2/answers", "flag=missing-number&key=2026-4").await;
    let open = station.open(2).await;
    let back = station.submit("/issues/2/answers/take-back", "flags=missing-number").await;
    assert!(is(&back, 303), "{back}");
    assert_eq!((station.open(2).await, station.issue(2).await.contents.number), (open + 1, None));
    station.submit("/issues/2/answers", "flag=missing-number&key=2026-5").await;
    station.submit("/issues/2/answers", "flag=missing-number&key=2026-6").await;
    assert_eq!(station.issue(2).await.contents.number, Some(6));
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_told_beside_its_question_and_changes_nothing() {
    let station = reviewing().await;
    let before = station.issue(2).await;
    let answer = station.submit("/issues/2/answers", "flag=missing-number&key=soon").await;
    assert!(is(&answer, 422) && answer.contains("role=\"alert\"") && answer.contains("value=\"soon\""), "{answer}");
    for (path, body, code) in [
        ("/issues/2/answers", "flag=no-flag&key=none", 404),
        ("/issues/2/answers", "flag=missing-number", 400),
        ("/issues/2/answers/take-back", "flags=no-flag", 404),
        ("/issues/9/answers", "flag=missing-number&key=none", 404),
    ] {
        let answer = station.submit(path, body).await;
        assert!(is(&answer, code), "{path} {body}: {answer}");
    }
    assert_eq!(station.issue(2).await, before);
}

#[tokio::test]
async fn a_manuscript_that_is_none_is_told_in_a_sentence_and_the_pasted_text_is_kept() {
    let station = Station::start(true).await;
    for (file, text, says) in [
        (Some(("a.pdf", "%PDF-1.7 ...")), "", "PDF"),
        (Some(("empty.txt", "")), "", "文件是空的"),
        (None, "只有一行<没有正文>", "value"),
    ] {
        let answer = station.bring("brief", file, text).await;
        assert!(is(&answer, 422) && answer.contains("role=\"alert\""), "{answer}");
        assert!(says == "value" || answer.contains(says), "{answer}");
        assert!(text.is_empty() || answer.contains("只有一行&lt;没有正文&gt;</textarea>"), "{answer}");
    }
    let nothing = station.ask("POST", "/publications/brief", OURS, "").await;
    assert!(is(&nothing, 400), "{nothing}");
    assert!(is(&station.bring("other", None, BARE).await, 404));
    let issues = store::issue::places(&mut station.store.read().await.unwrap(), PublicationId(1), IssueId(0)).await;
    assert_eq!(issues.unwrap().len(), 1, "nothing was taken in");
}

#[tokio::test]
async fn the_same_manuscript_twice_is_one_issue_and_pasted_text_is_a_manuscript_too() {
    let station = reviewing().await;
    let again = station.bring("brief", Some(("other name.txt", BARE)), "").await;
    assert_eq!(location(&again), "/issues/2?known=1");
    assert!(station.see("/issues/2?known=1").await.contains("以前导入过"));
    let pasted = station.bring("brief", None, "简报\n\n新题目\n\n这是另一期的正文，写了一些新的事情。\n").await;
    assert_eq!(location(&pasted), "/issues/3", "{pasted}");
}

#[tokio::test]
async fn facts_are_proposed_from_the_last_issue_and_saved_with_one_button() {
    let station = reviewing().await;
    let third = station
        .bring("brief", Some(("三.txt", "简报\n\n2026年第6期\n\n新题目\n\n这是另一期的正文，写了一些新的事情。\n")), "")
        .await;
    assert_eq!(location(&third), "/issues/3");
    let facts = station.see("/issues/3/facts").await;
    assert!(facts.contains("2026年上一期是第3期，中间有跳号"), "a gap is warned of: {facts}");
    let seen = station.changed_at(3).await.to_string();
    let typed = form(&[
        ("seen", &seen),
        ("year", "2026"),
        ("number", "3"),
        ("label", "2026年第3期"),
        ("dating", "on"),
        ("date", "2026-03-31"),
        ("subject", "专刊：老茶馆"),
        ("preheader", "老街新事"),
        ("compiled_by", "河湾县科技局"),
        ("imprint-label", "编辑"),
        ("imprint-value", "李涛"),
        ("imprint-label", ""),
        ("imprint-value", ""),
    ]);
    let saved = station.submit("/issues/3/facts", &typed).await;
    assert!(is(&saved, 303) && location(&saved) == "/issues/3/facts?saved=1", "{saved}");
    let contents = station.issue(3).await.contents;
    assert_eq!(contents.subject.as_deref(), Some("专刊：老茶馆"));
    assert_eq!(contents.published_on, Dating::On("2026-03-31".parse().unwrap()));
    assert_eq!(contents.colophon.editors.as_deref(), Some("李涛"));
    let facts = station.see("/issues/3/facts").await;
    assert!(facts.contains("2026年第3期已经有了"), "a double is warned of: {facts}");
    let print = crate::compose::print(&profile(), &contents).unwrap();
    assert_eq!(print.subject, "专刊：老茶馆");
    let html = print.html.fill(|_| "x".into());
    assert!(html.contains("老街新事") && html.contains("河湾县科技局"), "the letter says what was typed");
}

#[tokio::test]
async fn what_the_manuscript_does_not_say_is_taken_over_and_what_differs_from_the_last_issue_is_marked() {
    let station = Station::start(true).await;
    let manuscript = |number: u32, imprint: &str| {
        format!("简报\n\n2026年第{number}期\n\n新题目\n\n这一期的正文，写了一些新的事情，大家都来看。\n\n{imprint}")
    };
    station.bring("brief", None, &manuscript(4, "编辑：周宁\n电话：5550138\n")).await;
    station.bring("brief", None, &manuscript(5, "")).await;
    station.bring("brief", None, &manuscript(6, "编辑：周宁\n电话：5550199\n")).await;
    let bare = station.see("/issues/3/facts").await;
    assert!(bare.contains("value=\"周宁\"") && bare.contains("沿用上期"), "{bare}");
    assert!(station.issue(3).await.contents.colophon.lines.is_empty(), "a proposal holds once it is saved");
    station.submit("/issues/3/answers/defaults", "").await;
    let seen = station.changed_at(3).await.to_string();
    let typed = form(&[
        ("seen", &seen),
        ("year", "2026"),
        ("number", "5"),
        ("dating", "dispatch-day"),
        ("imprint-label", "编辑"),
        ("imprint-value", "周宁"),
        ("imprint-label", "电话"),
        ("imprint-value", "5550138"),
    ]);
    assert!(is(&station.submit("/issues/3/facts", &typed).await, 303));
    let other = station.see("/issues/4/facts").await;
    assert!(other.contains("上期：5550138"), "{other}");
}

#[tokio::test]
async fn a_page_of_facts_that_is_out_of_date_is_told_so_and_loses_nothing() {
    let station = reviewing().await;
    let seen = station.changed_at(2).await.to_string();
    let typed = |seen: &str, subject: &str| form(&[("seen", seen), ("dating", "undated"), ("subject", subject)]);
    assert!(is(&station.submit("/issues/2/facts", &typed(&seen, "先到的")).await, 303));
    let late = station.submit("/issues/2/facts", &typed(&seen, "后到的")).await;
    assert!(is(&late, 422) && late.contains("有人改动了这一期"), "{late}");
    assert!(late.contains("value=\"后到的\"") && late.contains("现在已存的是：先到的"), "{late}");
    assert_eq!(station.issue(2).await.contents.subject.as_deref(), Some("先到的"));
    let now = station.changed_at(2).await.to_string();
    assert!(late.contains(&format!("name=\"seen\" value=\"{now}\"")), "the second time it is saved: {late}");
    for click in ["first", "second"] {
        let saved = station.submit("/issues/2/facts", &typed(&now, "后到的")).await;
        assert!(is(&saved, 303), "the {click} click: {saved}");
    }
}

#[tokio::test]
async fn facts_that_no_issue_can_have_are_refused_beside_what_was_typed() {
    let station = reviewing().await;
    let before = station.issue(2).await;
    let seen = station.changed_at(2).await.to_string();
    for (name, value, says) in [
        ("year", "二四", "四位数字"),
        ("year", "24", "1900"),
        ("number", "0", "期号应在"),
        ("number", "-1", "应是数字"),
        ("subject", "a\nBcc: x@y.cn", "不能使用的字符"),
        ("preheader", &"长".repeat(201), "太长"),
        ("date", "soon", "请选择出版日期"),
    ] {
        let answer =
            station.submit("/issues/2/facts", &form(&[("seen", &seen), ("dating", "undated"), (name, value)])).await;
        assert!(is(&answer, 422) && answer.contains(says), "{name} {value}: {answer}");
    }
    assert_eq!(station.issue(2).await, before);
    assert!(is(&station.submit("/issues/2/facts", "").await, 422), "an empty form is an old page");
}

#[tokio::test]
async fn facts_answer_the_questions_that_they_settle_and_answers_can_still_be_changed() {
    let station = reviewing().await;
    let seen = station.changed_at(2).await.to_string();
    let typed =
        form(&[("seen", &seen), ("year", "2026"), ("number", "4"), ("dating", "dispatch-day"), ("subject", "专刊")]);
    station.submit("/issues/2/facts", &typed).await;
    let issue = station.issue(2).await;
    let number = issue.flags.iter().find(|flag| flag.id == "missing-number").unwrap();
    assert_eq!(number.answer.as_deref(), Some("2026-4"));
    let changed = station.submit("/issues/2/answers", "flag=missing-number&key=2026-5").await;
    assert!(is(&changed, 303), "{changed}");
    let contents = station.issue(2).await.contents;
    assert_eq!((contents.number, contents.subject.as_deref()), (Some(5), Some("专刊")));
}

#[tokio::test]
async fn a_change_after_submission_leaves_the_edition_behind_and_a_save_without_one_does_not() {
    let station = Station::start(true).await;
    let edition =
        async || store::issue::edition_of(&mut station.store.read().await.unwrap(), IssueId(1)).await.unwrap();
    assert!(edition().await.is_some());
    let contents = station.issue(1).await.contents;
    let seen = station.changed_at(1).await.to_string();
    let same = form(&[
        ("seen", &seen),
        ("masthead", contents.masthead.as_deref().unwrap_or_default()),
        ("label", contents.label.as_deref().unwrap_or_default()),
        ("year", "2026"),
        ("number", "3"),
        ("dating", "dispatch-day"),
    ]);
    assert!(is(&station.submit("/issues/1/facts", &same).await, 303));
    assert!(edition().await.is_some(), "nothing was changed");
    station.submit("/issues/1/facts", &format!("{same}&subject=x")).await;
    assert_eq!(edition().await, None);
}
