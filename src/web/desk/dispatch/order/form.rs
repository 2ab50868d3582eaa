//! How the order's page looks: the lists, what is to be expected, and the form that starts it.

use super::{Given, Outlook, Typed, Why};
use crate::store::dispatch::Foreseen;
use crate::web::Error;
use crate::web::desk::Asked;
use crate::web::desk::dispatch;
use crate::web::desk::issue::{self, Step};
use crate::web::page::{self, Around, Place, number};
use crate::web::words::order::Words;
use axum::response::Html;
use maud::{Markup, html};

/// Providers that are shown by name.
const LANES: usize = 8;

pub(super) async fn page(
    asked: &Asked,
    given: &Given,
    typed: &Typed,
    (outlook, why): (Option<&Outlook>, Option<&Why>),
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let main = html! {
        (issue::heading(asked, &given.issue, Step::Dispatch).await?)
        @if let Some(why) = why {
            div .refusal role="alert" {
                p { (why.said) }
                @if why.is_in_review {
                    p { (words.put_forward) }
                    p { a href=(Step::Approval.path(given.issue.id)) { (words.to_approval) } }
                }
            }
        }
        @if given.questions > 0 {
            p .refusal { ((words.questions)(given.questions)) " " a href={ "/issues/" (given.issue.id) } { (words.to_review) } }
        }
        @if given.lists.is_empty() { p .empty { (words.no_lists) } } @else {
            form .order method="post" action={ "/issues/" (given.issue.id) "/dispatch" } {
                @if let Some(edition) = given.edition { input type="hidden" name="edition" value=(edition); }
                div .columns {
                    section .card { (lists(words, given, typed)) (when(words, given, typed)) @if !given.gone_out.is_empty() { (occasion(words, typed)) } }
                    aside .card { (expected(words, outlook)) }
                }
                section .card.confirm { (confirm(words, given, typed, why.is_some())) }
            }
        }
        @if !given.gone_out.is_empty() {
            h2 { (words.gone_out) }
            (dispatch::table(asked.words(), &given.gone_out))
        }
    };
    Ok(page::desk(asked, &Around { title: words.title, place: Place::Publications, live: false }, &main))
}

fn lists(words: &Words, given: &Given, typed: &Typed) -> Markup {
    html! {
        fieldset {
            legend { (words.to_whom) }
            @for (list, active) in &given.lists {
                label .choice {
                    input type="checkbox" name={ "list-" (list.id) } value="on" checked[typed.lists.contains(&list.id)];
                    span { (list.name) " " span .muted { ((words.active)(*active)) } }
                }
            }
            button type="submit" formmethod="get" formnovalidate { (words.reckon) }
        }
    }
}

fn when(words: &Words, given: &Given, typed: &Typed) -> Markup {
    html! {
        fieldset {
            legend { (words.when) }
            label .choice { input type="radio" name="when" value="now" checked[!typed.is_later]; span { (words.now) } }
            label .choice { input type="radio" name="when" value="later" checked[typed.is_later]; span { (words.later) } }
            label .hour {
                span .unseen { (words.when) }
                input type="datetime-local" name="hour" value=(typed.hour);
                small .muted { ((words.zone)(given.publication.profile.zone.name())) }
            }
        }
    }
}

fn occasion(words: &Words, typed: &Typed) -> Markup {
    let chosen = if typed.occasion.is_empty() { "first" } else { &typed.occasion };
    html! {
        fieldset {
            legend { (words.why_again) }
            @for (value, word) in [("first", words.first), ("correction", words.correction), ("again", words.again)] {
                label .choice { input type="radio" name="occasion" value=(value) checked[chosen == value]; span { (word) } }
            }
            label .because { span { (words.because) } input type="text" name="because" value=(typed.because) maxlength="300"; }
        }
    }
}

fn confirm(words: &Words, given: &Given, typed: &Typed, was_told: bool) -> Markup {
    let short = given.wants_approval;
    html! {
        @if let Some((yes, needed)) = short.filter(|_| !was_told) {
            p .muted { ((words.short)(yes, needed)) " " a href=(Step::Approval.path(given.issue.id)) { (words.to_approval) } }
        }
        label {
            span { ((words.confirm)(&given.number())) }
            input type="text" name="number" value=(typed.number) inputmode="numeric" autocomplete="off" required;
        }
        button .primary[short.is_none()] type="submit" { (words.start) }
    }
}

/// Who gets it, who does not, and about how long it takes.
fn expected(words: &Words, outlook: Option<&Outlook>) -> Markup {
    let Some(outlook) = outlook else { return html! { p .muted { (words.choose) } } };
    let foreseen = &outlook.foreseen;
    html! {
        h2 { (words.gets) }
        p .big { @if !foreseen.is_exact { "≈ " } (number(foreseen.gets)) }
        @if !foreseen.is_exact { p .muted { (words.about) } }
        (left_out(words, foreseen))
        @if foreseen.gets > 0 { (how_long(words, outlook)) }
    }
}

/// How long it takes, and by which lanes it goes.
fn how_long(words: &Words, Outlook { foreseen, forecast }: &Outlook) -> Markup {
    html! {
        h2 { (words.how_long) }
        @if !forecast.has_relay { p .refusal { (words.no_relay) } }
        @match forecast.minutes {
            Some(minutes) => { p { ((words.minutes)(minutes)) } p .muted { (words.rests_on) } },
            None => p .muted { (words.unknown_pace) },
        }
        @for (lane, n, minutes) in &forecast.slow_lanes { p .muted { ((words.slow_lane)(lane, *n, *minutes)) } }
        @if !forecast.days.is_empty() {
            p { ((words.over_days)(forecast.days.len())) }
            ol .days { @for (nth, n) in (1..).zip(&forecast.days) { li { ((words.day)(nth, *n)) } } }
        }
        h2 { (words.by_lane) }
        (lanes(words, foreseen))
    }
}

fn left_out(words: &Words, foreseen: &Foreseen) -> Markup {
    let reasons =
        [(words.left, foreseen.left), (words.suppressed, foreseen.suppressed), (words.elsewhere, foreseen.elsewhere)];
    let some = reasons.iter().any(|(_, n)| *n > 0);
    html! {
        @if some {
            h2 { (words.left_out) }
            table .tally { @for (why, n) in reasons.iter().filter(|(_, n)| *n > 0) {
                tr { th scope="row" { (why) } td .number { (number(*n)) } }
            } }
        }
    }
}

fn lanes(words: &Words, foreseen: &Foreseen) -> Markup {
    let mut lanes: Vec<_> = foreseen.lanes.iter().collect();
    lanes.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    let others: i64 = lanes.iter().skip(LANES).map(|(_, n)| **n).sum();
    html! {
        table .tally {
            @for (lane, n) in lanes.iter().take(LANES) { tr { th scope="row" { (lane) } td .number { (number(**n)) } } }
            @if others > 0 { tr { th scope="row" { (words.others) } td .number { (number(others)) } } }
        }
    }
}
