//! Issues: an import's questions are answered here, and answers taken back; `facts` is the verb that changes what an issue
//! says beside its articles, `edit` those that change its articles, `attach` those of the files that go with it.

mod attach;
mod edit;
pub(super) mod extent;
pub(super) mod facts;
mod reimport;
mod size;

pub use attach::{attach, detach};
pub use edit::{Done, Edited, edit, turn};
pub use extent::set_extent;
pub use facts::{Seen, set_facts};
pub use reimport::{Brought, Comparison, Reimported, bring, compare, confirm, reimport};
pub use size::set_any_size;

use super::document::Again;
use super::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::document::{Draft, Effect, Flag};
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
/// does not offer, or a first answer that cannot be taken back, and when the issue is of another document by now.
pub async fn answer(store: &Store, actor: Actor, now: Moment, id: IssueId, answer: &Answer) -> Result<Vec<Flag>> {
    let again = again_for(store, id, answer).await?;
    let mut writing = store.write(actor, now).await?;
    let answered = answer_within(&mut writing, id, answer, again.as_ref()).await?;
    writing.commit().await?;
    Ok(answered)
}

/// The document of an issue once more, where an answer asks for that; before the transaction that answers.
pub(super) async fn again_for(store: &Store, id: IssueId, answer: &Answer) -> Result<Option<Again>> {
    let issue = find(&mut *store.read().await?, id).await?;
    let is_needed = wanted_by(&issue, answer)?.iter().any(|(position, key)| {
        let flag = &issue.flags[*position];
        flag.answer.as_ref().is_some_and(|given| given != key) || is_about_articles(flag, key)
    });
    if is_needed { Ok(Some(Again::read(store, id).await?)) } else { Ok(None) }
}

fn wanted_by(issue: &Issue, answer: &Answer) -> Result<Vec<(usize, String)>> {
    match answer {
        Answer::One { flag, key } => Ok(vec![(position_of(issue, flag)?, key.clone())]),
        Answer::Defaults => Ok(open_questions(issue)),
    }
}

/// The same inside a transaction that does more, with what [`again_for`] read before it.
pub(super) async fn answer_within(
    writing: &mut Writing,
    id: IssueId,
    answer: &Answer,
    again: Option<&Again>,
) -> Result<Vec<Flag>> {
    let mut issue = find(writing, id).await?;
    let wanted = wanted_by(&issue, answer)?;
    let mut answered = Vec::new();
    for (position, key) in wanted {
        // What an answer has done, such as a joined subhead, is undone by reading the document once more.
        if issue.flags[position].answer.as_ref().is_some_and(|given| *given != key) {
            unanswer(writing, &mut issue, position, again).await?;
        }
        overwrites_nothing(writing, &issue, (position, &key), again).await?;
        answered.push(answer_one(&mut issue, position, key)?);
    }
    if !answered.is_empty() {
        store::issue::save(writing, id, &issue.contents, &issue.flags).await?;
        let names = answered.iter().map(|flag| flag.id.as_str()).collect::<Vec<_>>().join(" ");
        store::audit::note(writing, "answer", "issue", Some(id.0), Some(names)).await?;
    }
    Ok(answered)
}

/// Takes answers back, so that their questions are open again; returns those that had one. What they did to the issue
/// is undone; what an editor has changed since stays.
///
/// # Errors
/// [`Error::Unknown`] for an issue or flag that is not there, [`Error::Refused`] where undoing an answer would undo more, and
/// when the issue is of another document by now.
pub async fn take_back(store: &Store, actor: Actor, now: Moment, id: IssueId, names: &[String]) -> Result<Vec<String>> {
    let issue = find(&mut *store.read().await?, id).await?;
    let is_needed = issue.flags.iter().any(|flag| names.contains(&flag.id) && !given_by(flag).is_empty());
    let again = if is_needed { Some(Again::read(store, id).await?) } else { None };
    let mut writing = store.write(actor, now).await?;
    let mut issue = find(&mut writing, id).await?;
    let mut taken = Vec::new();
    for name in names {
        let position = position_of(&issue, name)?;
        if issue.flags[position].answer.is_some() {
            unanswer(&mut writing, &mut issue, position, again.as_ref()).await?;
            taken.push(name.clone());
        }
    }
    if !taken.is_empty() {
        store::issue::save(&mut writing, id, &issue.contents, &issue.flags).await?;
        store::audit::note(&mut writing, "take back answer", "issue", Some(id.0), Some(taken.join(" "))).await?;
        writing.commit().await?;
    }
    Ok(taken)
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

/// Refuses an answer that would change articles where an editor has written in them since.
async fn overwrites_nothing(
    writing: &mut Writing,
    issue: &Issue,
    (position, key): (usize, &str),
    again: Option<&Again>,
) -> Result<()> {
    let flag = &issue.flags[position];
    if !is_about_articles(flag, key) {
        return Ok(());
    }
    let effects = flag.effects_of(key).unwrap_or_default();
    let draft = Again::of(again, writing, issue).await?;
    let fits = answered_by(draft, &issue.flags)
        .is_none_or(|draft| effects.iter().all(|effect| issue.contents.fits(effect, &draft)));
    if fits { Ok(()) } else { Err(overtaken(&flag.id, key)) }
}

fn is_about_articles(flag: &Flag, key: &str) -> bool {
    let is_one = |effect: &Effect| matches!(effect, Effect::JoinToPrevious(_) | Effect::Drop(_) | Effect::Title { .. });
    flag.effects_of(key).unwrap_or_default().iter().any(is_one)
}

fn overtaken(flag: &str, key: &str) -> Error {
    Error::refused(
        format!(
            "'{key}' would undo what an editor has changed in that passage since the import; answer {flag} so that it stays as it is, \
             and change the passage itself on the page Edit"
        ),
        "导入以后有人改过这一段，这个回答会丢掉改动。请选不动这一段的回答，需要改的地方到“编辑”里直接改。",
    )
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
/// given. Only what the answer changed is looked at, so that what an editor wrote elsewhere stays. Refused where the
/// articles are not what document and answers make of them, for then something would be lost.
async fn unanswer(writing: &mut Writing, issue: &mut Issue, position: usize, again: Option<&Again>) -> Result<()> {
    let given = given_by(&issue.flags[position]);
    if given.is_empty() {
        issue.flags[position].answer = None;
        return Ok(());
    }
    let draft = Again::of(again, writing, issue).await?;
    let before = answered_by(draft, &issue.flags);
    let answer = issue.flags[position].answer.take();
    let restored = before.zip(answered_by(draft, &issue.flags)).and_then(|(before, after)| {
        given.iter().try_fold(issue.contents.clone(), |contents, effect| contents.without(effect, &before, &after))
    });
    issue.contents = restored.ok_or_else(|| refused_to_undo(&issue.flags[position].id, answer.as_deref()))?;
    Ok(())
}

/// What the answer of a flag did; nothing where all stayed as it was.
fn given_by(flag: &Flag) -> Vec<Effect> {
    let mut given = flag.answer.as_deref().and_then(|key| flag.effects_of(key)).unwrap_or_default();
    given.retain(|effect| *effect != Effect::Keep);
    given
}

fn refused_to_undo(flag: &str, answer: Option<&str>) -> Error {
    let answer = answer.unwrap_or_default();
    Error::refused(
        format!(
            "{flag} is answered with '{answer}', and the articles have been changed since or this version reads the document \
             otherwise than it was imported, so that cannot be undone; change the article itself (on the page Edit), or change \
             the document (a space will do) and import it again"
        ),
        "这个回答不能撤销：回答之后文章又有改动，撤销会丢失改动。请到“编辑”里直接改这一段。",
    )
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
