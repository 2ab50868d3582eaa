//! Folder: where the mailbox keeps its letters, one file each, numbered in the order of their
//! arrival. A file appears under its name only when it is whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder of numbered letters.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    next: AtomicU64,
}

impl Folder {
    /// Opens the folder, making it when it is not there, and goes on after its highest number.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let mut highest = 0;
        for entry in fs::read_dir(path)? {
            highest = highest.max(number_of(&entry?.path()).unwrap_or(0));
        }
        Ok(Self { path: path.to_owned(), next: AtomicU64::new(highest + 1) })
    }

    /// Keeps a letter and gives its name: its number, six digits or more.
    ///
    /// # Errors
    /// When it cannot be written; its number is then left out.
    pub(super) fn keep(&self, letter: &[u8]) -> io::Result<String> {
        let name = format!("{:06}", self.next.fetch_add(1, Ordering::Relaxed));
        let unfinished = self.path.join(format!("{name}.part"));
        let written = fs::write(&unfinished, letter)
            .and_then(|()| fs::rename(&unfinished, self.path.join(format!("{name}.eml"))));
        if written.is_err() {
            // Best effort: on a full disk the half letter should not stay.
            let _ = fs::remove_file(&unfinished);
        }
        written.map(|()| name)
    }
}

/// The number of a letter's file, finished or not.
fn number_of(file: &Path) -> Option<u64> {
    let known = file.extension().is_some_and(|end| end == "eml" || end == "part");
    file.file_stem()?.to_str()?.parse().ok().filter(|_| known)
}
