//! A backup made, a backup brought back, and the station released to send again. What a backup does not know
//! of may have gone out since, so bringing one back holds the station and puts what is open in doubt.

use super::journal::{Beside, Reapplied, mark};
use super::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::id::DispatchId;
use crate::domain::journal::{Doubt, Gap, Mark, Seal};
use crate::domain::moment::Moment;
use crate::store::backup::Contents;
use crate::store::delivery::Doubted;
use crate::store::{self, Fence, Store};
use std::path::Path;

/// Writes the database into a new file, while the station works, and looks the file through.
///
/// # Errors
/// [`Error::Refused`] when the file is there already; [`Error::Store`], and there is then no such file.
pub async fn backup(store: &Store, actor: Actor, now: Moment, file: &Path) -> Result<Contents> {
    if file.exists() {
        let file = file.display();
        return Err(Error::refused(
            format!("{file} is there already, and a backup overwrites nothing; name another file"),
            format!("{file} 已经存在，备份不会覆盖任何文件；请换一个文件名。"),
        ));
    }
    let contents = store::backup::write(store, file).await?;
    let mut writing = store.write(actor, now).await?;
    store::station::backed_up(&mut writing).await?;
    store::audit::note(&mut writing, "back up", "station", None, Some(format!("{} bytes", contents.bytes))).await?;
    writing.commit().await?;
    Ok(contents)
}

/// What bringing a backup back did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What came in.
    pub contents: Contents,
    /// The file in the data folder that the database before is kept in.
    pub aside: Option<String>,
    /// Who had left since.
    pub reapplied: Reapplied,
    /// What of that is not known.
    pub gap: Option<Gap>,
    /// What is in doubt now.
    pub doubted: Doubted,
    /// Why nothing is sent.
    pub held: String,
    /// Tokens that were ended.
    pub tokens: u64,
}

/// Puts a backup in the place of the data folder's database, which is set aside. Re-applies the journal and
/// holds the station. Every way in that the backup knew ends, for it may have been ended since: sessions, invitations,
/// tokens, links to choose a password.
///
/// # Errors
/// [`Error::Refused`] while a process sends; [`Error::Store`]. The database is then as it was.
pub async fn restore(folder: &Path, actor: Actor, now: Moment, file: &Path) -> Result<Restored> {
    store::make_folder(folder)?;
    let Some(fence) = Fence::try_take(folder)? else {
        let folder = folder.display();
        return Err(Error::refused(
            format!("another yizhan is sending from {folder}; stop it, then restore"),
            format!("另一个驿站程序正从 {folder} 寄信；请先停下它，再恢复备份。"),
        ));
    };
    let stamp = now.utc().format("%Y%m%dT%H%M%S%.3fZ").to_string();
    let (contents, aside) = store::backup::bring_in(folder, file, &fence, &stamp).await?;
    let store = Store::open_fenced(folder, &fence).await?;
    let beside = Beside::look(&store).await?;
    let held = why_held(&beside, now, &store);
    let mut writing = store.write(actor, now).await?;
    let reapplied = beside.reapply(&mut writing, 0).await?;
    let doubted = beside.hold(&mut writing, &held, true).await?;
    let tokens = store::session::end_every_way_in(&mut writing).await?;
    writing.commit().await?;
    store.close().await;
    Ok(Restored { contents, aside, reapplied, gap: beside.gap(), doubted, held, tokens })
}

fn why_held(beside: &Beside, now: Moment, store: &Store) -> String {
    let at = now.utc().format("%Y-%m-%d %H:%M UTC");
    let foreign = match beside.doubt(store.place()) {
        Some(doubt @ Doubt::Foreign) => format!("; {}, so who left since is not known", doubt.words()),
        Some(Doubt::Older | Doubt::Alone | Doubt::Elsewhere) | None => String::new(),
    };
    format!(
        "the database was restored from a backup at {at}, and letters may have gone out that it does not know of{foreign}"
    )
}

/// What a person should know when the station is let go.
#[derive(Clone, Debug, Default)]
pub struct Released {
    /// Why it was held; none where it was not.
    pub why: Option<String>,
    /// Letters that are uncertain and not settled, by dispatch; trials have none.
    pub uncertain: Vec<(Option<DispatchId>, i64)>,
    /// Departures by the journal's word.
    pub departures: i64,
    /// What of them is not known.
    pub gap: Option<Gap>,
    /// Dispatches that were called off when it was held.
    pub called_off: Vec<DispatchId>,
    /// What was set aside because it was another station's journal.
    pub journal_aside: Option<String>,
}

/// Lets a held station send again, from this place. Its mark and epoch are from then on those of its journal;
/// another station's journal is set aside.
///
/// # Errors
/// [`Error::Store`]; [`Error::Refused`] while another process sends.
pub async fn release(store: &Store, actor: Actor, now: Moment) -> Result<Released> {
    let Some(_fence) = Fence::try_take(store.folder())? else {
        return Err(Error::refused(
            "another yizhan is sending from this data folder, so nothing is held here",
            "另一个驿站程序正用这个数据目录寄信，说明并没有暂停；不需要放行。",
        ));
    };
    let beside = Beside::look(store).await?;
    let doubt = beside.doubt(store.place());
    // A station that would be held at its next start is put in doubt first, so that nothing escapes the count.
    let Some(why) = beside.memory.held.clone().or_else(|| doubt.map(|doubt| doubt.words().to_owned())) else {
        return Ok(Released::default());
    };
    let mut writing = store.write(actor, now).await?;
    beside.reapply(&mut writing, 0).await?;
    if let Some(doubt) = doubt.filter(|_| beside.memory.held.is_none()) {
        beside.hold(&mut writing, &why, doubt.is_of_letters()).await?;
    }
    let journal_aside = match doubt {
        Some(Doubt::Foreign) => Some(format!("journal.{}", now.utc().format("%Y%m%dT%H%M%S%.3fZ"))),
        Some(Doubt::Older | Doubt::Alone | Doubt::Elsewhere) | None => None,
    };
    if let Some(name) = &journal_aside {
        store::journal::set_aside(store.folder(), name)?;
    }
    let kept = beside.journal.as_ref().filter(|_| journal_aside.is_none());
    store::station::heard(&mut writing, kept.map_or(0, |journal| journal.length)).await?;
    let reached = reached(&beside, journal_aside.is_some());
    store::station::release(&mut writing, reached).await?;
    store::station::settle(&mut writing, store.place()).await?;
    store::audit::note(&mut writing, "release", "station", None, Some(why.clone())).await?;
    let uncertain = store::delivery::unsettled(&mut writing).await?;
    let called_off = store::delivery::called_off(&mut writing, &why).await?;
    let departures = store::departure::count(&mut writing).await?;
    // The journal first: a database that was released is not older than a journal that says so.
    mark(store, &beside.keyring, now, reached).await?;
    writing.commit().await?;
    Ok(Released { why: Some(why), uncertain, departures, gap: beside.gap(), called_off, journal_aside })
}

/// How far sending has come, by the database and by its journal.
fn reached(beside: &Beside, foreign: bool) -> Mark {
    let (number, boot, given) = (beside.memory.mark, beside.memory.boot, beside.memory.given);
    let own = Mark { number, boot, given };
    let Some(journal) = beside.journal.as_ref().filter(|_| !foreign) else { return own };
    let told = journal.given(Seal::of_station(&beside.keyring)).unwrap_or(0);
    let given = given.max(told);
    journal.mark().map_or(own, |mark| Mark { number: mark.number.max(number), boot: mark.boot.max(boot), given })
}
