//! Tables: cells in their grid, with what merged cells cover left empty (ECMA-376 part 1, 17.4): Word
//! keeps an empty paragraph in each place below the first. A table of one column
//! is a box around paragraphs, and no table.

use super::super::refusal::Refusal;
use super::super::source::{Line, Mark};
use super::paragraph::Draft;
use super::xml::Xml;
use crate::domain::issue::{BlockKind, Inline};

/// The most columns; Word has no more than 63.
const WIDEST: usize = 200;

/// A table on its way.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
    /// Columns without a cell at the beginning and the end of the row.
    gaps: (usize, usize),
}

/// A cell on its way.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) lines: Vec<Draft>,
    pub(super) span: usize,
}

/// What a row says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowSetting {
    pub(super) deleted: bool,
    pub(super) inserted: bool,
    before: usize,
    after: usize,
}

/// What a cell says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CellSetting {
    span: usize,
}

/// Reads a `trPr` that has just begun.
pub(super) fn row(xml: &mut Xml<'_>) -> Result<RowSetting, Refusal> {
    let mut row = RowSetting::default();
    xml.within(|xml, tag| {
        let number = || tag.number().map_or(0, |n| (n as usize).min(WIDEST));
        match tag.name.as_ref() {
            "del" => row.deleted = true,
            "ins" => row.inserted = true,
            "gridBefore" => row.before = number(),
            "gridAfter" => row.after = number(),
            "trPrChange" => drop(xml.skip()?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(row)
}

/// Reads a `tcPr` that has just begun.
pub(super) fn cell(xml: &mut Xml<'_>) -> Result<CellSetting, Refusal> {
    let mut cell = CellSetting { span: 1 };
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "gridSpan" => cell.span = tag.number().map_or(1, |n| (n as usize).clamp(1, WIDEST)),
            "tcPrChange" => drop(xml.skip()?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(cell)
}

impl Cell {
    pub(super) fn set(&mut self, setting: &CellSetting) {
        self.span = setting.span;
    }
}

impl Table {
    pub(super) fn begin_row(&mut self) {
        self.gaps = (0, 0);
        self.rows.push(Vec::new());
    }

    pub(super) fn set_row(&mut self, row: &RowSetting) {
        self.gaps = (row.before, row.after);
        self.pad(row.before);
    }

    pub(super) fn drop_row(&mut self) {
        self.rows.pop();
    }

    pub(super) fn end_row(&mut self) {
        self.pad(self.gaps.1);
        if self.rows.last().is_some_and(Vec::is_empty) {
            self.rows.pop();
        }
    }

    pub(super) fn push(&mut self, cell: Cell) {
        let covered = cell.span.saturating_sub(1);
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
        self.pad(covered);
    }

    fn pad(&mut self, count: usize) {
        let Some(row) = self.rows.last_mut() else { return };
        let room = WIDEST.saturating_sub(row.len());
        row.extend(std::iter::repeat_with(Cell::default).take(count.min(room)));
    }

    /// Its lines: one with all of it, and behind it the pictures of its cells; or those of the box that it is.
    pub(super) fn lines(self) -> Vec<Draft> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        if width <= 1 {
            return self.rows.into_iter().flatten().flat_map(|cell| cell.lines).collect();
        }
        let (mut rows, mut held, mut pictures) = (Vec::new(), String::new(), Vec::new());
        for row in self.rows {
            let mut cells: Vec<Vec<Inline>> = Vec::with_capacity(width);
            for cell in row {
                let mut words = Vec::new();
                for draft in cell.lines {
                    held.push_str(draft.line.written());
                    if matches!(draft.line.mark, Some(Mark::Block(BlockKind::Image { .. }))) {
                        pictures.push(draft);
                    } else {
                        flow(&mut words, draft.into_line());
                    }
                }
                cells.push(without_weight(words));
            }
            cells.resize(width, Vec::new());
            rows.push(cells);
        }
        if rows.iter().flatten().all(Vec::is_empty) {
            return pictures;
        }
        let line = Line::marked(0, Mark::Block(BlockKind::Table { rows }));
        std::iter::once(Draft::of(Line { held: Some(held), ..line })).chain(pictures).collect()
    }
}

/// A cell that is bold as a whole is a head, and no emphasis.
fn without_weight(words: Vec<Inline>) -> Vec<Inline> {
    let is_head = words.iter().all(|inline| matches!(inline, Inline::Strong(_) | Inline::Break));
    let plain = |inline: Inline| match inline {
        Inline::Strong(text) if is_head => Inline::Text(text),
        inline => inline,
    };
    words.into_iter().map(plain).collect()
}

/// Puts a line behind the words of a cell, or of a note.
pub(super) fn flow(words: &mut Vec<Inline>, line: Line) {
    let next = match line.mark {
        Some(
            Mark::Heading { words, .. }
            | Mark::Contents { words, .. }
            | Mark::Row { words, .. }
            | Mark::Entry { words, .. }
            | Mark::Aside(words)
            | Mark::Block(
                BlockKind::Quote { text: words }
                | BlockKind::Note { text: words }
                | BlockKind::Paragraph { text: words }
                | BlockKind::Heading { text: words, .. },
            ),
        ) => words,
        Some(Mark::Block(BlockKind::Table { rows })) => {
            let row = |row: Vec<Vec<Inline>>| row.join(&Inline::Text("　".into()));
            rows.into_iter().map(row).collect::<Vec<_>>().join(&Inline::Break)
        }
        Some(Mark::Block(BlockKind::List { items, .. })) => items.join(&Inline::Break),
        Some(Mark::Block(BlockKind::Image { .. })) | None => Vec::new(),
    };
    if next.is_empty() {
        return;
    }
    if !words.is_empty() {
        words.push(Inline::Break);
    }
    words.extend(next);
}

#[cfg(test)]
mod tests {
    use super::super::super::source::Border;
    use super::*;
    use crate::domain::issue::plain;

    fn cell(text: &str, span: usize) -> Cell {
        let words = vec![Inline::Text(text.into())];
        let line = Line::marked(0, Mark::Row { words, border: Border::Paragraph });
        let lines = if text.is_empty() { Vec::new() } else { vec![Draft::of(line)] };
        Cell { lines, span }
    }

    fn rows(table: Table) -> Vec<Vec<String>> {
        let lines = table.lines();
        let Some(Mark::Block(BlockKind::Table { rows })) = &lines[0].line.mark else { panic!("{lines:?}") };
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect()
    }

    #[test]
    fn a_merged_cell_stands_in_its_first_place_and_leaves_the_others_empty() {
        let mut table = Table::default();
        for row in [
            vec![cell("地区", 1), cell("上半年", 2)],
            vec![cell("", 1), cell("个", 1), cell("元", 1)],
            vec![cell("注", 3)],
            vec![cell("短", 1)],
        ] {
            table.begin_row();
            row.into_iter().for_each(|cell| table.push(cell));
            table.end_row();
        }
        assert_eq!(rows(table), [["地区", "上半年", ""], ["", "个", "元"], ["注", "", ""], ["短", "", ""]]);
    }

    #[test]
    fn a_table_of_one_column_is_a_box() {
        let mut table = Table::default();
        for text in ["甲", "乙"] {
            table.begin_row();
            table.push(cell(text, 1));
            table.end_row();
        }
        assert_eq!(table.lines().iter().map(|draft| draft.line.text.as_str()).collect::<Vec<_>>(), ["甲", "乙"]);
    }
}
