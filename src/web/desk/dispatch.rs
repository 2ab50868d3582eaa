//! Dispatches: all of them, and one with its tally and its delivery log. While one is not over, what
//! changes on its pages renews itself.

use super::super::Error;
use super::super::page::{self, Around, Place, time};
use super::super::words::Words;
use super::{Asked, delivery, named, tally};
use crate::domain::account::Permission;
use crate::domain::delivery::State as DeliveryState;
use crate::domain::id::{DeliveryId, DispatchId};
use crate::store::attempt::Search;
use crate::store::{
    self,
    dispatch::{Overview, Shown},
};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
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

/// What of the delivery log is asked for.
#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
    address: Option<String>,
    after: Option<i64>,
}

impl Filter {
    fn search(self, dispatch: DispatchId) -> Result<Search, Error> {
        let word = self.state.filter(|word| !word.is_empty());
        let state = word.map(|word| DeliveryState::from_word(&word).ok_or(Error::Unreadable)).transpose()?;
        let part = self.address.map(|part| part.trim().to_lowercase()).filter(|part| !part.is_empty());
        Ok(Search {
            dispatch: Some(dispatch),
            state,
            address_part: part,
            after: self.after.map(DeliveryId),
            // One more than is shown tells whether there is a next page.
            at_most: Some(delivery::PAGE as i64 + 1),
            ..Search::default()
        })
    }
}

/// `GET /dispatches/{dispatch}`
pub(super) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let words = asked.words();
    let search = filter?.0.search(named(&id)?)?;
    let mut reading = asked.read().await?;
    let overview = store::dispatch::overview(&mut reading, named(&id)?).await?.ok_or(Error::NoPage)?;
    let left_out = store::dispatch::left_out(&mut reading, overview.id).await?;
    let entries = store::attempt::log(&mut reading, &search).await?;
    let keyring = store::station::keyring(&mut reading).await?.ok_or(Error::NoPage)?;
    drop(reading);
    let log = delivery::Log { words, keyring: &keyring, zone: overview.zone, letters: asked.pages.mailbox.is_some() };
    let live = !overview.phase.is_over();
    let main = html! {
        (heading(words, &overview))
        div .columns #standing data-live[live] {
            section .card {
                h2 { (words.tally) }
                (tally::table(words, &overview))
            }
            aside .card {
                (tally::left_out(words, &left_out))
                @if asked.pages.mailbox.is_some() { p { a .button href="/mailbox" { (words.read_letters) } } }
            }
        }
        h2 { (words.log) }
        (delivery::form(words, &search))
        section #log data-live[live] { (log.page(&search, &entries)) }
    };
    let around = Around { title: name(&overview), place: Place::Dispatches, live };
    Ok(page::desk(&asked, &around, &main))
}

fn heading(words: &Words, overview: &Overview) -> Markup {
    html! {
        p .eyebrow { (overview.publication) }
        h1 { (name(overview)) }
        p .lede { (overview.subject) }
        dl .facts #facts data-live[!overview.phase.is_over()] {
            div { dt { (words.state) } dd {
                (tally::phase(words, overview.phase))
                @if let Some(why) = &overview.why { " " span .muted { (why) } }
            } }
            div { dt { (words.to) } dd { (overview.lists.join(", ")) } }
            div { dt { (words.hour) } dd { (time(overview.at, overview.zone)) } }
        }
    }
}

/// What a dispatch is called: by its issue's label, else by its letters' subject.
fn name(overview: &Overview) -> &str {
    overview.label.as_deref().unwrap_or(&overview.subject)
}
