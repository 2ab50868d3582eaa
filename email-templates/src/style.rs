//! Style: every inline style, colour and size of a letter, and the one style sheet, which only adds
//! what a client may well ignore. A template says what a thing is; here it is said how that looks.

use crate::words::Language;

/// What a publication may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The colour of the masthead and of numbers, on white: `#rrggbb`.
    pub accent: String,
    /// The size of running text in pixels: 17, or 20 for large print.
    pub text_px: u8,
    /// Whether paragraphs open with two characters' space.
    pub indent: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self { accent: LIGHT.accent.to_owned(), text_px: 17, indent: true }
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

/// The widest a letter gets: at 17 px no line holds more than 38 Han characters.
pub const WIDTH_PX: u16 = 640;

/// A finger needs this much (WCAG 2.5.5).
pub const TARGET_PX: u16 = 44;

const FONTS: &str = "-apple-system,BlinkMacSystemFont,'PingFang SC','HarmonyOS Sans SC',MiSans,\
    'Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif";

/// Line heights of the two kinds of links, in percent and pixels.
const CONTENTS_LINE_PERCENT: u16 = 150;
const SMALL_LINE_PX: u16 = 24;

/// The inline styles of a letter, by what they dress.
#[derive(Debug)]
pub struct Styles {
    /// `body`.
    pub body: String,
    /// The outermost table; white is set here and nowhere else.
    pub paper: String,
    /// The table that holds the column.
    pub column: String,
    /// The cell that holds everything.
    pub page: String,
    /// What an inbox shows and a letter does not.
    pub preheader: String,
    /// The masthead's block.
    pub masthead: String,
    /// h1.
    pub name: String,
    /// The line under it.
    pub number: String,
    /// The body that compiles it.
    pub compiler: String,
    /// The word above the list of contents.
    pub contents: String,
    /// The number of a contents entry.
    pub entry_number: String,
    /// The cell of a contents entry.
    pub entry: String,
    /// A section's name in the contents.
    pub entry_section: String,
    /// The link of a contents entry.
    pub entry_link: String,
    /// An article's block.
    pub article: String,
    /// The section above a title.
    pub section: String,
    /// h2.
    pub title: String,
    /// Its source and author.
    pub byline: String,
    /// h3 to h6.
    pub subheads: [String; 4],
    /// A paragraph.
    pub paragraph: String,
    /// `ol` and `ul`.
    pub list: String,
    /// `li`.
    pub item: String,
    /// Around a table, so that it scrolls by itself where it does not fit.
    pub scroller: String,
    /// A table of data.
    pub table: String,
    /// `th`.
    pub head: String,
    /// `td`.
    pub cell: String,
    /// A picture's words.
    pub image: String,
    /// A quotation.
    pub quote: String,
    /// A note.
    pub note: String,
    /// `strong`.
    pub strong: String,
    /// `em`.
    pub emphasis: String,
    /// `sup` and `sub`.
    pub raised: String,
    /// A link in running text.
    pub link: String,
    /// The way back to the contents: its paragraph.
    pub back: String,
    /// A link that stands alone, in small type.
    pub small_link: String,
    /// The closing line.
    pub end: String,
    /// The footer's block.
    pub footer: String,
    /// A line of the footer.
    pub footer_line: String,
    /// Keeps a phrase of a title together where it fits.
    pub phrase: String,
}

impl Styles {
    /// The styles of a theme.
    pub fn of(theme: &Theme, language: Language) -> Self {
        let Palette { paper, ink, muted, link, rule, .. } = LIGHT;
        let Theme { accent, text_px, indent } = theme;
        let (text, small) = (u16::from(*text_px), u16::from(*text_px) - 2);
        let indent = if *indent { "2em" } else { "0" };
        let font = format!("font-family:{FONTS}");
        let centred = format!("{font};text-align:center");
        let running = format!("{font};font-size:{text}px;line-height:1.8;color:{ink};text-align:left");
        let aside = format!("{font};font-size:{small}px;line-height:1.6;color:{muted}");
        let cell = format!(
            "{font};font-size:{small}px;line-height:1.5;color:{ink};text-align:left;vertical-align:top;\
             padding:8px 10px;border:1px solid {rule};min-width:4em"
        );
        Self {
            body: "margin:0;padding:0;-webkit-text-size-adjust:100%".into(),
            paper: format!("width:100%;table-layout:fixed;border-collapse:collapse;background-color:{paper}"),
            column: format!(
                "width:100%;max-width:{WIDTH_PX}px;table-layout:fixed;border-collapse:collapse;margin:0 auto"
            ),
            page: format!("{running};padding:28px 16px 40px;overflow-wrap:break-word;word-wrap:break-word"),
            preheader: "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;\
                        line-height:1px;mso-hide:all"
                .into(),
            masthead: format!("padding:0 0 20px;margin:0 0 24px;border-bottom:2px solid {accent};text-align:center"),
            name: format!(
                "{centred};font-size:{}px;line-height:1.35;font-weight:700;letter-spacing:0.08em;\
                 color:{accent};margin:0 0 8px",
                text * 2
            ),
            number: format!("{centred};font-size:{text}px;line-height:1.6;color:{ink};margin:0"),
            compiler: format!("{centred};font-size:{small}px;line-height:1.6;color:{muted};margin:4px 0 0"),
            contents: format!(
                "{font};font-size:{small}px;line-height:1.6;font-weight:700;letter-spacing:0.1em;\
                 color:{accent};margin:0 0 6px"
            ),
            entry_number: format!(
                "{font};font-size:{text}px;line-height:{};color:{accent};font-weight:700;text-align:left;\
                 vertical-align:top;width:28px;padding:10px 0;border-top:1px solid {rule}",
                em(CONTENTS_LINE_PERCENT)
            ),
            entry: format!("padding:0;vertical-align:top;border-top:1px solid {rule}"),
            entry_section: format!("{aside};padding:14px 0 6px"),
            entry_link: format!(
                "display:block;{font};font-size:{text}px;line-height:{};color:{ink};text-align:left;\
                 text-decoration:none;padding:10px 0",
                em(CONTENTS_LINE_PERCENT)
            ),
            article: format!("padding:28px 0 0;margin:28px 0 0;border-top:1px solid {rule}"),
            section: format!(
                "{font};font-size:{small}px;line-height:1.6;font-weight:700;color:{accent};margin:0 0 6px"
            ),
            title: format!(
                "{font};font-size:{}px;line-height:1.4;font-weight:700;color:{ink};text-align:left;margin:0 0 18px",
                text + 6
            ),
            byline: format!("{aside};margin:-8px 0 18px"),
            subheads: [text + 2, text + 1, text, text].map(|px| {
                format!(
                    "{font};font-size:{px}px;line-height:1.5;font-weight:700;color:{accent};text-align:left;\
                     margin:28px 0 12px"
                )
            }),
            paragraph: format!("{running};text-indent:{indent};margin:0 0 0.8em"),
            list: format!("{running};margin:0 0 0.8em;padding:0 0 0 2em"),
            item: "margin:0 0 0.4em".into(),
            scroller: "overflow-x:auto;-webkit-overflow-scrolling:touch;margin:0 0 1em".into(),
            table: "width:100%;border-collapse:collapse".into(),
            head: format!("{cell};font-weight:700"),
            cell,
            image: format!("{aside};text-align:center;padding:16px 12px;border:1px dashed {rule};margin:0 0 1em"),
            quote: format!("{running};margin:0 0 1em;padding:2px 0 2px 1em;border-left:3px solid {rule}"),
            note: format!("{aside};margin:0 0 0.8em"),
            strong: "font-weight:700".into(),
            emphasis: emphasis(language).into(),
            raised: "font-size:0.75em;line-height:0".into(),
            link: format!("color:{link};text-decoration:underline;word-break:break-word"),
            back: "margin:4px 0 0;text-align:right".into(),
            small_link: format!(
                "display:inline-block;{font};font-size:{small}px;line-height:{SMALL_LINE_PX}px;color:{link};\
                 text-decoration:underline;padding:10px 0"
            ),
            end: format!("{aside};text-align:center;margin:24px 0 0"),
            footer: format!("padding:20px 0 0;margin:24px 0 0;border-top:2px solid {accent}"),
            footer_line: format!("{aside};text-align:left;margin:0 0 4px;word-break:break-word"),
            phrase: "display:inline-block".into(),
        }
    }
}

/// The height of a one-line link in the list of contents, in pixels, rounded down.
pub fn contents_target_px(theme: &Theme) -> u16 {
    u16::from(theme.text_px) * CONTENTS_LINE_PERCENT / 100 + 20
}

/// The height of a link that stands alone, in pixels.
pub fn small_target_px() -> u16 {
    SMALL_LINE_PX + 20
}

/// What only adds: the dark palette, and even lines in titles.
pub fn sheet() -> String {
    let Palette { paper, ink, muted, link, accent, rule } = DARK;
    format!(
        ":root{{color-scheme:light dark;supported-color-schemes:light dark}}\
         h1,h2,h3{{text-wrap:pretty}}\
         @media (prefers-color-scheme:dark){{\
         .paper{{background-color:{paper}!important}}\
         .ink{{color:{ink}!important}}\
         .muted{{color:{muted}!important}}\
         .link{{color:{link}!important}}\
         .accent{{color:{accent}!important}}\
         .rule{{border-color:{rule}!important}}\
         .accent-rule{{border-color:{accent}!important}}}}"
    )
}

/// Slanted Han is hard to read; print sets it in Kai instead.
fn emphasis(language: Language) -> &'static str {
    match language {
        Language::Chinese => "font-style:normal;font-family:'Kaiti SC',STKaiti,KaiTi,serif",
        Language::English => "font-style:italic",
    }
}

fn em(percent: u16) -> String {
    format!("{}.{:02}", percent / 100, percent % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let theme = Theme { text_px, ..Theme::default() };
            assert!(contents_target_px(&theme) >= TARGET_PX, "contents at {text_px} px");
        }
        assert!(small_target_px() >= TARGET_PX);
    }

    #[test]
    fn a_line_holds_at_most_forty_characters() {
        assert!(WIDTH_PX / u16::from(Theme::default().text_px) <= 40);
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
