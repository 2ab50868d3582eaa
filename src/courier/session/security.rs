//! Security: on what terms we talk with a relay: when the connection is encrypted, who we say we
//! are, and what keeps us from it until somebody changes settings. Plain values; `opening` acts on
//! them, `courier::tls` knows how to encrypt. A [`Secret`] shows itself to nobody who does not ask.

use crate::domain::attempt::{Answer, Stage};
use crate::domain::language::Sentence;
use serde::Deserialize;

pub use crate::domain::relay::Encryption;

/// On what terms we talk with a relay. By default in clear and without signing in.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// When the connection is encrypted.
    pub encryption: Encryption,
    /// Who we say we are, where the relay wants to know.
    pub login: Option<Login>,
    /// Whether the password may go over a connection that is not encrypted, or to whom nobody vouches for:
    /// for a relay on a plain network of the office's own, or on this machine.
    pub auth_in_clear: bool,
}

/// The name and password of an account at the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Often a mail address.
    pub user: String,
    /// Chinese providers give out an authorisation code for this.
    pub password: Secret,
}

/// Something that stands in no log and no error: its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// What is kept secret, for whoever has to write it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What keeps us from a relay until somebody changes settings, here or there (DELIVERY.md §3, scope
/// configuration). No letter has been touched, and trying again without a change is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The relay does not encrypt.
    #[error(
        "the relay offers no STARTTLS, and letters go to it only encrypted; let it offer STARTTLS, or write ?tls=none for a relay on a network of your own"
    )]
    NoTls,
    /// The relay does not prove who it is, or speaks no TLS that we speak. Holds what was wrong.
    #[error("the relay's TLS is not accepted: {0}")]
    Handshake(Sentence),
    /// The password would go in clear.
    #[error(
        "the password is not given to the relay in clear; write ?tls=required, or set [relay] auth_in_clear = true for a relay on a network of your own"
    )]
    InClear,
    /// The relay has no way of signing in that we know.
    #[error(
        "the relay offers neither AUTH PLAIN nor AUTH LOGIN; take user and password out of the relay's settings, or let it offer one of the two"
    )]
    NoAuth,
    /// The relay does not take user and password.
    #[error("the relay refused user and password ({} {}); set the right ones, some providers want an authorisation code for the password", .0.code, .0.text)]
    Login(Answer),
}

impl Unfit {
    /// The stage at which it showed.
    pub fn stage(&self) -> Stage {
        match self {
            Self::NoTls | Self::Handshake(_) => Stage::StartTls,
            Self::InClear | Self::NoAuth | Self::Login(_) => Stage::Auth,
        }
    }
}
