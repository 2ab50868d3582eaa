//! Export: a list as a table for spreadsheets, noted in the audit. A cell is text, never a formula.

use super::{Asked, Room};
use crate::actions;
use crate::domain::id::SubscriberId;
use crate::store;
use crate::store::subscriber::{OnList, PAGE};
use crate::web::Error;
use crate::web::csv::Csv;
use crate::web::words::readers::Words;
use axum::extract::Path;
use axum::response::Response;
use chrono_tz::Tz;

/// `POST /publications/{publication}/lists/{list}/export`
pub(in crate::web::desk) async fn csv(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    actions::list::export(asked.store(), asked.actor(), asked.now(), &room.path).await?;
    let words = Words::of(asked.language);
    let mut table = Csv::new();
    let heads = [words.address].into_iter().chain(words.fields.map(|(_, word)| word));
    let heads = heads.chain([words.state, words.ended_why, words.basis, words.since, words.suppressed]);
    table.line(heads);
    let mut reading = asked.read().await?;
    let mut after = SubscriberId(0);
    loop {
        let page = store::subscriber::on_list(&mut reading, room.list.id, after).await?;
        page.iter().for_each(|reader| row(&mut table, words, reader, room.publication.profile.zone));
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.id,
            _ => break,
        }
    }
    Ok(table.named(&format!("{}-{}", room.path.publication, room.path.list)))
}

fn row(table: &mut Csv, words: &Words, reader: &OnList, zone: Tz) {
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
    table.line(cells.chain([state, why, basis, &since, reader.suppressed.as_deref().unwrap_or_default()]));
}
