//! Subscribers and suppressions, as rows. How they are found among many is in [`search`].

pub mod search;

use super::{Connection, Error, Result, Writing, from_json, to_json};
use crate::domain::address::Address;
use crate::domain::id::{ListId, PublicationId, SubscriberId};
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Person, Subscriber};
use std::collections::HashMap;

/// A subscriber with every subscription, for looking them up.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// `PUB/LIST`.
    pub list: String,
    /// pending, active or ended.
    pub state: String,
    /// duty, self or gift.
    pub basis: String,
    /// Why it ended.
    pub why: Option<String>,
}

/// One by address.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn by_address(conn: &mut Connection, address: &Address) -> Result<Option<Subscriber>> {
    let key = address.key();
    let row = sqlx::query!(r#"SELECT id AS "id!: i64", address, person FROM subscriber WHERE address_key = ?"#, key)
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Subscriber {
            id: row.id.into(),
            address: row.address.parse().map_err(|_| Error::Unreadable("subscriber"))?,
            person: from_json("subscriber", &row.person)?,
        })
    })
    .transpose()
}

/// One by id.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn find(conn: &mut Connection, id: SubscriberId) -> Result<Option<Subscriber>> {
    Ok(some(conn, &[id]).await?.pop())
}

/// Those with these ids, in id order.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn some(conn: &mut Connection, ids: &[SubscriberId]) -> Result<Vec<Subscriber>> {
    let ids = to_json(&ids);
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", address, person FROM subscriber WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Subscriber {
                id: row.id.into(),
                address: row.address.parse().map_err(|_| Error::Unreadable("subscriber"))?,
                person: from_json("subscriber", &row.person)?,
            })
        })
        .collect()
}

/// Whether a reader is, or was, on a list of one of these publications.
///
/// # Errors
/// [`Error::Broken`].
pub async fn is_of(conn: &mut Connection, id: SubscriberId, publications: &[PublicationId]) -> Result<bool> {
    let publications = to_json(&publications);
    let is_of = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM subscription AS c JOIN list AS l ON l.id = c.list_id
                          WHERE c.subscriber_id = ? AND l.publication_id IN (SELECT value FROM json_each(?))) AS "is!: bool""#,
        id.0,
        publications
    )
    .fetch_one(conn)
    .await?;
    Ok(is_of)
}

/// One subscription of a reader, as their page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// Who.
    pub reader: SubscriberId,
    /// The list.
    pub list: ListId,
    /// Its publication.
    pub publication: PublicationId,
    /// `PUB/LIST`.
    pub path: String,
    /// What the publication is called.
    pub publication_name: String,
    /// What the list is called.
    pub list_name: String,
    /// pending, active or ended.
    pub state: String,
    /// duty, self or gift.
    pub basis: String,
    /// Why it ended.
    pub why: Option<String>,
    /// Since when it is so.
    pub since: Moment,
}

/// Every subscription of these readers.
///
/// # Errors
/// [`Error::Broken`].
pub async fn subscriptions(conn: &mut Connection, readers: &[SubscriberId]) -> Result<Vec<Subscribed>> {
    let readers = to_json(&readers);
    let rows = sqlx::query!(
        r#"SELECT c.subscriber_id, c.list_id, l.publication_id, p.slug || '/' || l.slug AS "path!: String",
                  p.name AS publication_name, l.name AS list_name, c.state, c.basis, c.why, c.since
           FROM json_each(?) AS j CROSS JOIN subscription AS c ON c.subscriber_id = j.value
           JOIN list AS l ON l.id = c.list_id JOIN publication AS p ON p.id = l.publication_id
           ORDER BY c.subscriber_id, p.slug, l.slug"#,
        readers
    )
    .fetch_all(conn)
    .await?;
    let subscribed = rows.into_iter().map(|row| Subscribed {
        reader: row.subscriber_id.into(),
        list: row.list_id.into(),
        publication: row.publication_id.into(),
        path: row.path,
        publication_name: row.publication_name,
        list_name: row.list_name,
        state: row.state,
        basis: row.basis,
        why: row.why,
        since: Moment(row.since),
    });
    Ok(subscribed.collect())
}

/// Says anew what is known of a reader.
///
/// # Errors
/// [`Error::Broken`].
pub async fn set_person(writing: &mut Writing, id: SubscriberId, person: &Person) -> Result<()> {
    let (name, person) = (&person.name, to_json(person));
    sqlx::query!("UPDATE subscriber SET name = ?, person = ? WHERE id = ?", name, person, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Puts readers into a group, or out of any. Returns how many.
///
/// # Errors
/// [`Error::Broken`].
pub async fn set_category(writing: &mut Writing, ids: &[SubscriberId], category: Option<&str>) -> Result<u64> {
    let ids = to_json(&ids);
    let done = sqlx::query!(
        "UPDATE subscriber SET person = json_set(person, '$.category', ?1)
         WHERE id IN (SELECT value FROM json_each(?2)) AND category IS NOT ?1",
        category,
        ids
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// What a roster's address is known as already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The subscriber.
    pub id: SubscriberId,
    /// What is known of them.
    pub person: Person,
    /// The state of their subscription to the list asked about.
    pub subscription: Option<String>,
    /// Whether they have left the list's publication: leaving ends all of its lists, those to come too.
    pub left: bool,
    /// Whether the address is suppressed.
    pub suppressed: bool,
}

/// Which of these addresses (by key) are known, and how they stand with a list.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn known(conn: &mut Connection, list: ListId, keys: &[String]) -> Result<HashMap<String, Known>> {
    let keys = to_json(&keys);
    let rows = sqlx::query!(
        r#"SELECT s.id AS "id!: i64", s.address_key, s.person, c.state AS "subscription?", x.address_key AS "suppressed?",
                  EXISTS (SELECT 1 FROM list AS l JOIN list AS o ON o.publication_id = l.publication_id
                          JOIN subscription AS e ON e.list_id = o.id AND e.subscriber_id = s.id
                          WHERE l.id = ?2 AND e.state = 'ended' AND e.why = 'left') AS "left!: bool"
           FROM json_each(?1) AS j
           JOIN subscriber AS s ON s.address_key = j.value
           LEFT JOIN subscription AS c ON c.subscriber_id = s.id AND c.list_id = ?2
           LEFT JOIN suppression AS x ON x.address_key = s.address_key"#,
        keys,
        list.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let known = Known {
                id: row.id.into(),
                person: from_json("subscriber", &row.person)?,
                subscription: row.subscription,
                left: row.left,
                suppressed: row.suppressed.is_some(),
            };
            Ok((row.address_key, known))
        })
        .collect()
}

/// Adds new people and updates what is known of old ones, all in one statement.
///
/// # Errors
/// [`Error::Broken`].
pub async fn save_all(writing: &mut Writing, people: &[(&Address, &Person)]) -> Result<()> {
    let rows: Vec<_> = people
        .iter()
        .map(|(address, person)| {
            serde_json::json!({
                "address": address, "key": address.key(), "lane": address.lane(), "name": person.name, "person": to_json(person),
            })
        })
        .collect();
    let (rows, now) = (to_json(&rows), writing.now.0);
    sqlx::query!(
        "INSERT INTO subscriber (address, address_key, lane, name, person, added_at)
         SELECT value ->> 'address', value ->> 'key', value ->> 'lane', value ->> 'name', value ->> 'person', ?
         FROM json_each(?) WHERE true
         ON CONFLICT (address_key) DO UPDATE SET name = excluded.name, person = excluded.person",
        now,
        rows
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Where a subscriber stands with each list.
///
/// # Errors
/// [`Error::Broken`].
pub async fn standings(conn: &mut Connection, id: SubscriberId) -> Result<Vec<Standing>> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT p.slug || '/' || l.slug AS "list!: String", c.state, c.basis, c.why
           FROM subscription AS c JOIN list AS l ON l.id = c.list_id JOIN publication AS p ON p.id = l.publication_id
           WHERE c.subscriber_id = ? ORDER BY p.slug, l.slug"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Why an address must not be written to, if so.
///
/// # Errors
/// [`Error::Broken`].
pub async fn suppressed(conn: &mut Connection, address: &Address) -> Result<Option<String>> {
    let key = address.key();
    Ok(sqlx::query_scalar!("SELECT why FROM suppression WHERE address_key = ?", key).fetch_optional(conn).await?)
}

/// Why the addresses of these readers must not be written to; of those where it is so.
///
/// # Errors
/// [`Error::Broken`].
pub async fn suppressed_of(conn: &mut Connection, ids: &[SubscriberId]) -> Result<HashMap<SubscriberId, String>> {
    let ids = to_json(&ids);
    let rows = sqlx::query!(
        r#"SELECT s.id AS "id!: i64", x.why FROM json_each(?) AS j CROSS JOIN subscriber AS s ON s.id = j.value
           CROSS JOIN suppression AS x ON x.address_key = s.address_key"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.why)).collect())
}

/// Suppresses an address; whether it was not yet.
///
/// # Errors
/// [`Error::Broken`].
pub async fn suppress(writing: &mut Writing, address: &Address, why: &str) -> Result<bool> {
    let (key, now) = (address.key(), writing.now.0);
    let done = sqlx::query!(
        "INSERT INTO suppression (address_key, why, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        key,
        why,
        now
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lifts a suppression. Returns why there was one; none where there was none.
///
/// # Errors
/// [`Error::Broken`].
pub async fn lift(writing: &mut Writing, address: &Address) -> Result<Option<String>> {
    let key = address.key();
    Ok(sqlx::query_scalar!("DELETE FROM suppression WHERE address_key = ? RETURNING why", key)
        .fetch_optional(&mut **writing)
        .await?)
}

/// Suppresses the addresses of these readers; how many were not yet.
///
/// # Errors
/// [`Error::Broken`].
pub async fn suppress_all(writing: &mut Writing, ids: &[SubscriberId], why: &str) -> Result<u64> {
    let (ids, now) = (to_json(&ids), writing.now.0);
    let done = sqlx::query!(
        "INSERT INTO suppression (address_key, why, since)
         SELECT s.address_key, ?1, ?2 FROM json_each(?3) AS j CROSS JOIN subscriber AS s ON s.id = j.value WHERE true
         ON CONFLICT DO NOTHING",
        why,
        now,
        ids
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// Lifts the suppressions of these readers' addresses; how many there were.
///
/// # Errors
/// [`Error::Broken`].
pub async fn lift_all(writing: &mut Writing, ids: &[SubscriberId]) -> Result<u64> {
    let ids = to_json(&ids);
    let done = sqlx::query!(
        "DELETE FROM suppression WHERE address_key IN
            (SELECT s.address_key FROM json_each(?) AS j CROSS JOIN subscriber AS s ON s.id = j.value)",
        ids
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// Those of these readers who are, or were, on a list of a publication, in id order.
///
/// # Errors
/// [`Error::Broken`].
pub async fn those_of(
    conn: &mut Connection,
    publication: PublicationId,
    ids: &[SubscriberId],
) -> Result<Vec<SubscriberId>> {
    let ids = to_json(&ids);
    let found = sqlx::query_scalar!(
        r#"SELECT DISTINCT c.subscriber_id FROM json_each(?) AS j CROSS JOIN subscription AS c ON c.subscriber_id = j.value
           JOIN list AS l ON l.id = c.list_id WHERE l.publication_id = ? ORDER BY c.subscriber_id"#,
        ids,
        publication.0
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(SubscriberId).collect())
}

/// The lists of a publication that a subscriber is on, by short name and name.
///
/// # Errors
/// [`Error::Broken`].
pub async fn lists_of(conn: &mut Connection, id: SubscriberId, publication: &str) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "SELECT l.slug, l.name FROM subscription AS c JOIN list AS l ON l.id = c.list_id
         JOIN publication AS p ON p.id = l.publication_id
         WHERE c.subscriber_id = ? AND p.slug = ? AND c.state <> 'ended' ORDER BY l.id",
        id.0,
        publication
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.name)).collect())
}

/// A reader on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnList {
    /// Who.
    pub id: SubscriberId,
    /// Their address.
    pub address: String,
    /// What is known of them.
    pub person: Person,
    /// pending, active or ended.
    pub state: String,
    /// duty, self or gift.
    pub basis: String,
    /// Why it ended.
    pub why: Option<String>,
    /// Since when it is so.
    pub since: Moment,
    /// Why nothing may go to the address, if so.
    pub suppressed: Option<String>,
}

/// A reader on a list, as queries give it.
struct Row {
    id: i64,
    address: String,
    person: String,
    state: String,
    basis: String,
    why: Option<String>,
    since: i64,
    suppressed: Option<String>,
}

impl TryFrom<Row> for OnList {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            address: row.address,
            person: from_json("subscriber", &row.person)?,
            state: row.state,
            basis: row.basis,
            why: row.why,
            since: Moment(row.since),
            suppressed: row.suppressed,
        })
    }
}

/// Readers on one page of a list.
pub const PAGE: usize = 500;

/// The next page of a list's readers, in the order in which they became known; shorter than [`PAGE`] when it is
/// the last.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn on_list(conn: &mut Connection, list: ListId, after: SubscriberId) -> Result<Vec<OnList>> {
    let at_most = PAGE as i64;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.id AS "id!: i64", s.address, s.person, c.state, c.basis, c.why, c.since, x.why AS "suppressed?"
           FROM subscription AS c JOIN subscriber AS s ON s.id = c.subscriber_id
           LEFT JOIN suppression AS x ON x.address_key = s.address_key
           WHERE c.list_id = ? AND s.id > ? ORDER BY s.id LIMIT ?"#,
        list.0,
        after.0,
        at_most
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(OnList::try_from).collect()
}

/// How these readers stand with a list, in id order; who never was on it is not in.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn some_on_list(conn: &mut Connection, list: ListId, ids: &[SubscriberId]) -> Result<Vec<OnList>> {
    let ids = to_json(&ids);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.id AS "id!: i64", s.address, s.person, c.state, c.basis, c.why, c.since, x.why AS "suppressed?"
           FROM json_each(?) AS j CROSS JOIN subscriber AS s ON s.id = j.value
           CROSS JOIN subscription AS c ON c.subscriber_id = s.id AND c.list_id = ?
           LEFT JOIN suppression AS x ON x.address_key = s.address_key ORDER BY s.id"#,
        ids,
        list.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(OnList::try_from).collect()
}
