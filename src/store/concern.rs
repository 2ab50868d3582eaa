//! Concern: which publication a thing belongs to, so that whoever guards a door need not know the thing.

use super::{Connection, Result};
use crate::domain::id::{DeliveryId, DispatchId, EditionId, IssueId, PublicationId};

/// A thing that belongs to one publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The publication itself, by its short name.
    Publication(String),
    /// One of its issues.
    Issue(IssueId),
    /// One of its editions.
    Edition(EditionId),
    /// One of its dispatches.
    Dispatch(DispatchId),
    /// One of its letters.
    Delivery(DeliveryId),
}

/// The publication that a thing belongs to; none when there is no such thing.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn publication_of(conn: &mut Connection, concern: &Concern) -> Result<Option<PublicationId>> {
    let id: Option<i64> = match concern {
        Concern::Publication(slug) => {
            sqlx::query_scalar!(r#"SELECT id AS "id!: i64" FROM publication WHERE slug = ?"#, slug)
                .fetch_optional(conn)
                .await?
        }
        Concern::Issue(id) => {
            sqlx::query_scalar!("SELECT publication_id FROM issue WHERE id = ?", id.0).fetch_optional(conn).await?
        }
        Concern::Edition(id) => {
            sqlx::query_scalar!(
                "SELECT i.publication_id FROM edition AS e JOIN issue AS i ON i.id = e.issue_id WHERE e.id = ?",
                id.0
            )
            .fetch_optional(conn)
            .await?
        }
        Concern::Dispatch(id) => {
            sqlx::query_scalar!(
                "SELECT i.publication_id FROM dispatch AS d JOIN issue AS i ON i.id = d.issue_id WHERE d.id = ?",
                id.0
            )
            .fetch_optional(conn)
            .await?
        }
        Concern::Delivery(id) => {
            sqlx::query_scalar!(
                "SELECT i.publication_id FROM delivery AS d JOIN issue AS i ON i.id = d.issue_id WHERE d.id = ?",
                id.0
            )
            .fetch_optional(conn)
            .await?
        }
    };
    Ok(id.map(PublicationId))
}
