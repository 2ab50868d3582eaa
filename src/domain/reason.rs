//! Reason: why a letter did not arrive, in the few kinds that people ask for: whose matter it was by the last answer
//! ([`Scope`]), or why it was not tried at all ([`Skip`]). Tallies are grouped by it and the log is searched by it.

use super::attempt::Scope;
use super::delivery::{Skip, State};
use super::language::Language;

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

    /// What people are told.
    pub fn spoken(self, language: Language) -> &'static str {
        let [chinese, english] = match self {
            Self::Refused(Scope::Recipient) => {
                ["地址不存在或信箱收不了", "no such address, or a mailbox that takes none"]
            }
            Self::Refused(Scope::Policy) => ["对方服务器的规定不收", "against the server’s policy"],
            Self::Refused(Scope::Message) => ["内容被对方拒收", "refused for what it says"],
            Self::Refused(Scope::Provider) => ["对方限制收信数量", "the provider limits how much it takes"],
            Self::Refused(Scope::Sender) => ["发件人被拒", "the sender was refused"],
            Self::Refused(Scope::Relay) => ["发信通道故障", "trouble of the relay"],
            Self::Refused(Scope::Configuration) => ["发信通道设置有误", "the relay’s settings are wrong"],
            Self::Skipped(Skip::Left) => ["读者已退订", "the reader left"],
            Self::Skipped(Skip::Suppressed) => ["地址已停发", "the address is suppressed"],
            Self::Skipped(Skip::Cancelled) => ["投递已取消", "the dispatch was cancelled"],
            Self::Unclear => ["没有明确答复", "no clear answer"],
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
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
