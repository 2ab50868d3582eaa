//! Identities: one newtype a noun, so that a list can never be passed where a dispatch is meant.
//! They are the row ids of the tables; outside the house they travel only inside a
//! token of [`super::link::Keyring`].

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $noun:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NoNumber;

            fn from_str(text: &str) -> Result<Self, NoNumber> {
                text.trim().parse().map(Self).map_err(|_| NoNumber { text: text.to_owned(), noun: $noun })
            }
        }
    )+};
}

/// Why a text names none of our rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no {noun} number")]
pub struct NoNumber {
    text: String,
    noun: &'static str,
}

ids! {
    /// A periodical.
    PublicationId "publication",
    /// A file as an editor brought it.
    DocumentId "document",
    /// One number of a publication.
    IssueId "issue",
    /// An issue frozen.
    EditionId "edition",
    /// A named readership.
    ListId "list",
    /// A person, known by one address.
    SubscriberId "subscriber",
    /// A roster that was brought in.
    ImportId "import",
    /// Readers chosen by a rule.
    GroupId "group",
    /// The rule that says when something goes out.
    ScheduleId "schedule",
    /// The decision to send one edition.
    DispatchId "dispatch",
    /// The duty to bring one letter to one address.
    DeliveryId "delivery",
    /// Someone who signs in and works here.
    AccountId "account",
    /// A browser in which somebody signed in.
    SessionId "session",
    /// A program's way in.
    TokenId "token",
}
