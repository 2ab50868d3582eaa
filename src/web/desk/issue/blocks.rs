//! Blocks: an issue's articles as the review shows them, read only: typed blocks, each with the lines of the manuscript that
//! it was read from. Called by the review.

use super::picture;
use crate::domain::id::IssueId;
use crate::domain::issue::{Article, Block, BlockId, BlockKind, Inline, is_linkable};
use crate::web::words::review::Words;
use maud::{Markup, html};

/// The articles.
pub(super) fn articles(words: &Words, issue: IssueId, articles: &[Article]) -> Markup {
    html! { @for one in articles { (article(words, issue, one)) } }
}

fn article(words: &Words, issue: IssueId, article: &Article) -> Markup {
    html! {
        article id=(name(article.id)) {
            @if let Some(section) = &article.section { p .section { (section) } }
            h3 { (article.title) }
            @if article.source.is_some() || article.author.is_some() {
                p .credit {
                    @if let Some(source) = &article.source { span { (words.from) (source) } " " }
                    @if let Some(author) = &article.author { span { (words.by) (author) } }
                }
            }
            @for one in &article.blocks { (block(words, issue, one)) }
        }
    }
}

fn block(words: &Words, issue: IssueId, block: &Block) -> Markup {
    let (from, to) = block.lines;
    html! {
        div .block id=(name(block.id)) data-from=(from) data-to=(to) {
            @match &block.kind {
                BlockKind::Heading { level, text } => { h4 .{ "level" (level) } { (inlines(text)) } },
                BlockKind::Paragraph { text } => { p { (inlines(text)) } },
                BlockKind::List { ordered: true, start, items } => {
                    ol start=(start) { @for item in items { li { (inlines(item)) } } }
                },
                BlockKind::List { ordered: false, items, .. } => {
                    ul { @for item in items { li { (inlines(item)) } } }
                },
                BlockKind::Table { rows, shape } => {
                    div .across { table { @for row in shape.cells(rows) { tr { @for cell in row {
                td colspan=[reach(cell.span.columns)] rowspan=[reach(cell.span.rows)] { (inlines(cell.words)) }
            } } } } }
                },
                BlockKind::Image { alt, picture: None } => { p .muted { "[" (words.picture) "] " (alt) } },
                BlockKind::Image { alt, picture: Some(carried) } => {
                    (picture::shown(issue, carried, alt))
                    p .muted { "[" (words.picture) "] " (alt) }
                },
                BlockKind::Quote { text } => { blockquote { (inlines(text)) } },
                BlockKind::Note { text } => { p .note { (inlines(text)) } },
            }
        }
    }
}

/// How far a cell of a table goes, where that is farther than its place.
pub(super) fn reach(places: usize) -> Option<usize> {
    (places > 1).then_some(places)
}

/// The name of a block's place on the page.
pub(super) fn name(id: BlockId) -> String {
    format!("b{}", id.0)
}

fn inlines(text: &[Inline]) -> Markup {
    html! { @for inline in text { @match inline {
        Inline::Text(text) => (text),
        Inline::RunIn(text) | Inline::Strong(text) => { strong { (text) } },
        Inline::Emphasis(text) => { em { (text) } },
        Inline::Link { href, text } if is_linkable(href) => { a href=(href.trim()) rel="noreferrer" target="_blank" { (text) } },
        Inline::Link { text, .. } => (text),
        Inline::Superscript(text) => { sup { (text) } },
        Inline::Subscript(text) => { sub { (text) } },
        Inline::Break => { br; },
    } } }
}
