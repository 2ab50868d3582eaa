//! Relay: a mail server with a script, for the stories: a real SMTP server on loopback TCP that
//! misbehaves exactly as told and keeps its own record of every letter that it decided to accept.
//! It lives on a thread of its own, so a story may block, and the processes it sends from may die
//! at any byte. What a client does against the protocol is noted, and a story can ask for it.

mod conversation;
mod tests;
mod wire;

use conversation::Conversation;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use yizhan::domain::attempt::Stage;
use yizhan::domain::moment::Moment;

/// What the relay does with one try at a recipient, or with one connection (there only the stages
/// up to MAIL count).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Takes it.
    Accept,
    /// Answers at that stage with this reply; it takes the letter only by a 2xx at the dot. 421 closes.
    Answer(Stage, String),
    /// Closes at that stage without an answer; at the dot: has read it and takes nothing.
    CloseAt(Stage),
    /// Closes in the middle of the text.
    CloseBeforeDot,
    /// Takes the letter, then closes without an answer.
    CloseAfterDot,
    /// Takes the letter, answers it with exactly these bytes, then closes.
    AcceptAndGarble(String),
    /// Answers the dot before it has come, in one flight with the 354, and takes nothing.
    EarlyReply,
    /// Reads on at that stage and never answers; takes nothing.
    SilentAt(Stage),
    /// Waits at that stage for [`Relay::releases`], then goes on as usual. At the dot the letter is
    /// taken, and recorded, before the wait.
    HeldAt(Stage),
    /// Refuses the recipient with this reply but answers DATA with 354 (RFC 2920 §3.1); takes nothing.
    RefuseButTakeData(String),
}

/// A letter that the relay accepted: written down before the reply was.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// The envelope's sender.
    pub(crate) from: String,
    /// The envelope's recipient.
    pub(crate) rcpt: String,
    /// Its Message-ID, without angle brackets; empty when it has none.
    pub(crate) message_id: String,
    /// The letter, dots unstuffed.
    pub(crate) letter: Arc<[u8]>,
    /// At which try at this recipient, counted from 1.
    pub(crate) nth: u32,
    /// Over which connection, counted from 1.
    pub(crate) connection: u32,
    /// Whether it came encrypted.
    pub(crate) encrypted: bool,
    /// When it was taken, by the machine's steady reading.
    pub(crate) at: Moment,
}

/// The relay.
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
    door: Mutex<Door>,
}

enum Door {
    Open {
        shut: watch::Sender<bool>,
        listening: JoinHandle<()>,
    },
    /// Bound but not listening: connections are refused, and nobody else gets the port.
    Shut(TcpSocket),
    Moving,
}

type Script = Arc<dyn Fn(&str, u32) -> Behaviour + Send + Sync>;

/// What all conversations share.
struct Shared {
    script: Mutex<Script>,
    connection_script: Mutex<Arc<dyn Fn(u32) -> Behaviour + Send + Sync>>,
    pipelining: AtomicBool,
    keeps_letters: AtomicBool,
    connections: AtomicU32,
    tries: Mutex<HashMap<String, u32>>,
    record: watch::Sender<Vec<Taken>>,
    stalled: watch::Sender<u32>,
    releases: watch::Sender<u32>,
    violations: Mutex<Vec<String>>,
    tls: Mutex<Option<Tls>>,
    login: Mutex<Option<Login>>,
    refused_logins: AtomicU32,
}

/// How the relay encrypts.
#[derive(Clone)]
struct Tls {
    acceptor: TlsAcceptor,
    implicit: bool,
}

/// Whom the relay takes letters from.
#[derive(Clone)]
struct Login {
    user: String,
    password: String,
    /// What stands behind AUTH in its answer to EHLO.
    mechanisms: &'static str,
}

impl Relay {
    /// A relay that listens on a free port and accepts everything.
    pub(crate) fn start() -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).thread_name("relay").enable_io().build().unwrap();
        let socket = bound((Ipv4Addr::LOCALHOST, 0).into());
        let address = socket.local_addr().unwrap();
        let door = Mutex::new(Door::Shut(socket));
        let relay = Self { address, shared: Arc::new(Shared::new()), runtime: Some(runtime), door };
        relay.up();
        relay
    }

    /// Where it listens, as `YIZHAN_RELAY` wants it; more parameters may follow with `&`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on decides each try by its recipient and its number, counted from 1.
    pub(crate) fn will(&self, script: impl Fn(&str, u32) -> Behaviour + Send + Sync + 'static) {
        *lock(&self.shared.script) = Arc::new(script);
    }

    /// From now on decides each connection by its number, counted from 1: greeting, EHLO and MAIL.
    pub(crate) fn will_at_connection(&self, script: impl Fn(u32) -> Behaviour + Send + Sync + 'static) {
        *lock(&self.shared.connection_script) = Arc::new(script);
    }

    /// Stops offering PIPELINING; whoever pipelines all the same is noted.
    pub(crate) fn without_pipelining(&self) {
        self.shared.pipelining.store(false, Ordering::SeqCst);
    }

    /// From now on offers STARTTLS and shows this certificate.
    pub(crate) fn offers_starttls(&self, config: Arc<ServerConfig>) {
        *lock(&self.shared.tls) = Some(Tls { acceptor: config.into(), implicit: false });
    }

    /// From now on is encrypted from the first byte and shows this certificate.
    pub(crate) fn is_encrypted(&self, config: Arc<ServerConfig>) {
        *lock(&self.shared.tls) = Some(Tls { acceptor: config.into(), implicit: true });
    }

    /// From now on takes letters only from this account, which signs in by one of `mechanisms`.
    pub(crate) fn wants_login(&self, user: &str, password: &str, mechanisms: &'static str) {
        let (user, password) = (user.to_owned(), password.to_owned());
        *lock(&self.shared.login) = Some(Login { user, password, mechanisms });
    }

    /// How often somebody signed in wrongly.
    pub(crate) fn refused_logins(&self) -> u32 {
        self.shared.refused_logins.load(Ordering::SeqCst)
    }

    /// Records letters without their bytes: for stories of many thousands.
    pub(crate) fn forgets_letters(&self) {
        self.shared.keeps_letters.store(false, Ordering::SeqCst);
    }

    /// Every letter it accepted, in order.
    pub(crate) fn record(&self) -> Vec<Taken> {
        self.shared.record.borrow().clone()
    }

    /// How often this recipient was tried: RCPT commands, whatever came of them.
    pub(crate) fn tries(&self, rcpt: &str) -> u32 {
        lock(&self.shared.tries).get(rcpt).copied().unwrap_or(0)
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> u32 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// What clients did against the protocol, a sentence each.
    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.shared.violations).clone()
    }

    /// Waits until it has accepted so many letters in all.
    pub(crate) async fn waits_for(&self, accepted: usize) {
        self.shared.record.subscribe().wait_for(|record| record.len() >= accepted).await.unwrap();
    }

    /// Waits until it has fallen silent or held back so many times in all.
    pub(crate) async fn waits_for_stalled(&self, times: u32) {
        self.shared.stalled.subscribe().wait_for(|stalled| *stalled >= times).await.unwrap();
    }

    /// Lets all that is held go on.
    pub(crate) fn releases(&self) {
        self.shared.releases.send_modify(|releases| *releases += 1);
    }

    /// From now on holds each letter before its text, and lets all go on that are held whenever one more is: a
    /// relay that is slow, and whose letters are on their way together.
    pub(crate) fn is_slow(&self) {
        self.will(|_, _| Behaviour::HeldAt(Stage::Data));
        let shared = Arc::clone(&self.shared);
        let mut stalled = shared.stalled.subscribe();
        self.runtime.as_ref().expect("taken only by drop").spawn(async move {
            while stalled.changed().await.is_ok() {
                shared.releases.send_modify(|releases| *releases += 1);
            }
        });
    }

    /// Stops listening and cuts every connection; until [`Relay::up`] connections are refused.
    pub(crate) async fn down(&self) {
        let door = std::mem::replace(&mut *lock(&self.door), Door::Moving);
        if let Door::Open { shut, listening } = door {
            shut.send_replace(true);
            listening.await.unwrap();
        }
        *lock(&self.door) = Door::Shut(bound(self.address));
    }

    /// Listens again, on the same port.
    pub(crate) fn up(&self) {
        let runtime = self.runtime.as_ref().expect("taken only by drop");
        let _inside = runtime.enter();
        let mut door = lock(&self.door);
        if let Door::Shut(socket) = std::mem::replace(&mut *door, Door::Moving) {
            let (shut, shutting) = watch::channel(false);
            let listener = socket.listen(1024).unwrap();
            let listening = runtime.spawn(listen(listener, Arc::clone(&self.shared), shutting));
            *door = Door::Open { shut, listening };
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // A runtime may not be dropped, which blocks, where a story runs on another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn new() -> Self {
        Self {
            script: Mutex::new(Arc::new(|_, _| Behaviour::Accept)),
            connection_script: Mutex::new(Arc::new(|_| Behaviour::Accept)),
            pipelining: AtomicBool::new(true),
            keeps_letters: AtomicBool::new(true),
            connections: AtomicU32::new(0),
            tries: Mutex::default(),
            record: watch::Sender::default(),
            stalled: watch::Sender::default(),
            releases: watch::Sender::default(),
            violations: Mutex::default(),
            tls: Mutex::default(),
            login: Mutex::default(),
            refused_logins: AtomicU32::new(0),
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, mut shutting: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = shutting.wait_for(|shut| *shut) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                // What a client cut while it waited is no connection.
                let Ok((client, _)) = accepted else { continue };
                let nth = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                connections.spawn(Conversation::new(client, nth, Arc::clone(&shared)).hold());
            }
        }
    }
    drop(listener);
    connections.shutdown().await;
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().expect("nothing panics while it holds a relay's lock")
}
