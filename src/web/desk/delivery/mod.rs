//! Deliveries: one with each of its attempts, settled where nobody knows what became of it; all that one reader got;
//! and the log over everything ([`log`]). What a server said stands as it said it: it is evidence.

pub(super) mod log;
mod spoken;

use super::super::page::{self, Around, Place, number, second, time};
use super::super::words::Words;
use super::super::words::log::Words as LogWords;
use super::super::words::progress::Words as ProgressWords;
use super::audit::called;
use super::{Asked, named, tally};
use crate::actions;
use crate::actions::delivery::Settlement;
use crate::domain::account::Permission;
use crate::domain::attempt::Stage;
use crate::domain::delivery::{Skip, State};
use crate::domain::dispatch::Phase;
use crate::domain::id::{DeliveryId, SubscriberId};
use crate::domain::language::Language;
use crate::domain::link::{Keyring, Use};
use crate::store;
use crate::store::attempt::{Entry, Line};
use crate::store::concern::{Concern, publication_of};
use crate::store::log::Wanted;
use crate::web::Error;
use crate::web::error::spoken as spoken_error;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use spoken::{moment, said};

/// Letters of one reader that are shown at once.
const OF_READER: usize = 50;

/// How a delivery is shown in full.
pub(super) struct Shown<'a> {
    pub(super) language: Language,
    /// Makes its Message-ID.
    pub(super) keyring: &'a Keyring,
    /// Whether letters can be looked at in the built-in mailbox.
    pub(super) letters: bool,
}

/// What settles it.
#[derive(Deserialize)]
pub(super) struct Settle {
    #[serde(rename = "as")]
    settlement: String,
}

impl Settle {
    pub(super) fn settlement(&self) -> Result<Settlement, Error> {
        self.settlement.parse().map_err(|_| Error::Unreadable)
    }
}

/// `GET /deliveries/{delivery}`
pub(super) async fn show(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    page_of(&asked, named(&id)?, None).await
}

/// `POST /deliveries/{delivery}/settle`
pub(super) async fn settle(
    asked: Asked,
    Path(id): Path<String>,
    typed: Result<Form<Settle>, FormRejection>,
) -> Result<Response, Error> {
    let id: DeliveryId = named(&id)?;
    let as_what = typed.map_err(|_| Error::Unreadable)?.0.settlement()?;
    match actions::delivery::resolve(asked.store(), asked.actor(), asked.now(), id, as_what).await {
        Ok(()) => Ok(Redirect::to(&format!("/deliveries/{id}")).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            let page = page_of(&asked, id, Some(spoken_error(&error, asked.language))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page_of(asked: &Asked, id: DeliveryId, why: Option<String>) -> Result<Html<String>, Error> {
    let words = LogWords::of(asked.language);
    let mut reading = asked.read().await?;
    let mut entry = store::attempt::entries(&mut reading, &[id]).await?.pop().ok_or(Error::NoPage)?;
    let keyring = store::station::keyring(&mut reading).await?.ok_or(Error::NoPage)?;
    let publication = publication_of(&mut reading, &Concern::Delivery(id)).await?.ok_or(Error::NoPage)?;
    drop(reading);
    if let Some(settler) = &mut entry.settled_by {
        *settler = called(asked, settler).await?;
    }
    let may_settle = asked.may_at(Permission::Dispatch, publication);
    let shown = Shown { language: asked.language, keyring: &keyring, letters: asked.pages.mailbox.is_some() };
    let main = html! {
        p .eyebrow { (entry.publication) " · " (label(words, &entry)) }
        h1 { (entry.name.as_deref().unwrap_or(&entry.address)) }
        @if let Some(why) = why { p .refusal role="alert" { (why) } }
        (facts(words, &entry))
        nav .steps {
            @if let Some(dispatch) = entry.dispatch { a href={ "/dispatches/" (dispatch) } { (words.whole_dispatch) } }
        }
        @if may_settle && is_unsettled(&entry) { (settle_form(asked, &entry)) }
        section .card {
            h2 { (words.attempts) }
            p { (shown.standing(&entry)) }
            (shown.unfolded(&entry))
        }
        @if let Some(reader) = entry.subscriber {
            section .card { h2 { (words.whole_reader) } (of_reader(asked, reader).await?) }
        }
    };
    let around = Around { title: words.delivery, place: Place::Log, live: false };
    Ok(page::desk(asked, &around, &main))
}

fn facts(words: &LogWords, entry: &Entry) -> Markup {
    html! {
        dl .facts {
            div { dt { (words.to) } dd { (entry.address) } }
            @if let Some(unit) = &entry.unit { div { dt { (words.unit) } dd { (unit) } } }
            div { dt { (words.number) } dd { (entry.delivery) } }
            @if let Some(who) = &entry.settled_by { div { dt { (words.settled_by) } dd { (who) } } }
        }
    }
}

fn is_unsettled(entry: &Entry) -> bool {
    State::from_word(&entry.state) == Some(State::Uncertain) && entry.settled_by.is_none()
}

fn settle_form(asked: &Asked, entry: &Entry) -> Markup {
    let (words, log) = (ProgressWords::of(asked.language), LogWords::of(asked.language));
    html! {
        section .card.settle {
            h2 { (log.settle) }
            form .options method="post" action={ "/deliveries/" (entry.delivery) "/settle" } {
                (settlements(words, "all"))
                button type="submit" { (words.settle) }
            }
        }
    }
}

/// The three ways to settle, the careful one first.
pub(super) fn settlements(words: &ProgressWords, group: &str) -> Markup {
    let ways = [("closed", words.as_closed), ("accepted", words.as_accepted), ("resend", words.as_resend)];
    html! {
        @for (value, said) in ways {
            label .choice for={ (group) "-" (value) } {
                input type="radio" name="as" id={ (group) "-" (value) } value=(value) required; span { (said) }
            }
        }
    }
}

/// All that one reader got, the newest first, of the publications whose readers the visitor may see.
pub(super) async fn of_reader(asked: &Asked, reader: SubscriberId) -> Result<Markup, Error> {
    let words = LogWords::of(asked.language);
    let only = asked.confined_to(Permission::SeeReaders);
    let wanted = Wanted { reader: Some(reader), only, at_most: OF_READER, ..Wanted::default() };
    let mut reading = asked.read().await?;
    let found = store::log::find(&mut reading, &wanted).await?;
    let entries = store::attempt::entries(&mut reading, &found.deliveries).await?;
    Ok(html! {
        @if entries.is_empty() { p .muted { (words.got_nothing) } } @else {
            ul .got { @for entry in &entries {
                li { (course(asked.language, entry)) " " a href={ "/deliveries/" (entry.delivery) } { (words.details) } }
            } }
        }
        @if let Some(next) = found.next {
            p { a href={ "/log?reader=" (reader) "&after=" (next) } { (words.next) } }
        }
    })
}

/// What the letter's issue is called, or that it was a test.
fn label<'a>(words: &LogWords, entry: &'a Entry) -> &'a str {
    if entry.dispatch.is_none() { words.trial } else { entry.label.as_deref().unwrap_or(words.unnumbered) }
}

/// `2024年第6期：10:02 对方服务器已接收`, with each try that was before.
pub(super) fn course(language: Language, entry: &Entry) -> Markup {
    let words = LogWords::of(language);
    html! {
        span .course {
            strong { (label(words, entry)) } (if language == Language::Chinese { "：" } else { ": " })
            @if entry.attempts.is_empty() {
                @match entry.why.as_deref().and_then(Skip::from_word) {
                    Some(skip) => ((Words::of(language).skip)(skip)),
                    None => (words.not_tried),
                }
            }
            @for line in &entry.attempts { span .try { (moment(line.at, entry.zone)) " " (said(words, line)) } " " }
        }
    }
}

impl Shown<'_> {
    /// Where a delivery is, in words, and why.
    pub(super) fn standing(&self, entry: &Entry) -> Markup {
        let words = Words::of(self.language);
        let state = State::from_word(&entry.state);
        let why = entry.why.as_deref().map(|why| Skip::from_word(why).map_or(why, words.skip));
        html! {
            @match state {
                Some(state) => (tally::state(words, state)),
                None => (entry.state),
            }
            @if let Some(why) = why { " " span .why { (why) } }
            @if entry.is_held {
                " " span .why { ((words.phase)(Phase::Paused)) }
            } @else if let Some(due) = entry.due_at.filter(|_| !entry.attempts.is_empty()) {
                " " span .why { (words.again_at) " " (time(due, entry.zone)) }
            }
        }
    }

    /// Each attempt, and the letter's name.
    pub(super) fn unfolded(&self, entry: &Entry) -> Markup {
        let name = self.keyring.mint(Use::MessageId, entry.delivery);
        html! {
            @if !entry.attempts.is_empty() {
                ol .attempts { @for line in &entry.attempts { (self.attempt(entry, line)) } }
            }
            p .name { span .muted { "Message-ID " } code { "<" (name) "@" (entry.from_domain) ">" } }
        }
    }

    fn attempt(&self, entry: &Entry, line: &Line) -> Markup {
        let words = Words::of(self.language);
        let stage = Stage::from_word(&line.stage).map_or(line.stage.as_str(), words.stage);
        html! {
            li value=(line.number) {
                div { (second(line.at, entry.zone)) " " (said(LogWords::of(self.language), line)) }
                span .answer { (answer(line)) }
                ul .facts {
                    @if !line.relay.is_empty() { li { span .muted { (words.relay) } " " (line.relay) } }
                    li { span .muted { (words.reached) } " " (stage) }
                    li { span .muted { (words.duration) } " " (number(line.duration_ms)) " ms" }
                    @if let Some(letter) = self.letter(line) {
                        li { a href={ "/mailbox/" (letter) } { (words.see_letter) } }
                    }
                }
            }
        }
    }

    /// The number of the letter in the built-in mailbox, which names it in its answer to the dot.
    fn letter(&self, line: &Line) -> Option<u64> {
        let (_, name) = line.text.rsplit_once(" queued as ").filter(|_| self.letters)?;
        name.parse().ok()
    }
}

/// What the relay said, or what happened instead.
pub(super) fn answer(line: &Line) -> String {
    let enhanced = line.enhanced.as_deref().filter(|enhanced| !line.text.starts_with(enhanced));
    let code = line.code.map(|code| code.to_string());
    let parts: Vec<_> = code.as_deref().into_iter().chain(enhanced).chain([line.text.as_str()]).collect();
    parts.join(" ")
}
