//! Shape: what a table has beside its rows of cells: which cells are merged, and how many rows are its head. The places
//! that a merged cell covers stay in the rows, without words; a merger that does not hold is none. Made by intake, kept
//! through edits, drawn by `compose` and the desk.

use super::Inline;
use serde::{Deserialize, Serialize};

/// Rows of cells.
pub type Rows = Vec<Vec<Vec<Inline>>>;

/// The most rows that a head has without the document saying so.
const HIGHEST_HEAD: usize = 4;

/// The most places of a table whose rows are made equally wide.
const LARGEST: usize = 100_000;

/// What a table has beside its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its merged cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// How many rows are its head, where the document says so; else 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heads: usize,
}

/// A merged cell: its first place, counted from 0, and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The row of its first place.
    pub row: usize,
    /// The column of its first place.
    pub column: usize,
    /// How many rows it covers.
    pub rows: usize,
    /// How many columns it covers.
    pub columns: usize,
}

/// A cell as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell<'a> {
    /// Its first place, and how far it goes.
    pub span: Span,
    /// Its words.
    pub words: &'a [Inline],
}

impl Span {
    /// Whether it is more than one place.
    pub fn is_merged(&self) -> bool {
        self.rows > 0 && self.columns > 0 && (self.rows > 1 || self.columns > 1)
    }

    /// Whether it lies within the rows, and has words in its first place only.
    fn fits(&self, rows: &Rows) -> bool {
        let end = (self.row.checked_add(self.rows), self.column.checked_add(self.columns));
        let (Some(bottom), Some(right)) = end else { return false };
        let Some(covered) = rows.get(self.row..bottom) else { return false };
        covered.iter().enumerate().all(|(down, row)| {
            let places = row.get(self.column..right);
            places.is_some_and(|places| places.iter().skip(usize::from(down == 0)).all(|words| is_empty(words)))
        })
    }
}

impl Shape {
    /// Whether it is one cell a place, below a head of which the document says nothing.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// What of it holds in these rows; of two that overlap the first.
    pub fn within(mut self, rows: &Rows) -> Self {
        let mut is_taken: Vec<Vec<bool>> = rows.iter().map(|row| vec![false; row.len()]).collect();
        self.spans.retain(|span| {
            let places = || (span.row..span.row + span.rows).map(|row| (row, span.column..span.column + span.columns));
            let holds =
                span.is_merged() && span.fits(rows) && !places().any(|(row, at)| is_taken[row][at].contains(&true));
            if holds {
                places().for_each(|(row, at)| is_taken[row][at].fill(true));
            }
            holds
        });
        if self.heads >= rows.len() {
            self.heads = 0;
        }
        self
    }

    /// The cells that are drawn, row by row: a merged one in its first place, and none where it covers.
    pub fn cells<'a>(&self, rows: &'a Rows) -> Vec<Vec<Cell<'a>>> {
        let mut places: Vec<Vec<Option<Span>>> = rows
            .iter()
            .enumerate()
            .map(|(row, cells)| {
                (0..cells.len()).map(|column| Some(Span { row, column, rows: 1, columns: 1 })).collect()
            })
            .collect();
        for span in self.clone().within(rows).spans {
            for row in &mut places[span.row..span.row + span.rows] {
                row[span.column..span.column + span.columns].fill(None);
            }
            places[span.row][span.column] = Some(span);
        }
        let drawn = |(places, cells): (Vec<Option<Span>>, &'a Vec<Vec<Inline>>)| {
            places.into_iter().zip(cells).filter_map(|(span, words)| Some(Cell { span: span?, words })).collect()
        };
        places.into_iter().zip(rows).map(drawn).collect()
    }

    /// How many rows are the head: the first; with it the one below a title that is as wide as the table, and those that
    /// a merged cell of it reaches into. No more than the first where that would be nearly all.
    pub fn head(&self, rows: &Rows) -> usize {
        let cells = self.cells(rows);
        let is_title = |row: &Vec<Cell<'_>>| matches!(row.as_slice(), [Cell { span, .. }] if span.columns > 1);
        let has_title = cells.first().is_some_and(is_title) && rows.len() > 2;
        let mut head = if self.heads > 0 { self.heads } else { 1 + usize::from(has_title) };
        let mut at = 0;
        while at < head.min(cells.len()) {
            head = cells[at].iter().map(|cell| at + cell.span.rows).fold(head, usize::max);
            at += 1;
        }
        if head >= rows.len() || head > HIGHEST_HEAD.max(self.heads) { 1 } else { head }
    }

    /// After a row came in behind the one at a place: a merged cell that goes on below it has the new row too.
    pub fn row_added(&mut self, behind: usize) {
        for span in &mut self.spans {
            if span.row > behind {
                span.row += 1;
            } else if span.row + span.rows > behind + 1 {
                span.rows += 1;
            }
        }
        self.heads += usize::from(behind + 1 < self.heads);
    }

    /// After a row went; what began in it begins in the row below.
    pub fn row_removed(&mut self, at: usize) {
        for span in &mut self.spans {
            if span.row > at {
                span.row -= 1;
            } else if span.row + span.rows > at {
                span.rows -= 1;
            }
        }
        self.spans.retain(Span::is_merged);
        self.heads -= usize::from(at < self.heads);
    }

    /// Takes out rows without words, and columns in which no cell begins: there are such where a program counts the edges
    /// of all rows together. What is left is equally wide in each row, unless that would be mostly air.
    pub fn tightened(self, rows: &mut Rows) -> Self {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        if width.saturating_mul(rows.len()) <= LARGEST {
            rows.iter_mut().for_each(|row| row.resize(width, Vec::new()));
        }
        let mut shape = self.within(rows);
        for at in (0..rows.len()).rev() {
            if rows[at].iter().all(|words| is_empty(words)) {
                rows.remove(at);
                shape.row_removed(at);
            }
        }
        let mut covered = vec![0; width];
        for span in &shape.spans {
            covered[span.column + 1..span.column + span.columns].iter_mut().for_each(|count| *count += span.rows);
        }
        let height = rows.len().max(1);
        for at in (0..width).rev().filter(|at| covered[*at] == height) {
            rows.iter_mut().for_each(|row| drop(row.remove(at)));
            shape.column_removed(at);
        }
        shape.within(rows)
    }

    /// After a column went in which no cell begins.
    fn column_removed(&mut self, at: usize) {
        for span in &mut self.spans {
            if span.column > at {
                span.column -= 1;
            } else if span.column + span.columns > at {
                span.columns -= 1;
            }
        }
        self.spans.retain(Span::is_merged);
    }

    /// After somebody wrote the rows anew: rows that are the same, from the first and from the last on, keep their merged
    /// cells, and so do all where as many rows came as went.
    pub fn rewritten(&self, before: &Rows, now: &Rows) -> Self {
        let head = before.iter().zip(now).take_while(|(a, b)| a == b).count();
        let most = before.len().min(now.len()) - head;
        let tail = before.iter().rev().zip(now.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let is_even = before.len() == now.len();
        let moved = |span: &Span| match *span {
            span if is_even || span.row + span.rows <= head => Some(span),
            span if span.row >= before.len() - tail => Some(Span { row: span.row + now.len() - before.len(), ..span }),
            _ => None,
        };
        let heads = if is_even || self.heads <= head { self.heads } else { 0 };
        Self { spans: self.spans.iter().filter_map(moved).collect(), heads }.within(now)
    }
}

/// Whether a place has no words.
pub fn is_empty(words: &[Inline]) -> bool {
    words.iter().all(|inline| inline.plain().trim().is_empty())
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(of: &[&[&str]]) -> Rows {
        let cell = |text: &&str| if text.is_empty() { Vec::new() } else { vec![Inline::Text((*text).into())] };
        of.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    fn span(row: usize, column: usize, rows: usize, columns: usize) -> Span {
        Span { row, column, rows, columns }
    }

    fn half_years() -> (Rows, Shape) {
        let rows =
            rows(&[&["地区", "上半年", ""], &["", "个", "元"], &["东部", "1", "2"], &["", "3", "4"], &["注", "", ""]]);
        let spans = vec![span(0, 0, 2, 1), span(0, 1, 1, 2), span(2, 0, 2, 1), span(4, 0, 1, 3)];
        (rows, Shape { spans, heads: 0 })
    }

    #[test]
    fn a_merged_cell_is_drawn_once_in_its_first_place() {
        let (rows, shape) = half_years();
        let drawn: Vec<Vec<(usize, usize, usize)>> = shape
            .cells(&rows)
            .iter()
            .map(|row| row.iter().map(|cell| (cell.span.column, cell.span.rows, cell.span.columns)).collect())
            .collect();
        assert_eq!(
            drawn,
            [
                vec![(0, 2, 1), (1, 1, 2)],
                vec![(1, 1, 1), (2, 1, 1)],
                vec![(0, 2, 1), (1, 1, 1), (2, 1, 1)],
                vec![(1, 1, 1), (2, 1, 1)],
                vec![(0, 1, 3)],
            ]
        );
    }

    #[test]
    fn what_does_not_hold_is_no_merged_cell() {
        let (rows, _) = half_years();
        for (wrong, why) in [
            (span(1, 1, 1, 2), "words in a covered place"),
            (span(4, 0, 2, 1), "beyond the last row"),
            (span(4, 2, 1, 2), "beyond the last column"),
            (span(4, 0, 1, 1), "one place"),
            (span(usize::MAX, 0, 2, 1), "no such row"),
        ] {
            assert_eq!(Shape { spans: vec![wrong], heads: 0 }.within(&rows).spans, [], "{why}");
        }
        let both = Shape { spans: vec![span(4, 0, 1, 3), span(4, 1, 1, 2)], heads: 9 };
        assert_eq!(both.within(&rows), Shape { spans: vec![span(4, 0, 1, 3)], heads: 0 });
    }

    #[test]
    fn the_head_reaches_as_far_as_its_merged_cells() {
        let (rows, shape) = half_years();
        assert_eq!((shape.head(&rows), Shape::default().head(&rows)), (2, 1));
        assert_eq!(Shape { heads: 3, ..shape.clone() }.head(&rows), 4, "the third row's cell goes on into the fourth");
        let titled = self::rows(&[&["附表", ""], &["地区", "元"], &["东", "1"]]);
        assert_eq!(Shape { spans: vec![span(0, 0, 1, 2)], heads: 0 }.head(&titled), 2);
        let all = Shape { spans: vec![span(0, 0, 3, 1)], heads: 0 };
        assert_eq!(all.head(&self::rows(&[&["类", "1"], &["", "2"], &["", "3"]])), 1);
    }

    #[test]
    fn rows_come_and_go_within_a_merged_cell() {
        let (_, mut shape) = half_years();
        shape.row_added(2);
        assert_eq!(shape.spans[2..], [span(2, 0, 3, 1), span(5, 0, 1, 3)]);
        shape.row_removed(2);
        shape.row_removed(2);
        assert_eq!(shape.spans[2..], [span(3, 0, 1, 3)]);
    }

    #[test]
    fn what_is_written_anew_keeps_the_merged_cells_of_the_rows_that_stay() {
        let (before, shape) = half_years();
        let mut more = before.clone();
        more.insert(2, rows(&[&["西部", "8", "9"]]).remove(0));
        assert_eq!(shape.rewritten(&before, &more).spans[2..], [span(3, 0, 2, 1), span(5, 0, 1, 3)]);
        let mut filled = before.clone();
        filled[1][0] = vec![Inline::Text("县".into())];
        assert_eq!(shape.rewritten(&before, &filled).spans, shape.spans[1..], "the words in its covered place part it");
    }

    #[test]
    fn a_shape_of_no_merged_cells_is_not_written_down() {
        let (_, shape) = half_years();
        let written = serde_json::to_string(&shape).expect("plain data");
        assert!(written.starts_with(r#"{"spans":[{"row":0,"column":0,"rows":2,"columns":1}"#), "{written}");
        assert_eq!(serde_json::from_str::<Shape>("{}").expect("all may be missing"), Shape::default());
    }

    proptest! {
        #[test]
        fn no_shape_draws_a_place_twice_or_loses_words(
            filled in prop::collection::vec(prop::collection::vec(any::<bool>(), 4), 1..6),
            spans in prop::collection::vec((0..7_usize, 0..5_usize, 0..4_usize, 0..4_usize), 0..6),
            deeds in prop::collection::vec((any::<bool>(), 0..6_usize), 0..4),
        ) {
            let text = |is_filled: bool| if is_filled { vec![Inline::Text("字".into())] } else { Vec::new() };
            let mut rows: Rows = filled.into_iter().map(|row| row.into_iter().map(text).collect()).collect();
            let spans = spans.into_iter().map(|(row, column, rows, columns)| span(row, column, rows, columns)).collect();
            let mut shape = Shape { spans, heads: 2 };
            for (is_added, at) in deeds {
                if is_added && at < rows.len() {
                    shape.row_added(at);
                    rows.insert(at + 1, vec![Vec::new(); 4]);
                } else if at < rows.len() && rows.len() > 1 {
                    shape.row_removed(at);
                    rows.remove(at);
                }
            }
            let drawn = shape.cells(&rows);
            let places: usize = drawn.iter().flatten().map(|cell| cell.span.rows * cell.span.columns).sum();
            prop_assert_eq!(places, rows.len() * 4);
            let seen = drawn.iter().flatten().filter(|cell| !cell.words.is_empty()).count();
            prop_assert_eq!(seen, rows.iter().flatten().filter(|cell| !cell.is_empty()).count());
            prop_assert!((1..=rows.len()).contains(&shape.head(&rows)));
        }
    }
}
