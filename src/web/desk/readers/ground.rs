//! Ground: where readers are chosen from: a list, or a group. Both are looked at, exported and acted upon alike.

use super::filter::Filter;
use super::{Asked, Room, group, list, named};
use crate::actions;
use crate::actions::subscriber::Whose;
use crate::domain::list::ListPath;
use crate::domain::publication::Publication;
use crate::store::subscriber::search::{Among, Search};
use crate::web::Error;
use axum::response::Html;
use maud::Markup;

/// Where readers are chosen from.
pub(super) enum Ground {
    /// Who is, or was, on a list.
    List(Room),
    /// Who fits a group's rule.
    Group(group::Room),
}

impl Ground {
    /// Where its page is.
    pub(super) fn at(&self) -> String {
        match self {
            Self::List(room) => room.at(),
            Self::Group(room) => room.at(),
        }
    }

    pub(super) fn publication(&self) -> &Publication {
        match self {
            Self::List(room) => &room.publication,
            Self::Group(room) => &room.publication,
        }
    }

    pub(super) fn heading(&self, asked: &Asked) -> Markup {
        match self {
            Self::List(room) => room.heading(asked),
            Self::Group(room) => room.heading(asked),
        }
    }

    /// Its short name in the name of a file.
    pub(super) fn short_name(&self) -> String {
        match self {
            Self::List(room) => format!("{}-{}", room.path.publication, room.path.list),
            Self::Group(room) => format!("{}-group-{}", room.publication.profile.slug, room.group.id),
        }
    }

    /// Those of it whom a search finds.
    pub(super) async fn search(&self, asked: &Asked, filter: &Filter) -> Result<Search, Error> {
        match self {
            Self::List(room) => filter.search(asked, Among::List(room.list.id), Some(room.publication.id)).await,
            Self::Group(room) => room.search(asked).await,
        }
    }

    /// Whose readers they are, to whoever acts.
    pub(super) fn whose(&self) -> Whose {
        match self {
            Self::List(room) => Whose::List(room.path.clone()),
            Self::Group(room) => Whose::Publication(room.publication.profile.slug.clone()),
        }
    }

    /// The list of its publication that a form names; on a list's own page, the list where it names none.
    pub(super) fn list(&self, slug: &str) -> Result<ListPath, Error> {
        match self {
            Self::List(room) if slug.is_empty() => Ok(room.path.clone()),
            Self::List(_) | Self::Group(_) => {
                Ok(ListPath { publication: self.publication().profile.slug.clone(), list: named(slug)? })
            }
        }
    }

    /// Its page, with what came of something above.
    pub(super) async fn page(
        &self,
        asked: &Asked,
        filter: &Filter,
        said: Option<(bool, String)>,
    ) -> Result<Html<String>, Error> {
        match self {
            Self::List(room) => list::page(asked, room, filter, said).await,
            Self::Group(room) => group::page(asked, room, filter, said).await,
        }
    }

    /// Notes that somebody takes its readers away.
    pub(super) async fn note_export(&self, asked: &Asked, what: &str) -> Result<(), Error> {
        let (store, actor, now) = (asked.store(), asked.actor(), asked.now());
        match self {
            Self::List(room) => actions::list::export(store, actor, now, (&room.path, what)).await?,
            Self::Group(room) => actions::group::export(store, actor, now, (room.group.id, what)).await?,
        }
        Ok(())
    }
}
