//! Tally: how a dispatch stands, as numbers that add up, and as a bar that is only a picture of them.
//! Colour never speaks alone: beside each stands its word.

use super::super::page::number;
use super::super::words::Words;
use crate::domain::delivery::State;
use crate::domain::dispatch::{LeftOut, Phase, Tally};
use crate::store::dispatch::Overview;
use maud::{Markup, html};

/// A state in words, with its mark.
pub(super) fn state(words: &Words, state: State) -> Markup {
    html! { span .mark.(state.word()) { ((words.state_of)(state)) } }
}

/// A phase in words, with its mark.
pub(super) fn phase(words: &Words, phase: Phase) -> Markup {
    html! { span .mark.(phase.word()) { ((words.phase)(phase)) } }
}

/// The tally in full: bar, every state with its meaning, and the sum beside the audience.
pub(super) fn table(words: &Words, overview: &Overview) -> Markup {
    let tally = &overview.tally;
    html! {
        (bar(words, tally))
        table .tally {
            caption .unseen { (words.tally) }
            tbody {
                @for one in State::ALL {
                    tr .none[tally.of(one) == 0] {
                        th scope="row" { (state(words, one)) }
                        td .number { (number(tally.of(one))) }
                        td .number.muted { (share(tally.of(one), tally.sum())) }
                        td .said.muted { ((words.meaning)(one)) }
                    }
                }
            }
            tfoot { (sum(words, overview)) }
        }
    }
}

/// The last line: what all states add up to, and whether that is the audience.
fn sum(words: &Words, overview: &Overview) -> Markup {
    let sum = overview.tally.sum();
    let (said, holds) = match overview.audience {
        None => (words.not_opened, true),
        Some(audience) if audience == sum => (words.sum_holds, true),
        Some(_) => (words.sum_broken, false),
    };
    html! {
        tr {
            th scope="row" { (words.audience) }
            td .number { (number(overview.audience.unwrap_or(sum))) }
            td {}
            td .said.muted[holds].alarm[!holds] { (said) }
        }
    }
}

/// How far it is, in a line and a bar.
pub(super) fn brief(words: &Words, overview: &Overview) -> Markup {
    let [before, of, after] = words.settled;
    html! {
        (bar(words, &overview.tally))
        p .brief {
            @if let Some(audience) = overview.audience {
                (before) strong { (number(overview.tally.settled())) } (of) (number(audience)) (after)
            } @else {
                (words.not_opened)
            }
        }
    }
}

/// The states that something is in, each with its number: what a table has room for.
pub(super) fn figures(words: &Words, tally: &Tally) -> Markup {
    html! {
        ul .figures {
            @for one in State::ALL.into_iter().filter(|one| tally.of(*one) > 0) {
                li { (state(words, one)) " " strong { (number(tally.of(one))) } }
            }
        }
    }
}

/// Who of its lists is not in the audience, and why.
pub(super) fn left_out(words: &Words, reasons: &[(String, i64)]) -> Markup {
    html! {
        h2 { (words.left_out) }
        @if reasons.is_empty() {
            p .muted { (words.nobody_left_out) }
        } @else {
            table .tally {
                @for (why, count) in reasons {
                    tr {
                        th scope="row" { (LeftOut::from_word(why).map_or(why.as_str(), words.left_out_for)) }
                        td .number { (number(*count)) }
                    }
                }
            }
        }
    }
}

/// One bar, a stretch for each state; its numbers stand beside it.
fn bar(words: &Words, tally: &Tally) -> Markup {
    let mut at = 0;
    let stretches = State::ALL.into_iter().map(|one| {
        let start = at;
        at += tally.of(one);
        (one, start, tally.of(one))
    });
    html! {
        svg .bar viewBox={ "0 0 " (tally.sum().max(1)) " 1" } preserveAspectRatio="none" role="img" aria-label=(spoken(words, tally)) {
            @for (one, start, length) in stretches.filter(|(.., length)| *length > 0) {
                rect .(one.word()) x=(start) y="0" width=(length) height="1" {}
            }
        }
    }
}

fn spoken(words: &Words, tally: &Tally) -> String {
    let present = State::ALL.into_iter().filter(|one| tally.of(*one) > 0);
    let parts: Vec<_> = present.map(|one| format!("{} {}", (words.state_of)(one), tally.of(one))).collect();
    format!("{}: {}", words.tally, parts.join(", "))
}

/// A share of the whole, to a tenth of a percent; it never rounds to all or nothing what is neither.
fn share(part: i64, whole: i64) -> String {
    if part == 0 || whole == 0 {
        return String::new();
    }
    if part == whole {
        return "100 %".into();
    }
    let tenths = (part.saturating_mul(1000) / whole).clamp(1, 999);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_all_or_nothing_only_when_it_is() {
        for (part, whole, shown) in [
            (0, 100, ""),
            (0, 0, ""),
            (100, 100, "100 %"),
            (19_999, 20_000, "99.9 %"),
            (1, 20_000, "0.1 %"),
            (1, 3, "33.3 %"),
        ] {
            assert_eq!(share(part, whole), shown, "{part} of {whole}");
        }
    }
}
