//! Ask: a browser of the measurement, one connection for each page.

use crate::run::Chore;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// Somebody who is signed in.
pub(super) struct Asker {
    pub(super) address: String,
    pub(super) cookie: String,
}

/// What came back, whole, or its first piece where it never ends.
pub(super) struct Answer {
    pub(super) code: u16,
    pub(super) ms: f64,
    pub(super) bytes: usize,
}

impl Asker {
    /// Asks for a page.
    ///
    /// # Errors
    /// When the station fails.
    pub(super) fn get(&self, page: &str) -> Chore<Answer> {
        let is_stream = page.ends_with("/events");
        let accept = if is_stream { "text/event-stream" } else { "text/html" };
        let head = format!(
            "GET {page} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nAccept: {accept}\r\nAccept-Language: zh-CN\r\nConnection: close\r\n\r\n",
            self.address, self.cookie
        );
        let begun = now();
        let text = asked(&self.address, head.as_bytes(), is_stream).map_err(|error| format!("{page}: {error}"))?;
        let ms = begun.elapsed().as_secs_f64() * 1000.0;
        let first = String::from_utf8_lossy(text.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned();
        match first.split(' ').nth(1).and_then(|code| code.parse().ok()) {
            Some(code @ 200..500) => Ok(Answer { code, ms, bytes: text.len() }),
            _ => Err(format!("{page} answers {first}")),
        }
    }

    /// Sends a form, and gives what comes back.
    ///
    /// # Errors
    /// When nobody listens.
    pub(super) fn post(&self, page: &str, kind: &str, body: &str) -> Chore<String> {
        let head = format!(
            "POST {page} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        let text = asked(&self.address, head.as_bytes(), false).map_err(|error| format!("{page}: {error}"))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// The only look at a clock here.
#[expect(clippy::disallowed_methods, reason = "a measurement is of real time")]
pub(super) fn now() -> Instant {
    Instant::now()
}

fn asked(address: &str, request: &[u8], is_stream: bool) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(request)?;
    let (mut answer, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        let read = connection.read(&mut buffer)?;
        answer.extend_from_slice(&buffer[..read]);
        let is_told = is_stream && answer.windows(5).any(|piece| piece == b"data:");
        if read == 0 || is_told {
            return Ok(answer);
        }
    }
}
