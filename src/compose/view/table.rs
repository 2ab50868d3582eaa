//! Table: a table as its letter shows it: merged cells once, and what is noted in its last rows below it.

use super::inlines;
use crate::domain::issue::plain;
use crate::domain::issue::shape::{Cell, Rows, Shape, is_empty};
use email_templates::view;

/// How the row of a note begins.
const NOTED: [&str; 8] = ["注：", "注:", "注1", "备注：", "说明：", "资料来源", "数据来源", "Note"];

/// A table.
pub(super) fn table(rows: &Rows, shape: &Shape) -> view::Table {
    let (mut drawn, head) = (shape.cells(rows), shape.head(rows));
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut notes = Vec::new();
    while drawn.len() > head + 1
        && let Some(note) = drawn.last().and_then(|row| note(row, width))
    {
        notes.insert(0, inlines(note));
        drawn.pop();
    }
    view::Table { width, head, rows: drawn.iter().map(|row| row.iter().map(cell).collect()).collect(), notes }
}

fn cell(cell: &Cell<'_>) -> view::Cell {
    view::Cell { column: cell.span.column, columns: cell.span.columns, rows: cell.span.rows, text: inlines(cell.words) }
}

/// The words of a row that says something of the table: alone in it, and named as such.
fn note<'a>(row: &[Cell<'a>], width: usize) -> Option<&'a [crate::domain::issue::Inline]> {
    let (first, others) = row.split_first()?;
    let places: usize = row.iter().map(|cell| cell.span.columns).sum();
    let is_alone = places == width && first.span.rows == 1 && others.iter().all(|cell| is_empty(cell.words));
    let words = plain(first.words);
    (is_alone && NOTED.iter().any(|begins| words.trim_start().starts_with(begins))).then_some(first.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issue::Inline;
    use crate::domain::issue::shape::Span;

    #[test]
    fn what_is_noted_in_the_last_row_stands_below_the_table() {
        let cell = |text: &str| if text.is_empty() { Vec::new() } else { vec![Inline::Text(text.into())] };
        let rows = |last: [&str; 2]| -> Rows {
            [["县", "元"], ["东", "1"], last].iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect()
        };
        let merged = Shape { spans: vec![Span { row: 2, column: 0, rows: 1, columns: 2 }], heads: 0 };
        for (last, shape, notes) in [
            (["注：不含市直", ""], Shape::default(), 1),
            (["注：不含市直", ""], merged.clone(), 1),
            (["合计", ""], merged, 0),
            (["注：不含市直", "2"], Shape::default(), 0),
        ] {
            let table = table(&rows(last), &shape);
            assert_eq!((table.notes.len(), table.rows.len()), (notes, 3 - notes), "{last:?}");
        }
    }
}
