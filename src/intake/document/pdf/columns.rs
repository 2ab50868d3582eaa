//! Columns: which lines of a page are rows of a table, by words that stand below each other. Pure; asked by `layout.rs`.

use super::layout::Letter;
use std::collections::HashMap;

/// How wide a gap is that no blank fills and that is one, in sizes.
pub(super) const GAP: f64 = 0.8;
/// The fewest columns of a table; two may be a name and its number.
const FEWEST_COLUMNS: usize = 3;

/// Where a piece of a line between its gaps begins and ends.
pub(super) type Piece = (f64, f64);

/// The pieces of a line.
pub(super) fn pieces(letters: &[Letter]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for letter in letters {
        match pieces.last_mut() {
            Some((_, end)) if letter.x - *end <= letter.size * GAP => *end = end.max(letter.x + letter.width),
            _ => pieces.push((letter.x, letter.x + letter.width)),
        }
    }
    pieces
}

/// How far from the margin a table begins at it, in points.
const AT_MARGIN: f64 = 2.5;

/// The lines that are rows of tables: in which column each of their pieces stands. Two full rows make a table; rows below, some
/// cells of which are empty, belong to it. That a first one is empty is told by the indent, and only where the table has none.
pub(super) fn cells(lines: &[Vec<Piece>]) -> HashMap<usize, Vec<usize>> {
    let mut found = HashMap::new();
    let mut columns: Vec<Piece> = Vec::new();
    let left = lines.iter().flatten().map(|piece| piece.0).fold(f64::INFINITY, f64::min);
    for at in 0..lines.len() {
        let row = &lines[at];
        if lines.get(at + 1).is_some_and(|below| share_columns(row, below)) && places(row, &columns).is_none() {
            columns.clone_from(row);
        }
        let is_told = |first: usize| first == 0 || (first == 1 && columns[0].0 - left < AT_MARGIN);
        let in_columns = places(row, &columns).filter(|places| places.len() > 1 && is_told(places[0]));
        let Some(places) = in_columns else {
            columns.clear();
            continue;
        };
        for (piece, column) in row.iter().zip(&places) {
            columns[*column] = (columns[*column].0.min(piece.0), columns[*column].1.max(piece.1));
        }
        found.insert(at, places);
    }
    found
}

/// The column of each piece, if each stands in one of its own.
fn places(row: &[Piece], columns: &[Piece]) -> Option<Vec<usize>> {
    // Columns stand apart, from the left: one only grows by what meets no other.
    let of_piece = |piece: &Piece| {
        let at = columns.partition_point(|column| column.1 <= piece.0);
        columns.get(at).filter(|column| meet(piece, column))?;
        columns.get(at + 1).is_none_or(|next| !meet(piece, next)).then_some(at)
    };
    let places: Vec<usize> = row.iter().map(of_piece).collect::<Option<_>>()?;
    places.is_sorted_by(|a, b| a < b).then_some(places)
}

fn meet(a: &Piece, b: &Piece) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Whether the words of two lines stand below each other, as in the columns of a table.
fn share_columns(a: &[Piece], b: &[Piece]) -> bool {
    a.len() >= FEWEST_COLUMNS && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| meet(a, b))
}
