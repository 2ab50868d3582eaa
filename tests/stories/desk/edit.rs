//! Editing in place: what somebody types at the desk is saved by itself, once and whole, whoever else is there.

use super::office::{Office, SAMPLE};
use crate::browser::{Browser, Page};

/// The fields of the articles, from the top.
const FIELDS: &str = "[...document.querySelectorAll('form.passage:not([hidden]) textarea')]";
pub(super) const SAVED: &str = "document.querySelector('#saved').textContent.startsWith('已保存')";
/// What the house has of a paragraph is shown beneath its field: nothing is left to be saved.
pub(super) const SHOWN: &str = "[...document.querySelectorAll('form.passage.paragraph:not([hidden])')]
    .every((form) => form.querySelector('.shown').textContent === form.querySelector('textarea').value)";

/// The sample as an issue; the address of the page on which it is edited.
fn manuscript(office: &Office) -> String {
    let file = office.cli.file("sample.txt", SAMPLE);
    let issue = office.cli.prints(&["issue", "import", "brief", &file])["issue"].to_string();
    office.url(&format!("/issues/{issue}/edit"))
}

/// Goes to the end of the first paragraph that can be written in.
pub(super) fn goes_in(page: &Page) {
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
    page.until(&format!("{SAVED} && {FIELDS}.every((area) => area.form.id) && {SHOWN}"));
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
    editor.until("document.activeElement.value === 'ef'");
    editor.types("g");
    assert_eq!(looks_again(&mut editor, &at), [format!("{first}ab"), "efg".into(), "cd".into()]);

    // What was parted by mistake is undone.
    goes_in(&editor);
    editor.presses("撤销");
    editor.until(&format!("{SAVED} && !{FIELDS}.some((area) => area.value === 'efg')"));
    while says(&editor)[1] != "cd" {
        let now = says(&editor)[1].clone();
        editor.presses("撤销");
        editor.until(&format!("{SAVED} && !{FIELDS}.some((area) => area.value === '{now}')"));
    }
    assert_eq!(looks_again(&mut editor, &at), [format!("{first}ab"), "cd".into(), second]);
}

#[test]
fn what_is_composed_is_left_alone_and_two_who_write_in_one_passage_lose_nothing() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    let (mut first, mut second) =
        (office.employs(&browser, "编辑甲", "editor"), office.employs(&browser, "管理乙", "admin"));
    let at = manuscript(&office);
    first.goes_to(&at);
    second.goes_to(&at);
    let before = says(&first)[0].clone();

    // Each sees that the other is there.
    first.sees("管理乙");
    second.sees("编辑甲");

    // While one composes, what the other saves does not disturb it.
    goes_in(&first);
    first.is_composing(&["n", "ni"]);
    goes_in(&second);
    second.types("x");
    second.until(SAVED);
    first.until("document.querySelector('.person[data-passage]')");
    assert_eq!(says(&first)[0], format!("{before}ni"));
    first.composes(&["ni", "你"], "你");
    assert_eq!(says(&first)[0], format!("{before}你"));

    // Both texts are shown to whoever came later; theirs can be had with a press.
    first.until("document.querySelector('.conflict')");
    let shown = first.says("document.querySelector('.conflict pre').textContent");
    assert_eq!(shown, format!("{before}x"));
    assert_eq!(first.says("document.querySelector('.conflict textarea').value"), format!("{before}你"));
    first.presses("保留现在的");
    first.until("!document.querySelector('.conflict')");
    assert_eq!(says(&first)[0], format!("{before}x"));

    // Or one's own.
    goes_in(&first);
    first.types("y");
    first.until(SAVED);
    second.until(&format!("{FIELDS}.some((area) => area.value.endsWith('xy'))"));
    assert_eq!(looks_again(&mut second, &at)[0], format!("{before}xy"));
}

#[test]
fn what_was_typed_goes_along_with_a_page_that_is_left() {
    let Some(browser) = Browser::find() else { return };
    let office = Office::opens();
    let mut editor = office.employs(&browser, "编辑甲", "editor");
    let at = manuscript(&office);
    editor.goes_to(&at);
    let before = says(&editor)[0].clone();
    goes_in(&editor);
    editor.types("去");
    // Long before it would be saved by itself.
    editor.goes_to(&office.url("/publications"));
    editor.goes_to(&at);
    let mut looks = 1;
    while says(&editor)[0] != format!("{before}去") {
        looks += 1;
        assert!(looks < 50, "{:?}", says(&editor));
        editor.goes_to(&at);
    }
}
