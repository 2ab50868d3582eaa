//! Documents: taken in here, and made issues.

mod again;

pub(super) use again::{Again, replaced};

use super::{Result, edition, publication_named, schedule};
use crate::apart::Kind;
use crate::domain::audit::Actor;
use crate::domain::document::{Conservation, Digest, Draft, Finding, Flag, Severity};
use crate::domain::id::{DocumentId, EditionId, IssueId, PublicationId};
use crate::domain::issue::Dating;
use crate::domain::issue::merge::Names;
use crate::domain::moment::Moment;
use crate::domain::publication::{Profile, Publication, Slug, Undated};
use crate::intake;
use crate::intake::document::{Layer, Refusal};
use crate::store::{self, Store, Writing};

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
    let (publication, draft) = read(store, slug, name, bytes).await?;
    let mut writing = store.write(actor, now).await?;
    let taken = keep(&mut writing, publication.id, (name, bytes), draft).await?;
    writing.commit().await?;
    Ok(taken)
}

/// Takes in a document that somebody left in the inbox. Where its publication wants no approval and it leaves
/// no question open, it is submitted in the same transaction; then it goes at the next hour.
///
/// # Errors
/// Those of [`take_in`], and those of submitting; then nothing is kept.
pub async fn receive(
    store: &Store,
    now: Moment,
    slug: &Slug,
    name: &str,
    bytes: &[u8],
) -> Result<(TakenIn, Option<EditionId>)> {
    let (publication, draft) = read(store, slug, name, bytes).await?;
    let mut writing = store.write(Actor::Station, now).await?;
    let taken = keep(&mut writing, publication.id, (name, bytes), draft).await?;
    let mut edition = None;
    // What is known already may have been changed since: it is left to who changed it.
    if !taken.known && publication.profile.approvals == 0 && !taken.flags.iter().any(Flag::is_open) {
        let day = schedule::day_of_dispatch(&mut writing, &publication, now).await?;
        edition = Some(edition::submit_within(&mut writing, taken.issue, day).await?);
    }
    writing.commit().await?;
    Ok((taken, edition))
}

/// Reads a document as its publication does.
async fn read(store: &Store, slug: &Slug, name: &str, bytes: &[u8]) -> Result<(Publication, Draft)> {
    let publication = publication_named(&mut *store.read().await?, slug).await?;
    let (profile, name, bytes) = (publication.profile.clone(), name.to_owned(), bytes.to_owned());
    let draft = apart(move || read_for(&profile, &name, &bytes)).await?;
    Ok((publication, draft))
}

/// Reads on a thread of its own: a large document keeps no letter waiting, and one that breaks the reader is
/// refused like any other.
pub(super) async fn apart<T: Send + 'static>(read: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(Refusal::Fault.into()))
}

pub(super) fn read_for(profile: &Profile, name: &str, bytes: &[u8]) -> Result<Draft> {
    let mut draft = read_apart(name, bytes)?;
    if profile.undated == Undated::DispatchDay {
        date_by_dispatch(&mut draft);
    }
    note_other_name(profile, &mut draft);
    Ok(draft)
}

/// What only a reader with limits should open is opened by one.
fn read_apart(name: &str, bytes: &[u8]) -> std::result::Result<Draft, Refusal> {
    if intake::document::belongs_apart(name, bytes) {
        return intake::document::read_layer(&layer(bytes)?);
    }
    intake::document::read(name, bytes)
}

fn layer(bytes: &[u8]) -> std::result::Result<Layer, Refusal> {
    crate::apart::read(Kind::Pdf, bytes, intake::document::layer).map_err(|_| Refusal::Unbearable)?
}

/// The lines of a document, as [`intake::document::lines`] numbers them.
pub async fn lines(name: &str, bytes: &[u8]) -> Vec<String> {
    let (name, bytes) = (name.to_owned(), bytes.to_owned());
    tokio::task::spawn_blocking(move || lines_apart(&name, &bytes)).await.unwrap_or_default()
}

/// The same, for whoever is on a thread of its own already.
pub(super) fn lines_apart(name: &str, bytes: &[u8]) -> Vec<String> {
    match intake::document::belongs_apart(name, bytes) {
        true => layer(bytes).map(|layer| layer.lines()).unwrap_or_default(),
        false => intake::document::lines(name, bytes),
    }
}

/// Reads a document as its publication does, with the names that its passages have in an issue.
pub(super) fn read_as(profile: &Profile, (name, bytes): (&str, &[u8]), names: &Names) -> Result<Draft> {
    let mut draft = read_for(profile, name, bytes)?;
    names.give(&mut draft.contents, &mut draft.flags);
    Ok(draft)
}

/// Keeps document and issue, or finds those that the same bytes made.
async fn keep(
    writing: &mut Writing,
    publication: PublicationId,
    (name, bytes): (&str, &[u8]),
    draft: Draft,
) -> Result<TakenIn> {
    if let Some((document, issue, conservation)) =
        store::document::by_digest(writing, publication, Digest::of(bytes)).await?
    {
        let known = store::issue::find(writing, issue).await?.ok_or(store::Error::Unreadable("issue"))?;
        let articles = known.contents.articles.len();
        return Ok(TakenIn { issue, document, articles, flags: known.flags, conservation, known: true });
    }
    let document = store::document::insert(writing, publication, name, bytes, &draft.conservation).await?;
    for picture in draft.pictures.all() {
        store::asset::keep(writing, picture).await?;
    }
    let issue = store::issue::insert(writing, publication, document, &draft.contents, &draft.flags).await?;
    store::audit::note(writing, "take in", "issue", Some(issue.0), Some(format!("document {document}"))).await?;
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

/// A masthead that names another periodical is worth a look: the wrong publication may have been named.
fn note_other_name(profile: &Profile, draft: &mut Draft) {
    let bare = |name: &str| name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let Some(masthead) = draft.contents.masthead.clone().filter(|name| bare(name) != bare(&profile.name)) else {
        return;
    };
    let finding = Finding::NameDiffers { masthead, publication: profile.name.clone() };
    let id = finding.kind().to_owned();
    let at = draft.flags.iter().take_while(|flag| flag.finding.severity() == Severity::Confirm).count();
    draft.flags.insert(at, Flag { id, finding, line: None, choices: Vec::new(), answer: None });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_document_that_takes_long_to_read_keeps_nobody_waiting() {
        // One thread for all that waits: were the document read on it, the other would never be heard.
        let (others, heard) = std::sync::mpsc::channel();
        let read = tokio::spawn(apart(move || -> Result<Draft> {
            heard.recv().expect("the others go on");
            Err(Refusal::Empty.into())
        }));
        tokio::task::yield_now().await;
        others.send(()).expect("the reader listens");
        assert!(matches!(read.await.expect("it ends"), Err(super::super::Error::Document(Refusal::Empty))));
    }

    #[tokio::test]
    async fn a_document_that_breaks_its_reader_is_refused() {
        let read = apart(|| -> Result<Draft> { panic!("a fault of the reader") }).await;
        assert!(matches!(read, Err(super::super::Error::Document(Refusal::Fault))), "{read:?}");
    }
}
