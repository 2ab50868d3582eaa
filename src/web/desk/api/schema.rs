//! Schema: what goes in and out of the API, as JSON Schema 2020-12 (OpenAPI 3.1 §4.8.24). What comes in names every
//! member and allows no other; what goes out may have more one day. The tests hold both against what is served.

use crate::domain::delivery::State;
use crate::domain::dispatch::LeftOut;
use crate::domain::reason::Reason;
use serde_json::{Value, json};

/// A short name, as a pattern.
const SLUG: &str = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?";

/// Makes one.
pub(super) type Schema = fn() -> Value;

/// An object that is taken: these members, of which these must be there, and no other.
fn taken(members: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": members, "required": required, "additionalProperties": false })
}

/// An object that is given: all of these members are there.
fn given(members: Value) -> Value {
    let names: Vec<String> = members.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": members, "required": names })
}

fn many(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// The same, or null.
fn or_null(mut schema: Value) -> Value {
    let kind = schema["type"].clone();
    schema["type"] = json!([kind, "null"]);
    schema
}

pub(super) fn id() -> Value {
    json!({ "type": "integer", "minimum": 1, "format": "int64", "maximum": i64::MAX })
}

pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0, "format": "int64", "maximum": i64::MAX })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// Where the log goes on, as `next` said it.
pub(super) fn place() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{1,18}-[0-9]{1,19}$" })
}

/// A short name of a publication or a list.
pub(super) fn slug() -> Value {
    json!({ "type": "string", "pattern": format!("^{SLUG}$"), "description": "its short name" })
}

/// An Idempotency-Key: visible ASCII, bare or in double quotes.
pub(super) fn key() -> Value {
    json!({ "type": "string", "pattern": r#"^([!#-\[\]-~]{1,255}|"[!#-\[\]-~]{1,255}")$"# })
}

pub(super) fn name() -> Value {
    json!({ "type": "string", "description": "the file's name, by which it is recognised" })
}

fn flag_or_not() -> Value {
    json!({ "type": "boolean" })
}

pub(super) fn state() -> Value {
    json!({ "type": "string", "enum": State::ALL.map(State::word) })
}

pub(super) fn reason() -> Value {
    json!({ "type": "string", "enum": Reason::ALL.map(Reason::word) })
}

/// An error (RFC 9457).
pub(super) fn problem() -> Value {
    given(json!({ "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(), "next": text() }))
}

// What is sent.

pub(super) fn nothing() -> Value {
    taken(json!({}), &[])
}

pub(super) fn answer() -> Value {
    let one = taken(json!({ "flag": text(), "choose": text() }), &["flag", "choose"]);
    let all = taken(json!({ "defaults": { "type": "boolean", "const": true } }), &["defaults"]);
    json!({ "oneOf": [one, all] })
}

pub(super) fn order() -> Value {
    let path = json!({ "type": "string", "pattern": format!("^{SLUG}/{SLUG}$"), "description": "PUBLICATION/LIST" });
    let to = json!({ "type": "array", "items": path, "minItems": 1 });
    let at = json!({ "type": ["string", "null"], "description":
        "2026-12-01T09:00 in the publication's zone, or with an offset; at once without it" });
    taken(json!({ "to": to, "at": at }), &["to"])
}

pub(super) fn why() -> Value {
    taken(json!({ "why": or_null(because()) }), &[])
}

fn because() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 500, "pattern": "\\S" })
}

fn address() -> Value {
    json!({ "type": "string", "format": "email" })
}

pub(super) fn newcomer() -> Value {
    taken(json!({ "address": address(), "name": or_null(text()) }), &["address"])
}

pub(super) fn departure() -> Value {
    let mut list = or_null(slug());
    list["description"] = json!("the list's short name; all of them without it");
    taken(json!({ "address": address(), "list": list, "why": because() }), &["address", "why"])
}

pub(super) fn suppression() -> Value {
    taken(json!({ "address": address(), "why": because() }), &["address", "why"])
}

pub(super) fn basis() -> Value {
    taken(json!({ "basis": { "type": "string", "enum": ["duty", "self", "gift"] } }), &["basis"])
}

// What is given.

pub(super) fn publications() -> Value {
    let list = given(json!({ "path": text(), "name": text(), "active": count() }));
    let publication = given(json!({
        "publication": id(), "slug": text(), "name": text(), "from": text(), "compiled_by": or_null(text()),
        "approvals": count(), "lang": text(), "zone": text(), "undated": text(), "lists": many(list),
    }));
    given(json!({ "publications": many(publication) }))
}

fn flag() -> Value {
    given(json!({
        "id": text(), "kind": text(), "severity": { "type": "string", "enum": ["confirm", "look"] },
        "place": or_null(text()), "message": text(), "default": or_null(text()), "choices": many(text()),
        "answer": or_null(text()), "also": or_null(text()),
    }))
}

pub(super) fn taken_in() -> Value {
    let conservation = given(json!({ "source": count(), "body": count(), "other": count(), "lost": count() }));
    given(json!({
        "issue": id(), "document": id(), "articles": count(), "flags": many(flag()), "conservation": conservation,
        "known": flag_or_not(),
    }))
}

pub(super) fn issues() -> Value {
    let number = || or_null(json!({ "type": "integer" }));
    let issue = given(json!({
        "issue": id(), "publication": text(), "label": or_null(text()), "year": number(), "number": number(),
        "document": text(), "taken_in_at": text(), "articles": count(), "open": count(), "edition": or_null(id()),
        "dispatches": count(),
    }));
    given(json!({ "issues": many(issue), "next": or_null(id()) }))
}

pub(super) fn issue() -> Value {
    let number = || or_null(json!({ "type": "integer" }));
    let block = given(json!({
        "type": text(), "level": number(), "start": number(), "text": text(), "run_in_heads": many(text()),
        "rows": { "type": ["array", "null"], "items": many(text()) },
    }));
    let article = given(json!({
        "order": id(), "title": text(), "section": or_null(text()), "source": or_null(text()),
        "author": or_null(text()), "blocks": many(block),
    }));
    let file = given(json!({ "name": text(), "bytes": count(), "digest": text() }));
    given(json!({
        "id": id(), "publication": text(), "label": or_null(text()), "year": number(), "number": number(),
        "cumulative_number": number(), "masthead": or_null(text()), "published_on": or_null(text()),
        "subject": or_null(text()), "preheader": or_null(text()), "compiled_by": or_null(text()), "colophon": {},
        "articles": many(article), "attachments": many(file), "flags": many(flag()),
    }))
}

pub(super) fn answered() -> Value {
    given(json!({ "issue": id(), "answered": many(flag()) }))
}

pub(super) fn submitted() -> Value {
    given(json!({ "edition": id(), "issue": id(), "needed": count(), "given": count() }))
}

pub(super) fn started() -> Value {
    given(json!({ "dispatch": id(), "edition": id(), "audience": or_null(count()) }))
}

fn dispatch_in_brief() -> Value {
    let mut members = json!({
        "dispatch": id(), "publication": text(), "issue": id(), "label": or_null(text()), "edition": id(),
        "lists": many(text()), "at": text(), "state": text(),
        "why": or_null(text()), "audience": or_null(count()),
    });
    for state in State::ALL {
        members[state.word()] = count();
    }
    members
}

pub(super) fn dispatches() -> Value {
    given(json!({ "dispatches": many(given(dispatch_in_brief())), "next": or_null(id()) }))
}

pub(super) fn dispatch() -> Value {
    let mut members = dispatch_in_brief();
    let left_out: serde_json::Map<_, _> = LeftOut::ALL.iter().map(|why| (why.word().to_owned(), count())).collect();
    members["round"] = count();
    members["occasion"] = text();
    members["because"] = or_null(text());
    members["planned_by"] = text();
    members["left_out"] = given(Value::Object(left_out));
    members["reasons"] = many(given(json!({ "why": text(), "letters": count() })));
    given(members)
}

pub(super) fn delivery() -> Value {
    let attempt = given(json!({
        "number": id(), "at": text(), "relay": text(), "stage": text(), "code": or_null(count()),
        "enhanced": or_null(text()), "text": text(), "verdict": text(), "counted": flag_or_not(), "duration_ms": count(),
    }));
    given(json!({
        "delivery": id(), "dispatch": or_null(id()), "issue": id(), "address": text(), "name": or_null(text()),
        "state": state(), "why": or_null(text()), "settled_by": or_null(text()), "due_at": or_null(text()),
        "held": flag_or_not(), "message_id": text(), "attempts": many(attempt),
    }))
}

pub(super) fn deliveries() -> Value {
    given(json!({ "deliveries": many(delivery()), "next": or_null(text()) }))
}

pub(super) fn subscribers() -> Value {
    let subscriber = given(json!({
        "subscriber": id(), "address": text(), "person": { "type": "object" }, "state": text(), "basis": text(),
        "why": or_null(text()), "since": text(), "suppressed": or_null(text()),
    }));
    given(json!({ "subscribers": many(subscriber), "next": or_null(id()) }))
}

pub(super) fn added() -> Value {
    given(json!({ "address": text(), "list": text(), "new": flag_or_not() }))
}

pub(super) fn ended() -> Value {
    given(json!({ "address": text(), "ended": count() }))
}

pub(super) fn suppressed() -> Value {
    given(json!({ "address": text(), "new": flag_or_not() }))
}

pub(super) fn roster() -> Value {
    let detail = given(json!({ "row": count(), "outcome": text(), "address": text(), "why": text() }));
    given(json!({
        "roster": text(), "waits_until": text(), "rows": count(), "new": count(), "cleaned": count(), "updated": count(),
        "duplicate": count(), "ask": count(), "rejected": count(), "ignored": count(), "details": many(detail),
    }))
}

pub(super) fn imported() -> Value {
    given(json!({ "import": id(), "list": text() }))
}
