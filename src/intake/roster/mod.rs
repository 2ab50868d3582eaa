//! Rosters: a table of readers as an office keeps it, in .xlsx, CSV or text, becomes rows that are judged
//! one by one (INTAKE §5). Pure and total; nothing is written from here. Whoever reads the table
//! after it also looks at the store (new, update, left, suppressed).

mod columns;
mod hygiene;
mod table;
mod workbook;

#[cfg(test)]
mod laws;

use super::encoding::{NoText, decode};
use crate::domain::language::Language;
use crate::domain::subscriber::{Person, Reading, Roster, RosterRow};
use columns::Columns;
use hygiene::{Cell, Hygiene, said};
use std::collections::HashMap;
use table::Row;

/// The largest roster that is read, in bytes.
pub const LARGEST: usize = 50 * 1024 * 1024;
/// The most rows of a roster.
pub const MOST_ROWS: usize = 1_000_000;

/// Why a roster was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterRefusal {
    /// Beyond [`LARGEST`] or [`MOST_ROWS`].
    #[error("The roster is larger than 50 MB or 1,000,000 rows. Split it and bring the parts one by one.")]
    TooLarge,
    /// A workbook of another kind than .xlsx, one with a password, or a damaged one.
    #[error(
        "This workbook cannot be read: it has a password, is damaged, or is no .xlsx. Save it as .xlsx without a password, or as CSV (UTF-8), and bring that."
    )]
    Workbook,
    /// Bytes that are no text.
    #[error("This is no text file. Save the table as CSV (UTF-8) and bring that.")]
    Binary,
    /// Text that is damaged or cut.
    #[error("The text breaks off within a character or is damaged. Save the table as CSV (UTF-8) again.")]
    Undecodable,
    /// No cell holds an @.
    #[error("No address was found. One column must hold addresses such as name@example.cn, best under 邮箱 or E-mail.")]
    NoAddresses,
}

impl RosterRefusal {
    /// The refusal as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::TooLarge => "名单超过 50 MB 或 100 万行。请分成几份，逐份导入。",
            Self::Workbook => {
                "这份表格读不了：设有密码、已损坏，或者不是 .xlsx。请另存为不设密码的 .xlsx 或 CSV（UTF-8）再导入。"
            }
            Self::Binary => "这不是文本文件。请把表格另存为 CSV（UTF-8）再导入。",
            Self::Undecodable => "文件在一个字的中间断开，或已损坏。请重新把表格另存为 CSV（UTF-8）。",
            Self::NoAddresses => "没有找到邮箱地址。请保证有一列是 name@example.cn 这样的地址，最好以“邮箱”为表头。",
        }
        .to_owned()
    }
}

/// Reads a roster, which `name` helps to recognise.
///
/// # Errors
/// A [`RosterRefusal`] when it is no table of ours or holds no address.
pub fn read(name: &str, bytes: &[u8]) -> Result<Roster, RosterRefusal> {
    if bytes.len() > LARGEST {
        return Err(RosterRefusal::TooLarge);
    }
    let (rows, unread) = if is_workbook(name, bytes) { workbook::rows(bytes)? } else { (lines(bytes)?, Vec::new()) };
    let columns = Columns::find(&rows).ok_or(RosterRefusal::NoAddresses)?;
    let mut judge = Judge { columns: &columns, hygiene: Hygiene::default(), seen: HashMap::new() };
    let below = rows[columns.first_row..].iter().map(|row| RosterRow { line: row.line, reading: judge.read(row) });
    let beside = unread.into_iter().map(|why| RosterRow { line: 0, reading: Reading::Ignored { why } });
    Ok(Roster { rows: below.chain(beside).collect() })
}

fn lines(bytes: &[u8]) -> Result<Vec<Row>, RosterRefusal> {
    let text = decode(bytes).map_err(|fault| match fault {
        NoText::Binary => RosterRefusal::Binary,
        NoText::Damaged => RosterRefusal::Undecodable,
    })?;
    table::rows(&text.text).ok_or(RosterRefusal::TooLarge)
}

/// By its first bytes; where they say nothing, by its name.
fn is_workbook(name: &str, bytes: &[u8]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"\xD0\xCF\x11\xE0")
        || matches!(extension.as_str(), "xlsx" | "xlsm" | "xls" | "et" | "ods")
}

struct Judge<'c> {
    columns: &'c Columns,
    hygiene: Hygiene,
    seen: HashMap<String, u32>,
}

impl Judge<'_> {
    fn read(&mut self, row: &Row) -> Reading {
        let written = row.cell(self.columns.address).to_owned();
        if let Some(why) = self.ignored(row, &written) {
            return Reading::Ignored { why: said(why.0, why.1) };
        }
        let mut person = self.columns.person(row);
        match self.hygiene.read(&written) {
            Cell::Ask(why) => Reading::Ask { written, why, name: person.name },
            Cell::Rejected(why) => Reading::Rejected { written, why, name: person.name },
            Cell::Clean { address, name, cleaned } => {
                person.name = person.name.or(name);
                if let Some(&of) = self.seen.get(&address.key()) {
                    return Reading::Duplicate { address, of, name: person.name };
                }
                self.seen.insert(address.key(), row.line);
                Reading::Found { address, person, cleaned }
            }
        }
    }

    fn ignored(&self, row: &Row, written: &str) -> Option<(&'static str, &'static str)> {
        let first = row.cells.iter().find(|cell| !cell.is_empty());
        let Some(first) = first else { return Some(("an empty row", "空行")) };
        if self.columns.is_heading(row) {
            return Some(("the headings again", "重复的表头"));
        }
        let lower = first.to_lowercase();
        let is_total = ["合计", "总计", "小计", "共计", "total", "sum"].iter().any(|word| lower.starts_with(word));
        let is_total = is_total || (lower.starts_with('共') && lower.ends_with(['人', '条', '份']));
        (is_total && !written.contains(['@', '＠'])).then_some(("a total", "合计行"))
    }
}

impl Columns {
    /// What a row says of a person.
    fn person(&self, row: &Row) -> Person {
        let mut person = Person::default();
        for (at, field) in &self.fields {
            let cell = row.cell(*at);
            if !cell.is_empty() {
                *field.of(&mut person) = Some(cell.to_owned());
            }
        }
        person.phone = person.phone.map(|phone| whole_number(&phone));
        person
    }
}

/// Spreadsheets write a telephone number as `13800000003.0`.
fn whole_number(phone: &str) -> String {
    let digits = phone.strip_suffix(".0").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    digits.unwrap_or(phone).to_owned()
}
