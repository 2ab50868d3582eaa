//! The letter as drawn: every block there, in order, escaped, and dressed without its style sheet.

use crate::issue::issue;
use crate::sample;
use crate::view::{Block, Cell, Inline, Table};
use crate::words::Language;

#[test]
fn every_kind_of_block_is_drawn_in_each_language() {
    for language in [Language::Chinese, Language::English] {
        let html = issue(&sample::issue(language)).into_string();
        for element in ["<h3", "<h4", "<strong", "<em", "<sub", "<sup", "<br>", "<ol", "<ul", "<th ", "<blockquote"] {
            assert!(html.contains(element), "{element} in {}", language.tag());
        }
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
        assert!(html.contains("&lt;24 &amp; &quot;25&quot;&gt;"));
    }
}

#[test]
fn with_classes_and_style_sheet_gone_the_words_stay_in_order() {
    let letter = sample::issue(Language::Chinese);
    let html = issue(&letter).into_string();
    let body = &html[html.find("<h1").expect("a masthead")..];
    let mut at = 0;
    let articles = letter.articles.iter().flat_map(|article| article.title.split(' '));
    let imprint = letter.imprint.iter().map(|line| line.value.as_str());
    for words in [letter.masthead.as_str()].into_iter().chain(articles).chain(imprint).chain([letter.address.as_str()])
    {
        at += body[at..].find(words).unwrap_or_else(|| panic!("{words} is missing or out of order"));
    }
}

#[test]
fn only_the_dark_palette_needs_the_style_sheet() {
    let html = issue(&sample::issue(Language::Chinese)).into_string();
    let opening_tags = html.split('<').filter(|tag| tag.contains(" class=\""));
    for tag in opening_tags {
        assert!(tag.contains(" style=\""), "{tag} would change without its class");
    }
}

#[test]
fn a_correction_says_so_and_why_between_the_masthead_and_the_contents() {
    for language in [Language::Chinese, Language::English] {
        let (letter, words) = (sample::correction(language), language.words());
        let html = issue(&letter).into_string();
        let reason = letter.correction.as_deref().expect("a sample of a correction has a reason");
        let places = ["<h1", words.correction, reason, words.contents].map(|piece| html.find(piece));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}: {places:?}", language.tag());
        assert!(!issue(&sample::issue(language)).into_string().contains(words.correction));
    }
}

/// The letter with these blocks in its first article.
fn with(blocks: Vec<Block>) -> String {
    let mut letter = sample::issue(Language::Chinese);
    letter.articles[0].blocks = blocks;
    issue(&letter).into_string()
}

fn text(words: &str) -> Vec<Inline> {
    vec![Inline::Text(words.into())]
}

#[test]
fn a_merged_cell_is_drawn_once_and_the_head_reaches_as_far_as_it_does() {
    let cell =
        |(column, columns, rows, words): (usize, usize, usize, &str)| Cell { column, columns, rows, text: text(words) };
    let rows = [
        vec![(0, 1, 2, "县"), (1, 2, 1, "上半年")],
        vec![(1, 1, 1, "个"), (2, 1, 1, "元")],
        vec![(0, 1, 1, "东"), (1, 1, 1, "12"), (2, 1, 1, "3.5")],
    ];
    let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
    let table = Table { width: 3, head: 2, rows, notes: vec![text("注：半年")] };
    let html = with(vec![Block::Table(table.clone())]);
    let (head, body) = html.split_once("</thead>").expect("a head");
    let (body, behind) = body.split_once("</table>").expect("its end");
    let head = &head[head.find("<thead>").expect("a head")..];
    assert_eq!((head.matches("<th ").count(), head.matches("scope=\"colgroup\" colspan=\"2\"").count()), (4, 1));
    assert_eq!((head.matches("rowspan=\"2\"").count(), head.matches("ink-rule").count()), (1, 3));
    assert_eq!(body.matches("text-align:right").count(), 2, "columns of figures, for no head is among them");
    assert!(behind.contains("注：半年"));
    let cut = with(vec![Block::Table(Table { head: 1, ..table })]);
    assert!(!cut.contains("<thead>") && cut.contains("rowspan=\"2\""), "a head that is cut off would cut its cells");
}

#[test]
fn a_raised_figure_stays_with_what_it_is_raised_from() {
    let html = with(vec![Block::Paragraph(vec![
        Inline::Text("首次超过六成".into()),
        Inline::Superscript("1".into()),
        Inline::Text("，面积41万m".into()),
        Inline::Superscript("2".into()),
    ])]);
    for (before, kept) in [("首次超过六", "成<sup"), ("面积41万", "m<sup")] {
        assert!(html.contains(&format!("{before}<span style=\"white-space:nowrap\">{kept}")), "{kept}");
    }
    assert_eq!(html.matches("<sup").count(), 2);
}

#[test]
fn an_article_alone_has_no_list_and_no_way_back_to_it() {
    let mut letter = sample::issue(Language::Chinese);
    let html = issue(&letter).into_string();
    assert!(html.contains("#contents") && html.contains(">2</span> / 2"));
    letter.articles.truncate(1);
    let html = issue(&letter).into_string();
    assert!(!html.contains("contents") && !html.contains(" / 1"));
}
