//! All readers that the visitor may see, searched; before anything is asked, the lists they are on.

use super::filter::Filter;
use super::{Asked, PAGE, called, lists, shown, tick};
use crate::domain::account::Permission;
use crate::domain::group::Group;
use crate::domain::id::SubscriberId;
use crate::domain::subscriber::Subscriber;
use crate::store;
use crate::store::subscriber::Subscribed;
use crate::store::subscriber::search::{Among, FARTHEST};
use crate::web::Error;
use crate::web::words::readers::Words;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Html;
use maud::{Markup, html};

/// `GET /readers`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let filter = filter?.0;
    let among = asked.confined_to(Permission::SeeReaders).map_or(Among::All, Among::Publications);
    let search = filter.search(&asked, among, None).await?;
    let form = filter.form(&asked, &groups(&asked).await?, false).await?;
    let below = if search.is_open() {
        hub(&asked).await?
    } else {
        let mut reading = asked.read().await?;
        let page = search.page(&mut reading, filter.after()?, PAGE, FARTHEST).await?;
        let readers = store::subscriber::some(&mut reading, &page.found).await?;
        let subscribed = seen(&asked, store::subscriber::subscriptions(&mut reading, &page.found).await?);
        html! {
            @if readers.is_empty() { p .empty { (words.nobody) } } @else { (table(words, &readers, &subscribed, false)) }
            (filter.pager(&asked, &page))
        }
    };
    let main = html! {
        h1 { (words.readers) }
        (form)
        (below)
    };
    Ok(shown(&asked, words.readers, &main))
}

/// The groups of every publication whose readers the visitor sees.
async fn groups(asked: &Asked) -> Result<Vec<Group>, Error> {
    let mut reading = asked.read().await?;
    let mut groups = Vec::new();
    for publication in store::publication::all(&mut reading).await? {
        if asked.may_at(Permission::SeeReaders, publication.id) {
            groups.extend(store::group::of_publication(&mut reading, publication.id).await?);
        }
    }
    Ok(groups)
}

/// Each publication's lists.
async fn hub(asked: &Asked) -> Result<Markup, Error> {
    let mut all = store::publication::all(&mut *asked.read().await?).await?;
    all.retain(|publication| asked.may_at(Permission::SeeReaders, publication.id));
    let counts = store::list::readers_of_all(&mut *asked.read().await?).await?;
    let mut tables = Vec::new();
    for publication in &all {
        tables.push((publication, lists::table(asked, publication, &counts).await?));
    }
    Ok(html! {
        @for (publication, table) in &tables {
            h2 { a .plainly href={ "/publications/" (publication.profile.slug) "/lists" } { (publication.profile.name) } }
            (table)
        }
    })
}

/// Only what is of publications whose readers the visitor may see.
pub(super) fn seen(asked: &Asked, mut subscribed: Vec<Subscribed>) -> Vec<Subscribed> {
    subscribed.retain(|one| asked.may_at(Permission::SeeReaders, one.publication));
    subscribed
}

/// Readers with the lists that they are on; with boxes to tick, if anything can be done with them.
pub(super) fn table(words: &Words, readers: &[Subscriber], subscribed: &[Subscribed], ticks: bool) -> Markup {
    let lists_of = |id: SubscriberId| subscribed.iter().filter(move |one| one.reader == id);
    html! {
        table .rows.readers {
            thead { tr {
                @if ticks { th scope="col" { span .unseen { (words.tick) } } }
                th scope="col" { (words.name) }
                th scope="col" { (words.address) }
                th scope="col" { (words.unit) }
                th scope="col" { (words.region) }
                th scope="col" { (words.group) }
                th scope="col" { (words.lists) }
            } }
            tbody { @for reader in readers { tr {
                @if ticks { (tick(words, reader.id, called(&reader.person, reader.address.as_str()))) }
                td .lead { a href={ "/readers/" (reader.id) } { (called(&reader.person, reader.address.as_str())) } }
                td .address { (reader.address) }
                td { (reader.person.organisation.as_deref().unwrap_or_default()) }
                td { (reader.person.region.as_deref().unwrap_or_default()) }
                td { (reader.person.category.as_deref().unwrap_or_default()) }
                td {
                    ul .figures { @for one in lists_of(reader.id) { li .muted[one.state != "active"] {
                        (one.list_name)
                        @if one.state != "active" { " (" (if one.state == "ended" { words.ended } else { words.pending }) ")" }
                    } } }
                }
            } } }
        }
    }
}
