//! Looks: which lines of a page are headings though no tag says so (rule 5): short lines that are larger, bold or
//! centred as a whole, in the way that WeChat's editors and documents without styles set them, and numbered ones
//! (一、, （一）). Lines that look the same have the same level, the larger the higher.

use super::row::Look;
use super::walk::Found;
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline};
use crate::intake::document::flags::Flags;
use crate::intake::document::headings::{is_short, is_subhead, numbered_level, title_level};
use crate::intake::document::source::{Border, Line, Mark, unset};
use crate::intake::document::{contents_list, credit, label, masthead};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The longest heading, in characters.
const LONGEST: usize = 45;

/// The longest name of a section, in characters.
const LONGEST_BADGE: usize = 12;

/// How a heading ranks among others: by size, then centred, bold, and by its numbering.
type Rank = (Reverse<u32>, Reverse<bool>, Reverse<bool>, u8);

/// Makes the lines that look like headings headings.
pub(super) fn infer(found: &mut [Found], flags: &mut Flags) {
    let usual = usual_size(found);
    let ranked: Vec<(usize, Rank)> =
        (0..found.len()).filter_map(|at| rank(found, at, usual).map(|rank| (at, rank))).collect();
    let deepest = found.iter().filter_map(|found| found.line.level()).max().unwrap_or(0);
    let ranks: BTreeSet<Rank> = ranked.iter().map(|(_, rank)| *rank).collect();
    let below = |rank: &Rank| u8::try_from(ranks.iter().take_while(|own| *own <= rank).count()).unwrap_or(u8::MAX);
    if let Some(title) = untitled(found, &ranked).filter(|_| deepest == 0) {
        set(&mut found[title].line, 1);
        flags.note(Finding::HeadingInferred(found[title].line.text.clone()), Some(found[title].line.number));
        for (at, rank) in &ranked {
            subhead(&mut found[*at].line, below(rank), flags);
        }
        return;
    }
    for (at, rank) in &ranked {
        set(&mut found[*at].line, deepest.saturating_add(below(rank)));
    }
    name_sections(found, flags);
    let inferred: Vec<usize> = ranked.iter().map(|(at, _)| *at).collect();
    note(found, &inferred, flags);
}

/// The short lines that stand right above several titles, all set in one way that no other line is: the names of
/// sections, as WeChat's editors set them in badges. Their level is above that of every title.
fn name_sections(found: &mut [Found], flags: &mut Flags) {
    let is_badge = |at: usize| {
        let line = &found[at].line;
        let is_row = line.level().is_none() && matches!(line.mark, Some(Mark::Row { border: Border::Paragraph, .. }));
        let below = found.get(at + 1).and_then(|below| below.line.level());
        (is_row && is_short(&line.text, LONGEST_BADGE) && !states(&line.text) && credit::foot(&line.text).is_none())
            .then_some(below)
            .flatten()
    };
    let way = |found: &Found| found.look.map(|look| (look.size, look.strong, look.centred));
    let badges: Vec<(usize, u8)> = (0..found.len()).filter_map(|at| Some((at, is_badge(at)?))).collect();
    let Some((first, level)) = badges.iter().min_by_key(|(_, level)| *level).copied() else { return };
    let own = way(&found[first]);
    let same = (0..found.len()).filter(|at| way(&found[*at]) == own).count();
    let badges: Vec<usize> =
        badges.into_iter().filter(|(at, below)| *below == level && way(&found[*at]) == own).map(|(at, _)| at).collect();
    // The first stands above the first title; else the lines close the articles above them.
    let title = found.iter().position(|found| found.line.level() == Some(level));
    let is_first = title.is_some_and(|title| badges.first().is_some_and(|first| *first < title));
    if badges.len() < 2 || badges.len() < same || own.is_none() || !is_first {
        return;
    }
    for at in badges {
        set(&mut found[at].line, 0);
        flags.note(Finding::HeadingInferred(found[at].line.text.clone()), Some(found[at].line.number));
    }
}

/// Makes a line a subhead, which no title is to be taken for.
fn subhead(line: &mut Line, level: u8, flags: &mut Flags) {
    if let Some(Mark::Row { words, .. }) = &mut line.mark {
        let text = unset(std::mem::take(words));
        line.mark = Some(Mark::Block(BlockKind::Heading { level: level.clamp(1, 4), text }));
        flags.note(Finding::HeadingInferred(line.text.clone()), Some(line.number));
    }
}

/// Titles and those below them are named: where no tag says so, the borders of articles are inferred as much as their
/// subheads, and a title too many or too few is the graver fault.
fn note(found: &[Found], inferred: &[usize], flags: &mut Flags) {
    let is_aside = |line: &&Line| matches!(line.mark, Some(Mark::Aside(_)));
    let lines: Vec<Line> = found.iter().map(|found| &found.line).filter(|line| !is_aside(line)).cloned().collect();
    let Some(level) = title_level(&lines, &contents_list::find(&lines)) else { return };
    let first = found.iter().position(|found| found.line.level() == Some(level)).unwrap_or(0);
    for line in inferred.iter().filter(|at| **at >= first).map(|at| &found[*at].line) {
        if line.level() >= Some(level) {
            flags.note(Finding::HeadingInferred(line.text.clone()), Some(line.number));
        }
    }
}

fn set(line: &mut Line, level: u8) {
    if let Some(Mark::Row { words, .. }) = &mut line.mark {
        let words = unset(std::mem::take(words));
        line.mark = Some(Mark::Heading { level, words });
    }
}

/// How a line ranks as a heading; none if it is none.
fn rank(found: &[Found], at: usize, usual: u32) -> Option<Rank> {
    let line = &found[at].line;
    let look = found[at].look?;
    if !is_alone(found, at) || !is_short(&line.text, LONGEST) || states(&line.text) {
        return None;
    }
    let is_larger = look.size * 10 >= usual * 11;
    let numbered = numbered_level(&line.text);
    let stands_out = (is_larger && (look.strong || look.centred))
        || (look.strong && look.centred && look.size >= usual)
        || ((look.strong || matches!(numbered, Some(1 | 2))) && is_subhead(&line.text));
    let Look { size, strong, centred, .. } = look;
    stands_out.then_some((Reverse(size), Reverse(centred), Reverse(strong), numbered.unwrap_or(0)))
}

/// Whether a line is a paragraph of its own with something below it.
fn is_alone(found: &[Found], at: usize) -> bool {
    let hangs = |line: &Line| matches!(line.mark, Some(Mark::Row { border: Border::Wrap | Border::Break, .. }));
    let is_row = matches!(&found[at].line.mark, Some(Mark::Row { words, .. }) if words.iter().all(is_plain));
    is_row && !hangs(&found[at].line) && found.get(at + 1).is_some_and(|below| !hangs(&below.line))
}

fn is_plain(inline: &Inline) -> bool {
    !matches!(inline, Inline::Link { .. } | Inline::Break)
}

/// Whether a line says what a masthead, an imprint or a credit says.
fn states(text: &str) -> bool {
    contents_list::is_heading(text)
        || credit::read(text).is_some()
        || label::label(text).is_some()
        || label::date(text).is_some()
        || masthead::is_imprint(text)
        || masthead::is_secret(text)
}

/// The size of most words.
fn usual_size(found: &[Found]) -> u32 {
    let mut sizes: Vec<(u32, usize)> = Vec::new();
    for look in found.iter().filter_map(|found| found.look) {
        match sizes.iter_mut().find(|(size, _)| *size == look.size) {
            Some((_, weight)) => *weight += look.weight,
            None => sizes.push((look.size, look.weight)),
        }
    }
    sizes.into_iter().max_by_key(|(_, weight)| *weight).map_or(0, |(size, _)| size)
}

/// Where subheads alone stand out, the first short line above them is the title of their article.
fn untitled(found: &[Found], ranked: &[(usize, Rank)]) -> Option<usize> {
    let (first, _) = ranked.first()?;
    let is_prose =
        |found: &Found| found.look.is_some_and(|look| look.weight > LONGEST) || found.line.text.ends_with('。');
    let above = &found[..*first];
    let numbered = numbered_level(&found[*first].line.text).is_some();
    if !numbered && !above.iter().any(is_prose) {
        return None;
    }
    above.iter().position(|found| {
        let is_row = matches!(found.line.mark, Some(Mark::Row { .. }));
        is_row && !states(&found.line.text) && is_short(&found.line.text, LONGEST)
    })
}
