//! Line: our half of the dialogue: the bytes to write, in order and in one piece, and the commands
//! among them that await a reply. A letter's own buffer becomes the line's when its turn comes, so
//! its bytes are never copied; its tail is held until it may go together with the dot. Positions
//! count every byte since the connection began.

use crate::domain::attempt::Stage;
use std::collections::VecDeque;
use std::sync::Arc;

/// How much of a letter's end is held for the write that carries the dot: enough for a packet of its
/// own, and never less than its last CRLF, so that `CRLF.CRLF` cannot leave early.
const TAIL: usize = 1024;

/// What a reply can be an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Not a command: the relay speaks first.
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    /// AUTH PLAIN, or the password of AUTH LOGIN: its answer says yes or no.
    Auth,
    /// AUTH LOGIN, which asks for the user,
    AskUser,
    /// and then for the password.
    AskPassword,
    Mail,
    Rcpt,
    Data,
    Dot,
    /// Ends a text that was asked for although its recipient was refused (RFC 2920 §3.1).
    BareDot,
    Rset,
    Quit,
}

impl Command {
    pub(super) fn stage(self) -> Stage {
        match self {
            Self::Greeting => Stage::Greeting,
            Self::Ehlo | Self::Helo => Stage::Ehlo,
            Self::StartTls => Stage::StartTls,
            Self::Auth | Self::AskUser | Self::AskPassword => Stage::Auth,
            Self::Mail | Self::Rset | Self::Quit => Stage::Mail,
            Self::Rcpt => Stage::Rcpt,
            Self::Data | Self::BareDot => Stage::Data,
            Self::Dot => Stage::Dot,
        }
    }
}

pub(super) struct Line {
    bytes: Vec<u8>,
    /// What is written between `bytes[..split]` and the rest: the first `lent` bytes of the end that many letters share.
    shared: Arc<[u8]>,
    lent: usize,
    split: usize,
    written: usize,
    open: usize,
    /// Bytes written before `bytes[0]`.
    before: u64,
    /// How many bytes have left us for certain; what TLS holds back is written, but has not left.
    left: u64,
    /// Commands without a reply, each with the place where it ends.
    awaited: VecDeque<(Command, u64)>,
}

impl Line {
    pub(super) fn new() -> Self {
        let awaited = VecDeque::from([(Command::Greeting, 0)]);
        Self {
            bytes: Vec::new(),
            shared: Arc::default(),
            lent: 0,
            split: 0,
            written: 0,
            open: 0,
            before: 0,
            left: 0,
            awaited,
        }
    }

    /// Appends a command, and opens everything before it.
    pub(super) fn say(&mut self, parts: &[&str], command: Command) {
        if self.written == self.len() {
            self.before = self.end();
            self.bytes.clear();
            (self.shared, self.lent, self.split) = (Arc::default(), 0, 0);
            self.written = 0;
        }
        for part in parts {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.open = self.len();
        self.awaited.push_back((command, self.end()));
    }

    /// Puts a letter in the place of what has been written, all but its tail open, and returns the
    /// old buffer, emptied. Of what it shares with others only the tail is copied, to go with the dot.
    pub(super) fn load(&mut self, mut letter: Vec<u8>, shared: Arc<[u8]>) -> Vec<u8> {
        debug_assert_eq!(self.written, self.len(), "DATA is the last thing said, and was answered");
        self.before = self.end();
        self.written = 0;
        let lent = shared.len().saturating_sub(TAIL);
        self.split = if lent == 0 { 0 } else { letter.len() };
        letter.extend_from_slice(&shared[lent..]);
        (self.shared, self.lent) = (shared, lent);
        let mut old = std::mem::replace(&mut self.bytes, letter);
        self.open = self.len().saturating_sub(TAIL);
        old.clear();
        old
    }

    /// What may be written now, or the first stretch of it.
    pub(super) fn open(&self) -> &[u8] {
        let after = self.split + self.lent;
        match self.written {
            at if at < self.split => &self.bytes[at..self.open.min(self.split)],
            at if at < after => &self.shared[at - self.split..self.open.min(after) - self.split],
            at => &self.bytes[at - self.lent..self.open - self.lent],
        }
    }

    fn len(&self) -> usize {
        self.bytes.len() + self.lent
    }

    /// So many bytes are out of our hands, and may have left.
    pub(super) fn wrote(&mut self, count: usize) {
        self.written = (self.written + count).min(self.open);
    }

    /// All that was written has left.
    pub(super) fn flushed(&mut self) {
        self.left = self.written();
    }

    /// How many bytes have been written: whatever stands after them has certainly not left.
    pub(super) fn written(&self) -> u64 {
        self.before + self.written as u64
    }

    /// Whether something that may go has not left yet.
    pub(super) fn is_flowing(&self) -> bool {
        self.left < self.before + self.open as u64
    }

    /// Where the next byte will stand.
    pub(super) fn end(&self) -> u64 {
        self.before + self.len() as u64
    }

    /// The command whose reply comes next.
    pub(super) fn awaits(&self) -> Option<Command> {
        self.awaited.front().map(|(command, _)| *command)
    }

    /// Whether the relay may speak: it has all of the command that it would answer.
    pub(super) fn may_hear(&self) -> bool {
        self.awaited.front().is_some_and(|(_, end)| *end <= self.left)
    }

    /// The reply to this command has come.
    pub(super) fn heard(&mut self) -> Option<Command> {
        self.awaited.pop_front().map(|(command, _)| command)
    }
}

impl std::fmt::Debug for Line {
    /// Without its bytes: a password may be among them, and letters are.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("written", &self.written()).field("awaited", &self.awaited).finish_non_exhaustive()
    }
}
