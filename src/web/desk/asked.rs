//! Asked: what every room of the desk is handed: who asks, in which language, and what pages are made from.

use super::guard::Visitor;
use crate::domain::account::{Account, Permission};
use crate::domain::audit::Actor;
use crate::domain::id::{PublicationId, SessionId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::store::{Reading, Store};
use crate::web::words::Words;
use crate::web::{Error, Pages};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// A request that the guard let in.
pub(in crate::web) struct Asked {
    pub(in crate::web) pages: Pages,
    pub(in crate::web) language: Language,
    visitor: Visitor,
}

impl Asked {
    /// Who asks.
    pub(in crate::web) fn account(&self) -> &Account {
        &self.visitor.account
    }

    /// The session of their browser; none for the guest of a demo.
    pub(in crate::web) fn session(&self) -> Option<SessionId> {
        self.visitor.session
    }

    /// Who acts, when something is done for them.
    pub(in crate::web) fn actor(&self) -> Actor {
        Actor::Account(self.visitor.account.id)
    }

    pub(in crate::web) fn now(&self) -> Moment {
        self.pages.clock.now()
    }

    pub(in crate::web) fn store(&self) -> &Store {
        &self.pages.store
    }

    pub(in crate::web) async fn read(&self) -> Result<Reading, Error> {
        Ok(self.pages.store.read().await?)
    }

    /// Words that several rooms use; a room's own are in its file of `web/words/`.
    pub(in crate::web) fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// Whether they may do something at all: what the navigation shows.
    pub(in crate::web) fn may(&self, permission: Permission) -> bool {
        self.visitor.account.rights.may(permission)
    }

    /// Whether they may do something at one publication: what its pages offer.
    pub(in crate::web) fn may_at(&self, permission: Permission, publication: PublicationId) -> bool {
        self.visitor.account.rights.may_at(permission, publication)
    }

    /// The publications to which a page that shows several keeps itself; none when it may show all.
    pub(in crate::web) fn confined_to(&self, permission: Permission) -> Option<Vec<PublicationId>> {
        let posts = &self.visitor.account.rights.posts;
        let may = |(at, role): &(PublicationId, crate::domain::account::Role)| role.may(permission).then_some(*at);
        (!posts.is_empty()).then(|| posts.iter().filter_map(may).collect())
    }
}

impl FromRequestParts<Pages> for Asked {
    type Rejection = Error;

    /// A room that no guard stands before is no page.
    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Error> {
        let visitor = parts.extensions.get::<Visitor>().cloned().ok_or(Error::NoPage)?;
        let Ok(language) = Language::from_request_parts(parts, pages).await;
        let mut pages = pages.clone();
        if let Some(errand) = visitor.errand {
            pages.store = pages.store.on(errand);
        }
        Ok(Self { pages, language, visitor })
    }
}
