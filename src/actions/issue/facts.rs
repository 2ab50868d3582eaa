//! Facts: the verb that changes what an issue says beside its articles. Called by the page of facts and by cli. A change
//! upon what somebody else has changed meanwhile is refused, and nothing is lost.

use super::find;
use crate::actions::{Error, Result};
use crate::domain::audit::Actor;
use crate::domain::document::{Finding, Flag};
use crate::domain::id::IssueId;
use crate::domain::issue::{Contents, Dating, Facts, HIGHEST, Unlawful, YEARS};
use crate::domain::moment::Moment;
use crate::store::{self, Store};

/// An issue as somebody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub issue: IssueId,
    /// When what they saw had been changed last; none where they do not mind.
    pub changed_at: Option<Moment>,
}

/// Says the facts of an issue; returns whether they are other than they were. A question of the import that they
/// answer (its date, its number) is answered with them.
///
/// # Errors
/// [`Error::Unknown`], [`Error::Stale`], [`Error::Refused`] for what no issue can say.
pub async fn set_facts(store: &Store, actor: Actor, now: Moment, seen: Seen, facts: Facts) -> Result<bool> {
    let mut writing = store.write(actor, now).await?;
    let issue = find(&mut writing, seen.issue).await?;
    let contents = issue.contents.clone().with_facts(facts.clone());
    let flags: Vec<_> = issue.flags.iter().map(|flag| answered(flag, &issue.contents, &contents)).collect();
    // A second click asks for what the first has done: nobody else is in the way.
    if contents == issue.contents && flags == issue.flags {
        return Ok(false);
    }
    let changed_at = store::issue::changed_at(&mut writing, seen.issue).await?;
    if seen.changed_at.is_some() && seen.changed_at != changed_at {
        return Err(Error::Stale(seen.issue));
    }
    facts.check().map_err(refused)?;
    store::issue::save(&mut writing, seen.issue, &contents, &flags).await?;
    store::audit::note(&mut writing, "set facts", "issue", Some(seen.issue.0), None).await?;
    writing.commit().await?;
    Ok(true)
}

/// A flag with the answer that changed facts give it, where they give one.
fn answered(flag: &Flag, before: &Contents, after: &Contents) -> Flag {
    let is_dated = flag.finding == Finding::MissingDate && before.published_on != after.published_on;
    let is_numbered =
        flag.finding == Finding::MissingNumber && (before.year, before.number) != (after.year, after.number);
    let answer = if is_dated {
        Some(date_answer(after.published_on))
    } else if is_numbered {
        number_answer(after)
    } else {
        None
    };
    let answer = answer.filter(|key| flag.effects_of(key).is_some()).or_else(|| flag.answer.clone());
    Flag { answer, ..flag.clone() }
}

fn date_answer(dating: Dating) -> String {
    match dating {
        Dating::Undated => "none".to_owned(),
        Dating::DispatchDay => "dispatch-day".to_owned(),
        Dating::On(day) => day.to_string(),
    }
}

fn number_answer(contents: &Contents) -> Option<String> {
    let number = contents.number?;
    Some(contents.year.map_or_else(|| number.to_string(), |year| format!("{year}-{number}")))
}

/// Why facts cannot be kept.
pub(in crate::actions) fn refused(why: Unlawful) -> Error {
    let (first, last) = (YEARS.start(), YEARS.end());
    match why {
        Unlawful::Year => Error::refused(
            format!("no issue is of that year; give one from {first} to {last}"),
            format!("年份应在 {first} 到 {last} 之间，请检查。"),
        ),
        Unlawful::Number => Error::refused(
            format!("no issue has that number; give one from 1 to {HIGHEST}"),
            format!("期号应在 1 到 {HIGHEST} 之间，请检查。"),
        ),
        Unlawful::Length => Error::refused(
            "a line is too long, or the imprint has too many; shorten it",
            "有一行太长，或版末信息行数太多，请缩短。",
        ),
        Unlawful::Character => Error::refused(
            "a text holds a character that no letter may hold, such as a line break; type it anew",
            "有的文字里含有邮件不能使用的字符（例如换行），请重新输入这一项。",
        ),
    }
}
