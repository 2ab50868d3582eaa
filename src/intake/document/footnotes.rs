//! Footnotes: wherever a format holds its notes, they stand at the end of the article that refers to them (rule 10). A
//! note is a block whose words open with its number, raised; the reference is the nearest such number above it.

use super::bulletin::Role;
use super::headings::Title;
use super::source::{Line, Mark};
use crate::domain::issue::{BlockKind, Inline};
use std::collections::HashMap;

/// A note, and the line that refers to it.
#[derive(Debug)]
pub(super) struct Footnote {
    at: usize,
    line: Line,
}

/// Takes the notes out of the lines.
pub(super) fn take(lines: Vec<Line>) -> (Vec<Line>, Vec<Footnote>) {
    let mut rest: Vec<Line> = Vec::with_capacity(lines.len());
    let mut notes = Vec::new();
    let mut references: HashMap<String, usize> = HashMap::new();
    for line in lines {
        match own_mark(&line) {
            Some(mark) => {
                let at = references.get(mark).copied().unwrap_or(rest.len().saturating_sub(1));
                notes.push(Footnote { at, line });
            }
            None => {
                references.extend(marks(&line).into_iter().map(|mark| (mark, rest.len())));
                rest.push(line);
            }
        }
    }
    (rest, notes)
}

/// Puts the notes at the ends of their articles.
pub(super) fn put(notes: Vec<Footnote>, lines: &mut Vec<Line>, roles: &mut Vec<Role>, titles: &mut [Title]) {
    if notes.is_empty() {
        return;
    }
    let ends: Vec<usize> = titles.iter().skip(1).map(|title| title.at).chain([lines.len()]).collect();
    let mut by_end: HashMap<usize, Vec<Line>> = HashMap::new();
    for note in notes {
        let end = ends.iter().find(|end| note.at < **end).copied().unwrap_or(lines.len());
        by_end.entry(end).or_default().push(note.line);
    }
    let before = |at: usize| by_end.iter().filter(|(end, _)| **end <= at).map(|(_, notes)| notes.len()).sum::<usize>();
    titles.iter_mut().for_each(|title| title.at += before(title.at));
    let old: Vec<(Line, Role)> = lines.drain(..).zip(roles.drain(..)).collect();
    let last = old.len();
    for (at, (line, role)) in old.into_iter().enumerate() {
        put_notes(by_end.remove(&at), lines, roles);
        lines.push(line);
        roles.push(role);
    }
    put_notes(by_end.remove(&last), lines, roles);
}

fn put_notes(notes: Option<Vec<Line>>, lines: &mut Vec<Line>, roles: &mut Vec<Role>) {
    for note in notes.into_iter().flatten() {
        lines.push(note);
        roles.push(Role::Body);
    }
}

/// The number that a note opens with.
fn own_mark(line: &Line) -> Option<&str> {
    match &line.mark {
        Some(Mark::Block(BlockKind::Note { text })) => match text.first() {
            Some(Inline::Superscript(mark)) => Some(mark),
            _ => None,
        },
        Some(_) | None => None,
    }
}

/// The raised numbers in a line.
fn marks(line: &Line) -> Vec<String> {
    let raised = |words: &[Inline]| -> Vec<String> {
        words
            .iter()
            .filter_map(|inline| match inline {
                Inline::Superscript(mark) => Some(mark.clone()),
                _ => None,
            })
            .collect()
    };
    match &line.mark {
        Some(
            Mark::Heading { words, .. }
            | Mark::Contents { words, .. }
            | Mark::Row { words, .. }
            | Mark::Aside(words)
            | Mark::Entry { words, .. },
        ) => raised(words),
        Some(Mark::Block(BlockKind::Table { rows, .. })) => {
            rows.iter().flatten().flat_map(|cell| raised(cell)).collect()
        }
        Some(Mark::Block(BlockKind::List { items, .. })) => items.iter().flat_map(|item| raised(item)).collect(),
        Some(Mark::Block(
            BlockKind::Quote { text } | BlockKind::Paragraph { text } | BlockKind::Heading { text, .. },
        )) => raised(text),
        Some(Mark::Block(BlockKind::Note { .. } | BlockKind::Image { .. })) => Vec::new(),
        None => references(&line.text),
    }
}

/// The numbers in a text that refer to notes: raised ones, and those in circles. Behind a figure, one letter or a unit of length
/// it is a power: 10⁸, R², km².
pub(super) fn references(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut word, mut is_open, mut was_raised) = (String::new(), false, false);
    for c in text.chars() {
        match RAISED.iter().position(|raised| *raised == c) {
            Some(digit) if is_open => {
                found.iter_mut().last().into_iter().for_each(|number| *number += &digit.to_string())
            }
            Some(digit) if !was_raised && !has_power(&word) => {
                found.push(digit.to_string());
                is_open = true;
            }
            Some(_) => {}
            None => {
                is_open = false;
                found.extend(('①'..='⑳').contains(&c).then(|| c.to_string()));
            }
        }
        was_raised = RAISED.contains(&c);
        match c.is_ascii_alphanumeric() {
            true => word.push(c),
            false => word.clear(),
        }
    }
    found
}

/// Whether what is raised behind a word is its power.
fn has_power(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    word.ends_with(|c: char| c.is_ascii_digit()) || unit.len() == 1 || ["mm", "cm", "dm", "km", "nm"].contains(&unit)
}

/// The digits, raised.
pub(super) const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

#[cfg(test)]
mod tests {
    use super::super::source::Border;
    use super::*;

    fn row(words: Vec<Inline>) -> Line {
        Line::marked(1, Mark::Row { words, border: Border::Paragraph })
    }

    fn note(mark: &str) -> Line {
        let text = vec![Inline::Superscript(mark.into()), Inline::Text("注".into())];
        Line::marked(1, Mark::Block(BlockKind::Note { text }))
    }

    fn title(at: usize) -> Title {
        Title { at, height: 1, text: String::new(), entry: None }
    }

    #[test]
    fn a_note_stands_at_the_end_of_the_article_that_refers_to_it() {
        let words = |text: &str, mark: &str| vec![Inline::Text(text.into()), Inline::Superscript(mark.into())];
        let plain = |text: &str| row(vec![Inline::Text(text.into())]);
        let all = vec![
            plain("题一"),
            row(words("甲", "1")),
            plain("乙"),
            plain("题二"),
            row(words("丙", "2")),
            plain("编辑"),
        ];
        for notes_at in [[2, 6], [6, 6]] {
            let mut lines = all.clone();
            lines.insert(notes_at[1], note("2"));
            lines.insert(notes_at[0], note("1"));
            let (mut lines, notes) = take(lines);
            let mut roles = vec![Role::Title, Role::Body, Role::Body, Role::Title, Role::Body, Role::Colophon];
            let mut titles = [title(0), title(3)];
            put(notes, &mut lines, &mut roles, &mut titles);
            let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(texts, ["题一", "甲1", "乙", "1注", "题二", "丙2", "编辑", "2注"]);
            assert_eq!((titles[0].at, titles[1].at, roles[7]), (0, 4, Role::Body));
        }
    }

    #[test]
    fn a_power_refers_to_no_note() {
        for (text, found) in [
            ("平台¹，园区¹²。", vec!["1", "12"]),
            ("80m²的展厅，10⁸个，R³", vec![]),
            ("平台¹占10⁸⁹", vec!["1"]),
            ("规划①②", vec!["①", "②"]),
            ("GDP¹和AI²，100km²", vec!["1", "2"]),
        ] {
            assert_eq!(references(text), found, "{text}");
        }
    }
}
