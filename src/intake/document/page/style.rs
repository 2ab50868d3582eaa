//! Style: what the attributes of an element say of how its words look, as far as it means something: large, bold,
//! centred, raised, hidden, a label that is counted. Style sheets are not read: what editors of the word processors
//! and of WeChat set, they set in the element itself.

use super::tree::Element;

/// The size of words without one, in pixels.
pub(super) const USUAL: u32 = 16;

/// What an element says; none of what it leaves as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Not shown, nor printed.
    pub(super) hidden: bool,
    /// Not shown on a screen, but printed: Word's page numbers in a table of contents.
    pub(super) only_printed: bool,
    /// It stands on lines of its own.
    pub(super) block: bool,
    /// In pixels.
    pub(super) size: Option<Size>,
    pub(super) strong: Option<bool>,
    pub(super) emphasis: Option<bool>,
    pub(super) centred: Option<bool>,
    pub(super) script: Option<Script>,
    /// Set in a font of signs (Wingdings, Symbol).
    pub(super) signs: bool,
    /// Set in 黑体, the face of headings.
    pub(super) heading_face: bool,
    /// Word's part of an entry that is counted, not written: a bullet, a number.
    pub(super) label: bool,
    /// The blanks or dots of a tab.
    pub(super) tab: bool,
    /// What Word says it is.
    pub(super) part: Option<Part>,
    /// Its level in Word's outline.
    pub(super) outline: Option<u8>,
}

/// A size, or what it is in proportion to what it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Pixels(u32),
    Percent(u32),
}

/// Set lower or higher than its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Sub,
    Super,
}

/// The parts of a Word document that stand beside its text (`mso-element`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Note,
    Comment,
    Frame,
}

impl Size {
    /// The size in pixels within words of this size.
    pub(super) fn within(self, outer: u32) -> u32 {
        match self {
            Self::Pixels(pixels) => pixels,
            Self::Percent(percent) => outer.saturating_mul(percent) / 100,
        }
    }
}

impl Style {
    /// The style of an element.
    pub(super) fn of(element: &Element) -> Self {
        let mut style = Self::of_name(element);
        match element.attribute("align").map(str::to_ascii_lowercase).as_deref() {
            Some("center" | "middle") => style.centred = Some(true),
            Some("left" | "right" | "justify") => style.centred = Some(false),
            Some(_) | None => {}
        }
        style.hidden |= element.attribute("hidden").is_some();
        for declaration in element.attribute("style").unwrap_or_default().split(';') {
            if let Some((property, value)) = declaration.split_once(':') {
                let value = value.trim().trim_end_matches("!important").trim().to_lowercase();
                style.declare(&property.trim().to_ascii_lowercase(), &value);
            }
        }
        if style.only_printed {
            style.hidden = false;
        }
        style
    }

    fn of_name(element: &Element) -> Self {
        let mut style = Self::default();
        match element.name() {
            "b" | "strong" => style.strong = Some(true),
            "i" | "em" | "cite" | "dfn" | "var" => style.emphasis = Some(true),
            "sub" => style.script = Some(Script::Sub),
            "sup" | "rt" => style.script = Some(Script::Super),
            "center" => style.centred = Some(true),
            "big" => style.size = Some(Size::Percent(120)),
            "small" => style.size = Some(Size::Percent(83)),
            "font" => style.size = element.attribute("size").and_then(font_size),
            _ => {}
        }
        style
    }

    fn declare(&mut self, property: &str, value: &str) {
        match property {
            "display" if value == "none" => self.hidden = true,
            "display" => self.block = matches!(value, "block" | "flex" | "table" | "list-item" | "grid"),
            "visibility" => self.hidden |= value == "hidden",
            "mso-hide" => {
                self.only_printed = value == "screen";
                self.hidden |= value == "all";
            }
            "font-size" => self.size = size(value).or(self.size),
            "font-weight" => self.strong = weight(value).or(self.strong),
            "font-style" => self.emphasis = Some(value == "italic" || value == "oblique"),
            "text-align" => self.centred = Some(value == "center"),
            "vertical-align" if value == "super" => self.script = Some(Script::Super),
            "vertical-align" if value == "sub" => self.script = Some(Script::Sub),
            "font-family" | "mso-ascii-font-family" => {
                self.signs |= ["wingdings", "webdings", "symbol"].iter().any(|font| value.contains(font));
                self.heading_face |= value.contains("黑体") && !value.contains("雅黑") || value.contains("simhei");
            }
            "mso-list" => self.label = value == "ignore",
            "mso-tab-count" => self.tab = true,
            "mso-element" => self.part = part(value),
            "mso-outline-level" => self.outline = value.parse().ok().filter(|level| (1..=6).contains(level)),
            _ => {}
        }
    }
}

fn part(value: &str) -> Option<Part> {
    match value {
        "footnote" | "endnote" => Some(Part::Note),
        "comment" => Some(Part::Comment),
        "header" | "footer" => Some(Part::Frame),
        _ => None,
    }
}

fn weight(value: &str) -> Option<bool> {
    match value {
        "bold" | "bolder" => Some(true),
        "normal" | "lighter" => Some(false),
        number => number.parse().ok().map(|weight: u32| weight >= 600),
    }
}

/// Sizes of `<font size>`, from 1 to 7.
fn font_size(value: &str) -> Option<Size> {
    const SIZES: [u32; 7] = [10, 13, 16, 18, 24, 32, 48];
    let at: usize = value.trim().parse().ok()?;
    SIZES.get(at.checked_sub(1)?).copied().map(Size::Pixels)
}

fn size(value: &str) -> Option<Size> {
    let named = ["x-small", "small", "medium", "large", "x-large", "xx-large"].iter().position(|name| *name == value);
    if let Some(at) = named {
        return Some(Size::Pixels([10, 13, 16, 18, 24, 32][at]));
    }
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let number: f32 = value[..digits].parse().ok().filter(|number| (0.0..1_000.0).contains(number))?;
    // Rounding to whole pixels is meant: 10.5pt and 14px are one size.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = |number: f32| number.round() as u32;
    match value[digits..].trim() {
        "px" => Some(Size::Pixels(whole(number))),
        "pt" => Some(Size::Pixels(whole(number * 4.0 / 3.0))),
        "rem" => Some(Size::Pixels(whole(number * 16.0))),
        "em" => Some(Size::Percent(whole(number * 100.0))),
        "%" => Some(Size::Percent(whole(number))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;

    fn of(tag: &str) -> Style {
        let tree = Tree::parse(tag).expect("a small page");
        let last = (0..tree.len()).rev().find_map(|id| tree.element(id)).expect("an element");
        Style::of(last)
    }

    #[test]
    fn styles_say_what_means_something() {
        let plain = Style::default();
        for (tag, style) in [
            ("<span style='font-size:16.0pt;color:red'>", Style { size: Some(Size::Pixels(21)), ..plain }),
            ("<span style='font-size:1.2em'>", Style { size: Some(Size::Percent(120)), ..plain }),
            ("<b style='mso-bidi-font-weight:normal'>", Style { strong: Some(true), ..plain }),
            ("<b style='font-weight:normal'>", Style { strong: Some(false), ..plain }),
            ("<p align=center>", Style { centred: Some(true), ..plain }),
            ("<p style='display: none !important'>", Style { hidden: true, ..plain }),
            ("<span style='mso-list:Ignore'>", Style { label: true, ..plain }),
            ("<p style='mso-list:l0 level1 lfo1'>", plain),
            ("<span style='display:none;mso-hide:screen'>", Style { only_printed: true, ..plain }),
            ("<span style='font-family:Wingdings'>", Style { signs: true, ..plain }),
            ("<span style='font-family:微软雅黑'>", plain),
            ("<span style='font-size:nonsense;;:;font-weight'>", plain),
        ] {
            assert_eq!(of(tag), style, "{tag}");
        }
    }
}
