//! Events: whoever has an issue's edit page open is told, by server-sent events, when its passages change and who else is
//! there. An event names the passages with their revisions; the page fetches what it does not have.

use super::presence::{LINGERS, Other, Page, Presence};
use crate::domain::id::IssueId;
use crate::domain::issue::BlockId;
use crate::domain::issue::edit::{Passage, passages};
use crate::domain::moment::Moment;
use crate::store;
use crate::web::desk::issue::blocks;
use crate::web::desk::{Asked, named};
use crate::web::words::edit::Words;
use crate::web::{Error, Stopping};
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use maud::{Markup, html};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// At most so often the bell is listened to: it rings for every letter that goes out too.
const AT_MOST_EVERY: Duration = Duration::from_millis(300);
/// A stream ends after this long; the browser asks again, and the guard looks anew at who asks.
const ASKED_ANEW: Duration = Duration::from_mins(1);

/// The passages in order, each with its revision: `b12:0a1b2c3d4e5f b13:…`.
pub(super) fn row_of(row: &[Passage]) -> String {
    let one = |passage: &Passage| format!("{}:{}", blocks::name(passage.id), passage.revision().0);
    row.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Who else is there.
pub(super) fn here(words: &Words, others: &[Other]) -> Markup {
    html! {
        p .here #here { @if !others.is_empty() {
            (words.also_here) " "
            @for other in others {
                span .person data-passage=[other.passage.map(blocks::name)] {
                    @match other.passage {
                        Some(id) => { a href={ "#" (blocks::name(id)) } { (other.name) } },
                        None => (other.name),
                    }
                }
                " "
            }
        } }
    }
}

/// Where somebody is.
#[derive(Deserialize)]
pub(in crate::web::desk) struct Where {
    passage: Option<String>,
}

/// `POST /issues/{issue}/edit/here`: the passage that somebody is in.
pub(in crate::web::desk) async fn go(
    asked: Asked,
    Path(id): Path<String>,
    Extension(presence): Extension<Presence>,
    form: Result<Form<Where>, FormRejection>,
) -> Result<StatusCode, Error> {
    let passage = form.map_err(|_| Error::Unreadable)?.0.passage;
    let passage = passage.and_then(|id| id.parse().ok()).map(BlockId);
    presence.go(named(&id)?, asked.account().id, passage);
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who has the page open.
struct Watch {
    asked: Asked,
    id: IssueId,
    presence: Presence,
    ears: [watch::Receiver<u64>; 2],
    stop: watch::Receiver<bool>,
    until: Moment,
    next: Moment,
    changed_at: Option<Moment>,
    row: String,
    told: String,
    _page: Page,
}

/// `GET /issues/{issue}/edit/events`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    Extension(presence): Extension<Presence>,
    Extension(Stopping(stop)): Extension<Stopping>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let id: IssueId = named(&id)?;
    let wanted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !wanted.contains("text/event-stream") {
        // Opened by hand: a person wants the page.
        return Ok(Redirect::to(&format!("/issues/{id}/edit")).into_response());
    }
    let ears = [asked.store().bell().ear(), presence.ear()];
    let until = asked.pages.clock.steady() + ASKED_ANEW;
    let page = presence.enter(id, &asked);
    let (changed_at, row, told) = (None, String::new(), String::new());
    let watch = Watch { asked, id, presence, ears, stop, until, next: until, changed_at, row, told, _page: page };
    Ok(Sse::new(Box::pin(stream::unfold(watch, Watch::next))).keep_alive(KeepAlive::default()).into_response())
}

impl Watch {
    /// The next event; none at the end.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if *self.stop.borrow() || (!self.told.is_empty() && !self.wait().await) {
                return None;
            }
            self.ears.iter_mut().for_each(watch::Receiver::mark_unchanged);
            self.next = self.asked.pages.clock.steady() + AT_MOST_EVERY;
            // A look that fails ends the stream; the browser asks again, and is told why if it still does.
            let told = self.look().await.ok()?;
            if told != self.told {
                let event = Event::default().event("change").retry(Duration::from_millis(500)).data(&told);
                self.told = told;
                return Some((Ok(event), self));
            }
        }
    }

    /// Waits for something that may have changed; false at the end.
    async fn wait(&mut self) -> bool {
        let clock = self.asked.pages.clock.clone();
        let lingered = clock.steady() + LINGERS;
        let [store, presence] = &mut self.ears;
        tokio::select! {
            _ = self.stop.changed() => return false,
            () = clock.rest_until(self.until) => return false,
            () = clock.rest_until(lingered) => {}
            // A bell whose tower is gone rings no more: the station ends.
            rung = store.changed() => if rung.is_err() { return false },
            rung = presence.changed() => if rung.is_err() { return false },
        }
        tokio::select! {
            _ = self.stop.changed() => false,
            () = clock.rest_until(self.next) => true,
        }
    }

    /// The passages on the first line, who else is there on the others.
    async fn look(&mut self) -> Result<String, Error> {
        let mut reading = self.asked.read().await?;
        let changed_at = store::issue::changed_at(&mut reading, self.id).await?;
        if changed_at.is_none() || changed_at != self.changed_at {
            let issue = store::issue::find(&mut reading, self.id).await?.ok_or(Error::NoPage)?;
            self.row = row_of(&passages(&issue.contents.articles));
            self.changed_at = changed_at;
        }
        let others = self.presence.others(self.id, &self.asked);
        let here = here(Words::of(self.asked.language), &others).into_string();
        // An event cannot hold CR (HTML, server-sent events).
        Ok(format!("{}\n{}", self.row, here.replace(['\r', '\n'], " ")))
    }
}
