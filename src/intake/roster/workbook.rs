//! Workbook: an .xlsx or an old .xls as offices make them (WPS writes its .et like those) becomes rows of cells, like the lines of a
//! text; hidden rows and columns too, as a .csv of it would hold them. How large an .xlsx is inflated is known before
//! anything of it is read; an .xls is read whole by its crate, so a stranger's belongs apart (`apart.rs`). Owns the
//! `calamine` crate.

use super::sheet::{Choice, Merged, Sheet as Cells};
use super::{RosterRefusal, Table};
use crate::intake::archive::Archive;
use calamine::{Data, DataRef, Dimensions, Reader as _, Sheet, SheetType, SheetVisible, Xls, XlsError, Xlsx};
use std::io::{Cursor, Read as _, sink};

/// The most bytes of all parts together, inflated.
const MOST_INFLATED: u64 = 200 * 1024 * 1024;
/// The most parts of a workbook.
const MOST_PARTS: usize = 2_000;
/// Where the shared texts must begin, in bytes of their part.
const HEAD: u64 = 64 * 1024;
/// The most digits of how many shared texts there are.
const MOST_DIGITS: usize = 7;

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// The rows of an .xlsx: of its sheet with the most addresses.
///
/// # Errors
/// [`RosterRefusal::Workbook`], [`RosterRefusal::TooLarge`], [`RosterRefusal::NoAddresses`].
pub(super) fn rows(bytes: &[u8]) -> Result<Table, RosterRefusal> {
    weigh(bytes)?;
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| RosterRefusal::Workbook)?;
    let mut choice = Choice::default();
    for name in shown(book.sheets_metadata()) {
        let cells = sheet(&mut book, &name)?;
        choice.add(name, cells.finish());
    }
    choice.finish()
}

/// The rows of an .xls ([MS-XLS]), likewise.
///
/// # Errors
/// [`RosterRefusal::Locked`] and those of [`rows`].
pub(super) fn old(bytes: &[u8]) -> Result<Table, RosterRefusal> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|why| match why {
        XlsError::Password => RosterRefusal::Locked,
        _ => RosterRefusal::Workbook,
    })?;
    let mut choice = Choice::default();
    for name in shown(book.sheets_metadata()) {
        let mut cells = Cells::default();
        let range = book.worksheet_range(&name).map_err(|_| RosterRefusal::Workbook)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            cells.put((top.saturating_add(number(row)), left.saturating_add(number(column))), &kept(value))?;
        }
        for region in book.merge_cells_by_sheet_name(&name).unwrap_or_default() {
            cells.merge(merged(region))?;
        }
        choice.add(name, cells.finish());
    }
    choice.finish()
}

fn shown(sheets: &[Sheet]) -> Vec<String> {
    let is_shown = |sheet: &&Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    sheets.iter().filter(is_shown).map(|sheet| sheet.name.clone()).collect()
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn merged(Dimensions { start, end }: Dimensions) -> Merged {
    Merged { top: start.0, bottom: end.0, column: start.1 }
}

/// Inflates every part once, into nothing: sizes that an archive states of itself may be false.
fn weigh(bytes: &[u8]) -> Result<(), RosterRefusal> {
    let mut archive = Archive::open(bytes).map_err(|_| RosterRefusal::Workbook)?;
    if archive.len() > MOST_PARTS {
        return Err(RosterRefusal::TooLarge);
    }
    let mut rest = MOST_INFLATED;
    for part in 0..archive.len() {
        let mut part = archive.part(part).map_err(|_| RosterRefusal::Workbook)?;
        if part.name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            let mut head = Vec::new();
            part.by_ref().take(HEAD).read_to_end(&mut head).map_err(|_| RosterRefusal::Workbook)?;
            rest = rest.checked_sub(head.len() as u64).ok_or(RosterRefusal::TooLarge)?;
            promises_what_it_may(&String::from_utf8_lossy(&head))?;
        }
        let inflated = std::io::copy(&mut part.take(rest + 1), &mut sink()).map_err(|_| RosterRefusal::Workbook)?;
        rest = rest.checked_sub(inflated).ok_or(RosterRefusal::TooLarge)?;
    }
    Ok(())
}

/// Room is made for as many shared texts as the part promises at its beginning, before one of them is there.
fn promises_what_it_may(head: &str) -> Result<(), RosterRefusal> {
    if !head.contains("sst") {
        return Err(RosterRefusal::Workbook);
    }
    // Wherever it stands, a comment included: which of them counts, the reader decides.
    let is_too_many = |count: &str| {
        let digits = count.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''));
        digits.chars().take_while(char::is_ascii_digit).count() > MOST_DIGITS
    };
    if head.split("uniqueCount").skip(1).any(is_too_many) { Err(RosterRefusal::TooLarge) } else { Ok(()) }
}

/// The cells of one sheet, one by one: a range in memory would be as large as its farthest cell lies.
fn sheet(book: &mut Book<'_>, name: &str) -> Result<Cells, RosterRefusal> {
    let regions = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    let mut reader = book.worksheet_cells_reader(name).map_err(|_| RosterRefusal::Workbook)?;
    let mut cells = Cells::default();
    while let Some(next) = reader.next_cell().map_err(|_| RosterRefusal::Workbook)? {
        cells.put(next.get_position(), &written(next.get_value()))?;
    }
    for region in regions {
        cells.merge(merged(region))?;
    }
    Ok(cells)
}

/// A cell as text. Telephone numbers are numbers to a spreadsheet: `13800000003`, not `1.38E10`.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => at.as_f64().to_string(),
    }
}

/// The same of a cell that is kept.
fn kept(value: &Data) -> String {
    match value {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Int(n) => n.to_string(),
        Data::Float(n) => n.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(at) => at.as_f64().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Row;
    use super::*;
    use rust_xlsxwriter::{Format, Workbook};

    /// A list as an office keeps it: a title across, a merged unit, a number for a telephone, totals, a second sheet.
    fn office() -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 3, "云泽市通讯名单（2026年）", &plain).unwrap();
        for (column, heading) in (0..).zip(["单位", "姓名", "电子邮箱", "手机"]) {
            sheet.write(1, column, heading).unwrap();
        }
        sheet.merge_range(2, 0, 3, 0, "市科技局", &plain).unwrap();
        for (row, name, address) in [(2, "李涛", "li＠example.cn"), (3, "王芳", "wang@example.cn")] {
            sheet.write(row, 1, name).unwrap();
            sheet.write(row, 2, address).unwrap();
        }
        sheet.write(2, 3, 13_800_000_003.0).unwrap();
        sheet.write(5, 0, "启明公司").unwrap();
        sheet.write_formula(5, 2, rust_xlsxwriter::Formula::new("=1+1").set_result("zhao@example.cn")).unwrap();
        sheet.write(7, 0, "合计").unwrap();
        sheet.write(7, 1, 3).unwrap();
        let second = book.add_worksheet().set_name("离退休").unwrap();
        second.write(0, 0, "old@example.cn").unwrap();
        book.add_worksheet().set_name("说明").unwrap().write(0, 0, "如有变动请告知").unwrap();
        let hidden = book.add_worksheet().set_name("旧").unwrap();
        hidden.write(0, 0, "hidden@example.cn").unwrap();
        hidden.set_hidden(true);
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn an_offices_sheet_is_read_row_by_row() {
        let Table { rows, unread } = rows(&office()).unwrap();
        let said: Vec<String> = rows.iter().map(|row| format!("{} {}", row.line, row.cells.join("|"))).collect();
        let expected = [
            "1 云泽市通讯名单（2026年）",
            "2 单位|姓名|电子邮箱|手机",
            "3 市科技局|李涛|li＠example.cn|13800000003",
            "4 市科技局|王芳|wang@example.cn",
            "6 启明公司||zhao@example.cn",
            "8 合计|3",
        ];
        assert_eq!(said, expected);
        assert_eq!(unread.len(), 1);
        assert!(unread[0].chinese.contains("“离退休”里还有 1 行地址"), "{unread:?}");
    }

    #[test]
    fn a_cell_that_lies_far_out_costs_no_more_than_itself() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(1_048_575, 16_383, "x").unwrap();
        sheet.write(1_048_574, 0, "far@example.cn").unwrap();
        let Table { rows, .. } = rows(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(rows, [Row { line: 1_048_575, cells: vec!["far@example.cn".into()] }]);
    }

    #[test]
    fn a_workbook_that_inflates_beyond_measure_is_refused_before_it_is_read() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        archive.start_file("xl/workbook.xml", deflated).unwrap();
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..=MOST_INFLATED / (1024 * 1024) {
            std::io::Write::write_all(&mut archive, &zeros).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < 1024 * 1024, "{} bytes", bytes.len());
        assert_eq!(rows(&bytes), Err(RosterRefusal::TooLarge));
    }

    #[test]
    fn more_shared_texts_than_there_can_be_are_not_made_room_for() {
        let head = r#"<?xml version="1.0"?><x:sst xmlns:x="u" count="3" uniqueCount = "#;
        assert_eq!(promises_what_it_may(&format!("{head}'1000000000000'>")), Err(RosterRefusal::TooLarge));
        assert_eq!(promises_what_it_may(&format!("{head}'3'>")), Ok(()));
        assert_eq!(promises_what_it_may("<sst><si/></sst>"), Ok(()));
        assert_eq!(promises_what_it_may(" <!-- -->"), Err(RosterRefusal::Workbook));
    }

    #[test]
    fn what_is_cut_or_changed_is_refused_or_read_and_never_worse() {
        let whole = office();
        for at in (0..whole.len()).step_by(37) {
            let _ = rows(&whole[..at]);
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            let _ = rows(&changed);
        }
        assert_eq!(rows(b"PK\x03\x04rest"), Err(RosterRefusal::Workbook));
        assert_eq!(old(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Err(RosterRefusal::Workbook));
    }
}
