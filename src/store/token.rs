//! Tokens, as rows: programs' ways in. Only their digests are here.

use super::{Connection, Error, Result, Writing};
use crate::domain::id::{AccountId, PublicationId, TokenId};
use crate::domain::moment::Moment;
use crate::domain::token::Token;

/// A token as queries give it.
struct Row {
    id: i64,
    account_id: i64,
    publication_id: Option<i64>,
    name: String,
    scopes: String,
    made_at: i64,
    ends_at: i64,
    used_at: Option<i64>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let scopes = row.scopes.split(' ').map(str::parse).collect::<std::result::Result<_, _>>();
        Ok(Self {
            id: row.id.into(),
            account: row.account_id.into(),
            name: row.name,
            scopes: scopes.map_err(|_| Error::Unreadable("token"))?,
            publication: row.publication_id.map(PublicationId),
            made_at: Moment(row.made_at),
            ends_at: Moment(row.ends_at),
            used_at: row.used_at.map(Moment),
        })
    }
}

/// The token that a secret with this digest opens now; none where it has run out or its account is closed.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn open(conn: &mut Connection, digest: [u8; 32], now: Moment) -> Result<Option<Token>> {
    let digest = digest.as_slice();
    let row = sqlx::query_as!(
        Row,
        r#"SELECT t.id AS "id!: i64", t.account_id, t.publication_id, t.name, t.scopes, t.made_at, t.ends_at, t.used_at
           FROM token AS t JOIN account AS a ON a.id = t.account_id
           WHERE t.digest = ? AND t.ends_at > ? AND a.closed_at IS NULL"#,
        digest,
        now.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(Token::try_from).transpose()
}

/// An account's tokens, the latest first, those that have run out too.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn of(conn: &mut Connection, account: AccountId) -> Result<Vec<Token>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!: i64", account_id, publication_id, name, scopes, made_at, ends_at, used_at
           FROM token WHERE account_id = ? ORDER BY id DESC"#,
        account.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Token::try_from).collect()
}

/// Adds one; `token`'s own id is not looked at.
///
/// # Errors
/// [`Error::Broken`].
pub async fn insert(writing: &mut Writing, token: &Token, digest: [u8; 32]) -> Result<TokenId> {
    let scopes = token.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
    let (digest, publication) = (digest.as_slice(), token.publication.map(|id| id.0));
    let id = sqlx::query!(
        "INSERT INTO token (account_id, publication_id, digest, name, scopes, made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        token.account.0,
        publication,
        digest,
        token.name,
        scopes,
        token.made_at.0,
        token.ends_at.0
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    Ok(id.into())
}

/// Ends one of an account's tokens; whether there was one.
///
/// # Errors
/// [`Error::Broken`].
pub async fn revoke(writing: &mut Writing, account: AccountId, id: TokenId) -> Result<bool> {
    let done = sqlx::query!("DELETE FROM token WHERE id = ? AND account_id = ?", id.0, account.0)
        .execute(&mut **writing)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends all of an account's tokens; how many there were.
///
/// # Errors
/// [`Error::Broken`].
pub async fn revoke_all(writing: &mut Writing, account: AccountId) -> Result<u64> {
    let done = sqlx::query!("DELETE FROM token WHERE account_id = ?", account.0).execute(&mut **writing).await?;
    Ok(done.rows_affected())
}

/// Notes that one was used now.
///
/// # Errors
/// [`Error::Broken`].
pub async fn used(writing: &mut Writing, id: TokenId) -> Result<()> {
    let now = writing.now.0;
    sqlx::query!("UPDATE token SET used_at = ? WHERE id = ?", now, id.0).execute(&mut **writing).await?;
    Ok(())
}
