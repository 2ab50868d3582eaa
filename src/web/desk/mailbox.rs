//! The mailbox: the letters that the demo's own mail server was handed, the newest first.

use super::super::page::{self, Around, Place, number, time};
use super::super::words::Words;
use super::super::{Error, Pages};
use super::{Asked, folder, tally};
use crate::intake::letter::ReceivedLetter;
use crate::store::{
    self,
    dispatch::{Overview, Shown},
};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Html;
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

/// Letters on one page.
const PAGE: usize = 50;

/// Which part of the mailbox.
#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<u64>,
}

/// `GET /mailbox`
pub(super) async fn list(asked: Asked, part: Result<Query<Part>, QueryRejection>) -> Result<Html<String>, Error> {
    let (pages, words) = (&asked.pages, asked.words());
    let before = part?.before;
    let path = pages.mailbox.as_deref().ok_or(Error::NoPage)?;
    let numbers = folder::numbers(path).await?;
    let count = numbers.len();
    let mut shown: Vec<_> =
        numbers.into_iter().filter(|one| before.is_none_or(|before| *one < before)).take(PAGE + 1).collect();
    let more = shown.len() > PAGE;
    shown.truncate(PAGE);
    let letters = folder::letters(path, shown).await?;
    let newest = newest(pages).await?;
    let zone = newest.as_ref().map_or(Tz::UTC, |newest| newest.zone);
    // The first letter may be kept before the dispatch is seen, so an empty mailbox looks again too.
    let live = newest.as_ref().is_some_and(|newest| !newest.phase.is_over()) || count == 0;
    let [open, close] = words.letters;
    let main = html! {
        h1 { (words.mailbox) }
        section #letters data-live[live] {
            @if let Some(newest) = &newest { a .strip href={ "/dispatches/" (newest.id) } { (tally::brief(words, newest)) } }
            @if count == 0 { p .empty { (words.no_letters) } } @else {
                p .muted { (open) (number(count as i64)) (close) }
                (table(words, &letters, zone))
            }
        }
        @if before.is_some() || more {
            nav .pager {
                @if before.is_some() { a href="/mailbox" { (words.newer) } }
                @if let Some((last, _)) = letters.last().filter(|_| more) { a href={ "/mailbox?before=" (last) } { (words.older) } }
            }
        }
    };
    let around = Around { title: words.mailbox, place: Place::Mailbox, live };
    Ok(page::desk(&asked, &around, &main))
}

/// The newest dispatch, which the letters that come now are of.
async fn newest(pages: &Pages) -> Result<Option<Overview>, Error> {
    Ok(store::dispatch::overviews(&mut *pages.store.read().await?, &Shown { at_most: Some(1), ..Shown::default() })
        .await?
        .pop())
}

fn table(words: &Words, letters: &[(u64, ReceivedLetter)], zone: Tz) -> Markup {
    html! {
        table .rows.letters {
            thead { tr {
                th scope="col" .number { "#" }
                th scope="col" { (words.recipient) }
                th scope="col" { (words.subject) }
                th scope="col" { (words.from) }
                th scope="col" { (words.time) }
            } }
            tbody {
                @for (number, letter) in letters {
                    tr {
                        td .number.muted { (number) }
                        td { (letter.to.join(", ")) }
                        td .lead { a href={ "/mailbox/" (number) } { (subject(words, letter)) } }
                        td .from.muted { (sender(letter)) }
                        td { @if let Some(date) = letter.date { (time(date, zone)) } }
                    }
                }
            }
        }
    }
}

/// Who a letter is from: the name, or the address where there is none; the letter's own page has both.
fn sender(letter: &ReceivedLetter) -> &str {
    let from = letter.from.as_deref().unwrap_or_default();
    from.split_once(" <").map_or(from, |(name, _)| name)
}

/// What a letter is called.
pub(super) fn subject<'a>(words: &Words, letter: &'a ReceivedLetter) -> &'a str {
    let instead = if letter.headers.is_empty() { words.unreadable_letter } else { words.no_subject };
    letter.subject.as_deref().unwrap_or(instead)
}
