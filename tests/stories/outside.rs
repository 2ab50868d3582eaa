//! Outside: the programs of other houses that some stories need. A story begins with
//! `let Some(postfix) = outside::postfix() else { return };`. Where the program is missing the story
//! is skipped and says so in the file that `YIZHAN_SKIPPED` names (`cargo xtask test` counts it);
//! where `YIZHAN_OUTSIDE=required` stands it fails instead.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;

/// Postfix's own command; it needs root, because its parts run as several users.
pub(crate) fn postfix() -> Option<PathBuf> {
    let is_root = Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0);
    needed("postfix, run as root", find("postfix").filter(|_| is_root))
}

/// Chromium, for how a letter or a page looks.
pub(crate) fn chromium() -> Option<PathBuf> {
    needed("chromium", find("chromium"))
}

/// Where a program is, if it is installed; administrators' folders are looked into as well.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn needed(what: &str, found: Option<PathBuf>) -> Option<PathBuf> {
    if found.is_none() {
        let story = thread::current().name().unwrap_or("a story").to_owned();
        let line = format!("skipped: {story} needs {what}\n");
        assert!(env::var_os("YIZHAN_OUTSIDE").is_none_or(|word| word != "required"), "{line}");
        eprint!("{line}");
        if let Some(file) = env::var_os("YIZHAN_SKIPPED") {
            // One write of one line: stories append side by side.
            let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
            file.write_all(line.as_bytes()).unwrap();
        }
    }
    found
}

#[test]
fn a_program_is_found_where_it_is_and_nowhere_else() {
    assert_eq!(find("sh").map(|file| file.ends_with("sh")), Some(true));
    assert_eq!(find("no-such-program-as-this"), None);
}
