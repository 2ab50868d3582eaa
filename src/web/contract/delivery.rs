//! The contract's deliveries: who has it, who has not, and why.

use crate::domain::link::{Keyring, Use};
use crate::store::attempt::Entry;
use serde_json::{Value, json};

/// A letter's Message-ID.
pub(crate) fn message_id(keyring: &Keyring, entry: &Entry) -> String {
    format!("<{}@{}>", keyring.mint(Use::MessageId, entry.delivery), entry.from_domain)
}

/// A delivery with each attempt.
pub(crate) fn delivery(keyring: &Keyring, entry: &Entry) -> Value {
    let zone = entry.zone;
    let attempts: Vec<_> = entry
        .attempts
        .iter()
        .map(|line| {
            json!({
                "number": line.number, "at": line.at.rfc3339_in(zone), "relay": line.relay, "stage": line.stage, "code": line.code,
                "enhanced": line.enhanced, "text": line.text, "verdict": line.verdict, "counted": line.counted,
                "duration_ms": line.duration_ms,
            })
        })
        .collect();
    json!({
        "delivery": entry.delivery, "dispatch": entry.dispatch, "issue": entry.issue, "address": entry.address,
        "name": entry.name, "state": entry.state, "why": entry.why, "settled_by": entry.settled_by, "due_at": entry.due_at.map(|at| at.rfc3339_in(zone)),
        "held": entry.is_held,
        "message_id": message_id(keyring, entry), "attempts": attempts,
    })
}
