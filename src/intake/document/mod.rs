//! Documents: an editor's file becomes a [`Draft`]: an issue, questions and a balance of characters.
//! The door of the rules in order: recognise the format, decode, read, prove that nothing was lost.
//! Pure and total: any bytes give a draft or a [`Refusal`] that says what to do next.

mod assemble;
mod clean;
mod colophon;
mod conservation;
mod contents_list;
mod credit;
mod flags;
mod furniture;
mod headings;
mod label;
mod markdown;
mod markdown_issue;
mod markdown_source;
mod masthead;
mod numerals;
mod paragraphs;
mod plain;
mod refusal;
mod run_in;
mod spacing;

#[cfg(test)]
mod arrival;
#[cfg(test)]
mod laws;

pub use refusal::{Foreign, LARGEST, MOST_LINES, Refusal};

pub(crate) use numerals::half_width;

use super::encoding::{Decoded, NoText, decode};
use crate::domain::document::{Draft, Finding};
use flags::Flags;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Plain,
    Markdown,
}

/// Reads a document, which `name` helps to recognise.
///
/// # Errors
/// A [`Refusal`] when it is no document of ours, holds no article, or does not balance.
pub fn read(name: &str, bytes: &[u8]) -> Result<Draft, Refusal> {
    let format = recognise(name, bytes)?;
    let Decoded { text, guessed } = decode(bytes).map_err(|fault| match fault {
        NoText::Binary => Refusal::Binary,
        NoText::Damaged => Refusal::Undecodable,
    })?;
    check_size(&text)?;
    let mut flags = Flags::default();
    if let Some(encoding) = guessed {
        flags.note(Finding::EncodingGuessed(encoding.to_owned()), None);
    }
    note_unreadable(&text, &mut flags);
    let (contents, conservation) = match format {
        Format::Plain => {
            let (contents, ledger) = plain::read(&text, &mut flags);
            let balance = conservation::balance(&text, &ledger, &contents);
            (contents, balance)
        }
        Format::Markdown => {
            let issue = markdown_issue::read(&text, &mut flags);
            let balance = conservation::balance_markup(&text, &issue.markup, &issue.contents);
            (issue.contents, balance)
        }
    };
    if contents.articles.is_empty() {
        return Err(Refusal::NoArticles);
    }
    if contents.articles.iter().all(|article| article.blocks.is_empty()) {
        return Err(Refusal::OnlyTitles);
    }
    if conservation.lost != 0 {
        return Err(Refusal::NotConserved { lost: conservation.lost });
    }
    for article in contents.articles.iter().filter(|article| article.blocks.is_empty()) {
        flags.note(Finding::EmptyArticle(article.title.clone()), None);
    }
    Ok(Draft { contents, flags: flags.finish(), conservation })
}

/// The lines of a document as flags and blocks number them, from 1: for showing it beside what was read from it. Without
/// what only machines see; none where the bytes are no text.
pub fn lines(bytes: &[u8]) -> Vec<String> {
    let Ok(Decoded { text, .. }) = decode(bytes) else { return Vec::new() };
    clean::rows(&text).map(|row| row.chars().filter_map(clean::character).collect()).collect()
}

fn recognise(name: &str, bytes: &[u8]) -> Result<Format, Refusal> {
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    if let Some(format) = foreign(&extension, bytes) {
        return Err(Refusal::Foreign(format));
    }
    Ok(if matches!(extension.as_str(), "md" | "markdown") { Format::Markdown } else { Format::Plain })
}

/// Formats that are known by their first bytes (which count more) or by their names.
fn foreign(extension: &str, bytes: &[u8]) -> Option<Foreign> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(64)])
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_lowercase();
    if starts(b"PK\x03\x04") {
        return Some(if matches!(extension, "docx" | "docm" | "dotx") { Foreign::Docx } else { Foreign::Archive });
    }
    if starts(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") || matches!(extension, "doc" | "wps" | "wpt") {
        return Some(Foreign::OldWord);
    }
    if starts(b"%PDF-") || extension == "pdf" {
        return Some(Foreign::Pdf);
    }
    if starts(b"\x1F\x8B") || starts(b"7z\xBC\xAF") || starts(b"Rar!") {
        return Some(Foreign::Archive);
    }
    let is_page = ["<!doctype html", "<html", "{\\rtf"].iter().any(|start| head.starts_with(start));
    if is_page || matches!(extension, "html" | "htm" | "rtf" | "mht") {
        return Some(Foreign::Marked);
    }
    (extension == "docx").then_some(Foreign::Docx)
}

fn check_size(text: &str) -> Result<(), Refusal> {
    if text.bytes().filter(|&byte| matches!(byte, b'\n' | b'\r' | 0x0c)).count() > MOST_LINES {
        return Err(Refusal::TooLarge);
    }
    if text.chars().all(|c| clean::character(c).is_none_or(char::is_whitespace)) {
        return Err(Refusal::Empty);
    }
    Ok(())
}

/// Characters of the author's machine were replaced; that is asked, never silent (rule 10).
fn note_unreadable(text: &str, flags: &mut Flags) {
    let private: Vec<char> = text.chars().filter(|&c| clean::is_private(c)).collect();
    if let Some(&first) = private.first() {
        let what = format!("U+{:04X} × {}", u32::from(first), private.len());
        flags.note(Finding::Unreadable(what), None);
    }
}
