//! Health: what a watcher asks: `/healthz` (does the database answer, and does anything go out) and `/metrics`
//! (Prometheus' text format, version 0.0.4). Everyone hears whether the station lives; why nothing goes out, and
//! the numbers, are for this machine and for addresses that the settings name. A request that a proxy passed on
//! comes from somewhere else, whatever its connection says.

use super::{Error, Pages};
use crate::domain::language::Sentence;
use crate::domain::moment::Moment;
use crate::store;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::UNIX_EPOCH;
use tokio::sync::watch;

/// What the pages know of sending, and whom they tell.
#[derive(Clone, Debug)]
pub struct Health {
    /// Why nothing goes out; none while all is well.
    pub hindrance: watch::Receiver<Option<Sentence>>,
    /// Who may ask beside this machine.
    pub watchers: Vec<IpAddr>,
}

impl Health {
    fn tells(&self, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: &HeaderMap) -> bool {
        let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
        let ip = peer.ip().to_canonical();
        !passed_on && (ip.is_loopback() || self.watchers.contains(&ip))
    }
}

/// `GET /healthz`: 200 while the database answers, whether or not letters go out: a relay that is down is not
/// mended by starting again.
pub(super) async fn healthz(
    State(pages): State<Pages>,
    peer: ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<String, Error> {
    store::station::memory(&mut *pages.store.read().await?).await?;
    if !pages.health.tells(peer, &headers) {
        return Ok("ok\n".into());
    }
    let hindrance = pages.health.hindrance.borrow().clone();
    Ok(hindrance.map_or_else(|| "ok\nsending\n".into(), |why| format!("ok\nnot sending: {why}\n")))
}

/// `GET /metrics`
pub(super) async fn metrics(
    State(pages): State<Pages>,
    peer: ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if !pages.health.tells(peer, &headers) {
        return Err(Error::NoPage);
    }
    let hindered = pages.health.hindrance.borrow().is_some();
    let text = numbers(&pages, hindered).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

async fn numbers(pages: &Pages, hindered: bool) -> store::Result<String> {
    let (mut reading, now) = (pages.store.read().await?, pages.clock.now());
    let mut text = String::new();
    gauge(&mut text, "yizhan_hindered", "1 while nothing goes out and something should", u8::from(hindered));
    head(&mut text, "yizhan_deliveries", "Deliveries of dispatches that are not over, by state");
    for row in store::gauge::deliveries(&mut reading).await? {
        let (dispatch, state, n) = (row.dispatch, row.state, row.deliveries);
        let _ = writeln!(text, "yizhan_deliveries{{dispatch=\"{dispatch}\",state=\"{state}\"}} {n}");
    }
    let attempts = store::gauge::attempts(&mut reading).await?;
    gauge(&mut text, "yizhan_attempts", "Attempts at deliveries of dispatches that are not over", attempts);
    let waits = store::gauge::oldest_due(&mut reading).await?.map_or(0, |due| now.since(due).as_secs());
    gauge(
        &mut text,
        "yizhan_queue_age_seconds",
        "How long the oldest due letter of an open dispatch has waited",
        waits,
    );
    let memory = store::station::memory(&mut reading).await?;
    // Where there never was a backup an alarm must ring all the same.
    let backup_at = memory.as_ref().and_then(|memory| memory.backup_at);
    if let Some(at) = backup_at.or(store::gauge::first_noted(&mut reading).await?) {
        let help = "Since the last backup; since the station was founded where there was none yet";
        gauge(&mut text, "yizhan_backup_age_seconds", help, now.since(at).as_secs());
    }
    if let Some(memory) = memory {
        gauge(&mut text, "yizhan_mark", "How far sending has come; it only rises", memory.mark);
    }
    if let Some(at) = journal_written(pages) {
        gauge(
            &mut text,
            "yizhan_journal_age_seconds",
            "Since a line was added to the journal",
            now.since(at).as_secs(),
        );
    }
    Ok(text)
}

fn journal_written(pages: &Pages) -> Option<Moment> {
    let written = std::fs::metadata(store::journal::path(pages.store.folder())).ok()?.modified().ok()?;
    let since = written.duration_since(UNIX_EPOCH).ok()?;
    Some(Moment(i64::try_from(since.as_millis()).ok()?))
}

fn gauge(text: &mut String, name: &str, help: &str, value: impl std::fmt::Display) {
    head(text, name, help);
    let _ = writeln!(text, "{name} {value}");
}

fn head(text: &mut String, name: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}
