//! The audit: who did what, when. Written with the change itself, in its transaction, each line linked to the one
//! before it (domain/audit.rs).

use super::{Connection, Errand, Error, Result, Writing};
use crate::domain::audit::{Actor, Line, Link};
use crate::domain::id::SubscriberId;
use crate::domain::moment::Moment;

/// Notes one change. `detail` holds ids and numbers, never an address.
///
/// # Errors
/// [`Error::Broken`].
pub async fn note(
    writing: &mut Writing,
    verb: &str,
    noun: &str,
    noun_id: Option<i64>,
    detail: Option<String>,
) -> Result<()> {
    let last = sqlx::query!(r#"SELECT id AS "id!: i64", digest FROM audit ORDER BY id DESC LIMIT 1"#)
        .fetch_optional(&mut **writing)
        .await?;
    let (id, before) = match last {
        Some(last) => (last.id + 1, link(last.digest)?),
        None => (1, None),
    };
    let (at, actor) = (writing.now, writing.actor.to_string());
    let detail = by(writing.errand, detail);
    let line = Line { id, at, actor, verb: verb.to_owned(), noun: noun.to_owned(), noun_id, detail };
    let digest = line.link(before).to_vec();
    sqlx::query!(
        "INSERT INTO audit (id, at, actor, verb, noun, noun_id, detail, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        line.id,
        line.at.0,
        line.actor,
        line.verb,
        line.noun,
        line.noun_id,
        line.detail,
        digest
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// What a program does is done by its account; the detail tells that it was the program.
fn by(errand: Option<Errand>, detail: Option<String>) -> Option<String> {
    let Some(Errand { token, .. }) = errand else { return detail };
    Some(detail.map_or_else(|| format!("token {token}"), |detail| format!("{detail} (token {token})")))
}

fn link(digest: Option<Vec<u8>>) -> Result<Option<Link>> {
    digest.map(|bytes| bytes.try_into().map_err(|_| Error::Unreadable("link of the audit"))).transpose()
}

/// Which part of the audit; all of it where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Only by this actor, as it stands there.
    pub actor: Option<String>,
    /// Only what was done to this kind of thing.
    pub noun: Option<String>,
    /// Only at or after this moment.
    pub from: Option<Moment>,
    /// Only before this line: the next page of the newest first.
    pub before: Option<i64>,
}

/// Lines on one page of the audit.
pub const PAGE: usize = 500;

/// The next page of the whole audit, the oldest first, each line with its link; shorter than [`PAGE`] when it is the
/// last.
///
/// # Errors
/// [`Error::Broken`], [`Error::Unreadable`].
pub async fn after(conn: &mut Connection, id: i64) -> Result<Vec<(Line, Option<Link>)>> {
    let at_most = PAGE as i64;
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", at, actor, verb, noun, noun_id, detail, digest
           FROM audit WHERE id > ? ORDER BY id LIMIT ?"#,
        id,
        at_most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (at, actor, verb, noun) = (Moment(row.at), row.actor, row.verb, row.noun);
            let line = Line { id: row.id, at, actor, verb, noun, noun_id: row.noun_id, detail: row.detail };
            Ok((line, link(row.digest)?))
        })
        .collect()
}

/// A page of a part of it, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn newest(conn: &mut Connection, part: &Part, at_most: i64) -> Result<Vec<Line>> {
    let (from, before) = (part.from.map(|from| from.0), part.before);
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", at, actor, verb, noun, noun_id, detail FROM audit
           WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR actor = ?2) AND (?3 IS NULL OR noun = ?3)
             AND (?4 IS NULL OR at >= ?4)
           ORDER BY id DESC LIMIT ?5"#,
        before,
        part.actor,
        part.noun,
        from,
        at_most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            id: row.id,
            at: Moment(row.at),
            actor: row.actor,
            verb: row.verb,
            noun: row.noun,
            noun_id: row.noun_id,
            detail: row.detail,
        })
        .collect())
}

/// The kinds of things that it tells of.
///
/// # Errors
/// [`Error::Broken`].
pub async fn nouns(conn: &mut Connection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT noun FROM audit ORDER BY noun").fetch_all(conn).await?)
}

/// What was done to one reader, the oldest first; when somebody looked at them is not in.
///
/// # Errors
/// [`Error::Broken`].
pub async fn of_reader(conn: &mut Connection, reader: SubscriberId) -> Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", at, actor, verb, noun, noun_id, detail FROM audit
           WHERE noun = 'subscriber' AND noun_id = ? AND verb <> 'see' ORDER BY id"#,
        reader.0
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| Line {
        id: row.id,
        at: Moment(row.at),
        actor: row.actor,
        verb: row.verb,
        noun: row.noun,
        noun_id: row.noun_id,
        detail: row.detail,
    });
    Ok(lines.collect())
}

/// Whether somebody has looked at a reader since.
///
/// # Errors
/// [`Error::Broken`].
pub async fn has_seen(conn: &mut Connection, actor: &Actor, reader: SubscriberId, since: Moment) -> Result<bool> {
    let actor = actor.to_string();
    let seen = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM audit WHERE noun = 'subscriber' AND noun_id = ? AND verb = 'see' AND actor = ? AND at > ?) AS "is!: bool""#,
        reader.0,
        actor,
        since.0
    )
    .fetch_one(conn)
    .await?;
    Ok(seen)
}
