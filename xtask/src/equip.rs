//! Equip: the programs of other houses that tests and chores need, as Debian packages, installed
//! without questions.

use crate::run::{Chore, program, run, succeeds};

/// Each a file that is there when the package is, and the package.
const PACKAGES: [(&str, &str); 11] = [
    ("/usr/sbin/postfix", "postfix"),
    ("/usr/sbin/dovecot", "dovecot-core"),
    ("/usr/lib/dovecot/imap", "dovecot-imapd"),
    ("/usr/bin/strace", "strace"),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/share/doc/fonts-noto-cjk", "fonts-noto-cjk"),
    ("/usr/bin/sqlite3", "sqlite3"),
    ("/usr/bin/time", "time"),
    ("/usr/lib/python3/dist-packages/dkim", "python3-dkim"),
    ("/usr/lib/python3/dist-packages/nacl", "python3-nacl"),
    ("/usr/share/perl5/Mail/DKIM", "libmail-dkim-perl"),
];

/// Installs what is missing.
///
/// # Errors
/// When it cannot be installed: no Debian, no root, no network.
pub(crate) fn equip() -> Chore {
    let missing: Vec<_> =
        PACKAGES.iter().filter(|(file, _)| !std::path::Path::new(file).exists()).map(|(_, name)| *name).collect();
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

fn apt_get(arguments: &[&str]) -> Chore {
    let mut apt_get = program("apt-get", arguments);
    // Waits for another apt-get rather than fail beside it.
    apt_get.args(["--option", "DPkg::Lock::Timeout=300"]).env("DEBIAN_FRONTEND", "noninteractive");
    run(apt_get)
}
