//! Dialogue: what each reply does to the session. Once `opening` is ready: {MAIL, RCPT, DATA} → text →
//! permit → dot → reply. With PIPELINING (RFC 2920) an envelope is one flight, and the next letter's
//! flies right behind the dot; without it, step by step.

use super::line::Command;
use super::machine::{Exchange, Phase, Session, Step};
use super::{Event, Heard};
use crate::domain::attempt::{Answer, Break, Seen, Stage};
use crate::domain::moment::Moment;

/// From so many octets on, a relay is told beforehand how large a letter is (RFC 1870 §6). No relay refuses less.
const WORTH_SAYING: usize = 1024 * 1024;

impl Session {
    /// A whole reply, to the first command that awaits one.
    pub(super) fn hear(&mut self, code: u16, now: Moment) {
        let Some(command) = self.line.heard() else { return };
        self.since = now;
        self.narrate(command, code);
        match (command, code) {
            (Command::Quit, _) => self.close(None),
            // In front of a letter RSET is one flight with its envelope; only a knock waits for it.
            (Command::Rset, 200..300) if self.phase == Phase::Leaving => {
                self.current = None;
                self.leave();
            }
            (Command::Rset, 200..300) => {}
            (Command::Rset, _) => self.close(Some((Stage::Mail, Seen::Answer(self.reader.answer(&[]))))),
            (Command::Greeting | Command::Ehlo | Command::Helo | Command::StartTls, _)
            | (Command::Auth | Command::AskUser | Command::AskPassword, _) => self.hear_opening(command, code, now),
            (Command::Mail | Command::Rcpt | Command::Data | Command::Dot | Command::BareDot, 421) => {
                self.dismissed(command, now);
            }
            (Command::Mail | Command::Rcpt | Command::Data, _) => self.hear_envelope(command, code, now),
            // No final reply at the dot: the relay may have taken the letter, nobody knows.
            (Command::Dot, 300..400) => self.end(Stage::Dot, Seen::Broken(Break::Garbage), now),
            (Command::Dot, _) => self.done(Stage::Dot, now),
            (Command::BareDot, _) => self.done(Stage::Data, now),
        }
    }

    /// Tells a reply to whoever wants to hear each.
    fn narrate(&mut self, command: Command, code: u16) {
        if !self.narrates || matches!(command, Command::Quit | Command::Rset) {
            return;
        }
        let envelope = self.current.as_ref().map(|current| &current.envelope);
        let mut hidden: Vec<(String, &str)> = self.secrets().map(|secret| (secret, "<secret>")).collect();
        hidden.extend(envelope.into_iter().flat_map(|envelope| {
            [(envelope.to.as_str().to_owned(), "<rcpt>"), (envelope.from.as_str().to_owned(), "<sender>")]
        }));
        let lines = self.reader.lines(&hidden);
        self.events.push_back(Event::Heard(Heard { stage: command.stage(), code, lines }));
    }

    /// A reply to a part of the current letter's envelope.
    fn hear_envelope(&mut self, command: Command, code: u16, now: Moment) {
        let told = self.current.as_ref().is_none_or(|current| current.step == Step::Told);
        let knocks = self.current.as_ref().is_some_and(|current| current.step == Step::Knock);
        match (command, code) {
            (Command::Mail, 200..300) if knocks => self.say_rcpt(),
            (Command::Mail | Command::Rcpt, 200..300 | 400..) if knocks => self.knocked(command, now),
            (Command::Data, 354) if told => self.line.say(&[".\r\n"], Command::BareDot),
            (Command::Data, 354) => self.send_text(),
            (Command::Mail | Command::Rcpt, 200..300) if self.offers.pipelining => {}
            (Command::Mail, 200..300) => self.say_rcpt(),
            (Command::Rcpt, 200..300) => self.line.say(&["DATA\r\n"], Command::Data),
            (_, 400..) => self.refused(command, now),
            // No lawful answer to its command: whose replies these are, nobody can say.
            _ => self.end(command.stage(), Seen::Broken(Break::Garbage), now),
        }
    }

    /// The current letter is refused. In a flight, the replies to the rest of it are still to come.
    fn refused(&mut self, command: Command, now: Moment) {
        self.needs_rset = true;
        if self.offers.pipelining && command != Command::Data {
            self.tell_current(command.stage(), Seen::Answer(self.answer()), now);
        } else {
            self.done(command.stage(), now);
        }
    }

    /// What would come of a letter is known; there is none.
    fn knocked(&mut self, command: Command, now: Moment) {
        self.tell_current(command.stage(), Seen::Answer(self.answer()), now);
        self.line.say(&["RSET\r\n"], Command::Rset);
    }

    /// The last reply ends the current letter's transaction.
    fn done(&mut self, stage: Stage, now: Moment) {
        self.tell_current(stage, Seen::Answer(self.answer()), now);
        self.current = None;
        self.proceed(now);
    }

    fn send_text(&mut self) {
        let Some(current) = &mut self.current else { return };
        current.step = Step::Text;
        let (letter, shared) = (std::mem::take(&mut current.letter), std::mem::take(&mut current.shared));
        self.spares.push(self.line.load(letter, shared));
        self.events.push_back(Event::AskPermit(current.envelope.delivery));
    }

    /// Brings forward what can go next: the waiting letter's envelope, or QUIT.
    pub(super) fn proceed(&mut self, now: Moment) {
        if self.current.is_none() {
            (self.current, self.slow) = (self.next.take(), false);
            // Given back while its envelope was on the wire: only a text may follow now, and there is none.
            if matches!(self.current, Some(Exchange { step: Step::Told, .. })) {
                return self.close(None);
            }
        }
        if self.phase == Phase::Leaving {
            return self.leave();
        }
        let behind_dot = self.offers.pipelining && matches!(self.current, Some(Exchange { step: Step::Dot(_), .. }));
        match (&mut self.current, &mut self.next) {
            (Some(first @ Exchange { step: Step::Waiting, .. }), _) => first.set_out(now),
            (Some(_), Some(second @ Exchange { step: Step::Waiting, .. })) if behind_dot => second.set_out(now),
            (None, _) if self.begun >= self.settings.letters => return self.quit(now),
            (Some(_) | None, _) => return,
        }
        self.since = now;
        self.begun += 1;
        self.say_envelope();
    }

    /// What is left to do when nothing more begins: wait for a text under way, or part.
    fn leave(&mut self) {
        match self.current.as_ref().map(|current| current.step) {
            None => self.line.say(&["QUIT\r\n"], Command::Quit),
            Some(Step::Text | Step::Dot(_)) => {}
            Some(Step::Waiting | Step::Knock | Step::Envelope | Step::Told) => self.close(None),
        }
    }

    fn say_envelope(&mut self) {
        if std::mem::take(&mut self.needs_rset) {
            self.line.say(&["RSET\r\n"], Command::Rset);
        }
        let Some(exchange) = self.next.as_ref().filter(|next| next.step == Step::Envelope).or(self.current.as_ref())
        else {
            return;
        };
        let (from, to) = (exchange.envelope.from.as_str(), exchange.envelope.to.as_str());
        let octets = exchange.letter.len() + exchange.shared.len();
        // A relay that will not take it says so now, and not after megabytes.
        let declared = (self.offers.size && octets >= WORTH_SAYING).then(|| format!(" SIZE={octets}"));
        self.line.say(&["MAIL FROM:<", from, ">", declared.as_deref().unwrap_or_default(), "\r\n"], Command::Mail);
        if self.offers.pipelining {
            self.line.say(&["RCPT TO:<", to, ">\r\n"], Command::Rcpt);
            self.line.say(&["DATA\r\n"], Command::Data);
        }
    }

    fn say_rcpt(&mut self) {
        if let Some(current) = &self.current {
            self.line.say(&["RCPT TO:<", current.envelope.to.as_str(), ">\r\n"], Command::Rcpt);
        }
    }

    /// The last reply ends the session: a 421, or a refusal where there is no going on.
    pub(super) fn dismissed(&mut self, command: Command, now: Moment) {
        self.end(command.stage(), Seen::Answer(self.answer()), now);
    }

    pub(super) fn answer(&self) -> Answer {
        let envelope = self.current.as_ref().map(|current| &current.envelope);
        let hidden = envelope.map(|envelope| [(envelope.to.as_str(), "<rcpt>"), (envelope.from.as_str(), "<sender>")]);
        self.reader.answer(hidden.as_ref().map_or(&[], |hidden| hidden))
    }

    /// Ends the session; the letter under way is judged by it.
    pub(super) fn end(&mut self, stage: Stage, seen: Seen, now: Moment) {
        self.tell_current(stage, seen.clone(), now);
        self.close(Some((stage, seen)));
    }

    /// Tells what was seen of the letter under way, once.
    pub(super) fn tell_current(&mut self, stage: Stage, seen: Seen, now: Moment) {
        if let Some(current) = self.current.as_mut().filter(|current| current.step != Step::Told) {
            self.events.push_back(Event::Told(current.told(stage, seen, now)));
        }
    }

    /// The connection is to be closed; whatever has not been told is given back.
    pub(super) fn close(&mut self, why: Option<(Stage, Seen)>) {
        if self.phase == Phase::Over {
            return;
        }
        for exchange in [self.current.take(), self.next.take()] {
            self.give_back(exchange);
        }
        self.phase = Phase::Over;
        self.events.push_back(Event::Over(why));
    }

    pub(super) fn give_back(&mut self, exchange: Option<Exchange>) {
        if let Some(exchange) = exchange.filter(|exchange| exchange.step != Step::Told) {
            self.events.push_back(Event::GivenBack(exchange.envelope.delivery));
        }
    }
}
