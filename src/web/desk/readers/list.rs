//! One list: its readers, searched and filtered, a page at a time; some or all of them can be chosen for a deed.

use super::filter::Filter;
use super::ground::Ground;
use super::{Asked, PAGE, Room, called, many, shown, standing, tick};
use crate::actions;
use crate::domain::account::Permission;
use crate::store;
use crate::store::list::Readers;
use crate::store::subscriber::OnList;
use crate::store::subscriber::search::{Among, FARTHEST, Page};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{number, time};
use crate::web::words::readers::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

/// What a deed to many came to, as the way back tells it.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web::desk) struct Outcome {
    done: Option<i64>,
    others: Option<i64>,
}

impl Outcome {
    /// It in words, if anything was done.
    pub(super) fn said(&self, asked: &Asked) -> Option<(bool, String)> {
        let words = Words::of(asked.language);
        self.done.map(|done| (true, (words.done)(done, self.others.unwrap_or(0))))
    }
}

/// `GET /publications/{publication}/lists/{list}`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    filter: Result<Query<Filter>, QueryRejection>,
    outcome: Result<Query<Outcome>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let (filter, Query(outcome)) = (filter?.0, outcome?);
    let said = outcome.said(&asked);
    page(&asked, &room, &filter, said).await
}

pub(super) async fn page(
    asked: &Asked,
    room: &Room,
    filter: &Filter,
    said: Option<(bool, String)>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let search = filter.search(asked, Among::List(room.list.id), Some(room.publication.id)).await?;
    let mut reading = asked.read().await?;
    let counts = store::list::readers(&mut reading, room.list.id).await?;
    let page = search.page(&mut reading, filter.after()?, PAGE, FARTHEST).await?;
    let readers = store::subscriber::some_on_list(&mut reading, room.list.id, &page.found).await?;
    let groups = store::group::of_publication(&mut reading, room.publication.id).await?;
    drop(reading);
    let keeps = asked.may_at(Permission::KeepReaders, room.publication.id);
    let form = filter.form(asked, &groups, true).await?;
    let deeds =
        if keeps && !readers.is_empty() { Some(many::deeds(asked, &Ground::List(room.clone())).await?) } else { None };
    let table = table(words, &readers, room.publication.profile.zone, keeps);
    let main = html! {
        (room.heading(asked))
        @if let Some((is_done, said)) = &said { p .refusal[!is_done] .notice[*is_done] role="status" { (said) } }
        (figures(words, counts))
        (ways(asked, room, filter, keeps))
        (form)
        @if readers.is_empty() {
            p .empty { (if search.is_open() && filter.after.is_empty() { words.no_readers } else { words.nobody }) }
        } @else if let Some(deeds) = deeds {
            form method="post" action={ (room.at()) "/choose" } { (filter.hidden()) (table) (more(asked, filter, &page)) (deeds) }
        } @else { (table) }
        @if readers.is_empty() || !keeps { (more(asked, filter, &page)) }
    };
    Ok(shown(asked, &room.list.name, &main))
}

fn more(asked: &Asked, filter: &Filter, page: &Page) -> Markup {
    filter.pager(asked, page)
}

fn figures(words: &Words, counts: Readers) -> Markup {
    html! {
        dl .facts {
            div { dt { (words.active) } dd { strong { (number(counts.active)) } } }
            @if counts.suppressed > 0 { div { dt { (words.of_them_suppressed) } dd { (number(counts.suppressed)) } } }
            @if counts.pending > 0 { div { dt { (words.pending) } dd { (number(counts.pending)) } } }
            div { dt { (words.ended) } dd { (number(counts.ended)) } }
        }
    }
}

/// What else can be done with a list.
fn ways(asked: &Asked, room: &Room, filter: &Filter, keeps: bool) -> Markup {
    let words = Words::of(asked.language);
    html! {
        div .ways {
            @if keeps { a .button.primary href={ (room.at()) "/import" } { (words.import) } }
            form method="post" action={ (room.at()) "/export" } {
                (filter.hidden())
                button type="submit" name="as" value="xlsx" { (words.export_sheet) } " "
                button type="submit" name="as" value="csv" { (words.export) }
            }
            @if keeps {
                details .rename {
                    summary { (words.rename) }
                    form .filter method="post" action={ (room.at()) "/rename" } {
                        label { span { (words.list_name) } input name="name" required maxlength="60" value=(room.list.name); }
                        button type="submit" { (words.save) }
                    }
                }
            }
        }
    }
}

fn table(words: &Words, readers: &[OnList], zone: Tz, ticks: bool) -> Markup {
    html! {
        table .rows.readers {
            thead { tr {
                @if ticks { th scope="col" { span .unseen { (words.tick) } } }
                th scope="col" { (words.name) }
                th scope="col" { (words.address) }
                th scope="col" { (words.unit) }
                th scope="col" { (words.region) }
                th scope="col" { (words.group) }
                th scope="col" { (words.state) }
                th scope="col" { (words.since) }
            } }
            tbody { @for reader in readers { tr {
                @if ticks { (tick(words, reader.id, called(&reader.person, &reader.address))) }
                td .lead { a href={ "/readers/" (reader.id) } { (called(&reader.person, &reader.address)) } }
                td .address { (reader.address) }
                td { (reader.person.organisation.as_deref().unwrap_or_default()) }
                td { (reader.person.region.as_deref().unwrap_or_default()) }
                td { (reader.person.category.as_deref().unwrap_or_default()) }
                td { (standing(words, &reader.state, reader.why.as_deref(), reader.suppressed.as_deref())) }
                td .muted { (time(reader.since, zone)) }
            } } }
        }
    }
}

/// A list's new name.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Name {
    name: String,
}

/// `POST /publications/{publication}/lists/{list}/rename`
pub(in crate::web::desk) async fn rename(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Result<Form<Name>, FormRejection>,
) -> Result<Response, Error> {
    let name = typed.map_err(|_| Error::Unreadable)?.0.name;
    let room = Room::find(&asked, &publication, &list).await?;
    match actions::list::rename(asked.store(), asked.actor(), asked.now(), &room.path, &name).await {
        Ok(()) => Ok(Redirect::to(&room.at()).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let said = Some((false, spoken(&error, asked.language)));
            let page = page(&asked, &room, &Filter::default(), said).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
