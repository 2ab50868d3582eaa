//! Export: the readers of a list, or of a group, or those of them that a search finds, as a table for spreadsheets;
//! noted in the audit first. They are read a page at a time while the table is written, so that a million rows cost no
//! memory and no transaction stays open. A cell is text, never a formula.

use super::filter::Filter;
use super::ground::Ground;
use super::{Asked, Room, group};
use crate::domain::id::{ListId, SubscriberId};
use crate::domain::subscriber::Person;
use crate::store;
use crate::store::subscriber::search::Search;
use crate::store::subscriber::{OnList, PAGE};
use crate::web::Error;
use crate::web::csv::Csv;
use crate::web::sheet::Sheet;
use crate::web::words::readers::Words;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::Response;
use futures_util::stream;
use serde::Deserialize;

/// What is taken along, as a form says it: in which form, and of which search.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web::desk) struct Wanted {
    #[serde(rename = "as")]
    form: String,
    #[serde(flatten)]
    filter: Filter,
}

type Typed = Result<Form<Wanted>, FormRejection>;

/// `POST /publications/{publication}/lists/{list}/export`
pub(in crate::web::desk) async fn of_list(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::List(Room::find(&asked, &publication, &list).await?);
    take(asked, ground, typed).await
}

/// `POST /publications/{publication}/groups/{group}/export`
pub(in crate::web::desk) async fn of_group(
    asked: Asked,
    Path((publication, id)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::Group(group::Room::find(&asked, &publication, &id).await?);
    take(asked, ground, typed).await
}

async fn take(asked: Asked, ground: Ground, typed: Typed) -> Result<Response, Error> {
    let Wanted { form, filter } = typed.map_err(|_| Error::Unreadable)?.0;
    let search = ground.search(&asked, &filter).await?;
    let is_sheet = match form.as_str() {
        "" | "csv" => false,
        "xlsx" => true,
        _ => return Err(Error::Unreadable),
    };
    let part = if filter.is_set() { ", those a search found" } else { "" };
    ground.note_export(&asked, &format!("{}{part}", if is_sheet { "xlsx" } else { "csv" })).await?;
    let table = Table { asked, ground, search, after: Some(SubscriberId(0)) };
    if is_sheet { table.sheet().await } else { Ok(table.csv()) }
}

/// A table, as far as it was read.
struct Table {
    asked: Asked,
    ground: Ground,
    search: Search,
    /// After whom to go on; none at the end.
    after: Option<SubscriberId>,
}

impl Table {
    /// The whole as text that is written while it is taken.
    fn csv(self) -> Response {
        let name = self.ground.short_name();
        let mut head = Csv::new();
        head.line(self.heads().iter().map(|(head, _)| *head));
        let rows = stream::try_unfold((self, Some(head)), async |(mut table, head)| {
            if let Some(head) = head {
                return Ok(Some((head.into_text(), (table, None))));
            }
            let Some(rows) = table.next().await? else { return Ok::<_, Error>(None) };
            let mut piece = Csv::piece();
            rows.iter().for_each(|row| piece.line(row.iter().map(String::as_str)));
            Ok(Some((piece.into_text(), (table, None))))
        });
        Csv::answer(&name, Body::from_stream(rows))
    }

    async fn sheet(mut self) -> Result<Response, Error> {
        let mut sheet = Sheet::new(&self.heads())?;
        'pages: while let Some(rows) = self.next().await? {
            for row in rows {
                if !sheet.has_room() {
                    break 'pages;
                }
                sheet.add(&row.iter().map(String::as_str).collect::<Vec<_>>())?;
            }
        }
        sheet.answer(self.asked.store().folder(), &format!("{}.xlsx", self.ground.short_name()))
    }

    /// The heads of its columns, with how wide they are.
    fn heads(&self) -> Vec<(&'static str, u16)> {
        let words = Words::of(self.asked.language);
        let widths = [14, 28, 16, 14, 16, 14, 14, 24];
        let mut heads = vec![(words.address, 32)];
        heads.extend(words.fields.into_iter().zip(widths).map(|((_, word), width)| (word, width)));
        match self.ground {
            Ground::List(_) => {
                heads.extend([(words.state, 10), (words.ended_why, 18), (words.basis, 12), (words.since, 26)]);
            }
            Ground::Group(_) => heads.push((words.lists, 30)),
        }
        heads.push((words.suppressed, 24));
        heads
    }

    /// The rows of the next page; a connection for each, so that who reads for long keeps nobody waiting.
    async fn next(&mut self) -> Result<Option<Vec<Vec<String>>>, Error> {
        let Some(after) = self.after else { return Ok(None) };
        let page = self.search.page(&mut *self.asked.read().await?, after, PAGE, usize::MAX).await?;
        self.after = page.next;
        match &self.ground {
            Ground::List(room) => self.of_list(room.list.id, &page.found).await.map(Some),
            Ground::Group(_) => self.of_group(&page.found).await.map(Some),
        }
    }

    async fn of_list(&self, list: ListId, found: &[SubscriberId]) -> Result<Vec<Vec<String>>, Error> {
        let readers = store::subscriber::some_on_list(&mut *self.asked.read().await?, list, found).await?;
        Ok(readers.iter().map(|reader| self.row(reader)).collect())
    }

    fn row(&self, reader: &OnList) -> Vec<String> {
        let words = Words::of(self.asked.language);
        let zone = self.ground.publication().profile.zone;
        let mut cells = who(&reader.address, &reader.person);
        let why = reader.why.as_deref().map_or("", words.ended_for);
        cells.extend([words.state_of(&reader.state), why, (words.basis_of)(&reader.basis)].map(str::to_owned));
        cells.extend([reader.since.rfc3339_in(zone), reader.suppressed.clone().unwrap_or_default()]);
        cells
    }

    async fn of_group(&self, found: &[SubscriberId]) -> Result<Vec<Vec<String>>, Error> {
        let words = Words::of(self.asked.language);
        let mut reading = self.asked.read().await?;
        let readers = store::subscriber::some(&mut reading, found).await?;
        let mut subscribed = store::subscriber::subscriptions(&mut reading, found).await?;
        subscribed.retain(|one| one.publication == self.ground.publication().id);
        let suppressed = store::subscriber::suppressed_of(&mut reading, found).await?;
        let row = |reader: &crate::domain::subscriber::Subscriber| {
            let lists = subscribed.iter().filter(|one| one.reader == reader.id);
            let lists: Vec<_> =
                lists.map(|one| format!("{} ({})", one.list_name, words.state_of(&one.state))).collect();
            let mut cells = who(reader.address.as_str(), &reader.person);
            cells.extend([lists.join("; "), suppressed.get(&reader.id).cloned().unwrap_or_default()]);
            cells
        };
        Ok(readers.iter().map(row).collect())
    }
}

/// The address, and what is known of a person.
fn who(address: &str, person: &Person) -> Vec<String> {
    let fields = person.fields().map(|field| field.clone().unwrap_or_default());
    [address.to_owned()].into_iter().chain(fields).collect()
}
