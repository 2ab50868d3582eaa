//! Outside: what some stories need that is not of this house: a program, a document, a disk of its
//! own. A story begins with `let Some(postfix) = outside::postfix() else { return };`. Where it is
//! missing the story is skipped and says so in the file that `YIZHAN_SKIPPED` names (`cargo xtask
//! test` counts it); where `YIZHAN_OUTSIDE=required` stands it fails instead.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Postfix's own command; it needs root, because its parts run as several users.
pub(crate) fn postfix() -> Option<PathBuf> {
    let is_root = Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0);
    needed("postfix, run as root", find("postfix").filter(|_| is_root))
}

/// Dovecot, as whom Postfix asks whether a password is right.
pub(crate) fn dovecot() -> Option<PathBuf> {
    needed("dovecot", find("dovecot"))
}

/// The program that runs another as somebody else, which needs root.
pub(crate) fn another_user() -> Option<PathBuf> {
    let is_root = Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0);
    // Somebody else must be able to reach the program that is told about.
    let reachable = Path::new(env!("CARGO_BIN_EXE_yizhan")).ancestors().skip(1).all(|folder| {
        folder.metadata().is_ok_and(|own| std::os::unix::fs::PermissionsExt::mode(&own.permissions()) & 0o001 != 0)
    });
    let setpriv = find("setpriv").filter(|_| is_root && reachable);
    if setpriv.is_none() {
        // Where the project lies is nobody's fault, and no package changes it.
        note("setpriv, run as root, from a folder that is open to all");
    }
    setpriv
}

/// Dovecot with its IMAP server, through which mailboxes are read.
pub(crate) fn dovecot_imap() -> Option<PathBuf> {
    let has_it = |_: &PathBuf| Path::new("/usr/lib/dovecot/imap").is_file();
    needed("dovecot-imapd", find("dovecot").filter(has_it))
}

/// strace, which lets calls fail.
pub(crate) fn strace() -> Option<PathBuf> {
    let strace = needed("strace", find("strace"))?;
    let may_trace = runs(Command::new(&strace).args(["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "true"]));
    if !may_trace {
        // A container may forbid it; no package brings the right, so its want never fails a run.
        note("the right to trace a process");
    }
    may_trace.then_some(strace)
}

/// Chromium, for how a letter or a page looks.
pub(crate) fn chromium() -> Option<PathBuf> {
    needed("chromium", find("chromium"))
}

/// axe, a script that looks through a page for what keeps people out.
pub(crate) fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../axe/4.14.1/axe.min.js");
    needed("axe-core (cargo xtask equip)", std::fs::read_to_string(file).ok())
}

/// Node.js, and the folder of what letters are looked through with (xtask/letters).
pub(crate) fn letter_tools() -> Option<(PathBuf, PathBuf)> {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../letters");
    let is_there = tools.join("node_modules/.package-lock.json").is_file();
    needed(
        "caniemail and html-validate (cargo xtask equip)",
        find("node").filter(|_| is_there).map(|node| (node, tools)),
    )
}

/// SpamAssassin.
pub(crate) fn spamassassin() -> Option<PathBuf> {
    needed("spamassassin", find("spamassassin"))
}

/// A Python of any kind.
pub(crate) fn python() -> Option<PathBuf> {
    needed("python3", find("python3"))
}

/// The Python that has dkimpy, with PyNaCl for Ed25519.
pub(crate) fn dkimpy() -> Option<PathBuf> {
    let has_it = |python: &PathBuf| runs(Command::new(python).args(["-c", "import dkim, nacl.signing"]));
    // Debian's packages are seen by Debian's own Python only.
    needed("python3-dkim and python3-nacl", Some(PathBuf::from("/usr/bin/python3")).filter(has_it))
}

/// The Perl that has Mail::DKIM.
pub(crate) fn mail_dkim() -> Option<PathBuf> {
    let has_it = |perl: &PathBuf| runs(Command::new(perl).args(["-MMail::DKIM::Verifier", "-e", "1"]));
    needed("libmail-dkim-perl", find("perl").filter(has_it))
}

fn runs(command: &mut Command) -> bool {
    command.output().is_ok_and(|out| out.status.success())
}

/// The seed: a real issue of a real office, which is no part of the project.
pub(crate) fn seed() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/000_a97b05a5aa38a589.txt");
    let file = env::var_os("YIZHAN_SEED").map_or_else(beside, PathBuf::from);
    let found = file.is_file().then_some(file);
    if found.is_none() {
        // No package brings it, so its want is said, and never fails a run.
        note("the seed document, by YIZHAN_SEED");
    }
    found
}

/// A disk of its own of so many kibibytes, mounted on a folder until it is dropped; it needs root.
pub(crate) fn small_disk(folder: &Path, kibibytes: u32) -> Option<SmallDisk> {
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", &format!("size={kibibytes}k"), "tmpfs"]).arg(folder);
    let mounted = mount.output().is_ok_and(|out| out.status.success());
    needed("the right to mount a tmpfs", mounted.then(|| SmallDisk(folder.to_owned())))
}

/// See [`small_disk`].
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Fills it but for so many kibibytes, with a file that can be removed.
    pub(crate) fn fill_but_for(&self, kibibytes: u64) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = File::create(&path).unwrap();
        let mut size = 0;
        while file.write_all(&[1; 4096]).is_ok() {
            size += 4096;
        }
        file.set_len(size - kibibytes * 1024).unwrap();
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Where a program is, if it is installed; administrators' folders are looked into as well.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn needed<T>(what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        assert!(env::var_os("YIZHAN_OUTSIDE").is_none_or(|word| word != "required"), "this story needs {what}");
        note(what);
    }
    found
}

/// Says that a story was skipped, and for want of what.
fn note(what: &str) {
    let story = thread::current().name().unwrap_or("a story").to_owned();
    let line = format!("skipped: {story} needs {what}\n");
    eprint!("{line}");
    if let Some(file) = env::var_os("YIZHAN_SKIPPED") {
        // One write of one line: stories append side by side.
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn a_program_is_found_where_it_is_and_nowhere_else() {
    assert_eq!(find("sh").map(|file| file.ends_with("sh")), Some(true));
    assert_eq!(find("no-such-program-as-this"), None);
}
