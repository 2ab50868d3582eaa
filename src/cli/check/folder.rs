//! The data folder: that it is its owner's alone, can be written to, and has room.

use super::Finding;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Less than this, and the next dispatch may fill the disk.
const MUST_BE_FREE: u64 = 64 * 1024 * 1024;

pub(super) fn look(folder: &Path) -> Vec<Finding> {
    if !folder.exists() {
        let next = "the first other command makes it; --data or YIZHAN_DATA names another";
        return vec![Finding::look("data folder", format!("{} is not there yet", folder.display()), next)];
    }
    vec![permissions(folder), room(folder)]
}

fn permissions(folder: &Path) -> Finding {
    let name = folder.display();
    if let Err(error) = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK) {
        return Finding::mend(
            "data folder",
            format!("{name} cannot be written to: {error}"),
            "run this as the user that the service runs as, or give it the folder",
        );
    }
    match std::fs::metadata(folder).map(|metadata| metadata.permissions().mode() & 0o077) {
        Ok(0) => Finding::well("data folder", format!("{name} is its owner's alone")),
        Ok(_) => Finding::look(
            "data folder",
            format!("others on this machine can look into {name}, where readers' addresses and keys are"),
            format!("chmod 700 {name}"),
        ),
        Err(error) => Finding::mend("data folder", format!("{name} cannot be looked at: {error}"), "check the path"),
    }
}

fn room(folder: &Path) -> Finding {
    let disk = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk,
        Err(error) => return Finding::unknown("disk", format!("free space is not told: {error}"), ""),
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let used = std::fs::metadata(folder.join("yizhan.db")).map_or(0, |metadata| metadata.len());
    let says = format!("{} MB free", free / (1024 * 1024));
    if free < MUST_BE_FREE {
        Finding::mend("disk", says, "free some space: a full disk stops sending, and readers cannot leave")
    } else if free < used.saturating_mul(2) {
        Finding::look("disk", says, "less than twice the database: a backup on the same disk may not fit")
    } else {
        Finding::well("disk", says)
    }
}
