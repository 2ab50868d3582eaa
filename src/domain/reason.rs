//! Reason: why a letter did not arrive, in the few kinds that people ask for: whose matter it was by the last answer
//! ([`Scope`]), or why it was not tried at all ([`Skip`]). Tallies are grouped by it and the log is searched by it.

use super::attempt::Scope;
use super::delivery::{Skip, State};

/// Why a letter did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It was not to be tried.
    Skipped(Skip),
    /// The last answer was a no, and a matter of this.
    Refused(Scope),
    /// Nobody knows whether it did.
    Unclear,
}

impl Reason {
    /// All of them, the most asked for first.
    pub const ALL: [Self; 11] = [
        Self::Refused(Scope::Recipient),
        Self::Refused(Scope::Policy),
        Self::Refused(Scope::Message),
        Self::Refused(Scope::Provider),
        Self::Refused(Scope::Sender),
        Self::Refused(Scope::Relay),
        Self::Refused(Scope::Configuration),
        Self::Skipped(Skip::Left),
        Self::Skipped(Skip::Suppressed),
        Self::Skipped(Skip::Cancelled),
        Self::Unclear,
    ];

    /// The word in addresses of pages and in sums of the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skipped(Skip::Left) => "left",
            Self::Skipped(Skip::Suppressed) => "suppressed",
            Self::Skipped(Skip::Cancelled) => "cancelled",
            Self::Refused(scope) => scope.word(),
            Self::Unclear => "unclear",
        }
    }

    /// The reason that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// The states of letters that it is the end of.
    pub fn states(self) -> &'static [State] {
        match self {
            Self::Skipped(_) => &[State::Skipped],
            Self::Refused(_) => &[State::Failed, State::Expired],
            Self::Unclear => &[State::Uncertain],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_back_as_it_was_written() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(reason));
        }
        assert_eq!(Reason::from_word("bad luck"), None);
    }
}
