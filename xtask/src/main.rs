//! The project's own chores: `cargo xtask COMMAND`. Plain std and the programs they run; called by
//! whoever works here and by `.ci/run`. Ends with 1 and a sentence when a chore fails.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to a terminal")]

mod check;
mod desk;
mod equip;
mod prepare;
mod prove;
mod run;
mod scan;
mod test;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "cargo xtask COMMAND

  check               formatting and lints, as .ci/run holds them
  test [--all]        every test; stories whose outside program is missing are skipped and counted.
                      With --all the missing Debian packages are installed, and none may be missing
  prepare [--check]   makes the query data in .sqlx/ from migrations/; --check compares only
  prove speed [FILE]  sends FILE (the sample bulletin without it) to 20,000 readers on a local sink, beside
                      Postfix smtp-source; by hand, on a quiet machine; docs/performance.md keeps the figures
  prove sign [FILE]   what a signed letter of FILE costs beside the bare RSA signature
  prove intake [FILE…]
                      what reading each document and printing an issue of it costs
  prove hours         schedules around every transition of every time zone from 1990 to 2040; docs/proof.md
                      keeps the figures, and those of all that follow
  prove replies       every stage, code and text against the design's own table
  prove wire          every class of docs/wire.md
  prove killed [N]    kill -9 × 25 and SIGTERM × 10 in 20,000 letters; N begins the chance of an earlier run
  prove restored      backups of six moments of a run brought back; links over HTTP, a second issue after each
  prove faults        each write and flush of a small run fails, one after another; needs strace
  prove postfix       500 letters through a Postfix restarted midway, read back by IMAP; as root
  prove opening       a million deliveries written down; on a quiet machine
                      keeps the figures
  prove outage        5,000 letters on a bad day, with a relay that is down for 10 s and for 60 s
  prove leaving       a million forged links against their opener, two thousand over HTTP, and the stories of
                      leaving; docs/proof.md keeps the figures
  prove desk [READERS]
                      every page and search of the desk, with a million readers (or READERS) and five issues stored
                      while a sixth goes out; by hand, on a quiet machine; needs sqlite3; docs/performance.md keeps
                      the figures
  prove scan          schemathesis against the API and wapiti against the signed-in desk, on a station of its own;
                      needs python3, curl and the Python package index
  equip               installs the outside programs of the tests (Debian, as root)";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["check"] => check::check(),
        ["test"] => test::test(false),
        ["test", "--all"] => test::test(true),
        ["prepare"] => prepare::prepare(),
        ["prepare", "--check"] => prepare::compare(),
        ["prove", "speed"] => prove::speed(None),
        ["prove", "speed", file] => prove::speed(Some(file)),
        ["prove", "sign"] => prove::sign(None),
        ["prove", "sign", file] => prove::sign(Some(file)),
        ["prove", "intake"] => prove::intake(&["samples/bulletin.zh-CN.txt"]),
        ["prove", "intake", ref files @ ..] => prove::intake(files),
        ["prove", "hours"] => prove::hours(),
        ["prove", "replies"] => prove::replies(),
        ["prove", "wire"] => prove::wire(),
        ["prove", "killed"] => prove::killed(None),
        ["prove", "killed", chance] => prove::killed(Some(chance)),
        ["prove", "restored"] => prove::restored(),
        ["prove", "faults"] => prove::faults(),
        ["prove", "postfix"] => prove::postfix(),
        ["prove", "opening"] => prove::opening(),
        ["prove", "outage"] => prove::outage(),
        ["prove", "leaving"] => prove::leaving(),
        ["prove", "desk"] => desk::desk("1000000"),
        ["prove", "desk", readers] => desk::desk(readers),
        ["prove", "scan"] => scan::scan(),
        ["equip"] => equip::equip(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
