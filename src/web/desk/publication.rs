//! Publications: those that the visitor works for, and the issues of one.

use super::{Asked, named};
use crate::domain::account::Permission;
use crate::domain::publication::{Publication, Slug};
use crate::store::{self, issue::Overview};
use crate::web::Error;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::home::Words;
use crate::web::words::readers;
use axum::extract::Path;
use axum::response::Html;
use maud::{Markup, html};

/// `GET /publications`
pub(super) async fn list(asked: Asked) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut all = store::publication::all(&mut *asked.read().await?).await?;
    all.retain(|publication| asked.may_at(Permission::Look, publication.id));
    let main = html! {
        h1 { (asked.words().publications) }
        @if all.is_empty() { p .empty { (words.no_publications) } } @else {
            table .rows { tbody { @for Publication { profile, .. } in &all { tr {
                td .lead { a href={ "/publications/" (profile.slug) } { (profile.name) } }
                td { span .muted { (words.sender) " " } (profile.from) }
            } } } }
        }
    };
    let around = Around { title: asked.words().publications, place: Place::Publications, live: false };
    Ok(page::desk(&asked, &around, &main))
}

/// The publication that a path names. The guard has seen that it is there.
pub(super) async fn find(asked: &Asked, slug: &str) -> Result<Publication, Error> {
    let slug: Slug = named(slug)?;
    store::publication::by_slug(&mut *asked.read().await?, &slug).await?.ok_or(Error::NoPage)
}

/// `GET /publications/{publication}`
pub(super) async fn show(asked: Asked, Path(slug): Path<String>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let publication = find(&asked, &slug).await?;
    let mut issues = store::issue::overviews(&mut *asked.read().await?, Some(publication.id)).await?;
    issues.reverse();
    let profile = &publication.profile;
    let main = html! {
        p .eyebrow { a href="/publications" { (asked.words().publications) } }
        h1 { (profile.name) }
        @if asked.may_at(Permission::SeeReaders, publication.id) {
            p { a href={ "/publications/" (profile.slug) "/lists" } { (readers::Words::of(asked.language).lists) } }
        }
        h2 { (words.issues) }
        @if issues.is_empty() { p .empty { (words.no_issues) } } @else { (table(&asked, &publication, &issues)) }
    };
    let around = Around { title: &profile.name, place: Place::Publications, live: false };
    Ok(page::desk(&asked, &around, &main))
}

fn table(asked: &Asked, publication: &Publication, issues: &[Overview]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        table .rows {
            thead { tr {
                th scope="col" { (asked.words().issue) }
                th scope="col" .number { (words.articles) }
                th scope="col" { (words.document) }
                th scope="col" { (asked.words().state) }
                th scope="col" { (asked.words().time) }
            } }
            tbody { @for issue in issues { tr {
                td .lead { (issue.label.as_deref().unwrap_or(words.untitled)) }
                td .number { (issue.articles) }
                td { (issue.document) }
                td { @if issue.open > 0 { ((words.open)(issue.open)) } }
                td { (time(issue.taken_in_at, publication.profile.zone)) }
            } } }
        }
    }
}
