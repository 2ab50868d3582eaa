//! The body of a Word file, walked piece by piece with a stack of stories (the document, cells, text boxes, notes) in
//! place of recursion. Changes are taken as if accepted, fields by their results, alternative contents once; what is
//! done is noted. Order of the text is that of the file, as conservation reads it for itself.

mod blocks;
mod text;

use super::super::flags::Flags;
use super::super::refusal::Refusal;
use super::field::Field;
use super::notes::{Note, Notes};
use super::numbering::Numbering;
use super::objects::{self, Found, Object};
use super::package::Relations;
use super::paragraph::{Draft, Paragraph};
use super::styles::{self, Letters, Styles};
use super::table::{self, Table};
use super::words::{Bit, Set};
use super::xml::{Piece, Tag, Xml};
use crate::domain::issue::plain;
use std::collections::HashMap;

/// What the walk looks things up in.
pub(super) struct Lookup<'l> {
    pub(super) styles: &'l Styles,
    pub(super) relations: &'l Relations,
}

/// A walk through a part.
pub(super) struct Walk<'l> {
    lookup: Lookup<'l>,
    numbering: &'l mut Numbering,
    notes: &'l mut Notes,
    flags: &'l mut Flags,
    stories: Vec<Story>,
    fields: Vec<Field>,
    /// Where the links that are open lead.
    links: Vec<Option<String>>,
    /// For each choice of contents that is open, whether one was taken.
    chosen: Vec<bool>,
    /// For each content control that is open, whether it is a contents list.
    controls: Vec<bool>,
    objects: Vec<Object>,
    run: Letters,
    set: Option<(Set, bool)>,
    is_text: bool,
    /// How many insertions it stands in.
    insertions: usize,
    pending: Vec<(String, String)>,
    pub(super) changes: Changes,
    /// The line that the next paragraph gets.
    line: u32,
    blanks: u32,
    /// Notes that were read, and lines that comments hang on.
    pub(super) read: HashMap<String, Note>,
    pub(super) comments: HashMap<String, u32>,
}

/// Tracked changes: characters in and out.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) any: bool,
    pub(super) inserted: usize,
    pub(super) deleted: usize,
}

/// A run of paragraphs and tables.
#[derive(Debug, Default)]
struct Story {
    drafts: Vec<Draft>,
    paragraph: Option<Paragraph>,
    /// The words of paragraphs whose end is deleted: the next goes on with them.
    carried: Vec<Bit>,
    tables: Vec<Table>,
    cell: table::CellSetting,
    /// Of a note or a comment, its name in the file.
    id: String,
}

impl<'l> Walk<'l> {
    pub(super) fn new(
        lookup: Lookup<'l>,
        numbering: &'l mut Numbering,
        notes: &'l mut Notes,
        flags: &'l mut Flags,
    ) -> Self {
        Self {
            lookup,
            numbering,
            notes,
            flags,
            stories: vec![Story::default()],
            fields: Vec::new(),
            links: Vec::new(),
            chosen: Vec::new(),
            controls: Vec::new(),
            objects: Vec::new(),
            run: Letters::default(),
            set: None,
            is_text: false,
            insertions: 0,
            pending: Vec::new(),
            changes: Changes::default(),
            line: 1,
            blanks: 0,
            read: HashMap::new(),
            comments: HashMap::new(),
        }
    }

    /// Walks a part; the lines of its body.
    pub(super) fn walk(&mut self, part: &[u8]) -> Result<Vec<Draft>, Refusal> {
        let mut xml = Xml::new(part)?;
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(tag) => self.open(&tag, &mut xml)?,
                Piece::Close(name) => self.close(&name),
                Piece::Text(text) if self.is_text => self.say(&text),
                Piece::Text(_) => {}
            }
        }
        self.end_paragraph();
        self.carry_on();
        while !self.story().tables.is_empty() {
            self.end_table();
        }
        self.end_block();
        Ok(self.stories.drain(..).flat_map(|story| story.drafts).collect())
    }

    fn open<'x>(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>) -> Result<(), Refusal> {
        self.is_text = tag.name == "t";
        if let Some(object) = self.objects.last_mut() {
            object.see(tag, self.lookup.relations);
        }
        match tag.name.as_ref() {
            "p" => self.begin_paragraph(),
            "pPr" => {
                let setting = styles::setting(xml)?;
                self.set_paragraph(setting);
            }
            "r" => (self.run, self.set) = (Letters::default(), None),
            "rPr" => (self.run, self.set) = (styles::letters(xml)?, None),
            "tab" | "ptab" => self.say("\t"),
            "br" | "cr" => self.end_line(tag),
            "noBreakHyphen" => self.say("-"),
            "sym" => self.say(&objects::symbol(tag)),
            "rt" | "sectPr" | "tblPr" => drop(xml.skip()?),
            "del" | "moveFrom" => {
                self.changes.any = true;
                self.changes.deleted += weight(&xml.skip()?);
            }
            "ins" | "moveTo" => {
                self.changes.any = true;
                self.insertions += 1;
            }
            "mc:AlternateContent" => self.chosen.push(false),
            "mc:Choice" | "mc:Fallback" => match self.chosen.last_mut() {
                Some(true) => drop(xml.skip()?),
                Some(chosen) => *chosen = true,
                None => {}
            },
            "m:oMath" | "m:oMathPara" => {
                xml.skip()?;
                self.hang(Found::Unreadable(objects::EQUATION));
            }
            "drawing" | "pict" | "object" => self.objects.push(Object::of(&tag.name)),
            "altChunk" => self.hang(Found::Unreadable(objects::DOCUMENT)),
            _ => self.open_part(tag, xml)?,
        }
        Ok(())
    }

    /// Elements that are read less often: of tables, fields, links, notes.
    fn open_part<'x>(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>) -> Result<(), Refusal> {
        match tag.name.as_ref() {
            "tbl" => self.begin_table(),
            "tr" => self.table().begin_row(),
            "trPr" => {
                let row = table::row(xml)?;
                self.changes.any |= row.deleted || row.inserted;
                if row.deleted {
                    self.changes.deleted += weight(&xml.leave()?);
                    self.table().drop_row();
                } else {
                    self.table().set_row(&row);
                }
            }
            "tc" => self.stories.push(Story::default()),
            "tcPr" => self.story().cell = table::cell(xml)?,
            "txbxContent" | "footnote" | "endnote" | "comment" => {
                self.stories.push(Story { id: tag.get("id").unwrap_or_default(), ..Story::default() });
            }
            "sdt" => self.controls.push(false),
            "sdtPr" => {
                let mut is_contents = false;
                xml.within(|_, tag| {
                    is_contents |=
                        tag.name == "docPartGallery" && tag.val().is_some_and(|of| of == "Table of Contents");
                    Ok(())
                })?;
                self.controls.last_mut().into_iter().for_each(|control| *control = is_contents);
            }
            "hyperlink" => {
                let target = tag.get("id").and_then(|id| self.lookup.relations.outside(&id).map(str::to_owned));
                let href = target.and_then(|target| self.linked(target));
                self.links.push(href);
            }
            "fldChar" => self.field(tag),
            "fldSimple" => {
                let mut field = Field::of(tag.get("instr").unwrap_or_default());
                self.begin_result(&mut field);
                self.fields.push(field);
            }
            "instrText" => {
                let words = xml.text()?;
                self.fields.last_mut().into_iter().for_each(|field| field.say(&words));
            }
            "footnoteReference" | "endnoteReference" => self.refer(tag),
            "commentReference" | "commentRangeStart" => {
                let line = self.line;
                self.comments.entry(tag.get("id").unwrap_or_default()).or_insert(line);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        self.is_text = false;
        match name {
            "p" => self.end_paragraph(),
            "r" => (self.run, self.set) = (Letters::default(), None),
            "ins" | "moveTo" => self.insertions = self.insertions.saturating_sub(1),
            "mc:AlternateContent" => drop(self.chosen.pop()),
            "drawing" | "pict" | "object" => {
                if let Some(found) = self.objects.pop().and_then(Object::found) {
                    self.hang(found);
                }
            }
            "tbl" => self.end_table(),
            "tr" => self.table().end_row(),
            "tc" => self.end_cell(),
            "txbxContent" => self.end_box(),
            "footnote" | "endnote" | "comment" => self.end_note(name),
            "sdt" => drop(self.controls.pop()),
            "hyperlink" => drop(self.links.pop()),
            "fldSimple" => drop(self.fields.pop()),
            _ => {}
        }
    }

    fn story(&mut self) -> &mut Story {
        if self.stories.is_empty() {
            self.stories.push(Story::default());
        }
        let last = self.stories.len() - 1;
        &mut self.stories[last]
    }

    /// The table that is open; rows and cells outside of one make one.
    fn table(&mut self) -> &mut Table {
        let story = self.story();
        if story.tables.is_empty() {
            story.tables.push(Table::default());
        }
        let last = story.tables.len() - 1;
        &mut story.tables[last]
    }
}

fn weight(text: &str) -> usize {
    super::super::conservation::weight(text)
}

/// The words of a note, as one line.
pub(super) fn one_line(note: &Note) -> String {
    plain(&note.words).replace('\n', " ").trim().to_owned()
}
