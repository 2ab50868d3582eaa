//! Trial: the print of a test letter: the edition's own, with a mark in the subject and a line above everything, so that
//! nobody takes it for the issue.

use super::view::language;
use crate::domain::edition::{Page, Piece, Print};

/// A print, marked as a test.
#[must_use]
pub fn trial(print: &Print) -> Print {
    let words = language(print.letterhead.language).words();
    let line = email_templates::issue::trial(language(print.letterhead.language)).into_string();
    Print {
        letterhead: print.letterhead.clone(),
        subject: format!("{}{}", words.trial_mark, print.subject),
        html: above(&print.html, &line),
        text: above(&print.text, &format!("{}\n\n", words.trial)),
        pictures: print.pictures.clone(),
        attachments: print.attachments.clone(),
        whole: None,
    }
}

/// The page with a line at its top: in HTML where the body opens.
fn above(page: &Page, line: &str) -> Page {
    let mut pieces = page.0.clone();
    match pieces.first_mut() {
        Some(Piece::Fixed(text)) => {
            let body = text.find("<body").and_then(|at| text[at..].find('>').map(|end| at + end + 1));
            text.insert_str(body.unwrap_or(0), line);
        }
        Some(Piece::Slot(_) | Piece::WithPage(_)) | None => pieces.insert(0, Piece::Fixed(line.to_owned())),
    }
    Page(pieces)
}
