//! Layer: what is taken out of a PDF by a process of its own: its text as the pages lay it out, and how each line is set. Owns what
//! goes over that pipe; where what was said of a row becomes what the bulletin layer knows of a line.

use super::flags::Flags;
use super::source::{Line, Look, Mark, Place};
use super::spacing::join;
use super::{LARGEST, MOST_LINES, clean};
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline, plain};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The most characters of a seal or a watermark; more of a page that are turned are text, and are asked about.
const LONGEST_SEAL: usize = 30;
/// So many of their characters are named: a page that stands across has thousands.
const LONGEST_NAMED: usize = 200;

/// The text behind the pages of a PDF.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Layer {
    /// The pages, form feeds between them.
    pub(super) text: String,
    /// How its rows are set; not those without words.
    pub(super) settings: Vec<Setting>,
    /// What is written upwards, aslant or in columns, of each page; not twice the same.
    pub(super) turned: Vec<String>,
    /// The pages that are pictures alone, from 1.
    pub(super) blank: Vec<usize>,
    /// Whether most of the text is not shown: what a machine read off pictures.
    pub(super) is_hidden: bool,
}

/// How a row is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setting {
    /// Its number, from 1.
    pub(super) row: u32,
    /// As in [`Look`].
    pub(super) size: u32,
    pub(super) bold: bool,
    pub(super) centred: bool,
    pub(super) heavy: bool,
    /// As in [`Place`].
    pub(super) opens: Option<bool>,
    pub(super) repeats: bool,
    /// How many of its first characters are set apart; white space does not count.
    pub(super) apart: u32,
    /// What it is of a footnote: how many of its first characters are the number, 0 where it goes on; none if it is no note.
    pub(super) of_note: Option<u32>,
}

impl Layer {
    /// The text alone.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its lines, as [`super::lines`] has them.
    pub fn lines(&self) -> Vec<String> {
        clean::shown(&self.text)
    }

    /// Whether it is more than a document of ours may be.
    pub(super) fn is_too_large(&self) -> bool {
        self.settings.len() > MOST_LINES || self.text.len() > LARGEST
    }

    /// Names what it is and what is not in it.
    pub(super) fn note(&self, flags: &mut Flags) {
        flags.note(Finding::TextLayer(self.text.matches('\u{c}').count() + 1), None);
        if self.is_hidden {
            flags.note(Finding::HiddenText, None);
        }
        for page in &self.blank {
            flags.note(Finding::PageOfPictures(*page), None);
        }
        for words in &self.turned {
            let words: String = words.trim().chars().take(LONGEST_NAMED).collect();
            let is_seal = words.chars().count() <= LONGEST_SEAL;
            flags.note(if is_seal { Finding::SetAside(words) } else { Finding::LeftOut(words) }, None);
        }
    }

    /// Says of each line how it is set, and what its place says; notes become blocks of their own.
    pub(super) fn tell(&self, lines: Vec<Line>) -> Vec<Line> {
        let settings: HashMap<u32, Setting> = self.settings.iter().map(|setting| (setting.row, *setting)).collect();
        let mut told: Vec<Line> = Vec::with_capacity(lines.len());
        for line in lines {
            match (settings.get(&line.number), told.last_mut()) {
                (Some(Setting { of_note: Some(0), .. }), Some(note)) if note.is_note() => note.go_on(&line.text),
                (Some(Setting { of_note: Some(number), .. }), _) if *number > 0 => told.push(line.into_note(*number)),
                (Some(setting), _) => told.push(line.told(*setting)),
                (None, _) => told.push(line),
            }
        }
        told
    }
}

impl Line {
    fn told(self, setting: Setting) -> Self {
        let Setting { size, bold, centred, heavy, opens, repeats, apart, .. } = setting;
        let place = Place { opens, repeats, apart: bytes_of(&self.text, apart) };
        Self { look: Some(Look { size, bold, centred, heavy }), place, ..self }
    }

    /// A note whose number is its first characters.
    fn into_note(self, number: u32) -> Self {
        let (number, words) = self.text.split_at(bytes_of(&self.text, number));
        let text = vec![Inline::Superscript(number.to_owned()), Inline::Text(words.trim_start().to_owned())];
        let Self { blanks, page, .. } = self;
        Self { blanks, page, ..Self::marked(self.number, Mark::Block(BlockKind::Note { text })) }
    }

    fn is_note(&self) -> bool {
        matches!(self.mark, Some(Mark::Block(BlockKind::Note { .. })))
    }

    /// Goes on with the next line of a note.
    fn go_on(&mut self, below: &str) {
        if let Some(Mark::Block(BlockKind::Note { text })) = &mut self.mark
            && let Some(Inline::Text(words)) = text.last_mut()
        {
            join(words, below);
            self.text = plain(text);
        }
    }
}

/// How many bytes the first characters of a text take, white space not counted.
fn bytes_of(text: &str, characters: u32) -> usize {
    let Ok(count) = usize::try_from(characters) else { return 0 };
    let mut words = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    match count.checked_sub(1).and_then(|last| words.nth(last)) {
        Some((at, c)) => at + c.len_utf8(),
        None => 0,
    }
}
