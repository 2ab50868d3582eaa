//! Style: every inline style, colour and size of a letter, and the one style sheet, which only adds
//! what a client may well ignore. A template says what a thing is; here it is said how that looks.

mod inline;

pub use inline::{Side, Styles};

/// What a publication may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The colour of numbers, sections and subheads.
    pub accent: Tone,
    /// The colour of the name on the masthead.
    pub masthead: Tone,
    /// The face of the type.
    pub font: Font,
    /// The size of running text in pixels: 17, or 20 for large print.
    pub text_px: u8,
    /// The widest that the letter gets, in pixels.
    pub width_px: u16,
    /// Whether paragraphs open with two characters' space.
    pub indent: bool,
}

/// A colour, as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tone {
    /// On white.
    pub light: String,
    /// On a device that is set to dark.
    pub dark: String,
}

/// The face of a letter's type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Font {
    /// Hei, as screens have it.
    #[default]
    Sans,
    /// Song, as print has it.
    Serif,
}

impl Theme {
    /// Whether the masthead has a colour of its own.
    pub fn has_own_masthead(&self) -> bool {
        self.masthead != self.accent
    }
}

impl Default for Theme {
    fn default() -> Self {
        let accent = Tone { light: LIGHT.accent.to_owned(), dark: DARK.accent.to_owned() };
        let masthead = accent.clone();
        Self { accent, masthead, font: Font::Sans, text_px: 17, width_px: WIDTH_PX, indent: true }
    }
}

/// The colours of a letter.
#[derive(Debug)]
pub struct Palette {
    /// Behind everything.
    pub paper: &'static str,
    /// Running text.
    pub ink: &'static str,
    /// What stands back: dates, notes, the footer.
    pub muted: &'static str,
    /// Links.
    pub link: &'static str,
    /// The masthead and numbers.
    pub accent: &'static str,
    /// Hairlines; nothing to read.
    pub rule: &'static str,
}

/// On white.
pub const LIGHT: Palette =
    Palette { paper: "#ffffff", ink: "#202124", muted: "#5f6368", link: "#0b57d0", accent: "#b3261e", rule: "#dadce0" };

/// For readers whose device is set to dark.
pub const DARK: Palette =
    Palette { paper: "#1b1c1e", ink: "#e3e3e3", muted: "#a8abb0", link: "#8ab4f8", accent: "#ff8a80", rule: "#47494d" };

/// The widest a letter gets unless its theme says otherwise: at 17 px no line holds more than 38 Han characters.
pub const WIDTH_PX: u16 = 640;

/// The widest that a theme may say.
pub const WIDEST_PX: u16 = 704;

/// A finger needs this much (WCAG 2.5.5).
pub const TARGET_PX: f64 = 44.0;

/// The line height of a small link that stands alone.
const SMALL_LINE_PX: u16 = 24;

/// Above and below the words of a link that stands alone.
const TARGET_PADDING_PX: u16 = 10;

/// What only adds: the dark palette, no line of one character at the end of titles, and no half-empty place where a line
/// begins with a quotation mark.
pub fn sheet(theme: &Theme) -> String {
    let Palette { paper, ink, muted, link, rule, .. } = DARK;
    let (accent, masthead) = (&theme.accent.dark, &theme.masthead.dark);
    let own_masthead = if theme.has_own_masthead() {
        format!(
            ".masthead{{color:{masthead}!important}}\
             .masthead-rule{{border-color:{masthead}!important}}"
        )
    } else {
        String::new()
    };
    format!(
        ":root{{color-scheme:light dark;supported-color-schemes:light dark}}\
         h1,h2,h3,h4,a{{text-wrap:pretty}}\
         td{{text-spacing-trim:trim-start}}\
         @media (prefers-color-scheme:dark){{\
         .paper{{background-color:{paper}!important}}\
         .ink{{color:{ink}!important}}\
         .muted{{color:{muted}!important}}\
         .link{{color:{link}!important}}\
         .accent{{color:{accent}!important}}\
         .rule{{border-color:{rule}!important}}\
         .ink-rule{{border-color:{ink}!important}}\
         .accent-rule{{border-color:{accent}!important}}{own_masthead}}}"
    )
}

/// A letter as a device shows it that is set to dark, or to light, whatever this one is set to: for previews.
pub fn forced(letter: &str, dark: bool) -> String {
    let (only, media) = if dark { ("dark", "@media all") } else { ("light", "@media not all") };
    let (head, body) = letter.split_at(letter.find("<body").unwrap_or(0));
    let head = head
        .replace("@media (prefers-color-scheme:dark)", media)
        .replace("schemes:light dark", &format!("schemes:{only}"))
        .replace("scheme:light dark", &format!("scheme:{only}"))
        .replace("content=\"light dark\"", &format!("content=\"{only}\""));
    head + body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_preview_is_dark_or_light_on_any_device_and_otherwise_the_letter() {
        let letter = crate::issue::issue(&crate::sample::issue(Language::Chinese)).into_string();
        for (dark, media, only) in [(true, "@media all{.paper", "dark"), (false, "@media not all{.paper", "light")] {
            let forced = forced(&letter, dark);
            assert!(forced.contains(media) && forced.contains(&format!(":root{{color-scheme:{only};")), "{only}");
            assert!(!forced.contains("light dark") && !forced.contains("prefers-color-scheme"), "{only}");
            assert_eq!(forced.split_once("<body").map(|page| page.1), letter.split_once("<body").map(|page| page.1));
        }
    }

    #[test]
    fn whatever_is_read_stands_out_from_the_paper() {
        for palette in [LIGHT, DARK] {
            for colour in [palette.ink, palette.muted, palette.link, palette.accent] {
                let ratio = contrast(colour, palette.paper);
                assert!(ratio >= 4.5, "{colour} on {}: {ratio:.2}", palette.paper);
            }
        }
    }

    #[test]
    fn a_finger_hits_every_link_that_stands_alone() {
        for text_px in [17, 20] {
            let styles = Styles::of(&Theme { text_px, ..Theme::default() }, Language::Chinese);
            for (style, what) in
                [(styles.entry_link(), "contents"), (styles.small_link(), "way out"), (styles.back_link(), "way back")]
            {
                assert!(height(&style) >= TARGET_PX, "{what} at {text_px} px: {style}");
            }
        }
    }

    /// The height of a one-line block, from its style alone.
    fn height(style: &str) -> f64 {
        let value = |name: &str| {
            let found = style.split(';').find_map(|rule| rule.strip_prefix(name)?.strip_prefix(':'));
            found.unwrap_or_else(|| panic!("no {name} in {style}"))
        };
        let pixels = |text: &str| text.trim_end_matches("px").parse::<f64>().expect("a number of pixels");
        let padding = pixels(value("padding").split(' ').next().expect("split gives at least one"));
        let line = match value("line-height").strip_suffix("px") {
            Some(line) => pixels(line),
            None => pixels(value("font-size")) * pixels(value("line-height")),
        };
        line + 2.0 * padding
    }

    #[test]
    fn a_line_holds_at_most_forty_characters() {
        // 16 px stand free on each side.
        for width in [WIDTH_PX, WIDEST_PX] {
            assert!((width - 32) / u16::from(Theme::default().text_px) <= 40);
        }
    }

    #[test]
    fn black_on_white_is_the_strongest_contrast() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    }

    /// WCAG 2.2 contrast ratio.
    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("#rrggbb")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }
}
