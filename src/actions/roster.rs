//! Rosters: a file is kept, looked at row by row, and brought in by a yes that names its digest; what it did can be
//! taken back, once. Nothing is written to a list before that yes.

use super::subscriber::judge::{Judged, Saved};
use super::subscriber::{Destination, Imported, Row};
use super::{Error, Result, list};
use crate::apart::{self, Kind};
use crate::domain::audit::Actor;
use crate::domain::document::Digest;
use crate::domain::id::ImportId;
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Roster};
use crate::intake::roster::{self, RosterRefusal};
use crate::store::roster::{Change, Import, Kept, Undone};
use crate::store::{self, Store, Writing};
use std::time::Duration;

/// How long a roster waits for the yes.
pub const WAITS: Duration = Duration::from_hours(2);

/// Keeps a roster's file for a list until somebody says yes to it, if it can be read.
///
/// # Errors
/// [`Error::Unknown`] for a list; [`Error::Refused`] when it is no roster.
pub async fn keep(store: &Store, actor: Actor, now: Moment, to: &ListPath, file: (&str, Vec<u8>)) -> Result<Digest> {
    let (name, bytes) = file;
    read(name, &bytes).await?;
    let digest = Digest::of(&bytes);
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, to).await?;
    let kept = Kept { name: name.to_owned(), bytes, ends_at: now + WAITS };
    store::roster::keep(&mut writing, list.id, digest, &kept).await?;
    writing.commit_quietly().await?;
    Ok(digest)
}

/// A kept roster, as it would come in now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The file's name.
    pub name: String,
    /// Until when it waits.
    pub ends_at: Moment,
    /// What becomes of each row.
    pub rows: Vec<Row>,
}

/// Looks at a kept roster; none when it was brought in, or its time is over.
///
/// # Errors
/// [`Error::Unknown`] for a list.
pub async fn preview(store: &Store, now: Moment, to: &ListPath, digest: Digest) -> Result<Option<Preview>> {
    let mut reading = store.read().await?;
    let list = list::named(&mut reading, to).await?;
    let Some(kept) = store::roster::kept(&mut reading, list.id, digest, now).await? else { return Ok(None) };
    drop(reading);
    let roster = read(&kept.name, &kept.bytes).await?;
    let Judged { rows, .. } = Judged::of(&mut *store.read().await?, &roster, to).await?;
    Ok(Some(Preview { name: kept.name, ends_at: kept.ends_at, rows }))
}

/// Brings a kept roster in. A second yes to the same preview is the first one's import.
///
/// # Errors
/// [`Error::Unknown`] for a list; [`Error::Refused`] when the roster is not kept any more.
pub async fn confirm(
    store: &Store,
    actor: Actor,
    now: Moment,
    to: &ListPath,
    (digest, basis): (Digest, Basis),
) -> Result<ImportId> {
    let mut reading = store.read().await?;
    let list = list::named(&mut reading, to).await?.id;
    let Some(kept) = store::roster::kept(&mut reading, list, digest, now).await? else {
        return store::roster::standing(&mut reading, list, digest).await?.ok_or_else(is_gone);
    };
    drop(reading);
    let roster = read(&kept.name, &kept.bytes).await?;
    let mut writing = store.write(actor, now).await?;
    if !store::roster::let_go(&mut writing, list, digest).await? {
        return store::roster::standing(&mut writing, list, digest).await?.ok_or_else(is_gone);
    }
    let import = Import { list, digest, name: &kept.name, basis, rows: roster.rows.len() };
    let (id, _) = bring_in(&mut writing, &roster, to, import).await?;
    writing.commit().await?;
    Ok(id)
}

/// Brings a roster's file in at once, as the command line does; a dry run only looks. Where nothing comes of it,
/// nothing is written.
///
/// # Errors
/// [`Error::Unknown`] for a list; [`Error::Refused`] when it is no roster.
pub async fn import(
    store: &Store,
    actor: Actor,
    now: Moment,
    (name, bytes): (&str, &[u8]),
    to: &Destination<'_>,
) -> Result<(Imported, Option<ImportId>)> {
    let roster = read(name, bytes).await?;
    if to.dry_run {
        return Ok((Judged::of(&mut *store.read().await?, &roster, to.list).await?.imported(), None));
    }
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, to.list).await?.id;
    let import = Import { list, digest: Digest::of(bytes), name, basis: to.basis, rows: roster.rows.len() };
    let (id, judged) = bring_in(&mut writing, &roster, to.list, import).await?;
    if judged.save.is_empty() {
        return Ok((judged.imported(), None));
    }
    writing.commit().await?;
    Ok((judged.imported(), Some(id)))
}

async fn bring_in(
    writing: &mut Writing,
    roster: &Roster,
    to: &ListPath,
    import: Import<'_>,
) -> Result<(ImportId, Judged)> {
    let judged = Judged::of(writing, roster, to).await?;
    let joined = judged.write(writing, import.list, import.basis).await?;
    let keys: Vec<_> = judged.save.iter().map(|saved| saved.address.key()).collect();
    let change = |(saved, key)| {
        let Saved { before, after, joins, .. }: &Saved = saved;
        let key: &String = key;
        Change { key, before: before.as_ref(), after, joined: *joins }
    };
    let changes: Vec<_> = judged.save.iter().zip(&keys).map(change).collect();
    let id = store::roster::note(writing, &import, &changes).await?;
    let detail = format!("import {id}: {joined} joined, {} saved", judged.save.len());
    store::audit::note(writing, "import into", "list", Some(import.list.0), Some(detail)).await?;
    Ok((id, judged))
}

/// Takes an import back: whom it added and what it changed, but nothing that happened since. Who left stays left.
///
/// # Errors
/// [`Error::Unknown`] for a list; [`Error::Refused`] when it was taken back already, or a dispatch to the list is
/// being opened.
pub async fn undo(store: &Store, actor: Actor, now: Moment, of: &ListPath, id: ImportId) -> Result<Undone> {
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, of).await?.id;
    if store::roster::is_opening(&mut writing, list).await? {
        return Err(Error::refused(
            "a dispatch to this list is being opened; take the import back when it is open",
            "正在为一次投递整理这份名单；请稍等片刻再撤销。",
        ));
    }
    let undone = store::roster::undo(&mut writing, list, id).await?.ok_or_else(|| {
        Error::refused(
            format!("import {id} is not one of this list, or was taken back already"),
            "这次导入不属于本名单，或已经撤销过。",
        )
    })?;
    let Undone { off, restored, forgotten } = undone;
    let detail = format!("import {id}: {off} off the list, {restored} as before, {forgotten} forgotten");
    store::audit::note(&mut writing, "undo import into", "list", Some(list.0), Some(detail)).await?;
    writing.commit().await?;
    Ok(undone)
}

/// Reads on a thread of its own: a large roster keeps no letter waiting, and one that breaks the reader is refused.
async fn read(name: &str, bytes: &[u8]) -> Result<Roster> {
    use crate::domain::language::Language::{Chinese, English};
    let refused = |refusal: RosterRefusal| Error::refused(refusal.sentence(English), refusal.sentence(Chinese));
    let (name, bytes) = (name.to_owned(), bytes.to_owned());
    let read = tokio::task::spawn_blocking(move || read_apart(&name, &bytes)).await;
    read.unwrap_or(Err(RosterRefusal::Undecodable)).map_err(refused)
}

/// What only a reader with limits should open is opened by one.
fn read_apart(name: &str, bytes: &[u8]) -> std::result::Result<Roster, RosterRefusal> {
    if !roster::belongs_apart(name, bytes) {
        return roster::read(name, bytes);
    }
    let table = apart::read(Kind::Roster, bytes, |bytes| roster::table("", bytes));
    roster::judge(&table.map_err(|_| RosterRefusal::Unbearable)??)
}

fn is_gone() -> Error {
    Error::refused("this roster is not kept any more; bring it again", "这份文件已过期；请重新上传。")
}
