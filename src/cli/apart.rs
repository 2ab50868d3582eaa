//! `yizhan apart KIND`: the reader that `apart.rs` starts. Takes limits upon itself, reads one file from standard input, writes what
//! it makes of it as JSON to standard output, and ends. Opens nothing, knows no settings and no data folder.

use crate::intake::{document, roster};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::Serialize;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

/// The most memory it may have, in bytes; with what the program itself needs this stays below 256 MB.
const MEMORY: u64 = 200 * 1024 * 1024;
/// The most seconds it may compute.
const SECONDS: u64 = 20;
/// The largest file that it takes, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What is read.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Pdf,
    Roster,
}

/// Reads one file from standard input, with limits; the program starts this itself
#[derive(Debug, clap::Args)]
pub(super) struct Apart {
    /// What is in it
    kind: Kind,
}

impl Apart {
    /// Reads, answers and ends; without an answer where a limit cannot be set.
    pub(super) fn run(&self) -> ExitCode {
        if confine().is_err() {
            return ExitCode::FAILURE;
        }
        let mut bytes = Vec::new();
        if std::io::stdin().lock().take(LARGEST).read_to_end(&mut bytes).is_err() {
            return ExitCode::FAILURE;
        }
        match self.kind {
            Kind::Pdf => answer(&document::layer(&bytes)),
            Kind::Roster => answer(&roster::table("", &bytes)),
        }
    }
}

fn confine() -> rustix::io::Result<()> {
    let most = |n: u64| Rlimit { current: Some(n), maximum: Some(n) };
    setrlimit(Resource::Data, most(MEMORY))?;
    setrlimit(Resource::Cpu, most(SECONDS))?;
    setrlimit(Resource::Core, most(0))?;
    setrlimit(Resource::Fsize, most(0))?;
    setrlimit(Resource::Nofile, most(8))
}

fn answer(said: &impl Serialize) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match serde_json::to_writer(&mut out, said).is_ok() && out.flush().is_ok() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
