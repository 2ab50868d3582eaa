//! Spelling: a passage's words as plain lines, and the words that an editor typed as a passage again. What stays of the
//! old words keeps its form (bold, link, run-in head); what is new takes the form of what it replaces or stands within.

use super::super::difference::{Stretch, stretches};
use super::super::shape::Shape;
use super::super::{BlockKind, Inline};
use super::passage::{Credits, Kind, What};

/// The most characters that are compared one by one; where more were changed at once, the new words have no form.
const COMPARED: usize = 4_000;

/// A character and its form.
pub(super) type Letter = (char, Form);

/// How a character stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    RunIn,
    Strong,
    Emphasis,
    Link(String),
    Raised,
    Lowered,
}

/// The words of a passage.
pub(super) fn say(what: &What) -> String {
    letters(what).iter().map(|(c, _)| *c).collect()
}

/// A passage's characters; none where its lines and cells would not be found again in them.
pub(super) fn lines_of(what: &What) -> Option<Vec<Letter>> {
    let is_whole = |inlines: &[Inline]| !inlines.iter().any(|inline| inline.plain().contains(['\n', '\t']));
    let whole = match what {
        What::Block { kind: BlockKind::List { items, .. }, .. } => items.iter().all(|item| is_whole(item)),
        What::Block { kind: BlockKind::Table { rows, .. }, .. } => rows.iter().flatten().all(|cell| is_whole(cell)),
        What::Block { .. } | What::Title { .. } => true,
    };
    whole.then(|| letters(what))
}

/// A passage's characters: entries and rows parted by line breaks, cells by tabs.
pub(super) fn letters(what: &What) -> Vec<Letter> {
    let plain = |text: &str| text.chars().map(|c| (c, Form::Plain)).collect();
    match what {
        What::Title { text, .. } => plain(text),
        What::Block { kind, .. } => match kind {
            BlockKind::Heading { text, .. }
            | BlockKind::Paragraph { text }
            | BlockKind::Quote { text }
            | BlockKind::Note { text } => spelled(text),
            BlockKind::List { items, .. } => joined(items.iter().map(|item| spelled(item)), '\n'),
            BlockKind::Table { rows, .. } => {
                let row = |row: &Vec<Vec<Inline>>| joined(row.iter().map(|cell| spelled(cell)), '\t');
                joined(rows.iter().map(row), '\n')
            }
            BlockKind::Image { alt, .. } => plain(alt),
        },
    }
}

fn joined(parts: impl Iterator<Item = Vec<Letter>>, by: char) -> Vec<Letter> {
    let parts: Vec<_> = parts.collect();
    parts.join(&(by, Form::Plain))
}

fn spelled(inlines: &[Inline]) -> Vec<Letter> {
    let form = |inline: &Inline| match inline {
        Inline::Text(_) | Inline::Break => Form::Plain,
        Inline::RunIn(_) => Form::RunIn,
        Inline::Strong(_) => Form::Strong,
        Inline::Emphasis(_) => Form::Emphasis,
        Inline::Link { href, .. } => Form::Link(href.clone()),
        Inline::Superscript(_) => Form::Raised,
        Inline::Subscript(_) => Form::Lowered,
    };
    inlines.iter().flat_map(|inline| inline.plain().chars().map(|c| (c, form(inline)))).collect()
}

/// The typed words, each in the form that it had.
pub(super) fn respell(old: &[Letter], typed: &str) -> Vec<Letter> {
    let new: Vec<char> = typed.chars().collect();
    let same = |pairs: &mut dyn Iterator<Item = (&Letter, &char)>| pairs.take_while(|((a, _), b)| a == *b).count();
    let head = same(&mut old.iter().zip(&new));
    let tail = same(&mut old[head..].iter().rev().zip(new[head..].iter().rev()));
    let (gone, came) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut letters = old[..head].to_vec();
    if gone.len() + came.len() <= COMPARED {
        let behind = old[old.len() - tail..].first().map(|(_, form)| form);
        between(&mut letters, (gone, behind), came);
    } else {
        letters.extend(came.iter().map(|c| (*c, Form::Plain)));
    }
    letters.extend_from_slice(&old[old.len() - tail..]);
    letters
}

fn between(letters: &mut Vec<Letter>, (gone, behind): (&[Letter], Option<&Form>), came: &[char]) {
    let (mut old, mut replaced) = (gone, None);
    let (before, after): (String, String) = (gone.iter().map(|(c, _)| *c).collect(), came.iter().collect());
    for stretch in stretches(&before, &after) {
        match stretch {
            Stretch::Kept(text) => {
                let (kept, rest) = old.split_at(text.chars().count());
                letters.extend_from_slice(kept);
                (old, replaced) = (rest, None);
            }
            Stretch::Gone(text) => {
                replaced = old.first().map(|(_, form)| form.clone());
                old = &old[text.chars().count()..];
            }
            Stretch::New(text) => {
                let next = old.first().map(|(_, form)| form).or(behind);
                let within = letters.last().map(|(_, form)| form).filter(|form| next == Some(*form)).cloned();
                let form = replaced.take().or(within).unwrap_or(Form::Plain);
                letters.extend(text.chars().map(|c| (c, form.clone())));
            }
        }
    }
}

/// A passage of these characters.
pub(super) fn passage(letters: &[Letter], kind: Kind, credits: &Credits, old: &What) -> What {
    let text = || inlines(letters);
    let lines = match old {
        What::Block { lines, .. } => *lines,
        What::Title { .. } => (0, 0),
    };
    let start = match old {
        What::Block { kind: BlockKind::List { start, .. }, .. } => *start,
        What::Block { .. } | What::Title { .. } => 1,
    };
    let picture = match old {
        What::Block { kind: BlockKind::Image { picture, .. }, .. } => *picture,
        What::Block { .. } | What::Title { .. } => None,
    };
    let words = || letters.iter().map(|(c, _)| *c).collect::<String>();
    let items = || letters.split(|(c, _)| *c == '\n').map(inlines).collect();
    let kind = match kind {
        Kind::Title => return What::Title { text: words(), credits: credits.clone() },
        Kind::Heading(level) => BlockKind::Heading { level, text: text() },
        Kind::Paragraph => BlockKind::Paragraph { text: inlines(&without_head(letters)) },
        Kind::RunIn => BlockKind::Paragraph { text: inlines(&with_head(letters)) },
        Kind::Bullets => BlockKind::List { ordered: false, start, items: items() },
        Kind::Numbered => BlockKind::List { ordered: true, start, items: items() },
        Kind::Quote => BlockKind::Quote { text: text() },
        Kind::Note => BlockKind::Note { text: text() },
        Kind::Table => {
            let row = |row: &[Letter]| row.split(|(c, _)| *c == '\t').map(inlines).collect();
            let rows = letters.split(|(c, _)| *c == '\n').map(row).collect();
            let shape = match old {
                What::Block { kind: BlockKind::Table { rows: before, shape }, .. } => shape.rewritten(before, &rows),
                What::Block { .. } | What::Title { .. } => Shape::default(),
            };
            BlockKind::Table { rows, shape }
        }
        Kind::Picture => BlockKind::Image { alt: words(), picture },
    };
    What::Block { kind, lines }
}

/// Runs of characters of one form. A line break stands by itself.
fn inlines(letters: &[Letter]) -> Vec<Inline> {
    let alike = |(a, form): &Letter, (b, other): &Letter| *a != '\n' && *b != '\n' && form == other;
    letters.chunk_by(alike).map(|run| inline(run.iter().map(|(c, _)| *c).collect(), &run[0].1)).collect()
}

fn inline(text: String, form: &Form) -> Inline {
    if text == "\n" {
        return Inline::Break;
    }
    match form {
        Form::Plain => Inline::Text(text),
        Form::RunIn => Inline::RunIn(text),
        Form::Strong => Inline::Strong(text),
        Form::Emphasis => Inline::Emphasis(text),
        Form::Link(href) => Inline::Link { href: href.clone(), text },
        Form::Raised => Inline::Superscript(text),
        Form::Lowered => Inline::Subscript(text),
    }
}

/// The run-in head that opens a paragraph is plain words from now on.
fn without_head(letters: &[Letter]) -> Vec<Letter> {
    let head = letters.iter().take_while(|(_, form)| *form == Form::RunIn).count();
    let plain = letters[..head].iter().map(|(c, _)| (*c, Form::Plain));
    plain.chain(letters[head..].iter().cloned()).collect()
}

/// A paragraph has a run-in head: the one that opens it, else its first sentence.
fn with_head(letters: &[Letter]) -> Vec<Letter> {
    if letters.first().is_some_and(|(_, form)| *form == Form::RunIn) {
        return letters.to_vec();
    }
    let end = letters.iter().position(|(c, _)| matches!(c, '。' | '！' | '？' | '：' | '!' | '?' | ':' | '\n'));
    let head = end.map_or(letters.len(), |end| if letters[end].0 == '\n' { end } else { end + 1 });
    let named = letters[..head].iter().map(|(c, _)| (*c, Form::RunIn));
    named.chain(letters[head..].iter().cloned()).collect()
}
