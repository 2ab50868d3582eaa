//! The lists of a publication, with how many readers each has; and a new one.

use super::{Asked, publication, shown};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::id::ListId;
use crate::domain::list::{List, ListPath};
use crate::domain::publication::Publication;
use crate::store::{self, list::Readers};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::number;
use crate::web::words::{groups, readers::Words};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

/// `GET /publications/{publication}/lists`
pub(in crate::web::desk) async fn show(asked: Asked, Path(slug): Path<String>) -> Result<Html<String>, Error> {
    let publication = publication::find(&asked, &slug).await?;
    page(&asked, &publication, None).await
}

/// A new list, as it was typed.
#[derive(Deserialize)]
pub(in crate::web::desk) struct New {
    slug: String,
    name: String,
}

/// `POST /publications/{publication}/lists`
pub(in crate::web::desk) async fn add(
    asked: Asked,
    Path(slug): Path<String>,
    typed: Result<Form<New>, FormRejection>,
) -> Result<Response, Error> {
    let new = typed.map_err(|_| Error::Unreadable)?.0;
    let publication = publication::find(&asked, &slug).await?;
    let said = match new.slug.trim().to_lowercase().parse() {
        Err(_) => Words::of(asked.language).bad_slug.to_owned(),
        Ok(list) => {
            let path = ListPath { publication: publication.profile.slug.clone(), list };
            match actions::list::add(asked.store(), asked.actor(), asked.now(), &path, &new.name).await {
                Ok(_) => {
                    let at = format!("/publications/{}/lists/{}", path.publication, path.list);
                    return Ok(Redirect::to(&at).into_response());
                }
                Err(error @ actions::Error::Refused(_)) => spoken(&error, asked.language),
                Err(other) => return Err(other.into()),
            }
        }
    };
    let page = page(&asked, &publication, Some((&said, &new))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn page(asked: &Asked, publication: &Publication, refused: Option<(&str, &New)>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let profile = &publication.profile;
    let counts = store::list::readers_of_all(&mut *asked.read().await?).await?;
    let table = table(asked, publication, &counts).await?;
    let main = html! {
        p .eyebrow { a href={ "/publications/" (profile.slug) } { (profile.name) } }
        h1 { (words.lists) }
        (table)
        p .after { a .button href={ "/publications/" (profile.slug) "/groups" } { (groups::Words::of(asked.language).groups) } }
        @if asked.may_at(Permission::KeepReaders, publication.id) {
            h2 { (words.new_list) }
            form .card.stack.narrow method="post" {
                @if let Some((said, _)) = refused { p .refusal role="alert" { (said) } }
                label { span { (words.list_name) }
                    input name="name" required maxlength="60" value=[refused.map(|(_, new)| &new.name)] placeholder=(words.list_name_hint);
                }
                label { span { (words.slug) }
                    input name="slug" required maxlength="40" value=[refused.map(|(_, new)| &new.slug)] autocapitalize="off" spellcheck="false";
                    small .muted { (words.slug_hint) }
                }
                button .primary type="submit" { (words.add_list) }
            }
        }
    };
    Ok(shown(asked, words.lists, &main))
}

/// A publication's lists with their counts.
pub(super) async fn table(
    asked: &Asked,
    publication: &Publication,
    counts: &HashMap<ListId, Readers>,
) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let lists = store::list::of_publication(&mut *asked.read().await?, publication.id).await?;
    let counted = |list: List| counts.get(&list.id).copied().map(|readers| (list, readers));
    let rows: Vec<(List, Readers)> = lists.into_iter().filter_map(counted).collect();
    if rows.is_empty() {
        return Ok(html! { p .empty { (words.no_lists) } });
    }
    Ok(html! {
        table .rows.lists {
            thead { tr {
                th scope="col" { (words.list) }
                th scope="col" .number { (words.active) }
                th scope="col" .number { (words.of_them_suppressed) }
                th scope="col" .number { (words.ended) }
            } }
            tbody { @for (list, readers) in &rows { tr {
                td .lead {
                    a href={ "/publications/" (publication.profile.slug) "/lists/" (list.slug) } { (list.name) }
                    " " small .muted { (list.slug) }
                }
                (count(words.active, readers.active))
                (count(words.of_them_suppressed, readers.suppressed))
                (count(words.ended, readers.ended))
            } } }
        }
    })
}

/// A count, with its word where the table has no heads.
fn count(word: &str, n: i64) -> Markup {
    html! { td .counted.muted[n == 0] { span .inline { (word) " " } (number(n)) } }
}
