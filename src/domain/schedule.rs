//! Schedule: the rule that says when a publication goes out by itself, and what becomes of each of its
//! occurrences. The wall-clock minute is an occurrence's name: it fires once or never, whatever clocks and
//! zones do. What the rule is written in is a [`Calendar`]; what is late is judged here.

mod calendar;
mod field;
pub mod rhythm;
#[cfg(test)]
mod tests;

pub use calendar::Calendar;

use super::id::{DispatchId, ListId, PublicationId, ScheduleId};
use super::moment::Moment;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
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
