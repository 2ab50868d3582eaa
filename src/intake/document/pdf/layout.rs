//! Layout: the letters of a page in their places become its lines as they stand: columns of a half width each, blank lines where
//! there is room for one. Guesses nothing of what a line is; that is the bulletin layer's, as for every plain text. What places
//! and typefaces say of each line goes to `setting.rs`.

use super::columns::{GAP, cells, pieces};
use crate::intake::document::clean;
use crate::intake::document::footnotes::RAISED;
use std::fmt::Write as _;

/// A letter in its place; lengths in points, `y` downwards.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) size: f64,
    pub(super) text: String,
    pub(super) face: Face,
}

impl Letter {
    fn is_bold(&self) -> bool {
        self.face.bold
    }

    fn is_heavy(&self) -> bool {
        self.face.heavy
    }
}

/// What a typeface, or the way a letter is drawn, makes of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Face {
    /// Bold of itself, or drawn so.
    pub(super) bold: bool,
    /// One of headings: 黑体, 小标宋.
    pub(super) heavy: bool,
    /// Not drawn at all: the text behind a scan.
    pub(super) hidden: bool,
}

/// A line of a page.
#[derive(Debug)]
struct Line {
    y: f64,
    size: f64,
    letters: Vec<Letter>,
}

impl Line {
    fn end(&self) -> f64 {
        self.letters.iter().map(|letter| letter.x + letter.width).fold(f64::MIN, f64::max)
    }

    fn extent(&self) -> Extent {
        Extent { y: self.y, size: self.size, end: self.end() }
    }
}

/// A line in its place.
#[derive(Debug)]
pub(super) struct Placed {
    /// Which row of its page's text it is, from 0.
    pub(super) row: u32,
    /// Its words.
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) end: f64,
    pub(super) y: f64,
    /// The size of most of its letters.
    pub(super) size: f64,
    /// What all of its words are.
    pub(super) face: Face,
    /// How many of its characters, from the first, are bold, and how many are heavy; white space does not count.
    pub(super) opens_bold: u32,
    pub(super) opens_heavy: u32,
    /// What stands before its first chance to be broken takes: the line before had no room for it.
    pub(super) first_word: f64,
}

/// The widest gap, in columns, that is written as such: a page has no more.
const WIDEST: f64 = 80.0;

/// A page as text, and its lines in their places.
pub(super) fn page(letters: Vec<Letter>) -> (String, Vec<Placed>) {
    let lines = lines(letters);
    let left = lines.iter().map(|line| line.letters[0].x).fold(f64::INFINITY, f64::min);
    let right = lines.iter().map(Line::end).fold(f64::NEG_INFINITY, f64::max);
    let size = usual(lines.iter().flat_map(|line| line.letters.iter().map(|letter| letter.size)));
    let pitch = usual(lines.windows(2).map(|pair| pair[1].y - pair[0].y)).max(size);
    let (mut out, mut placed) = (String::new(), Vec::new());
    let (mut row, mut before): (u32, Option<&Line>) = (0, None);
    let cells = cells(&lines.iter().map(|line| pieces(&line.letters)).collect::<Vec<_>>());
    for (at, line) in lines.iter().enumerate() {
        // Room for half a line more than the lines around have.
        let is_apart = before.is_some_and(|before| {
            // Lines of a larger type stand further apart.
            let larger = (before.size.min(line.size) / size).max(1.0);
            let near = near(at, right, |at| lines.get(at).map(Line::extent));
            line.y - before.y > near.unwrap_or(pitch * larger).max(line.size.min(before.size)) * 1.55
        });
        if is_apart {
            out.push('\n');
            row += 1;
        }
        let indent = ((line.letters[0].x - left) / (size / 2.0)).round().clamp(0.0, WIDEST);
        let words = words(line, cells.get(&at).map(Vec::as_slice));
        writeln!(out, "{:1$}{words}", "", indent as usize).expect("a string takes all");
        placed.push(place(line, row, words));
        row += 1;
        before = Some(line);
    }
    (out, placed)
}

/// A line by its height, its size and where it ends.
pub(super) struct Extent {
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) end: f64,
}

/// How far from the line above a line stands where it goes on: as near as the lines of its size right above and below it stand,
/// below lines that reach the `right` end of the column, for only such go on. None where there are no such lines.
pub(super) fn near(at: usize, right: f64, of: impl Fn(usize) -> Option<Extent>) -> Option<f64> {
    let step = |at: usize| {
        let (above, below) = (of(at.checked_sub(1)?)?, of(at)?);
        let goes_on = (above.size - below.size).abs() < 0.25 && above.end + 2.0 * above.size > right;
        goes_on.then_some(below.y - above.y)
    };
    [at.checked_sub(1).and_then(step), step(at + 1)].into_iter().flatten().reduce(f64::min)
}

fn place(line: &Line, row: u32, text: String) -> Placed {
    let letters = &line.letters;
    let all = |is: fn(&Letter) -> bool| {
        let words = || letters.iter().filter(|letter| letter.text.chars().any(char::is_alphabetic));
        // A letter of another font, as for a rare character, changes nothing.
        words().count() > 0 && words().filter(|letter| is(letter)).count() * 10 >= words().count() * 9
    };
    let opens = |is: fn(&Letter) -> bool| {
        // Digits and signs may be of another font than the Han among which they stand.
        let plain = letters.iter().position(|letter| !is(letter) && letter.text.chars().any(char::is_alphabetic));
        let strong = &letters[..plain.unwrap_or(letters.len())];
        let end = match plain {
            Some(_) => strong.iter().rposition(is).map_or(0, |at| at + 1),
            None => {
                if strong.iter().any(is) {
                    strong.len()
                } else {
                    0
                }
            }
        };
        let characters = strong[..end].iter().flat_map(|letter| letter.text.chars());
        let counted = characters.filter_map(clean::character).filter(|c| !c.is_whitespace()).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    Placed {
        row,
        text,
        x: letters[0].x,
        end: line.end(),
        y: line.y,
        size: usual(letters.iter().map(|letter| letter.size)),
        face: Face { bold: all(Letter::is_bold), heavy: all(Letter::is_heavy), hidden: false },
        opens_bold: opens(Letter::is_bold),
        opens_heavy: opens(Letter::is_heavy),
        first_word: first_word(letters),
    }
}

/// What a line begins with and is not broken within: a word or a Han character, what opens it, and what may not begin a line.
fn first_word(letters: &[Letter]) -> f64 {
    let is = |at: usize, test: fn(char) -> bool| {
        letters.get(at).is_some_and(|letter| !letter.text.is_empty() && letter.text.chars().all(test))
    };
    let is_next = |at: usize| letters[at].x - (letters[at - 1].x + letters[at - 1].width) < letters[at].size * 0.2;
    let run = |from: usize, test: fn(char) -> bool| {
        (from..letters.len()).find(|at| !is(*at, test) || (*at > 0 && !is_next(*at))).unwrap_or(letters.len())
    };
    let opened = run(0, |c| "（“‘《〈【〔「『".contains(c));
    let word = run(opened, |c| c.is_ascii_graphic()).max((opened + 1).min(letters.len()));
    let end = run(word, |c| "，。、；：！？）”’》〉】〕」』".contains(c));
    letters[..end].iter().map(|letter| letter.width).sum()
}

/// Letters on one height are a line, from the left.
fn lines(mut letters: Vec<Letter>) -> Vec<Line> {
    letters.retain(|letter| !letter.text.is_empty());
    letters.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut lines: Vec<Line> = Vec::new();
    for letter in letters {
        match lines.last_mut() {
            // A raised number belongs to the line whose letters it stands beside.
            Some(line) if letter.y - line.y < reach(line.size, letter.size) => {
                if letter.size > line.size && (line.letters.len() <= LONGEST_MARK || line.letters.iter().all(is_mark)) {
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

/// The most letters of a raised mark; after more of them a larger letter is a guest on their line.
const LONGEST_MARK: usize = 3;

/// What raised marks are of.
fn is_mark(letter: &Letter) -> bool {
    letter.text.chars().all(|c| c.is_ascii_digit() || "[]()〔〕*+-−–, ".contains(c) || ('①'..='⑳').contains(&c))
}

/// How far apart two letters of one line may stand in height. One large letter, an initial or a watermark, does not gather
/// the lines around it.
fn reach(a: f64, b: f64) -> f64 {
    a.max(b).min(a.min(b) * 2.0) * 0.45
}

/// Bold that a font does not have is drawn twice, a hair apart.
fn drawn_twice(letters: &mut Vec<Letter>) {
    letters.dedup_by(|next, kept| {
        let is_twice =
            next.text == kept.text && !next.text.trim().is_empty() && (next.x - kept.x).abs() < kept.size * 0.12;
        if is_twice {
            kept.face.bold |= !kept.face.hidden && !next.face.hidden;
            kept.face.hidden &= next.face.hidden;
            kept.face.heavy |= next.face.heavy;
        }
        is_twice
    });
}

fn trim(letters: &mut Vec<Letter>) {
    let is_blank = |letter: &Letter| letter.text.chars().all(char::is_whitespace);
    let end = letters.iter().rposition(|letter| !is_blank(letter)).map_or(0, |at| at + 1);
    letters.truncate(end);
    let start = letters.iter().position(|letter| !is_blank(letter)).unwrap_or(0);
    letters.drain(..start);
}

/// The words of a line; a gap that no blank fills is one, as wide as it is; in a row, of which `cells` are the columns, it
/// is a tab for each column that it passes.
fn words(line: &Line, cells: Option<&[usize]>) -> String {
    let mut out = String::new();
    let (mut end, mut piece): (Option<f64>, usize) = (None, 0);
    // The number of a note opens its line.
    let opening = line.letters.iter().take_while(|letter| is_raised(letter, line)).count();
    for (n, letter) in line.letters.iter().enumerate() {
        let half = letter.size / 2.0;
        let gap = end.map_or(0.0, |end| letter.x - end);
        if gap > letter.size * GAP
            && let Some(cells) = cells
        {
            piece += 1;
            let passed = cells.get(piece).map_or(1, |column| column - cells[piece - 1]);
            out.extend(std::iter::repeat_n('\t', passed));
        } else if gap > letter.size * GAP {
            let columns = (gap / half).round().clamp(1.0, WIDEST);
            out.extend(std::iter::repeat_n(' ', columns as usize));
        } else if gap > half * 0.4 && is_latin(&out) && letter.text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            out.push(' ');
        }
        if n >= opening && is_raised(letter, line) {
            out.extend(letter.text.chars().map(raised));
        } else {
            out.push_str(&letter.text);
        }
        end = Some(end.unwrap_or(f64::MIN).max(letter.x + letter.width));
    }
    out.trim_end().to_owned()
}

/// A small number that stands higher than its line: the mark of a note, or a power. Beside the digits of the line it would
/// change a figure.
fn is_raised(letter: &Letter, line: &Line) -> bool {
    letter.size < line.size * 0.8
        && line.y - letter.y > line.size * 0.15
        && letter.text.chars().all(|c| c.is_ascii_digit())
}

/// A digit, raised; else the character itself.
fn raised(c: char) -> char {
    c.to_digit(10).and_then(|digit| RAISED.get(digit as usize).copied()).unwrap_or(c)
}

fn is_latin(before: &str) -> bool {
    before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ',' | '.' | ';'))
}

/// What most of them are, to a half point; 10 where there is none.
pub(super) fn usual(lengths: impl Iterator<Item = f64>) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for length in lengths.filter(|length| *length > 0.5) {
        *counts.entry((length * 2.0).round() as i64).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(10.0, |(length, _)| length as f64 / 2.0)
}

#[cfg(test)]
mod laws {
    use super::*;
    use proptest::prelude::*;

    fn letter((n, x, y, size): (usize, f64, f64, f64)) -> Letter {
        // Each its own sign, so that each is found again.
        let text = char::from_u32(0x4e00 + u32::try_from(n).unwrap()).unwrap().to_string();
        Letter { x, y, width: size, size, text, face: Face::default() }
    }

    prop_compose! {
        fn letters()(places in proptest::collection::vec((0.0..500.0, 0.0..800.0, 6.0..60.0), 0..80)) -> Vec<Letter> {
            places.into_iter().enumerate().map(|(n, (x, y, size))| letter((n, x, y, size))).collect()
        }
    }

    proptest! {
        #[test]
        fn each_letter_comes_once_and_rows_are_where_they_are_said_to_be(letters in letters()) {
            let mut expected: Vec<String> = letters.iter().map(|letter| letter.text.clone()).collect();
            let (text, placed) = page(letters);
            let mut found: Vec<String> = text.chars().filter(|c| !c.is_whitespace()).map(String::from).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
            let rows: Vec<&str> = text.lines().collect();
            for line in placed {
                prop_assert_eq!(rows[line.row as usize].trim(), line.text.trim());
            }
        }

        #[test]
        fn lines_keep_their_letters_beside_one_that_is_larger(at in 0.0..80.0, size in 20.0..60.0) {
            let line = |y: f64, first: usize| (0..20).map(move |n| letter((first + n, 50.0 + 12.0 * n as f64, y, 12.0)));
            let mut letters: Vec<Letter> = (0..6).flat_map(|n| line(100.0 + 16.0 * n as f64, 20 * n)).collect();
            letters.push(letter((900, 20.0, 100.0 + at, size)));
            let (text, _) = page(letters);
            let rows: Vec<Vec<u32>> = text.lines().map(|row| row.chars().filter(|c| !c.is_whitespace()).map(u32::from).collect()).collect();
            for n in 0..6 {
                let own: Vec<u32> = (0x4e00 + 20 * n..0x4e00 + 20 * n + 20).collect();
                prop_assert!(rows.iter().any(|row| row.iter().filter(|c| **c != 0x4e00 + 900).eq(own.iter())), "{:?}", text);
            }
        }
    }
}
