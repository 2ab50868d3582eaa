//! Blocks: how the pieces of an article's body are drawn. Between two Han characters of one run
//! nothing is ever inserted: a client would show it as a space.

use crate::style::Styles;
use crate::view::{Block, Inline};
use crate::words::Words;
use maud::{Markup, html};

/// One block.
pub(super) fn block(block: &Block, css: &Styles, words: &Words) -> Markup {
    match block {
        Block::Heading { level, text } => heading(*level, text, css),
        Block::Paragraph(text) => html! { p.ink style=(css.paragraph()) { (inlines(text, css)) } },
        Block::List { ordered: true, start, items } => {
            let start = (*start != 1).then_some(*start);
            html! { ol.ink start=[start] style=(css.list()) { (entries(items, css)) } }
        }
        Block::List { ordered: false, items, .. } => html! { ul.ink style=(css.list()) { (entries(items, css)) } },
        Block::Table(rows) => table(rows, css),
        Block::Image(alt) => {
            let [before, after] = words.image;
            html! { p.muted.rule style=(css.image()) { (before) (alt) (after) } }
        }
        Block::Picture { alt, source, width } => {
            // Outlook keeps to the attribute, the others to the style.
            let width = (*width).min(css.inner_width());
            html! { p style=(css.frame()) { img src=(source) alt=(alt) width=(width) style=(css.picture(width)); } }
        }
        Block::Quote(text) => html! { blockquote.ink.rule style=(css.quote()) { (inlines(text, css)) } },
        Block::Note(text) => html! { p.muted style=(css.note()) { (inlines(text, css)) } },
    }
}

fn heading(level: u8, text: &[Inline], css: &Styles) -> Markup {
    let (words, style) = (inlines(text, css), css.subhead(level));
    match level {
        0 | 1 => html! { h3.accent style=(style) { (words) } },
        2 => html! { h4.accent style=(style) { (words) } },
        3 => html! { h5.accent style=(style) { (words) } },
        4.. => html! { h6.accent style=(style) { (words) } },
    }
}

fn entries(items: &[Vec<Inline>], css: &Styles) -> Markup {
    html! { @for item in items { li style=(css.item()) { (inlines(item, css)) } } }
}

/// A table wider than the screen scrolls inside its own frame, not with the page.
fn table(rows: &[Vec<Vec<Inline>>], css: &Styles) -> Markup {
    let Some((head, body)) = rows.split_first() else { return html! {} };
    html! {
        div style=(css.scroller()) {
            table style=(css.table()) {
                thead { tr {
                    @for cell in head { th.ink.rule scope="col" style=(css.head()) { (inlines(cell, css)) } }
                } }
                tbody { @for row in body { tr {
                    @for cell in row { td.ink.rule style=(css.cell()) { (inlines(cell, css)) } }
                } } }
            }
        }
    }
}

fn inlines(text: &[Inline], css: &Styles) -> Markup {
    html! { @for inline in text { (run(inline, css)) } }
}

fn run(inline: &Inline, css: &Styles) -> Markup {
    match inline {
        Inline::Text(text) => html! { (text) },
        Inline::RunIn(text) | Inline::Strong(text) => html! { strong style=(css.strong()) { (text) } },
        Inline::Emphasis(text) => html! { em style=(css.emphasis()) { (text) } },
        Inline::Link { href, text } => html! { a.link href=(href) style=(css.link()) { (text) } },
        Inline::Superscript(text) => html! { sup style=(css.raised()) { (text) } },
        Inline::Subscript(text) => html! { sub style=(css.raised()) { (text) } },
        Inline::Break => html! { br; },
    }
}
