//! Enclose: what a letter carries beside its words, as MIME parts that are the same in every letter of an edition: the
//! pictures that the HTML shows, related to it (RFC 2387) and named by Content-ID (RFC 2392). A Content-ID is made of
//! the picture's digest: unique in the world as those are, and the same for every reader, so it stands in the fixed
//! pieces of the page.

use super::body::write_lines;
use super::letter::Unfit;
use crate::domain::asset::Assets;
use crate::domain::edition::{Piece, Print};
use crate::domain::picture::Picture;
use data_encoding::BASE64;

/// From this many bytes on the wire an editor is warned: on a phone that is seconds, and every reader gets a copy of
/// their own through the relay.
pub const LETTER_HEAVY: usize = 1024 * 1024;

/// No letter has more bytes on the wire: a thousand readers would be 5 GB through the relay, and mail servers of
/// offices begin to refuse by size here.
pub const LETTER_LIMIT: usize = 5 * 1024 * 1024;

/// The Content-ID of a picture, without its brackets; `domain` is the sender's.
pub(super) fn content_id(picture: &Picture, domain: &str) -> String {
    let mut name = picture.digest.to_string();
    name.truncate(32);
    format!("{name}@{domain}")
}

/// How heavy a letter is on the wire, in bytes: everything in base64, headers and the reader's own pieces left out.
pub fn weight(print: &Print) -> usize {
    let size = |piece: &Piece| match piece {
        Piece::Fixed(text) | Piece::WithPage(text) => text.len(),
        Piece::Slot(_) => 0,
    };
    let pages = [&print.html, &print.text].map(|page| page.0.iter().map(size).sum());
    let pictures = print.pictures.iter().map(|picture| picture.size as usize);
    pages.into_iter().chain(pictures).map(encoded).sum()
}

/// Bytes become lines of 76 characters, each with CRLF, for every 57.
fn encoded(bytes: usize) -> usize {
    bytes.div_ceil(57) * 78
}

/// The HTML with its pictures within it, for pages that show a letter alone and may ask for nothing else.
pub fn with_pictures(html: &str, print: &Print, assets: &Assets) -> String {
    let data = |picture: &Picture| {
        let bytes = assets.get(&picture.digest).unwrap_or_default();
        format!("data:{};base64,{}", picture.medium.mime(), BASE64.encode(bytes))
    };
    with_sources(html, print, data)
}

/// The HTML with each picture fetched from where `source` says.
pub fn with_sources(html: &str, print: &Print, source: impl Fn(&Picture) -> String) -> String {
    let domain = print.letterhead.from.address.domain();
    print.pictures.iter().fold(html.to_owned(), |html, picture| {
        let cid = format!("src=\"cid:{}\"", content_id(picture, domain));
        html.replace(&cid, &format!("src=\"{}\"", source(picture)))
    })
}

/// The parts of the pictures, each after its border.
pub(super) fn pictures(print: &Print, boundary: &str, assets: &Assets) -> Result<Vec<u8>, Unfit> {
    let domain = print.letterhead.from.address.domain();
    let mut out = Vec::new();
    for (number, picture) in (1..).zip(&print.pictures) {
        let bytes = assets.get(&picture.digest).ok_or(Unfit::Missing)?;
        let (mime, name) = (picture.medium.mime(), format!("picture-{number}.{}", picture.medium.extension()));
        let id = content_id(picture, domain);
        // A name, for programs that show every part in a list, and those that write parts to files.
        let head = format!(
            "--{boundary}\r\nContent-Type: {mime}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-ID: <{id}>\r\nContent-Disposition: inline; filename=\"{name}\"\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        write_lines(bytes, &mut out);
    }
    Ok(out)
}
