//! The contract's readers: how one stands with a list, and what a roster did.

use crate::actions::subscriber::{Imported, Row};
use crate::domain::id::ImportId;
use crate::store::subscriber::OnList;
use chrono_tz::Tz;
use serde_json::{Value, json};

/// A reader on a list.
pub(crate) fn on_list(reader: &OnList, zone: Tz) -> Value {
    let OnList { id, address, person, state, basis, why, since, suppressed } = reader;
    json!({
        "subscriber": id, "address": address, "person": person, "state": state, "basis": basis, "why": why,
        "since": since.rfc3339_in(zone), "suppressed": suppressed,
    })
}

/// What a roster would do, row by row.
pub(crate) fn judged(rows: &[Row]) -> Value {
    imported(&Imported::of(rows), None)
}

/// What a roster did, or would do; an import that was made has a number to be undone by.
pub(crate) fn imported(imported: &Imported, import: Option<ImportId>) -> Value {
    let mut json = serde_json::to_value(imported).expect("our values are plain data");
    json["import"] = json!(import);
    json
}
