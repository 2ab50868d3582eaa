//! First floor: remembers. One SQLite file; one writer connection, a pool of readers. The SQL
//! of a noun stands in its file; a file writes another noun's rows only where one statement must do both.
//! Whoever writes says who they are: [`Store::write`] is the one place where a write transaction begins,
//! always immediate.

pub mod account;
pub mod approval;
pub mod asset;
pub mod attempt;
pub mod audit;
pub mod backup;
mod bell;
pub mod concern;
pub mod delivery;
pub mod departure;
pub mod dispatch;
pub mod document;
pub mod edition;
mod fence;
pub mod gauge;
pub mod group;
pub mod idempotency;
pub mod issue;
pub mod journal;
pub mod list;
pub mod log;
mod look;
pub mod notice;
mod place;
pub mod publication;
pub mod roster;
pub mod schedule;
pub mod session;
pub mod station;
pub mod subscriber;
pub mod token;
pub mod trial;

pub use bell::Bell;
pub use fence::Fence;
pub use idempotency::Errand;
pub use look::Look;

use crate::domain::audit::Actor;
use crate::domain::journal::Seal;
use crate::domain::moment::Moment;
use place::Place;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// SQLite before 3.51.3 can lose a WAL reset (DELIVERY.md §2).
const SQLITE_AT_LEAST: i32 = 3_051_003;

/// How long a transaction waits for another process's to end.
const BUSY: Duration = Duration::from_secs(20);

/// What can go wrong with the database, by what there is to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer Yizhan wrote it.
    #[error(
        "the database in {0} was written by a newer Yizhan; install that version or a later one, or restore a backup made by this one"
    )]
    Newer(PathBuf),
    /// It needs a migration, and another process holds the right to send.
    #[error(
        "the database in {0} must be brought up to date, but another yizhan is at work there; stop it and try again"
    )]
    InUse(PathBuf),
    /// The file or its folder is not this user's to write, or to open.
    #[error(
        "the database cannot be opened for writing; nothing was changed: run this as the user whom it belongs to, and see that its disk is not mounted read-only"
    )]
    NotOurs,
    /// The disk is full; nothing was changed.
    #[error("the disk that holds the database is full; nothing was changed: free some space and try again")]
    Full,
    /// The folder cannot be used.
    #[error(
        "the data folder {0} cannot be used: {1}; check that it exists and may be written to, or name another with --data"
    )]
    Folder(PathBuf, std::io::Error),
    /// The library is older than is safe.
    #[error("SQLite {0} is too old to be trusted with a write-ahead log; build with the bundled one")]
    OldLibrary(i32),
    /// Another process has been writing for long.
    #[error("another process has held the database for more than {} s; nothing was changed: try again when it is done", BUSY.as_secs())]
    Busy,
    /// A constraint said no; its name is a sentence.
    #[error("refused by the database: {0}")]
    Constraint(String),
    /// A row was not in the state it was moved out of: someone else holds the right to send.
    #[error("a row was not where this process left it; another yizhan may be sending: this one stops")]
    Fenced,
    /// The one sum does not hold: the tables were changed by something else, or are damaged.
    #[error(
        "the letters of dispatch {0} do not add up to its audience, so nothing more is sent; restore a backup, and report this"
    )]
    Sum(crate::domain::id::DispatchId),
    /// What is stored cannot be read back.
    #[error("the database holds a {0} that this version cannot read; restore a backup")]
    Unreadable(&'static str),
    /// The journal's file cannot be used; nothing was changed.
    #[error(
        "the journal {0} cannot be used: {1}; nothing was changed: see that it can be read and written, and try again"
    )]
    Journal(PathBuf, std::io::Error),
    /// The file that was opened is not the data folder's database any more.
    #[error("the database in {0} was replaced while this process had it open; start again")]
    Replaced(PathBuf),
    /// A file that should hold a database of ours does not.
    #[error("{0} is not a sound database of Yizhan ({1}); nothing was changed: name another file")]
    Unsound(PathBuf, String),
    /// Another process has the database open that is to be replaced.
    #[error("the database in {0} is open in another yizhan; stop it, then restore")]
    Open(PathBuf),
    /// A backup's file cannot be read or written.
    #[error("{0} cannot be used: {1}; name another file")]
    File(PathBuf, std::io::Error),
    /// Anything else that SQLite says.
    #[error("the database failed: {0}; run `yizhan check`, or restore a backup if it goes on")]
    Broken(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|said| said.code()?.parse::<i32>().ok());
        // A code has longer forms; its low byte is its class.
        match (error.as_database_error(), code.map(|code| (code & 0xff, code))) {
            // SQLITE_BUSY
            (_, Some((5, _))) => Self::Busy,
            // SQLITE_READONLY, SQLITE_CANTOPEN
            (_, Some((8 | 14, _))) => Self::NotOurs,
            // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: no room for the write-ahead log's index.
            (_, Some((13, _) | (_, 4874))) => Self::Full,
            (Some(said), _) if said.is_check_violation() || said.is_unique_violation() => {
                Self::Constraint(said.message().to_owned())
            }
            _ => Self::Broken(error),
        }
    }
}

/// The result of asking the store.
pub type Result<T> = std::result::Result<T, Error>;

/// The database of one data folder.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    bell: Bell,
    place: Place,
    /// For which program it writes; none for people.
    errand: Option<Errand>,
}

impl Store {
    /// Opens the database of a data folder, making or migrating it where needed.
    ///
    /// # Errors
    /// See [`Error`]; a newer database is refused untouched.
    pub async fn open(folder: &Path) -> Result<Self> {
        Self::open_by(folder, None).await
    }

    /// The same, for who holds the fence already.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_fenced(folder: &Path, fence: &Fence) -> Result<Self> {
        Self::open_by(folder, Some(fence)).await
    }

    async fn open_by(folder: &Path, fence: Option<&Fence>) -> Result<Self> {
        make_folder(folder)?;
        let file = folder.join("yizhan.db");
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Under NORMAL, power cuts lost hundreds of acknowledged commits; under FULL none.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory");
        // One connection that lives as long as the store: SQLite has one writer anyway, and waiting
        // here is fairer than its busy handler. On a full disk, or when the disk fails, SQLite rolls back by
        // itself, and the driver goes on believing in a transaction: such a connection is closed, and another opened.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .before_acquire(|conn, _| Box::pin(async { Ok(!conn.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        let place = Place::of(folder)?;
        let store = Self { folder: folder.to_owned(), writer, readers, bell: Bell::default(), place, errand: None };
        store.check_library().await?;
        store.migrate(fence).await?;
        Ok(store)
    }

    /// The bell that every commit of this process rings.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// The same store, for a program: what it does is known by its errand, in the transaction that does it.
    #[must_use]
    pub fn on(self, errand: Errand) -> Self {
        Self { errand: Some(errand), ..self }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where this database lies.
    pub fn place(&self) -> Seal {
        self.place.seal()
    }

    /// Begins a write transaction: immediate, so that it waits its turn instead of failing halfway. The
    /// station waits as long as it takes, for it has nothing better to do; everyone else is told.
    ///
    /// # Errors
    /// [`Error::Replaced`], [`Error::Busy`], [`Error::Full`] or [`Error::Broken`].
    pub async fn write(&self, actor: Actor, now: Moment) -> Result<Writing> {
        // Whoever writes into a database that was set aside would be believed and forgotten.
        if !self.place.is_ours(&self.folder) {
            return Err(Error::Replaced(self.folder.clone()));
        }
        loop {
            match self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(Error::from) {
                Ok(tx) => return Ok(Writing { tx, actor, now, bell: self.bell.clone(), errand: self.errand }),
                Err(Error::Busy) if actor == Actor::Station => {
                    tracing::warn!("another process holds the database; waiting for it to end");
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A connection that only reads.
    ///
    /// # Errors
    /// [`Error::Broken`] when none can be opened.
    pub async fn read(&self) -> Result<Reading> {
        Ok(Reading(self.readers.acquire().await?))
    }

    /// The number that changes whenever another process commits: how one process hears of another's changes.
    /// Asked on the writer, for whom our own changes are none.
    ///
    /// # Errors
    /// [`Error::Broken`].
    pub async fn data_version(&self) -> Result<i64> {
        Ok(sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&self.writer).await?)
    }

    /// Closes all connections, so that the last one folds the write-ahead log into the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn check_library(&self) -> Result<()> {
        let version = sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(&self.writer).await?;
        let mut parts = version.split('.').map(|part| part.parse::<i32>().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        let number = next() * 1_000_000 + next() * 1_000 + next();
        if number < SQLITE_AT_LEAST { Err(Error::OldLibrary(number)) } else { Ok(()) }
    }

    /// Brings the tables up to date. Only the holder of the fence may, for another process may be
    /// sending by the old ones.
    async fn migrate(&self, fence: Option<&Fence>) -> Result<()> {
        let newest = newest_version();
        match self.version().await? {
            Some(version) if version > newest => return Err(Error::Newer(self.folder.clone())),
            Some(version) if version == newest => return Ok(()),
            _ => {}
        }
        let own = match fence {
            Some(_) => None,
            None => Some(Fence::wait_briefly(&self.folder)?.ok_or_else(|| Error::InUse(self.folder.clone()))?),
        };
        MIGRATIONS.run(&self.writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Error::Broken(sqlx::Error::Migrate(Box::new(other))),
        })?;
        drop(own);
        Ok(())
    }

    /// The newest migration that the database has seen.
    async fn version(&self) -> Result<Option<i64>> {
        version_of(&mut *self.writer.acquire().await?).await
    }
}

/// Makes a data folder, its owner's alone, for readers' addresses lie in it; one that is there stays as it is.
///
/// # Errors
/// [`Error::Folder`].
pub fn make_folder(folder: &Path) -> Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::Folder(folder.to_owned(), error))
}

/// The newest migration that this program knows.
pub fn newest_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The newest migration that a database has seen; none where it has seen none.
async fn version_of(conn: &mut Connection) -> Result<Option<i64>> {
    let known = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *conn)
        .await?;
    if known == 0 {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await?)
}

/// An open write transaction, with who writes and when. Dropped without [`Writing::commit`], it
/// changes nothing.
#[derive(Debug)]
pub struct Writing {
    tx: Transaction<'static, Sqlite>,
    /// Who writes.
    pub actor: Actor,
    /// When.
    pub now: Moment,
    bell: Bell,
    errand: Option<Errand>,
}

impl Writing {
    /// Whether this is done for a program.
    pub fn is_for_a_program(&self) -> bool {
        self.errand.is_some()
    }

    /// Makes the changes last. When this fails they may have happened all the same: who holds the
    /// fence must stop, restart and recover (DELIVERY.md §2).
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Broken`].
    pub async fn commit(self) -> Result<()> {
        let bell = self.bell.clone();
        self.commit_quietly().await?;
        bell.ring();
        Ok(())
    }

    /// The same, without ringing the bell: for changes that only the one who makes them acts upon.
    ///
    /// # Errors
    /// As [`Writing::commit`].
    pub async fn commit_quietly(mut self) -> Result<()> {
        if let Some(request) = self.errand.and_then(|errand| errand.request) {
            idempotency::act(&mut self, request).await?;
        }
        Ok(self.tx.commit().await?)
    }
}

impl Deref for Writing {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.tx
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }
}

/// A connection that only reads.
#[derive(Debug)]
pub struct Reading(PoolConnection<Sqlite>);

impl Deref for Reading {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }
}

/// Whatever can be read from: a [`Reading`], or a [`Writing`] that needs to look first.
pub type Connection = SqliteConnection;

/// Reads back what was stored as JSON.
fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|_| Error::Unreadable(what))
}

/// Writes plain data as JSON.
fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our values are plain data")
}
