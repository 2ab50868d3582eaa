//! Subscriber: a person, known by one address; a [`Roster`] is a table of them as an office keeps
//! it, read by intake and judged row by row before anything is written.

use super::address::Address;
use super::id::SubscriberId;
use super::language::Sentence;
use serde::{Deserialize, Serialize};

/// A person, known by one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Their identity.
    pub id: SubscriberId,
    /// Where letters go.
    pub address: Address,
    /// What is known of them.
    pub person: Person,
}

/// What a roster may say of a person; empty fields are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// 姓名.
    pub name: Option<String>,
    /// 单位.
    pub organisation: Option<String>,
    /// 部门.
    pub department: Option<String>,
    /// 职务.
    pub position: Option<String>,
    /// 电话.
    pub phone: Option<String>,
    /// 地区.
    pub region: Option<String>,
    /// 分组.
    pub category: Option<String>,
    /// 备注.
    pub remark: Option<String>,
}

impl Person {
    /// Every field, in the order of a roster's columns.
    pub fn fields(&self) -> [&Option<String>; 8] {
        let Self { name, organisation, department, position, phone, region, category, remark } = self;
        [name, organisation, department, position, phone, region, category, remark]
    }

    /// Without the white space around what it says; fields that then say nothing are absent.
    #[must_use]
    pub fn tidied(self) -> Self {
        let tidy = |field: Option<String>| field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            name: tidy(self.name),
            organisation: tidy(self.organisation),
            department: tidy(self.department),
            position: tidy(self.position),
            phone: tidy(self.phone),
            region: tidy(self.region),
            category: tidy(self.category),
            remark: tidy(self.remark),
        }
    }

    /// What is known after `news` came in: what it says replaces, what it does not say stays.
    #[must_use]
    pub fn updated_by(self, news: &Self) -> Self {
        let newer = |old: Option<String>, new: &Option<String>| new.clone().or(old);
        Self {
            name: newer(self.name, &news.name),
            organisation: newer(self.organisation, &news.organisation),
            department: newer(self.department, &news.department),
            position: newer(self.position, &news.position),
            phone: newer(self.phone, &news.phone),
            region: newer(self.region, &news.region),
            category: newer(self.category, &news.category),
            remark: newer(self.remark, &news.remark),
        }
    }
}

/// Why someone is on a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The office must inform them.
    Duty,
    /// They asked for it.
    #[default]
    #[serde(rename = "self")]
    Asked,
    /// Someone gave it to them.
    Gift,
}

impl Basis {
    /// The word in tables and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Duty => "duty",
            Self::Asked => "self",
            Self::Gift => "gift",
        }
    }
}

impl std::str::FromStr for Basis {
    type Err = String;

    /// # Errors
    /// A sentence that names the three words when it is none of them.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "duty" => Ok(Self::Duty),
            "self" => Ok(Self::Asked),
            "gift" => Ok(Self::Gift),
            _ => Err(format!("'{word}' is no basis; use duty, self or gift")),
        }
    }
}

/// How a reader stands with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Letters go, or would but for a suppression.
    Active,
    /// Asked, not confirmed.
    Pending,
    /// Left, or was taken off.
    Ended,
    /// Their address is suppressed.
    Suppressed,
}

impl Stands {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Pending, Self::Ended, Self::Suppressed];

    /// The word in addresses of pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Ended => "ended",
            Self::Suppressed => "suppressed",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// The state of the subscription, where it is one.
    pub fn state(self) -> Option<&'static str> {
        (self != Self::Suppressed).then(|| self.word())
    }
}

/// A roster as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// A row for each row of the file below its headings, in order.
    pub rows: Vec<RosterRow>,
}

/// One row of a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterRow {
    /// Its line in the file, counted from 1; 0 where it is about none of them.
    pub line: u32,
    /// What could be made of it.
    pub reading: Reading,
}

/// What intake makes of a row, before the store is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// An address and who it belongs to. `cleaned` says what was put right, where something was.
    Found {
        /// The address.
        address: Address,
        /// Whose it is.
        person: Person,
        /// What was cleaned, as a sentence; none when it was right as written.
        cleaned: Option<Sentence>,
    },
    /// The same address stood in an earlier row.
    Duplicate {
        /// The address.
        address: Address,
        /// The line of the earlier row.
        of: u32,
        /// Whose it is, if the row says.
        name: Option<String>,
    },
    /// Probably a slip of the pen: asked, not written.
    Ask {
        /// The cell as written.
        written: String,
        /// What is doubtful and what might be meant.
        why: Sentence,
        /// Whose it is, if the row says.
        name: Option<String>,
    },
    /// Not an address.
    Rejected {
        /// The cell as written.
        written: String,
        /// Why not.
        why: Sentence,
        /// Whose it is, if the row says.
        name: Option<String>,
    },
    /// Empty, a total, a repeated heading.
    Ignored {
        /// Which of these.
        why: Sentence,
    },
}
