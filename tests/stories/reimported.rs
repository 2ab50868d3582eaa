//! A corrected document comes into the issue that was made of the first, and what was said of the issue meanwhile stays.

use crate::cli::Cli;
use crate::station::{Station, operator, path, reader};
use mail_parser::{MessageParser, MimeHeaders};
use yizhan::actions;
use yizhan::actions::dispatch::Order;
use yizhan::actions::issue::{Brought, Edited, Reimported, Seen};
use yizhan::domain::audit::Actor;
use yizhan::domain::dispatch::Occasion;
use yizhan::domain::id::IssueId;
use yizhan::domain::issue::edit::{Deed, Passage, Typed, Wish, passages};
use yizhan::domain::issue::merge::Choices;
use yizhan::domain::publication::Changes;

/// A manuscript as it came first.
const MANUSCRIPT: &str = "# Harbour Notes\n\n2024 No. 7\n\n2024-07-01\n\n## 老茶馆 新生意\n\n老茶馆开了新铺子，来的人很多。\n\n街坊都说好，茶也便宜。\n\n一共花了三万元。\n\n## 码头\n\n新码头今天开放。\n";

const OLD: &str = "河湾科技简报\n\n2026年第4期\n\n老茶馆 新生意\n\n老茶馆开了新铺子，来的人很多，街坊都说好。\n\n编辑：周宁\n电话：5550138\n";

#[test]
fn an_operator_corrects_an_issue_by_its_document_and_keeps_answers_and_facts() {
    let cli = Cli::founded();
    let issue = cli.takes_in("old.txt", OLD);
    cli.prints(&["issue", "answer", &issue, "missing-date", "--choose", "2026-11-27"]);
    cli.prints(&["issue", "answer", &issue, "--defaults"]);
    cli.prints(&["issue", "set", &issue, "--subject", "茶馆专刊"]);
    let new = cli.file("new.txt", OLD.replace("来的人很多", "来的人真不少").replace("周宁", "李涛"));
    let import = ["issue", "import", "notes", &new, "--into", &issue];

    let before = cli.tables();
    let told = cli.prints(&[&import[..], &["--dry-run"]].concat());
    assert_eq!(cli.tables(), before, "a dry run writes nothing");
    assert_eq!(told["edit"], serde_json::Value::Null);
    assert_eq!(told["changes"]["articles"][0]["changes"][0]["is"], "老茶馆开了新铺子，来的人真不少，街坊都说好。");
    assert_eq!(told["conflicts"].as_array().unwrap().len(), 0, "{told}");

    let done = cli.prints(&import);
    assert_eq!(done["edit"], 1, "{done}");
    let shown = cli.prints(&["issue", "show", &issue]);
    assert_eq!(shown["articles"][0]["blocks"][0]["text"], "老茶馆开了新铺子，来的人真不少，街坊都说好。");
    assert_eq!((&shown["published_on"], &shown["subject"]), (&"2026-11-27".into(), &"茶馆专刊".into()));
    assert_eq!(shown["colophon"]["editors"], "李涛");
    let date = shown["flags"].as_array().unwrap().iter().find(|flag| flag["id"] == "missing-date").unwrap();
    assert_eq!(date["answer"], "2026-11-27", "the question is asked again and keeps its answer");
    let same = cli.is_refused_and_nothing_changes(&import);
    assert!(same.contains("just this document already"), "{same}");
    // Both documents are known as this issue.
    let corrected = std::fs::read_to_string(&new).unwrap();
    for text in [OLD, &corrected] {
        assert_eq!(cli.takes_in("again.txt", text), issue);
    }
}

#[test]
fn where_document_and_issue_both_changed_somebody_says_which_one_holds() {
    let cli = Cli::founded();
    let issue = cli.takes_in("old.txt", OLD);
    cli.prints(&["issue", "set", &issue, "--label", "2026年特刊"]);
    let new = cli.file("new.txt", OLD.replace("第4期", "第5期"));
    let import = ["issue", "import", "notes", &new, "--into", &issue];
    let why = cli.is_refused_and_nothing_changes(&import);
    assert!(why.contains("1: '2026年特刊' or '2026年第5期'") && why.contains("--mine or --theirs"), "{why}");
    let told = cli.prints(&[&import[..], &["--dry-run", "--choose", "1=theirs"]].concat());
    assert_eq!(told["conflicts"][0]["choice"], "theirs", "{told}");
    cli.prints(&[&import[..], &["--mine"]].concat());
    assert_eq!(cli.prints(&["issue", "show", &issue])["label"], "2026年特刊");
}

#[test]
fn a_document_goes_into_an_issue_of_its_own_publication_only_and_must_be_readable() {
    let cli = Cli::founded();
    let issue = cli.takes_in("old.txt", OLD);
    cli.prints(&["publication", "add", "other", "--name", "Other", "--from", "Other <other@harbour.example>"]);
    let new = cli.file("new.txt", OLD.replace("很多", "真不少"));
    let why = cli.is_refused_and_nothing_changes(&["issue", "import", "other", &new, "--into", &issue]);
    assert!(why.contains("is one of notes, not of other"), "{why}");
    let old_word = cli.file("new.doc", "x");
    cli.is_refused_and_nothing_changes(&["issue", "import", "notes", &old_word, "--into", &issue]);
    cli.is_refused_and_nothing_changes(&["issue", "import", "notes", &new, "--into", "99"]);
}

/// The passages of an issue as they are.
async fn row(station: &Station, issue: IssueId) -> Vec<Passage> {
    let found = actions::issue::find(&mut station.store.read().await.unwrap(), issue).await.unwrap();
    passages(&found.contents.articles)
}

/// An editor has the passage of these words say others, and does this with it.
async fn edits(station: &Station, issue: IssueId, (was, is): (&str, &str), deed: Deed) {
    let row = row(station, issue).await;
    let at = row.iter().position(|passage| passage.words() == was).expect("a passage of these words");
    let typed = Typed { text: is.into(), kind: row[at].kind(), credits: row[at].credits() };
    let before = at.checked_sub(1).map(|before| row[before].id);
    let wish = Wish { id: row[at].id, seen: row[at].revision(), before, typed, deed };
    let done = actions::issue::edit(&station.store, operator(), station.clock.now(), issue, &wish).await.unwrap();
    assert!(matches!(done, Edited::Done(_)), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_attached_and_corrected_reaches_the_reader_in_one_letter() {
    const FILE: &str = "附件1：申报表（2024年第7期）.docx";
    let bytes: Vec<u8> = (0..=255).cycle().take(90_000).collect();
    let mut station = Station::founded().await;
    let (store, now) = (station.store.clone(), station.clock.now());
    let changes = Changes { approvals: Some(1), ..Changes::default() };
    actions::publication::set(&store, operator(), now, &"notes".parse().unwrap(), changes).await.unwrap();
    let reviewer = Actor::Account(station.has_reviewer().await);
    station.has_readers("all", [reader(1)]).await;

    let issue = station.takes_in(MANUSCRIPT).await;
    actions::issue::attach(&store, operator(), now, issue, (FILE, &bytes)).await.unwrap();
    edits(&station, issue, ("老茶馆 新生意", "老茶馆的新生意"), Deed::Keep).await;
    edits(&station, issue, ("街坊都说好，茶也便宜。", "街坊都说好，茶也不贵。"), Deed::Keep).await;

    let corrected =
        MANUSCRIPT.replace("三万元", "四万元").replace("新码头今天开放。", "新码头今天开放。\n\n船从两边来。");
    let brought = Brought { name: "corrected.md".into(), bytes: corrected.into_bytes() };
    let digest = actions::issue::bring(&store, operator(), now, issue, brought).await.unwrap();
    let found = actions::issue::compare(&store, now, issue, digest).await.unwrap().expect("it waits");
    assert_eq!(found.merged.questions, []);
    let seen = Seen { issue, changed_at: Some(found.changed_at) };
    let yes = actions::issue::confirm(&store, (operator(), now), seen, digest, &Choices::default()).await.unwrap();
    assert!(matches!(yes, Reimported::Done(..)), "{yes:?}");

    let edition = actions::edition::submit(&store, operator(), now, issue).await.unwrap();
    actions::edition::approve(&store, reviewer, now, edition).await.unwrap();
    station.works().await;
    let order = Order { issue, lists: vec![path("all")], at: None, defaults: false, occasion: Occasion::First };
    let started = actions::dispatch::start(&store, operator(), now, &order).await.unwrap();
    assert_eq!((started.edition, station.until_closed(started.dispatch).await.accepted), (edition, 1));
    let taken = station.relay.record();
    let [letter] = &taken[..] else { panic!("one letter, not {}", taken.len()) };
    let read = MessageParser::default().parse(&letter.letter).expect("a letter");
    let files: Vec<_> = read.attachments().map(|part| (part.attachment_name(), part.contents())).collect();
    assert_eq!(files, [(Some(FILE), &bytes[..])]);
    for body in [read.body_text(0), read.body_html(0)] {
        let body = body.expect("both kinds");
        for says in ["老茶馆的新生意", "街坊都说好，茶也不贵。", "一共花了四万元。", "船从两边来。"]
        {
            assert!(body.contains(says), "{says}: {body}");
        }
        for gone in ["老茶馆 新生意", "茶也便宜", "三万元"] {
            assert!(!body.contains(gone), "{gone}: {body}");
        }
    }
    assert_eq!(station.relay.violations(), Vec::<String>::new());
    station.stops().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_editor_joined_is_asked_about_where_the_document_takes_a_part_of_it_out() {
    let station = Station::founded().await;
    let issue = station.takes_in(MANUSCRIPT).await;
    let words = "一共花了三万元。";
    edits(&station, issue, (words, words), Deed::Merge).await;
    let corrected = MANUSCRIPT.replace("一共花了三万元。\n\n", "");
    let brought = Brought { name: "corrected.md".into(), bytes: corrected.into_bytes() };
    let (store, by) = (&station.store, (operator(), station.clock.now()));
    let refused = actions::issue::reimport(store, by.clone(), issue, &brought, (None, false)).await;
    let why = refused.expect_err("nobody has said which one holds").to_string();
    assert!(why.contains("'街坊都说好，茶也便宜。一共花了三万元。' or '街坊都说好，茶也便宜。'"), "{why}");
    let choices = Choices { default: yizhan::domain::issue::merge::Side::Theirs, ..Choices::default() };
    actions::issue::reimport(store, by, issue, &brought, (Some(&choices), false)).await.unwrap();
    let said: Vec<String> = row(&station, issue).await.iter().map(Passage::words).collect();
    assert_eq!(said[..3], ["老茶馆 新生意", "老茶馆开了新铺子，来的人很多。", "街坊都说好，茶也便宜。"]);
    assert!(!said.iter().any(|words| words.contains("三万元")), "{said:?}");
}
