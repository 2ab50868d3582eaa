//! `yizhan backup`, `yizhan restore`: the database in one file, and back.

use super::context::{self, Context};
use super::{Everywhere, output};
use crate::actions;
use crate::actions::restore::{Released, Restored};
use crate::clock::Clock;
use crate::domain::id::DispatchId;
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
            "{} is written and looked through: {} MB, {} subscribers, {} dispatches, {} deliveries.",
            self.file.display(),
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
            output::json(&restored_json(&file, &restored, &uncertain));
        } else {
            print_restored(&file, &restored, &uncertain);
        }
        Ok(())
    }
}

fn restored_json(file: &Path, restored: &Restored, uncertain: &[(Option<DispatchId>, i64)]) -> Value {
    json!({
        "restored": file.display().to_string(), "aside": restored.aside, "contents": restored.contents, "held": restored.held,
        "uncertain": restored.doubted.uncertain, "dispatches": by_dispatch(uncertain),
        "called_off": restored.doubted.called_off,
        "departures": restored.reapplied.departures, "ended": restored.reapplied.ended,
        "revived": restored.reapplied.revived,
    })
}

fn by_dispatch(uncertain: &[(Option<DispatchId>, i64)]) -> Vec<Value> {
    uncertain.iter().map(|(dispatch, n)| json!({ "dispatch": dispatch, "uncertain": n })).collect()
}

fn print_restored(file: &Path, restored: &Restored, uncertain: &[(Option<DispatchId>, i64)]) {
    let contents = &restored.contents;
    output::line(format!(
        "{} is in its place: {} subscribers, {} dispatches, {} deliveries.",
        file.display(),
        contents.subscribers,
        contents.dispatches,
        contents.deliveries
    ));
    if let Some(aside) = &restored.aside {
        output::line(format!("The database before is kept as {aside} in the data folder."));
    }
    output::line(format!(
        "From the journal: {}; {} ended by it that the backup had as active.",
        output::count(i64::try_from(restored.reapplied.departures).unwrap_or(i64::MAX), "leaving", "leavings"),
        output::count(i64::try_from(restored.reapplied.ended).unwrap_or(i64::MAX), "subscription", "subscriptions")
    ));
    if restored.reapplied.revived > 0 {
        let revived = i64::try_from(restored.reapplied.revived).unwrap_or(i64::MAX);
        output::line(format!(
            "{} by it, of readers who came back.",
            output::count(revived, "subscription revived", "subscriptions revived")
        ));
    }
    print_doubts(uncertain);
    for id in &restored.doubted.called_off {
        output::line(format!(
            "Dispatch {id} was called off, for its hour had passed and it may have gone out; if it did not, start it again."
        ));
    }
    output::line(
        "Nothing is sent until `yizhan restore --release`, and schedules stay paused until `yizhan schedule resume PUB`.",
    );
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
    let Released { why, uncertain, departures, journal_aside } = released;
    if as_json {
        output::json(&json!({
            "released": why.is_some(), "why": why, "uncertain": uncertain.iter().map(|(_, n)| n).sum::<i64>(),
            "dispatches": by_dispatch(&uncertain), "departures": departures, "journal_aside": journal_aside,
        }));
        return Ok(());
    }
    let Some(why) = why else {
        output::line("The station is not held; there is nothing to release.");
        return Ok(());
    };
    output::line(format!("The station was held: {why}."));
    print_doubts(&uncertain);
    if departures > 0 {
        output::line(format!("The journal's word keeps {departures} leavings that a roster will not bring back."));
    }
    if let Some(aside) = journal_aside {
        output::line(format!("The other station's journal is kept as {aside}."));
    }
    output::line("It may send again: a service that runs goes on within 5 s; otherwise start `yizhan serve`.");
    Ok(())
}
