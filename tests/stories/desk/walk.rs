//! The whole way: an editor gets from a file to two hundred inboxes, and can then say who got it.

use super::edit::{SAVED, SHOWN, goes_in};
use super::office::{Office, PASSWORD};
use crate::browser::{Browser, Page};
use crate::outside;
use std::path::Path;

/// From the file to the letter on the editor's own screen.
fn takes_in(editor: &mut Page, file: &Path) {
    editor.follows("导入新一期");
    editor.brings(file);
    editor.follows("导入原稿");
    editor.sees("个问题待确认");
}

/// Changes words of a paragraph in place, which is saved by itself, and sees them in the preview.
fn edits(editor: &mut Page, words: &str) {
    let issue = editor.path();
    editor.follows("编辑");
    assert!(editor.path().ends_with("/edit"), "{} from {issue}", editor.path());
    goes_in(editor);
    editor.types(words);
    editor.until(&format!("{SAVED} && {SHOWN}"));
    editor.follows("预览");
    editor.follows("纯文本");
    editor.sees(words);
}

/// Answers every question by its default, by keys alone.
fn answers_by_keys(editor: &mut Page) {
    let at = "document.activeElement.id";
    let first = editor.says(at);
    editor.keys(&["j"]);
    assert_ne!(editor.says(at), first, "J goes on");
    editor.keys(&["k"]);
    assert_eq!(editor.says(at), first, "K goes back");
    let open = "document.querySelectorAll('.question.open').length";
    let questions = editor.says(open).as_u64().unwrap();
    assert!(questions > 0);
    for left in (0..questions).rev() {
        editor.follows_key("Enter");
        assert_eq!(editor.says(open), left);
    }
}

#[test]
fn an_editor_gets_from_a_file_to_two_hundred_inboxes_and_can_say_who_got_it() {
    let (Some(browser), Some(seed)) = (Browser::find(), outside::seed()) else { return };
    let office = Office::opens();
    office.has_readers(200);
    office.cli.prints(&["publication", "set", "brief", "--approvals", "1"]);
    let mut editor = office.employs(&browser, "编辑甲", "editor");
    let mut reviewer = office.employs(&browser, "签发人乙", "reviewer");

    editor.follows("退出");
    editor.goes_to(&office.url("/"));
    editor.writes("邮箱", "editor@yunze.example");
    editor.writes("密码", PASSWORD);
    editor.follows("登录");

    let before = editor.fields_written();
    takes_in(&mut editor, &seed);
    answers_by_keys(&mut editor);
    edits(&mut editor, "（已核对）");
    editor.follows("寄测试信");
    editor.sees("queued as 000001");
    assert_eq!(editor.fields_written() - before, 0, "from a file to a test letter nothing has to be typed");
    assert_eq!(office.letters(), 1);
    assert!(office.letter(1).contains("（已核对）"), "what was edited is in the letter");

    editor.follows("签发");
    editor.follows("送审");
    editor.sees("等待签发：需要 1 人，已有 0 人同意");

    reviewer.goes_to(&office.url("/"));
    reviewer.follows("等您签发");
    reviewer.follows("同意签发");
    reviewer.sees("已签发（1 人同意）");

    editor.goes_to(&office.url("/"));
    editor.follows("已签发，可以投递");
    orders(&mut editor);
    watches(&mut editor);
    assert_eq!(office.letters(), 201);
    assert!(office.letter(201).contains("（已核对）"), "the readers get what was edited");

    editor.follows("投递流水");
    editor.writes("地址、姓名或单位", "读者77");
    editor.follows("查找");
    editor.sees("reader077@readers.example");
    editor.sees("对方服务器已接收");
    assert!(!editor.shows("reader078@readers.example"));
    editor.follows("详情 reader077@readers.example");
    editor.sees("对方服务器已接收");
}

/// Types the issue's number to have it sent to everybody on the list.
fn orders(editor: &mut Page) {
    let label = editor.names().into_iter().find(|name| name.starts_with("请输入期号")).unwrap();
    let number: String = label.chars().filter(char::is_ascii_digit).collect();
    editor.writes("请输入期号", "99999");
    editor.follows("开始投递");
    editor.sees("期号不对");
    editor.writes("请输入期号", &number);
    editor.follows("开始投递");
}

/// Watches until every letter is accepted: the page changes by itself, without being asked for again.
fn watches(editor: &mut Page) {
    editor.says("window.isTheSamePage = true");
    let accepted =
        "Number(document.querySelector('.mark.accepted').closest('tr').querySelector('.number').textContent)";
    editor.until(&format!("{accepted} > 0 && window.isTheSamePage"));
    assert!(editor.requests().iter().any(|url| url.ends_with("/events")));
    editor.until(&format!("{accepted} == 200"));
    editor.sees("已结束");
    editor.sees("没有未送达的信");
}

#[test]
fn an_editor_needs_no_mouse() {
    let (Some(browser), Some(seed)) = (Browser::find(), outside::seed()) else { return };
    let office = Office::opens();
    let mut editor = office.employs(&browser, "编辑甲", "editor");
    let before = editor.fields_written();
    editor.tabs_to("导入新一期");
    editor.follows_key("Enter");
    editor.tabs_to("选择文件");
    editor.brings(&seed);
    editor.tabs_to("导入原稿");
    editor.follows_key("Enter");
    answers_by_keys(&mut editor);
    editor.tabs_to("去预览");
    editor.follows_key("Enter");
    editor.tabs_to("寄测试信");
    editor.follows_key("Enter");
    editor.sees("queued as 000001");
    assert_eq!((editor.fields_written() - before, office.letters()), (0, 1));
}
