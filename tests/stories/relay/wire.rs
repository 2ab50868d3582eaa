//! Wire: the bytes of one of the relay's connections: lines and letters in, answers out in flights.

use smtp_proto::request::receiver::DataReceiver;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Goes on, or ends by the client's or the script's closing.
pub(super) type Go<T = ()> = io::Result<T>;

/// A connection in clear or encrypted.
trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

/// A connection, with the answers that wait for their flight.
pub(super) struct Wire {
    client: BufReader<Box<dyn Pipe>>,
    answers: Vec<u8>,
}

impl Wire {
    pub(super) fn new(client: TcpStream) -> Self {
        // It fails on a connection that its client has already cut, which reading will show.
        let _ = client.set_nodelay(true);
        Self { client: buffered(client), answers: vec![] }
    }

    /// Encrypts the connection; what was read and not used yet is forgotten.
    pub(super) async fn encrypt(&mut self, acceptor: &TlsAcceptor) -> Go {
        let plain = std::mem::replace(&mut self.client, buffered(tokio::io::empty())).into_inner();
        self.client = buffered(acceptor.accept(plain).await?);
        Ok(())
    }

    /// Whether bytes have come that nobody has read.
    pub(super) fn has_bytes(&self) -> bool {
        !self.client.buffer().is_empty()
    }

    /// Whether a whole line has come that nobody has read.
    pub(super) fn has_line(&self) -> bool {
        self.client.buffer().contains(&b'\n')
    }

    /// Puts an answer, or a part of one, behind those that wait.
    pub(super) fn queue(&mut self, answer: &str) {
        self.answers.extend_from_slice(answer.as_bytes());
    }

    /// Writes all that waits, in one flight.
    pub(super) async fn flush(&mut self) -> Go {
        self.client.get_mut().write_all(&std::mem::take(&mut self.answers)).await
    }

    /// The next line with its end.
    pub(super) async fn read_line(&mut self) -> Go<Vec<u8>> {
        let mut line = Vec::new();
        self.client.read_until(b'\n', &mut line).await?;
        if line.ends_with(b"\n") { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// A letter up to its dot, dots unstuffed.
    pub(super) async fn read_text(&mut self) -> Go<Vec<u8>> {
        self.flush().await?;
        let mut letter = Vec::new();
        // A dot right behind the 354 ends an empty letter: the receiver must know that a line begins.
        let mut receiver = DataReceiver::new();
        receiver.ingest(&mut b"\r\n".iter(), &mut Vec::new());
        loop {
            let mut bytes = self.wait_for_bytes().await?.iter();
            let read = bytes.len();
            let whole = receiver.ingest(&mut bytes, &mut letter);
            let used = read - bytes.len();
            self.client.consume(used);
            if whole {
                return Ok(letter);
            }
        }
    }

    /// Reads, and forgets, until the client closes.
    pub(super) async fn read_to_end(&mut self) -> Go {
        loop {
            let read = self.wait_for_bytes().await?.len();
            self.client.consume(read);
        }
    }

    /// Waits until some bytes have come, and leaves them unread.
    pub(super) async fn wait_for_bytes(&mut self) -> Go<&[u8]> {
        match self.client.fill_buf().await? {
            [] => Err(io::ErrorKind::UnexpectedEof.into()),
            bytes => Ok(bytes),
        }
    }
}

fn buffered(client: impl Pipe + 'static) -> BufReader<Box<dyn Pipe>> {
    BufReader::with_capacity(64 * 1024, Box::new(client))
}
