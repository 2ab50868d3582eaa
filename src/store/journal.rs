//! The journal's file, `data/journal`: only ever appended to, and flushed before anybody is answered. One
//! line at a time, under a lock of its own, whichever process writes. Never restored from a backup. Written by
//! actions; what its lines mean is domain's matter.

use super::{Error, Result};
use crate::domain::journal::{Entry, Journal};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Where the journal of a data folder is.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("journal")
}

/// Appends one entry and flushes it to the disk; the journal's length after it. When it fails, the journal is
/// as it was.
///
/// # Errors
/// [`Error::Full`] or [`Error::Journal`].
pub async fn append(folder: &Path, entry: &Entry) -> Result<u64> {
    let (path, line) = (path(folder), entry.line());
    let named = path.clone();
    tokio::task::spawn_blocking(move || append_line(&path, line.as_bytes()))
        .await
        .map_err(|error| Error::Journal(named.clone(), std::io::Error::other(error)))?
        .map_err(|error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full,
            _ => Error::Journal(named, error),
        })
}

fn append_line(path: &Path, line: &[u8]) -> std::io::Result<u64> {
    let new = !path.exists();
    let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)?;
    file.lock()?;
    let end = drop_torn_line(&mut file)?;
    if let Err(error) = file.write_all(line).and_then(|()| file.sync_all()) {
        // What nobody was told of must not stand there as if it were.
        let _ = file.set_len(end);
        return Err(error);
    }
    if new && let Some(folder) = path.parent() {
        // The file's own name must outlive a power cut too.
        File::open(folder)?.sync_all()?;
    }
    Ok(end + line.len() as u64)
}

/// Cuts off what a crash left of a line; the length that remains.
fn drop_torn_line(file: &mut File) -> std::io::Result<u64> {
    let length = file.metadata()?.len();
    let from = length.saturating_sub(4096);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(4096).read_to_end(&mut tail)?;
    let whole = from + tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at as u64 + 1);
    if whole < length {
        file.set_len(whole)?;
    }
    Ok(whole)
}

/// Reads the journal; none when there is none.
///
/// # Errors
/// [`Error::Journal`].
pub fn read(folder: &Path) -> Result<Option<Journal>> {
    let path = path(folder);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(Journal::read(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Journal(path, error)),
    }
}

/// Sets a journal aside that does not belong here; it is kept under `name` in the same folder.
///
/// # Errors
/// [`Error::Journal`].
pub fn set_aside(folder: &Path, name: &str) -> Result<()> {
    let path = path(folder);
    std::fs::rename(&path, folder.join(name)).map_err(|error| Error::Journal(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journal::{Mark, Seal, What};
    use crate::domain::moment::Moment;

    fn mark(number: i64) -> Entry {
        Entry { station: Seal([7; 16]), at: Moment(1), what: What::Mark(Mark { number, boot: 1, given: 0 }) }
    }

    #[tokio::test]
    async fn a_torn_line_makes_room_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        append(folder.path(), &mark(1)).await.unwrap();
        let mut bytes = std::fs::read(path(folder.path())).unwrap();
        let torn = bytes.len() / 2;
        bytes.extend_from_within(..torn);
        std::fs::write(path(folder.path()), &bytes).unwrap();
        assert!(read(folder.path()).unwrap().unwrap().torn);
        let length = append(folder.path(), &mark(2)).await.unwrap();
        let journal = read(folder.path()).unwrap().unwrap();
        assert_eq!((journal.torn, journal.damaged, journal.length), (false, 0, length));
        assert_eq!(journal.mark().map(|mark| mark.number), Some(2));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn lines_of_many_who_write_at_once_stand_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut writers = tokio::task::JoinSet::new();
        for number in 1..=20 {
            let folder = folder.path().to_owned();
            writers.spawn(async move { append(&folder, &mark(number)).await.unwrap() });
        }
        writers.join_all().await;
        let journal = read(folder.path()).unwrap().unwrap();
        assert_eq!((journal.entries.len(), journal.torn, journal.damaged), (20, false, 0));
    }
}
