//! The contract's publications.

use crate::domain::publication::Publication;
use serde_json::{Value, json};

/// A publication with its rules.
pub(crate) fn publication(publication: &Publication) -> Value {
    let profile = &publication.profile;
    json!({
        "publication": publication.id, "slug": profile.slug, "name": profile.name, "from": profile.from.to_string(),
        "compiled_by": profile.compiled_by, "approvals": profile.approvals, "lang": profile.language,
        "zone": profile.zone.name(), "undated": profile.undated,
        "own_approval": profile.own_approval, "motto": profile.motto,
        "reply_to": profile.reply_to.as_ref().map(ToString::to_string), "theme": profile.theme,
    })
}
