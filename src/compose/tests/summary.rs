//! Summaries: what a letter holds of a long issue, and what its page has.

use super::fixture::{block, contents, parcel, publication, text};
use crate::compose::{self, LETTER_LIMIT, Unprintable, for_readers, html_as_page, html_for, text_for, weight};
use crate::domain::edition::Print;
use crate::domain::extent::Extent;
use crate::domain::issue::{Article, BlockKind, Contents};
use crate::domain::language::Language;
use crate::domain::picture::{Picture, tests::png_of};

const PAGE: Option<&str> = Some("https://bulletin.example.cn/leave/abc");

/// The fixture's issue with a long article more and a picture, as summaries.
fn long() -> Contents {
    let mut issue = contents(Language::Chinese);
    let body = (70..).zip(["全县建成分馆24家，藏书超30万册。", "夜间开放到九点。", "读者都说好。"]);
    let mut blocks: Vec<_> =
        body.map(|(id, words)| block(id, BlockKind::Paragraph { text: text(&words.repeat(9)) })).collect();
    let picture = Some(Picture::of(&png_of(640, 480, &[7; 4000])).expect("a picture"));
    blocks.push(block(80, BlockKind::Image { alt: "门口".into(), picture }));
    issue.articles.push(Article { title: "夜读".into(), blocks, ..Article::default() });
    Contents { extent: Some(Extent::Summary), ..issue }
}

fn printed(issue: &Contents) -> Print {
    compose::print(&publication(Language::Chinese), issue).expect("fit to print")
}

#[test]
fn a_letter_of_summaries_leads_to_each_article_on_the_page_of_the_whole() {
    let print = printed(&long());
    let reader = parcel("li@example.cn", PAGE);
    let (html, text) = (html_for(&print, &reader), text_for(&print, &reader));
    // The second article is so short that it stands whole.
    for number in [1, 3] {
        let page = format!("https://bulletin.example.cn/read/abc#article-{number}");
        assert!(html.contains(&format!("href=\"{page}\"")), "{html}");
        assert!(text.contains(&format!("阅读全文：{page}")), "{text}");
    }
    assert_eq!((html.matches("阅读全文").count(), text.matches("阅读全文").count()), (2, 2));
    assert!(html.contains("老街上的茶馆换了新主人。") && !html.contains("夜间开放到九点。读者都说好。"));
    assert!(html.contains("藏书超30万册。") && !html.contains("读者都说好。") && !html.contains("<table style"));
    assert!(print.pictures.is_empty() && !html.contains("cid:"), "what is not shown is not carried");
}

#[test]
fn the_page_shows_the_whole_issue_and_does_not_lead_to_itself() {
    let print = printed(&long());
    let full = printed(&Contents { extent: None, ..long() });
    assert_eq!(print.whole(), &full);
    let page = html_as_page(print.whole(), &"li@example.cn".parse().expect("an address"), "../leave");
    assert!(page.contains("id=\"article-3\"") && page.contains("读者都说好。") && page.contains("cid:"));
    assert!(!page.contains("阅读全文") && !page.contains("在浏览器中阅读"));
}

#[test]
fn who_has_no_page_is_mailed_the_whole() {
    let print = printed(&long());
    let whole = print.whole().clone();
    assert_eq!(for_readers(print.clone(), true), Ok(print.clone()));
    assert_eq!(for_readers(print.clone(), false), Ok(whole.clone()));
    assert_eq!(for_readers(whole.clone(), false), Ok(whole));
    // Too heavy for a letter: nobody is mailed beginnings without a way to the rest.
    let mut heavy = print;
    let picture = heavy.whole().pictures[0];
    let large = Picture { size: u32::try_from(LETTER_LIMIT).expect("a size"), ..picture };
    heavy.whole.as_mut().expect("a whole").pictures = vec![large];
    assert!(weight(heavy.whole()) > LETTER_LIMIT);
    assert_eq!(for_readers(heavy.clone(), false), Err(Unprintable::PageGone(weight(heavy.whole()))));
    assert_eq!(for_readers(heavy.clone(), true), Ok(heavy));
}

#[test]
fn an_issue_of_short_articles_goes_whole() {
    let mut issue = contents(Language::Chinese);
    issue.articles.remove(0);
    let summary = printed(&Contents { extent: Some(Extent::Summary), ..issue.clone() });
    assert_eq!(summary, printed(&issue));
}

#[test]
fn what_is_approved_covers_the_page_and_old_editions_keep_their_digest() {
    let (print, mut other) = (printed(&long()), long());
    let last = other.articles[2].blocks.len() - 2;
    other.articles[2].blocks[last].kind = BlockKind::Paragraph { text: text("别的话。") };
    let other = printed(&other);
    assert_eq!(print.html, other.html, "the letters are the same");
    assert_ne!(print.digest(), other.digest(), "and the pages are not");
    let json = serde_json::to_string(&printed(&contents(Language::Chinese))).expect("plain data");
    assert!(!json.contains("\"whole\""));
    let kept: Print = serde_json::from_str(&serde_json::to_string(&print).expect("plain data")).expect("a print");
    assert_eq!(kept, print);
}

#[test]
fn a_summary_makes_a_letter_of_what_was_too_large_and_no_slot_can_be_forged() {
    let mut issue = long();
    let paragraph = |id| block(id, BlockKind::Paragraph { text: text(&"重".repeat(2_000)) });
    issue.articles[2].blocks.extend((100..120).map(paragraph));
    let whole = Contents { extent: Some(Extent::Full), ..issue.clone() };
    let refused = compose::print(&publication(Language::Chinese), &whole);
    assert!(matches!(refused, Err(Unprintable::TooLarge(_))));
    assert!(compose::size_of_html(&printed(&issue)) < 30 * 1024);
    issue.articles[0].title.push_str(crate::domain::edition::Slot::Read.mark());
    let forged = compose::print(&publication(Language::Chinese), &issue);
    assert_eq!(forged, Err(Unprintable::Character('\u{e000}')));
}

#[test]
fn a_publication_says_what_its_letters_hold_and_an_issue_may_say_otherwise() {
    let profile = |extent| crate::domain::publication::Profile { extent, ..publication(Language::Chinese) };
    for (of_publication, of_issue, is_summary) in [
        (Extent::Full, None, false),
        (Extent::Summary, None, true),
        (Extent::Summary, Some(Extent::Full), false),
        (Extent::Full, Some(Extent::Summary), true),
    ] {
        let issue = Contents { extent: of_issue, ..long() };
        let print = compose::print(&profile(of_publication), &issue).expect("fit to print");
        assert_eq!(print.whole.is_some(), is_summary, "{of_publication:?} {of_issue:?}");
    }
}
