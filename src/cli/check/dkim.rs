//! DKIM: which keys lie in the data folder, whether they can be used, and which senders have none. Whether the
//! DNS has their records it does not ask; it says where to look.

use super::Finding;
use crate::cli::keys;
use std::collections::BTreeSet;
use std::path::Path;

/// What there is for these senders' domains.
pub(super) fn look(folder: &Path, domains: &BTreeSet<&str>) -> Finding {
    let keys = match keys::load(folder) {
        Ok(keys) => keys,
        Err(error) => return Finding::mend("DKIM", format!("{error:#}"), "until then nothing is sent"),
    };
    let signs = |domain: &str| keys.iter().any(|key| key.name().domain() == domain);
    let bare: Vec<_> = domains.iter().filter(|domain| !signs(domain)).copied().collect();
    let looks: Vec<_> = keys.iter().map(|key| format!("`dig +short TXT {}`", key.name())).collect();
    let published = format!("{} should show what `yizhan dkim show` prints", looks.join(", "));
    let held: Vec<_> =
        keys.iter().map(|key| format!("{} ({}, mode 0600)", key.name(), key.algorithm().word())).collect();
    let held = if held.is_empty() { "no key lies in the folder keys".to_owned() } else { held.join(", ") };
    match (bare.as_slice(), keys.is_empty()) {
        ([], true) => Finding::unknown("DKIM", held, ""),
        ([], false) => Finding { next: published, ..Finding::well("DKIM", held) },
        ([domain, ..], none) => {
            let make = format!("`yizhan dkim new {domain}` makes one; many providers trust signed letters only");
            let says = format!("{held}; letters of {} are not signed", bare.join(", "));
            Finding::look("DKIM", says, if none { make } else { format!("{make}. {published}") })
        }
    }
}
