//! Accounts, as rows.

use super::{Connection, Result, Writing};
use crate::domain::id::AccountId;

/// One by its email address, in any case of letters.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn by_email(conn: &mut Connection, email: &str) -> Result<Option<AccountId>> {
    let email = email.to_lowercase();
    let id = sqlx::query_scalar!(r#"SELECT id AS "id!: i64" FROM account WHERE email = ?"#, email)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(AccountId))
}

/// Adds one.
///
/// # Errors
/// [`super::Error::Constraint`] when the address has an account.
pub async fn insert(writing: &mut Writing, email: &str, role: &str) -> Result<AccountId> {
    let email = email.to_lowercase();
    let id = sqlx::query!("INSERT INTO account (email, role) VALUES (?, ?)", email, role)
        .execute(&mut **writing)
        .await?
        .last_insert_rowid();
    Ok(id.into())
}
