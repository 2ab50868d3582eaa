//! Paragraphs of a Word file: what was gathered of one becomes lines, each with its mark: a heading, rows, an entry, a
//! line of the contents list, and the objects that hang on it. Numbers that the file only counts are put before.

use super::super::half_width;
use super::super::headings::is_complete;
use super::super::source::{Border, Line, Look, Mark};
use super::super::spacing::{bare, is_word_border};
use super::numbering::Number;
use super::styles::{Letters, Part, Setting};
use super::words::{self, Bit};
use crate::domain::issue::{BlockKind, Inline, plain};

/// The longest heading, in characters; beyond it a paragraph only borrows its style.
const LONGEST_HEADING: usize = 80;

/// A paragraph on its way.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) setting: Setting,
    /// How its letters are set where a run says nothing.
    pub(super) base: Letters,
    pub(super) bits: Vec<Bit>,
    /// Text boxes that hang on it.
    pub(super) behind: Vec<Draft>,
    /// Its hidden words.
    pub(super) hidden: String,
    /// Whether it stands in a contents list, whatever its style.
    pub(super) is_listed: bool,
}

/// A line, and the list that its plain number is of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) line: Line,
    plain: Option<(u32, String)>,
    /// The part that holds the picture that the line is.
    pub(super) picture: Option<String>,
}

impl Draft {
    pub(super) fn of(line: Line) -> Self {
        Self { line, plain: None, picture: None }
    }

    /// The line; a number that no neighbour goes on with opens its words.
    pub(super) fn into_line(self) -> Line {
        let Self { mut line, plain, .. } = self;
        if let (Some((_, number)), Some(Mark::Entry { words, .. })) = (plain, &line.mark) {
            let mut words = words.clone();
            words::number(&mut words, &number);
            line.text = plain_text(&words);
            line.mark = Some(Mark::Row { words, border: Border::Paragraph });
        }
        line
    }
}

/// The lines of drafts: two neighbours with numbers of one list are entries of it.
pub(super) fn settled(drafts: Vec<Draft>) -> Vec<Line> {
    let hangs = |draft: &Draft| matches!(draft.line.mark, Some(Mark::Row { border: Border::Break | Border::Wrap, .. }));
    let list = |draft: &Draft| draft.plain.as_ref().map(|(list, _)| *list);
    let firsts: Vec<usize> = (0..drafts.len()).filter(|at| !hangs(&drafts[*at])).collect();
    let mut goes_on = vec![false; drafts.len()];
    for pair in firsts.windows(2) {
        let (one, two) = (list(&drafts[pair[0]]), list(&drafts[pair[1]]));
        if one.is_some() && one == two {
            goes_on[pair[0]] = true;
            goes_on[pair[1]] = true;
        }
    }
    drafts
        .into_iter()
        .zip(goes_on)
        .map(|(draft, goes_on)| if goes_on { draft.line } else { draft.into_line() })
        .collect()
}

impl Paragraph {
    /// Whether it has words, or objects.
    pub(super) fn is_empty(&self) -> bool {
        self.bits.iter().all(Bit::is_blank)
    }

    /// Its lines, those of what hangs on it behind them.
    pub(super) fn lines(self, part: Part, number: Option<Number>, centred: bool) -> Vec<Draft> {
        let (pictures, bits): (Vec<_>, Vec<_>) =
            self.bits.into_iter().enumerate().partition(|(_, bit)| matches!(bit, Bit::Picture(..)));
        let opens = bits.iter().find(|(_, bit)| !bit.is_blank()).map_or(usize::MAX, |(at, _)| *at);
        let image = |bit: Bit| {
            let Bit::Picture(alt, picture) = bit else { return None };
            let line = Line::marked(0, Mark::Block(BlockKind::Image { alt, picture: None }));
            Some(Draft { picture, ..Draft::of(Line { held: Some(String::new()), ..line }) })
        };
        let (before, after): (Vec<_>, Vec<_>) = pictures.into_iter().partition(|(at, _)| *at < opens);
        let bits: Vec<Bit> = bits.into_iter().map(|(_, bit)| bit).collect();
        let look = words::look(&bits, centred);
        let own = if bits.iter().all(Bit::is_blank) {
            Vec::new()
        } else if bits.iter().all(|bit| bit.is_blank() || matches!(bit, Bit::Object(_))) {
            bits.iter().filter_map(placeholder).collect()
        } else {
            marked(&bits, if self.is_listed { listed(part) } else { part }, number, look)
        };
        let images = |found: Vec<(usize, Bit)>| found.into_iter().filter_map(move |(_, bit)| image(bit));
        images(before).chain(own).chain(images(after)).chain(self.behind).collect()
    }
}

fn listed(part: Part) -> Part {
    match part {
        Part::Contents(_) => part,
        Part::Body | Part::Title | Part::Heading(_) | Part::Caption | Part::Quote => Part::Contents(1),
    }
}

fn placeholder(bit: &Bit) -> Option<Draft> {
    let Bit::Object(words) = bit else { return None };
    let text = vec![Inline::Text((*words).to_owned())];
    let line = Line::marked(0, Mark::Block(BlockKind::Note { text }));
    Some(Draft::of(Line { held: Some(String::new()), ..line }))
}

/// The lines of a paragraph with words.
fn marked(bits: &[Bit], part: Part, number: Option<Number>, look: Look) -> Vec<Draft> {
    let rows: Vec<&[Bit]> = bits.split(|bit| *bit == Bit::Break).filter(|row| !row.iter().all(Bit::is_blank)).collect();
    match part {
        Part::Contents(level) => one(bits, Mark::Contents { level, words: contents_words(bits) }),
        Part::Heading(level) if is_heading(bits) => heading(&rows, bits, level + 1, number),
        Part::Title if is_heading(bits) => heading(&rows, bits, 1, number),
        Part::Quote => {
            let text = rows.iter().map(|row| words::inlines(row, false)).collect::<Vec<_>>().join(&Inline::Break);
            one(bits, Mark::Block(BlockKind::Quote { text }))
        }
        Part::Body | Part::Caption | Part::Heading(_) | Part::Title => {
            // Of the paragraphs that their authors broke, only those in the middle may be titles.
            let look = (part != Part::Caption && (rows.len() == 1 || look.centred)).then_some(look);
            body(&rows, number, look)
        }
    }
}

fn one(bits: &[Bit], mark: Mark) -> Vec<Draft> {
    vec![Draft::of(Line { held: Some(words::held(bits)), ..Line::marked(0, mark) })]
}

/// Whether a paragraph set as a heading is one: a sentence that only borrows the style is not.
fn is_heading(bits: &[Bit]) -> bool {
    let text = bare(&plain(&words::inlines(bits, true)));
    let length = text.chars().count();
    length <= LONGEST_HEADING && !(length > LONGEST_HEADING / 2 && text.ends_with('。') && is_complete(&text))
}

fn heading(rows: &[&[Bit]], bits: &[Bit], level: u8, number: Option<Number>) -> Vec<Draft> {
    let mut words: Vec<Inline> = Vec::new();
    for row in rows {
        let next = words::inlines(row, true);
        let end = words.last().and_then(|last| last.plain().chars().next_back());
        if is_word_border(end, &plain(&next)) {
            words.push(Inline::Text(" ".to_owned()));
        }
        words.extend(next);
    }
    if let Some(Number::Plain { text, .. } | Number::Words(text)) = number {
        words::number(&mut words, &text);
    }
    one(bits, Mark::Heading { level, words: joined(words) })
}

/// Neighbouring texts are one.
fn joined(words: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for next in words {
        match (out.last_mut(), next) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, next) => out.push(next),
        }
    }
    out
}

fn body(rows: &[&[Bit]], number: Option<Number>, look: Option<Look>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut number = number;
    for (n, row) in rows.iter().enumerate() {
        let mut words = words::inlines(row, false);
        let border = if n == 0 { Border::Paragraph } else { Border::Break };
        let mut plain = None;
        let mark = match number.take() {
            Some(Number::Bullet) => Mark::Entry { number: None, words },
            Some(Number::Plain { list, number, text }) => {
                plain = Some((list, text));
                Mark::Entry { number: Some(number), words }
            }
            Some(Number::Words(text)) => {
                words::number(&mut words, &text);
                Mark::Row { words, border }
            }
            None => Mark::Row { words, border },
        };
        let mut line = Line { held: Some(words::held(row)), look, ..Line::marked(0, mark) };
        line.text = with_page(row).unwrap_or(line.text);
        drafts.push(Draft { line, plain, picture: None });
    }
    drafts
}

/// In a contents list the tab before the number of the page says what it is.
fn contents_words(bits: &[Bit]) -> Vec<Inline> {
    let text: String = bits
        .iter()
        .map(|bit| match bit {
            Bit::Text(text, _) => text.as_str(),
            Bit::Object(placeholder) => placeholder,
            Bit::Break | Bit::Picture(..) => "",
        })
        .collect();
    vec![Inline::Text(text.trim().to_owned())]
}

/// A line that a tab parts from a number at its end, as an entry of a contents list typed by hand. Only the tab tells it
/// from a title that ends in a number.
fn with_page(row: &[Bit]) -> Option<String> {
    let text = plain_text(&contents_words(row));
    let (title, page) = text.rsplit_once('\t')?;
    let title = title.trim_end_matches('\t');
    let is_page = !page.is_empty() && page.chars().all(|c| half_width(c).is_ascii_digit());
    (is_page && !title.trim().is_empty() && !title.contains('\t')).then(|| format!("{title}\t{page}"))
}

fn plain_text(words: &[Inline]) -> String {
    plain(words).trim().to_owned()
}
