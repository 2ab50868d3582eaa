//! List: a named readership of one publication. Consent belongs to the pair of reader and list.

use super::id::{ListId, PublicationId};
use super::publication::Slug;

/// A named readership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its identity.
    pub id: ListId,
    /// The periodical it belongs to.
    pub publication: PublicationId,
    /// Its short name within the publication.
    pub slug: Slug,
    /// Its name.
    pub name: String,
}

/// A list as commands name it: `PUB/LIST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPath {
    /// The publication's short name.
    pub publication: Slug,
    /// The list's short name.
    pub list: Slug,
}

impl std::str::FromStr for ListPath {
    type Err = String;

    /// # Errors
    /// A sentence that shows the form.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (publication, list) =
            text.split_once('/').ok_or_else(|| format!("'{text}' names no list; write PUBLICATION/LIST"))?;
        Ok(Self { publication: publication.parse()?, list: list.parse()? })
    }
}

impl std::fmt::Display for ListPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.publication, self.list)
    }
}
