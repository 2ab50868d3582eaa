//! Table: a table of data, merged cells and all. One that is wider than the screen scrolls inside its own frame, not with
//! the page. It has the lines of print: above, below the head, below. Called by [`super::block`].

use super::inlines;
use crate::style::{Side, Styles};
use crate::view::{Cell, Inline, Table};
use maud::{Markup, html};

/// A table, and its notes below it.
pub(super) fn table(table: &Table, css: &Styles) -> Markup {
    let (head, body) = table.rows.split_at(table.head.min(table.rows.len()));
    let own =
        Own { figures: (0..table.width).map(|column| has_figures(body, column)).collect(), width: table.width, css };
    // A cell that leads out of the head would be cut off at its end.
    let is_whole = (1..).zip(head.iter().rev()).all(|(left, row)| row.iter().all(|cell| cell.rows <= left));
    let heads = html! { @for (left, row) in (1..=head.len()).rev().zip(head) { tr { @for cell in row { (own.head(cell, left)) } } } };
    let cells = html! { @for row in body { tr { @for cell in row { (own.cell(cell)) } } } };
    html! {
        div style=(css.scroller(!table.notes.is_empty())) {
            table.ink-rule style=(css.table()) {
                @if is_whole { thead { (heads) } tbody { (cells) } } @else { tbody { (heads) (cells) } }
            }
        }
        @for note in &table.notes { p.muted style=(css.table_note()) { (inlines(note, css)) } }
    }
}

/// What the cells of a table have in common.
struct Own<'a> {
    /// Which columns hold figures.
    figures: Vec<bool>,
    width: usize,
    css: &'a Styles,
}

impl Own<'_> {
    /// A cell of the head, in the row that is the nth from its end.
    fn head(&self, cell: &Cell, left: usize) -> Markup {
        let (columns, rows) = (reach(cell.columns), reach(cell.rows));
        let scope = if cell.columns > 1 { "colgroup" } else { "col" };
        let (side, is_last) = (self.side(cell), cell.rows >= left);
        let style = self.css.head((side, self.width), is_last);
        html! {
            th.ink.rule[!is_last].ink-rule[is_last] scope=(scope) colspan=[columns] rowspan=[rows] style=(style) {
                (inlines(&cell.text, self.css))
            }
        }
    }

    fn cell(&self, cell: &Cell) -> Markup {
        let (columns, rows) = (reach(cell.columns), reach(cell.rows));
        let side = if cell.columns > 1 && !is_figure(&plain(&cell.text)) { Side::Left } else { self.side(cell) };
        let style = self.css.cell((side, self.width));
        html! { td.ink.rule colspan=[columns] rowspan=[rows] style=(style) { (inlines(&cell.text, self.css)) } }
    }

    /// Figures stand at the right, what is above several columns in their middle.
    fn side(&self, cell: &Cell) -> Side {
        match self.figures.get(cell.column) {
            _ if cell.columns > 1 => Side::Middle,
            Some(true) => Side::Right,
            Some(false) | None => Side::Left,
        }
    }
}

/// How far a cell goes, where that is farther than its place.
fn reach(places: usize) -> Option<usize> {
    (places > 1).then_some(places)
}

/// Whether a column holds figures only: amounts, shares, times, years; empty cells and dashes among them.
fn has_figures(body: &[Vec<Cell>], column: usize) -> bool {
    let own = |row: &&Vec<Cell>| {
        row.iter().find(|cell| cell.column == column && cell.columns == 1).map(|cell| plain(&cell.text))
    };
    let cells: Vec<String> = body.iter().filter_map(|row| own(&row)).collect();
    cells.iter().all(|cell| is_figure(cell)) && cells.iter().any(|cell| cell.contains(|c: char| c.is_ascii_digit()))
}

fn is_figure(words: &str) -> bool {
    words.chars().all(|c| c.is_ascii_digit() || " ,.:%+-/±—–－～~％‰，．：".contains(c))
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
