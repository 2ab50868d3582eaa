//! Preview: what a roster would do, row by row, those first that need a look. Nothing of it is written yet.

use super::{Asked, Room, basis_choice, shown};
use crate::actions::roster::Preview;
use crate::actions::subscriber::{Outcome, Row};
use crate::domain::document::Digest;
use crate::domain::subscriber::Basis;
use crate::web::Error;
use crate::web::page::{number, time};
use crate::web::words::readers::Words;
use axum::response::Html;
use maud::{Markup, html};
use serde::Deserialize;

/// Rows on one page.
const PAGE: usize = 100;

/// Which rows are looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Shown {
    show: String,
    from: usize,
}

/// The page of a preview.
pub(super) fn page(
    asked: &Asked,
    room: &Room,
    (digest, preview): (Digest, &Preview),
    wanted: &Shown,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let only = match wanted.show.as_str() {
        "" => None,
        word => Some(Outcome::from_word(word).ok_or(Error::Unreadable)?),
    };
    let count = |one: Outcome| preview.rows.iter().filter(|row| row.outcome == one).count();
    let counts = Outcome::ALL.map(|one| (one, count(one)));
    let joins = count(Outcome::New) + count(Outcome::Cleaned);
    let updated = count(Outcome::Updated);
    let main = html! {
        (room.heading(asked))
        p .lede { (preview.name) " · " ((words.rows)(preview.rows.len())) }
        section .card.yes {
            p { strong { ((words.would_join)(joins, updated)) } " " (words.others_not) }
            @if joins + updated > 0 {
                form .filter method="post" action={ (room.at()) "/import/" (digest) } {
                    (basis_choice(words, Basis::Duty))
                    button .primary type="submit" { (words.bring_in) }
                    a .button href={ (room.at()) "/import" } { (words.another_file) }
                }
            } @else { a .button href={ (room.at()) "/import" } { (words.another_file) } }
            p .muted { (words.waits_until) " " (time(preview.ends_at, room.publication.profile.zone)) }
        }
        nav .tabs aria-label=(words.outcomes) {
            a href="?" aria-current=[only.is_none().then_some("true")] { (words.every) " " (number(preview.rows.len() as i64)) }
            @for (one, n) in counts { @if n > 0 {
                a href={ "?show=" (one.word()) } aria-current=[(only == Some(one)).then_some("true")] {
                    ((words.outcome)(one)) " " (number(n as i64))
                }
            } }
        }
        (rows(asked, preview, only, wanted.from))
    };
    Ok(shown(asked, words.import, &main))
}

fn rows(asked: &Asked, preview: &Preview, only: Option<Outcome>, from: usize) -> Markup {
    let words = Words::of(asked.language);
    let of = |one: Outcome| preview.rows.iter().filter(move |row| row.outcome == one);
    let wanted = Outcome::ALL.into_iter().filter(|one| only.is_none_or(|only| only == *one));
    let page: Vec<&Row> = wanted.flat_map(of).skip(from).take(PAGE + 1).collect();
    let show = only.map_or("", Outcome::word);
    html! {
        table .rows.preview {
            thead { tr {
                th scope="col" .number { (words.row) }
                th scope="col" { (words.outcome_head) }
                th scope="col" { (words.address) }
                th scope="col" { (words.name) }
                th scope="col" { (words.why) }
            } }
            tbody { @for row in page.iter().take(PAGE) { tr {
                td .number.muted { @if row.line > 0 { (row.line) } }
                td { span .mark.(mark(row.outcome)) { ((words.outcome)(row.outcome)) } }
                td .address { (row.address) }
                td { (row.name.as_deref().unwrap_or_default()) }
                td .muted { @if let Some(why) = &row.why { (why.spoken(asked.language)) } }
            } } }
        }
        @if from > 0 || page.len() > PAGE {
            nav .pager {
                @if from > 0 { a href={ "?show=" (show) } { (asked.words().first) } }
                @if page.len() > PAGE { a href={ "?show=" (show) "&from=" (from + PAGE) } { (asked.words().next) } }
            }
        }
    }
}

/// The colour of an outcome; its word stands beside it.
fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ask => "uncertain",
        Outcome::Rejected => "failed",
        Outcome::Ignored | Outcome::Duplicate => "skipped",
        Outcome::Cleaned | Outcome::Updated => "armed",
        Outcome::New => "accepted",
    }
}
