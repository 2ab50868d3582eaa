//! Audit: who did what, when, and for an exception also why. No write transaction opens without an [`Actor`].

use super::id::{AccountId, SubscriberId};

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
