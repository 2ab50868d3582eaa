//! Dispatches: all of them in a list; how one is ordered ([`order`]), how it goes ([`progress`]), what came of it
//! ([`result`]), what of it is taken along ([`export`]), and what a person does about it ([`deeds`]).

mod chart;
pub(super) mod deeds;
pub(super) mod export;
pub(super) mod order;
pub(super) mod progress;
mod result;

use super::super::Error;
use super::super::page::{self, Around, Place, time};
use super::super::words::Words;
use super::{Asked, tally};
use crate::domain::account::Permission;
use crate::domain::id::DispatchId;
use crate::store::{
    self,
    dispatch::{Overview, Shown},
};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Html;
use maud::{Markup, html};
use serde::Deserialize;

/// Dispatches on one page.
const PAGE: usize = 50;

/// Which part of the list of dispatches.
#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<i64>,
}

/// `GET /dispatches`
pub(super) async fn list(asked: Asked, part: Result<Query<Part>, QueryRejection>) -> Result<Html<String>, Error> {
    let words = asked.words();
    let before = part?.before.map(DispatchId);
    let shown = Shown { before, only: asked.confined_to(Permission::Look), at_most: Some(PAGE as i64) };
    let all = store::dispatch::overviews(&mut *asked.read().await?, &shown).await?;
    let live = all.iter().any(|one| !one.phase.is_over());
    let main = html! {
        h1 { (words.dispatches) }
        section #dispatches data-live[live] {
            @if all.is_empty() { p .empty { (words.no_dispatches) } } @else { (table(words, &all)) }
        }
        @if before.is_some() || all.len() == PAGE {
            nav .pager {
                @if before.is_some() { a href="/dispatches" { (words.newer) } }
                @if let Some(last) = all.last().filter(|_| all.len() == PAGE) {
                    a href={ "/dispatches?before=" (last.id) } { (words.older) }
                }
            }
        }
    };
    let around = Around { title: words.dispatches, place: Place::Dispatches, live };
    Ok(page::desk(&asked, &around, &main))
}

pub(super) fn table(words: &Words, all: &[Overview]) -> Markup {
    html! {
        table .rows.dispatches {
            thead { tr {
                th scope="col" { (words.issue) }
                th scope="col" { (words.publication) }
                th scope="col" { (words.state) }
                th scope="col" { (words.tally) }
                th scope="col" { (words.hour) }
            } }
            tbody {
                @for one in all {
                    tr {
                        td .lead { a href={ "/dispatches/" (one.id) } { (name(one)) } }
                        td { (one.publication) }
                        td { (tally::phase(words, one.phase)) }
                        td .wide { (tally::brief(words, one)) (tally::figures(words, &one.tally)) }
                        td { (time(one.at, one.zone)) }
                    }
                }
            }
        }
    }
}

/// What a dispatch is called: by its issue's label, else by its letters' subject.
pub(in crate::web::desk) fn name(overview: &Overview) -> &str {
    overview.label.as_deref().unwrap_or(&overview.subject)
}
