//! What readers do, and signing in, needs no script.

use super::office::{Office, SAMPLE};
use crate::browser::Browser;
use std::time::Duration;
use yizhan::clock::Clock;

/// What they choose who forgot.
const ANOTHER: &str = "horse battery staple";

#[test]
fn a_reader_leaves_and_an_editor_signs_in_and_forgets_the_password_with_scripts_forbidden() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens_and_writes_notices();
    office.has_readers(1);
    office.cli.prints(&["list", "add", "brief/more", "--name", "增刊"]);
    office.cli.prints(&["subscriber", "add", "brief/more", "reader001@readers.example"]);
    let progress = office.dispatches();
    let mut editor = browser.somebody();
    editor.forbids_scripts();
    office.welcomes(&mut editor, "编辑甲", "editor");
    // Where no script can ask, whoever waits asks again.
    let begun = Clock::System.steady();
    editor.goes_to(&progress);
    while !editor.shows("已结束") {
        assert!(Clock::System.steady().since(begun) < Duration::from_secs(60), "the dispatch does not end");
        editor.goes_to(&progress);
    }
    let link = |letter: usize, room: &str| {
        let letter = office.letter(letter);
        let at = letter.find(&format!("http://letters.example/{room}/")).expect("the letter has the link");
        let link = letter[at..].split(['"', '>', '\r', '\n', ' ']).next().unwrap();
        office.url(link.trim_start_matches("http://letters.example"))
    };
    let mut reader = browser.somebody();
    reader.forbids_scripts();
    reader.goes_to(&link(1, "read"));
    reader.sees("云泽科技观察");
    reader.goes_to(&link(1, "leave"));
    reader.sees("reader001@readers.example");
    reader.follows("增刊");
    reader.sees("已退出名单“增刊”");
    reader.follows("退订");
    reader.sees("不再寄送《云泽科技观察》");

    editor.goes_to(&office.url("/"));
    editor.follows("退出");
    editor.goes_to(&office.url("/"));
    editor.follows("忘记密码");
    editor.writes("邮箱", "editor@yunze.example");
    editor.follows("寄重设链接");
    editor.sees("几分钟内会收到一封信");
    let asked = Clock::System.steady();
    while office.letters() < 2 {
        assert!(Clock::System.steady().since(asked) < Duration::from_secs(60), "no letter comes");
        editor.goes_to(&office.url("/sign-in"));
    }
    editor.goes_to(&link(2, "sign-in/reset"));
    editor.writes("新密码", ANOTHER);
    editor.follows("保存");
    editor.sees("编辑甲，您好");
    editor.goes_to(&link(2, "sign-in/reset"));
    editor.sees("这个链接已经用过");

    editor.goes_to(&office.url("/"));
    editor.follows("退出");
    editor.goes_to(&office.url("/"));
    editor.writes("邮箱", "editor@yunze.example");
    editor.writes("密码", ANOTHER);
    editor.follows("登录");
    editor.sees("编辑甲，您好");
    let second = office.cli.file("second.txt", SAMPLE.replace("云泽", "河湾"));
    editor.follows("导入新一期");
    editor.brings(second.as_ref());
    editor.follows("导入原稿");
    editor.follows("全部按默认回答");
    editor.follows("去预览");
}
