//! Opening: from the greeting to the first letter: EHLO, then STARTTLS and EHLO again, then AUTH, as
//! [`Security`](super::Security) wants it. What a relay offered in clear is forgotten once the line is
//! encrypted (RFC 3207 §4.2), and a byte behind its answer to STARTTLS breaks the connection, so that
//! nobody on the way can slip replies in.

use super::line::Command;
use super::machine::{Phase, Session};
use super::reply::Reader;
use super::{Encryption, Event, Login, Unfit};
use crate::domain::attempt::{Seen, Stage};
use crate::domain::moment::Moment;
use data_encoding::BASE64;

/// What a relay offers in its answer to EHLO, as far as we use it. Who knows only HELO offers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offers {
    pub(super) pipelining: bool,
    /// RFC 1870.
    pub(super) size: bool,
    starttls: bool,
    auth_plain: bool,
    auth_login: bool,
}

impl Offers {
    fn of(reader: &Reader) -> Self {
        Self {
            pipelining: reader.offers("PIPELINING"),
            size: reader.offers("SIZE"),
            starttls: reader.offers("STARTTLS"),
            auth_plain: reader.offers_auth("PLAIN"),
            auth_login: reader.offers_auth("LOGIN"),
        }
    }
}

impl Session {
    /// The connection is encrypted now: everything begins anew, and nothing heard before counts.
    pub fn secured(&mut self, now: Moment) {
        if self.phase != Phase::Securing {
            return;
        }
        (self.phase, self.secure, self.since) = (Phase::Opening, true, now);
        (self.reader, self.offers) = (Reader::default(), Offers::default());
        self.say_ehlo();
    }

    /// A reply before the first letter.
    pub(super) fn hear_opening(&mut self, command: Command, code: u16, now: Moment) {
        match (command, code) {
            (Command::Greeting, 220) => self.say_ehlo(),
            (Command::Ehlo, 200..300) => self.welcomed(Offers::of(&self.reader)),
            (Command::Ehlo, 500..) => self.line.say(&["HELO ", &self.settings.ehlo_name, "\r\n"], Command::Helo),
            (Command::Helo, 200..300) => self.welcomed(Offers::default()),
            (Command::StartTls, 220) => self.encrypt(),
            (Command::StartTls, 421) => self.dismissed(command, now),
            (Command::StartTls, 400..) if self.settings.security.encryption == Encryption::Opportunistic => {
                self.sign_in()
            }
            (Command::StartTls, 500..) => self.refuse(Unfit::NoTls),
            (Command::AskUser, 334) => self.say_credential(|login| &login.user, Command::AskPassword),
            (Command::AskPassword, 334) => self.say_credential(|login| login.password.reveal(), Command::Auth),
            (Command::Auth, 235) => self.ready(),
            (Command::Auth | Command::AskUser | Command::AskPassword, _) => self.hear_no_to_auth(now),
            (_, _) => self.dismissed(command, now),
        }
    }

    fn say_ehlo(&mut self) {
        self.line.say(&["EHLO ", &self.settings.ehlo_name, "\r\n"], Command::Ehlo);
    }

    /// The relay has said what it offers.
    fn welcomed(&mut self, offers: Offers) {
        self.offers = offers;
        match self.settings.security.encryption {
            Encryption::Opportunistic | Encryption::Required if !self.secure && offers.starttls => {
                self.line.say(&["STARTTLS\r\n"], Command::StartTls);
            }
            Encryption::Required | Encryption::Implicit if !self.secure => self.refuse(Unfit::NoTls),
            Encryption::None | Encryption::Opportunistic | Encryption::Required | Encryption::Implicit => {
                self.sign_in()
            }
        }
    }

    fn encrypt(&mut self) {
        self.phase = Phase::Securing;
        self.events.push_back(Event::Secure);
    }

    /// Says who we are, if we are to; PLAIN (RFC 4616) saves the round trips of LOGIN.
    fn sign_in(&mut self) {
        let security = &self.settings.security;
        let Some(Login { user, password }) = &security.login else { return self.ready() };
        let is_known = self.secure && security.encryption.verifies();
        if !is_known && !security.auth_in_clear {
            return self.refuse(Unfit::InClear);
        }
        if self.offers.auth_plain {
            let initial = BASE64.encode(format!("\0{user}\0{}", password.reveal()).as_bytes());
            self.line.say(&["AUTH PLAIN ", &initial, "\r\n"], Command::Auth);
        } else if self.offers.auth_login {
            self.line.say(&["AUTH LOGIN\r\n"], Command::AskUser);
        } else {
            self.refuse(Unfit::NoAuth);
        }
    }

    /// Answers what AUTH LOGIN asks for.
    fn say_credential(&mut self, credential: impl Fn(&Login) -> &str, command: Command) {
        if let Some(login) = &self.settings.security.login {
            let encoded = BASE64.encode(credential(login).as_bytes());
            self.line.say(&[&encoded, "\r\n"], command);
        }
    }

    /// A definite no is a matter of settings; any other is the relay's own.
    fn hear_no_to_auth(&mut self, now: Moment) {
        let secrets: Vec<String> = self.secrets().collect();
        let hidden: Vec<(&str, &str)> = secrets.iter().map(|secret| (secret.as_str(), "<secret>")).collect();
        let answer = self.reader.answer(&hidden);
        if answer.is_permanent() {
            self.refuse(Unfit::Login(answer));
        } else {
            self.end(Stage::Auth, Seen::Answer(answer), now);
        }
    }

    /// What may stand in no reply that is told: the password, as it is and as it was written.
    pub(super) fn secrets(&self) -> impl Iterator<Item = String> + use<> {
        let login = self.settings.security.login.clone();
        login.into_iter().flat_map(|Login { user, password }| {
            let password = password.reveal();
            let whole = format!("\0{user}\0{password}");
            [BASE64.encode(whole.as_bytes()), BASE64.encode(password.as_bytes()), password.to_owned()]
        })
    }

    fn ready(&mut self) {
        self.phase = Phase::Ready;
        self.events.push_back(Event::Ready);
    }

    /// Nothing will go here before settings change.
    fn refuse(&mut self, why: Unfit) {
        self.events.push_back(Event::Unfit(why));
        self.close(None);
    }
}
