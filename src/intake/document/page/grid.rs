//! Grid: the cells of a table become rows that are equally wide. The words of a merged cell stand in its first
//! place; the places that it covers are empty. No spans make a table larger than its cells can justify.

use super::walk::hang;
use crate::domain::issue::Inline;
use crate::domain::issue::shape::{Rows, Shape, Span};

/// The widest table, in cells; a sheet of a workbook that fits a page has fewer.
const WIDEST: usize = 100;
/// The most places that merged cells cover.
const MOST_PLACES: usize = 50_000;

/// A table on its way.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Cell {
    text: Vec<Inline>,
    columns: usize,
    rows: usize,
    is_head: bool,
}

impl Grid {
    /// A row begins.
    pub(super) fn open_row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// A cell begins, which covers so many columns and rows; whether the page calls it one of a head.
    pub(super) fn open_cell(&mut self, (columns, rows): (usize, usize), is_head: bool) {
        if self.rows.is_empty() {
            self.open_row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(Cell { text: Vec::new(), columns: columns.clamp(1, WIDEST), rows: rows.max(1), is_head });
        }
    }

    /// Whether a cell has begun.
    pub(super) fn has_cell(&self) -> bool {
        self.rows.iter().any(|row| !row.is_empty())
    }

    /// Takes a row of words into its last cell.
    pub(super) fn take(&mut self, words: Vec<Inline>) {
        if let Some(cell) = self.rows.iter_mut().rev().find_map(|row| row.last_mut()) {
            hang(&mut cell.text, words);
        }
    }

    /// The rows and what is merged in them, without rows and columns that have no words of their own; none if no cell
    /// has.
    pub(super) fn rows(self) -> (Rows, Shape) {
        let heads = self.rows.iter().take_while(|cells| !cells.is_empty() && cells.iter().all(|cell| cell.is_head));
        let mut shape = Shape { heads: heads.count(), ..Shape::default() };
        let mut rows: Rows = Vec::with_capacity(self.rows.len());
        let mut covered: Vec<usize> = Vec::new();
        let mut places = MOST_PLACES;
        let height = self.rows.len();
        for (nth, cells) in self.rows.into_iter().enumerate() {
            let mut row: Vec<Vec<Inline>> = Vec::with_capacity(cells.len());
            for cell in cells {
                fill(&mut row, &mut covered, &mut places);
                let columns = if cell.columns <= places { cell.columns } else { 1 };
                places -= columns.min(places);
                let at = row.len();
                covered.resize(covered.len().max(at + columns), 0);
                covered[at..at + columns].fill(cell.rows - 1);
                row.push(cell.text);
                row.resize(at + columns, Vec::new());
                shape.spans.push(Span { row: nth, column: at, rows: cell.rows.min(height - nth), columns });
            }
            fill(&mut row, &mut covered, &mut places);
            for left in covered.iter_mut().skip(row.len()) {
                *left = left.saturating_sub(1);
            }
            rows.push(row);
        }
        let shape = shape.tightened(&mut rows);
        (rows, shape)
    }
}

/// Goes past the places that cells above cover.
fn fill(row: &mut Vec<Vec<Inline>>, covered: &mut [usize], places: &mut usize) {
    while let Some(left) = covered.get_mut(row.len()).filter(|left| **left > 0 && *places > 0) {
        (*left, *places) = (*left - 1, *places - 1);
        row.push(Vec::new());
    }
}
