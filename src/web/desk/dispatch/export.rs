//! What of a dispatch is taken along: its log as a table of texts, a row a letter. Whoever takes it is noted first.

use crate::actions;
use crate::domain::attempt::Scope;
use crate::domain::delivery::{Skip, State};
use crate::domain::id::DispatchId;
use crate::domain::reason::Reason;
use crate::store;
use crate::store::attempt::{Entry, Search};
use crate::web::Error;
use crate::web::desk::{Asked, delivery, named};
use crate::web::sheet::Sheet;
use crate::web::words::log::Words;
use crate::web::words::progress::Words as ProgressWords;
use axum::extract::Path;
use axum::response::Response;
use chrono::TimeZone;

/// Letters that are read at once.
const AT_ONCE: i64 = 500;

/// `POST /dispatches/{dispatch}/export`
pub(in crate::web::desk) async fn take(asked: Asked, Path(id): Path<String>) -> Result<Response, Error> {
    let id: DispatchId = named(&id)?;
    let words = Words::of(asked.language);
    actions::dispatch::note_export(asked.store(), asked.actor(), asked.now(), id).await?;
    let mut sheet = Sheet::new(&[
        (words.number, 10),
        (words.name, 14),
        (words.unit, 28),
        (words.address, 34),
        (words.state, 12),
        (words.why, 30),
        (words.last_try, 20),
        (words.tries, 10),
        (words.last_answer, 60),
    ])?;
    let mut search = Search { dispatch: Some(id), at_most: Some(AT_ONCE), ..Search::default() };
    while sheet.has_room() {
        // A connection for each page: who reads for long must not keep others from reading.
        let page = store::attempt::log(&mut *asked.read().await?, &search).await?;
        for entry in &page {
            if !sheet.has_room() {
                break;
            }
            sheet.add(&cells(&asked, entry).each_ref().map(String::as_str))?;
        }
        let Some(last) = page.last().filter(|_| page.len() as i64 == AT_ONCE) else { break };
        search.after = Some(last.delivery);
    }
    let name = format!("{}-{id}.xlsx", ProgressWords::of(asked.language).sheet);
    sheet.answer(asked.store().folder(), &name)
}

fn cells(asked: &Asked, entry: &Entry) -> [String; 9] {
    let (words, state) = (Words::of(asked.language), State::from_word(&entry.state));
    let last = entry.attempts.last();
    let at = last
        .map(|line| entry.zone.from_utc_datetime(&line.at.utc().naive_utc()).format("%Y-%m-%d %H:%M:%S").to_string());
    [
        entry.delivery.to_string(),
        entry.name.clone().unwrap_or_default(),
        entry.unit.clone().unwrap_or_default(),
        entry.address.clone(),
        state.map_or(entry.state.as_str(), asked.words().state_of).to_owned(),
        reason(entry, state).map_or_else(String::new, |reason| (words.reason)(reason).to_owned()),
        at.unwrap_or_default(),
        entry.attempts.len().to_string(),
        last.map(delivery::answer).unwrap_or_default(),
    ]
}

/// Why it did not arrive, where it has ended so.
fn reason(entry: &Entry, state: Option<State>) -> Option<Reason> {
    match state? {
        State::Skipped => entry.why.as_deref().and_then(Skip::from_word).map(Reason::Skipped),
        State::Uncertain => Some(Reason::Unclear),
        State::Failed | State::Expired => {
            entry.attempts.last()?.scope.as_deref().and_then(Scope::from_word).map(Reason::Refused)
        }
        State::Queued | State::Claimed | State::Armed | State::Accepted => None,
    }
}
