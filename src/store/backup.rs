//! Backups: the whole database in one file, made while the station works, and brought back in the place of the
//! present one, which is set aside and never deleted. A file is believed only after it was looked through.
//! The journal is no part of a backup. Called by actions and, to watch it grow, by cli.

use super::{Connection, Error, Fence, Result, Store, newest_version, version_of};
use serde::Serialize;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a database holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// The newest migration that it has seen.
    pub version: i64,
    /// Its size.
    pub bytes: u64,
    /// How many there are.
    pub publications: i64,
    /// How many there are.
    pub subscribers: i64,
    /// How many there are.
    pub dispatches: i64,
    /// How many there are.
    pub deliveries: i64,
}

/// Where a backup grows before it is whole and sound.
pub fn growing(file: &Path) -> PathBuf {
    beside(file, ".part")
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// How large a backup will be at most, in bytes.
///
/// # Errors
/// [`Error::Broken`].
pub async fn size(conn: &mut Connection) -> Result<u64> {
    let pages = sqlx::query_scalar::<_, i64>("PRAGMA page_count").fetch_one(&mut *conn).await?;
    let page = sqlx::query_scalar::<_, i64>("PRAGMA page_size").fetch_one(conn).await?;
    Ok(u64::try_from(pages.saturating_mul(page)).unwrap_or(0))
}

/// Writes the database as it is now into a file that only its owner can read, and looks it through. Whoever
/// writes meanwhile is not held up. When it fails, nothing stands under its name.
///
/// # Errors
/// [`Error::File`]; [`Error::Unsound`]; [`Error::Broken`].
pub async fn write(store: &Store, file: &Path) -> Result<Contents> {
    let part = growing(file);
    let written = fill(store, &part).await;
    let named = |error| Error::File(file.to_owned(), error);
    let done = match written {
        Ok(contents) => rename(&part, file).map(|()| contents).map_err(named),
        // It is the backup's disk that is full, which need not be the database's.
        Err(Error::Full) => Err(named(ErrorKind::StorageFull.into())),
        Err(error) => Err(error),
    };
    if done.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    done
}

async fn fill(store: &Store, part: &Path) -> Result<Contents> {
    let unusable = |error| Error::File(part.to_owned(), error);
    // SQLite fills an empty file; made here, it is nobody else's to read from the first byte on. What a backup
    // that was killed has left there may be anybody's.
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(unusable(error)),
        Ok(()) | Err(_) => {}
    }
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(part).map_err(unusable)?;
    let name = part.to_str().ok_or_else(|| unusable(ErrorKind::InvalidFilename.into()))?;
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut *store.read().await?).await?;
    File::open(part).and_then(|file| file.sync_all()).map_err(unusable)?;
    look_through(part).await
}

/// Renames, and makes the new name outlive a power cut.
fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::rename(from, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Looks a database file through: every page, every reference, every sum, and what it holds.
///
/// # Errors
/// [`Error::Unsound`] with what is wrong; [`Error::Newer`]; [`Error::File`].
async fn look_through(file: &Path) -> Result<Contents> {
    let bytes = std::fs::metadata(file).map_err(|error| Error::File(file.to_owned(), error))?.len();
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let mut conn = SqliteConnection::connect_with(&options).await.map_err(|error| unsound(file, &error))?;
    let found = look_into(&mut conn, file).await;
    // A write-ahead log beside it is folded in, so that the one file is all of it.
    let folded = sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut conn).await;
    conn.close().await?;
    let contents = found?;
    folded.map_err(|error| unsound(file, &error))?;
    Ok(Contents { bytes, ..contents })
}

fn unsound(file: &Path, error: &sqlx::Error) -> Error {
    let said = error.as_database_error().map_or_else(|| error.to_string(), |said| said.message().to_owned());
    Error::Unsound(file.to_owned(), said)
}

async fn look_into(conn: &mut Connection, file: &Path) -> Result<Contents> {
    let wrong = |error: sqlx::Error| unsound(file, &error);
    let pages: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(5)").fetch_all(&mut *conn).await.map_err(wrong)?;
    if pages != ["ok"] {
        // The first finding is enough to say no; SQLite tells each on a line of its own, under a heading.
        let first = pages.iter().flat_map(|page| page.lines()).find(|line| !line.starts_with("***"));
        return Err(Error::Unsound(file.to_owned(), first.unwrap_or("its pages are damaged").to_owned()));
    }
    let version = match version_of(&mut *conn).await? {
        Some(version) if version > newest_version() => return Err(Error::Newer(file.to_owned())),
        Some(version) => version,
        None => return Err(Error::Unsound(file.to_owned(), "it has no tables of ours".into())),
    };
    if !sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *conn).await.map_err(wrong)?.is_empty() {
        return Err(Error::Unsound(file.to_owned(), "rows refer to rows that are not there".into()));
    }
    let sums = "SELECT count(*) FROM dispatch AS p WHERE p.audience <> (SELECT count(*) FROM delivery AS d WHERE d.dispatch_id = p.id)";
    if count(&mut *conn, sums).await.map_err(wrong)? > 0 {
        return Err(Error::Unsound(file.to_owned(), "a dispatch has other deliveries than its audience".into()));
    }
    if count(&mut *conn, "SELECT count(*) FROM station").await.map_err(wrong)? != 1 {
        return Err(Error::Unsound(file.to_owned(), "no station was founded in it".into()));
    }
    Ok(Contents {
        version,
        bytes: 0,
        publications: count(&mut *conn, "SELECT count(*) FROM publication").await.map_err(wrong)?,
        subscribers: count(&mut *conn, "SELECT count(*) FROM subscriber").await.map_err(wrong)?,
        dispatches: count(&mut *conn, "SELECT count(*) FROM dispatch").await.map_err(wrong)?,
        deliveries: count(&mut *conn, "SELECT count(*) FROM delivery").await.map_err(wrong)?,
    })
}

async fn count(conn: &mut Connection, sql: &'static str) -> sqlx::Result<i64> {
    sqlx::query_scalar(sql).fetch_one(conn).await
}

/// Puts the database of `file` in the place of a folder's own, which is set aside under a name that ends in
/// `stamp`. Returns what came in, and the name of what was set aside. `file` itself is only read.
///
/// # Errors
/// [`Error::Unsound`], [`Error::Newer`] or [`Error::File`] when the file cannot be used; [`Error::Open`] when
/// another process has the present database open. The present database is then where it was.
pub async fn bring_in(folder: &Path, file: &Path, _: &Fence, stamp: &str) -> Result<(Contents, Option<String>)> {
    let incoming = folder.join("yizhan.db.incoming");
    let arrived = copy_and_look(file, &incoming).await;
    let done = match arrived {
        Ok(contents) => put_in_place(folder, &incoming, stamp).await.map(|aside| (contents, aside)),
        // What is wrong is said of the file that was named, not of its copy.
        Err(Error::Unsound(_, why)) => Err(Error::Unsound(file.to_owned(), why)),
        Err(Error::Newer(_)) => Err(Error::Newer(file.to_owned())),
        Err(error) => Err(error),
    };
    if done.is_err() {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(beside(&incoming, suffix));
        }
    }
    done
}

async fn copy_and_look(file: &Path, incoming: &Path) -> Result<Contents> {
    for suffix in ["", "-wal"] {
        let (from, to) = (beside(file, suffix), beside(incoming, suffix));
        let _ = std::fs::remove_file(&to);
        if suffix.is_empty() || from.exists() {
            copy(&from, &to).map_err(|error| Error::File(from, error))?;
        }
    }
    look_through(incoming).await
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut source = File::open(from)?;
    let mut copy = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to)?;
    std::io::copy(&mut source, &mut copy)?;
    copy.sync_all()
}

async fn put_in_place(folder: &Path, incoming: &Path, stamp: &str) -> Result<Option<String>> {
    let present = folder.join("yizhan.db");
    let lost = |error| Error::Folder(folder.to_owned(), error);
    if !present.exists() {
        rename(incoming, &present).map_err(lost)?;
        return Ok(None);
    }
    close_up(folder, &present).await?;
    let name = format!("yizhan.db.{stamp}");
    let aside = folder.join(&name);
    // Two names for the old file, then one rename: at no moment is there no database.
    std::fs::hard_link(&present, &aside).map_err(lost)?;
    for suffix in ["-wal", "-shm"] {
        // Only beside a broken one; it is kept with it.
        if beside(&present, suffix).exists() {
            std::fs::rename(beside(&present, suffix), beside(&aside, suffix)).map_err(lost)?;
        }
    }
    rename(incoming, &present).map_err(lost)?;
    Ok(Some(name))
}

/// Folds the present database's log into it, which goes only when nobody else has it open. One that is
/// broken is let be: that may be why a backup is brought in.
async fn close_up(folder: &Path, present: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(present).busy_timeout(Duration::from_secs(2));
    let Ok(mut conn) = SqliteConnection::connect_with(&options).await else { return Ok(()) };
    let folded = sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut conn).await;
    let _ = conn.close().await;
    match folded {
        Err(error) if error.as_database_error().is_some_and(|said| said.code().as_deref() == Some("5")) => {
            Err(Error::Open(folder.to_owned()))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}
