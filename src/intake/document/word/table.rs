//! Tables: cells in their grid, with what merged cells cover left empty (ECMA-376 part 1, 17.4): Word
//! keeps an empty paragraph in each place below the first. A table of one column
//! is a box around paragraphs, and no table.

use super::super::refusal::Refusal;
use super::super::source::{Line, Mark};
use super::paragraph::Draft;
use super::xml::Xml;
use crate::domain::issue::shape::{Rows, Shape, Span};
use crate::domain::issue::{BlockKind, Inline};
use std::collections::BTreeMap;

/// The most columns; Word has no more than 63.
const WIDEST: usize = 200;

/// A table on its way.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
    /// Which of them the file calls a head.
    is_head: Vec<bool>,
    /// Columns without a cell at the beginning and the end of the row.
    gaps: (usize, usize),
}

/// A cell on its way.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) lines: Vec<Draft>,
    pub(super) setting: CellSetting,
    /// Whether a cell at its left covers its place.
    is_covered: bool,
}

/// What a row says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowSetting {
    pub(super) deleted: bool,
    pub(super) inserted: bool,
    is_head: bool,
    before: usize,
    after: usize,
}

/// What a cell says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CellSetting {
    span: usize,
    /// Whether it goes on with the cell above it.
    goes_on: bool,
}

/// Reads a `trPr` that has just begun.
pub(super) fn row(xml: &mut Xml<'_>) -> Result<RowSetting, Refusal> {
    let mut row = RowSetting::default();
    xml.within(|xml, tag| {
        let number = || tag.number().map_or(0, |n| (n as usize).min(WIDEST));
        match tag.name.as_ref() {
            "del" => row.deleted = true,
            "ins" => row.inserted = true,
            "tblHeader" => row.is_head = tag.is_on(),
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
    let mut cell = CellSetting { span: 1, goes_on: false };
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "gridSpan" => cell.span = tag.number().map_or(1, |n| (n as usize).clamp(1, WIDEST)),
            // Without a value it goes on (17.4.84).
            "vMerge" => cell.goes_on = tag.val().is_none_or(|val| val != "restart"),
            "tcPrChange" => drop(xml.skip()?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(cell)
}

impl Cell {
    pub(super) fn of(lines: Vec<Draft>, setting: CellSetting) -> Self {
        Self { lines, setting, is_covered: false }
    }

    /// The place beside it that it covers, or one without a cell.
    fn air(is_covered: bool) -> Self {
        Self { is_covered, ..Self::default() }
    }
}

impl Table {
    pub(super) fn begin_row(&mut self) {
        self.gaps = (0, 0);
        self.rows.push(Vec::new());
        self.is_head.push(false);
    }

    pub(super) fn set_row(&mut self, row: &RowSetting) {
        self.gaps = (row.before, row.after);
        self.pad(row.before, false);
        self.is_head.last_mut().into_iter().for_each(|is_head| *is_head = row.is_head);
    }

    pub(super) fn drop_row(&mut self) {
        self.rows.pop();
        self.is_head.pop();
    }

    pub(super) fn end_row(&mut self) {
        self.pad(self.gaps.1, false);
        if self.rows.last().is_some_and(Vec::is_empty) {
            self.drop_row();
        }
    }

    pub(super) fn push(&mut self, cell: Cell) {
        let covered = cell.setting.span.saturating_sub(1);
        if self.rows.is_empty() {
            self.begin_row();
        }
        if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
        self.pad(covered, true);
    }

    fn pad(&mut self, count: usize, is_covered: bool) {
        let Some(row) = self.rows.last_mut() else { return };
        let room = WIDEST.saturating_sub(row.len());
        row.extend(std::iter::repeat_with(|| Cell::air(is_covered)).take(count.min(room)));
    }

    /// What is merged in it: beside each cell what it covers, and below it the cells as wide as it that go on with it.
    fn shape(&self) -> Shape {
        let mut spans: Vec<Span> = Vec::new();
        // The cell that stands last in a column, by its place among the spans.
        let mut above: BTreeMap<usize, usize> = BTreeMap::new();
        for (row, cells) in self.rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_covered) {
                let columns = 1 + cells[column + 1..].iter().take_while(|cell| cell.is_covered).count();
                let has_words = cell.lines.iter().any(|draft| !draft.line.text.trim().is_empty());
                let upper = above.get(&column).copied().filter(|_| cell.setting.goes_on && !has_words);
                match upper.map(|at| &mut spans[at]) {
                    Some(upper) if upper.columns == columns && upper.row + upper.rows == row => upper.rows += 1,
                    Some(_) | None => {
                        above.insert(column, spans.len());
                        spans.push(Span { row, column, rows: 1, columns });
                    }
                }
            }
        }
        Shape { spans, heads: self.is_head.iter().take_while(|is_head| **is_head).count() }
    }

    /// Its lines: one with all of it, and behind it the pictures of its cells; or those of the box that it is.
    pub(super) fn lines(self) -> Vec<Draft> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        if width <= 1 {
            return self.rows.into_iter().flatten().flat_map(|cell| cell.lines).collect();
        }
        let shape = self.shape();
        let (mut rows, mut held, mut pictures) = (Rows::new(), String::new(), Vec::new());
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
            rows.push(cells);
        }
        let shape = shape.tightened(&mut rows);
        if rows.is_empty() {
            return pictures;
        }
        let line = Line::marked(0, Mark::Block(BlockKind::Table { rows, shape }));
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
        Some(Mark::Block(BlockKind::Table { rows, .. })) => {
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
        Cell::of(lines, CellSetting { span, goes_on: false })
    }

    fn rows(table: Table) -> Vec<Vec<String>> {
        let lines = table.lines();
        let Some(Mark::Block(BlockKind::Table { rows, .. })) = &lines[0].line.mark else { panic!("{lines:?}") };
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
    fn what_is_merged_is_told_and_edges_of_other_rows_make_no_columns() {
        let goes_on = |text: &str, span| Cell { setting: CellSetting { span, goes_on: true }, ..cell(text, span) };
        let mut table = Table::default();
        for row in [
            vec![cell("地区", 2), cell("上半年", 3)],
            vec![goes_on("", 2), cell("个", 1), cell("元", 2)],
            vec![cell("东", 2), cell("1", 1), cell("2", 2)],
            vec![goes_on("不同", 2), cell("3", 1), cell("4", 2)],
        ] {
            table.begin_row();
            row.into_iter().for_each(|cell| table.push(cell));
            table.end_row();
        }
        let lines = table.lines();
        let Some(Mark::Block(BlockKind::Table { rows, shape })) = &lines[0].line.mark else { panic!("{lines:?}") };
        let said: Vec<String> = rows.iter().map(|row| row.iter().map(|cell| plain(cell) + "|").collect()).collect();
        assert_eq!(said, ["地区|上半年||", "|个|元|", "东|1|2|", "不同|3|4|"]);
        let span = |row, column, rows, columns| Span { row, column, rows, columns };
        assert_eq!(shape.spans, [span(0, 0, 2, 1), span(0, 1, 1, 2)], "words are never covered");
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
