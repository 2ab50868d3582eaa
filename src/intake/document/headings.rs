//! Headings: which lines open an article and which are subheads (rule 5), strongest evidence first:
//! the contents list, then a numbering pattern, then a short line that stands alone and does not
//! end like a sentence. Pure; asked by the plain-text reader.

use super::conservation::weight;
use super::contents_list::{ContentsList, Entry};
use super::label;
use super::source::Line;
use super::spacing::bare;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most characters of a subhead that has nothing but its shape to speak for it.
const SHORT: usize = 24;
/// The most comparisons by edit distance; a real issue needs a few hundred.
const COMPARISONS: usize = 100_000;

/// A title found in the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Title {
    /// Its first line.
    pub(super) at: usize,
    /// How many lines it fills.
    pub(super) height: usize,
    /// Its words, as the body has them.
    pub(super) text: String,
    /// The entry of the contents list that it answers.
    pub(super) entry: Option<usize>,
}

/// Finds each entry of a contents list among the lines `free` for it: exactly but for spaces, on
/// one line or two; else with an edit distance of at most 2. In the order of the body.
pub(super) fn listed(lines: &[Line], free: &[usize], entries: &[Entry]) -> Vec<Title> {
    let places = places(lines, free);
    let mut taken = HashSet::new();
    let mut titles = Vec::new();
    for (entry, wanted) in entries.iter().enumerate() {
        let found = places.get(&bare(&wanted.title)).into_iter().flatten();
        let free = |&&(at, height): &&(usize, usize)| !(at..at + height).any(|line| taken.contains(&line));
        if let Some(&(at, height)) = found.into_iter().find(free) {
            taken.extend(at..at + height);
            titles.push(title(lines, at, height, Some(entry)));
        }
    }
    titles.extend(alike(lines, free, entries, &titles));
    titles.sort_by_key(|title| title.at);
    titles.dedup_by_key(|title| title.at);
    titles
}

fn places(lines: &[Line], free: &[usize]) -> HashMap<String, Vec<(usize, usize)>> {
    let mut places: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (n, &at) in free.iter().enumerate() {
        let one = bare(&lines[at].text);
        if one.chars().count() > 80 {
            continue;
        }
        let below = free.get(n + 1).filter(|&&next| next == at + 1 && lines[next].blanks == 0);
        if let Some(&below) = below {
            let two = format!("{one}{}", bare(&lines[below].text));
            places.entry(two).or_default().push((at, 2));
        }
        places.entry(one).or_default().push((at, 1));
    }
    places
}

/// Entries still missing, found with a letter or two changed.
fn alike(lines: &[Line], free: &[usize], entries: &[Entry], found: &[Title]) -> Vec<Title> {
    let known: HashSet<usize> = found.iter().filter_map(|title| title.entry).collect();
    let taken: HashSet<usize> = found.iter().flat_map(|title| title.at..title.at + title.height).collect();
    let short: Vec<(usize, String, usize)> = free
        .iter()
        .filter(|at| !taken.contains(at) && is_short(&lines[**at].text, 60))
        .map(|&at| (at, bare(&lines[at].text)))
        .map(|(at, text)| (at, text.clone(), text.chars().count()))
        .collect();
    let mut left = COMPARISONS;
    let missing = entries.iter().enumerate().filter(|(n, _)| !known.contains(n));
    missing
        .filter_map(|(n, entry)| {
            let wanted = bare(&entry.title);
            let length = wanted.chars().count();
            let near = short.iter().find(|(_, text, size)| {
                if size.abs_diff(length) > 2 || left == 0 {
                    return false;
                }
                left -= 1;
                strsim::levenshtein(text, &wanted) <= (length / 4).min(2)
            })?;
            Some(title(lines, near.0, 1, Some(n)))
        })
        .collect()
}

/// The level of headings that are titles: that of most entries of the contents list; else the highest, unless it is
/// the one name of the issue. None where the format of the document marks no headings.
pub(super) fn title_level(lines: &[Line], list: &ContentsList) -> Option<u8> {
    let outside = |at: &usize| !list.lines.contains(at);
    let marked: Vec<(usize, u8)> = (0..lines.len())
        .filter(outside)
        .filter_map(|at| lines[at].level().map(|level| (at, level)))
        .filter(|(_, level)| *level > 0)
        .collect();
    let entries: HashSet<String> = list.entries.iter().map(|entry| bare(&entry.title)).collect();
    let mut listed: BTreeMap<u8, usize> = BTreeMap::new();
    for (_, level) in marked.iter().filter(|(at, _)| entries.contains(&bare(&lines[*at].text))) {
        *listed.entry(*level).or_default() += 1;
    }
    // A list may name sections above the titles, and subheads below them.
    if let Some(level) = listed.keys().copied().find(|level| !is_sections(lines, &marked, *level)) {
        return Some(level);
    }
    let (name, top) = marked.iter().copied().min_by_key(|(_, level)| *level)?;
    let is_alone = marked[0].0 == name && marked.iter().filter(|(_, level)| *level == top).count() == 1;
    let next = marked.iter().map(|(_, level)| *level).filter(|level| *level > top).min();
    let (true, Some(next)) = (is_alone, next) else { return Some(top) };
    let below = marked.get(1).map_or(lines.len(), |(at, _)| *at);
    let between = || lines[name + 1..below].iter();
    let is_numbered = between().any(|line| label::label(&line.text).is_some());
    if !is_numbered
        && marked.iter().filter(|(_, level)| *level == next).all(|(at, _)| numbered_level(&lines[*at].text).is_some())
    {
        return Some(top);
    }
    let is_front = |line: &Line| weight(&line.text) <= 60 && !line.text.ends_with(['。', '；']);
    Some(if is_numbered || between().all(is_front) { next } else { top })
}

/// Whether headings of a level only stand above titles: directly below each is a heading of a lower level that no
/// number makes a subhead.
fn is_sections(lines: &[Line], marked: &[(usize, u8)], level: u8) -> bool {
    let below = |(at, _): &(usize, u8)| {
        let next = lines.get(at + 1)?;
        next.level().filter(|below| *below > level && numbered_level(&next.text).is_none())
    };
    marked.iter().filter(|(_, own)| *own == level).all(|heading| below(heading).is_some())
}

/// The headings of this level.
pub(super) fn styled(lines: &[Line], free: &[usize], level: u8) -> Vec<Title> {
    let of_level = free.iter().copied().filter(|at| lines[*at].level() == Some(level));
    of_level.map(|at| title(lines, at, 1, None)).collect()
}

/// Without a contents list a title is the first heading, and each one that two blank lines or a
/// source line set apart. `set_apart` knows the source lines.
pub(super) fn unlisted(lines: &[Line], free: &[usize], set_apart: impl Fn(usize) -> bool) -> Vec<Title> {
    let stands = |at: usize| is_short(&lines[at].text, 40) && numbered_level(&lines[at].text).is_none();
    let parted = is_parted(lines, free, stands, &set_apart);
    let mut titles: Vec<Title> = Vec::new();
    for &at in &free[..free.len().saturating_sub(1)] {
        let blanks = lines[at].blanks;
        if stands(at) && (titles.is_empty() || (blanks >= 1 && (blanks >= 2 || parted || set_apart(at)))) {
            titles.push(title(lines, at, 1, None));
        }
    }
    titles
}

/// Whether blank lines part the articles: below each stands what may be a title, several of which source lines set
/// apart, and the numbered subheads have none above them.
fn is_parted(
    lines: &[Line],
    free: &[usize],
    stands: impl Fn(usize) -> bool,
    set_apart: impl Fn(usize) -> bool,
) -> bool {
    let below_blank = || free.iter().copied().skip(1).filter(|at| lines[*at].blanks > 0);
    let mut subheads = free
        .iter()
        .filter(|at| is_subhead(&lines[**at].text) && numbered_level(&lines[**at].text).is_some())
        .peekable();
    let has_subheads = subheads.peek().is_some();
    has_subheads
        && subheads.all(|at| lines[*at].blanks == 0)
        && below_blank().all(&stands)
        && below_blank().filter(|at| set_apart(*at)).count() > 1
}

/// Lines set apart like articles although the contents list does not name them.
pub(super) fn unlisted_among(lines: &[Line], apart: &[usize]) -> Vec<Title> {
    let stands =
        |at: usize| is_short(&lines[at].text, 40) && numbered_level(&lines[at].text).is_none() && lines[at].blanks > 0;
    let is_credit = |at: usize| super::credit::read(&lines[at].text).is_some();
    let stand = apart.iter().copied().filter(|&at| stands(at) && !is_credit(at) && at + 1 < lines.len());
    stand.map(|at| title(lines, at, 1, None)).collect()
}

fn title(lines: &[Line], at: usize, height: usize, entry: Option<usize>) -> Title {
    let mut text = lines[at].text.clone();
    for line in &lines[at + 1..at + height] {
        super::spacing::join(&mut text, &line.text);
    }
    Title { at, height, text, entry }
}

/// Whether a line looks like a subhead: short, and it does not end or pause like a sentence.
pub(super) fn is_subhead(text: &str) -> bool {
    is_short(text, SHORT)
}

/// Whether a text has few characters, and does not end or pause like a sentence.
pub(super) fn is_short(text: &str, most: usize) -> bool {
    let bare = bare(text);
    let length = bare.chars().count();
    let ends_open = bare.ends_with(['，', '、', '：', ':', ',', '；', ';', '—', '-', '…', '（', '“', '《']);
    (2..=most * if text.is_ascii() { 3 } else { 1 }).contains(&length)
        && !ends_sentence(&bare)
        && !ends_open
        && !bare.contains(['。', '；'])
        && bare.chars().any(char::is_alphabetic)
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '.', '!']) || text.ends_with("。”")
}

/// Whether a piece of text is a whole paragraph: it ends like a sentence, or with a bracket or
/// quotation mark (rule 7).
pub(super) fn is_complete(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '；', '…', '：', '”', '’', '）', '〕', '】', '》', '」', '』'])
        || text.ends_with(['.', '!', '?', ';', ':', ')', ']', '"'])
}

/// The level that a line's numbering gives it: 一、 1; （一） 2; 1. 3; （1） 4.
pub(super) fn numbered_level(text: &str) -> Option<u8> {
    let chinese =
        |s: &str| !s.is_empty() && s.chars().count() <= 3 && s.chars().all(|c| "一二三四五六七八九十".contains(c));
    let ascii = |s: &str| !s.is_empty() && s.len() <= 2 && s.bytes().all(|b| b.is_ascii_digit());
    let head: String = text.chars().take(8).collect();
    if let Some((number, _)) = head.split_once('、') {
        return chinese(number).then_some(1).or_else(|| ascii(number).then_some(3));
    }
    if let Some(inner) = head.strip_prefix(['（', '(']) {
        let (number, _) = inner.split_once(['）', ')'])?;
        return chinese(number).then_some(2).or_else(|| ascii(number).then_some(4));
    }
    let (number, rest) = head.split_once(['.', '．'])?;
    (ascii(number) && !rest.starts_with(|c: char| c.is_ascii_digit())).then_some(3)
}

/// Whether a line begins an item: it is numbered or has a bullet.
pub(super) fn opens_item(text: &str) -> bool {
    numbered_level(text).is_some() || has_bullet(text)
}

/// Whether a line opens with a bullet.
pub(super) fn has_bullet(text: &str) -> bool {
    text.starts_with(['•', '●', '◆', '■', '★', '▲', '○', '◇', '□']) || text.starts_with("- ") || text.starts_with("* ")
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    fn entry(title: &str) -> Entry {
        Entry { title: title.into(), section: None, line: 1, level: None }
    }

    #[test]
    fn a_subhead_is_short_and_does_not_end_like_a_sentence() {
        for (text, is) in [
            ("创新引领聚合力，让老厂房长出新产业来", true),
            ("创新引领 壮大产业主体", true),
            ("一、主要做法", true),
            ("Funding for small firms", true),
            ("企业检测300多次。", false),
            ("具体做法如下：", false),
            ("云泽市按照增加总量提升质量增强动能的工作思路推进", true),
            ("云泽市按照增加总量提升质量增强动能的工作思路推进改革", false),
            ("— 3 —", false),
        ] {
            assert_eq!(is_subhead(text), is, "{text}");
        }
    }

    #[test]
    fn numbering_gives_the_level() {
        for (text, level) in [
            ("一、总体情况", Some(1)),
            ("（二）做法", Some(2)),
            ("3.成效", Some(3)),
            ("12、成效", Some(3)),
            ("(4)成效", Some(4)),
            ("1.2亿元", None),
            ("一是加强引导", None),
            ("企业、院校", None),
        ] {
            assert_eq!(numbered_level(text), level, "{text}");
        }
    }

    #[test]
    fn titles_are_found_exactly_then_without_spaces_then_nearly() {
        let lines = lines(
            "云泽建设创新平台\n文。\n\n安澜 三步走 提升能力\n文。\n\n启明强化企业创新主休\n文。\n\n海岭市深化\n科技体制改革\n文。",
        );
        let free: Vec<usize> = (0..lines.len()).collect();
        let entries = [
            entry("云泽建设创新平台"),
            entry("安澜三步走提升能力"),
            entry("启明强化企业创新主体"),
            entry("海岭市深化科技体制改革"),
            entry("没有这篇"),
        ];
        let found = listed(&lines, &free, &entries);
        let seen: Vec<_> = found.iter().map(|t| (t.at, t.height, t.text.as_str(), t.entry)).collect();
        assert_eq!(
            seen,
            [
                (0, 1, "云泽建设创新平台", Some(0)),
                (2, 1, "安澜 三步走 提升能力", Some(1)),
                (4, 1, "启明强化企业创新主休", Some(2)),
                (6, 2, "海岭市深化科技体制改革", Some(3)),
            ]
        );
    }
}
