//! Whoever watches a dispatch can hold it and let it go on.

use super::office::Office;
use crate::browser::Browser;
use crate::relay::{Behaviour, Relay};
use yizhan::domain::attempt::Stage;

#[test]
fn a_dispatch_is_paused_and_goes_on_by_buttons() {
    let Some(browser) = Browser::find() else { return };
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::HeldAt(Stage::Dot));
    let office = Office::with_relay(&relay.url());
    office.has_readers(20);
    let page = office.dispatches();
    let mut editor = office.employs(&browser, "编辑甲", "editor");
    editor.goes_to(&page);
    editor.sees("正在发出");
    editor.until(&count("armed", 2));
    editor.writes("原因", "等勘误");
    editor.follows("暂停");
    editor.sees("已暂停");
    editor.sees("等勘误");
    relay.will(|_, _| Behaviour::Accept);
    relay.releases();
    editor.until(&count("accepted", 2));
    assert_eq!(relay.record().len(), 2, "only what was in the server's hands");
    editor.follows("继续");
    editor.sees("已结束");
    assert_eq!(relay.record().len(), 20);
}

/// That the tally says so many of a state.
fn count(state: &str, number: usize) -> String {
    format!(
        "document.querySelector('.tally .mark.{state}').closest('tr').querySelector('.number').textContent == '{number}'"
    )
}
