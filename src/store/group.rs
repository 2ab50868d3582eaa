//! Groups, as rows: a publication's readers chosen by a rule. Who is in one is found by subscriber/search.

use super::{Connection, Result, Writing, from_json, to_json};
use crate::domain::group::{Group, Rule};
use crate::domain::id::{GroupId, PublicationId};

/// Adds a group.
///
/// # Errors
/// [`super::Error::Constraint`] when the publication has one of that name; [`super::Error::Broken`].
pub async fn insert(writing: &mut Writing, of: PublicationId, name: &str, rule: &Rule) -> Result<GroupId> {
    let rule = to_json(rule);
    let id = sqlx::query!(
        "INSERT INTO saved_group (publication_id, name, rule, revision) VALUES (?, ?, ?, 1)",
        of.0,
        name,
        rule
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Gives a group another name and rule, if it still is at this revision. Returns whether it was.
///
/// # Errors
/// [`super::Error::Constraint`] when the publication has another one of that name; [`super::Error::Broken`].
pub async fn set(writing: &mut Writing, (id, revision): (GroupId, i64), name: &str, rule: &Rule) -> Result<bool> {
    let rule = to_json(rule);
    let done = sqlx::query!(
        "UPDATE saved_group SET name = ?, rule = ?, revision = revision + 1 WHERE id = ? AND revision = ?",
        name,
        rule,
        id.0,
        revision
    )
    .execute(&mut **writing)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a group away; its readers stay. Returns whether it was there.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn remove(writing: &mut Writing, id: GroupId) -> Result<bool> {
    let done = sqlx::query!("DELETE FROM saved_group WHERE id = ?", id.0).execute(&mut **writing).await?;
    Ok(done.rows_affected() == 1)
}

/// One by its id.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`].
pub async fn find(conn: &mut Connection, id: GroupId) -> Result<Option<Group>> {
    let row = sqlx::query!("SELECT publication_id, name, rule, revision FROM saved_group WHERE id = ?", id.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        let rule = from_json("group", &row.rule)?;
        Ok(Group { id, publication: row.publication_id.into(), name: row.name, rule, revision: row.revision })
    })
    .transpose()
}

/// The one of a publication with this name.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`].
pub async fn named(conn: &mut Connection, of: PublicationId, name: &str) -> Result<Option<Group>> {
    Ok(of_publication(conn, of).await?.into_iter().find(|group| group.name == name))
}

/// The groups of a publication, by name.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`].
pub async fn of_publication(conn: &mut Connection, publication: PublicationId) -> Result<Vec<Group>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: i64", name, rule, revision FROM saved_group WHERE publication_id = ? ORDER BY name"#,
        publication.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let rule = from_json("group", &row.rule)?;
            Ok(Group { id: row.id.into(), publication, name: row.name, rule, revision: row.revision })
        })
        .collect()
}
