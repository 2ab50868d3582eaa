//! Approval: one reviewer's yes or no to one edition, and the law of who may give it. It is bound to the edition: what
//! changes an issue makes another edition, which nobody has approved.

use super::id::EditionId;
use super::moment::Moment;

/// What somebody last said of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who: as the audit writes it.
    pub actor: String,
    /// Whether it was a yes.
    pub yes: bool,
    /// Why: always with a no, a remark with a yes.
    pub why: Option<String>,
    /// When.
    pub at: Moment,
}

/// What an approval is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Whether the edition says what the issue says now.
    pub is_current: bool,
    /// How many must say yes.
    pub needed: u8,
    /// Whether who put an edition forward may approve it too.
    pub own_allowed: bool,
    /// Who put it forward.
    pub submitters: Vec<String>,
    /// Everyone's latest answer.
    pub answers: Vec<Answer>,
}

/// Where an edition stands with its reviewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The issue has changed since: nothing said of it counts.
    Stale,
    /// Somebody said no.
    Declined,
    /// So many yes of so many.
    Waiting(usize, u8),
    /// It may go out.
    Approved,
}

/// Why somebody's answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The issue has changed since.
    Stale,
    /// They put it forward themselves.
    Own,
    /// They said so already.
    Said,
}

/// What reviewers' latest answers come to: enough said yes, and none says no.
pub fn judge(needed: u8, answers: impl Iterator<Item = bool>) -> Standing {
    let answers: Vec<bool> = answers.collect();
    if answers.contains(&false) {
        Standing::Declined
    } else if answers.len() >= usize::from(needed) {
        Standing::Approved
    } else {
        Standing::Waiting(answers.len(), needed)
    }
}

impl Case {
    /// Where the edition stands.
    pub fn standing(&self) -> Standing {
        if self.is_current { judge(self.needed, self.answers.iter().map(|answer| answer.yes)) } else { Standing::Stale }
    }

    /// Why `actor` may not say this; none where they may. A no is everyone's to say, also of one's own.
    pub fn hindrance(&self, actor: &str, yes: bool) -> Option<Hindrance> {
        let said = self.answers.iter().find(|answer| answer.actor == actor).map(|answer| answer.yes);
        if !self.is_current {
            Some(Hindrance::Stale)
        } else if said == Some(yes) {
            Some(Hindrance::Said)
        } else if yes && self.needed > 0 && !self.own_allowed && self.submitters.iter().any(|by| by == actor) {
            Some(Hindrance::Own)
        } else {
            None
        }
    }
}

/// Something that happened to the editions of an issue, as their history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// Who: their name, where it is an account; else as the audit writes it.
    pub who: String,
    /// To which edition.
    pub edition: EditionId,
    /// What.
    pub what: What,
    /// Their words.
    pub why: Option<String>,
}

/// What happened to an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was put forward.
    Submitted,
    /// Somebody said yes.
    Approved,
    /// Somebody said no.
    Declined,
}

/// Whether an event of a history, the newest first, puts an edition forward that was put forward before: the same words
/// are the same edition, and what was said of it counts on.
pub fn stood_already(history: &[Event], nth: usize) -> bool {
    let is_submission = |event: &Event| event.what == What::Submitted;
    let before = |event: &Event| history.iter().skip(nth + 1).any(|e| is_submission(e) && e.edition == event.edition);
    history.get(nth).is_some_and(|event| is_submission(event) && before(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(actor: &str, yes: bool) -> Answer {
        Answer { actor: actor.to_owned(), yes, why: None, at: Moment(0) }
    }

    fn case(needed: u8, answers: Vec<Answer>) -> Case {
        Case { is_current: true, needed, own_allowed: false, submitters: vec!["account:1".to_owned()], answers }
    }

    #[test]
    fn an_edition_goes_out_when_enough_said_yes_and_nobody_no() {
        for (needed, answers, standing) in [
            (0, vec![], Standing::Approved),
            (1, vec![], Standing::Waiting(0, 1)),
            (1, vec![answer("account:2", true)], Standing::Approved),
            (2, vec![answer("account:2", true)], Standing::Waiting(1, 2)),
            (2, vec![answer("account:2", true), answer("account:3", true)], Standing::Approved),
            (0, vec![answer("account:2", false)], Standing::Declined),
            (1, vec![answer("account:2", true), answer("account:3", false)], Standing::Declined),
        ] {
            let case = case(needed, answers);
            assert_eq!(case.standing(), standing, "{case:?}");
            assert_eq!(Case { is_current: false, ..case }.standing(), Standing::Stale);
        }
    }

    #[test]
    fn the_same_words_submitted_once_more_are_an_edition_that_stood_already() {
        let event =
            |edition, what| Event { at: Moment(0), who: String::new(), edition: EditionId(edition), what, why: None };
        let history =
            [event(1, What::Submitted), event(2, What::Submitted), event(1, What::Approved), event(1, What::Submitted)];
        let found: Vec<bool> = (0..5).map(|nth| stood_already(&history, nth)).collect();
        assert_eq!(found, [true, false, false, false, false]);
    }

    #[test]
    fn what_may_not_be_said_is_not_taken() {
        let waiting = case(2, vec![answer("account:2", true)]);
        let stale = Case { is_current: false, ..waiting.clone() };
        let lenient = Case { own_allowed: true, ..waiting.clone() };
        let unneeded = Case { needed: 0, ..waiting.clone() };
        for (case, actor, yes, hindrance) in [
            (&waiting, "account:3", true, None),
            (&waiting, "account:3", false, None),
            (&waiting, "account:2", true, Some(Hindrance::Said)),
            (&waiting, "account:2", false, None),
            (&waiting, "account:1", true, Some(Hindrance::Own)),
            (&waiting, "account:1", false, None),
            (&lenient, "account:1", true, None),
            (&unneeded, "account:1", true, None),
            (&stale, "account:3", true, Some(Hindrance::Stale)),
            (&stale, "account:3", false, Some(Hindrance::Stale)),
        ] {
            assert_eq!(case.hindrance(actor, yes), hindrance, "{actor} says {yes} to {case:?}");
        }
    }
}
