//! Accounts, as rows: who works here, where, and how they prove it.

use super::{Connection, Result, Writing, from_json};
use crate::domain::account::{Account, Rights, Role};
use crate::domain::id::{AccountId, DeliveryId, PublicationId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::Wants;

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

/// Adds one that has no password yet.
///
/// # Errors
/// [`super::Error::Constraint`] when the address has an account.
pub async fn insert(writing: &mut Writing, email: &str, name: Option<&str>, role: Role) -> Result<AccountId> {
    let (email, role) = (email.to_lowercase(), role.word());
    let id = sqlx::query!("INSERT INTO account (email, name, role) VALUES (?, ?, ?)", email, name, role)
        .execute(&mut **writing)
        .await?
        .last_insert_rowid();
    Ok(id.into())
}

/// All of them, by address.
///
/// # Errors
/// [`super::Error::Broken`], [`super::Error::Unreadable`].
pub async fn all(conn: &mut Connection) -> Result<Vec<Account>> {
    select(conn, None).await
}

/// One of them.
///
/// # Errors
/// As [`all`].
pub async fn find(conn: &mut Connection, id: AccountId) -> Result<Option<Account>> {
    Ok(select(conn, Some(id)).await?.pop())
}

async fn select(conn: &mut Connection, only: Option<AccountId>) -> Result<Vec<Account>> {
    let only = only.map(|id| id.0);
    let rows = sqlx::query!(
        r#"SELECT a.id AS "id!: i64", a.email, a.name, a.role, a.closed_at, a.language, a.wants_reviews AS "reviews!: bool",
               a.wants_ends AS "ends!: bool", a.wants_reminders AS "reminders!: bool",
               (SELECT json_group_array(json_array(p.publication_id, p.role)) FROM post AS p WHERE p.account_id = a.id)
                   AS "posts!: String"
           FROM account AS a WHERE ?1 IS NULL OR a.id = ?1 ORDER BY a.email"#,
        only
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let posts: Vec<(PublicationId, String)> = from_json("post", &row.posts)?;
            let posts = posts.into_iter().map(|(at, word)| Ok((at, role(&word)?))).collect::<Result<_>>()?;
            let language = row.language.map(|tag| tag.parse::<Language>()).transpose();
            Ok(Account {
                id: row.id.into(),
                email: row.email,
                name: row.name,
                rights: Rights { role: role(&row.role)?, posts },
                is_closed: row.closed_at.is_some(),
                wants: Wants { reviews: row.reviews, ends: row.ends, reminders: row.reminders },
                language: language.map_err(|_| super::Error::Unreadable("language"))?,
            })
        })
        .collect()
}

fn role(word: &str) -> Result<Role> {
    word.parse().map_err(|_| super::Error::Unreadable("role"))
}

/// What a sign-in is measured against.
#[derive(Debug)]
pub struct Lock {
    /// Whose.
    pub id: AccountId,
    /// The password's hash; none until one was chosen.
    pub password: Option<String>,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// When the next is listened to; none when at once.
    pub rests_until: Option<Moment>,
    /// Whether nobody signs in to it any more.
    pub is_closed: bool,
}

/// The lock of the account with this address.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn lock(conn: &mut Connection, email: &str) -> Result<Option<Lock>> {
    let email = email.to_lowercase();
    let row = sqlx::query!(
        r#"SELECT id AS "id!: i64", password, failures AS "failures: u32", rests_until, closed_at
           FROM account WHERE email = ?"#,
        email
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Lock {
        id: row.id.into(),
        password: row.password,
        failures: row.failures,
        rests_until: row.rests_until.map(Moment),
        is_closed: row.closed_at.is_some(),
    }))
}

/// Notes how many wrong passwords came in a row, and until when no other is listened to.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_failures(
    writing: &mut Writing,
    id: AccountId,
    failures: u32,
    rests_until: Option<Moment>,
) -> Result<()> {
    let until = rests_until.map(|moment| moment.0);
    sqlx::query!("UPDATE account SET failures = ?, rests_until = ? WHERE id = ?", failures, until, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Gives an account the password of this hash; earlier failures are forgotten, and a link to choose one opens nothing
/// any more.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_password(writing: &mut Writing, id: AccountId, hash: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE account SET password = ?, failures = 0, rests_until = NULL, reset_id = NULL, reset_digest = NULL WHERE id = ?",
        hash,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// From now on the link in this letter, once that is made, lets its bearer choose a new password, and that in no other.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_reset(writing: &mut Writing, id: AccountId, letter: DeliveryId) -> Result<()> {
    sqlx::query!("UPDATE account SET reset_id = ?, reset_digest = NULL WHERE id = ?", letter.0, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// The link in this letter holds the secret of this digest, and none that was made for it before; nothing where it is
/// not the letter whose link opens.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_reset_digest(writing: &mut Writing, letter: DeliveryId, digest: [u8; 32]) -> Result<()> {
    let digest = digest.as_slice();
    sqlx::query!("UPDATE account SET reset_digest = ? WHERE reset_id = ?", digest, letter.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Which notices somebody wants from now on, and in which language.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_wants(writing: &mut Writing, id: AccountId, wants: Wants, language: Option<Language>) -> Result<()> {
    let language = language.map(Language::tag);
    sqlx::query!(
        "UPDATE account SET wants_reviews = ?, wants_ends = ?, wants_reminders = ?, language = ? WHERE id = ?",
        wants.reviews,
        wants.ends,
        wants.reminders,
        language,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// What an account is called.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_name(writing: &mut Writing, id: AccountId, name: Option<&str>) -> Result<()> {
    sqlx::query!("UPDATE account SET name = ? WHERE id = ?", name, id.0).execute(&mut **writing).await?;
    Ok(())
}

/// Gives an account these rights instead of those that it had.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_rights(writing: &mut Writing, id: AccountId, rights: &Rights) -> Result<()> {
    let role = rights.role.word();
    sqlx::query!("UPDATE account SET role = ? WHERE id = ?", role, id.0).execute(&mut **writing).await?;
    sqlx::query!("DELETE FROM post WHERE account_id = ?", id.0).execute(&mut **writing).await?;
    for (publication, role) in &rights.posts {
        let role = role.word();
        sqlx::query!("INSERT INTO post (account_id, publication_id, role) VALUES (?, ?, ?)", id.0, publication.0, role)
            .execute(&mut **writing)
            .await?;
    }
    Ok(())
}

/// Closes an account, or opens it again.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn set_closed(writing: &mut Writing, id: AccountId, is_closed: bool) -> Result<()> {
    let at = is_closed.then_some(writing.now.0);
    sqlx::query!("UPDATE account SET closed_at = ?, reset_id = NULL, reset_digest = NULL WHERE id = ?", at, id.0)
        .execute(&mut **writing)
        .await?;
    Ok(())
}

/// Whether somebody can sign in at all.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn any_opens(conn: &mut Connection) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM account WHERE password IS NOT NULL AND closed_at IS NULL) AS "any!: bool""#
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// The admins of the whole house whose accounts are open.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn admins(conn: &mut Connection) -> Result<Vec<AccountId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!: i64" FROM account
           WHERE role = 'admin' AND closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM post WHERE account_id = account.id)"#
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(AccountId).collect())
}
