//! Sheet: a table as an .xlsx file to take along. Written row by row to a file that has no name any more and goes with
//! whoever reads it, so that a million rows cost no memory. Every cell is text: whatever a reader's name begins with, no
//! program takes it for a formula.

use super::Error;
use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::response::Response;
use futures_util::stream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most rows of one sheet, with its heading (ECMA-376).
pub(super) const MOST_ROWS: u32 = 1_048_576;

/// Bytes that are handed on at once.
const PIECE: usize = 64 * 1024;

/// A table that is being written.
pub(super) struct Sheet {
    book: Workbook,
    row: u32,
}

impl Sheet {
    /// An empty one with these headings; each column so many characters wide.
    pub(super) fn new(headings: &[(&str, u16)]) -> Result<Self, Error> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        let bold = Format::new().set_bold();
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for (column, (heading, width)) in (0..).zip(headings) {
            sheet.set_column_width(column, f64::from(*width)).map_err(failed)?;
            sheet.write_string_with_format(0, column, *heading, &bold).map_err(failed)?;
        }
        Ok(Self { book, row: 1 })
    }

    /// Whether another row has room.
    pub(super) fn has_room(&self) -> bool {
        self.row < MOST_ROWS
    }

    /// Adds a row of texts.
    pub(super) fn add(&mut self, cells: &[&str]) -> Result<(), Error> {
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(self.row, column, *cell).map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    /// The file as an answer that a browser saves under this name. It is written in a folder of ours and unnamed at once.
    pub(super) fn answer(mut self, folder: &Path, name: &str) -> Result<Response, Error> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("sheet-{}-{number}.xlsx", std::process::id()));
        // Whatever an earlier process left there is not ours to continue.
        let _ = std::fs::remove_file(&path);
        let mut file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(Error::Sheet)?;
        std::fs::remove_file(&path).map_err(Error::Sheet)?;
        self.book.save_to_writer(&mut file).map_err(failed)?;
        file.rewind().map_err(Error::Sheet)?;
        let mut response = Response::new(Body::from_stream(stream::unfold(file, piece)));
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        // RFC 6266 §4.3, RFC 8187: names that are not ASCII are encoded.
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        let saved = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
        response.headers_mut().extend(saved.ok().map(|saved| (header::CONTENT_DISPOSITION, saved)));
        Ok(response)
    }
}

/// The next piece of a file. A file of ours on a disk of ours is read in place.
async fn piece(mut file: File) -> Option<(std::io::Result<Vec<u8>>, File)> {
    let mut bytes = vec![0; PIECE];
    match file.read(&mut bytes) {
        Ok(0) => None,
        Ok(read) => {
            bytes.truncate(read);
            Some((Ok(bytes), file))
        }
        Err(error) => Some((Err(error), file)),
    }
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => Error::Sheet(error),
        other => Error::Sheet(std::io::Error::other(other)),
    }
}
