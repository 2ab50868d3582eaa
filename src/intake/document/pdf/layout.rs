//! Layout: the letters of a page in their places become its lines as they stand: columns of a half width each, blank lines where
//! there is room for one. Guesses nothing of what a line is; that is the bulletin layer's, as for every plain text.

use std::fmt::Write as _;

/// A letter in its place; lengths in points, `y` downwards.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) size: f64,
    pub(super) text: String,
}

/// A line of a page.
#[derive(Debug)]
struct Line {
    y: f64,
    size: f64,
    letters: Vec<Letter>,
}

/// The widest gap, in columns, that is written as such: a page has no more.
const WIDEST: f64 = 200.0;

/// A page as text.
pub(super) fn page(letters: Vec<Letter>) -> String {
    let lines = lines(letters);
    let left = lines.iter().map(|line| line.letters[0].x).fold(f64::INFINITY, f64::min);
    let size = usual(lines.iter().flat_map(|line| line.letters.iter().map(|letter| letter.size)));
    let pitch = usual(lines.windows(2).map(|pair| pair[1].y - pair[0].y)).max(size);
    let mut out = String::new();
    let mut before: Option<&Line> = None;
    for line in &lines {
        // Room for a line and a half more than lines of this page have.
        let is_apart = before.is_some_and(|before| {
            // Lines of a larger type stand further apart.
            let larger = (before.size.min(line.size) / size).max(1.0);
            line.y - before.y > pitch * larger * 1.55
        });
        if is_apart {
            out.push('\n');
        }
        let indent = ((line.letters[0].x - left) / (size / 2.0)).round().clamp(0.0, WIDEST);
        writeln!(out, "{:1$}{2}", "", indent as usize, words(line)).expect("a string takes all");
        before = Some(line);
    }
    out
}

/// Letters on one height are a line, from the left.
fn lines(mut letters: Vec<Letter>) -> Vec<Line> {
    letters.retain(|letter| !letter.text.is_empty());
    letters.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Line> = Vec::new();
    for letter in letters {
        match lines.last_mut() {
            // A raised number belongs to the line whose letters it stands beside.
            Some(line) if letter.y - line.y < line.size.max(letter.size) * 0.45 => {
                if letter.size > line.size {
                    (line.y, line.size) = (letter.y, letter.size);
                }
                line.letters.push(letter);
            }
            _ => lines.push(Line { y: letter.y, size: letter.size, letters: vec![letter] }),
        }
    }
    for line in &mut lines {
        line.letters.sort_by(|a, b| a.x.total_cmp(&b.x));
        drawn_twice(&mut line.letters);
        trim(&mut line.letters);
    }
    lines.retain(|line| !line.letters.is_empty());
    lines
}

/// Bold that a font does not have is drawn twice, a hair apart.
fn drawn_twice(letters: &mut Vec<Letter>) {
    letters.dedup_by(|next, kept| {
        next.text == kept.text && !next.text.trim().is_empty() && (next.x - kept.x).abs() < kept.size * 0.12
    });
}

fn trim(letters: &mut Vec<Letter>) {
    let is_blank = |letter: &Letter| letter.text.chars().all(char::is_whitespace);
    let end = letters.iter().rposition(|letter| !is_blank(letter)).map_or(0, |at| at + 1);
    letters.truncate(end);
    let start = letters.iter().position(|letter| !is_blank(letter)).unwrap_or(0);
    letters.drain(..start);
}

/// The words of a line; a gap that no blank fills is one, as wide as it is.
fn words(line: &Line) -> String {
    let mut out = String::new();
    let mut end: Option<f64> = None;
    for letter in &line.letters {
        let half = letter.size / 2.0;
        let gap = end.map_or(0.0, |end| letter.x - end);
        if gap > half * 1.6 {
            let columns = (gap / half).round().clamp(1.0, WIDEST);
            out.extend(std::iter::repeat_n(' ', columns as usize));
        } else if gap > half * 0.4 && is_latin(&out) && letter.text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            out.push(' ');
        }
        out.push_str(&letter.text);
        end = Some(end.unwrap_or(f64::MIN).max(letter.x + letter.width));
    }
    out.trim_end().to_owned()
}

fn is_latin(before: &str) -> bool {
    before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ',' | '.' | ';'))
}

/// What most of them are, to a half point; 10 where there is none.
fn usual(lengths: impl Iterator<Item = f64>) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for length in lengths.filter(|length| *length > 0.5) {
        *counts.entry((length * 2.0).round() as i64).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(10.0, |(length, _)| length as f64 / 2.0)
}
