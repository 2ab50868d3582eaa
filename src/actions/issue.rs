//! Issues: an import's questions are answered here.

use super::{Error, Result, document};
use crate::domain::audit::Actor;
use crate::domain::document::{Draft, Flag};
use crate::domain::id::IssueId;
use crate::domain::issue::{Contents, Issue};
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

/// Answers questions of an import; returns the flags answered now. Another answer replaces the first.
///
/// # Errors
/// [`Error::Unknown`] for an issue or flag that is not there, [`Error::Refused`] for a choice that the flag
/// does not offer, or a first answer that cannot be taken back.
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
        // What an answer has done, such as a joined subhead, is undone by reading the document once more.
        if issue.flags[position].answer.as_ref().is_some_and(|given| *given != key) {
            take_back(writing, &mut issue, position).await?;
        }
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
        let forms = flag.free_forms().map(|forms| format!(", {forms}")).unwrap_or_default();
        return Err(Error::refused(
            format!("'{key}' is no answer to {}; choose one of: {keys}{forms}", flag.id),
            format!("“{key}”不能作为这个问题的回答；请从列出的选项中选一个，或按提示的格式填写。"),
        ));
    };
    flag.answer = Some(key);
    let answered = flag.clone();
    for effect in &effects {
        issue.contents.apply(effect);
    }
    Ok(answered)
}

/// Puts an issue where it would be if one flag had no answer yet: as its document reads, with every other answer
/// given. Refused where the issue is not what document and answers make of it, for then something would be lost.
async fn take_back(writing: &mut Writing, issue: &mut Issue, position: usize) -> Result<()> {
    let draft = document::read_again(writing, issue).await?;
    let as_it_is = answered_by(&draft, &issue.flags);
    if as_it_is.is_none_or(|contents| contents != issue.contents) {
        let flag = &issue.flags[position];
        return Err(Error::refused(
            format!(
                "{} is answered with '{}', and this version reads the document otherwise than it was imported, so that cannot be \
                 undone; change the document (a space will do) and import it again",
                flag.id,
                flag.answer.as_deref().unwrap_or_default()
            ),
            "这个问题已有回答，而这一期此后又有变动，改答会丢失内容；请在编辑页直接修改，或把原稿稍作改动（加一个空格即可）后重新导入。",
        ));
    }
    issue.flags[position].answer = None;
    issue.contents = answered_by(&draft, &issue.flags).unwrap_or_default();
    Ok(())
}

/// What a draft says once these flags' answers are given; none where it has other flags.
fn answered_by(draft: &Draft, flags: &[Flag]) -> Option<Contents> {
    let unanswered = |flag: &Flag| Flag { answer: None, ..flag.clone() };
    if draft.flags != flags.iter().map(unanswered).collect::<Vec<_>>() {
        return None;
    }
    let mut contents = draft.contents.clone();
    for flag in flags {
        let effects = flag.answer.as_ref().map_or(Some(Vec::new()), |key| flag.effects_of(key))?;
        effects.iter().for_each(|effect| contents.apply(effect));
    }
    Some(contents)
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
