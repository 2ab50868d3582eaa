//! The bulletin layer behind the reader of every format: each line is given one role, in the order of the rules
//! (furniture, masthead, contents, titles, credits, colophon), and what is left is body. What a format says of its
//! lines counts more than what they look like. The roles are the ledger by which conservation checks the reading.

use super::assemble;
use super::conservation::Ledger;
use super::contents_list::{self, ContentsList};
use super::flags::Flags;
use super::furniture::Furniture;
use super::headings::{self, Title, is_complete};
use super::masthead::is_secret;
use super::source::{Border, Line, Mark};
use super::spacing::bare;
use super::{colophon, credit, digest, footnotes, furniture, laid_out, looks, masthead};
use crate::domain::document::Finding;
use crate::domain::issue::Contents;
use std::collections::HashSet;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Masthead,
    ContentsList,
    Furniture,
    Section,
    Title,
    Credit,
    Colophon,
    Body,
}

/// Reads the lines of a document. No articles in the result mean that none was found.
pub(super) fn read(lines: Vec<Line>, flags: &mut Flags) -> (Contents, Ledger) {
    let (lines, notes) = footnotes::take(laid_out::unfold(lines));
    let mut list = contents_list::find(&lines);
    let mut lines = looks::infer(lines, &list, flags);
    let mut roles = vec![Role::Body; lines.len()];
    let mut contents = Contents::default();
    let level = headings::title_level(&lines, &list);
    level.into_iter().for_each(|level| list.keep_titles(&lines, level));
    let start = mark_front(&lines, &list, level, &mut roles, &mut contents, flags);
    mark_back(&lines, &mut roles, &mut contents);
    mark_sections(&lines, &list, level, &mut roles);
    let mut titles = mark_titles(&lines, &list, level, start, &mut roles);
    if list.entries.is_empty() {
        note_titles(&lines, &titles, flags);
    }
    keep_stray_sections(&mut roles);
    mark_credits(&lines, titles.first().map_or(lines.len(), |title| title.at), &mut roles);
    note_secrecy(&lines, flags);
    footnotes::put(notes, &mut lines, &mut roles, &mut titles);
    reopen(&mut lines, &roles);
    contents.articles = assemble::articles(&lines, &roles, &titles, level, flags);
    if !roles.contains(&Role::Section) {
        take_sections(&list, &titles, &mut contents);
    }
    note_contents_list(&list, &titles, &contents, &lines, flags);
    // Footnotes that came back may have moved them.
    let is_listed = |at: &usize| roles[*at] == Role::ContentsList;
    let listed: Vec<Line> = (0..lines.len()).filter(is_listed).map(|at| lines[at].clone()).collect();
    for line in list.unread(&listed, &contents) {
        flags.note(Finding::SetAside(line.text.clone()), Some(line.number));
    }
    (contents, ledger(&lines, &roles, &titles))
}

/// Masthead, contents list, and the furniture that repeats the masthead's words. Says where
/// articles may begin.
fn mark_front(
    lines: &[Line],
    list: &ContentsList,
    level: Option<u8>,
    roles: &mut [Role],
    contents: &mut Contents,
    flags: &mut Flags,
) -> usize {
    roles[list.lines.clone()].fill(Role::ContentsList);
    let listed = (!list.entries.is_empty()).then_some(list.lines.start);
    let titled = (0..lines.len()).find(|at| level.is_some() && lines[*at].level() == level && roles[*at] == Role::Body);
    let start = [listed, titled].into_iter().flatten().min();
    let mut is_masthead = masthead::marks(lines, start);
    let behind = || listed.map_or_else(|| masthead::end(lines, &is_masthead), |_| list.lines.end);
    let begin = titled.unwrap_or_else(behind);
    let taken: Vec<usize> = (0..lines.len()).filter(|at| is_masthead[*at]).collect();
    let masthead = masthead::read(taken.iter().map(|at| &lines[*at]), flags);
    let furniture = furniture::find(lines, &masthead.words());
    for at in masthead.unsaid.iter().map(|n| taken[*n]) {
        is_masthead[at] = masthead::is_imprint(&lines[at].text);
        if is_masthead[at] {
            flags.note(Finding::SetAside(lines[at].text.clone()), Some(lines[at].number));
        }
    }
    masthead.write(contents, flags);
    for (at, role) in roles.iter_mut().enumerate().filter(|(_, role)| **role == Role::Body) {
        match (is_masthead[at], furniture[at]) {
            (true, _) => *role = Role::Masthead,
            (false, Some(_)) => *role = Role::Furniture,
            (false, None) => {}
        }
    }
    note_furniture(lines, roles, &furniture, flags);
    begin
}

/// Names what goes as furniture, but for the numbers of pages at their borders.
fn note_furniture(lines: &[Line], roles: &[Role], furniture: &[Option<Furniture>], flags: &mut Flags) {
    for how in [Furniture::Repeated, Furniture::Doubtful] {
        let gone = (0..lines.len()).filter(|at| roles[*at] == Role::Furniture && furniture[*at] == Some(how));
        let gone: Vec<&Line> = gone.map(|at| &lines[at]).collect();
        let Some(first) = gone.first() else { continue };
        let mut seen = HashSet::new();
        let texts: Vec<&str> = gone.iter().map(|line| line.text.as_str()).filter(|text| seen.insert(*text)).collect();
        let texts = texts.join("、");
        let finding = if how == Furniture::Doubtful { Finding::LeftOut(texts) } else { Finding::RunningHead(texts) };
        flags.note(finding, Some(first.number));
    }
}

fn mark_back(lines: &[Line], roles: &mut [Role], contents: &mut Contents) {
    let front =
        roles.iter().rposition(|role| matches!(role, Role::Masthead | Role::ContentsList)).map_or(0, |at| at + 1);
    let left: Vec<usize> = (front..lines.len()).filter(|at| roles[*at] == Role::Body).collect();
    let start = colophon::start(&left.iter().map(|at| &lines[*at]).collect::<Vec<_>>());
    for at in &left[start..] {
        roles[*at] = Role::Colophon;
    }
    let taken = lines.iter().zip(roles.iter()).filter(|(_, role)| **role == Role::Colophon);
    contents.colophon = colophon::read(taken.map(|(line, _)| line.text.as_str()));
}

/// Headings above those of the titles, names in brackets, and what the contents list names as a section.
fn mark_sections(lines: &[Line], list: &ContentsList, level: Option<u8>, roles: &mut [Role]) {
    let listed: Vec<&str> = list.entries.iter().filter_map(|entry| entry.section.as_deref()).collect();
    for (line, role) in lines.iter().zip(roles).filter(|(_, role)| **role == Role::Body) {
        let is_named = || {
            line.is_free()
                && line.text.len() <= 120
                && (contents_list::is_section(&line.text)
                    || listed.contains(&contents_list::section_name(&line.text).as_str()))
        };
        let is_title = line.level().is_some() && line.level() == level;
        if line.level().zip(level).is_some_and(|(own, titles)| own < titles) || (!is_title && is_named()) {
            *role = Role::Section;
        }
    }
}

fn mark_titles(lines: &[Line], list: &ContentsList, level: Option<u8>, start: usize, roles: &mut [Role]) -> Vec<Title> {
    let of_digest = || digest::titles(lines, roles, start);
    if let Some(titles) = (level.is_none() && list.entries.is_empty()).then(of_digest).flatten() {
        for title in &titles {
            roles[title.at] = Role::Title;
        }
        return titles;
    }
    let is_free = |at: &usize| roles[*at] == Role::Body && lines[*at].is_free();
    let free: Vec<usize> = (start..lines.len()).filter(is_free).collect();
    let mut titles = headings::listed(lines, &free, &list.entries);
    let is_taken = |at: usize| titles.iter().any(|t| (t.at..t.at + t.height).contains(&at));
    let left: Vec<usize> = free.iter().copied().filter(|&at| !is_taken(at)).collect();
    let set_apart = |at: usize| is_set_apart(lines, roles, at);
    let more = match level {
        Some(level) => headings::styled(lines, &left, level),
        None if titles.is_empty() => headings::unlisted(lines, &free, set_apart),
        None => {
            let apart: Vec<usize> = left.into_iter().filter(|&at| set_apart(at)).collect();
            headings::unlisted_among(lines, &apart)
        }
    };
    titles.extend(more);
    titles.sort_by_key(|title| title.at);
    for title in &titles {
        roles[title.at..title.at + title.height].fill(Role::Title);
    }
    titles
}

/// Names the titles that no contents list and no format confirms.
fn note_titles(lines: &[Line], titles: &[Title], flags: &mut Flags) {
    for title in titles.iter().filter(|title| lines[title.at].level().is_none()) {
        flags.note(Finding::HeadingInferred(title.text.clone()), Some(lines[title.at].number));
    }
}

/// Whether a credit line stands below a line, or above it at the foot of an article.
fn is_set_apart(lines: &[Line], roles: &[Role], at: usize) -> bool {
    let is_credit = |at: usize| roles.get(at) == Some(&Role::Body) && credit::read(&lines[at].text).is_some();
    let is_foot = |at: usize| is_credit(at) || (roles[at] == Role::Body && credit::foot(&lines[at].text).is_some());
    let foot = at >= 2 && is_foot(at - 1) && is_complete(&lines[at - 2].text);
    is_credit(at + 1) || foot || (at > 0 && roles[at - 1] == Role::Section)
}

/// The name of a section stands above a title; in brackets elsewhere stands text.
fn keep_stray_sections(roles: &mut [Role]) {
    for at in (0..roles.len()).filter(|at| roles[*at] == Role::Section).collect::<Vec<_>>() {
        if roles[at + 1..].iter().find(|role| **role != Role::Furniture) != Some(&Role::Title) {
            roles[at] = Role::Body;
        }
    }
}

/// A row whose paragraph began with a line of another role opens a paragraph.
fn reopen(lines: &mut [Line], roles: &[Role]) {
    for at in 0..lines.len() {
        if let Some(Mark::Row { border, .. }) = &mut lines[at].mark
            && (at == 0 || roles[at - 1] != roles[at])
        {
            *border = Border::Paragraph;
        }
    }
}

/// Where only the contents list names the sections, articles take them from there.
fn take_sections(list: &ContentsList, titles: &[Title], contents: &mut Contents) {
    for (article, title) in contents.articles.iter_mut().zip(titles) {
        article.section = title.entry.and_then(|entry| list.entries[entry].section.clone());
    }
}

/// Credits stand directly below a title, or as the last line of an article.
fn mark_credits(lines: &[Line], first: usize, roles: &mut [Role]) {
    for at in first + 1..lines.len() {
        let below_title = matches!(roles[at - 1], Role::Title | Role::Credit);
        let next = roles[at..].iter().skip(1).find(|role| **role != Role::Furniture);
        let is_last = matches!(next, None | Some(Role::Title | Role::Section | Role::Colophon));
        let is_credit = || {
            let foot = || is_last && is_only_foot(lines, roles, at);
            credit::read(&lines[at].text).is_some() || foot()
        };
        if roles[at] == Role::Body && lines[at].is_free() && (below_title || is_last) && is_credit() {
            roles[at] = Role::Credit;
        }
    }
}

/// Whether a name in brackets stands below an article whose other lines hold none: those of a digest have one each.
fn is_only_foot(lines: &[Line], roles: &[Role], at: usize) -> bool {
    let is_foot = |at: usize| lines[at].mark.is_none() && credit::foot(&lines[at].text).is_some();
    let mut above = (0..at).rev().take_while(|at| roles[*at] != Role::Title);
    is_foot(at) && roles[at - 1] == Role::Body && !above.any(is_foot)
}

fn note_secrecy(lines: &[Line], flags: &mut Flags) {
    for line in lines.iter().filter(|line| is_secret(&line.text)) {
        flags.note(Finding::SecrecyMarking(line.text.clone()), Some(line.number));
    }
}

/// Compares the contents list with the articles found.
fn note_contents_list(list: &ContentsList, titles: &[Title], contents: &Contents, lines: &[Line], flags: &mut Flags) {
    for (n, entry) in list.entries.iter().enumerate() {
        if !titles.iter().any(|title| title.entry == Some(n)) {
            flags.note(Finding::ArticleNotFound(entry.title.clone()), Some(entry.line));
        }
    }
    for (article, title) in titles.iter().enumerate() {
        let line = lines[title.at].number;
        let Some(found) = contents.articles.get(article) else { continue };
        match title.entry.map(|n| &list.entries[n].title) {
            Some(listed) if bare(listed) != bare(&title.text) => {
                flags.title_differs(article, listed, &found.title, line);
            }
            None if !list.entries.is_empty() => flags.note(Finding::ArticleNotListed(found.title.clone()), Some(line)),
            Some(_) | None => {}
        }
    }
}

fn ledger(lines: &[Line], roles: &[Role], titles: &[Title]) -> Ledger {
    let mut ledger = Ledger::default();
    for title in titles {
        let whole: String = lines[title.at..title.at + title.height].iter().map(|line| bare(&line.text)).collect();
        ledger.aside.push_str(&whole.replacen(&bare(&title.text), "", 1));
        ledger.titles.push_str(&title.text);
    }
    for (line, role) in lines.iter().zip(roles) {
        let side = match role {
            Role::Body => &mut ledger.body,
            Role::Title => continue,
            Role::Colophon => &mut ledger.colophon,
            Role::Masthead | Role::ContentsList | Role::Furniture | Role::Section | Role::Credit => &mut ledger.aside,
        };
        side.push_str(&line.text);
    }
    ledger
}
