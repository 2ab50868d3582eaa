//! Documents and the bytes they are made of, kept once by their digest.

use super::{Connection, Result, Writing, to_json};
use crate::domain::document::{Conservation, Digest};
use crate::domain::id::{DocumentId, IssueId, PublicationId};

/// The document with these bytes, and the issue that it made or was last read into, if they were brought before.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn by_digest(
    conn: &mut Connection,
    publication: PublicationId,
    digest: Digest,
) -> Result<Option<(DocumentId, IssueId, Conservation)>> {
    let digest = digest.0.as_slice();
    let row = sqlx::query!(
        r#"SELECT d.id AS "id!: i64", i.id AS "issue!: i64", d.conservation
           FROM document AS d JOIN issue AS i ON d.id IN (i.document_id, i.source_id)
           WHERE d.publication_id = ? AND d.digest = ? ORDER BY i.document_id = d.id DESC, i.id LIMIT 1"#,
        publication.0,
        digest
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.id.into(), row.issue.into(), super::from_json("balance", &row.conservation)?))).transpose()
}

/// A document's name and bytes.
///
/// # Errors
/// [`super::Error::Broken`], also when there is none: ids come from our own rows.
pub async fn find(conn: &mut Connection, id: DocumentId) -> Result<(String, Vec<u8>)> {
    let row = sqlx::query!(
        "SELECT d.name, a.bytes FROM document AS d JOIN asset AS a ON a.digest = d.digest WHERE d.id = ?",
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.name, row.bytes))
}

/// Where the characters of a document went.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`], also when there is none: ids come from our own rows.
pub async fn conservation(conn: &mut Connection, id: DocumentId) -> Result<Conservation> {
    let json = sqlx::query_scalar!("SELECT conservation FROM document WHERE id = ?", id.0).fetch_one(conn).await?;
    super::from_json("balance", &json)
}

/// Keeps a document and its bytes; the same bytes are the same document, by the name that they came with first.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn insert(
    writing: &mut Writing,
    publication: PublicationId,
    name: &str,
    bytes: &[u8],
    conservation: &Conservation,
) -> Result<DocumentId> {
    let digest = super::asset::keep(writing, bytes).await?;
    let (digest, conservation, now) = (digest.0.as_slice(), to_json(conservation), writing.now.0);
    sqlx::query!(
        "INSERT INTO document (publication_id, digest, name, conservation, taken_in_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (publication_id, digest) DO NOTHING",
        publication.0,
        digest,
        name,
        conservation,
        now
    )
    .execute(&mut **writing)
    .await?;
    let id =
        sqlx::query_scalar!("SELECT id FROM document WHERE publication_id = ? AND digest = ?", publication.0, digest)
            .fetch_one(&mut **writing)
            .await?;
    Ok(id.into())
}
