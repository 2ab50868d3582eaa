//! The machine as its driver sees it: bytes, breaks, ticks, offers and permits in; bytes and events
//! out. What each reply does is in `dialogue`. It knows no time but the `now` it is handed.

use super::line::{Command, Line};
use super::opening::Offers;
use super::reply::Reader;
use super::{Encryption, Envelope, Event, NotTaken, Settings, Told};
use crate::domain::attempt::{Break, Seen, Stage};
use crate::domain::delivery::Permit;
use crate::domain::moment::Moment;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How long a letter may wait behind another before it goes back to the queue, for another connection to
/// take (DELIVERY.md §2).
const HELD_AT_MOST: Duration = Duration::from_secs(60);

/// One SMTP connection, as a machine without I/O.
#[derive(Debug)]
pub struct Session {
    pub(super) settings: Settings,
    pub(super) phase: Phase,
    pub(super) offers: Offers,
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
    pub(super) line: Line,
    pub(super) reader: Reader,
    /// The letter under way.
    pub(super) current: Option<Exchange>,
    /// The one behind it: waiting, or with its envelope behind the current one's dot.
    pub(super) next: Option<Exchange>,
    /// Whether the letter under way is so slow that the one behind it was given back: then nothing may
    /// wait behind it any more.
    pub(super) slow: bool,
    pub(super) begun: u32,
    pub(super) needs_rset: bool,
    /// When the line last moved; deadlines count from here.
    pub(super) since: Moment,
    pub(super) events: VecDeque<Event>,
    pub(super) spares: Vec<Vec<u8>>,
    /// Whether each reply is told as an event.
    pub(super) narrates: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Greeting, EHLO and AUTH are under way.
    Opening,
    /// The wire is being encrypted; nobody speaks.
    Securing,
    /// Letters may go.
    Ready,
    /// What has its text under way may finish; nothing else begins.
    Leaving,
    /// The connection is to be closed.
    Over,
}

/// A letter in the session's hands.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) envelope: Envelope,
    pub(super) letter: Vec<u8>,
    /// What follows it in this letter and in others.
    pub(super) shared: Arc<[u8]>,
    pub(super) offered: Moment,
    /// When its envelope was written.
    pub(super) at: Moment,
    pub(super) step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing of it is on the wire.
    Waiting,
    /// It has no letter: its envelope is asked about and taken back.
    Knock,
    /// Its envelope is.
    Envelope,
    /// It has been told; replies to the rest of its envelope may still come.
    Told,
    /// Its text is on the way, its dot waits for a permit.
    Text,
    /// Its dot may go, and stands at this place of the line.
    Dot(u64),
}

impl Session {
    /// A session on a connection that has just been made, encrypted already where that is implicit.
    pub fn new(settings: Settings, now: Moment) -> Self {
        let secure = settings.security.encryption == Encryption::Implicit;
        Self {
            settings,
            phase: Phase::Opening,
            offers: Offers::default(),
            secure,
            line: Line::new(),
            reader: Reader::default(),
            current: None,
            next: None,
            slow: false,
            begun: 0,
            needs_rset: false,
            since: now,
            events: VecDeque::new(),
            spares: Vec::new(),
            narrates: false,
        }
    }

    /// The same, telling each reply as [`Event::Heard`].
    pub fn that_narrates(self) -> Self {
        Self { narrates: true, ..self }
    }

    /// The next thing the session has to say.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What is to be written now; tell with [`Session::wrote`] how much was.
    pub fn outgoing(&self) -> &[u8] {
        if self.is_over() { &[] } else { self.line.open() }
    }

    /// So many bytes of [`Session::outgoing`] were written, and may have left; that they have is only
    /// known by [`Session::flushed`].
    pub fn wrote(&mut self, count: usize, now: Moment) {
        self.line.wrote(count);
        self.since = now;
    }

    /// Everything written has left: only now can the relay lawfully answer it.
    pub fn flushed(&mut self, now: Moment) {
        self.line.flushed();
        self.since = now;
    }

    /// Bytes came from the relay. Any that come before the command they would answer has left
    /// break the connection: an early 250 must never pass for the dot's answer.
    pub fn receive(&mut self, mut bytes: &[u8], now: Moment) {
        while !bytes.is_empty() && !self.is_over() {
            if !self.line.may_hear() {
                return self.interrupted(bytes, now);
            }
            match self.reader.feed(&mut bytes) {
                Err(_) => self.broken(Break::Garbage, now),
                Ok(None) => {}
                Ok(Some(code)) => self.hear(code, now),
            }
        }
    }

    /// The relay speaks although nothing was asked of it. A whole refusal within a text is the answer to
    /// it, for the dot has not left; all else is not to be trusted.
    fn interrupted(&mut self, mut bytes: &[u8], now: Moment) {
        let texting = matches!(self.current, Some(Exchange { step: Step::Text | Step::Dot(_), .. }));
        match self.reader.feed(&mut bytes) {
            Ok(Some(421)) if texting && self.stage() == Stage::Data => self.dismissed(Command::Data, now),
            Ok(Some(400..)) if texting && self.stage() == Stage::Data => {
                self.tell_current(Stage::Data, Seen::Answer(self.answer()), now);
                self.close(None);
            }
            _ => self.broken(Break::Garbage, now),
        }
    }

    /// The connection broke, or is to be given up. Only the letter under way is judged by it; one
    /// that waits, or whose envelope flew behind a dot, is given back.
    pub fn broken(&mut self, how: Break, now: Moment) {
        let said_goodbye = self.phase == Phase::Leaving && self.current.is_none();
        let (stage, seen) = (self.stage(), Seen::Broken(how));
        self.tell_current(stage, seen.clone(), now);
        self.close((how != Break::Withdrawn && !said_goodbye).then_some((stage, seen)));
    }

    /// Time has passed: a stage whose deadline is over breaks the connection, and a letter that has waited
    /// too long behind another is given back.
    pub fn tick(&mut self, now: Moment) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.broken(Break::Timeout, now);
        } else if self.hold_ends().is_some_and(|end| end <= now) {
            self.give_back_next();
        }
    }

    /// When [`Session::tick`] is due. None while nobody but we can say something.
    pub fn hour(&self) -> Option<Moment> {
        [self.deadline(), self.hold_ends()].into_iter().flatten().min()
    }

    /// Until when a letter may wait behind another.
    fn hold_ends(&self) -> Option<Moment> {
        let waits = self.next.as_ref().filter(|next| next.step != Step::Told)?;
        Some(waits.offered + HELD_AT_MOST)
    }

    /// Lets go of the letter behind the one under way. If its envelope is on the wire already, the
    /// connection closes after the one under way: a bare dot would be an empty letter to that reader.
    fn give_back_next(&mut self) {
        self.slow = true;
        match &mut self.next {
            Some(next) if next.step == Step::Envelope => {
                self.events.push_back(Event::GivenBack(next.envelope.delivery));
                next.step = Step::Told;
            }
            _ => {
                let next = self.next.take();
                self.give_back(next);
            }
        }
    }

    /// When the stage under way has been silent for too long.
    pub(super) fn deadline(&self) -> Option<Moment> {
        if self.is_over() {
            return None;
        }
        let limits = &self.settings.deadlines;
        match self.phase {
            Phase::Over => return None,
            Phase::Securing => return Some(self.since + limits.tls),
            Phase::Opening | Phase::Ready | Phase::Leaving => {}
        }
        let texting = matches!(self.current, Some(Exchange { step: Step::Text | Step::Dot(_), .. }));
        if texting && self.line.is_flowing() {
            return Some(self.since + limits.block);
        }
        let limit = match self.line.awaits()? {
            Command::Greeting => limits.greeting,
            Command::Ehlo | Command::Helo | Command::Rset => limits.ehlo,
            Command::StartTls => limits.tls,
            Command::Auth | Command::AskUser | Command::AskPassword => limits.auth,
            Command::Mail => limits.mail,
            Command::Rcpt => limits.rcpt,
            Command::Data => limits.data,
            Command::Dot | Command::BareDot => limits.dot,
            Command::Quit => limits.quit,
        };
        Some(self.since + limit)
    }

    /// Whether the connection is to be closed.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Whether the session has greeted and holds no letter.
    pub fn is_idle(&self) -> bool {
        !self.is_opening() && self.current.is_none() && self.next.is_none()
    }

    fn is_opening(&self) -> bool {
        matches!(self.phase, Phase::Opening | Phase::Securing)
    }

    /// How many letters may be offered now: one may wait while another is under way.
    pub fn room(&self) -> u32 {
        u32::from(self.phase == Phase::Ready && self.next.is_none() && !self.slow && self.begun < self.settings.letters)
    }

    /// An empty buffer to compose a letter in, which [`Session::offer`] takes back.
    pub fn spare(&mut self) -> Vec<u8> {
        self.spares.pop().unwrap_or_default()
    }

    /// Takes a letter to carry. Its lines are parted by CRLF, it ends in CRLF, and no line begins
    /// with a dot, so that it holds no end of text but the one that a permit allows.
    ///
    /// # Errors
    /// [`NotTaken`] when there is no room, or when the letter could be read as SMTP.
    pub fn offer(&mut self, envelope: Envelope, letter: Vec<u8>, now: Moment) -> Result<(), NotTaken> {
        self.offer_sharing(envelope, (letter, Arc::default()), now)
    }

    /// The same with an end that other letters have too: it is written from where it is, and not copied.
    ///
    /// # Errors
    /// As [`Session::offer`].
    pub fn offer_sharing(
        &mut self,
        envelope: Envelope,
        (letter, shared): (Vec<u8>, Arc<[u8]>),
        now: Moment,
    ) -> Result<(), NotTaken> {
        if self.room() == 0 {
            return Err(NotTaken::NoRoom);
        }
        // Compose has checked the edition; to look at every line of every letter again costs too much.
        let is_safe = |bytes: &[u8]| bytes.ends_with(b"\r\n") && (!cfg!(debug_assertions) || is_plain(bytes));
        if !is_safe(&letter) || !(shared.is_empty() || is_safe(&shared)) {
            return Err(NotTaken::Unsafe);
        }
        self.next = Some(Exchange { envelope, letter, shared, offered: now, at: now, step: Step::Waiting });
        self.proceed(now);
        Ok(())
    }

    /// Asks whether a letter with this envelope would be taken, and takes the envelope back before DATA: then
    /// QUIT. The answer comes as [`Event::Told`]. Only an idle session knocks.
    pub fn knock(&mut self, envelope: Envelope, now: Moment) {
        if self.room() == 0 || !self.is_idle() {
            return;
        }
        self.phase = Phase::Leaving;
        self.line.say(&["MAIL FROM:<", envelope.from.as_str(), ">\r\n"], Command::Mail);
        let (letter, shared) = (Vec::new(), Arc::default());
        self.current = Some(Exchange { envelope, letter, shared, offered: now, at: now, step: Step::Knock });
        self.since = now;
    }

    /// Lets the dot of the letter under way go, together with the text's tail and, with
    /// PIPELINING, the envelope of a letter that waits. A permit for another letter does nothing.
    pub fn permit(&mut self, permit: Permit, now: Moment) {
        let Some(current) = &mut self.current else { return };
        if current.step != Step::Text || current.envelope.delivery != permit.delivery {
            return;
        }
        current.step = Step::Dot(self.line.end());
        self.line.say(&[".\r\n"], Command::Dot);
        self.since = now;
        self.proceed(now);
    }

    /// The letter under way is not to go after all: closes the connection without its dot.
    pub fn withdraw(&mut self, now: Moment) {
        self.broken(Break::Withdrawn, now);
    }

    /// Begins nothing more. A letter whose text is under way may still get its permit and its
    /// reply; every other is given back. Then QUIT.
    pub fn quit(&mut self, now: Moment) {
        match self.phase {
            Phase::Over | Phase::Leaving => return,
            Phase::Opening | Phase::Securing => return self.close(None),
            Phase::Ready => self.phase = Phase::Leaving,
        }
        if self.next.as_ref().is_some_and(|next| next.step == Step::Waiting) {
            self.give_back_next();
        }
        self.proceed(now);
    }

    /// Where a break would be seen now. Once a byte of the dot is written, the relay may have it.
    fn stage(&self) -> Stage {
        if self.phase == Phase::Securing {
            return Stage::StartTls;
        }
        match self.current.as_ref().map(|current| current.step) {
            Some(Step::Dot(at)) if self.line.written() > at => Stage::Dot,
            Some(Step::Dot(_) | Step::Text) => Stage::Data,
            Some(Step::Waiting | Step::Knock | Step::Envelope | Step::Told) | None => {
                self.line.awaits().map_or(Stage::Mail, Command::stage)
            }
        }
    }
}

impl Exchange {
    pub(super) fn set_out(&mut self, now: Moment) {
        (self.step, self.at) = (Step::Envelope, now);
    }

    pub(super) fn told(&mut self, stage: Stage, seen: Seen, now: Moment) -> Told {
        self.step = Step::Told;
        Told { delivery: self.envelope.delivery, stage, seen, at: self.at, duration: now.since(self.at) }
    }
}

/// Whether no line begins with a dot and no CR or LF stands alone.
fn is_plain(letter: &[u8]) -> bool {
    letter.first() != Some(&b'.')
        && letter.iter().enumerate().all(|(at, byte)| match byte {
            b'\n' => at > 0 && letter[at - 1] == b'\r' && letter.get(at + 1) != Some(&b'.'),
            b'\r' => letter.get(at + 1) == Some(&b'\n'),
            _ => true,
        })
}
