//! Review: the manuscript on the left, what was read from it on the right, and the questions between. On a phone one of the
//! three, by links. Answering is one form each; a script (`asset/script/review.js`) gives the same buttons to keys.

use super::questions::{Questions, Refused};
use super::{Step, blocks, find, heading};
use crate::actions;
use crate::actions::issue::Answer;
use crate::domain::account::Permission;
use crate::domain::document::{Conservation, Flag};
use crate::domain::issue::Issue;
use crate::domain::issue::edit::Balance;
use crate::store;
use crate::web::Error;
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, number};
use crate::web::words::reimport;
use crate::web::words::review::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// What of the review is asked for.
#[derive(Default, Deserialize)]
pub(in crate::web::desk) struct Part {
    /// Which of the three a phone shows.
    show: Option<String>,
    /// The flags that were answered just now, parted by commas: what an undo takes back.
    answered: Option<String>,
    /// Whether the manuscript had been brought before.
    known: Option<String>,
    /// The edit that a corrected manuscript has just become; 0 where it had before.
    reimported: Option<u32>,
}

/// `GET /issues/{issue}`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let part = part?.0;
    let issue = find(&asked, &id).await?;
    page(&asked, &issue, &part, None).await
}

async fn page(asked: &Asked, issue: &Issue, part: &Part, refused: Option<Refused<'_>>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let (name, bytes) = store::document::find(&mut reading, issue.document).await?;
    let balance = store::document::conservation(&mut reading, issue.document).await?;
    let edits = store::issue::edit::last(&mut reading, issue.id).await?.balance;
    drop(reading);
    let questions = Questions {
        issue: issue.id,
        contents: &issue.contents,
        flags: &issue.flags,
        language: asked.language,
        may_answer: asked.may_at(Permission::Edit, issue.publication),
        refused,
    };
    let show = part.show.as_deref().filter(|show| ["source", "result"].contains(show)).unwrap_or("questions");
    let source = actions::document::lines(&name, &bytes).await;
    let main = html! {
        (heading(asked, issue, Step::Review).await?)
        @if part.known.is_some() { p .notice { (words.known) } }
        @if let Some(number) = part.reimported { (reimported(asked, issue, number)) }
        @if questions.may_answer { (undo(words, issue, part.answered.as_deref())) }
        div .weighed {
            (conservation(words, &balance, &edits))
            @if questions.may_answer { p { a href={ "/issues/" (issue.id) "/document" } { (reimport::Words::of(asked.language).reimport) } } }
            (legend(words))
        }
        (tabs(words, &questions, show))
        div .review #review data-show=(show) {
            section .source.card tabindex="0" aria-label=(words.source) { h2 { (words.source) " " span .muted { (name) } } (lines(words, &source, &issue.flags)) }
            section .questions.card aria-label=(words.questions) { (questions.all()) }
            section .result.card tabindex="0" aria-label=(words.result) {
                h2 { (words.result) " " span .muted { ((words.articles)(issue.contents.articles.len())) } }
                (blocks::articles(words, issue.id, &issue.contents.articles))
            }
        }
    };
    let title = issue.contents.label.as_deref().unwrap_or(words.questions);
    let around = Around { title, place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

/// Says what a re-import has done, and where it can be undone.
fn reimported(asked: &Asked, issue: &Issue, number: u32) -> Markup {
    let words = reimport::Words::of(asked.language);
    html! {
        p .notice role="status" {
            @if number == 0 { (words.same) } @else { ((words.done)(number)) }
            " " a href={ "/issues/" (issue.id) "/edit/history" } { (words.see_history) }
        }
    }
}

/// Takes back what was answered just now.
fn undo(words: &Words, issue: &Issue, answered: Option<&str>) -> Markup {
    let is_answered = |name: &&str| issue.flags.iter().any(|flag| flag.id == *name && flag.answer.is_some());
    let names: Vec<&str> = answered.unwrap_or_default().split(',').filter(is_answered).collect();
    html! {
        @if !names.is_empty() {
            form .undo.notice method="post" action={ "/issues/" (issue.id) "/answers/take-back" } {
                input type="hidden" name="flags" value=(names.join(","));
                span role="status" { ((words.noted)(names.len())) }
                button #undo type="submit" { (words.undo) }
            }
        }
    }
}

/// Where every character of the manuscript went; and, where editors changed the articles, what they took out and added.
fn conservation(words: &Words, balance: &Conservation, edits: &Balance) -> Markup {
    let count = |n: usize| number(i64::try_from(n).unwrap_or(i64::MAX));
    let edited = |n: u64| number(i64::try_from(n).unwrap_or(i64::MAX));
    let [taken, added] = words.edited;
    let [source, body, other, lost] = words.conserved;
    html! {
        p .conserved {
            (source) " " b { (count(balance.source)) } " = " (body) " " b { (count(balance.body)) }
            " + " (other) " " b { (count(balance.other)) } " · " (lost) " " b .alarm[balance.lost != 0] { (number(balance.lost)) }
            @if !edits.is_even() { " · " (taken) " " b { (edited(edits.taken())) } " · " (added) " " b { (edited(edits.added())) } }
        }
    }
}

/// The keys; shown once the script that listens to them is there.
fn legend(words: &Words) -> Markup {
    html! { p #keys .keys hidden { @for (keys, does) in words.keys { span { @for key in keys.split(' ') { kbd { (key) } } " " (does) } " " } } }
}

fn tabs(words: &Words, questions: &Questions<'_>, show: &str) -> Markup {
    let tabs = [("source", words.source), ("result", words.result), ("questions", words.questions)];
    html! {
        nav .tabs.narrow { @for (name, word) in tabs {
            a href={ "?show=" (name) } aria-current=[(name == show).then_some("page")] {
                (word) @if name == "questions" && questions.open() > 0 { " " span .count { (questions.open()) } }
            }
        } }
    }
}

/// The manuscript's lines, numbered.
fn lines(words: &Words, lines: &[String], flags: &[Flag]) -> Markup {
    let asked: std::collections::HashSet<u32> = flags.iter().filter_map(|flag| flag.line).collect();
    html! {
        @if lines.is_empty() { p .muted { (words.no_source) } }
        ol .lines { @for (at, line) in (1_u32..).zip(lines) {
            li #{ "l" (at) } .asked[asked.contains(&at)] .blank[line.trim().is_empty()] { (line) }
        } }
    }
}

/// An answer to one flag.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Answered {
    flag: String,
    key: String,
}

/// `POST /issues/{issue}/answers`
pub(in crate::web::desk) async fn answer(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Answered>, FormRejection>,
) -> Result<Response, Error> {
    let Answered { flag, key } = typed.map_err(|_| Error::Unreadable)?.0;
    let answer = Answer::One { flag: flag.clone(), key: key.trim().to_owned() };
    match actions::issue::answer(asked.store(), asked.actor(), asked.now(), named(&id)?, &answer).await {
        Ok(_) => {
            let issue = find(&asked, &id).await?;
            Ok(Redirect::to(&after(&issue, &flag)).into_response())
        }
        Err(error @ actions::Error::Refused(_)) => {
            let why = spoken(&error, asked.language);
            let refused = Refused { flag: &flag, typed: &key, why: &why };
            let page = page(&asked, &find(&asked, &id).await?, &Part::default(), Some(refused)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The page after an answer, at the next open question: the first after the one that was answered, else the first; at its
/// top where none is open, for there the next step is.
fn after(issue: &Issue, answered: &str) -> String {
    let position = issue.flags.iter().position(|flag| flag.id == answered).unwrap_or_default();
    let (before, later) = issue.flags.split_at(position);
    let next = later.iter().chain(before).find(|flag| flag.is_open());
    let place = next.map(|flag| format!("#q-{}", flag.id)).unwrap_or_default();
    format!("/issues/{}?answered={answered}{place}", issue.id)
}

/// `POST /issues/{issue}/answers/defaults`
pub(in crate::web::desk) async fn defaults(asked: Asked, Path(id): Path<String>) -> Result<Response, Error> {
    let answered =
        actions::issue::answer(asked.store(), asked.actor(), asked.now(), named(&id)?, &Answer::Defaults).await?;
    let names: Vec<&str> = answered.iter().map(|flag| flag.id.as_str()).collect();
    Ok(Redirect::to(&format!("/issues/{id}?answered={}", names.join(","))).into_response())
}

/// Which answers are taken back, parted by commas.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Taken {
    flags: String,
}

/// `POST /issues/{issue}/answers/take-back`
pub(in crate::web::desk) async fn take_back(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Taken>, FormRejection>,
) -> Result<Response, Error> {
    let flags = typed.map_err(|_| Error::Unreadable)?.0.flags;
    let names: Vec<String> = flags.split(',').map(str::to_owned).collect();
    actions::issue::take_back(asked.store(), asked.actor(), asked.now(), named(&id)?, &names).await?;
    let first = names.first().map(String::as_str).unwrap_or_default();
    // The name comes from the form: only one of the issue's own leads anywhere, and the action has refused others.
    Ok(Redirect::to(&format!("/issues/{id}#q-{first}")).into_response())
}
