//! Look: a database seen as it lies there. Nothing is made, migrated or written, so that `yizhan check` may look at
//! one that is of an older version, or whose service runs. (SQLite may leave its empty `-wal` and `-shm` beside it.)

use super::place::Place;
use super::{BUSY, Connection, Error, Result, newest_version, version_of};
use crate::domain::journal::Seal;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use std::path::Path;

/// A database that is only looked at.
#[derive(Debug)]
pub struct Look {
    conn: SqliteConnection,
    /// The newest migration that it has seen; 0 where it has seen none.
    pub version: i64,
    /// Where it lies.
    pub place: Seal,
}

impl Look {
    /// Looks at the database of a data folder.
    ///
    /// # Errors
    /// [`Error::Newer`]; [`Error::NotOurs`]; [`Error::Folder`]; [`Error::Broken`].
    pub async fn at(folder: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(folder.join("yizhan.db")).read_only(true).busy_timeout(BUSY);
        let mut conn = SqliteConnection::connect_with(&options).await?;
        let version = version_of(&mut conn).await?.unwrap_or(0);
        if version > newest_version() {
            return Err(Error::Newer(folder.to_owned()));
        }
        Ok(Self { conn, version, place: Place::of(folder)?.seal() })
    }

    /// Whether it has the tables that this program knows.
    pub fn is_up_to_date(&self) -> bool {
        self.version == newest_version()
    }

    /// To read from it.
    pub fn reading(&mut self) -> &mut Connection {
        &mut self.conn
    }

    /// Ends the look.
    ///
    /// # Errors
    /// [`Error::Broken`].
    pub async fn close(self) -> Result<()> {
        Ok(self.conn.close().await?)
    }
}
