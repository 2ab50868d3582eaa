//! Folder: one publication's part of the inbox, held open. Everything is reached from the open folder and by names
//! that are no links, so that whoever may write into it leads this process nowhere else. What it makes is as open
//! as the folder it lies in.

use super::Became;
use crate::intake::document::LARGEST;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::fs::{fchmod, fstat, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// One publication's part of the inbox.
pub(super) struct Folder(OwnedFd);

/// What tells a file that is being written from one that is not. By the last of them a file is looked at anew whose
/// owner or permissions were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    size: i64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// What is found when a file is read.
pub(super) enum Found {
    /// All of it.
    Whole(Vec<u8>),
    /// More than may be read.
    TooLarge,
    /// It is not as it looked before, or was written to while it was read.
    Moving,
}

impl Folder {
    /// The folder of this name in the inbox; both are made where they are missing.
    pub(super) fn open(inbox: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(inbox)?;
        // The inbox itself is named by the settings, and may be a link.
        let inbox = openat(CWD, inbox, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Self(inbox).within(name)
    }

    /// The files in it that are brought to be taken in, in the order of their names.
    pub(super) fn files(&self) -> io::Result<Vec<(OsString, Look)>> {
        let mut files = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            // One that is gone by now was not meant for us.
            let Ok(found) = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) else { continue };
            if is_file(&found) && is_meant(name) {
                files.push((name.to_owned(), Look::of(&found)));
            }
        }
        // Which of two comes first must not depend on the disk.
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(files)
    }

    /// How a file looks now.
    pub(super) fn look(&self, name: &OsStr) -> io::Result<Look> {
        Ok(Look::of(&statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// Reads a file that must look like this before and after.
    pub(super) fn read(&self, name: &OsStr, look: Look) -> io::Result<Found> {
        if usize::try_from(look.size).is_ok_and(|size| size > LARGEST) {
            return Ok(Found::TooLarge);
        }
        // Whoever puts a pipe in its place must not keep us waiting.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(&self.0, name, flags, Mode::empty())?);
        let is_as_it_was = |file: &File| fstat(file).map(|found| is_file(&found) && Look::of(&found) == look);
        if !is_as_it_was(&file)? {
            return Ok(Found::Moving);
        }
        let mut bytes = Vec::new();
        (&file).take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(if is_as_it_was(&file)? { Found::Whole(bytes) } else { Found::Moving })
    }

    /// Moves a file to where it belongs, under a name of its own; beside a refused one lies the sentence.
    pub(super) fn put_away(&self, name: &OsStr, became: &Became, time: &str) -> io::Result<()> {
        let (room, sentence) = match became {
            Became::Issue => ("done", None),
            Became::Refused(sentence) => ("refused", Some(sentence)),
        };
        let room = self.within(room)?;
        let place = room.free_place(name, time);
        if let Some(sentence) = sentence {
            room.write(&beside(&place), sentence)?;
        }
        let moved = renameat(&self.0, name, &room.0, &place);
        if moved.is_err() && sentence.is_some() {
            // It is tried again, and each try would leave another.
            let _ = unlinkat(&room.0, beside(&place), AtFlags::empty());
        }
        Ok(moved?)
    }

    /// A folder in this one.
    fn within(&self, name: &str) -> io::Result<Self> {
        let open = || openat(&self.0, name, OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
        match mkdirat(&self.0, name, Mode::RWXU) {
            Ok(()) => {
                let made = open()?;
                fchmod(&made, Mode::from_raw_mode(fstat(&self.0)?.st_mode))?;
                Ok(Self(made))
            }
            Err(Errno::EXIST) => Ok(Self(open()?)),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, name: &OsStr, sentence: &str) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut file = File::from(openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?);
        let open = Mode::from_raw_mode(fstat(&self.0)?.st_mode);
        fchmod(&file, open & (Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP | Mode::ROTH))?;
        file.write_all(format!("{sentence}\n").as_bytes())
    }

    /// A name under which nothing lies here: the file's own, otherwise with the time in it, and with a number too
    /// where two came within a second.
    fn free_place(&self, name: &OsStr, time: &str) -> OsString {
        let whole = Path::new(name);
        let stem = whole.file_stem().unwrap_or_default().to_string_lossy();
        let ending = whole.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
        let timed = std::iter::once(OsString::from(format!("{stem}.{time}{ending}")));
        let counted = (2_u32..).map(|nth| OsString::from(format!("{stem}.{time}-{nth}{ending}")));
        let free = |place: &OsString| self.look(place).is_err() && self.look(&beside(place)).is_err();
        std::iter::once(name.to_owned())
            .chain(timed)
            .chain(counted)
            .find(free)
            .expect("numbers do not end before names do")
    }
}

impl Look {
    fn of(found: &Stat) -> Self {
        let written = (found.st_mtime, found.st_mtime_nsec as i64);
        Self { size: found.st_size, written, changed: (found.st_ctime, found.st_ctime_nsec as i64) }
    }
}

fn is_file(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
}

/// Whether a file is meant to be taken in: not one that a word processor keeps beside an open document
/// (`~$…`), nor a hidden one.
fn is_meant(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with("~$") && !name.starts_with('.')
}

/// Folders of the inbox that are none of these; none where it cannot be read, which is said of its folders.
pub(super) fn strangers(inbox: &Path, known: &[String]) -> Vec<OsString> {
    let entries = fs::read_dir(inbox).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let names = folders.map(|entry| entry.file_name());
    names.filter(|name| is_meant(name) && !known.iter().any(|one| name == one.as_str())).collect()
}

/// The name of the sentence that lies beside a refused file.
fn beside(place: &OsStr) -> OsString {
    let mut name = place.to_owned();
    name.push(".txt");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_a_mistyped_name_is_nobodys() {
        let inbox = tempfile::tempdir().unwrap();
        for name in ["notes", "nots", ".hidden"] {
            fs::create_dir(inbox.path().join(name)).unwrap();
        }
        fs::write(inbox.path().join("a file"), "").unwrap();
        assert_eq!(strangers(inbox.path(), &["notes".into()]), ["nots"]);
        assert_eq!(strangers(&inbox.path().join("none"), &[]), Vec::<OsString>::new());
    }
}
