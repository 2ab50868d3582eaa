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

/// The most columns that fit a phone.
const FITTING: usize = 6;

/// Where the words of a cell stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// What is over several columns.
    Middle,
    /// Figures.
    Right,
}

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

    /// The heading above the files that go with a letter, apart from the line that closes it.
    pub fn attached(&self) -> String {
        format!("{};letter-spacing:0.1em;margin:32px 0 6px", self.kicker())
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
        format!("padding:24px 0 0;margin:24px 0 0;border-top:2px solid {}", self.theme.accent.light)
    }

    /// Above a title: which of the articles it is, and the section that begins.
    pub fn section(&self) -> String {
        format!("{};margin:0 0 6px", self.aside())
    }

    /// Above the title of a notice: the house that sends it.
    pub fn house(&self) -> String {
        format!("{};margin:0 0 6px", self.kicker())
    }

    /// The number of an article above its title.
    pub fn ordinal(&self) -> String {
        format!("font-weight:700;color:{}", self.theme.accent.light)
    }

    /// A fact of the masthead, which is not broken where it fits.
    pub fn fact_of_number(&self) -> String {
        "display:inline-block;margin:0 0.3em".into()
    }

    /// h2.
    pub fn title(&self) -> String {
        format!("{};font-weight:700;text-align:left;margin:0 0 18px", type_of(self.text + 6, "1.4", LIGHT.ink))
    }

    /// Source and author, close under the title.
    pub fn byline(&self) -> String {
        format!("{};margin:-8px 0 18px", self.aside())
    }

    /// h3 to h6, by the level below the title, from 1; the first has a bar in the accent, so that red is where an article
    /// begins and no subhead outshines a title.
    pub fn subhead(&self, level: u8) -> String {
        let first = level <= 1;
        let size = type_of(self.text + u16::from(first), "1.5", LIGHT.ink);
        let bar = if first {
            format!(";border-left:4px solid {};padding:0 0 0 10px", self.theme.accent.light)
        } else {
            String::new()
        };
        format!("{size};font-weight:700;text-align:left;margin:28px 0 12px{bar}")
    }

    /// A paragraph.
    pub fn paragraph(&self) -> String {
        let indent = if self.theme.indent { "2em" } else { "0" };
        format!("{};text-indent:{indent};margin:0 0 0.8em", self.running())
    }

    /// `ol` and `ul`; one within another stands farther in.
    pub fn list(&self, is_inner: bool) -> String {
        let edge = if is_inner { "1.5em" } else { "0" };
        format!("{};margin:0 0 0.8em {edge};padding:0 0 0 2em", self.running())
    }

    /// `li`.
    pub fn item(&self) -> String {
        "margin:0 0 0.4em".into()
    }

    /// Around a table, so that it scrolls by itself where it does not fit.
    pub fn scroller(&self, has_notes: bool) -> String {
        let below = if has_notes { "0.3em" } else { "1.2em" };
        format!("overflow-x:auto;-webkit-overflow-scrolling:touch;margin:0 0 {below}")
    }

    /// A table of data: a strong line above it and below.
    pub fn table(&self) -> String {
        let ink = LIGHT.ink;
        format!("width:100%;border-collapse:collapse;border-top:2px solid {ink};border-bottom:2px solid {ink}")
    }

    /// What a table is called, above it.
    pub fn table_title(&self) -> String {
        let size = type_of(self.small, "1.5", LIGHT.ink);
        format!("{size};font-weight:700;text-align:center;text-indent:0;margin:1.2em 0 6px")
    }

    /// What a picture is called, below it.
    pub fn caption(&self) -> String {
        format!("{};text-align:center;text-indent:0;margin:-0.4em 0 1.2em", self.aside())
    }

    /// What is noted below a table.
    pub fn table_note(&self) -> String {
        format!("{};text-align:left;text-indent:0;margin:0 0 1.2em", type_of(self.small - 1, "1.5", LIGHT.muted))
    }

    /// `th`, in a table of so many columns; a line stands below the last row of them.
    pub fn head(&self, at: (Side, usize), is_last: bool) -> String {
        let line = if is_last { LIGHT.ink } else { LIGHT.rule };
        format!("{};font-weight:700;vertical-align:middle;border-bottom:1px solid {line}", self.boxed(at))
    }

    /// `td` of a table of data: figures stand one under another, and none is broken.
    pub fn cell(&self, at: (Side, usize)) -> String {
        let boxed = format!("{};vertical-align:middle;border-bottom:1px solid {}", self.boxed(at), LIGHT.rule);
        if at.0 == Side::Right { format!("{boxed};white-space:nowrap") } else { boxed }
    }

    /// Six columns fit a phone in small type; more of them keep a width to be read by, and scroll.
    fn boxed(&self, (side, columns): (Side, usize)) -> String {
        let fonts = self.fonts();
        let (size, padding) = if columns < 4 { (self.small, "8px 6px") } else { (self.small - 1, "7px 4px") };
        let align = match side {
            Side::Left => "left",
            Side::Middle => "center",
            Side::Right => "right",
        };
        let width = if columns > FITTING { ";min-width:3.5em" } else { "" };
        let size = type_of(size, "1.45", LIGHT.ink);
        format!("font-family:{fonts};{size};text-align:{align};padding:{padding}{width}")
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
            "display:block;width:100%;max-width:{width}px;margin:0 auto;border:0;background-color:#fff;\
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

    /// `em`. Slanted Han is hard to read, and no phone has the Kai of print: it is strong instead.
    pub fn emphasis(&self, is_han: bool) -> String {
        if is_han { "font-style:normal;font-weight:700".into() } else { "font-style:italic".into() }
    }

    /// What no line end may part.
    pub fn unbroken(&self) -> String {
        "white-space:nowrap".into()
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
        "margin:0;text-align:left".into()
    }

    /// The way back to the contents: there for who looks for it.
    pub fn back_link(&self) -> String {
        self.alone(LIGHT.muted, "none")
    }

    /// A link that stands alone, in small type.
    pub fn small_link(&self) -> String {
        self.alone(LIGHT.link, "underline")
    }

    fn alone(&self, colour: &str, line: &str) -> String {
        let size = type_of(self.small, &format!("{SMALL_LINE_PX}px"), colour);
        format!("display:inline-block;{size};text-decoration:{line};padding:{TARGET_PADDING_PX}px 0")
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
