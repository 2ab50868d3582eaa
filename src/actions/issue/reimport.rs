//! Re-import: a corrected document comes into an issue that was edited meanwhile. It is compared first, and nothing is
//! written but the file itself; a yes to just that comparison makes it one edit, which undoes what it did like any other.
//! Called by the page and by cli.

use super::{Seen, answered_by, find};
use crate::actions::document::{apart, lines_apart, read_as, read_for, replaced};
use crate::actions::{Error, Result};
use crate::domain::asset::Assets;
use crate::domain::audit::Actor;
use crate::domain::document::{Conservation, Digest, Draft, Flag};
use crate::domain::id::{DocumentId, IssueId};
use crate::domain::issue::edit::{Balance, MOST, Passage, Patch, Verb, highest, passages};
use crate::domain::issue::merge::{
    Choices, Merged, Names, Question, Read, Side, Three, carry_answers, merge, merge_facts,
};
use crate::domain::issue::{Article, BlockId, Contents, Issue};
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::store::issue::edit::{Last, Made};
use crate::store::issue::reimport::{Brought as Waiting, Source};
use crate::store::{self, Connection, Store, Writing};
use std::collections::HashMap;
use std::time::Duration;

/// How long a document waits for the yes.
const WAITS: Duration = Duration::from_hours(24);

/// A document as somebody brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// An issue beside a corrected document.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The issue as it is.
    pub issue: Issue,
    /// When it was last changed.
    pub changed_at: Moment,
    /// What the document before is called.
    pub old_name: String,
    /// What the corrected one is called.
    pub new_name: String,
    /// What the document before says, with the answers given.
    pub base: Contents,
    /// What the corrected one says, with the answers that still hold.
    pub theirs: Contents,
    /// What the issue would say, and what is asked.
    pub merged: Merged,
    /// What the issue would say if every question were answered by the document: what is other in it than there is the
    /// editor's and stays.
    pub sure: Contents,
    /// The questions of the corrected one, with the answers that still hold.
    pub flags: Vec<Flag>,
    /// Where its characters went.
    pub conservation: Conservation,
    /// Another issue that this document is in.
    pub elsewhere: Option<IssueId>,
    pictures: Assets,
    names: Names,
    last: Last,
}

/// What a re-import did.
#[derive(Clone, Debug)]
pub enum Reimported {
    /// It is done, as the edit of this number.
    Done(u32, Box<Comparison>),
    /// The issue is of this document already.
    Same,
}

/// Keeps a corrected document until somebody says yes to it, if it can be read and is another one.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Document`] when it cannot be read; [`Error::Refused`] when it is the one that the issue has.
pub async fn bring(store: &Store, actor: Actor, now: Moment, id: IssueId, brought: Brought) -> Result<Digest> {
    look(store, id, &brought, &Choices::default()).await?;
    let digest = Digest::of(&brought.bytes);
    let mut writing = store.write(actor, now).await?;
    let waiting = Waiting { name: brought.name, bytes: brought.bytes, ends_at: now + WAITS };
    store::issue::reimport::keep(&mut writing, id, digest, &waiting).await?;
    writing.commit_quietly().await?;
    Ok(digest)
}

/// Compares a document that waits; none when its time is over.
///
/// # Errors
/// As [`bring`].
pub async fn compare(store: &Store, now: Moment, id: IssueId, digest: Digest) -> Result<Option<Comparison>> {
    let mut reading = store.read().await?;
    let waiting = store::issue::reimport::brought(&mut reading, id, digest, now).await?;
    let Some(Waiting { name, bytes, .. }) = waiting else {
        let issue = find(&mut reading, id).await?;
        let (_, bytes) = store::document::find(&mut reading, issue.document).await?;
        return if Digest::of(&bytes) == digest { Err(is_same()) } else { Ok(None) };
    };
    drop(reading);
    Ok(Some(look(store, id, &Brought { name, bytes }, &Choices::default()).await?))
}

/// Says yes to a document that waits, as it was compared. A second yes finds that done already.
///
/// # Errors
/// [`Error::Stale`] when the issue was changed since; [`Error::Refused`] when the document waits no more.
pub async fn confirm(
    store: &Store,
    (actor, now): (Actor, Moment),
    seen: Seen,
    digest: Digest,
    choices: &Choices,
) -> Result<Reimported> {
    let mut reading = store.read().await?;
    let issue = find(&mut reading, seen.issue).await?;
    let (_, bytes) = store::document::find(&mut reading, issue.document).await?;
    if Digest::of(&bytes) == digest {
        return Ok(Reimported::Same);
    }
    let waiting = store::issue::reimport::brought(&mut reading, seen.issue, digest, now).await?;
    drop(reading);
    let Some(Waiting { name, bytes, .. }) = waiting else { return Err(is_gone()) };
    let brought = Brought { name, bytes };
    let comparison = look(store, seen.issue, &brought, choices).await?;
    if seen.changed_at.is_some_and(|seen| seen != comparison.changed_at) {
        return Err(Error::Stale(seen.issue));
    }
    take(store, (actor, now), comparison, &brought).await
}

/// Compares a corrected document and, but for a dry run, takes it at once, as the command line does. Where all three
/// differ and nothing is said about that, it is refused.
///
/// # Errors
/// As [`bring`] and [`confirm`].
pub async fn reimport(
    store: &Store,
    (actor, now): (Actor, Moment),
    id: IssueId,
    brought: &Brought,
    (choices, dry_run): (Option<&Choices>, bool),
) -> Result<(Comparison, Option<u32>)> {
    let comparison = look(store, id, brought, choices.unwrap_or(&Choices::default())).await?;
    if dry_run {
        return Ok((comparison, None));
    }
    if choices.is_none() && !comparison.merged.questions.is_empty() {
        return Err(undecided(&comparison.merged.questions));
    }
    match take(store, (actor, now), comparison, brought).await? {
        Reimported::Done(number, comparison) => Ok((*comparison, Some(number))),
        Reimported::Same => Err(is_same()),
    }
}

/// Compares an issue with a document, on a thread of its own.
async fn look(store: &Store, id: IssueId, brought: &Brought, choices: &Choices) -> Result<Comparison> {
    let mut reading = store.read().await?;
    let before = Before::of(&mut reading, id).await?;
    let digest = Digest::of(&brought.bytes);
    let elsewhere = store::issue::reimport::elsewhere(&mut reading, before.issue.publication, id, digest).await?;
    drop(reading);
    if Digest::of(&before.document.bytes) == digest {
        return Err(is_same());
    }
    let (brought, choices) = (brought.clone(), choices.clone());
    let comparison = apart(move || before.beside(brought, &choices)).await?;
    Ok(Comparison { elsewhere, ..comparison })
}

/// An issue, and all that it was read from.
struct Before {
    issue: Issue,
    changed_at: Moment,
    profile: Profile,
    document: Brought,
    names: Names,
    last: Last,
}

impl Before {
    async fn of(conn: &mut Connection, id: IssueId) -> Result<Self> {
        let issue = find(conn, id).await?;
        let (name, bytes) = store::document::find(conn, issue.document).await?;
        Ok(Self {
            changed_at: store::issue::changed_at(conn, id).await?.unwrap_or_default(),
            profile: store::publication::find(conn, issue.publication).await?.profile,
            document: Brought { name, bytes },
            names: store::issue::reimport::names(conn, id).await?,
            last: store::issue::edit::last(conn, id).await?,
            issue,
        })
    }

    fn beside(self, brought: Brought, choices: &Choices) -> Result<Comparison> {
        let Self { issue, changed_at, profile, document, names, last } = self;
        let old = read_as(&profile, (&document.name, &document.bytes), &names)?;
        let base = answered_by(&old, &issue.flags).unwrap_or(old.contents);
        let new = read_for(&profile, &brought.name, &brought.bytes)?;
        let [old_lines, new_lines] = [&document, &brought].map(|document| lines_apart(&document.name, &document.bytes));
        let mut flags = carry_answers(
            Read { flags: &issue.flags, lines: &old_lines },
            Read { flags: &new.flags, lines: &new_lines },
        );
        let theirs = answered_by(&new, &flags).unwrap_or_else(|| new.contents.clone());
        let three = Three { base: &base, mine: &issue.contents, theirs: &theirs };
        let by_document = Choices { default: Side::Theirs, ..Choices::default() };
        let sure = merge(&three, last.named, &by_document).contents;
        let mut merged = merge(&three, last.named, choices);
        let names = all_named(&mut merged, &new, &theirs);
        names.give(&mut Contents::default(), &mut flags);
        Ok(Comparison {
            old_name: document.name,
            new_name: brought.name,
            conservation: new.conservation,
            pictures: new.pictures,
            elsewhere: None,
            issue,
            changed_at,
            base,
            theirs,
            merged,
            sure,
            flags,
            names,
            last,
        })
    }
}

/// The names of all passages as they were read: of those too that an answer has joined to another or taken out.
fn all_named(merged: &mut Merged, new: &Draft, theirs: &Contents) -> Names {
    let mut names = merged.names.clone();
    let there = passages(&theirs.articles);
    for read in passages(&new.contents.articles) {
        if !there.iter().any(|passage| passage.id == read.id) {
            merged.named += 1;
            names.0.insert(read.id, BlockId(merged.named));
        }
    }
    names
}

/// Makes it so, in one transaction.
async fn take(
    store: &Store,
    (actor, now): (Actor, Moment),
    comparison: Comparison,
    brought: &Brought,
) -> Result<Reimported> {
    let (issue, merged) = (&comparison.issue, &comparison.merged);
    let mut writing = store.write(actor, now).await?;
    if store::issue::changed_at(&mut writing, issue.id).await? != Some(comparison.changed_at) {
        return Err(Error::Stale(issue.id));
    }
    let [before, after] = [&issue.contents, &merged.contents].map(|contents| passages(&contents.articles));
    if after.len() > MOST.max(before.len()) {
        return Err(too_many());
    }
    let mut row = before.clone();
    let patch = Patch::between(&before, &after).apply(&mut row).map_err(|_| Error::Stale(issue.id))?;
    let document = store::document::insert(
        &mut writing,
        issue.publication,
        &brought.name,
        &brought.bytes,
        &comparison.conservation,
    )
    .await?;
    for picture in comparison.pictures.all() {
        store::asset::keep(&mut writing, picture).await?;
    }
    let was = source(issue, store::issue::reimport::names(&mut writing, issue.id).await?, &comparison.last.balance);
    let then = Issue { document, contents: merged.contents.clone(), flags: comparison.flags.clone(), ..issue.clone() };
    let is = source(&then, comparison.names.clone(), &edited(&comparison));
    store::issue::save(&mut writing, issue.id, &then.contents, &then.flags).await?;
    store::issue::reimport::read_from(&mut writing, issue.id, document, &is.names).await?;
    let named = merged.named.max(highest(&after)).max(comparison.last.named);
    let made = Made { verb: Verb::Reimport, patch: &patch, balance: &is.balance, named, of: None };
    let number = store::issue::edit::note(&mut writing, issue.id, &made).await?;
    store::issue::reimport::note(&mut writing, issue.id, number, [&was, &is]).await?;
    store::issue::reimport::let_go(&mut writing, issue.id, Digest::of(&brought.bytes)).await?;
    note_change(&mut writing, issue.id, [&was, &is]).await?;
    writing.commit().await?;
    Ok(Reimported::Done(number, Box::new(comparison)))
}

/// What editors took out of the corrected document and added to it, where their changes stay.
fn edited(comparison: &Comparison) -> Balance {
    let mut theirs = comparison.theirs.clone();
    comparison.names.give(&mut theirs, &mut []);
    let patch = Patch::between(&passages(&theirs.articles), &passages(&comparison.merged.contents.articles));
    Balance::default().with(&patch)
}

fn source(issue: &Issue, names: Names, balance: &Balance) -> Source {
    let lines = |passage: Passage| Some((passage.id, passage.lines()?));
    Source {
        document: issue.document,
        names,
        facts: issue.contents.facts(),
        flags: issue.flags.clone(),
        lines: passages(&issue.contents.articles).into_iter().filter_map(lines).collect(),
        balance: balance.clone(),
    }
}

/// The lines of documents.
pub(super) type Lines = HashMap<DocumentId, Vec<String>>;

/// Those of both documents of a re-import, as [`turn`] wants them, read before the transaction.
pub(super) async fn lines(store: &Store, id: IssueId, number: u32) -> Result<Lines> {
    let mut reading = store.read().await?;
    let mut documents = Vec::new();
    for source in store::issue::reimport::find(&mut reading, id, number).await? {
        documents.push((source.document, store::document::find(&mut reading, source.document).await?));
    }
    drop(reading);
    let of = |(id, (name, bytes)): (DocumentId, (String, Vec<u8>))| (id, lines_apart(&name, &bytes));
    apart(move || Ok(documents.into_iter().map(of).collect())).await
}

/// Undoes what a re-import did beside the passages, or does it again. Facts and answers that came since stay. Returns what
/// all edits changed then; none where the issue is of a third document by now.
pub(super) async fn turn(
    writing: &mut Writing,
    issue: &mut Issue,
    (verb, number): (Verb, u32),
    (balance, lines): (&Balance, &Lines),
) -> Result<Option<Balance>> {
    let [before, after] = store::issue::reimport::find(writing, issue.id, number).await?;
    let (from, to) = if verb == Verb::Undo { (after, before) } else { (before, after) };
    if issue.document != from.document {
        return Ok(None);
    }
    let [Some(since), Some(then)] = [&from, &to].map(|source| lines.get(&source.document)) else {
        return Err(replaced());
    };
    let facts = merge_facts(&from.facts, &issue.contents.facts(), &to.facts);
    issue.contents = std::mem::take(&mut issue.contents).with_facts(facts);
    let since = Read { flags: &issue.flags, lines: since };
    issue.flags = carry_answers(since, Read { flags: &to.flags, lines: then });
    read_from(&mut issue.contents.articles, &to.lines);
    issue.document = to.document;
    store::issue::reimport::read_from(writing, issue.id, to.document, &to.names).await?;
    note_change(writing, issue.id, [&from, &to]).await?;
    Ok(Some(balance.clone().recounted(&from.balance, &to.balance)))
}

fn read_from(articles: &mut [Article], lines: &[(BlockId, (u32, u32))]) {
    for block in articles.iter_mut().flat_map(|article| &mut article.blocks) {
        if let Some((_, lines)) = lines.iter().find(|(id, _)| *id == block.id) {
            block.lines = *lines;
        }
    }
}

async fn note_change(writing: &mut Writing, issue: IssueId, [was, is]: [&Source; 2]) -> Result<()> {
    let detail = format!("document {} instead of {}", is.document, was.document);
    store::audit::note(writing, "reimport", "issue", Some(issue.0), Some(detail)).await?;
    Ok(())
}

fn undecided(questions: &[Question]) -> Error {
    let words =
        |text: &Option<String>| text.as_deref().map_or("(gone)".to_owned(), |text| text.chars().take(30).collect());
    let one = |question: &Question| {
        format!("{}: '{}' or '{}'", question.number, words(&question.mine), words(&question.theirs))
    };
    let all = questions.iter().take(9).map(one).collect::<Vec<_>>().join("; ");
    let count = questions.len();
    Error::refused(
        format!(
            "the issue and the document both changed {count} places, and nothing was done ({all}); say --mine or --theirs, or --choose NUMBER=mine|theirs for one"
        ),
        format!("有 {count} 处两边都改过，什么也没有做；请逐处选定。"),
    )
}

fn is_same() -> Error {
    Error::refused(
        "the issue is of just this document already; nothing was changed",
        "这份文件和这一期现在的原稿完全一样，什么也没有改。",
    )
}

fn is_gone() -> Error {
    Error::refused("this document is not kept any more; bring it again", "这份文件已过期；请重新上传。")
}

fn too_many() -> Error {
    Error::refused(
        format!("an issue has at most {MOST} passages; divide the document in two"),
        format!("一期最多 {MOST} 段；请把原稿分成两期。"),
    )
}
