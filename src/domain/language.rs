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
