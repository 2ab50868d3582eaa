//! Export: a list as a table for spreadsheets, noted in the audit. A cell is text, never a formula.

use super::{Asked, Room};
use crate::actions;
use crate::domain::id::SubscriberId;
use crate::store;
use crate::store::subscriber::{OnList, PAGE};
use crate::web::Error;
use crate::web::words::readers::Words;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use std::borrow::Cow;

/// `POST /publications/{publication}/lists/{list}/export`
pub(in crate::web::desk) async fn csv(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    actions::list::export(asked.store(), asked.actor(), asked.now(), &room.path).await?;
    let words = Words::of(asked.language);
    // The mark tells spreadsheet programs that it is UTF-8.
    let mut text = String::from('\u{feff}');
    let heads = [words.address].into_iter().chain(words.fields.map(|(_, word)| word));
    let heads = heads.chain([words.state, words.ended_why, words.basis, words.since, words.suppressed]);
    line(&mut text, heads);
    let mut reading = asked.read().await?;
    let mut after = SubscriberId(0);
    loop {
        let page = store::subscriber::on_list(&mut reading, room.list.id, after).await?;
        page.iter().for_each(|reader| row(&mut text, words, reader, room.publication.profile.zone));
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.id,
            _ => break,
        }
    }
    let name = format!("attachment; filename=\"{}-{}.csv\"", room.path.publication, room.path.list);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

fn row(text: &mut String, words: &Words, reader: &OnList, zone: Tz) {
    let state = match reader.state.as_str() {
        "active" => words.active,
        "pending" => words.pending,
        _ => words.ended,
    };
    let why = reader.why.as_deref().map_or("", words.ended_for);
    let since = reader.since.rfc3339_in(zone);
    let fields = reader.person.fields().map(|field| field.as_deref().unwrap_or_default());
    let cells = [reader.address.as_str()].into_iter().chain(fields);
    let basis = (words.basis_of)(&reader.basis);
    line(text, cells.chain([state, why, basis, &since, reader.suppressed.as_deref().unwrap_or_default()]));
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, written) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&cell(written));
    }
    text.push_str("\r\n");
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
