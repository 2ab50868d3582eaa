//! Notices, as rows: what the house says to its accounts by letter. Each belongs to a delivery (`store/delivery.rs`),
//! and never changes.

use super::{Connection, Error, Result, Writing, delivery, from_json, to_json};
use crate::domain::address::Mailbox;
use crate::domain::id::{AccountId, DeliveryId, IssueId, PublicationId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{Notice, Number};
use std::time::Duration;

/// Whether the house sends notices, by the settings of who sends.
///
/// # Errors
/// [`Error::Broken`].
pub async fn go(conn: &mut Connection) -> Result<bool> {
    let go = sqlx::query_scalar!(r#"SELECT sends_notices AS "go!: bool" FROM station WHERE id = 1"#)
        .fetch_optional(conn)
        .await?;
    Ok(go.unwrap_or(false))
}

/// Notes whether the house sends notices.
///
/// # Errors
/// [`Error::Broken`].
pub async fn set_go(writing: &mut Writing, go: bool) -> Result<()> {
    sqlx::query!("UPDATE station SET sends_notices = ? WHERE id = 1", go).execute(&mut **writing).await?;
    Ok(())
}

/// An issue, as those who work on it call it.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    /// Of which publication.
    pub publication: PublicationId,
    /// Its name and number.
    pub number: Number,
    /// The publication's language.
    pub language: Language,
}

/// What an issue is called.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn issued(conn: &mut Connection, issue: IssueId) -> Result<Option<Issued>> {
    let row = sqlx::query!(
        r#"SELECT p.id AS "id!: i64", p.name, p.zone, p.language, i.facts ->> '$.label' AS "label?: String"
           FROM issue AS i JOIN publication AS p ON p.id = i.publication_id WHERE i.id = ?"#,
        issue.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let zone = row.zone.parse().map_err(|_| Error::Unreadable("publication"))?;
        Ok(Issued {
            publication: row.id.into(),
            number: Number { publication: row.name, label: row.label, zone },
            language: row.language.parse().map_err(|_| Error::Unreadable("publication"))?,
        })
    })
    .transpose()
}

/// Somebody who is told something.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who.
    pub account: AccountId,
    /// Where.
    pub to: Mailbox,
    /// In which language.
    pub language: Language,
}

/// Adds a notice and its delivery, due at once. None where its account was told already: `mark` names what happened.
///
/// # Errors
/// [`Error::Broken`].
pub async fn insert(writing: &mut Writing, told: &Told, notice: &Notice, mark: &str) -> Result<Option<DeliveryId>> {
    let (account, kind, language, about) = (told.account.0, notice.kind(), told.language.tag(), to_json(notice));
    let is_told = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notice WHERE account_id = ? AND kind = ? AND mark = ?) AS "told!: bool""#,
        account,
        kind,
        mark
    )
    .fetch_one(&mut **writing)
    .await?;
    if is_told {
        return Ok(None);
    }
    let delivery = delivery::insert_notice(writing, &told.to).await?;
    sqlx::query!(
        "INSERT INTO notice (delivery_id, account_id, kind, mark, language, about) VALUES (?, ?, ?, ?, ?, ?)",
        delivery.0,
        account,
        kind,
        mark,
        language,
        about
    )
    .execute(&mut **writing)
    .await?;
    Ok(Some(delivery))
}

/// A notice as it is to be made into a letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Whose.
    pub account: AccountId,
    /// In which language.
    pub language: Language,
    /// What it says.
    pub notice: Notice,
    /// Since when its delivery is due.
    pub since: Moment,
}

/// The notice that a delivery brings.
///
/// # Errors
/// [`Error::Unreadable`] or [`Error::Broken`].
pub async fn find(conn: &mut Connection, id: DeliveryId) -> Result<Option<Kept>> {
    let row = sqlx::query!(
        "SELECT n.account_id, n.language, n.about, d.since FROM notice AS n JOIN delivery AS d ON d.id = n.delivery_id
         WHERE n.delivery_id = ?",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Kept {
            account: row.account_id.into(),
            language: row.language.parse().map_err(|_| Error::Unreadable("language"))?,
            notice: from_json("notice", &row.about)?,
            since: Moment(row.since),
        })
    })
    .transpose()
}

/// Whose password the link in a letter lets its bearer choose now; none where it opens nothing any more: a later one
/// was asked for, a password was chosen since, it is older than `lasts`, or the account is closed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn opens(
    conn: &mut Connection,
    letter: DeliveryId,
    now: Moment,
    lasts: Duration,
) -> Result<Option<AccountId>> {
    let asked_after = now - lasts;
    let id = sqlx::query_scalar!(
        r#"SELECT a.id AS "id!: i64" FROM notice AS n JOIN account AS a ON a.id = n.account_id AND a.reset_id = n.delivery_id
           JOIN delivery AS d ON d.id = n.delivery_id
           WHERE n.delivery_id = ? AND n.kind = 'reset' AND a.closed_at IS NULL AND d.since > ?"#,
        letter.0,
        asked_after.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(AccountId))
}

/// How many letters with such a link went to an account since a moment.
///
/// # Errors
/// [`Error::Broken`].
pub async fn resets_since(conn: &mut Connection, account: AccountId, since: Moment) -> Result<u32> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM notice AS n JOIN delivery AS d ON d.id = n.delivery_id
           WHERE n.account_id = ? AND n.kind = 'reset' AND d.since > ?"#,
        account.0,
        since.0
    )
    .fetch_one(conn)
    .await?)
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The word of its kind.
    pub kind: String,
    /// When it was to be told.
    pub since: Moment,
    /// The word of the state of its delivery.
    pub state: String,
    /// Why.
    pub why: Option<String>,
}

/// The last notices to an account, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn of_account(conn: &mut Connection, account: AccountId, at_most: i64) -> Result<Vec<Line>> {
    let rows = sqlx::query!(
        "SELECT n.kind, d.since, d.state, d.why FROM notice AS n JOIN delivery AS d ON d.id = n.delivery_id
         WHERE n.account_id = ? ORDER BY n.delivery_id DESC LIMIT ?",
        account.0,
        at_most
    )
    .fetch_all(conn)
    .await?;
    let line = |kind, since, state, why| Line { kind, since: Moment(since), state, why };
    Ok(rows.into_iter().map(|row| line(row.kind, row.since, row.state, row.why)).collect())
}
