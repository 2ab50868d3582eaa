//! Judging: what each row of a roster comes to, once the store has been looked at. Nobody who left, or is
//! suppressed, comes back by a roster. Pure but for looking; `subscriber` and `roster` write what it says.

use crate::actions::{Result, list};
use crate::domain::address::Address;
use crate::domain::id::ListId;
use crate::domain::journal::Seal;
use crate::domain::language::Sentence;
use crate::domain::list::ListPath;
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use crate::store::subscriber::Known;
use crate::store::{self, Connection, Writing};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What becomes of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Doubtful: not written.
    Ask,
    /// No address.
    Rejected,
    /// An empty row, a total, somebody who left or is suppressed.
    Ignored,
    /// New after cleaning.
    Cleaned,
    /// On the list, with something new known of them.
    Updated,
    /// Twice in the file, or on the list as they are.
    Duplicate,
    /// New on the list.
    New,
}

impl Outcome {
    /// All of them, those first that need a look.
    pub const ALL: [Self; 7] =
        [Self::Ask, Self::Rejected, Self::Ignored, Self::Cleaned, Self::Updated, Self::Duplicate, Self::New];

    /// The word on the command line and in addresses of pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Rejected => "rejected",
            Self::Ignored => "ignored",
            Self::Cleaned => "cleaned",
            Self::Updated => "updated",
            Self::Duplicate => "duplicate",
            Self::New => "new",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

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

/// One row of a roster and what becomes of it, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file.
    pub line: u32,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The address, or the cell as written.
    pub address: String,
    /// Whose it is, if the row says.
    pub name: Option<String>,
    /// Why; none where there is nothing to say.
    pub why: Option<Sentence>,
}

/// A reader whom a roster adds or says more of.
#[derive(Clone, Debug)]
pub(in crate::actions) struct Saved {
    pub(in crate::actions) address: Address,
    /// What was known of them; none where nobody knew them.
    pub(in crate::actions) before: Option<Person>,
    /// What is known of them now.
    pub(in crate::actions) after: Person,
    /// Whether they join the list.
    pub(in crate::actions) joins: bool,
}

/// What a roster comes to, row by row, and whom to save.
pub(in crate::actions) struct Judged {
    pub(in crate::actions) rows: Vec<Row>,
    pub(in crate::actions) save: Vec<Saved>,
}

impl Judged {
    /// Judges every row of a roster for a list.
    pub(in crate::actions) async fn of(conn: &mut Connection, roster: &Roster, to: &ListPath) -> Result<Self> {
        let known = Knowledge::of(conn, roster, to).await?;
        let mut judged = Self { rows: Vec::with_capacity(roster.rows.len()), save: Vec::new() };
        for row in &roster.rows {
            let (shown, saved) = known.judge(row);
            judged.rows.push(shown);
            judged.save.extend(saved);
        }
        Ok(judged)
    }

    /// The counts, and each row that is not simply new.
    pub(in crate::actions) fn imported(&self) -> Imported {
        Imported::of(&self.rows)
    }

    /// Writes it: saves people, and has those join who do. Returns how many join.
    pub(in crate::actions) async fn write(&self, writing: &mut Writing, list: ListId, basis: Basis) -> Result<usize> {
        let people: Vec<_> = self.save.iter().map(|saved| (&saved.address, &saved.after)).collect();
        store::subscriber::save_all(writing, &people).await?;
        let join: Vec<_> = self.save.iter().filter(|saved| saved.joins).map(|saved| saved.address.key()).collect();
        store::list::subscribe_all(writing, list, &join, basis).await?;
        Ok(join.len())
    }
}

impl Imported {
    /// The counts of these rows, and each row that is not simply new.
    pub fn of(rows: &[Row]) -> Self {
        let mut imported = Self { rows: rows.len(), ..Self::default() };
        for row in rows {
            *imported.count(row.outcome) += 1;
            if let Some(why) = &row.why {
                imported.details.push(Detail {
                    row: row.line,
                    outcome: row.outcome.word(),
                    address: row.address.clone(),
                    why: why.english.clone(),
                });
            }
        }
        imported
    }

    /// The count of an outcome.
    fn count(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Ask => &mut self.ask,
            Outcome::Rejected => &mut self.rejected,
            Outcome::Ignored => &mut self.ignored,
            Outcome::Cleaned => &mut self.cleaned,
            Outcome::Updated => &mut self.updated,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::New => &mut self.new,
        }
    }
}

/// What is known of a roster's people, by address key.
struct Knowledge {
    people: HashMap<String, Known>,
    /// Who has left by the journal, though this database may not know them.
    departed: HashSet<String>,
}

impl Knowledge {
    async fn of(conn: &mut Connection, roster: &Roster, to: &ListPath) -> Result<Self> {
        let keys = keys(roster);
        let id = list::named(conn, to).await?.id;
        let people = store::subscriber::known(conn, id, &keys).await?;
        let readers = store::departure::from_list(conn, to).await?;
        if readers.is_empty() {
            return Ok(Self { people, departed: HashSet::new() });
        }
        let keyring = store::station::keyring(conn).await?.ok_or(store::Error::Unreadable("key"))?;
        let departed = keys.into_iter().filter(|key| readers.contains(&Seal::of_reader_key(&keyring, key))).collect();
        Ok(Self { people, departed })
    }

    /// What becomes of a row, now that the store has been looked at.
    fn judge(&self, row: &RosterRow) -> (Row, Option<Saved>) {
        let shown = |outcome, address: &str, name: &Option<String>, why| Row {
            line: row.line,
            outcome,
            address: address.to_owned(),
            name: name.clone(),
            why: Some(why),
        };
        match &row.reading {
            Reading::Found { address, person, cleaned } => {
                self.judge_found(row.line, address, person, cleaned.as_ref())
            }
            Reading::Duplicate { address, of, name } => {
                (shown(Outcome::Duplicate, address.as_str(), name, same_as(*of)), None)
            }
            Reading::Ask { written, why, name } => (shown(Outcome::Ask, written, name, why.clone()), None),
            Reading::Rejected { written, why, name } => (shown(Outcome::Rejected, written, name, why.clone()), None),
            Reading::Ignored { why } => (shown(Outcome::Ignored, "", &None, why.clone()), None),
        }
    }

    fn judge_found(
        &self,
        line: u32,
        address: &Address,
        person: &Person,
        cleaned: Option<&Sentence>,
    ) -> (Row, Option<Saved>) {
        let known = self.people.get(&address.key());
        let (outcome, why, saved) = if self.departed.contains(&address.key()) {
            (Outcome::Ignored, Some(has_left()), None)
        } else if let Some(known) = known {
            judge_known(address, person, known)
        } else {
            let outcome = if cleaned.is_some() { Outcome::Cleaned } else { Outcome::New };
            let saved = Saved { address: address.clone(), before: None, after: person.clone(), joins: true };
            (outcome, cleaned.cloned(), Some(saved))
        };
        let name = person.name.clone().or_else(|| known.and_then(|known| known.person.name.clone()));
        (Row { line, outcome, address: address.to_string(), name, why }, saved)
    }
}

fn judge_known(address: &Address, person: &Person, known: &Known) -> (Outcome, Option<Sentence>, Option<Saved>) {
    let after = known.person.clone().updated_by(person);
    let on_list = known.subscription.is_some();
    if known.suppressed {
        return (Outcome::Ignored, Some(suppressed()), None);
    }
    if known.left || known.subscription.as_deref() == Some("ended") {
        return (Outcome::Ignored, Some(has_left()), None);
    }
    if on_list && after == known.person {
        return (Outcome::Duplicate, Some(is_there()), None);
    }
    let saved = Saved { address: address.clone(), before: Some(known.person.clone()), after, joins: !on_list };
    match on_list {
        true => (Outcome::Updated, Some(brought_up_to_date()), Some(saved)),
        false => (Outcome::New, None, Some(saved)),
    }
}

fn sentence(english: impl Into<String>, chinese: impl Into<String>) -> Sentence {
    Sentence { english: english.into(), chinese: chinese.into() }
}

fn has_left() -> Sentence {
    sentence(
        "has left, and is not brought back by a roster; `yizhan subscriber return` does that",
        "已经退订或被移出，名单导入不会恢复；确需恢复，请在读者页面操作",
    )
}

fn suppressed() -> Sentence {
    sentence("is suppressed; an import does not revive it", "地址已停发，名单导入不会恢复；请先在读者页面解除停发")
}

fn is_there() -> Sentence {
    sentence("is on the list already", "已在名单中")
}

fn brought_up_to_date() -> Sentence {
    sentence("what is known of them was brought up to date", "已在名单中，资料有更新")
}

fn same_as(line: u32) -> Sentence {
    sentence(format!("the same address as in row {line}"), format!("与第 {line} 行的地址相同"))
}

fn keys(roster: &Roster) -> Vec<String> {
    let found = roster.rows.iter().filter_map(|row| match &row.reading {
        Reading::Found { address, .. } => Some(address.key()),
        _ => None,
    });
    found.collect()
}
