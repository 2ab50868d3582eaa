//! Many at once: who was chosen and what is to be done with them is shown with their number, and done by a second
//! yes, if it is still as many.

use super::list::beside;
use super::{Asked, Filter, Room, shown};
use crate::actions;
use crate::actions::subscriber::{Deed, MOST};
use crate::domain::id::SubscriberId;
use crate::domain::subscriber::Basis;
use crate::store;
use crate::store::subscriber::search::Among;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::number;
use crate::web::words::readers::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::html;

/// A form with a box for each reader.
type Typed = Result<Form<Vec<(String, String)>>, FormRejection>;

/// Who was chosen, for what.
struct Choice {
    fields: Vec<(String, String)>,
}

impl Choice {
    fn of(typed: Typed) -> Result<Self, Error> {
        Ok(Self { fields: typed.map_err(|_| Error::Unreadable)?.0 })
    }

    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    fn filter(&self) -> Filter {
        let field = |name| self.field(name).to_owned();
        Filter {
            q: field("q"),
            unit: field("unit"),
            region: field("region"),
            group: field("group"),
            state: field("state"),
            after: String::new(),
        }
    }

    fn deed(&self, room: &Room) -> Result<Deed, Error> {
        let group = Some(self.field("as").trim().to_owned()).filter(|group| !group.is_empty());
        match self.field("deed") {
            "add" => {
                let basis: Basis = self.field("basis").parse().map_err(|_| Error::Unreadable)?;
                Ok(Deed::Add(beside(room, self.field("to"))?, basis))
            }
            "off" => Ok(Deed::TakeOff),
            "group" => Ok(Deed::Group(group)),
            _ => Err(Error::Unreadable),
        }
    }

    /// Those ticked who are, or were, on the list; or all that the search finds, up to one more than is allowed.
    async fn readers(&self, asked: &Asked, room: &Room) -> Result<Vec<SubscriberId>, Error> {
        let mut reading = asked.read().await?;
        if self.field("of") == "found" {
            let search = self.filter().search(Among::List(room.list.id))?;
            return Ok(search.page(&mut reading, 0.into(), MOST + 1, usize::MAX).await?.found);
        }
        let ticked = self.fields.iter().filter(|(name, _)| name == "r");
        let ticked: Vec<SubscriberId> =
            ticked.map(|(_, id)| id.parse().map_err(|_| Error::Unreadable)).collect::<Result<_, _>>()?;
        let found = store::subscriber::some_on_list(&mut reading, room.list.id, &ticked).await?;
        Ok(found.into_iter().map(|reader| reader.id).collect())
    }
}

/// `POST /publications/{publication}/lists/{list}/choose`
pub(in crate::web::desk) async fn choose(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let choice = Choice::of(typed)?;
    let deed = choice.deed(&room)?;
    let words = Words::of(asked.language);
    let readers = choice.readers(&asked, &room).await?;
    let refused = match readers.len() {
        0 => Some(words.nobody_chosen),
        n if n > MOST => Some(words.too_many),
        _ => None,
    };
    if let Some(said) = refused {
        let page = super::list::page(&asked, &room, &choice.filter(), Some((false, said.to_owned()))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(confirm(&asked, &room, (&choice, &deed), readers.len(), None).await?.into_response())
}

async fn confirm(
    asked: &Asked,
    room: &Room,
    (choice, deed): (&Choice, &Deed),
    count: usize,
    said: Option<&str>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let to = match deed {
        Deed::Add(path, _) => actions::list::named(&mut *asked.read().await?, path).await?.name,
        Deed::TakeOff => room.list.name.clone(),
        Deed::Group(group) => group.clone().unwrap_or_else(|| words.no_group.to_owned()),
    };
    let main = html! {
        (room.heading(asked))
        section .card.sure {
            @if let Some(said) = said { p .refusal role="alert" { (said) } }
            h2 { ((words.deed_of)(deed)) }
            p { ((words.deed_asks)(deed, &number(count as i64).into_string(), &to)) }
            p .muted { ((words.deed_note)(deed)) }
            form method="post" action={ (room.at()) "/act" } {
                @for (name, value) in choice.fields.iter().filter(|(name, _)| name != "count") {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="count" value=(count);
                div .ways {
                    button .primary type="submit" { ((words.deed_of)(deed)) }
                    a .button href={ (room.at()) (choice.filter().at(None)) } { (words.cancel) }
                }
            }
        }
    };
    Ok(shown(asked, (words.deed_of)(deed), &main))
}

/// `POST /publications/{publication}/lists/{list}/act`
pub(in crate::web::desk) async fn act(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let room = Room::find(&asked, &publication, &list).await?;
    let choice = Choice::of(typed)?;
    let deed = choice.deed(&room)?;
    let words = Words::of(asked.language);
    let readers = choice.readers(&asked, &room).await?;
    if choice.field("count") != readers.len().to_string() {
        let page = confirm(&asked, &room, (&choice, &deed), readers.len(), Some(words.other_number)).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let done = actions::subscriber::to_many(asked.store(), asked.actor(), asked.now(), &room.path, (&readers, &deed));
    match done.await {
        Ok(done) => {
            let filter = choice.filter().at(None);
            let more = if filter.len() > 1 { "&" } else { "" };
            let at = format!("{}{filter}{more}done={}&others={}", room.at(), done.changed, done.others);
            Ok(Redirect::to(&at).into_response())
        }
        Err(error @ actions::Error::Refused(_)) => {
            let said = spoken(&error, asked.language);
            let page = confirm(&asked, &room, (&choice, &deed), readers.len(), Some(&said)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
