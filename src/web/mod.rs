//! Third floor: shows and asks. Nothing in it can send.

use crate::clock::Clock;
use crate::store::Store;
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
    /// Where the built-in mailbox keeps letters, when there is one.
    pub mailbox: Option<PathBuf>,
}

/// Serves the pages until `stop` turns true.
///
/// # Errors
/// When the listener fails.
pub async fn serve(_listener: TcpListener, _pages: Pages, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let _ = stop.wait_for(|stop| *stop).await;
    Ok(())
}
