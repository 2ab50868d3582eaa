//! Approval: an issue is put forward, and its reviewers look at the very edition that would go out, at what is different
//! since they last saw it, and say yes or no. Beside it who said what when; `sheet` prints that.

pub(super) mod difference;
pub(super) mod sheet;

use super::frame::{self, Screen};
use super::issue::{Step, heading, title};
use super::preview::checks;
use super::{Asked, named};
use crate::actions;
use crate::actions::edition::approval::{Answer, answer};
use crate::compose;
use crate::domain::account::Permission;
use crate::domain::approval::{Case, Event, Hindrance, Standing, What, stood_already};
use crate::domain::edition::Edition;
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::Issue;
use crate::domain::publication::Profile;
use crate::store;
use crate::store::approval::Submission;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place, time};
use crate::web::words::approval::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Everything that the pages of an approval show.
struct Shown {
    issue: Issue,
    profile: Profile,
    /// What was put forward last, and before that.
    submissions: Vec<Submission>,
    /// What was put forward last, and where it stands.
    current: Option<(Edition, Case)>,
    history: Vec<Event>,
}

impl Shown {
    async fn find(asked: &Asked, id: IssueId) -> Result<Self, Error> {
        let mut reading = asked.read().await?;
        let issue = actions::issue::find(&mut reading, id).await?;
        let profile = store::publication::find(&mut reading, issue.publication).await?.profile;
        let submissions = store::approval::last_two(&mut reading, id).await?;
        let history = store::approval::history(&mut reading, id).await?;
        let current = match submissions.first() {
            Some(last) => {
                let edition = actions::edition::find(&mut reading, last.edition).await?;
                let case = store::approval::case(&mut reading, last.edition).await?.ok_or(Error::NoPage)?;
                Some((edition, case))
            }
            None => None,
        };
        Ok(Self { issue, profile, submissions, current, history })
    }
}

/// What a reviewer typed, and why it was not taken.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    why: String,
    #[serde(skip)]
    refusal: Option<String>,
}

/// The first digits of a digest: enough to tell editions apart by eye.
fn short(edition: &Edition) -> String {
    edition.digest.to_string()[..12].to_owned()
}

/// `GET /issues/{issue}/approval`
pub(super) async fn show(asked: Asked, Path(issue): Path<String>) -> Result<Html<String>, Error> {
    page(&asked, named(&issue)?, &Typed::default()).await
}

async fn page(asked: &Asked, id: IssueId, typed: &Typed) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let shown = Shown::find(asked, id).await?;
    let main = html! {
        (heading(asked, &shown.issue, Step::Approval).await?)
        @if let Some(why) = &typed.refusal { p .refusal role="alert" { (why) } }
        div .columns.approval {
            div {
                (standing(asked, &shown))
                @if let Some((edition, case)) = &shown.current {
                    (your_answer(asked, &shown.issue, (edition, case), typed))
                    section .card #difference {
                        h2 { (words.difference) }
                        (difference::since(words, &shown.submissions, shown.profile.zone))
                    }
                }
            }
            aside .card { (history(asked, &shown)) }
        }
        @if let Some((edition, case)) = &shown.current {
            h2 { (words.edition) }
            @if !matches!(case.standing(), Standing::Stale | Standing::Declined) { p .muted { (words.edition_note) } }
            (checks::attached(asked, &format!("/editions/{}", edition.id), &edition.print))
            @let path = format!("/editions/{}/html", edition.id);
            div .beside {
                (frame::around(&path, words.edition, Screen::Phone))
                (frame::around(&path, words.edition, Screen::Wide))
            }
            @if edition.print.whole.is_some() {
                h2 { (words.whole) }
                p .muted { (words.whole_note) }
                (frame::around(&format!("{path}?whole=true"), words.whole, Screen::Wide))
            }
        }
    };
    let around = Around {
        title: &format!("{} · {}", title(asked, &shown.issue), words.title),
        place: Place::Publications,
        live: false,
    };
    Ok(page::desk(asked, &around, &main))
}

/// Where it stands, and what the editor can do.
fn standing(asked: &Asked, shown: &Shown) -> Markup {
    let (words, id) = (Words::of(asked.language), shown.issue.id);
    let may_submit = asked.may_at(Permission::Edit, shown.issue.publication);
    let open = shown.issue.flags.iter().filter(|flag| flag.is_open()).count();
    let submit = |label: &str| {
        html! {
            @if may_submit && open > 0 { p .muted { ((words.answer_first)(open)) } } @else if may_submit {
                form method="post" action={ "/issues/" (id) "/approval/submit" } { button .primary type="submit" { (label) } }
                p .muted { (words.submit_note) }
            }
        }
    };
    html! {
        section .card.standing {
            @match &shown.current {
                None => {
                    p { ((words.not_yet)(shown.profile.approvals)) }
                    (submit(words.submit))
                }
                Some((edition, case)) => {
                    @let said = said(words, case);
                    @match case.standing() {
                        Standing::Stale => { p .refusal { (said) } (submit(words.submit_again)) }
                        // Submitted unchanged it would be the edition that was sent back.
                        Standing::Declined => {
                            p .refusal { (said) }
                            @if may_submit { p { a .button.primary href=(Step::Edit.path(id)) { (words.to_edit) } } }
                        }
                        Standing::Waiting(..) => p .state { span .mark.claimed { (said) } },
                        Standing::Approved => {
                            p .notice { (said) }
                            @if asked.may_at(Permission::Dispatch, shown.issue.publication) {
                                p { a .button.primary href={ "/issues/" (id) "/dispatch" } { (words.to_dispatch) } }
                            }
                        }
                    }
                    @if stands_anew(shown) { p .muted { (words.stood_already) } }
                    dl .facts {
                        div { dt { (words.digest) } dd { code { (short(edition)) } } }
                        @if let Some(last) = shown.submissions.first() {
                            div { dt { (words.submitted_at) } dd { (time(last.at, shown.profile.zone)) } }
                        }
                    }
                    p .after { a .button href={ "/issues/" (id) "/approval/sheet" } { (words.sheet) } }
                }
            }
        }
    }
}

/// Whether what was submitted last had been submitted before.
fn stands_anew(shown: &Shown) -> bool {
    let last = shown.history.iter().position(|event| event.what == What::Submitted);
    last.is_some_and(|nth| stood_already(&shown.history, nth))
}

/// Where an edition stands, in a sentence.
fn said(words: &Words, case: &Case) -> String {
    match case.standing() {
        Standing::Stale => words.stale.to_owned(),
        Standing::Declined => words.declined.to_owned(),
        Standing::Waiting(given, needed) => (words.waiting)(given, needed),
        Standing::Approved => (words.approved)(case.answers.len(), case.needed),
    }
}

/// What the visitor may say of it.
fn your_answer(asked: &Asked, issue: &Issue, (edition, case): (&Edition, &Case), typed: &Typed) -> Markup {
    let (words, actor) = (Words::of(asked.language), asked.actor().to_string());
    let is_open = case.is_current && asked.may_at(Permission::Approve, issue.publication);
    let hindrance = case.hindrance(&actor, true);
    let path = |verb: &str| format!("/editions/{}/{verb}", edition.id);
    html! {
        @if is_open {
            section .card #answer {
                h2 { (words.your_answer) }
                @match hindrance {
                    Some(Hindrance::Own) => p .muted { (words.own) },
                    Some(Hindrance::Said) => p .muted { (words.said_yes) },
                    Some(Hindrance::Stale) | None => form .stack method="post" action=(path("approve")) {
                        label { span { (words.remark) } input type="text" name="why" maxlength="500" autocomplete="off"; }
                        button .primary type="submit" { (words.approve) }
                        small .muted { (words.approve_note) }
                    },
                }
                form .stack.no method="post" action=(path("send-back")) {
                    label { span { (words.change) } textarea name="why" rows="3" maxlength="2000" required { (typed.why) } }
                    button type="submit" { (words.send_back) }
                }
            }
        }
    }
}

fn history(asked: &Asked, shown: &Shown) -> Markup {
    let words = Words::of(asked.language);
    html! {
        h2 { (words.history) }
        @if shown.history.is_empty() { p .muted { (words.no_history) } }
        ol .history { @for (nth, event) in shown.history.iter().enumerate() { li {
            p {
                strong { ((words.who)(&event.who)) } " "
                span .mark.(kind(event.what)) { ((words.what)(event.what)) }
            }
            @if stood_already(&shown.history, nth) { p .muted { (words.stood_already) } }
            @if let Some(why) = &event.why { blockquote { (why) } }
            p .muted { (time(event.at, shown.profile.zone)) " · " (words.edition) " " (event.edition) }
        } } }
    }
}

/// The colour that stands beside the word.
fn kind(what: What) -> &'static str {
    match what {
        What::Submitted => "claimed",
        What::Approved => "accepted",
        What::Declined => "failed",
    }
}

/// Which of an edition's pages.
#[derive(Deserialize)]
pub(super) struct Part {
    /// The page of the whole issue, where the letter is a summary.
    #[serde(default)]
    whole: bool,
}

/// `GET /editions/{edition}/html`: the edition alone, for the frame.
pub(super) async fn html(
    asked: Asked,
    Path(edition): Path<String>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Response, Error> {
    let whole = part?.0.whole;
    let mut reading = asked.read().await?;
    let Edition { id, print, .. } = actions::edition::find(&mut reading, named(&edition)?).await?;
    let print = if whole { print.whole() } else { &print };
    let assets = actions::edition::enclosed(&mut reading, print).await?;
    let parcel = compose::sample_parcel(print, id, asked.now(), asked.pages.base_url.as_deref());
    Ok(frame::letter(&compose::with_pictures(&compose::html_for(print, &parcel), print, &assets), true))
}

/// `POST /issues/{issue}/approval/submit`
pub(super) async fn submit(asked: Asked, Path(issue): Path<String>) -> Result<Response, Error> {
    let id: IssueId = named(&issue)?;
    match actions::edition::submit(asked.store(), asked.actor(), asked.now(), id).await {
        Ok(_) => Ok(Redirect::to(&format!("/issues/{id}/approval")).into_response()),
        Err(error) => refused(&asked, id, error, Typed::default()).await,
    }
}

/// `POST /editions/{edition}/approve`
pub(super) async fn approve(
    asked: Asked,
    Path(edition): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Error> {
    say(&asked, named(&edition)?, true, typed.map_err(|_| Error::Unreadable)?.0).await
}

/// `POST /editions/{edition}/send-back`
pub(super) async fn send_back(
    asked: Asked,
    Path(edition): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Error> {
    say(&asked, named(&edition)?, false, typed.map_err(|_| Error::Unreadable)?.0).await
}

async fn say(asked: &Asked, id: EditionId, yes: bool, typed: Typed) -> Result<Response, Error> {
    let issue = actions::edition::find(&mut *asked.read().await?, id).await?.issue;
    let said = if yes { Answer::Yes(Some(&typed.why)) } else { Answer::No(&typed.why) };
    match answer(asked.store(), asked.actor(), asked.now(), id, said).await {
        Ok(()) => Ok(Redirect::to(&format!("/issues/{issue}/approval")).into_response()),
        Err(error) => refused(asked, issue, error, typed).await,
    }
}

/// The page once more, with what was typed and why it was not taken.
async fn refused(asked: &Asked, id: IssueId, error: actions::Error, typed: Typed) -> Result<Response, Error> {
    if matches!(error, actions::Error::Unknown { .. } | actions::Error::Store(_)) {
        return Err(error.into());
    }
    let typed = Typed { refusal: Some(spoken(&error, asked.language)), ..typed };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(asked, id, &typed).await?).into_response())
}
