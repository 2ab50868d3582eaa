//! Desk: the seam between a courier and the book. A session comes to the desk with all it has to
//! say and waits for the answer; whoever holds the other end of the channel commits for all who
//! wait. Plain values both ways, so that a desk could stand in another house.

use crate::compose::Stationery;
use crate::domain::delivery::{Leave, Parcel, Turn};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Where couriers report, ask and fetch.
#[derive(Clone, Debug)]
pub struct Desk {
    book: mpsc::Sender<Request>,
}

/// One turn, and where its answer goes.
#[derive(Debug)]
pub struct Request {
    /// What the session says.
    pub turn: Turn,
    /// Where to answer, after the commit. An answer that nobody takes any more changes nothing: what
    /// was granted stays claimed or armed, for the next start to see.
    pub reply: oneshot::Sender<Granted>,
}

/// The book's answer to a turn.
#[derive(Debug, Default)]
pub struct Granted {
    /// The answer to the turn's ask; there is one whenever there was an ask.
    pub leave: Option<Leave>,
    /// Parcels to carry, each with what its letter is made of; never more than there was room for.
    pub parcels: Vec<(Parcel, Arc<Stationery>)>,
}

impl Desk {
    /// A desk at which `capacity` requests can lie, and its other side.
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Request>) {
        let (book, requests) = mpsc::channel(capacity);
        (Self { book }, requests)
    }

    /// Says `turn` and waits for the answer. None when the book is gone: then nothing may be sent.
    pub async fn turn(&self, turn: Turn) -> Option<Granted> {
        let (reply, granted) = oneshot::channel();
        self.book.send(Request { turn, reply }).await.ok()?;
        granted.await.ok()
    }
}
