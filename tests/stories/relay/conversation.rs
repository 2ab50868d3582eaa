//! Conversation: one connection of the scripted relay, from its greeting to its end. Commands of a
//! flight are answered in one flight; before anything stalls or closes, what was answered is written.

use super::wire::{Go, Wire};
use super::{Behaviour, Login, Shared, Taken, Tls, lock};
use data_encoding::BASE64;
use smtp_proto::{AUTH_PLAIN, Request};
use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::net::TcpStream;
use yizhan::clock::Clock;
use yizhan::domain::attempt::Stage;

/// RFC 5321 §4.5.3.1.6, without its CRLF.
const MAX_LINE: usize = 998;

/// An answer to a dot that has not come, in one write with the 354.
const EARLY: &str = "354 Go on\r\n250 2.0.0 Ok: queued as EARLY";

pub(super) struct Conversation {
    wire: Wire,
    nth: u32,
    shared: Arc<Shared>,
    attempts: Vec<Try>,
    encrypted: bool,
    signed_in: bool,
    from: String,
}

/// A recipient of the transaction under way.
struct Try {
    rcpt: String,
    nth: u32,
    behaviour: Behaviour,
    taken: bool,
}

impl Conversation {
    pub(super) fn new(client: TcpStream, nth: u32, shared: Arc<Shared>) -> Self {
        Self {
            wire: Wire::new(client),
            nth,
            shared,
            attempts: vec![],
            encrypted: false,
            signed_in: false,
            from: String::new(),
        }
    }

    /// Holds the conversation to its end; that it ends is never an error of the relay.
    pub(super) async fn hold(mut self) {
        let _ = self.run().await;
    }

    async fn run(&mut self) -> Go {
        let implicit = lock(&self.shared.tls).clone().filter(|tls| tls.implicit);
        if let Some(tls) = implicit {
            self.encrypt(&tls).await?;
        }
        self.answer(Stage::Greeting, "220 relay.test ESMTP").await?;
        loop {
            let line = self.wire.read_line().await?;
            match Request::parse(&mut line.iter()) {
                Ok(request) => self.obey(request).await?,
                Err(error) => self.say(&format!("500 5.5.2 {error:?}")).await?,
            }
        }
    }

    async fn obey(&mut self, request: Request<Cow<'_, str>>) -> Go {
        match request {
            Request::Ehlo { .. } => self.answer(Stage::Ehlo, &self.capabilities()).await,
            Request::StartTls => self.starttls().await,
            Request::Auth { mechanism, initial_response } => self.auth(mechanism, &initial_response).await,
            Request::Mail { .. } if !self.signed_in && self.login().is_some() => {
                self.say("530 5.7.0 Authentication required").await
            }
            Request::Mail { from } => {
                self.from = from.address.into_owned();
                self.attempts.clear();
                self.answer(Stage::Mail, "250 2.1.0 Ok").await
            }
            Request::Rcpt { to } => self.rcpt(to.address.into_owned()).await,
            Request::Data => self.data().await,
            Request::Rset => {
                self.attempts.clear();
                self.say("250 2.0.0 Ok").await
            }
            Request::Noop { .. } => self.say("250 2.0.0 Ok").await,
            Request::Quit => {
                self.say("221 2.0.0 Bye").await?;
                self.close().await
            }
            other => self.say(&format!("502 5.5.1 No {} here", other.name())).await,
        }
    }

    fn capabilities(&self) -> String {
        let pipelining = if self.may_pipeline() { "250-PIPELINING\r\n" } else { "" };
        let offers_tls = !self.encrypted && lock(&self.shared.tls).is_some();
        let starttls = if offers_tls { "250-STARTTLS\r\n" } else { "" };
        let auth = self.login().map(|login| format!("250-AUTH {}\r\n", login.mechanisms)).unwrap_or_default();
        format!("250-relay.test\r\n{pipelining}{starttls}{auth}250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
    }

    fn login(&self) -> Option<Login> {
        lock(&self.shared.login).clone()
    }

    async fn starttls(&mut self) -> Go {
        let tls = lock(&self.shared.tls).clone();
        let Some(tls) = tls.filter(|_| !self.encrypted) else { return self.say("502 5.5.1 No STARTTLS here").await };
        self.answer(Stage::StartTls, "220 2.0.0 Go ahead").await?;
        self.wire.flush().await?;
        self.encrypt(&tls).await
    }

    async fn encrypt(&mut self, tls: &Tls) -> Go {
        self.wire.encrypt(&tls.acceptor).await?;
        self.encrypted = true;
        Ok(())
    }

    async fn auth(&mut self, mechanism: u64, initial: &str) -> Go {
        let Some(login) = self.login() else { return self.say("503 5.5.1 No AUTH here").await };
        let said = match mechanism {
            AUTH_PLAIN => decoded(initial.as_bytes()),
            _ => format!("\0{}\0{}", self.asks("VXNlcm5hbWU6").await?, self.asks("UGFzc3dvcmQ6").await?),
        };
        self.signed_in = said == format!("\0{}\0{}", login.user, login.password);
        if self.signed_in {
            return self.answer(Stage::Auth, "235 2.7.0 Welcome").await;
        }
        self.shared.refused_logins.fetch_add(1, Ordering::SeqCst);
        self.say("535 5.7.8 Authentication failed").await
    }

    async fn asks(&mut self, prompt: &str) -> Go<String> {
        self.say(&format!("334 {prompt}")).await?;
        let line = self.wire.read_line().await?;
        Ok(decoded(line.trim_ascii_end()))
    }

    async fn rcpt(&mut self, rcpt: String) -> Go {
        let nth = {
            let mut tries = lock(&self.shared.tries);
            let count = tries.entry(rcpt.clone()).or_default();
            *count += 1;
            *count
        };
        let script = Arc::clone(&lock(&self.shared.script));
        let behaviour = script(&rcpt, nth);
        let taken = !refuses(&behaviour, Stage::Rcpt);
        self.attempts.push(Try { rcpt, nth, behaviour, taken });
        self.answer(Stage::Rcpt, "250 2.1.5 Ok").await
    }

    async fn data(&mut self) -> Go {
        if self.wire.has_bytes() {
            self.note("wrote on behind DATA without waiting for 354");
        }
        let behaviour = self.behaviour(Stage::Data);
        let lenient = matches!(behaviour, Behaviour::RefuseButTakeData(_));
        if !lenient && !self.attempts.iter().any(|attempt| attempt.taken) {
            return self.say("554 5.5.1 No valid recipients").await;
        }
        if refuses(&behaviour, Stage::Data) {
            return self.answer(Stage::Data, "").await;
        }
        let early = behaviour == Behaviour::EarlyReply;
        self.answer(Stage::Data, if early { EARLY } else { "354 Go on" }).await?;
        if behaviour == Behaviour::CloseBeforeDot {
            self.wire.flush().await?;
            self.wire.wait_for_bytes().await?;
            return self.close().await;
        }
        let letter = self.wire.read_text().await?;
        self.dot(letter).await
    }

    /// The letter is whole: decides, writes down, answers.
    async fn dot(&mut self, letter: Vec<u8>) -> Go {
        let attempts = std::mem::take(&mut self.attempts);
        let behaviour = attempts.last().map_or(Behaviour::Accept, |attempt| attempt.behaviour.clone());
        if accepts(&behaviour) {
            self.record(&attempts, letter);
        }
        self.attempts = attempts;
        match &behaviour {
            Behaviour::CloseAfterDot => return self.close().await,
            Behaviour::AcceptAndGarble(bytes) => {
                self.wire.queue(bytes);
                return self.close().await;
            }
            Behaviour::EarlyReply | Behaviour::RefuseButTakeData(_) => self.say("554 5.5.1 Not taken").await?,
            Behaviour::Accept
            | Behaviour::Answer(..)
            | Behaviour::CloseAt(_)
            | Behaviour::CloseBeforeDot
            | Behaviour::SilentAt(_)
            | Behaviour::HeldAt(_) => {
                let count = self.shared.record.borrow().len();
                self.answer(Stage::Dot, &format!("250 2.0.0 Ok: queued as R{count:06}")).await?;
            }
        }
        self.attempts.clear();
        Ok(())
    }

    fn record(&mut self, attempts: &[Try], letter: Vec<u8>) {
        self.note_lines(&letter);
        let message_id = message_id(&letter);
        let encrypted = self.encrypted;
        let keeps = self.shared.keeps_letters.load(Ordering::SeqCst);
        let letter: Arc<[u8]> = if keeps { letter.into() } else { Arc::default() };
        self.shared.record.send_modify(|record| {
            for attempt in attempts.iter().filter(|attempt| attempt.taken) {
                let (from, rcpt, message_id) = (self.from.clone(), attempt.rcpt.clone(), message_id.clone());
                let (letter, connection) = (Arc::clone(&letter), self.nth);
                let at = Clock::System.steady();
                record.push(Taken { from, rcpt, message_id, letter, nth: attempt.nth, connection, encrypted, at });
            }
        });
    }

    /// What the script says for this stage of this connection or try.
    fn behaviour(&self, stage: Stage) -> Behaviour {
        if stage <= Stage::Mail {
            let script = Arc::clone(&lock(&self.shared.connection_script));
            return script(self.nth);
        }
        self.attempts.last().map_or(Behaviour::Accept, |attempt| attempt.behaviour.clone())
    }

    /// Does at a stage what the script says, or answers as usual.
    async fn answer(&mut self, stage: Stage, usual: &str) -> Go {
        match self.behaviour(stage) {
            Behaviour::Answer(at, reply) if at == stage => {
                self.say(&reply).await?;
                if reply.starts_with("421") { self.close().await } else { Ok(()) }
            }
            Behaviour::RefuseButTakeData(reply) if stage == Stage::Rcpt => self.say(&reply).await,
            Behaviour::CloseAt(at) if at == stage => self.close().await,
            Behaviour::SilentAt(at) if at == stage => self.never_answer().await,
            Behaviour::HeldAt(at) if at == stage => {
                self.wait_for_release().await?;
                self.say(usual).await
            }
            Behaviour::Answer(..)
            | Behaviour::RefuseButTakeData(_)
            | Behaviour::CloseAt(_)
            | Behaviour::SilentAt(_)
            | Behaviour::HeldAt(_)
            | Behaviour::Accept
            | Behaviour::CloseBeforeDot
            | Behaviour::CloseAfterDot
            | Behaviour::AcceptAndGarble(_)
            | Behaviour::EarlyReply => self.say(usual).await,
        }
    }

    async fn never_answer(&mut self) -> Go {
        self.wire.flush().await?;
        self.shared.stalled.send_modify(|stalled| *stalled += 1);
        self.wire.read_to_end().await
    }

    async fn wait_for_release(&mut self) -> Go {
        self.wire.flush().await?;
        let mut releases = self.shared.releases.subscribe();
        self.shared.stalled.send_modify(|stalled| *stalled += 1);
        releases.changed().await.map_err(io::Error::other)
    }

    /// Queues an answer; it is written with the others of its flight.
    async fn say(&mut self, reply: &str) -> Go {
        self.wire.queue(reply);
        self.wire.queue("\r\n");
        if self.wire.has_line() {
            if !self.may_pipeline() {
                self.note("pipelined although PIPELINING was not offered");
            }
            return Ok(());
        }
        self.wire.flush().await
    }

    async fn close(&mut self) -> Go {
        self.wire.flush().await?;
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    fn may_pipeline(&self) -> bool {
        self.shared.pipelining.load(Ordering::SeqCst)
    }

    fn note_lines(&self, letter: &[u8]) {
        let text = String::from_utf8_lossy(letter);
        let lines = || text.split("\r\n");
        if lines().any(|line| line.contains(['\r', '\n'])) {
            self.note("wrote a bare CR or LF in a letter");
        }
        if lines().any(|line| line.len() > MAX_LINE) {
            self.note("wrote a line of more than 998 octets");
        }
    }

    fn note(&self, violation: &str) {
        lock(&self.shared.violations).push(format!("connection {}: {violation}", self.nth));
    }
}

/// Whether a stage is answered with a refusal.
fn refuses(behaviour: &Behaviour, stage: Stage) -> bool {
    let told = matches!(behaviour, Behaviour::Answer(at, reply) if *at == stage && reply.starts_with(['4', '5']));
    told || (stage == Stage::Rcpt && matches!(behaviour, Behaviour::RefuseButTakeData(_)))
}

/// Whether a letter that is whole is taken.
fn accepts(behaviour: &Behaviour) -> bool {
    match behaviour {
        Behaviour::Answer(Stage::Dot, reply) => reply.starts_with('2'),
        Behaviour::CloseAt(Stage::Dot) | Behaviour::SilentAt(Stage::Dot) => false,
        Behaviour::EarlyReply | Behaviour::RefuseButTakeData(_) | Behaviour::CloseBeforeDot => false,
        Behaviour::Accept | Behaviour::CloseAfterDot | Behaviour::AcceptAndGarble(_) | Behaviour::HeldAt(_) => true,
        Behaviour::Answer(..) | Behaviour::CloseAt(_) | Behaviour::SilentAt(_) => true,
    }
}

fn decoded(base64: &[u8]) -> String {
    BASE64.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn message_id(letter: &[u8]) -> String {
    let text = String::from_utf8_lossy(letter);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = head.lines().find(|line| line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:")));
    line.map(|line| line[11..].trim().trim_matches(['<', '>']).to_owned()).unwrap_or_default()
}
