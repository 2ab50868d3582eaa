//! Subscribers: brought in by rosters, added and let go here. What a roster would do is judged row
//! by row first; a dry run stops there. Exceptions that a person makes are in [`again`].

mod again;

pub use again::{Case, bring_back, lift};

use super::{Error, Result, journal, list, publication_named};
use crate::domain::address::Address;
use crate::domain::audit::Actor;
use crate::domain::journal::{Departure, Seal};
use crate::domain::list::{Leaving, ListPath};
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow, Subscriber};
use crate::store::{self, Connection, Store, subscriber::Known};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What a roster did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// How many rows it has; the sum of the other counts.
    pub rows: usize,
    /// New on the list.
    pub new: usize,
    /// New after cleaning.
    pub cleaned: usize,
    /// On the list, with something new known of them.
    pub updated: usize,
    /// Twice in the file, or on the list as they are.
    pub duplicate: usize,
    /// Doubtful: not written.
    pub ask: usize,
    /// No address.
    pub rejected: usize,
    /// Empty rows, totals, and people who left or are suppressed.
    pub ignored: usize,
    /// Every row that is not simply new.
    pub details: Vec<Detail>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// Its line in the file.
    pub row: u32,
    /// One of the counts' names.
    pub outcome: &'static str,
    /// The address, or the cell as written.
    pub address: String,
    /// Why.
    pub why: String,
}

/// Where a roster goes.
#[derive(Clone, Debug)]
pub struct Destination<'a> {
    /// The list.
    pub list: &'a ListPath,
    /// Why these people are on it.
    pub basis: Basis,
    /// Only judge, write nothing.
    pub dry_run: bool,
}

/// Brings a roster's people onto a list. Whoever left or is suppressed stays away.
///
/// # Errors
/// [`Error::Unknown`] when there is no such list.
pub async fn import(
    store: &Store,
    actor: Actor,
    now: Moment,
    roster: &Roster,
    to: &Destination<'_>,
) -> Result<Imported> {
    // A dry run only looks, and so never waits for a writer.
    if to.dry_run {
        let mut reading = store.read().await?;
        return Ok(judge_all(roster, &Knowledge::of(&mut reading, roster, to.list).await?).imported);
    }
    let mut writing = store.write(actor, now).await?;
    let list = list::named(&mut writing, to.list).await?;
    let known = Knowledge::of(&mut writing, roster, to.list).await?;
    let Judged { imported, save, join } = judge_all(roster, &known);
    // Whoever joins is saved too: nothing to save is nothing to do, and no act for the audit.
    if save.is_empty() {
        return Ok(imported);
    }
    let people: Vec<_> = save.iter().map(|(address, person)| (address, person)).collect();
    store::subscriber::save_all(&mut writing, &people).await?;
    store::list::subscribe_all(&mut writing, list.id, &join, to.basis).await?;
    let detail = format!("{} joined, {} saved", join.len(), people.len());
    store::audit::note(&mut writing, "import into", "list", Some(list.id.0), Some(detail)).await?;
    writing.commit().await?;
    Ok(imported)
}

/// What a roster comes to: what there is to say, whom to save, and who joins (by their keys).
struct Judged {
    imported: Imported,
    save: Vec<(Address, Person)>,
    join: Vec<String>,
}

fn judge_all(roster: &Roster, known: &Knowledge) -> Judged {
    let mut imported = Imported { rows: roster.rows.len(), ..Imported::default() };
    let (mut save, mut join) = (Vec::new(), Vec::new());
    for row in &roster.rows {
        let outcome = judge(row, known);
        if let Outcome::Write { address, person, joins, .. } = &outcome {
            save.push((address.clone(), person.clone()));
            if *joins {
                join.push(address.key());
            }
        }
        imported.count(row.line, outcome);
    }
    Judged { imported, save, join }
}

/// What is known of a roster's people, by address key.
struct Knowledge {
    people: HashMap<String, Known>,
    /// Who has left by the journal, though this database may not know them.
    departed: HashSet<String>,
}

impl Knowledge {
    async fn of(conn: &mut Connection, roster: &Roster, list: &ListPath) -> Result<Self> {
        let keys = keys(roster);
        let id = list::named(conn, list).await?.id;
        let people = store::subscriber::known(conn, id, &keys).await?;
        let readers = store::departure::from_list(conn, list).await?;
        if readers.is_empty() {
            return Ok(Self { people, departed: HashSet::new() });
        }
        let keyring = store::station::keyring(conn).await?.ok_or(store::Error::Unreadable("key"))?;
        let departed = keys.into_iter().filter(|key| readers.contains(&Seal::of_reader_key(&keyring, key))).collect();
        Ok(Self { people, departed })
    }
}

fn keys(roster: &Roster) -> Vec<String> {
    let found = roster.rows.iter().filter_map(|row| match &row.reading {
        Reading::Found { address, .. } => Some(address.key()),
        _ => None,
    });
    found.collect()
}

/// What becomes of a row, now that the store has been looked at.
#[expect(clippy::large_enum_variant, reason = "one row at a time, never kept")]
enum Outcome {
    Write { name: &'static str, address: Address, person: Person, joins: bool, why: Option<String> },
    Leave { name: &'static str, written: String, why: String },
}

const HAS_LEFT: &str = "has left, and is not brought back by a roster; `yizhan subscriber return` does that";

fn judge(row: &RosterRow, known: &Knowledge) -> Outcome {
    let leave =
        |name, written: &str, why: &str| Outcome::Leave { name, written: written.to_owned(), why: why.to_owned() };
    match &row.reading {
        Reading::Found { address, .. } if known.departed.contains(&address.key()) => {
            leave("ignored", address.as_str(), HAS_LEFT)
        }
        Reading::Found { address, person, cleaned } => match known.people.get(&address.key()) {
            None => Outcome::Write {
                name: if cleaned.is_some() { "cleaned" } else { "new" },
                address: address.clone(),
                person: person.clone(),
                joins: true,
                why: cleaned.clone(),
            },
            Some(known) => judge_known(address, person, known),
        },
        Reading::Duplicate { address, of } => {
            leave("duplicate", address.as_str(), &format!("the same address as in row {of}"))
        }
        Reading::Ask { written, why } => leave("ask", written, why),
        Reading::Rejected { written, why } => leave("rejected", written, why),
        Reading::Ignored { why } => leave("ignored", "", why),
    }
}

fn judge_known(address: &Address, person: &Person, known: &Known) -> Outcome {
    let leave = |name, why: &str| Outcome::Leave { name, written: address.to_string(), why: why.to_owned() };
    let merged = known.person.clone().updated_by(person);
    let on_list = known.subscription.is_some();
    if known.suppressed {
        leave("ignored", "is suppressed; an import does not revive it")
    } else if known.left || known.subscription.as_deref() == Some("ended") {
        leave("ignored", HAS_LEFT)
    } else if on_list && merged == known.person {
        leave("duplicate", "is on the list already")
    } else {
        Outcome::Write {
            name: if on_list { "updated" } else { "new" },
            address: address.clone(),
            person: merged,
            joins: !on_list,
            why: on_list.then(|| "what is known of them was brought up to date".to_owned()),
        }
    }
}

impl Imported {
    fn count(&mut self, row: u32, outcome: Outcome) {
        let (name, address, why) = match outcome {
            Outcome::Write { name, address, why, .. } => (name, address.to_string(), why),
            Outcome::Leave { name, written, why } => (name, written, Some(why)),
        };
        let count = match name {
            "new" => &mut self.new,
            "cleaned" => &mut self.cleaned,
            "updated" => &mut self.updated,
            "duplicate" => &mut self.duplicate,
            "ask" => &mut self.ask,
            "rejected" => &mut self.rejected,
            _ => &mut self.ignored,
        };
        *count += 1;
        if let Some(why) = why {
            self.details.push(Detail { row, outcome: name, address, why });
        }
    }
}

/// Adds one reader by hand.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when they left or are suppressed.
pub async fn add(
    store: &Store,
    actor: Actor,
    now: Moment,
    address: Address,
    person: Person,
    to: &Destination<'_>,
) -> Result<Imported> {
    let reading = Reading::Found { address: address.clone(), person, cleaned: None };
    let roster = Roster { rows: vec![RosterRow { line: 1, reading }] };
    let imported = import(store, actor, now, &roster, to).await?;
    match imported.details.first() {
        Some(detail) if detail.outcome == "ignored" => {
            let chinese = match detail.why == HAS_LEFT {
                true => "曾经退订；要请回来，请在订阅者的页面用“重新订阅”，并写明原因",
                false => "已停发；如果停发有误，请先在订阅者的页面“解除停发”",
            };
            Err(Error::refused(format!("{address} {}", detail.why), format!("{address} {chinese}。")))
        }
        _ => Ok(imported),
    }
}

/// Ends a reader's subscriptions to a publication, or to one list of it; how many were changed. From the commit on
/// no letter to them is armed on these lists, for the gate is asked each time; and none after a backup from before
/// it is restored, for the journal has it first.
///
/// # Errors
/// [`Error::Unknown`] when publication, list or reader is not there; [`Error::Store`] when it could not be stored.
pub async fn leave(store: &Store, actor: Actor, now: Moment, from: &Leaving, address: &Address) -> Result<u64> {
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, &from.publication).await?.id;
    let detail = match &from.list {
        Some(name) => {
            let path = ListPath { publication: from.publication.clone(), list: name.clone() };
            format!("list {}", list::named(&mut writing, &path).await?.id)
        }
        None => format!("publication {publication}"),
    };
    let subscriber = named(&mut writing, address).await?;
    let ended = store::departure::end(&mut writing, subscriber.id, from, None).await?;
    if ended > 0 {
        let left = |keyring: &_| Departure { reader: Seal::of_reader(keyring, address), from: from.clone() };
        journal::depart(store, &mut writing, left).await?;
        store::audit::note(&mut writing, "leave", "subscriber", Some(subscriber.id.0), Some(detail)).await?;
    }
    writing.commit().await?;
    Ok(ended)
}

/// Keeps the wish of a reader to leave whom this database does not know, or whose publication it does not know: they are
/// newer than the backup that it was restored from. From the commit on no roster brings them in.
///
/// # Errors
/// [`Error::Store`] when it could not be stored.
pub async fn leave_unknown(store: &Store, now: Moment, departure: &Departure) -> Result<()> {
    let mut writing = store.write(Actor::Stranger, now).await?;
    if store::departure::remember(&mut writing, now, departure).await? {
        journal::depart(store, &mut writing, |_| departure.clone()).await?;
        let detail = format!("publication {}", departure.from.publication);
        store::audit::note(&mut writing, "leave", "subscriber", None, Some(detail)).await?;
    }
    Ok(writing.commit().await?)
}

async fn named(conn: &mut Connection, address: &Address) -> Result<Subscriber> {
    store::subscriber::by_address(conn, address).await?.ok_or_else(|| Error::Unknown {
        noun: "subscriber",
        name: address.to_string(),
        next: "check the address; `yizhan subscriber show ADDRESS` finds it in any case of letters",
    })
}
