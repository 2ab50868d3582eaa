//! Readers and lists: who gets a publication's letters. Rooms: the lists of a publication, one list, its rosters,
//! all readers, one reader. What belongs to publications that the visitor has no role at is neither shown nor changed.

pub(super) mod acts;
pub(super) mod export;
pub(super) mod import;
pub(super) mod list;
pub(super) mod lists;
pub(super) mod many;
mod preview;
pub(super) mod reader;
pub(super) mod search;

use super::{Asked, named, publication};
use crate::domain::list::{List, ListPath};
use crate::domain::publication::Publication;
use crate::domain::subscriber::{Basis, Person};
use crate::store;
use crate::store::subscriber::search::{Among, Field, Search, Stands, values};
use crate::web::Error;
use crate::web::page::{self, Around, Place};
use crate::web::words::readers::Words;
use axum::response::Html;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// Readers on one page.
const PAGE: usize = 50;
/// Values that a filter suggests.
const SUGGESTED: i64 = 60;

/// A list that a path names, with its publication; the guard has seen that the visitor may come there.
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

/// What is searched for, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    q: String,
    unit: String,
    region: String,
    group: String,
    state: String,
    after: String,
}

impl Filter {
    fn search(&self, among: Among) -> Result<Search, Error> {
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let stands = match self.state.as_str() {
            "" => None,
            word => Some(Stands::from_word(word).ok_or(Error::Unreadable)?),
        };
        Ok(Search {
            among,
            words: self.q.clone(),
            organisation: typed(&self.unit),
            region: typed(&self.region),
            category: typed(&self.group),
            stands,
        })
    }

    fn after(&self) -> Result<crate::domain::id::SubscriberId, Error> {
        match self.after.as_str() {
            "" => Ok(0.into()),
            text => text.parse().map_err(|_| Error::Unreadable),
        }
    }

    /// Its fields with their names.
    fn fields(&self) -> [(&'static str, &str); 5] {
        [
            ("q", self.q.as_str()),
            ("unit", &self.unit),
            ("region", &self.region),
            ("group", &self.group),
            ("state", &self.state),
        ]
    }

    /// The address of another page of the same search.
    fn at(&self, after: Option<i64>) -> String {
        let typed = self.fields().into_iter().filter(|(_, value)| !value.is_empty());
        let mut pairs: Vec<_> =
            typed.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
        pairs.extend(after.map(|after| format!("after={after}")));
        format!("?{}", pairs.join("&"))
    }

    /// The form that asks; its suggestions come from all readers, and so only for who may see all.
    async fn form(&self, asked: &Asked, with_state: bool) -> Result<Markup, Error> {
        let words = Words::of(asked.language);
        let mut suggested = [const { Vec::new() }; 3];
        if asked.account().rights.posts.is_empty() {
            let mut reading = asked.read().await?;
            for (at, field) in [Field::Organisation, Field::Region, Field::Category].into_iter().enumerate() {
                suggested[at] = values(&mut reading, field, SUGGESTED).await?;
            }
        }
        let fields = [(words.unit, &self.unit), (words.region, &self.region), (words.group, &self.group)];
        let names = ["unit", "region", "group"];
        Ok(html! {
            form .filter.readers method="get" role="search" {
                label .wide { span { (words.search_label) }
                    input type="search" name="q" value=(self.q) placeholder=(words.search_hint) autocomplete="off" spellcheck="false";
                }
                @for (at, (word, value)) in fields.into_iter().enumerate() {
                    label { span { (word) }
                        input name=(names[at]) value=(value) list={ "has-" (names[at]) } autocomplete="off";
                    }
                    datalist id={ "has-" (names[at]) } { @for one in &suggested[at] { option value=(one) {} } }
                }
                @if with_state {
                    label { span { (words.state) }
                        select name="state" {
                            option value="" { (words.every) }
                            @for one in Stands::ALL {
                                option value=(one.word()) selected[self.state == one.word()] { ((words.stands)(one)) }
                            }
                        }
                    }
                }
                button type="submit" { (words.search) }
                @if self.fields().into_iter().any(|(_, value)| !value.is_empty()) { a .clear href="?" { (words.clear) } }
            }
        })
    }

    /// What was asked, for a form that goes on with it.
    fn hidden(&self) -> Markup {
        html! { @for (name, value) in self.fields() { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } } }
    }

    /// The ways to the first page and the next.
    fn pager(&self, asked: &Asked, page: &store::subscriber::search::Page) -> Markup {
        let words = Words::of(asked.language);
        html! {
            @if let Some(next) = page.next.filter(|_| page.found.len() < PAGE) {
                p .muted { (words.not_all) " " a href=(self.at(Some(next.0))) { (words.go_on) } }
            }
            @if !self.after.is_empty() || page.next.is_some() {
                nav .pager {
                    @if !self.after.is_empty() { a href=(self.at(None)) { (asked.words().first) } }
                    @if let Some(next) = page.next { a href=(self.at(Some(next.0))) { (asked.words().next) } }
                }
            }
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
