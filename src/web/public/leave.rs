//! Leave: the page behind every letter's leave link. Looking changes nothing, for mail scanners follow
//! links; the button, or a mail program's one click (RFC 8058 §3.2), ends every subscription to the
//! publication, and a list's own button the one to it. Neither needs a cookie or a script, and pressing
//! twice is the same as once. When the page says so, it is stored. Who asks in no language of ours is
//! answered in the publication's.

use super::super::answer::Wished;
use super::super::words::Words;
use super::super::{Error, Pages, page};
use super::leaver::{self, Leaver};
use crate::actions;
use crate::domain::audit::Actor;
use crate::domain::language::Language;
use crate::domain::list::Leaving;
use crate::domain::subscriber::Subscriber;
use crate::store::{self, Store};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::Html;
use maud::{Markup, html};

/// The lists of the publication that a reader is on, by short name and name.
type Lists = Vec<(String, String)>;

/// `GET /leave`: where the footer of a letter's page leads, which may have been passed on.
pub(crate) async fn by_letter(language: Language) -> Html<String> {
    let notice = &Words::of(language).leave_by_letter;
    let main = html! {
        h1 { (notice.title) }
        p { (notice.why) }
        p .muted { (notice.next) }
    };
    page::plain(language, notice.title, &main)
}

/// `GET /leave/{token}`: asks, and changes nothing.
pub(crate) async fn ask(
    State(pages): State<Pages>,
    Wished(spoken): Wished,
    Path(token): Path<String>,
) -> Result<Html<String>, Error> {
    let reader = leaver::by_token(&pages.store, &token).await?.ok_or(Error::NoPage)?;
    let language = spoken.unwrap_or(reader.language);
    let lists = lists(&pages.store, &reader).await?;
    let is_gone = reader.unknown.is_none() && lists.is_empty();
    Ok(if is_gone { gone(language, &reader) } else { asking(language, &reader, &lists, None) })
}

/// `POST /leave/{token}`: leaves every list of the publication, or the one that the form names. Answered with the
/// page itself, because RFC 8058 §3.1 forbids to redirect.
pub(crate) async fn leave(
    State(pages): State<Pages>,
    Wished(spoken): Wished,
    Path(token): Path<String>,
    form: Result<Bytes, BytesRejection>,
) -> Result<Html<String>, Error> {
    let found = leaver::by_token(&pages.store, &token).await.map_err(unstored)?;
    let reader = found.ok_or(Error::NoPage)?;
    let language = spoken.unwrap_or(reader.language);
    let from = wished(&reader, &form.map_err(|_| Error::NoPage)?)?;
    let lists = lists(&pages.store, &reader).await.map_err(unstored)?;
    let now = pages.clock.now();
    if let Some(departure) = &reader.unknown {
        actions::subscriber::leave_unknown(&pages.store, now, departure).await.map_err(Error::NotStored)?;
        return Ok(gone(language, &reader));
    }
    // A trial goes to an address that need not be a subscriber's: nothing to leave is as good as left.
    if let Some(subscriber) = subscriber(&pages.store, &reader).await.map_err(unstored)? {
        let (actor, address) = (Actor::Reader(subscriber.id), &subscriber.address);
        let left = actions::subscriber::leave(&pages.store, actor, now, &from, address).await;
        left.map_err(|error| if is_no_list(&error) { Error::NoPage } else { Error::NotStored(error) })?;
    }
    let is_left = |(slug, _): &(String, String)| from.list.as_ref().is_none_or(|list| list.as_str() == slug);
    let (left, rest): (Lists, Lists) = lists.into_iter().partition(is_left);
    let left = left.first().map(|(_, name)| name.as_str());
    Ok(if rest.is_empty() { gone(language, &reader) } else { asking(language, &reader, &rest, left) })
}

/// What a form asks to leave: the list that it names, else the whole publication, as a mail program's one click
/// does (`List-Unsubscribe=One-Click`, in whatever encoding of forms).
fn wished(reader: &Leaver, form: &[u8]) -> Result<Leaving, Error> {
    // Short names need no escape in a form.
    let named = form.split(|byte| *byte == b'&').find_map(|pair| pair.strip_prefix(b"list="));
    let list = named.map(|name| String::from_utf8_lossy(name).parse()).transpose().map_err(|_| Error::NoPage)?;
    Ok(Leaving { publication: reader.publication.clone(), list })
}

fn is_no_list(error: &actions::Error) -> bool {
    matches!(error, actions::Error::Unknown { noun: "list", .. })
}

fn unstored(error: store::Error) -> Error {
    Error::NotStored(error.into())
}

async fn subscriber(store: &Store, reader: &Leaver) -> store::Result<Option<Subscriber>> {
    let Some(address) = &reader.address else { return Ok(None) };
    store::subscriber::by_address(&mut *store.read().await?, address).await
}

async fn lists(store: &Store, reader: &Leaver) -> store::Result<Lists> {
    let Some(subscriber) = subscriber(store, reader).await? else { return Ok(Lists::new()) };
    store::subscriber::lists_of(&mut *store.read().await?, subscriber.id, reader.publication.as_str()).await
}

/// The page that asks; `left` is the name of the list that was left just now.
fn asking(language: Language, reader: &Leaver, lists: &Lists, left: Option<&str>) -> Html<String> {
    let words = Words::of(language);
    let main = html! {
        @if let Some(list) = left { p .notice { (around(words.left_one, list)) } }
        h1 { (around(words.leave_title, &reader.publication_name)) }
        p { (who(words, reader)) (around(words.leave_ask, &reader.publication_name)) }
        form method="post" { button type="submit" { (words.leave_button) } }
        @if lists.len() > 1 {
            p { (words.leave_one) }
            form .lists method="post" {
                @for (slug, name) in lists { button type="submit" name="list" value=(slug) { (name) } }
            }
        }
        p .muted { (words.leave_note) }
    };
    page::plain(language, words.leave_button, &main)
}

/// The page for someone who is on no list of the publication (any more).
fn gone(language: Language, reader: &Leaver) -> Html<String> {
    let words = Words::of(language);
    let main = html! {
        h1 { (around(words.left_title, &reader.publication_name)) }
        p { (who(words, reader)) (around(words.left, &reader.publication_name)) }
        p .muted { (words.left_note) }
    };
    page::plain(language, words.left_short, &main)
}

/// Their address, or, where it is not known, what stands for it.
fn who(words: &Words, reader: &Leaver) -> Markup {
    match &reader.address {
        Some(address) => html! { strong { (address) } },
        None => html! { (words.leave_unknown) },
    }
}

fn around([before, after]: [&str; 2], name: &str) -> Markup {
    html! { (before) (name) (after) }
}
