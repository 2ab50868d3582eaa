//! All readers that the visitor may see, searched; before anything is asked, the lists they are on.

use super::{Asked, Filter, PAGE, called, lists, shown};
use crate::domain::account::Permission;
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
    let search = filter.search(among)?;
    let form = filter.form(&asked, false).await?;
    let below = if search.is_open() {
        hub(&asked).await?
    } else {
        let mut reading = asked.read().await?;
        let page = search.page(&mut reading, filter.after()?, PAGE, FARTHEST).await?;
        let readers = store::subscriber::some(&mut reading, &page.found).await?;
        let subscribed = seen(&asked, store::subscriber::subscriptions(&mut reading, &page.found).await?);
        html! {
            @if readers.is_empty() { p .empty { (words.nobody) } } @else { (table(words, &readers, &subscribed)) }
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

fn table(words: &Words, readers: &[Subscriber], subscribed: &[Subscribed]) -> Markup {
    let lists_of = |id: SubscriberId| subscribed.iter().filter(move |one| one.reader == id);
    html! {
        table .rows.readers {
            thead { tr {
                th scope="col" { (words.name) }
                th scope="col" { (words.address) }
                th scope="col" { (words.unit) }
                th scope="col" { (words.group) }
                th scope="col" { (words.lists) }
            } }
            tbody { @for reader in readers { tr {
                td .lead { a href={ "/readers/" (reader.id) } { (called(&reader.person, reader.address.as_str())) } }
                td .address { (reader.address) }
                td { (reader.person.organisation.as_deref().unwrap_or_default()) }
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
