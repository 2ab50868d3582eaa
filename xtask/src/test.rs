//! Test: every test of the workspace, and at the end in plain words which stories were skipped for
//! want of a program (tests/stories/outside.rs writes them down).

use crate::equip;
use crate::run::{Chore, cargo, run, succeeds, target};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

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
    tell(&fs::read_to_string(&skipped).unwrap_or_default(), done.as_ref().ok().copied().flatten());
    done.map(|_| ())
}

/// Builds and runs, saying which at once; how many tests passed, where one runner counts them.
fn run_tests(all: bool, skipped: &Path) -> Chore<Option<usize>> {
    let has_nextest = succeeds(cargo(&["nextest", "--version"]));
    println!("building the tests; the first time this takes minutes ...");
    run(cargo(if has_nextest {
        &["nextest", "run", "--workspace", "--no-run"]
    } else {
        &["test", "--workspace", "--no-run"]
    }))?;
    println!("running the tests ...");
    let outside = |arguments: &[&str]| {
        let mut tests = cargo(arguments);
        tests.env("YIZHAN_SKIPPED", skipped).env("RUST_BACKTRACE", "0");
        if all {
            tests.env("YIZHAN_OUTSIDE", "required");
        }
        tests
    };
    if !has_nextest {
        return run(outside(&["test", "--workspace", "--no-fail-fast"])).map(|()| None);
    }
    println!("running the examples in the documentation ...");
    // nextest leaves them out. A run that fails does not keep the next one from telling what else is wrong.
    let examples = run(outside(&["test", "--workspace", "--doc", "--quiet"]));
    let passed = run_counted(outside(&["nextest", "run", "--workspace", "--no-fail-fast"]));
    examples.and(passed)
}

/// Runs nextest, whose own summary counts a skipped story as passed: that line is kept back where all passed.
fn run_counted(mut nextest: Command) -> Chore<Option<usize>> {
    let shown = format!("{nextest:?}");
    let mut child =
        nextest.stderr(Stdio::piped()).spawn().map_err(|error| format!("{shown} could not be started: {error}"))?;
    let mut passed = None;
    let said = child.stderr.take().map(BufReader::new);
    for line in said.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
        match all_passed(&line) {
            Some(count) => passed = Some(count),
            None => eprintln!("{line}"),
        }
    }
    let end = child.wait().map_err(|error| format!("{shown} cannot be waited for: {error}"))?;
    if end.success() { Ok(passed) } else { Err(format!("{shown} failed ({end})")) }
}

/// `Summary [  9.1s] 297 tests run: 297 passed, 0 skipped` → 297; none for any other line.
fn all_passed(line: &str) -> Option<usize> {
    let (_, counts) = line.trim_start().strip_prefix("Summary")?.split_once("run: ")?;
    let (passed, rest) = counts.split_once(" passed")?;
    passed.trim().parse().ok().filter(|_| !rest.contains("failed") && !rest.contains("timed out"))
}

fn tell(skipped: &str, passed: Option<usize>) {
    let mut lines: Vec<_> = skipped.lines().collect();
    lines.sort_unstable();
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    let skips = lines.len();
    if let Some(passed) = passed {
        println!("{} passed, 0 failed, {skips} skipped", passed.saturating_sub(skips));
    } else if skips > 0 {
        println!("{skips} skipped; the lines above count them as passed.");
    }
    if lines.iter().any(|line| line.contains("YIZHAN_SEED")) {
        println!("YIZHAN_SEED=FILE names the document that some of them read.");
    }
    if lines.iter().any(|line| !line.contains("YIZHAN_SEED")) {
        println!("cargo xtask test --all installs what the others need.");
    }
}

#[cfg(test)]
mod tests {
    use super::all_passed;

    #[test]
    fn a_summary_is_read_where_all_passed() {
        for (line, count) in [
            ("     Summary [   9.123s] 297 tests run: 297 passed, 0 skipped", Some(297)),
            ("     Summary [   9.123s] 297 tests run: 296 passed (1 slow), 0 skipped", Some(296)),
            ("     Summary [   9.123s] 297 tests run: 296 passed, 1 failed, 0 skipped", None),
            ("        PASS [   0.015s] yizhan domain::run: 3 passed", None),
        ] {
            assert_eq!(all_passed(line), count, "{line}");
        }
    }
}
