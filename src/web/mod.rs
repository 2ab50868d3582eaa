//! Third floor: shows and asks. Nothing in it can send. Readers' pages are open to whoever has their link; the desk,
//! where people work, lets in who is signed in (`desk/guard.rs`). Every page works without scripts. Called by cli.

mod answer;
mod asset;
mod carried;
pub(crate) mod contract;
mod csv;
mod desk;
mod drain;
mod error;
mod health;
mod limits;
mod page;
mod public;
mod sheet;
mod spoken;
#[cfg(test)]
mod tests;
mod words;

pub use error::Error;
pub use health::Health;
pub use limits::Limits;
pub(crate) use spoken::spoken;

use crate::clock::Clock;
use crate::domain::forecast::Capacity;
use crate::domain::id::AccountId;
use crate::domain::relay::{Condition, Way};
use crate::domain::walk::Walk;
use crate::store::Store;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use chrono_tz::Tz;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What pages are made from.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where the built-in mailbox keeps letters, when there is one; shown at the desk only.
    pub mailbox: Option<PathBuf>,
    /// As whom the desk lets in who is not signed in: a demo's guest, on loopback only; none otherwise.
    pub guest: Option<AccountId>,
    /// How the pages are reached from outside, without a slash at the end.
    pub base_url: Option<String>,
    /// The zone of times that belong to no publication.
    pub zone: Tz,
    /// What relays and providers take.
    pub capacity: Capacity,
    /// What watchers are told.
    pub health: Health,
    /// How much may be asked from one place.
    pub limits: Limits,
    /// How relays are reached and stand, and where a walk to one is asked for.
    pub relays: Relays,
}

/// What the pages know of relays. They go nowhere themselves: who asks for a walk writes it on the sheet, where it is
/// gone from by whoever built these pages.
#[derive(Clone, Debug)]
pub struct Relays {
    /// The ways to them, the first choice first.
    pub ways: watch::Receiver<Vec<Way>>,
    /// How they stand; none while this process sends nothing.
    pub conditions: watch::Receiver<Option<Vec<Condition>>>,
    /// The walk that is under way, or the last one.
    pub sheet: watch::Sender<Option<Walk>>,
    /// Where the settings stand.
    pub file: String,
}

/// Turns true when the pages are to end: an answer that would go on for long ends then too.
#[derive(Clone, Debug)]
struct Stopping(watch::Receiver<bool>);

/// Serves the pages until `stop` turns true and open answers are given.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, pages: Pages, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let stopping = stop.clone();
    let told = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let each = router(pages).layer(Extension(Stopping(stopping))).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, each).with_graceful_shutdown(told).await
}

fn router(pages: Pages) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .route("/assets/{name}", get(asset::show))
        .merge(public::routes(&pages))
        .merge(desk::entrance().layer(middleware::from_fn_with_state(pages.clone(), public::hold)))
        .merge(desk::rooms(&pages).router())
        .fallback(async || Error::NoPage)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(Extension(desk::Presence::default()))
        .layer(middleware::from_fn(answer::complete))
        .layer(middleware::from_fn_with_state(pages.clone(), drain::rest))
        .with_state(pages)
}
