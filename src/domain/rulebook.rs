//! Rulebook: what providers mean by their answers where it is not what the codes say, read from
//! config/replies.toml. Asked by [`Verdict::of`] alone, for negative answers to MAIL, RCPT, DATA and
//! the dot. Rules are tried in the order of the file; the first that fits decides.

use super::attempt::{Answer, Scope, Stage, Verdict};
use serde::Deserialize;
use std::time::Duration;

/// Providers' own meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    rules: Vec<Rule>,
}

/// Why a text is no rulebook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRulebook {
    /// It is not TOML, or not of the rulebook's form.
    #[error("the rulebook cannot be read; correct this place: {0}")]
    Form(Box<toml::de::Error>),
    /// A rule contradicts itself.
    #[error("rule {number} of the rulebook (\"{meaning}\") {why}")]
    Rule {
        /// Its place in the file, from 1.
        number: usize,
        /// Its own words.
        meaning: String,
        /// What to change.
        why: &'static str,
    },
}

impl Rulebook {
    /// The rules that come with the station (config/replies.toml).
    ///
    /// # Panics
    /// Never: a test reads the file.
    pub fn built_in() -> Self {
        Self::parse(include_str!("../../config/replies.toml")).expect("the built-in rulebook is tested")
    }

    /// Reads a rulebook in TOML.
    ///
    /// # Errors
    /// When the text is not of the form that config/replies.toml describes, saying where and why.
    pub fn parse(text: &str) -> Result<Self, NoRulebook> {
        let file: File = toml::from_str(text).map_err(|error| NoRulebook::Form(Box::new(error)))?;
        let rules = file.rule.into_iter().enumerate().map(|(at, written)| {
            let meaning = written.meaning.clone();
            Rule::check(written).map_err(|why| NoRulebook::Rule { number: at + 1, meaning, why })
        });
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }

    /// What the first fitting rule says of a negative answer. Of those `before`, only what the same rule was about
    /// counts for its `times`.
    pub(super) fn verdict(
        &self,
        stage: Stage,
        answer: &Answer,
        lane: &str,
        before: &[(Stage, Answer)],
    ) -> Option<Verdict> {
        let at = self.place(stage, answer, lane)?;
        let same = before.iter().filter(|(stage, answer)| self.place(*stage, answer, lane) == Some(at)).count();
        Some(self.rules[at].verdict(same))
    }

    fn place(&self, stage: Stage, answer: &Answer, lane: &str) -> Option<usize> {
        let text = answer.text.to_lowercase();
        self.rules.iter().position(|rule| rule.fits(stage, answer.code, &text, lane))
    }
}

impl Default for Rulebook {
    fn default() -> Self {
        Self::built_in()
    }
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    meaning: String,
    text: Vec<String>,
    #[serde(default)]
    codes: Vec<u16>,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    stages: Vec<Stage>,
    scope: Scope,
    outcome: End,
    after: Option<String>,
    times: Option<u32>,
    #[serde(default)]
    suppress: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum End {
    Later,
    Failed,
}

/// A rule that makes sense. Texts are in lower case; an empty list means any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    texts: Vec<String>,
    codes: Vec<u16>,
    lanes: Vec<String>,
    stages: Vec<Stage>,
    scope: Scope,
    action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Later { after: Option<Duration>, times: Option<u32> },
    Failed { suppress: bool },
}

impl Rule {
    fn check(written: Written) -> Result<Self, &'static str> {
        if written.text.is_empty() || written.text.iter().any(|text| text.trim().is_empty()) {
            return Err("needs at least one text, and none may be empty");
        }
        if !written.codes.iter().all(|code| (400..=599).contains(code)) {
            return Err("has a code that is no refusal; use 400 to 599");
        }
        if written.stages.iter().any(|stage| *stage < Stage::Mail) {
            return Err("names a stage before any letter; use mail, rcpt, data or dot");
        }
        if matches!(written.scope, Scope::Relay | Scope::Configuration) {
            return Err(
                "has a scope that only the station can see; use recipient, provider, policy, message or sender",
            );
        }
        Ok(Self {
            action: Action::check(&written)?,
            texts: written.text.iter().map(|text| text.to_lowercase()).collect(),
            codes: written.codes,
            lanes: written.providers,
            stages: written.stages,
            scope: written.scope,
        })
    }

    fn fits(&self, stage: Stage, code: u16, text: &str, lane: &str) -> bool {
        (self.codes.is_empty() || self.codes.contains(&code))
            && (self.stages.is_empty() || self.stages.contains(&stage))
            && (self.lanes.is_empty() || self.lanes.iter().any(|known| known == lane))
            && self.texts.iter().any(|known| text.contains(known))
    }

    fn verdict(&self, before: usize) -> Verdict {
        let scope = self.scope;
        match self.action {
            Action::Later { times: Some(times), .. } if before >= times as usize => {
                Verdict::Refused { scope, suppress: false }
            }
            Action::Later { after, .. } => Verdict::Later { scope, counted: true, after },
            Action::Failed { suppress } => Verdict::Refused { scope, suppress },
        }
    }
}

impl Action {
    fn check(written: &Written) -> Result<Self, &'static str> {
        match written.outcome {
            End::Later if written.suppress => Err("cannot suppress an address and try it later; drop one of the two"),
            End::Later if written.times == Some(0) => Err("tries zero times; use outcome \"failed\" instead"),
            End::Later => {
                let after = written.after.as_deref().map(wait).transpose()?;
                Ok(Self::Later { after, times: written.times })
            }
            End::Failed if written.after.is_some() || written.times.is_some() => {
                Err("has failed, so 'after' and 'times' mean nothing; drop them")
            }
            End::Failed if written.suppress && written.scope != Scope::Recipient => {
                Err("suppresses an address for what is not its own matter; drop 'suppress', or use scope \"recipient\"")
            }
            End::Failed => Ok(Self::Failed { suppress: written.suppress }),
        }
    }
}

/// Reads `90 s`, `15 min`, `1 h` or `1 d`.
fn wait(text: &str) -> Result<Duration, &'static str> {
    let wrong = "has a wait that cannot be read; write it as \"90 s\", \"15 min\", \"1 h\" or \"1 d\"";
    let (number, unit) = text.trim().split_once(' ').ok_or(wrong)?;
    let seconds: u64 = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err(wrong),
    };
    let number: u32 = number.parse().map_err(|_| wrong)?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests;
