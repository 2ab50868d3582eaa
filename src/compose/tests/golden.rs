//! Golden: whole letters, compared with what they were when last looked at.

use super::fixture::{correction, parcel, print};
use crate::compose::{Stationery, html_for, text_for};
use crate::domain::edition::Print;
use crate::domain::id::EditionId;
use crate::domain::language::Language;

const PAGE: Option<&str> = Some("https://bulletin.example.cn/leave/abc");

#[test]
fn a_chinese_letter_is_the_golden_one() {
    let parcel = parcel("李 涛 <li.tao@example.cn>", PAGE);
    let print = print(Language::Chinese);
    insta::assert_snapshot!("zh_html", by_tags(&html_for(&print, &parcel)));
    insta::assert_snapshot!("zh_text", text_for(&print, &parcel));
    insta::assert_snapshot!("zh_letter", letter(&print, &parcel));
}

#[test]
fn an_english_letter_is_the_golden_one() {
    let parcel = parcel("Li Tao <li.tao@example.cn>", None);
    let print = print(Language::English);
    insta::assert_snapshot!("en_html", by_tags(&html_for(&print, &parcel)));
    insta::assert_snapshot!("en_text", text_for(&print, &parcel));
    insta::assert_snapshot!("en_letter", letter(&print, &parcel));
}

#[test]
fn a_correction_is_the_golden_one_and_differs_from_its_issue_by_the_mark_alone() {
    for (language, reason) in
        [(Language::Chinese, "第一篇的日期应为3月2日"), (Language::English, "the date of the first article is 2 March")]
    {
        let (plain, corrected) = (print(language), correction(language, reason));
        let parcel = parcel("Li Tao <li.tao@example.cn>", PAGE);
        let (before, after) = (text_for(&plain, &parcel), text_for(&corrected, &parcel));
        let added: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
        let html = by_tags(&html_for(&corrected, &parcel));
        let known = by_tags(&html_for(&plain, &parcel));
        let drawn: Vec<&str> = html.lines().filter(|line| !known.contains(line)).collect();
        insta::assert_snapshot!(
            format!("{}_correction", language.tag()),
            format!("{}\n\n{}\n\n{}\n", corrected.subject, added.join("\n"), drawn.join("\n"))
        );
        assert!(known.lines().all(|line| html.contains(line)), "nothing else is lost");
    }
}

fn letter(print: &Print, parcel: &crate::domain::delivery::Parcel) -> String {
    let stationery = Stationery::new(print, EditionId(5), &print.digest()).expect("fit to send");
    let mut out = Vec::new();
    stationery.letter(parcel, &mut out).expect("fit pieces");
    String::from_utf8(out).expect("ASCII").replace("\r\n", "\n")
}

/// The HTML is one line; a golden file is read tag by tag.
fn by_tags(html: &str) -> String {
    html.replace("><", ">\n<")
}
