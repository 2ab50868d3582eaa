//! The contract's issues: what an import gave, its questions, the whole issue.

use crate::actions::document::TakenIn;
use crate::domain::attachment::Attachment;
use crate::domain::document::Flag;
use crate::domain::id::IssueId;
use crate::domain::issue::{self, Block, BlockKind, Dating, plain};
use crate::domain::language::Language;
use crate::store::issue::Overview;
use chrono_tz::Tz;
use serde_json::{Value, json};

/// What an import gave.
pub(crate) fn taken_in(taken: &TakenIn) -> Value {
    json!({
        "issue": taken.issue, "document": taken.document, "articles": taken.articles,
        "flags": taken.flags.iter().map(flag).collect::<Vec<_>>(), "conservation": taken.conservation,
        "known": taken.known,
    })
}

/// The questions that were answered just now.
pub(crate) fn answered(issue: IssueId, answered: &[Flag]) -> Value {
    json!({ "issue": issue, "answered": answered.iter().map(flag).collect::<Vec<_>>() })
}

/// An issue in a list.
pub(crate) fn issue_in_brief(issue: &Overview, zone: Tz) -> Value {
    json!({
        "issue": issue.id, "publication": issue.publication, "label": issue.label, "year": issue.year,
        "number": issue.number, "document": issue.document, "taken_in_at": issue.taken_in_at.rfc3339_in(zone),
        "articles": issue.articles, "open": issue.open, "edition": issue.edition, "dispatches": issue.dispatches,
    })
}

/// A question or a note of an import.
pub(crate) fn flag(flag: &Flag) -> Value {
    json!({
        "id": flag.id, "kind": flag.finding.kind(), "severity": flag.finding.severity(),
        "place": flag.line.map(|line| format!("line {line}")), "message": flag.finding.message(Language::English),
        "default": flag.default_key(), "choices": flag.choices.iter().map(|choice| &choice.key).collect::<Vec<_>>(),
        "answer": flag.answer, "also": flag.free_forms(),
    })
}

/// The whole issue as the contract has it; `text` is plain text.
pub(crate) fn issue(issue: &issue::Issue, publication: &str) -> Value {
    let contents = &issue.contents;
    let articles: Vec<_> = (1..)
        .zip(&contents.articles)
        .map(|(order, article): (u32, _)| {
            json!({
                "order": order, "title": article.title, "section": article.section, "source": article.source,
                "author": article.author, "blocks": article.blocks.iter().map(block).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "id": issue.id, "publication": publication, "label": contents.label, "year": contents.year, "number": contents.number,
        "cumulative_number": contents.cumulative_number, "masthead": contents.masthead,
        "published_on": published_on(contents.published_on), "subject": contents.subject, "preheader": contents.preheader,
        "compiled_by": contents.compiled_by, "colophon": contents.colophon, "articles": articles,
        "attachments": contents.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "flags": issue.flags.iter().map(flag).collect::<Vec<_>>(),
    })
}

/// A file that goes with the issue's letters.
pub(crate) fn attachment(file: &Attachment) -> Value {
    json!({ "name": file.name, "bytes": file.size, "digest": file.digest.to_string() })
}

fn published_on(dating: Dating) -> Option<String> {
    match dating {
        Dating::Undated => None,
        Dating::DispatchDay => Some("dispatch-day".into()),
        Dating::On(day) => Some(day.to_string()),
    }
}

fn block(block: &Block) -> Value {
    let (name, level, rows) = match &block.kind {
        BlockKind::Heading { level, .. } => ("heading", Some(*level), None),
        BlockKind::Paragraph { .. } => ("paragraph", None, None),
        BlockKind::List { items, .. } => {
            ("list", None, Some(items.iter().map(|item| vec![plain(item)]).collect::<Vec<_>>()))
        }
        BlockKind::Table { rows, .. } => {
            ("table", None, Some(rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect()))
        }
        BlockKind::Image { .. } => ("image", None, None),
        BlockKind::Quote { .. } => ("quote", None, None),
        BlockKind::Note { .. } => ("note", None, None),
    };
    let start = match block.kind {
        BlockKind::List { ordered: true, start, .. } => Some(start),
        _ => None,
    };
    json!({ "type": name, "level": level, "start": start, "text": block.plain(), "run_in_heads": block.run_in_heads(), "rows": rows })
}
