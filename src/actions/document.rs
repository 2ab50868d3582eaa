//! Documents: taken in here, and made issues.

use super::{Result, publication_named};
use crate::domain::audit::Actor;
use crate::domain::document::{Conservation, Digest, Draft, Finding, Flag};
use crate::domain::id::{DocumentId, IssueId};
use crate::domain::issue::Dating;
use crate::domain::moment::Moment;
use crate::domain::publication::{Slug, Undated};
use crate::intake;
use crate::store::{self, Store};

/// What taking in a document gave.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenIn {
    /// The issue.
    pub issue: IssueId,
    /// The document.
    pub document: DocumentId,
    /// How many articles it has.
    pub articles: usize,
    /// Its questions and notes.
    pub flags: Vec<Flag>,
    /// Where its characters went.
    pub conservation: Conservation,
    /// Whether the same bytes had been taken in before; then nothing was changed.
    pub known: bool,
}

/// Takes in a document: the same bytes twice make one issue.
///
/// # Errors
/// [`super::Error::Document`] when it cannot be read; then nothing is kept. [`super::Error::Unknown`].
pub async fn take_in(
    store: &Store,
    actor: Actor,
    now: Moment,
    slug: &Slug,
    name: &str,
    bytes: &[u8],
) -> Result<TakenIn> {
    let publication = publication_named(&mut *store.read().await?, slug).await?;
    let mut draft = intake::document::read(name, bytes)?;
    if publication.profile.undated == Undated::DispatchDay {
        date_by_dispatch(&mut draft);
    }
    let mut writing = store.write(actor, now).await?;
    if let Some((document, issue, conservation)) =
        store::document::by_digest(&mut writing, publication.id, Digest::of(bytes)).await?
    {
        let known = store::issue::find(&mut writing, issue).await?.ok_or(store::Error::Unreadable("issue"))?;
        let articles = known.contents.articles.len();
        return Ok(TakenIn { issue, document, articles, flags: known.flags, conservation, known: true });
    }
    let document = store::document::insert(&mut writing, publication.id, name, bytes, &draft.conservation).await?;
    let issue = store::issue::insert(&mut writing, publication.id, document, &draft.contents, &draft.flags).await?;
    store::audit::note(&mut writing, "take in", "issue", Some(issue.0), Some(format!("document {document}"))).await?;
    writing.commit().await?;
    let (articles, flags, conservation) = (draft.contents.articles.len(), draft.flags, draft.conservation);
    Ok(TakenIn { issue, document, articles, flags, conservation, known: false })
}

/// For a publication that dates its issues by the day of dispatch, a missing date is no question.
fn date_by_dispatch(draft: &mut Draft) {
    let before = draft.flags.len();
    draft.flags.retain(|flag| flag.finding != Finding::MissingDate);
    if draft.flags.len() < before {
        draft.contents.published_on = Dating::DispatchDay;
    }
}
