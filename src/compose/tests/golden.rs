use super::fixture::{parcel, print};
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
