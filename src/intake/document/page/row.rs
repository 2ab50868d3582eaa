//! Row: the words of a page on their way to a line. Blanks are what browsers make of them, but for a line end of
//! the file between Han characters, which means nothing. Measures how the words look, for those that a look makes
//! a heading.

use super::style::Script;
use crate::domain::issue::Inline;
use crate::intake::document::clean;
use crate::intake::document::spacing::is_word_border;

/// How words are set where they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Setting {
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) script: Option<Script>,
    /// In pixels.
    pub(super) size: u32,
    pub(super) centred: bool,
    pub(super) signs: bool,
    pub(super) heading_face: bool,
    /// Blanks and line ends are meant.
    pub(super) verbatim: bool,
    /// An entry of Word's table of contents.
    pub(super) in_toc: bool,
    /// The sign of a note: `[1]`.
    pub(super) note_sign: bool,
}

/// How most words of a line look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// How many characters it has.
    pub(super) weight: usize,
    /// In pixels.
    pub(super) size: u32,
    /// All are bold, or in the face of headings.
    pub(super) strong: bool,
    pub(super) centred: bool,
}

/// A blank that is not yet said, for it may stand at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blank {
    Space,
    LineEnd,
}

/// The words of a line as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Row {
    words: Vec<Inline>,
    blank: Option<Blank>,
    /// How wide its first blanks are: two for an ideographic space.
    pub(super) indent: usize,
    /// The bullet or number before it that is counted.
    pub(super) label: String,
    /// Whether that is set in a font of signs.
    pub(super) is_sign: bool,
    /// The notes that its signs point to.
    pub(super) notes: Vec<String>,
    strong: usize,
    weight: usize,
    centred: bool,
    sizes: Vec<(u32, usize)>,
    link: Option<String>,
}

impl Row {
    /// Whether it has no words.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// A line end of the file stands here, or what is as little.
    pub(super) fn end_line(&mut self) {
        self.blank = Some(Blank::LineEnd);
    }

    /// What follows links to this; none if to nothing.
    pub(super) fn link(&mut self, href: Option<String>) {
        if href.is_none() && self.link.is_some() {
            self.words.push(Inline::Text(String::new()));
        }
        self.link = href;
    }

    /// Says words.
    pub(super) fn say(&mut self, text: &str, setting: &Setting) {
        for c in text.chars() {
            match c {
                '\n' | '\r' if !setting.verbatim => self.blank = Some(Blank::LineEnd),
                ' ' | '\t' | '\x0c' if !setting.verbatim => self.blank = self.blank.or(Some(Blank::Space)),
                '[' | ']' if setting.note_sign => {}
                _ => self.say_one(c, setting),
            }
        }
    }

    fn say_one(&mut self, c: char, setting: &Setting) {
        let Some(c) = clean::character(c) else { return };
        if c == '\n' {
            self.end_line();
            return;
        }
        if self.words.iter().all(|inline| inline.plain().is_empty()) && c.is_whitespace() {
            self.indent += if c == '\u{3000}' { 2 } else { 1 };
            return;
        }
        let end = self.words.last().and_then(|inline| inline.plain().chars().next_back());
        let space = match self.blank.take() {
            Some(Blank::Space) => end.is_some_and(|end| !end.is_whitespace()),
            Some(Blank::LineEnd) => is_word_border(end, c.encode_utf8(&mut [0; 4])),
            None => false,
        };
        if space {
            self.space(setting);
        }
        self.open(setting, c.is_whitespace());
        if let Some(last) = self.words.last_mut().and_then(text_of) {
            last.push(c);
        }
        self.measure(c, setting);
    }

    /// A space between two inlines stands in the plain one.
    fn space(&mut self, setting: &Setting) {
        let goes_on = self.words.last().is_some_and(|last| self.is_set(last, setting));
        match self.words.last_mut() {
            Some(Inline::Text(last)) => last.push(' '),
            Some(last) if goes_on => text_of(last).into_iter().for_each(|last| last.push(' ')),
            Some(_) | None => self.words.push(Inline::Text(" ".to_owned())),
        }
    }

    /// Whether an inline is as a setting wants it.
    fn is_set(&self, inline: &Inline, setting: &Setting) -> bool {
        match (inline, self.set(setting)) {
            (Inline::Link { href, .. }, Inline::Link { href: wanted, .. }) => *href == wanted,
            (inline, wanted) => std::mem::discriminant(inline) == std::mem::discriminant(&wanted),
        }
    }

    /// Opens an inline unless the last one is as the setting wants it. White space looks the same everywhere.
    fn open(&mut self, setting: &Setting, is_blank: bool) {
        let is_same = |last: &Inline| is_blank || self.is_set(last, setting);
        if !self.words.last().is_some_and(is_same) {
            self.words.push(self.set(setting));
        }
    }

    fn set(&self, setting: &Setting) -> Inline {
        match (&self.link, setting.script, setting.strong, setting.emphasis) {
            _ if setting.note_sign => Inline::Superscript(String::new()),
            (_, Some(Script::Sub), ..) => Inline::Subscript(String::new()),
            (_, Some(Script::Super), ..) => Inline::Superscript(String::new()),
            (Some(href), ..) => Inline::Link { href: href.clone(), text: String::new() },
            (None, None, true, _) => Inline::Strong(String::new()),
            (None, None, false, true) => Inline::Emphasis(String::new()),
            (None, None, false, false) => Inline::Text(String::new()),
        }
    }

    fn measure(&mut self, c: char, setting: &Setting) {
        if c.is_whitespace() || setting.note_sign {
            return;
        }
        self.centred |= self.weight == 0 && setting.centred;
        self.weight += 1;
        self.strong += usize::from(setting.strong || setting.heading_face);
        match self.sizes.iter().position(|(size, _)| *size == setting.size) {
            Some(at) => self.sizes[at].1 += 1,
            None if self.sizes.len() < 16 => self.sizes.push((setting.size, 1)),
            None => {} // no line of an office has so many
        }
    }

    /// How it looks.
    pub(super) fn look(&self) -> Look {
        let size = self.sizes.iter().max_by_key(|(_, weight)| *weight).map_or(0, |(size, _)| *size);
        Look { weight: self.weight, size, strong: self.strong == self.weight, centred: self.centred }
    }

    /// Its words, trimmed.
    pub(super) fn words(self) -> Vec<Inline> {
        trimmed(self.words)
    }
}

/// Inlines without blanks at their ends, and without those that say nothing.
pub(super) fn trimmed(mut words: Vec<Inline>) -> Vec<Inline> {
    let is_blank = |inline: &Inline| inline.plain().trim().is_empty();
    while words.last().is_some_and(is_blank) {
        words.pop();
    }
    let first = words.iter().position(|inline| !is_blank(inline)).unwrap_or(words.len());
    words.drain(..first);
    if let Some(last) = words.last_mut().and_then(text_of) {
        last.truncate(last.trim_end().len());
    }
    if let Some(first) = words.first_mut().and_then(text_of) {
        first.drain(..first.len() - first.trim_start().len());
    }
    words.retain(|inline| matches!(inline, Inline::Break) || !inline.plain().is_empty());
    words
}

/// The words of an inline, to write on.
pub(super) fn text_of(inline: &mut Inline) -> Option<&mut String> {
    match inline {
        Inline::Text(text)
        | Inline::RunIn(text)
        | Inline::Strong(text)
        | Inline::Emphasis(text)
        | Inline::Superscript(text)
        | Inline::Subscript(text)
        | Inline::Link { text, .. } => Some(text),
        Inline::Break => None,
    }
}
