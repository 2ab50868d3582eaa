//! Folder: the letters that the built-in mailbox keeps, one file `NNNNNN.eml` each, written whole. The
//! folder may hold very many, so only names are listed; a letter is read when it is shown.

use crate::intake::letter::{self, ReceivedLetter};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The numbers of all letters, the newest first; none where the folder is not there yet.
///
/// # Errors
/// When the folder cannot be read.
pub(super) async fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let folder = folder.to_owned();
    aside(move || list(&folder)).await
}

/// These letters, in the same order; those that are gone are left out.
///
/// # Errors
/// When one cannot be read.
pub(super) async fn letters(folder: &Path, numbers: Vec<u64>) -> io::Result<Vec<(u64, ReceivedLetter)>> {
    let folder = folder.to_owned();
    aside(move || {
        let found = numbers.into_iter().map(|number| Ok(open(&folder, number)?.map(|letter| (number, letter))));
        found.filter_map(Result::transpose).collect()
    })
    .await
}

/// One letter; none when there is no such number.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn letter(folder: &Path, number: u64) -> io::Result<Option<ReceivedLetter>> {
    let folder = folder.to_owned();
    aside(move || open(&folder, number)).await
}

/// Whether there is a letter of this number.
pub(super) fn has(folder: &Path, number: u64) -> bool {
    file(folder, number).is_file()
}

fn list(folder: &Path) -> io::Result<Vec<u64>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(".eml"));
        numbers.extend(stem.and_then(|stem| stem.parse::<u64>().ok()));
    }
    numbers.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
    Ok(numbers)
}

/// A letter that cannot be taken apart still has its source.
fn open(folder: &Path, number: u64) -> io::Result<Option<ReceivedLetter>> {
    let bytes = match std::fs::read(file(folder, number)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let source = || String::from_utf8_lossy(&bytes).into_owned();
    Ok(Some(letter::read(&bytes).unwrap_or_else(|| ReceivedLetter { source: source(), ..ReceivedLetter::default() })))
}

fn file(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:06}.eml"))
}

/// Reads files where waiting for the disk holds up no other page.
async fn aside<T: Send + 'static>(read: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
