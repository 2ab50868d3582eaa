//! The chart of a dispatch: tries in time, stacked by what they came to; a picture, with its table for whoever cannot
//! see it or wants the numbers.

use crate::domain::moment::Moment;
use crate::store::dispatch::Stretch;
use crate::web::page::number;
use crate::web::words::progress::Words;
use chrono::TimeZone;
use chrono_tz::Tz;
use maud::{Markup, html};

/// Bars at most.
pub(super) const BARS: i64 = 120;

/// The picture's height in its own units; each bar is ten wide.
const HEIGHT: i64 = 240;
const WIDE: i64 = 10;

/// What is stacked, from the ground up: class, and how many.
fn parts(stretch: &Stretch) -> [(&'static str, i64); 4] {
    [
        ("accepted", stretch.accepted),
        ("queued", stretch.later),
        ("failed", stretch.refused),
        ("uncertain", stretch.uncertain),
    ]
}

/// Picture and table.
pub(super) fn drawn(words: &Words, zone: Tz, minutes: i64, stretches: &[Stretch]) -> Markup {
    let most =
        stretches.iter().map(|stretch| parts(stretch).iter().map(|(_, n)| n).sum::<i64>()).max().unwrap_or(1).max(1);
    let first = stretches.first().map_or(Moment(0), |stretch| stretch.from);
    let place = |stretch: &Stretch| (stretch.from.0 - first.0) / (minutes.max(1) * 60_000);
    let bars = stretches.last().map_or(1, |last| place(last) + 1).max(12);
    html! {
        figure .chart {
            div .scale { span { (number(most)) } span { "0" } }
            svg viewBox={ "0 0 " (bars * WIDE) " " (HEIGHT) } preserveAspectRatio="none" role="img" aria-label=(words.chart) {
                @for stretch in stretches { (bar(stretch, place(stretch), most)) }
            }
            div .ends {
                span { (hour(first, zone)) }
                @if let Some(last) = stretches.last().filter(|_| stretches.len() > 1) { span { (hour(last.from, zone)) } }
            }
            figcaption .muted.small {
                ((words.chart_note)(minutes)) " "
                @for (class, word) in [("accepted", words.accepted), ("queued", words.later), ("failed", words.refused), ("uncertain", words.uncertain)] {
                    span .mark.(class) { (word) } " "
                }
            }
        }
        details { summary { (words.chart_table) } (table(words, zone, stretches)) }
    }
}

fn bar(stretch: &Stretch, place: i64, most: i64) -> Markup {
    let mut top = HEIGHT;
    let pieces = parts(stretch).into_iter().filter(|(_, n)| *n > 0).map(|(class, n)| {
        // What is there is seen, however little it is.
        let high = (n * HEIGHT / most).max(3);
        top -= high;
        (class, top.max(0), high)
    });
    html! { @for (class, y, high) in pieces { rect .(class) x=(place * WIDE + 1) y=(y) width=(WIDE - 2) height=(high) {} } }
}

fn table(words: &Words, zone: Tz, stretches: &[Stretch]) -> Markup {
    html! {
        table .tally.stretches {
            thead { tr {
                th scope="col" { (words.from) }
                @for word in [words.accepted, words.later, words.refused, words.uncertain] { th scope="col" .number { (word) } }
            } }
            tbody { @for stretch in stretches { tr {
                th scope="row" { (hour(stretch.from, zone)) }
                @for (_, n) in parts(stretch) { td .number { (number(n)) } }
            } } }
        }
    }
}

fn hour(at: Moment, zone: Tz) -> String {
    zone.from_utc_datetime(&at.utc().naive_utc()).format("%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_letter_beside_a_million_is_still_seen() {
        let stretch = Stretch { accepted: 1_000_000, refused: 1, ..Stretch::default() };
        let drawn = bar(&stretch, 0, 1_000_001).into_string();
        assert!(drawn.contains("class=\"failed\"") && drawn.contains("height=\"3\""), "{drawn}");
    }
}
