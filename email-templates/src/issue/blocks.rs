//! Blocks: how the pieces of an article's body are drawn. Between two Han characters of one run
//! nothing is ever inserted: a client would show it as a space.

mod table;

use crate::style::Styles;
use crate::view::{Block, Inline};
use crate::words::Words;
use maud::{Markup, html};

/// One block.
pub(super) fn block(block: &Block, css: &Styles, words: &Words) -> Markup {
    match block {
        Block::Heading { level, text } => heading(*level, text, css),
        Block::Paragraph(text) => html! { p.ink style=(css.paragraph()) { (inlines(text, css)) } },
        Block::List { ordered: true, start, items, is_inner } => {
            let start = (*start != 1).then_some(*start);
            html! { ol.ink start=[start] style=(css.list(*is_inner)) { (entries(items, css)) } }
        }
        Block::List { ordered: false, items, is_inner, .. } => {
            html! { ul.ink style=(css.list(*is_inner)) { (entries(items, css)) } }
        }
        Block::Table(table) => table::table(table, css),
        Block::Title(text) => html! { p.ink style=(css.table_title()) { (inlines(text, css)) } },
        Block::Caption(text) => html! { p.muted style=(css.caption()) { (inlines(text, css)) } },
        Block::Image(alt) => html! { p.muted.rule style=(css.image()) { (words.instead_of_picture(alt)) } },
        Block::Picture { alt, source, width } => {
            // Outlook keeps to the attribute, the others to the style.
            let width = (*width).min(css.inner_width());
            let alt = if alt.is_empty() { words.picture } else { alt };
            html! { p style=(css.frame()) { img src=(source) alt=(alt) width=(width) style=(css.picture(width)); } }
        }
        Block::Quote(text) => html! { blockquote.ink.rule style=(css.quote()) { (inlines(text, css)) } },
        Block::Note(text) => html! { p.muted style=(css.note()) { (inlines(text, css)) } },
    }
}

fn heading(level: u8, text: &[Inline], css: &Styles) -> Markup {
    let (words, style) = (inlines(text, css), css.subhead(level));
    match level {
        0 | 1 => html! { h3.ink.accent-rule style=(style) { (words) } },
        2 => html! { h4.ink style=(style) { (words) } },
        3 => html! { h5.ink style=(style) { (words) } },
        4.. => html! { h6.ink style=(style) { (words) } },
    }
}

fn entries(items: &[Vec<Inline>], css: &Styles) -> Markup {
    html! { @for item in items { li style=(css.item()) { (inlines(item, css)) } } }
}

fn inlines(text: &[Inline], css: &Styles) -> Markup {
    html! { @for (at, inline) in text.iter().enumerate() { @match (inline, text.get(at + 1)) {
        (Inline::Text(words), Some(mark @ (Inline::Superscript(_) | Inline::Subscript(_)))) => {
            // A raised figure never begins a line.
            @let (before, last) = words.split_at(words.char_indices().next_back().map_or(0, |(at, _)| at));
            (before)
            span style=(css.unbroken()) { (last) (run(mark, css)) }
        },
        (Inline::Superscript(_) | Inline::Subscript(_), _) if is_text(at.checked_sub(1).and_then(|at| text.get(at))) => {},
        _ => (run(inline, css)),
    } } }
}

fn is_text(inline: Option<&Inline>) -> bool {
    matches!(inline, Some(Inline::Text(_)))
}

/// Whether words are Chinese: slanted they are hard to read.
fn is_han(words: &str) -> bool {
    words.chars().any(|c| ('\u{2e80}'..='\u{9fff}').contains(&c))
}

fn run(inline: &Inline, css: &Styles) -> Markup {
    match inline {
        Inline::Text(text) => html! { (text) },
        Inline::RunIn(text) | Inline::Strong(text) => html! { strong style=(css.strong()) { (text) } },
        Inline::Emphasis(text) => html! { em style=(css.emphasis(is_han(text))) { (text) } },
        Inline::Link { href, text } => html! { a.link href=(href) style=(css.link()) { (text) } },
        Inline::Superscript(text) => html! { sup style=(css.raised()) { (text) } },
        Inline::Subscript(text) => html! { sub style=(css.raised()) { (text) } },
        Inline::Break => html! { br; },
    }
}
