//! One letter of the mailbox, as its reader sees it: on a wide screen and on a phone, its plain text,
//! its headers, its source; beside it how its delivery went.

use super::super::page::{self, Around, Place, second};
use super::super::words::Words;
use super::super::{Error, Pages};
use super::frame::{self, Screen};
use super::{Asked, delivery, folder, mailbox, named, tally};
use crate::domain::id::DeliveryId;
use crate::domain::language::Language;
use crate::domain::link::{Keyring, Use};
use crate::intake::letter::ReceivedLetter;
use crate::store::attempt::{Entry, Search};
use crate::store::{
    self,
    dispatch::{Overview, Shown},
};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Response};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

/// The ways to look at a letter.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum View {
    #[default]
    Wide,
    Phone,
    Text,
    Headers,
    Source,
}

impl View {
    const ALL: [Self; 5] = [Self::Wide, Self::Phone, Self::Text, Self::Headers, Self::Source];

    fn named(self, words: &Words) -> (&'static str, &'static str) {
        match self {
            Self::Wide => ("wide", words.wide),
            Self::Phone => ("phone", words.phone),
            Self::Text => ("text", words.text),
            Self::Headers => ("headers", words.headers),
            Self::Source => ("source", words.source),
        }
    }
}

/// Which way to look.
#[derive(Deserialize)]
pub(super) struct Looking {
    #[serde(default)]
    view: View,
}

/// `GET /mailbox/{number}`
pub(super) async fn show(
    asked: Asked,
    Path(name): Path<String>,
    looking: Result<Query<Looking>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let (words, view, number) = (asked.words(), looking?.view, named(&name)?);
    let pages = &asked.pages;
    let letter = find(pages, number).await?;
    let beside = Beside::find(pages, &letter).await?;
    let live = beside.overview.as_ref().is_some_and(|overview| !overview.phase.is_over());
    let [before, after] = words.letter;
    let subject = mailbox::subject(words, &letter);
    let main = html! {
        div .columns.reading {
            article {
                (steps(pages, words, number))
                p .eyebrow { (before) (number) (after) }
                h1 { (subject) }
                (facts(words, &letter, beside.zone()))
                nav .tabs {
                    @for one in View::ALL {
                        @let (word, label) = one.named(words);
                        a href={ "/mailbox/" (number) "?view=" (word) } aria-current=[(one == view).then_some("page")] { (label) }
                    }
                }
                (part(words, number, &letter, view))
            }
            aside #beside data-live[live] { (beside.shown(asked.language)) }
        }
    };
    let around = Around { title: subject, place: Place::Mailbox, live };
    Ok(page::desk(&asked, &around, &main))
}

/// `GET /mailbox/{number}/html`: the letter's HTML alone, for the frame.
pub(super) async fn html(State(pages): State<Pages>, Path(name): Path<String>) -> Result<Response, Error> {
    let letter = find(&pages, named(&name)?).await?;
    let html = letter.html.ok_or(Error::NoPage)?;
    Ok(frame::letter(&html, true))
}

async fn find(pages: &Pages, number: u64) -> Result<ReceivedLetter, Error> {
    let path = pages.mailbox.as_deref().ok_or(Error::NoPage)?;
    folder::letter(path, number).await?.ok_or(Error::NoPage)
}

/// The letters before and after it.
fn steps(pages: &Pages, words: &Words, number: u64) -> Markup {
    let there = |number: &u64| pages.mailbox.as_deref().is_some_and(|path| folder::has(path, *number));
    html! {
        nav .steps {
            a href="/mailbox" { "← " (words.mailbox) }
            @if let Some(older) = number.checked_sub(1).filter(there) { a href={ "/mailbox/" (older) } { (words.older) } }
            @if let Some(newer) = number.checked_add(1).filter(there) { a href={ "/mailbox/" (newer) } { (words.newer) } }
        }
    }
}

fn facts(words: &Words, letter: &ReceivedLetter, zone: Tz) -> Markup {
    html! {
        dl .facts {
            div { dt { (words.from) } dd { (letter.from.as_deref().unwrap_or("—")) } }
            div { dt { (words.recipient) } dd { (letter.to.join(", ")) } }
            @if let Some(date) = letter.date { div { dt { (words.time) } dd { (second(date, zone)) } } }
        }
    }
}

fn part(words: &Words, number: u64, letter: &ReceivedLetter, view: View) -> Markup {
    let frame = |screen| frame::around(&format!("/mailbox/{number}/html"), words.letter_html, screen);
    match view {
        View::Wide | View::Phone if letter.html.is_none() => html! { p .empty { (words.no_part) } },
        View::Wide => frame(Screen::Wide),
        View::Phone => frame(Screen::Phone),
        View::Text => match &letter.text {
            Some(text) => html! { pre .text { (text) } },
            None => html! { p .empty { (words.no_part) } },
        },
        View::Headers => html! {
            table .headers {
                @for (name, value) in &letter.headers { tr { th scope="row" { (name) } td { (value) } } }
            }
        },
        View::Source => html! { pre .source { (letter.source) } },
    }
}

/// What stands beside a letter: how its delivery went, and the dispatch it is of.
struct Beside {
    overview: Option<Overview>,
    entry: Option<(Keyring, Entry)>,
}

impl Beside {
    /// The delivery that the letter's Message-ID names, if it is one of ours, and its dispatch; for any
    /// other letter the newest dispatch.
    async fn find(pages: &Pages, letter: &ReceivedLetter) -> Result<Self, Error> {
        let mut reading = pages.store.read().await?;
        let keyring = store::station::keyring(&mut reading).await?;
        let mut entry = None;
        if let Some((keyring, delivery)) = keyring.and_then(|keyring| Some((keyring.clone(), ours(&keyring, letter)?)))
        {
            let search = Search { delivery: Some(delivery), ..Search::default() };
            entry = store::attempt::log(&mut reading, &search).await?.pop().map(|entry| (keyring, entry));
        }
        let overview = match entry.as_ref().and_then(|(_, entry)| entry.dispatch) {
            Some(dispatch) => store::dispatch::overview(&mut reading, dispatch).await?,
            None => {
                store::dispatch::overviews(&mut reading, &Shown { at_most: Some(1), ..Shown::default() }).await?.pop()
            }
        };
        Ok(Self { overview, entry })
    }

    fn zone(&self) -> Tz {
        self.overview.as_ref().map_or(Tz::UTC, |overview| overview.zone)
    }

    fn shown(&self, language: Language) -> Markup {
        let words = Words::of(language);
        html! {
            section .card {
                h2 { (words.this_delivery) }
                @match &self.entry {
                    Some((keyring, entry)) => {
                        @let shown = delivery::Shown { language, keyring, letters: false };
                        p { (shown.standing(entry)) }
                        (shown.unfolded(entry))
                    }
                    None => p .muted { (words.not_ours) },
                }
            }
            @if let Some(overview) = &self.overview {
                section .card {
                    h2 { (words.tally) }
                    (tally::brief(words, overview))
                    (tally::figures(words, &overview.tally))
                    p { a href={ "/log?dispatch=" (overview.id) } { (words.whole_log) } }
                }
            }
        }
    }
}

/// The delivery that a letter's Message-ID names, if this station made it.
fn ours(keyring: &Keyring, letter: &ReceivedLetter) -> Option<DeliveryId> {
    let (token, _) = letter.message_id.as_deref()?.split_once('@')?;
    keyring.open(Use::MessageId, token)
}
