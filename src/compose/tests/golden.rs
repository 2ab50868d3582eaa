//! Golden: whole letters, compared with what they were when last looked at.

use super::fixture::{contents, correction, parcel, print, publication};
use crate::compose::{self, Stationery, html_for, text_for};
use crate::domain::edition::Print;
use crate::domain::id::EditionId;
use crate::domain::language::Language;
use crate::domain::publication::Profile;
use crate::domain::theme::{Font, TextSize, Theme, Width};

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
fn a_letter_in_another_theme_is_the_golden_one_and_says_the_same() {
    let [accent, masthead] = ["#0b57d0", "#004d40"].map(|colour| colour.parse().expect("a colour"));
    let theme = Theme { accent, masthead, font: Font::Serif, size: TextSize::Large, width: Width::Wide, indent: false };
    let plain = publication(Language::Chinese);
    let themed = Profile { theme, motto: Some("内部资料 注意保存".into()), ..plain.clone() };
    let parcel = parcel("李 涛 <li.tao@example.cn>", PAGE);
    let [plain, themed] =
        [plain, themed].map(|profile| compose::print(&profile, &contents(Language::Chinese)).expect("printable"));
    insta::assert_snapshot!("zh_theme_html", by_tags(&html_for(&themed, &parcel)));
    let (before, after) = (text_for(&plain, &parcel), text_for(&themed, &parcel));
    assert_eq!(after.replace("内部资料 注意保存\n", ""), before);
    assert_ne!(plain.digest(), themed.digest(), "who approved the one has not approved the other");
}

#[test]
fn the_law_of_colours_knows_the_papers_that_letters_are_printed_on() {
    use crate::domain::theme::{DARK, Theme, WHITE};
    use email_templates::style;
    assert_eq!([WHITE.to_string(), DARK.to_string()], [style::LIGHT.paper, style::DARK.paper]);
    let accent = Theme::default().accent;
    assert_eq!([accent.to_string(), accent.in_dark().to_string()], [style::LIGHT.accent, style::DARK.accent]);
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
