//! What a Word file says, found apart from its reading: the text nodes of the document in order, with those of its
//! notes behind the block that refers to them; without what is deleted, hidden, an instruction, or there twice. It
//! knows nothing of styles, lists, tables or blocks, so that conservation can find the reader out.

use super::super::refusal::Refusal;
use super::xml::{Piece, Tag, Xml};
use std::collections::{HashMap, HashSet};

/// What is needed besides the part itself.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The words of notes by kind and id.
    pub(super) notes: HashMap<String, String>,
    /// Styles whose letters are hidden.
    pub(super) hidden: HashSet<String>,
}

/// The words of a part.
pub(super) fn words(part: &[u8], beside: &Beside) -> Result<String, Refusal> {
    let mut scan = Scan::new(beside);
    let mut xml = Xml::new(part)?;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => scan.open(&tag, &mut xml)?,
            Piece::Close(name) => scan.close(&name),
            Piece::Text(text) if scan.is_text => scan.say(&text),
            Piece::Text(_) => {}
        }
    }
    scan.end_block();
    Ok(scan.out + &scan.levels.into_iter().map(Level::whole).collect::<String>())
}

/// The words of each note of a part, by its kind and id; those that only draw lines are none.
pub(super) fn notes(part: &[u8], kind: &str, beside: &Beside) -> Result<HashMap<String, String>, Refusal> {
    let mut found = HashMap::new();
    let mut scan = Scan::new(beside);
    let mut id = String::new();
    let mut xml = Xml::new(part)?;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) if tag.name == kind => {
                id = format!("{kind}{}", tag.get("id").unwrap_or_default());
                scan = Scan::new(beside);
            }
            Piece::Close(name) if name == kind => {
                scan.end_block();
                found.insert(id.clone(), std::mem::take(&mut scan.out));
            }
            Piece::Open(tag) => scan.open(&tag, &mut xml)?,
            Piece::Close(name) => scan.close(&name),
            Piece::Text(text) if scan.is_text => scan.say(&text),
            Piece::Text(_) => {}
        }
    }
    Ok(found)
}

struct Scan<'b> {
    beside: &'b Beside,
    out: String,
    levels: Vec<Level>,
    /// For each field that is open, whether its result has begun.
    fields: Vec<bool>,
    /// For each choice of contents that is open, whether one was taken.
    chosen: Vec<bool>,
    noted: Vec<String>,
    told: HashSet<String>,
    is_text: bool,
    /// Whether letters of the paragraph and of the run are hidden.
    hidden: (bool, bool),
    joined: bool,
}

/// A story within the document: its body, or a text box.
#[derive(Default)]
struct Level {
    text: String,
    /// The words of text boxes that hang on the paragraph.
    behind: String,
    tables: usize,
}

impl Level {
    fn whole(self) -> String {
        self.text + &self.behind
    }
}

impl<'b> Scan<'b> {
    fn new(beside: &'b Beside) -> Self {
        Self {
            beside,
            out: String::new(),
            levels: vec![Level::default()],
            fields: Vec::new(),
            chosen: Vec::new(),
            noted: Vec::new(),
            told: HashSet::new(),
            is_text: false,
            hidden: (false, false),
            joined: false,
        }
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn say(&mut self, text: &str) {
        if self.fields.iter().all(|result| *result) && !self.hidden.0 && !self.hidden.1 {
            self.level().text.push_str(text);
        }
    }

    fn open<'x>(&mut self, tag: &Tag<'x>, xml: &mut Xml<'x>) -> Result<(), Refusal> {
        self.is_text = tag.name == "t";
        match tag.name.as_ref() {
            "del" | "moveFrom" | "rt" | "sdtPr" | "m:oMath" | "m:oMathPara" => drop(xml.skip()?),
            "trPr" => {
                let mut is_deleted = false;
                xml.within(|_, tag| {
                    is_deleted |= tag.name == "del";
                    Ok(())
                })?;
                if is_deleted {
                    xml.leave()?;
                }
            }
            "mc:AlternateContent" => self.chosen.push(false),
            "mc:Choice" | "mc:Fallback" => match self.chosen.last_mut() {
                Some(true) => drop(xml.skip()?),
                Some(chosen) => *chosen = true,
                None => {}
            },
            "p" => (self.hidden, self.joined) = ((false, false), false),
            "pPr" => self.paragraph(xml)?,
            "r" => self.hidden.1 = false,
            "rPr" => self.run(xml)?,
            "sym" => self.say(&super::objects::symbol(tag)),
            "noBreakHyphen" => self.say("-"),
            "fldChar" => self.field(tag),
            "tbl" => self.level().tables += 1,
            "txbxContent" => self.levels.push(Level::default()),
            "footnoteReference" | "endnoteReference" if self.fields.iter().all(|result| *result) => {
                let kind = tag.name.trim_end_matches("Reference").to_owned();
                self.noted.push(kind + &tag.get("id").unwrap_or_default());
            }
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let (hidden, joined) = (&self.beside.hidden, &mut self.joined);
        let mut is_hidden = false;
        xml.within(|xml, tag| {
            match tag.name.as_ref() {
                "pStyle" => is_hidden = tag.val().is_some_and(|style| hidden.contains(&style)),
                "del" | "moveFrom" => *joined = true,
                "pPrChange" => drop(xml.skip()?),
                _ => {}
            }
            Ok(())
        })?;
        self.hidden.0 = is_hidden;
        Ok(())
    }

    fn run(&mut self, xml: &mut Xml<'_>) -> Result<(), Refusal> {
        let hidden = &self.beside.hidden;
        let (mut own, mut styled) = (None, false);
        xml.within(|xml, tag| {
            match tag.name.as_ref() {
                "vanish" => own = Some(tag.is_on()),
                "rStyle" => styled = tag.val().is_some_and(|style| hidden.contains(&style)),
                "rPrChange" => drop(xml.skip()?),
                _ => {}
            }
            Ok(())
        })?;
        match own {
            Some(own) => self.hidden = (self.hidden.0 && own, own),
            None => self.hidden.1 = styled,
        }
        Ok(())
    }

    fn field(&mut self, tag: &Tag<'_>) {
        match tag.get("fldCharType").as_deref() {
            Some("begin") => self.fields.push(false),
            Some("separate") => self.fields.iter_mut().next_back().into_iter().for_each(|result| *result = true),
            Some("end") => drop(self.fields.pop()),
            Some(_) | None => {}
        }
    }

    fn close(&mut self, name: &str) {
        self.is_text = false;
        match name {
            "mc:AlternateContent" => drop(self.chosen.pop()),
            "p" => {
                self.fields.retain(|result| *result);
                self.hidden = (false, false);
                let level = self.level();
                let behind = std::mem::take(&mut level.behind);
                level.text.push_str(&behind);
                if !std::mem::take(&mut self.joined) {
                    self.end_block();
                }
            }
            "tbl" => {
                let level = self.level();
                level.tables = level.tables.saturating_sub(1);
                self.end_block();
            }
            "txbxContent" => {
                let words = self.levels.pop().map(Level::whole).unwrap_or_default();
                self.level().behind.push_str(&words);
            }
            _ => {}
        }
    }

    /// Behind a block of the body stand the notes that it refers to, each once.
    fn end_block(&mut self) {
        if self.levels.len() != 1 || self.level().tables > 0 {
            return;
        }
        let words = std::mem::take(self.level()).whole();
        self.out.push_str(&words);
        for id in std::mem::take(&mut self.noted) {
            if let Some(words) = self.beside.notes.get(&id).filter(|_| self.told.insert(id.clone())) {
                self.out.push_str(words);
            }
        }
    }
}
