//! Notices, as rows: what the house says to its accounts by letter. Each belongs to a delivery (`store/delivery.rs`),
//! and never changes.

use super::{Connection, Error, Result, Writing, delivery, from_json, to_json};
use crate::domain::address::Mailbox;
use crate::domain::delivery::State;
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

/// To which account a delivery is a letter of the house; none where it is one to a reader.
///
/// # Errors
/// [`Error::Broken`].
pub async fn addressee(conn: &mut Connection, id: DeliveryId) -> Result<Option<AccountId>> {
    let account = sqlx::query_scalar!(r#"SELECT account_id AS "id!: i64" FROM notice WHERE delivery_id = ?"#, id.0)
        .fetch_optional(conn)
        .await?;
    Ok(account.map(AccountId))
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

/// Whose password the link whose secret has this digest lets its bearer choose now; none where it opens nothing any
/// more: a later one was asked for, a password was chosen since, it is older than `lasts`, or the account is closed.
///
/// # Errors
/// [`Error::Broken`].
pub async fn opens(conn: &mut Connection, digest: [u8; 32], now: Moment, lasts: Duration) -> Result<Option<AccountId>> {
    let (digest, asked_after) = (digest.as_slice(), now - lasts);
    let id = sqlx::query_scalar!(
        r#"SELECT a.id AS "id!: i64" FROM account AS a JOIN notice AS n ON n.delivery_id = a.reset_id AND n.account_id = a.id
           JOIN delivery AS d ON d.id = n.delivery_id
           WHERE a.reset_digest = ? AND n.kind = 'reset' AND a.closed_at IS NULL AND d.since > ? AND d.since <= ?"#,
        digest,
        asked_after.0,
        now.0
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
    /// Its delivery.
    pub delivery: DeliveryId,
    /// Whom it is to.
    pub account: AccountId,
    /// Where it went: their address of then.
    pub address: String,
    /// The word of its kind.
    pub kind: String,
    /// When it was to be told.
    pub since: Moment,
    /// The word of the state of its delivery.
    pub state: String,
    /// Why.
    pub why: Option<String>,
    /// Who settled it, where it was uncertain.
    pub settled_by: Option<String>,
}

impl Line {
    /// Whether nobody knows what became of it, and nobody has said so.
    pub fn is_unsettled(&self) -> bool {
        self.state == State::Uncertain.word() && self.settled_by.is_none()
    }
}

/// The last notices to an account, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn of_account(conn: &mut Connection, account: AccountId, at_most: i64) -> Result<Vec<Line>> {
    Ok(sqlx::query_as!(
        Row,
        "SELECT n.delivery_id, n.account_id, d.address, n.kind, d.since, d.state, d.why, d.settled_by
         FROM notice AS n JOIN delivery AS d ON d.id = n.delivery_id
         WHERE n.account_id = ? ORDER BY n.delivery_id DESC LIMIT ?",
        account.0,
        at_most
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Line::from)
    .collect())
}

/// The notices of which nobody knows whether they came, and that nobody has settled, the newest first.
///
/// # Errors
/// [`Error::Broken`].
pub async fn unsettled(conn: &mut Connection, at_most: i64) -> Result<Vec<Line>> {
    Ok(sqlx::query_as!(
        Row,
        "SELECT n.delivery_id, n.account_id, d.address, n.kind, d.since, d.state, d.why, d.settled_by
         FROM delivery AS d JOIN notice AS n ON n.delivery_id = d.id
         WHERE d.state = 'uncertain' AND d.purpose = 'notice' AND d.settled_by IS NULL ORDER BY d.id DESC LIMIT ?",
        at_most
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Line::from)
    .collect())
}

struct Row {
    delivery_id: i64,
    account_id: i64,
    address: String,
    kind: String,
    since: i64,
    state: String,
    why: Option<String>,
    settled_by: Option<String>,
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self {
            delivery: row.delivery_id.into(),
            account: row.account_id.into(),
            address: row.address,
            kind: row.kind,
            since: Moment(row.since),
            state: row.state,
            why: row.why,
            settled_by: row.settled_by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MIGRATIONS, Store};
    use sqlx::migrate::Migrator;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
    use sqlx::{ConnectOptions, Connection as _};

    /// The migration that made notices.
    const THIS: i64 = 19;

    const ROWS: &str = "
        INSERT INTO station (id, boot, key) VALUES (1, 3, zeroblob(32));
        INSERT INTO publication VALUES (1, 'brief', '简报', NULL, 'b@x.cn', NULL, 1, 'zh-CN', 'Asia/Shanghai', 'ask', 0, 0);
        INSERT INTO asset VALUES (zeroblob(32), x'00');
        INSERT INTO document VALUES (1, 1, zeroblob(32), 'd.txt', '{}', 0);
        INSERT INTO issue (id, publication_id, document_id, facts, changed_at) VALUES (1, 1, 1, '{}', 0);
        INSERT INTO edition (id, issue_id, digest, print, submitted_at) VALUES (1, 1, zeroblob(32), '{}', 0);
        INSERT INTO list VALUES (1, 1, 'all', '全体');
        INSERT INTO subscriber (id, address, address_key, lane, person, added_at) VALUES (1, 'r@y.cn', 'r@y.cn', 'y.cn', '{}', 0);
        INSERT INTO dispatch (id, edition_id, issue_id, round, lists, at, phase, opened_at, audience, planned_by, planned_at)
        VALUES (1, 1, 1, 0, '[1]', 0, 'open', 0, 1, 'station', 0);
        INSERT INTO delivery (id, purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, lane, state, since, tries, attempts, moved_at)
        VALUES (1, 'issue', 1, 1, 1, 0, 1, 'r@y.cn', 'y.cn', 'accepted', 0, 1, 1, 0);
        INSERT INTO delivery (id, purpose, edition_id, issue_id, round, address, lane, state, since, due_at, moved_at)
        VALUES (2, 'trial', 1, 1, 0, 't@y.cn', 'y.cn', 'queued', 0, 5, 0);
        INSERT INTO attempt VALUES (1, 1, 0, 'relay', 'dot', 250, NULL, 'ok', 'accepted', NULL, 1, 7);
        INSERT INTO account (id, email, role) VALUES (1, 'a@x.cn', 'admin');";

    async fn run(database: &mut SqliteConnection, sql: &'static str) -> sqlx::Result<()> {
        sqlx::raw_sql(sql).execute(database).await.map(drop)
    }

    async fn names(database: &mut SqliteConnection) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE tbl_name IN ('delivery', 'attempt') AND type IN ('index', 'trigger') ORDER BY name";
        sqlx::query_scalar(sql).fetch_all(database).await.unwrap()
    }

    #[tokio::test]
    async fn a_database_from_before_notices_keeps_its_rows_indexes_and_triggers() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("yizhan.db"))
            .create_if_missing(true)
            .foreign_keys(true);
        let mut database = options.connect().await.unwrap();
        let before = MIGRATIONS.iter().filter(|step| step.version < THIS).cloned().collect();
        Migrator::with_migrations(before).run(&mut database).await.unwrap();
        run(&mut database, ROWS).await.unwrap();
        let known = names(&mut database).await;
        assert!(known.len() > 8, "{known:?}");
        database.close().await.unwrap();

        Store::open(folder.path()).await.unwrap().close().await;

        let mut database = options_of(folder.path()).connect().await.unwrap();
        let now = names(&mut database).await;
        assert!(known.iter().all(|name| now.contains(name)), "{known:?}, now {now:?}");
        let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
        assert_eq!(sound, "ok");
        assert!(sqlx::raw_sql("PRAGMA foreign_key_check").fetch_all(&mut database).await.unwrap().is_empty());
        let rows: Vec<(i64, String, Option<i64>, String)> =
            sqlx::query_as("SELECT id, purpose, edition_id, state FROM delivery ORDER BY id")
                .fetch_all(&mut database)
                .await
                .unwrap();
        let kept = [(1, "issue".into(), Some(1), "accepted".into()), (2, "trial".into(), Some(1), "queued".into())];
        assert_eq!(rows, kept);

        const NOTICE: &str = "INSERT INTO delivery (id, purpose, round, address, lane, state, since, due_at, moved_at)
             VALUES (3, 'notice', 0, 'a@x.cn', 'x.cn', 'queued', 0, 5, 0);
             INSERT INTO notice VALUES (3, 1, 'reset', 'at 0', 'en', '{}')";
        run(&mut database, NOTICE).await.unwrap();
        for (sql, refusal) in [
            ("UPDATE delivery SET edition_id = NULL WHERE id = 2", "a letter is of an edition"),
            ("UPDATE delivery SET issue_id = NULL WHERE id = 1", "a letter is of an issue"),
            ("UPDATE delivery SET edition_id = 1 WHERE id = 3", "a notice of none"),
            ("UPDATE delivery SET purpose = 'advert' WHERE id = 3", "an issue, a trial or a notice"),
            ("UPDATE delivery SET issue_id = 9 WHERE id = 1", "FOREIGN KEY"),
            ("INSERT INTO notice VALUES (2, 1, 'reset', 'at 0', 'en', '{}')", "UNIQUE"),
        ] {
            let said = run(&mut database, sql).await.unwrap_err().to_string();
            assert!(said.contains(refusal), "{sql}: {said}");
        }
        let gate: Vec<(i64, String)> =
            sqlx::query_as("SELECT delivery_id, answer FROM gate ORDER BY 1").fetch_all(&mut database).await.unwrap();
        let says = |id, answer: &str| (id, answer.to_owned());
        assert_eq!(gate, [says(1, "left"), says(2, "open"), says(3, "cancelled")], "its link opens nothing");
        database.close().await.unwrap();
    }

    fn options_of(folder: &std::path::Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(folder.join("yizhan.db")).foreign_keys(true)
    }
}
