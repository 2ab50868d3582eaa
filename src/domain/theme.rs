//! Theme: how a publication's letters look: a small set of choices that keeps every letter legible. Colours are held
//! against the papers that letters are printed on, white and dark, by the contrast of WCAG 2.2; what fails has a
//! nearest colour that passes. Called by `publication`, and by `compose`, which hands it to the templates.

use serde::{Deserialize, Serialize};

/// What is to be read has this contrast at least (WCAG 2.2, 1.4.3).
pub const LEGIBLE: f64 = 4.5;

/// The paper of a letter.
pub const WHITE: Colour = Colour([0xff; 3]);

/// Its paper on a device that is set to dark.
pub const DARK: Colour = Colour([0x1b, 0x1c, 0x1e]);

/// The accent that letters have by default, on white and on dark.
const RED: [Colour; 2] = [Colour([0xb3, 0x26, 0x1e]), Colour([0xff, 0x8a, 0x80])];

/// A colour, as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub [u8; 3]);

/// The face of a letter's type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Font {
    /// Hei, as screens have it.
    #[default]
    Sans,
    /// Song, as print has it.
    Serif,
}

/// The size of running text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextSize {
    /// 17 px.
    #[default]
    Normal,
    /// 20 px: large print.
    Large,
}

/// The widest a letter gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Width {
    /// 560 px.
    Narrow,
    /// 640 px.
    #[default]
    Normal,
    /// 704 px: the widest at which no line holds more than 40 Han characters.
    Wide,
}

/// What a publication chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Theme {
    /// The colour of numbers, sections, subheads and rules, on white.
    pub accent: Colour,
    /// The colour of the name on the masthead and the rule under it, on white.
    pub masthead: Colour,
    /// The face.
    pub font: Font,
    /// The size.
    pub size: TextSize,
    /// The width.
    pub width: Width,
    /// Whether paragraphs open with two characters' space, where the language does that.
    pub indent: bool,
}

/// What is to be otherwise about a theme; what is not named stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThemeChanges {
    /// The accent.
    pub accent: Option<Colour>,
    /// The masthead's colour.
    pub masthead: Option<Colour>,
    /// The face.
    pub font: Option<Font>,
    /// The size.
    pub size: Option<TextSize>,
    /// The width.
    pub width: Option<Width>,
    /// The indent.
    pub indent: Option<bool>,
}

impl Default for Theme {
    fn default() -> Self {
        let [red, _] = RED;
        Self {
            accent: red,
            masthead: red,
            font: Font::Sans,
            size: TextSize::Normal,
            width: Width::Normal,
            indent: true,
        }
    }
}

impl Theme {
    /// The same with these changes.
    pub fn with(self, changes: ThemeChanges) -> Self {
        let ThemeChanges { accent, masthead, font, size, width, indent } = changes;
        Self {
            accent: accent.unwrap_or(self.accent),
            masthead: masthead.unwrap_or(self.masthead),
            font: font.unwrap_or(self.font),
            size: size.unwrap_or(self.size),
            width: width.unwrap_or(self.width),
            indent: indent.unwrap_or(self.indent),
        }
    }

    /// The colours that cannot be read on white.
    pub fn illegible(self) -> Option<Colour> {
        [self.accent, self.masthead].into_iter().find(|colour| !colour.is_legible_on(WHITE))
    }

    /// The same, each colour that cannot be read replaced by the nearest that can.
    pub fn legible(self) -> Self {
        Self { accent: self.accent.legible_on(WHITE), masthead: self.masthead.legible_on(WHITE), ..self }
    }
}

impl Colour {
    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Whether words in it can be read on that paper.
    pub fn is_legible_on(self, paper: Self) -> bool {
        self.contrast(paper) >= LEGIBLE
    }

    /// Itself where it can be read on that paper; else the nearest of its hue that can: darker on white, lighter on dark.
    pub fn legible_on(self, paper: Self) -> Self {
        let [black, white] = [Self([0; 3]), WHITE];
        let far = if paper.contrast(black) > paper.contrast(white) { black } else { white };
        let nearer = (0..=255).map(|part| self.mixed(far, part));
        nearer.into_iter().find(|colour| colour.is_legible_on(paper)).unwrap_or(far)
    }

    /// What stands for it on a device that is set to dark. The default has a twin that was chosen by eye.
    pub fn in_dark(self) -> Self {
        let [red, light] = RED;
        if self == red { light } else { self.legible_on(DARK) }
    }

    /// So many parts of 255 of another colour.
    fn mixed(self, other: Self, part: u16) -> Self {
        let mix = |own: u8, other: u8| {
            let sum = u32::from(own) * u32::from(255 - part) + u32::from(other) * u32::from(part);
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        let ([r, g, b], [x, y, z]) = (self.0, other.0);
        Self([mix(r, x), mix(g, y), mix(b, z)])
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl std::str::FromStr for Colour {
    type Err = String;

    /// # Errors
    /// A sentence that says how a colour is written.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim().strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, r, g, b] = number.ok_or_else(|| format!("'{text}' is no colour; write one as #b3261e"))?.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

/// The words of a choice, on the command line and in forms.
macro_rules! words {
    ($choice:ty, $known:literal, $($word:literal => $value:expr),+) => {
        impl $choice {
            /// The word in commands and forms.
            pub fn word(self) -> &'static str {
                [$(($word, $value)),+].into_iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
            }
        }

        impl std::str::FromStr for $choice {
            type Err = String;

            /// # Errors
            /// A sentence that names the words.
            fn from_str(word: &str) -> Result<Self, String> {
                let found = [$(($word, $value)),+].into_iter().find(|(known, _)| *known == word);
                found.map(|(_, value)| value).ok_or_else(|| format!("'{word}' is not known here; use {}", $known))
            }
        }
    };
}

words!(Font, "sans or serif", "sans" => Font::Sans, "serif" => Font::Serif);
words!(TextSize, "normal or large", "normal" => TextSize::Normal, "large" => TextSize::Large);
words!(Width, "narrow, normal or wide", "narrow" => Width::Narrow, "normal" => Width::Normal, "wide" => Width::Wide);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colour() -> impl Strategy<Value = Colour> {
        any::<[u8; 3]>().prop_map(Colour)
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_can_be_read_on_white_and_in_the_dark(colour in colour()) {
            let light = colour.legible_on(WHITE);
            prop_assert!(light.contrast(WHITE) >= LEGIBLE, "{colour} became {light}");
            prop_assert!(light.in_dark().contrast(DARK) >= LEGIBLE, "{light} is {} in the dark", light.in_dark());
            prop_assert_eq!(light.legible_on(WHITE), light, "what passes stays");
        }

        #[test]
        fn no_colour_between_the_one_asked_for_and_the_one_offered_passes(colour in colour()) {
            prop_assume!(!colour.is_legible_on(WHITE));
            let offered = colour.legible_on(WHITE);
            let passing = (0..=255).map(|part| colour.mixed(Colour([0; 3]), part)).filter(|one| one.is_legible_on(WHITE));
            let distance = |one: Colour| -> i32 { one.0.iter().zip(colour.0).map(|(a, b)| (i32::from(*a) - i32::from(b)).abs()).sum() };
            prop_assert!(passing.map(distance).min() >= Some(distance(offered)));
        }

        #[test]
        fn a_colour_is_read_as_it_is_written(colour in colour()) {
            prop_assert_eq!(colour.to_string().parse(), Ok(colour));
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        for (one, other, ratio) in
            [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#b3261e", "#ffffff", 6.54)]
        {
            let [one, other]: [Colour; 2] = [one, other].map(|text| text.parse().expect("a colour"));
            assert!((one.contrast(other) - ratio).abs() < 0.01, "{one} on {other}: {}", one.contrast(other));
        }
        assert!("red".parse::<Colour>().is_err() && "#b3261".parse::<Colour>().is_err());
    }

    #[test]
    fn what_a_stored_theme_does_not_name_is_as_by_default() {
        let theme: Theme = serde_json::from_str(r##"{"accent":"#0b57d0"}"##).expect("a theme");
        assert_eq!(theme, Theme { accent: Colour([0x0b, 0x57, 0xd0]), ..Theme::default() });
        assert_eq!(Theme::default().accent.in_dark().to_string(), "#ff8a80");
        assert_eq!("serif".parse(), Ok(Font::Serif));
        assert_eq!(Font::Serif.word(), "serif");
    }
}
