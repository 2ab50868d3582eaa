//! Journal: what must outlive any backup: who has left or come back, and how far sending has come. A restored database is
//! older than its journal, and that is how it is known. Addresses stand in it as [`Seal`]s only. Each
//! line carries a checksum, so that a line torn by a crash is recognised and dropped.

use super::address::Address;
use super::link::Keyring;
use super::list::{Leaving, ListPath};
use super::moment::Moment;
use super::publication::Slug;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// Stands for something without showing it: 128 bits of an HMAC or a digest, in hex where it is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Seal(pub [u8; 16]);

impl Seal {
    /// Of a reader, by the address in lower case. Without the station's key nobody can try addresses against it.
    pub fn of_reader(keyring: &Keyring, address: &Address) -> Self {
        Self::of_reader_key(keyring, &address.key())
    }

    /// The same, from [`Address::key`].
    pub fn of_reader_key(keyring: &Keyring, key: &str) -> Self {
        Self::keyed(keyring, b"yizhan journal reader 1", key.as_bytes())
    }

    /// Of the station itself, to tell its journal from another's.
    pub fn of_station(keyring: &Keyring) -> Self {
        Self::keyed(keyring, b"yizhan journal station 1", b"")
    }

    /// Of the place where a database lies: the machine's id and the folder's path.
    pub fn of_place(machine: &str, folder: &str) -> Self {
        Self::first(&Sha256::digest(format!("yizhan place 1\0{machine}\0{folder}")))
    }

    fn keyed(keyring: &Keyring, label: &[u8], what: &[u8]) -> Self {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&keyring.0).expect("HMAC takes keys of any length");
        hmac.update(label);
        hmac.update(what);
        Self::first(&hmac.finalize().into_bytes())
    }

    fn first(bytes: &[u8]) -> Self {
        let mut seal = [0; 16];
        seal.copy_from_slice(&bytes[..16]);
        Self(seal)
    }
}

impl From<Seal> for String {
    fn from(seal: Seal) -> Self {
        HEXLOWER.encode(&seal.0)
    }
}

impl TryFrom<String> for Seal {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("is no seal of 32 hexadecimal digits")
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose journal it is.
    pub station: Seal,
    /// When.
    pub at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A reader left.
    Left(Departure),
    /// A person put a reader back who had left.
    Returned(Return),
    /// Letters go out from here on by a database that has this mark.
    Mark(Mark),
}

/// A reader's leaving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Who.
    pub reader: Seal,
    /// From what, by short names: ids may mean something else in another database.
    #[serde(flatten)]
    pub from: Leaving,
}

/// A reader's coming back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Who.
    pub reader: Seal,
    /// Onto which list.
    #[serde(flatten)]
    pub to: ListPath,
}

/// How far sending has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The number that only rises.
    pub number: i64,
    /// The epoch that raised it.
    pub boot: i64,
    /// The highest number that a delivery may have had so far; 0 where the line is older than this word.
    #[serde(default)]
    pub given: i64,
}

/// Hexadecimal digits of a line's checksum.
const CHECKSUM: usize = 16;

impl Entry {
    /// The line: a checksum, the entry as JSON, a newline.
    pub fn line(&self) -> String {
        let json = serde_json::to_string(self).expect("our values are plain data");
        format!("{} {json}\n", checksum(json.as_bytes()))
    }

    /// Reads a line without its newline; none when its checksum does not fit.
    fn read(line: &[u8]) -> Option<Self> {
        let (sum, rest) = line.split_at_checked(CHECKSUM)?;
        let json = rest.strip_prefix(b" ")?;
        if checksum(json).as_bytes() != sum {
            return None;
        }
        serde_json::from_slice(json).ok()
    }
}

fn checksum(json: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(json)[..CHECKSUM / 2])
}

/// The journal as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Each entry, with the length of the journal up to its end.
    pub entries: Vec<(u64, Entry)>,
    /// Its length in bytes, without a torn line.
    pub length: u64,
    /// Whether the last line was torn: it was never acknowledged to anyone.
    pub torn: bool,
    /// How many lines before the last cannot be read: something has damaged the file.
    pub damaged: usize,
}

impl Journal {
    /// Reads a journal.
    pub fn read(bytes: &[u8]) -> Self {
        let mut journal = Self { length: bytes.len() as u64, ..Self::default() };
        let mut end = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            match line.strip_suffix(b"\n").and_then(Entry::read) {
                Some(entry) => journal.entries.push((end as u64, entry)),
                None if end == bytes.len() => {
                    journal.torn = true;
                    journal.length -= line.len() as u64;
                }
                None => journal.damaged += 1,
            }
        }
        journal
    }

    /// The last mark.
    pub fn mark(&self) -> Option<Mark> {
        self.entries.iter().rev().find_map(|(_, entry)| match entry.what {
            What::Mark(mark) => Some(mark),
            What::Left(_) | What::Returned(_) => None,
        })
    }

    /// The highest number that a delivery of this station may have had; none where no mark of it tells.
    pub fn given(&self, station: Seal) -> Option<i64> {
        let given = |(_, entry): &(u64, Entry)| match entry.what {
            What::Mark(mark) if entry.station == station => Some(mark.given),
            What::Mark(_) | What::Left(_) | What::Returned(_) => None,
        };
        self.entries.iter().filter_map(given).max().filter(|given| *given > 0)
    }

    /// What is missing of a journal that was read, or of one that was not there, for who left to be known.
    pub fn gap(journal: Option<&Self>) -> Option<Gap> {
        match journal {
            Some(journal) if journal.damaged > 0 => Some(Gap::Lines(journal.damaged)),
            Some(journal) if !journal.entries.is_empty() => None,
            Some(_) | None => Some(Gap::Missing),
        }
    }

    /// Who left and who came back, in order, as written after the first `heard` bytes by this station; all of them,
    /// where no line ends there: then it was another journal that was heard of.
    pub fn moves_after(&self, heard: u64, station: Seal) -> Vec<Move<'_>> {
        let heard = if self.entries.iter().any(|(end, _)| *end == heard) { heard } else { 0 };
        let ours = self.entries.iter().filter(|(end, entry)| *end > heard && entry.station == station);
        // From the end, so that who came back later is known when a leaving is looked at.
        let mut back: HashSet<(Seal, &Slug)> = HashSet::new();
        let mut moves: Vec<_> = ours
            .rev()
            .filter_map(|(_, entry)| match &entry.what {
                What::Left(left) => {
                    let until = back.contains(&(left.reader, &left.from.publication)).then_some(entry.at);
                    Some(Move::Left { at: entry.at, left, until })
                }
                What::Returned(returned) => {
                    back.insert((returned.reader, &returned.to.publication));
                    Some(Move::Returned(returned))
                }
                What::Mark(_) => None,
            })
            .collect();
        moves.reverse();
        moves
    }
}

/// What is missing of a journal, so that somebody may have left whom nobody knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// So many lines cannot be read.
    Lines(usize),
    /// All of it.
    Missing,
}

impl Gap {
    /// The beginning of a sentence that says so.
    pub fn words(self) -> String {
        match self {
            Self::Lines(1) => "1 line of the journal cannot be read".to_owned(),
            Self::Lines(lines) => format!("{lines} lines of the journal cannot be read"),
            Self::Missing => "No journal is beside the database".to_owned(),
        }
    }
}

/// A reader's leaving or coming back, as it is applied once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move<'a> {
    /// They left.
    Left {
        /// When.
        at: Moment,
        /// Who, and from what.
        left: &'a Departure,
        /// Only consent up to this moment ends: they came back to the publication later, and may have given a newer
        /// one since. None where they did not: then no consent can be newer, whatever clocks say.
        until: Option<Moment>,
    },
    /// They came back.
    Returned(&'a Return),
}

impl Move<'_> {
    /// Whose it is.
    pub fn reader(&self) -> Seal {
        match self {
            Self::Left { left, .. } => left.reader,
            Self::Returned(returned) => returned.reader,
        }
    }
}

/// What a database says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Whose it is.
    pub station: Seal,
    /// Its mark.
    pub mark: i64,
    /// How much of its journal it knows; none where it has had none.
    pub heard: Option<u64>,
    /// Where it sends; none where it has not sent.
    pub place: Option<Seal>,
}

/// Why a database must not send before a person has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It has missed letters that its journal knows of.
    Older,
    /// Its journal is not beside it.
    Alone,
    /// The journal beside it is another station's.
    Foreign,
    /// It was at work in another place.
    Elsewhere,
}

impl Doubt {
    /// The doubt about a database beside this journal, at this place, if there is one.
    pub fn about(database: &Known, journal: Option<&Journal>, here: Seal) -> Option<Self> {
        let Some(journal) = journal.filter(|journal| !journal.entries.is_empty()) else {
            return database.heard.map(|_| Self::Alone);
        };
        if journal.entries.iter().any(|(_, entry)| entry.station != database.station) {
            return Some(Self::Foreign);
        }
        match journal.mark() {
            Some(mark) if mark.number > database.mark => Some(Self::Older),
            _ => database.place.filter(|place| *place != here).map(|_| Self::Elsewhere),
        }
    }

    /// Whether letters may have gone out that the database does not know of.
    pub fn is_of_letters(self) -> bool {
        match self {
            Self::Older | Self::Alone | Self::Foreign => true,
            Self::Elsewhere => false,
        }
    }

    /// Why nothing is sent, as the middle of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Older => "the database is older than its journal, so letters have gone out that it does not know of",
            Self::Alone => {
                "the journal that belongs to the database is not beside it, so letters may have gone out that it does not know of"
            }
            Self::Foreign => "the journal beside the database belongs to another station",
            Self::Elsewhere => {
                "the database was last at work on another machine or in another folder, and if it still is there, readers would get letters twice"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Keyring = Keyring([7; 32]);
    const HERE: Seal = Seal([1; 16]);

    fn mark(number: i64) -> Entry {
        Entry { station: Seal::of_station(&OURS), at: Moment(5), what: What::Mark(Mark { number, boot: 1, given: 9 }) }
    }

    fn left(address: &str) -> Entry {
        let reader = Seal::of_reader(&OURS, &address.parse().unwrap());
        let departure = Departure { reader, from: "notes".parse().unwrap() };
        Entry { station: Seal::of_station(&OURS), at: Moment(6), what: What::Left(departure) }
    }

    fn returned(address: &str) -> Entry {
        let reader = Seal::of_reader(&OURS, &address.parse().unwrap());
        let what = What::Returned(Return { reader, to: "notes/all".parse().unwrap() });
        Entry { station: Seal::of_station(&OURS), at: Moment(7), what }
    }

    fn written(entries: &[Entry]) -> Vec<u8> {
        entries.iter().map(Entry::line).collect::<String>().into_bytes()
    }

    #[test]
    fn what_is_written_is_read_and_shows_no_address() {
        let bytes = written(&[mark(1), left("Anna@readers.example"), mark(2)]);
        let journal = Journal::read(&bytes);
        assert_eq!((journal.torn, journal.damaged, journal.entries.len()), (false, 0, 3));
        assert_eq!(journal.mark().map(|mark| mark.number), Some(2));
        assert_eq!(journal.entries[1].1, left("anna@readers.example"));
        assert!(!String::from_utf8(bytes).unwrap().contains("anna"));
    }

    #[test]
    fn a_line_torn_at_any_byte_is_dropped_and_those_before_it_stand() {
        let (first, whole) = (written(&[mark(1)]), written(&[mark(1), left("a@readers.example")]));
        for cut in first.len() + 1..whole.len() {
            let journal = Journal::read(&whole[..cut]);
            assert_eq!((journal.torn, journal.damaged, journal.entries.len()), (true, 0, 1), "cut at {cut}");
        }
    }

    #[test]
    fn a_line_with_any_byte_changed_is_not_believed() {
        let (first, whole) = (mark(1).line().len(), written(&[mark(1), mark(2)]));
        for at in 0..first - 1 {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            let journal = Journal::read(&changed);
            assert!(journal.damaged > 0, "changed at {at}");
            assert_eq!(journal.entries.len(), 1, "changed at {at}");
        }
    }

    #[test]
    fn only_departures_that_the_database_has_not_heard_of_are_told() {
        let bytes = written(&[left("a@readers.example"), mark(1), left("b@readers.example")]);
        let (journal, ours) = (Journal::read(&bytes), Seal::of_station(&OURS));
        let after = |heard| journal.moves_after(heard, ours).len();
        let first = journal.entries[0].0;
        assert_eq!((after(0), after(first), after(journal.length)), (2, 1, 0));
        assert_eq!((after(first + 1), after(journal.length + 999)), (2, 2), "heard of another journal");
        assert_eq!(journal.moves_after(0, HERE), []);
    }

    #[test]
    fn a_leaving_ends_only_older_consent_where_its_reader_came_back_later() {
        let bytes = written(&[
            left("a@readers.example"),
            left("b@readers.example"),
            returned("a@readers.example"),
            mark(1),
            left("a@readers.example"),
        ]);
        let journal = Journal::read(&bytes);
        let told = journal.moves_after(0, Seal::of_station(&OURS));
        let untils: Vec<_> = told
            .iter()
            .map(|step| match step {
                Move::Left { until, .. } => Some(*until),
                Move::Returned(_) => None,
            })
            .collect();
        assert_eq!(untils, [Some(Some(Moment(6))), Some(None), None, Some(None)]);
    }

    #[test]
    fn a_line_from_before_readers_could_come_back_is_read() {
        let json = format!(
            r#"{{"station":"{}","at":6,"left":{{"reader":"{}","publication":"notes"}}}}"#,
            String::from(Seal::of_station(&OURS)),
            String::from(Seal::of_reader(&OURS, &"anna@readers.example".parse().unwrap())),
        );
        let line = format!("{} {json}\n", checksum(json.as_bytes()));
        assert_eq!(line, left("anna@readers.example").line());
        assert_eq!(Journal::read(line.as_bytes()).entries[0].1, left("anna@readers.example"));
    }

    #[test]
    fn a_mark_from_before_it_told_numbers_is_read() {
        let station = String::from(Seal::of_station(&OURS));
        let json = format!(r#"{{"station":"{station}","at":5,"mark":{{"number":3,"boot":1}}}}"#);
        let line = format!("{} {json}\n", checksum(json.as_bytes()));
        assert_eq!(Journal::read(line.as_bytes()).mark(), Some(Mark { number: 3, boot: 1, given: 0 }));
    }

    #[test]
    fn a_database_is_doubted_for_a_reason_and_only_for_one() {
        let other = Keyring([8; 32]);
        let with = |mark, heard, place| Known { station: Seal::of_station(&OURS), mark, heard, place };
        let there = Some(Seal([2; 16]));
        let three = Journal::read(&written(&[mark(2), left("a@readers.example"), mark(3)]));
        let unmarked = Journal::read(&written(&[left("a@readers.example")]));
        let foreign = Known { station: Seal::of_station(&other), ..with(9, Some(1), Some(HERE)) };
        for (database, journal, doubt, why) in [
            (with(0, None, None), None, None, "a new one"),
            (with(0, None, Some(HERE)), None, None, "one from before there were journals"),
            (with(3, Some(9), Some(HERE)), Some(&three), None, "as new as its journal"),
            (with(4, Some(9), Some(HERE)), Some(&three), None, "newer: the process died between commit and journal"),
            (with(2, Some(9), Some(HERE)), Some(&three), Some(Doubt::Older), "an old copy"),
            (with(0, None, None), Some(&three), Some(Doubt::Older), "a copy from before the first letter"),
            (with(2, Some(9), there), Some(&three), Some(Doubt::Older), "an old copy on another machine"),
            (with(3, Some(9), there), Some(&three), Some(Doubt::Elsewhere), "a whole folder that was moved"),
            (with(3, Some(9), Some(HERE)), None, Some(Doubt::Alone), "a journal that is gone"),
            (with(0, Some(9), None), Some(&unmarked), None, "somebody left before anything was mailed"),
            (foreign, Some(&three), Some(Doubt::Foreign), "another station's journal"),
        ] {
            assert_eq!(Doubt::about(&database, journal, HERE), doubt, "{why}");
        }
    }
}
