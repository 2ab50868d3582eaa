//! Text on the walk through a body: what a run says and how it is set, the ends of lines, fields by their results, links,
//! references to notes, and objects that hang among the words.

use super::{Walk, weight};
use crate::domain::document::Finding;
use crate::domain::issue::is_linkable;
use crate::intake::document::word::field::Field;
use crate::intake::document::word::objects::{self, Found};
use crate::intake::document::word::words::{Bit, Script, Set};
use crate::intake::document::word::xml::Tag;

impl Walk<'_> {
    pub(super) fn say(&mut self, text: &str) {
        if !self.fields.iter().all(|field| field.result) {
            return;
        }
        let (set, is_hidden) = self.set();
        if is_hidden {
            self.paragraph().hidden.push_str(text);
            return;
        }
        if self.insertions > 0 {
            self.changes.inserted += weight(text);
        }
        let is_listed = self.controls.contains(&true) || self.fields.iter().any(Field::is_contents);
        self.paragraph().is_listed |= is_listed && !text.trim().is_empty();
        match self.paragraph().bits.last_mut() {
            Some(Bit::Text(last, same)) if *same == set => last.push_str(text),
            _ => self.paragraph().bits.push(Bit::Text(text.to_owned(), set)),
        }
    }

    /// How the letters of the run are set, and whether they are hidden.
    pub(super) fn set(&mut self) -> (Set, bool) {
        if let Some((set, is_hidden)) = &self.set {
            let href = self.href();
            return (Set { href, ..set.clone() }, *is_hidden);
        }
        let run = self.lookup.styles.run(&self.run);
        let base = &self.paragraph().base;
        let is = |run: Option<bool>, base: Option<bool>| run == Some(true) && base != Some(true);
        let face = run.face.as_ref().or(base.face.as_ref());
        let set = Set {
            strong: is(run.bold, base.bold),
            emphasis: is(run.italic, base.italic),
            script: match run.raised.as_deref() {
                Some("superscript") => Some(Script::Super),
                Some("subscript") => Some(Script::Sub),
                Some(_) | None => None,
            },
            href: None,
            bold: run.bold.or(base.bold).unwrap_or(false),
            size: run.size.or(base.size).unwrap_or_default(),
            heavy: face.is_some_and(|face| is_heavy(face)),
            counted: false,
        };
        let is_hidden = run.hidden.or(base.hidden).unwrap_or(false);
        self.set = Some((set.clone(), is_hidden));
        (Set { href: self.href(), ..set }, is_hidden)
    }

    pub(super) fn href(&self) -> Option<String> {
        let field = self.fields.iter().rev().find_map(|field| field.href.clone());
        field.or_else(|| self.links.last().cloned().flatten())
    }

    pub(super) fn end_line(&mut self, tag: &Tag<'_>) {
        if !self.fields.iter().all(|field| field.result) || self.set().1 {
            return;
        }
        // The end of a page or a column parts nothing that is not parted by its paragraph already.
        let is_page = tag.get("type").is_some_and(|kind| kind != "textWrapping");
        if !is_page || !self.paragraph().is_empty() {
            self.paragraph().bits.push(Bit::Break);
        }
    }

    /// Hangs an object on the paragraph.
    pub(super) fn hang(&mut self, found: Found) {
        if !self.fields.iter().all(|field| field.result) {
            return;
        }
        let line = Some(self.line);
        let bit = match found {
            Found::Picture { alt, external, part } => {
                if let Some(external) = external {
                    self.flags.note(Finding::ExternalImage(external), line);
                }
                Bit::Picture(alt, part)
            }
            Found::Unreadable(placeholder) => {
                let what = placeholder.trim_matches(['〔', '〕']).to_owned();
                self.flags.note(Finding::Unreadable(what), line);
                Bit::Object(placeholder)
            }
        };
        self.paragraph().bits.push(bit);
    }

    /// Where a link may lead.
    pub(super) fn linked(&mut self, target: String) -> Option<String> {
        if is_linkable(&target) {
            return Some(target);
        }
        self.flags.note(Finding::LinkLeftOut(target), Some(self.line));
        None
    }

    pub(super) fn field(&mut self, tag: &Tag<'_>) {
        match tag.get("fldCharType").as_deref() {
            Some("begin") => self.fields.push(Field::default()),
            Some("separate") => {
                if let Some(mut field) = self.fields.pop() {
                    self.begin_result(&mut field);
                    self.fields.push(field);
                }
            }
            Some("end") => {
                let ended = self.fields.pop();
                if ended.is_some_and(|field| !field.result && field.is_equation()) {
                    self.hang(Found::Unreadable(objects::EQUATION));
                }
            }
            Some(_) | None => {}
        }
    }

    pub(super) fn begin_result(&mut self, field: &mut Field) {
        field.result = true;
        field.href = field.target().and_then(|target| self.linked(target));
    }

    pub(super) fn refer(&mut self, tag: &Tag<'_>) {
        if !self.fields.iter().all(|field| field.result) {
            return;
        }
        let kind = tag.name.trim_end_matches("Reference").to_owned();
        let is_custom = tag.get("customMarkFollows").is_some_and(|on| on != "0" && on != "false");
        let mark = if is_custom { String::new() } else { self.notes.count(&kind) };
        if !is_custom {
            let set = Set { script: Some(Script::Super), counted: true, ..Set::default() };
            self.paragraph().bits.push(Bit::Text(mark.clone(), set));
        }
        self.pending.push((kind + &tag.get("id").unwrap_or_default(), mark));
    }
}

/// Whether a typeface is one that Chinese offices set headings in.
fn is_heavy(face: &str) -> bool {
    ["黑", "标宋", "hei", "Hei"].iter().any(|part| face.contains(part))
}
