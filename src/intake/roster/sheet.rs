//! Sheet: the cells of one sheet of a workbook, gathered within bounds, whichever program wrote them; and which sheet of a
//! workbook is read: the one with the most addresses. What is merged downwards holds for each of its rows.

use super::table::{Row, cell};
use super::{MOST_ROWS, RosterRefusal, Table};
use crate::domain::language::Sentence;
use std::collections::BTreeMap;

/// The most cells of a sheet that are read.
const MOST_CELLS: usize = 5_000_000;
/// The most bytes of all cells of a sheet together.
const MOST_TEXT: usize = 64 * 1024 * 1024;
/// Columns beyond this one are not looked at.
pub(super) const WIDEST: u32 = 200;

/// Cells that are one; rows and columns count from 0, the ends are within.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged {
    pub(super) top: u32,
    pub(super) bottom: u32,
    pub(super) column: u32,
}

/// A sheet that is being read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rows: BTreeMap<u32, Vec<(u32, String)>>,
    cells: usize,
    text: usize,
    visits: usize,
}

impl Sheet {
    /// Puts a cell in its place, counted from 0.
    ///
    /// # Errors
    /// [`RosterRefusal::TooLarge`].
    pub(super) fn put(&mut self, (row, column): (u32, u32), written: &str) -> Result<(), RosterRefusal> {
        let written = cell(written);
        if written.is_empty() || column >= WIDEST {
            return Ok(());
        }
        (self.cells, self.text) = (self.cells + 1, self.text + written.len());
        self.rows.entry(row).or_default().push((column, written));
        let too_large = self.cells > MOST_CELLS || self.text > MOST_TEXT || self.rows.len() > MOST_ROWS;
        if too_large { Err(RosterRefusal::TooLarge) } else { Ok(()) }
    }

    /// Gives each row beside a merged cell what it holds; an address belongs to one row alone.
    ///
    /// # Errors
    /// [`RosterRefusal::TooLarge`].
    pub(super) fn merge(&mut self, Merged { top, bottom, column }: Merged) -> Result<(), RosterRefusal> {
        let held = self.rows.get(&top).and_then(|row| row.iter().find(|(at, _)| *at == column));
        let held = held.map(|(_, text)| text.clone()).filter(|text| bottom > top && !text.contains(['@', '＠']));
        self.visits += 1;
        if let Some(held) = held {
            for (_, row) in self.rows.range_mut(top + 1..=bottom) {
                if row.iter().all(|(at, _)| *at != column) {
                    self.text += held.len();
                    row.push((column, held.clone()));
                }
                self.visits += 1;
            }
        }
        if self.visits > MOST_CELLS || self.text > MOST_TEXT { Err(RosterRefusal::TooLarge) } else { Ok(()) }
    }

    /// Its rows, from above.
    pub(super) fn finish(self) -> Vec<Row> {
        let row = |(row, cells): (u32, _)| Row { line: row.saturating_add(1), cells: side_by_side(cells) };
        self.rows.into_iter().map(row).collect()
    }
}

fn side_by_side(cells: Vec<(u32, String)>) -> Vec<String> {
    let width = cells.iter().map(|(at, _)| *at as usize + 1).max().unwrap_or_default();
    let mut row = vec![String::new(); width];
    for (at, text) in cells {
        row[at as usize] = text;
    }
    row
}

/// The sheets of a workbook as they come: one is kept, of the others it is only known how many addresses they hold.
#[derive(Debug, Default)]
pub(super) struct Choice {
    read: Option<(String, usize, Vec<Row>)>,
    unread: Vec<(String, usize)>,
}

impl Choice {
    /// Takes the next sheet.
    pub(super) fn add(&mut self, name: String, rows: Vec<Row>) {
        let has_address = |row: &&Row| row.cells.iter().any(|cell| cell.contains(['@', '＠']));
        let found = rows.iter().filter(has_address).count();
        let other = match self.read.take() {
            Some(before) if before.1 >= found => {
                self.read = Some(before);
                (name, found)
            }
            before => {
                self.read = (found > 0).then_some((name, found, rows));
                before.map(|(name, found, _)| (name, found)).unwrap_or_default()
            }
        };
        self.unread.extend((other.1 > 0).then_some(other));
    }

    /// The sheet that is read, and a sentence for each other one that holds addresses too.
    ///
    /// # Errors
    /// [`RosterRefusal::NoAddresses`].
    pub(super) fn finish(self) -> Result<Table, RosterRefusal> {
        let (_, _, rows) = self.read.ok_or(RosterRefusal::NoAddresses)?;
        Ok(Table { rows, unread: self.unread.iter().map(|(name, n)| not_read(name, *n)).collect() })
    }
}

fn not_read(name: &str, n: usize) -> Sentence {
    let name: String = cell(name).chars().take(40).collect();
    Sentence {
        english: format!("the sheet '{name}' with {n} rows of addresses was not read; bring it as a file of its own"),
        chinese: format!("工作表“{name}”里还有 {n} 行地址，没有读取；请另存为一个文件再导入"),
    }
}
