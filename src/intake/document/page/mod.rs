//! Page: reads web pages, as Word and WPS save or paste them, as WeChat and sites show them. The door: decode,
//! parse, survey what is text and what is frame, walk through it, and take what looks like headings for them. What
//! is not shown is named in one flag.

mod charset;
mod fate;
mod grid;
#[cfg(test)]
mod laws;
mod looks;
mod picture;
mod promotion;
mod row;
mod said;
mod style;
mod tree;
mod verbatim;
mod walk;

use super::clean;
use super::conservation::Said;
use super::flags::Flags;
use super::label;
use super::pictures::Pictures;
use super::source::{Border, Line, Mark, Source};
use crate::domain::document::Finding;
use crate::domain::issue::Inline;
use chrono::Datelike as _;
use fate::Survey;
use tree::Tree;
use walk::{Found, Walk};

pub(super) use charset::read as decode;
pub(super) use picture::is_data;

/// How much of what is left out is named, in characters.
const NAMED: usize = 120;

/// Whether a document begins as web pages do.
pub(super) fn is_page(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype html", "<html", "<head", "<body", "<!-- saved from url", "<!--startfragment"]
        .iter()
        .any(|start| head.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)))
}

/// Reads a page; none if it has more nodes, or more attributes of a tag, than any issue.
pub(super) fn read(text: &str, pictures: &mut Pictures, flags: &mut Flags) -> Option<Source> {
    let tree = Tree::parse(text)?;
    let survey = Survey::of(&tree);
    if let Some(text) = verbatim::text(&tree, &survey) {
        let text = clean::soften(text);
        return Some(Source { lines: clean::lines(&text), said: Said::Words(text) });
    }
    let mut walk = Walk::through(&tree, &survey, pictures, flags);
    let (frame, hidden) = (std::mem::take(&mut walk.frame), std::mem::take(&mut walk.hidden));
    let (inserted, deleted) = (walk.inserted, walk.deleted);
    let mut found = std::mem::take(&mut walk.found);
    note_left_out(&frame, Finding::RunningHead, flags);
    note_left_out(&hidden, Finding::SetAside, flags);
    if deleted > 0 {
        flags.note(Finding::TrackedChange { inserted, deleted }, None);
    }
    promotion::set_aside_earlier(&mut found, flags);
    looks::infer(&mut found, flags);
    let mut lines = with_notes(found);
    date_by_frame(&mut lines, &survey, flags);
    Some(Source { lines, said: Said::Shown(said::said(&tree, &survey)) })
}

/// The lines of a page, as flags and blocks number them.
pub(super) fn lines(text: &str) -> Vec<String> {
    let shown = Tree::parse(text).and_then(|tree| verbatim::text(&tree, &Survey::of(&tree)));
    if let Some(shown) = shown {
        return clean::shown(&shown);
    }
    let mut lines =
        read(text, &mut Pictures::default(), &mut Flags::default()).map_or_else(Vec::new, |source| source.lines);
    lines.retain(|line| line.number > 0);
    lines.sort_by_key(|line| line.number);
    lines.into_iter().map(|line| line.text).collect()
}

fn note_left_out(words: &str, finding: fn(String) -> Finding, flags: &mut Flags) {
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    if words.contains(char::is_alphanumeric) {
        let rest = if words.chars().count() > NAMED { "…" } else { "" };
        let named: String = words.chars().take(NAMED).collect();
        flags.note(finding(format!("{named}{rest}")), None);
    }
}

/// A page that names no day of its own has the day on which it appeared, which its frame shows below the title.
fn date_by_frame(lines: &mut Vec<Line>, survey: &Survey, flags: &mut Flags) {
    let is_dated = |line: &Line| line.text.chars().count() <= 40 && label::date(&line.text).is_some();
    let Some(day) = survey.appeared.as_ref().filter(|_| !lines.iter().any(is_dated)) else { return };
    // An issue of another year was put there later.
    let year = |line: &Line| (line.text.len() <= 120).then(|| label::label(&line.text)?.year).flatten();
    let appeared = label::date(day).map(|day| day.year());
    if lines.iter().find_map(year).is_some_and(|year| appeared != Some(year)) {
        return;
    }
    flags.note(Finding::DateOfPage(day.clone()), None);
    let words = vec![Inline::Text(day.clone())];
    let line = Line::marked(0, Mark::Row { words, border: Border::Paragraph });
    lines.insert(0, Line { counted: day.len(), ..line });
}

/// Each note directly behind the line that points to it; those that nothing points to stay in their places.
fn with_notes(found: Vec<Found>) -> Vec<Line> {
    let is_pointed_to = |name: &String| found.iter().any(|found| found.notes.contains(name));
    let moves: Vec<bool> = found.iter().map(|found| found.note.as_ref().is_some_and(is_pointed_to)).collect();
    let mut notes: Vec<(String, Line)> = Vec::new();
    let mut rest = Vec::with_capacity(found.len());
    for (found, moves) in found.into_iter().zip(moves) {
        match found.note {
            Some(name) if moves => notes.push((name, found.line)),
            Some(_) | None => rest.push((found.line, found.notes)),
        }
    }
    let mut lines = Vec::with_capacity(rest.len() + notes.len());
    for (line, signs) in rest {
        lines.push(line);
        for sign in signs {
            if let Some(at) = notes.iter().position(|(name, _)| *name == sign) {
                lines.push(notes.remove(at).1);
            }
        }
    }
    lines.extend(notes.into_iter().map(|(_, line)| line));
    lines.retain(|line| !line.text.is_empty() || matches!(line.mark, Some(Mark::Block(_))));
    lines
}
