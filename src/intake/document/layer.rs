//! Layer: what is taken out of a PDF by a process of its own: its text as the pages lay it out, and how each line is set. Owns what
//! goes over that pipe; where what was said of a row becomes what the bulletin layer knows of a line.

use super::source::{Line, Look, Place};
use super::{MOST_LINES, clean};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The text behind the pages of a PDF.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Layer {
    /// The pages, form feeds between them.
    pub(super) text: String,
    /// How its rows are set; not those without words.
    pub(super) settings: Vec<Setting>,
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
        self.settings.len() > MOST_LINES
    }

    /// Says of each line how it is set, and what its place says.
    pub(super) fn tell(&self, lines: Vec<Line>) -> Vec<Line> {
        let settings: HashMap<u32, Setting> = self.settings.iter().map(|setting| (setting.row, *setting)).collect();
        let told = |line: Line| match settings.get(&line.number) {
            Some(setting) => line.told(*setting),
            None => line,
        };
        lines.into_iter().map(told).collect()
    }
}

impl Line {
    fn told(self, setting: Setting) -> Self {
        let Setting { size, bold, centred, heavy, opens, repeats, apart, .. } = setting;
        let place = Place { opens, repeats, apart: bytes_of(&self.text, apart) };
        Self { look: Some(Look { size, bold, centred, heavy }), place, ..self }
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
