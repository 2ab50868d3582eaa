//! Filter: what readers are searched by, as it was typed: on a list, or among all. What is asked stays in the address,
//! so that a page can be gone back to.

use super::{Asked, PAGE, SUGGESTED};
use crate::domain::account::Permission;
use crate::domain::group::Group;
use crate::domain::id::{GroupId, PublicationId, SubscriberId};
use crate::store;
use crate::store::subscriber::search::{Among, Field, Page, Ruled, Search, Stands, values};
use crate::web::Error;
use crate::web::words::{groups, readers::Words};
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// What is searched for, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Filter {
    q: String,
    unit: String,
    region: String,
    group: String,
    state: String,
    saved: String,
    pub(super) after: String,
}

impl Filter {
    /// What a form says of it.
    pub(super) fn of(field: impl Fn(&str) -> String) -> Self {
        Self {
            q: field("q"),
            unit: field("unit"),
            region: field("region"),
            group: field("group"),
            state: field("state"),
            saved: field("saved"),
            after: String::new(),
        }
    }

    /// The search. A group is one of `publication`, or of any whose readers the visitor sees.
    pub(super) async fn search(
        &self,
        asked: &Asked,
        among: Among,
        publication: Option<PublicationId>,
    ) -> Result<Search, Error> {
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
            ruled: self.ruled(asked, publication).await?,
        })
    }

    async fn ruled(&self, asked: &Asked, publication: Option<PublicationId>) -> Result<Option<Ruled>, Error> {
        if self.saved.is_empty() {
            return Ok(None);
        }
        let id: GroupId = self.saved.parse().map_err(|_| Error::Unreadable)?;
        let mut reading = asked.read().await?;
        let group = store::group::find(&mut reading, id).await?.ok_or(Error::NoPage)?;
        let is_seen = asked.may_at(Permission::SeeReaders, group.publication);
        if !is_seen || publication.is_some_and(|only| only != group.publication) {
            return Err(Error::NoPage);
        }
        let publication = store::publication::find(&mut reading, group.publication).await?;
        Ok(Some(Ruled::of(&mut reading, &publication, group.rule).await?))
    }

    pub(super) fn after(&self) -> Result<SubscriberId, Error> {
        match self.after.as_str() {
            "" => Ok(0.into()),
            text => text.parse().map_err(|_| Error::Unreadable),
        }
    }

    /// Its fields with their names.
    fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("q", self.q.as_str()),
            ("unit", &self.unit),
            ("region", &self.region),
            ("group", &self.group),
            ("state", &self.state),
            ("saved", &self.saved),
        ]
    }

    /// Whether anything is asked.
    pub(super) fn is_set(&self) -> bool {
        self.fields().into_iter().any(|(_, value)| !value.is_empty())
    }

    /// The address of another page of the same search.
    pub(super) fn at(&self, after: Option<i64>) -> String {
        let typed = self.fields().into_iter().filter(|(_, value)| !value.is_empty());
        let mut pairs: Vec<_> =
            typed.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
        pairs.extend(after.map(|after| format!("after={after}")));
        format!("?{}", pairs.join("&"))
    }

    /// The form that asks; its suggestions come from all readers, and so only for who may see all.
    pub(super) async fn form(&self, asked: &Asked, saved: &[Group], with_state: bool) -> Result<Markup, Error> {
        let words = Words::of(asked.language);
        let suggested = suggested(asked).await?;
        let fields = [(words.unit, &self.unit), (words.region, &self.region), (words.group, &self.group)];
        let names = ["unit", "region", "group"];
        let are_several = saved.iter().any(|one| one.publication != saved[0].publication);
        let names_of: Vec<(PublicationId, String)> = match are_several {
            true => store::publication::all(&mut *asked.read().await?).await?,
            false => Vec::new(),
        }
        .into_iter()
        .map(|publication| (publication.id, publication.profile.name))
        .collect();
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
                @if !saved.is_empty() {
                    label { span { (groups::Words::of(asked.language).group) }
                        select name="saved" {
                            option value="" { (words.every) }
                            @for one in saved {
                                option value=(one.id) selected[self.saved == one.id.to_string()] {
                                    @if are_several { (names_of.iter().find(|(id, _)| *id == one.publication).map_or("", |(_, name)| name)) " · " }
                                    (one.name)
                                }
                            }
                        }
                    }
                }
                button type="submit" { (words.search) }
                @if self.is_set() { a .clear href="?" { (words.clear) } }
            }
        })
    }

    /// What was asked, for a form that goes on with it.
    pub(super) fn hidden(&self) -> Markup {
        html! { @for (name, value) in self.fields() { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } } }
    }

    /// The ways to the first page and the next.
    pub(super) fn pager(&self, asked: &Asked, page: &Page) -> Markup {
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

/// Units, regions and categories that there are, a few of each; for who may see all readers.
pub(super) async fn suggested(asked: &Asked) -> Result<[Vec<String>; 3], Error> {
    let mut suggested = [const { Vec::new() }; 3];
    if asked.account().rights.posts.is_empty() {
        let mut reading = asked.read().await?;
        for (at, field) in [Field::Organisation, Field::Region, Field::Category].into_iter().enumerate() {
            suggested[at] = values(&mut reading, field, SUGGESTED).await?;
        }
    }
    Ok(suggested)
}
