//! Apart: a stranger's file in a format whose reader may run away is read by this program once more, as a process of its own
//! with limits (`cli/apart.rs` sets them), so that nothing that is in it ends or starves the service. Beside the floors: it knows
//! no format, only bytes in and JSON out. Owns the starting of such processes.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a reader may take, whatever it waits for. What it may compute is less (`cli/apart.rs`).
const PATIENCE: Duration = Duration::from_secs(60);
/// The most bytes it may answer.
const LONGEST: u64 = 48 * 1024 * 1024;

/// Whether this process is the program itself, which knows the command; a test is not, and reads within itself.
static IS_PROGRAM: AtomicBool = AtomicBool::new(false);

/// What is read apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text of a PDF.
    Pdf,
    /// The rows of a workbook.
    Roster,
}

/// The reader ended without an answer: by a limit, or by a fault of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader was stopped; the file takes more time or memory than it should")]
pub struct Stopped;

/// Says that this process is the program; its `main` does so, once.
pub fn by_this_program() {
    IS_PROGRAM.store(true, Ordering::Relaxed);
}

/// What `here` makes of the bytes, made by a process of its own. Blocks until it has ended.
///
/// # Errors
/// [`Stopped`].
pub fn read<T: Serialize + DeserializeOwned>(
    kind: Kind,
    bytes: &[u8],
    here: impl FnOnce(&[u8]) -> T,
) -> Result<T, Stopped> {
    if !IS_PROGRAM.load(Ordering::Relaxed) {
        return Ok(here(bytes));
    }
    // One at a time: each may take all the memory that it is given.
    static ONE: Mutex<()> = Mutex::new(());
    let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let said = ask(kind, bytes)?;
    drop(one);
    serde_json::from_slice(&said).map_err(|_| Stopped)
}

/// Starts the reader, hands it the bytes, and hears its answer; it never outlives this.
fn ask(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Stopped> {
    let mut child = start(kind).map_err(|error| {
        tracing::error!(%error, "a reader of its own could not be started");
        Stopped
    })?;
    let said = std::thread::scope(|scope| {
        // A reader that refuses early does not hear all of it; the pipe that breaks then is no fault.
        let mut input = child.stdin.take();
        scope.spawn(move || input.as_mut().map(|input| input.write_all(bytes)));
        let said = answer(&mut child).recv_timeout(PATIENCE);
        if said.is_err() {
            let _ = child.kill();
        }
        said
    });
    // It has closed its output, so it ends now, or was killed.
    if said.as_ref().is_ok_and(|said| said.len() as u64 > LONGEST) {
        let _ = child.kill();
        let _ = child.wait();
        return Err(Stopped);
    }
    let ended_well = child.wait().is_ok_and(|ended| ended.success());
    said.ok().filter(|_| ended_well).ok_or(Stopped)
}

fn start(kind: Kind) -> std::io::Result<Child> {
    let kind = match kind {
        Kind::Pdf => "pdf",
        Kind::Roster => "roster",
    };
    let mut command = Command::new(program()?);
    command.args(["apart", kind]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn()
}

/// This very program, also where its file was replaced since it began.
fn program() -> std::io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { Ok(own) } else { std::env::current_exe() }
}

/// Hears the answer on a thread of its own, which ends with the reader.
fn answer(child: &mut Child) -> Receiver<Vec<u8>> {
    let (said, heard) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut all = Vec::new();
            if output.take(LONGEST + 1).read_to_end(&mut all).is_ok() {
                // Nobody listens any more where the time was over.
                let _ = said.send(all);
            }
        });
    }
    heard
}
