//! Standing: how one relay stands: whether it may be gone to at all, how many connections it bears, and how many
//! are under way. Plain bookkeeping for the book; it opens nothing itself.

use super::book::AGAIN;
use super::carry::Ended;
use super::relay::Link;
use crate::domain::attempt::Seen;
use crate::domain::breaker::{Breaker, Era};
use crate::domain::concurrency::{Cohort, Concurrency};
use crate::domain::moment::Moment;
use std::collections::HashMap;

/// A relay, as it stands.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) link: Link,
    breaker: Breaker,
    concurrency: Concurrency,
    /// Why it is taken out until its settings change, if it is.
    unfit: Option<String>,
    under_way: HashMap<Option<String>, u32>,
}

/// What a connection was opened under: what it says later is judged by that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    era: Era,
    cohort: Cohort,
}

impl Standing {
    pub(super) fn new(link: Link, connections: u32) -> Self {
        let concurrency = Concurrency::new(connections);
        Self { link, breaker: Breaker::default(), concurrency, unfit: None, under_way: HashMap::new() }
    }

    /// Whether letters should rather wait for it than go by another: it stands, even if it is busy.
    pub(super) fn is_well(&self) -> bool {
        self.unfit.is_none() && self.breaker.rests_until().is_none()
    }

    /// Whether nothing can go there for now.
    pub(super) fn is_out(&self, steady: Moment) -> bool {
        self.unfit.is_some() || self.breaker.allows(1, steady) == 0
    }

    /// When it has rested, while it does.
    pub(super) fn rested(&self, steady: Moment) -> Option<Moment> {
        self.breaker.rests_until().filter(|until| self.unfit.is_none() && *until > steady)
    }

    /// How many more connections it bears now, of `wanted`.
    pub(super) fn free(&self, wanted: u32, steady: Moment) -> u32 {
        if self.unfit.is_some() {
            return 0;
        }
        let under_way = self.under_way.values().sum::<u32>();
        let most = self.breaker.allows(wanted.saturating_add(under_way).min(self.concurrency.allows()), steady);
        most.saturating_sub(under_way)
    }

    /// How many connections are under way for a lane's letters.
    pub(super) fn under_way(&self, lane: Option<&String>) -> u32 {
        self.under_way.get(&lane.cloned()).copied().unwrap_or(0)
    }

    /// A connection is opened.
    pub(super) fn opens(&mut self, lane: Option<String>) -> Opened {
        *self.under_way.entry(lane).or_default() += 1;
        Opened { era: self.breaker.era(), cohort: self.concurrency.cohort() }
    }

    /// Letters were taken.
    pub(super) fn succeeded(&mut self, letters: u32) {
        self.breaker.succeeded();
        (0..letters).for_each(|_| self.concurrency.succeeded());
    }

    /// A connection has ended. Returns what stands in the way now, if it tells.
    pub(super) fn ended(
        &mut self,
        lane: &Option<String>,
        opened: Opened,
        ended: &Ended,
        now: Moment,
    ) -> Option<String> {
        if let Some(count) = self.under_way.get_mut(lane) {
            *count = count.saturating_sub(1);
        }
        match ended {
            Ended::Finished { .. } => None,
            Ended::Trouble { stage, seen } => {
                self.breaker.failed(opened.era, now);
                self.concurrency.failed(opened.cohort);
                let what = match seen {
                    Seen::Answer(answer) => format!("answered {} {}", answer.code, answer.text),
                    Seen::Broken(_) | Seen::Unmade(_) => seen.text().to_owned(),
                };
                tracing::info!(relay = self.link.name, stage = stage.word(), "the relay failed: {what}");
                let again = self.breaker.rests_until().map(|until| until.since(now).as_secs());
                let again = again.map(|seconds| format!("{AGAIN}{seconds} s")).unwrap_or_default();
                Some(format!("the relay failed at {}: {what}{again}", stage.word()))
            }
            // Another connection would end the same way: what settings must mend is not tried again.
            Ended::Unfit(why) => {
                tracing::warn!(relay = self.link.name, stage = why.stage().word(), "the relay cannot be used: {why}");
                self.unfit = Some(why.to_string());
                self.unfit.clone()
            }
        }
    }
}
