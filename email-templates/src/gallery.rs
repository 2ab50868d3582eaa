//! Gallery: a page that shows letters side by side, each on a phone and on a desk, by day and by night, without its
//! pictures, and as plain text. The letters are files beside the page. Called by `compose::gallery`.

use crate::style;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A letter that is shown.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// What its files are called, without their ends.
    pub name: String,
    /// What it is, for whoever looks.
    pub title: String,
    /// Its subject.
    pub subject: String,
    /// Its HTML, as a reader gets it.
    pub html: String,
    /// Its plain text.
    pub text: String,
}

/// How a letter is looked at: the end of the file's name, and what that is called.
const LOOKS: [(&str, &str); 3] = [("light", "by day"), ("dark", "by night"), ("bare", "pictures off")];

/// The widths in pixels: a phone, a desk.
const WIDTHS: [u16; 2] = [390, 900];

impl Specimen {
    /// Its HTML files: the end of each one's name and what it holds.
    pub fn pages(&self) -> [(&'static str, String); 4] {
        let day = style::forced(&self.html, false);
        let bare = without_pictures(&day);
        [
            ("html", self.html.clone()),
            ("light.html", day),
            ("dark.html", style::forced(&self.html, true)),
            ("bare.html", bare),
        ]
    }
}

/// The page that shows them all.
pub fn page(specimens: &[Specimen]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { "Letters of Yizhan" }
                style { (PreEscaped(SHEET)) }
            }
            body {
                h1 { "Letters of Yizhan" }
                nav { @for letter in specimens { a href={ "#" (letter.name) } { (letter.title) } } }
                @for letter in specimens { (shown(letter)) }
            }
        }
    }
}

fn shown(letter: &Specimen) -> Markup {
    html! {
        section id=(letter.name) {
            h2 { (letter.title) }
            p {
                (letter.subject) " · " (letter.html.len() / 1024) " KB · "
                a href={ (letter.name) ".html" } { "HTML" } " · " a href={ (letter.name) ".txt" } { "text" } " · "
                a href={ (letter.name) ".eml" } { "whole letter" }
            }
            div {
                @for (end, look) in LOOKS { @for width in WIDTHS {
                    figure {
                        figcaption { (width) " px, " (look) }
                        iframe src={ (letter.name) "." (end) ".html" } width=(width) height="780" loading="lazy"
                            title={ (letter.title) ", " (width) " px, " (look) } {}
                    }
                } }
                figure { figcaption { "plain text" } pre tabindex="0" { (letter.text) } }
            }
        }
    }
}

/// The letter as a client shows it that loads no picture: each by its alternative text.
fn without_pictures(html: &str) -> String {
    html.split("<img").enumerate().fold(String::new(), |kept, (at, piece)| {
        if at == 0 { piece.to_owned() } else { kept + "<img" + &piece.replacen(" src=\"", " data-was=\"", 1) }
    })
}

const SHEET: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:24px;color:#202124;background:#f1f3f4}\
nav{display:flex;flex-wrap:wrap;gap:4px 20px}\
section{border-top:1px solid #9aa0a6;margin-top:40px}\
section>div{display:flex;gap:20px;overflow-x:auto;align-items:flex-start}\
figure{margin:0;flex:none}\
iframe,pre{border:1px solid #9aa0a6;background:#fff}\
pre{width:560px;height:764px;overflow:auto;margin:0;padding:8px 12px;box-sizing:border-box;white-space:pre-wrap}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_is_shown_each_way_and_its_pictures_can_be_off() {
        let html = "<p><img alt=\"馆\" src=\"cid:1\"><a href=\"#x\">src=</a></p>".to_owned();
        let letter = Specimen { name: "a".into(), title: "A".into(), subject: "<s>".into(), html, text: "<t>".into() };
        let bare = &letter.pages()[3];
        assert!(bare.0 == "bare.html" && !bare.1.contains(" src=\"") && bare.1.contains("alt=\"馆\""));
        let page = page(&[letter]).into_string();
        assert_eq!(page.matches("<iframe").count(), LOOKS.len() * WIDTHS.len());
        assert!(page.contains("&lt;s&gt;") && page.contains("&lt;t&gt;"));
    }
}
