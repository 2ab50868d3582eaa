//! Package: the parts of a .docx, which is a zip archive. The parts that hold words are inflated, each up to a
//! cap, so that no archive fills the memory, and the pictures that it shows. Refuses what is no Word document.

use super::super::refusal::{Foreign, Refusal};
use super::xml::{Piece, Xml};
use crate::intake::archive::Archive;
use std::collections::HashMap;
use std::io::Read as _;

/// The most parts; a document with a thousand pictures has as many.
const MOST_PARTS: usize = 4_000;
/// The most bytes of one part and of all parts read, inflated. A year of a weekly paper needs a tenth.
const MOST_INFLATED: u64 = 48 * 1024 * 1024;
/// The highest ratio of a part beyond [`SMALL`]; the markup of WPS, which repeats itself most, comes to 60.
const HIGHEST_RATIO: u64 = 250;
/// Below this size no ratio is looked at.
const SMALL: u64 = 4 * 1024 * 1024;

/// A Word file.
pub(super) struct Package<'b> {
    archive: Archive<'b>,
    /// Where the main part is.
    main: String,
    /// Bytes that may still be inflated.
    rest: u64,
}

/// Where the targets of a part's relations point.
#[derive(Debug, Default)]
pub(super) struct Relations(HashMap<String, Relation>);

#[derive(Debug)]
struct Relation {
    kind: String,
    target: String,
    is_external: bool,
}

impl<'b> Package<'b> {
    /// Opens a file.
    ///
    /// # Errors
    /// Where it is damaged, too large, or holds no Word document.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Refusal> {
        let archive = Archive::open(bytes).map_err(|_| Refusal::DamagedWord)?;
        if archive.len() > MOST_PARTS {
            return Err(Refusal::Inflated);
        }
        let mut package = Self { archive, main: String::new(), rest: MOST_INFLATED };
        let root = package.relations_of("")?;
        let main = root.first("/officeDocument").unwrap_or("word/document.xml").trim_start_matches('/').to_owned();
        if package.archive.find(&main).is_none() || !main.ends_with("xml") {
            return Err(Refusal::Foreign(Foreign::Archive));
        }
        if main.starts_with("xl/") || main.starts_with("ppt/") {
            return Err(Refusal::Foreign(Foreign::Workbook));
        }
        package.main = main;
        Ok(package)
    }

    /// The main part.
    pub(super) fn main(&mut self) -> Result<Vec<u8>, Refusal> {
        let main = self.main.clone();
        self.part(&main)?.ok_or(Refusal::DamagedWord)
    }

    /// The relations of the main part.
    pub(super) fn relations(&mut self) -> Result<Relations, Refusal> {
        let main = self.main.clone();
        self.relations_of(&main)
    }

    /// A part that the main part names; none where it is missing.
    pub(super) fn beside(&mut self, target: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let folder = self.main.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("{folder}/{target}"),
        };
        self.part(&name)
    }

    fn relations_of(&mut self, part: &str) -> Result<Relations, Refusal> {
        let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
        let path = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let Some(bytes) = self.part(&path)? else { return Ok(Relations::default()) };
        Relations::read(&bytes)
    }

    fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(index) = self.archive.find(name) else { return Ok(None) };
        let part = self.archive.part(index).map_err(|_| Refusal::DamagedWord)?;
        let packed = part.packed.max(1);
        let mut bytes = Vec::new();
        part.take(self.rest + 1).read_to_end(&mut bytes).map_err(|_| Refusal::DamagedWord)?;
        let size = bytes.len() as u64;
        self.rest = self.rest.checked_sub(size).ok_or(Refusal::Inflated)?;
        if size > SMALL && size / packed > HIGHEST_RATIO {
            return Err(Refusal::Inflated);
        }
        Ok(Some(bytes))
    }
}

impl Relations {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut xml = Xml::new(bytes)?;
        let mut found = HashMap::new();
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            if tag.name != "Relationship" {
                continue;
            }
            let (Some(id), Some(target)) = (tag.get("Id"), tag.get("Target")) else { continue };
            let is_external = tag.get("TargetMode").is_some_and(|mode| mode == "External");
            found.insert(id, Relation { kind: tag.get("Type").unwrap_or_default(), target, is_external });
        }
        Ok(Self(found))
    }

    /// The target of the first relation of a kind, within the package.
    pub(super) fn first(&self, kind: &str) -> Option<&str> {
        let mut found = self.0.values().filter(|relation| relation.kind.ends_with(kind) && !relation.is_external);
        found.next().map(|relation| relation.target.as_str())
    }

    /// The targets of all relations of a kind within the package.
    pub(super) fn all(&self, kind: &str) -> Vec<String> {
        let found = self.0.values().filter(|relation| relation.kind.ends_with(kind) && !relation.is_external);
        found.map(|relation| relation.target.clone()).collect()
    }

    /// The target of a relation within the package.
    pub(super) fn inside(&self, id: &str) -> Option<&str> {
        self.0.get(id).filter(|relation| !relation.is_external).map(|relation| relation.target.as_str())
    }

    /// The target of a relation outside of the package.
    pub(super) fn outside(&self, id: &str) -> Option<&str> {
        self.0.get(id).filter(|relation| relation.is_external).map(|relation| relation.target.as_str())
    }
}
