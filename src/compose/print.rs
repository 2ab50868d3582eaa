//! Print: an issue becomes the frozen words of its letters: HTML and plain text with empty slots,
//! and the subject. Called by actions when an edition is made, and by cli to show an issue. The
//! same issue always gives the same print.

use super::enclose::{LETTER_LIMIT, weight};
use super::{excerpt, plain_text, subject, view};
use crate::domain::edition::{Letterhead, Page, Piece, Print, Slot, WITH_PAGE};
use crate::domain::extent::Extent;
use crate::domain::issue::{Contents, Dating};
use crate::domain::publication::Profile;
use email_templates::view::Issue as View;

/// From this many bytes of HTML an editor is warned that the letter is heavy.
pub const HTML_HEAVY: usize = 75 * 1024;

/// No letter has more bytes of HTML unless an editor said so ([`Contents::any_size`]): Gmail hides what follows about
/// 102 KB.
pub const HTML_LIMIT: usize = 100 * 1024;

/// Why an issue cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// It has no article.
    #[error("the issue has no article; import a document that has one")]
    Empty,
    /// It is dated with the day of its dispatch, and that day was not given.
    #[error("the issue takes the day of its dispatch as its date; give that day before it is printed")]
    DayUnknown,
    /// It holds a character that no letter may hold: a control, or one that marks our slots.
    #[error("the issue or its publication holds the character U+{:04X}; remove it from the manuscript or the name", *.0 as u32)]
    Character(char),
    /// Its HTML is larger than Gmail shows.
    #[error(
        "the letter would be {0} bytes of HTML and mail clients cut it off after 102,400; divide the issue in two, or let it go as it is: `yizhan issue any-size ISSUE`"
    )]
    TooLarge(usize),
    /// The whole letter is larger than one may be.
    #[error("the letter with its pictures would be {} KB and no letter may have more than {} KB; make the pictures smaller in the document", .0.div_ceil(1024), LETTER_LIMIT / 1024)]
    TooHeavy(usize),
    /// It is a summary, and there is no page on which its readers could read the whole.
    #[error(
        "the letters are summaries, and there is no page that they could lead to; set [web] base_url and let `yizhan serve` run, or \
         let the whole go: `yizhan issue extent ISSUE full`"
    )]
    NoPage,
    /// It is a summary whose page is gone since it was approved, and the whole is larger than a letter may be.
    #[error(
        "the letters are summaries whose page is gone, for [web] base_url is not set any more, and the whole issue ({} KB) is larger than a \
         letter may be; set base_url again, restart `yizhan serve`, and resume", .0.div_ceil(1024)
    )]
    PageGone(usize),
}

/// Prints an issue.
///
/// # Errors
/// When there is nothing to print, its day is open, a character in it is unfit, or it is too large.
pub fn print(publication: &Profile, issue: &Contents) -> Result<Print, Unprintable> {
    print_as(publication, issue, None)
}

/// Prints an issue as the correction of one that went out before: its subject has the mark, and the reason
/// stands above its contents.
///
/// # Errors
/// As [`print()`].
pub fn print_correction(publication: &Profile, issue: &Contents, reason: &str) -> Result<Print, Unprintable> {
    print_as(publication, issue, Some(reason))
}

fn print_as(publication: &Profile, issue: &Contents, correction: Option<&str>) -> Result<Print, Unprintable> {
    if issue.articles.is_empty() {
        return Err(Unprintable::Empty);
    }
    if issue.published_on == Dating::DispatchDay {
        return Err(Unprintable::DayUnknown);
    }
    let view = view::issue(publication, issue, correction);
    let subject = subject::subject(publication, issue, correction.is_some());
    let letterhead = letterhead(publication);
    let (attachments, pictures) = (issue.attachments.clone(), issue.pictures());
    let (html, text) = pages(&view)?;
    let whole = Print { letterhead, subject, html, text, pictures, attachments, whole: None };
    let print = match issue.extent.unwrap_or(publication.extent) {
        Extent::Full => whole,
        Extent::Summary => summary(&view, whole)?,
    };
    match (size_of_html(&print), weight(&print)) {
        (size, _) if size > HTML_LIMIT && !issue.any_size => Err(Unprintable::TooLarge(size)),
        (_, weight) if weight > LETTER_LIMIT => Err(Unprintable::TooHeavy(weight)),
        _ => Ok(print),
    }
}

/// A letter of the beginnings of articles; the whole one where there is nothing to leave out.
fn summary(view: &View, whole: Print) -> Result<Print, Unprintable> {
    let Some(short) = excerpt::of(view) else { return Ok(whole) };
    let (html, text) = pages(&short)?;
    let (letterhead, subject, attachments) =
        (whole.letterhead.clone(), whole.subject.clone(), whole.attachments.clone());
    Ok(Print { letterhead, subject, html, text, pictures: Vec::new(), attachments, whole: Some(Box::new(whole)) })
}

/// What readers are mailed: where they have no page on which to read the whole, all of it instead of its summary.
///
/// # Errors
/// [`Unprintable::PageGone`] where a letter cannot hold that: a summary without a way to the rest is not what was approved.
pub fn for_readers(print: Print, have_pages: bool) -> Result<Print, Unprintable> {
    match print.whole {
        Some(whole) if !have_pages && weight(&whole) > LETTER_LIMIT => Err(Unprintable::PageGone(weight(&whole))),
        Some(whole) if !have_pages => Ok(*whole),
        whole => Ok(Print { whole, ..print }),
    }
}

/// The HTML and the plain text of a view, cut at their slots.
fn pages(view: &View) -> Result<(Page, Page), Unprintable> {
    let links = 1 + view.articles.iter().filter(|article| article.more.is_some()).count();
    let html = page(&email_templates::issue::issue(view).into_string(), links)?;
    Ok((html, page(&plain_text::plain_text(view), links)?))
}

/// A letter of nothing, as this publication would have it: for looking at its theme while it has no issue.
pub fn sample(publication: &Profile) -> String {
    let language = view::language(publication.language);
    let sample = email_templates::sample::issue(language);
    let name = publication.name.clone();
    let (masthead, motto, theme) = (name.clone(), publication.motto.clone(), view::theme(publication));
    let view = email_templates::view::Issue { publication: name, masthead, motto, theme, ..sample };
    email_templates::issue::issue(&view).into_string()
}

/// The size of the HTML part in bytes before base64, the readers' own pieces left out.
pub fn size_of_html(print: &Print) -> usize {
    let size = |piece: &Piece| match piece {
        Piece::Fixed(text) | Piece::WithPage(text) => text.len(),
        Piece::Slot(_) => 0,
    };
    print.html.0.iter().map(size).sum()
}

fn letterhead(publication: &Profile) -> Letterhead {
    Letterhead {
        slug: publication.slug.clone(),
        name: publication.name.clone(),
        from: publication.from.clone(),
        reply_to: publication.reply_to.clone(),
        language: publication.language,
        zone: publication.zone,
    }
}

/// Cuts a page at its slots, of which so many are `links` to the letter's page. A mark that stood in the issue itself
/// would be one slot too many, and half a mark stays behind as a private-use character: both are refused.
fn page(rendered: &str, links: usize) -> Result<Page, Unprintable> {
    let once = [Slot::Address, Slot::Leave].map(|slot| (slot.mark(), 1));
    let linked = [Slot::Read.mark(), WITH_PAGE[0], WITH_PAGE[1]].map(|mark| (mark, links));
    if once.into_iter().chain(linked).any(|(mark, times)| rendered.matches(mark).count() != times) {
        return Err(Unprintable::Character('\u{e000}'));
    }
    let page = Page::cut(rendered);
    let fixed = page.0.iter().filter_map(|piece| match piece {
        Piece::Fixed(text) | Piece::WithPage(text) => Some(text),
        Piece::Slot(_) => None,
    });
    match fixed.flat_map(|text| text.chars()).find(|c| is_unfit(*c)) {
        Some(unfit) => Err(Unprintable::Character(unfit)),
        None => Ok(page),
    }
}

pub(super) fn is_unfit(c: char) -> bool {
    c.is_control() && c != '\n' || matches!(c, '\u{e000}' | '\u{e001}')
}
