//! Frame: a letter's HTML within a page of ours. It is foreign to us: it is shown in a sandbox, without scripts, and may
//! load nothing. The frame asks for it at an address of its own, whose answer carries its own policy.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};

/// What the letter's own page may do: show itself. Its links open beside it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The same without a picture, as many programs show a letter at first.
const WITHOUT_PICTURES: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The frame's own sandbox: the same, should the page ever be served without its policy.
const SANDBOX: &str = "allow-popups allow-popups-to-escape-sandbox";

/// On what a letter is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Screen {
    /// As wide as a desk has it.
    Wide,
    /// As wide as a phone.
    Phone,
}

/// A frame around the letter at an address of ours.
pub(super) fn around(path: &str, title: &str, screen: Screen) -> Markup {
    let (kind, width, height) = match screen {
        Screen::Wide => ("wide", 900, 900),
        Screen::Phone => ("phone", 390, 760),
    };
    html! {
        div .frame.(kind) tabindex=[(screen == Screen::Wide).then_some("0")] role="group" aria-label=(title) { iframe src=(path) title=(title) width=(width) height=(height) sandbox=(SANDBOX) {} }
    }
}

/// The letter alone, for the frame.
pub(super) fn letter(html: &str, pictures: bool) -> Response {
    let policy = if pictures { POLICY } else { WITHOUT_PICTURES };
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(opening_beside(html))).into_response()
}

/// Makes links open in a place of their own, for in the frame's sandbox nothing would work; those
/// within the letter stay in it.
fn opening_beside(html: &str) -> String {
    let html = html.replace("href=\"#", "target=\"_self\" href=\"#");
    let head = html.find("<head").and_then(|at| html[at..].find('>').map(|end| at + end + 1));
    match head {
        Some(at) => format!("{}<base target=\"_blank\">{}", &html[..at], &html[at..]),
        None => html,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_open_beside_the_letter_and_anchors_within_it() {
        let html = "<html><head lang=\"zh\"><title>t</title></head><a class=\"x\" href=\"#a\">1</a><a href=\"http://x.cn\">2</a>";
        assert_eq!(
            opening_beside(html),
            "<html><head lang=\"zh\"><base target=\"_blank\"><title>t</title></head>\
             <a class=\"x\" target=\"_self\" href=\"#a\">1</a><a href=\"http://x.cn\">2</a>"
        );
        assert_eq!(opening_beside("<p>no head"), "<p>no head");
    }
}
