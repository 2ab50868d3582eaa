//! Lists and the subscriptions to them, as rows.

use super::{Connection, Result, Writing};
use crate::domain::id::{ListId, PublicationId, SubscriberId};
use crate::domain::list::{List, ListPath};
use crate::domain::publication::Slug;
use crate::domain::subscriber::Basis;
use std::collections::HashMap;

/// How many readers a list has, by the state of their subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    /// Letters go.
    pub active: i64,
    /// Asked, not confirmed.
    pub pending: i64,
    /// Left.
    pub ended: i64,
    /// Of the active ones: suppressed, so no letters go.
    pub suppressed: i64,
}

/// Adds a list.
///
/// # Errors
/// [`super::Error::Constraint`] when the short name is taken.
pub async fn insert(writing: &mut Writing, publication: PublicationId, slug: &Slug, name: &str) -> Result<ListId> {
    let slug = slug.as_str();
    let id = sqlx::query!("INSERT INTO list (publication_id, slug, name) VALUES (?, ?, ?)", publication.0, slug, name)
        .execute(&mut **writing)
        .await?
        .last_insert_rowid();
    Ok(id.into())
}

/// Gives a list another name.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn rename(writing: &mut Writing, id: ListId, name: &str) -> Result<()> {
    sqlx::query!("UPDATE list SET name = ? WHERE id = ?", name, id.0).execute(&mut **writing).await?;
    Ok(())
}

/// One as commands name it.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn by_path(conn: &mut Connection, path: &ListPath) -> Result<Option<List>> {
    let (publication, list) = (path.publication.as_str(), path.list.as_str());
    let row = sqlx::query!(
        r#"SELECT l.id AS "id!: i64", l.publication_id, l.name FROM list AS l JOIN publication AS p ON p.id = l.publication_id
           WHERE p.slug = ? AND l.slug = ?"#,
        publication,
        list
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| List {
        id: row.id.into(),
        publication: row.publication_id.into(),
        slug: path.list.clone(),
        name: row.name,
    }))
}

/// The lists of a publication, by short name.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`].
pub async fn of_publication(conn: &mut Connection, publication: PublicationId) -> Result<Vec<List>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", slug, name FROM list WHERE publication_id = ? ORDER BY slug"#,
        publication.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let slug = row.slug.parse().map_err(|_| super::Error::Unreadable("list"))?;
            Ok(List { id: row.id.into(), publication, slug, name: row.name })
        })
        .collect()
}

/// One by its id.
///
/// # Errors
/// [`super::Error::Unreadable`], also when there is none: ids come from our own rows.
pub async fn find(conn: &mut Connection, id: ListId) -> Result<List> {
    let row =
        sqlx::query!("SELECT publication_id, slug, name FROM list WHERE id = ?", id.0).fetch_optional(conn).await?;
    let unreadable = || super::Error::Unreadable("list");
    let row = row.ok_or_else(unreadable)?;
    let slug = row.slug.parse().map_err(|_| unreadable())?;
    Ok(List { id, publication: row.publication_id.into(), slug, name: row.name })
}

/// How many are, or were, on a list.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn size(conn: &mut Connection, list: ListId) -> Result<i64> {
    let size = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(readers), 0) AS "n!: i64" FROM readership WHERE list_id = ? AND state <> 'suppressed'"#,
        list.0
    );
    Ok(size.fetch_one(conn).await?)
}

/// Counts the readers of every list at once.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn readers_of_all(conn: &mut Connection) -> Result<HashMap<ListId, Readers>> {
    let rows = sqlx::query!(
        r#"SELECT r.list_id, coalesce(sum(readers) FILTER (WHERE state = 'active'), 0) AS "active!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'pending'), 0) AS "pending!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'ended'), 0) AS "ended!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'suppressed'), 0) AS "suppressed!: i64"
           FROM readership AS r GROUP BY r.list_id"#
    )
    .fetch_all(conn)
    .await?;
    let counts = rows.into_iter().map(|row| {
        let (active, pending, ended, suppressed) = (row.active, row.pending, row.ended, row.suppressed);
        (row.list_id.into(), Readers { active, pending, ended, suppressed })
    });
    Ok(counts.collect())
}

/// Counts a list's readers: from what is kept for it, so that a long list costs no more than a short one.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn readers(conn: &mut Connection, list: ListId) -> Result<Readers> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(readers) FILTER (WHERE state = 'active'), 0) AS "active!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'pending'), 0) AS "pending!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'ended'), 0) AS "ended!: i64",
                  coalesce(sum(readers) FILTER (WHERE state = 'suppressed'), 0) AS "suppressed!: i64"
           FROM readership WHERE list_id = ?1"#,
        list.0
    )
    .fetch_one(conn)
    .await?;
    Ok(Readers { active: row.active, pending: row.pending, ended: row.ended, suppressed: row.suppressed })
}

/// Takes readers off a list. They have not left: it is the office that takes them off. Returns how many were on it.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn take_off(writing: &mut Writing, list: ListId, readers: &[SubscriberId]) -> Result<u64> {
    let (readers, now) = (super::to_json(&readers), writing.now.0);
    let done = sqlx::query!(
        "UPDATE subscription SET state = 'ended', why = 'removed', since = ?
         WHERE list_id = ? AND state <> 'ended' AND subscriber_id IN (SELECT value FROM json_each(?))",
        now,
        list.0,
        readers
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}

/// Whether anybody is on any list.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn any_active(conn: &mut Connection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM subscription WHERE state = 'active') AS "any!: bool""#)
        .fetch_one(conn)
        .await?)
}

/// How many active subscriptions a list has: counted in its index alone.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn active(conn: &mut Connection, list: ListId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: i64" FROM subscription WHERE list_id = ? AND state = 'active'"#,
        list.0
    )
    .fetch_one(conn)
    .await?)
}

/// Gives these readers' consent to a list, by their address keys. Where there is one already, or
/// one that has ended, nothing changes: whoever left is not brought back by a roster.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn subscribe_all(writing: &mut Writing, list: ListId, keys: &[String], basis: Basis) -> Result<u64> {
    let (keys, basis, now) = (super::to_json(&keys), basis.word(), writing.now.0);
    let done = sqlx::query!(
        "INSERT INTO subscription (list_id, subscriber_id, state, basis, since)
         SELECT ?, s.id, 'active', ?, ? FROM json_each(?) AS j JOIN subscriber AS s ON s.address_key = j.value WHERE true
         ON CONFLICT DO NOTHING",
        list.0,
        basis,
        now,
        keys
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected())
}
