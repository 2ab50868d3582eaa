//! Difference: what changed since an issue was last put forward, for reviewers to read: by article and paragraph, the
//! characters that went and came marked in their place.

use crate::domain::issue::difference::{ArticleDifference, Change, Difference, Fact, Stretch, between, stretches};
use crate::store::approval::Submission;
use crate::web::page::time;
use crate::web::words::approval::Words;
use chrono_tz::Tz;
use maud::{Markup, html};

/// What is different in the first of two submissions.
pub(super) fn since(words: &Words, submissions: &[Submission], zone: Tz) -> Markup {
    let [now, before] = submissions else { return html! { p .muted { (words.first_time) } } };
    let (Some(is), Some(was)) = (&now.contents, &before.contents) else {
        return html! { p .muted { (words.not_known) } };
    };
    let found = between(was, is);
    html! {
        p .muted { (words.since) (time(before.at, zone)) }
        @if found.is_empty() { p { (words.nothing_differs) } }
        (self::found(words, &found))
    }
}

/// All that was found different.
pub(in crate::web::desk) fn found(words: &Words, found: &Difference) -> Markup {
    html! {
        (facts(words, found))
        @for article in &found.articles { (within(words, article)) }
    }
}

/// What is different beside the articles.
pub(in crate::web::desk) fn facts(words: &Words, found: &Difference) -> Markup {
    html! {
        @if !found.facts.is_empty() {
            dl .changes { @for (fact, change) in &found.facts {
                dt { ((words.fact)(*fact)) }
                @if *fact == Fact::Extent {
                    dd { (one(words, &change.clone().map(|word| (words.extent)(word).to_owned()))) }
                } @else {
                    dd { (one(words, change)) }
                }
            } }
        }
    }
}

fn within(words: &Words, article: &ArticleDifference) -> Markup {
    html! {
        section .changes {
            h3 { (article.title) " " span .muted { ((words.fate)(article.fate)) } }
            (changes(words, article))
        }
    }
}

/// What is different in an article, without its title.
pub(in crate::web::desk) fn body(words: &Words, article: &ArticleDifference) -> Markup {
    html! {
        @if article.changes.is_empty() { p { ((words.fate)(article.fate)) } }
        (changes(words, article))
    }
}

fn changes(words: &Words, article: &ArticleDifference) -> Markup {
    html! {
        @if !article.changes.is_empty() { ul { @for change in &article.changes { li { (one(words, change)) } } } }
        @if article.kept > 0 { p .muted { ((words.kept)(article.kept)) } }
    }
}

/// One change: its word, and the text with marks that do not rest on colour alone.
fn one(words: &Words, change: &Change) -> Markup {
    match change {
        Change::Added(text) => html! { strong { (words.added) } " " ins { (text) } },
        Change::Removed(text) => html! { strong { (words.removed) } " " del { (text) } },
        Change::Changed { before, after } if before == after => {
            html! { strong { (words.changed) } " " (after) span .muted { (words.only_form) } }
        }
        Change::Changed { before, after } => html! {
            strong { (words.changed) } " "
            @for stretch in stretches(before, after) {
                @match stretch {
                    Stretch::Kept(text) => (text),
                    Stretch::Gone(text) => del { (text) },
                    Stretch::New(text) => ins { (text) },
                }
            }
        },
    }
}
