//! Blocks on the walk through a body: paragraphs begin and end, those whose end is deleted go on in the next, tables,
//! text boxes and notes are stories of their own whose lines their holder takes in.

use super::{Story, Walk};
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline};
use crate::intake::document::source::{Border, Line, Mark};
use crate::intake::document::word::notes::Note;
use crate::intake::document::word::paragraph::{Draft, Paragraph};
use crate::intake::document::word::styles;
use crate::intake::document::word::table::{self, Cell, Table};

impl Walk<'_> {
    pub(super) fn begin_paragraph(&mut self) {
        self.end_paragraph();
        let carried = std::mem::take(&mut self.story().carried);
        let setting = styles::Setting::default();
        let base = self.lookup.styles.base(&setting);
        self.story().paragraph = Some(Paragraph { setting, base, bits: carried, ..Paragraph::default() });
        self.set = None;
    }

    pub(super) fn set_paragraph(&mut self, setting: styles::Setting) {
        let base = self.lookup.styles.base(&setting);
        self.changes.any |= setting.letters.deleted || setting.letters.inserted;
        let paragraph = self.paragraph();
        (paragraph.setting, paragraph.base) = (setting, base);
        self.set = None;
    }

    pub(super) fn paragraph(&mut self) -> &mut Paragraph {
        if self.story().paragraph.is_none() {
            self.begin_paragraph();
        }
        self.story().paragraph.get_or_insert_default()
    }

    pub(super) fn end_paragraph(&mut self) {
        let Some(paragraph) = self.story().paragraph.take() else { return };
        self.fields.retain(|field| field.result);
        if paragraph.setting.letters.deleted && paragraph.behind.is_empty() {
            self.story().carried = paragraph.bits;
            return;
        }
        self.put(paragraph);
        self.end_block();
    }

    /// Puts what is carried on its own, where no paragraph goes on with it.
    pub(super) fn carry_on(&mut self) {
        if !self.story().carried.is_empty() {
            self.begin_paragraph();
            if let Some(paragraph) = self.story().paragraph.take() {
                self.put(paragraph);
            }
        }
    }

    pub(super) fn put(&mut self, mut paragraph: Paragraph) {
        let line = self.line;
        let hidden = std::mem::take(&mut paragraph.hidden);
        if !hidden.trim().is_empty() {
            self.flags.note(Finding::SetAside(hidden.trim().to_owned()), Some(line));
        }
        let styles = self.lookup.styles;
        let place = styles.place(&paragraph.setting, |list, style| self.numbering.level_of(list, style));
        let number = self.numbering.next(place);
        if paragraph.is_empty() && paragraph.behind.is_empty() {
            self.blanks += u32::from(self.stories.len() == 1);
            return;
        }
        let (part, centred) = (styles.part(&paragraph.setting), styles.is_centred(&paragraph.setting));
        let drafts = paragraph.lines(part, number, centred);
        self.add(drafts);
    }

    /// Adds lines to the story; those of the document get their numbers.
    pub(super) fn add(&mut self, drafts: Vec<Draft>) {
        if self.stories.len() > 1 {
            self.story().drafts.extend(drafts);
            return;
        }
        for mut draft in drafts {
            let line = &mut draft.line;
            let hangs = matches!(line.mark, Some(Mark::Row { border: Border::Wrap | Border::Break, .. }));
            if hangs {
                line.number = self.line.saturating_sub(1).max(1);
            } else {
                line.number = self.line;
                self.line = self.line.saturating_add(1);
                line.blanks += std::mem::take(&mut self.blanks);
            }
            self.note_alt(line_of(&draft));
            self.story().drafts.push(draft);
        }
    }

    /// A picture without words is asked for, by what stands before it.
    pub(super) fn note_alt(&mut self, (number, is_bare): (u32, bool)) {
        if is_bare {
            let above = self.story().drafts.iter().rev().find(|draft| !draft.line.text.is_empty());
            let words: String = above.map(|draft| draft.line.text.chars().take(16).collect()).unwrap_or_default();
            self.flags.note(Finding::MissingAlt(words), Some(number));
        }
    }

    /// Behind a block of the document stand the notes that it refers to.
    pub(super) fn end_block(&mut self) {
        if self.stories.len() != 1 || !self.story().tables.is_empty() {
            return;
        }
        for (key, mark) in std::mem::take(&mut self.pending) {
            let Some(Note { words, held }) = self.notes.tell(&key) else { continue };
            let mark = Some(mark).filter(|mark| !mark.is_empty()).map(Inline::Superscript);
            let text: Vec<Inline> = mark.into_iter().chain(words).collect();
            let line = Line::marked(0, Mark::Block(BlockKind::Note { text }));
            self.add(vec![Draft::of(Line { held: Some(held), ..line })]);
        }
    }

    pub(super) fn begin_table(&mut self) {
        self.end_paragraph();
        self.carry_on();
        self.story().tables.push(Table::default());
    }

    pub(super) fn end_cell(&mut self) {
        let Story { drafts, cell: setting, .. } = self.end_story();
        self.table().push(Cell::of(drafts, setting));
    }

    pub(super) fn end_table(&mut self) {
        let Some(table) = self.story().tables.pop() else { return };
        self.add(table.lines());
        self.end_block();
    }

    pub(super) fn end_box(&mut self) {
        let drafts = self.end_story().drafts;
        if let Some(first) = drafts.iter().find(|draft| !draft.line.text.is_empty()) {
            let words = first.line.text.chars().take(30).collect();
            self.flags.note(Finding::TextBox(words), Some(self.line));
        }
        self.paragraph().behind.extend(drafts);
    }

    pub(super) fn end_note(&mut self, kind: &str) {
        let Story { drafts, id, .. } = self.end_story();
        let mut note = Note::default();
        for draft in drafts {
            note.held.push_str(draft.line.written());
            // A note is words: the picture of one is asked about, for it has no place in them.
            if matches!(draft.line.mark, Some(Mark::Block(BlockKind::Image { .. }))) {
                self.flags.note(Finding::Unreadable("图片".to_owned()), None);
            }
            table::flow(&mut note.words, draft.into_line());
        }
        self.read.insert(format!("{kind}{id}"), note);
    }

    pub(super) fn end_story(&mut self) -> Story {
        self.end_paragraph();
        self.carry_on();
        while !self.story().tables.is_empty() {
            self.end_table();
        }
        self.stories.pop().unwrap_or_default()
    }
}

/// What is asked of a line that is a picture: its number, and whether it has no words.
fn line_of(draft: &Draft) -> (u32, bool) {
    let line = &draft.line;
    (line.number, matches!(&line.mark, Some(Mark::Block(BlockKind::Image { alt, .. })) if alt.is_empty()))
}
