//! The order: an issue is given out to be sent. Lists are chosen, and the page tells who gets it, who does not, and
//! about how long it takes; then the issue's number is typed. The action answers a second order of the same with the
//! first dispatch, whatever made it: a double click, two browsers, a request that was repeated.

mod form;

use crate::actions;
use crate::actions::dispatch::Order;
use crate::domain::dispatch::Occasion;
use crate::domain::forecast::Forecast;
use crate::domain::id::{EditionId, IssueId, ListId};
use crate::domain::issue::{Issue, State};
use crate::domain::list::{List, ListPath};
use crate::domain::moment::Moment;
use crate::domain::publication::Publication;
use crate::store;
use crate::store::dispatch::{Foreseen, Overview};
use crate::web::Error;
use crate::web::desk::issue::known;
use crate::web::desk::{Asked, named};
use crate::web::error::spoken;
use crate::web::words::order::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::NaiveDateTime;
use chrono_tz::Tz;

/// Names and values as a form says them; lists are named by their ids, a name each.
type Pairs = Vec<(String, String)>;

/// What was typed so far.
#[derive(Clone, Debug, Default)]
struct Typed {
    lists: Vec<ListId>,
    is_later: bool,
    hour: String,
    occasion: String,
    because: String,
    number: String,
    edition: Option<EditionId>,
}

/// Why an order was not taken.
struct Why {
    said: String,
    /// Whether the issue was put forward to its reviewers instead, and waits for them.
    is_in_review: bool,
}

impl From<String> for Why {
    fn from(said: String) -> Self {
        Self { said, is_in_review: false }
    }
}

/// What the page is made from.
struct Given {
    issue: Issue,
    publication: Publication,
    /// The lists of the publication, with how many are active.
    lists: Vec<(List, i64)>,
    /// The edition that says what the issue says now, if it was submitted as it is.
    edition: Option<EditionId>,
    /// Dispatches that it has, the newest first.
    gone_out: Vec<Overview>,
    /// Questions that are open.
    questions: usize,
    /// How many approvals are given and needed, where they are too few: a start would only submit it.
    wants_approval: Option<(usize, u8)>,
}

/// Whom an order would reach, and about how long it takes.
struct Outlook {
    foreseen: Foreseen,
    forecast: Forecast,
}

/// `GET /issues/{issue}/dispatch`
pub(in crate::web::desk) async fn show(
    asked: Asked,
    Path(id): Path<String>,
    pairs: Result<Query<Pairs>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let given = given(&asked, named(&id)?).await?;
    let mut typed = Typed::read(&pairs?.0);
    if let ([(only, _)], true) = (given.lists.as_slice(), typed.lists.is_empty()) {
        typed.lists.push(only.id);
    }
    page_of(&asked, &given, &typed, None).await
}

/// `POST /issues/{issue}/dispatch`
pub(in crate::web::desk) async fn start(
    asked: Asked,
    Path(id): Path<String>,
    pairs: Result<Form<Pairs>, FormRejection>,
) -> Result<Response, Error> {
    let given = given(&asked, named(&id)?).await?;
    let typed = Typed::read(&pairs.map_err(|_| Error::Unreadable)?.0);
    let why = match order_of(&asked, &given, &typed) {
        Err(why) => Why::from(why),
        Ok(order) => match actions::dispatch::start(asked.store(), asked.actor(), asked.now(), &order).await {
            Ok(started) => return Ok(Redirect::to(&format!("/dispatches/{}", started.dispatch)).into_response()),
            Err(error @ actions::Error::Store(_)) => return Err(error.into()),
            Err(error) => {
                let is_in_review = matches!(error, actions::Error::ApprovalsMissing { .. });
                Why { said: spoken(&error, asked.language), is_in_review }
            }
        },
    };
    let page = page_of(&asked, &given, &typed, Some(&why)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

impl Typed {
    fn read(pairs: &Pairs) -> Self {
        let said = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned());
        let list = |(name, _): &(String, String)| name.strip_prefix("list-")?.parse().ok();
        Self {
            lists: pairs.iter().filter_map(list).collect(),
            is_later: said("when").as_deref() == Some("later"),
            hour: said("hour").unwrap_or_default(),
            occasion: said("occasion").unwrap_or_default(),
            because: said("because").unwrap_or_default(),
            number: said("number").unwrap_or_default(),
            edition: said("edition").and_then(|edition| edition.parse().ok()),
        }
    }

    fn occasion(&self) -> Occasion {
        match self.occasion.as_str() {
            "correction" => Occasion::Correction(self.because.clone()),
            "again" => Occasion::Again(self.because.clone()),
            _ => Occasion::First,
        }
    }
}

impl Given {
    /// What is typed to confirm: the issue's number, or where it has none, ours of it.
    fn number(&self) -> String {
        self.issue.contents.number.map_or_else(|| self.issue.id.to_string(), |number| number.to_string())
    }
}

async fn given(asked: &Asked, id: IssueId) -> Result<Given, Error> {
    let mut reading = asked.read().await?;
    let issue = store::issue::find(&mut reading, id).await?.ok_or(Error::NoPage)?;
    let publication = store::publication::find(&mut reading, issue.publication).await?;
    let mut lists = Vec::new();
    for list in store::list::of_publication(&mut reading, publication.id).await? {
        let active = store::list::active(&mut reading, list.id).await?;
        lists.push((list, active));
    }
    let mut gone_out = Vec::new();
    for dispatch in store::dispatch::all_of_issue(&mut reading, id).await? {
        gone_out.extend(store::dispatch::overview(&mut reading, dispatch).await?);
    }
    let edition = store::issue::edition_of(&mut reading, id).await?;
    let questions = issue.flags.iter().filter(|flag| flag.answer.is_none() && !flag.choices.is_empty()).count();
    drop(reading);
    let wants_approval = match State::prepared(&known(asked, id).await?.standing) {
        State::InReview { given, needed } => Some((given, needed)),
        State::Ready => Some((0, publication.profile.approvals)).filter(|(_, needed)| *needed > 0),
        State::Draft { .. } | State::SentBack | State::Approved | State::Scheduled(_) => None,
        State::GoingOut { .. } | State::Out { .. } => None,
    };
    Ok(Given { issue, publication, lists, edition, gone_out, questions, wants_approval })
}

/// What is ordered, or why that cannot be, in the asker's words.
fn order_of(asked: &Asked, given: &Given, typed: &Typed) -> Result<Order, String> {
    let words = Words::of(asked.language);
    let chosen = given.lists.iter().filter(|(list, _)| typed.lists.contains(&list.id));
    let path = |list: &List| ListPath { publication: given.publication.profile.slug.clone(), list: list.slug.clone() };
    let lists: Vec<ListPath> = chosen.map(|(list, _)| path(list)).collect();
    // A list of another publication is none of these.
    if lists.is_empty() || lists.len() != typed.lists.len() {
        return Err(words.no_list_chosen.to_owned());
    }
    if digits(&typed.number) != given.number() {
        return Err((words.wrong_number)(&given.number()));
    }
    if typed.edition.zip(given.edition).is_some_and(|(seen, now)| seen != now) {
        return Err(words.stale.to_owned());
    }
    let zone = given.publication.profile.zone;
    let at = typed.is_later.then(|| moment(&typed.hour, zone).ok_or(words.no_hour)).transpose()?;
    Ok(Order { issue: given.issue.id, lists, at, defaults: false, occasion: typed.occasion() })
}

/// The number in what was typed: `第6期` and full-width digits say 6 too.
fn digits(typed: &str) -> String {
    let digit = |letter: char| match letter {
        '０'..='９' => char::from_digit(u32::from(letter) - u32::from('０'), 10),
        other => Some(other).filter(char::is_ascii_digit),
    };
    typed.chars().filter_map(digit).collect()
}

/// A time as a browser gives it, or a person types it, in this zone; none where the clock there skips it.
fn moment(text: &str, zone: Tz) -> Option<Moment> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(Moment(local.and_local_timezone(zone).earliest()?.timestamp_millis()))
}

async fn outlook(asked: &Asked, given: &Given, typed: &Typed) -> Result<Option<Outlook>, Error> {
    let ours = |id: &&ListId| given.lists.iter().any(|(list, _)| list.id == **id);
    let lists: Vec<ListId> = typed.lists.iter().filter(ours).copied().collect();
    if lists.is_empty() {
        return Ok(None);
    }
    let anew = typed.occasion() != Occasion::First;
    let mut reading = asked.read().await?;
    let foreseen = store::dispatch::foresee(&mut reading, given.issue.id, &lists, anew).await?;
    let pace = store::dispatch::last_pace(&mut reading, given.publication.id).await?;
    let forecast = asked.pages.capacity.forecast(&foreseen.lanes, &given.publication.profile.from.address, pace);
    Ok(Some(Outlook { foreseen, forecast }))
}

async fn page_of(asked: &Asked, given: &Given, typed: &Typed, why: Option<&Why>) -> Result<Html<String>, Error> {
    let outlook = outlook(asked, given, typed).await?;
    form::page(asked, given, typed, (outlook.as_ref(), why)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_heard_as_people_type_it() {
        for (typed, heard) in [("6", "6"), (" 第6期 ", "6"), ("１２", "12"), ("six", ""), ("", "")] {
            assert_eq!(digits(typed), heard, "{typed}");
        }
    }

    #[test]
    fn an_hour_is_one_that_the_clock_there_shows() {
        let berlin = chrono_tz::Europe::Berlin;
        assert!(moment("2026-12-01T09:00", berlin).is_some() && moment("2026-12-01 09:00", berlin).is_some());
        assert_eq!(moment("2026-03-29T02:30", berlin), None, "summer time skips it");
        assert_eq!(moment("tomorrow", berlin), None);
    }
}
