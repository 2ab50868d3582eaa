//! PDF: the text layer of a PDF becomes a text laid out as its pages are, form feeds between them: what the reader of plain
//! text reads. Owns the `hayro` crates, which know fonts and their encodings (ISO 32000-2, 9.10); no image is decoded. Pure,
//! but a stranger's file may cost time and memory without bound: it belongs apart (`apart.rs`).

mod columns;
mod layout;
mod notes;
mod setting;

use super::layer::Layer;
use super::{Foreign, Refusal};
use encoding_rs::{GBK, UTF_16BE};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::object::{Dict, Name, Object};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, TransformExt as _, interpret, interpret_page,
};
use layout::{Face, Letter, page};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher};

/// The most pages of one issue.
const MOST_PAGES: usize = 500;
/// The most letters of one issue: a year of a daily paper has fewer.
const MOST_LETTERS: usize = 2_000_000;
/// What stands for a letter that its font does not name: a character that means nothing elsewhere, which is asked about.
const UNKNOWN: char = '\u{e000}';
/// The most fonts that are asked for their names; an issue has a dozen.
const MOST_FONTS: usize = 500;
/// The fewest shapes that are letters which were made shapes; fewer are a form, or rule a page.
const PICTURE: usize = 1_000;

/// The text of a PDF, a page after the other, and how its lines are set.
///
/// # Errors
/// [`Foreign::Locked`], [`Foreign::Scan`], [`Refusal::DamagedPdf`], [`Refusal::TooLarge`].
pub(super) fn layer(bytes: &[u8]) -> Result<Layer, Refusal> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|why| match why {
        LoadPdfError::Decryption(_) => Refusal::Foreign(Foreign::Locked),
        LoadPdfError::Invalid => Refusal::DamagedPdf,
    })?;
    let settings = InterpreterSettings { render_content: RenderContent::PAGE, ..InterpreterSettings::default() };
    let cache = InterpreterCache::new();
    let (codes, mut fonts) = (Codes::of(&pdf), Fonts::default());
    if pdf.pages().len() > MOST_PAGES {
        return Err(Refusal::TooLarge);
    }
    let (mut pages, mut places, mut turned, mut blank) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut count, mut unknown, mut hidden) = (0, 0, 0);
    for (number, sheet) in (1..).zip(pdf.pages().iter()) {
        let everything = Rect::new(0.0, 0.0, 1.0, 1.0);
        let upright = sheet.initial_transform(true).to_kurbo();
        let mut context = Context::new(upright, everything, &cache, pdf.xref(), settings.clone());
        fonts.learn(sheet, &mut context);
        let mut reader = Reader::new(codes, &fonts, MOST_LETTERS - count);
        interpret_page(sheet, &mut context, &mut reader);
        count = MOST_LETTERS - reader.room;
        if reader.room == 0 {
            return Err(Refusal::TooLarge);
        }
        unknown += reader.letters.iter().filter(|letter| letter.text.contains(UNKNOWN)).count();
        hidden += reader.letters.iter().filter(|letter| letter.face.hidden).count();
        let (text, placed) = page(reader.letters);
        if text.trim().is_empty() && reader.turned.trim().is_empty() && reader.drawn >= PICTURE {
            blank.push(number);
        }
        if !reader.turned.trim().is_empty() && !turned.contains(&reader.turned) {
            turned.push(reader.turned);
        }
        pages.push(text);
        places.push(placed);
    }
    if pages.iter().all(|page| page.trim().is_empty()) || unknown * 2 > count {
        return Err(Refusal::Foreign(Foreign::Scan));
    }
    let rows = pages.iter().map(|page| page.matches('\n').count());
    let settings = setting::of(&places, rows);
    Ok(Layer { text: pages.join("\u{c}"), settings, turned, blank, is_hidden: hidden * 2 > count })
}

/// What the codes of a font are that names no letters but is written with one of the usual maps (9.7.5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Codes {
    #[default]
    Unknown,
    /// `UniGB-UCS2-H`, `UniGB-UTF16-H`.
    Unicode,
    /// `GBK-EUC-H`, `GBKp-EUC-H`, `GBK2K-H`, `GB-EUC-H`.
    Gbk,
}

impl Codes {
    /// A program writes all its fonts in one way: where they differ, nothing is known.
    fn of(pdf: &Pdf) -> Self {
        let mut found = None;
        for object in pdf.objects() {
            let Object::Dict(font) = object else { continue };
            let Some(codes) = Self::of_font(&font) else { continue };
            match found {
                None => found = Some(codes),
                Some(before) if before == codes => {}
                Some(_) => return Self::Unknown,
            }
        }
        found.unwrap_or_default()
    }

    fn of_font(font: &Dict<'_>) -> Option<Self> {
        let is_composite = font.get::<Name<'_>>(b"Subtype".as_ref()).is_some_and(|kind| &*kind == b"Type0".as_ref());
        if !is_composite || font.contains_key(b"ToUnicode".as_ref()) {
            return None;
        }
        let map = font.get::<Name<'_>>(b"Encoding".as_ref())?;
        let map = String::from_utf8_lossy(&map).into_owned();
        Some(if map.starts_with("Uni") {
            Self::Unicode
        } else if map.starts_with("GB") {
            Self::Gbk
        } else {
            Self::Unknown
        })
    }

    fn letter(self, code: u32) -> Option<String> {
        let bytes = code.to_be_bytes();
        let bytes = &bytes[bytes.iter().position(|byte| *byte != 0)?..];
        let encoding = match self {
            Self::Unknown => return None,
            Self::Unicode if bytes.len() == 1 => return char::from_u32(code).map(String::from),
            Self::Unicode => UTF_16BE,
            Self::Gbk => GBK,
        };
        let (text, faulty) = encoding.decode_without_bom_handling(bytes);
        (!faulty).then(|| text.into_owned())
    }
}

/// The faces of fonts of Type 1, whose names no glyph tells: by their programs.
#[derive(Default)]
struct Fonts {
    known: HashSet<u64>,
    faces: HashMap<u128, Face>,
}

impl Fonts {
    /// Has a letter of each font of a page drawn, to see which program it is.
    fn learn<'a>(&mut self, page: &Page<'a>, context: &mut Context<'a>) {
        let resources = page.resources();
        for name in resources.fonts.keys() {
            let Some(font) = resources.fonts.get::<Dict<'_>>(&*name) else { continue };
            let text = |key: &[u8]| font.get::<Name<'_>>(key).map(|name| String::from_utf8_lossy(&name).into_owned());
            let kind = text(b"Subtype").unwrap_or_default();
            let is_safe = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-_.".contains(byte));
            if !matches!(kind.as_str(), "Type1" | "MMType1") || !is_safe || self.known.len() >= MOST_FONTS {
                continue;
            }
            let mut digest = DefaultHasher::new();
            font.data().hash(&mut digest);
            if !self.known.insert(digest.finish()) {
                continue;
            }
            let first = font.get::<u8>(b"FirstChar".as_ref()).unwrap_or(b'A');
            let letter = format!("BT /{} 1 Tf <{first:02x}> Tj ET", String::from_utf8_lossy(&name));
            let mut probe = Probe(None);
            interpret(TypedIter::new(letter.as_bytes()), resources, context, &mut probe);
            if let (Some(program), Some(name)) = (probe.0, text(b"BaseFont")) {
                self.faces.insert(program, named(&name));
            }
        }
    }

    fn face(&self, glyph: &Glyph<'_>) -> Face {
        face(glyph).or_else(|| self.faces.get(&program(glyph)?).copied()).unwrap_or_default()
    }
}

/// Sees which program the first letter is drawn with.
struct Probe(Option<u128>);

impl Device<'_> for Probe {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, _: DrawProps<'_>, _: &DrawMode) {
        self.0 = self.0.or_else(|| program(run.glyphs().first()?));
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The program of a glyph's font, by the digest that it hashes as.
fn program(glyph: &Glyph<'_>) -> Option<u128> {
    struct First(Option<u128>);
    impl Hasher for First {
        fn write(&mut self, _: &[u8]) {}
        fn write_u128(&mut self, digest: u128) {
            self.0 = self.0.or(Some(digest));
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let Glyph::Outline(outline) = glyph else { return None };
    let mut first = First(None);
    outline.identifier().hash(&mut first);
    first.0
}

/// Reads a page as it is drawn: of all that only letters matter.
struct Reader<'f> {
    codes: Codes,
    fonts: &'f Fonts,
    letters: Vec<Letter>,
    /// What is written upwards, aslant or in columns.
    turned: String,
    /// How many lines and shapes are drawn; a picture counts as many.
    drawn: usize,
    /// How many letters more it takes.
    room: usize,
}

impl<'f> Reader<'f> {
    fn new(codes: Codes, fonts: &'f Fonts, room: usize) -> Self {
        Self { codes, fonts, letters: Vec::new(), turned: String::new(), drawn: 0, room }
    }
}

impl Device<'_> for Reader<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        let hidden = matches!(mode, DrawMode::Invisible);
        let face = run.glyphs().first().map_or_else(Face::default, |glyph| Face { hidden, ..self.fonts.face(glyph) });
        let is_across = matches!(run.writing_mode(), WritingMode::Horizontal);
        for glyph in run.glyphs() {
            let Some(room) = self.room.checked_sub(1) else { return };
            self.room = room;
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => self.codes.letter(glyph.char_code()).unwrap_or_else(|| UNKNOWN.to_string()),
            };
            // A line ends where its place says so alone.
            let text = text.replace(char::is_control, " ");
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            match letter(text, props.transform * glyph.transform(), advance) {
                Some((letter, true)) if is_across => self.letters.push(Letter { face, ..letter }),
                Some((letter, _)) => self.turned.push_str(&letter.text),
                None => {}
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {
        self.drawn += 1;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.drawn += PICTURE;
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// A letter in its place, and whether it is upright: what runs up a margin is a watermark or a seal. None where it stands
/// nowhere.
fn letter(text: String, at: Affine, advance: Option<f32>) -> Option<(Letter, bool)> {
    // Glyphs are drawn in a thousandth of their size.
    let (origin, right, up) = (at * Point::ZERO, at * Point::new(1000.0, 0.0), at * Point::new(0.0, 1000.0));
    let along = right - origin;
    let is_upright = along.x > 0.0 && along.y.abs() < along.x * 0.2;
    // Its height alone: letters that are slanted are no larger.
    let size = if is_upright { (up - origin).y.abs() } else { (up - origin).hypot() };
    let is_there = [origin.x, origin.y, size].iter().all(|n| n.is_finite() && n.abs() < 1e5) && size > 0.5;
    let width = f64::from(advance.unwrap_or(1000.0)) / 1000.0 * along.x;
    let letter = Letter { x: origin.x, y: origin.y, width, size, text, face: Face::default() };
    is_there.then_some((letter, is_upright))
}

/// What the font of a glyph says of itself.
fn face(glyph: &Glyph<'_>) -> Option<Face> {
    let Glyph::Outline(outline) = glyph else { return None };
    let font = outline.font_data()?;
    let mut face = named(&font.postscript_name.unwrap_or_default());
    face.bold |= font.weight.is_some_and(|weight| weight >= BOLD);
    Some(face)
}

/// The weight from which a font is bold; below it, half-bold ones are bodies of some phones.
const BOLD: u32 = 600;

/// What the name of a font says: `SimHei`, `FZXBSJW--GB1-0`, `MicrosoftYaHei-Bold`, `方正小标宋简体`.
fn named(name: &str) -> Face {
    // The name behind the tag of a subset (9.9.2).
    let name = name.rsplit_once('+').map_or(name, |(_, name)| name);
    let lower = name.to_lowercase();
    let holds = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    Face {
        bold: holds(&["bold", "black", "heavy"]),
        heavy: holds(&["simhei", "heiti", "fzhei", "fzxbs", "fzdbs", "xiaobiaosong", "黑体", "小标宋"]),
        hidden: false,
    }
}

#[cfg(test)]
mod pages;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_says_by_its_name_what_it_is() {
        for (name, bold, heavy) in [
            ("ABCDEF+SimHei", false, true),
            ("ABCDEF+FZXBSJW--GB1-0", false, true),
            ("方正小标宋简体", false, true),
            ("BAAAAA+NotoSerifCJKjp-Bold-VKana", true, false),
            ("MicrosoftYaHei", false, false),
            ("BOLDAB+FangSong_GB2312", false, false),
        ] {
            let face = named(name);
            assert_eq!((face.bold, face.heavy), (bold, heavy), "{name}");
        }
    }
}
