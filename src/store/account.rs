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

/// Someone who works here, as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// Their address.
    pub email: String,
    /// Their role's word.
    pub role: String,
}

/// All of them, by address.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn all(conn: &mut Connection) -> Result<Vec<Account>> {
    let rows =
        sqlx::query!(r#"SELECT id AS "id!: i64", email, role FROM account ORDER BY email"#).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| Account { id: row.id.into(), email: row.email, role: row.role }).collect())
}
