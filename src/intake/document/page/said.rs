//! Said: what a page says, found apart from its lines: the characters of its text nodes, in their order. What
//! becomes a mark in the reading – a counted bullet, the brackets of a note's sign, the words of a picture – may be
//! left out of it.

use super::fate::{Fate, Survey};
use super::tree::{Id, Step, Tree, What};
use super::walk::note_of;
use crate::intake::document::conservation::{Shown, weight};

/// What a page says.
pub(super) fn said(tree: &Tree, survey: &Survey) -> Shown {
    let mut shown = Shown::default();
    let mut signs = 0_usize;
    for step in tree.steps(0) {
        match step {
            Step::Enter(id) => {
                signs += usize::from(is_sign(tree, id));
                match tree.what(id) {
                    What::Text(text) => {
                        let fate = survey.fate(id);
                        shown.all += if fate == Fate::Machine { 0 } else { weight(text) };
                        say(&mut shown, text, fate, signs > 0);
                    }
                    What::Element(element) if element.name() == "img" && survey.fate(id).is_kept() => {
                        let words = element.attribute("alt").or_else(|| element.attribute("title"));
                        let words = words.unwrap_or_default();
                        shown.all += weight(words);
                        shown.characters.extend(words.chars().map(|c| (c, false)));
                    }
                    What::Element(_) | What::Nothing => {}
                }
            }
            Step::Leave(id) => signs -= usize::from(is_sign(tree, id)),
        }
    }
    shown
}

fn say(shown: &mut Shown, text: &str, fate: Fate, is_sign: bool) {
    let certain = |c: char| fate == Fate::Shown && !(is_sign && matches!(c, '[' | ']'));
    if fate.is_kept() {
        shown.characters.extend(text.chars().map(|c| (c, certain(c))));
    }
}

fn is_sign(tree: &Tree, id: Id) -> bool {
    let href = tree.element(id).filter(|element| element.name() == "a").and_then(|element| element.attribute("href"));
    href.is_some_and(|href| note_of(href).is_some())
}
