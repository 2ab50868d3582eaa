//! View: an issue as its letter shows it: spaces settled, dates written out, heading levels without
//! gaps, unsafe links turned into their words. Both prints are made from it.

mod captions;
mod table;

use super::enclose::content_id;
use super::{spacing, subject};
use crate::domain::attachment::{Attachment, readable};
use crate::domain::edition::{Slot, WITH_PAGE};
use crate::domain::han::is_wide;
use crate::domain::issue::{Article, Block, BlockKind, ColophonLine, Contents, Dating, Inline, is_linkable};
use crate::domain::language::Language;
use crate::domain::publication::Profile;
use crate::domain::theme::{self, Colour};
use chrono::Datelike;
use email_templates::style::{self, Theme, Tone};
use email_templates::view;
use email_templates::words;

/// The view of an issue, with the marks of the slots where the reader's own pieces go; as a correction, where
/// there is a reason for one.
pub(super) fn issue(publication: &Profile, issue: &Contents, correction: Option<&str>) -> view::Issue {
    view::Issue {
        language: language(publication.language),
        theme: theme(publication),
        preheader: subject::preheader(publication, issue),
        publication: publication.name.clone(),
        masthead: spacing::title(issue.masthead.as_deref().unwrap_or(&publication.name)),
        motto: publication.motto.as_deref().map(spacing::title),
        label: label(publication, issue),
        date: date(publication, issue),
        compiled_by: issue.compiled_by.clone().or_else(|| publication.compiled_by.clone()),
        correction: correction.map(spacing::running),
        articles: articles(&issue.articles, publication.from.address.domain()),
        attachments: issue.attachments.iter().map(attached).collect(),
        imprint: imprint(publication, issue),
        address: Slot::Address.mark().to_owned(),
        leave: Slot::Leave.mark().to_owned(),
        read: view::ReadLink { opens: WITH_PAGE[0], page: Slot::Read.mark().to_owned(), closes: WITH_PAGE[1] },
    }
}

/// The templates' words for how a publication's letters look.
pub(super) fn theme(publication: &Profile) -> Theme {
    let theme::Theme { accent, masthead, font, size, width, indent } = publication.theme;
    let tone = |colour: Colour| Tone { light: colour.to_string(), dark: colour.in_dark().to_string() };
    Theme {
        accent: tone(accent),
        masthead: tone(masthead),
        font: match font {
            theme::Font::Sans => style::Font::Sans,
            theme::Font::Serif => style::Font::Serif,
        },
        text_px: match size {
            theme::TextSize::Normal => 17,
            theme::TextSize::Large => 20,
        },
        width_px: match width {
            theme::Width::Narrow => 560,
            theme::Width::Normal => style::WIDTH_PX,
            theme::Width::Wide => style::WIDEST_PX,
        },
        indent: indent && publication.language == Language::Chinese,
    }
}

/// The templates' word for a language.
pub(super) fn language(language: Language) -> words::Language {
    match language {
        Language::Chinese => words::Language::Chinese,
        Language::English => words::Language::English,
    }
}

/// The number as printed on the manuscript, else as we write it.
fn label(publication: &Profile, issue: &Contents) -> Option<String> {
    let ours = || Some(language(publication.language).label(issue.year, issue.number?));
    issue.label.as_deref().map(spacing::title).or_else(ours)
}

fn date(publication: &Profile, issue: &Contents) -> Option<String> {
    match issue.published_on {
        Dating::On(day) => Some(language(publication.language).date(day.year(), day.month(), day.day())),
        Dating::Undated | Dating::DispatchDay => None,
    }
}

/// The issue's own, else what stands in every issue of the publication.
fn imprint(publication: &Profile, issue: &Contents) -> Vec<view::ImprintLine> {
    let line = |line: &ColophonLine| view::ImprintLine {
        label: spacing::title(&line.label),
        value: spacing::title(&line.value),
    };
    let own = &issue.colophon.lines;
    if own.is_empty() { &publication.colophon } else { own }.iter().map(line).collect()
}

fn attached(file: &Attachment) -> view::AttachedFile {
    view::AttachedFile { name: file.name.to_string(), size: readable(file.size as usize) }
}

fn articles(articles: &[Article], domain: &str) -> Vec<view::Article> {
    let mut section = None;
    let mut shown = Vec::with_capacity(articles.len());
    for article in articles {
        let opens = article.section.is_some() && article.section != section;
        section.clone_from(&article.section);
        shown.push(view::Article {
            section: article.section.as_deref().map(spacing::title).filter(|_| opens),
            title: spacing::title(&article.title),
            source: article.source.as_deref().map(spacing::title),
            author: article.author.as_deref().map(spacing::title),
            blocks: blocks(&article.blocks, domain),
            more: None,
        });
    }
    shown
}

/// The blocks, with the levels of their headings counted by nesting: a manuscript may leap from the
/// first level to the third, a letter never does.
fn blocks(blocks: &[Block], domain: &str) -> Vec<view::Block> {
    let mut above: Vec<u8> = Vec::new();
    let mut shown = Vec::with_capacity(blocks.len());
    // An empty paragraph is one that an editor has not written yet.
    for block in blocks.iter().filter(|block| !is_empty(block)) {
        shown.push(match &block.kind {
            BlockKind::Heading { level, text } => {
                above.retain(|outer| outer < level);
                above.push(*level);
                view::Block::Heading { level: u8::try_from(above.len()).unwrap_or(4), text: heading(text) }
            }
            BlockKind::Paragraph { text } => view::Block::Paragraph(inlines(text)),
            BlockKind::List { ordered, start, items } => {
                let items = items.iter().map(|item| inlines(item)).collect();
                view::Block::List { ordered: *ordered, start: *start, items, is_inner: false }
            }
            BlockKind::Table { rows, shape } => view::Block::Table(table::table(rows, shape)),
            BlockKind::Image { alt, picture: None } => view::Block::Image(spacing::running(alt)),
            BlockKind::Image { alt, picture: Some(picture) } => view::Block::Picture {
                alt: spacing::running(alt),
                source: format!("cid:{}", content_id(picture, domain)),
                width: picture.width,
            },
            BlockKind::Quote { text } => view::Block::Quote(inlines(text)),
            BlockKind::Note { text } => view::Block::Note(note(inlines(text))),
        });
    }
    captions::settle(&mut shown);
    shown
}

fn is_empty(block: &Block) -> bool {
    let is_text = !matches!(block.kind, BlockKind::Table { .. } | BlockKind::Image { .. });
    is_text && block.plain().trim().is_empty()
}

fn heading(text: &[Inline]) -> Vec<view::Inline> {
    text.iter().map(|inline| shown(inline, spacing::heading)).collect()
}

fn inlines(text: &[Inline]) -> Vec<view::Inline> {
    let mut runs: Vec<view::Inline> = text.iter().map(|inline| shown(inline, spacing::running)).collect();
    for at in 1..runs.len() {
        let (before, after) = runs.split_at_mut(at);
        // The full stop of a run-in head is as wide as a character, and needs no space behind it.
        if let (Some(view::Inline::RunIn(head)), Some(view::Inline::Text(text))) = (before.last(), after.first_mut())
            && head.ends_with(is_wide)
        {
            *text = text.trim_start_matches(' ').to_owned();
        }
    }
    runs
}

/// A footnote, whose mark stands apart from its words.
fn note(mut runs: Vec<view::Inline>) -> Vec<view::Inline> {
    if let [view::Inline::Superscript(_), view::Inline::Text(text), ..] = runs.as_mut_slice()
        && !text.starts_with(' ')
    {
        text.insert(0, ' ');
    }
    runs
}

fn shown(inline: &Inline, spaced: impl Fn(&str) -> String) -> view::Inline {
    match inline {
        Inline::Text(text) => view::Inline::Text(spaced(text)),
        Inline::RunIn(text) => view::Inline::RunIn(spaced(text)),
        Inline::Strong(text) => view::Inline::Strong(spaced(text)),
        Inline::Emphasis(text) => view::Inline::Emphasis(spaced(text)),
        Inline::Link { href, text } if is_linkable(href) => {
            view::Inline::Link { href: href.trim().to_owned(), text: spaced(text) }
        }
        Inline::Link { text, .. } => view::Inline::Text(spaced(text)),
        Inline::Superscript(text) => view::Inline::Superscript(spaced(text)),
        Inline::Subscript(text) => view::Inline::Subscript(spaced(text)),
        Inline::Break => view::Inline::Break,
    }
}
