//! A corrected document comes into the issue that was made of the first, and what was said of the issue meanwhile stays.

use crate::cli::Cli;

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
