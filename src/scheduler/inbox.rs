//! Inbox: a folder `data/inbox/SLUG/` for each publication. A file that has stayed as it is for ten seconds
//! becomes an issue and moves to `done/`, or to `refused/` with a sentence beside it. It moves after the commit:
//! a file that is seen again after a crash is the same issue, for the same bytes make one.

use crate::actions::{self, Error};
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::intake::document::{LARGEST, Refusal};
use crate::store::{self, Store};
use chrono_tz::Tz;
use std::collections::{HashMap, HashSet};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long a file must stay as it is: whoever copies it in may not be done.
const QUIET: Duration = Duration::from_secs(10);
/// How often the folders are looked at; a bell does not make it oftener.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The folders of all publications, and what was seen in them.
#[derive(Debug)]
pub struct Inbox {
    store: Store,
    seen: HashMap<PathBuf, Seen>,
    /// Folders that cannot be read.
    closed: HashSet<PathBuf>,
    look_at: Option<Moment>,
}

/// How a file looked, and since when.
#[derive(Clone, Copy, Debug)]
struct Seen {
    look: Look,
    since: Moment,
    /// It could not be read or moved: that has been said, and it is left alone until it changes.
    stuck: bool,
}

/// What tells a file that is being written from one that is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    size: u64,
    changed: Option<SystemTime>,
}

/// What became of a file that was taken up.
enum Became {
    /// It is an issue, now or before.
    Issue,
    /// It cannot be one; the sentence says why.
    Refused(String),
}

impl Inbox {
    /// The inbox of a data folder.
    pub fn of(store: &Store) -> Self {
        Self { store: store.clone(), seen: HashMap::new(), closed: HashSet::new(), look_at: None }
    }

    /// Takes in every file that has stayed as it is. Returns when to look again.
    ///
    /// # Errors
    /// Those of the database. What is wrong with a file or a folder is said in the log.
    pub async fn look(&mut self, now: Moment) -> actions::Result<Moment> {
        // A clock that was set back must not keep the folders shut.
        if let Some(at) = self.look_at.filter(|at| now < *at && *at <= now + LOOK_EVERY) {
            return Ok(at);
        }
        let publications = store::publication::all(&mut *self.store.read().await?).await?;
        let mut before = std::mem::take(&mut self.seen);
        for profile in publications.into_iter().map(|publication| publication.profile) {
            let folder = self.store.folder().join("inbox").join(profile.slug.as_str());
            for (path, look) in self.files(folder, &profile) {
                let seen = before.remove(&path).filter(|seen| seen.look == look && seen.since <= now);
                self.take_up(&profile, path, seen.unwrap_or(Seen { look, since: now, stuck: false }), now).await?;
            }
        }
        let again = now + LOOK_EVERY;
        self.look_at = Some(again);
        Ok(again)
    }

    /// The files of a folder; where it cannot be read, none, and that is said once.
    fn files(&mut self, folder: PathBuf, profile: &Profile) -> Vec<(PathBuf, Look)> {
        match files(&folder) {
            Ok(files) => {
                self.closed.remove(&folder);
                files
            }
            Err(error) => {
                if self.closed.insert(folder) {
                    complain(profile, &error);
                }
                Vec::new()
            }
        }
    }

    /// Takes in one file and puts it away, if its time has come; otherwise keeps what was seen of it.
    async fn take_up(&mut self, profile: &Profile, path: PathBuf, seen: Seen, now: Moment) -> actions::Result<()> {
        if seen.stuck || now.since(seen.since) < QUIET {
            self.seen.insert(path, seen);
            return Ok(());
        }
        let became = match read(&path, seen.look) {
            Ok(Some(bytes)) => self.receive(profile, &path, &bytes, now).await?,
            Ok(None) => Became::Refused(Refusal::TooLarge.sentence(profile.language)),
            Err(error) => {
                self.leave(profile, path, seen, &error);
                return Ok(());
            }
        };
        // Where somebody wrote on while it was read, what they wrote is looked at anew.
        if fs::symlink_metadata(&path).is_ok_and(|found| Look::of(&found) == seen.look)
            && let Err(error) = put_away(&path, &became, now, profile.zone)
        {
            self.leave(profile, path, seen, &error);
        }
        Ok(())
    }

    async fn receive(&self, profile: &Profile, path: &Path, bytes: &[u8], now: Moment) -> actions::Result<Became> {
        match actions::document::receive(&self.store, now, &profile.slug, &name_of(path), bytes).await {
            Ok((taken, edition)) => {
                let (issue, known, submitted) = (taken.issue.0, taken.known, edition.is_some());
                tracing::info!(publication = %profile.slug, issue, known, submitted, "a file of the inbox is an issue");
                Ok(Became::Issue)
            }
            Err(Error::Store(error)) => Err(error.into()),
            Err(Error::Document(refusal)) => Ok(Became::Refused(refusal.sentence(profile.language))),
            Err(other) => Ok(Became::Refused(other.to_string())),
        }
    }

    fn leave(&mut self, profile: &Profile, path: PathBuf, seen: Seen, error: &io::Error) {
        complain(profile, error);
        self.seen.insert(path, Seen { stuck: true, ..seen });
    }
}

/// Says what is wrong with a folder or a file, without its name: that may be a person's.
fn complain(profile: &Profile, error: &io::Error) {
    tracing::warn!(publication = %profile.slug, "something in the inbox cannot be read or moved: {error}");
}

impl Look {
    fn of(found: &fs::Metadata) -> Self {
        Self { size: found.len(), changed: found.modified().ok() }
    }
}

/// The files of a folder that are brought to be taken in. Makes the folder where it is missing.
fn files(folder: &Path) -> io::Result<Vec<(PathBuf, Look)>> {
    fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // One that is gone by now was not meant for us.
        let Ok(found) = entry.metadata() else { continue };
        if found.is_file() && is_meant(&entry) {
            files.push((entry.path(), Look::of(&found)));
        }
    }
    // Which of two comes first must not depend on the disk.
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}

/// Whether a file is meant to be taken in: not one that a word processor keeps beside an open document
/// (`~$…`), nor a hidden one.
fn is_meant(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    !name.starts_with("~$") && !name.starts_with('.')
}

/// The bytes of a file; none where it is too large to be looked at.
fn read(path: &Path, look: Look) -> io::Result<Option<Vec<u8>>> {
    if look.size > LARGEST as u64 { Ok(None) } else { fs::read(path).map(Some) }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Moves a file to where it belongs, under a name of its own; beside a refused one lies the sentence.
fn put_away(path: &Path, became: &Became, now: Moment, zone: Tz) -> io::Result<()> {
    let folder = path.with_file_name(match became {
        Became::Issue => "done",
        Became::Refused(_) => "refused",
    });
    fs::create_dir_all(&folder)?;
    let place = free_place(&folder, path, now, zone);
    if let Became::Refused(sentence) = became {
        fs::write(sentence_beside(&place), format!("{sentence}\n"))?;
    }
    fs::rename(path, place)
}

fn sentence_beside(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".txt");
    place.with_file_name(name)
}

/// A place in a folder where nothing lies: under the file's own name, otherwise with the time in it, and with a
/// number too where two came within a second.
fn free_place(folder: &Path, path: &Path, now: Moment, zone: Tz) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    // A colon is no letter of a file's name on every system.
    let time = now.rfc3339_in(zone)[..19].replace(':', "-");
    let own = std::iter::once(folder.join(path.file_name().unwrap_or_default()));
    let timed = std::iter::once(folder.join(format!("{stem}.{time}{extension}")));
    let counted = (2_u32..).map(|nth| folder.join(format!("{stem}.{time}-{nth}{extension}")));
    let free = |place: &PathBuf| !place.exists() && !sentence_beside(place).exists();
    own.chain(timed).chain(counted).find(free).expect("numbers do not end before names do")
}
