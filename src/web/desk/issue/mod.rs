//! An issue at the desk: what every page of it has at its top (what it is called, its state, and the steps from manuscript
//! to readers with the next one as the one primary button), and the pages of review, of editing and of facts.

pub(super) mod attachment;
mod blocks;
pub(in crate::web) mod edit;
mod facts;
pub(super) mod picture;
mod questions;
pub(super) mod reimport;
mod review;

pub(super) use facts::{save, show as facts};
pub(super) use review::{answer, defaults, show as review, take_back};

use super::{Asked, named};
use crate::domain::account::Permission;
use crate::domain::id::IssueId;
use crate::domain::issue::{Issue, Standing, State};
use crate::store::{
    self,
    issue::{Known, Shown},
};
use crate::web::Error;
use crate::web::words::issue::Words;
use maud::{Markup, html};

/// A step on an issue's way to its readers, each a page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Step {
    /// What the import found, and the answers.
    Review,
    /// Its articles, changed in place.
    Edit,
    /// What it says beside its articles; stands beside the way.
    Facts,
    /// What readers will see.
    Preview,
    /// The reviewers' answers.
    Approval,
    /// To whom and when.
    Dispatch,
}

impl Step {
    /// The steps in order.
    const WAY: [Self; 5] = [Self::Review, Self::Edit, Self::Preview, Self::Approval, Self::Dispatch];

    /// Where it is.
    pub(in crate::web) fn path(self, issue: IssueId) -> String {
        let room = match self {
            Self::Review => "",
            Self::Edit => "/edit",
            Self::Facts => "/facts",
            Self::Preview => "/preview",
            Self::Approval => "/approval",
            Self::Dispatch => "/dispatch",
        };
        format!("/issues/{issue}{room}")
    }

    fn permission(self) -> Permission {
        match self {
            Self::Review | Self::Facts | Self::Preview | Self::Approval | Self::Dispatch => Permission::Look,
            Self::Edit => Permission::Edit,
        }
    }

    /// What stands beside it: nothing, a tick, or what is open.
    fn mark(self, standing: &Standing) -> Mark {
        let (prepared, state) = (State::prepared(standing), State::of(standing));
        match (self, prepared) {
            (Self::Review, State::Draft { open }) => Mark::Open(open.to_string()),
            (Self::Review, _) => Mark::Done,
            (Self::Approval, State::InReview { given, needed }) => Mark::Open(format!("{given}/{needed}")),
            (Self::Approval, State::SentBack) => Mark::Open("!".to_owned()),
            (Self::Approval, State::Approved) if standing.needed > 0 => Mark::Done,
            (Self::Dispatch, _) => match state {
                State::Out { .. } => Mark::Done,
                State::Scheduled(_) | State::GoingOut { .. } => Mark::Open("…".to_owned()),
                State::Draft { .. } | State::Ready | State::InReview { .. } | State::SentBack | State::Approved => {
                    Mark::None
                }
            },
            (Self::Edit | Self::Facts | Self::Preview | Self::Approval, _) => Mark::None,
        }
    }
}

/// What stands beside a step.
enum Mark {
    None,
    Done,
    Open(String),
}

/// The issue that a path names. The guard has seen that it is there.
pub(super) async fn find(asked: &Asked, id: &str) -> Result<Issue, Error> {
    let id: IssueId = named(id)?;
    store::issue::find(&mut *asked.read().await?, id).await?.ok_or(Error::NoPage)
}

/// What the desk knows of one issue.
pub(super) async fn known(asked: &Asked, id: IssueId) -> Result<Known, Error> {
    let shown = Shown { one: Some(id), ..Shown::default() };
    store::issue::known(&mut *asked.read().await?, &shown).await?.pop().ok_or(Error::NoPage)
}

/// The top of every page of an issue.
pub(in crate::web) async fn heading(asked: &Asked, issue: &Issue, here: Step) -> Result<Markup, Error> {
    Ok(top(asked, &known(asked, issue.id).await?, here))
}

fn top(asked: &Asked, known: &Known, here: Step) -> Markup {
    let words = Words::of(asked.language);
    let may = |step: Step| asked.may_at(step.permission(), known.publication);
    let next = next(&known.standing, here).filter(|step| may(*step));
    html! {
        header .issue {
            div {
                p .eyebrow { a href={ "/publications/" (known.slug) } { (known.name) } }
                h1 { (called(asked, known)) }
                p .lede {
                    (state(asked, &known.standing)) " · "
                    a href=(Step::Facts.path(known.id)) aria-current=[(here == Step::Facts).then_some("page")] { (words.facts) }
                }
            }
            nav .way aria-label=(words.steps) {
                ol { @for step in Step::WAY { li {
                    @if may(step) {
                        a href=(step.path(known.id)) aria-current=[(here == step).then_some("step")] {
                            ((words.step)(step)) (mark(words, &step.mark(&known.standing)))
                        }
                    } @else { span .muted { ((words.step)(step)) } }
                } } }
                // A page with a button of its own to press first has no other primary one.
                @if let Some(step) = next { a .button .primary[here != Step::Facts] href=(step.path(known.id)) { ((words.next)(step)) " →" } }
            }
        }
    }
}

fn mark(words: &Words, mark: &Mark) -> Markup {
    html! {
        @match mark {
            Mark::None => {},
            Mark::Done => { " " span .done { "✓" span .unseen { (words.done) } } },
            Mark::Open(what) => { " " span .pending { (what) } },
        }
    }
}

/// Where an issue goes from here: the one thing that brings it nearer to its readers; none where that is on this page.
fn next(standing: &Standing, here: Step) -> Option<Step> {
    let step = match State::of(standing) {
        State::Out { changed: false } => return None,
        State::Out { changed: true } => ahead(State::prepared(standing), standing, here),
        state => ahead(state, standing, here),
    };
    (step != here).then_some(step)
}

fn ahead(state: State, standing: &Standing, here: Step) -> Step {
    match state {
        State::Draft { .. } => Step::Review,
        State::Ready if !matches!(here, Step::Preview | Step::Approval) => Step::Preview,
        State::Ready if standing.needed == 0 => Step::Dispatch,
        State::Ready | State::InReview { .. } => Step::Approval,
        State::SentBack => Step::Approval,
        State::Approved | State::Scheduled(_) | State::GoingOut { .. } | State::Out { .. } => Step::Dispatch,
    }
}

/// What pages call an issue: its label, else that it has none.
pub(in crate::web) fn title(asked: &Asked, issue: &Issue) -> String {
    issue.contents.label.clone().unwrap_or_else(|| Words::of(asked.language).untitled.to_owned())
}

/// What pages call an issue: its label, else its number, else that it has none.
pub(super) fn called(asked: &Asked, known: &Known) -> String {
    let words = Words::of(asked.language);
    let numbered = || Some((words.numbered)(known.place.year, known.place.number?));
    known.label.clone().or_else(numbered).unwrap_or_else(|| words.untitled.to_owned())
}

/// An issue's state as a word with its mark.
pub(super) fn state(asked: &Asked, standing: &Standing) -> Markup {
    let state = State::of(standing);
    let look = match state {
        State::Draft { .. } | State::SentBack | State::GoingOut { paused: true } => "expired",
        State::Ready => "queued",
        State::InReview { .. } | State::Scheduled(_) => "claimed",
        State::GoingOut { paused: false } => "armed",
        State::Approved | State::Out { changed: false } => "accepted",
        State::Out { changed: true } => "skipped",
    };
    html! { span .mark .(look) { ((Words::of(asked.language).state)(state)) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::EditionId;

    #[test]
    fn the_next_step_brings_an_issue_nearer_to_its_readers() {
        let edition = Some(EditionId(1));
        let no = vec![("a".to_owned(), false)];
        for (standing, here, step) in [
            (Standing { open: 2, ..Standing::default() }, Step::Preview, Some(Step::Review)),
            (Standing { open: 2, ..Standing::default() }, Step::Review, None),
            (Standing::default(), Step::Review, Some(Step::Preview)),
            (Standing::default(), Step::Preview, Some(Step::Dispatch)),
            (Standing { needed: 1, ..Standing::default() }, Step::Preview, Some(Step::Approval)),
            (Standing { needed: 1, ..Standing::default() }, Step::Approval, None),
            (Standing { needed: 1, edition, ..Standing::default() }, Step::Review, Some(Step::Approval)),
            (Standing { needed: 1, edition, answers: no, ..Standing::default() }, Step::Preview, Some(Step::Approval)),
            (Standing { edition, ..Standing::default() }, Step::Preview, Some(Step::Dispatch)),
            (Standing { edition, ..Standing::default() }, Step::Dispatch, None),
        ] {
            assert_eq!(next(&standing, here), step, "{standing:?} at {here:?}");
        }
    }
}
