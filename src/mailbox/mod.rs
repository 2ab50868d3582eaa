//! Third floor: a mailbox that really speaks SMTP, for trying Yizhan out. It listens where it is
//! told (loopback), takes every letter for everybody and keeps each as a file `NNNNNN.eml`, so that
//! whoever shows them needs the folder only. Called by cli. Promises: numbers go on after a
//! restart, a file is whole or not there, and bad input is answered, never a panic. No fsync: it
//! is for looking, not for keeping.

mod folder;
mod session;
#[cfg(test)]
mod tests;

use folder::Folder;
use session::Session;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The built-in mailbox.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Where letters are kept; made when it is not there.
    pub folder: PathBuf,
}

impl Mailbox {
    /// Takes letters until `stop` says true or its sender is gone; then open connections are told
    /// 421 and closed.
    ///
    /// # Errors
    /// When the folder cannot be made or read, or the listener fails.
    pub async fn serve(&self, listener: TcpListener, stop: watch::Receiver<bool>) -> io::Result<()> {
        let folder = Arc::new(Folder::open(&self.folder)?);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stopped(stop.clone()) => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((client, _)) => drop(connections.spawn(converse(client, Arc::clone(&folder), stop.clone()))),
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        while connections.join_next().await.is_some() {}
        Ok(())
    }
}

/// One connection to its end. What breaks it is the client's to notice, so nothing is reported.
async fn converse(mut client: TcpStream, folder: Arc<Folder>, stop: watch::Receiver<bool>) -> io::Result<()> {
    client.set_nodelay(true)?;
    client.write_all(session::GREETING).await?;
    let mut session = Session::default();
    let mut buffer = vec![0; 64 * 1024];
    while !session.is_over() {
        let read = tokio::select! {
            read = client.read(&mut buffer) => read?,
            () = stopped(stop.clone()) => return client.write_all(session::CLOSING).await,
        };
        if read == 0 {
            return Ok(());
        }
        // Keeps letters on this thread: a write without fsync takes a millisecond at the worst, which
        // a mailbox for looking can bear.
        let answers = session.take(&buffer[..read], &mut |letter| folder.keep(letter));
        client.write_all(&answers).await?;
    }
    client.shutdown().await
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}
