//! Sign: DKIM signatures over a letter (RFC 6376, relaxed/relaxed; RFC 8463 for Ed25519). A `Signer` is
//! what an edition's letters share, in relaxed form and hashed as far as they agree; the rest of a
//! letter is hashed once for all keys. Called by `letter`; no clock and no chance: the same letter has
//! the same signature.
//!
//! A body of ours is its own relaxed form (§3.4.4): base64 and part headers with single spaces, no
//! line that ends in white space, no empty line at the end. So it is hashed as it stands.

mod key;

pub use key::{Algorithm, KeyName, NoKeyName, SigningKey, Unusable};

use crate::domain::moment::Moment;
use aws_lc_rs::digest::{Context, Digest, SHA256};
use data_encoding::BASE64;
use std::fmt;
use std::sync::Arc;

/// What is signed where a letter has it (§5.4.1, RFC 8058 §4 for the List-Unsubscribe pair), and named
/// once more than it is there, so that nobody can add another unseen (§8.15).
const SIGNED: [&str; 13] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "list-id",
    "list-archive",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
];

/// An edition's letters, prepared for signing.
pub(super) struct Signer {
    keys: Vec<Arc<SigningKey>>,
    shared: Fields,
    /// The hash of what every body begins with, and how long that is.
    begun: Context,
    beginning: usize,
}

/// The signed fields of a header block: their names, and the fields in relaxed form (§3.4.2).
#[derive(Debug, Default)]
struct Fields {
    names: Vec<String>,
    relaxed: String,
}

impl Signer {
    /// Prepares the header block that an edition's letters share, and what their bodies begin with. None
    /// when no key is for `domain`, the sender's: a signature of another would not be aligned (RFC 7489 §3.1).
    pub(super) fn new(keys: &[Arc<SigningKey>], domain: &str, headers: &str, beginning: &[&[u8]]) -> Option<Self> {
        let keys: Vec<_> = keys.iter().filter(|key| key.name().domain() == domain).cloned().collect();
        if keys.is_empty() {
            return None;
        }
        let mut begun = Context::new(&SHA256);
        beginning.iter().for_each(|bytes| begun.update(bytes));
        let beginning = beginning.iter().map(|bytes| bytes.len()).sum();
        Some(Self { keys, shared: Fields::of(headers), begun, beginning })
    }

    /// The signatures of a letter, a header field for each key: `own` are its headers before the shared
    /// ones, `body` all after the empty line, and what closes it.
    pub(super) fn sign(&self, own: &str, [body, closes]: [&[u8]; 2], dated: Moment) -> String {
        let own = Fields::of(own);
        let mut hash = self.begun.clone();
        hash.update(&body[self.beginning..]);
        hash.update(closes);
        let body = hash.finish();
        let mut headers = Context::new(&SHA256);
        headers.update(own.relaxed.as_bytes());
        headers.update(self.shared.relaxed.as_bytes());
        let names = [&own.names, &self.shared.names];
        let names = names.into_iter().flatten().map(String::as_str).chain(SIGNED).collect::<Vec<_>>();
        self.keys.iter().map(|key| signature(key, &names, &body, dated, headers.clone())).collect()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl Fields {
    fn of(block: &str) -> Self {
        let mut fields = Self::default();
        for field in block.replace("\r\n ", " ").split_terminator("\r\n") {
            let (name, value) = field.split_once(':').expect("our headers have a name and a colon");
            let name = name.to_ascii_lowercase();
            if SIGNED.contains(&name.as_str()) {
                relax(&name, value, &mut fields.relaxed);
                fields.relaxed.push_str("\r\n");
                fields.names.push(name);
            }
        }
        fields
    }
}

/// The field of one key. It is signed itself, last, with its `b=` empty and without its line end (§3.7).
fn signature(key: &SigningKey, names: &[&str], body: &Digest, dated: Moment, mut hash: Context) -> String {
    let mut field = format!(
        " v=1; a={}; c=relaxed/relaxed;\r\n d={};\r\n s={}; t={};\r\n h={};\r\n bh={};\r\n b=",
        key.algorithm().tag(),
        key.name().domain(),
        key.name().selector(),
        dated.0.div_euclid(1000),
        folded(names),
        BASE64.encode(body.as_ref()),
    );
    let mut relaxed = String::with_capacity(1024);
    relax("dkim-signature", &field, &mut relaxed);
    hash.update(relaxed.as_bytes());
    let signature = BASE64.encode(&key.sign(&hash.finish()));
    for (at, piece) in signature.as_bytes().chunks(72).enumerate() {
        field.push_str(if at == 0 { "" } else { "\r\n " });
        field.push_str(std::str::from_utf8(piece).expect("base64 is ASCII"));
    }
    format!("DKIM-Signature:{field}\r\n")
}

/// The names with colons between, a few on a line.
fn folded(names: &[&str]) -> String {
    let lines: Vec<_> = names.chunks(5).map(|line| line.join(":")).collect();
    lines.join(":\r\n ")
}

/// `name:value` with every run of white space as one space, and none at either end.
fn relax(name: &str, value: &str, out: &mut String) {
    out.push_str(name);
    out.push(':');
    for (at, word) in value.split_ascii_whitespace().enumerate() {
        out.push_str(if at == 0 { "" } else { " " });
        out.push_str(word);
    }
}
