//! Language: the tongues that letters, pages and questions are written in. Each text of ours is
//! a match over this enum, so a language cannot be half translated.

use serde::{Deserialize, Serialize};

/// A language that Yizhan writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The BCP 47 tag, as in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// One sentence, in each language: on the command line it speaks English, on pages the reader's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// In English; names commands.
    pub english: String,
    /// In Chinese; names buttons.
    pub chinese: String,
}

impl Sentence {
    /// A sentence in both.
    pub fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: chinese.into() }
    }

    /// The sentence in a language.
    pub fn spoken(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::str::FromStr for Language {
    type Err = String;

    /// # Errors
    /// A sentence that names the two tags when it is neither.
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match tag.to_ascii_lowercase().as_str() {
            "zh-cn" | "zh" => Ok(Self::Chinese),
            "en" => Ok(Self::English),
            _ => Err(format!("'{tag}' is no language of Yizhan; use zh-CN or en")),
        }
    }
}
