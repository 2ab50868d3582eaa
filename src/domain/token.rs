//! Token: a program's way in. It acts as the account that made it, within its scopes, and never further than that
//! account may at the time: a role that is lost, or an account that is closed, weakens its tokens at once.

use super::account::{Permission, Rights};
use super::id::{AccountId, PublicationId, TokenId};
use super::moment::Moment;
use std::time::Duration;

/// What a token was made for; each route of the API asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Takes in documents, answers their questions, submits issues.
    Import,
    /// Starts, pauses, resumes and cancels dispatches.
    Dispatch,
    /// Reads publications, issues, and how dispatches stand, in numbers.
    Read,
    /// Reads the delivery log, with addresses.
    Log,
    /// Reads and changes readers and lists.
    Readers,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Import, Self::Dispatch, Self::Read, Self::Log, Self::Readers];

    /// The word in tables, in the API and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Dispatch => "dispatch",
            Self::Read => "read",
            Self::Log => "log",
            Self::Readers => "readers",
        }
    }

    /// The least that an account must be allowed for a token of this scope to open anything.
    pub fn needs(self) -> Permission {
        match self {
            Self::Import => Permission::Edit,
            Self::Dispatch => Permission::Dispatch,
            Self::Read => Permission::Look,
            Self::Log | Self::Readers => Permission::SeeReaders,
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = String;

    /// # Errors
    /// A sentence that names the words when it is none of them.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scope| scope.word() == word);
        found.ok_or_else(|| format!("'{word}' is no scope; use import, dispatch, read, log or readers"))
    }
}

/// A token, as far as anybody but its bearer knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub id: TokenId,
    /// As whom it acts.
    pub account: AccountId,
    /// What its maker calls it.
    pub name: String,
    /// What it was made for.
    pub scopes: Vec<Scope>,
    /// The one publication that it is for; all that the account may, where none is named.
    pub publication: Option<PublicationId>,
    /// Since when.
    pub made_at: Moment,
    /// Until when.
    pub ends_at: Moment,
    /// When it was used last, to about a minute.
    pub used_at: Option<Moment>,
}

impl Token {
    /// What it may now, of what its account may now; none where that is nothing.
    pub fn rights(&self, account: &Rights) -> Option<Rights> {
        let Some(publication) = self.publication else { return Some(account.clone()) };
        let role = account.role_at(publication)?;
        Some(Rights { role, posts: vec![(publication, role)] })
    }
}

/// How long a token lasts where its maker does not say: a quarter, so that a forgotten one ends.
pub const USUAL: Duration = Duration::from_hours(24 * 90);

/// How long it may last at most.
pub const LONGEST: Duration = Duration::from_hours(24 * 365);

/// What stands before the secret of a token, so that those who look for leaked ones know it for what it is.
pub const MARK: &str = "yizhan_";

/// How long an answer is kept for who repeats a request with its key.
pub const ANSWER_KEPT: Duration = Duration::from_hours(24);

/// How long a request that is not answered counts as running; one that a crash ended may be repeated after it.
pub const RUNNING: Duration = Duration::from_mins(2);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Role;

    fn token(publication: Option<i64>) -> Token {
        let (id, account) = (TokenId(1), AccountId(1));
        let (publication, scopes) = (publication.map(PublicationId), vec![Scope::Read]);
        let (made_at, ends_at) = (Moment(0), Moment(1));
        Token { id, account, name: "t".into(), scopes, publication, made_at, ends_at, used_at: None }
    }

    #[test]
    fn a_token_never_may_more_than_its_account() {
        let (here, there) = (PublicationId(1), PublicationId(2));
        let everywhere = Rights { role: Role::Admin, posts: Vec::new() };
        let confined = token(Some(1)).rights(&everywhere).expect("an admin has a role there");
        assert!(confined.may_at(Permission::KeepReaders, here) && !confined.may_at(Permission::Look, there));
        assert!(!confined.may(Permission::KeepHouse) && !confined.may(Permission::SeeAudit));
        assert_eq!(token(None).rights(&everywhere), Some(everywhere));

        let reviews = Rights { role: Role::Admin, posts: vec![(here, Role::Reviewer)] };
        let weaker = token(Some(1)).rights(&reviews).expect("a reviewer has a role there");
        assert!(weaker.may_at(Permission::Look, here) && !weaker.may_at(Permission::Edit, here));
        assert_eq!(token(Some(2)).rights(&reviews), None, "its role there is lost");
    }

    #[test]
    fn a_scope_is_known_by_its_word() {
        for scope in Scope::ALL {
            assert_eq!(scope.word().parse(), Ok(scope));
        }
        assert!("approve".parse::<Scope>().unwrap_err().contains("use import"));
    }
}
