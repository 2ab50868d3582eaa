//! State: how far an issue has come, as its editor sees it. It is stored nowhere: one pure function derives it from
//! the issue, its edition, the reviewers' answers and its dispatches. Asked by every page that shows an issue.

use crate::domain::approval::{self, judge};
use crate::domain::dispatch::Phase;
use crate::domain::id::EditionId;
use crate::domain::moment::Moment;

/// What the state of an issue follows from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many questions of its import are open.
    pub open: usize,
    /// The edition that says what it says now; none while it is not submitted as it is.
    pub edition: Option<EditionId>,
    /// How many reviewers must say yes.
    pub needed: u8,
    /// The reviewers' latest answers to that edition: who, and whether it was a yes.
    pub answers: Vec<(String, bool)>,
    /// Its dispatches that were not called off.
    pub dispatches: Vec<Going>,
}

/// A dispatch, as far as the state of its issue depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Going {
    /// What goes out; for a correction, the edition of the same words without its mark.
    pub edition: EditionId,
    /// Where it is.
    pub phase: Phase,
    /// Its hour.
    pub at: Moment,
}

/// How far an issue has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Questions are open, so many.
    Draft {
        /// How many.
        open: usize,
    },
    /// Nothing is open; it can be submitted.
    Ready,
    /// It waits for reviewers.
    InReview {
        /// How many said yes.
        given: usize,
        /// How many must.
        needed: u8,
    },
    /// A reviewer said no to it as it is.
    SentBack,
    /// It may go out as it is.
    Approved,
    /// It goes out at this hour.
    Scheduled(Moment),
    /// Its letters go out.
    GoingOut {
        /// Whether it is held for now.
        paused: bool,
    },
    /// It went out.
    Out {
        /// Whether it has been changed since.
        changed: bool,
    },
}

impl State {
    /// The state of an issue. What goes on outside counts first: a letter under way cannot be taken back.
    pub fn of(standing: &Standing) -> Self {
        let dispatches = || standing.dispatches.iter();
        let running = |going: &&Going| match going.phase {
            Phase::Opening | Phase::Open | Phase::Paused | Phase::Cancelling => true,
            Phase::Planned | Phase::Closed | Phase::Cancelled => false,
        };
        if dispatches().any(|going| running(&going)) {
            let paused = dispatches().filter(running).all(|going| going.phase == Phase::Paused);
            return Self::GoingOut { paused };
        }
        if let Some(next) = dispatches().filter(|going| going.phase == Phase::Planned).map(|going| going.at).min() {
            return Self::Scheduled(next);
        }
        let mut out = dispatches().filter(|going| going.phase == Phase::Closed).peekable();
        if out.peek().is_some() {
            return Self::Out { changed: !out.any(|going| Some(going.edition) == standing.edition) };
        }
        Self::prepared(standing)
    }

    /// How far it has come at the desk, whatever went out before: what its steps show.
    pub fn prepared(standing: &Standing) -> Self {
        if standing.open > 0 {
            return Self::Draft { open: standing.open };
        }
        if standing.edition.is_none() {
            return Self::Ready;
        }
        match judge(standing.needed, standing.answers.iter().map(|(_, yes)| *yes)) {
            approval::Standing::Declined => Self::SentBack,
            approval::Standing::Waiting(given, needed) => Self::InReview { given, needed },
            approval::Standing::Approved | approval::Standing::Stale => Self::Approved,
        }
    }

    /// Whether it is still in its editor's hands.
    pub fn is_open(self) -> bool {
        match self {
            Self::Draft { .. } | Self::Ready | Self::InReview { .. } | Self::SentBack | Self::Approved => true,
            Self::Scheduled(_) | Self::GoingOut { .. } | Self::Out { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Moment = Moment(7_000);

    fn going(edition: i64, phase: Phase) -> Going {
        Going { edition: EditionId(edition), phase, at: HOUR }
    }

    fn standing(open: usize, edition: Option<i64>, needed: u8, yes: &[bool], dispatches: &[Going]) -> Standing {
        let answers = yes.iter().enumerate().map(|(at, yes)| (format!("account:{at}"), *yes)).collect();
        Standing { open, edition: edition.map(EditionId), needed, answers, dispatches: dispatches.to_vec() }
    }

    #[test]
    fn an_issue_goes_from_its_questions_to_its_readers() {
        for (standing, state) in [
            (standing(2, None, 0, &[], &[]), State::Draft { open: 2 }),
            (standing(0, None, 0, &[], &[]), State::Ready),
            (standing(0, Some(1), 0, &[], &[]), State::Approved),
            (standing(0, Some(1), 2, &[true], &[]), State::InReview { given: 1, needed: 2 }),
            (standing(0, Some(1), 2, &[true, false], &[]), State::SentBack),
            (standing(0, Some(1), 2, &[true, true], &[]), State::Approved),
            (standing(0, Some(1), 0, &[], &[going(1, Phase::Planned)]), State::Scheduled(HOUR)),
            (standing(0, Some(1), 0, &[], &[going(1, Phase::Opening)]), State::GoingOut { paused: false }),
            (standing(0, Some(1), 0, &[], &[going(1, Phase::Open)]), State::GoingOut { paused: false }),
            (standing(0, Some(1), 0, &[], &[going(1, Phase::Paused)]), State::GoingOut { paused: true }),
            (standing(0, Some(1), 0, &[], &[going(1, Phase::Closed)]), State::Out { changed: false }),
        ] {
            assert_eq!(State::of(&standing), state, "{standing:?}");
        }
    }

    #[test]
    fn what_is_under_way_counts_before_what_is_to_come_and_that_before_what_was() {
        let (planned, open, closed) = (going(2, Phase::Planned), going(1, Phase::Open), going(1, Phase::Closed));
        let paused = going(1, Phase::Paused);
        for (dispatches, state) in [
            (&[closed, planned, open][..], State::GoingOut { paused: false }),
            (&[paused, open], State::GoingOut { paused: false }),
            (&[closed, planned], State::Scheduled(HOUR)),
            (&[closed, going(1, Phase::Cancelled)], State::Out { changed: false }),
            (&[going(1, Phase::Cancelled)], State::Approved),
        ] {
            assert_eq!(State::of(&standing(0, Some(1), 0, &[], dispatches)), state, "{dispatches:?}");
        }
    }

    #[test]
    fn an_issue_that_was_changed_after_it_went_out_says_so() {
        let out = [going(1, Phase::Closed)];
        for (open, edition, changed) in [(0, Some(1), false), (0, Some(2), true), (0, None, true), (3, None, true)] {
            let standing = standing(open, edition, 0, &[], &out);
            assert_eq!(State::of(&standing), State::Out { changed }, "{standing:?}");
        }
        assert_eq!(State::prepared(&standing(3, None, 0, &[], &out)), State::Draft { open: 3 });
    }
}
