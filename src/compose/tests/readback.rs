//! Read back: letters as a mail parser that is not ours understands them, and what is refused.

use super::fixture::{contents, parcel, print, publication};
use crate::compose::{HTML_LIMIT, Stationery, Unfit, Unprintable, html_for, size_of_html, text_for};
use crate::domain::address::Mailbox;
use crate::domain::delivery::Parcel;
use crate::domain::edition::{Print, Slot, WITH_PAGE};
use crate::domain::id::EditionId;
use crate::domain::issue::{Contents, Dating};
use crate::domain::language::Language;
use mail_parser::{Message, MessageParser, PartType};
use proptest::prelude::*;

proptest! {
    #[test]
    fn every_reader_gets_exactly_the_pages_of_the_print(
        local in "[a-zA-Z0-9&'+_-]{1,64}",
        token in "[a-z0-9]{1,200}",
        name in proptest::option::of("[一-龥a-z \"]{1,30}"),
    ) {
        let print = print(Language::Chinese);
        let page = format!("https://bulletin.example.cn/leave/{token}?a=1&b='2'");
        let mut parcel = parcel("reader@example.cn", Some(&page));
        parcel.to = Mailbox { name, address: format!("{local}@example.cn").parse().expect("an address") };
        let bytes = letter(&print, &parcel);
        let read = MessageParser::new().parse(&bytes).expect("a message");

        prop_assert_eq!(read.subject(), Some(print.subject.as_str()));
        prop_assert_eq!(body(&read, "html"), html_for(&print, &parcel));
        prop_assert_eq!(body(&read, "plain"), text_for(&print, &parcel).replace('\n', "\r\n"));
        let to = read.to().and_then(|to| to.first()).expect("a reader");
        prop_assert_eq!(to.address(), Some(parcel.to.address.as_str()));
        let text = String::from_utf8(bytes).expect("ASCII");
        prop_assert!(text.ends_with("\r\n") && !text.contains("\r\n.") && !text.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(text.split("\r\n\r\n").skip(1).all(|part| part.lines().all(|line| line.len() <= 76)));
    }
}

#[test]
fn a_letter_says_who_writes_and_how_to_leave() {
    let print = print(Language::Chinese);
    let bytes = letter(&print, &parcel("李涛 <li@example.cn>", Some("https://bulletin.example.cn/leave/abc")));
    let read = MessageParser::new().parse(&bytes).expect("a message");

    let from = read.from().and_then(|from| from.first()).expect("a sender");
    assert_eq!(from.name(), Some("河湾科技简报编辑部"));
    assert_eq!(from.address(), Some("desk@bulletin.example.cn"));
    assert_eq!(read.message_id(), Some("aaaaaaaaaaaaeaaaaaaaaaaaaaaa@bulletin.example.cn"));
    assert_eq!(read.date().expect("a date").to_timestamp(), 1_772_416_800);
    for (header, value) in [
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "list"),
        ("Feedback-ID", "5:riverbend:issue:yizhan"),
    ] {
        assert_eq!(read.header_raw(header).map(str::trim), Some(value), "{header}");
    }
    assert!(read.header_raw("List-Id").expect("a List-Id").contains("<riverbend.bulletin.example.cn>"));
    assert_eq!(read.header_raw("Auto-Submitted"), None);
}

#[test]
fn one_click_is_offered_over_https_only() {
    let print = print(Language::Chinese);
    for (page, unsubscribe, one_click) in [
        (Some("https://b.example.cn/leave/abc"), "<https://b.example.cn/leave/abc>,", true),
        (Some("http://b.example.cn/leave/abc"), "<mailto:", false),
        (None, "<mailto:", false),
    ] {
        let bytes = letter(&print, &parcel("li@example.cn", page));
        let read = MessageParser::new().parse(&bytes).expect("a message");
        let header = read.header_raw("List-Unsubscribe").expect("a way to leave");
        assert!(header.trim().starts_with(unsubscribe) && header.contains("<mailto:"), "{page:?}: {header}");
        assert_eq!(read.header_raw("List-Unsubscribe-Post").is_some(), one_click, "{page:?}");
    }
}

#[test]
fn the_same_parcel_always_gives_the_same_bytes() {
    let (print, parcel) = (print(Language::Chinese), parcel("li@example.cn", None));
    assert_eq!(letter(&print, &parcel), letter(&print, &parcel));
}

#[test]
fn a_piece_that_could_break_out_of_its_line_stops_the_letter() {
    let print = print(Language::Chinese);
    let stationery = Stationery::new(&print, EditionId(5), &print.digest()).expect("fit to send");
    let fit = parcel("li@example.cn", None);
    let mut evil = Mailbox { name: Some("a\r\nBcc: x@example.cn".to_owned()), ..fit.to.clone() };
    let mut out = b"before".to_vec();
    assert_eq!(stationery.letter(&Parcel { to: evil.clone(), ..fit.clone() }, &mut out), Err(Unfit::Piece("name")));
    evil.name = None;
    let message_id = "a@b>\r\nBcc: <x@example.cn".to_owned();
    assert_eq!(stationery.letter(&Parcel { message_id, ..fit }, &mut out), Err(Unfit::Piece("message id")));
    assert_eq!(out, b"before");
}

#[test]
fn what_cannot_be_printed_is_named() {
    let profile = publication(Language::Chinese);
    let issue = contents(Language::Chinese);
    let printed = |issue: &Contents| crate::compose::print(&profile, issue).map(|_| ());

    assert_eq!(printed(&Contents { articles: Vec::new(), ..issue.clone() }), Err(Unprintable::Empty));
    let undated = Contents { published_on: Dating::DispatchDay, ..issue.clone() };
    assert_eq!(printed(&undated), Err(Unprintable::DayUnknown));
    for unfit in ['\u{85}', '\u{7}', '\u{e000}'] {
        let mut bad = issue.clone();
        bad.articles[0].title.insert('河'.len_utf8(), unfit);
        assert_eq!(printed(&bad), Err(Unprintable::Character(unfit)));
    }
    for mark in [Slot::Leave.mark(), WITH_PAGE[0], WITH_PAGE[1]] {
        let mut forged = issue.clone();
        forged.articles[0].title.push_str(mark);
        assert_eq!(printed(&forged), Err(Unprintable::Character('\u{e000}')));
    }

    let mut heavy = issue;
    heavy.articles[1].title = "重".repeat(HTML_LIMIT / 6);
    assert!(matches!(printed(&heavy), Err(Unprintable::TooLarge(size)) if size > HTML_LIMIT));
    heavy.any_size = true;
    assert_eq!(printed(&heavy), Ok(()), "an editor chose so");
}

#[test]
fn an_undated_issue_shows_no_date() {
    let undated = Contents { published_on: Dating::Undated, ..contents(Language::Chinese) };
    let print = crate::compose::print(&publication(Language::Chinese), &undated).expect("fit to print");
    let reader = parcel("li@example.cn", None);
    for page in [html_for(&print, &reader), text_for(&print, &reader)] {
        assert!(!page.contains("2026年3月2日"));
    }
}

#[test]
fn the_meter_counts_the_bytes_of_the_html() {
    let print = print(Language::English);
    let reader = parcel("a@b.cn", Some("https://b.cn/leave/abc"));
    let slots = ["a@b.cn", "https://b.cn/leave/abc", "https://b.cn/read/abc"].concat().len();
    assert_eq!(size_of_html(&print), html_for(&print, &reader).len() - slots);
}

#[test]
fn a_subject_names_the_publication_first_and_is_about_thirty_han_long() {
    assert_eq!(print(Language::Chinese).subject, "《河湾科技简报》2026年第3期｜河湾县：办好“家门口”…");
    assert_eq!(print(Language::English).subject, "Riverbend Bulletin 2026 No. 3 | A library at every door of…");
}

fn letter(print: &Print, parcel: &Parcel) -> Vec<u8> {
    let stationery = Stationery::new(print, EditionId(5), &print.digest()).expect("fit to send");
    let mut out = Vec::new();
    stationery.letter(parcel, &mut out).expect("fit pieces");
    out
}

fn body(message: &Message, subtype: &str) -> String {
    let part = message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(text) if subtype == "html" => Some(text.to_string()),
        PartType::Text(text) if subtype == "plain" => Some(text.to_string()),
        _ => None,
    });
    part.expect("a part of this kind")
}
