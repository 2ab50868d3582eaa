//! Rosters, as rows: a file between its preview and the yes to it, and what each import did to whom, so that it can
//! be taken back.

use super::{Connection, Result, Writing, to_json};
use crate::domain::document::Digest;
use crate::domain::id::{ImportId, ListId, SubscriberId};
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Person};

/// A roster's file that waits for a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it was called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Until when it waits.
    pub ends_at: Moment,
}

/// Keeps a roster's file until `ends_at`; those whose time is over go.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn keep(writing: &mut Writing, list: ListId, digest: Digest, kept: &Kept) -> Result<()> {
    let (digest, now) = (digest.0.as_slice(), writing.now.0);
    sqlx::query!("DELETE FROM roster WHERE ends_at <= ?", now).execute(&mut **writing).await?;
    sqlx::query!(
        "INSERT INTO roster (list_id, digest, name, bytes, ends_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (list_id, digest) DO UPDATE SET name = excluded.name, ends_at = excluded.ends_at",
        list.0,
        digest,
        kept.name,
        kept.bytes,
        kept.ends_at.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// A kept roster, if its time is not over.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn kept(conn: &mut Connection, list: ListId, digest: Digest, now: Moment) -> Result<Option<Kept>> {
    let digest = digest.0.as_slice();
    let row = sqlx::query!(
        "SELECT name, bytes, ends_at FROM roster WHERE list_id = ? AND digest = ? AND ends_at > ?",
        list.0,
        digest,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Kept { name: row.name, bytes: row.bytes, ends_at: Moment(row.ends_at) }))
}

/// Lets a kept roster go. Returns whether it was there.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn let_go(writing: &mut Writing, list: ListId, digest: Digest) -> Result<bool> {
    let digest = digest.0.as_slice();
    let done = sqlx::query!("DELETE FROM roster WHERE list_id = ? AND digest = ?", list.0, digest)
        .execute(&mut **writing)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// A roster that is brought in.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// Onto which list.
    pub list: ListId,
    /// Its file's digest.
    pub digest: Digest,
    /// Its file's name.
    pub name: &'a str,
    /// Why its people are on the list.
    pub basis: Basis,
    /// How many rows it has.
    pub rows: usize,
}

/// What an import does to one reader.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Their address key.
    pub key: &'a str,
    /// What was known of them; none where nobody knew them.
    pub before: Option<&'a Person>,
    /// What is known of them by it.
    pub after: &'a Person,
    /// Whether they join the list.
    pub joined: bool,
}

/// Notes an import and what it did to each reader; they are there by now.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn note(writing: &mut Writing, import: &Import<'_>, changes: &[Change<'_>]) -> Result<ImportId> {
    let (digest, basis, rows) = (import.digest.0.as_slice(), import.basis.word(), import.rows as i64);
    let joined = changes.iter().filter(|change| change.joined).count() as i64;
    let changed = changes.len() as i64 - joined;
    let (actor, now) = (writing.actor.to_string(), writing.now.0);
    let id = sqlx::query!(
        "INSERT INTO import (list_id, digest, name, basis, rows, joined, changed, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        import.list.0,
        digest,
        import.name,
        basis,
        rows,
        joined,
        changed,
        actor,
        now
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    let as_row = |change: &Change<'_>| {
        let before = change.before.map(to_json);
        serde_json::json!([change.key, before, to_json(change.after), i32::from(change.joined)])
    };
    let changes = to_json(&changes.iter().map(as_row).collect::<Vec<_>>());
    sqlx::query!(
        "INSERT INTO imported (import_id, subscriber_id, before, after, joined)
         SELECT ?, s.id, value ->> 1, value ->> 2, value ->> 3
         FROM json_each(?) AS j JOIN subscriber AS s ON s.address_key = (j.value ->> 0)",
        id,
        changes
    )
    .execute(&mut **writing)
    .await?;
    Ok(id.into())
}

/// A past import, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub id: ImportId,
    /// The file's name.
    pub name: String,
    /// duty, self or gift.
    pub basis: String,
    /// How many rows it had.
    pub rows: i64,
    /// How many joined by it.
    pub joined: i64,
    /// Of how many only more was known.
    pub changed: i64,
    /// Who brought it in.
    pub actor: String,
    /// When.
    pub at: Moment,
    /// When it was taken back.
    pub undone_at: Option<Moment>,
}

/// The newest imports onto a list, the newest first.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn past(conn: &mut Connection, list: ListId, at_most: i64) -> Result<Vec<Past>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", name, basis, rows, joined, changed, actor, at, undone_at FROM import
           WHERE list_id = ? ORDER BY id DESC LIMIT ?"#,
        list.0,
        at_most
    )
    .fetch_all(conn)
    .await?;
    let past = rows.into_iter().map(|row| Past {
        id: row.id.into(),
        name: row.name,
        basis: row.basis,
        rows: row.rows,
        joined: row.joined,
        changed: row.changed,
        actor: row.actor,
        at: Moment(row.at),
        undone_at: row.undone_at.map(Moment),
    });
    Ok(past.collect())
}

/// The newest import of these bytes onto a list that still stands.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn standing(conn: &mut Connection, list: ListId, digest: Digest) -> Result<Option<ImportId>> {
    let digest = digest.0.as_slice();
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM import WHERE list_id = ? AND digest = ? AND undone_at IS NULL
           ORDER BY id DESC LIMIT 1"#,
        list.0,
        digest
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(ImportId))
}

/// What taking an import back came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Readers who had joined by it and are off the list again.
    pub off: u64,
    /// Readers of whom is known again what was known before.
    pub restored: u64,
    /// Of those off the list: whom nothing else knew, and nobody knows now.
    pub forgotten: u64,
}

/// Takes an import back, as far as nothing has happened since: who has left or was brought back stays so, and what
/// was edited stays edited. None when it is not an import of this list, or was taken back already.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn undo(writing: &mut Writing, list: ListId, id: ImportId) -> Result<Option<Undone>> {
    let now = writing.now.0;
    let found = sqlx::query!(
        "UPDATE import SET undone_at = ? WHERE id = ? AND list_id = ? AND undone_at IS NULL RETURNING at",
        now,
        id.0,
        list.0
    )
    .fetch_optional(&mut **writing)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let off = sqlx::query!(
        "DELETE FROM subscription WHERE list_id = ? AND state = 'active' AND since = ?
           AND subscriber_id IN (SELECT subscriber_id FROM imported WHERE import_id = ? AND joined = 1)",
        list.0,
        found.at,
        id.0
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    let restored = sqlx::query!(
        "UPDATE subscriber SET person = i.before, name = i.before ->> '$.name' FROM imported AS i
         WHERE i.import_id = ? AND i.subscriber_id = subscriber.id AND i.before <> i.after AND subscriber.person = i.after",
        id.0
    )
    .execute(&mut **writing)
    .await?
    .rows_affected();
    let forgotten = forget_strangers(writing, id).await?;
    Ok(Some(Undone { off, restored, forgotten }))
}

/// Forgets whom only this import knew, and what it did.
async fn forget_strangers(writing: &mut Writing, id: ImportId) -> Result<u64> {
    let strangers: Vec<i64> = sqlx::query_scalar!(
        "SELECT i.subscriber_id FROM imported AS i JOIN subscriber AS s ON s.id = i.subscriber_id
         WHERE i.import_id = ?1 AND i.before IS NULL AND s.person = i.after
           AND NOT EXISTS (SELECT 1 FROM subscription AS c WHERE c.subscriber_id = s.id)
           AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.subscriber_id = s.id)
           AND NOT EXISTS (SELECT 1 FROM left_out AS o WHERE o.subscriber_id = s.id)
           AND NOT EXISTS (SELECT 1 FROM imported AS m WHERE m.subscriber_id = s.id AND m.import_id <> ?1)
           AND NOT EXISTS (SELECT 1 FROM audit AS a WHERE a.noun = 'subscriber' AND a.noun_id = s.id)",
        id.0
    )
    .fetch_all(&mut **writing)
    .await?;
    sqlx::query!("DELETE FROM imported WHERE import_id = ?", id.0).execute(&mut **writing).await?;
    let strangers = to_json(&strangers);
    let done = sqlx::query!("DELETE FROM subscriber WHERE id IN (SELECT value FROM json_each(?))", strangers)
        .execute(&mut **writing)
        .await?;
    Ok(done.rows_affected())
}

/// Whether a dispatch to a list is being opened just now: its audience is written down by the rows of the list.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn is_opening(conn: &mut Connection, list: ListId) -> Result<bool> {
    let is_opening = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM dispatch AS p JOIN dispatch_list AS l ON l.dispatch_id = p.id
                          WHERE p.phase = 'opening' AND l.list_id = ?) AS "is!: bool""#,
        list.0
    )
    .fetch_one(conn)
    .await?;
    Ok(is_opening)
}

/// What imports did to one reader: when, onto which list, from which file, and whether they joined by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// When.
    pub at: Moment,
    /// Onto which list.
    pub list: ListId,
    /// From which file.
    pub name: String,
    /// Whether they joined by it.
    pub joined: bool,
}

/// The imports that one reader came in.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn of_reader(conn: &mut Connection, reader: SubscriberId) -> Result<Vec<Came>> {
    let rows = sqlx::query!(
        r#"SELECT i.at, i.list_id, i.name, d.joined AS "joined: bool" FROM imported AS d JOIN import AS i ON i.id = d.import_id
           WHERE d.subscriber_id = ? ORDER BY i.id"#,
        reader.0
    )
    .fetch_all(conn)
    .await?;
    let came = rows.into_iter().map(|row| Came {
        at: Moment(row.at),
        list: row.list_id.into(),
        name: row.name,
        joined: row.joined,
    });
    Ok(came.collect())
}
