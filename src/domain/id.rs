//! Identities: one newtype a noun, so that a list can never be passed where a dispatch is meant.
//! They are the row ids of the tables; outside the house they travel only inside a
//! token of [`super::link::Keyring`].

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
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
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim().parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A periodical.
    PublicationId,
    /// A file as an editor brought it.
    DocumentId,
    /// One number of a publication.
    IssueId,
    /// An issue frozen.
    EditionId,
    /// A named readership.
    ListId,
    /// A person, known by one address.
    SubscriberId,
    /// The rule that says when something goes out.
    ScheduleId,
    /// The decision to send one edition.
    DispatchId,
    /// The duty to bring one letter to one address.
    DeliveryId,
    /// Someone who signs in and works here.
    AccountId,
}
