//! One reader: who they are, each subscription with its history, a suppression, and what they got. That somebody
//! looked is noted.

use super::search::seen;
use super::{Asked, basis_choice, called, named, shown, standing};
use crate::actions;
use crate::domain::account::Permission;
use crate::domain::audit::Actor;
use crate::domain::audit::Line;
use crate::domain::id::{ListId, SubscriberId};
use crate::domain::moment::Moment;
use crate::domain::subscriber::{Basis, Person, Subscriber};
use crate::store::subscriber::Subscribed;
use crate::store::{self, roster::Came};
use crate::web::Error;
use crate::web::desk::delivery;
use crate::web::page::time;
use crate::web::words::readers::Words;
use axum::extract::Path;
use axum::response::Html;
use maud::{Markup, html};

/// The reader that a path names, if the visitor may see them: who is on other publications' lists only is not there.
pub(super) async fn find(asked: &Asked, segment: &str) -> Result<Subscriber, Error> {
    let id: SubscriberId = named(segment)?;
    let mut reading = asked.read().await?;
    if let Some(publications) = asked.confined_to(Permission::SeeReaders)
        && !store::subscriber::is_of(&mut reading, id, &publications).await?
    {
        return Err(Error::NoPage);
    }
    store::subscriber::find(&mut reading, id).await?.ok_or(Error::NoPage)
}

/// `GET /readers/{subscriber}`
pub(in crate::web::desk) async fn show(asked: Asked, Path(id): Path<String>) -> Result<Html<String>, Error> {
    let reader = find(&asked, &id).await?;
    actions::subscriber::see(asked.store(), asked.actor(), asked.now(), reader.id).await?;
    page(&asked, &reader, None, None).await
}

/// Their page; what was refused stands above, and what was typed of the person stays.
pub(super) async fn page(
    asked: &Asked,
    reader: &Subscriber,
    refused: Option<&str>,
    typed: Option<&Person>,
) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let subscribed = seen(asked, store::subscriber::subscriptions(&mut reading, &[reader.id]).await?);
    let suppressed = store::subscriber::suppressed(&mut reading, &reader.address).await?;
    drop(reading);
    let keeps = may_keep(asked, &subscribed);
    let (letters, history) = (delivery::of_reader(asked, reader.id).await?, history(asked, reader, &subscribed).await?);
    let main = html! {
        p .eyebrow { a href="/readers" { (words.readers) } }
        h1 { (called(&reader.person, reader.address.as_str())) }
        @if let Some(said) = refused { p .refusal role="alert" { (said) } }
        @if let Some(why) = &suppressed { (suppression(words, reader, why, keeps)) }
        div .columns {
            div .pile {
                section .card { h2 { (words.subscriptions) } (subscriptions(asked, reader, &subscribed).await?) }
                section .card { h2 { (words.got) } (letters) }
            }
            aside .pile {
                section .card { h2 { (words.person) } (person(words, reader, keeps, typed)) }
                section .card { h2 { (words.history) } (history) }
            }
        }
    };
    Ok(shown(asked, called(&reader.person, reader.address.as_str()), &main))
}

/// Whether the visitor may change a reader: where they may keep readers of a publication whose list they are on, or
/// everywhere.
pub(super) fn may_keep(asked: &Asked, subscribed: &[Subscribed]) -> bool {
    let everywhere = asked.account().rights.posts.is_empty() && asked.may(Permission::KeepReaders);
    everywhere || subscribed.iter().any(|one| asked.may_at(Permission::KeepReaders, one.publication))
}

fn suppression(words: &Words, reader: &Subscriber, why: &str, keeps: bool) -> Markup {
    html! {
        section .card.suppressed {
            p { span .mark.failed { (words.suppressed) } " " (words.suppressed_note) " " span .muted { (why) } }
            @if keeps { (exception(words, &format!("/readers/{}/lift", reader.id), words.lift, None)) }
        }
    }
}

/// A deed that needs a reason.
fn exception(words: &Words, action: &str, deed: &str, list: Option<&str>) -> Markup {
    html! {
        details .exception {
            summary { (deed) }
            form .filter method="post" action=(action) {
                @if let Some(list) = list { input type="hidden" name="list" value=(list); }
                label .wide { span { (words.reason) } input name="why" required maxlength="500" placeholder=(words.reason_hint); }
                button type="submit" { (deed) }
            }
        }
    }
}

async fn subscriptions(asked: &Asked, reader: &Subscriber, subscribed: &[Subscribed]) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let others = others(asked, subscribed).await?;
    let at = format!("/readers/{}", reader.id);
    Ok(html! {
        @if subscribed.is_empty() { p .muted { (words.on_no_list) } }
        ul .subscriptions { @for one in subscribed { li {
            div .line {
                strong { (one.list_name) } " " span .muted { (one.publication_name) }
            }
            p { (standing(words, &one.state, one.why.as_deref(), None)) " · " ((words.basis_of)(&one.basis)) " · "
                span .muted { (words.since) " " (time(one.since, asked.pages.zone)) } }
            @if asked.may_at(Permission::KeepReaders, one.publication) {
                @if one.state == "ended" {
                    (exception(words, &format!("{at}/return"), words.bring_back, Some(&one.path)))
                } @else {
                    (exception(words, &format!("{at}/leave"), words.leave_for, Some(&one.path)))
                }
            }
        } } }
        @if !others.is_empty() {
            form .filter method="post" action={ (at) "/add" } {
                label { span { (words.add_to) }
                    select name="list" { @for (path, name) in &others { option value=(path) { (name) } } }
                }
                (basis_choice(words, Basis::Asked))
                button type="submit" { (words.add) }
            }
        }
    })
}

/// The lists that a reader could be put on by this visitor: path and name.
async fn others(asked: &Asked, subscribed: &[Subscribed]) -> Result<Vec<(String, String)>, Error> {
    let mut reading = asked.read().await?;
    let mut others = Vec::new();
    for publication in store::publication::all(&mut reading).await? {
        if !asked.may_at(Permission::KeepReaders, publication.id) {
            continue;
        }
        for list in store::list::of_publication(&mut reading, publication.id).await? {
            if !subscribed.iter().any(|one| one.list == list.id) {
                let path = format!("{}/{}", publication.profile.slug, list.slug);
                others.push((path, format!("{} · {}", publication.profile.name, list.name)));
            }
        }
    }
    Ok(others)
}

fn person(words: &Words, reader: &Subscriber, keeps: bool, typed: Option<&Person>) -> Markup {
    let fields = words.fields.into_iter().zip(reader.person.fields());
    html! {
        dl .particulars {
            div { dt { (words.address) } dd .address { (reader.address) } }
            @for ((_, word), value) in fields { @if let Some(value) = value { div { dt { (word) } dd { (value) } } } }
        }
        @if keeps {
            @let shown = typed.unwrap_or(&reader.person);
            details open[typed.is_some()] {
                summary { (words.edit) }
                form .stack method="post" action={ "/readers/" (reader.id) "/edit" } {
                    input type="hidden" name="was" value=(serde_json::json!(reader.person));
                    @for ((name, word), value) in words.fields.into_iter().zip(shown.fields()) {
                        label { span { (word) } input name=(name) maxlength="200" value=[value.as_deref()]; }
                    }
                    button .primary type="submit" { (words.save) }
                }
            }
        }
    }
}

/// What happened to their subscriptions and to what is known of them, the newest first.
async fn history(asked: &Asked, reader: &Subscriber, subscribed: &[Subscribed]) -> Result<Markup, Error> {
    let words = Words::of(asked.language);
    let mut reading = asked.read().await?;
    let name_of = |id: ListId| subscribed.iter().find(|one| one.list == id).map(|one| one.list_name.as_str());
    let mut happened: Vec<(Moment, String, String)> = Vec::new();
    for Came { at, list, name, joined } in store::roster::of_reader(&mut reading, reader.id).await? {
        if let Some(list) = name_of(list) {
            happened.push((at, (words.came)(list, joined), name));
        }
    }
    for line in store::audit::of_reader(&mut reading, reader.id).await? {
        if let Some(detail) = told(&line, subscribed) {
            let by = by(asked, &mut reading, &line.actor).await?;
            happened.push((line.at, words.verb(&line.verb), [by, detail].join(" ")));
        }
    }
    happened.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    Ok(html! {
        @if happened.is_empty() { p .muted { (words.no_history) } }
        ol .past { @for (at, what, more) in &happened { li {
            span { (what) } " " span .muted { (more) } br; span .muted { (time(*at, asked.pages.zone)) }
        } } }
    })
}

/// What a line of the audit says beside its verb; none where it is of a list that the visitor does not see.
fn told(line: &Line, subscribed: &[Subscribed]) -> Option<String> {
    let detail = line.detail.clone().unwrap_or_default();
    let (of, rest) = detail.split_once(": ").unwrap_or((&detail, ""));
    let number = |prefix: &str| of.strip_prefix(prefix).and_then(|id| id.parse::<i64>().ok());
    if let Some(id) = number("list ") {
        let one = subscribed.iter().find(|one| one.list.0 == id)?;
        return Some(format!("{} {rest}", one.list_name));
    }
    if let Some(id) = number("publication ") {
        let one = subscribed.iter().find(|one| one.publication.0 == id)?;
        return Some(format!("{} {rest}", one.publication_name));
    }
    Some(detail)
}

/// Who did it, as a page calls them.
async fn by(asked: &Asked, conn: &mut store::Connection, actor: &str) -> Result<String, Error> {
    let words = Words::of(asked.language);
    if let Some(id) = actor.strip_prefix("account:").and_then(|id| id.parse::<i64>().ok()) {
        let account = store::account::find(conn, id.into()).await?;
        return Ok(account.map_or_else(|| actor.to_owned(), |account| account.called().to_owned()));
    }
    Ok(match actor.split_once(':') {
        Some(("reader", _)) => words.themselves.to_owned(),
        Some(("operator", name)) => name.to_owned(),
        _ if actor == Actor::Station.to_string() => asked.words().house.to_owned(),
        _ => actor.to_owned(),
    })
}
