//! OpenDocument: an .ods as LibreOffice and WPS write it becomes rows of cells (OpenDocument 1.3 part 3, chapter 9). Read as a
//! stream, for a sheet may state that its last row comes a million times. Comments beside a cell are none of its text;
//! hidden sheets are left out. What is repeated without a word costs nothing.

use super::sheet::{Choice, Merged, Sheet, WIDEST};
use super::{RosterRefusal, Table};
use crate::intake::archive::Archive;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashSet;
use std::io::{BufReader, Read};

/// The most bytes of a part, inflated.
const MOST_INFLATED: u64 = 200 * 1024 * 1024;
/// The most bytes of one tag or one piece of text.
const LONGEST: usize = 4 * 1024 * 1024;

/// Whether an archive is an OpenDocument spreadsheet: its first part says so, unpacked (part 2, 3.3).
pub(super) fn is_it(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    head.contains("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
}

/// The rows of its sheet with the most addresses.
///
/// # Errors
/// [`RosterRefusal::Locked`], [`RosterRefusal::Workbook`], [`RosterRefusal::TooLarge`], [`RosterRefusal::NoAddresses`].
pub(super) fn rows(bytes: &[u8]) -> Result<Table, RosterRefusal> {
    let mut archive = Archive::open(bytes).map_err(|_| RosterRefusal::Workbook)?;
    let manifest = archive.find("META-INF/manifest.xml");
    if let Some(manifest) = manifest {
        let mut text = String::new();
        let part = archive.part(manifest).map_err(|_| RosterRefusal::Workbook)?;
        part.take(1024 * 1024).read_to_string(&mut text).map_err(|_| RosterRefusal::Workbook)?;
        if text.contains("encryption-data") {
            return Err(RosterRefusal::Locked);
        }
    }
    let content = archive.find("content.xml").ok_or(RosterRefusal::Workbook)?;
    let part = archive.part(content).map_err(|_| RosterRefusal::Workbook)?;
    Walk::new(part.take(MOST_INFLATED + 1)).book()
}

/// A cell on its way.
#[derive(Debug, Default)]
struct Cell {
    repeated: u32,
    rows: u32,
    text: String,
    paragraphs: usize,
    number: Option<String>,
}

/// A walk through the part that holds the sheets.
struct Walk<R: Read> {
    reader: Reader<BufReader<R>>,
    buffer: Vec<u8>,
    read: u64,
}

impl<R: Read> Walk<R> {
    fn new(part: R) -> Self {
        let mut reader = Reader::from_reader(BufReader::new(part));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), read: 0 }
    }

    fn next(&mut self) -> Result<Event<'static>, RosterRefusal> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|_| RosterRefusal::Workbook)?.into_owned();
        self.read = self.reader.buffer_position();
        if self.read > MOST_INFLATED || self.buffer.len() > LONGEST {
            return Err(RosterRefusal::TooLarge);
        }
        if matches!(event, Event::DocType(_)) { Err(RosterRefusal::Workbook) } else { Ok(event) }
    }

    fn book(mut self) -> Result<Table, RosterRefusal> {
        let (mut hidden, mut style) = (HashSet::new(), String::new());
        let mut choice = Choice::default();
        loop {
            match self.next()? {
                Event::Start(tag) if is(&tag, "style") => style = said(&tag, "style:name").unwrap_or_default(),
                Event::Start(tag)
                    if is(&tag, "table-properties") && said(&tag, "table:display").as_deref() == Some("false") =>
                {
                    hidden.insert(style.clone());
                }
                Event::Start(tag) if is(&tag, "table") => {
                    let is_hidden = said(&tag, "table:style-name").is_some_and(|style| hidden.contains(&style));
                    let rows = self.sheet()?.finish();
                    if !is_hidden {
                        choice.add(said(&tag, "table:name").unwrap_or_default(), rows);
                    }
                }
                Event::Eof => return choice.finish(),
                _ => {}
            }
        }
    }

    /// From a sheet's beginning to its end.
    fn sheet(&mut self) -> Result<Sheet, RosterRefusal> {
        let (mut sheet, mut row, mut merged) = (Sheet::default(), 0_u32, Vec::new());
        loop {
            match self.next()? {
                Event::Start(tag) if is(&tag, "table-row") => {
                    let repeated = times(&tag, "table:number-rows-repeated");
                    let cells = self.row()?;
                    // A row of words that is stated many times is one that somebody filled down: each counts.
                    let times = if cells.is_empty() { 0 } else { repeated };
                    for again in 0..times {
                        for (column, cell) in &cells {
                            let at = row.saturating_add(again);
                            sheet.put((at, *column), &cell.text)?;
                            if cell.rows > 1 {
                                let bottom = at.saturating_add(cell.rows - 1);
                                merged.push(Merged { top: at, bottom, column: *column });
                            }
                        }
                    }
                    row = row.saturating_add(repeated);
                }
                Event::End(tag) if tag.local_name().as_ref() == "table" => break,
                Event::Eof => return Err(RosterRefusal::Workbook),
                _ => {}
            }
        }
        merged.into_iter().try_for_each(|region| sheet.merge(region))?;
        Ok(sheet)
    }

    /// The cells of a row that hold something, each with its column.
    fn row(&mut self) -> Result<Vec<(u32, Cell)>, RosterRefusal> {
        let (mut cells, mut column) = (Vec::new(), 0_u32);
        loop {
            match self.next()? {
                Event::Start(tag) if is(&tag, "table-cell") || is(&tag, "covered-table-cell") => {
                    let mut cell = self.cell(&tag)?;
                    let repeated = cell.repeated;
                    let text = std::mem::take(&mut cell.text);
                    if !text.trim().is_empty() {
                        for at in column..column.saturating_add(repeated).min(WIDEST) {
                            cells.push((at, Cell { text: text.clone(), rows: cell.rows, ..Cell::default() }));
                        }
                    }
                    column = column.saturating_add(repeated);
                }
                Event::End(tag) if tag.local_name().as_ref() == "table-row" => return Ok(cells),
                Event::Eof => return Err(RosterRefusal::Workbook),
                _ => {}
            }
        }
    }

    /// From a cell's beginning to its end.
    fn cell(&mut self, tag: &BytesStart<'_>) -> Result<Cell, RosterRefusal> {
        let is_number = matches!(said(tag, "office:value-type").as_deref(), Some("float"));
        let mut cell = Cell {
            repeated: times(tag, "table:number-columns-repeated"),
            rows: times(tag, "table:number-rows-spanned"),
            number: said(tag, "office:value").filter(|_| is_number),
            ..Cell::default()
        };
        let (mut depth, mut aside, mut within) = (1_u32, None, 0_u32);
        while depth > 0 {
            match self.next()? {
                Event::Start(tag) => {
                    depth += 1;
                    if is(&tag, "annotation") {
                        aside = aside.or(Some(depth));
                    }
                    if aside.is_none() {
                        cell.open(&tag, &mut within);
                    }
                }
                Event::End(tag) => {
                    if aside.is_none() && tag.local_name().as_ref() == "p" {
                        within = within.saturating_sub(1);
                    }
                    aside = aside.filter(|at| *at != depth);
                    depth -= 1;
                }
                Event::Text(text) if aside.is_none() && within > 0 => cell.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if aside.is_none() && within > 0 => {
                    let c = reference.resolve_char_ref().map_err(|_| RosterRefusal::Workbook)?;
                    cell.text.push(c.or_else(|| named(&reference)).ok_or(RosterRefusal::Workbook)?);
                }
                Event::Eof => return Err(RosterRefusal::Workbook),
                _ => {}
            }
            if cell.text.len() > LONGEST {
                return Err(RosterRefusal::TooLarge);
            }
        }
        // A telephone number is shown as the column's width allows (1.38E+10); its value is whole.
        if let Some(number) = cell.number.take().filter(|_| !cell.text.trim().is_empty()) {
            cell.text = number;
        }
        Ok(cell)
    }
}

impl Cell {
    /// An element within a cell begins.
    fn open(&mut self, tag: &BytesStart<'_>, within: &mut u32) {
        match tag.local_name().as_ref() {
            "p" => {
                *within += 1;
                self.paragraphs += 1;
                if self.paragraphs > 1 {
                    self.text.push('\n');
                }
            }
            "line-break" => self.text.push('\n'),
            "s" => self.text.push(' '),
            "tab" => self.text.push('\t'),
            _ => {}
        }
    }
}

fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

fn said(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// How many times, at least once.
fn times(tag: &BytesStart<'_>, name: &str) -> u32 {
    said(tag, name).and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}

/// The five names that XML knows of itself.
fn named(reference: &str) -> Option<char> {
    Some(match reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
