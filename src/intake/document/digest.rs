//! Digest: an issue of short items under the names of sections (`【要闻】`, `一、要闻`, `要闻`), without a contents list.
//! Where the items have title lines, each is an article; else the section is, and its items are its paragraphs.
//! Pure; asked by the bulletin layer where no contents list and no format names the titles.

use super::bulletin::Role;
use super::contents_list::{is_section, section_name};
use super::credit;
use super::headings::{self, Title, is_complete, is_subhead, numbered_level};
use super::source::Line;
use super::spacing::bare;

/// The most characters of a section's name that nothing marks.
const SHORT: usize = 12;
/// The most characters of an item's title.
const TITLE: usize = 40;

/// How the names of sections are set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Bracketed,
    Numbered,
    /// Behind this sign.
    Signed(char),
    Bare,
}

/// The titles of a digest whose body begins at `start`; none where the document is none. Sections that stay sections
/// keep their role; those that are articles are titles.
pub(super) fn titles(lines: &[Line], roles: &mut [Role], start: usize) -> Option<Vec<Title>> {
    let is_body = |at: &usize| matches!(roles[*at], Role::Body | Role::Section) && lines[*at].is_free();
    let body: Vec<usize> = (start..lines.len()).filter(is_body).collect();
    let form = form(lines, &body)?;
    let heads: Vec<usize> = (0..body.len()).filter(|n| is_head(lines, &body, *n, form)).collect();
    let regions: Vec<&[usize]> = regions(&body, &heads);
    if heads.len() < 2 || heads[0] != 0 || regions.iter().any(|items| items.is_empty()) {
        return None;
    }
    let is_titled = |items: &&&[usize]| is_item_title(lines, items, 0);
    if regions.iter().filter(is_titled).count() * 2 <= regions.len() {
        let section = |n: &usize| title(lines, body[*n]);
        return Some(heads.iter().map(section).collect());
    }
    let items: Vec<usize> = regions.iter().flat_map(|items| item_titles(lines, items)).collect();
    let texts = regions.iter().map(|items| items.len()).sum::<usize>() - items.len();
    // With longer pieces below their titles it is no digest, and short lines may be their subheads.
    if texts > items.len() && form != Form::Bare && !ends_in_sources(lines, &body) {
        return None;
    }
    heads.iter().for_each(|n| roles[body[*n]] = Role::Section);
    Some(items.into_iter().map(|at| title(lines, at)).collect())
}

/// The form of the first line, which is the name of a section in a digest, and else the title of an article.
fn form(lines: &[Line], body: &[usize]) -> Option<Form> {
    let first = &lines[*body.first()?].text;
    if is_section(first) {
        return Some(Form::Bracketed);
    }
    if numbered_level(first).is_some_and(|level| level <= 2) && is_subhead(first) {
        return Some(Form::Numbered);
    }
    if let Some(sign) = sign(first) {
        return Some(Form::Signed(sign));
    }
    (is_name(first) && ends_in_sources(lines, body)).then_some(Form::Bare)
}

fn is_head(lines: &[Line], body: &[usize], n: usize, form: Form) -> bool {
    let text = &lines[body[n]].text;
    let first = numbered_level(&lines[body[0]].text);
    let after_pause = n == 0 || lines[body[n]].blanks > 0 || is_complete(&lines[body[n - 1]].text);
    after_pause
        && match form {
            Form::Bracketed => is_section(text),
            Form::Numbered => numbered_level(text) == first && is_subhead(text),
            Form::Signed(_) => sign(text) == sign(&lines[body[0]].text),
            Form::Bare => is_name(text) && body.get(n + 1).is_some_and(|next| !is_name(&lines[*next].text)),
        }
}

/// The sign before the name of a section: `◎要闻`.
fn sign(text: &str) -> Option<char> {
    let sign = text.chars().next().filter(|c| "★☆●○◎◆◇■□▲△▶►※".contains(*c))?;
    is_name(text).then_some(sign)
}

fn is_name(text: &str) -> bool {
    is_subhead(text) && bare(text).chars().count() <= SHORT && numbered_level(text).is_none_or(|level| level == 1)
}

/// The lines below each head.
fn regions<'b>(body: &'b [usize], heads: &[usize]) -> Vec<&'b [usize]> {
    let ends = heads.iter().skip(1).copied().chain([body.len()]);
    heads.iter().zip(ends).map(|(from, to)| &body[from + 1..to]).collect()
}

fn item_titles(lines: &[Line], items: &[usize]) -> Vec<usize> {
    (0..items.len()).filter(|n| is_item_title(lines, items, *n)).map(|n| items[n]).collect()
}

/// Whether a line is short, ends like no sentence, and has text below that does.
fn is_item_title(lines: &[Line], items: &[usize], n: usize) -> bool {
    let text = &lines[items[n]].text;
    let after_pause = n == 0 || lines[items[n]].blanks > 0 || is_complete(&lines[items[n - 1]].text);
    let mut below = items[n + 1..].iter().map(|next| lines[*next].text.as_str());
    let below = below.find(|below| credit::read(below).is_none());
    let is_text = |below: &str| is_complete(below) || bare(below).chars().count() > TITLE / 2;
    after_pause
        && headings::is_short(text, TITLE)
        && source_of(text).is_none()
        && below.is_some_and(|below| is_text(below) && (!headings::is_short(below, TITLE) || is_complete(below)))
}

/// Whether most items end with where they come from: `……开工。（市统计局）`.
fn ends_in_sources(lines: &[Line], body: &[usize]) -> bool {
    let sourced = body.iter().filter(|at| source_of(&lines[**at].text).is_some()).count();
    let ended = body.iter().filter(|at| is_complete(&lines[**at].text)).count();
    sourced >= 3 && sourced * 2 > ended
}

/// What stands in the brackets behind the last full stop.
fn source_of(text: &str) -> Option<&str> {
    let inner = text.strip_suffix(['）', ')', '】', ']'])?;
    let (before, source) = inner.rsplit_once(['（', '(', '【', '['])?;
    let length = source.chars().count();
    ((2..=24).contains(&length) && before.trim_end().ends_with(['。', '！', '？', '”'])).then_some(source)
}

fn title(lines: &[Line], at: usize) -> Title {
    let text = &lines[at].text;
    let text = if is_section(text) || sign(text).is_some() { section_name(text) } else { text.clone() };
    Title { at, height: 1, text, entry: None }
}
