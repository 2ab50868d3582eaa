//! Styles: what a style's name and its chain of `basedOn` say of a paragraph (ECMA-376 part 1, 17.7): whether it is a
//! heading, in whatever language Word or WPS named it, how it is set, and the list it counts in. Own settings first,
//! then those of the style above; whoever is not in styles.xml is known by its id.

use super::super::refusal::Refusal;
use super::numbering::Place;
use super::xml::{Piece, Tag, Xml};
use std::collections::{HashMap, HashSet};

/// The longest chain of styles.
const LONGEST: usize = 20;
/// The size of letters where nothing says one, in half-points.
const SIZE: u32 = 20;

/// What a paragraph is by its style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    #[default]
    Body,
    /// The title of the whole document.
    Title,
    /// A heading; 1 is the highest.
    Heading(u8),
    /// A line of the contents list, of this level.
    Contents(u8),
    Caption,
    Quote,
}

/// How letters are set; none where nothing is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Letters {
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) size: Option<u32>,
    pub(super) face: Option<String>,
    /// `superscript`, `subscript`.
    pub(super) raised: Option<String>,
    /// The style of the letters.
    pub(super) style: Option<String>,
    /// Whether the end of their paragraph is deleted or inserted.
    pub(super) deleted: bool,
    pub(super) inserted: bool,
}

/// What is said of a paragraph, by itself or by a style.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Setting {
    pub(super) style: Option<String>,
    pub(super) outline: Option<u8>,
    pub(super) centred: Option<bool>,
    pub(super) place: Place,
    /// In a style the letters of the paragraph; in a paragraph those of its end.
    pub(super) letters: Letters,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    above: Option<String>,
    setting: Setting,
}

#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    /// The style of paragraphs that name none.
    default: Option<String>,
    letters: Letters,
}

impl Styles {
    /// Reads styles.xml.
    pub(super) fn read(part: &[u8]) -> Result<Self, Refusal> {
        let mut xml = Xml::new(part)?;
        let mut styles = Self::default();
        while let Some(piece) = xml.next()? {
            let Piece::Open(tag) = piece else { continue };
            match tag.name.as_ref() {
                "rPrDefault" => xml.within(|xml, tag| {
                    if tag.name == "rPr" {
                        styles.letters = letters(xml)?;
                    }
                    Ok(())
                })?,
                "style" => {
                    let id = tag.get("styleId").unwrap_or_default();
                    if tag.get("default").is_some_and(|on| on != "0" && on != "false")
                        && tag.get("type").is_some_and(|kind| kind == "paragraph")
                    {
                        styles.default = Some(id.clone());
                    }
                    let style = style(&mut xml)?;
                    styles.styles.insert(id, style);
                }
                _ => {}
            }
        }
        Ok(styles)
    }

    /// A style's chain, itself first.
    fn chain(&self, id: Option<&str>) -> impl Iterator<Item = &Style> {
        let first = id.or(self.default.as_deref()).and_then(|id| self.styles.get(id));
        std::iter::successors(first, |style| self.styles.get(style.above.as_deref()?)).take(LONGEST)
    }

    /// What a paragraph is: by its own outline level, else by the nearest of its styles that says so.
    pub(super) fn part(&self, setting: &Setting) -> Part {
        let own = setting.outline.map(outlined);
        let id = setting.style.as_deref();
        let unknown = || id.filter(|id| !self.styles.contains_key(*id)).and_then(named);
        let styled =
            || self.chain(id).find_map(|style| named(&style.name).or_else(|| style.setting.outline.map(outlined)));
        let styled = unknown().or_else(styled).unwrap_or_default();
        match (own, styled) {
            (Some(Part::Body), Part::Heading(_) | Part::Title) => Part::Body,
            (Some(own @ Part::Heading(_)), Part::Body | Part::Heading(_) | Part::Quote) => own,
            (_, styled) => styled,
        }
    }

    /// Where a paragraph stands in a list.
    pub(super) fn place(&self, setting: &Setting, level_of: impl Fn(u32, &str) -> Option<usize>) -> Place {
        let own = setting.place;
        let id = setting.style.as_deref().or(self.default.as_deref());
        let styled = self.chain(id).find(|style| style.setting.place != Place::default());
        let list = own.list.or_else(|| styled.and_then(|style| style.setting.place.list));
        let tied = || list.zip(id).and_then(|(list, id)| level_of(list, id));
        let level = own.level.or_else(tied).or_else(|| styled.and_then(|style| style.setting.place.level));
        Place { list, level: if own.list.is_some() { own.level.or(Some(0)) } else { level } }
    }

    /// The list of a style.
    pub(super) fn list_of(&self, id: &str) -> Option<u32> {
        self.chain(Some(id)).find_map(|style| style.setting.place.list)
    }

    /// Styles whose letters are hidden.
    pub(super) fn hidden(&self) -> HashSet<String> {
        let is_hidden =
            |id: &&String| self.chain(Some(id)).find_map(|style| style.setting.letters.hidden) == Some(true);
        self.styles.keys().filter(is_hidden).cloned().collect()
    }

    pub(super) fn is_centred(&self, setting: &Setting) -> bool {
        let styled = || self.chain(setting.style.as_deref()).find_map(|style| style.setting.centred);
        setting.centred.or_else(styled).unwrap_or(false)
    }

    /// How the letters of a paragraph are set where a run says nothing.
    pub(super) fn base(&self, setting: &Setting) -> Letters {
        let mut base = Letters::default();
        for style in self.chain(setting.style.as_deref()) {
            base.take(&style.setting.letters);
        }
        base.take(&self.letters);
        base.size.get_or_insert(SIZE);
        base
    }

    /// What a run says of its letters, itself and by its style.
    pub(super) fn run(&self, own: &Letters) -> Letters {
        let mut run = own.clone();
        for style in own
            .style
            .as_deref()
            .filter(|id| self.styles.contains_key(*id))
            .into_iter()
            .flat_map(|id| self.chain(Some(id)))
        {
            run.take(&style.setting.letters);
        }
        run
    }
}

impl Letters {
    /// Fills in what is not said yet.
    fn take(&mut self, above: &Self) {
        self.bold = self.bold.or(above.bold);
        self.italic = self.italic.or(above.italic);
        self.hidden = self.hidden.or(above.hidden);
        self.size = self.size.or(above.size);
        self.face = self.face.take().or_else(|| above.face.clone());
        self.raised = self.raised.take().or_else(|| above.raised.clone());
    }
}

/// The level of an outline: 0 to 8 are headings, 9 is body.
fn outlined(level: u8) -> Part {
    if level < 9 { Part::Heading(level + 1) } else { Part::Body }
}

/// What the name of a style says, in the languages that Word, WPS and LibreOffice write it in.
fn named(name: &str) -> Option<Part> {
    let name: String = name.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '_').collect();
    let level = |prefixes: &[&str]| {
        let rest = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix))?;
        rest.parse::<u8>().ok().filter(|level| (1..=9).contains(level))
    };
    match name.as_str() {
        "title" | "标题" | "標題" | "文档标题" => return Some(Part::Title),
        "subtitle" | "副标题" | "副標題" | "tocheading" | "toc标题" | "目录标题" | "contentsheading" => {
            return Some(Part::Body);
        }
        "caption" | "题注" | "標號" => return Some(Part::Caption),
        "quote" | "intensequote" | "引用" | "明显引用" | "quotations" | "blocktext" => return Some(Part::Quote),
        _ => {}
    }
    let heading = level(&["heading", "标题", "標題", "überschrift", "titre", "título", "заголовок", "見出し"]);
    let contents = || level(&["toc", "目录", "目錄", "contents"]);
    heading.map(Part::Heading).or_else(|| contents().map(Part::Contents))
}

fn style(xml: &mut Xml<'_>) -> Result<Style, Refusal> {
    let mut style = Style::default();
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "name" => style.name = tag.val().unwrap_or_default(),
            "basedOn" => style.above = tag.val(),
            "pPr" => {
                let letters = std::mem::take(&mut style.setting.letters);
                style.setting = Setting { letters, ..setting(xml)? };
            }
            "rPr" => style.setting.letters = letters(xml)?,
            "tblStylePr" => drop(xml.skip()?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(style)
}

/// Reads a `pPr` that has just begun.
pub(super) fn setting(xml: &mut Xml<'_>) -> Result<Setting, Refusal> {
    let mut setting = Setting::default();
    xml.within(|xml, tag| {
        match tag.name.as_ref() {
            "pStyle" => setting.style = tag.val(),
            "outlineLvl" => setting.outline = tag.number().and_then(|level| u8::try_from(level).ok()),
            "jc" => setting.centred = tag.val().map(|how| how == "center"),
            "ilvl" => setting.place.level = tag.number().map(|level| level as usize),
            "numId" => setting.place.list = tag.number(),
            "rPr" => setting.letters = letters(xml)?,
            "pPrChange" | "sectPr" => drop(xml.skip()?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(setting)
}

/// Reads an `rPr` that has just begun.
pub(super) fn letters(xml: &mut Xml<'_>) -> Result<Letters, Refusal> {
    let mut letters = Letters::default();
    xml.within(|xml, tag| {
        if tag.name == "rPrChange" {
            xml.skip()?;
        } else {
            letters.say(tag);
        }
        Ok(())
    })?;
    Ok(letters)
}

impl Letters {
    fn say(&mut self, tag: &Tag<'_>) {
        match tag.name.as_ref() {
            "b" => self.bold = Some(tag.is_on()),
            "i" | "em" => self.italic = Some(tag.is_on()),
            "vanish" => self.hidden = Some(tag.is_on()),
            "sz" => self.size = tag.number().filter(|size| *size > 0),
            "rFonts" => self.face = tag.get("eastAsia").or_else(|| tag.get("ascii")).or_else(|| self.face.take()),
            "vertAlign" => self.raised = tag.val(),
            "rStyle" => self.style = tag.val(),
            "del" | "moveFrom" => self.deleted = true,
            "ins" | "moveTo" => self.inserted = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(inner: &str) -> Styles {
        let xml = format!(
            "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{inner}</w:styles>"
        );
        Styles::read(xml.as_bytes()).expect("styles")
    }

    fn of(style: &str, outline: Option<u8>) -> Setting {
        Setting { style: Some(style.into()), outline, ..Setting::default() }
    }

    #[test]
    fn a_heading_is_known_by_name_or_outline_level_through_its_chain() {
        let styles = styles(
            r#"<w:style w:styleId="1" w:type="paragraph"><w:name w:val="标题 1"/></w:style>
            <w:style w:styleId="2" w:type="paragraph"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
            <w:style w:styleId="a" w:type="paragraph"><w:name w:val="简报题目"/><w:basedOn w:val="1"/></w:style>
            <w:style w:styleId="b" w:type="paragraph"><w:name w:val="图注"/><w:basedOn w:val="2"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
            <w:style w:styleId="c" w:type="paragraph"><w:name w:val="公文"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
            <w:style w:styleId="t" w:type="paragraph"><w:name w:val="标题"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
            <w:style w:styleId="s" w:type="paragraph"><w:name w:val="副标题"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
            <w:style w:styleId="9" w:type="paragraph"><w:name w:val="目录 2"/></w:style>
            <w:style w:styleId="h" w:type="paragraph"><w:name w:val="TOC Heading"/><w:basedOn w:val="1"/></w:style>
            <w:style w:styleId="x" w:type="paragraph"><w:name w:val="x"/><w:basedOn w:val="y"/></w:style>
            <w:style w:styleId="y" w:type="paragraph"><w:name w:val="y"/><w:basedOn w:val="x"/></w:style>"#,
        );
        for (style, outline, part) in [
            ("1", None, Part::Heading(1)),
            ("2", None, Part::Heading(2)),
            ("a", None, Part::Heading(1)),
            ("b", None, Part::Body),
            ("c", None, Part::Heading(3)),
            ("c", Some(9), Part::Body),
            ("x", Some(1), Part::Heading(2)),
            ("x", None, Part::Body),
            ("t", None, Part::Title),
            ("s", None, Part::Body),
            ("9", None, Part::Contents(2)),
            ("h", None, Part::Body),
            ("Heading3", None, Part::Heading(3)), // not in styles.xml
            ("77", None, Part::Body),
        ] {
            assert_eq!(styles.part(&of(style, outline)), part, "{style}");
        }
    }

    #[test]
    fn the_nearest_style_says_how_letters_are_set() {
        let styles = styles(
            r#"<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>
            <w:style w:styleId="a" w:type="paragraph" w:default="1"><w:name w:val="Normal"/><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr></w:style>
            <w:style w:styleId="b" w:type="paragraph"><w:name w:val="b"/><w:basedOn w:val="a"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>"#,
        );
        let base = styles.base(&of("b", None));
        assert_eq!((base.bold, base.size, base.face.as_deref()), (Some(true), Some(32), Some("仿宋")));
        let base = styles.base(&Setting::default());
        assert_eq!((base.bold, base.size, base.face.as_deref()), (None, Some(21), Some("仿宋")));
        assert!(styles.is_centred(&of("b", None)) && !styles.is_centred(&Setting::default()));
    }
}
