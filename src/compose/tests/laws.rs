//! Laws: what is promised of every letter, checked on the HTML.

use super::fixture::{contents, parcel, print, publication};
use crate::compose::html_for;
use crate::domain::language::Language;

/// The letters under test: the fixture's, in each language.
fn letters() -> Vec<String> {
    let reader = parcel("li@example.cn", Some("https://bulletin.example.cn/leave/abc"));
    [Language::Chinese, Language::English].map(|language| html_for(&print(language), &reader)).to_vec()
}

#[test]
fn no_white_space_comes_between_han_characters_unless_the_author_put_it_there() {
    let mut issue = contents(Language::Chinese);
    for article in &mut issue.articles {
        article.title = article.title.replace(' ', "");
    }
    let print = crate::compose::print(&publication(Language::Chinese), &issue).expect("fit to print");
    let html = html_for(&print, &parcel("li@example.cn", None));
    let chars: Vec<char> = html.chars().collect();
    let is_han = |c: char| matches!(c, '\u{3001}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    for three in chars.windows(3) {
        assert!(
            !(is_han(three[0]) && three[1].is_whitespace() && three[1] != '\u{3000}' && is_han(three[2])),
            "{three:?}"
        );
    }
    assert!(!html.contains('\n'), "the letter is one line");
}

#[test]
fn every_link_into_the_letter_has_its_anchor_by_name_and_by_id() {
    for html in letters() {
        let targets = values(&html, "href=\"#");
        assert_eq!(targets.len(), 4, "two articles, each with a link there and one back");
        for target in targets {
            assert_eq!(values(&html, "id=\"").iter().filter(|id| **id == target).count(), 1, "id {target}");
            assert_eq!(values(&html, "<a name=\"").iter().filter(|name| **name == target).count(), 1, "name {target}");
        }
    }
}

#[test]
fn there_is_one_h1_and_no_level_is_skipped() {
    for html in letters() {
        let levels: Vec<u8> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html.as_bytes().get(at + 2).filter(|b| b.is_ascii_digit()).map(|b| b - b'0'))
            .collect();
        assert_eq!(levels, [1, 2, 3, 4, 2], "the issue's own levels are 2 and 4");
    }
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    for html in letters() {
        for asking in ["<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "@font-face", "background=\""]
        {
            assert!(!html.contains(asking), "{asking}");
        }
        for href in values(&html, "href=\"") {
            assert!(["#", "http://", "https://", "mailto:"].iter().any(|start| href.starts_with(start)), "{href}");
        }
    }
}

#[test]
fn there_is_one_preheader_of_at_most_forty_characters() {
    for (html, useful) in letters().iter().zip(["另有1篇：老茶馆 新生意", "And 1 more: Old teahouse &amp; new trade"])
    {
        assert!(useful.replace("&amp;", "&").chars().count() <= 40);
        assert_eq!(html.matches("mso-hide:all").count(), 1);
        assert_eq!(html.matches(&format!(">{useful}\u{34f}\u{a0}\u{200c}")).count(), 1, "{useful}");
        let body = html.find("<body").expect("a body");
        assert!(
            html.find(useful).expect("the preheader") < html.find("<h1").expect("a masthead")
                && html[..body].find(useful).is_none()
        );
    }
}

#[test]
fn no_control_character_is_in_a_letter() {
    for html in letters() {
        assert_eq!(html.chars().find(|c| c.is_control()), None);
    }
}

#[test]
fn white_is_set_once_and_there_is_one_style_sheet() {
    for html in letters() {
        assert_eq!(html.matches("background-color:#ffffff").count(), 1);
        let shown: String =
            html.split("<!--").map(|part| part.split_once("-->").map_or(part, |(_, after)| after)).collect();
        assert_eq!(shown.matches("<style").count(), 1);
    }
}

#[test]
fn what_could_be_markup_is_shown_as_words() {
    let mut issue = contents(Language::Chinese);
    issue.articles[0].title = "<script>x</script> & \"y\"".to_owned();
    let print = crate::compose::print(&publication(Language::Chinese), &issue).expect("fit to print");
    let html = html_for(&print, &parcel("\"a&b\"@example.cn", Some("https://b.example.cn/?a=\"&b")));
    assert!(!html.contains("<script"));
    assert!(html.contains("&lt;script&gt;x&lt;/script&gt;"));
    assert!(html.contains("href=\"https://b.example.cn/?a=&quot;&amp;b\""));
}

/// What stands between each `opening` and the quote that closes it.
fn values<'a>(html: &'a str, opening: &str) -> Vec<&'a str> {
    html.split(opening).skip(1).map(|rest| rest.split('"').next().expect("split gives at least one")).collect()
}

#[test]
fn a_run_in_head_leans_on_its_words_and_a_footnotes_mark_does_not() {
    use super::fixture::text;
    use crate::domain::issue::{BlockKind, Inline};
    let mut issue = contents(Language::Chinese);
    let head = Inline::RunIn("馆舍更近了。".to_owned());
    let paragraph = BlockKind::Paragraph { text: [vec![head], text(" 全县建成分馆")].concat() };
    let mark = Inline::Superscript("1".to_owned());
    let note = BlockKind::Note { text: [vec![mark], text("截至二月底。")].concat() };
    issue.articles[1].blocks = vec![super::fixture::block(91, paragraph), super::fixture::block(92, note)];
    let print = crate::compose::print(&publication(Language::Chinese), &issue).expect("fit to print");
    let plain = crate::compose::text_for(&print, &parcel("li@example.cn", None));
    assert!(plain.contains("馆舍更近了。全县建成分馆") && plain.contains("［注1］截至二月底。"), "{plain}");
}
