//! Schedules: set, paused, and fired here. An occurrence fires once or never: it is noted in the transaction
//! that plans its dispatch. What goes is an edition that people have made ready; nothing is printed here.

use super::{Error, Result, dispatch, edition, issue, list, notice, publication_named};
use crate::domain::audit::Actor;
use crate::domain::dispatch::Occasion;
use crate::domain::document::Flag;
use crate::domain::id::{EditionId, IssueId, ListId};
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::publication::{Publication, Slug};
use crate::domain::schedule::{Calendar, Judgement, Lacking, Missed, Occurrence, Outcome, Schedule, Unready};
use crate::store::dispatch::Plan;
use crate::store::schedule::{Rule, Waiting};
use crate::store::{self, Connection, Store, Writing};
use chrono_tz::Tz;
use std::time::Duration;

/// Occurrences noted in one transaction, so that a long downtime keeps nobody waiting.
const AT_ONCE: usize = 1_000;

/// What is to recur.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which publication.
    pub publication: Slug,
    /// When.
    pub calendar: Calendar,
    /// To whom.
    pub lists: Vec<ListPath>,
    /// How late an occurrence may fire; none is as the settings say.
    pub grace: Option<Duration>,
}

/// Sets the schedule of a publication, over the one it had. Hours count from now, but the same rule again
/// changes nothing: an hour that is late stays due. A paused schedule stays paused.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] for a list of another publication, or for none.
pub async fn set(store: &Store, actor: Actor, now: Moment, order: &Order) -> Result<Schedule> {
    let mut writing = store.write(actor, now).await?;
    let publication = publication_named(&mut writing, &order.publication).await?.id;
    let lists = list::of_publication(&mut writing, publication, &order.lists).await?;
    let rule = Rule { publication, calendar: order.calendar.clone(), lists, grace: order.grace };
    if let Some(known) = store::schedule::of(&mut writing, publication).await?.filter(|known| says(known, &rule)) {
        return Ok(known);
    }
    store::schedule::set(&mut writing, &rule).await?;
    let schedule = named(&mut writing, &order.publication).await?.0;
    note(&mut writing, "set", &schedule, Some(rule.calendar.to_string())).await?;
    writing.commit().await?;
    Ok(schedule)
}

fn says(schedule: &Schedule, rule: &Rule) -> bool {
    schedule.calendar == rule.calendar && schedule.lists == rule.lists && schedule.grace == rule.grace
}

/// Pauses a publication's schedule: its hours pass without being noted.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it is paused already.
pub async fn pause(store: &Store, actor: Actor, now: Moment, slug: &Slug) -> Result<Schedule> {
    set_paused(store, actor, now, slug, true).await
}

/// Lets a paused schedule go on with the hours after now.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Refused`] when it is not paused.
pub async fn resume(store: &Store, actor: Actor, now: Moment, slug: &Slug) -> Result<Schedule> {
    set_paused(store, actor, now, slug, false).await
}

async fn set_paused(store: &Store, actor: Actor, now: Moment, slug: &Slug, paused: bool) -> Result<Schedule> {
    let mut writing = store.write(actor, now).await?;
    let publication = named(&mut writing, slug).await?.0.publication;
    let (verb, word) = if paused { ("pause", "paused") } else { ("resume", "active") };
    if !store::schedule::set_paused(&mut writing, publication, paused).await? {
        let chinese = if paused { "已经暂停" } else { "没有暂停" };
        return Err(Error::refused(
            format!("the schedule of {slug} is {word} already; `yizhan schedule list` tells more"),
            format!("{slug} 的排期{chinese}，不需要这样做。"),
        ));
    }
    let schedule = named(&mut writing, slug).await?.0;
    note(&mut writing, verb, &schedule, None).await?;
    writing.commit().await?;
    Ok(schedule)
}

/// The schedule of the publication with this short name, and the publication.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn named(conn: &mut Connection, slug: &Slug) -> Result<(Schedule, Publication)> {
    let publication = publication_named(conn, slug).await?;
    let schedule = store::schedule::of(conn, publication.id).await?.ok_or_else(|| Error::Unknown {
        noun: "schedule",
        name: format!("of {slug}"),
        next: "set one with `yizhan schedule set PUB --cron '0 9 1 * *' --to PUB/LIST`",
    })?;
    Ok((schedule, publication))
}

/// Whether the hour of a schedule has come that is not noted.
///
/// # Errors
/// [`Error::Store`].
pub async fn any_due(store: &Store, now: Moment) -> Result<bool> {
    Ok(next_hour(&mut *store.read().await?).await?.is_some_and(|hour| hour <= now))
}

/// The next hour of all schedules; in the past while it is not noted.
///
/// # Errors
/// [`Error::Store`].
pub async fn next_hour(conn: &mut Connection) -> Result<Option<Moment>> {
    Ok(coming(conn).await?.into_iter().map(|(_, _, occurrence)| occurrence.at).min())
}

/// The next occurrence of each schedule that is not paused, with its zone.
async fn coming(conn: &mut Connection) -> Result<Vec<(Schedule, Tz, Occurrence)>> {
    let mut coming = Vec::new();
    for schedule in store::schedule::all(conn).await?.into_iter().filter(|schedule| !schedule.paused) {
        let zone = store::publication::find(conn, schedule.publication).await?.profile.zone;
        let next = schedule.calendar.after(schedule.upto, zone).next();
        coming.extend(next.map(|occurrence| (schedule, zone, occurrence)));
    }
    Ok(coming)
}

/// The day that dates an issue which is dated by its dispatch: that of the publication's next hour, or today's
/// where it has none.
pub(super) async fn day_of_dispatch(conn: &mut Connection, publication: &Publication, now: Moment) -> Result<Moment> {
    let schedule = store::schedule::of(conn, publication.id).await?.filter(|schedule| !schedule.paused);
    let next = schedule.and_then(|schedule| schedule.calendar.after(now, publication.profile.zone).next());
    Ok(next.map_or(now, |occurrence| occurrence.at))
}

/// Notes what has become due of one schedule, and fires its last hour if that is within the grace (the
/// schedule's own, or this one). Returns whether there may be more to do. Only who holds the fence calls this.
///
/// # Errors
/// [`Error::Store`].
pub async fn fire(store: &Store, now: Moment, grace: Duration) -> Result<bool> {
    if !any_due(store, now).await? {
        return Ok(false);
    }
    let mut writing = store.write(Actor::Station, now).await?;
    // Asked again inside: it may have been paused in between.
    let due = coming(&mut writing).await?.into_iter().find(|(_, _, occurrence)| occurrence.at <= now);
    let Some((schedule, zone, _)) = due else { return Ok(false) };
    let due = schedule.due(zone, now, schedule.grace.unwrap_or(grace), AT_ONCE);
    let mut missed = Vec::new();
    for (occurrence, judgement) in &due {
        match judgement {
            Judgement::Miss(why) => missed.push((*occurrence, *why)),
            Judgement::Fire => fire_one(&mut writing, &schedule, *occurrence).await?,
        }
    }
    note_missed(&mut writing, &schedule, &missed).await?;
    if let Some((last, _)) = due.last() {
        store::schedule::reach(&mut writing, schedule.id, last.at).await?;
    }
    writing.commit().await?;
    Ok(true)
}

async fn note_missed(writing: &mut Writing, schedule: &Schedule, missed: &[(Occurrence, Missed)]) -> Result<()> {
    let Some((last, _)) = missed.last() else { return Ok(()) };
    let new = store::schedule::note_missed(writing, schedule.id, missed).await?;
    if new > 0 {
        note(writing, "miss", schedule, Some(format!("{new} up to {}", last.label))).await?;
    }
    Ok(())
}

/// Plans the dispatch of an hour, or notes that nothing is ready. An hour that was noted before a clock went
/// back is left as it is.
async fn fire_one(writing: &mut Writing, schedule: &Schedule, occurrence: Occurrence) -> Result<()> {
    if store::schedule::is_noted(writing, schedule.id, occurrence.label).await? {
        return Ok(());
    }
    let outcome = match choose(writing, schedule).await? {
        Ok(Chosen { edition, issue, lists }) => {
            // Round 0 and never a later one: what readers have had goes to them again by a person's order only.
            let plan = Plan { edition, issue, lists, at: occurrence.at, round: 0, occasion: Occasion::First };
            let dispatch = store::dispatch::insert(writing, &plan).await?;
            store::audit::note(writing, "plan", "dispatch", Some(dispatch.0), None).await?;
            Outcome::Fired(dispatch)
        }
        Err(unready) => Outcome::NothingReady(unready.why),
    };
    store::schedule::note(writing, schedule.id, occurrence, &outcome).await?;
    let became =
        outcome.dispatch().map_or_else(|| outcome.word().to_owned(), |dispatch| format!("dispatch {dispatch}"));
    note(writing, "fire", schedule, Some(format!("{}: {became}", occurrence.label))).await
}

/// Looks ahead to the next hour of one schedule, so long before it, and reminds the publication's editors where nothing
/// is ready for it. Each hour is looked ahead to once. Returns whether there may be more to do. Only who holds the fence
/// calls this.
///
/// # Errors
/// [`Error::Store`].
pub async fn remind(store: &Store, now: Moment, lead: Duration) -> Result<bool> {
    if next_look_ahead(&mut *store.read().await?, now, lead).await?.is_none_or(|when| when > now) {
        return Ok(false);
    }
    let mut writing = store.write(Actor::Station, now).await?;
    let looks = looks_ahead(&mut writing, now, lead).await?;
    let Some((schedule, next, _)) = looks.into_iter().find(|(_, _, when)| *when <= now) else { return Ok(false) };
    if let Err(unready) = choose(&mut writing, &schedule).await? {
        let publication = store::publication::find(&mut writing, schedule.publication).await?;
        notice::reminder(&mut writing, &publication, next, &unready).await?;
    }
    store::schedule::look_ahead(&mut writing, schedule.id, next.at).await?;
    writing.commit().await?;
    Ok(true)
}

/// When a schedule is next to be looked ahead to; none where the house sends no notices.
///
/// # Errors
/// [`Error::Store`].
pub async fn next_look_ahead(conn: &mut Connection, now: Moment, lead: Duration) -> Result<Option<Moment>> {
    if !store::notice::go(conn).await? {
        return Ok(None);
    }
    Ok(looks_ahead(conn, now, lead).await?.into_iter().map(|(_, _, when)| when).min())
}

/// The hours that nobody has looked ahead to, and when to.
async fn looks_ahead(
    conn: &mut Connection,
    now: Moment,
    lead: Duration,
) -> Result<Vec<(Schedule, Occurrence, Moment)>> {
    let mut looks = Vec::new();
    for schedule in store::schedule::all(conn).await?.into_iter().filter(|schedule| !schedule.paused) {
        let zone = store::publication::find(conn, schedule.publication).await?.profile.zone;
        let next = schedule.to_look_ahead_to(zone, now, lead);
        looks.extend(next.map(|(occurrence, when)| (schedule, occurrence, when)));
    }
    Ok(looks)
}

/// The issue that would go out now if an hour came, or why none would.
///
/// # Errors
/// [`Error::Store`].
pub async fn would_go(conn: &mut Connection, schedule: &Schedule) -> Result<std::result::Result<IssueId, String>> {
    let Some((newest, _)) = newest(conn, schedule).await? else { return Ok(Err(nothing_later().why)) };
    let needed = store::publication::find(conn, schedule.publication).await?.profile.approvals;
    Ok(ready(conn, &newest, needed).await?.map(|_| newest.issue).map_err(|unready| unready.why))
}

fn nothing_later() -> Unready {
    let why = "there is no issue later than the last one dispatched".to_owned();
    Unready { lacking: Lacking::Issue, issue: None, why }
}

/// What goes out at an hour.
struct Chosen {
    edition: EditionId,
    issue: IssueId,
    lists: Vec<ListId>,
}

/// The newest issue, for the lists that have not had it or a later one, if it is ready; otherwise what it lacks. An
/// older one never goes in its place, nor a change of what readers of the schedule's lists have.
async fn choose(writing: &mut Writing, schedule: &Schedule) -> Result<std::result::Result<Chosen, Unready>> {
    let Some((newest, lists)) = newest(writing, schedule).await? else {
        return Ok(Err(nothing_later()));
    };
    let (issue, needed) =
        (newest.issue, store::publication::find(writing, schedule.publication).await?.profile.approvals);
    let edition = match ready(writing, &newest, needed).await? {
        Ok(edition) => edition,
        Err(unready) => return Ok(Err(unready)),
    };
    let elsewhere = |why| Unready { lacking: Lacking::Readers, issue: Some(issue), why };
    Ok(match dispatch::known_to(writing, issue, &schedule.lists).await {
        Ok(None) => Ok(Chosen { edition, issue, lists }),
        Ok(Some(dispatch)) => Err(elsewhere(format!("dispatch {dispatch} has brought issue {issue} to these lists"))),
        Err(Error::Store(error)) => return Err(error.into()),
        Err(why) => Err(elsewhere(why.to_string())),
    })
}

/// The newest issue that waits for any of the schedule's lists, with those that it waits for.
async fn newest(conn: &mut Connection, schedule: &Schedule) -> Result<Option<(Waiting, Vec<ListId>)>> {
    let mut all: Vec<(Waiting, ListId)> = Vec::new();
    for &list in &schedule.lists {
        all.extend(store::schedule::newest(conn, schedule.publication, list).await?.map(|waiting| (waiting, list)));
    }
    // One without a place is older than any that has one.
    let Some(newest) = all.iter().map(|(waiting, _)| waiting).max_by_key(|waiting| (waiting.place, waiting.issue))
    else {
        return Ok(None);
    };
    let lists = all.iter().filter(|(waiting, _)| waiting == newest).map(|(_, list)| *list).collect();
    Ok(Some((newest.clone(), lists)))
}

/// The edition in which an issue may go out by itself, or what it lacks.
async fn ready(
    conn: &mut Connection,
    waiting: &Waiting,
    approvals: u8,
) -> Result<std::result::Result<EditionId, Unready>> {
    let id = waiting.issue;
    let lacks = |lacking, why| Ok(Err(Unready { lacking, issue: Some(id), why }));
    if issue::find(conn, id).await?.flags.iter().any(Flag::is_open) {
        return lacks(Lacking::Answers, format!("issue {id} has open questions; `yizhan issue show {id}` lists them"));
    }
    let Some(edition) = waiting.edition else {
        let what = if waiting.submitted { "was changed since it was submitted" } else { "was not submitted" };
        return lacks(Lacking::Submission, format!("issue {id} {what}; `yizhan edition submit {id}` makes it ready"));
    };
    if waiting.place.is_none() {
        return lacks(
            Lacking::Place,
            format!(
                "issue {id} has no year and number, so it cannot be told whether it is later than the last one; `yizhan dispatch start {id}` sends it"
            ),
        );
    }
    match edition::approval::require_approval(conn, edition, approvals).await {
        Ok(()) => Ok(Ok(edition)),
        Err(missing @ (Error::ApprovalsMissing { .. } | Error::Refused(_))) => {
            lacks(Lacking::Approval, missing.to_string())
        }
        Err(other) => Err(other),
    }
}

async fn note(writing: &mut Writing, verb: &str, schedule: &Schedule, detail: Option<String>) -> Result<()> {
    Ok(store::audit::note(writing, verb, "schedule", Some(schedule.id.0), detail).await?)
}
