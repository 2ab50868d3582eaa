//! Schedule: the rule that says when a publication goes out by itself, and what becomes of each of its
//! occurrences. The wall-clock minute is an occurrence's name: it fires once or never, whatever clocks and
//! zones do. What the rule is written in is a [`Calendar`]; what is late is judged here.

mod calendar;
mod field;
pub mod rhythm;
#[cfg(test)]
mod tests;

pub use calendar::Calendar;

use super::id::{DispatchId, IssueId, ListId, PublicationId, ScheduleId};
use super::moment::Moment;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// When a publication goes out by itself, and to whom. A publication has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its identity.
    pub id: ScheduleId,
    /// The publication.
    pub publication: PublicationId,
    /// When.
    pub calendar: Calendar,
    /// To whom, in id order.
    pub lists: Vec<ListId>,
    /// How late an occurrence may fire; none is as the settings say.
    pub grace: Option<Duration>,
    /// Whether it is paused.
    pub paused: bool,
    /// Set, paused or resumed then.
    pub since: Moment,
    /// Every occurrence up to this moment is written down.
    pub upto: Moment,
    /// Up to which of its hours it was looked ahead to, for a reminder; none where it never was.
    pub looked_ahead_to: Option<Moment>,
}

/// A minute as a clock on the wall shows it: the name of an occurrence within its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub NaiveDateTime);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format("%Y-%m-%dT%H:%M").fmt(f)
    }
}

impl std::str::FromStr for Label {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map(Self)
    }
}

/// One time that a schedule comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What the clock on the wall shows.
    pub label: Label,
    /// When that is.
    pub at: Moment,
}

/// What became of an occurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It planned this dispatch.
    Fired(DispatchId),
    /// It fired, and no issue was ready; says which came nearest and what it lacks.
    NothingReady(String),
    /// It did not fire.
    Missed(Missed),
}

/// What keeps a publication from going out at an hour of its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacking {
    /// There is no issue later than the last one dispatched.
    Issue,
    /// Its issue has open questions.
    Answers,
    /// It was not submitted, or was changed since.
    Submission,
    /// It has no year and number.
    Place,
    /// Reviewers have not said yes, or one said no.
    Approval,
    /// Its readers have it from elsewhere, or may not have it so.
    Readers,
}

/// What is lacking, and of which issue, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unready {
    /// What.
    pub lacking: Lacking,
    /// Of which.
    pub issue: Option<IssueId>,
    /// As the log says it.
    pub why: String,
}

/// Why an occurrence did not fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Nobody kept the hours until it was too late.
    Late,
    /// A later one was due by the time that someone looked.
    Overtaken,
    /// Another one came at the same instant, and stands for both.
    Together,
}

impl Outcome {
    /// The word in tables and JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fired(_) => "fired",
            Self::NothingReady(_) => "nothing-ready",
            Self::Missed(_) => "missed",
        }
    }

    /// What was dispatched, where something was.
    pub fn dispatch(&self) -> Option<DispatchId> {
        match self {
            Self::Fired(dispatch) => Some(*dispatch),
            Self::NothingReady(_) | Self::Missed(_) => None,
        }
    }

    /// Why nothing was dispatched, where nothing was.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Fired(_) => None,
            Self::NothingReady(why) => Some(why),
            Self::Missed(missed) => Some(missed.why()),
        }
    }
}

impl Missed {
    /// The reason as a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Late => "no yizhan was at work within the grace after this hour",
            Self::Overtaken => "a later hour had come before any yizhan was at work again",
            Self::Together => {
                "the clocks were put forward over this hour and the next, so both came at one instant, and that one stands for both"
            }
        }
    }
}

/// What is to be done about an occurrence whose hour has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It fires now.
    Fire,
    /// It is written down as missed.
    Miss(Missed),
}

impl Schedule {
    /// The next hour that nobody has looked ahead to, and when to: so long before it, but at most half of what
    /// lies between two of its hours, for what goes out each day is not ready the day before.
    pub fn to_look_ahead_to(&self, zone: Tz, now: Moment, lead: Duration) -> Option<(Occurrence, Moment)> {
        let mut coming = self.calendar.after(now.max(self.upto), zone);
        let next = coming.next().filter(|next| self.looked_ahead_to.is_none_or(|upto| upto < next.at))?;
        let gap = coming.next().map_or(lead, |after| after.at.since(next.at));
        let lead = lead.min(gap / 2);
        (!lead.is_zero()).then(|| (next, next.at - lead))
    }

    /// What is due at `now` and not written down yet, in order, each with its judgement: the last of all that
    /// are due fires if it is not later than `grace`; the others are missed, for what they would have sent goes
    /// with it. Gives `at_most` or a few more: those that come at one instant are never parted.
    pub fn due(&self, zone: Tz, now: Moment, grace: Duration, at_most: usize) -> Vec<(Occurrence, Judgement)> {
        let mut coming = self.calendar.after(self.upto, zone).take_while(|occurrence| occurrence.at <= now).peekable();
        let mut due: Vec<(Occurrence, Judgement)> = Vec::new();
        while let Some(next) = coming.peek().copied() {
            let together = due.last().is_some_and(|(last, _)| last.at == next.at);
            if due.len() >= at_most && !together {
                break;
            }
            coming.next();
            due.push((next, judge(next, coming.peek(), now, grace)));
        }
        due
    }
}

/// What is to be done about an occurrence, seeing the one that is due after it.
fn judge(due: Occurrence, next: Option<&Occurrence>, now: Moment, grace: Duration) -> Judgement {
    match next {
        _ if now.since(due.at) > grace => Judgement::Miss(Missed::Late),
        None => Judgement::Fire,
        Some(next) if next.at == due.at => Judgement::Miss(Missed::Together),
        Some(_) => Judgement::Miss(Missed::Overtaken),
    }
}
