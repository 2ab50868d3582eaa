//! Paragraphs: the lines of one article become blocks. Steps, in order: gather lines into fragments
//! (wrapped lines, lists, tables, subheads), split glued subheads off (rule 6, before joining, or the
//! next paragraph is swallowed), join fragments across page borders (rule 7). What a format marks stays whole.

use super::headings::{has_bullet, is_complete, is_subhead, numbered_level, opens_item};
use super::label;
use super::run_in;
use super::source::{Border, Line, Mark};
use super::spacing::{bare, is_word_border, join};
use crate::domain::issue::{BlockKind, Inline, plain};

/// How a document sets its paragraphs apart; measured once over all its body lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Paragraphs are parted by blank lines.
    pub(super) spaced: bool,
    /// Paragraphs begin with an indent, so that a line without one continues.
    pub(super) indented: bool,
    /// The columns of a full line, where the lines were wrapped to one width.
    pub(super) width: Option<usize>,
}

/// A piece of an article on its way to become a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fragment {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// Its words as their format sets them; none where it sets them no way.
    pub(super) words: Option<Vec<Inline>>,
    /// First and last line of the document.
    pub(super) lines: (u32, u32),
    /// Where it was joined across page borders: the words on both sides, and the line.
    pub(super) seams: Vec<(String, u32)>,
    /// Whether wrapped lines were joined in it.
    pub(super) wrapped: bool,
    blanks: u32,
    indented: bool,
    /// Whether it opens a paragraph by its place.
    opens: Option<bool>,
    /// How many bytes at its beginning are set apart.
    apart: usize,
    /// The columns of its last line.
    columns: usize,
    /// Whether its format says where it begins and ends.
    whole: bool,
    /// Whether it is a heading by its look alone.
    pub(super) inferred: bool,
}

/// What a fragment is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Prose,
    /// A heading of this level by its format.
    Heading(u8),
    /// A subhead on a line of its own, by its shape.
    Subhead(u8),
    /// A subhead that was split off the end of a paragraph.
    Glued,
    /// Rows on lines, cells parted by tabs.
    Table,
    /// What its format says it is; a list takes further entries in.
    Block(BlockKind),
}

impl Layout {
    /// Measures a document: half of its finished lines, and three in five of its paragraphs, decide.
    pub(super) fn of(lines: &[&Line]) -> Self {
        let pairs = || lines.windows(2).filter(|pair| !is_subhead(&pair[1].text));
        let ended = pairs().filter(|pair| is_complete(&pair[0].text)).count();
        let parted = pairs().filter(|pair| is_complete(&pair[0].text) && pair[1].blanks > 0).count();
        let opening = || lines.windows(2).filter(|p| p[1].blanks > 0 || is_complete(&p[0].text)).map(|p| p[1]);
        let openings = opening().filter(|line| !is_subhead(&line.text)).count();
        let indented = opening().filter(|line| !is_subhead(&line.text) && line.indented).count();
        Self {
            spaced: ended == 0 || parted * 2 >= ended,
            indented: openings > 0 && indented * 5 >= openings * 3,
            width: width(lines),
        }
    }

    /// Whether the line ends where the width of the page made it end.
    fn fills(self, columns: usize) -> bool {
        self.width.is_some_and(|width| columns + SLACK >= width)
    }
}

/// The columns by which full lines differ: punctuation does not begin a line, a word is not broken.
const SLACK: usize = 4;
/// The fewest lines that show a width.
const FEWEST: usize = 8;
/// The narrowest page, in columns.
const NARROWEST: usize = 30;

/// The width of lines that were wrapped: half of them and more end at the same column, and none goes far beyond.
fn width(lines: &[&Line]) -> Option<usize> {
    let plain = lines.iter().filter(|line| line.mark.is_none());
    let mut widths: Vec<usize> = plain.map(|line| columns(&line.text)).collect();
    widths.sort_unstable();
    let widest = *widths.get(widths.len().checked_sub(1 + widths.len() / 50)?)?;
    let full = widths.iter().filter(|width| **width + SLACK >= widest).count();
    let is_wrapped = widths.len() >= FEWEST && widest >= NARROWEST && full * 2 >= widths.len();
    is_wrapped.then_some(widest)
}

/// How many columns a text fills: Han and their punctuation take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The fragments of one article, complete.
pub(super) fn fragments(lines: &[&Line], layout: Layout) -> Vec<Fragment> {
    let found = join_pages(split_glued(listed(gather(lines, layout)), layout), layout);
    found.into_iter().map(Fragment::parted).collect()
}

fn gather(lines: &[&Line], layout: Layout) -> Vec<Fragment> {
    let mut found: Vec<Fragment> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(mark) = &line.mark {
            let goes_on = found.last_mut().is_some_and(|last| last.whole && last.takes_in(mark, line.number));
            if !goes_on {
                found.push(Fragment::marked(mark, line));
            }
            continue;
        }
        let kind = kind_of(lines, at, found.last(), layout);
        match found.last_mut() {
            Some(last) if kind == last.kind && continues(last, line, layout) => last.take_in(line),
            _ => found.push(Fragment::new(kind, line)),
        }
    }
    for fragment in found.iter_mut().filter(|fragment| fragment.kind == Kind::Prose) {
        fragment.words = fragment.words.take().filter(|words| !matches!(words.as_slice(), [] | [Inline::Text(_)]));
    }
    found
}

/// Short lines one below the other, with nothing between them and no numbers, are a list or verse, whatever their shape; two
/// may be a subhead of a subhead. Each stays by itself.
fn listed(mut fragments: Vec<Fragment>) -> Vec<Fragment> {
    let is_bare =
        |fragment: &Fragment| matches!(fragment.kind, Kind::Subhead(_)) && numbered_level(&fragment.text).is_none();
    let runs = fragments.chunk_by_mut(|a, b| is_bare(a) && is_bare(b));
    for fragment in runs.filter(|run| run.len() > 2).flatten() {
        (fragment.kind, fragment.whole) = (Kind::Prose, true);
    }
    fragments
}

fn kind_of(lines: &[&Line], at: usize, before: Option<&Fragment>, layout: Layout) -> Kind {
    let line = lines[at];
    let is_row = |other: Option<&&Line>| other.is_some_and(|l| cells(l) >= 2 && cells(l) == cells(line));
    let is_cells = match before.filter(|before| before.is_wider(line)) {
        Some(table) => table.lacks_cells(line),
        None => is_row(lines.get(at + 1)) || (at > 0 && is_row(lines.get(at - 1))),
    };
    if is_cells {
        return Kind::Table;
    }
    let Some(next) = lines.get(at + 1) else { return Kind::Prose };
    let numbered = numbered_level(&line.text);
    let after_pause = before.is_none_or(|b| b.kind != Kind::Prose || is_complete(&b.text));
    let apart = (line.blanks > 0 || before.is_none_or(|b| b.kind != Kind::Prose)) && next.blanks > 0;
    let stands = if layout.spaced { apart || (numbered.is_some() && after_pause) } else { after_pause };
    let is_within = line.place.opens == Some(false) || next.place.opens == Some(false);
    let is_signature = label::is_date(&line.text) || label::is_date(&next.text);
    if stands && !is_within && !is_signature && !layout.fills(columns(&line.text)) && is_subhead(&line.text) {
        Kind::Subhead(numbered.unwrap_or(1))
    } else {
        Kind::Prose
    }
}

fn cells(line: &Line) -> usize {
    line.text.split('\t').filter(|cell| !cell.trim().is_empty()).count()
}

/// Whether a date that stands alone parts what is above from what is below: a report is signed with it.
fn is_signed(above: &Fragment, below: &str) -> bool {
    label::is_date(below) || label::is_date(&above.text)
}

/// Whether a line without a blank before it belongs to the fragment above.
fn continues(above: &Fragment, line: &Line, layout: Layout) -> bool {
    if line.blanks > 0 || above.kind != Kind::Prose || above.whole {
        return above.kind == Kind::Table && line.blanks == 0;
    }
    if has_bullet(&line.text) || (opens_item(&line.text) && is_complete(&above.text)) || is_signed(above, &line.text) {
        return false;
    }
    if let Some(opens) = line.place.opens {
        return !opens;
    }
    let runs_on = !is_complete(&above.text) || layout.fills(above.columns);
    if layout.indented { !line.indented } else { layout.spaced || runs_on }
}

/// The tail behind a paragraph's last full stop is a subhead if it is 4 to 24 characters without
/// punctuation, and the next paragraph opens with a run-in head.
fn split_glued(fragments: Vec<Fragment>, layout: Layout) -> Vec<Fragment> {
    let mut out: Vec<Fragment> = Vec::with_capacity(fragments.len());
    let mut rest = fragments.into_iter().peekable();
    while let Some(mut fragment) = rest.next() {
        let tail = rest.peek().and_then(|next| glued_tail(&fragment, next, layout));
        let tail = tail.map(|at| fragment.text.split_off(at).trim().to_owned());
        let line = fragment.lines.1;
        let (blanks, indented) = (1, true);
        fragment.apart = fragment.apart.min(fragment.text.len());
        out.push(fragment);
        if let Some(text) = tail {
            let lines = (line, line);
            let bare = Fragment {
                kind: Kind::Glued,
                text,
                words: None,
                lines,
                seams: Vec::new(),
                wrapped: false,
                blanks,
                indented,
                opens: Some(true),
                apart: 0,
                columns: 0,
                whole: false,
                inferred: false,
            };
            out.push(bare);
        }
    }
    out
}

fn glued_tail(fragment: &Fragment, next: &Fragment, layout: Layout) -> Option<usize> {
    let continued = layout.indented && !next.indented;
    if fragment.kind != Kind::Prose || fragment.words.is_some() || next.kind != Kind::Prose || continued {
        return None;
    }
    let stop = fragment.text.rfind(['。', '！', '？'])? + '。'.len_utf8();
    let tail = bare(&fragment.text[stop..]);
    let plain = tail.chars().all(|c| c.is_alphanumeric());
    (plain && (4..=24).contains(&tail.chars().count()) && run_in::opening(&next.text).is_some()).then_some(stop)
}

fn join_pages(fragments: Vec<Fragment>, layout: Layout) -> Vec<Fragment> {
    let mut out: Vec<Fragment> = Vec::with_capacity(fragments.len());
    for fragment in fragments {
        match out.last_mut() {
            Some(last) if crosses_page(last, &fragment, layout) => last.append(fragment),
            _ => out.push(fragment),
        }
    }
    out
}

fn crosses_page(above: &Fragment, below: &Fragment, layout: Layout) -> bool {
    let is_prose = above.kind == Kind::Prose && below.kind == Kind::Prose;
    if !is_prose
        || above.whole
        || below.whole
        || below.blanks == 0
        || opens_item(&below.text)
        || has_bullet(&above.text)
        || is_signed(above, &below.text)
    {
        return false;
    }
    match below.opens {
        Some(opens) => !opens,
        None if layout.indented => !below.indented,
        None => !is_complete(&above.text),
    }
}

impl Fragment {
    /// Whether a line right below a table that is wider is its row, cells of which are empty; a signature, a source and an
    /// imprint are none.
    fn lacks_cells(&self, line: &Line) -> bool {
        let is_label = |cell: &str| label::is_date(cell.trim()) || cell.contains(['：', ':']);
        cells(line) > 1 && !line.text.split('\t').any(is_label)
    }

    /// Whether it is a table right above a line that has fewer cells.
    fn is_wider(&self, line: &Line) -> bool {
        self.kind == Kind::Table && line.blanks == 0 && cells(line) < self.width()
    }

    /// How many cells the first row of a table has.
    fn width(&self) -> usize {
        self.text.lines().next().map_or(0, |row| row.split('\t').count())
    }

    fn new(kind: Kind, line: &Line) -> Self {
        Self {
            kind,
            text: line.text.clone(),
            words: None,
            lines: (line.number, line.number),
            seams: Vec::new(),
            wrapped: false,
            blanks: line.blanks,
            indented: line.indented,
            opens: line.place.opens,
            apart: line.place.apart,
            columns: columns(&line.text),
            whole: false,
            inferred: false,
        }
    }

    fn marked(mark: &Mark, line: &Line) -> Self {
        let (kind, words) = match mark {
            Mark::Heading { level, words } => (Kind::Heading(*level), Some(words.clone())),
            Mark::Row { words, .. } | Mark::Contents { words, .. } | Mark::Aside(words) => {
                (Kind::Prose, Some(words.clone()))
            }
            Mark::Entry { number, words } => (Kind::Block(list(*number, words.clone())), None),
            Mark::Block(kind) => (Kind::Block(kind.clone()), None),
        };
        let inferred = line.look.is_some() && line.level().is_some();
        Self { words, whole: true, inferred, ..Self::new(kind, line) }
    }

    /// Goes on with a line if that hangs on this fragment.
    fn takes_in(&mut self, mark: &Mark, number: u32) -> bool {
        let taken = match (&mut self.kind, mark) {
            (Kind::Prose, Mark::Row { words, border: border @ (Border::Wrap | Border::Break) }) => {
                let above = self.words.get_or_insert_default();
                let known = above.len().saturating_sub(1);
                let end = above.last().map_or(0, |inline| inline.plain().len());
                hang(above, words.clone(), *border);
                self.text.push_str(&above[known].plain()[end..]);
                self.text.push_str(&plain(&above[known + 1..]));
                true
            }
            (Kind::Block(BlockKind::List { items, .. }), Mark::Row { words, border: Border::Break }) => {
                items.last_mut().is_some_and(|item| {
                    item.push(Inline::Break);
                    item.extend(words.clone());
                    true
                })
            }
            (Kind::Block(BlockKind::List { ordered, start, items }), Mark::Entry { number, words }) => {
                let next = u32::try_from(items.len()).ok().and_then(|n| start.checked_add(n)).filter(|_| *ordered);
                let goes_on = *ordered == number.is_some() && next == *number;
                if goes_on {
                    items.push(words.clone());
                }
                goes_on
            }
            _ => false,
        };
        if taken {
            self.lines.1 = number;
        }
        taken
    }

    fn take_in(&mut self, line: &Line) {
        match self.kind {
            Kind::Table => {
                // The tab before which a first cell is empty went with the indents.
                let is_inset = line.indented && !self.indented && line.text.split('\t').count() < self.width();
                self.text.push_str(if is_inset { "\n\t" } else { "\n" });
                self.text.push_str(&line.text);
            }
            Kind::Prose | Kind::Heading(_) | Kind::Subhead(_) | Kind::Glued | Kind::Block(_) => {
                // Where lines were taken out between the two, a page ended.
                let is_seam = line.number > self.lines.1.saturating_add(line.blanks).saturating_add(1);
                if is_seam && self.kind == Kind::Prose {
                    self.seams.push((format!("{}{}", last_words(&self.text), first_words(&line.text)), line.number));
                }
                self.hang(&line.text, line.place.apart);
                self.wrapped = true;
            }
        }
        self.lines.1 = line.number;
        self.columns = columns(&line.text);
    }

    /// Goes on with words of which the first `apart` bytes are set apart.
    fn hang(&mut self, text: &str, apart: usize) {
        let is_apart = self.apart > 0 && self.apart == self.text.len();
        join(&mut self.text, text);
        if is_apart {
            self.apart = self.text.len() - text.len().saturating_sub(apart);
        }
    }

    /// Its words, where a beginning that is set apart parts them.
    fn parted(mut self) -> Self {
        if self.kind == Kind::Prose && self.words.is_none() && (1..self.text.len()).contains(&self.apart) {
            let (head, rest) = self.text.split_at(self.apart);
            self.words = Some(vec![Inline::Strong(head.to_owned()), Inline::Text(rest.to_owned())]);
        }
        self
    }

    fn append(&mut self, below: Self) {
        self.seams.push((format!("{}{}", last_words(&self.text), first_words(&below.text)), below.lines.0));
        self.hang(&below.text, below.apart);
        self.lines.1 = below.lines.1;
        self.columns = below.columns;
        self.wrapped |= below.wrapped;
    }
}

/// A list with this entry.
fn list(number: Option<u32>, words: Vec<Inline>) -> BlockKind {
    BlockKind::List { ordered: number.is_some(), start: number.unwrap_or(1), items: vec![words] }
}

/// Hangs a row on the words of a paragraph.
fn hang(words: &mut Vec<Inline>, below: Vec<Inline>, border: Border) {
    if border == Border::Break {
        words.push(Inline::Break);
        words.extend(below);
        return;
    }
    let end = words.last().and_then(|inline| inline.plain().chars().next_back());
    let space = below.first().is_some_and(|first| is_word_border(end, first.plain()));
    let mut below = below.into_iter();
    match (words.last_mut(), below.next()) {
        (Some(Inline::Text(last)), Some(Inline::Text(first)))
        | (Some(Inline::Strong(last)), Some(Inline::Strong(first)))
        | (Some(Inline::Emphasis(last)), Some(Inline::Emphasis(first))) => {
            last.push_str(if space { " " } else { "" });
            last.push_str(&first);
        }
        (_, first) => {
            words.extend(space.then(|| Inline::Text(" ".to_owned())));
            words.extend(first);
        }
    }
    words.extend(below);
}

/// The first characters of a text, to point at it.
pub(super) fn first_words(text: &str) -> String {
    text.chars().take(6).collect()
}

fn last_words(text: &str) -> String {
    let start = text.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
    text[start..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    fn read(text: &str) -> Vec<(Kind, String)> {
        let lines = lines(text);
        let lines: Vec<&Line> = lines.iter().collect();
        fragments(&lines, Layout::of(&lines)).into_iter().map(|f| (f.kind, f.text)).collect()
    }

    fn prose(text: &str) -> (Kind, String) {
        (Kind::Prose, text.to_owned())
    }

    #[test]
    fn wrapped_lines_and_page_borders_are_joined() {
        assert_eq!(
            read("甲乙丙，\n丁戊。\n\n己庚，为此全市上下一心一意推动各项工作落到实处并研\n\n究。\n\n子丑。"),
            [prose("甲乙丙，丁戊。"), prose("己庚，为此全市上下一心一意推动各项工作落到实处并研究。"), prose("子丑。")]
        );
        assert_eq!(
            read("增强动能”\n的思路。\n\n子丑。\n\n寅。"),
            [prose("增强动能”的思路。"), prose("子丑。"), prose("寅。")]
        );
    }

    #[test]
    fn a_bullet_begins_a_paragraph() {
        assert_eq!(
            read("甲乙丙：\n* 丁\n* 戊\n\n己。"),
            [prose("甲乙丙："), prose("* 丁"), prose("* 戊"), prose("己。")]
        );
    }

    #[test]
    fn a_line_a_paragraph_needs_no_blank_lines() {
        assert_eq!(read("甲乙丙。\n丁戊。\n己庚。"), [prose("甲乙丙。"), prose("丁戊。"), prose("己庚。")]);
    }

    #[test]
    fn where_paragraphs_are_indented_a_line_without_indent_continues() {
        let text = "　　甲乙丙。\n丁戊。\n　　己庚，\n辛壬。\n\n癸。\n　　子丑。\n　　寅卯。";
        assert_eq!(read(text), [prose("甲乙丙。丁戊。"), prose("己庚，辛壬。癸。"), prose("子丑。"), prose("寅卯。")]);
    }

    #[test]
    fn a_glued_subhead_is_split_off_before_the_next_paragraph_is_joined() {
        let text = "转化成果5项。人才汇聚厚植根基\n\n实施靶向引才，集聚人才。结合需求。\n\n子丑。";
        let found = read(text);
        assert_eq!(found[0], prose("转化成果5项。"));
        assert_eq!(found[1], (Kind::Glued, "人才汇聚厚植根基".to_owned()));
        assert_eq!(found.len(), 4);
        let unnamed = "转化成果5项。人才汇聚厚植根基\n\n体系建设得到各方面好评，结合需求。\n\n子丑。";
        assert_eq!(read(unnamed).len(), 2, "without a run-in head below, it is a sentence that goes on");
    }

    #[test]
    fn subheads_stand_alone_and_carry_their_level() {
        let found = read("甲乙丙。\n\n聚焦企业 激发活力\n\n丁戊。\n\n（一）主要做法\n\n己庚。\n\n结尾一行");
        assert_eq!(found[1].0, Kind::Subhead(1));
        assert_eq!(found[3], (Kind::Subhead(2), "（一）主要做法".to_owned()));
        assert_eq!(found[5].0, Kind::Prose, "a heading needs something below it");
    }

    #[test]
    fn lines_of_tabbed_cells_are_a_table() {
        let found = read("甲乙丙。\n\n地区\t数量\n云泽\t12\n安澜\t7\n\n丁戊。");
        assert_eq!(found[1], (Kind::Table, "地区\t数量\n云泽\t12\n安澜\t7".to_owned()));
    }
}
