//! A corrected manuscript over real HTTP: the whole way from the file to the undo, and each way to do harm.

use super::rooms::{comer, cookie};
use super::*;
use crate::domain::id::IssueId;
use crate::domain::issue::Issue;
use crate::domain::issue::edit::{Passage, passages};

const BOUNDARY: &str = "X-a-boundary";
const OURS: &str = "Sec-Fetch-Site: same-origin\r\nAccept-Language: zh-CN\r\n";
const OLD: &str = "# 河湾科技简报\n\n2026年第4期\n\n## 老茶馆 新生意\n\n老茶馆开了新铺子，来的人很多。\n\n街坊都说好，茶也便宜。\n\n一共花了三万元。\n\n\
    ## 旧厂房 新用处\n\n旧厂房改成了书店。\n\n周末有讲座，听的人不少。\n";

impl Station {
    async fn uploads(&self, path: &str, (name, text): (&str, &str), more: &str) -> String {
        let body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
        );
        let head = format!("{OURS}{more}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
        self.ask("POST", path, &head, &body).await
    }

    async fn sends(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let body = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&");
        self.ask("POST", path, &format!("{OURS}Content-Type: application/x-www-form-urlencoded\r\n"), &body).await
    }

    async fn opens(&self, path: &str) -> String {
        self.ask("GET", path, OURS, "").await
    }

    async fn second(&self) -> Issue {
        store::issue::find(&mut self.store.read().await.unwrap(), IssueId(2)).await.unwrap().unwrap()
    }

    async fn says(&self) -> Vec<String> {
        passages(&self.second().await.contents.articles).iter().map(Passage::words).collect()
    }

    async fn seen(&self) -> String {
        let at = store::issue::changed_at(&mut self.store.read().await.unwrap(), IssueId(2)).await.unwrap();
        at.unwrap().0.to_string()
    }

    /// Other words in the passage that says these.
    async fn rewrite(&self, from: &str, to: &str) {
        let row = passages(&self.second().await.contents.articles);
        let passage = row.iter().find(|passage| passage.words() == from).expect("it is there");
        let (id, seen) = (passage.id.0.to_string(), passage.revision().0);
        let pairs =
            [("passage", &*id), ("seen", &seen), ("text", to), ("kind", passage.kind().word()), ("deed", "keep")];
        let answer = self.sends("/issues/2/edit", &pairs).await;
        assert!(is(&answer, 303), "{answer}");
    }
}

fn location(answer: &str) -> String {
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned()
}

/// A station whose second issue was imported, answered and edited.
async fn edited() -> Station {
    let station = Station::start(true).await;
    let answer = station.uploads("/publications/brief", ("第四期.md", OLD), "").await;
    assert!(location(&answer).starts_with("/issues/2"), "{answer}");
    station.sends("/issues/2/answers/defaults", &[]).await;
    station.rewrite("街坊都说好，茶也便宜。", "街坊都说好，茶也不贵。").await;
    station.rewrite("一共花了三万元。", "一共花了两万元。").await;
    station
}

/// The old manuscript with corrections where the editor did not write, and at one place where she did.
fn corrected() -> String {
    OLD.replace("来的人很多", "来的人真不少")
        .replace("三万元", "四万元")
        .replace("## 旧厂房", "## 新码头 今天开放\n\n新码头今天开放，鱼市就在旁边。\n\n## 旧厂房")
}

#[tokio::test]
async fn a_corrected_manuscript_is_compared_chosen_taken_over_and_undone() {
    let station = edited().await;
    let before = station.second().await;
    assert!(station.opens("/issues/2").await.contains("/issues/2/document"), "the review leads there");
    assert!(station.opens("/issues/2/document").await.contains("上传并对比"));
    let answer = station.uploads("/issues/2/document", ("第四期改.md", &corrected()), "").await;
    let room = location(&answer);
    assert!(is(&answer, 303) && room.starts_with("/issues/2/document/"), "{answer}");
    let page = station.opens(&room).await;
    for piece in [
        "新原稿《第四期改.md》，对比现在的原稿《第四期.md》",
        "两边都改了 1 处，请您选",
        "一共花了<del>三</del><ins>两</ins>万元。",
        "一共花了<del>三</del><ins>四</ins>万元。",
        "name=\"choice-1\" value=\"mine\" checked",
        "新码头 今天开放",
        "您的改动，照旧保留",
        "茶也<del>便宜</del><ins>不贵</ins>",
    ] {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    assert!(!page.contains("请留意"), "{page}");
    assert_eq!(station.second().await, before, "nothing is written before the yes");

    let done = station.sends(&room, &[("seen", &station.seen().await), ("choice-1", "theirs")]).await;
    assert!(is(&done, 303) && location(&done) == "/issues/2?reimported=3", "{done}");
    assert!(station.opens("/issues/2?reimported=3").await.contains("已换上修改后的原稿（第 3 次修改）"));
    let now = station.says().await;
    assert_eq!(
        now,
        [
            "老茶馆 新生意",
            "老茶馆开了新铺子，来的人真不少。",
            "街坊都说好，茶也不贵。",
            "一共花了四万元。",
            "新码头 今天开放",
            "新码头今天开放，鱼市就在旁边。",
            "旧厂房 新用处",
            "旧厂房改成了书店。",
            "周末有讲座，听的人不少。"
        ]
    );
    let issue = station.second().await;
    assert_ne!(issue.document, before.document);
    let lines = |issue: &Issue| issue.contents.articles.last().unwrap().blocks[0].lines;
    assert!(lines(&issue).0 > lines(&before).0, "it is read from the new lines");
    assert!(station.opens("/issues/2").await.contains("第四期改.md"), "the review shows the new manuscript");

    // What was edited before it is still undone alone, and so is what came after it.
    station.rewrite("旧厂房改成了书店。", "旧厂房改成了书铺。").await;
    let undone = station.sends("/issues/2/edit/undo", &[("number", "1")]).await;
    assert!(is(&undone, 303), "{undone}");
    assert_eq!(station.says().await[2], "街坊都说好，茶也便宜。");
    assert!(station.opens("/issues/2/edit/history").await.contains("换上修改后的原稿"));

    let undone = station.sends("/issues/2/edit/undo", &[("number", "3")]).await;
    assert!(is(&undone, 303), "{undone}");
    let back = station.second().await;
    assert_eq!((back.document, &back.flags), (before.document, &before.flags));
    let words = station.says().await;
    assert_eq!(&words[1..4], ["老茶馆开了新铺子，来的人很多。", "街坊都说好，茶也便宜。", "一共花了两万元。"]);
    assert_eq!(&words[4..], ["旧厂房 新用处", "旧厂房改成了书铺。", "周末有讲座，听的人不少。"]);
    assert_eq!(lines(&back), lines(&before));
    let again = station.sends("/issues/2/edit/redo", &[("number", "3")]).await;
    assert!(is(&again, 303), "{again}");
    assert_eq!(station.second().await.document, issue.document);
    assert_eq!(station.says().await[3], "一共花了四万元。");
}

#[tokio::test]
async fn a_comparison_that_is_out_of_date_is_made_anew_and_a_second_click_does_nothing() {
    let station = edited().await;
    let room = location(&station.uploads("/issues/2/document", ("改.md", &corrected()), "").await);
    let seen = station.seen().await;
    station.rewrite("周末有讲座，听的人不少。", "周末有讲座。").await;
    let before = station.second().await;
    let stale = station.sends(&room, &[("seen", &seen), ("choice-1", "theirs")]).await;
    assert!(is(&stale, 409) && stale.contains("又有改动") && stale.contains("<del>，听的人不少</del>"), "{stale}");
    assert_eq!(station.second().await, before);
    let seen = station.seen().await;
    assert!(stale.contains(&format!("name=\"seen\" value=\"{seen}\"")));
    let yes = [("seen", &*seen), ("choice-1", "mine")];
    assert_eq!(location(&station.sends(&room, &yes).await), "/issues/2?reimported=4");
    let after = station.second().await;
    assert_eq!(location(&station.sends(&room, &yes).await), "/issues/2?reimported=0", "a second click");
    assert_eq!(station.second().await, after);
    assert!(station.says().await.contains(&"一共花了两万元。".to_owned()), "mine was chosen");
}

#[tokio::test]
async fn what_cannot_come_in_is_told_and_changes_nothing() {
    let station = edited().await;
    let before = station.second().await;
    let same = station.uploads("/issues/2/document", ("另一个名字.md", OLD), "").await;
    assert!(is(&same, 422) && same.contains("完全一样"), "{same}");
    let pdf = station.uploads("/issues/2/document", ("a.doc", "x"), "").await;
    assert!(is(&pdf, 422) && pdf.contains(".docx"), "{pdf}");
    let room = location(&station.uploads("/issues/2/document", ("改.md", &corrected()), "").await);
    let digest = room.rsplit('/').next().unwrap().to_owned();
    let seen = station.seen().await;
    for (path, pairs, code) in [
        (format!("/issues/1/document/{digest}"), vec![("seen", &*seen)], 422),
        (format!("/issues/2/document/{}", "0".repeat(64)), vec![("seen", &*seen)], 422),
        ("/issues/2/document/x".to_owned(), vec![("seen", &*seen)], 404),
        (room.clone(), vec![], 400),
        (room.clone(), vec![("seen", &*seen), ("choice-1", "both")], 400),
        (room.clone(), vec![("seen", "0")], 409),
    ] {
        let answer = station.sends(&path, &pairs).await;
        assert!(is(&answer, code), "{path} {pairs:?}: {answer}");
    }
    assert!(is(&station.opens(&format!("/issues/1/document/{digest}")).await, 404), "it was brought to another issue");
    let reviewer = cookie(&station.store, &comer(&station.store, "r", Role::Reviewer.into()).await).await;
    let _ = reviewer;
    station.clock.wind(std::time::Duration::from_hours(25));
    let late = station.opens(&room).await;
    assert!(is(&late, 404) && late.contains("已过期"), "{late}");
    assert_eq!(station.second().await, before);
}

#[tokio::test]
async fn another_number_and_a_document_that_is_an_issue_already_are_warned_of() {
    let station = edited().await;
    let other = corrected().replace("第4期", "第5期");
    station.uploads("/publications/brief", ("第五期.md", &other), "").await;
    let room = location(&station.uploads("/issues/2/document", ("第五期.md", &other), "").await);
    let page = station.opens(&room).await;
    assert!(page.contains("这一期是2026年第4期，新原稿写的是2026年第5期"), "{page}");
    assert!(page.contains("编号 3 的那一期"), "{page}");
    let done = station.sends(&room, &[("seen", &station.seen().await)]).await;
    assert!(is(&done, 303), "{done}");
    assert_eq!(station.second().await.contents.number, Some(5));
    // The document that made the issue still finds it.
    let known = station.uploads("/publications/brief", ("第四期.md", OLD), "").await;
    assert_eq!(location(&known), "/issues/2?known=1");
}

#[tokio::test]
async fn what_was_submitted_stays_as_it_was_and_new_questions_block_the_next() {
    let station = edited().await;
    let submit = || actions::edition::submit(&station.store, Actor::Operator("test".into()), NOW, IssueId(2));
    let edition = submit().await.unwrap();
    let frozen = store::edition::find(&mut station.store.read().await.unwrap(), edition).await.unwrap().unwrap();
    let asking = corrected().replace("## 新码头", "机密★一年\n\n## 新码头");
    let room = location(&station.uploads("/issues/2/document", ("改.md", &asking), "").await);
    let page = station.opens(&room).await;
    assert!(page.contains("要重新送审才寄得出去") && page.contains("个问题要回答"), "{page}");
    station.sends(&room, &[("seen", &station.seen().await)]).await;
    let mut reading = station.store.read().await.unwrap();
    assert_eq!(store::issue::edition_of(&mut reading, IssueId(2)).await.unwrap(), None);
    assert_eq!(store::edition::find(&mut reading, edition).await.unwrap().unwrap(), frozen);
    drop(reading);
    assert!(matches!(submit().await, Err(actions::Error::QuestionsOpen { .. })));
    station.sends("/issues/2/answers/defaults", &[]).await;
    assert_ne!(submit().await.unwrap(), edition);
}
