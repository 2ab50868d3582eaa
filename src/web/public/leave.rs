//! Leave: the page behind every letter's leave link. Looking changes nothing, for mail scanners follow
//! links; the button, or a mail program's one click (RFC 8058 §3.2), ends every subscription to the
//! publication. Neither needs a cookie, and pressing twice is the same as once. When the page says so,
//! it is stored. Who asks in no language of ours is answered in the publication's.

use super::super::answer::Wished;
use super::super::words::Words;
use super::super::{Error, Pages, page};
use crate::actions;
use crate::domain::audit::Actor;
use crate::domain::language::Language;
use crate::domain::link::Use;
use crate::domain::publication::Slug;
use crate::domain::subscriber::Subscriber;
use crate::store::delivery::Addressee;
use crate::store::{self, Store};
use axum::extract::{Path, State};
use axum::response::Html;
use maud::{Markup, html};

/// `GET /leave/{token}`: asks, and changes nothing.
pub(crate) async fn ask(
    State(pages): State<Pages>,
    Wished(wished): Wished,
    Path(token): Path<String>,
) -> Result<Html<String>, Error> {
    let reader = addressee(&pages.store, &token).await?.ok_or(Error::NoPage)?;
    let language = wished.unwrap_or(reader.language);
    let words = Words::of(language);
    if !subscribes(&pages.store, &reader).await? {
        return Ok(gone(language, &reader));
    }
    let main = html! {
        h1 { (around(words.leave_title, &reader.publication_name)) }
        p { strong { (reader.address) } (around(words.leave_ask, &reader.publication_name)) }
        form method="post" { button type="submit" { (words.leave_button) } }
        p .muted { (words.leave_note) }
    };
    Ok(page::plain(language, words.leave_button, &main))
}

/// `POST /leave/{token}`: leaves every list of the publication. Answered with the page itself, because
/// RFC 8058 §3.1 forbids to redirect.
pub(crate) async fn leave(
    State(pages): State<Pages>,
    Wished(wished): Wished,
    Path(token): Path<String>,
) -> Result<Html<String>, Error> {
    let reader = addressee(&pages.store, &token).await.map_err(unstored)?.ok_or(Error::NoPage)?;
    let slug: Slug = reader.publication.parse().map_err(|_| unstored(store::Error::Unreadable("publication")))?;
    // A trial goes to an address that need not be a subscriber's: nothing to leave is as good as left.
    if let Some(subscriber) = subscriber(&pages.store, &reader).await.map_err(unstored)? {
        let (actor, now) = (Actor::Reader(subscriber.id), pages.clock.now());
        actions::subscriber::leave(&pages.store, actor, now, &slug, &reader.address).await.map_err(Error::NotStored)?;
    }
    Ok(gone(wished.unwrap_or(reader.language), &reader))
}

fn unstored(error: store::Error) -> Error {
    Error::NotStored(error.into())
}

/// Whom a leave link was made for; none when it was not made here.
async fn addressee(store: &Store, token: &str) -> store::Result<Option<Addressee>> {
    let mut reading = store.read().await?;
    let keyring = store::station::keyring(&mut reading).await?;
    let Some(delivery) = keyring.and_then(|keyring| keyring.open(Use::Leave, token)) else { return Ok(None) };
    store::delivery::addressee(&mut reading, delivery).await
}

async fn subscriber(store: &Store, reader: &Addressee) -> store::Result<Option<Subscriber>> {
    store::subscriber::by_address(&mut *store.read().await?, &reader.address).await
}

async fn subscribes(store: &Store, reader: &Addressee) -> store::Result<bool> {
    let Some(subscriber) = subscriber(store, reader).await? else { return Ok(false) };
    let standings = store::subscriber::standings(&mut *store.read().await?, subscriber.id).await?;
    let ours = |list: &str| list.split_once('/').is_some_and(|(publication, _)| publication == reader.publication);
    Ok(standings.iter().any(|standing| ours(&standing.list) && standing.state != "ended"))
}

/// The page for someone who is on no list of the publication (any more).
fn gone(language: Language, reader: &Addressee) -> Html<String> {
    let words = Words::of(language);
    let main = html! {
        h1 { (around(words.left_title, &reader.publication_name)) }
        p { strong { (reader.address) } (around(words.left, &reader.publication_name)) }
        p .muted { (words.left_note) }
    };
    page::plain(language, words.left_short, &main)
}

fn around([before, after]: [&str; 2], name: &str) -> Markup {
    html! { (before) (name) (after) }
}
