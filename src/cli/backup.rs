//! `yizhan backup`, `yizhan restore`: the database in one file, and back.

use super::context::{self, Context};
use super::{Everywhere, output, user};
use crate::actions;
use crate::actions::restore::{Released, Restored};
use crate::clock::Clock;
use crate::domain::id::DispatchId;
use crate::domain::journal::Gap;
use crate::store::{self, Store};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes the whole database into a new file, while the service runs
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The file, which must not be there yet
    file: PathBuf,
}

/// Brings a backup back, or lets a held station send again
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The backup
    #[arg(required_unless_present = "release")]
    file: Option<PathBuf>,
    /// Show what is in doubt, and let the station send again
    #[arg(long, conflicts_with = "file")]
    release: bool,
}

/// How often the growing file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Backup {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (actor, now) = (context.actor.clone(), context.clock.now());
        let size = store::backup::size(&mut *context.store.read().await?).await?;
        let part = store::backup::growing(&self.file);
        let contents = tokio::select! {
            written = actions::restore::backup(&context.store, actor, now, &self.file) => written?,
            () = watch(&context.clock, &part, size) => anyhow::bail!("nobody watches any more"),
        };
        let folder = context.store.folder();
        if context.json {
            let mut line = serde_json::to_value(&contents)?;
            line["backup"] = json!(self.file.display().to_string());
            line["verified"] = json!(true);
            line["journal"] = json!(store::journal::path(folder).display().to_string());
            output::json(&line);
            return Ok(());
        }
        output::line(format!(
            "{} is written from {} and looked through: {} MB, {} subscribers, {} dispatches, {} deliveries.",
            absolute(&self.file).display(),
            folder.display(),
            contents.bytes.div_ceil(1024 * 1024),
            contents.subscribers,
            contents.dispatches,
            contents.deliveries
        ));
        output::line(format!(
            "The secret of the leave links is in it, so keep it as safe as the readers' addresses. Not in it: {} (who left, and how \
             far sending came: copy it apart, always the newest), {} (signing keys) and the settings.",
            store::journal::path(folder).display(),
            folder.join("keys").display()
        ));
        Ok(())
    }
}

/// Shows how far the file has grown, on a terminal; never ends.
async fn watch(clock: &Clock, part: &Path, size: u64) {
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}").expect("our own template is right"));
    loop {
        clock.sleep_until(clock.now() + LOOK_EVERY).await;
        bar.set_position(std::fs::metadata(part).map_or(0, |metadata| metadata.len()));
    }
}

impl Restore {
    pub(super) async fn run(self, everywhere: &Everywhere) -> anyhow::Result<()> {
        let folder = everywhere.folder();
        is_the_right_one(everywhere, &folder)?;
        let (actor, now) = (context::operator(), Clock::System.now());
        let Some(file) = self.file else {
            everywhere.has_data()?;
            return release(&folder, everywhere.json).await;
        };
        let restored = actions::restore::restore(&folder, actor, now, &file).await?;
        let store = Store::open(&folder).await?;
        let uncertain = store::delivery::unsettled(&mut *store.read().await?).await?;
        store.close().await;
        if everywhere.json {
            output::json(&restored_json((&file, &folder), &restored, &uncertain));
        } else {
            print_restored((&file, &folder), &restored, &uncertain);
        }
        Ok(())
    }
}

/// Refuses a folder where a restore does no good: one that nobody named and that is not there, or another user's, whose
/// service could not open what is put there.
fn is_the_right_one(everywhere: &Everywhere, folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    if everywhere.data.is_none() && !folder.exists() {
        anyhow::bail!(
            "there is no {shown}; name the data folder with --data or YIZHAN_DATA, and it is made where it is new"
        );
    }
    if let Some(owner) = user::another(folder) {
        anyhow::bail!(
            "{shown} belongs to {owner}, whose service could not open what {} puts there; nothing was changed: give the \
             command as `sudo -u {owner} YIZHAN_DATA={shown} yizhan restore …`",
            user::own()
        );
    }
    Ok(())
}

fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

fn restored_json(
    (file, folder): (&Path, &Path),
    restored: &Restored,
    uncertain: &[(Option<DispatchId>, i64)],
) -> Value {
    json!({
        "restored": file.display().to_string(), "data": folder.display().to_string(), "aside": restored.aside,
        "contents": restored.contents, "held": restored.held,
        "uncertain": restored.doubted.uncertain, "dispatches": by_dispatch(uncertain),
        "called_off": restored.doubted.called_off,
        "departures": restored.reapplied.departures, "ended": restored.reapplied.ended,
        "revived": restored.reapplied.revived, "journal_gap": restored.gap.map(Gap::words),
        "tokens_ended": restored.tokens,
    })
}

fn by_dispatch(uncertain: &[(Option<DispatchId>, i64)]) -> Vec<Value> {
    uncertain.iter().map(|(dispatch, n)| json!({ "dispatch": dispatch, "uncertain": n })).collect()
}

fn print_restored((file, folder): (&Path, &Path), restored: &Restored, uncertain: &[(Option<DispatchId>, i64)]) {
    let (contents, shown) = (&restored.contents, folder.display());
    output::line(format!(
        "{} is the database in {shown} now: {} subscribers, {} dispatches, {} deliveries.",
        absolute(file).display(),
        contents.subscribers,
        contents.dispatches,
        contents.deliveries
    ));
    if let Some(aside) = &restored.aside {
        output::line(format!("The database before is kept as {}.", folder.join(aside).display()));
    }
    let journal = store::journal::path(folder);
    output::line(format!(
        "From {}: {}; {} ended by it that the backup had as active.",
        journal.display(),
        output::count(i64::try_from(restored.reapplied.departures).unwrap_or(i64::MAX), "leaving", "leavings"),
        output::count(i64::try_from(restored.reapplied.ended).unwrap_or(i64::MAX), "subscription", "subscriptions")
    ));
    if let Some(gap) = restored.gap {
        output::line(format!(
            "{}, so who left since the backup is not known; put the newest journal at {} before `yizhan restore --release`.",
            gap.words(),
            journal.display()
        ));
    }
    if restored.reapplied.revived > 0 {
        let revived = i64::try_from(restored.reapplied.revived).unwrap_or(i64::MAX);
        output::line(format!(
            "{} by it, of readers who came back.",
            output::count(revived, "subscription revived", "subscriptions revived")
        ));
    }
    output::line(format!(
        "Every way in was ended, for it may have been ended since the backup: sessions, invitations, links to choose a \
         password, and {}. Everybody signs in again; look at closed accounts and roles (`yizhan account list`) before \
         programs get new tokens.",
        output::count(i64::try_from(restored.tokens).unwrap_or(i64::MAX), "token", "tokens")
    ));
    print_doubts(uncertain);
    print_called_off(&restored.doubted.called_off);
    output::line(format!(
        "Nothing is sent from {shown} until `yizhan restore --release`, and schedules stay paused until `yizhan schedule \
         resume PUB`."
    ));
}

fn print_called_off(called_off: &[DispatchId]) {
    for id in called_off {
        output::line(format!(
            "Dispatch {id} had not begun in the backup, and was called off: since then it may have gone out, or somebody may \
             have cancelled it. If neither is so, start it again."
        ));
    }
}

fn print_doubts(uncertain: &[(Option<DispatchId>, i64)]) {
    if uncertain.is_empty() {
        output::line("No letter is uncertain.");
        return;
    }
    let rows = uncertain
        .iter()
        .map(|(dispatch, n)| [dispatch.map_or("test letters".into(), |id| id.to_string()), n.to_string()]);
    output::table(["dispatch", "uncertain"], rows);
    output::line(
        "Uncertain letters may have gone out; they are not sent again by themselves. `yizhan delivery log --dispatch ID` names them, \
         and `yizhan delivery resolve` settles each.",
    );
}

async fn release(folder: &Path, as_json: bool) -> anyhow::Result<()> {
    let store = Store::open(folder).await?;
    let released = actions::restore::release(&store, context::operator(), Clock::System.now()).await?;
    store.close().await;
    let Released { why, uncertain, departures, gap, called_off, journal_aside } = released;
    if as_json {
        output::json(&json!({
            "released": why.is_some(), "why": why, "uncertain": uncertain.iter().map(|(_, n)| n).sum::<i64>(),
            "dispatches": by_dispatch(&uncertain), "called_off": called_off, "departures": departures,
            "journal_gap": gap.map(Gap::words), "journal_aside": journal_aside, "data": folder.display().to_string(),
        }));
        return Ok(());
    }
    let Some(why) = why else {
        output::line(format!("The station in {} is not held; there is nothing to release.", folder.display()));
        return Ok(());
    };
    output::line(format!("The station in {} was held: {why}.", folder.display()));
    print_doubts(&uncertain);
    print_called_off(&called_off);
    if departures > 0 {
        output::line(format!("The journal's word keeps {departures} leavings that a roster will not bring back."));
    }
    if let Some(gap) = gap {
        output::line(format!(
            "{}, so who left since the backup is not known. If there is a newer journal, put it at {} while nothing runs: \
             it is applied at the next start.",
            gap.words(),
            store::journal::path(folder).display()
        ));
    }
    if let Some(aside) = journal_aside {
        output::line(format!("The other station's journal is kept as {}.", folder.join(aside).display()));
    }
    output::line("It may send again: a service that runs goes on within 5 s; otherwise start `yizhan serve`.");
    Ok(())
}
