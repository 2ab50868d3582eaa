//! Many at once: who was chosen and what is to be done with them is shown with their number, and done by a second
//! yes, with its reason where it needs one, if they are still the same.

use super::filter::Filter;
use super::ground::Ground;
use super::{Asked, Room, basis_choice, group, shown};
use crate::actions;
use crate::actions::subscriber::{Deed, MOST};
use crate::domain::audit::Reason;
use crate::domain::document::Digest;
use crate::domain::id::SubscriberId;
use crate::domain::subscriber::Basis;
use crate::store;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::number;
use crate::web::words::readers::Words;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// A form with a box for each reader.
type Typed = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What somebody wants to do with many.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Wish {
    /// Have them join another list.
    Add,
    /// Take them off a list.
    TakeOff,
    /// Set their category.
    Categorise,
    /// Suppress their addresses.
    Suppress,
    /// Lift the suppressions of their addresses.
    Lift,
}

impl Wish {
    const ALL: [Self; 5] = [Self::Add, Self::TakeOff, Self::Categorise, Self::Suppress, Self::Lift];

    fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::TakeOff => "off",
            Self::Categorise => "group",
            Self::Suppress => "suppress",
            Self::Lift => "lift",
        }
    }

    fn needs_reason(self) -> bool {
        match self {
            Self::Add | Self::Categorise => false,
            Self::TakeOff | Self::Suppress | Self::Lift => true,
        }
    }
}

/// Who was chosen, for what.
struct Choice {
    ground: Ground,
    fields: Vec<(String, String)>,
    wish: Wish,
}

impl Choice {
    fn of(ground: Ground, typed: Typed) -> Result<Self, Error> {
        let fields = typed.map_err(|_| Error::Unreadable)?.0;
        let deed = fields.iter().find(|(known, _)| known == "deed").map_or("", |(_, value)| value.as_str());
        let wish = Wish::ALL.into_iter().find(|wish| wish.word() == deed).ok_or(Error::Unreadable)?;
        Ok(Self { ground, fields, wish })
    }

    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    fn filter(&self) -> Filter {
        Filter::of(|name| self.field(name).to_owned())
    }

    /// The deed; none where it lacks its reason.
    fn deed(&self) -> Result<Option<Deed>, Error> {
        let why = self.field("why").parse::<Reason>().ok();
        Ok(match self.wish {
            Wish::Add => {
                let basis: Basis = self.field("basis").parse().map_err(|_| Error::Unreadable)?;
                Some(Deed::Add(self.ground.list(self.field("to"))?, basis))
            }
            Wish::TakeOff => {
                let from = self.ground.list(self.field("off"))?;
                why.map(|why| Deed::TakeOff(from, why))
            }
            Wish::Categorise => Some(Deed::Categorise(self.category())),
            Wish::Suppress => why.map(Deed::Suppress),
            Wish::Lift => why.map(Deed::Lift),
        })
    }

    fn category(&self) -> Option<String> {
        Some(self.field("as").trim().to_owned()).filter(|category| !category.is_empty())
    }

    /// What it is done to, or made, in a word.
    async fn object(&self, asked: &Asked) -> Result<String, Error> {
        let list = match self.wish {
            Wish::Add => self.ground.list(self.field("to"))?,
            Wish::TakeOff => self.ground.list(self.field("off"))?,
            Wish::Categorise => {
                return Ok(self.category().unwrap_or_else(|| Words::of(asked.language).no_group.to_owned()));
            }
            Wish::Suppress | Wish::Lift => return Ok(String::new()),
        };
        Ok(actions::list::named(&mut *asked.read().await?, &list).await?.name)
    }

    /// Those ticked who are of here; or all that the search finds, up to one more than is allowed.
    async fn readers(&self, asked: &Asked) -> Result<Vec<SubscriberId>, Error> {
        if self.field("of") == "found" {
            let search = self.ground.search(asked, &self.filter()).await?;
            return Ok(search.page(&mut *asked.read().await?, 0.into(), MOST + 1, usize::MAX).await?.found);
        }
        let ticked = self.fields.iter().filter(|(name, _)| name == "r");
        let mut ticked: Vec<SubscriberId> =
            ticked.map(|(_, id)| id.parse().map_err(|_| Error::Unreadable)).collect::<Result<_, _>>()?;
        ticked.truncate(MOST + 1);
        let mut reading = asked.read().await?;
        Ok(match &self.ground {
            Ground::List(room) => {
                let found = store::subscriber::some_on_list(&mut reading, room.list.id, &ticked).await?;
                found.into_iter().map(|reader| reader.id).collect()
            }
            Ground::Group(room) => store::subscriber::those_of(&mut reading, room.publication.id, &ticked).await?,
        })
    }
}

/// What tells these readers from any others: how many, and who.
fn mark(readers: &[SubscriberId]) -> String {
    let ids: Vec<_> = readers.iter().map(ToString::to_string).collect();
    format!("{}-{}", readers.len(), &Digest::of(ids.join(",").as_bytes()).to_string()[..16])
}

/// `POST /publications/{publication}/lists/{list}/choose`
pub(in crate::web::desk) async fn choose(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::List(Room::find(&asked, &publication, &list).await?);
    ask(&asked, &Choice::of(ground, typed)?).await
}

/// `POST /publications/{publication}/groups/{group}/choose`
pub(in crate::web::desk) async fn choose_of_group(
    asked: Asked,
    Path((publication, id)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::Group(group::Room::find(&asked, &publication, &id).await?);
    ask(&asked, &Choice::of(ground, typed)?).await
}

/// `POST /publications/{publication}/lists/{list}/act`
pub(in crate::web::desk) async fn act(
    asked: Asked,
    Path((publication, list)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::List(Room::find(&asked, &publication, &list).await?);
    do_it(&asked, &Choice::of(ground, typed)?).await
}

/// `POST /publications/{publication}/groups/{group}/act`
pub(in crate::web::desk) async fn act_on_group(
    asked: Asked,
    Path((publication, id)): Path<(String, String)>,
    typed: Typed,
) -> Result<Response, Error> {
    let ground = Ground::Group(group::Room::find(&asked, &publication, &id).await?);
    do_it(&asked, &Choice::of(ground, typed)?).await
}

async fn ask(asked: &Asked, choice: &Choice) -> Result<Response, Error> {
    let words = Words::of(asked.language);
    let readers = choice.readers(asked).await?;
    let refused = match readers.len() {
        0 => words.nobody_chosen,
        n if n > MOST => words.too_many,
        _ => return Ok(confirm(asked, choice, &readers, None).await?.into_response()),
    };
    let page = choice.ground.page(asked, &choice.filter(), Some((false, refused.to_owned()))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn confirm(
    asked: &Asked,
    choice: &Choice,
    readers: &[SubscriberId],
    said: Option<&str>,
) -> Result<Html<String>, Error> {
    let (words, wish, ground) = (Words::of(asked.language), choice.wish, &choice.ground);
    let object = choice.object(asked).await?;
    let count = number(readers.len() as i64).into_string();
    let kept = choice.fields.iter().filter(|(name, _)| name != "seen" && name != "why");
    let main = html! {
        (ground.heading(asked))
        section .card.sure {
            @if let Some(said) = said { p .refusal role="alert" { (said) } }
            h2 { ((words.deed_of)(wish)) }
            p { ((words.deed_asks)(wish, &count, &object)) }
            p .muted { ((words.deed_note)(wish)) }
            form .stack method="post" action={ (ground.at()) "/act" } {
                @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
                input type="hidden" name="seen" value=(mark(readers));
                @if wish.needs_reason() {
                    label { span { (words.reason) }
                        input name="why" required maxlength="500" value=(choice.field("why")) placeholder=(words.reason_hint);
                    }
                }
                div .ways {
                    button .primary type="submit" { ((words.deed_of)(wish)) }
                    a .button href={ (ground.at()) (choice.filter().at(None)) } { (words.cancel) }
                }
            }
        }
    };
    Ok(shown(asked, (words.deed_of)(wish), &main))
}

async fn do_it(asked: &Asked, choice: &Choice) -> Result<Response, Error> {
    let words = Words::of(asked.language);
    let readers = choice.readers(asked).await?;
    let again = async |code: StatusCode, said: &str| {
        let page = confirm(asked, choice, &readers, Some(said)).await?;
        Ok((code, page).into_response())
    };
    if choice.field("seen") != mark(&readers) {
        return again(StatusCode::CONFLICT, words.other_number).await;
    }
    let Some(deed) = choice.deed()? else { return again(StatusCode::UNPROCESSABLE_ENTITY, words.no_reason).await };
    let whose = choice.ground.whose();
    match actions::subscriber::to_many(asked.store(), asked.actor(), asked.now(), &whose, (&readers, &deed)).await {
        Ok(done) => {
            let filter = choice.filter().at(None);
            let more = if filter.len() > 1 { "&" } else { "" };
            let at = format!("{}{filter}{more}done={}&others={}", choice.ground.at(), done.changed, done.others);
            Ok(Redirect::to(&at).into_response())
        }
        Err(error @ actions::Error::Refused(_)) => {
            again(StatusCode::UNPROCESSABLE_ENTITY, &spoken(&error, asked.language)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What can be done with those who are chosen.
pub(super) async fn deeds(asked: &Asked, ground: &Ground) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let all = store::list::of_publication(&mut *asked.read().await?, ground.publication().id).await?;
    let own = match ground {
        Ground::List(room) => Some(room.list.id),
        Ground::Group(_) => None,
    };
    let others: Vec<_> = all.iter().filter(|list| Some(list.id) != own).collect();
    let button = |wish: Wish, word: &str| html! { button type="submit" name="deed" value=(wish.word()) { (word) } };
    Ok(html! {
        section .card.deeds aria-label=(words.deeds) {
            fieldset {
                legend { (words.whom) }
                label .choice { input type="radio" name="of" value="ticked" checked; span { (words.ticked) } }
                label .choice { input type="radio" name="of" value="found"; span { (words.all_found) } }
            }
            @if !others.is_empty() {
                div .filter {
                    label { span { (words.add_to) }
                        select name="to" { @for list in &others { option value=(list.slug) { (list.name) } } }
                    }
                    (basis_choice(words, Basis::Duty))
                    (button(Wish::Add, words.add_them))
                }
            }
            div .filter {
                label { span { (words.group) } input name="as" maxlength="60" list=[own.map(|_| "has-group")] autocomplete="off"; }
                (button(Wish::Categorise, words.group_them))
            }
            div .filter {
                @if own.is_some() { (button(Wish::TakeOff, words.take_off)) } @else {
                    label { span { (words.take_off_from) }
                        select name="off" { @for list in &all { option value=(list.slug) { (list.name) } } }
                    }
                    (button(Wish::TakeOff, words.take_off_this))
                }
            }
            div .filter {
                (button(Wish::Suppress, words.suppress_them))
                (button(Wish::Lift, words.lift_them))
            }
        }
    })
}
