//! Subject: what an inbox shows of an issue: the subject line (name first, so that it is known by
//! its first characters) and the preheader beside it.

use super::phrase::{CHARACTERS, HALVES, shorten, width};
use super::spacing;
use super::view::language;
use crate::domain::issue::Contents;
use crate::domain::language::Language;
use crate::domain::publication::Profile;

/// The width of a subject line, in half Han characters: an inbox on a phone shows about thirty Han.
const SUBJECT_WIDTH: usize = 60;

/// What a title always gets, however long the publication's name is.
const TITLE_WIDTH: usize = 16;

/// The useful characters of a preheader.
const PREHEADER_CHARACTERS: usize = 40;

/// `《刊名》2024年第6期｜first title`, or `Name 2024 No. 6 | first title`.
pub(super) fn subject(publication: &Profile, issue: &Contents) -> String {
    let name = language(publication.language).numbered(&publication.name, number(publication, issue).as_deref());
    let bar = match publication.language {
        Language::Chinese => "｜",
        Language::English => " | ",
    };
    let Some(first) = issue.articles.first() else { return name };
    let room = SUBJECT_WIDTH.saturating_sub(width(&name, HALVES) + width(bar, HALVES)).max(TITLE_WIDTH);
    format!("{name}{bar}{}", shorten(&spacing::title(&first.title), room, HALVES))
}

/// The number of the issue as the publication's language writes it; else as the manuscript has it.
fn number(publication: &Profile, issue: &Contents) -> Option<String> {
    match (issue.year, issue.number) {
        (Some(year), Some(number)) => Some(language(publication.language).label(year, number)),
        (_, None) | (None, _) => issue.label.clone(),
    }
}

/// `本期6篇：A；B；C…`.
pub(super) fn preheader(publication: &Profile, issue: &Contents) -> String {
    let lead = language(publication.language).lead(issue.articles.len());
    let separator = match publication.language {
        Language::Chinese => "；",
        Language::English => "; ",
    };
    let titles = issue.articles.iter().map(|article| spacing::title(&article.title)).collect::<Vec<_>>();
    let room = PREHEADER_CHARACTERS.saturating_sub(width(&lead, CHARACTERS));
    format!("{lead}{}", shorten(&titles.join(separator), room, CHARACTERS))
}
