//! The API's delivery log: who has it, who has not, and why. Each page is one bounded look (`store/log.rs`); `next` says
//! where the following goes on, also where this one found nothing.

use super::body::{Asks, Number, unfit};
use super::{Answer, named, ok};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::delivery::State;
use crate::domain::id::{DeliveryId, DispatchId, IssueId};
use crate::domain::link::Keyring;
use crate::domain::reason::Reason;
use crate::store;
use crate::store::attempt::Search;
use crate::store::log::{Place, Wanted};
use crate::web::Error;
use crate::web::contract;
use crate::web::desk::Asked;
use axum::extract::Path;
use serde::Deserialize;
use serde_json::json;

/// Deliveries on one page.
const PAGE: usize = 100;

/// What of the log is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sought {
    /// A whole address, or part of an address, a name or a unit.
    q: Option<String>,
    issue: Option<Number>,
    dispatch: Option<Number>,
    state: Option<String>,
    reason: Option<String>,
    after: Option<String>,
}

/// `GET /api/v1/deliveries`; the audit knows of each page that was read out.
pub(super) async fn list(asked: Asked, Asks(sought): Asks<Sought>) -> Answer {
    let wanted = wanted(&asked, sought)?;
    actions::account::note_export(asked.store(), asked.actor(), asked.now(), "delivery").await?;
    let mut reading = asked.read().await?;
    let found = store::log::find(&mut reading, &wanted).await?;
    let entries = store::attempt::entries(&mut reading, &found.deliveries).await?;
    let keyring = keyring(&mut reading).await?;
    let deliveries: Vec<_> = entries.iter().map(|entry| contract::delivery(&keyring, entry)).collect();
    ok(&json!({ "deliveries": deliveries, "next": found.next.map(|place| place.to_string()) }))
}

fn wanted(asked: &Asked, sought: Sought) -> Result<Wanted, Error> {
    let text: Option<String> = sought.q.map(|q| q.trim().chars().filter(|c| !c.is_control()).collect());
    let word = |name: &str, text: &str| unfit(name, format!("'{text}' is none of the words that it may be"));
    let state = sought.state.map(|text| State::from_word(&text).ok_or_else(|| word("state", &text)));
    let reason = sought.reason.map(|text| Reason::from_word(&text).ok_or_else(|| word("reason", &text)));
    let after = sought.after.map(|text| place(&text).ok_or_else(|| unfit("after", "give back what next said")));
    Ok(Wanted {
        text: text.filter(|text| !text.is_empty()),
        only: asked.confined_to(Permission::SeeReaders),
        issue: sought.issue.map(|Number(id)| IssueId(id)),
        dispatch: sought.dispatch.map(|Number(id)| DispatchId(id)),
        state: state.transpose()?,
        reason: reason.transpose()?,
        after: after.transpose()?,
        at_most: PAGE,
        ..Wanted::default()
    })
}

/// A place as `next` says it.
fn place(text: &str) -> Option<Place> {
    let is_ours = text.contains('-') && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    text.parse().ok().filter(|_| is_ours)
}

/// `GET /api/v1/deliveries/{delivery}`
pub(super) async fn show(asked: Asked, Path(id): Path<String>) -> Answer {
    let id: DeliveryId = named(&id)?;
    let mut reading = asked.read().await?;
    let search = Search { delivery: Some(id), at_most: Some(1), ..Search::default() };
    let entry = store::attempt::log(&mut reading, &search).await?.pop().ok_or(Error::NoPage)?;
    ok(&contract::delivery(&keyring(&mut reading).await?, &entry))
}

async fn keyring(conn: &mut store::Connection) -> Result<Keyring, Error> {
    Ok(store::station::keyring(conn).await?.ok_or(store::Error::Unreadable("key"))?)
}
