//! Golden notices: each kind in both languages, as it was when last looked at. With YIZHAN_NOTICES their HTML is
//! written to that folder, to be looked at.

use super::fixture::parcel;
use crate::compose::notice::{Letter, print};
use crate::compose::{Stationery, html_for, text_for};
use crate::domain::delivery::Parcel;
use crate::domain::dispatch::Tally;
use crate::domain::id::{DispatchId, IssueId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{Notice, Number, Pause};
use crate::domain::schedule::Lacking;

fn all(language: Language) -> Vec<Notice> {
    let zone = chrono_tz::Asia::Shanghai;
    let (publication, label, why) = match language {
        Language::Chinese => ("河湾简报", "2026年第3期", "第二篇的日期应为3月2日。\n标题请再短一些。"),
        Language::English => {
            ("Riverbend Notes", "2026 No. 3", "The second date should be 2 March.\nA shorter title, please.")
        }
    };
    let of = || Number { publication: publication.into(), label: Some(label.into()), zone };
    let tally = Tally { accepted: 11_981, failed: 12, expired: 3, skipped: 2, uncertain: 2, ..Tally::default() };
    let reasons = vec![("recipient".into(), 9), ("policy".into(), 6), ("left".into(), 2), ("unclear".into(), 2)];
    let pauses = [
        Pause::Unknown { failed: 9, tried: 120 },
        Pause::Refused { in_a_row: 20, answer: "554 DT:SPM".into() },
        Pause::Sender { answer: "550 not authorised".into() },
        Pause::Unfit { why: "line 3".into() },
    ];
    let reminder = |lacking, issue| Notice::Reminder {
        publication: publication.into(),
        slug: "riverbend".parse().expect("a short name"),
        at: Moment(1_772_416_800_000),
        zone,
        lacking,
        issue,
    };
    let mut all = vec![
        Notice::Reset,
        Notice::Review { of: of(), issue: IssueId(3), by: Some("林编辑".into()) },
        Notice::SentBack { of: of(), issue: IssueId(3), by: "周主任".into(), why: why.into() },
        Notice::Over { of: of(), dispatch: DispatchId(7), tally, reasons },
        Notice::Over {
            of: of(),
            dispatch: DispatchId(7),
            tally: Tally { accepted: 3, ..Tally::default() },
            reasons: vec![],
        },
        reminder(Lacking::Issue, None),
        reminder(Lacking::Approval, Some(IssueId(3))),
    ];
    all.extend(pauses.map(|pause| Notice::Paused { of: of(), dispatch: DispatchId(7), pause }));
    all
}

#[test]
fn notices_are_the_golden_ones() {
    let from = "驿站 <desk@bulletin.example.cn>".parse().expect("a mailbox");
    let reader = Parcel { edition: None, leave: None, read: None, ..parcel("李 涛 <li.tao@example.cn>", None) };
    for language in [Language::Chinese, Language::English] {
        let mut seen = String::new();
        for (nth, notice) in all(language).iter().enumerate() {
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
