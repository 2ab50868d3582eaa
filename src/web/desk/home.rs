//! Home: what needs the visitor now, how the last issue went, and which date is next.

use super::{Asked, dispatch};
use crate::domain::account::Permission;
use crate::store::{self, dispatch::Shown};
use crate::web::Error;
use crate::web::page::{self, Around, Place};
use crate::web::words::home::Words;
use axum::response::Html;
use maud::html;

/// Dispatches that are shown.
const LAST: i64 = 5;

/// `GET /`
pub(super) async fn show(asked: Asked) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let shown = Shown { only: asked.confined_to(Permission::Look), at_most: Some(LAST), ..Shown::default() };
    let last = store::dispatch::overviews(&mut *asked.read().await?, &shown).await?;
    let live = last.iter().any(|one| !one.phase.is_over());
    let main = html! {
        h1 { (words.hello[0]) (asked.account().called()) (words.hello[1]) }
        section #dispatches data-live[live] {
            @if last.is_empty() { p .empty { (asked.words().no_dispatches) } } @else {
                (dispatch::table(asked.words(), &last))
            }
        }
    };
    let around = Around { title: asked.words().home, place: Place::Home, live };
    Ok(page::desk(&asked, &around, &main))
}
