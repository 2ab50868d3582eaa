//! Preview: an issue's letter as it would be mailed now, on several screens, with what should be looked at before it
//! goes out; `trial` has the test letters. The letter stands in a frame (`desk/frame.rs`) and asks nothing of anyone.

pub(super) mod checks;
pub(super) mod summary;
pub(super) mod trial;

use super::frame::{self, Screen};
use super::issue::{self, Step};
use super::{Asked, named};
use crate::actions;
use crate::actions::edition::{self, Preview};
use crate::compose::{self, Unprintable};
use crate::domain::account::Permission;
use crate::domain::edition::Print;
use crate::domain::id::{EditionId, IssueId};
use crate::domain::issue::Issue;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place};
use crate::web::words::extent;
use crate::web::words::preview::Words;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// The ways to look at a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum View {
    #[default]
    Both,
    Phone,
    Desktop,
    Dark,
    Bare,
    Text,
    Source,
    /// The page of the whole issue, where the letter is a summary.
    Whole,
}

impl View {
    const ALL: [Self; 8] =
        [Self::Both, Self::Phone, Self::Desktop, Self::Dark, Self::Bare, Self::Text, Self::Source, Self::Whole];

    fn named(self, asked: &Asked) -> (&'static str, &'static str) {
        let (words, general) = (Words::of(asked.language), asked.words());
        match self {
            Self::Both => ("both", words.both),
            Self::Phone => ("phone", general.phone),
            Self::Desktop => ("desktop", general.wide),
            Self::Dark => ("dark", words.dark),
            Self::Bare => ("bare", words.bare),
            Self::Text => ("text", general.text),
            Self::Source => ("source", words.html),
            Self::Whole => ("whole", extent::Words::of(asked.language).page),
        }
    }
}

/// Which way to look.
#[derive(Default, Deserialize)]
pub(super) struct Looking {
    #[serde(default)]
    view: View,
}

/// How the frame shows the letter.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    dark: bool,
    #[serde(default)]
    bare: bool,
    #[serde(default)]
    whole: bool,
}

/// `GET /issues/{issue}/preview`
pub(super) async fn show(
    asked: Asked,
    Path(issue): Path<String>,
    looking: Result<Query<Looking>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let id = named(&issue)?;
    page(&asked, id, looking?.0.view, &trial::Draft::of(&asked, id).await?).await
}

/// The page, with a form for test letters as it was filled in.
async fn page(asked: &Asked, id: IssueId, view: View, draft: &trial::Draft) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let preview = find(asked, id).await?;
    let title = format!("{} · {}", issue::title(asked, &preview.issue), words.title);
    let main = html! {
        (issue::heading(asked, &preview.issue, Step::Preview).await?)
        @match &preview.print {
            Ok(print) => (letter(asked, &preview, print, view)),
            Err(why) => section .card {
                h2 { (words.unprintable) }
                p .refusal { (spoken(&why.clone().into(), asked.language)) }
                p { a .button href={ "/issues/" (id) } { (words.to_questions) } }
                @if matches!(why, Unprintable::TooLarge(_)) { (size_form(asked, &preview, true)) }
                (summary::form(asked, &preview))
            },
        }
        @if preview.print.is_ok() && asked.may_at(Permission::Edit, preview.issue.publication) {
            (trial::form(asked, id, draft))
        }
    };
    let around = Around { title: &title, place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

fn letter(asked: &Asked, preview: &Preview, print: &Print, view: View) -> Markup {
    let (words, id) = (Words::of(asked.language), preview.issue.id);
    html! {
        section .card.before {
            p .subject { (print.subject) }
            p .muted { span .unseen { (words.preheader) ": " } (compose::preheader(&preview.profile, &preview.issue.contents)) }
            dl .facts {
                div { dt { (asked.words().from) } dd { (preview.profile.from) } }
            }
            p .muted { @if preview.edition.is_some() { (words.frozen) } @else { (words.as_it_is) } }
        }
        (checks::card(asked, preview, print))
        @if preview.issue.contents.any_size { (size_form(asked, preview, false)) }
        (summary::form(asked, preview))
        nav .views { @for one in View::ALL.into_iter().filter(|one| *one != View::Whole || print.whole.is_some()) {
            @let (word, label) = one.named(asked);
            a href={ "/issues/" (id) "/preview?view=" (word) "#letter" } aria-current=[(one == view).then_some("page")] { (label) }
        } }
        section #letter { (part(asked, preview, print, view)) }
    }
}

fn part(asked: &Asked, preview: &Preview, print: &Print, view: View) -> Markup {
    let (words, id) = (Words::of(asked.language), preview.issue.id);
    let shown = |screen, query: &str| {
        frame::around(&format!("/issues/{id}/preview/html{query}"), asked.words().letter_html, screen)
    };
    match view {
        View::Both => html! { div .beside { (shown(Screen::Phone, "")) (shown(Screen::Wide, "")) } },
        View::Phone => shown(Screen::Phone, ""),
        View::Desktop => shown(Screen::Wide, ""),
        View::Dark => html! {
            p .muted { (words.dark_note) }
            div .beside { (shown(Screen::Phone, "?dark=true")) (shown(Screen::Wide, "?dark=true")) }
        },
        View::Bare => html! {
            p .muted { (words.bare_note) }
            div .beside { (shown(Screen::Phone, "?bare=true")) (shown(Screen::Wide, "?bare=true")) }
        },
        View::Whole => html! {
            p .muted { (extent::Words::of(asked.language).page_note) }
            (shown(Screen::Wide, "?whole=true"))
        },
        View::Text => html! { pre .text { (compose::text_for(print, &sample(asked, preview, print))) } },
        View::Source => html! { pre .source { (compose::html_for(print, &sample(asked, preview, print))) } },
    }
}

/// `GET /issues/{issue}/preview/html`: the letter alone, for the frame; light or dark whatever the device is set to.
pub(super) async fn html(
    asked: Asked,
    Path(issue): Path<String>,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Result<Response, Error> {
    let Shown { dark, bare, whole } = shown?.0;
    let preview = find(&asked, named(&issue)?).await?;
    let print = preview.print.as_ref().map_err(|_| Error::NoPage)?;
    let print = if whole { print.whole() } else { print };
    let assets = edition::enclosed(&mut *asked.read().await?, print).await?;
    let letter = compose::with_pictures(&compose::html_for(print, &sample(&asked, &preview, print)), print, &assets);
    Ok(frame::letter(&email_templates::style::forced(&letter, dark), !bare))
}

async fn find(asked: &Asked, id: IssueId) -> Result<Preview, Error> {
    Ok(edition::preview(&mut *asked.read().await?, asked.now(), id).await?)
}

/// The button by which an editor lets the letter have any size, or takes that back; none for who may not.
fn size_form(asked: &Asked, preview: &Preview, any_size: bool) -> Markup {
    let words = Words::of(asked.language);
    let (note, button) = if any_size { (words.any_size_note, words.any_size) } else { (words.limit_note, words.limit) };
    let Issue { id, publication, .. } = preview.issue;
    html! {
        @if asked.may_at(Permission::Edit, publication) {
            form .card method="post" action={ "/issues/" (id) "/size" } {
                p { (note) }
                button type="submit" name="any" value=(any_size) { (button) }
            }
        }
    }
}

/// What the button says.
#[derive(Deserialize)]
pub(super) struct Size {
    any: bool,
}

/// `POST /issues/{issue}/size`
pub(super) async fn set_size(
    asked: Asked,
    Path(issue): Path<String>,
    size: Result<Form<Size>, FormRejection>,
) -> Result<Response, Error> {
    let (id, size) = (named(&issue)?, size.map_err(|_| Error::Unreadable)?.0);
    actions::issue::set_any_size(asked.store(), asked.actor(), asked.now(), id, size.any).await?;
    Ok(Redirect::to(&Step::Preview.path(id)).into_response())
}

/// A reader who is nobody.
fn sample(asked: &Asked, preview: &Preview, print: &Print) -> crate::domain::delivery::Parcel {
    let edition = preview.edition.unwrap_or(EditionId(0));
    compose::sample_parcel(print, edition, asked.now(), asked.pages.base_url.as_deref())
}
