//! Conservation: the proof that an import lost and invented nothing (rule 12). It counts the
//! document as decoded and the issue as read, and compares them as sequences; it knows nothing of
//! how the reading was done, so a mistake there shows here as `lost` ≠ 0 and stops the import.

use super::clean::{PLACEHOLDER, character};
use super::markdown_source::Said;
use crate::domain::document::Conservation;
use crate::domain::issue::{BlockKind, Contents};
use std::collections::HashMap;

/// What the reader says it did with the document's text, apart from the text itself.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The text meant for the articles' bodies, in order.
    pub(super) body: String,
    /// The text meant for the articles' titles, in order.
    pub(super) titles: String,
    /// The text meant for the colophon, in order.
    pub(super) colophon: String,
    /// Everything else that was read: masthead, contents list, credits, furniture.
    pub(super) aside: String,
}

/// Balances a document against what was made of it.
pub(super) fn balance(decoded: &str, ledger: &Ledger, contents: &Contents) -> Conservation {
    let source = decoded.chars().filter(|&c| counts(c)).count();
    let cleaned = decoded.chars().filter(|&c| counts(c) && character(c).is_none_or(|c| c == PLACEHOLDER)).count();
    let body = arrived(&ledger.body, &body_of(contents));
    let titles = arrived(&ledger.titles, &titles_of(contents));
    let colophon = arrived(&one_colon(&ledger.colophon), &one_colon(&colophon_of(contents)));
    let heads = weight(&headings_of(contents)).min(body);
    let body = body - heads;
    let other = cleaned + heads + titles + colophon + weight(&ledger.aside);
    Conservation { source, body, other, lost: signed(source) - signed(body) - signed(other) }
}

/// Balances a Markdown document, whose marks are neither body nor lost. What it says was found
/// apart from the reading (`said`); `aside` is what the reader put outside the articles.
pub(super) fn balance_markup(decoded: &str, said: &Said, aside: &str, contents: &Contents) -> Conservation {
    let (body, heads) = (body_of(contents), headings_of(contents));
    let mut open: HashMap<char, i64> = HashMap::new();
    let mut add = |text: &str, by: i64| {
        for c in text.chars().filter(|c| is_word(*c)) {
            *open.entry(c).or_default() += by;
        }
    };
    add(&said.words, 1);
    for read in [body.as_str(), &titles_of(contents), &colophon_of(contents), aside] {
        add(read, -1);
    }
    for number in said.numbers.chars().filter(|c| c.is_ascii_digit()) {
        if let Some(beyond) = open.get_mut(&number).filter(|beyond| **beyond < 0) {
            *beyond += 1;
        }
    }
    let missing: i64 = open.values().filter(|left| **left > 0).sum();
    let invented: i64 = open.values().filter(|left| **left < 0).sum();
    let lost = if missing > 0 { missing } else { invented };
    let source = decoded.chars().filter(|&c| counts(c)).count();
    let body = weight(&body).saturating_sub(weight(&heads));
    let other = usize::try_from(signed(source) - signed(body) - lost).unwrap_or_default();
    Conservation { source, body, other, lost }
}

/// Whether a character of Markdown is surely a word: ASCII punctuation may be a mark, and a colon
/// behind a label is written anew.
fn is_word(c: char) -> bool {
    counts(c) && c != '：' && (!c.is_ascii() || c.is_alphanumeric())
}

/// Whether a character is in the balance: white space is not, and the placeholder is ours.
pub(super) fn counts(c: char) -> bool {
    !c.is_whitespace() && c != PLACEHOLDER
}

/// The characters of a text that are in the balance.
pub(super) fn weight(text: &str) -> usize {
    text.chars().filter(|&c| counts(c)).count()
}

/// How many characters of `expected` stand in `actual` in their place: those before the first and
/// behind the last difference. If all do, what `actual` has beyond them is counted as well.
fn arrived(expected: &str, actual: &str) -> usize {
    let weigh = |text: &str| -> Vec<char> { text.chars().filter(|&c| counts(c)).collect() };
    let (expected, actual) = (weigh(expected), weigh(actual));
    let before = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
    let (expected_rest, actual_rest) = (&expected[before..], &actual[before..]);
    let behind = expected_rest.iter().rev().zip(actual_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    if before + behind == expected.len() { actual.len() } else { before + behind }
}

/// The words of all bodies.
pub(super) fn body_of(contents: &Contents) -> String {
    contents.articles.iter().flat_map(|article| &article.blocks).map(|block| block.plain()).collect()
}

/// The words of all subheads, which count with the titles.
fn headings_of(contents: &Contents) -> String {
    let blocks = contents.articles.iter().flat_map(|article| &article.blocks);
    blocks.filter(|block| matches!(block.kind, BlockKind::Heading { .. })).map(|block| block.plain()).collect()
}

fn titles_of(contents: &Contents) -> String {
    contents.articles.iter().map(|article| article.title.as_str()).collect()
}

fn colophon_of(contents: &Contents) -> String {
    let lines = contents.colophon.lines.iter();
    lines.map(|l| if l.label.is_empty() { l.value.clone() } else { format!("{}：{}", l.label, l.value) }).collect()
}

/// A colophon's labels are written anew, with a Chinese colon.
fn one_colon(text: &str) -> String {
    text.replace(':', "：")
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issue::{Article, Block, BlockId, BlockKind, Inline};

    fn issue(paragraphs: &[&str]) -> Contents {
        let block = |text: &&str| Block {
            id: BlockId(1),
            kind: BlockKind::Paragraph { text: vec![Inline::Text((*text).to_owned())] },
            lines: (1, 1),
        };
        let blocks = paragraphs.iter().map(block).collect();
        Contents {
            articles: vec![Article { title: "题目".into(), blocks, ..Article::default() }],
            ..Contents::default()
        }
    }

    /// Every way in which a reader could be wrong, and the loss that shows it.
    #[test]
    fn a_reader_that_loses_changes_or_invents_text_is_found_out() {
        let source = "简报 题目 甲乙。 丙丁。 戊己。";
        let ledger = Ledger {
            body: "甲乙。 丙丁。 戊己。".into(),
            titles: "题目".into(),
            aside: "简报".into(),
            ..Ledger::default()
        };
        for (paragraphs, lost) in [
            (&["甲乙。", "丙丁。", "戊己。"][..], 0),
            (&["甲乙。丙丁。戊己。"], 0),                  // joined: no character is missing
            (&["甲乙。", "戊己。"], 3),                    // a paragraph lost in the middle
            (&["甲乙。", "丙丁。"], 3),                    // at the end
            (&["丙丁。", "甲乙。", "戊己。"], 5),          // out of order
            (&["甲乙。", "丙丁。", "戊己。", "庚。"], -2), // invented
            (&["甲乙。", "丙〇。", "戊己。"], 1),          // a character changed
            (&[], 9),
        ] {
            let balance = balance(source, &ledger, &issue(paragraphs));
            assert_eq!(balance.lost, lost, "{paragraphs:?}");
            assert_eq!(balance.source, 13);
        }
    }

    #[test]
    fn a_markdown_reader_that_loses_or_invents_words_is_found_out() {
        let said = super::super::markdown_source::said("# 题目\n\n1. 甲[乙](https://a.cn)。\n\n**丙**丁。");
        let decoded = "题目 1.甲[乙](https://a.cn)。 **丙**丁。";
        for (paragraphs, lost) in [
            (&["甲乙。", "丙丁。"][..], 0),
            (&["1甲乙。", "丙丁。"], 0), // the number may be a mark or a word
            (&["甲乙。"], 3),
            (&["甲乙。", "丙丁。", "戊。"], -2),
        ] {
            assert_eq!(balance_markup(decoded, &said, "", &issue(paragraphs)).lost, lost, "{paragraphs:?}");
        }
    }

    #[test]
    fn what_only_machines_see_is_other_and_what_no_one_claims_is_lost() {
        let ledger = Ledger { body: "甲〓。".into(), titles: "题目".into(), ..Ledger::default() };
        let balance = balance("题目\u{200b} 甲\u{e000}。遗", &ledger, &issue(&["甲〓。"]));
        assert_eq!((balance.source, balance.body, balance.other, balance.lost), (7, 2, 4, 1));
    }
}
