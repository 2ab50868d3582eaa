//! Relays: how each is reached and stands, and a test that shows each step of the way to one as it is made. Nothing here
//! goes anywhere: a test is written on the sheet (`web::Relays`), gone beside the station, and read from there.

use super::Asked;
use crate::actions;
use crate::domain::address::Address;
use crate::domain::publication::Publication;
use crate::domain::quota::Quota;
use crate::domain::relay::{Condition, Way};
use crate::domain::walk::{Encrypted, Found, Leg, Order, Step, Trouble, Walk};
use crate::store::{self, issue::Shown};
use crate::web::Error;
use crate::web::page::{self, Around, Place, number, time};
use crate::web::words::relays::Words;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// What the form says.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    relay: String,
    /// The publication in whose name, by its short name.
    #[serde(default)]
    sender: String,
    to: String,
    letter: Option<String>,
}

impl Typed {
    fn of(asked: &Asked) -> Self {
        Self { to: asked.account().email.clone(), letter: Some("on".into()), ..Self::default() }
    }
}

/// `GET /relays`
pub(super) async fn show(asked: Asked) -> Result<Html<String>, Error> {
    page(&asked, &Typed::of(&asked), None).await
}

/// `POST /relays/test`: sets a test out; one goes at a time.
pub(super) async fn test(asked: Asked, typed: Result<Form<Typed>, FormRejection>) -> Result<Response, Error> {
    let typed = typed.map_err(|_| Error::Unreadable)?.0;
    let words = Words::of(asked.language);
    let is_known = asked.pages.relays.ways.borrow().iter().any(|way| way.relay.name == typed.relay);
    if !is_known {
        return Err(Error::Unreadable);
    }
    let Ok(to) = typed.to.trim().parse::<Address>() else {
        let why = (words.bad_address)(typed.to.trim());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&asked, &typed, Some(&why)).await?).into_response());
    };
    let order = order(&asked, &typed, to).await?;
    let mut busy = None;
    asked.pages.relays.sheet.send_if_modified(|walk| {
        busy = walk.as_ref().filter(|walk| !walk.is_over).map(|walk| walk.order.relay.clone());
        if busy.is_none() {
            *walk = Some(Walk::new(order, asked.now()));
        }
        busy.is_none()
    });
    match busy {
        Some(relay) => {
            let why = (words.busy)(&relay);
            Ok((StatusCode::CONFLICT, page(&asked, &typed, Some(&why)).await?).into_response())
        }
        None => {
            actions::account::note_test(asked.store(), asked.actor(), asked.now(), &typed.relay).await?;
            Ok(Redirect::to("/relays#walk").into_response())
        }
    }
}

async fn order(asked: &Asked, typed: &Typed, to: Address) -> Result<Order, Error> {
    let mut reading = asked.read().await?;
    let publications = store::publication::all(&mut reading).await?;
    let chosen = publications.into_iter().find(|publication| publication.profile.slug.as_str() == typed.sender);
    let letter = match &chosen {
        Some(publication) if typed.letter.is_some() => {
            let newest = Shown { only: Some(vec![publication.id]), at_most: Some(1), ..Shown::default() };
            store::issue::known(&mut reading, &newest).await?.first().map(|known| known.id)
        }
        Some(_) | None => None,
    };
    let sender = chosen.map(|publication| publication.profile.from.address);
    Ok(Order { relay: typed.relay.clone(), sender, to, letter, by: asked.account().id })
}

async fn page(asked: &Asked, typed: &Typed, why: Option<&str>) -> Result<Html<String>, Error> {
    let words = Words::of(asked.language);
    let ways = asked.pages.relays.ways.borrow().clone();
    let conditions = asked.pages.relays.conditions.borrow().clone();
    let walk = asked.pages.relays.sheet.borrow().clone();
    let publications = store::publication::all(&mut *asked.read().await?).await?;
    let live = walk.as_ref().is_some_and(|walk| !walk.is_over);
    let main = html! {
        h1 { (words.relays) }
        p .lede { (words.lede) }
        section #relays .relays data-live[live] {
            @if ways.is_empty() { p .empty { (words.none) } }
            @for (nth, way) in (1..).zip(&ways) {
                @let condition = conditions.as_ref().map(|all| all.iter().find(|one| one.relay == way.relay.name));
                (card(asked, (nth, way), condition))
            }
        }
        @if !ways.is_empty() { div .columns.even {
            section .card #test { h2 { (words.test) } (form(words, &ways, &publications, typed, why)) }
            section .card #walk data-live[live] { @if let Some(walk) = &walk { (walked(asked, walk)) } @else { p .muted { (words.test_what) } } }
        } }
        section .card.where { h2 { (words.settings) }
            p { (words.settings_where[0]) code { (asked.pages.relays.file) } (words.settings_where[1]) }
            p .muted { (words.settings_keys) }
            p .muted { (words.settings_apply) }
        }
    };
    let around = Around { title: words.relays, place: Place::Relays, live };
    Ok(page::desk(asked, &around, &main))
}

/// A relay; of one whose condition nobody knows, the inner none, the courier has not heard yet.
fn card(asked: &Asked, (nth, way): (usize, &Way), condition: Option<Option<&Condition>>) -> Markup {
    let words = Words::of(asked.language);
    let under_way = condition.flatten().map(|condition| condition.under_way);
    let had = condition.flatten().and_then(|condition| condition.spent.as_ref()).map(|spent| spent.had(asked.now()));
    html! {
        section .card {
            h2 { span .muted { (nth) ". " } (way.relay.name) }
            (stands(asked, &way.relay.name, condition))
            dl .facts.relay {
                div { dt { (words.address) } dd { (way.host) ":" (way.port) } }
                div { dt { (words.encryption) } dd { ((words.encrypted)(way.encryption)) } }
                div { dt { (words.user) } dd { (way.user.as_deref().unwrap_or(words.no_user)) } }
                div { dt { (words.connections) } dd { @if let Some(n) = under_way { (n) " / " } (way.connections) } }
                div { dt { (words.senders) } dd {
                    @if way.relay.senders.is_empty() { (words.every_sender) } @else { (way.relay.senders.join(", ")) }
                } }
                div { dt { (words.quota) } dd { (quota(words, way.relay.quota, had)) } }
            }
        }
    }
}

fn stands(asked: &Asked, relay: &str, condition: Option<Option<&Condition>>) -> Markup {
    let words = Words::of(asked.language);
    let Some(known) = condition else { return html! { p .mark.queued { (words.not_here) } } };
    let Some(Condition { rests_until, is_unfit, trouble, .. }) = known.filter(|known| known.is_tried) else {
        let walked = asked.pages.relays.sheet.borrow().as_ref().is_some_and(|walk| walk.went_well(relay));
        return html! {
            @if walked { p .mark.accepted { (words.walked_well) } } @else { p .mark.queued { (words.untried) } }
        };
    };
    html! {
        @match (is_unfit, rests_until) {
            (true, _) => p .mark.failed { (words.unfit) },
            (false, Some(until)) => p .mark.paused { (words.rests) " " (time(*until, asked.pages.zone)) },
            (false, None) if trouble.is_some() => p .mark.paused { (words.failed) },
            (false, None) => p .mark.accepted { (words.well) },
        }
        @if let Some(trouble) = trouble { (reason(asked, trouble)) }
    }
}

/// What it takes, and what it has had of that where the courier that runs knows.
fn quota(words: &Words, quota: Quota, had: Option<[u32; 2]>) -> Markup {
    let [hour, day] = had.map_or([None; 2], |had| had.map(Some));
    let each = [(words.an_hour, hour, quota.per_hour), (words.a_day, day, quota.per_day)];
    html! {
        @if !quota.is_limited() { (words.no_quota) }
        @for (span, had, most) in each { @if let Some(most) = most {
            span { (span) " " @if let Some(had) = had { (number(had.into())) " / " } (number(most.into())) } " "
        } }
    }
}

fn form(words: &Words, ways: &[Way], publications: &[Publication], typed: &Typed, why: Option<&str>) -> Markup {
    html! {
        form .stack method="post" action="/relays/test" {
            @if let Some(why) = why { p .refusal role="alert" { (why) } }
            label { span { (words.which) }
                select name="relay" { @for way in ways {
                    option value=(way.relay.name) selected[typed.relay == way.relay.name] { (way.relay.name) }
                } }
            }
            @if publications.is_empty() { small .muted { (words.no_sender) } } @else {
                label { span { (words.sender) }
                    select name="sender" { @for Publication { profile, .. } in publications {
                        option value=(profile.slug) selected[typed.sender == profile.slug.as_str()] { (profile.name) " · " (profile.from.address) }
                    } }
                }
            }
            label { span { (words.to) } input type="email" name="to" value=(typed.to) required autocomplete="email"; }
            @if !publications.is_empty() {
                fieldset .choices {
                    label { input type="checkbox" name="letter" checked[typed.letter.is_some()]; span { (words.letter) } }
                    small .muted { (words.letter_hint) }
                }
            }
            button .primary type="submit" { (words.go) }
        }
    }
}

fn walked(asked: &Asked, walk: &Walk) -> Markup {
    let (words, relay) = (Words::of(asked.language), walk.order.relay.as_str());
    let has = |leg| walk.steps.iter().any(|step| step.leg == leg);
    let is_in_clear = has(Leg::Ehlo) && !has(Leg::Tls) && walk.is_over;
    html! {
        h2 { @if walk.is_over { ((words.walked)(relay)) } @else { ((words.under_way)(relay)) } }
        p .muted { (time(walk.begun, asked.pages.zone)) " · " (walk.order.to) }
        ol .walk { @for one in &walk.steps { (step(asked, one)) } }
        @if !walk.is_over { p .muted role="status" { (words.stays) } }
        @if is_in_clear { p .muted { (words.in_clear) } }
        @if walk.is_over && walk.trouble().is_none() {
            @if !has(Leg::Auth) { p .muted { (words.unsigned) } }
            p .notice { @if has(Leg::Recipient) { (words.takes) } @else { (words.greets) } }
        }
        @match &walk.letter {
            Some(Ok(delivery)) => p { (words.queued) a href={ "/deliveries/" (delivery) } { (words.its_way) } },
            Some(Err(why)) => p .refusal { (words.no_letter) (why.spoken(asked.language)) },
            None => {},
        }
    }
}

fn step(asked: &Asked, Step { leg, took, found }: &Step) -> Markup {
    let words = Words::of(asked.language);
    let ends = matches!(found, Found::Trouble(_));
    html! {
        li .ends[ends] {
            div .head {
                strong { ((words.leg)(*leg)) }
                span .mark.(if ends { "failed" } else { "accepted" }) { @if ends { (words.ends) } @else { (words.goes) } }
                span .muted.took { ((words.took)(took.as_millis())) }
            }
            @match found {
                Found::Addresses(addresses) => p .answer { (addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) },
                Found::Reached(address) => p { (words.reached) " " span .answer { (address) } },
                Found::Reply(reply) => p .answer { (reply) },
                Found::Offers(offers) => p .answer { (offers.join(" · ")) },
                Found::Encrypted(encrypted) => (how(asked, encrypted)),
                Found::Trouble(trouble) => (reason(asked, trouble)),
            }
        }
    }
}

fn how(asked: &Asked, Encrypted { version, names, until, is_proven }: &Encrypted) -> Markup {
    let words = Words::of(asked.language);
    html! {
        p {
            (version) " · " @if *is_proven { (words.proven) } @else { (words.unproven) }
            @if !names.is_empty() { " · " (words.certificate) " " span .answer { (names.join(", ")) } }
            @if let Some(until) = until { " · " (words.until) " " (time(*until, asked.pages.zone)) }
        }
    }
}

fn reason(asked: &Asked, Trouble { why, next, reply, .. }: &Trouble) -> Markup {
    let words = Words::of(asked.language);
    html! {
        dl .why {
            div { dt { (words.why) } dd { (why.spoken(asked.language)) } }
            div { dt { (words.next) } dd { (next.spoken(asked.language)) } }
            @if let Some(reply) = reply { div { dt { (words.reply) } dd .answer { (reply) } } }
        }
    }
}
