//! Objects of a Word file: pictures with their words, charts, diagrams, equations and embedded files, known by what
//! their frame says of itself; symbols by their font and code. What a letter cannot carry gets a placeholder.

use super::package::Relations;
use super::xml::Tag;

/// An object on its way: what was found of it so far.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// Whether it is a frame for embedded files.
    is_embedded: bool,
    alt: Option<String>,
    is_picture: bool,
    external: Option<String>,
    /// The part that holds the picture.
    part: Option<String>,
    /// The placeholder of what it holds besides.
    other: Option<&'static str>,
}

/// What an object is once it is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A picture, with the words for it, and where it lies: outside, or in a part of the file.
    Picture { alt: String, external: Option<String>, part: Option<String> },
    /// What a letter cannot carry.
    Unreadable(&'static str),
}

/// An equation's placeholder.
pub(super) const EQUATION: &str = "〔公式〕";
/// The placeholder of another document within.
pub(super) const DOCUMENT: &str = "〔嵌入文档〕";

impl Object {
    /// An object that an element with this name opens.
    pub(super) fn of(name: &str) -> Self {
        Self { is_embedded: name == "object", ..Self::default() }
    }

    /// Takes in an element within it.
    pub(super) fn see(&mut self, tag: &Tag<'_>, relations: &Relations) {
        match tag.name.as_ref() {
            "wp:docPr" => self.name(tag.get("descr").or_else(|| tag.get("title"))),
            "pic:pic" => self.is_picture = true,
            "a:graphicData" => self.other = tag.get("uri").as_deref().and_then(placeholder),
            "a:blip" => self.lies_at(tag.get("embed").or_else(|| tag.get("link")), relations),
            "v:shape" | "v:rect" => self.name(tag.get("alt")),
            // WPS puts an empty one into every shape.
            "v:imagedata" => {
                if let Some(id) = tag.get("id").or_else(|| tag.get("href")) {
                    self.is_picture = true;
                    self.name(tag.get("title"));
                    self.lies_at(Some(id), relations);
                }
            }
            "o:OLEObject" => {
                let is_equation =
                    tag.get("ProgID").is_some_and(|id| id.starts_with("Equation") || id.contains("MathType"));
                self.other = Some(if is_equation { EQUATION } else { "〔嵌入对象〕" });
            }
            _ => {}
        }
    }

    fn name(&mut self, words: Option<String>) {
        let words =
            words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty() && !is_file_name(words));
        self.alt = self.alt.take().or(words);
    }

    fn lies_at(&mut self, id: Option<String>, relations: &Relations) {
        let outside = id.as_deref().and_then(|id| relations.outside(id));
        self.external = self.external.take().or_else(|| outside.map(str::to_owned));
        let inside = id.as_deref().and_then(|id| relations.inside(id));
        self.part = self.part.take().or_else(|| inside.map(str::to_owned));
    }

    /// What it is; none where it only draws, or holds a text box.
    pub(super) fn found(self) -> Option<Found> {
        match self.other {
            Some(other) => Some(Found::Unreadable(other)),
            None if self.is_embedded => Some(Found::Unreadable("〔嵌入对象〕")),
            None if self.is_picture => {
                Some(Found::Picture { alt: self.alt.unwrap_or_default(), external: self.external, part: self.part })
            }
            None => None,
        }
    }
}

/// The placeholder for graphics of a kind; none for pictures and shapes.
fn placeholder(uri: &str) -> Option<&'static str> {
    let ends = |ends: &[&str]| ends.iter().any(|end| uri.ends_with(end));
    if ends(&["/picture", "/wordprocessingShape", "/wordprocessingGroup", "/wordprocessingCanvas"]) {
        None
    } else if ends(&["/chart", "/chartex"]) {
        Some("〔图表〕")
    } else if ends(&["/diagram"]) {
        Some("〔示意图〕")
    } else {
        Some("〔图形〕")
    }
}

/// Whether words for a picture are only the name of its file, as WPS writes it there.
fn is_file_name(words: &str) -> bool {
    let lower = words.to_lowercase();
    let ending = ["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "wmf", "emf", "svg"];
    lower.rsplit_once('.').is_some_and(|(_, end)| ending.contains(&end)) || lower.contains(":\\")
}

/// A symbol: of the fonts that everybody has those that are used as signs; else it is a character of one font alone.
pub(super) fn symbol(tag: &Tag<'_>) -> String {
    let code = tag.get("char").and_then(|code| u32::from_str_radix(&code, 16).ok()).unwrap_or(0xF000);
    let font = tag.get("font").unwrap_or_default().to_lowercase();
    let c = match (font.as_str(), code & 0xFF) {
        ("wingdings", 0x6C) => '●',
        ("wingdings", 0x6E) => '■',
        ("wingdings", 0x75) => '◆',
        ("wingdings", 0xA8 | 0x6F) => '□',
        ("wingdings", 0xFC) => '✓',
        ("wingdings", 0xFE) | ("wingdings 2", 0x52) => '☑',
        ("wingdings", 0xD8) => '➢',
        ("wingdings", 0xE0) => '→',
        ("wingdings 2", 0xA3) => '□',
        ("symbol", 0xB7) => '•',
        ("symbol", 0xB0) => '°',
        ("symbol", 0xB1) => '±',
        ("symbol", 0xB4) => '×',
        ("symbol", 0xA3) => '≤',
        ("symbol", 0xB3) => '≥',
        _ => char::from_u32(code).unwrap_or('\u{f000}'),
    };
    super::super::clean::character(c).filter(|c| *c != '\n').into_iter().collect()
}
