//! Laid out: tables without lines that hold a masthead or an imprint, as offices set name and number side by side.
//! Their cells become lines, before any line has a role; a table that holds anything else stays one.

use super::source::{Border, Line, Mark};
use super::{colophon, label};
use crate::domain::issue::{BlockKind, Inline, plain};

/// How far from the first or the last line such a table stands, in lines.
const DEPTH: usize = 4;
/// The most cells of one, and the longest line in it, in characters.
const MOST_CELLS: usize = 12;
const LONGEST: usize = 60;

/// The lines, with those of a masthead or an imprint in the place of the table that lays them out.
pub(super) fn unfold(lines: Vec<Line>) -> Vec<Line> {
    let count = lines.len();
    let mut out = Vec::with_capacity(count);
    for (at, line) in lines.into_iter().enumerate() {
        let rows = (at < DEPTH || at + DEPTH >= count).then(|| rows(&line)).flatten();
        let says = |test: fn(&str) -> bool| rows.iter().flatten().any(|row| test(&plain(row)));
        let is_masthead = at < DEPTH && says(|text| label::label(text).is_some());
        let is_imprint = at + DEPTH >= count && rows.iter().flatten().all(|row| colophon::is_colophon(&plain(row)));
        match rows {
            Some(rows) if is_masthead || is_imprint => out.extend(apart(line, rows)),
            Some(_) | None => out.push(line),
        }
    }
    out
}

/// The lines within the cells of a small table of short words.
fn rows(line: &Line) -> Option<Vec<Vec<Inline>>> {
    let Some(Mark::Block(BlockKind::Table { rows, .. })) = &line.mark else { return None };
    let cells: Vec<&Vec<Inline>> = rows.iter().flatten().filter(|cell| !cell.is_empty()).collect();
    let found: Vec<Vec<Inline>> =
        cells.iter().flat_map(|cell| cell.split(|inline| *inline == Inline::Break)).map(<[Inline]>::to_vec).collect();
    let is_short = found.iter().all(|row| plain(row).chars().count() <= LONGEST);
    (!cells.is_empty() && cells.len() <= MOST_CELLS && is_short).then_some(found)
}

/// A table's lines. What the document holds of it is held by the first.
fn apart(table: Line, rows: Vec<Vec<Inline>>) -> impl Iterator<Item = Line> {
    let Line { number, held, .. } = table;
    let lines = rows.into_iter().filter(|words| !plain(words).trim().is_empty());
    let mut held = held;
    let has_held = held.is_some();
    lines.map(move |words| {
        let line = Line::marked(number, Mark::Row { words, border: Border::Paragraph });
        Line { held: has_held.then(|| held.take().unwrap_or_default()), ..line }
    })
}
