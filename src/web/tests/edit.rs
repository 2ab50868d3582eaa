//! Editing in place over real HTTP: the whole way by forms alone, two editors at once, and each way to do harm.

use super::rooms::{comer, cookie};
use super::*;
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::edit::{Passage, passages};
use crate::domain::issue::shape::Shape;
use crate::domain::issue::{BlockId, Issue};

const FORM: &str =
    "Sec-Fetch-Site: same-origin\r\nAccept-Language: zh-CN\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const PAGE: &str = "/issues/1/edit";
/// The title of the first article; its one paragraph.
const TITLE: u32 = 1 << 20;

impl Station {
    async fn press(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        self.ask("POST", path, FORM, &form(pairs)).await
    }

    async fn look(&self, path: &str) -> String {
        self.ask("GET", path, FORM, "").await
    }

    async fn is_now(&self) -> Issue {
        store::issue::find(&mut self.store.read().await.unwrap(), IssueId(1)).await.unwrap().unwrap()
    }

    async fn row(&self) -> Vec<Passage> {
        passages(&self.is_now().await.contents.articles)
    }

    async fn texts(&self) -> Vec<String> {
        self.row().await.iter().map(Passage::words).collect()
    }

    /// What the form of the passage at a place says, with other words and a deed.
    async fn filled(&self, at: usize, text: &str, deed: &str) -> Vec<(String, String)> {
        let row = self.row().await;
        let passage = &row[at];
        let mut pairs = vec![
            ("passage", passage.id.0.to_string()),
            ("seen", passage.revision().0),
            ("text", text.to_owned()),
            ("kind", passage.kind().word().to_owned()),
            ("deed", deed.to_owned()),
        ];
        if let Some(before) = at.checked_sub(1) {
            pairs.push(("before", row[before].id.0.to_string()));
        }
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn fill(&self, at: usize, text: &str, deed: &str) -> String {
        let pairs = self.filled(at, text, deed).await;
        self.ask("POST", PAGE, FORM, &form(&pairs)).await
    }
}

/// A form as a browser sends it.
fn form(pairs: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", name.as_ref(), encode(value.as_ref())))
        .collect::<Vec<_>>()
        .join("&")
}

#[tokio::test]
async fn an_editor_changes_parts_joins_moves_and_undoes_by_buttons_alone() {
    let station = Station::start(true).await;
    let source = station.is_now().await.contents;
    let page = station.look(PAGE).await;
    for piece in
        ["老茶馆 新生意</textarea>", "value=\"split\"", "合并到上一段", "还没有改动", "aria-current=\"step\"", "编辑"]
    {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    assert!(!page.contains(" style=\""), "no inline style");
    let saved = station.fill(1, "老茶馆开了新铺子。", "keep").await;
    assert!(is(&saved, 303) && saved.contains("location: /issues/1/edit#b1"), "{saved}");
    station.fill(1, "老茶馆\r\n\r\n开了新铺子。", "split").await;
    assert_eq!(station.texts().await[1..], ["老茶馆", "开了新铺子。"]);
    station.fill(2, "开了新铺子。", "up").await;
    station.fill(2, "老茶馆<好>", "merge").await;
    assert_eq!(station.texts().await, ["老茶馆 新生意", "开了新铺子。老茶馆<好>"]);
    station.fill(0, "老茶馆的新生意", "add").await;
    assert_eq!(station.texts().await[..2], ["老茶馆的新生意", ""]);
    let page = station.look(PAGE).await;
    assert!(page.contains("已保存") && page.contains("编辑删去"), "{page}");
    assert!(page.contains("老茶馆&lt;好&gt;</textarea>"), "{page}");
    let preview = station.look("/issues/1/preview/html").await;
    assert!(preview.contains("老茶馆的新生意") && preview.contains("老茶馆&lt;好&gt;"), "{preview}");
    assert!(station.look("/issues/1").await.contains("编辑删去"), "the line of conservation says so");
    let history = station.look("/issues/1/edit/history").await;
    assert!(history.contains("合并到上一段") && history.contains("老茶馆<del> </del><ins>的</ins>新生意"), "{history}");
    for _ in 0..5 {
        assert!(is(&station.press("/issues/1/edit/undo", &[]).await, 303));
    }
    assert_eq!(station.is_now().await.contents, source, "undoing everything gives the source back");
    let nothing = station.press("/issues/1/edit/undo", &[]).await;
    assert!(is(&nothing, 422) && nothing.contains("没有可以撤销的修改"), "{nothing}");
    for _ in 0..5 {
        assert!(is(&station.press("/issues/1/edit/redo", &[]).await, 303));
    }
    assert_eq!(station.texts().await, ["老茶馆的新生意", "", "开了新铺子。老茶馆<好>"]);
}

#[tokio::test]
async fn a_title_becomes_a_paragraph_only_where_another_stands_before_it() {
    let station = Station::start(true).await;
    station.fill(1, "第一段。\n\n第二个题目\n\n第二段。", "split").await;
    let mut pairs = station.filled(2, "第二个题目", "keep").await;
    pairs.iter_mut().find(|(name, _)| name == "kind").unwrap().1 = "title".into();
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&pairs)).await, 303));
    assert_eq!(station.is_now().await.contents.articles.len(), 2);
    let mut pairs = station.filled(0, "老茶馆 新生意", "keep").await;
    pairs.iter_mut().find(|(name, _)| name == "kind").unwrap().1 = "paragraph".into();
    let refused = station.ask("POST", PAGE, FORM, &form(&pairs)).await;
    assert!(is(&refused, 422) && refused.contains("一期以文章标题开头"), "{refused}");
    let empty = station.fill(0, "", "keep").await;
    assert!(is(&empty, 422) && empty.contains("文章标题不能是空的"), "{empty}");
    let no_line = station.fill(1, "我写的<话>", "split").await;
    assert!(
        is(&no_line, 422) && no_line.contains("空一行") && no_line.contains("我写的&lt;话&gt;</textarea>"),
        "{no_line}"
    );
    let long = station.fill(1, &"长".repeat(20_001), "keep").await;
    assert!(is(&long, 422) && long.contains("最多 20000 个字"), "what was typed is kept");
}

#[tokio::test]
async fn the_later_of_two_editors_sees_both_texts_and_chooses() {
    let station = Station::start(true).await;
    let (first, second) = (station.filled(1, "先到的", "keep").await, station.filled(1, "后到的<b>", "keep").await);
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&first)).await, 303));
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&first)).await, 303), "a second click is no conflict");
    let conflict = station.ask("POST", PAGE, FORM, &form(&second)).await;
    assert!(is(&conflict, 409), "{conflict}");
    for piece in ["有人同时改了这一段", "<pre class=\"text\">先到的</pre>", "后到的&lt;b&gt;</textarea>", "用我写的"]
    {
        assert!(conflict.contains(piece), "no {piece}: {conflict}");
    }
    assert_eq!(station.texts().await[1], "先到的", "nothing was done");
    let seen = station.row().await[1].revision().0;
    let own = conflict.split("id=\"conflict\"").nth(1).unwrap();
    assert!(
        own.contains(&format!("name=\"seen\" value=\"{seen}\"")),
        "the choice is made upon what is there now: {own}"
    );
    station.fill(1, "两份合成的", "keep").await;
    assert_eq!(station.texts().await[1], "两份合成的");
    let history = station.look("/issues/1/edit/history").await;
    assert!(history.contains("<del>先到</del><ins>两份合成</ins>的"), "what was replaced is in the history: {history}");
    let elsewhere = station.filled(0, "新题目", "keep").await;
    station.fill(1, "又改了", "keep").await;
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&elsewhere)).await, 303), "other passages are never in the way");
}

#[tokio::test]
async fn who_writes_in_a_passage_that_was_removed_can_bring_it_back() {
    let station = Station::start(true).await;
    station.fill(1, "一\n\n二", "split").await;
    let late = station.filled(2, "二，写了很久", "keep").await;
    assert!(is(&station.fill(2, "", "remove").await, 303));
    let conflict = station.ask("POST", PAGE, FORM, &form(&late)).await;
    assert!(
        is(&conflict, 409) && conflict.contains("加回这一段") && conflict.contains("二，写了很久</textarea>"),
        "{conflict}"
    );
    let mut back = late.clone();
    back.iter_mut().find(|(name, _)| name == "deed").unwrap().1 = "anew".into();
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&back)).await, 303));
    assert_eq!(station.texts().await[1..], ["一", "二，写了很久"]);
}

#[tokio::test]
async fn an_edit_is_undone_alone_unless_its_passage_was_changed_since() {
    let station = Station::start(true).await;
    station.fill(0, "新题目", "keep").await;
    station.fill(1, "第一稿", "keep").await;
    station.fill(1, "第二稿", "keep").await;
    assert!(is(&station.press("/issues/1/edit/undo", &[("number", "1")]).await, 303));
    assert_eq!(station.texts().await, ["老茶馆 新生意", "第二稿"]);
    let refused = station.press("/issues/1/edit/undo", &[("number", "2")]).await;
    assert!(is(&refused, 422) && refused.contains("不能单独撤销"), "{refused}");
    for click in ["first", "second"] {
        let undone = station.press("/issues/1/edit/undo", &[("number", "3")]).await;
        assert!(is(&undone, 303), "the {click} click: {undone}");
    }
    assert_eq!(station.texts().await[1], "第一稿");
    assert!(is(&station.press("/issues/1/edit/undo", &[("number", "99")]).await, 422));
    let history = station.look("/issues/1/edit/history").await;
    assert!(history.contains("（已撤销）") && history.contains("第 3 次修改"), "{history}");
}

#[tokio::test]
async fn what_is_no_passage_of_the_issue_or_no_form_of_ours_changes_nothing() {
    let station = Station::start(true).await;
    let before = station.is_now().await;
    let good = station.filled(1, "x", "keep").await;
    let with = |name: &str, value: &str| {
        let mut pairs = good.clone();
        pairs.retain(|(key, _)| key != name);
        pairs.push((name.to_owned(), value.to_owned()));
        form(&pairs)
    };
    for (body, code) in [
        (with("passage", "4242"), 409),
        (with("seen", "000000000000"), 409),
        (with("passage", "x"), 400),
        (with("kind", "script"), 400),
        (with("deed", "publish"), 400),
        (with("text", "\u{e000}l\u{e001}"), 422),
        (String::new(), 400),
    ] {
        let answer = station.ask("POST", PAGE, FORM, &body).await;
        assert!(is(&answer, code), "{body}: {answer}");
    }
    assert_eq!(station.is_now().await, before);
}

#[tokio::test]
async fn a_reviewer_does_not_edit_and_what_was_submitted_stays_as_it_was() {
    let station = Station::start(false).await;
    let submit = || actions::edition::submit(&station.store, Actor::Operator("test".into()), NOW, IssueId(1));
    let edition = submit().await.unwrap();
    let mut reading = station.store.read().await.unwrap();
    let frozen = store::edition::find(&mut reading, edition).await.unwrap().unwrap();
    drop(reading);
    let pairs = station.filled(1, "定稿之后的修改", "keep").await;
    let reviewer = cookie(&station.store, &comer(&station.store, "r", Role::Reviewer.into()).await).await;
    let head = format!("{FORM}{reviewer}");
    assert!(is(&station.ask("POST", PAGE, &head, &form(&pairs)).await, 403));
    assert!(is(&station.ask("GET", PAGE, &head, "").await, 403));
    let editor = cookie(&station.store, &comer(&station.store, "e", Role::Editor.into()).await).await;
    assert!(is(&station.ask("POST", PAGE, &format!("{FORM}{editor}"), &form(&pairs)).await, 303));
    let mut reading = station.store.read().await.unwrap();
    assert_eq!(store::issue::edition_of(&mut reading, IssueId(1)).await.unwrap(), None, "it is to be submitted anew");
    assert_eq!(store::edition::find(&mut reading, edition).await.unwrap().unwrap(), frozen);
    drop(reading);
    let again = submit().await.unwrap();
    assert_ne!(again, edition);
    let html = station.ask("GET", &format!("/editions/{}/html", EditionId(again.0)), &head, "").await;
    assert!(html.contains("定稿之后的修改"), "{html}");
    let approval = station.ask("GET", "/issues/1/approval", &head, "").await;
    assert!(approval.contains("<ins>") && approval.contains("定稿"), "reviewers see what was edited: {approval}");
}

#[tokio::test]
async fn a_letter_that_grew_too_large_is_told_with_its_size_and_what_was_typed_is_saved() {
    let station = Station::start(true).await;
    assert!(station.look(PAGE).await.contains("上限 100 KB"));
    let half = "长".repeat(19_000);
    assert!(is(&station.fill(1, &format!("{half}\n\n{half}"), "keep").await, 422), "that is one passage too long");
    station.fill(1, &half, "add").await;
    assert!(is(&station.fill(2, &half, "keep").await, 303));
    let page = station.look(PAGE).await;
    assert!(page.contains("超过 100 KB 的部分会被邮箱截断"), "{page}");
    assert_eq!(station.texts().await[2], half);
}

#[tokio::test]
async fn a_table_gets_a_row_and_loses_one_by_buttons_and_that_is_undone() {
    use crate::domain::issue::{Block, BlockKind, Inline};
    let station = Station::start(true).await;
    let mut issue = station.is_now().await;
    let cell = |text: &str| vec![Inline::Text(text.to_owned())];
    let rows = vec![vec![cell("甲"), cell("乙")], vec![cell("1"), cell("2")]];
    issue.contents.articles[0].blocks.push(Block {
        id: BlockId(77),
        kind: BlockKind::Table { rows, shape: Shape::default() },
        lines: (0, 0),
    });
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::issue::save(&mut writing, issue.id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    let at = station.row().await.iter().position(|passage| passage.id == BlockId(77)).unwrap();
    let page = station.look(PAGE).await;
    assert!(page.contains("下面加一行") && page.contains("<option value=\"2\" selected>2</option>"), "{page}");

    let presses = async |deed: &str, row: &str, text: &str| {
        let mut pairs = station.filled(at, text, deed).await;
        pairs.push(("row".to_owned(), row.to_owned()));
        station.ask("POST", PAGE, FORM, &form(&pairs)).await
    };
    // What was typed beside it is kept too.
    assert!(is(&presses("add-row", "1", "甲\t丙\n1\t2").await, 303));
    assert_eq!(station.texts().await[at], "甲\t丙\n\t\n1\t2");
    assert!(is(&presses("remove-row", "3", "甲\t丙\n\t\n1\t2").await, 303));
    assert_eq!(station.texts().await[at], "甲\t丙\n\t");
    for row in ["0", "3"] {
        let refused = presses("add-row", row, "甲\t丙\n\t").await;
        assert!(is(&refused, 422) && refused.contains("没有这一行"), "{row}: {refused}");
    }
    assert!(is(&presses("add-row", "x", "甲\t丙\n\t").await, 400));
    assert!(is(&presses("remove-row", "2", "甲\t丙\n\t").await, 303));
    assert!(is(&presses("remove-row", "1", "甲\t丙").await, 422), "a table has one row at least");
    for _ in 0..3 {
        station.press(&format!("{PAGE}/undo"), &[("", "")]).await;
    }
    assert_eq!(station.texts().await[at], "甲\t乙\n1\t2");
    let mut pairs = station.filled(0, "老茶馆", "add-row").await;
    pairs.push(("row".to_owned(), "1".to_owned()));
    assert!(is(&station.ask("POST", PAGE, FORM, &form(&pairs)).await, 422), "a title has no rows");
}

#[tokio::test]
async fn a_script_gets_what_it_changed_and_no_more() {
    let station = Station::start(true).await;
    station.fill(1, "一\n\n二\n\n三\n\n四", "split").await;
    let pairs = station.filled(3, "三三", "keep").await;
    let head = format!("{FORM}Prefer: return=minimal\r\n");
    let answer = station.ask("POST", PAGE, &head, &form(&pairs)).await;
    assert!(is(&answer, 200) && answer.contains("preference-applied: return=minimal"), "{answer}");
    assert!(
        answer.contains("三三</textarea>") && answer.contains("data-row=") && answer.contains("id=\"saved\""),
        "{answer}"
    );
    assert!(!answer.contains("二</textarea>") && !answer.contains("<html"), "{answer}");
}

#[tokio::test]
async fn editors_see_each_other_and_what_changes_without_asking() {
    let station = Station::start(false).await;
    let (anna, bo) = (
        comer(&station.store, "anna", Role::Editor.into()).await,
        comer(&station.store, "bo", Role::Editor.into()).await,
    );
    let (anna, bo) = (cookie(&station.store, &anna).await, cookie(&station.store, &bo).await);
    let mut heard = station.listen(&anna).await;
    let first = heard.next().await;
    assert!(first.contains(&format!("b{TITLE}:")) && !first.contains("bo@"), "{first}");
    let _bo = station.listen(&bo).await;
    station.clock.wind(std::time::Duration::from_secs(1));
    let here = heard.next().await;
    assert!(here.contains("class=\"person\"") && here.contains("bo"), "{here}");
    let id = station.row().await[1].id;
    let told = station
        .ask("POST", "/issues/1/edit/here", &format!("{FORM}{bo}"), &form(&[("passage", &id.0.to_string())]))
        .await;
    assert!(is(&told, 204), "{told}");
    station.clock.wind(std::time::Duration::from_secs(1));
    assert!(heard.next().await.contains(&format!("data-passage=\"b{}\"", id.0)));
    let pairs = station.filled(1, "波改的", "keep").await;
    station.ask("POST", PAGE, &format!("{FORM}{bo}"), &form(&pairs)).await;
    station.clock.wind(std::time::Duration::from_secs(1));
    let revision = station.row().await[1].revision().0;
    assert!(heard.next().await.contains(&format!("b{}:{revision}", id.0)));
    let page = station.ask("GET", PAGE, &format!("{FORM}{anna}"), "").await;
    assert!(page.contains("class=\"person\""), "without a script it is said too: {page}");
    assert_eq!(station.row().await[0].id, BlockId(TITLE));
}

/// A stream of events, read one by one.
struct Heard {
    client: TcpStream,
    text: String,
}

impl Station {
    async fn listen(&self, cookie: &str) -> Heard {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let head = format!("Accept: text/event-stream\r\nAccept-Language: zh-CN\r\n{cookie}");
        let request = format!("GET /issues/1/edit/events HTTP/1.1\r\nHost: localhost\r\n{head}\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        Heard { client, text: String::new() }
    }
}

impl Heard {
    /// The next event.
    async fn next(&mut self) -> String {
        loop {
            if let Some(start) = self.text.find("event: change")
                && let Some(length) = self.text[start..].find("\n\n")
            {
                let event = self.text[start..start + length].to_owned();
                self.text.drain(..start + length);
                return event;
            }
            let mut bytes = vec![0; 65_536];
            let read = self.client.read(&mut bytes).await.unwrap();
            assert!(read > 0, "the stream ended: {}", self.text);
            self.text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }
}
