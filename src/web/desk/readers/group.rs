//! Groups of a publication: readers chosen by a rule. One group's page tells its rule in words and shows whom it finds
//! now, a page at a time; they can be taken along, and something be done with them.

use super::filter::Filter;
use super::ground::Ground;
use super::search::{seen, table};
use super::{Asked, PAGE, many, named, publication, shown};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::group::{Group, Rule};
use crate::domain::id::GroupId;
use crate::domain::list::List;
use crate::domain::publication::Publication;
use crate::store;
use crate::store::subscriber::search::{Among, COUNTED, FARTHEST, Ruled, Search};
use crate::web::Error;
use crate::web::words::{groups::Words, readers};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// A group that a path names, with its publication; the guard has seen that the visitor may come there.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) publication: Publication,
    pub(super) group: Group,
}

impl Room {
    pub(super) async fn find(asked: &Asked, slug: &str, id: &str) -> Result<Self, Error> {
        let publication = publication::find(asked, slug).await?;
        let id: GroupId = named(id)?;
        let group = store::group::find(&mut *asked.read().await?, id).await?;
        let group = group.filter(|group| group.publication == publication.id).ok_or(Error::NoPage)?;
        Ok(Self { publication, group })
    }

    /// Where its page is.
    pub(super) fn at(&self) -> String {
        format!("/publications/{}/groups/{}", self.publication.profile.slug, self.group.id)
    }

    pub(super) fn heading(&self, asked: &Asked) -> Markup {
        let groups = format!("/publications/{}/groups", self.publication.profile.slug);
        html! {
            p .eyebrow { (self.publication.profile.name) " · " a href=(groups) { (Words::of(asked.language).groups) } }
            h1 { a .plainly href=(self.at()) { (self.group.name) } }
        }
    }

    /// Whoever is in it now.
    pub(super) async fn search(&self, asked: &Asked) -> Result<Search, Error> {
        let ruled = Ruled::of(&mut *asked.read().await?, &self.publication, self.group.rule.clone()).await?;
        Ok(Search { ruled: Some(ruled), ..Search::of(Among::All) })
    }
}

/// `GET /publications/{publication}/groups`
pub(in crate::web::desk) async fn list(asked: Asked, Path(slug): Path<String>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let publication = publication::find(&asked, &slug).await?;
    let mut reading = asked.read().await?;
    let groups = store::group::of_publication(&mut reading, publication.id).await?;
    let lists = store::list::of_publication(&mut reading, publication.id).await?;
    drop(reading);
    let at = format!("/publications/{}", publication.profile.slug);
    let main = html! {
        p .eyebrow { a href=(at) { (publication.profile.name) } " · "
            a href={ (at) "/lists" } { (readers::Words::of(asked.language).lists) } }
        h1 { (words.groups) }
        p .muted { (words.what) }
        @if groups.is_empty() { p .empty { (words.none) } } @else {
            table .rows.groups { tbody { @for group in &groups { tr {
                td .lead { a href={ (at) "/groups/" (group.id) } { (group.name) } }
                td { (told(&asked, &group.rule, &lists)) }
            } } } }
        }
        @if asked.may_at(Permission::KeepReaders, publication.id) {
            p .after { a .button.primary href={ (at) "/groups/new" } { (words.new) } }
        }
    };
    Ok(shown(&asked, words.groups, &main))
}

/// A rule in words, with lists by their names.
fn told(asked: &Asked, rule: &Rule, lists: &[List]) -> String {
    rule.told(asked.language, |slug| lists.iter().find(|list| list.slug == *slug).map(|list| list.name.clone()))
}

/// `GET /publications/{publication}/groups/{group}`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path((slug, id)): Path<(String, String)>,
    filter: Result<Query<Filter>, QueryRejection>,
    outcome: Result<Query<super::list::Outcome>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let room = Room::find(&asked, &slug, &id).await?;
    let said = outcome?.0.said(&asked);
    page(&asked, &room, &filter?.0, said).await
}

pub(super) async fn page(
    asked: &Asked,
    room: &Room,
    filter: &Filter,
    said: Option<(bool, String)>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let search = room.search(asked).await?;
    let mut reading = asked.read().await?;
    // Who pages on knows how many there are.
    let count = match filter.after.is_empty() {
        true => Some(search.count(&mut reading, COUNTED).await?),
        false => None,
    };
    let page = search.page(&mut reading, filter.after()?, PAGE, FARTHEST).await?;
    let readers = store::subscriber::some(&mut reading, &page.found).await?;
    let subscribed = seen(asked, store::subscriber::subscriptions(&mut reading, &page.found).await?);
    let lists = store::list::of_publication(&mut reading, room.publication.id).await?;
    drop(reading);
    let keeps = asked.may_at(Permission::KeepReaders, room.publication.id);
    let ground = Ground::Group(room.clone());
    let table = table(readers::Words::of(asked.language), &readers, &subscribed, keeps);
    let pager = filter.pager(asked, &page);
    let main = html! {
        (room.heading(asked))
        @if let Some((is_done, said)) = &said { p .refusal[!is_done] .notice[*is_done] role="status" { (said) } }
        p .told { (told(asked, &room.group.rule, &lists)) }
        @if let Some((count, is_all)) = count { p { strong { ((words.found)(count, is_all)) } } }
        (ways(asked, room, keeps))
        @if readers.is_empty() { p .empty { (words.nobody) } } @else if keeps {
            form method="post" action={ (room.at()) "/choose" } { (table) (pager) (many::deeds(asked, &ground).await?) }
        } @else { (table) }
        @if readers.is_empty() || !keeps { (pager) }
    };
    Ok(shown(asked, &room.group.name, &main))
}

/// What can be done with a group itself.
fn ways(asked: &Asked, room: &Room, keeps: bool) -> Markup {
    let (words, said) = (Words::of(asked.language), readers::Words::of(asked.language));
    html! {
        div .ways {
            @if keeps { a .button href={ (room.at()) "/edit" } { (words.edit) } }
            form method="post" action={ (room.at()) "/export" } {
                button type="submit" name="as" value="xlsx" { (said.export_sheet) } " "
                button type="submit" name="as" value="csv" { (said.export) }
            }
            @if keeps {
                details .rename {
                    summary { (words.remove) }
                    form .filter method="post" action={ (room.at()) "/remove" } {
                        span .muted { (words.remove_note) }
                        button type="submit" { (words.remove_yes) }
                    }
                }
            }
        }
    }
}

/// `POST /publications/{publication}/groups/{group}/remove`
pub(in crate::web::desk) async fn remove(
    asked: Asked,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &slug, &id).await?;
    actions::group::remove(asked.store(), asked.actor(), asked.now(), room.group.id).await?;
    Ok(Redirect::to(&format!("/publications/{}/groups", room.publication.profile.slug)).into_response())
}
