//! Steps: what stands at the top of an issue's pages: whose it is, which it is, and the way from manuscript to inbox.

use super::Asked;
use crate::domain::issue::Issue;
use crate::domain::language::Language;
use crate::domain::publication::Profile;
use maud::{Markup, html};

/// A step of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Review,
    Edit,
    Preview,
    Approval,
    Dispatch,
}

impl Step {
    const ALL: [Self; 5] = [Self::Review, Self::Edit, Self::Preview, Self::Approval, Self::Dispatch];

    fn named(self, language: Language) -> (&'static str, &'static str) {
        let (path, chinese, english) = match self {
            Self::Review => ("", "审阅", "Review"),
            Self::Edit => ("/edit", "编辑", "Edit"),
            Self::Preview => ("/preview", "预览", "Preview"),
            Self::Approval => ("/approval", "签发", "Approval"),
            Self::Dispatch => ("/dispatch", "投递", "Dispatch"),
        };
        match language {
            Language::Chinese => (path, chinese),
            Language::English => (path, english),
        }
    }
}

/// The top of an issue's page.
pub(super) fn heading(asked: &Asked, (issue, profile): (&Issue, &Profile), step: Step) -> Markup {
    html! {
        p .eyebrow { a href={ "/publications/" (profile.slug) } { (profile.name) } }
        h1 { (title(asked, issue)) }
        nav .tabs { @for one in Step::ALL {
            @let (path, word) = one.named(asked.language);
            a href={ "/issues/" (issue.id) (path) } aria-current=[(one == step).then_some("step")] { (word) }
        } }
    }
}

/// What an issue is called.
pub(super) fn title(asked: &Asked, issue: &Issue) -> String {
    issue.contents.label.clone().unwrap_or_else(|| match asked.language {
        Language::Chinese => "（未标期号）".to_owned(),
        Language::English => "(no number yet)".to_owned(),
    })
}
