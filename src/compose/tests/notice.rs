//! Golden notices: each kind in both languages, as it was when last looked at. With YIZHAN_NOTICES their HTML is
//! written to that folder, to be looked at.

use super::fixture::parcel;
use crate::compose::notice::{Letter, print, samples};
use crate::compose::{Stationery, html_for, text_for};
use crate::domain::delivery::Parcel;
use crate::domain::id::IssueId;
use crate::domain::language::Language;
use crate::domain::notice::{Notice, Number};

#[test]
fn notices_are_the_golden_ones() {
    let from = "驿站 <desk@bulletin.example.cn>".parse().expect("a mailbox");
    let reader = Parcel { edition: None, leave: None, read: None, ..parcel("李 涛 <li.tao@example.cn>", None) };
    for language in [Language::Chinese, Language::English] {
        let mut seen = String::new();
        for (nth, notice) in samples(language).iter().enumerate() {
            let page = notice.page().unwrap_or_else(|| "/sign-in/reset/abc".into());
            let letter = Letter {
                notice,
                language,
                from: &from,
                to: &reader.to,
                link: &format!("https://desk.example.cn{page}"),
                account: "https://desk.example.cn/account",
            };
            let print = print(&letter);
            let html = html_for(&print, &reader);
            if let Ok(folder) = std::env::var("YIZHAN_NOTICES") {
                let name = format!("{folder}/{}-{nth}-{}.html", language.tag(), notice.kind());
                std::fs::write(name, &html).expect("a folder");
            }
            seen += &format!("=== {}\n{}\n\n{}\n", notice.kind(), print.subject, text_for(&print, &reader));
            if nth == 3 {
                let mut bytes = Vec::new();
                let stationery = Stationery::of_notice(&print).expect("fit to send");
                stationery.letter(&reader, &mut bytes).expect("fit pieces");
                let whole = String::from_utf8(bytes).expect("ASCII").replace("\r\n", "\n");
                insta::assert_snapshot!(format!("{}_notice_letter", language.tag()), whole);
                insta::assert_snapshot!(format!("{}_notice_html", language.tag()), html.replace("><", ">\n<"));
            }
        }
        insta::assert_snapshot!(format!("{}_notices", language.tag()), seen);
    }
}

#[test]
fn a_notice_is_made_the_same_each_time_and_nothing_in_it_breaks_a_header() {
    let from = "desk@x.example".parse().expect("a mailbox");
    let to = "a@x.example".parse().expect("a mailbox");
    let of = Number { publication: "A\nBcc: b@x.example".into(), label: None, zone: chrono_tz::UTC };
    let notice = Notice::Review { of, issue: IssueId(1), by: None };
    let letter = Letter { notice: &notice, language: Language::English, from: &from, to: &to, link: "l", account: "a" };
    let printed = print(&letter);
    assert_eq!(printed, print(&letter));
    assert!(!printed.subject.contains('\n'));
    assert!(Stationery::of_notice(&printed).is_ok());
}

#[test]
fn a_tab_in_a_comment_or_a_name_keeps_no_notice_back() {
    let from = "驿站 <desk@bulletin.example.cn>".parse().expect("a mailbox");
    let reader = Parcel { edition: None, leave: None, read: None, ..parcel("李 涛 <li.tao@example.cn>", None) };
    let of =
        Number { publication: "河湾简报".into(), label: Some("第\t3期".into()), zone: chrono_tz::Asia::Shanghai };
    let why = "第一行\t有制表符\r\n第二行\u{7}\u{e000}".to_owned();
    let notice = Notice::SentBack { of, issue: IssueId(3), by: "周\t主任".into(), why };
    let (link, account) = ("https://desk.example.cn/issues/3", "https://desk.example.cn/account");
    for language in [Language::Chinese, Language::English] {
        let print = print(&Letter { notice: &notice, language, from: &from, to: &reader.to, link, account });
        let text = text_for(&print, &reader);
        assert!(text.contains("第一行 有制表符\n") && text.contains("第二行") && text.contains("周 主任"), "{text}");
        assert!(!print.subject.contains('\t'), "{}", print.subject);
        let mut letter = Vec::new();
        Stationery::of_notice(&print).expect("fit to send").letter(&reader, &mut letter).expect("fit to send");
    }
}
