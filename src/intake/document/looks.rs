//! Looks: headings of a document without styles, by how they are set (rule 5): the contents list says which look is
//! that of titles, else the largest that stands apart; numbered lines and bold ones between prose are subheads. Beside
//! styles only subheads are inferred. Runs before all roles; pure.

use super::contents_list::{self, ContentsList};
use super::flags::Flags;
use super::headings::{is_short, is_subhead, numbered_level, title_level};
use super::source::{Border, Line, Look, Mark, unset};
use super::spacing::{bare, join};
use super::{colophon, credit, label, masthead};
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline, plain};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The longest name of a section that only its place tells from a title, in characters.
const LONGEST_SECTION: usize = 10;
/// The level of inferred titles.
const TITLES: u8 = 2;
/// That of the sections above them, among which no title is looked for.
const SECTIONS: u8 = 0;
/// The longest title and the longest subhead on a line, in characters.
const LONGEST: usize = 60;
const LONGEST_SUBHEAD: usize = 40;

/// Gives lines that only look like headings their level.
pub(super) fn infer(lines: Vec<Line>, list: &ContentsList, flags: &mut Flags) -> Vec<Line> {
    let Some(body) = body(&lines) else { return lines };
    let styled = lines.iter().any(|line| line.level().is_some());
    let start = start(&lines, list);
    let end = start + colophon::start(&lines[start..].iter().collect::<Vec<_>>());
    if styled {
        let level = title_level(&lines, list).unwrap_or(1);
        return subheads_beside_styles(lines, start..end, body, level);
    }
    let lines = merged(lines, start..end, body);
    let end = start + colophon::start(&lines[start..].iter().collect::<Vec<_>>());
    let candidates: Vec<usize> = (start..end).filter(|at| is_candidate(&lines, *at, body)).collect();
    let Some(titles) = titles(&lines, &candidates, list, body) else { return lines };
    let levels = levels(&lines, &candidates, &titles, body);
    note(&lines, &levels, list, flags);
    headed(lines, levels)
}

/// Names the titles, and the sections above them, that neither a style nor the contents list knows: a title too many or
/// too few is graver than a subhead, which is named where its article is put together.
fn note(lines: &[Line], levels: &HashMap<usize, u8>, list: &ContentsList, flags: &mut Flags) {
    let listed: HashSet<String> = list
        .entries
        .iter()
        .flat_map(|entry| entry.section.iter().chain([&entry.title]))
        .map(|name| bare(name))
        .collect();
    let mut found: Vec<usize> = levels.iter().filter(|(_, level)| **level <= TITLES).map(|(at, _)| *at).collect();
    found.sort_unstable();
    for line in found.into_iter().map(|at| &lines[at]).filter(|line| !listed.contains(&bare(&line.text))) {
        flags.note(Finding::HeadingInferred(line.text.clone()), Some(line.number));
    }
}

/// The look of most text.
fn body(lines: &[Line]) -> Option<Look> {
    let mut weights: HashMap<Look, usize> = HashMap::new();
    for line in lines {
        if let Some(look) = line.look {
            *weights.entry(Look { centred: false, ..look }).or_default() += line.text.len();
        }
    }
    weights.into_iter().max_by_key(|(look, weight)| (*weight, look.size)).map(|(look, _)| look)
}

/// Behind masthead and contents list.
fn start(lines: &[Line], list: &ContentsList) -> usize {
    let styled = lines.iter().position(|line| line.level().is_some());
    let front = || masthead::marks(lines, None).iter().rposition(|is| *is).map_or(0, |at| at + 1);
    styled.unwrap_or_else(|| if list.lines.is_empty() { front() } else { list.lines.end })
}

fn is_paragraph(line: &Line) -> bool {
    match line.mark {
        // Of a page: a line that its place, if it tells, makes the first.
        None => line.look.is_some() && line.place.opens != Some(false),
        Some(Mark::Row { border, .. }) => border == Border::Paragraph,
        Some(_) => false,
    }
}

/// Whether a line goes on with the one before.
fn hangs(line: &Line) -> bool {
    matches!(line.mark, Some(Mark::Row { border: Border::Wrap | Border::Break, .. })) || line.place.opens == Some(false)
}

fn is_larger(look: Look, body: Look) -> bool {
    look.size > body.size
}

/// Whether a look is that of a heading in this body.
fn is_apart(look: Look, body: Look) -> bool {
    is_larger(look, body) || (look.bold && !body.bold) || (look.heavy && !body.heavy)
}

/// Whether a line may be a heading: short words of its own that say nothing else.
fn is_candidate(lines: &[Line], at: usize, body: Look) -> bool {
    let line = &lines[at];
    let (Some(look), true) = (line.look, is_paragraph(line)) else { return false };
    let goes_on = line.place.repeats || lines.get(at + 1).is_none_or(hangs);
    let text = line.text.as_str();
    if goes_on || credit::read(text).is_some() || is_caption(lines, at, body) || contents_list::is_section(text) {
        return false;
    }
    let is_title = is_larger(look, body) && look.centred && is_short(text.trim_end_matches(['！', '？']), LONGEST);
    is_title || (is_apart(look, body) && is_short(text, LONGEST_SUBHEAD)) || is_numbered(lines, at)
}

/// Whether a short line opens with a number that its neighbours do not go on with, as entries of a list would.
fn is_numbered(lines: &[Line], at: usize) -> bool {
    let level = |at: usize| lines.get(at).filter(|line| is_paragraph(line)).and_then(|line| numbered_level(&line.text));
    let own = level(at);
    let is_alone = level(at + 1) != own && at.checked_sub(1).is_none_or(|above| level(above) != own);
    own.is_some() && is_subhead(&lines[at].text) && is_alone
}

/// `图1 …`, `表2 …` beside a picture or a table.
fn is_caption(lines: &[Line], at: usize, body: Look) -> bool {
    let is_object = |line: Option<&Line>| {
        matches!(
            line.and_then(|line| line.mark.as_ref()),
            Some(Mark::Block(BlockKind::Image { .. } | BlockKind::Table { .. }))
        )
    };
    let rest = lines[at].text.strip_prefix(['图', '表']).map(str::trim_start);
    let numbered =
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c)));
    let above = at.checked_sub(1).and_then(|above| lines.get(above));
    numbered || (is_object(above) && lines[at].look.is_some_and(|look| look.centred && !is_larger(look, body)))
}

/// Whether a line is a further row of a paragraph that its author broke.
fn is_broken(line: &Line) -> bool {
    matches!(line.mark, Some(Mark::Row { border: Border::Break, .. }))
}

/// A title on two lines is one; so is a subhead whose second line stands where the first goes on.
fn merged(lines: Vec<Line>, range: std::ops::Range<usize>, body: Look) -> Vec<Line> {
    let is_large = |line: &Line| line.look.is_some_and(|look| look.centred && is_larger(look, body));
    let is_wrapped = |line: &Line| {
        line.mark.is_none()
            && line.place.opens == Some(false)
            && line.look.is_some_and(|look| is_larger(look, body) || (look.bold && !body.bold))
    };
    let goes_on: Vec<bool> = (0..lines.len())
        .map(|at| {
            let below = range.contains(&at)
                && at > range.start
                && lines[at].blanks <= 1
                && lines[at].look == lines[at - 1].look;
            (below && is_wrapped(&lines[at]))
                || below
                    && is_large(&lines[at - 1])
                    && is_paragraph(&lines[at - 1])
                    && is_large(&lines[at])
                    && (is_paragraph(&lines[at]) || is_broken(&lines[at]))
                    && numbered_level(&lines[at].text).is_none()
                    && credit::read(&lines[at].text).is_none()
                    && label::date(&lines[at].text).is_none()
        })
        .collect();
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    for (line, goes_on) in lines.into_iter().zip(goes_on) {
        match out.last_mut().filter(|_| goes_on) {
            Some(last) => last.hang(line),
            None => out.push(line),
        }
    }
    out
}

/// Which candidates are titles.
fn titles(lines: &[Line], candidates: &[usize], list: &ContentsList, body: Look) -> Option<HashSet<usize>> {
    let listed: HashSet<String> = list.entries.iter().map(|entry| bare(&entry.title)).collect();
    let is_listed = |at: &usize| listed.contains(&bare(&lines[*at].text));
    let looks = |at: &usize| lines[*at].look.filter(|look| is_larger(*look, body) || look.centred);
    let free = |at: &&usize| numbered_level(&lines[**at].text).is_none();
    let mut counts: HashMap<Look, (usize, usize)> = HashMap::new();
    for at in candidates.iter().filter(free) {
        if let Some(look) = looks(at) {
            let count = counts.entry(look).or_default();
            *count = (count.0 + usize::from(is_listed(at)), count.1 + 1);
        }
    }
    let look = match counts.iter().map(|(_, (found, _))| *found).max() {
        Some(found) if found > 0 => counts.iter().find(|(_, count)| count.0 == found).map(|(look, _)| *look),
        Some(_) | None => largest(lines, candidates, &counts),
    };
    // Beneath titles without numbers a list may name their subheads.
    let are_free = counts.values().any(|(found, _)| *found > 0);
    let is_title =
        |at: &usize| is_listed(at) && !(are_free && numbered_level(&lines[*at].text).is_some() && looks(at) != look);
    let of_look = |at: &&usize| is_title(at) || (look.is_some() && lines[**at].look == look && free(at));
    let found: HashSet<usize> = candidates.iter().filter(of_look).copied().collect();
    (!found.is_empty()).then_some(found)
}

/// The look of titles without a contents list: the largest. One line of it above several of the next is a name, and
/// short ones, each right above a title, are the names of sections.
fn largest(lines: &[Line], candidates: &[usize], counts: &HashMap<Look, (usize, usize)>) -> Option<Look> {
    let mut ranked: Vec<Look> = counts.keys().copied().collect();
    ranked.sort_by_key(|look| std::cmp::Reverse((look.size, look.centred, look.heavy, look.bold)));
    let (first, next) = (*ranked.first()?, ranked.get(1));
    let is_name = counts[&first].1 == 1 && candidates.first().is_some_and(|at| lines[*at].look == Some(first));
    match next.filter(|next| is_name && next.centred && counts[*next].1 > 1) {
        Some(next) => Some(*next),
        None => Some(below_sections(lines, candidates, first).unwrap_or(first)),
    }
}

/// The one look of the lines right below those of the first, if these are names of sections.
fn below_sections(lines: &[Line], candidates: &[usize], first: Look) -> Option<Look> {
    let names: Vec<usize> = candidates.iter().copied().filter(|at| lines[*at].look == Some(first)).collect();
    let look = lines.get(names.first()? + 1)?.look?;
    let is_title = |at: usize| {
        candidates.binary_search(&at).is_ok()
            && lines[at].look == Some(look)
            && numbered_level(&lines[at].text).is_none()
    };
    let is_name = |at: &usize| names_section(lines, *at) && is_title(at + 1);
    (names.len() > 1 && look != first && names.iter().all(is_name)).then_some(look)
}

/// Whether a line is short, and shorter than the one below it, as the name of a section above a title is; a title
/// above its first subhead is not.
fn names_section(lines: &[Line], at: usize) -> bool {
    let length = |at: usize| lines.get(at).map_or(0, |line| bare(&line.text).chars().count());
    length(at) <= LONGEST_SECTION && length(at) < length(at + 1)
}

/// The level of each candidate.
fn levels(lines: &[Line], candidates: &[usize], titles: &HashSet<usize>, body: Look) -> HashMap<usize, u8> {
    let size = titles.iter().filter_map(|at| lines[*at].look).map(|look| look.size).max().unwrap_or(0);
    let first = titles.iter().min().copied().unwrap_or(0);
    let ranks = Ranks::of(lines, candidates.iter().filter(|at| !titles.contains(at)));
    let above = above_titles(lines, candidates, titles);
    let mut levels = HashMap::new();
    for at in candidates {
        let look = lines[*at].look.unwrap_or(body);
        if titles.contains(at) {
            levels.insert(*at, TITLES);
        } else if titles.contains(&(at + 1)) && (look.size > size || above.contains(&look)) {
            levels.insert(*at, SECTIONS);
        } else if *at > first {
            levels.insert(*at, TITLES + ranks.rank(&lines[*at]));
        }
    }
    levels
}

/// The looks of what stands right above a title each time, several times: that is no subhead of the article before it.
fn above_titles(lines: &[Line], candidates: &[usize], titles: &HashSet<usize>) -> HashSet<Look> {
    let mut counts: HashMap<Look, (usize, usize)> = HashMap::new();
    for at in candidates.iter().filter(|at| !titles.contains(at)) {
        if let Some(look) = lines[*at].look {
            let count = counts.entry(look).or_default();
            *count = (count.0 + usize::from(titles.contains(&(at + 1))), count.1 + 1);
        }
    }
    counts.into_iter().filter(|(_, (above, all))| above == all && *all > 1).map(|(look, _)| look).collect()
}

/// Subheads by their numbering: those that are there, from the highest; unnumbered ones by their look.
struct Ranks {
    numbered: Vec<u8>,
    looks: HashMap<Look, u8>,
}

impl Ranks {
    fn of<'a>(lines: &[Line], candidates: impl Iterator<Item = &'a usize>) -> Self {
        let (mut found, mut looks) = (BTreeSet::new(), HashMap::new());
        for at in candidates {
            let Some(level) = numbered_level(&lines[*at].text) else { continue };
            found.insert(level);
            if let Some(look) = lines[*at].look {
                looks.entry(look).or_insert(level);
            }
        }
        Self { numbered: found.into_iter().collect(), looks }
    }

    fn rank(&self, line: &Line) -> u8 {
        let level = numbered_level(&line.text).or_else(|| self.looks.get(&line.look?).copied());
        let place = level.and_then(|level| self.numbered.iter().position(|own| *own == level)).unwrap_or(0);
        u8::try_from(place + 1).unwrap_or(1)
    }
}

/// Beside styles a numbered line and a bold one between prose are subheads.
fn subheads_beside_styles(lines: Vec<Line>, range: std::ops::Range<usize>, body: Look, titles: u8) -> Vec<Line> {
    let mut numbered: HashMap<u8, u8> = HashMap::new();
    for line in &lines {
        if let (Some(level), Some(number)) = (line.level(), numbered_level(&line.text)) {
            numbered.entry(number).or_insert(level);
        }
    }
    let is_subhead = |at: &usize| {
        let look = lines[*at].look.unwrap_or(body);
        let stands = lines.get(at + 1).is_some_and(|next| next.level().is_none());
        let is_bold = !look.centred && ((look.bold && !body.bold) || (look.heavy && !body.heavy));
        stands && is_candidate(&lines, *at, body) && (is_bold || is_numbered(&lines, *at))
    };
    let found: Vec<usize> = range.filter(is_subhead).collect();
    let ranks = Ranks::of(&lines, found.iter());
    let levels = found.iter().map(|at| {
        let line = &lines[*at];
        let above = lines[..*at].iter().rev().find_map(Line::level).unwrap_or(titles);
        let same = numbered_level(&line.text).and_then(|number| numbered.get(&number).copied());
        let level = match numbered_level(&line.text) {
            Some(_) => same.unwrap_or(titles + ranks.rank(line)),
            None => above.max(titles) + 1,
        };
        (*at, level.max(titles + 1))
    });
    let levels = levels.collect();
    headed(lines, levels)
}

/// The lines with their levels; a heading is not bold of itself.
fn headed(mut lines: Vec<Line>, levels: HashMap<usize, u8>) -> Vec<Line> {
    for (at, level) in levels {
        let line = &mut lines[at];
        let words = match &line.mark {
            None => vec![Inline::Text(line.text.clone())],
            Some(Mark::Row { words, .. }) => unset(words.clone()),
            Some(_) => continue,
        };
        line.mark = Some(Mark::Heading { level, words });
    }
    lines
}

impl Line {
    /// Goes on with the second line of a title.
    fn hang(&mut self, below: Self) {
        if let (Some(Mark::Row { words, .. }), Some(Mark::Row { words: more, .. })) = (&mut self.mark, below.mark) {
            let mut text = plain(words);
            join(&mut text, &plain(&more));
            *words = vec![Inline::Text(text)];
        }
        let is_apart = self.place.apart > 0 && self.place.apart == self.text.len();
        join(&mut self.text, &below.text);
        if is_apart {
            self.place.apart = self.text.len() - below.text.len().saturating_sub(below.place.apart);
        }
        if let (Some(held), Some(more)) = (&mut self.held, below.held) {
            held.push_str(&more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line and how it is set: its size, and `b`old, `c`entred or `h`eavy.
    fn line(number: u32, text: &str, size: u32, how: &str) -> Line {
        let words = vec![Inline::Text(text.into())];
        let look = Look { size, bold: how.contains('b'), centred: how.contains('c'), heavy: how.contains('h') };
        Line { look: Some(look), ..Line::marked(number, Mark::Row { words, border: Border::Paragraph }) }
    }

    fn inferred(rows: &[(&str, u32, &str)]) -> Vec<(u8, String)> {
        let lines = (1..).zip(rows).map(|(n, (text, size, how))| line(n, text, *size, how)).collect();
        let lines = infer(lines, &ContentsList::default(), &mut Flags::default());
        lines.into_iter().filter_map(|line| Some((line.level()?, line.text))).collect()
    }

    const PROSE: (&str, u32, &str) = ("全市建成平台三个，服务企业百家，成效很好。", 32, "");

    #[test]
    fn the_largest_centred_look_is_that_of_titles() {
        let rows = [
            ("云泽建设创新平台", 44, "ch"),
            PROSE,
            ("一、主要做法", 32, "h"),
            PROSE,
            ("（一）先试", 32, "b"),
            PROSE,
            ("安澜改革项目", 44, "ch"),
            ("管理办法", 44, "ch"),
            PROSE,
            ("总体情况", 32, "h"),
            PROSE,
        ];
        let found = inferred(&rows);
        let found: Vec<(u8, &str)> = found.iter().map(|(level, text)| (*level, text.as_str())).collect();
        assert_eq!(
            found,
            [
                (2, "云泽建设创新平台"),
                (3, "一、主要做法"),
                (4, "（一）先试"),
                (2, "安澜改革项目管理办法"),
                (3, "总体情况"),
            ]
        );
    }

    #[test]
    fn a_list_may_name_subheads_beneath_its_titles() {
        let rows =
            [("云泽建设创新平台", 44, "c"), PROSE, ("一、主要做法", 32, ""), PROSE, ("安澜办成实事", 44, "c"), PROSE];
        let mut list = contents_list::find(&super::super::clean::lines(
            "目录\n云泽建设创新平台……1\n一、主要做法……1\n安澜办成实事……2\n",
        ));
        assert_eq!(list.entries.len(), 3);
        list.lines = 0..0;
        let lines = (1..).zip(rows).map(|(n, (text, size, how))| line(n, text, size, how)).collect();
        let levels: Vec<u8> = infer(lines, &list, &mut Flags::default()).iter().filter_map(Line::level).collect();
        assert_eq!(levels, [2, 3, 2]);
    }

    #[test]
    fn one_article_alone_has_a_title_and_a_body_without_looks_has_none() {
        let rows = [("云泽建设创新平台", 44, "c"), PROSE, ("主要做法", 32, "b"), PROSE, ("下步打算", 32, "b"), PROSE];
        let levels: Vec<u8> = inferred(&rows).into_iter().map(|(level, _)| level).collect();
        assert_eq!(levels, [2, 3, 3]);
        assert!(inferred(&[PROSE, PROSE]).is_empty());
    }

    #[test]
    fn entries_and_captions_are_no_subheads() {
        let rows = [
            ("云泽建设创新平台", 44, "c"),
            PROSE,
            ("1.水泵", 32, ""),
            ("2.沙袋", 32, ""),
            PROSE,
            ("表1 平台情况", 32, "bc"),
            PROSE,
        ];
        assert_eq!(inferred(&rows).len(), 1);
    }
}
