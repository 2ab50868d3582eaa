//! Test: every test of the workspace, and at the end in plain words which stories were skipped for
//! want of a program (tests/stories/outside.rs writes them down).

use crate::equip;
use crate::run::{Chore, cargo, run, succeeds, target};
use std::fs;
use std::path::Path;

/// Runs every test; with `all` nothing may be skipped, and what is missing is installed first.
///
/// # Errors
/// When a test fails or, with `all`, a program cannot be had.
pub(crate) fn test(all: bool) -> Chore {
    if all {
        equip::equip()?;
    }
    let skipped = target().join("skipped.txt");
    // The file of an earlier run; that there is none is as good.
    let _ = fs::remove_file(&skipped);
    let done = run_tests(all, &skipped);
    tell(&fs::read_to_string(&skipped).unwrap_or_default());
    done
}

fn run_tests(all: bool, skipped: &Path) -> Chore {
    let has_nextest = succeeds(cargo(&["nextest", "--version"]));
    // nextest leaves documentation tests out.
    let runs: &[&[&str]] = if has_nextest {
        &[&["test", "--workspace", "--doc", "--quiet"], &["nextest", "run", "--workspace", "--no-fail-fast"]]
    } else {
        &[&["test", "--workspace", "--no-fail-fast"]]
    };
    let mut done = Ok(());
    for arguments in runs {
        let mut tests = cargo(arguments);
        tests.env("YIZHAN_SKIPPED", skipped).env("RUST_BACKTRACE", "0");
        if all {
            tests.env("YIZHAN_OUTSIDE", "required");
        }
        // A run that fails does not keep the next one from telling what else is wrong.
        done = done.and(run(tests));
    }
    done
}

fn tell(skipped: &str) {
    let mut lines: Vec<_> = skipped.lines().collect();
    lines.sort_unstable();
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    match lines.len() {
        0 => println!("No story was skipped."),
        1 => println!("1 story was skipped; cargo xtask test --all installs what it needs."),
        count => println!("{count} stories were skipped; cargo xtask test --all installs what they need."),
    }
}
