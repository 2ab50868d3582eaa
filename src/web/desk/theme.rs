//! Theme: how a publication's letters look, with the real letter beside the choices: drawn by the server each time, light
//! and dark, before anything is saved. A colour that cannot be read is refused, and the nearest that can is offered.

use super::frame::{self, Screen};
use super::{Asked, publication};
use crate::actions;
use crate::compose;
use crate::domain::id::EditionId;
use crate::domain::publication::{Changes, Profile, Publication};
use crate::domain::theme::{Colour, Font, TextSize, Theme, ThemeChanges, WHITE, Width};
use crate::store::{self, issue::Shown};
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place};
use crate::web::words::settings::{Field, Words};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// What the form says, as it was chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    accent: String,
    masthead: String,
    font: String,
    size: String,
    width: String,
    indent: Option<String>,
    /// The digest of what the page showed.
    seen: String,
    /// How the frame shows the letter.
    dark: bool,
    saved: bool,
}

impl Chosen {
    fn of(profile: &Profile) -> Self {
        let Theme { accent, masthead, font, size, width, indent } = profile.theme;
        Self {
            accent: accent.to_string(),
            masthead: masthead.to_string(),
            font: font.word().into(),
            size: size.word().into(),
            width: width.word().into(),
            indent: indent.then(|| "on".to_owned()),
            seen: profile.digest().to_string(),
            ..Self::default()
        }
    }

    /// Whether anything was chosen, or somebody only came to look.
    fn is_tried(&self) -> bool {
        !self.accent.is_empty()
    }

    /// The theme that it means, illegible colours and all; what makes no sense stays as it is.
    fn theme(&self, now: Theme) -> Theme {
        if !self.is_tried() {
            return now;
        }
        now.with(ThemeChanges {
            accent: self.accent.parse().ok(),
            masthead: self.masthead.parse().ok(),
            font: self.font.parse().ok(),
            size: self.size.parse().ok(),
            width: self.width.parse().ok(),
            indent: Some(self.indent.is_some()),
        })
    }

    /// The same behind a `?`.
    fn query(theme: Theme) -> String {
        let Theme { accent, masthead, font, size, width, indent } = theme;
        // A colour's sign would end the path.
        let [accent, masthead] = [accent, masthead].map(|colour| colour.to_string().replace('#', "%23"));
        let indent = if indent { "&indent=on" } else { "" };
        let (font, size, width) = (font.word(), size.word(), width.word());
        format!("accent={accent}&masthead={masthead}&font={font}&size={size}&width={width}{indent}")
    }
}

/// `GET /publications/{publication}/theme`; with the form's fields behind the `?`, how that would look.
pub(super) async fn show(
    asked: Asked,
    Path(slug): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let chosen = chosen?.0;
    let publication = publication::find(&asked, &slug).await?;
    if !chosen.is_tried() {
        let shown = Chosen { saved: chosen.saved, ..Chosen::of(&publication.profile) };
        return page(&asked, &publication, &shown, None).await;
    }
    let seen = if chosen.seen.is_empty() { publication.profile.digest().to_string() } else { chosen.seen.clone() };
    page(&asked, &publication, &Chosen { seen, ..chosen }, None).await
}

/// `POST /publications/{publication}/theme`
pub(super) async fn save(
    asked: Asked,
    Path(slug): Path<String>,
    chosen: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Error> {
    let chosen = chosen.map_err(|_| Error::Unreadable)?.0;
    let publication = publication::find(&asked, &slug).await?;
    let words = Words::of(asked.language);
    if [&chosen.accent, &chosen.masthead].into_iter().any(|text| text.parse::<Colour>().is_err()) {
        let page = page(&asked, &publication, &chosen, Some(words.no_colour.to_owned())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let Theme { accent, masthead, font, size, width, indent } = chosen.theme(publication.profile.theme);
    let theme = ThemeChanges {
        accent: Some(accent),
        masthead: Some(masthead),
        font: Some(font),
        size: Some(size),
        width: Some(width),
        indent: Some(indent),
    };
    let (slug, changes) = (&publication.profile.slug, Changes { theme, ..Changes::default() });
    let seen = (slug, chosen.seen.as_str());
    match actions::publication::set_seen(asked.store(), asked.actor(), asked.now(), seen, changes).await {
        Ok(_) => Ok(Redirect::to(&format!("/publications/{slug}/theme?saved=true")).into_response()),
        Err(error @ actions::Error::Refused(_)) => {
            // Whoever saves once more after the refusal has read it.
            let now = publication::find(&asked, slug.as_str()).await?.profile.digest().to_string();
            let (chosen, why) = (Chosen { seen: now, ..chosen }, spoken(&error, asked.language));
            let page = page(&asked, &publication, &chosen, Some(why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /publications/{publication}/theme/letter`: the letter alone, for the frames. What cannot be read is shown as the
/// nearest that can.
pub(super) async fn letter(
    asked: Asked,
    Path(slug): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Error> {
    let chosen = chosen?.0;
    let publication = publication::find(&asked, &slug).await?;
    let theme = chosen.theme(publication.profile.theme).legible();
    let profile = Profile { theme, ..publication.profile.clone() };
    let drawn = newest(&asked, &publication, &profile).await?.unwrap_or_else(|| compose::sample(&profile));
    Ok(frame::letter(&email_templates::style::forced(&drawn, chosen.dark), true))
}

/// The newest issue's letter with such a profile; none where there is no issue, or it cannot be printed.
async fn newest(asked: &Asked, publication: &Publication, profile: &Profile) -> Result<Option<String>, Error> {
    let mut reading = asked.read().await?;
    let only = Shown { only: Some(vec![publication.id]), at_most: Some(1), ..Shown::default() };
    let known = store::issue::known(&mut reading, &only).await?;
    let Some(issue) = known.first().map(|known| known.id) else { return Ok(None) };
    match actions::edition::print_with(&mut reading, asked.now(), issue, profile).await {
        Ok(print) => {
            let base_url = asked.pages.base_url.as_deref();
            let reader = compose::sample_parcel(&print, EditionId(0), asked.now(), base_url);
            let assets = actions::edition::enclosed(&mut reading, &print).await?;
            Ok(Some(compose::with_pictures(&compose::html_for(&print, &reader), &print, &assets)))
        }
        Err(actions::Error::Unprintable(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

async fn page(
    asked: &Asked,
    publication: &Publication,
    chosen: &Chosen,
    why: Option<String>,
) -> Result<Html<String>, Error> {
    let (words, profile) = (Words::of(asked.language), &publication.profile);
    let path = format!("/publications/{}", profile.slug);
    let theme = chosen.theme(profile.theme);
    let query = Chosen::query(theme);
    let is_printed = newest(asked, publication, profile).await?.is_some();
    let frame = |title, dark: &str, screen| {
        html! { div { h2 { (title) } (frame::around(&format!("{path}/theme/letter?{query}{dark}"), title, screen)) } }
    };
    let main = html! {
        p .eyebrow { a href=(path) { (profile.name) } }
        h1 { (words.theme) }
        p .lede { (words.theme_lede) }
        div .look {
            section .card {
                @if chosen.saved { p .notice role="status" { (words.saved) } }
                @if let Some(why) = &why { p .refusal role="alert" { (why) } }
                form .stack method="post" action={ (path) "/theme" } data-look {
                    input type="hidden" name="seen" value=(chosen.seen);
                    (colour("accent", words.accent, &chosen.accent))
                    (colour("masthead", words.masthead_colour, &chosen.masthead))
                    (verdict(words, &path, theme, theme != profile.theme))
                    (choice("font", words.font, &[Font::Sans, Font::Serif].map(|one| (one.word(), (words.font_of)(one), one == theme.font))))
                    (choice("size", words.size, &[TextSize::Normal, TextSize::Large].map(|one| (one.word(), (words.size_of)(one), one == theme.size))))
                    (choice("width", words.width, &[Width::Narrow, Width::Normal, Width::Wide].map(|one| (one.word(), (words.width_of)(one), one == theme.width))))
                    fieldset .choices {
                        label { input type="checkbox" name="indent" checked[theme.indent]; span { (words.indent.0) } }
                        small .muted { (words.indent.1) }
                    }
                    div .line {
                        button .primary type="submit" { (words.save_theme) }
                        button type="submit" formmethod="get" { (words.look) }
                    }
                }
            }
            section {
                p .muted { @if is_printed { (words.of_issue) } @else { (words.of_nothing) } }
                div .letters {
                    (frame(words.light, "", Screen::Phone))
                    (frame(words.dark, "&dark=true", Screen::Phone))
                    (frame(words.wide, "", Screen::Wide))
                }
            }
        }
    };
    let around =
        Around { title: &format!("{} · {}", profile.name, words.theme), place: Place::Publications, live: false };
    Ok(page::desk(asked, &around, &main))
}

fn colour(field: &str, (label, hint): Field, value: &str) -> Markup {
    html! {
        label { span { (label) } input type="color" name=(field) value=(value); small .muted { (hint) } }
    }
}

fn choice(field: &str, (label, hint): Field, options: &[(&str, &str, bool)]) -> Markup {
    html! {
        label { span { (label) }
            select name=(field) { @for (word, name, chosen) in options { option value=(word) selected[*chosen] { (name) } } }
            small .muted { (hint) }
        }
    }
}

/// Whether the colours can be read, and what to take where one cannot.
fn verdict(words: &Words, path: &str, theme: Theme, is_changed: bool) -> Markup {
    let legible = theme.legible();
    let each = [
        (theme.accent, Theme { accent: legible.accent, ..theme }),
        (theme.masthead, Theme { masthead: legible.masthead, ..theme }),
    ];
    let each = if theme.accent == theme.masthead { &each[..1] } else { &each[..] };
    html! {
        div #verdict role="status" {
            @for (colour, instead) in each {
                @let (name, ratio) = (colour.to_string(), colour.contrast(WHITE));
                @if colour.is_legible_on(WHITE) { p .muted { (swatch(*colour)) " " ((words.legible)(&name, ratio)) } } @else {
                    @let nearest = colour.legible_on(WHITE);
                    p .refusal { (swatch(*colour)) " " ((words.illegible)(&name, ratio)) br;
                        a href={ (path) "/theme?" (Chosen::query(*instead)) } { (words.offered) " " (swatch(nearest)) " " (nearest) }
                    }
                }
            }
            @if is_changed { p .muted { (words.not_saved) } }
        }
    }
}

fn swatch(colour: Colour) -> Markup {
    html! { svg .swatch viewBox="0 0 18 18" aria-hidden="true" { rect width="18" height="18" rx="4" fill=(colour) {} } }
}
