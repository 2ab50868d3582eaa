//! The contract's re-import: what a corrected document changes in an issue, what stays, and what both changed.

use super::issue::flag;
use crate::actions::issue::Comparison;
use crate::domain::issue::difference::{Change, Difference, Fate, between};
use crate::domain::issue::merge::Question;
use serde_json::{Value, json};

/// A comparison, and the edit that it became; null where nothing was done.
pub(crate) fn reimported(found: &Comparison, edit: Option<u32>) -> Value {
    json!({
        "issue": found.issue.id, "edit": edit, "document": found.new_name, "before": found.old_name,
        "changes": difference(&between(&found.base, &found.theirs)),
        "kept": difference(&between(&found.theirs, &found.sure)),
        "conflicts": found.merged.questions.iter().map(question).collect::<Vec<_>>(),
        "flags": found.flags.iter().map(flag).collect::<Vec<_>>(), "conservation": found.conservation,
        "label": { "issue": found.issue.contents.label, "document": found.theirs.label },
        "also": found.elsewhere,
    })
}

fn difference(found: &Difference) -> Value {
    let facts = found
        .facts
        .iter()
        .map(|(fact, change)| json!({ "fact": format!("{fact:?}").to_lowercase(), "change": said(change) }));
    let articles = found.articles.iter().map(|article| {
        let fate = match article.fate {
            Fate::Added => "added",
            Fate::Removed => "removed",
            Fate::Changed => "changed",
        };
        let changes: Vec<_> = article.changes.iter().map(said).collect();
        json!({ "title": article.title, "fate": fate, "changes": changes, "unchanged": article.kept })
    });
    json!({ "facts": facts.collect::<Vec<_>>(), "articles": articles.collect::<Vec<_>>() })
}

fn said(change: &Change) -> Value {
    let (was, is) = match change {
        Change::Added(text) => (None, Some(text)),
        Change::Removed(text) => (Some(text), None),
        Change::Changed { before, after } => (Some(before), Some(after)),
    };
    json!({ "was": was, "is": is })
}

fn question(question: &Question) -> Value {
    json!({
        "number": question.number, "about": format!("{:?}", question.about).to_lowercase(), "article": question.article,
        "was": question.was, "mine": question.mine, "theirs": question.theirs, "choice": question.side.word(),
    })
}
