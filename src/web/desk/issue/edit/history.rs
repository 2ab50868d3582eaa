//! History: every edit of an issue, the newest first: who, when, what was there and what is, with a button that undoes it
//! or does it again by itself.

use super::super::{Step, find, heading};
use crate::domain::issue::edit::{Passage, Step as Change};
use crate::store;
use crate::store::issue::edit::Edit;
use crate::web::Error;
use crate::web::desk::Asked;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::edit::Words;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Html;
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

/// Edits on a page.
const MOST: u32 = 50;
/// A text is shown up to here.
const SHOWN: usize = 160;
/// So many characters are shown around a change.
const AROUND: usize = 16;

/// Which page.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Part {
    before: Option<u32>,
}

/// `GET /issues/{issue}/edit/history`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let (before, words) = (part?.0.before, Words::of(asked.language));
    let issue = find(&asked, &id).await?;
    let mut reading = asked.read().await?;
    let zone = store::publication::find(&mut reading, issue.publication).await?.profile.zone;
    let edits = store::issue::edit::history(&mut reading, issue.id, before, MOST).await?;
    drop(reading);
    let at = format!("/issues/{}/edit", issue.id);
    let main = html! {
        (heading(&asked, &issue, Step::Edit).await?)
        p { a href=(at) { "← " (words.to_edit) } }
        h2 { (words.history) }
        @if edits.is_empty() { p .empty { (words.no_history) } }
        ol .edits { @for edit in &edits { (one(words, &at, zone, edit)) } }
        @if let Some(last) = edits.last().filter(|last| last.number > 1 && edits.len() == MOST as usize) {
            nav .pager { a href={ "?before=" (last.number) } { (asked.words().older) } }
        }
    };
    let around = Around { title: words.history, place: Place::Publications, live: false };
    Ok(page::desk(&asked, &around, &main))
}

fn one(words: &Words, at: &str, zone: Tz, edit: &Edit) -> Markup {
    let turn = if edit.undone { "redo" } else { "undo" };
    html! {
        li .card.undone[edit.undone] value=(edit.number) {
            p .line {
                span {
                    b { (edit.number) } " " (edit.who) " · " ((words.did)(edit.verb))
                    @if let Some(of) = edit.of { " " ((words.of)(of)) }
                    @if edit.undone { " " span .muted { (words.undone) } }
                }
                span .muted { (time(edit.at, zone)) }
            }
            @for step in edit.patch.0.iter().take(6) { (change(words, step)) }
            @if edit.of.is_none() {
                form method="post" action={ (at) "/" (turn) } {
                    input type="hidden" name="number" value=(edit.number);
                    button type="submit" { (if edit.undone { words.redo } else { words.undo }) }
                }
            }
        }
    }
}

fn change(words: &Words, step: &Change) -> Markup {
    match step {
        Change::Change { id, before, now } => {
            let [before, now] = [before, now].map(|what| Passage { id: *id, what: what.clone() });
            html! { p .was { (difference(&before.words(), &now.words())) @if before.kind() != now.kind() {
                " " span .muted { ((words.kind)(before.kind())) " → " ((words.kind)(now.kind())) }
            } } }
        }
        Change::Insert { passage, .. } => html! { p .was { ins { (short(&passage.words())) } } },
        Change::Remove { passage, .. } => html! { p .was { del { (short(&passage.words())) } } },
        Change::Move { .. } => html! {},
    }
}

/// What went and what came, with a few characters around it.
fn difference(before: &str, now: &str) -> Markup {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), now.chars().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let (start, end) = (head.saturating_sub(AROUND), (old.len() - tail + AROUND).min(old.len()));
    html! {
        @if start > 0 { "…" } (text(&old[start..head]))
        @if head + tail < old.len() { del { (short(&text(&old[head..old.len() - tail]))) } }
        @if head + tail < new.len() { ins { (short(&text(&new[head..new.len() - tail]))) } }
        (text(&old[old.len() - tail..end])) @if end < old.len() { "…" }
    }
}

fn short(words: &str) -> String {
    let mut shown: String = words.chars().take(SHOWN).collect();
    if words.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}
