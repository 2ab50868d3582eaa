//! XML as the parts of a Word file hold it: a pull parser's events with names of our own, so that no reader depends
//! on prefixes. Names of WordprocessingML stand alone (`p`), others behind the usual prefix (`m:oMath`). Document types
//! and entities are refused, nesting is capped; nothing here calls itself, so no depth exhausts the stack.

use super::super::clean;
use super::super::refusal::Refusal;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use std::borrow::Cow;

/// The deepest nesting; a table in a table in a text box needs forty.
const DEEPEST: usize = 1_000;

/// A part on its way through.
pub(super) struct Xml<'x> {
    reader: NsReader<&'x [u8]>,
    depth: usize,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Piece<'x> {
    /// An element begins.
    Open(Tag<'x>),
    /// An element ends.
    Close(Cow<'static, str>),
    /// Characters between tags, cleaned of what only machines see.
    Text(String),
}

/// An element's beginning.
#[derive(Debug)]
pub(super) struct Tag<'x> {
    pub(super) name: Cow<'static, str>,
    start: BytesStart<'x>,
}

impl<'x> Xml<'x> {
    /// Begins with a part.
    ///
    /// # Errors
    /// Where it is no UTF-8.
    pub(super) fn new(part: &'x [u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(part).map_err(|_| Refusal::DamagedWord)?;
        let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, depth: 0 })
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// Where it is no XML of ours.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'x>>, Refusal> {
        loop {
            let (space, event) = self.reader.read_resolved_event().map_err(|_| Refusal::DamagedWord)?;
            let piece = match event {
                Event::Start(start) => {
                    let name = name(&space, start.local_name().as_ref());
                    self.deeper()?;
                    Piece::Open(Tag { name, start })
                }
                Event::End(end) => {
                    let name = name(&space, end.local_name().as_ref());
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(name)
                }
                Event::Text(text) => Piece::Text(cleaned(&text.xml10_content())),
                Event::CData(text) => Piece::Text(cleaned(&text.xml10_content())),
                Event::GeneralRef(reference) => {
                    let c = reference.resolve_char_ref().map_err(|_| Refusal::DamagedWord)?;
                    let c = c.or_else(|| predefined(&reference)).ok_or(Refusal::DamagedWord)?;
                    Piece::Text(cleaned(c.encode_utf8(&mut [0; 4])))
                }
                Event::DocType(_) => return Err(Refusal::DamagedWord),
                Event::Eof if self.depth > 0 => return Err(Refusal::DamagedWord),
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(Some(piece));
        }
    }

    /// Goes behind the end of the element that has just begun; gives the words within: its text and its deleted text.
    pub(super) fn skip(&mut self) -> Result<String, Refusal> {
        self.until(self.depth.saturating_sub(1))
    }

    /// Goes behind the end of the element within which it is.
    pub(super) fn leave(&mut self) -> Result<String, Refusal> {
        self.until(self.depth.saturating_sub(1))
    }

    /// The text directly within the element that has just begun; goes behind its end.
    pub(super) fn text(&mut self) -> Result<String, Refusal> {
        let outside = self.depth.saturating_sub(1);
        let mut words = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Piece::Text(text)) => words.push_str(&text),
                Some(Piece::Open(_) | Piece::Close(_)) => {}
                None => break,
            }
        }
        Ok(words)
    }

    fn until(&mut self, outside: usize) -> Result<String, Refusal> {
        let (mut words, mut is_text) = (String::new(), false);
        while self.depth > outside {
            match self.next()? {
                Some(Piece::Open(tag)) => is_text = matches!(tag.name.as_ref(), "t" | "delText"),
                Some(Piece::Close(_)) => is_text = false,
                Some(Piece::Text(text)) if is_text => words.push_str(&text),
                Some(Piece::Text(_)) => {}
                None => break,
            }
        }
        Ok(words)
    }

    /// Calls `each` for every element within the one that has just begun, and goes behind its end.
    pub(super) fn within(
        &mut self,
        mut each: impl FnMut(&mut Self, &Tag<'x>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            match self.next()? {
                Some(Piece::Open(tag)) => each(self, &tag)?,
                Some(Piece::Close(_) | Piece::Text(_)) => {}
                None => break,
            }
        }
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(Refusal::DamagedWord) } else { Ok(()) }
    }
}

impl Tag<'_> {
    /// An attribute, by its name without prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self.start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| cleaned(&value))
    }

    /// The attribute `val`.
    pub(super) fn val(&self) -> Option<String> {
        self.get("val")
    }

    /// The attribute `val` as a number.
    pub(super) fn number(&self) -> Option<u32> {
        self.val().and_then(|val| val.trim().parse().ok())
    }

    /// Whether a property that may be off is on.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.val().as_deref(), Some("0" | "false" | "off" | "none"))
    }
}

/// Line ends of the file mean nothing within text.
fn cleaned(text: &str) -> String {
    text.chars().filter_map(clean::character).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

fn predefined(name: &str) -> Option<char> {
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]
        .into_iter()
        .find_map(|(known, c)| (known == name).then_some(c))
}

/// Namespaces by a piece of their address, which the transitional and the strict kind share.
const SPACES: [(&str, &str); 12] = [
    ("/math", "m:"),
    ("/wordprocessingDrawing", "wp:"),
    ("/wordprocessingShape", "wps:"),
    ("/wordprocessingGroup", "wpg:"),
    ("/picture", "pic:"),
    ("drawingml/2006/main", "a:"),
    ("drawingml/main", "a:"),
    ("markup-compatibility", "mc:"),
    ("microsoft-com:vml", "v:"),
    ("office:office", "o:"),
    ("package/2006/relationships", ""),
    ("package/2006/content-types", ""),
];

fn name(space: &ResolveResult<'_>, local: &str) -> Cow<'static, str> {
    let ResolveResult::Bound(Namespace(space)) = space else { return Cow::Owned(format!("?:{local}")) };
    let prefix = if space.ends_with("wordprocessingml/2006/main") || space.ends_with("wordprocessingml/main") {
        ""
    } else {
        SPACES.iter().find(|(piece, _)| space.contains(piece)).map_or("?:", |(_, prefix)| prefix)
    };
    Cow::Owned(format!("{prefix}{local}"))
}
