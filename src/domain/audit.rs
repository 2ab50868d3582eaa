//! Audit: who did what, when. No write transaction opens without an [`Actor`].

use super::id::{AccountId, SubscriberId};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Someone who signed in, or was named with `--as`.
    Account(AccountId),
    /// A reader, by a link in a letter.
    Reader(SubscriberId),
    /// Someone at the machine, by their Unix name.
    Operator(String),
    /// Yizhan itself.
    Station,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Reader(id) => write!(f, "reader:{id}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Station => f.write_str("station"),
        }
    }
}
