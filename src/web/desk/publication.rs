//! Publications: those that the visitor works for, and the issues of one, each with its state; a manuscript is brought here.

use super::take_in::{self, Refused};
use super::{Asked, issue, named};
use crate::domain::account::Permission;
use crate::domain::id::IssueId;
use crate::domain::publication::{Publication, Slug};
use crate::store::{
    self,
    issue::{Known, Shown},
};
use crate::web::Error;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::{self, home::Words, readers, review};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Html;
use maud::{Markup, html};
use serde::Deserialize;

/// Issues on one page.
const PAGE: usize = 50;

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
    let main = html! {
        (main)
        @if asked.may(Permission::KeepHouse) {
            p .after { a .button href="/publications/new" { (words::settings::Words::of(asked.language).new) } }
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

/// Which part of the list of issues.
#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<i64>,
}

/// `GET /publications/{publication}`
pub(super) async fn show(
    asked: Asked,
    Path(slug): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Html<String>, Error> {
    page(&asked, &slug, part?.before.map(IssueId), None).await
}

/// The page of one publication, with what was refused of a manuscript just brought.
pub(super) async fn page(
    asked: &Asked,
    slug: &str,
    before: Option<IssueId>,
    refused: Option<&Refused>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let publication = find(asked, slug).await?;
    let only = Some(vec![publication.id]);
    let shown = Shown { before, only, at_most: Some(PAGE as i64), ..Shown::default() };
    let issues = store::issue::known(&mut *asked.read().await?, &shown).await?;
    let profile = &publication.profile;
    let schedule_word = words::schedule::Words::of(asked.language).schedule;
    let path = format!("/publications/{}", profile.slug);
    let main = html! {
        p .eyebrow { a href="/publications" { (asked.words().publications) } }
        h1 { (profile.name) }
        nav .tabs {
            @if asked.may_at(Permission::SeeReaders, publication.id) {
                a href={ (path) "/lists" } { (readers::Words::of(asked.language).lists) }
            }
            a href={ (path) "/schedule" } { (schedule_word) }
            @if asked.may_at(Permission::KeepPublication, publication.id) {
                a href={ (path) "/settings" } { (words::settings::Words::of(asked.language).settings) }
                a href={ (path) "/theme" } { (words::settings::Words::of(asked.language).theme) }
            }
        }
        @if asked.may_at(Permission::Edit, publication.id) {
            h2 { (review::Words::of(asked.language).take_in) }
            @let words = review::Words::of(asked.language);
            (take_in::form(words, (&format!("/publications/{}", profile.slug), words.take_in), refused))
        }
        h2 { (words.issues) }
        @if issues.is_empty() { p .empty { (words.no_issues) } } @else { (table(asked, &issues)) }
        @if before.is_some() || issues.len() == PAGE {
            nav .pager {
                @if before.is_some() { a href=(path) { (asked.words().newer) } }
                @if let Some(last) = issues.last().filter(|_| issues.len() == PAGE) {
                    a href={ (path) "?before=" (last.id) } { (asked.words().older) }
                }
            }
        }
    };
    let around = Around { title: &profile.name, place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

fn table(asked: &Asked, issues: &[Known]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        table .rows.issues {
            thead { tr {
                th scope="col" { (asked.words().issue) }
                th scope="col" { (asked.words().state) }
                th scope="col" { (words.document) }
                th scope="col" { (words.taken_in) }
            } }
            tbody { @for known in issues { tr {
                td .lead { a href={ "/issues/" (known.id) } { (issue::called(asked, known)) } }
                td { (issue::state(asked, &known.standing)) }
                td { (known.document) }
                td { (time(known.taken_in_at, known.zone)) }
            } } }
        }
    }
}
