//! Drain: a request that is answered before all of it was read, as one with too large a file is, is read to its end and thrown
//! away. A connection that is closed with bytes unread is reset, and then a browser shows its own fault instead of our
//! sentence. Bounded in bytes and in time; stands around every room. Called by the router.

use super::{Pages, Stopping};
use crate::clock::Clock;
use axum::Extension;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

/// The most bytes that are thrown away: five times what the largest form may have. Whoever sends more may get no sentence.
const MOST: usize = 256 * 1024 * 1024;

/// The longest time that it may take: 20 MB over a slow line of 2 Mbit/s.
const LONGEST: Duration = Duration::from_secs(120);

/// Lets the rooms answer, and reads what they left of the request. The answer does not wait for that: whoever looks at it
/// while still sending may stop.
pub(super) async fn rest(
    State(pages): State<Pages>,
    Extension(stopping): Extension<Stopping>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // RFC 9110 §10.1.1: who asks first sends nothing until somebody wants it.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let upload = Arc::new(Upload { body: Mutex::new(body.into_data_stream()), is_begun: AtomicBool::new(false) });
    let theirs = Arc::clone(&upload);
    let body = Body::from_stream(stream::poll_fn(move |cx| theirs.poll(cx)));
    let response = next.run(Request::from_parts(parts, body)).await;
    if !asks_first || upload.is_begun.load(Ordering::Relaxed) {
        tokio::spawn(async move { upload.drain(&pages.clock, stopping).await });
    }
    response
}

/// What comes with a request: for the room that it is for, and for who throws away what that room left.
struct Upload {
    body: Mutex<BodyDataStream>,
    is_begun: AtomicBool,
}

impl Upload {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        self.is_begun.store(true, Ordering::Relaxed);
        self.body.lock().expect("nothing panics while it reads").poll_next_unpin(cx)
    }

    /// Reads to the end, or to one of the bounds; returns how many bytes there were.
    async fn drain(&self, clock: &Clock, Stopping(mut stop): Stopping) -> usize {
        let until = clock.steady() + LONGEST;
        let mut read = 0;
        while read < MOST {
            let piece = tokio::select! {
                piece = poll_fn(|cx| self.poll(cx)) => piece,
                () = clock.rest_until(until) => break,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match piece {
                Some(Ok(piece)) => read += piece.len(),
                // Whoever sent it is gone.
                Some(Err(_)) | None => break,
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::moment::Moment;
    use std::convert::Infallible;
    use tokio::sync::watch;

    fn upload(pieces: impl stream::Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Upload {
        let body = Mutex::new(Body::from_stream(pieces).into_data_stream());
        Upload { body, is_begun: AtomicBool::new(false) }
    }

    #[tokio::test]
    async fn what_is_thrown_away_has_its_bounds() {
        let clock = Clock::wound(Moment(0));
        let (stop, stopping) = watch::channel(false);
        let piece = || Ok(Bytes::from_static(&[0; 1024 * 1024]));
        let stopping = || Stopping(stopping.clone());
        assert_eq!(upload(stream::iter([piece(), piece()])).drain(&clock, stopping()).await, 2 * 1024 * 1024);
        assert_eq!(upload(stream::repeat_with(piece)).drain(&clock, stopping()).await, MOST);
        // Somebody who sends nothing any more is waited for until the time is up, or the station stops.
        let late = upload(stream::pending());
        let winding = async { clock.wind(LONGEST) };
        assert_eq!(tokio::join!(late.drain(&clock, stopping()), winding).0, 0);
        let stops = async { stop.send_replace(true) };
        assert_eq!(tokio::join!(late.drain(&clock, stopping()), stops).0, 0);
    }
}
