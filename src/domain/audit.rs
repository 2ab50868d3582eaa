//! Audit: who did what, when, and for an exception also why. No write transaction opens without an [`Actor`].

use super::id::{AccountId, SubscriberId};
use super::moment::Moment;
use sha2::{Digest, Sha256};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Someone who signed in, or was named with `--as`.
    Account(AccountId),
    /// A reader, by a link in a letter.
    Reader(SubscriberId),
    /// A reader whom this database does not know, by a link in a letter that it does not know either.
    Stranger,
    /// Someone at the machine, by their Unix name.
    Operator(String),
    /// Yizhan itself.
    Station,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Reader(id) => write!(f, "reader:{id}"),
            Self::Stranger => f.write_str("reader:unknown"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Station => f.write_str("station"),
        }
    }
}

/// One noted change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the audit.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// Who: `operator:NAME`, `account:ID`, `reader:ID` or `station`.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// To what kind of thing.
    pub noun: String,
    /// To which.
    pub noun_id: Option<i64>,
    /// Ids and numbers that belong to it.
    pub detail: Option<String>,
}

/// What binds a line to all lines before it.
pub type Link = [u8; 32];

impl Line {
    /// The link of this line behind `before`; the first line of a chain stands behind none.
    pub fn link(&self, before: Option<Link>) -> Link {
        let Self { id, at, actor, verb, noun, noun_id, detail } = self;
        let written = serde_json::json!([id, at, actor, verb, noun, noun_id, detail]).to_string();
        Sha256::new().chain_update(before.unwrap_or_default()).chain_update(written).finalize().into()
    }
}

/// What a walk along the chain has found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Lines from before the chain began: nothing vouches for them.
    pub unlinked: u64,
    /// Lines that are linked as they should be.
    pub linked: u64,
    /// The first line that is not: it, or one before it, was changed, left out or put in.
    pub broken_at: Option<i64>,
    last: Option<Link>,
}

impl Chain {
    /// Takes the next line, in id order, with the link that is kept with it. After a break nothing more is looked at.
    pub fn take(&mut self, line: &Line, kept: Option<Link>) {
        if self.broken_at.is_some() {
            return;
        }
        match kept {
            None if self.last.is_none() => self.unlinked += 1,
            Some(kept) if kept == line.link(self.last) => {
                self.linked += 1;
                self.last = Some(kept);
            }
            None | Some(_) => self.broken_at = Some(line.id),
        }
    }

    /// The last link, in hex: whoever wrote it down elsewhere sees later whether lines were cut off the end.
    pub fn head(&self) -> Option<String> {
        self.last.map(|link| data_encoding::HEXLOWER.encode(&link))
    }
}

/// Why a person made an exception, in their words; no address stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;

impl std::str::FromStr for Reason {
    type Err = &'static str;

    /// # Errors
    /// A sentence when it says nothing, or too much.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        match spaced.trim() {
            "" => Err("says nothing; give the reason in a few words"),
            long if long.chars().count() > LONGEST_REASON => {
                Err("is longer than 500 characters; say it in fewer words")
            }
            reason => Ok(Self(without_addresses(reason))),
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The audit outlives an erasure, so whatever looks like an address is left out.
fn without_addresses(text: &str) -> String {
    let in_address = |c: char| c.is_ascii_alphanumeric() || "@.!#$%&'*+-/=?^_`{|}~".contains(c);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| in_address(c) == in_address(first);
        let (run, after) = rest.split_at(rest.find(|c| !same(c)).unwrap_or(rest.len()));
        kept.push_str(if run.contains('@') { "<address>" } else { run });
        rest = after;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: i64) -> Line {
        let (actor, verb, noun) = ("station".into(), "open".into(), "dispatch".into());
        Line { id, at: Moment(1_000 * id), actor, verb, noun, noun_id: Some(7), detail: None }
    }

    type Lines = Vec<(Line, Option<Link>)>;
    type Change = fn(&mut Lines);

    /// Five lines, the first from before the chain.
    fn chain() -> Lines {
        let mut last = None;
        (1..=5)
            .map(|id| {
                let line = line(id);
                last = (id > 1).then(|| line.link(last));
                (line, last)
            })
            .collect()
    }

    fn walked(lines: &[(Line, Option<Link>)]) -> Chain {
        let mut chain = Chain::default();
        lines.iter().for_each(|(line, link)| chain.take(line, *link));
        chain
    }

    #[test]
    fn a_whole_chain_is_found_whole() {
        let chain = walked(&chain());
        assert_eq!((chain.unlinked, chain.linked, chain.broken_at), (1, 4, None));
        assert_eq!(chain.head().unwrap().len(), 64);
    }

    #[test]
    fn a_line_changed_left_out_or_put_in_breaks_the_chain_there() {
        let changes: [(Change, i64); 5] = [
            (|lines| lines[2].0.verb = "close".into(), 3),
            (|lines| lines[3].0.detail = Some(String::new()), 4),
            (|lines| drop(lines.remove(2)), 4),
            (|lines| lines.insert(3, lines[2].clone()), 3),
            (|lines| lines[4].1 = None, 5),
        ];
        for (change, broken_at) in changes {
            let mut lines = chain();
            change(&mut lines);
            assert_eq!(walked(&lines).broken_at, Some(broken_at));
        }
    }

    #[test]
    fn a_reason_says_something_and_names_no_address() {
        for (written, kept) in [
            (" asked by phone ", Ok("asked by phone")),
            ("读者Anna.Li@readers.example来电，请恢复", Ok("读者<address>来电，请恢复")),
            ("a@b.cn, <c+d@e.cn> and\n@all", Ok("<address>, <<address>> and <address>")),
            (" \t ", Err("says nothing; give the reason in a few words")),
        ] {
            assert_eq!(written.parse().map(|reason: Reason| reason.to_string()), kept.map(str::to_owned), "{written}");
        }
        assert!("长".repeat(501).parse::<Reason>().is_err());
    }
}
