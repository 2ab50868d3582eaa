//! Run: programs run for a chore, in the root of the workspace, and what went wrong as a sentence.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// What a chore comes to: done, or a sentence that says what to do.
pub(crate) type Chore<T = ()> = Result<T, String>;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("xtask lies in the workspace").to_owned()
}

/// The folder of built and scratch files.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program, to be run in the root.
pub(crate) fn program(name: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// Cargo, the one that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// Runs it with our terminal.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn run(mut command: Command) -> Chore {
    let shown = format!("{command:?}");
    let end = command.status().map_err(|error| format!("{shown} could not be started: {error}"))?;
    if end.success() { Ok(()) } else { Err(format!("{shown} failed ({end})")) }
}

/// What it says.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn said(mut command: Command) -> Chore<String> {
    let shown = format!("{command:?}");
    let out = command.output().map_err(|error| format!("{shown} could not be started: {error}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    if out.status.success() {
        Ok(text)
    } else {
        Err(format!("{shown} failed: {}", String::from_utf8_lossy(&out.stderr)))
    }
}

/// Whether it can be run and succeeds, in silence.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.output().is_ok_and(|out| out.status.success())
}
