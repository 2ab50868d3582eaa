//! Letter: the exact bytes of one reader's letter. A `Stationery` is an edition prepared once, by
//! the courier; a letter is then a copy with a few spliced bytes. The same parcel always gives the
//! same bytes: date, Message-ID and boundary come from the delivery and the edition, and signing draws
//! nothing.
//!
//! No line begins with a dot, so SMTP's dot-stuffing (RFC 5321 §4.5.2) changes nothing: a header
//! line begins with a name or a space, a border with `--`, and base64 has no dot.

use super::attach;
use super::body::Body;
use super::enclose;
use super::headers;
use super::sign::{Signer, SigningKey};
use crate::domain::address::{Address, Mailbox};
use crate::domain::asset::Assets;
use crate::domain::delivery::{LeaveLinks, Parcel, Past};
use crate::domain::document::Digest;
use crate::domain::edition::{Page, Piece, Print, Slot};
use crate::domain::id::{DeliveryId, EditionId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use chrono_tz::Tz;
use std::sync::Arc;

/// An edition, prepared for its letters; or a notice, for its one.
#[derive(Debug)]
pub struct Stationery {
    headers: String,
    domain: String,
    signer: Option<Signer>,
    zone: Tz,
    text_opens: String,
    text: Body,
    html_opens: String,
    html: Body,
    /// All that follows the HTML, the same in every letter.
    closes: Arc<[u8]>,
}

/// From so many bytes on, what closes a letter is not copied into each: ten connections at once would hold ten copies of
/// some megabytes. Less is cheaper to copy than to write apart.
const SHARED_FROM: usize = 256 * 1024;

/// The CRLF between headers and body, which `text_opens` begins with.
const EMPTY_LINE: usize = 2;

/// Why a letter cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The edition breaks a law of mail; nothing of it may be sent.
    #[error("line {0} of the letter is not fit for SMTP; send nothing of this edition and report this as a defect")]
    Line(usize),
    /// A piece of the reader's own holds what no header may.
    #[error("the reader's {0} has a control or foreign character in it; correct it before sending to this reader")]
    Piece(&'static str),
    /// The bytes of something that it encloses are not there.
    #[error("a picture of the letter is not in the database; import the document again")]
    Missing,
    /// The bytes of an attachment are not there.
    #[error("the attachment '{0}' is not in the database; detach it and attach the file again")]
    Detached(String),
}

impl Stationery {
    /// Prepares an edition that encloses nothing ([`Stationery::enclosing`]).
    ///
    /// # Errors
    /// As [`Stationery::enclosing`].
    pub fn new(print: &Print, edition: EditionId, digest: &Digest) -> Result<Self, Unfit> {
        Self::enclosing(print, edition, digest, &Assets::default())
    }

    /// Prepares an edition and checks a letter of it: CRLF only, ASCII only, lines of at most 998
    /// octets (RFC 5322 §2.1.1), none beginning with a dot. `assets` has the bytes of what it encloses.
    ///
    /// # Errors
    /// When a letter of this edition would break one of these, or bytes are missing.
    pub fn enclosing(print: &Print, edition: EditionId, digest: &Digest, assets: &Assets) -> Result<Self, Unfit> {
        let boundary = boundary(digest);
        let whole = mixed(&boundary);
        let kind = if print.attachments.is_empty() { ["alternative", &boundary] } else { ["mixed", &whole] };
        let mut stationery = Self::of(print, headers::shared(print, edition, kind), &boundary);
        if !print.pictures.is_empty() {
            stationery.relate(&enclose::pictures(print, &related(&boundary), assets)?, &boundary);
        }
        if !print.attachments.is_empty() {
            stationery.mix(&attach::parts(&print.attachments, &whole, assets)?, &boundary);
        }
        let mut sample = Vec::new();
        stationery.letter(&sample_parcel(print, edition, Moment(0), None), &mut sample)?;
        check(&sample).map(|()| stationery)
    }

    /// Prepares a notice: as an edition, but its headers name no list.
    ///
    /// # Errors
    /// As [`Stationery::new`].
    pub fn of_notice(print: &Print) -> Result<Self, Unfit> {
        let boundary = boundary(&print.digest());
        let stationery = Self::of(print, headers::of_notice(print, &boundary), &boundary);
        let sample = sample_parcel(print, EditionId(0), Moment(0), None);
        let mut letter = Vec::new();
        stationery.letter(&Parcel { edition: None, leave: None, ..sample }, &mut letter)?;
        check(&letter).map(|()| stationery)
    }

    fn of(print: &Print, headers: String, boundary: &str) -> Self {
        let opens = |kind: &str, before: &str| {
            format!(
                "{before}--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n"
            )
        };
        Self {
            headers,
            domain: print.letterhead.from.address.domain().to_owned(),
            signer: None,
            zone: print.letterhead.zone,
            text_opens: opens("text/plain", "\r\n"),
            text: Body::new(&with_crlf(&print.text)),
            html_opens: opens("text/html", ""),
            html: Body::new(&print.html),
            closes: format!("--{boundary}--\r\n").into_bytes().into(),
        }
    }

    /// Puts the HTML and its pictures into one part, of which the HTML is the root (RFC 2387 §3.2).
    fn relate(&mut self, pictures: &[u8], alternative: &str) {
        let boundary = related(alternative);
        let html = self.html_opens.replace(alternative, &boundary);
        self.html_opens = format!(
            "--{alternative}\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"{boundary}\"\r\n\r\n{html}"
        );
        let closes = format!("--{boundary}--\r\n");
        self.closes = [pictures, closes.as_bytes(), &self.closes].concat().into();
    }

    /// Puts all that was there, as one part, before the attachments (RFC 2046 §5.1.3).
    fn mix(&mut self, attachments: &[u8], alternative: &str) {
        let boundary = mixed(alternative);
        self.text_opens = format!(
            "\r\n--{boundary}\r\nContent-Type: multipart/alternative;\r\n boundary=\"{alternative}\"\r\n{}",
            self.text_opens
        );
        let closes = format!("--{boundary}--\r\n");
        self.closes = [&self.closes, attachments, closes.as_bytes()].concat().into();
    }

    /// The same, for letters that are signed with each of the keys that is for the sender's domain (DKIM).
    #[must_use]
    pub fn signed_with(mut self, keys: &[Arc<SigningKey>]) -> Self {
        let beginning = [&self.text_opens.as_bytes()[EMPTY_LINE..], self.text.beginning()];
        self.signer = Signer::new(keys, &self.domain, &self.headers, &beginning);
        self
    }

    /// Appends the letter of a parcel: its headers and both bodies, CRLF throughout, without the
    /// final dot.
    ///
    /// # Errors
    /// When a piece of the reader's own could break out of its line; `out` is then as before.
    pub fn letter(&self, parcel: &Parcel, out: &mut Vec<u8>) -> Result<(), Unfit> {
        let closes = self.opening(parcel, out)?;
        out.extend_from_slice(&closes);
        Ok(())
    }

    /// The same without what closes it, where that is large: then it is returned, for all letters to share.
    ///
    /// # Errors
    /// As [`Stationery::letter`].
    pub fn opening(&self, parcel: &Parcel, out: &mut Vec<u8>) -> Result<Arc<[u8]>, Unfit> {
        check_pieces(parcel)?;
        let start = out.len();
        let mut own = String::with_capacity(1024);
        headers::own(parcel, self.zone, &mut own);
        out.extend_from_slice(own.as_bytes());
        out.extend_from_slice(self.headers.as_bytes());
        out.extend_from_slice(self.text_opens.as_bytes());
        self.text.write(|slot| raw(slot, parcel), out);
        out.extend_from_slice(self.html_opens.as_bytes());
        let [address, leave, read] = [Slot::Address, Slot::Leave, Slot::Read].map(|slot| escaped(raw(slot, parcel)));
        let in_html = |slot| match slot {
            Slot::Address => address.as_str(),
            Slot::Leave => leave.as_str(),
            Slot::Read => read.as_str(),
        };
        self.html.write(in_html, out);
        let closes = if self.closes.len() < SHARED_FROM {
            out.extend_from_slice(&self.closes);
            Arc::default()
        } else {
            Arc::clone(&self.closes)
        };
        if let Some(signer) = &self.signer {
            let body = &out[start + own.len() + self.headers.len() + EMPTY_LINE..];
            let signatures = signer.sign(&own, [body, &closes], parcel.dated);
            // Before what they sign (RFC 6376 §5.6); moving a letter along costs little beside signing it.
            out.splice(start..start, signatures.into_bytes());
        }
        Ok(closes)
    }
}

/// The HTML that a parcel's reader gets.
pub fn html_for(print: &Print, parcel: &Parcel) -> String {
    print.html.fill(|slot| escaped(raw(slot, parcel)))
}

/// The HTML on the page of a letter to `address`, for whoever it is shown to: the address masked, and `leave` for the
/// reader's own link to leave. It does not lead to itself.
pub fn html_as_page(print: &Print, address: &Address, leave: &str) -> String {
    print.html.fill(|slot| match slot {
        Slot::Address => escaped(&address.masked()),
        Slot::Leave => escaped(leave),
        Slot::Read => String::new(),
    })
}

/// The plain text that a parcel's reader gets, lines parted by `\n`.
pub fn text_for(print: &Print, parcel: &Parcel) -> String {
    print.text.fill(|slot| raw(slot, parcel).to_owned())
}

/// A parcel for nobody: what `issue export` shows, and what an edition is checked with. Nothing in it
/// opens anything. `base_url` has no slash at its end.
pub fn sample_parcel(print: &Print, edition: EditionId, dated: Moment, base_url: Option<&str>) -> Parcel {
    let from = &print.letterhead.from.address;
    let name = match print.letterhead.language {
        Language::Chinese => "示例读者",
        Language::English => "Sample Reader",
    };
    Parcel {
        delivery: DeliveryId(0),
        dispatch: None,
        edition: Some(edition),
        to: Mailbox {
            name: Some(name.to_owned()),
            address: "reader@example.com".parse().expect("a well-formed address"),
        },
        return_path: from.clone(),
        message_id: format!("sample@{}", from.domain()),
        dated,
        leave: Some(LeaveLinks {
            page: base_url.map(|base| format!("{base}/leave/sample")),
            mailto: format!("mailto:{from}?subject=leave%20{}%20sample", print.letterhead.slug),
        }),
        read: base_url.map(|base| format!("{base}/read/sample")),
        past: Past::default(),
        before: Vec::new(),
    }
}

/// Not base64, so it cannot stand in a body; from the digest, so it is the same for ever.
fn boundary(digest: &Digest) -> String {
    let hex: String = digest.0.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("=_{hex}")
}

/// The border within the part of the HTML and its pictures. It does not begin as the outer one does: some programs look
/// at the beginning of a border only.
fn related(boundary: &str) -> String {
    boundary.replacen("=_", "=r", 1)
}

/// The border of a letter with attachments, which begins otherwise too.
fn mixed(boundary: &str) -> String {
    boundary.replacen("=_", "=m", 1)
}

/// Text in base64 has CRLF line ends before it is encoded (RFC 2045 §6.8).
fn with_crlf(page: &Page) -> Page {
    let line_ends = |piece: &Piece| match piece {
        Piece::Fixed(text) => Piece::Fixed(text.replace('\n', "\r\n")),
        Piece::WithPage(text) => Piece::WithPage(text.replace('\n', "\r\n")),
        Piece::Slot(slot) => Piece::Slot(*slot),
    };
    Page(page.0.iter().map(line_ends).collect())
}

fn raw(slot: Slot, parcel: &Parcel) -> &str {
    match slot {
        Slot::Address => parcel.to.address.as_str(),
        Slot::Leave => parcel.leave.as_ref().map_or("", LeaveLinks::shown),
        Slot::Read => parcel.read.as_deref().unwrap_or_default(),
    }
}

/// For an element or a quoted attribute.
fn escaped(text: &str) -> String {
    maud::html! { (text) }.into_string()
}

/// The reader's own pieces come from outside the edition, so they are checked for each letter.
fn check_pieces(parcel: &Parcel) -> Result<(), Unfit> {
    let leave = parcel.leave.as_ref();
    let pieces = [
        ("message id", parcel.message_id.as_str()),
        ("address", parcel.to.address.as_str()),
        ("leave link", leave.map_or("", |leave| leave.mailto.as_str())),
        ("leave page", leave.and_then(|leave| leave.page.as_deref()).unwrap_or_default()),
        ("page to read", parcel.read.as_deref().unwrap_or_default()),
    ];
    // 900: with its header's name and brackets a piece stays within a line of 998.
    let is_fit = |piece: &str| piece.len() <= 900 && piece.bytes().all(|b| b.is_ascii_graphic());
    if let Some((what, _)) = pieces.into_iter().find(|(_, piece)| !is_fit(piece)) {
        return Err(Unfit::Piece(what));
    }
    match &parcel.to.name {
        Some(name) if name.chars().any(char::is_control) => Err(Unfit::Piece("name")),
        Some(_) | None => Ok(()),
    }
}

fn check(letter: &[u8]) -> Result<(), Unfit> {
    let is_fit = |line: &[u8]| {
        line.strip_suffix(b"\r\n").is_some_and(|line| {
            line.len() <= 998 && !line.starts_with(b".") && line.iter().all(|b| matches!(b, b' '..=b'~'))
        })
    };
    match letter.split_inclusive(|b| *b == b'\n').position(|line| !is_fit(line)) {
        Some(before) => Err(Unfit::Line(before + 1)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_smtp_would_change_is_refused_with_its_line() {
        let long = format!("a\r\n{}\r\n", "x".repeat(999));
        for (letter, verdict) in [
            ("a\r\nb\r\n", Ok(())),
            ("a\r\n.b\r\n", Err(Unfit::Line(2))),
            ("a\nb\r\n", Err(Unfit::Line(1))),
            ("a\rb\r\n", Err(Unfit::Line(1))),
            ("a\r\nb", Err(Unfit::Line(2))),
            ("a\r\n刊\r\n", Err(Unfit::Line(2))),
            (&long, Err(Unfit::Line(2))),
        ] {
            assert_eq!(check(letter.as_bytes()), verdict, "{letter:?}");
        }
    }
}
