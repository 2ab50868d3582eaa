//! Word: a .docx as Word, WPS and LibreOffice write it becomes lines, each with its mark. The door of its parts: opens
//! the package, reads styles, lists, notes and comments, walks the body, and finds what the file says apart from that.
//! Headers and footers stay out and are named; so are comments. Asks for nothing outside of the file.

mod body;
mod counting;
mod field;
mod notes;
mod numbering;
mod objects;
mod package;
mod paragraph;
mod said;
mod styles;
mod table;
mod words;
mod xml;

#[cfg(test)]
mod laws;

use super::conservation::Said;
use super::flags::Flags;
use super::pictures::Pictures;
use super::refusal::{MOST_LINES, Refusal};
use super::source::{Line, Mark, Source};
use crate::domain::document::Finding;
use crate::domain::issue::BlockKind;
use body::{Lookup, Walk};
use notes::Notes;
use numbering::Numbering;
use package::{Package, Relations};
use said::Beside;
use std::collections::BTreeSet;
use styles::Styles;

/// The most text, in bytes; two hundred issues have as much.
const MOST_TEXT: usize = 4 * 1024 * 1024;

/// Whether a file, which is an archive, holds a Word document.
pub(super) fn is_word(bytes: &[u8]) -> bool {
    Package::open(bytes).is_ok()
}

/// Reads a .docx.
///
/// # Errors
/// Where it is damaged, inflates beyond a cap, or is no Word document.
pub(super) fn read(bytes: &[u8], pictures: &mut Pictures, flags: &mut Flags) -> Result<Source, Refusal> {
    let mut package = Package::open(bytes)?;
    let relations = package.relations()?;
    let mut parts = Parts { package: &mut package, relations: &relations };
    let styles = parts.named("/styles")?.map_or_else(|| Ok(Styles::default()), |part| Styles::read(&part))?;
    let mut numbering =
        parts.named("/numbering")?.map_or_else(|| Ok(Numbering::default()), |part| Numbering::read(&part))?;
    numbering.link(|style| styles.list_of(style));
    let mut notes = Notes::default();
    let mut beside = Beside { hidden: styles.hidden(), ..Beside::default() };
    if let Some(part) = parts.named("/settings")? {
        notes.learn(&part)?;
    }
    let own = Own { styles: &styles, relations: &relations };
    for kind in ["footnote", "endnote"] {
        let Some(part) = parts.named(&format!("/{kind}s"))? else { continue };
        beside.notes.extend(said::notes(&part, kind, &beside)?);
        own.read_notes(&part, &mut notes, flags)?;
    }
    own.note_furniture(&mut parts, flags)?;
    let comments = parts.named("/comments")?;
    let main = package.main()?;
    notes.learn(&main)?;
    let said = said::words(&main, &beside)?;
    if said.len() > MOST_TEXT {
        return Err(Refusal::TooLarge);
    }
    let mut walk = Walk::new(own.lookup(), &mut numbering, &mut notes, flags);
    let mut drafts = walk.walk(&main)?;
    let (changes, lines_of) = (std::mem::take(&mut walk.changes), std::mem::take(&mut walk.comments));
    if changes.any {
        flags.note(Finding::TrackedChange { inserted: changes.inserted, deleted: changes.deleted }, None);
    }
    if let Some(part) = comments {
        own.note_comments(&part, &lines_of, flags)?;
    }
    let parts: Vec<Option<String>> = drafts.iter_mut().map(|draft| draft.picture.take()).collect();
    let mut lines = paragraph::settled(drafts);
    for (line, part) in lines.iter_mut().zip(parts) {
        if let Some(part) = part {
            let bytes = package.beside(&part)?.unwrap_or_default();
            carry(line, (&part, &bytes), pictures, flags);
        }
    }
    if lines.len() > MOST_LINES {
        return Err(Refusal::TooLarge);
    }
    Ok(Source { lines, said: Said::Words(said) })
}

/// Gives a line that is a picture its bytes, where a letter can carry them.
fn carry(line: &mut Line, (part, bytes): (&str, &[u8]), pictures: &mut Pictures, flags: &mut Flags) {
    let name = part.rsplit('/').next().unwrap_or(part);
    if let Some(Mark::Block(BlockKind::Image { picture, .. })) = &mut line.mark {
        *picture = pictures.take(name, bytes, flags, line.number);
    }
}

/// The lines of a .docx as flags number them; none where it cannot be read.
pub(super) fn lines(bytes: &[u8]) -> Vec<String> {
    let Ok(source) = read(bytes, &mut Pictures::default(), &mut Flags::default()) else { return Vec::new() };
    let mut rows: Vec<String> = Vec::new();
    for line in source.lines {
        let at = (line.number as usize).saturating_sub(1);
        match rows.get_mut(at) {
            Some(row) => {
                row.push('\n');
                row.push_str(&line.text);
            }
            None => rows.push(line.text),
        }
    }
    rows
}

/// Parts of the package by their kind of relation.
struct Parts<'p, 'b> {
    package: &'p mut Package<'b>,
    relations: &'p Relations,
}

impl Parts<'_, '_> {
    fn named(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Refusal> {
        match self.relations.first(kind) {
            Some(target) => self.package.beside(target),
            None => Ok(None),
        }
    }
}

/// What every walk looks things up in.
#[derive(Clone, Copy)]
struct Own<'o> {
    styles: &'o Styles,
    relations: &'o Relations,
}

impl<'o> Own<'o> {
    fn lookup(self) -> Lookup<'o> {
        Lookup { styles: self.styles, relations: self.relations }
    }

    fn read_notes(self, part: &[u8], notes: &mut Notes, flags: &mut Flags) -> Result<(), Refusal> {
        let (mut numbering, mut none) = (Numbering::default(), Notes::default());
        let mut walk = Walk::new(self.lookup(), &mut numbering, &mut none, flags);
        walk.walk(part)?;
        notes.found.extend(std::mem::take(&mut walk.read));
        Ok(())
    }

    /// Comments, each asked.
    fn note_comments(
        self,
        part: &[u8],
        lines: &std::collections::HashMap<String, u32>,
        flags: &mut Flags,
    ) -> Result<(), Refusal> {
        let (mut numbering, mut none, mut silent) = (Numbering::default(), Notes::default(), Flags::default());
        let mut walk = Walk::new(self.lookup(), &mut numbering, &mut none, &mut silent);
        walk.walk(part)?;
        let mut found: Vec<(u32, String)> = std::mem::take(&mut walk.read)
            .into_iter()
            .map(|(key, note)| {
                (lines.get(key.trim_start_matches("comment")).copied().unwrap_or(0), body::one_line(&note))
            })
            .collect();
        found.sort();
        for (line, words) in found {
            flags.note(Finding::Comment(words), Some(line).filter(|line| *line > 0));
        }
        Ok(())
    }

    /// What headers and footers say beyond the numbers of pages.
    fn note_furniture(self, parts: &mut Parts<'_, '_>, flags: &mut Flags) -> Result<(), Refusal> {
        let targets: BTreeSet<String> =
            ["/header", "/footer"].iter().flat_map(|kind| self.relations.all(kind)).collect();
        let mut seen = BTreeSet::new();
        for target in targets {
            let Some(part) = parts.package.beside(&target)? else { continue };
            let words = said::words(&part, &Beside::default())?;
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let bare = words.trim_matches(|c: char| !c.is_alphabetic() || "第页共".contains(c));
            if !bare.is_empty() {
                seen.insert(words);
            }
        }
        if !seen.is_empty() {
            let words = seen.into_iter().collect::<Vec<_>>().join("、");
            flags.note(Finding::RunningHead(words), None);
        }
        Ok(())
    }
}
