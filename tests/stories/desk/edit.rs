//! Editing in place: what somebody types at the desk is saved by itself, once and whole, whoever else is there.

use super::office::{Office, SAMPLE};
use crate::browser::{Browser, Page};

/// The fields of the articles, from the top.
const FIELDS: &str = "[...document.querySelectorAll('form.passage:not([hidden]) textarea')]";
const SAVED: &str = "document.querySelector('#saved').textContent.startsWith('已保存')";

/// The sample as an issue; the address of the page on which it is edited.
fn manuscript(office: &Office) -> String {
    let file = office.cli.file("sample.txt", SAMPLE);
    let issue = office.cli.prints(&["issue", "import", "brief", &file])["issue"].to_string();
    office.url(&format!("/issues/{issue}/edit"))
}

/// Goes to the end of the first paragraph that can be written in.
fn goes_in(page: &Page) {
    page.says(
        "(() => { const area = document.querySelector('form.passage.paragraph textarea');
            area.focus(); area.setSelectionRange(area.value.length, area.value.length); })()",
    );
}

/// What the first paragraph and the two behind it say.
fn says(page: &Page) -> Vec<String> {
    let from = format!("{FIELDS}.findIndex((area) => area.form.matches('.paragraph'))");
    let said = page.says(&format!("{FIELDS}.slice({from}, {from} + 3).map((area) => area.value)"));
    said.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Waits until everything is saved, and looks at what the house has.
fn looks_again(page: &mut Page, at: &str) -> Vec<String> {
    page.until(&format!("{SAVED} && {FIELDS}.every((area) => area.form.id)"));
    page.goes_to(at);
    says(page)
}

#[test]
fn what_is_typed_is_saved_once_and_whole() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    let mut editor = office.employs(&browser, "编辑甲", "editor");
    let at = manuscript(&office);
    editor.goes_to(&at);
    let [first, second, ..] = says(&editor).try_into().map(|all: [String; 3]| all).unwrap();

    goes_in(&editor);
    editor.types("ab");
    editor.until(SAVED);
    editor.keys(&["Enter"]);
    editor.types("cd");
    assert_eq!(looks_again(&mut editor, &at), [format!("{first}ab"), "cd".into(), second.clone()]);

    // An empty line, and typing on while it is saved.
    goes_in(&editor);
    editor.says("document.activeElement.setRangeText('\\n\\ne', document.activeElement.value.length, document.activeElement.value.length, 'end')");
    editor.types("f");
    editor.until("document.activeElement.value === 'ef' && document.activeElement.form.id");
    editor.types("g");
    assert_eq!(looks_again(&mut editor, &at), [format!("{first}ab"), "efg".into(), "cd".into()]);

    // Enter is taken back by an undo.
    editor.follows("修改记录");
    editor.goes_to(&at);
    goes_in(&editor);
    editor.presses("撤销");
    editor.until(&format!("!{FIELDS}.some((area) => area.value === 'efg')"));
    editor.presses("撤销");
    assert_eq!(looks_again(&mut editor, &at), [format!("{first}ab"), "cd".into(), second]);
}
