//! The API's dispatches: started, looked at, paused, resumed, cancelled. Resends and corrections are a person's, for both
//! write to readers who have the issue.

use super::body::{Asks, Json, Number, unfit};
use super::issues::{Before, Nothing};
use super::{Answer, made, named, ok};
use crate::actions;
use crate::actions::dispatch::Order;
use crate::domain::account::Permission;
use crate::domain::audit::Reason;
use crate::domain::dispatch::Occasion;
use crate::domain::id::{DispatchId, IssueId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::store;
use crate::store::dispatch::Shown;
use crate::web::Error;
use crate::web::contract;
use crate::web::desk::Asked;
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};

/// Dispatches on one page of the list.
const PAGE: i64 = 50;

/// To whom, and when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ordered {
    to: Vec<String>,
    at: Option<String>,
}

/// `POST /api/v1/issues/{issue}/dispatches`: the second start of an issue to the same lists finds the first.
pub(super) async fn start(asked: Asked, Path(id): Path<String>, Json(Ordered { to, at }): Json<Ordered>) -> Answer {
    let issue: IssueId = named(&id)?;
    if to.is_empty() {
        return Err(unfit("to", "name one list at least, as PUBLICATION/LIST"));
    }
    let lists: Result<Vec<ListPath>, String> = to.iter().map(|path| path.parse()).collect();
    let lists = lists.map_err(|why| unfit("to", why))?;
    let at = match at {
        None => None,
        Some(text) => Some(moment(&asked, issue, &text).await?),
    };
    let order = Order { issue, lists, at, defaults: false, occasion: Occasion::First };
    let started = actions::dispatch::start(asked.store(), asked.actor(), asked.now(), &order).await?;
    made(!started.known, &contract::started(&started))
}

async fn moment(asked: &Asked, issue: IssueId, text: &str) -> Result<Moment, Error> {
    let mut reading = asked.read().await?;
    let issue = actions::issue::find(&mut reading, issue).await?;
    let zone = store::publication::find(&mut reading, issue.publication).await?.profile.zone;
    let form = format!("write 2026-12-01T09:00 (in {zone}) or 2026-12-01T09:00:00+08:00");
    Moment::written(text, zone).ok_or_else(|| unfit("at", form))
}

/// `GET /api/v1/dispatches`: the newest first.
pub(super) async fn list(asked: Asked, Asks(Before { before }): Asks<Before>) -> Answer {
    let only = asked.confined_to(Permission::Look);
    let shown = Shown { before: before.map(|Number(before)| DispatchId(before)), only, at_most: Some(PAGE) };
    let found = store::dispatch::overviews(&mut *asked.read().await?, &shown).await?;
    let next = found.last().filter(|_| found.len() as i64 == PAGE).map(|dispatch| dispatch.id);
    let dispatches: Vec<_> = found.iter().map(contract::dispatch).collect();
    ok(&json!({ "dispatches": dispatches, "next": next }))
}

/// `GET /api/v1/dispatches/{dispatch}`
pub(super) async fn show(asked: Asked, Path(id): Path<String>) -> Answer {
    ok(&standing(&asked, named(&id)?).await?)
}

async fn standing(asked: &Asked, id: DispatchId) -> Result<Value, Error> {
    let mut reading = asked.read().await?;
    let row = actions::dispatch::find(&mut reading, id).await?;
    let overview = store::dispatch::overview(&mut reading, id).await?.ok_or(Error::NoPage)?;
    let left_out = store::dispatch::left_out(&mut reading, id).await?;
    let reasons = store::dispatch::reasons(&mut reading, id).await?;
    Ok(contract::Dispatch { overview: &overview, row: &row, left_out: &left_out, reasons: &reasons }.whole())
}

/// Why it is paused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    why: Option<String>,
}

/// `POST /api/v1/dispatches/{dispatch}/pause`
pub(super) async fn pause(asked: Asked, Path(id): Path<String>, Json(Why { why }): Json<Why>) -> Answer {
    let id: DispatchId = named(&id)?;
    let why = why.map(|why| why.parse::<Reason>()).transpose().map_err(|error| unfit("why", error))?;
    actions::dispatch::pause(asked.store(), asked.actor(), asked.now(), id, why.as_ref()).await?;
    ok(&standing(&asked, id).await?)
}

/// `POST /api/v1/dispatches/{dispatch}/resume`
pub(super) async fn resume(asked: Asked, Path(id): Path<String>, Json(Nothing {}): Json<Nothing>) -> Answer {
    let id: DispatchId = named(&id)?;
    actions::dispatch::resume(asked.store(), asked.actor(), asked.now(), id).await?;
    ok(&standing(&asked, id).await?)
}

/// `POST /api/v1/dispatches/{dispatch}/cancel`
pub(super) async fn cancel(asked: Asked, Path(id): Path<String>, Json(Nothing {}): Json<Nothing>) -> Answer {
    let id: DispatchId = named(&id)?;
    actions::dispatch::cancel(asked.store(), asked.actor(), asked.now(), id).await?;
    ok(&standing(&asked, id).await?)
}
