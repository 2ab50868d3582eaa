//! Trial: test letters of an issue to a few addresses, and what the servers said to them. They are deliveries like all
//! others; the page looks at their rows until each has ended.

use super::{View, page};
use crate::actions;
use crate::actions::edition::trial::AT_ONCE;
use crate::domain::address::Mailbox;
use crate::domain::delivery::State;
use crate::domain::id::IssueId;
use crate::store;
use crate::store::attempt::Entry;
use crate::web::Error;
use crate::web::desk::delivery::{Shown, answer};
use crate::web::desk::issue::{self as issue_pages, Step, title};
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::page::{Around, Place, desk, time};
use crate::web::words::log::Words as LogWords;
use crate::web::words::preview::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::time::Duration;

/// A letter that nobody has taken up for so long makes an editor wonder.
const LONG: Duration = Duration::from_secs(15);

/// What the form says.
#[derive(Default, Deserialize)]
pub(in crate::web::desk) struct Order {
    #[serde(default)]
    to1: String,
    #[serde(default)]
    to2: String,
    #[serde(default)]
    to3: String,
}

/// The form as it was filled in, and why it was not taken.
pub(super) struct Draft {
    typed: [String; AT_ONCE],
    why: Option<String>,
}

impl Draft {
    /// As it is offered: to the publication's test readers, else to whoever sits there.
    pub(super) async fn of(asked: &Asked, id: IssueId) -> Result<Self, Error> {
        let mut reading = asked.read().await?;
        let issue = actions::issue::find(&mut reading, id).await?;
        let testers = store::publication::find(&mut reading, issue.publication).await?.profile.testers;
        let mut typed: [String; AT_ONCE] = Default::default();
        typed[0].clone_from(&asked.account().email);
        typed.iter_mut().zip(testers).for_each(|(typed, tester)| *typed = tester.to_string());
        Ok(Self { typed, why: None })
    }
}

/// The form for test letters.
pub(super) fn form(asked: &Asked, id: IssueId, draft: &Draft) -> Markup {
    let words = Words::of(asked.language);
    html! {
        section .card.trial #trial {
            h2 { (words.try_it) }
            p .muted { (words.try_note) }
            @if let Some(why) = &draft.why { p .refusal role="alert" { (why) } }
            form .stack method="post" action={ "/issues/" (id) "/trials" } {
                @for (n, typed) in (1..).zip(&draft.typed) {
                    label { span { ((words.address)(n)) }
                        input type="email" name={ "to" (n) } value=(typed) autocomplete="email" required[n == 1];
                    }
                }
                button .primary type="submit" { (words.try_button) }
            }
            p { a href={ "/issues/" (id) "/trials" } { (words.trials) " →" } }
        }
    }
}

/// `POST /issues/{issue}/trials`
pub(in crate::web::desk) async fn order(
    asked: Asked,
    Path(issue): Path<String>,
    typed: Result<Form<Order>, FormRejection>,
) -> Result<Response, Error> {
    let id: IssueId = named(&issue)?;
    let Order { to1, to2, to3 } = typed.map_err(|_| Error::Unreadable)?.0;
    let typed = [to1, to2, to3].map(|text| text.trim().to_owned());
    let why = match mailboxes(&typed) {
        Ok(to) => match actions::edition::trial::try_issue(asked.store(), asked.actor(), asked.now(), id, &to).await {
            Ok(_) => return Ok(Redirect::to(&format!("/issues/{id}/trials")).into_response()),
            Err(error @ (actions::Error::Unknown { .. } | actions::Error::Store(_))) => return Err(error.into()),
            Err(refused) => spoken(&refused, asked.language),
        },
        Err(bad) => (Words::of(asked.language).bad_address)(bad),
    };
    let draft = Draft { typed, why: Some(why) };
    let page = page(&asked, id, View::default(), &draft).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The addresses that were typed, each once; the text that is none.
fn mailboxes(typed: &[String]) -> Result<Vec<Mailbox>, &str> {
    let mut to: Vec<Mailbox> = Vec::new();
    for text in typed.iter().filter(|text| !text.is_empty()) {
        let mailbox: Mailbox = text.parse().map_err(|_| text.as_str())?;
        if to.iter().all(|known| known.address.key() != mailbox.address.key()) {
            to.push(mailbox);
        }
    }
    Ok(to)
}

/// `GET /issues/{issue}/trials`
pub(in crate::web::desk) async fn show(asked: Asked, Path(issue): Path<String>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let issue = actions::issue::find(&mut reading, named(&issue)?).await?;
    let trials = store::trial::of_issue(&mut reading, issue.id).await?;
    let keyring = store::station::keyring(&mut reading).await?.ok_or(Error::NoPage)?;
    drop(reading);
    let shown = Shown { language: asked.language, keyring: &keyring, letters: asked.pages.mailbox.is_some() };
    let live = trials.iter().any(|entry| !is_over(entry));
    let main = html! {
        (issue_pages::heading(&asked, &issue, Step::Preview).await?)
        section #trials data-live[live] {
            h2 { (words.trials) }
            @if live { (waiting(&asked, &trials)) }
            @if trials.is_empty() { p .empty { (words.no_trials) } } @else { (table(&asked, &shown, &trials)) }
        }
        p .after { a .button href={ "/issues/" (issue.id) "/preview#trial" } { (words.another) } }
    };
    let around =
        Around { title: &format!("{} · {}", title(&asked, &issue), words.trials), place: Place::Publications, live };
    Ok(desk(&asked, &around, &main))
}

/// What an editor who waits should know.
fn waiting(asked: &Asked, trials: &[Entry]) -> Markup {
    let words = Words::of(asked.language);
    let untouched = |entry: &Entry| entry.attempts.is_empty() && entry.state == State::Queued.word();
    let since = trials.iter().filter(|entry| untouched(entry)).filter_map(|entry| entry.due_at).min();
    let hindered = asked.pages.health.hindrance.borrow().is_some();
    let waits_long = since.is_some_and(|since| asked.now().since(since) > LONG);
    html! {
        @if hindered { p .refusal { (words.nobody_sends) } }
        @else if waits_long { p .refusal { (words.waits_long) } }
        @else { p .notice { (words.renews) } }
    }
}

/// Whether nothing more happens to it by itself.
fn is_over(entry: &Entry) -> bool {
    State::from_word(&entry.state).is_none_or(State::is_settled)
}

fn table(asked: &Asked, shown: &Shown<'_>, trials: &[Entry]) -> Markup {
    let words = Words::of(asked.language);
    html! {
        table .rows.log {
            thead { tr {
                th scope="col" { (asked.words().recipient) }
                th scope="col" { (asked.words().state) }
                th scope="col" { (words.answer) }
            } }
            tbody { @for entry in trials { tr {
                td .lead.address { (entry.address) }
                td { (shown.standing(entry)) }
                td .wide {
                    @match entry.attempts.last() {
                        Some(last) => {
                            span .answer { (answer(last)) } " " span .muted { (time(last.at, entry.zone)) }
                            details id={ "d" (entry.delivery) } {
                                summary id={ "s" (entry.delivery) } { (LogWords::of(asked.language).attempts) }
                                (shown.unfolded(entry))
                            }
                        }
                        None => span .muted { (words.no_answer_yet) },
                    }
                }
            } } }
        }
    }
}
