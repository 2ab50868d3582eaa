//! Departures, as rows: subscriptions that end because their readers leave, and that live again because a person
//! brings them back; and who left by the journal's word, after a backup that was restored was made.

use super::{Connection, Error, Result, Writing};
use crate::domain::address::Address;
use crate::domain::id::SubscriberId;
use crate::domain::journal::{Departure, Move, Return, Seal};
use crate::domain::link::Keyring;
use crate::domain::list::{Leaving, ListPath};
use crate::domain::moment::Moment;
use std::collections::{HashMap, HashSet};

/// Subscribers looked at in one go while seals are compared.
const PAGE: i64 = 10_000;

/// Ends what a reader leaves; with `until` only consent that is not newer. Who leaves the whole publication has
/// left the lists too that they had left singly, or were taken off. Returns how many subscriptions were changed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn end(
    writing: &mut Writing,
    subscriber: SubscriberId,
    from: &Leaving,
    until: Option<Moment>,
) -> Result<u64> {
    let (now, why, publication) = (writing.now.0, from.why(), from.publication.as_str());
    let list = from.list.as_ref().map(|list| list.as_str());
    let until = until.map_or(i64::MAX, |until| until.0);
    let done = sqlx::query!(
        "UPDATE subscription SET state = 'ended', why = ?1, since = ?2
         WHERE subscriber_id = ?3 AND (state <> 'ended' OR why IN ('left-list', 'removed') AND ?1 = 'left') AND since <= ?6
           AND list_id IN (SELECT l.id FROM list AS l JOIN publication AS p ON p.id = l.publication_id
                           WHERE p.slug = ?4 AND (?5 IS NULL OR l.slug = ?5))",
        why,
        now,
        subscriber.0,
        publication,
        list,
        until
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// Gives a reader's consent to a list once more. The publication's other lists stay left, one by one. Returns
/// whether anything was changed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn revive(writing: &mut Writing, subscriber: SubscriberId, to: &ListPath) -> Result<bool> {
    let (now, publication, list) = (writing.now.0, to.publication.as_str(), to.list.as_str());
    let done = sqlx::query!(
        "INSERT INTO subscription (list_id, subscriber_id, state, basis, since)
         SELECT l.id, ?1, 'active', 'self', ?2 FROM list AS l JOIN publication AS p ON p.id = l.publication_id
         WHERE p.slug = ?3 AND l.slug = ?4
         ON CONFLICT (subscriber_id, list_id) DO UPDATE SET state = 'active', why = NULL, since = excluded.since
         WHERE subscription.state <> 'active'",
        subscriber.0,
        now,
        publication,
        list
    )
    .execute(&mut **writing)
    .await?;
    sqlx::query!(
        "UPDATE subscription SET why = 'left-list'
         WHERE subscriber_id = ?1 AND why = 'left'
           AND list_id IN (SELECT l.id FROM list AS l JOIN publication AS p ON p.id = l.publication_id WHERE p.slug = ?2)",
        subscriber.0,
        publication
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What applying the journal once more did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Subscriptions that ended.
    pub ended: u64,
    /// Subscriptions that live again.
    pub revived: u64,
}

/// Applies leavings and comings back once more, in their order: they are remembered, and subscriptions that they
/// name are changed. Applying them again comes to the same.
///
/// # Errors
/// [`Error::Broken`].
pub async fn apply(writing: &mut Writing, keyring: &Keyring, moves: &[Move<'_>]) -> Result<Applied> {
    let mut by_reader: HashMap<Seal, Vec<Move>> = HashMap::new();
    for step in moves {
        match step {
            Move::Left { at, left, .. } => drop(remember(writing, *at, left).await?),
            Move::Returned(returned) => forget(writing, returned).await?,
        }
        by_reader.entry(step.reader()).or_default().push(*step);
    }
    let (mut applied, mut after) = (Applied::default(), 0);
    loop {
        let page = sqlx::query!(
            r#"SELECT id AS "id!: i64", address_key FROM subscriber WHERE id > ? ORDER BY id LIMIT ?"#,
            after,
            PAGE
        )
        .fetch_all(&mut **writing)
        .await?;
        let Some(last) = page.last() else { return Ok(applied) };
        after = last.id;
        for row in &page {
            for step in by_reader.get(&Seal::of_reader_key(keyring, &row.address_key)).into_iter().flatten() {
                take(writing, row.id.into(), step, &mut applied).await?;
            }
        }
    }
}

async fn take(writing: &mut Writing, reader: SubscriberId, step: &Move<'_>, applied: &mut Applied) -> Result<()> {
    match step {
        Move::Left { left, until, .. } => applied.ended += end(writing, reader, &left.from, *until).await?,
        Move::Returned(returned) => applied.revived += u64::from(revive(writing, reader, &returned.to).await?),
    }
    Ok(())
}

/// Remembers that a reader left, whether this database knows them or not. Returns whether that is new.
///
/// # Errors
/// [`Error::Broken`].
pub async fn remember(writing: &mut Writing, at: Moment, departure: &Departure) -> Result<bool> {
    let reader = departure.reader.0.as_slice();
    let publication = departure.from.publication.as_str();
    let list = departure.from.list.as_ref().map_or("", |list| list.as_str());
    let done = sqlx::query!(
        "INSERT INTO departure (reader, publication, list, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        reader,
        publication,
        list,
        at.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The address behind a reader's seal, if this database knows it. It tries one after the other, a few milliseconds for
/// ten thousand.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn address_of(conn: &mut Connection, keyring: &Keyring, reader: Seal) -> Result<Option<Address>> {
    let mut after = 0;
    loop {
        let page = sqlx::query!(
            r#"SELECT id AS "id!: i64", address, address_key FROM subscriber WHERE id > ? ORDER BY id LIMIT ?"#,
            after,
            PAGE
        )
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = page.last() else { return Ok(None) };
        after = last.id;
        if let Some(row) = page.iter().find(|row| Seal::of_reader_key(keyring, &row.address_key) == reader) {
            return row.address.parse().map(Some).map_err(|_| Error::Unreadable("address"));
        }
    }
}

/// Forgets that a reader left a list. Of a publication that was left, the other lists stay left.
///
/// # Errors
/// [`Error::Broken`].
pub async fn forget(writing: &mut Writing, returned: &Return) -> Result<()> {
    let reader = returned.reader.0.as_slice();
    let (publication, list) = (returned.to.publication.as_str(), returned.to.list.as_str());
    sqlx::query!(
        "INSERT INTO departure (reader, publication, list, at)
         SELECT d.reader, d.publication, l.slug, d.at
         FROM departure AS d JOIN publication AS p ON p.slug = d.publication JOIN list AS l ON l.publication_id = p.id
         WHERE d.reader = ?1 AND d.publication = ?2 AND d.list = '' AND l.slug <> ?3
         ON CONFLICT DO NOTHING",
        reader,
        publication,
        list
    )
    .execute(&mut **writing)
    .await?;
    sqlx::query!(
        "DELETE FROM departure WHERE reader = ? AND publication = ? AND list IN ('', ?)",
        reader,
        publication,
        list
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Who has departed from a list or from its whole publication.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn from_list(conn: &mut Connection, path: &ListPath) -> Result<HashSet<Seal>> {
    let (publication, list) = (path.publication.as_str(), path.list.as_str());
    let readers = sqlx::query_scalar!(
        "SELECT DISTINCT reader FROM departure WHERE publication = ? AND list IN ('', ?)",
        publication,
        list
    )
    .fetch_all(conn)
    .await?;
    readers.into_iter().map(|seal| seal.try_into().map(Seal).map_err(|_| Error::Unreadable("departure"))).collect()
}

/// How many departures are remembered.
///
/// # Errors
/// [`Error::Broken`].
pub async fn count(conn: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "n!: i64" FROM departure"#).fetch_one(conn).await?)
}
