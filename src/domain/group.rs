//! Group: readers of one publication, chosen by a rule and not by name: whoever fits it now is in it. The rule is a few
//! conditions, of which all or any must fit; it is told in words, and what it means is said here once more, in Rust,
//! beside the SQL that finds readers by it (store/subscriber/search/rule.rs). It gives nobody consent and sends nothing
//! (docs/decisions/0018).

mod condition;

pub use condition::{Condition, Field, Relation, Test, Text};

use super::id::{GroupId, PublicationId};
use super::language::{Language, Sentence};
use super::publication::Slug;
use super::subscriber::{Person, Stands};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The most conditions of a rule.
pub const MOST: usize = 12;

/// Readers chosen by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its identity.
    pub id: GroupId,
    /// The periodical whose readers they are.
    pub publication: PublicationId,
    /// Its name.
    pub name: String,
    /// Who is in it.
    pub rule: Rule,
    /// How often it was changed: whoever changes it says which they looked at.
    pub revision: i64,
}

/// Who is in a group: a few conditions, of which all or any must fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Rule {
    how: How,
    conditions: Vec<Condition>,
}

/// How many of the conditions must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// Every one.
    #[default]
    All,
    /// One at least.
    Any,
}

impl How {
    /// Both.
    pub const ALL: [Self; 2] = [Self::All, Self::Any];

    /// The word in forms and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A reader, as far as rules look at them.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Their address.
    pub address: &'a str,
    /// The provider behind it.
    pub lane: &'a str,
    /// What is known of them.
    pub person: &'a Person,
    /// The publication's lists that they are on, and have not left.
    pub on: &'a [Slug],
    /// How they stand with the publication: as with the list where they stand best; `Suppressed` is said apart.
    pub stands: Stands,
    /// Whether nothing may go to their address.
    pub is_suppressed: bool,
    /// The day on which they became known, in the publication's zone.
    pub known: NaiveDate,
}

impl Rule {
    /// A rule of these conditions, each said once.
    ///
    /// # Errors
    /// A sentence when there is none, or more than [`MOST`].
    pub fn of(how: How, conditions: Vec<Condition>) -> Result<Self, Sentence> {
        let mut each = Vec::with_capacity(conditions.len());
        for condition in conditions {
            // A rule is kept as text: one that does not say itself again would be lost.
            if condition.to_string().parse().as_ref() != Ok(&condition) {
                let (field, relation, value) = condition.pieces();
                let [field, relation] = [field.called(Language::Chinese), relation.called(Language::Chinese)];
                return Err(Sentence {
                    english: format!("'{condition}' cannot be kept as it is; word its value otherwise"),
                    chinese: format!("条件 {field} {relation} {value} 无法保存，请换一种写法。"),
                });
            }
            if !each.contains(&condition) {
                each.push(condition);
            }
        }
        match each.len() {
            0 => Err(Sentence {
                english: "a group has at least one condition; give one with --where".into(),
                chinese: "请至少填写一个条件。".into(),
            }),
            n if n > MOST => Err(Sentence {
                english: format!("a group has at most {MOST} conditions; this has {n}"),
                chinese: format!("最多 {MOST} 个条件，这里有 {n} 个；请减少一些。"),
            }),
            _ => Ok(Self { how, conditions: each }),
        }
    }

    /// How many of them must fit.
    pub fn how(&self) -> How {
        self.how
    }

    /// Its conditions, one at least.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The lists that it names.
    pub fn lists(&self) -> impl Iterator<Item = &Slug> {
        self.conditions.iter().filter_map(|condition| match &condition.test {
            Test::On(list) => Some(list),
            Test::Is(..)
            | Test::Contains(..)
            | Test::IsEmpty(_)
            | Test::Provider(_)
            | Test::Stands(_)
            | Test::KnownFrom(_) => None,
        })
    }

    /// Whether a reader is in.
    pub fn fits(&self, facts: &Facts<'_>) -> bool {
        let mut each = self.conditions.iter().map(|condition| condition.fits(facts));
        match self.how {
            How::All => each.all(|fits| fits),
            How::Any => each.any(|fits| fits),
        }
    }

    /// The rule in words: 单位包含“科技局”，且地区是“云泽市”. `list` gives the name of a list, where it has one.
    pub fn told(&self, language: Language, list: impl Fn(&Slug) -> Option<String>) -> String {
        let each: Vec<_> = self.conditions.iter().map(|condition| condition.told(language, &list)).collect();
        each.join(match (language, self.how) {
            (Language::Chinese, How::All) => "，且",
            (Language::Chinese, How::Any) => "，或",
            (Language::English, How::All) => " and ",
            (Language::English, How::Any) => " or ",
        })
    }
}

/// A rule as it is stored and as programs read it: each condition as the command line takes it.
#[derive(Serialize, Deserialize)]
struct Written {
    how: How,
    conditions: Vec<String>,
}

impl TryFrom<Written> for Rule {
    type Error = Sentence;

    fn try_from(Written { how, conditions }: Written) -> Result<Self, Sentence> {
        let read = |text: String| text.parse::<Condition>();
        Self::of(how, conditions.into_iter().map(read).collect::<Result<_, _>>()?)
    }
}

impl From<Rule> for Written {
    fn from(Rule { how, conditions }: Rule) -> Self {
        Self { how, conditions: conditions.iter().map(ToString::to_string).collect() }
    }
}

#[cfg(test)]
mod tests;
