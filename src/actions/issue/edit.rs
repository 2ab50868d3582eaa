//! Edit: the verbs that change an issue's articles in place, undo that, and do it again. Each is a row of its own with
//! its patch; where somebody else was faster nothing is changed, and both texts are handed back. Called by the page.

use super::find;
use super::reimport::{self, Lines};
use crate::actions::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::id::IssueId;
use crate::domain::issue::edit::{
    Balance, LONGEST, MOST, Passage, PassageNow, Patch, Refusal, Stray, Verb, Wish, articles, highest, passages,
};
use crate::domain::issue::{BlockId, Issue};
use crate::domain::moment::Moment;
use crate::store::issue::edit::{Edit, Last, Made};
use crate::store::{self, Connection, Store, Writing};
use std::time::Duration;

/// After a rest this long an editor's next change is noted in the audit anew; what lies between is in the issue's history.
const SITTING: Duration = Duration::from_mins(10);

/// What came of an editor's wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Edited {
    /// It was done.
    Done(Done),
    /// Everything is as wished already.
    Same,
    /// Somebody else has changed the passage since it was seen: as it is now, none where it is gone. Nothing was done.
    Conflict(Option<PassageNow>),
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The number of the edit.
    pub number: u32,
    /// The passages that it touched.
    pub touched: Vec<BlockId>,
    /// Those of them that are there, as it left them, in their order: somebody may have changed them since.
    pub made: Vec<Passage>,
}

/// Changes one passage of an issue.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] for what no issue can hold.
pub async fn edit(store: &Store, actor: Actor, now: Moment, id: IssueId, wish: &Wish) -> Result<Edited> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, id).await?;
    let last = store::issue::edit::last(&mut writing, id).await?;
    let row = passages(&issue.contents.articles);
    let named = highest(&row).max(last.named);
    match wish.patch(&row, named + 1) {
        Err(Refusal::Conflict(theirs)) => Ok(Edited::Conflict(*theirs)),
        Err(refusal) => Err(refused(&refusal)),
        Ok(patch) if patch.0.is_empty() => Ok(Edited::Same),
        Ok(patch) => {
            let deed = Deed { verb: wish.deed.verb(), patch: &patch, of: None, balance: None };
            keep(writing, issue, last, deed).await
        }
    }
}

/// Undoes a deed: this one, else the actor's own last one that holds; or does one again that was undone: this one, else
/// the actor's own first one behind what holds.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] where there is none, or its passage has been changed since.
pub async fn turn(
    store: &Store,
    (actor, now): (Actor, Moment),
    id: IssueId,
    (verb, number): (Verb, Option<u32>),
) -> Result<Edited> {
    let deed = to_turn(&mut *store.read().await?, &actor, id, (verb, number)).await?;
    // Before the transaction, for a document may take long to read.
    let lines = if deed.verb == Verb::Reimport { reimport::lines(store, id, deed.number).await? } else { Lines::new() };
    let mut writing = store.write(actor.clone(), now).await?;
    let mut issue = find(&mut writing, id).await?;
    let deed = to_turn(&mut writing, &actor, id, (verb, number)).await?;
    let number = deed.number;
    if deed.undone == (verb == Verb::Undo) {
        // A second click.
        return Ok(Edited::Same);
    }
    let patch = if verb == Verb::Undo { deed.patch.inverse() } else { deed.patch };
    let last = store::issue::edit::last(&mut writing, id).await?;
    let mut balance = None;
    if deed.verb == Verb::Reimport {
        let turned = reimport::turn(&mut writing, &mut issue, (verb, number), (&last.balance, &lines)).await?;
        balance = Some(turned.ok_or_else(|| overtaken(Some(number)))?);
    }
    keep(writing, issue, last, Deed { verb, patch: &patch, of: Some(number), balance }).await
}

/// The deed of this number, else the one that is next for this actor.
async fn to_turn(
    conn: &mut Connection,
    actor: &Actor,
    id: IssueId,
    (verb, number): (Verb, Option<u32>),
) -> Result<Edit> {
    let by = actor.to_string();
    let number = match (number, verb) {
        (Some(number), _) => Some(number),
        (None, Verb::Redo) => store::issue::edit::to_redo(conn, id, &by).await?,
        (None, _) => store::issue::edit::to_undo(conn, id, &by).await?,
    };
    let Some(number) = number else { return Err(nothing(verb)) };
    let deed = store::issue::edit::find(conn, id, number).await?.filter(|deed| deed.of.is_none());
    deed.ok_or_else(|| nothing(verb))
}

/// What is kept of a deed.
struct Deed<'a> {
    verb: Verb,
    patch: &'a Patch,
    of: Option<u32>,
    /// What all edits changed by then, where that does not follow from the patch.
    balance: Option<Balance>,
}

/// Carries a patch out and keeps it, in what the issue says and in its history.
async fn keep(
    mut writing: Writing,
    mut issue: Issue,
    last: Last,
    Deed { verb, patch, of, balance }: Deed<'_>,
) -> Result<Edited> {
    let mut row: Vec<Passage> = passages(&issue.contents.articles);
    let patch = patch.apply(&mut row).map_err(|Stray(_)| overtaken(of))?;
    issue.contents.articles = articles(&row).ok_or_else(|| refused(&Refusal::FirstTitle))?;
    store::issue::save(&mut writing, issue.id, &issue.contents, &issue.flags).await?;
    let is_new_sitting = last.actor != writing.actor.to_string() || writing.now.since(last.at) > SITTING;
    let balance = balance.unwrap_or_else(|| last.balance.with(&patch));
    let named = highest(&row).max(last.named);
    let made = Made { verb, patch: &patch, balance: &balance, named, of };
    let number = store::issue::edit::note(&mut writing, issue.id, &made).await?;
    if is_new_sitting {
        let from = Some(format!("from edit {number}"));
        store::audit::note(&mut writing, "edit", "issue", Some(issue.id.0), from).await?;
    }
    writing.commit().await?;
    let touched = patch.touched();
    row.retain(|passage| touched.contains(&passage.id));
    Ok(Edited::Done(Done { number, touched, made: row }))
}

fn nothing(verb: Verb) -> Error {
    match verb {
        Verb::Redo => Error::refused("there is nothing to do again", "没有可以恢复的修改。"),
        _ => Error::refused("you have changed nothing here that could be undone", "您在这一期里没有可以撤销的修改。"),
    }
}

fn overtaken(of: Option<u32>) -> Error {
    let number = of.unwrap_or_default();
    Error::refused(
        format!(
            "what edit {number} changed has been changed again since, so it is not undone alone; undo the later edits first, or write it anew"
        ),
        format!(
            "第 {number} 次修改之后，同一段又改过，不能单独撤销或恢复；请先在修改记录里撤销后来的修改，或者直接改写这一段。"
        ),
    )
}

fn refused(why: &Refusal) -> Error {
    match why {
        Refusal::Conflict(_) | Refusal::Neighbour => Error::refused(
            "there is nothing before or behind it to do that with, or it is another passage by now; look at it again",
            "前面（或后面）没有可以合并或交换的段落，或者那一段刚刚变了；请看一看现在的顺序再试。",
        ),
        Refusal::EmptyTitle => {
            Error::refused("an article has a title; write one", "文章标题不能是空的；请填写标题，或者删除整篇文章。")
        }
        Refusal::Long => Error::refused(
            format!("a passage has at most {LONGEST} characters; part it"),
            format!("一段最多 {LONGEST} 个字；请拆成几段。"),
        ),
        Refusal::Many => Error::refused(
            format!("an issue has at most {MOST} passages; divide it in two"),
            format!("一期最多 {MOST} 段；请把这一期分成两期。"),
        ),
        Refusal::NothingToSplit => {
            Error::refused("leave an empty line where it is to be parted", "请先在要拆开的地方空一行，再按“拆分”。")
        }
        Refusal::FirstTitle => Error::refused(
            "an issue begins with the title of an article, and has one article at least",
            "一期以文章标题开头，至少要有一篇文章；所以这一段不能删除、改成别的样式，也不能移到它前面。",
        ),
        Refusal::Credits => Error::refused(
            "the title has a section, source or author; empty these first",
            "这个标题还带着栏目、来源或作者；请先清空它们，再改成别的样式。",
        ),
        Refusal::TitleJoined => Error::refused(
            "a title is not joined to what stands before it; make it a paragraph first",
            "文章标题不能并入上一段；请先把它改成正文或小标题。",
        ),
        Refusal::Fixed => Error::refused(
            "a table or picture stays one, and is neither split nor joined",
            "表格和图片不能改成别的样式，也不能拆分或合并。",
        ),
        Refusal::Row => Error::refused(
            "the table has no such row, or only this one; remove the table instead",
            "没有这一行，或者表格只剩这一行；整张表格不要了，请按“删除”。",
        ),
        Refusal::Character(c) => Error::refused(
            format!("no letter holds the character U+{:04X}; leave it out", u32::from(*c)),
            format!("有一个字符（U+{:04X}）不能写进邮件；请删去或换一个字。", u32::from(*c)),
        ),
    }
}
