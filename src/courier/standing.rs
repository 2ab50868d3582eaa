//! Standing: how one relay stands: whether it may be gone to at all, how many connections it bears, and how many
//! are under way. Plain bookkeeping for the book; it opens nothing itself.

use super::advice;
use super::book::AGAIN;
use super::carry::Ended;
use super::relay::Link;
use super::session::Encryption;
use crate::domain::attempt::{Break, Seen, Stage};
use crate::domain::breaker::{Breaker, Era};
use crate::domain::concurrency::{Cohort, Concurrency};
use crate::domain::language::Sentence;
use crate::domain::moment::Moment;
use crate::domain::relay::Condition;
use crate::domain::walk::Trouble;
use std::collections::HashMap;

/// A relay, as it stands.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) link: Link,
    breaker: Breaker,
    concurrency: Concurrency,
    /// Whether it is taken out until its settings change.
    is_unfit: bool,
    is_tried: bool,
    /// What the last connection failed by, where none has gone well since.
    trouble: Option<Trouble>,
    kinds: Kinds,
}

/// The connections to a relay by what they are for: one lane's letters, or those of all lanes that share.
pub(super) type Kinds = HashMap<Option<String>, Kind>;

/// Connections of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kind {
    under_way: u32,
    /// How many of them are to end, so that another kind has its share.
    yielding: u32,
    /// When the last one was opened: the how manieth to this relay it was.
    last: u64,
}

/// What a connection was opened under: what it says later is judged by that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    era: Era,
    cohort: Cohort,
}

impl Standing {
    /// `kinds` are the connections that are under way to it by earlier settings: they count until they end.
    pub(super) fn new(link: Link, connections: u32, kinds: Kinds) -> Self {
        let concurrency = Concurrency::new(connections);
        Self { link, breaker: Breaker::default(), concurrency, is_unfit: false, is_tried: false, trouble: None, kinds }
    }

    /// What is under way to it, for whoever stands in its place.
    pub(super) fn kinds(self) -> Kinds {
        self.kinds
    }

    /// How it stands, for people; `now` and `steady` are readings of one moment.
    pub(super) fn condition(&self, now: Moment, steady: Moment) -> Condition {
        Condition {
            relay: self.link.name.clone(),
            under_way: self.all_under_way(),
            rests_until: self.rested(steady).map(|until| now + until.since(steady)),
            is_unfit: self.is_unfit,
            is_tried: self.is_tried,
            trouble: self.trouble.clone(),
            spent: None,
        }
    }

    /// Whether letters should rather wait for it than go by another: it stands, even if it is busy.
    pub(super) fn is_well(&self) -> bool {
        !self.is_unfit && self.breaker.rests_until().is_none()
    }

    /// Whether nothing can go there for now.
    pub(super) fn is_out(&self, steady: Moment) -> bool {
        self.is_unfit || self.breaker.allows(1, steady) == 0
    }

    /// When it has rested, while it does.
    pub(super) fn rested(&self, steady: Moment) -> Option<Moment> {
        self.breaker.rests_until().filter(|until| !self.is_unfit && *until > steady)
    }

    /// How many more connections it bears now, of `wanted`.
    pub(super) fn free(&self, wanted: u32, steady: Moment) -> u32 {
        if self.is_unfit {
            return 0;
        }
        let under_way = self.all_under_way();
        let most = self.breaker.allows(wanted.saturating_add(under_way).min(self.concurrency.allows()), steady);
        most.saturating_sub(under_way)
    }

    /// How many connections are under way for a lane's letters.
    pub(super) fn under_way(&self, lane: &Option<String>) -> u32 {
        self.kinds.get(lane).map_or(0, |kind| kind.under_way)
    }

    /// Whose turn it is: the kind with the fewest connections, and among those the one that has waited longest.
    pub(super) fn turn_of(&self, lane: &Option<String>) -> (u32, u64) {
        self.kinds.get(lane).map_or((0, 0), |kind| (kind.under_way, kind.last))
    }

    /// Whether one of `lane`'s connections is to end because `waiting`, which gets none, has fewer by more than one.
    /// A connection between two letters (`is_idle`) ends at once; another one is asked again after its letter.
    pub(super) fn yields(&mut self, lane: &Option<String>, is_idle: bool, waiting: &Option<String>) -> bool {
        let fewest = self.under_way(waiting);
        let is_full = self.is_well() && self.all_under_way() >= self.concurrency.allows();
        let Some(kind) = self.kinds.get_mut(lane).filter(|_| is_full) else { return false };
        if is_idle && kind.yielding > 0 {
            return true;
        }
        let yields = kind.under_way.saturating_sub(kind.yielding) > fewest + 1;
        kind.yielding += u32::from(yields);
        yields
    }

    fn is_implicit(&self) -> bool {
        self.link.security.encryption == Encryption::Implicit
    }

    fn all_under_way(&self) -> u32 {
        self.kinds.values().map(|kind| kind.under_way).sum()
    }

    /// A connection is opened.
    pub(super) fn opens(&mut self, lane: Option<String>) -> Opened {
        let last = self.kinds.values().map(|kind| kind.last).max().unwrap_or(0) + 1;
        let kind = self.kinds.entry(lane).or_default();
        (kind.under_way, kind.last) = (kind.under_way + 1, last);
        Opened { era: self.breaker.era(), cohort: self.concurrency.cohort() }
    }

    /// A connection is gone, whatever it was opened under.
    pub(super) fn is_left(&mut self, lane: &Option<String>) {
        if let Some(kind) = self.kinds.get_mut(lane) {
            kind.under_way = kind.under_way.saturating_sub(1);
            kind.yielding = kind.yielding.saturating_sub(1);
        }
    }

    /// Letters were taken.
    pub(super) fn succeeded(&mut self, letters: u32) {
        self.breaker.succeeded();
        self.is_tried = true;
        self.trouble = None;
        (0..letters).for_each(|_| self.concurrency.succeeded());
    }

    /// A connection has ended. Returns what stands in the way now, if it tells.
    pub(super) fn ended(&mut self, opened: Opened, ended: &Ended, now: Moment) -> Option<Sentence> {
        let trouble = advice::of_end(&self.link, ended);
        let advised = trouble.as_ref().map(|t| format!("{}{}", t.why.chinese, t.next.chinese)).unwrap_or_default();
        self.trouble = trouble.or_else(|| self.trouble.take());
        self.is_tried |= self.trouble.is_some();
        let name = &self.link.name;
        match ended {
            Ended::Finished { .. } => None,
            Ended::Trouble { stage, seen } => {
                self.breaker.failed(opened.era, now);
                self.concurrency.failed(opened.cohort);
                let what = match seen {
                    Seen::Answer(answer) => format!("answered {} {}", answer.code, answer.text),
                    Seen::Broken(Break::Garbage) if *stage == Stage::StartTls && self.is_implicit() => {
                        "it did not answer in TLS; smtps:// is for a port that is encrypted from the first byte (465), smtp:// for one with STARTTLS (25, 587)".to_owned()
                    }
                    Seen::Broken(_) | Seen::Unmade(_) => seen.text().to_owned(),
                };
                tracing::info!(relay = self.link.name, stage = stage.word(), "the relay failed: {what}");
                let again = self.breaker.rests_until().map(|until| until.since(now).as_secs());
                let english = again.map(|seconds| format!("{AGAIN}{seconds} s")).unwrap_or_default();
                let chinese = again.map(|seconds| format!("程序 {seconds} 秒后自己再试。")).unwrap_or_default();
                Some(Sentence::new(
                    format!("the relay {name} failed at {}: {what}{english}", stage.word()),
                    format!("{advised}{chinese}"),
                ))
            }
            // Another connection would end the same way: what settings must mend is not tried again.
            Ended::Unfit(why) => {
                tracing::warn!(relay = self.link.name, stage = why.stage().word(), "the relay cannot be used: {why}");
                self.is_unfit = true;
                Some(Sentence::new(format!("the relay {name} cannot be used: {why}"), advised))
            }
        }
    }
}
