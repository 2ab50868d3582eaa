//! Words of a paragraph as they are gathered: text with its setting, line breaks, objects in their place. Becomes
//! inlines, the look of the whole, and what the file itself holds of it.

use super::super::source::Look;
use crate::domain::issue::Inline;
use std::collections::HashMap;

/// How a piece of text is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Set {
    /// Whether it is bolder than its paragraph.
    pub(super) strong: bool,
    /// Whether it leans, and its paragraph does not.
    pub(super) emphasis: bool,
    /// Raised or lowered.
    pub(super) script: Option<Script>,
    /// Where it leads.
    pub(super) href: Option<String>,
    /// Whether it is bold at all, and how large; by which its paragraph is known.
    pub(super) bold: bool,
    pub(super) size: u32,
    pub(super) heavy: bool,
    /// Whether the file shows it and does not hold it: the number of a note.
    pub(super) counted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Super,
    Sub,
}

/// A piece of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bit {
    Text(String, Set),
    Break,
    /// What a letter cannot carry, by its placeholder.
    Object(&'static str),
    /// A picture: its words, and the part that holds it.
    Picture(String, Option<String>),
}

impl Bit {
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Text(text, _) => text.trim().is_empty(),
            Self::Break => true,
            Self::Object(_) | Self::Picture(..) => false,
        }
    }
}

/// The pieces as inlines. A tab is a gap.
pub(super) fn inlines(bits: &[Bit], is_plain: bool) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for bit in bits {
        let (text, set) = match bit {
            Bit::Text(text, set) => (text.replace('\t', "　"), set.clone()),
            Bit::Object(placeholder) => ((*placeholder).to_owned(), Set::default()),
            Bit::Break | Bit::Picture(..) => continue,
        };
        push(&mut out, &text, &set, is_plain);
    }
    trim(&mut out);
    out
}

fn push(out: &mut Vec<Inline>, text: &str, set: &Set, is_plain: bool) {
    let own = |text: &str| text.to_owned();
    let next = match (set.script, &set.href) {
        (Some(Script::Super), _) => Inline::Superscript(own(text)),
        (Some(Script::Sub), _) => Inline::Subscript(own(text)),
        (None, Some(href)) => Inline::Link { href: href.clone(), text: own(text) },
        (None, None) if set.strong && !is_plain => Inline::Strong(own(text)),
        (None, None) if set.emphasis && !is_plain => Inline::Emphasis(own(text)),
        (None, None) => Inline::Text(own(text)),
    };
    // A blank between two pieces belongs to the one before, whatever it is set in.
    let is_blank = text.trim().is_empty();
    match (out.last_mut(), next) {
        (Some(Inline::Text(last)), Inline::Text(text))
        | (Some(Inline::Strong(last)), Inline::Strong(text))
        | (Some(Inline::Emphasis(last)), Inline::Emphasis(text))
        | (Some(Inline::Superscript(last)), Inline::Superscript(text))
        | (Some(Inline::Subscript(last)), Inline::Subscript(text)) => last.push_str(&text),
        (Some(Inline::Strong(last) | Inline::Emphasis(last)), Inline::Text(text)) if is_blank => last.push_str(&text),
        (Some(Inline::Link { href, text: last }), Inline::Link { href: same, text }) if *href == same => {
            last.push_str(&text);
        }
        (_, next) if !next.plain().is_empty() => out.push(next),
        _ => {}
    }
}

fn trim(words: &mut Vec<Inline>) {
    while words.first().is_some_and(|first| first.plain().trim().is_empty()) {
        words.remove(0);
    }
    while words.last().is_some_and(|last| last.plain().trim().is_empty()) {
        words.pop();
    }
    if let Some(first) = words.first_mut().and_then(text_of) {
        *first = first.trim_start().to_owned();
    }
    if let Some(last) = words.last_mut().and_then(text_of) {
        *last = last.trim_end().to_owned();
    }
}

fn text_of(inline: &mut Inline) -> Option<&mut String> {
    match inline {
        Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::RunIn(text) => Some(text),
        Inline::Link { text, .. } | Inline::Superscript(text) | Inline::Subscript(text) => Some(text),
        Inline::Break => None,
    }
}

/// Puts a number before the words of a paragraph: into what opens it, for it is part of a run-in head.
pub(super) fn number(words: &mut Vec<Inline>, number: &str) {
    let opens = words.first().and_then(|first| first.plain().chars().next());
    let gap = opens.is_some_and(|c| c.is_ascii_alphanumeric()) && number.ends_with(|c: char| c.is_ascii() && c != ' ');
    let number = format!("{number}{}", if gap { " " } else { "" });
    match words.first_mut() {
        Some(Inline::Text(text) | Inline::Strong(text)) => text.insert_str(0, &number),
        Some(_) | None => words.insert(0, Inline::Text(number)),
    }
}

/// What the file holds of these pieces.
pub(super) fn held(bits: &[Bit]) -> String {
    let one = |bit: &Bit| match bit {
        Bit::Text(text, set) if !set.counted => Some(text.clone()),
        Bit::Text(..) | Bit::Break | Bit::Object(_) | Bit::Picture(..) => None,
    };
    bits.iter().filter_map(one).collect()
}

/// How the whole is set: bold if all of it is, as large and heavy as most of it.
pub(super) fn look(bits: &[Bit], centred: bool) -> Look {
    let mut sizes: HashMap<(u32, bool), usize> = HashMap::new();
    let mut bold = true;
    for bit in bits {
        let Bit::Text(text, set) = bit else { continue };
        let weight = text.chars().filter(|c| !c.is_whitespace()).count();
        if weight > 0 {
            *sizes.entry((set.size, set.heavy)).or_default() += weight;
            bold &= set.bold;
        }
    }
    let most = sizes.iter().max_by_key(|(key, weight)| (**weight, **key)).map(|(key, _)| *key);
    let (size, heavy) = most.unwrap_or_default();
    Look { size, bold: bold && most.is_some(), centred, heavy }
}
