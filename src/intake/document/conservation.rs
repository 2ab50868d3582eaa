//! Conservation: the proof that an import lost and invented nothing (rule 12). It counts the
//! document as decoded and the issue as read, and compares them as sequences; it knows nothing of
//! how the reading was done, so a mistake there shows here as `lost` ≠ 0 and stops the import.

use super::clean::{HYPHEN, PLACEHOLDER, character};
use super::markdown_source;
use super::source::{Line, Source};
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

/// What a document says, found apart from its reading.
#[derive(Debug)]
pub(super) enum Said {
    /// Words alone: each character counts.
    Words(String),
    /// A text in which marks stand among the words, and are neither body nor lost.
    Marked {
        /// As decoded.
        text: String,
        /// Its words.
        words: markdown_source::Said,
    },
    /// What a page shows.
    Shown(Shown),
}

/// What a page shows, and what it holds beside that.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// How many characters it has, with those that it does not show.
    pub(super) all: usize,
    /// What it shows, in order, each character with whether it must be a word: it may be a mark.
    pub(super) characters: Vec<(char, bool)>,
}

/// Says whether a character is in a balance.
type Counts = fn(char) -> bool;

/// The lines and what they said, once they are given away: what is compared with the issue.
#[derive(Debug)]
pub(super) struct Account {
    said: Said,
    /// The words of all lines, as the document holds them.
    written: String,
    /// The words of all lines, with the numbers that are counted.
    shown: String,
}

impl Account {
    /// The account of a document that was read.
    pub(super) fn of(source: Source) -> (Self, Vec<Line>) {
        let Source { mut lines, said } = source;
        let mut in_order: Vec<&Line> = lines.iter().collect();
        if matches!(said, Said::Shown(_)) {
            in_order.sort_by_key(|line| line.number); // notes were moved to the lines that point to them
        }
        let written = in_order.into_iter().map(Line::written).collect();
        lines.retain(|line| !line.is_aside());
        let shown = lines.iter().map(|line| line.text.as_str()).collect();
        (Self { said, written, shown }, lines)
    }

    /// Balances the document against what was made of it, in two comparisons of sequences: what it says with what was
    /// read, and that with what stands in the issue.
    pub(super) fn balance(&self, ledger: &Ledger, contents: &Contents) -> Conservation {
        match &self.said {
            Said::Words(text) => self.balance_words(text, ledger, contents),
            Said::Marked { text, words } => {
                let said: Vec<(char, bool)> = words.characters().filter(|(c, _)| is_word(*c)).collect();
                self.balance_said((&said, is_word), weight(text), ledger, contents)
            }
            Said::Shown(Shown { all, characters }) => {
                let said = characters.iter().filter_map(|(c, certain)| Some((character(*c)?, *certain)));
                let said: Vec<(char, bool)> = said.filter(|(c, _)| counts(*c)).collect();
                self.balance_said((&said, counts), *all, ledger, contents)
            }
        }
    }

    fn balance_words(&self, text: &str, ledger: &Ledger, contents: &Contents) -> Conservation {
        let counted = weight(&self.shown).saturating_sub(weight(&self.written));
        let source = weight(text) + counted;
        let cleaned = text.chars().filter(|&c| counts(c) && character(c).is_none_or(|c| c == PLACEHOLDER)).count();
        let body = arrived(&ledger.body, &body_of(contents));
        let titles = arrived(&ledger.titles, &titles_of(contents));
        let colophon = arrived(&one_colon(&ledger.colophon), &one_colon(&colophon_of(contents)));
        let heads = weight(&headings_of(contents)).min(body);
        let body = body - heads;
        let other = cleaned + heads + titles + colophon + weight(&ledger.aside);
        let said: Vec<char> = text.chars().filter_map(character).filter(|&c| counts(c)).collect();
        let read: Vec<char> = self.written.chars().filter(|&c| counts(c)).collect();
        let lost = match missing(&said, &read) {
            0 => signed(source) - signed(body) - signed(other),
            lost => lost,
        };
        Conservation { source, body, other, lost }
    }

    /// `said` in order, each character with whether it must have been read; all of it is of the kind that `counts`.
    /// `all` is the weight of the document.
    fn balance_said(
        &self,
        (said, counts): (&[(char, bool)], Counts),
        all: usize,
        ledger: &Ledger,
        contents: &Contents,
    ) -> Conservation {
        let of = |text: &str| -> Vec<char> { text.chars().filter(|&c| counts(c)).collect() };
        let put = [&ledger.body, &ledger.titles, &ledger.colophon, &ledger.aside].map(|part| of(part).len());
        let whole = body_of(contents);
        let losses = [
            missing_of_said(said, &of(&self.written)),
            signed(of(&self.shown).len()) - signed(put.into_iter().sum()),
            missing(&of(&ledger.body), &of(&whole)),
            missing(&of(&ledger.titles), &of(&titles_of(contents))),
            missing(&of(&one_colon(&ledger.colophon)), &of(&one_colon(&colophon_of(contents)))),
        ];
        let lost = losses.into_iter().find(|lost| *lost != 0).unwrap_or(0);
        let body = weight(&whole).saturating_sub(weight(&headings_of(contents)));
        // Numbers and placeholders that are shown and not held stand on both sides.
        let source = all.max(body);
        let other = usize::try_from(signed(source) - signed(body) - lost).unwrap_or_default();
        Conservation { source, body, other, lost }
    }
}

/// How many characters are missing (or, negative, too many); if only their order differs, how many
/// stand out of it.
fn missing(expected: &[char], actual: &[char]) -> i64 {
    if expected == actual {
        return 0;
    }
    let mut open: HashMap<char, i64> = HashMap::new();
    expected.iter().for_each(|c| *open.entry(*c).or_default() += 1);
    actual.iter().for_each(|c| *open.entry(*c).or_default() -= 1);
    let missing: i64 = open.values().filter(|left| **left > 0).sum();
    let invented: i64 = open.values().filter(|left| **left < 0).sum();
    let moved = || expected.iter().zip(actual).filter(|(a, b)| a != b).count();
    match (missing, invented) {
        (0, 0) => signed(moved()),
        (0, invented) => invented,
        (missing, _) => missing,
    }
}

/// The same where some of what is expected need not have been read.
fn missing_of_said(said: &[(char, bool)], read: &[char]) -> i64 {
    if follows(said, read) {
        return 0;
    }
    let certain: Vec<char> = said.iter().filter(|(_, certain)| *certain).map(|(c, _)| *c).collect();
    match missing(&certain, read) {
        0 => 1,
        lost => lost,
    }
}

/// The most places that are followed at once; a real document needs two or three.
const PLACES: usize = 1_000;

/// Whether a reading goes through all that was said, in order, leaving out only what it may.
fn follows(said: &[(char, bool)], read: &[char]) -> bool {
    // As far as only words stand there, there is one place.
    let same = said.iter().zip(read).take_while(|((c, certain), read)| *certain && c == *read).count();
    let (said, read) = (&said[same..], &read[same..]);
    let mut places = reachable(said, vec![0]);
    for c in read {
        let next = places.iter().filter(|at| said.get(**at).is_some_and(|(expected, _)| expected == c));
        places = reachable(said, next.map(|at| at + 1).collect());
        if places.is_empty() {
            return false;
        }
    }
    places.contains(&said.len())
}

/// These places (sorted), and those behind them that only what may be left out parts from them.
fn reachable(said: &[(char, bool)], from: Vec<usize>) -> Vec<usize> {
    let mut places: Vec<usize> = Vec::with_capacity(from.len());
    for start in from {
        let mut at = start.max(places.last().map_or(0, |last| last + 1));
        if at == start {
            places.push(at);
        } else {
            at -= 1;
        }
        while places.last() == Some(&at) && said.get(at).is_some_and(|(_, certain)| !certain) && places.len() < PLACES {
            at += 1;
            places.push(at);
        }
    }
    places
}

/// Whether a character of Markdown is surely a word: ASCII punctuation may be a mark, and a colon
/// behind a label is written anew.
fn is_word(c: char) -> bool {
    counts(c) && c != '：' && (!c.is_ascii() || c.is_alphanumeric())
}

/// Whether a character is in the balance: white space is not, nor a hyphen of a line end, and the placeholder is ours.
pub(super) fn counts(c: char) -> bool {
    !c.is_whitespace() && c != PLACEHOLDER && c != HYPHEN
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

    fn account(said: Said, read: &str) -> Account {
        Account { said, written: read.into(), shown: read.into() }
    }

    #[test]
    fn a_line_that_a_reader_skips_changes_or_moves_is_found_out() {
        let ledger = |body: &str| Ledger { body: body.into(), titles: "题目".into(), ..Ledger::default() };
        for (read, lost) in
            [("题目甲乙。", 0), ("题目甲。", 1), ("题目甲乙。丙", -1), ("题目甲丁。", 1), ("题目乙甲。", 2)]
        {
            let body = read.strip_prefix("题目").expect("a title");
            let account = account(Said::Words("题目\n甲乙。".into()), read);
            assert_eq!(account.balance(&ledger(body), &issue(&[body])).lost, lost, "{read}");
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
            let account = account(Said::Words(source.into()), source);
            let balance = account.balance(&ledger, &issue(paragraphs));
            assert_eq!(balance.lost, lost, "{paragraphs:?}");
            assert_eq!(balance.source, 13);
        }
    }

    #[test]
    fn a_markdown_reader_that_loses_or_invents_words_is_found_out() {
        let text = "# 题目\n\n1. 甲[乙](https://a.cn)。\n\n**丙**丁。";
        let said = || Said::Marked { text: text.into(), words: markdown_source::said(text) };
        for (paragraphs, lost) in [
            (&["甲乙。", "丙丁。"][..], 0),
            (&["1甲乙。", "丙丁。"], 0), // the number may be a mark or a word
            (&["甲乙。"], 3),
            (&["甲乙。", "丙丁。", "戊。"], -2),
            (&["丙丁。", "甲乙。"], 4), // out of order
            (&["乙甲。", "丙丁。"], 2),
        ] {
            let wrong = issue(paragraphs);
            let body = body_of(&wrong);
            let ledger = |body: &str| Ledger { body: body.into(), titles: "题目".into(), ..Ledger::default() };
            let misread = account(said(), &format!("题目{body}"));
            assert_eq!(misread.balance(&ledger(&body), &wrong).lost, lost, "misread: {paragraphs:?}");
            let right = if body.starts_with('1') { "1甲乙。丙丁。" } else { "甲乙。丙丁。" };
            let misplaced = account(said(), &format!("题目{right}"));
            assert_eq!(misplaced.balance(&ledger(right), &wrong).lost, lost, "misplaced: {paragraphs:?}");
        }
    }

    #[test]
    fn a_number_that_opens_a_line_may_be_a_mark_or_a_word() {
        let said: Vec<(char, bool)> = [('1', false), ('2', false), ('1', true), ('甲', true)].to_vec();
        for (read, fits) in
            [("1甲", true), ("121甲", true), ("21甲", true), ("12甲", false), ("1甲1", false), ("", false)]
        {
            assert_eq!(follows(&said, &read.chars().filter(|c| is_word(*c)).collect::<Vec<_>>()), fits, "{read}");
        }
    }

    #[test]
    fn what_only_machines_see_is_other_and_what_no_one_claims_is_lost() {
        let ledger = Ledger { body: "甲〓。".into(), titles: "题目".into(), ..Ledger::default() };
        let account = account(Said::Words("题目\u{200b} 甲\u{e000}。遗".into()), "题目甲〓。遗");
        let balance = account.balance(&ledger, &issue(&["甲〓。"]));
        assert_eq!((balance.source, balance.body, balance.other, balance.lost), (7, 2, 4, 1));
    }
}
