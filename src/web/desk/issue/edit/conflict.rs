//! Conflict: somebody else was faster with the same passage. Both texts stand side by side, and whoever came later chooses:
//! theirs, their own, or something made of both. A whole form, so that a script can put it in its place as it is.

use super::super::blocks;
use crate::domain::id::IssueId;
use crate::domain::issue::edit::{Credits, Kind, PassageNow, Wish};
use crate::web::words::edit::Words;
use maud::{Markup, html};

/// Both texts, and the choice.
pub(super) fn section(words: &Words, issue: IssueId, wish: &Wish, theirs: Option<&PassageNow>) -> Markup {
    let (typed, credits) = (&wish.typed, &wish.typed.credits);
    let hidden = |name: &str, value: &str| html! { input type="hidden" name=(name) value=(value); };
    let field = |name: &str, word: &str, value: &str| {
        html! { label { span { (word) } input name=(name) value=(value) autocomplete="off"; } }
    };
    let seen = theirs.map_or("", |theirs| theirs.revision.0.as_str());
    let place = blocks::name(wish.id);
    html! {
        section .card.conflict #conflict data-passage=(place) role="alert" tabindex="-1" {
            h2 { (words.conflict) }
            p .muted { @if theirs.is_some() { (words.conflict_note) } @else { (words.gone_note) } }
            div .columns.even {
                div {
                    h3 { (words.theirs) }
                    @match theirs {
                        Some(theirs) => { pre .text { (theirs.words) } (beside(words, theirs.kind, &theirs.credits)) },
                        None => { p .muted { (words.gone) } },
                    }
                    a .button href={ "/issues/" (issue) "/edit#" (place) } { (words.take_theirs) }
                }
                form .stack method="post" action={ "/issues/" (issue) "/edit" } {
                    h3 { (words.mine) }
                    (hidden("passage", &wish.id.0.to_string()))
                    (hidden("seen", seen))
                    @if let Some(before) = wish.before { (hidden("before", &before.0.to_string())) }
                    (hidden("kind", typed.kind.word()))
                    textarea name="text" rows="6" aria-label=(words.mine) { "\n" (typed.text) }
                    @if typed.kind == Kind::Title {
                        (field("section", words.section, &credits.section))
                        (field("source", words.source, &credits.source))
                        (field("author", words.author, &credits.author))
                    } @else {
                        (beside(words, typed.kind, credits))
                    }
                    button .primary type="submit" name="deed" value=(if theirs.is_some() { "keep" } else { "anew" }) {
                        (if theirs.is_some() { words.take_mine } else { words.bring_back })
                    }
                }
            }
        }
    }
}

/// What a text is, and what stands with it.
fn beside(words: &Words, kind: Kind, credits: &Credits) -> Markup {
    let all = [(words.section, &credits.section), (words.source, &credits.source), (words.author, &credits.author)];
    html! {
        p .muted { ((words.kind)(kind)) @for (word, text) in all.iter().filter(|(_, text)| !text.is_empty()) { " · " (word) " " (text) } }
    }
}
