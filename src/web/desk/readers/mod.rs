//! Readers and lists: who gets a publication's letters. Rooms: the lists of a publication, one list, its rosters,
//! all readers, one reader. What belongs to publications that the visitor has no role at is neither shown nor changed.

pub(super) mod acts;
pub(super) mod export;
mod filter;
mod ground;
pub(super) mod group;
pub(super) mod import;
pub(super) mod list;
pub(super) mod lists;
pub(super) mod many;
mod preview;
pub(super) mod reader;
pub(super) mod rule;
pub(super) mod search;

pub(in crate::web) use many::Wish;

use super::{Asked, named, publication};
use crate::domain::id::SubscriberId;
use crate::domain::list::{List, ListPath};
use crate::domain::publication::Publication;
use crate::domain::subscriber::{Basis, Person};
use crate::store;
use crate::web::Error;
use crate::web::page::{self, Around, Place};
use crate::web::words::readers::Words;
use axum::response::Html;
use maud::{Markup, html};

/// Readers on one page.
const PAGE: usize = 50;
/// Values that a filter suggests.
const SUGGESTED: i64 = 60;

/// A list that a path names, with its publication; the guard has seen that the visitor may come there.
#[derive(Clone)]
struct Room {
    publication: Publication,
    list: List,
    path: ListPath,
}

impl Room {
    async fn find(asked: &Asked, publication: &str, list: &str) -> Result<Self, Error> {
        let publication = publication::find(asked, publication).await?;
        let path = ListPath { publication: publication.profile.slug.clone(), list: named(list)? };
        let list = store::list::by_path(&mut *asked.read().await?, &path).await?.ok_or(Error::NoPage)?;
        Ok(Self { publication, list, path })
    }

    /// Where its page is.
    fn at(&self) -> String {
        format!("/publications/{}/lists/{}", self.path.publication, self.path.list)
    }

    fn heading(&self, asked: &Asked) -> Markup {
        let lists = format!("/publications/{}/lists", self.path.publication);
        html! {
            p .eyebrow { (self.publication.profile.name) " · " a href=(lists) { (Words::of(asked.language).lists) } }
            h1 { a .plainly href=(self.at()) { (self.list.name) } }
        }
    }
}

/// A page of these rooms.
fn shown(asked: &Asked, title: &str, main: &Markup) -> Html<String> {
    page::desk(asked, &Around { title, place: Place::Readers, live: false }, main)
}

/// How a reader stands with a list, in words, with a mark.
fn standing(words: &Words, state: &str, why: Option<&str>, suppressed: Option<&str>) -> Markup {
    let (mark, word) = match (state, suppressed) {
        ("active", Some(_)) => ("failed", words.suppressed),
        ("active", None) => ("accepted", words.active),
        ("pending", _) => ("queued", words.pending),
        _ => ("skipped", words.ended),
    };
    html! {
        span .mark.(mark) { (word) }
        @if let Some(why) = why { " " span .muted { ((words.ended_for)(why)) } }
    }
}

/// What a reader is called, or their address where nobody said.
fn called<'a>(person: &'a Person, address: &'a str) -> &'a str {
    person.name.as_deref().unwrap_or(address)
}

/// A box that chooses a reader.
fn tick(words: &Words, id: SubscriberId, called: &str) -> Markup {
    html! {
        td .tick { label {
            input type="checkbox" name="r" value=(id);
            span .unseen { (words.tick) " " (called) }
        } }
    }
}

/// A choice of why somebody is on a list.
fn basis_choice(words: &Words, chosen: Basis) -> Markup {
    html! {
        label { span { (words.basis) }
            select name="basis" { @for one in [Basis::Duty, Basis::Asked, Basis::Gift] {
                option value=(one.word()) selected[one == chosen] { ((words.basis_of)(one.word())) }
            } }
        }
    }
}
