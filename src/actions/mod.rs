//! Second floor: every change of a fact is one verb here, and one transaction: it reads what it
//! needs, asks the law in domain, changes rows, notes the audit, commits. Only actions write.

pub mod account;
pub mod delivery;
pub mod dispatch;
pub mod document;
pub mod edition;
pub mod group;
pub mod idempotency;
pub mod issue;
pub mod journal;
pub mod list;
mod notice;
pub mod publication;
pub mod restore;
pub mod roster;
pub mod schedule;
pub mod station;
pub mod subscriber;
pub mod token;

use crate::compose::{Unfit, Unprintable};
use crate::domain::document::Flag;
use crate::domain::language::{Language, Sentence};
use crate::intake;
use crate::store::{self, Store};

/// Why something was not done, by what there is to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something was named that is not there.
    #[error("there is no {noun} {name}; {next}")]
    Unknown {
        /// What kind of thing.
        noun: &'static str,
        /// Its name.
        name: String,
        /// How to see what there is.
        next: &'static str,
    },
    /// A rule forbids it; the sentence says which and what to do.
    #[error("{0}")]
    Refused(Sentence),
    /// Somebody else has changed it since it was looked at.
    #[error("issue {0} has been changed since it was looked at, so nothing was done; look at it again")]
    Stale(crate::domain::id::IssueId),
    /// Questions of the import stand open.
    #[error("issue {issue} has open questions: {}; answer them with `yizhan issue answer {issue} FLAG --choose X`, or all by their defaults with `yizhan issue answer {issue} --defaults`", names(.open))]
    QuestionsOpen {
        /// The issue.
        issue: crate::domain::id::IssueId,
        /// The questions.
        open: Vec<Flag>,
    },
    /// Too few reviewers have said yes.
    #[error(
        "edition {edition} has {given} of {needed} approvals; it goes out after `yizhan --as ACCOUNT edition approve {edition}`"
    )]
    ApprovalsMissing {
        /// The edition.
        edition: crate::domain::id::EditionId,
        /// How many said yes.
        given: usize,
        /// How many must.
        needed: u8,
    },
    /// The document cannot be an issue.
    #[error(transparent)]
    Document(#[from] intake::document::Refusal),
    /// The issue cannot be a letter.
    #[error(transparent)]
    Unprintable(#[from] Unprintable),
    /// The edition cannot be mailed.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The station is held: it sends nothing before a person has looked.
    #[error("nothing is sent: {0}; `yizhan restore --release` shows what is in doubt and lets it go on")]
    Held(String),
    /// The database said no, or cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// A refusal, in each language.
    fn refused(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Refused(Sentence { english: english.into(), chinese: chinese.into() })
    }
}

/// The result of an action.
pub type Result<T> = std::result::Result<T, Error>;

/// `missing-date (The document carries no date of issue.), …`
fn names(flags: &[Flag]) -> String {
    let name = |flag: &Flag| format!("{} ({})", flag.id, flag.finding.message(Language::English).trim_end_matches('.'));
    flags.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The publication with this short name.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn publication_named(
    store: &mut store::Connection,
    slug: &crate::domain::publication::Slug,
) -> Result<crate::domain::publication::Publication> {
    store::publication::by_slug(store, slug).await?.ok_or_else(|| Error::Unknown {
        noun: "publication",
        name: slug.to_string(),
        next: "`yizhan publication list` shows them",
    })
}
