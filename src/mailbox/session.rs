//! Session: the server's side of SMTP (RFC 5321) as a machine without I/O: bytes in, answers out.
//! All commands of a flight are answered in order and in one flight (RFC 2920); what is no command
//! gets a 5xx with its enhanced code (RFC 2034). Owned by one connection of the mailbox.

use smtp_proto::request::receiver::{DataReceiver, DummyDataReceiver, MAX_LINE_LENGTH};
use smtp_proto::{Error, MAIL_SMTPUTF8, MailFrom, Request};
use std::borrow::Cow;
use std::io;

/// The first line a client sees.
pub(super) const GREETING: &[u8] = b"220 localhost ESMTP Yizhan mailbox\r\n";
/// The last line when the mailbox stops.
pub(super) const CLOSING: &[u8] = b"421 4.3.2 The mailbox is closing\r\n";

/// The largest letter it takes, in bytes.
const MAX_LETTER: usize = 64 * 1024 * 1024;
/// The most recipients of one letter (RFC 5321 §4.5.3.1.8 asks for at least 100).
const MAX_RECIPIENTS: usize = 1000;

const CAPABILITIES: &str = "250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 67108864\r\n\
                            250 ENHANCEDSTATUSCODES";
const NO_SUCH_COMMAND: &str = "502 5.5.1 This mailbox does not know that command";

/// Keeps a letter and gives the name under which it is kept.
type Keep<'a> = &'a mut dyn FnMut(&[u8]) -> io::Result<String>;

/// One conversation.
#[derive(Default)]
pub(super) struct Session {
    line: Vec<u8>,
    greeted: bool,
    sender: Option<String>,
    recipients: Vec<String>,
    text: Option<Text>,
    over: bool,
}

/// A letter that is arriving.
struct Text {
    letter: Vec<u8>,
    receiver: Receiver,
}

enum Receiver {
    Keeping(DataReceiver),
    /// The letter is larger than allowed: read on to its dot, keep nothing.
    Discarding(DummyDataReceiver),
}

impl Session {
    /// Whether the connection is to be closed.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes what came and gives all answers to it.
    pub(super) fn take(&mut self, mut bytes: &[u8], keep: Keep<'_>) -> Vec<u8> {
        let mut answers = Vec::new();
        while !bytes.is_empty() && !self.over {
            let answer;
            (answer, bytes) = match self.text.take() {
                Some(text) => self.take_text(text, bytes, keep),
                None => self.take_line(bytes),
            };
            if let Some(answer) = answer {
                answers.extend_from_slice(answer.as_bytes());
                answers.extend_from_slice(b"\r\n");
            }
        }
        answers
    }

    fn take_line<'b>(&mut self, bytes: &'b [u8]) -> (Option<Cow<'static, str>>, &'b [u8]) {
        let end = bytes.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
        let (head, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        self.line.extend_from_slice(head);
        if self.line.len() > MAX_LINE_LENGTH {
            self.over = true;
            return (Some("500 5.5.2 That line is too long; good bye".into()), &[]);
        }
        if end.is_none() {
            return (None, rest);
        }
        let line = std::mem::take(&mut self.line);
        (Some(self.answer(Request::parse(&mut line.iter()))), rest)
    }

    fn answer(&mut self, request: Result<Request<Cow<'_, str>>, Error>) -> Cow<'static, str> {
        match request {
            Ok(Request::Ehlo { .. }) => self.greet(CAPABILITIES).into(),
            Ok(Request::Helo { .. }) => self.greet("250 localhost").into(),
            Ok(Request::Mail { from }) => self.mail(&from).into(),
            Ok(Request::Rcpt { to }) => self.rcpt(&to.address).into(),
            Ok(Request::Data) => self.data().into(),
            Ok(Request::Rset) => self.forget().into(),
            Ok(Request::Noop { .. }) => "250 2.0.0 Ok".into(),
            Ok(Request::Quit) => {
                self.over = true;
                "221 2.0.0 Good bye".into()
            }
            Ok(_) | Err(Error::UnknownCommand) => NO_SUCH_COMMAND.into(),
            Err(error) => refusal(&error).into(),
        }
    }

    fn greet(&mut self, answer: &'static str) -> &'static str {
        self.greeted = true;
        self.forget();
        answer
    }

    fn forget(&mut self) -> &'static str {
        self.sender = None;
        self.recipients.clear();
        "250 2.0.0 Ok"
    }

    fn mail(&mut self, from: &MailFrom<Cow<'_, str>>) -> &'static str {
        if !self.greeted {
            return "503 5.5.1 Say EHLO first";
        }
        if self.sender.is_some() {
            return "503 5.5.1 A letter is under way; say RSET first";
        }
        if from.size > MAX_LETTER {
            return "552 5.3.4 That letter is larger than 64 MB";
        }
        if from.flags & MAIL_SMTPUTF8 != 0 || !is_plain(&from.address) {
            return "553 5.6.7 Addresses outside ASCII are not taken here";
        }
        self.sender = Some(from.address.to_string());
        "250 2.1.0 Ok"
    }

    fn rcpt(&mut self, address: &str) -> &'static str {
        if self.sender.is_none() {
            return "503 5.5.1 Say MAIL first";
        }
        if self.recipients.len() == MAX_RECIPIENTS {
            return "452 4.5.3 Too many recipients";
        }
        if !is_plain(address) {
            return "553 5.6.7 Addresses outside ASCII are not taken here";
        }
        self.recipients.push(address.to_owned());
        "250 2.1.5 Ok"
    }

    fn data(&mut self) -> &'static str {
        let (Some(sender), [_, ..]) = (&self.sender, &self.recipients[..]) else {
            return "503 5.5.1 Say MAIL and RCPT first";
        };
        let mut letter = format!("Return-Path: <{sender}>\r\n").into_bytes();
        for recipient in &self.recipients {
            letter.extend_from_slice(format!("Delivered-To: {recipient}\r\n").as_bytes());
        }
        // A dot right after DATA ends an empty letter, so the receiver must know that a line begins.
        let mut receiver = DataReceiver::new();
        receiver.ingest(&mut b"\r\n".iter(), &mut Vec::new());
        self.text = Some(Text { letter, receiver: Receiver::Keeping(receiver) });
        "354 Go on; end with a dot on a line of its own"
    }

    fn take_text<'b>(
        &mut self,
        mut text: Text,
        bytes: &'b [u8],
        keep: Keep<'_>,
    ) -> (Option<Cow<'static, str>>, &'b [u8]) {
        let mut bytes = bytes.iter();
        let whole = match &mut text.receiver {
            Receiver::Keeping(receiver) => receiver.ingest(&mut bytes, &mut text.letter),
            Receiver::Discarding(receiver) => receiver.ingest(&mut bytes),
        };
        let rest = bytes.as_slice();
        if whole {
            self.forget();
            return (Some(text.keep(keep)), rest);
        }
        text.discard_when_too_large();
        self.text = Some(text);
        (None, rest)
    }
}

impl Text {
    fn keep(self, keep: Keep<'_>) -> Cow<'static, str> {
        if self.letter.len() > MAX_LETTER || matches!(self.receiver, Receiver::Discarding(_)) {
            return "552 5.3.4 That letter is larger than 64 MB".into();
        }
        match keep(&self.letter) {
            Ok(name) => format!("250 2.0.0 Ok: queued as {name}").into(),
            Err(_) => "452 4.3.1 The letter could not be kept; is the disk full?".into(),
        }
    }

    fn discard_when_too_large(&mut self) {
        if self.letter.len() > MAX_LETTER
            && let Receiver::Keeping(receiver) = &self.receiver
        {
            self.receiver = Receiver::Discarding(DummyDataReceiver::new_data(receiver));
            self.letter = Vec::new();
        }
    }
}

/// Whether an address can stand in a header line as it is.
fn is_plain(address: &str) -> bool {
    address.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

fn refusal(error: &Error) -> &'static str {
    match error {
        Error::InvalidSenderAddress => "501 5.1.7 That is no sender's address",
        Error::InvalidRecipientAddress => "501 5.1.3 That is no recipient's address",
        Error::InvalidParameter { .. } => "501 5.5.4 A parameter there has no valid value",
        Error::UnsupportedParameter { .. } => "555 5.5.4 A parameter there is not offered here",
        _ => "501 5.5.2 The command is right, its argument is not",
    }
}
