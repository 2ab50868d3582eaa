//! Equip: what tests and chores need of other houses: programs as Debian packages, installed without questions; and in the
//! target folder axe, which looks through pages for what keeps people out, and what letters are looked through with.

use crate::run::{Chore, program, run, succeeds, target};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Each a file that is there when the package is, and the package.
const PACKAGES: [(&str, &str); 14] = [
    ("/usr/sbin/postfix", "postfix"),
    ("/usr/sbin/dovecot", "dovecot-core"),
    ("/usr/lib/dovecot/imap", "dovecot-imapd"),
    ("/usr/bin/strace", "strace"),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/share/doc/fonts-noto-cjk", "fonts-noto-cjk"),
    ("/usr/bin/curl", "curl"),
    ("/usr/bin/sqlite3", "sqlite3"),
    ("/usr/bin/time", "time"),
    ("/usr/lib/python3/dist-packages/dkim", "python3-dkim"),
    ("/usr/lib/python3/dist-packages/nacl", "python3-nacl"),
    ("/usr/share/perl5/Mail/DKIM", "libmail-dkim-perl"),
    ("/usr/bin/spamassassin", "spamassassin"),
    ("/usr/bin/npm", "npm"), // brings Node.js along
];

/// axe-core (Deque, MPL-2.0) as npm publishes it: its version, and the SHA-256 of the archive.
const AXE: (&str, &str) = ("4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745");

/// Installs what is missing.
///
/// # Errors
/// When it cannot be installed: no Debian, no root, no network.
pub(crate) fn equip() -> Chore {
    install_packages()?;
    fetch_axe()?;
    fetch_letter_tools()
}

fn install_packages() -> Chore {
    let missing: Vec<_> =
        PACKAGES.iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, name)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {}", missing.join(", "));
    if !succeeds(program("apt-get", &["--version"])) {
        return Err(format!("there is no apt-get here; install these by hand: {}", missing.join(", ")));
    }
    apt_get(&["update", "--quiet=2"])?;
    let install = ["install", "--quiet=2", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], &missing].concat())
}

/// Puts `axe.min.js` into the target folder, of just this version (tests/stories/outside.rs looks for it).
fn fetch_axe() -> Chore {
    let (version, digest) = AXE;
    let folder = target().join("axe");
    if folder.join(version).join("axe.min.js").exists() {
        return Ok(());
    }
    println!("fetching axe-core {version}");
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let archive = format!("axe-core-{version}.tgz");
    // npm asks the registry that is set up for it; curl asks the public one.
    let mut fetching = if succeeds(program("npm", &["--version"])) {
        program("npm", &["pack", "--silent", &format!("axe-core@{version}")])
    } else {
        let url = format!("https://registry.npmjs.org/axe-core/-/{archive}");
        program("curl", &["--fail", "--silent", "--show-error", "--location", "--output", &archive, &url])
    };
    fetching.current_dir(&folder);
    run(fetching)?;
    let check = format!("echo '{digest}  {archive}' | sha256sum --check --status");
    if !succeeds(in_folder("sh", &["-c", &check], &folder)) {
        return Err(format!("{archive} is not the one that is known; look at it in {}", folder.display()));
    }
    // Unpacked aside and then named: a file that is there is whole.
    run(in_folder("tar", &["-xzf", &archive, "package/axe.min.js"], &folder))?;
    let (from, to) = (folder.join("package"), folder.join(version));
    fs::rename(from, to).map_err(|error| format!("axe-core cannot be put in its place: {error}"))
}

/// Installs what letters are looked through with (caniemail, html-validate), of just the versions in the lock file, which
/// holds their digests; into the target folder, where tests/stories/outside.rs looks for it.
fn fetch_letter_tools() -> Chore {
    let (wanted, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("letters"), target().join("letters"));
    let lock = |folder: &Path| fs::read(folder.join("package-lock.json")).ok();
    // npm writes its own copy last: where that is there, all is.
    if folder.join("node_modules/.package-lock.json").exists() && lock(&folder) == lock(&wanted) {
        return Ok(());
    }
    if !succeeds(program("npm", &["--version"])) {
        return Err("the checks of letters need Node.js 20 and npm; install them and run this again".to_owned());
    }
    println!("installing caniemail and html-validate");
    let copied = fs::create_dir_all(&folder).and_then(|()| {
        ["package.json", "package-lock.json"]
            .into_iter()
            .try_for_each(|file| fs::copy(wanted.join(file), folder.join(file)).map(drop))
    });
    copied.map_err(|error| format!("{} cannot be written: {error}", folder.display()))?;
    run(in_folder("npm", &["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], &folder))
}

fn in_folder(name: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = program(name, arguments);
    command.current_dir(folder);
    command
}

fn apt_get(arguments: &[&str]) -> Chore {
    let mut apt_get = program("apt-get", arguments);
    // Waits for another apt-get rather than fail beside it.
    apt_get.args(["--option", "DPkg::Lock::Timeout=300"]).env("DEBIAN_FRONTEND", "noninteractive");
    run(apt_get)
}
