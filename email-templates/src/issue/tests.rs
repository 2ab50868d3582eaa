//! The letter as drawn: every block there, in order, escaped, and dressed without its style sheet.

use crate::issue::issue;
use crate::sample;
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
