//! The database, its journal, whether it may send, and the clock by which both were written.

use super::Finding;
use crate::clock::Clock;
use crate::domain::journal::{Doubt, Journal, Known, Seal};
use crate::domain::moment::Moment;
use crate::domain::publication::Publication;
use crate::store::station::Memory;
use crate::store::{self, Look};
use chrono_tz::Tz;
use std::path::Path;
use std::time::Duration;

/// A log larger than this means that something reads without end, or that nobody folds it in.
const LARGE_LOG: u64 = 256 * 1024 * 1024;

/// A clock that stands back further than this was set back.
const CLOCK_SLACK: Duration = Duration::from_secs(60);

/// A backup older than this is worth a word.
const BACKUP_EVERY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Adds what it finds; returns the publications, where they can be told. Times are told in the first one's zone, or
/// in `zone`.
pub(super) async fn look(
    folder: &Path,
    (clock, zone): (&Clock, Tz),
    findings: &mut Vec<Finding>,
) -> Option<Vec<Publication>> {
    if !folder.join("yizhan.db").exists() {
        findings.push(Finding::look("database", "there is none yet", "the first other command makes it"));
        return Some(Vec::new());
    }
    match look_into(folder, (clock, zone), findings).await {
        Ok(publications) => publications,
        Err(error) => {
            let next = match error {
                store::Error::Newer(_) => "",
                _ => "if it goes on, `yizhan restore FILE` brings a backup back and keeps this one",
            };
            findings.push(Finding::mend("database", error.to_string(), next));
            None
        }
    }
}

async fn look_into(
    folder: &Path,
    times: (&Clock, Tz),
    findings: &mut Vec<Finding>,
) -> store::Result<Option<Vec<Publication>>> {
    let mut look = Look::at(folder).await?;
    let flaws = store::gauge::flaws(look.reading()).await?;
    findings.push(pages(folder, look.version, flaws));
    let publications = if look.is_up_to_date() {
        Some(look_around(&mut look, folder, times, findings).await?)
    } else {
        findings.push(outdated(look.version));
        None
    };
    look.close().await?;
    Ok(publications)
}

/// What the tables say, which must be those of this version.
async fn look_around(
    look: &mut Look,
    folder: &Path,
    (clock, zone): (&Clock, Tz),
    findings: &mut Vec<Finding>,
) -> store::Result<Vec<Publication>> {
    let (place, reading) = (look.place, look.reading());
    let journal = store::journal::read(folder)?;
    let noted = store::gauge::last_noted(reading).await?;
    let publications = store::publication::all(reading).await?;
    let zone = publications.first().map_or(zone, |publication| publication.profile.zone);
    findings.push(hour((clock.now(), zone), noted, journal.as_ref()));
    let keyring = store::station::keyring(reading).await?;
    let memory = store::station::memory(reading).await?;
    if let (Some(keyring), Some(memory)) = (keyring, memory) {
        let doubt = doubt(&memory, journal.as_ref(), Seal::of_station(&keyring), place);
        findings.push(right_to_send(memory.held.as_deref(), doubt));
        findings.push(journal_file(journal.as_ref(), &memory, folder));
        findings.push(backup(memory.backup_at, (clock.now(), zone)));
    }
    Ok(publications)
}

fn outdated(version: i64) -> Finding {
    Finding::look(
        "version",
        format!(
            "the database is of version {version}, this program of version {}; clock, right to send, journal, backup and \
             DNS are looked at once it is brought up to date",
            store::newest_version()
        ),
        "make a backup with the program that ran before; the start of the service, or any other command, brings it up to date",
    )
}

fn pages(folder: &Path, version: i64, flaws: Vec<String>) -> Finding {
    if let Some(flaw) = flaws.first() {
        let next = "stop the service and bring a backup back: `yizhan restore FILE`";
        return Finding::mend("database", format!("it is damaged: {}", flaw.replace('\n', " ")), next);
    }
    let size = |name: &str| std::fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len());
    let (database, log) = (size("yizhan.db"), size("yizhan.db-wal"));
    let megabytes = |bytes: u64| bytes.div_ceil(1024 * 1024);
    let says = format!("sound, version {version}, {} MB and {} MB of log", megabytes(database), megabytes(log));
    if log > LARGE_LOG {
        return Finding::look(
            "database",
            says,
            "restart the service when nothing goes out, so that the log is folded in",
        );
    }
    Finding::well("database", says)
}

fn hour((now, zone): (Moment, Tz), noted: Option<Moment>, journal: Option<&Journal>) -> Finding {
    let written = journal.and_then(|journal| journal.entries.last()).map(|(_, entry)| entry.at);
    let says = told(now, zone);
    match noted.into_iter().chain(written).max() {
        Some(last) if last.since(now) > CLOCK_SLACK => Finding::mend(
            "clock",
            format!("{says}, but something was written at {}", told(last, zone)),
            "set the clock right (NTP): letters that were put off wait for an hour that seems far",
        ),
        Some(_) | None => Finding::well("clock", says),
    }
}

/// `2026-11-27 12:00:00 (Asia/Shanghai)`
fn told(at: Moment, zone: Tz) -> String {
    format!("{} ({zone})", at.rfc3339_in(zone)[..19].replace('T', " "))
}

fn doubt(memory: &Memory, journal: Option<&Journal>, station: Seal, here: Seal) -> Option<Doubt> {
    let Memory { mark, heard, place, .. } = *memory;
    Doubt::about(&Known { station, mark, heard, place }, journal, here)
}

fn right_to_send(held: Option<&str>, doubt: Option<Doubt>) -> Finding {
    match held.or(doubt.map(Doubt::words)) {
        Some(why) => Finding::mend(
            "right to send",
            format!("held: {why}"),
            "`yizhan restore --release` shows what is in doubt and lets it send again",
        ),
        None => Finding::well("right to send", "not held"),
    }
}

fn journal_file(journal: Option<&Journal>, memory: &Memory, folder: &Path) -> Finding {
    let Some(journal) = journal else {
        if memory.heard.is_none() && memory.held.is_none() {
            return Finding::well("journal", "nothing was mailed and nobody left yet");
        }
        let path = store::journal::path(folder);
        let next = format!("put the newest journal there is at {}, then `yizhan restore --release`", path.display());
        return Finding::mend("journal", "it is not beside the database, so who left is not known for certain", next);
    };
    let says = format!("{} lines, mark {}", journal.entries.len(), journal.mark().map_or(0, |mark| mark.number));
    if journal.damaged > 0 {
        let next = "the database still knows who left; keep a copy of both, and make no older backup the present one";
        return Finding::mend("journal", format!("{says}; {} lines are damaged", journal.damaged), next);
    }
    Finding::well("journal", says)
}

fn backup(at: Option<Moment>, (now, zone): (Moment, Tz)) -> Finding {
    let next = "`yizhan backup FILE`, then copy FILE and data/journal to another machine";
    match at {
        None => Finding::look("backup", "there was none yet", next),
        Some(at) if now.since(at) > BACKUP_EVERY => {
            Finding::look("backup", format!("the last was made {} days ago", now.since(at).as_secs() / 86_400), next)
        }
        Some(at) => Finding::well("backup", format!("the last was made at {}", told(at, zone))),
    }
}
