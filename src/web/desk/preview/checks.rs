//! Checks: what should be looked at before a letter goes out, each in a sentence, with the way to where it is mended.

use super::Asked;
use crate::actions::edition::Preview;
use crate::compose::{self, Doubt, HTML_HEAVY, HTML_LIMIT, LETTER_HEAVY, LETTER_LIMIT};
use crate::domain::edition::Print;
use crate::web::desk::issue::Step;
use crate::web::desk::issue::attachment::named;
use crate::web::words::attachment;
use crate::web::words::preview::{Heavy, Words};
use maud::{Markup, html};

/// The card of checks, with the size as a meter.
pub(super) fn card(asked: &Asked, preview: &Preview, print: &Print) -> Markup {
    let (words, id) = (Words::of(asked.language), preview.issue.id);
    let size = compose::size_of_html(print);
    let heavy = match size {
        size if size > HTML_LIMIT => Heavy::Beyond,
        size if size > HTML_HEAVY => Heavy::Rather,
        _ => Heavy::No,
    };
    let open = preview.issue.flags.iter().filter(|flag| flag.is_open()).count();
    let doubts = compose::doubts(&preview.issue.contents, print);
    html! {
        section .card.checks {
            h2 { (words.checks) }
            p .size {
                label for="size" { (words.size) }
                meter #size min="0" low=(HTML_HEAVY) high=(HTML_LIMIT - 1) optimum="0" max=(HTML_LIMIT) value=(size) {}
                span { ((words.size_is)(size.div_ceil(1024))) }
                span .muted { ((words.size_said)(heavy)) }
            }
            @if !print.pictures.is_empty() { (whole(words, print)) }
            (attached(asked, &format!("/issues/{id}"), print))
            ul {
                @if open > 0 {
                    li .must { (line(words.must, &(words.questions)(open), (&format!("/issues/{id}"), words.to_questions))) }
                }
                @for doubt in &doubts {
                    li .look { (line(words.look, &(words.doubt)(doubt), (&place(doubt).path(id), mended(words, doubt)))) }
                }
                @if open == 0 && doubts.is_empty() { li .well { (words.all_well) } }
            }
        }
    }
}

/// How heavy the letter is with its pictures.
fn whole(words: &Words, print: &Print) -> Markup {
    let weight = compose::weight(print);
    let heavy = if weight > LETTER_HEAVY { Heavy::Rather } else { Heavy::No };
    html! {
        p .size {
            label for="weight" { (words.weight) }
            meter #weight min="0" low=(LETTER_HEAVY) high=(LETTER_LIMIT - 1) optimum="0" max=(LETTER_LIMIT) value=(weight) {}
            span { ((words.weight_is)(print.pictures.len(), weight.div_ceil(1024))) }
            span .muted { ((words.weight_said)(heavy)) }
        }
    }
}

/// The files that go with the letter, by name and size, each opened from `with`: its issue or its edition.
pub(in crate::web::desk) fn attached(asked: &Asked, with: &str, print: &Print) -> Markup {
    let words = attachment::Words::of(asked.language);
    html! {
        @if !print.attachments.is_empty() {
            h3 { ((words.count)(print.attachments.len())) }
            ol .attached { @for file in &print.attachments { li { (named(with, file)) } } }
        }
    }
}

fn line(mark: &str, sentence: &str, (path, label): (&str, &str)) -> Markup {
    html! { strong { (mark) } span { (sentence) " " a href=(path) { (label) } } }
}

/// The page of the issue on which a doubt is mended, or from which its place in the manuscript is seen.
fn place(doubt: &Doubt) -> Step {
    match doubt {
        Doubt::Undated | Doubt::LongSubject(_) => Step::Facts,
        Doubt::Empty { .. } | Doubt::DeadLink { .. } | Doubt::NoWords { .. } => Step::Review,
    }
}

fn mended(words: &Words, doubt: &Doubt) -> &'static str {
    match doubt {
        Doubt::Undated | Doubt::LongSubject(_) => words.to_facts,
        Doubt::Empty { .. } | Doubt::DeadLink { .. } | Doubt::NoWords { .. } => words.to_edit,
    }
}
