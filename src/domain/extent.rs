//! Extent: how much of an issue its letters hold. A publication says so, and an issue may say otherwise. Pure; read by
//! `compose::print`.

use serde::{Deserialize, Serialize};

/// How much of an issue a letter holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// All of it.
    #[default]
    Full,
    /// The beginning of each article, with a link to the page on which all of it stands.
    Summary,
}

impl Extent {
    /// The word in commands, forms and the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Summary => "summary",
        }
    }
}

impl std::str::FromStr for Extent {
    type Err = String;

    /// # Errors
    /// A sentence that names both words when it is neither.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "full" => Ok(Self::Full),
            "summary" => Ok(Self::Summary),
            _ => Err(format!("'{word}' is not known here; use full or summary")),
        }
    }
}
