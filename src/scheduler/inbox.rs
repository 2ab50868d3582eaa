//! Inbox: a folder `INBOX/SLUG/` for each publication. A file that has stayed as it is for ten seconds
//! becomes an issue and moves to `done/`, or to `refused/` with a sentence beside it. It moves after the commit:
//! a file that is seen again after a crash is the same issue, for the same bytes make one. What is wrong with a
//! file is said of that file, and never ends the station.

mod folder;

use crate::actions::{self, Error};
use crate::domain::moment::Moment;
use crate::domain::publication::Profile;
use crate::intake::document::Refusal;
use crate::store::{self, Store};
use folder::{Folder, Found, Look};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// How long a file must stay as it is: whoever copies it in may not be done.
const QUIET: Duration = Duration::from_secs(10);
/// How often the folders are looked at; a bell does not make it oftener.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often a file is tried again that could not be read or moved: its folder may have been mended meanwhile.
const TRY_EVERY: Duration = Duration::from_secs(60);

/// The folders of all publications, and what was seen in them.
#[derive(Debug)]
pub struct Inbox {
    store: Store,
    inbox: PathBuf,
    seen: HashMap<PathBuf, Seen>,
    /// Folders that cannot be read, or are nobody's. That has been said.
    closed: HashSet<PathBuf>,
    look_at: Option<Moment>,
}

/// How a file looked, and since when.
#[derive(Clone, Copy, Debug)]
struct Seen {
    look: Look,
    since: Moment,
    /// When it could not be read or moved. That has been said, and is not said again until it changes.
    stuck: Option<Moment>,
}

/// A file that somebody brought.
struct Brought<'a> {
    profile: &'a Profile,
    folder: &'a Folder,
    path: PathBuf,
}

/// What became of a file that was taken up.
enum Became {
    /// It is an issue, now or before.
    Issue,
    /// It cannot be one; the sentence says why.
    Refused(String),
}

impl Inbox {
    /// The inbox in this folder.
    pub fn of(store: &Store, inbox: PathBuf) -> Self {
        Self { store: store.clone(), inbox, seen: HashMap::new(), closed: HashSet::new(), look_at: None }
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
        let known: Vec<String> = publications.iter().map(|one| one.profile.slug.to_string()).collect();
        for profile in publications.into_iter().map(|publication| publication.profile) {
            let at = self.inbox.join(profile.slug.as_str());
            let Some((folder, files)) = self.open(&at, &profile) else { continue };
            for (name, look) in files {
                let brought = Brought { profile: &profile, folder: &folder, path: at.join(name) };
                let seen = before.remove(&brought.path).filter(|seen| seen.look == look && seen.since <= now);
                self.take_up(brought, seen.unwrap_or(Seen { look, since: now, stuck: None }), now).await?;
            }
        }
        self.say_strangers(&known);
        let again = now + LOOK_EVERY;
        self.look_at = Some(again);
        Ok(again)
    }

    /// Says once of each folder that no publication looks into: whoever mistyped its name waits for ever.
    fn say_strangers(&mut self, known: &[String]) {
        for name in folder::strangers(&self.inbox, known) {
            let at = self.inbox.join(&name);
            if self.closed.insert(at) {
                let known = known.join(", ");
                tracing::warn!(folder = ?name, "nothing is taken from a folder of the inbox that is no publication's; there are {known}");
            }
        }
    }

    /// A folder and its files; none where it cannot be read, which is said once.
    fn open(&mut self, at: &PathBuf, profile: &Profile) -> Option<(Folder, Vec<(std::ffi::OsString, Look)>)> {
        let opened = Folder::open(&self.inbox, profile.slug.as_str()).and_then(|folder| {
            let files = folder.files()?;
            Ok((folder, files))
        });
        match opened {
            Ok(opened) => {
                self.closed.remove(at);
                Some(opened)
            }
            Err(error) => {
                if self.closed.insert(at.clone()) {
                    complain(profile, &error);
                }
                None
            }
        }
    }

    /// Takes in one file and puts it away, if its time has come; otherwise keeps what was seen of it.
    async fn take_up(&mut self, brought: Brought<'_>, seen: Seen, now: Moment) -> actions::Result<()> {
        if now.since(seen.since) < QUIET || seen.stuck.is_some_and(|at| at <= now && now.since(at) < TRY_EVERY) {
            self.seen.insert(brought.path, seen);
            return Ok(());
        }
        let (folder, name) = (brought.folder, brought.name());
        let became = match folder.read(name, seen.look) {
            Ok(Found::Whole(bytes)) => self.receive(&brought, &bytes, now).await?,
            Ok(Found::TooLarge) => Became::Refused(Refusal::TooLarge.sentence(brought.profile.language)),
            // Somebody writes: it is looked at anew.
            Ok(Found::Moving) => return Ok(()),
            Err(error) => {
                self.leave(brought, seen, now, &error);
                return Ok(());
            }
        };
        let time = now.rfc3339_in(brought.profile.zone)[..19].replace(':', "-"); // no letter of a name everywhere
        // Where somebody wrote on since it was read, what they wrote is looked at anew.
        if !folder.look(name).is_ok_and(|look| look == seen.look) {
            return Ok(());
        }
        match folder.put_away(name, &became, &time) {
            Err(error) => self.leave(brought, seen, now, &error),
            Ok(()) if matches!(became, Became::Refused(_)) => {
                let publication = &brought.profile.slug;
                tracing::warn!(%publication, "a file of the inbox was refused; it lies in refused/, beside it why");
            }
            Ok(()) => {}
        }
        Ok(())
    }

    async fn receive(&self, brought: &Brought<'_>, bytes: &[u8], now: Moment) -> actions::Result<Became> {
        let (profile, name) = (brought.profile, brought.name().to_string_lossy());
        match actions::document::receive(&self.store, now, &profile.slug, &name, bytes).await {
            Ok((taken, edition)) => {
                let (issue, known, submitted) = (taken.issue.0, taken.known, edition.is_some());
                tracing::info!(publication = %profile.slug, issue, known, submitted, "a file of the inbox is an issue");
                Ok(Became::Issue)
            }
            Err(Error::Store(store::Error::Constraint(rule))) => {
                tracing::warn!(publication = %profile.slug, "a file of the inbox breaks a rule of the database: {rule}");
                Ok(Became::Refused(Refusal::Unlawful.sentence(profile.language)))
            }
            Err(Error::Store(error)) => Err(error.into()),
            Err(Error::Document(refusal)) => Ok(Became::Refused(refusal.sentence(profile.language))),
            Err(Error::Refused(sentence)) => Ok(Became::Refused(sentence.spoken(profile.language).to_owned())),
            Err(other) => Ok(Became::Refused(other.to_string())),
        }
    }

    fn leave(&mut self, brought: Brought<'_>, seen: Seen, now: Moment, error: &io::Error) {
        if seen.stuck.is_none() {
            complain(brought.profile, error);
        }
        self.seen.insert(brought.path, Seen { stuck: Some(now), ..seen });
    }
}

impl Brought<'_> {
    fn name(&self) -> &std::ffi::OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

/// Says what is wrong with a folder or a file, without its name: that may be a person's.
fn complain(profile: &Profile, error: &io::Error) {
    tracing::warn!(publication = %profile.slug, "something in the inbox cannot be read or moved: {error}");
}
