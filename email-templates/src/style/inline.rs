//! Inline: the inline style of each thing in a letter, from the publication's theme. Each method is
//! named after what it dresses and gives the value of a `style` attribute.

use super::{Font, LIGHT, SMALL_LINE_PX, TARGET_PADDING_PX, Theme};
use crate::words::Language;

/// Named by each cell, as webmail without a document type hands no font down into tables; blocks in
/// a cell inherit it, which keeps a letter small.
const SANS: &str = "-apple-system,BlinkMacSystemFont,'PingFang SC','HarmonyOS Sans SC',MiSans,\
    'Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif";

/// The same in Song; where the letter is English, its own face comes first.
const SERIF: &str = "'Songti SC','Source Han Serif SC','Noto Serif CJK SC',STSong,SimSun,serif";
const ENGLISH_SERIF: &str = "Georgia,'Times New Roman','Songti SC','Noto Serif CJK SC',SimSun,serif";

/// The inline styles of a letter.
#[derive(Debug)]
pub struct Styles {
    theme: Theme,
    language: Language,
    /// Running text, pixels.
    text: u16,
    /// What stands back, pixels.
    small: u16,
}

impl Styles {
    /// The styles of a theme.
    pub fn of(theme: &Theme, language: Language) -> Self {
        let text = u16::from(theme.text_px);
        Self { theme: theme.clone(), language, text, small: text - 2 }
    }

    /// The theme that they are of.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    fn fonts(&self) -> &'static str {
        match (self.theme.font, self.language) {
            (Font::Sans, _) => SANS,
            (Font::Serif, Language::Chinese) => SERIF,
            (Font::Serif, Language::English) => ENGLISH_SERIF,
        }
    }

    /// `body`.
    pub fn body(&self) -> String {
        "margin:0;padding:0;-webkit-text-size-adjust:100%".into()
    }

    /// The outermost table; white is set here and nowhere else.
    pub fn paper(&self) -> String {
        format!("width:100%;table-layout:fixed;border-collapse:collapse;background-color:{}", LIGHT.paper)
    }

    /// The table that holds the column; of fixed layout, or a wide table in an article would widen it.
    pub fn column(&self) -> String {
        let width = self.theme.width_px;
        format!("width:100%;max-width:{width}px;table-layout:fixed;border-collapse:collapse;margin:0 auto")
    }

    /// The cell that holds everything.
    pub fn page(&self) -> String {
        let fonts = self.fonts();
        format!(
            "font-family:{fonts};{};padding:28px 16px 40px;overflow-wrap:break-word;word-wrap:break-word",
            self.running()
        )
    }

    /// What an inbox shows and a letter does not. No tiny type: filters take that for a trick.
    pub fn preheader(&self) -> String {
        "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all".into()
    }

    /// The masthead's block.
    pub fn masthead(&self) -> String {
        format!(
            "padding:0 0 20px;margin:0 0 24px;border-bottom:2px solid {};text-align:center",
            self.theme.masthead.light
        )
    }

    /// h1.
    pub fn name(&self) -> String {
        let spacing = match self.language {
            Language::Chinese => "letter-spacing:0.08em;",
            Language::English => "",
        };
        let size = type_of(self.text * 2, "1.35", &self.theme.masthead.light);
        format!("{size};{spacing}font-weight:700;text-align:center;margin:0 0 8px")
    }

    /// What the publication says of itself, under its name.
    pub fn motto(&self) -> String {
        format!("{};text-align:center;margin:0 0 8px", self.aside())
    }

    /// The line under it: number and date.
    pub fn number(&self) -> String {
        format!("{};text-align:center;margin:0", type_of(self.text, "1.6", LIGHT.ink))
    }

    /// The body that compiles it.
    pub fn compiler(&self) -> String {
        format!("{};text-align:center;margin:4px 0 0", self.aside())
    }

    /// The notice of a correction, below the masthead.
    pub fn correction(&self) -> String {
        let size = type_of(self.text, "1.6", LIGHT.ink);
        format!(
            "{size};text-align:left;margin:0 0 24px;padding:2px 0 2px 1em;border-left:3px solid {}",
            self.theme.accent.light
        )
    }

    /// The line at the top of a test letter.
    pub fn trial(&self) -> String {
        let fonts = self.fonts();
        let (size, accent) = (type_of(self.text, "1.6", LIGHT.ink), &self.theme.accent.light);
        format!(
            "font-family:{fonts};{size};text-align:center;margin:0;padding:10px 16px;border-bottom:3px solid {accent}"
        )
    }

    /// The word above the list of contents.
    pub fn contents(&self) -> String {
        format!("{};letter-spacing:0.1em;margin:0 0 6px", self.kicker())
    }

    /// A section's name in the contents.
    pub fn entry_section(&self) -> String {
        format!("{};padding:14px 0 6px", self.aside())
    }

    /// The number of a contents entry.
    pub fn entry_number(&self) -> String {
        let fonts = self.fonts();
        let size = type_of(self.text, "1.5", &self.theme.accent.light);
        let rule = LIGHT.rule;
        format!(
            "font-family:{fonts};{size};font-weight:700;text-align:left;vertical-align:top;width:28px;\
             padding:{TARGET_PADDING_PX}px 0;border-top:1px solid {rule}"
        )
    }

    /// The cell of a contents entry.
    pub fn entry(&self) -> String {
        let fonts = self.fonts();
        format!("font-family:{fonts};padding:0;vertical-align:top;border-top:1px solid {}", LIGHT.rule)
    }

    /// The link of a contents entry: as tall as a finger needs.
    pub fn entry_link(&self) -> String {
        let size = type_of(self.text, "1.5", LIGHT.ink);
        format!("display:block;{size};text-align:left;text-decoration:none;padding:{TARGET_PADDING_PX}px 0")
    }

    /// An article's block.
    pub fn article(&self) -> String {
        format!("padding:28px 0 0;margin:28px 0 0;border-top:1px solid {}", LIGHT.rule)
    }

    /// The section above a title.
    pub fn section(&self) -> String {
        format!("{};margin:0 0 6px", self.kicker())
    }

    /// h2.
    pub fn title(&self) -> String {
        format!("{};font-weight:700;text-align:left;margin:0 0 18px", type_of(self.text + 6, "1.4", LIGHT.ink))
    }

    /// Source and author, close under the title.
    pub fn byline(&self) -> String {
        format!("{};margin:-8px 0 18px", self.aside())
    }

    /// h3 to h6, by the level below the title, from 1; the first has the accent, those below it are told from it by ink.
    pub fn subhead(&self, level: u8) -> String {
        let size = self.text + u16::from(3_u8.saturating_sub(level));
        let colour = if level <= 1 { &self.theme.accent.light } else { LIGHT.ink };
        let size = type_of(size, "1.5", colour);
        format!("{size};font-weight:700;text-align:left;margin:28px 0 12px")
    }

    /// A paragraph.
    pub fn paragraph(&self) -> String {
        let indent = if self.theme.indent { "2em" } else { "0" };
        format!("{};text-indent:{indent};margin:0 0 0.8em", self.running())
    }

    /// `ol` and `ul`.
    pub fn list(&self) -> String {
        format!("{};margin:0 0 0.8em;padding:0 0 0 2em", self.running())
    }

    /// `li`.
    pub fn item(&self) -> String {
        "margin:0 0 0.4em".into()
    }

    /// Around a table, so that it scrolls by itself where it does not fit.
    pub fn scroller(&self) -> String {
        "overflow-x:auto;-webkit-overflow-scrolling:touch;margin:0 0 1em".into()
    }

    /// A table of data.
    pub fn table(&self) -> String {
        "width:100%;border-collapse:collapse".into()
    }

    /// `th`; over figures it stands at their side.
    pub fn head(&self, over_figures: bool) -> String {
        format!("{};font-weight:700", self.boxed(if over_figures { "right" } else { "left" }))
    }

    /// `td` of a table of data: figures stand one under another, and none is broken.
    pub fn cell(&self, is_figure: bool) -> String {
        if is_figure { format!("{};white-space:nowrap", self.boxed("right")) } else { self.boxed("left") }
    }

    fn boxed(&self, align: &str) -> String {
        let fonts = self.fonts();
        let (size, rule) = (type_of(self.small, "1.5", LIGHT.ink), LIGHT.rule);
        format!(
            "font-family:{fonts};{size};text-align:{align};vertical-align:top;padding:8px 10px;\
             border:1px solid {rule};min-width:4em"
        )
    }

    /// The words of a picture that is not carried.
    pub fn image(&self) -> String {
        let rule = LIGHT.rule;
        format!("{};text-align:center;padding:16px 12px;border:1px dashed {rule};margin:0 0 1em", self.aside())
    }

    /// What a picture stands in.
    pub fn frame(&self) -> String {
        "text-indent:0;margin:0 0 1em".into()
    }

    /// A picture of this width: as wide as the column at most, and its words readable where it is not shown. Drawings
    /// without a ground of their own are mostly black, so they get a white one, in the dark too.
    pub fn picture(&self, width: u32) -> String {
        format!(
            "display:block;width:100%;max-width:{width}px;height:auto;margin:0 auto;border:0;background-color:#fff;\
             {};text-align:center",
            self.aside()
        )
    }

    /// What a picture has of the column, in pixels: 16 stand free on each side.
    pub fn inner_width(&self) -> u32 {
        u32::from(self.theme.width_px) - 32
    }

    /// A quotation.
    pub fn quote(&self) -> String {
        let rule = LIGHT.rule;
        format!("{};margin:1.2em 0;padding:2px 0 2px 1em;border-left:3px solid {rule}", self.running())
    }

    /// A note.
    pub fn note(&self) -> String {
        format!("{};margin:0 0 0.8em", self.aside())
    }

    /// `strong`.
    pub fn strong(&self) -> String {
        "font-weight:700".into()
    }

    /// `em`. Slanted Han is hard to read; print sets it in Kai instead.
    pub fn emphasis(&self) -> String {
        match self.language {
            Language::Chinese => "font-style:normal;font-family:'Kaiti SC',STKaiti,KaiTi,serif".into(),
            Language::English => "font-style:italic".into(),
        }
    }

    /// `sup` and `sub`; without a line height of their own, or lines would stand unevenly.
    pub fn raised(&self) -> String {
        "font-size:0.75em;line-height:0".into()
    }

    /// A link in running text.
    pub fn link(&self) -> String {
        format!("color:{};text-decoration:underline;word-break:break-word", LIGHT.link)
    }

    /// The paragraph that holds the way back to the contents.
    pub fn back(&self) -> String {
        "margin:4px 0 0;text-align:right".into()
    }

    /// A link that stands alone, in small type.
    pub fn small_link(&self) -> String {
        let size = type_of(self.small, &format!("{SMALL_LINE_PX}px"), LIGHT.link);
        format!("display:inline-block;{size};text-decoration:underline;padding:{TARGET_PADDING_PX}px 0")
    }

    /// The closing line.
    pub fn end(&self) -> String {
        format!("{};text-align:center;margin:24px 0 0", self.aside())
    }

    /// The footer's block.
    pub fn footer(&self) -> String {
        format!("padding:20px 0 0;margin:24px 0 0;border-top:2px solid {}", self.theme.accent.light)
    }

    /// A line of the footer.
    pub fn footer_line(&self) -> String {
        format!("{};text-align:left;margin:0 0 4px;word-break:break-word", self.aside())
    }

    /// Why the letter came: apart from the imprint above it.
    pub fn why(&self) -> String {
        format!("{};text-align:left;margin:16px 0 4px;word-break:break-word", self.aside())
    }

    /// The figures of a notice.
    pub fn facts(&self) -> String {
        format!("width:100%;border-collapse:collapse;margin:0 0 1.2em;border-bottom:1px solid {}", LIGHT.rule)
    }

    /// What a figure is of.
    pub fn fact(&self) -> String {
        let (fonts, rule) = (self.fonts(), LIGHT.rule);
        format!(
            "font-family:{fonts};{};font-weight:400;text-align:left;vertical-align:top;padding:8px 12px 8px 0;\
             border-top:1px solid {rule}",
            self.aside()
        )
    }

    /// A figure.
    pub fn figure(&self) -> String {
        let (fonts, size, rule) = (self.fonts(), type_of(self.small, "1.6", LIGHT.ink), LIGHT.rule);
        format!(
            "font-family:{fonts};{size};text-align:right;vertical-align:top;padding:8px 0;border-top:1px solid {rule}"
        )
    }

    /// The paragraph that holds the link to go on by.
    pub fn action_line(&self) -> String {
        "margin:24px 0 8px".into()
    }

    /// The link to go on by; drawn by its border, which every client keeps in the dark.
    pub fn action(&self) -> String {
        let accent = &self.theme.accent.light;
        let size = type_of(self.text, &format!("{SMALL_LINE_PX}px"), accent);
        format!(
            "display:inline-block;{size};font-weight:700;text-decoration:none;padding:{TARGET_PADDING_PX}px 24px;\
             border:2px solid {accent};border-radius:6px"
        )
    }

    /// What stands below a notice.
    pub fn closing(&self) -> String {
        format!("padding:16px 0 0;margin:32px 0 0;border-top:1px solid {}", LIGHT.rule)
    }

    /// Keeps a phrase of a title together where it fits.
    pub fn phrase(&self) -> String {
        "display:inline-block".into()
    }

    fn running(&self) -> String {
        format!("{};text-align:left", type_of(self.text, "1.8", LIGHT.ink))
    }

    fn aside(&self) -> String {
        type_of(self.small, "1.6", LIGHT.muted)
    }

    fn kicker(&self) -> String {
        format!("{};font-weight:700", type_of(self.small, "1.6", &self.theme.accent.light))
    }
}

fn type_of(size: u16, line: &str, colour: &str) -> String {
    format!("font-size:{size}px;line-height:{line};color:{colour}")
}
