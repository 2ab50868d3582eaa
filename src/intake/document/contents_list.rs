//! Contents list: the dictionary for finding articles (rule 4). It is known by its heading (目录,
//! 本期要目, CONTENTS) or by three lines that end in a leader and a page number. Bullets, leaders
//! and page numbers are dropped; the titles keep their inner spaces.

use super::numerals::in_digits;
use super::source::{Line, Mark};
use super::spacing::bare;
use crate::domain::issue::Contents;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How far down a document its contents list is looked for, in lines.
const DEPTH: usize = 200;

/// The highest number of an entry.
const MOST_ENTRIES: u32 = 60;

/// A contents list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ContentsList {
    /// The lines it fills, its heading included.
    pub(super) lines: Range<usize>,
    /// Its articles, in order.
    pub(super) entries: Vec<Entry>,
    /// What it lists besides: subheads and sections, without white space.
    besides: Vec<String>,
}

/// An article as the contents list names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its title.
    pub(super) title: String,
    /// The section it is listed under.
    pub(super) section: Option<String>,
    /// The document's line it stands in.
    pub(super) line: u32,
    /// Its level, where the format of the document says one.
    pub(super) level: Option<u8>,
}

impl ContentsList {
    /// Keeps the entries of articles, whose headings are of this level; those above are sections, those below subheads.
    pub(super) fn keep_titles(&mut self, lines: &[Line], level: u8) {
        let outside = |at: &usize| !self.lines.contains(at);
        let headings: HashMap<String, u8> = (0..lines.len())
            .filter(outside)
            .filter_map(|at| Some((bare(&lines[at].text), lines[at].level()?)))
            .collect();
        let own = |entry: &Entry| headings.get(&bare(&entry.title)).copied();
        let titles = self.entries.iter().filter(|entry| own(entry) == Some(level));
        let listed = titles.filter_map(|entry| entry.level).max();
        let mut section = None;
        for mut entry in std::mem::take(&mut self.entries) {
            let place = own(&entry).map(|own| own.cmp(&level));
            match place.or_else(|| Some(entry.level?.cmp(&listed?))).unwrap_or(Ordering::Equal) {
                Ordering::Equal => {
                    entry.section = entry.section.or_else(|| section.clone());
                    self.entries.push(entry);
                }
                Ordering::Less => {
                    self.besides.push(bare(&entry.title));
                    section = Some(section_name(&entry.title));
                }
                Ordering::Greater => self.besides.push(bare(&entry.title)),
            }
        }
    }

    /// Of these lines, which are its own, those that are neither a heading of it, nor of an entry, nor the section
    /// of an article.
    pub(super) fn unread<'l>(&self, lines: &'l [Line], contents: &Contents) -> Vec<&'l Line> {
        let titles: Vec<String> = self.entries.iter().map(|entry| bare(&entry.title)).collect();
        let is_read = |at: &usize| {
            let line = &lines[*at];
            let pushed = pushed(lines, at + 1).or_else(|| pushed(lines, *at));
            let text = pushed.as_deref().unwrap_or(&line.text);
            let key = title_key(without_page(text).unwrap_or(text));
            let name = section_name(&line.text);
            is_heading(&line.text)
                || !line.text.contains(char::is_alphanumeric)
                || titles.iter().any(|title| title.contains(&key))
                || self.besides.contains(&key)
                || contents.articles.iter().any(|article| article.section.as_ref() == Some(&name))
        };
        (0..lines.len()).filter(|at| !is_read(at)).map(|at| &lines[at]).collect()
    }
}

/// Finds the contents list; empty if the document has none.
pub(super) fn find(lines: &[Line]) -> ContentsList {
    let front = &lines[..lines.len().min(DEPTH)];
    if let Some(marked) = marked(lines) {
        return marked;
    }
    let heading = front.iter().position(|line| is_heading(&line.text));
    let start = heading.map(|at| at + 1).or_else(|| first_run(front));
    let Some(start) = start else { return ContentsList::default() };
    let numbered = numbered_end(lines, start);
    let end = match heading {
        Some(_) if is_entry(lines.get(start)) => {
            start + lines[start..].iter().take_while(|line| is_entry(Some(line))).count()
        }
        Some(_) if numbered == start => listed_end(lines, start),
        _ => numbered,
    };
    if end == start {
        return ContentsList::default();
    }
    let entries = entries(&lines[start..end], &lines[end..]);
    ContentsList {
        lines: heading.unwrap_or(start)..end,
        entries: without_numbers(entries, &lines[end..]),
        ..ContentsList::default()
    }
}

/// The list that the format of the document marks, its heading included.
fn marked(lines: &[Line]) -> Option<ContentsList> {
    let level = |line: &Line| match line.mark {
        Some(Mark::Contents { level, .. }) => Some(level),
        Some(Mark::Heading { .. } | Mark::Row { .. } | Mark::Entry { .. } | Mark::Block(_) | Mark::Aside(_)) | None => {
            None
        }
    };
    let first = lines.iter().position(|line| level(line).is_some())?;
    let end = first + lines[first..].iter().take_while(|line| level(line).is_some()).count();
    let start = first.checked_sub(1).filter(|above| is_heading(&lines[*above].text)).unwrap_or(first);
    let entry = |line: &Line| Entry {
        title: without_bullet(without_page(&line.text).unwrap_or(&line.text)).trim().to_owned(),
        section: None,
        line: line.number,
        level: level(line),
    };
    let entries: Vec<Entry> = lines[first..end].iter().filter(|line| !is_heading(&line.text)).map(entry).collect();
    Some(ContentsList {
        lines: start..end,
        entries: without_numbers(entries, &lines[end..]),
        ..ContentsList::default()
    })
}

/// Entries that a list numbers (`1．甲`, `2．乙`) are named without their numbers, unless the body numbers them, too.
fn without_numbers(mut entries: Vec<Entry>, below: &[Line]) -> Vec<Entry> {
    let titles: Option<Vec<String>> = (1..)
        .zip(&entries)
        .map(|(number, entry)| {
            let (own, title) = numbered(&entry.title)?;
            (own == number).then(|| title.to_owned())
        })
        .collect();
    let below: HashSet<String> = below.iter().map(|line| bare(&line.text)).collect();
    if let Some(titles) = titles
        && entries.len() >= 2
        && !entries.iter().any(|entry| below.contains(&bare(&entry.title)))
    {
        entries.iter_mut().zip(titles).for_each(|(entry, title)| entry.title = title);
    }
    entries
}

/// A text behind the number that opens it: `1．甲`, `2、乙`, `三、丙`.
fn numbered(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = text.split_once(['.', '．', '、', ' ', '\u{3000}'])?;
    let (number, rest) = (in_digits(number).parse().ok()?, rest.trim());
    let is_more = rest.starts_with(|c: char| c.is_ascii_digit() || "年月日届期周季号".contains(c));
    (number <= MOST_ENTRIES && !is_more).then_some((number, rest))
}

fn is_entry(line: Option<&Line>) -> bool {
    line.is_some_and(|line| matches!(line.mark, Some(Mark::Entry { .. })))
}

/// Whether a line is the heading of a contents list.
pub(super) fn is_heading(text: &str) -> bool {
    let bare = bare(text);
    let word = bare.trim_matches(['【', '】', '[', ']', '：', ':', '#', '*']);
    matches!(word, "目录" | "目次" | "要目" | "本期要目" | "本期目录" | "本期导读" | "内容提要")
        || word.eq_ignore_ascii_case("contents")
}

/// The first of three consecutive lines that end in a leader and a number.
fn first_run(front: &[Line]) -> Option<usize> {
    let is_run = |three: &[Line]| three.iter().all(|line| without_page(&line.text).is_some());
    // Behind tabs stand the numbers of tables, too: then one of the titles must come back.
    let again = |at: usize, line: &Line| {
        let title = title_key(without_page(&line.text).unwrap_or_default());
        front[at + 3..].iter().any(|below| title_key(&below.text) == title)
    };
    front.windows(3).enumerate().find_map(|(at, three)| {
        let is_table = three.iter().all(|line| line.text.contains('\t')) && !three.iter().any(|line| again(at, line));
        (is_run(three) && !is_table).then_some(at)
    })
}

/// Behind the last line that ends in a leader and a number. One line in between may have none: a
/// section, or the first half of a long title.
fn numbered_end(lines: &[Line], start: usize) -> usize {
    let mut end = start;
    let ends =
        |at: usize| lines.get(at).is_some_and(|l| without_page(&l.text).is_some()) || pushed(lines, at).is_some();
    while let Some(step) = (0..3).find(|step| ends(end + step)) {
        end += step + 1;
    }
    end
}

/// Behind the last line that stands again further down: a list without page numbers ends where the
/// first of its titles comes back.
fn listed_end(lines: &[Line], start: usize) -> usize {
    let limit = lines.len().min(start + DEPTH);
    let mut listed = HashSet::new();
    let again = (start..limit).find(|at| !listed.insert(title_key(&lines[*at].text)));
    let Some(again) = again else { return start };
    let first = title_key(&lines[again].text);
    let is_first = lines[start..again].iter().position(|l| title_key(&l.text) == first).is_some_and(|at| at <= 1);
    if is_first { again } else { start }
}

/// What two spellings of a title share.
fn title_key(text: &str) -> String {
    let text = without_bullet(text);
    bare(numbered(text).map_or(text, |(_, title)| title))
}

fn entries(list: &[Line], below: &[Line]) -> Vec<Entry> {
    let below: HashSet<String> = below.iter().map(|line| bare(&line.text)).collect();
    let plain_list = list.iter().all(|line| without_page(&line.text).is_none());
    let mut entries = Vec::new();
    let mut section = None;
    let mut half: Option<String> = None;
    for (at, line) in list.iter().enumerate().filter(|(at, _)| pushed(list, *at).is_none()) {
        let whole = pushed(list, at + 1);
        let text = whole.as_deref().unwrap_or(&line.text);
        let (title, has_page) = match without_page(text) {
            Some(title) => (without_bullet(title), true),
            None => (without_bullet(text), plain_list && !is_section(text)),
        };
        if !has_page {
            if let Some(name) = half.replace(title.to_owned()) {
                section = Some(section_name(&name));
            }
            continue;
        }
        let title = match half.take() {
            Some(first) if is_wrapped(&first, title, &below) => format!("{first}{title}"),
            Some(name) => {
                section = Some(section_name(&name));
                title.to_owned()
            }
            None => title.to_owned(),
        };
        entries.push(Entry { title, section: section.clone(), line: line.number, level: None });
    }
    entries
}

/// Two lines are one title if the whole stands in the body, and the second half alone does not.
fn is_wrapped(first: &str, second: &str, below: &HashSet<String>) -> bool {
    below.contains(&bare(&format!("{first}{second}"))) || (!below.contains(&bare(second)) && !is_section(first))
}

/// Whether a line is set in brackets, as the names of sections are: `【政策动态】`.
pub(super) fn is_section(text: &str) -> bool {
    let bracketed = |open, close| text.starts_with(open) && text.ends_with(close) && text.chars().count() <= 16;
    bracketed('【', '】') || bracketed('〖', '〗') || bracketed('［', '］') || bracketed('[', ']')
}

/// A section's name without its brackets and bullets.
pub(super) fn section_name(text: &str) -> String {
    without_bullet(text).trim_matches(|c: char| "【】〖〗［］[]".contains(c) || c.is_whitespace()).to_owned()
}

fn without_bullet(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || "-*•·★☆●○◎◆◇■□▲△▶►※〓".contains(c))
}

/// A line and the one above it, whose leader filled that to its end so that it is a number alone.
fn pushed(lines: &[Line], at: usize) -> Option<String> {
    let (above, number) = (&lines.get(at.checked_sub(1)?)?.text, &lines.get(at)?.text);
    let is_number = number.chars().count() <= 3 && number.chars().all(|c| super::half_width(c).is_ascii_digit());
    let whole = format!("{above}{number}");
    (is_number && without_page(above).is_none() && without_page(&whole).is_some()).then_some(whole)
}

/// The line without its leader and page number; none if it has none.
fn without_page(text: &str) -> Option<&str> {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let text = text.trim_end_matches([')', '）', ']', '〕']);
    let title = text.trim_end_matches(is_digit);
    if title.len() == text.len() {
        return None;
    }
    let title = title.trim_end_matches(['(', '（', '[', '〔']);
    let is_leader = |c: char| c.is_whitespace() || "….·‥⋯．・—─-_＿".contains(c);
    let bare_title = title.trim_end_matches(is_leader);
    let leader = &title[bare_title.len()..];
    let strong = leader.contains(['…', '⋯', '‥', '\t']) || leader.chars().filter(|c| !c.is_whitespace()).count() >= 3;
    (strong && !bare_title.is_empty() && !bare_title.contains('\t')).then_some(bare_title)
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    #[test]
    fn leaders_and_page_numbers_are_known_in_every_form() {
        for (text, title) in [
            ("- ★ 云泽：建平台……2", Some("- ★ 云泽：建平台")),
            ("云泽“双翼” …5", Some("云泽“双翼”")),
            ("云泽......１２", Some("云泽")),
            ("云泽………（7）", Some("云泽")),
            ("云泽\t9", Some("云泽")),
            ("云泽\t9\t12", None),
            ("共有企业 12", None),
            ("到 2025", None),
            ("……3", None),
        ] {
            assert_eq!(without_page(text), title, "{text}");
        }
    }

    #[test]
    fn a_list_is_found_by_its_heading_or_by_its_leaders() {
        let leaders = "简报\n\n甲事……1\n乙事……2\n丙事……3\n\n甲事\n";
        let headed = "简报\n目　录\n【动态】\n甲事……1\n【观察】\n乙事……2\n\n甲事\n";
        let plain = "简报\n本期要目\n甲事\n乙事\n\n甲事\n文。\n乙事\n文。";
        for (text, range, titles) in [
            (leaders, 1..4, vec!["甲事", "乙事", "丙事"]),
            (headed, 1..6, vec!["甲事", "乙事"]),
            (plain, 1..4, vec!["甲事", "乙事"]),
        ] {
            let list = find(&lines(text));
            assert_eq!(list.lines, range, "{text}");
            assert_eq!(list.entries.iter().map(|e| e.title.as_str()).collect::<Vec<_>>(), titles);
        }
        let sections: Vec<_> = find(&lines(headed)).entries.into_iter().map(|e| e.section).collect();
        assert_eq!(sections, [Some("动态".to_owned()), Some("观察".to_owned())]);
    }

    #[test]
    fn a_title_on_two_lines_is_one() {
        let list = find(&lines("目录\n云泽市建立企业\n服务平台……1\n乙事……2\n\n云泽市建立企业服务平台\n文。"));
        assert_eq!(list.entries[0].title, "云泽市建立企业服务平台");
        assert_eq!(list.entries[0].section, None);
    }

    #[test]
    fn a_number_that_its_leader_pushed_to_the_next_line_is_that_of_a_page() {
        let text = "目录\n甲事………………\n4\n乙事……6\n丙事………………\n12\n\n甲事\n文。\n乙事\n文。\n丙事\n文。";
        let lines = lines(text);
        let list = find(&lines);
        let titles: Vec<&str> = list.entries.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!((titles, list.lines.clone()), (vec!["甲事", "乙事", "丙事"], 0..6));
        assert!(list.unread(&lines[list.lines.clone()], &Contents::default()).is_empty());
    }

    #[test]
    fn prose_is_no_contents_list() {
        assert_eq!(find(&lines("题目\n\n正文一段。\n又一段。")), ContentsList::default());
        for table in ["月报\n云泽\t12\n安澜\t7\n松屿\t9\n\n甲。", "月报\n云泽\t1\t2\n安澜\t7\t8\n松屿\t9\t10\n\n甲。"]
        {
            assert_eq!(find(&lines(table)), ContentsList::default(), "{table}");
        }
    }
}
