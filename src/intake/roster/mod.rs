//! Rosters: a table of readers as an office keeps it, in .xlsx, .xls, .ods, CSV or text, becomes rows that are judged
//! one by one (INTAKE §5). Pure and total; nothing is written from here. Whoever reads the table
//! after it also looks at the store (new, update, left, suppressed).

mod aside;
mod columns;
mod hygiene;
mod opendocument;
mod sheet;
mod table;
mod workbook;

#[cfg(test)]
mod laws;

use super::encoding::{NoText, decode};
use crate::domain::language::{Language, Sentence};
use crate::domain::subscriber::{Person, Reading, Roster, RosterRow};
use columns::Columns;
use hygiene::{Cell, Hygiene};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use table::Row;

/// The largest roster that is read, in bytes.
pub const LARGEST: usize = 50 * 1024 * 1024;
/// The most rows of a roster: as many are held in memory at once, with what is said of each.
pub const MOST_ROWS: usize = 100_000;

/// Why a roster was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum RosterRefusal {
    /// Beyond [`LARGEST`] or [`MOST_ROWS`].
    #[error("The roster is larger than 50 MB or 100,000 rows. Split it and bring the parts one by one.")]
    TooLarge,
    /// A workbook of a kind that is not read, or a damaged one.
    #[error(
        "This workbook cannot be read: it is damaged, or none that is known here. Save it as .xlsx or as CSV (UTF-8), and bring that."
    )]
    Workbook,
    /// A workbook with a password.
    #[error("This workbook is locked with a password. Take the password off in Excel or WPS, save it, and bring that.")]
    Locked,
    /// A workbook that takes more time or memory to read than any roster should, or that ends its reader.
    #[error(
        "Reading this workbook takes more time or memory than any roster should. Save it as .xlsx or as CSV (UTF-8), and bring that."
    )]
    Unbearable,
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
            Self::TooLarge => "名单超过 50 MB 或 10 万行。请分成几份，逐份导入。",
            Self::Workbook => "这份表格读不了：已损坏，或者不是认得的格式。请另存为 .xlsx 或 CSV（UTF-8）再导入。",
            Self::Locked => "这份表格设有密码。请在 Excel/WPS 中去掉密码，保存后再导入。",
            Self::Unbearable => {
                "读取这份表格要用的时间或内存，超出一份名单的需要。请另存为 .xlsx 或 CSV（UTF-8）再导入。"
            }
            Self::Binary => "这不是文本文件。请把表格另存为 CSV（UTF-8）再导入。",
            Self::Undecodable => "文件在一个字的中间断开，或已损坏。请重新把表格另存为 CSV（UTF-8）。",
            Self::NoAddresses => "没有找到邮箱地址。请保证有一列是 name@example.cn 这样的地址，最好以“邮箱”为表头。",
        }
        .to_owned()
    }
}

/// What a file holds, before it is judged.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    rows: Vec<Row>,
    unread: Vec<Sentence>,
}

/// Reads a roster, which `name` helps to recognise.
///
/// # Errors
/// A [`RosterRefusal`] when it is no table of ours or holds no address.
pub fn read(name: &str, bytes: &[u8]) -> Result<Roster, RosterRefusal> {
    judge(&table(name, bytes)?)
}

/// Takes a file's rows out of its format. Of some formats this may take more memory than a file's size lets expect.
///
/// # Errors
/// A [`RosterRefusal`] when it is no table of ours.
pub fn table(name: &str, bytes: &[u8]) -> Result<Table, RosterRefusal> {
    if bytes.len() > LARGEST {
        return Err(RosterRefusal::TooLarge);
    }
    match Kind::of(name, bytes) {
        Kind::Workbook => workbook::rows(bytes),
        Kind::OldWorkbook if super::is_locked(bytes) => Err(RosterRefusal::Locked),
        Kind::OldWorkbook => workbook::old(bytes),
        Kind::OpenDocument => opendocument::rows(bytes),
        Kind::Text => Ok(Table { rows: lines(bytes)?, unread: Vec::new() }),
        Kind::NoText => Err(RosterRefusal::Workbook),
    }
}

/// Whether a file is of a format that a program of its own should take the rows out of.
pub fn belongs_apart(name: &str, bytes: &[u8]) -> bool {
    bytes.len() <= LARGEST && matches!(Kind::of(name, bytes), Kind::OldWorkbook | Kind::OpenDocument)
}

/// Judges the rows of a file, one by one.
///
/// # Errors
/// [`RosterRefusal::NoAddresses`].
pub fn judge(Table { rows, unread }: &Table) -> Result<Roster, RosterRefusal> {
    let columns = Columns::find(rows).ok_or(RosterRefusal::NoAddresses)?;
    let mut judge = Judge { columns: &columns, hygiene: Hygiene::default(), seen: HashMap::new() };
    let below = rows[columns.first_row..].iter().map(|row| RosterRow { line: row.line, reading: judge.read(row) });
    let beside = unread.iter().map(|why| RosterRow { line: 0, reading: Reading::Ignored { why: why.clone() } });
    Ok(Roster { rows: below.chain(beside).collect() })
}

fn lines(bytes: &[u8]) -> Result<Vec<Row>, RosterRefusal> {
    let text = decode(bytes).map_err(|fault| match fault {
        NoText::Binary => RosterRefusal::Binary,
        NoText::Damaged => RosterRefusal::Undecodable,
    })?;
    table::rows(&text.text).ok_or(RosterRefusal::TooLarge)
}

/// How a roster is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Workbook,
    OldWorkbook,
    OpenDocument,
    Text,
    /// By its name a workbook, but neither that nor a table of words.
    NoText,
}

impl Kind {
    /// By its first bytes; what a system of an office exports as `.xls` is often a text with tabs.
    fn of(name: &str, bytes: &[u8]) -> Self {
        if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            return Self::OldWorkbook;
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return if opendocument::is_it(bytes) { Self::OpenDocument } else { Self::Workbook };
        }
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        let is_named = matches!(extension.as_str(), "xlsx" | "xlsm" | "xls" | "et" | "ods");
        let is_marked_up = || String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).trim_start().starts_with('<');
        if is_named && (is_marked_up() || decode(bytes).is_err()) { Self::NoText } else { Self::Text }
    }
}

struct Judge<'c> {
    columns: &'c Columns,
    hygiene: Hygiene,
    seen: HashMap<String, u32>,
}

impl Judge<'_> {
    fn read(&mut self, row: &Row) -> Reading {
        let written = row.cell(self.columns.address).to_owned();
        if let Some(why) = aside::why(row, self.columns) {
            return Reading::Ignored { why };
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
