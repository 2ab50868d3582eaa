//! A publication's settings: every field with what it does, refusals beside it, and what somebody else has saved
//! meanwhile. A new publication is made of the same fields.

use super::{Asked, publication};
use crate::actions;
use crate::actions::edition::trial::AT_ONCE;
use crate::domain::address::{Address, Mailbox};
use crate::domain::issue::ColophonLine;
use crate::domain::language::Language;
use crate::domain::publication::{Changes, Profile, Undated};
use crate::domain::theme::Theme;
use crate::web::Error;
use crate::web::error::spoken;
use crate::web::page::{self, Around, Place};
use crate::web::words::extent;
use crate::web::words::settings::{Field, Words};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono_tz::Tz;
use maud::{Markup, html};
use serde::Deserialize;

/// Zones that are offered; any other can be typed.
const ZONES: [&str; 8] = [
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Europe/London",
    "America/New_York",
    "UTC",
];

/// What the form says, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    slug: String,
    name: String,
    motto: String,
    compiled_by: String,
    from_name: String,
    from_address: String,
    reply_to: String,
    language: String,
    zone: String,
    approvals: String,
    own_approval: Option<String>,
    undated: String,
    extent: String,
    /// A line each.
    colophon: String,
    /// A line each.
    testers: String,
    /// The digest of what the page showed.
    seen: String,
}

impl Typed {
    fn of(profile: &Profile) -> Self {
        let text = |line: &Option<String>| line.clone().unwrap_or_default();
        Self {
            slug: profile.slug.to_string(),
            name: profile.name.clone(),
            motto: text(&profile.motto),
            compiled_by: text(&profile.compiled_by),
            from_name: text(&profile.from.name),
            from_address: profile.from.address.to_string(),
            reply_to: profile.reply_to.as_ref().map(ToString::to_string).unwrap_or_default(),
            language: profile.language.tag().to_owned(),
            zone: profile.zone.name().to_owned(),
            approvals: profile.approvals.to_string(),
            own_approval: profile.own_approval.then(|| "on".to_owned()),
            undated: undated(profile.undated).to_owned(),
            extent: profile.extent.word().to_owned(),
            colophon: lines(&profile.colophon),
            testers: lines(&profile.testers),
            seen: profile.digest().to_string(),
        }
    }

    fn fresh() -> Self {
        let (language, zone) = (Language::Chinese.tag().to_owned(), ZONES[0].to_owned());
        Self { language, zone, approvals: "0".into(), undated: "ask".into(), ..Self::default() }
    }

    /// What it means; or which fields mean nothing.
    fn read(&self, words: &Words) -> Result<Changes, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut must = |is_well: bool, field: &'static str, why: &'static str| {
            if !is_well {
                wrong.push(Wrong { field, why: why.to_owned() });
            }
        };
        let (address, zone) = (self.from_address.trim().parse::<Address>(), self.zone.trim().parse::<Tz>());
        let reply_to = match self.reply_to.trim() {
            "" => Ok(None),
            text => text.parse::<Address>().map(Some),
        };
        must(!self.name.trim().is_empty(), "name", words.no_name);
        must(address.is_ok(), "from_address", words.no_address);
        must(reply_to.is_ok(), "reply_to", words.no_address);
        must(zone.is_ok(), "zone", words.no_zone);
        let testers = written(&self.testers).map(str::parse::<Address>).collect::<Result<Vec<_>, _>>();
        let testers = testers.ok().filter(|testers| testers.len() <= AT_ONCE);
        must(testers.is_some(), "testers", words.no_testers);
        let (Ok(address), Ok(reply_to), Ok(zone), true) = (address, reply_to, zone, wrong.is_empty()) else {
            return Err(wrong);
        };
        let name = Some(self.from_name.trim()).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Changes {
            name: Some(self.name.trim().to_owned()),
            from: Some(Mailbox { name, address }),
            compiled_by: Some(self.compiled_by.clone()),
            approvals: self.approvals.parse().ok().filter(|approvals| *approvals <= 3),
            language: self.language.parse().ok(),
            zone: Some(zone),
            undated: self.undated.parse().ok(),
            own_approval: Some(self.own_approval.is_some()),
            motto: Some(self.motto.clone()),
            reply_to: Some(reply_to),
            colophon: Some(written(&self.colophon).map(ColophonLine::of).collect()),
            testers,
            extent: self.extent.parse().ok(),
            ..Changes::default()
        })
    }
}

/// What was written, line by line.
fn written(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn lines<T: ToString>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<_>>().join("\n")
}

fn undated(rule: Undated) -> &'static str {
    match rule {
        Undated::Ask => "ask",
        Undated::DispatchDay => "dispatch-day",
    }
}

/// A field that was not understood.
struct Wrong {
    field: &'static str,
    why: String,
}

/// A form as it is to be shown.
#[derive(Default)]
struct Draft {
    typed: Typed,
    wrong: Vec<Wrong>,
    /// What concerns no one field.
    why: Option<String>,
    /// What somebody else has saved since the page was opened.
    saved: Option<Typed>,
}

/// What stands behind the `?`.
#[derive(Deserialize)]
pub(super) struct Outcome {
    #[serde(default)]
    saved: bool,
}

/// `GET /publications/{publication}/settings`
pub(super) async fn show(
    asked: Asked,
    Path(slug): Path<String>,
    outcome: Result<Query<Outcome>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let profile = publication::find(&asked, &slug).await?.profile;
    let draft = Draft { typed: Typed::of(&profile), ..Draft::default() };
    Ok(page(&asked, &profile, &draft, outcome?.0.saved))
}

/// `POST /publications/{publication}/settings`
pub(super) async fn save(
    asked: Asked,
    Path(slug): Path<String>,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Error> {
    let typed = typed.map_err(|_| Error::Unreadable)?.0;
    let profile = publication::find(&asked, &slug).await?.profile;
    let draft = match typed.read(Words::of(asked.language)) {
        Err(wrong) => Draft { typed, wrong, ..Draft::default() },
        Ok(changes) => {
            let seen = (&profile.slug, typed.seen.as_str());
            match actions::publication::set_seen(asked.store(), asked.actor(), asked.now(), seen, changes).await {
                Ok(_) => {
                    let to = format!("/publications/{}/settings?saved=true", profile.slug);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(error @ actions::Error::Refused(_)) => refused(&asked, &slug, typed, &error).await?,
                Err(other) => return Err(other.into()),
            }
        }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&asked, &profile, &draft, false)).into_response())
}

/// What was typed, beside what is saved now where that is not what the page had shown. Saving it once more is by then
/// done knowingly.
async fn refused(asked: &Asked, slug: &str, typed: Typed, error: &actions::Error) -> Result<Draft, Error> {
    let saved = Typed::of(&publication::find(asked, slug).await?.profile);
    if saved.seen == typed.seen {
        return Ok(Draft { typed, why: Some(spoken(error, asked.language)), ..Draft::default() });
    }
    let why = Some(Words::of(asked.language).stale.to_owned());
    let typed = Typed { seen: saved.seen.clone(), ..typed };
    Ok(Draft { typed, why, saved: Some(saved), ..Draft::default() })
}

fn page(asked: &Asked, profile: &Profile, draft: &Draft, saved: bool) -> Html<String> {
    let (words, letters) = (Words::of(asked.language), extent::Words::of(asked.language));
    let path = format!("/publications/{}", profile.slug);
    let main = html! {
        p .eyebrow { a href=(path) { (profile.name) } }
        h1 { (words.settings) }
        p .lede { (words.lede) }
        section .card.settings {
            @if saved { p .notice role="status" { (words.saved) } }
            form .stack method="post" action={ (path) "/settings" } {
                (fields((words, letters), draft))
                button .primary type="submit" { (words.save) }
            }
        }
    };
    let around =
        Around { title: &format!("{} · {}", profile.name, words.settings), place: Place::Publications, live: false };
    page::desk(asked, &around, &main)
}

/// `GET /publications/new`
pub(super) async fn ask_new(asked: Asked) -> Html<String> {
    page_new(&asked, &Draft { typed: Typed::fresh(), ..Draft::default() })
}

/// `POST /publications/new`
pub(super) async fn add(asked: Asked, typed: Result<Form<Typed>, FormRejection>) -> Result<Response, Error> {
    let typed = typed.map_err(|_| Error::Unreadable)?.0;
    let words = Words::of(asked.language);
    let slug = typed.slug.trim().parse();
    let wrong_slug = slug.is_err().then(|| Wrong { field: "slug", why: words.no_slug.to_owned() });
    let draft = match (typed.read(words), slug) {
        (Ok(changes), Ok(slug)) => {
            let profile = profile(slug, changes);
            match actions::publication::add(asked.store(), asked.actor(), asked.now(), &profile).await {
                Ok(_) => return Ok(Redirect::to(&format!("/publications/{}", profile.slug)).into_response()),
                Err(error @ actions::Error::Refused(_)) => {
                    let wrong = vec![Wrong { field: "slug", why: spoken(&error, asked.language) }];
                    Draft { typed, wrong, ..Draft::default() }
                }
                Err(other) => return Err(other.into()),
            }
        }
        (read, _) => {
            let wrong = wrong_slug.into_iter().chain(read.err().unwrap_or_default()).collect();
            Draft { typed, wrong, ..Draft::default() }
        }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page_new(&asked, &draft)).into_response())
}

/// A publication of these fields.
fn profile(slug: crate::domain::publication::Slug, changes: Changes) -> Profile {
    let Changes { name, from, .. } = changes.clone();
    let plain = Profile {
        slug,
        name: name.unwrap_or_default(),
        from: from.expect("a form that was read has a sender"),
        compiled_by: None,
        approvals: 0,
        language: Language::Chinese,
        zone: Tz::Asia__Shanghai,
        undated: Undated::Ask,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Theme::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    };
    plain.with(changes).0
}

fn page_new(asked: &Asked, draft: &Draft) -> Html<String> {
    let (words, letters) = (Words::of(asked.language), extent::Words::of(asked.language));
    let main = html! {
        p .eyebrow { a href="/publications" { (asked.words().publications) } }
        h1 { (words.new) }
        p .lede { (words.new_lede) }
        section .card.settings {
            form .stack method="post" action="/publications/new" {
                (Fields { words, letters, draft }.line("slug", words.slug, &draft.typed.slug, "text"))
                (fields((words, letters), draft))
                button .primary type="submit" { (words.add) }
            }
        }
    };
    page::desk(asked, &Around { title: words.new, place: Place::Publications, live: false }, &main)
}

fn fields((words, letters): (&Words, &extent::Words), draft: &Draft) -> Markup {
    let (form, typed) = (Fields { words, letters, draft }, &draft.typed);
    html! {
        input type="hidden" name="seen" value=(typed.seen);
        @if let Some(why) = &draft.why { p .refusal role="alert" { (why) } }
        @if !draft.wrong.is_empty() { p .refusal role="alert" { (words.amiss) } }
        h2 { (words.masthead) }
        (form.line("name", words.name, &typed.name, "text"))
        (form.line("motto", words.motto, &typed.motto, "text"))
        (form.line("compiled_by", words.compiled_by, &typed.compiled_by, "text"))
        (form.lines("colophon", words.colophon, &typed.colophon))
        h2 { (words.sending) }
        (form.line("from_name", words.from_name, &typed.from_name, "text"))
        (form.line("from_address", words.from_address, &typed.from_address, "email"))
        (form.line("reply_to", words.reply_to, &typed.reply_to, "email"))
        (form.lines("testers", words.testers, &typed.testers))
        (form.choice("language", words.language, &typed.language, &[("zh-CN", "中文".to_owned()), ("en", "English".to_owned())]))
        (form.line("zone", words.zone, &typed.zone, "text"))
        datalist #zones { @for zone in ZONES { option value=(zone) {} } }
        h2 { (words.rules) }
        (form.choice("approvals", words.approvals, &typed.approvals, &["0", "1", "2", "3"].map(|n| (n, (words.approvals_of)(n.parse().unwrap_or(0))))))
        (form.own_approval())
        (form.choice("undated", words.undated, &typed.undated, &[("ask", words.ask.to_owned()), ("dispatch-day", words.dispatch_day.to_owned())]))
        (form.choice("extent", letters.field, &typed.extent, &[("full", letters.full.to_owned()), ("summary", letters.summary.to_owned())]))
    }
}

/// The fields of a form.
struct Fields<'a> {
    words: &'a Words,
    /// What it says of summaries.
    letters: &'a extent::Words,
    draft: &'a Draft,
}

impl Fields<'_> {
    fn line(&self, field: &'static str, (label, hint): Field, value: &str, kind: &str) -> Markup {
        let list = (field == "zone").then_some("zones");
        html! {
            div .field {
                label { span { (label) } input type=(kind) name=(field) value=(value) maxlength="200" list=[list] autocomplete="off"; }
                small .muted { (hint) }
                (self.remarks(field))
            }
        }
    }

    fn lines(&self, field: &'static str, (label, hint): Field, value: &str) -> Markup {
        html! {
            div .field {
                label { span { (label) } textarea name=(field) rows="3" maxlength="2000" autocomplete="off" { "\n" (value) } }
                small .muted { (hint) }
                (self.remarks(field))
            }
        }
    }

    fn choice(&self, field: &'static str, (label, hint): Field, value: &str, options: &[(&str, String)]) -> Markup {
        html! {
            div .field {
                label { span { (label) }
                    select name=(field) { @for (word, name) in options {
                        option value=(word) selected[*word == value] { (name) }
                    } }
                }
                small .muted { (hint) }
                (self.remarks(field))
            }
        }
    }

    fn own_approval(&self) -> Markup {
        let (label, hint) = self.words.own_approval;
        html! {
            div .field {
                fieldset .choices { label {
                    input type="checkbox" name="own_approval" checked[self.draft.typed.own_approval.is_some()];
                    span { (label) }
                } }
                small .muted { (hint) }
                (self.remarks("own_approval"))
            }
        }
    }

    /// Why the field was not understood, and what somebody else has saved in it.
    fn remarks(&self, field: &str) -> Markup {
        let Draft { typed, wrong, saved, .. } = self.draft;
        let other = saved.as_ref().map(|saved| self.shown(saved, field)).filter(|now| *now != self.shown(typed, field));
        html! {
            @for wrong in wrong.iter().filter(|wrong| wrong.field == field) { p .refusal { (wrong.why) } }
            @if let Some(now) = other { p .notice { (self.words.saved_now) @if now.is_empty() { (self.words.empty) } @else { (now) } } }
        }
    }

    /// A field's value as people read it.
    fn shown(&self, typed: &Typed, field: &str) -> String {
        match field {
            "slug" => typed.slug.clone(),
            "name" => typed.name.clone(),
            "motto" => typed.motto.clone(),
            "compiled_by" => typed.compiled_by.clone(),
            "colophon" => written(&typed.colophon).collect::<Vec<_>>().join("；"),
            "testers" => written(&typed.testers).collect::<Vec<_>>().join("；"),
            "from_name" => typed.from_name.clone(),
            "from_address" => typed.from_address.clone(),
            "reply_to" => typed.reply_to.clone(),
            "language" => typed.language.clone(),
            "zone" => typed.zone.clone(),
            "approvals" => (self.words.approvals_of)(typed.approvals.parse().unwrap_or(0)),
            "own_approval" => {
                if typed.own_approval.is_some() {
                    "✓".to_owned()
                } else {
                    String::new()
                }
            }
            "extent" if typed.extent == "summary" => self.letters.summary.to_owned(),
            "extent" => self.letters.full.to_owned(),
            "undated" if typed.undated == "ask" => self.words.ask.to_owned(),
            "undated" => self.words.dispatch_day.to_owned(),
            _ => String::new(),
        }
    }
}
