//! Attached: the list of the files that go with a letter, at its end, by name and size: who reads on a phone sees there
//! that they came, and who reads on a page knows what to look for in the letter.

use crate::style::Styles;
use crate::view::AttachedFile;
use crate::words::Words;
use maud::{Markup, html};

/// The list; nothing where nothing goes with the letter.
pub(super) fn list(files: &[AttachedFile], css: &Styles, words: &Words) -> Markup {
    let [before, after] = words.size;
    html! {
        @if !files.is_empty() {
            p.accent style=(css.attached()) { (heading(files.len(), words)) }
            ul.ink style=(css.list(false)) {
                @for file in files { li style=(css.item()) { (file.name) (before) (file.size) (after) } }
            }
        }
    }
}

/// `附件（2）`.
pub fn heading(count: usize, words: &Words) -> String {
    let [before, after] = words.attachments;
    format!("{before}{count}{after}")
}
