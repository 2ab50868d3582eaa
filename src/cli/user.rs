//! User: names of this machine's users: who acts, and whose a file is. Reads /etc/passwd; a user whom another
//! directory knows is named by the environment, or by number.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Who runs this process.
pub(super) fn own() -> String {
    let uid = rustix::process::getuid().as_raw();
    let environment = || ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|n| !n.is_empty()));
    in_passwd(uid).or_else(environment).unwrap_or_else(|| number(uid))
}

/// Whose a file is, if that can be told.
pub(super) fn owner(path: &Path) -> Option<String> {
    let uid = std::fs::metadata(path).ok()?.uid();
    Some(in_passwd(uid).unwrap_or_else(|| number(uid)))
}

/// Whose a file is, where it is somebody else's than who runs this process.
pub(super) fn another(path: &Path) -> Option<String> {
    owner(path).filter(|owner| *owner != own())
}

fn number(uid: u32) -> String {
    format!("uid-{uid}")
}

fn in_passwd(uid: u32) -> Option<String> {
    name_in(&std::fs::read_to_string("/etc/passwd").unwrap_or_default(), uid)
}

/// The name that a user's number has in the form of passwd(5).
fn name_in(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_as_passwd_has_them() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n# a comment\n\nyizhan:x:991:991::/var/lib/yizhan:/sbin/nologin\n";
        for (uid, name) in [(0, Some("root")), (991, Some("yizhan")), (99, None)] {
            assert_eq!(name_in(passwd, uid).as_deref(), name);
        }
    }
}
