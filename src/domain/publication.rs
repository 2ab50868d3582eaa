//! Publication: a periodical, with the sender it writes as and its rules.

use super::address::{Address, Mailbox};
use super::document::Digest;
use super::extent::Extent;
use super::han::narrowed;
use super::id::PublicationId;
use super::issue::ColophonLine;
use super::language::Language;
use super::theme::{Theme, ThemeChanges};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A periodical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its identity.
    pub id: PublicationId,
    /// What makes it.
    pub profile: Profile,
}

/// Everything about a periodical that its admin decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The short name in commands and addresses.
    pub slug: Slug,
    /// The name on the masthead.
    pub name: String,
    /// The sender of its letters.
    pub from: Mailbox,
    /// The body that compiles it, as the masthead shows it.
    pub compiled_by: Option<String>,
    /// How many reviewers must say yes to an edition before it goes out.
    pub approvals: u8,
    /// The language of its letters.
    pub language: Language,
    /// The zone in which its times are meant.
    pub zone: Tz,
    /// What to do when an issue carries no date.
    pub undated: Undated,
    /// Whether who puts an edition forward may approve it too.
    pub own_approval: bool,
    /// A line under its name on the masthead.
    pub motto: Option<String>,
    /// Where readers' answers go; to the sender without one.
    pub reply_to: Option<Address>,
    /// How its letters look.
    pub theme: Theme,
    /// The imprint of an issue that has none of its own.
    pub colophon: Vec<ColophonLine>,
    /// Whom test letters are offered to.
    pub testers: Vec<Address>,
    /// How much of an issue its letters hold.
    pub extent: Extent,
}

/// What is to be otherwise about a periodical; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Its name.
    pub name: Option<String>,
    /// The sender of its letters.
    pub from: Option<Mailbox>,
    /// The body that compiles it; an empty one is none.
    pub compiled_by: Option<String>,
    /// How many must say yes.
    pub approvals: Option<u8>,
    /// The language of its letters.
    pub language: Option<Language>,
    /// The zone of its times.
    pub zone: Option<Tz>,
    /// What a missing date means.
    pub undated: Option<Undated>,
    /// Whether who puts an edition forward may approve it too.
    pub own_approval: Option<bool>,
    /// The line under its name; an empty one is none.
    pub motto: Option<String>,
    /// Where answers go; the inner none is the sender.
    pub reply_to: Option<Option<Address>>,
    /// How its letters look.
    pub theme: ThemeChanges,
    /// The imprint of an issue that has none of its own.
    pub colophon: Option<Vec<ColophonLine>>,
    /// Whom test letters are offered to.
    pub testers: Option<Vec<Address>>,
    /// How much of an issue its letters hold.
    pub extent: Option<Extent>,
}

impl Profile {
    /// The same with these changes, and the words of what differs now.
    pub fn with(&self, changes: Changes) -> (Self, Vec<&'static str>) {
        let Changes {
            name,
            from,
            compiled_by,
            approvals,
            language,
            zone,
            undated,
            own_approval,
            motto,
            reply_to,
            theme,
            colophon,
            testers,
            extent,
        } = changes;
        let changed = Self {
            slug: self.slug.clone(),
            name: name.unwrap_or_else(|| self.name.clone()),
            from: from.unwrap_or_else(|| self.from.clone()),
            compiled_by: line(compiled_by, &self.compiled_by),
            approvals: approvals.unwrap_or(self.approvals),
            language: language.unwrap_or(self.language),
            zone: zone.unwrap_or(self.zone),
            undated: undated.unwrap_or(self.undated),
            own_approval: own_approval.unwrap_or(self.own_approval),
            motto: line(motto, &self.motto),
            reply_to: reply_to.unwrap_or_else(|| self.reply_to.clone()),
            theme: self.theme.with(theme),
            colophon: colophon.unwrap_or_else(|| self.colophon.clone()),
            testers: testers.unwrap_or_else(|| self.testers.clone()),
            extent: extent.unwrap_or(self.extent),
        };
        let differs = [
            ("name", self.name != changed.name),
            ("from", self.from != changed.from),
            ("compiled-by", self.compiled_by != changed.compiled_by),
            ("approvals", self.approvals != changed.approvals),
            ("lang", self.language != changed.language),
            ("zone", self.zone != changed.zone),
            ("undated", self.undated != changed.undated),
            ("own-approval", self.own_approval != changed.own_approval),
            ("motto", self.motto != changed.motto),
            ("reply-to", self.reply_to != changed.reply_to),
            ("theme", self.theme != changed.theme),
            ("colophon", self.colophon != changed.colophon),
            ("testers", self.testers != changed.testers),
            ("letters", self.extent != changed.extent),
        ];
        let words = differs.into_iter().filter_map(|(word, differs)| differs.then_some(word)).collect();
        (changed, words)
    }

    /// The digest by which a page knows whether somebody has changed it meanwhile.
    ///
    /// # Panics
    /// Never: a profile holds nothing that JSON cannot.
    pub fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).expect("a profile is plain data"))
    }
}

/// A line as it is to be: an empty one is none, and one that is not named stays.
fn line(wished: Option<String>, now: &Option<String>) -> Option<String> {
    match wished.as_deref().map(str::trim) {
        None => now.clone(),
        Some("") => None,
        Some(line) => Some(line.to_owned()),
    }
}

/// What a missing date of issue means for a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undated {
    /// A question to the editor.
    #[default]
    Ask,
    /// The issue is dated with the day it is dispatched.
    DispatchDay,
}

impl std::str::FromStr for Undated {
    type Err = String;

    /// # Errors
    /// A sentence that names both words when it is neither.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "ask" => Ok(Self::Ask),
            "dispatch-day" => Ok(Self::DispatchDay),
            _ => Err(format!("'{word}' is not known here; use ask or dispatch-day")),
        }
    }
}

/// A short name: 1 to 40 of `a-z`, `0-9` and inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Slug {
    type Err = String;

    /// # Errors
    /// A sentence that says what a short name may hold.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = narrowed(text);
        let lawful = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(lawful) && !text.starts_with('-') && !text.ends_with('-')
        {
            Ok(Self(text))
        } else {
            Err(format!("'{text}' cannot be a short name; use 1 to 40 of a-z, 0-9 and inner hyphens"))
        }
    }
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
