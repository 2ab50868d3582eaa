//! What commands print: one JSON object (or one a line) for programs, tables and sentences for people.

use serde::Serialize;
use std::io::Write as _;

/// One JSON object on a line of its own.
pub(super) fn json(value: &impl Serialize) {
    line(serde_json::to_string(value).expect("our values are plain data"));
}

/// A line for people.
pub(super) fn line(text: impl std::fmt::Display) {
    exactly(&format!("{text}\n"));
}

/// Exactly this text. A reader who has had enough (`| head`) ends the command in silence.
pub(super) fn exactly(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A word beside the work, which standard output must not hold.
#[expect(clippy::print_stderr, reason = "the command line speaks here")]
pub(super) fn aside(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// A table with a head.
pub(super) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(head);
    // On a terminal columns are wrapped to its width; a file or a program gets whole lines.
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    for row in rows {
        table.add_row(row);
    }
    line(table);
}

/// A listing for people: a table, or a sentence where there is nothing. Programs had a line each before.
pub(super) fn rows<const N: usize>(is_json: bool, head: [&str; N], rows: Vec<[String; N]>, none: &str) {
    match (is_json, rows.is_empty()) {
        (true, _) => {}
        (false, true) => line(none),
        (false, false) => table(head, rows),
    }
}

/// `1 letter`, `2 letters`.
pub(super) fn count(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
