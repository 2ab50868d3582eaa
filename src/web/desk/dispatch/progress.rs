//! How a dispatch goes: bar, tally, providers, speed and what is still to come, live by server-sent events; and, as it
//! ends, what came of it ([`super::result`]). Whoever may only look sees the numbers, no names.

use super::{name, result};
use crate::domain::account::Permission;
use crate::domain::dispatch::{Dispatch, Occasion, Phase};
use crate::domain::id::{DispatchId, PublicationId};
use crate::domain::moment::Moment;
use crate::store;
use crate::store::concern::{Concern, publication_of};
use crate::store::dispatch::{ByLane, Overview};
use crate::web::desk::{Asked, named, tally};
use crate::web::page::{self, Around, Place, number, time};
use crate::web::words::progress::Words;
use crate::web::{Error, Stopping};
use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Redirect, Response};
use futures_util::stream;
use maud::{Markup, html};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// Providers that are shown by name.
const LANES: i64 = 12;
/// The span over which speed is measured.
const SPAN: Duration = Duration::from_mins(5);

/// How a dispatch stands.
pub(super) struct Standing {
    pub(super) publication: PublicationId,
    pub(super) overview: Overview,
    pub(super) row: Dispatch,
    /// Each with what it took within [`SPAN`].
    lanes: Vec<ByLane>,
    left_out: Vec<(String, i64)>,
    now: Moment,
}

/// `GET /dispatches/{dispatch}`
pub(in crate::web::desk) async fn show(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    let standing = Standing::read(&asked, named(&id)?).await?;
    let overview = &standing.overview;
    let (words, live) = (Words::of(asked.language), !overview.phase.is_over());
    let main = html! {
        p .eyebrow { a href={ "/publications/" (overview.slug) } { (overview.publication) } " · " a href={ "/issues/" (overview.issue) } { (words.issue) } }
        h1 { (name(overview)) }
        p .lede { (overview.subject) }
        div #live data-events=[live.then(|| format!("/dispatches/{}/events", overview.id))] { (pieces(&asked, &standing)) }
        (result::page(&asked, &standing).await?)
    };
    let around = Around { title: name(overview), place: Place::Dispatches, live };
    Ok(page::desk(&asked, &around, &main))
}

impl Standing {
    pub(super) async fn read(asked: &Asked, id: DispatchId) -> Result<Self, Error> {
        let (mut reading, now) = (asked.read().await?, asked.now());
        let overview = store::dispatch::overview(&mut reading, id).await?.ok_or(Error::NoPage)?;
        let row = store::dispatch::find(&mut reading, id).await?.ok_or(Error::NoPage)?;
        let publication = publication_of(&mut reading, &Concern::Dispatch(id)).await?.ok_or(Error::NoPage)?;
        let lanes = store::dispatch::by_lane(&mut reading, id, now - SPAN, LANES).await?;
        let left_out = store::dispatch::left_out(&mut reading, id).await?;
        Ok(Self { publication, overview, row, lanes, left_out, now })
    }

    pub(super) fn may(&self, asked: &Asked, permission: Permission) -> bool {
        asked.may_at(permission, self.publication)
    }

    /// Letters that were taken within [`SPAN`].
    fn taken(&self) -> i64 {
        self.lanes.iter().map(|lane| lane.taken).sum()
    }

    /// Letters a minute, of so many within the span; since it began where that is less ago.
    fn a_minute(&self, taken: i64) -> i64 {
        let since = self.now.since(self.overview.at).min(SPAN).max(Duration::from_mins(1));
        taken * 60 / i64::try_from(since.as_secs()).unwrap_or(60).max(1)
    }

    /// Minutes that are still to go, if letters go.
    fn minutes_left(&self) -> Option<u64> {
        let speed = self.a_minute(self.taken());
        let open = self.overview.tally.sum() - self.overview.tally.settled();
        (self.overview.phase == Phase::Open && speed > 0 && open > 0)
            .then(|| u64::try_from(open).unwrap_or(0).div_ceil(speed.unsigned_abs()))
    }
}

/// What changes while it goes: each piece by its id, so that a script may put it in place of its older self.
fn pieces(asked: &Asked, standing: &Standing) -> Markup {
    let (words, all, overview) = (Words::of(asked.language), asked.words(), &standing.overview);
    let live = !overview.phase.is_over();
    html! {
        section #facts data-live[live] { (facts(asked, standing)) }
        div .columns #standing data-live[live] {
            section .card {
                h2 { (all.tally) }
                (tally::table(all, overview))
            }
            aside .card {
                @if live { (speed(asked, standing)) }
                (tally::left_out(all, &standing.left_out))
            }
        }
        section .card #lanes data-live[live] { h2 { (words.lanes) } (lanes(words, standing)) }
    }
}

fn facts(asked: &Asked, standing: &Standing) -> Markup {
    let (words, all, overview) = (Words::of(asked.language), asked.words(), &standing.overview);
    let occasion = match standing.row.occasion {
        Occasion::First => None,
        Occasion::Correction(_) => Some(words.correction),
        Occasion::Again(_) => Some(words.again),
    };
    html! {
        dl .facts {
            div { dt { (all.state) } dd {
                (tally::phase(all, overview.phase))
                @if let Some(why) = &overview.why { " " span .muted { (reason(words, why)) } }
            } }
            div { dt { (all.to) } dd { (overview.lists.join(", ")) } }
            div { dt { (all.hour) } dd { (time(overview.at, overview.zone)) } }
            @if let Some(occasion) = occasion {
                div { dt { (words.round) } dd { ((words.nth_round)(standing.row.round)) " · " (occasion) " · " (standing.row.occasion.because().unwrap_or_default()) } }
            }
        }
        @if standing.may(asked, Permission::Dispatch) { (controls(words, overview)) }
    }
}

/// Why it is paused, as a person said it; where nobody did, that it was one.
fn reason<'a>(words: &'a Words, why: &'a str) -> &'a str {
    if why.starts_with("paused by ") { words.paused_by } else { why }
}

fn controls(words: &Words, overview: &Overview) -> Markup {
    let at = format!("/dispatches/{}", overview.id);
    let may_cancel = matches!(overview.phase, Phase::Planned | Phase::Opening | Phase::Open | Phase::Paused);
    html! {
        div .controls {
            @if overview.phase == Phase::Open {
                form method="post" action={ (at) "/pause" } {
                    label { span .unseen { (words.why) } input type="text" name="why" id="why" placeholder=(words.why) maxlength="500" autocomplete="off"; }
                    button type="submit" { (words.pause) }
                }
            }
            @if overview.phase == Phase::Paused {
                form method="post" action={ (at) "/resume" } { button .primary type="submit" { (words.resume) } }
            }
            @if may_cancel { a .button href={ (at) "/cancel" } { (words.cancel) } }
        }
        @if may_cancel { p .muted.small { (words.effective) } }
    }
}

fn speed(asked: &Asked, standing: &Standing) -> Markup {
    let words = Words::of(asked.language);
    let a_minute = standing.a_minute(standing.taken());
    let hindrance = asked.pages.health.hindrance.borrow().clone();
    html! {
        h2 { (words.speed) }
        @if a_minute > 0 { p { ((words.per_minute)(a_minute)) } } @else { p .muted { (words.no_speed) } }
        @if let Some(minutes) = standing.minutes_left() { p { ((words.eta)(minutes)) } }
        @if let Some(why) = hindrance.filter(|_| standing.overview.phase == Phase::Open) {
            div .refusal {
                p { strong { (words.hindered) } }
                p { (why.spoken(asked.language)) }
                @if asked.may(Permission::KeepHouse) { p { a href="/relays" { (words.to_relays) } } }
            }
        }
    }
}

fn lanes(words: &Words, standing: &Standing) -> Markup {
    let live = !standing.overview.phase.is_over();
    html! {
        table .rows.lanes {
            thead { tr {
                th scope="col" { (words.lane) } th scope="col" .number { (words.letters) }
                @if live { th scope="col" .number { (words.waiting) } }
                th scope="col" .number { (words.accepted) } th scope="col" .number { (words.not_arrived) }
                @if live { th scope="col" .number { (words.speed) } }
            } }
            tbody {
                @for lane in &standing.lanes { (lane_row(words, standing, lane)) }
            }
        }
        p .muted.small { (words.by_provider_note) }
    }
}

fn lane_row(words: &Words, standing: &Standing, lane: &ByLane) -> Markup {
    let ByLane { lane, tally, taken } = lane;
    let (waiting, live) = (tally.sum() - tally.settled(), !standing.overview.phase.is_over());
    // Letters wait, none is on its way, and none went for a while: the provider has had enough, or its quota is used.
    let rests = standing.overview.phase == Phase::Open
        && tally.queued == waiting
        && waiting > 0
        && *taken == 0
        && standing.taken() > 0;
    html! {
        tr {
            th scope="row" .lead { (lane.as_deref().unwrap_or(words.others)) @if rests { div .muted.small { (words.rests) } } }
            td .number data-name=(words.letters) { (number(tally.sum())) }
            @if live { td .number data-name=(words.waiting) { (number(waiting)) } }
            td .number data-name=(words.accepted) { (number(tally.accepted)) }
            td .number data-name=(words.not_arrived) { (number(tally.settled() - tally.accepted)) }
            @if live { td .number data-name=(words.speed) { (number(standing.a_minute(*taken))) } }
        }
    }
}

/// At most so often a change is told.
const AT_MOST_EVERY: Duration = Duration::from_millis(500);
/// Who watches looks again after this long, though no bell has rung.
const UNRUNG: Duration = Duration::from_millis(500);
/// However slow the reading is, somebody who watches is told at least so often.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// A stream ends after this long; the browser asks again, and the guard looks anew at who asks.
const ASKED_ANEW: Duration = Duration::from_mins(1);
/// Reading may take one part in so many of the time, so that somebody who watches slows nobody who sends.
const SHARE: u32 = 20;

/// Somebody who watches.
struct Watch {
    asked: Asked,
    id: DispatchId,
    ear: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    until: Moment,
    next: Moment,
    told: String,
    is_over: bool,
}

/// `GET /dispatches/{dispatch}/events`: the pieces that changed, as soon as they have; ends when it is over.
pub(in crate::web::desk) async fn events(
    asked: Asked,
    Path(id): Path<String>,
    Extension(Stopping(stop)): Extension<Stopping>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let id: DispatchId = named(&id)?;
    let wanted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !wanted.contains("text/event-stream") {
        // Opened by hand: a person wants the page.
        return Ok(Redirect::to(&format!("/dispatches/{id}")).into_response());
    }
    let (ear, until) = (asked.store().bell().ear(), asked.pages.clock.steady() + ASKED_ANEW);
    let watch = Watch { asked, id, ear, stop, until, next: until, told: String::new(), is_over: false };
    let events = stream::unfold(watch, Watch::next);
    Ok(Sse::new(Box::pin(events)).keep_alive(KeepAlive::default()).into_response())
}

impl Watch {
    /// The next event; none at the end.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            let clock = self.asked.pages.clock.clone();
            let is_first = self.told.is_empty();
            if self.is_over || *self.stop.borrow() || (!is_first && clock.steady() >= self.until) {
                return None;
            }
            if !is_first {
                tokio::select! {
                    _ = self.stop.changed() => return None,
                    () = clock.rest_until(self.until) => return None,
                    // A bell whose tower is gone rings no more: the station ends.
                    rung = self.ear.changed() => rung.ok()?,
                    // Letters on their way are recorded without ringing it (`commit_quietly`).
                    () = clock.rest_until(self.next + UNRUNG) => {}
                }
                tokio::select! {
                    _ = self.stop.changed() => return None,
                    () = clock.rest_until(self.next) => {}
                }
            }
            self.ear.mark_unchanged();
            let begun = clock.steady();
            // A look that fails ends the stream; the browser asks again, and is told why if it still does.
            let standing = Standing::read(&self.asked, self.id).await.ok()?;
            let told = pieces(&self.asked, &standing).into_string();
            self.next = begun + (clock.steady().since(begun) * SHARE).clamp(AT_MOST_EVERY, AT_LEAST_EVERY);
            self.is_over = standing.overview.phase.is_over();
            if told != self.told || self.is_over {
                let kind = if self.is_over { "over" } else { "change" };
                // An event cannot hold CR (HTML, server-sent events).
                let event = Event::default().event(kind).data(told.replace('\r', " "));
                self.told = told;
                return Some((Ok(event), self));
            }
        }
    }
}
