//! The fence: the right to send, as a lock on `data/lock` that the operating system frees when its
//! holder dies, however it dies. Only its holder raises the epoch, recovers, claims, arms, records.

use super::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The right to send from one data folder; given up when dropped.
#[derive(Debug)]
pub struct Fence {
    _lock: File,
}

impl Fence {
    /// Takes the fence if nobody holds it.
    ///
    /// # Errors
    /// [`Error::Folder`] when the lock file cannot be made.
    pub fn try_take(folder: &Path) -> Result<Option<Self>> {
        let file = open(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _lock: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::Folder(folder.to_owned(), error)),
        }
    }

    /// Takes the fence, looking again a few times: two commands that find a fresh folder both want
    /// to migrate, and the loser need only let the winner finish.
    pub(super) fn wait_briefly(folder: &Path) -> Result<Option<Self>> {
        for _ in 0..50 {
            if let Some(fence) = Self::try_take(folder)? {
                return Ok(Some(fence));
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "another process is waited for, and no clock of ours rules it"
            )]
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Ok(None)
    }
}

fn open(folder: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(|error| Error::Folder(folder.to_owned(), error))
}
