//! List: a named readership of one publication. Consent belongs to the pair of reader and list.

use super::han::narrowed;
use super::id::{ListId, PublicationId};
use super::publication::Slug;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPath {
    /// The publication's short name.
    pub publication: Slug,
    /// The list's short name.
    pub list: Slug,
}

/// What a reader leaves: `PUB` for every list of a publication, those to come too, or `PUB/LIST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The publication's short name.
    pub publication: Slug,
    /// The one list that is left; every list where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Slug>,
}

impl Leaving {
    /// Why the subscriptions end, in a word. Who left a publication is brought onto none of its lists by a roster;
    /// who left one list may be brought onto another.
    pub fn why(&self) -> &'static str {
        if self.list.is_some() { "left-list" } else { "left" }
    }
}

impl std::str::FromStr for Leaving {
    type Err = String;

    /// # Errors
    /// A sentence that shows the form of a short name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = narrowed(text);
        let (publication, list) =
            text.split_once('/').map_or((text.as_str(), None), |(before, after)| (before, Some(after)));
        Ok(Self { publication: publication.parse()?, list: list.map(str::parse).transpose()? })
    }
}

impl std::fmt::Display for Leaving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.list {
            Some(list) => write!(f, "{}/{list}", self.publication),
            None => self.publication.fmt(f),
        }
    }
}

impl std::str::FromStr for ListPath {
    type Err = String;

    /// # Errors
    /// A sentence that shows the form.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = narrowed(text);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_keyboard_writes_the_same_path() {
        assert_eq!("ｎotes／all".parse::<ListPath>(), "notes/all".parse());
        assert_eq!("notes／all".parse::<Leaving>(), "notes/all".parse());
    }

    #[test]
    fn what_is_left_is_a_publication_or_one_list_of_it() {
        for (text, why) in [("notes", Some("left")), ("notes/all", Some("left-list")), ("notes/", None), ("", None)] {
            let read = text.parse::<Leaving>();
            assert_eq!(read.as_ref().ok().map(Leaving::why), why, "{text}");
            assert!(read.is_err() || read.unwrap().to_string() == text);
        }
    }
}
