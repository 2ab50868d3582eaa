//! Csv: a table as text (RFC 4180) that spreadsheet programs open as it is meant: in UTF-8, and a cell is text, never a
//! formula.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// A table as far as it is written.
pub(super) struct Csv(String);

impl Csv {
    /// An empty one. Its mark tells spreadsheet programs that it is UTF-8.
    pub(super) fn new() -> Self {
        Self(String::from('\u{feff}'))
    }

    /// Adds a line.
    pub(super) fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        for (at, written) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.0.push_str(&cell(written));
        }
        self.0.push_str("\r\n");
    }

    /// A piece in the middle of a table that is written while it is taken.
    pub(super) fn piece() -> Self {
        Self(String::new())
    }

    /// What is written so far.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// The answer that a browser keeps as a file of this name.
    pub(super) fn named(self, name: &str) -> Response {
        Self::answer(name, Body::from(self.0))
    }

    /// The same, of a table that is still being written.
    pub(super) fn answer(name: &str, table: Body) -> Response {
        let disposition = format!("attachment; filename=\"{name}.csv\"");
        let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
        ([kind, (header::CONTENT_DISPOSITION, disposition)], table).into_response()
    }
}

/// A cell as RFC 4180 §2 writes it. What a spreadsheet program would take for a formula gets an apostrophe, which
/// makes it text.
fn cell(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) };
    if text.contains([',', '"', '\n', '\r']) { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_never_a_formula() {
        for (written, exported) in [
            ("王芳", "王芳"),
            ("a,b", "\"a,b\""),
            ("他说\"好\"", "\"他说\"\"好\"\"\""),
            ("=1+1", "'=1+1"),
            ("+86 138", "'+86 138"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("", ""),
        ] {
            assert_eq!(cell(written), exported, "{written}");
        }
    }
}
