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
        2 => html! { h4.ink style=(style) { (words) } },
        3 => html! { h5.ink style=(style) { (words) } },
        4.. => html! { h6.ink style=(style) { (words) } },
    }
}

fn entries(items: &[Vec<Inline>], css: &Styles) -> Markup {
    html! { @for item in items { li style=(css.item()) { (inlines(item, css)) } } }
}

/// A table wider than the screen scrolls inside its own frame, not with the page.
fn table(rows: &[Vec<Vec<Inline>>], css: &Styles) -> Markup {
    let Some((head, body)) = rows.split_first() else { return html! {} };
    let figures: Vec<bool> = (0..head.len()).map(|column| has_figures(body, column)).collect();
    let is_figure = |column: usize| figures.get(column).copied().unwrap_or_default();
    html! {
        div style=(css.scroller()) {
            table style=(css.table()) {
                thead { tr {
                    @for (at, cell) in head.iter().enumerate() {
                        th.ink.rule scope="col" style=(css.head(is_figure(at))) { (inlines(cell, css)) }
                    }
                } }
                tbody { @for row in body { tr {
                    @for (at, cell) in row.iter().enumerate() {
                        td.ink.rule style=(css.cell(is_figure(at))) { (inlines(cell, css)) }
                    }
                } } }
            }
        }
    }
}

/// Whether a column holds figures only: amounts, shares, times, years; empty cells and dashes among them.
fn has_figures(body: &[Vec<Vec<Inline>>], column: usize) -> bool {
    let cells: Vec<String> = body.iter().filter_map(|row| row.get(column)).map(|cell| plain(cell)).collect();
    let fits = |cell: &String| cell.chars().all(|c| c.is_ascii_digit() || " ,.:%+-/±—–－～~％‰，．：".contains(c));
    cells.iter().all(fits) && cells.iter().any(|cell| cell.contains(|c: char| c.is_ascii_digit()))
}

fn plain(text: &[Inline]) -> String {
    let words = text.iter().map(|inline| match inline {
        Inline::Text(text)
        | Inline::RunIn(text)
        | Inline::Strong(text)
        | Inline::Emphasis(text)
        | Inline::Link { text, .. }
        | Inline::Superscript(text)
        | Inline::Subscript(text) => text.as_str(),
        Inline::Break => " ",
    });
    words.collect()
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
