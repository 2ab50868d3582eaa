//! Layout: the shell that every letter stands in: document type, language, the one style sheet,
//! what Outlook needs, the outermost table, and the preheader. Called by each template.

use crate::style::{self, Font, Styles};
use crate::words::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What a shell needs to know.
#[derive(Debug)]
pub struct Shell<'a> {
    /// The language of the letter.
    pub language: Language,
    /// What a window shows as its name.
    pub title: &'a str,
    /// What an inbox shows beside the subject.
    pub preheader: &'a str,
    /// The styles of the theme.
    pub styles: &'a Styles,
}

/// A whole document around `body`.
pub fn shell(shell: &Shell, body: Markup) -> Markup {
    let Shell { language, title, preheader, styles } = shell;
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                // Numbers in a bulletin are seldom phone numbers.
                meta name="format-detection" content="telephone=no,date=no,address=no";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { (title) }
                style { (PreEscaped(style::sheet(styles.theme()))) }
                (PreEscaped(outlook_head(styles.theme().font)))
            }
            body.paper style=(styles.body()) {
                (hidden(preheader, styles))
                (column(styles, body))
            }
        }
    }
}

/// A preheader, then blanks: without them a client fills the line with what comes next.
fn hidden(preheader: &str, styles: &Styles) -> Markup {
    html! { div style=(styles.preheader()) { (preheader) (BLANK.repeat(90)) } }
}

/// The outermost table carries the paper; the inner one is the column, as wide as fits.
fn column(styles: &Styles, body: Markup) -> Markup {
    html! {
        table.paper role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0"
            bgcolor=(style::LIGHT.paper) style=(styles.paper()) {
            tr { td align="center" style="padding:0" {
                (PreEscaped(outlook_column(styles.theme().width_px)))
                table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0"
                    style=(styles.column()) {
                    tr { td.ink align="left" style=(styles.page()) { (body) } }
                }
                (PreEscaped(OUTLOOK_COLUMN_END))
            } }
        }
    }
}

/// Invisible and no letter: combining grapheme joiner, no-break space, zero-width non-joiner.
const BLANK: &str = "\u{34f}\u{a0}\u{200c}";

/// Outlook scales by the screen's density unless told not to, and takes Times where the first font
/// of a list is unknown to it.
fn outlook_head(font: Font) -> String {
    let fonts = match font {
        Font::Sans => "'Microsoft YaHei',sans-serif",
        Font::Serif => "SimSun,serif",
    };
    format!(
        "<!--[if mso]><xml xmlns:o=\"urn:schemas-microsoft-com:office:office\">\
         <o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml>\
         <style>h1,h2,h3,h4,h5,h6,p,a,td,th,li,blockquote{{font-family:{fonts}!important}}</style>\
         <![endif]-->"
    )
}

/// Outlook knows no `max-width`: it gets a table of that width around the column.
fn outlook_column(width: u16) -> String {
    format!(
        "<!--[if mso]><table role=\"presentation\" width=\"{width}\" align=\"center\" border=\"0\" \
         cellpadding=\"0\" cellspacing=\"0\"><tr><td><![endif]-->"
    )
}

const OUTLOOK_COLUMN_END: &str = "<!--[if mso]></td></tr></table><![endif]-->";
