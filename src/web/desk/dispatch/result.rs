//! What came of a dispatch: why letters did not arrive, how it went minute by minute, what is uncertain and waits for
//! a person, and what may be done now. Sums only: names stand in the log.

use super::chart;
use super::progress::Standing;
use crate::domain::account::Permission;
use crate::domain::delivery::State;
use crate::domain::dispatch::Phase;
use crate::domain::reason::Reason;
use crate::store;
use crate::store::dispatch::{ByReason, REASONS_OF};
use crate::web::Error;
use crate::web::desk::{Asked, delivery, tally};
use crate::web::page::number;
use crate::web::words::log::Words as LogWords;
use crate::web::words::progress::Words;
use maud::{Markup, html};

/// The part of the page below what is live.
pub(super) async fn page(asked: &Asked, standing: &Standing) -> Result<Markup, Error> {
    let (words, id) = (Words::of(asked.language), standing.overview.id);
    let mut reading = asked.read().await?;
    let reasons = store::dispatch::by_reason(&mut reading, id).await?;
    let unsettled = store::dispatch::unsettled(&mut reading, id).await?;
    let (minutes, stretches) = store::dispatch::stretches(&mut reading, id, chart::BARS).await?;
    drop(reading);
    Ok(html! {
        @if unsettled > 0 { (settle(asked, standing, unsettled)) }
        section .card {
            h2 { (words.reasons) }
            (by_reason(asked, standing, &reasons))
            (actions(asked, standing))
        }
        section .card {
            h2 { (words.chart) }
            @if stretches.is_empty() { p .muted { (words.no_chart) } } @else {
                (chart::drawn(words, standing.overview.zone, minutes, &stretches))
            }
        }
    })
}

fn by_reason(asked: &Asked, standing: &Standing, reasons: &[ByReason]) -> Markup {
    let (words, log) = (Words::of(asked.language), LogWords::of(asked.language));
    if reasons.is_empty() {
        return html! { p .muted { (words.all_arrived) } };
    }
    let sees_readers = standing.may(asked, Permission::SeeReaders);
    html! {
        table .rows.reasons {
            thead { tr {
                th scope="col" { (asked.words().state) } th scope="col" { (words.reason) } th scope="col" .number { (words.letters) }
                @if sees_readers { th scope="col" { (words.example) } }
            } }
            tbody { @for one in reasons {
                @let reason = one.reason.as_deref().and_then(Reason::from_word);
                @let said = reason.map_or(log.not_known, log.reason);
                tr {
                    td { @if let Some(state) = State::from_word(&one.state) { (tally::state(asked.words(), state)) } }
                    td .lead { @if sees_readers { a href=(in_log(standing, one)) { (said) } } @else { (said) } }
                    td .number data-name=(words.letters) { (number(one.letters)) }
                    // What a server says may hold what it knows of a reader.
                    @if sees_readers { td .answer { (one.example.as_deref().unwrap_or_default()) } }
                }
            } }
        }
        @if reasons.iter().map(|one| one.letters).sum::<i64>() >= REASONS_OF { p .muted.small { (words.some_reasons) } }
    }
}

fn in_log(standing: &Standing, one: &ByReason) -> String {
    let reason = one.reason.as_deref().unwrap_or_default();
    format!("/log?dispatch={}&state={}&reason={reason}", standing.overview.id, one.state)
}

/// What may be done now, and where the names are.
fn actions(asked: &Asked, standing: &Standing) -> Markup {
    let (words, overview) = (Words::of(asked.language), &standing.overview);
    let at = format!("/dispatches/{}", overview.id);
    let has_opened = matches!(overview.phase, Phase::Open | Phase::Paused | Phase::Closed);
    let missing = overview.tally.accepted < overview.tally.sum();
    html! {
        div .controls {
            @if standing.may(asked, Permission::SeeReaders) {
                a .button href={ "/log?dispatch=" (overview.id) } { (words.log) }
                form method="post" action={ (at) "/export" } { button type="submit" { (words.export) } }
            }
            @if asked.pages.mailbox.is_some() && asked.may(Permission::KeepHouse) {
                a .button href="/mailbox" { (asked.words().read_letters) }
            }
            @if has_opened && missing && standing.may(asked, Permission::Dispatch) {
                a .button href={ (at) "/resend" } { (words.resend) }
            }
        }
    }
}

fn settle(asked: &Asked, standing: &Standing, unsettled: i64) -> Markup {
    let (words, id) = (Words::of(asked.language), standing.overview.id);
    html! {
        section .card.settle {
            p { ((words.unsettled)(unsettled)) }
            @if standing.may(asked, Permission::Dispatch) {
                form .options method="post" action={ "/dispatches/" (id) "/settle" } {
                    (delivery::settlements(words, "all"))
                    button type="submit" { (words.settle_all) }
                }
            }
            @if standing.may(asked, Permission::SeeReaders) {
                p { a href={ "/log?dispatch=" (id) "&state=uncertain" } { (words.one_by_one) } }
            }
        }
    }
}
