//! `yizhan schedule …`

use super::context::Context;
use super::{output, publication};
use crate::actions;
use crate::actions::schedule::Order;
use crate::domain::list::ListPath;
use crate::domain::moment::Moment;
use crate::domain::publication::{Publication, Slug};
use crate::domain::schedule::{Calendar, Occurrence, Schedule as Row};
use crate::store::schedule::Past;
use crate::store::{self, Connection};
use chrono_tz::Tz;
use clap::Subcommand;
use serde_json::{Value, json};
use std::time::Duration;

/// Schedules
#[derive(Debug, Subcommand)]
pub(super) enum Schedule {
    /// Sends the newest issue, if it is ready, at every hour of a calendar
    Set {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
        /// Five fields in the publication's zone, minute hour day month weekday: '0 9 1 * *' is the 1st of each month at 09:00
        #[arg(long, value_name = "EXPR")]
        cron: Calendar,
        /// To which list; may be given several times
        #[arg(long, required = true)]
        to: Vec<ListPath>,
        /// How late an hour may fire after a downtime, as '12h' or '3days'; as the settings say without it
        #[arg(long, value_parser = humantime_serde::re::humantime::parse_duration)]
        grace: Option<Duration>,
    },
    /// Lists the schedules, each with its next hour and what became of the last
    List,
    /// Shows the coming hours
    Next {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
        /// How many
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
        count: u16,
    },
    /// Shows what became of the past hours, the newest first
    Log {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
        /// How many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
        count: u16,
    },
    /// Pauses a schedule: its hours pass
    Pause {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
    },
    /// Lets a paused schedule go on with the hours to come
    Resume {
        /// The publication's short name
        #[arg(value_parser = publication::named)]
        publication: Slug,
    },
}

impl Schedule {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (store, actor, now) = (&context.store, context.actor.clone(), context.clock.now());
        let slug = match self {
            Self::Set { publication, cron, to, grace } => {
                let order = Order { publication, calendar: cron, lists: to, grace };
                actions::schedule::set(store, actor, now, &order).await?;
                order.publication
            }
            Self::List => return list(context).await,
            Self::Next { publication, count } => return next(context, &publication, count.into()).await,
            Self::Log { publication, count } => return log(context, &publication, count.into()).await,
            Self::Pause { publication } => {
                actions::schedule::pause(store, actor, now, &publication).await?;
                publication
            }
            Self::Resume { publication } => {
                actions::schedule::resume(store, actor, now, &publication).await?;
                publication
            }
        };
        show(context, &slug).await
    }
}

/// A schedule with what belongs to it.
struct View {
    schedule: Row,
    publication: Publication,
    lists: Vec<String>,
    next: Option<Occurrence>,
    last: Option<Past>,
}

impl View {
    async fn of(conn: &mut Connection, schedule: Row) -> anyhow::Result<Self> {
        let publication = store::publication::find(conn, schedule.publication).await?;
        let mut lists = Vec::new();
        for list in &schedule.lists {
            let slug = store::list::find(conn, *list).await?.slug;
            lists.push(format!("{}/{slug}", publication.profile.slug));
        }
        let next = schedule.calendar.after(schedule.upto, publication.profile.zone).next();
        let last = store::schedule::past(conn, schedule.id, 1).await?.pop();
        Ok(Self { next: next.filter(|_| !schedule.paused), schedule, publication, lists, last })
    }

    fn zone(&self) -> Tz {
        self.publication.profile.zone
    }

    fn state(&self) -> &'static str {
        if self.schedule.paused { "paused" } else { "active" }
    }

    fn json(&self) -> Value {
        let zone = self.zone();
        json!({
            "schedule": self.schedule.id, "publication": self.publication.profile.slug,
            "cron": self.schedule.calendar.to_string(), "zone": zone.name(), "lists": self.lists,
            "grace_s": self.schedule.grace.map(|grace| grace.as_secs()), "state": self.state(),
            "since": self.schedule.since.rfc3339_in(zone),
            "next": self.next.map(|next| occurrence_json(next, zone)),
            "last": self.last.as_ref().map(|last| past_json(last, zone)),
        })
    }
}

async fn show(context: &Context, slug: &Slug) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let schedule = actions::schedule::named(&mut reading, slug).await?.0;
    let view = View::of(&mut reading, schedule).await?;
    if context.json {
        output::json(&view.json());
        return Ok(());
    }
    let (zone, lists) = (view.zone(), view.lists.join(", "));
    match view.next {
        Some(next) => output::line(format!(
            "{slug} goes to {lists} at '{}' in {zone}; next {}.",
            view.schedule.calendar,
            words(next, zone, context.clock.now())
        )),
        None => output::line(format!(
            "The schedule of {slug} is paused, so {slug} goes to nobody by itself; `yizhan schedule resume {slug}` lets it go on."
        )),
    }
    Ok(())
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let mut views = Vec::new();
    for schedule in store::schedule::all(&mut reading).await? {
        views.push(View::of(&mut reading, schedule).await?);
    }
    if context.json {
        views.iter().for_each(|view| output::json(&view.json()));
        return Ok(());
    }
    if views.is_empty() {
        output::line(
            "There is no schedule yet; set one with `yizhan schedule set PUB --cron '0 9 1 * *' --to PUB/LIST`.",
        );
        return Ok(());
    }
    let now = context.clock.now();
    let rows = views.iter().map(|view| {
        let next = view.next.map_or_else(|| view.state().to_owned(), |next| words(next, view.zone(), now));
        let last = view.last.as_ref().map_or_else(|| "none yet".to_owned(), |last| became(last, view.zone()));
        let slug = view.publication.profile.slug.to_string();
        [slug, view.schedule.calendar.to_string(), view.zone().name().to_owned(), view.lists.join(", "), next, last]
    });
    output::table(["publication", "cron", "zone", "to", "next", "last"], rows);
    Ok(())
}

async fn next(context: &Context, slug: &Slug, count: usize) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let (schedule, publication) = actions::schedule::named(&mut reading, slug).await?;
    let (zone, now) = (publication.profile.zone, context.clock.now());
    if schedule.paused {
        output::aside(format!("the schedule is paused, so none of these comes before `yizhan schedule resume {slug}`"));
    }
    for occurrence in schedule.calendar.after(now, zone).take(count) {
        if context.json {
            output::json(&occurrence_json(occurrence, zone));
        } else {
            output::line(words(occurrence, zone, now));
        }
    }
    if !context.json {
        output::line(match actions::schedule::would_go(&mut reading, &schedule).await? {
            Ok(issue) => format!("As things are, issue {issue} goes first."),
            Err(why) => format!("As things are, nothing goes: {why}."),
        });
    }
    Ok(())
}

async fn log(context: &Context, slug: &Slug, count: i64) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let (schedule, publication) = actions::schedule::named(&mut reading, slug).await?;
    let zone = publication.profile.zone;
    let past = store::schedule::past(&mut reading, schedule.id, count).await?;
    if past.is_empty() && !context.json {
        output::line(format!("No hour of {slug} has passed yet; `yizhan schedule next {slug}` shows the coming ones."));
    }
    for past in past {
        if context.json {
            output::json(&past_json(&past, zone));
        } else {
            output::line(became(&past, zone));
        }
    }
    Ok(())
}

fn occurrence_json(occurrence: Occurrence, zone: Tz) -> Value {
    json!({ "label": occurrence.label.to_string(), "at": occurrence.at.rfc3339_in(zone) })
}

fn past_json(past: &Past, zone: Tz) -> Value {
    json!({
        "label": past.occurrence.label.to_string(), "at": past.occurrence.at.rfc3339_in(zone),
        "outcome": past.outcome, "why": past.why, "dispatch": past.dispatch,
    })
}

/// `Tuesday 1 December 2026, 09:00 (in 4 days)`.
fn words(occurrence: Occurrence, zone: Tz, now: Moment) -> String {
    format!("{} ({})", day_and_time(occurrence, zone), how_soon(occurrence.at, zone, now))
}

/// The minute as the clock on the wall shows it; where the zone skips it, also when it comes instead.
fn day_and_time(occurrence: Occurrence, zone: Tz) -> String {
    let label = occurrence.label.0.format("%A %-d %B %Y, %H:%M");
    let comes = occurrence.at.rfc3339_in(zone);
    if comes[..16] == occurrence.label.to_string() {
        label.to_string()
    } else {
        format!("{label}, which that day's clocks skip, so at {}", &comes[11..16])
    }
}

/// In minutes and hours, and from the day after tomorrow on in days as people count them.
fn how_soon(at: Moment, zone: Tz, now: Moment) -> String {
    let minutes = i64::try_from(at.since(now).as_secs() / 60).unwrap_or(i64::MAX);
    match minutes {
        0 => "now".to_owned(),
        1..120 => format!("in {}", output::count(minutes, "minute", "minutes")),
        120..2880 => format!("in {} hours", minutes / 60),
        _ => format!("in {} days", (at.day_in(zone) - now.day_in(zone)).num_days()),
    }
}

/// What became of an hour, in words.
fn became(past: &Past, zone: Tz) -> String {
    let end = match (past.dispatch, &past.why) {
        (Some(dispatch), _) => format!("dispatch {dispatch}"),
        (None, Some(why)) => format!("{}: {why}", past.outcome.replace('-', " ")),
        (None, None) => past.outcome.clone(),
    };
    format!("{}: {end}", day_and_time(past.occurrence, zone))
}
