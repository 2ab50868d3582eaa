//! Issues with their articles and flags, as rows.

pub mod edit;
mod overview;
pub mod reimport;
mod standing;

pub use overview::{Overview, overviews};
pub use standing::{Known, Shown, known, last_before, places};

use super::{Connection, Result, Writing, from_json, to_json};
use crate::domain::attachment::Attachment;
use crate::domain::document::Flag;
use crate::domain::extent::Extent;
use crate::domain::id::{DocumentId, EditionId, IssueId, PublicationId};
use crate::domain::issue::edit::title_at;
use crate::domain::issue::{Article, BlockId, Colophon, Contents, Dating, Issue};
use crate::domain::moment::Moment;
use serde::{Deserialize, Serialize};

/// What an issue says beside its articles, as stored in `issue.facts`.
#[derive(Serialize, Deserialize)]
struct Facts {
    masthead: Option<String>,
    label: Option<String>,
    cumulative_number: Option<u32>,
    published_on: Dating,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compiled_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preheader: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    any_size: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extent: Option<Extent>,
    colophon: Colophon,
}

/// Adds an issue, without articles yet.
///
/// # Errors
/// [`super::Error::Constraint`] when the document has made one already.
pub async fn insert(
    writing: &mut Writing,
    publication: PublicationId,
    document: DocumentId,
    contents: &Contents,
    flags: &[Flag],
) -> Result<IssueId> {
    let now = writing.now.0;
    let id = sqlx::query!(
        "INSERT INTO issue (publication_id, document_id, facts, changed_at) VALUES (?, ?, '{}', ?)",
        publication.0,
        document.0,
        now
    )
    .execute(&mut **writing)
    .await?
    .last_insert_rowid();
    save(writing, id.into(), contents, flags).await?;
    Ok(id.into())
}

/// Writes what an issue says now, and its flags with their answers, over what it said before. Every change has a
/// moment of its own, later than the last, so that a page can tell whether what it shows is still so.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn save(writing: &mut Writing, id: IssueId, contents: &Contents, flags: &[Flag]) -> Result<()> {
    let facts = to_json(&Facts {
        masthead: contents.masthead.clone(),
        label: contents.label.clone(),
        cumulative_number: contents.cumulative_number,
        published_on: contents.published_on,
        compiled_by: contents.compiled_by.clone(),
        subject: contents.subject.clone(),
        preheader: contents.preheader.clone(),
        any_size: contents.any_size,
        attachments: contents.attachments.clone(),
        extent: contents.extent,
        colophon: contents.colophon.clone(),
    });
    let now = writing.now.0;
    sqlx::query!(
        "UPDATE issue SET year = ?, number = ?, facts = ?, changed_at = max(?, changed_at + 1) WHERE id = ?",
        contents.year,
        contents.number,
        facts,
        now,
        id.0
    )
    .execute(&mut **writing)
    .await?;
    save_articles(writing, id, &contents.articles).await?;
    save_flags(writing, id, flags).await
}

/// Says that an edition holds what an issue says now. The next change of the issue takes that back.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn is_held_by(writing: &mut Writing, id: IssueId, edition: EditionId) -> Result<()> {
    sqlx::query!("UPDATE issue SET edition_id = ? WHERE id = ?", edition.0, id.0).execute(&mut **writing).await?;
    Ok(())
}

/// Writes the articles that are not there as they are now: mostly one, in which somebody types.
async fn save_articles(writing: &mut Writing, id: IssueId, articles: &[Article]) -> Result<()> {
    let known = self::articles(writing, id).await?;
    for (position, article) in (1_i64..).zip(articles) {
        let before = usize::try_from(position - 1).ok().and_then(|at| known.get(at));
        if before == Some(article) {
            continue;
        }
        let blocks = to_json(&article.blocks);
        sqlx::query!(
            "INSERT INTO article (issue_id, position, title_id, section, title, source, author, blocks) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (issue_id, position) DO UPDATE SET title_id = excluded.title_id, section = excluded.section,
                 title = excluded.title, source = excluded.source, author = excluded.author, blocks = excluded.blocks",
            id.0,
            position,
            article.id.0,
            article.section,
            article.title,
            article.source,
            article.author,
            blocks
        )
        .execute(&mut **writing)
        .await?;
    }
    let last = i64::try_from(articles.len()).unwrap_or(i64::MAX);
    sqlx::query!("DELETE FROM article WHERE issue_id = ? AND position > ?", id.0, last).execute(&mut **writing).await?;
    Ok(())
}

/// Writes the flags, where they are not there as they are now.
async fn save_flags(writing: &mut Writing, id: IssueId, flags: &[Flag]) -> Result<()> {
    if self::flags(writing, id).await? == flags {
        return Ok(());
    }
    sqlx::query!("DELETE FROM flag WHERE issue_id = ?", id.0).execute(&mut **writing).await?;
    for (position, flag) in (1_i64..).zip(flags) {
        let (finding, choices) = (to_json(&flag.finding), to_json(&flag.choices));
        sqlx::query!(
            "INSERT INTO flag (issue_id, position, id, finding, line, choices, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            id.0,
            position,
            flag.id,
            finding,
            flag.line,
            choices,
            flag.answer
        )
        .execute(&mut **writing)
        .await?;
    }
    Ok(())
}

/// One by its id.
///
/// # Errors
/// [`super::Error::Unreadable`] or [`super::Error::Broken`].
pub async fn find(conn: &mut Connection, id: IssueId) -> Result<Option<Issue>> {
    let Some(row) = sqlx::query!(
        r#"SELECT publication_id, coalesce(source_id, document_id) AS "document_id!: i64", year AS "year: i32", number AS "number: u32", facts FROM issue WHERE id = ?"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    let facts: Facts = from_json("issue", &row.facts)?;
    let contents = Contents {
        masthead: facts.masthead,
        label: facts.label,
        year: row.year,
        number: row.number,
        cumulative_number: facts.cumulative_number,
        published_on: facts.published_on,
        compiled_by: facts.compiled_by,
        subject: facts.subject,
        preheader: facts.preheader,
        any_size: facts.any_size,
        attachments: facts.attachments,
        extent: facts.extent,
        articles: articles(conn, id).await?,
        colophon: facts.colophon,
    };
    Ok(Some(Issue {
        id,
        publication: row.publication_id.into(),
        document: row.document_id.into(),
        contents,
        flags: flags(conn, id).await?,
    }))
}

async fn articles(conn: &mut Connection, id: IssueId) -> Result<Vec<Article>> {
    let rows = sqlx::query!(
        r#"SELECT title_id AS "title_id: u32", section, title, source, author, blocks FROM article WHERE issue_id = ? ORDER BY position"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .enumerate()
        .map(|(place, row)| {
            Ok(Article {
                id: row.title_id.map_or_else(|| title_at(place), BlockId),
                section: row.section,
                title: row.title,
                source: row.source,
                author: row.author,
                blocks: from_json("article", &row.blocks)?,
            })
        })
        .collect()
}

async fn flags(conn: &mut Connection, id: IssueId) -> Result<Vec<Flag>> {
    let rows = sqlx::query!(
        r#"SELECT id, finding, line AS "line: u32", choices, answer FROM flag WHERE issue_id = ? ORDER BY position"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Flag {
                id: row.id,
                finding: from_json("flag", &row.finding)?,
                line: row.line,
                choices: from_json("flag", &row.choices)?,
                answer: row.answer,
            })
        })
        .collect()
}

/// When an issue was last changed; none when there is no such issue.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn changed_at(conn: &mut Connection, id: IssueId) -> Result<Option<Moment>> {
    let at = sqlx::query_scalar!("SELECT changed_at FROM issue WHERE id = ?", id.0).fetch_optional(conn).await?;
    Ok(at.map(Moment))
}

/// The edition that says what an issue says now; none while it is not submitted as it is.
///
/// # Errors
/// [`super::Error::Broken`].
pub async fn edition_of(conn: &mut Connection, id: IssueId) -> Result<Option<EditionId>> {
    let edition = sqlx::query_scalar!("SELECT edition_id FROM issue WHERE id = ?", id.0).fetch_optional(conn).await?;
    Ok(edition.flatten().map(EditionId))
}
