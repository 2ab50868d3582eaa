//! Numbering: the lists of numbering.xml and the counters that run over a document (ECMA-376 part 1, 17.9). A number
//! is computed as Word shows it: levels in `%1.%2`, restarts, overrides, lists that share their counter.

use super::super::refusal::Refusal;
use super::counting::written;
use super::xml::{Piece, Tag, Xml};
use std::collections::{HashMap, HashSet};

/// The levels of a list.
const LEVELS: usize = 9;
/// The highest number that is counted.
const HIGHEST: u32 = 1_000_000;

/// A paragraph's place in a list: the list and the level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) list: Option<u32>,
    pub(super) level: Option<usize>,
}

/// What stands before a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// A bullet, whatever it looks like.
    Bullet,
    /// A plain number of a list: `1.`, `1)`.
    Plain { list: u32, number: u32, text: String },
    /// Any other: it opens the words.
    Words(String),
}

#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<u32, Abstract>,
    lists: HashMap<u32, List>,
    counters: HashMap<u32, [Option<u32>; LEVELS]>,
    begun: HashSet<u32>,
}

#[derive(Debug, Default)]
struct Abstract {
    levels: [Level; LEVELS],
    /// The style whose list this one is.
    link: Option<String>,
}

#[derive(Debug, Default)]
struct List {
    of: u32,
    starts: [Option<u32>; LEVELS],
    levels: HashMap<usize, Level>,
}

#[derive(Clone, Debug)]
struct Level {
    start: u32,
    format: String,
    text: String,
    /// Whether something parts number and words.
    apart: bool,
    restart: Option<u32>,
    digits: bool,
    style: Option<String>,
}

impl Default for Level {
    fn default() -> Self {
        let (format, text) = ("decimal".to_owned(), String::new());
        Self { start: 1, format, text, apart: true, restart: None, digits: false, style: None }
    }
}

impl Numbering {
    /// Reads numbering.xml.
    pub(super) fn read(part: &[u8]) -> Result<Self, Refusal> {
        let mut xml = Xml::new(part)?;
        let mut numbering = Self::default();
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            let id = |name: &str| tag.get(name).and_then(|id| id.parse::<u32>().ok());
            match tag.name.as_ref() {
                "abstractNum" => {
                    let found = read_abstract(&mut xml)?;
                    numbering.abstracts.insert(id("abstractNumId").unwrap_or(u32::MAX), found);
                }
                "num" => {
                    let list = read_list(&mut xml)?;
                    numbering.lists.insert(id("numId").unwrap_or(u32::MAX), list);
                }
                _ => {}
            }
        }
        Ok(numbering)
    }

    /// Gives lists that only point to a style the levels of that style's list.
    pub(super) fn link(&mut self, list_of: impl Fn(&str) -> Option<u32>) {
        let own: HashMap<u32, u32> = self.lists.iter().map(|(id, list)| (*id, list.of)).collect();
        for list in self.lists.values_mut() {
            let link = self.abstracts.get(&list.of).and_then(|found| found.link.as_deref());
            list.of = link.and_then(&list_of).and_then(|target| own.get(&target)).copied().unwrap_or(list.of);
        }
    }

    /// The level of a list that a style is tied to.
    pub(super) fn level_of(&self, list: u32, style: &str) -> Option<usize> {
        let levels = &self.abstracts.get(&self.lists.get(&list)?.of)?.levels;
        levels.iter().position(|level| level.style.as_deref() == Some(style))
    }

    /// Counts a paragraph at its place.
    pub(super) fn next(&mut self, place: Place) -> Option<Number> {
        let (id, level) = (place.list.filter(|list| *list != 0)?, place.level.unwrap_or(0).min(LEVELS - 1));
        let list = self.lists.get(&id)?;
        let levels: [Level; LEVELS] = {
            let shared = &self.abstracts.get(&list.of)?.levels;
            std::array::from_fn(|at| list.levels.get(&at).unwrap_or(&shared[at]).clone())
        };
        let counters = self.counters.entry(list.of).or_default();
        if self.begun.insert(id) {
            for (at, start) in list.starts.iter().enumerate().filter_map(|(at, start)| Some((at, (*start)?))) {
                counters[at] = start.checked_sub(1);
            }
        }
        let starts: [u32; LEVELS] = std::array::from_fn(|at| list.starts[at].unwrap_or(levels[at].start));
        count(counters, &levels, &starts, level);
        let own = &levels[level];
        if own.format == "bullet" {
            return Some(Number::Bullet);
        }
        let text = shown(own, &levels, counters, &starts);
        let number = counters[level].unwrap_or(own.start);
        if is_plain(own, level) {
            return Some(Number::Plain { list: id, number, text });
        }
        let gap = if own.apart && text.ends_with(char::is_alphanumeric) { " " } else { "" };
        (!text.trim().is_empty()).then(|| Number::Words(format!("{}{gap}", text.trim())))
    }
}

fn count(counters: &mut [Option<u32>; LEVELS], levels: &[Level; LEVELS], starts: &[u32; LEVELS], level: usize) {
    counters[level] = Some(counters[level].map_or(starts[level], |last| (last + 1).min(HIGHEST)));
    for at in level + 1..LEVELS {
        // Restarts after any higher level, after one given level (counted from 1), or (0) never.
        let restarts = levels[at].restart.is_none_or(|after| after != 0 && level < after as usize);
        if restarts {
            counters[at] = None;
        }
    }
}

/// A level's text with its numbers.
fn shown(own: &Level, levels: &[Level; LEVELS], counters: &[Option<u32>; LEVELS], starts: &[u32; LEVELS]) -> String {
    let mut out = String::new();
    let mut rest = own.text.chars().peekable();
    while let Some(c) = rest.next() {
        let at = rest.peek().and_then(|next| next.to_digit(10)).and_then(|n| (n as usize).checked_sub(1));
        match (c, at.filter(|at| *at < LEVELS)) {
            ('%', Some(at)) => {
                rest.next();
                let format = if own.digits { "decimal" } else { levels[at].format.as_str() };
                out.push_str(&written(counters[at].unwrap_or(starts[at]), format));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Whether a level counts `1.`, `1)`, `1、` and no other level stands in it.
fn is_plain(level: &Level, at: usize) -> bool {
    let rest = level.text.trim().strip_prefix(&format!("%{}", at + 1));
    level.format == "decimal" && rest.is_some_and(|rest| matches!(rest, "" | "." | ")" | "、" | "．" | "）"))
}

fn read_abstract(xml: &mut Xml<'_>) -> Result<Abstract, Refusal> {
    let mut found = Abstract::default();
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "lvl" => {
                let (at, level) = (level_number(tag), read_level(xml)?);
                found.levels[at] = level;
            }
            "numStyleLink" => found.link = tag.val(),
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn read_list(xml: &mut Xml<'_>) -> Result<List, Refusal> {
    let mut list = List { of: u32::MAX, ..List::default() };
    let mut at = 0;
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "abstractNumId" => list.of = tag.number().unwrap_or(u32::MAX),
            "lvlOverride" => at = level_number(tag),
            "startOverride" => list.starts[at] = tag.number().map(|start| start.min(HIGHEST)),
            "lvl" => {
                let level = read_level(xml)?;
                list.levels.insert(at, level);
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(list)
}

fn level_number(tag: &Tag<'_>) -> usize {
    tag.get("ilvl").and_then(|level| level.parse::<usize>().ok()).unwrap_or(0).min(LEVELS - 1)
}

fn read_level(xml: &mut Xml<'_>) -> Result<Level, Refusal> {
    let mut level = Level::default();
    xml.within(|_, tag| {
        match tag.name.as_ref() {
            "start" => level.start = tag.number().unwrap_or(1).min(HIGHEST),
            "numFmt" => level.format = tag.val().unwrap_or_default(),
            "lvlText" => level.text = tag.val().unwrap_or_default(),
            "suff" => level.apart = tag.val().is_none_or(|suffix| suffix != "nothing"),
            "lvlRestart" => level.restart = tag.number(),
            "isLgl" => level.digits = tag.is_on(),
            "pStyle" => level.style = tag.val(),
            _ => {}
        }
        Ok(())
    })?;
    Ok(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
        <w:abstractNum w:abstractNumId="0">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
            <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlRestart w:val="0"/><w:lvlText w:val="(%3)"/></w:lvl>
        </w:abstractNum>
        <w:abstractNum w:abstractNumId="1">
            <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
            <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
        </w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
        <w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
        <w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>
        <w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
    </w:numbering>"#;

    fn numbered(places: &[(u32, usize)]) -> Vec<String> {
        let mut numbering = Numbering::read(XML.as_bytes()).expect("numbering");
        let place = |(list, level): &(u32, usize)| Place { list: Some(*list), level: Some(*level) };
        places
            .iter()
            .map(|at| match numbering.next(place(at)) {
                Some(Number::Bullet) => "•".to_owned(),
                Some(Number::Plain { text, .. } | Number::Words(text)) => text,
                None => String::new(),
            })
            .collect()
    }

    #[test]
    fn levels_count_within_each_other() {
        let found = numbered(&[(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (1, 2)]);
        assert_eq!(found, ["一、", "1.1 ", "1.2 ", "(a)", "二、", "2.1 ", "(b)"]);
    }

    #[test]
    fn lists_share_a_counter_until_one_starts_anew() {
        let found = numbered(&[(2, 0), (3, 0), (2, 1), (4, 0), (4, 0), (0, 0), (9, 0)]);
        assert_eq!(found, ["3.", "4.", "•", "1.", "2.", "", ""]);
    }

    #[test]
    fn a_deeper_level_alone_shows_where_the_higher_one_starts() {
        assert_eq!(numbered(&[(1, 1), (1, 0)]), ["1.1 ", "一、"]);
    }
}
