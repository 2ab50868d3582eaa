//! Table: text becomes rows of cells. Finds the separator (comma, tab, semicolon, full-width comma)
//! and survives a stray quotation mark. Owns the `csv` crate; formulas are text like any other.

use super::MOST_ROWS;
use csv::{ReaderBuilder, StringRecord};
use serde::{Deserialize, Serialize};

/// How many lines are looked at to find the separator.
const SAMPLE: usize = 50;
/// A cell with more lines than this is a stray quotation mark, not a long remark.
const TALLEST: u64 = 20;
/// Stands for the full-width comma, which `csv` (one byte) cannot part at.
const FULL_WIDTH_COMMA: char = '\u{1f}';

/// A row of a table.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Its line in the file, counted from 1.
    pub(super) line: u32,
    /// Its cells, trimmed.
    pub(super) cells: Vec<String>,
}

impl Row {
    /// The cell in a column; empty where the row is shorter.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a table, blank lines left out; none if there are too many.
pub(super) fn rows(text: &str) -> Option<Vec<Row>> {
    let separator = separator(text);
    let replaced = (separator == '，').then(|| text.replace('，', "\u{1f}"));
    let text = replaced.as_deref().unwrap_or(text);
    let delimiter = if separator == '，' { FULL_WIDTH_COMMA } else { separator };
    let mut rows = Vec::new();
    let (mut from, mut lines) = (0, 0);
    // Each stray quotation mark costs its own line alone: that is read as it stands, the rest anew.
    while let Some(stray) = parse(&text[from..], delimiter, lines, &mut rows) {
        let at = from + stray;
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        lines += lines_in(&text[from..at]);
        rows.push(as_it_stands(&text[at..end], delimiter, lines));
        (from, lines) = (end, lines + lines_in(&text[at..end]));
        if rows.len() > MOST_ROWS {
            return None;
        }
    }
    (rows.len() <= MOST_ROWS).then_some(rows)
}

/// Reads rows of a text that `above` lines stand before, up to a record with a stray quotation
/// mark: says at which byte that begins; none at the end of the text.
fn parse(text: &str, delimiter: char, above: u32, rows: &mut Vec<Row>) -> Option<usize> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(u8::try_from(delimiter).unwrap_or(b','));
    let mut reader = builder.from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    // Text is valid UTF-8 and rows may differ in length, so nothing is left that could fail.
    while rows.len() <= MOST_ROWS && reader.read_record(&mut record).unwrap_or(false) {
        let (line, start) = record.position().map_or((0, 0), |at| first_line(text, at));
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        if is_stray(&record, &text[start..end], delimiter) {
            return Some(start);
        }
        let line = above.saturating_add(u32::try_from(line).unwrap_or(u32::MAX));
        rows.push(Row { line, cells: record.iter().map(cell).collect() });
    }
    None
}

/// Whether a quotation mark opens a cell of this record that was never meant as one: it is not
/// closed, or it holds further rows, each with its address.
fn is_stray(record: &StringRecord, raw: &str, delimiter: char) -> bool {
    let swallows = |cell: &str| {
        is_taller(cell, TALLEST) || (cell.contains('\n') && cell.contains(['@', '＠']) && cell.contains(delimiter))
    };
    let is_open = || raw.matches('"').count() % 2 == 1;
    record.iter().any(swallows) || (record.iter().any(|cell| cell.contains('\n')) && is_open())
}

/// A line parted at its separators, its quotation marks as they are.
fn as_it_stands(line: &str, delimiter: char, above: u32) -> Row {
    Row { line: above + 1, cells: line.split(delimiter).map(cell).collect() }
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// The line and the byte a record begins in: `csv` names the first of the blank lines before it.
fn first_line(text: &str, at: &csv::Position) -> (u64, usize) {
    let byte = usize::try_from(at.byte()).unwrap_or(text.len()).min(text.len());
    let skipped = text.as_bytes()[byte..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let (bytes, lines) = skipped.fold((0, 0), |(bytes, lines), byte| (bytes + 1, lines + u64::from(*byte == b'\n')));
    (at.line() + lines, byte + bytes)
}

fn is_taller(cell: &str, lines: u64) -> bool {
    cell.matches('\n').zip(0..).any(|(_, n)| n >= lines)
}

/// What a cell holds, as it is seen.
pub(super) fn cell(cell: &str) -> String {
    let seen = cell.chars().filter(|c| !is_invisible(*c)).map(|c| if c == FULL_WIDTH_COMMA { '，' } else { c });
    seen.collect::<String>().trim().to_owned()
}

/// Zero-width, direction and control characters (line ends within a cell stay).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
        || matches!(c, '\u{e000}'..='\u{f8ff}')
        || (c.is_control() && !matches!(c, '\n' | '\t' | FULL_WIDTH_COMMA))
}

/// The separator that most lines hold; a comma if none does.
fn separator(text: &str) -> char {
    let sample: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE).collect();
    let holding = |separator: char| sample.iter().filter(|line| line.contains(separator)).count();
    let best = ['\t', ',', ';', '，'].into_iter().map(|s| (holding(s), s)).rev().max_by_key(|(count, _)| *count);
    best.filter(|(count, _)| *count * 2 >= sample.len() && *count > 0).map_or(',', |(_, separator)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_separator_is_found() {
        for text in ["甲,乙\n丙,丁", "甲\t乙\n丙\t丁", "甲;乙\n丙;丁", "甲，乙\r\n丙，丁", "\"甲\",乙\n\n丙,\"丁\"\n"]
        {
            let rows = rows(text).expect("few rows");
            assert_eq!(rows.iter().map(|row| row.cells.join("|")).collect::<Vec<_>>(), ["甲|乙", "丙|丁"], "{text}");
        }
        assert_eq!(rows("a@b.cn\nc@d.cn，e@f.cn\ng@h.cn").expect("few")[1].cells, ["c@d.cn，e@f.cn"]);
    }

    #[test]
    fn a_stray_quotation_mark_swallows_nothing() {
        let text = format!("姓名,邮箱\n\"李,li@a.cn\n{}", "王,wang@a.cn\n".repeat(40));
        assert_eq!(rows(&text).expect("few rows").len(), 42);
    }

    #[test]
    fn a_stray_quotation_mark_costs_its_own_line_alone() {
        for (text, expected) in [
            (
                "姓名,邮箱\n\"李,li@a.cn\n王,wang@a.cn\n赵,zhao@a.cn\n",
                &["姓名|邮箱", "\"李|li@a.cn", "王|wang@a.cn", "赵|zhao@a.cn"][..],
            ),
            ("\"李,li@a.cn\n\"王, 芳\",wang@a.cn\n", &["\"李|li@a.cn", "王, 芳|wang@a.cn"]),
            ("李,\"li@a.cn\nli@b.cn\"\n王,wang@a.cn", &["李|li@a.cn\nli@b.cn", "王|wang@a.cn"]),
            ("李,li@a.cn,\"两行\n备注\"\n王,wang@a.cn,", &["李|li@a.cn|两行\n备注", "王|wang@a.cn|"]),
            ("li@a.cn\n\"wang@a.cn\nzhao@a.cn\n", &["li@a.cn", "\"wang@a.cn", "zhao@a.cn"]),
        ] {
            let rows = rows(text).expect("few rows");
            assert_eq!(rows.iter().map(|row| row.cells.join("|")).collect::<Vec<_>>(), expected, "{text}");
        }
        let rows = rows("甲,a@b.cn\n\n\"乙,c@d.cn\n丙,e@f.cn\n").expect("few rows");
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 3, 4]);
    }

    #[test]
    fn lines_are_numbered_as_in_the_file() {
        let rows = rows("甲,乙\n\n\"丙\n丙\",丁\n戊,己").expect("few rows");
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 3, 5]);
    }
}
