//! Issues: an import's questions are answered here.

use super::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::document::Flag;
use crate::domain::id::IssueId;
use crate::domain::issue::Issue;
use crate::domain::moment::Moment;
use crate::store::{self, Connection, Store, Writing};

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One flag, by the key of a choice.
    One {
        /// The flag.
        flag: String,
        /// The key.
        key: String,
    },
    /// Every open question, by its default.
    Defaults,
}

/// Answers questions of an import; returns the flags answered now.
///
/// # Errors
/// [`Error::Unknown`] for an issue or flag that is not there, [`Error::Refused`] for a choice that
/// the flag does not offer or a flag that has its answer.
pub async fn answer(store: &Store, actor: Actor, now: Moment, id: IssueId, answer: &Answer) -> Result<Vec<Flag>> {
    let mut writing = store.write(actor, now).await?;
    let answered = answer_within(&mut writing, id, answer).await?;
    writing.commit().await?;
    Ok(answered)
}

/// The same inside a transaction that does more.
pub(super) async fn answer_within(writing: &mut Writing, id: IssueId, answer: &Answer) -> Result<Vec<Flag>> {
    let mut issue = find(writing, id).await?;
    let wanted: Vec<(usize, String)> = match answer {
        Answer::One { flag, key } => vec![(position_of(&issue, flag)?, key.clone())],
        Answer::Defaults => open_questions(&issue),
    };
    let mut answered = Vec::new();
    for (position, key) in wanted {
        answered.push(answer_one(&mut issue, position, key)?);
    }
    if !answered.is_empty() {
        store::issue::save(writing, id, &issue.contents, &issue.flags).await?;
        let names = answered.iter().map(|flag| flag.id.as_str()).collect::<Vec<_>>().join(" ");
        store::audit::note(writing, "answer", "issue", Some(id.0), Some(names)).await?;
    }
    Ok(answered)
}

fn open_questions(issue: &Issue) -> Vec<(usize, String)> {
    let open = issue.flags.iter().enumerate().filter(|(_, flag)| flag.is_open());
    open.filter_map(|(position, flag)| Some((position, flag.default_key()?.to_owned()))).collect()
}

fn position_of(issue: &Issue, flag: &str) -> Result<usize> {
    issue.flags.iter().position(|f| f.id == flag).ok_or_else(|| Error::Unknown {
        noun: "flag",
        name: format!("'{flag}' in issue {}", issue.id),
        next: "`yizhan issue show ISSUE` lists them",
    })
}

fn answer_one(issue: &mut Issue, position: usize, key: String) -> Result<Flag> {
    let flag = &mut issue.flags[position];
    let Some(effects) = flag.effects_of(&key) else {
        let keys = flag.choices.iter().map(|choice| choice.key.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Error::Refused(format!(
            "'{key}' is no answer to {}; choose one of: {keys}{}",
            flag.id,
            also(flag)
        )));
    };
    if flag.answer.as_ref().is_some_and(|given| *given != key) {
        // Some answers cannot be taken back by giving another: a joined subhead is gone.
        return Err(Error::Refused(format!(
            "{} is answered with '{}' already, and that has been done; correct the document and import it to answer differently",
            flag.id,
            flag.answer.as_deref().unwrap_or_default()
        )));
    }
    flag.answer = Some(key);
    let answered = flag.clone();
    for effect in &effects {
        issue.contents.apply(effect);
    }
    Ok(answered)
}

/// What a flag takes besides its listed choices.
fn also(flag: &Flag) -> &'static str {
    match flag.finding.kind() {
        "missing-date" => ", or a date such as 2024-06-30",
        "missing-number" => ", or year and number such as 2024-6",
        _ => "",
    }
}

/// The issue with this id.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn find(conn: &mut Connection, id: IssueId) -> Result<Issue> {
    store::issue::find(conn, id).await?.ok_or_else(|| Error::Unknown {
        noun: "issue",
        name: id.to_string(),
        next: "`yizhan issue import PUB FILE` makes one",
    })
}
