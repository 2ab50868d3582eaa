//! Headers: the RFC 5322 headers of an issue's letter (DELIVERY.md §7); `sign` adds DKIM's. Those that an
//! edition's letters share are written once; the reader's own once a letter. A notice belongs to no list, and says that
//! no person wrote it (`Auto-Submitted`, RFC 3834 §5); an issue is written by people.

use super::encoded_word::{phrase, text};
use crate::domain::address::{Address, Mailbox};
use crate::domain::delivery::Parcel;
use crate::domain::edition::{Letterhead, Print};
use crate::domain::id::EditionId;
use chrono_tz::Tz;
use std::fmt::Write;

/// What every letter of an edition says of itself, with the kind and the border of its parts. `Reply-To` repeats the
/// sender where answers go nowhere else, for readers whose provider rewrites `From`.
pub(super) fn shared(print: &Print, edition: EditionId, [kind, boundary]: [&str; 2]) -> String {
    let Letterhead { slug, name, from, reply_to, language, .. } = &print.letterhead;
    let sender = mailbox(from);
    let answers = reply_to.as_ref().map_or_else(|| sender.clone(), Address::to_string);
    let domain = from.address.domain();
    [
        format!("From: {sender}"),
        format!("Reply-To: {answers}"),
        format!("Subject: {}", text(&print.subject)),
        // RFC 2919
        format!("List-Id: {}\r\n <{slug}.{domain}>", phrase(name)),
        "Precedence: list".to_owned(),
        // Gmail's postmaster tools group by these, from the finest to the sender.
        format!("Feedback-ID: {edition}:{slug}:issue:yizhan"),
        format!("Content-Language: {}", language.tag()),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\""),
    ]
    .map(|header| header + "\r\n")
    .concat()
}

/// What a notice says of itself.
pub(super) fn of_notice(print: &Print, boundary: &str) -> String {
    let Letterhead { from, language, .. } = &print.letterhead;
    [
        format!("From: {}", mailbox(from)),
        format!("Subject: {}", text(&print.subject)),
        "Auto-Submitted: auto-generated".to_owned(),
        format!("Content-Language: {}", language.tag()),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\""),
    ]
    .map(|header| header + "\r\n")
    .concat()
}

/// What only this reader's letter says. A page to leave is offered to machines only over https, as
/// RFC 8058 §3.1 wants; the mailto always.
pub(super) fn own(parcel: &Parcel, zone: Tz, out: &mut String) {
    let Parcel { to, dated, message_id, leave, .. } = parcel;
    let to = mailbox(to);
    let date = dated.rfc5322_in(zone);
    write!(out, "To: {to}\r\nDate: {date}\r\nMessage-ID: <{message_id}>\r\n").expect("a String takes all");
    let Some(leave) = leave else { return };
    match leave.page.as_deref().filter(|page| page.starts_with("https://")) {
        Some(page) => write!(
            out,
            "List-Unsubscribe: <{page}>,\r\n <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            leave.mailto
        ),
        None => write!(out, "List-Unsubscribe: <{}>\r\n", leave.mailto),
    }
    .expect("a String takes all");
}

/// `名 <address>`; the address on a line of its own when the name is long.
fn mailbox(mailbox: &Mailbox) -> String {
    let Mailbox { name, address } = mailbox;
    match name.as_deref().map(str::trim) {
        None | Some("") => address.to_string(),
        Some(name) => {
            let name = phrase(name);
            let fold = if name.len() + address.as_str().len() > 60 { "\r\n" } else { "" };
            format!("{name}{fold} <{address}>")
        }
    }
}
