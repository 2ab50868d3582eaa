//! The API's readers: those of a list, one added or taken off, an address suppressed, a roster looked at and brought in.
//! Nobody who left or is suppressed comes back this way: that is a person's, with a reason.

use super::body::{Asks, File, Json, Number, unfit};
use super::{Answer, made, named, ok};
use crate::actions;
use crate::actions::subscriber::{Case, Destination};
use crate::domain::address::Address;
use crate::domain::audit::Reason;
use crate::domain::document::Digest;
use crate::domain::han::narrowed;
use crate::domain::id::SubscriberId;
use crate::domain::list::{Leaving, ListPath};
use crate::domain::subscriber::{Basis, Person};
use crate::intake::roster::LARGEST;
use crate::store;
use crate::store::subscriber::PAGE;
use crate::web::contract;
use crate::web::desk::Asked;
use crate::web::{Error, Pages};
use axum::extract::{Path, Request, State};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::json;

/// The media types of rosters.
pub(super) const KINDS: [(&str, &str); 3] =
    [("text/csv", "roster.csv"), ("text/plain", "roster.txt"), ("application/octet-stream", "roster.csv")];

/// Where a list of readers goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    after: Option<Number>,
}

fn path((publication, list): &(String, String)) -> Result<ListPath, Error> {
    Ok(ListPath { publication: named(publication)?, list: named(list)? })
}

fn address(text: &str) -> Result<Address, Error> {
    narrowed(text).parse().map_err(|why| unfit("address", why))
}

fn reason(text: &str) -> Result<Reason, Error> {
    text.parse().map_err(|why| unfit("why", why))
}

/// `GET /api/v1/publications/{publication}/lists/{list}/subscribers`; the audit knows of each page that
/// was read out.
pub(super) async fn list(asked: Asked, Path(of): Path<(String, String)>, Asks(After { after }): Asks<After>) -> Answer {
    let path = path(&of)?;
    let mut reading = asked.read().await?;
    let list = actions::list::named(&mut reading, &path).await?;
    let after = after.map_or(0, |Number(after)| after);
    actions::list::export(asked.store(), asked.actor(), asked.now(), (&path, "json")).await?;
    let zone = store::publication::find(&mut reading, list.publication).await?.profile.zone;
    let found = store::subscriber::on_list(&mut reading, list.id, SubscriberId(after)).await?;
    let next = found.last().filter(|_| found.len() == PAGE).map(|reader| reader.id);
    let subscribers: Vec<_> = found.iter().map(|reader| contract::on_list(reader, zone)).collect();
    ok(&json!({ "subscribers": subscribers, "next": next }))
}

/// One reader.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Newcomer {
    address: String,
    name: Option<String>,
}

/// `POST /api/v1/publications/{publication}/lists/{list}/subscribers`
pub(super) async fn add(asked: Asked, Path(to): Path<(String, String)>, Json(who): Json<Newcomer>) -> Answer {
    let (path, address) = (path(&to)?, address(&who.address)?);
    let to = Destination { list: &path, basis: Basis::Asked, dry_run: false };
    let person = Person { name: who.name, ..Person::default() }.tidied();
    let (actor, now) = (asked.actor(), asked.now());
    let imported = actions::subscriber::add(asked.store(), actor, now, address.clone(), person, &to).await?;
    let is_new = imported.new + imported.updated > 0;
    made(is_new, &json!({ "address": address, "list": path.to_string(), "new": is_new }))
}

/// Who leaves, what, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Left {
    address: String,
    list: Option<String>,
    why: String,
}

/// `POST /api/v1/publications/{publication}/departures`: all lists of it, or one.
pub(super) async fn leave(asked: Asked, Path(from): Path<String>, Json(left): Json<Left>) -> Answer {
    let list = left.list.map(|list| list.parse()).transpose().map_err(|why: String| unfit("list", why))?;
    let from = Leaving { publication: named(&from)?, list };
    let case = Case { address: address(&left.address)?, why: reason(&left.why)? };
    let ended = match actions::subscriber::let_go(asked.store(), asked.actor(), asked.now(), &from, &case).await {
        // Who reads something else only is not told apart from who is not known at all.
        Err(actions::Error::Unknown { noun: "subscriber", .. }) => 0,
        ended => ended?,
    };
    ok(&json!({ "address": case.address, "ended": ended }))
}

/// Who must not be written to, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suppressed {
    address: String,
    why: String,
}

/// `POST /api/v1/publications/{publication}/suppressions`: a reader of it, at every publication.
pub(super) async fn suppress(asked: Asked, Path(of): Path<String>, Json(said): Json<Suppressed>) -> Answer {
    let case = Case { address: address(&said.address)?, why: reason(&said.why)? };
    let of = named(&of)?;
    let is_new = actions::subscriber::suppress(asked.store(), asked.actor(), asked.now(), &of, &case).await?;
    made(is_new, &json!({ "address": case.address, "new": is_new }))
}

/// What a bare roster is called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Called {
    name: Option<String>,
}

/// `POST /api/v1/publications/{publication}/lists/{list}/rosters`: looks only; nothing is written to the list.
pub(super) async fn look_at_roster(
    asked: Asked,
    State(pages): State<Pages>,
    Path(to): Path<(String, String)>,
    Asks(Called { name }): Asks<Called>,
    request: Request,
) -> Answer {
    let path = path(&to)?;
    let File { name, bytes } = File::read(request, &pages, (&KINDS, name, LARGEST)).await?;
    let digest = match actions::roster::keep(asked.store(), asked.actor(), asked.now(), &path, (&name, bytes)).await {
        Err(actions::Error::Refused(sentence)) => return Err(unfit("roster", sentence.english)),
        kept => kept?,
    };
    let preview = actions::roster::preview(asked.store(), asked.now(), &path, digest).await?.ok_or(Error::NoPage)?;
    let zone = asked.pages.zone;
    let mut json = contract::judged(&preview.rows);
    json["roster"] = json!(HEXLOWER.encode(&digest.0));
    json["waits_until"] = json!(preview.ends_at.rfc3339_in(zone));
    made(true, &json)
}

/// Why the people of a roster are on the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Yes {
    basis: Basis,
}

/// `POST /api/v1/publications/{publication}/lists/{list}/rosters/{roster}`: brings in what was looked at.
pub(super) async fn bring_in(
    asked: Asked,
    Path((publication, list, digest)): Path<(String, String, String)>,
    Json(Yes { basis }): Json<Yes>,
) -> Answer {
    let path = path(&(publication, list))?;
    let bytes = HEXLOWER.decode(digest.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let digest = bytes.map(Digest).ok_or(Error::NoPage)?;
    let done = (digest, basis);
    let import = actions::roster::confirm(asked.store(), asked.actor(), asked.now(), &path, done).await?;
    made(true, &json!({ "import": import, "list": path.to_string() }))
}
