//! Verbatim: a page that only shows a plain text, as browsers and office programs save one: all of its words stand in
//! `pre`, with the line ends that are meant. Such a page is read as the text that it shows.

use super::fate::{Fate, Survey};
use super::tree::{Step, Tree, What};

/// What may stand within, and says nothing of the words.
const PLAIN: [&str; 6] = ["html", "body", "div", "pre", "span", "font"];

/// The text that a page shows and nothing else.
pub(super) fn text(tree: &Tree, survey: &Survey) -> Option<String> {
    let mut text = String::new();
    let mut within = 0_usize;
    for step in tree.steps(0) {
        match step {
            Step::Enter(id) => match tree.what(id) {
                What::Text(words) if within > 0 && survey.fate(id) == Fate::Shown => text.push_str(words),
                What::Text(words) => (survey.fate(id) == Fate::Machine || words.trim().is_empty()).then_some(())?,
                What::Element(element) => {
                    let is_plain = PLAIN.contains(&element.name()) || survey.fate(id) == Fate::Machine;
                    is_plain.then_some(())?;
                    within += usize::from(element.name() == "pre");
                }
                What::Nothing => {}
            },
            Step::Leave(id) if tree.element(id).is_some_and(|element| element.name() == "pre") => {
                within -= 1;
                text.push('\n');
            }
            Step::Leave(_) => {}
        }
    }
    (!text.trim().is_empty()).then_some(text)
}
