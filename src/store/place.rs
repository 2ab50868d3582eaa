//! Place: where an open database lies: which file it is, in which folder, on which machine. By it is
//! known that the file was replaced underneath, and that a database has come from elsewhere.

use super::{Error, Result};
use crate::domain::journal::Seal;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Where an open database lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    file: Option<(u64, u64)>,
    seal: Seal,
}

impl Place {
    /// Of the database of a folder, which must be there.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let whole = folder.canonicalize().map_err(|error| Error::Folder(folder.to_owned(), error))?;
        // Linux only; elsewhere, and in most containers, machines are told apart by the path alone.
        let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
        let seal = Seal::of_place(machine.trim(), &whole.to_string_lossy());
        Ok(Self { file: file(folder), seal })
    }

    /// What stands for machine and folder.
    pub(super) fn seal(&self) -> Seal {
        self.seal
    }

    /// Whether the folder's database is still the file that was opened.
    pub(super) fn is_ours(&self, folder: &Path) -> bool {
        self.file.is_some() && file(folder) == self.file
    }
}

fn file(folder: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(folder.join("yizhan.db")).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
