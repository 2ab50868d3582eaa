//! Third floor: shows and asks. Nothing in it can send. Readers' pages are always there; the desk
//! (dispatches, their log, the mailbox's letters) has no accounts yet, so it is shown only where cli
//! asks for it: by the demo, on loopback. Every page works without scripts. Called by cli.

mod answer;
mod asset;
mod desk;
mod error;
mod health;
mod page;
mod public;
#[cfg(test)]
mod tests;
mod words;

pub use error::Error;
pub use health::Health;

use crate::clock::Clock;
use crate::store::Store;
use axum::routing::get;
use axum::{Router, middleware};
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
    /// Whether the desk is shown too, to everyone who can reach the listener.
    pub desk: bool,
    /// What watchers are told.
    pub health: Health,
}

/// Serves the pages until `stop` turns true and open answers are given.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, pages: Pages, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let told = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let each = router(pages).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, each).with_graceful_shutdown(told).await
}

fn router(pages: Pages) -> Router {
    let desk = if pages.desk { desk::routes(pages.mailbox.is_some()) } else { Router::new() };
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .route("/assets/{name}", get(asset::show))
        .merge(public::routes())
        .merge(desk)
        .fallback(async || Error::NoPage)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(middleware::from_fn(answer::complete))
        .with_state(pages)
}
