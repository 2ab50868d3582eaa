//! Departures, as rows: who left by the journal's word, after a backup that was restored was made.

use super::{Connection, Error, Result, Writing};
use crate::domain::journal::{Departure, Seal};
use crate::domain::link::Keyring;
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use std::collections::{HashMap, HashSet};

/// Subscribers looked at in one go while seals are compared.
const PAGE: i64 = 10_000;

/// Applies departures once more: they are remembered, and subscriptions that they name and that are not
/// ended yet are ended. Returns how many subscriptions were. Applying them again changes nothing.
///
/// # Errors
/// [`Error::Broken`].
pub async fn apply(writing: &mut Writing, keyring: &Keyring, departures: &[(Moment, &Departure)]) -> Result<u64> {
    let mut by_reader: HashMap<Seal, Vec<&Departure>> = HashMap::new();
    for (at, departure) in departures {
        remember(writing, *at, departure).await?;
        by_reader.entry(departure.reader).or_default().push(departure);
    }
    let (mut ended, mut after) = (0, 0);
    loop {
        let page = sqlx::query!(
            r#"SELECT id AS "id!: i64", address_key FROM subscriber WHERE id > ? ORDER BY id LIMIT ?"#,
            after,
            PAGE
        )
        .fetch_all(&mut **writing)
        .await?;
        let Some(last) = page.last() else { return Ok(ended) };
        after = last.id;
        for row in &page {
            for departure in by_reader.get(&Seal::of_reader_key(keyring, &row.address_key)).into_iter().flatten() {
                ended += end(writing, row.id, departure).await?;
            }
        }
    }
}

async fn remember(writing: &mut Writing, at: Moment, departure: &Departure) -> Result<()> {
    let reader = departure.reader.0.as_slice();
    let publication = departure.publication.as_str();
    let list = departure.list.as_ref().map_or("", |list| list.as_str());
    sqlx::query!(
        "INSERT INTO departure (reader, publication, list, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        reader,
        publication,
        list,
        at.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

async fn end(writing: &mut Writing, subscriber: i64, departure: &Departure) -> Result<u64> {
    let now = writing.now.0;
    let publication = departure.publication.as_str();
    let list = departure.list.as_ref().map(|list| list.as_str());
    let done = sqlx::query!(
        "UPDATE subscription SET state = 'ended', why = 'left', since = ?1
         WHERE subscriber_id = ?2 AND state <> 'ended' AND list_id IN (
             SELECT l.id FROM list AS l JOIN publication AS p ON p.id = l.publication_id
             WHERE p.slug = ?3 AND (?4 IS NULL OR l.slug = ?4))",
        now,
        subscriber,
        publication,
        list
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
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
