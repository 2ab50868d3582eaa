//! Excerpt: the beginning of each article, for a letter that holds summaries: its first sentences, about 120 to 160 Han
//! characters, ended where a sentence ends, and the way to the page on which all of it stands. An article that is short
//! enough stands whole. Called by `print` with the view of the whole issue.

use super::phrase::{HALVES, width};
use crate::domain::edition::{Slot, WITH_PAGE};
use email_templates::issue::anchor;
use email_templates::view::{Article, Block, Inline, Issue, ReadLink};

/// An excerpt of so many half-widths says what the article is about.
const ENOUGH: usize = 2 * 120;

/// What of a further paragraph is less wide is left out.
const LEAST: usize = 2 * 20;

/// No excerpt is wider.
const MOST: usize = 2 * 160;

/// The same issue with an excerpt in the place of each longer article; none where every article stands whole.
pub(super) fn of(issue: &Issue) -> Option<Issue> {
    let articles: Vec<_> = (1..).zip(&issue.articles).map(|(number, article)| shortened(number, article)).collect();
    let is_shorter = articles.iter().any(|article| article.more.is_some());
    is_shorter.then(|| Issue { articles, ..issue.clone() })
}

fn shortened(number: usize, article: &Article) -> Article {
    let is_plain = |block: &Block| matches!(block, Block::Paragraph(_));
    let wide: usize = article.blocks.iter().filter_map(paragraphs).flatten().map(|text| breadth(text)).sum();
    if article.blocks.iter().all(is_plain) && wide <= MOST {
        return article.clone();
    }
    let texts = article.blocks.iter().filter_map(paragraphs).flatten();
    let page = format!("{}#{}", Slot::Read.mark(), anchor(number));
    Article {
        blocks: beginning(texts).into_iter().map(Block::Paragraph).collect(),
        more: Some(ReadLink { opens: WITH_PAGE[0], page, closes: WITH_PAGE[1] }),
        ..article.clone()
    }
}

/// What of a block is running text: subheads, tables, pictures and notes say little by themselves.
fn paragraphs(block: &Block) -> Option<Vec<&Vec<Inline>>> {
    match block {
        Block::Paragraph(text) | Block::Quote(text) => Some(vec![text]),
        Block::List { items, .. } => Some(items.iter().collect()),
        Block::Heading { .. }
        | Block::Title(_)
        | Block::Caption(_)
        | Block::Table(_)
        | Block::Image(_)
        | Block::Picture { .. }
        | Block::Note(_) => None,
    }
}

/// The first paragraphs, the last of them cut where it must be.
fn beginning<'a>(texts: impl Iterator<Item = &'a Vec<Inline>>) -> Vec<Vec<Inline>> {
    let (mut shown, mut used) = (Vec::new(), 0);
    for text in texts {
        let wide = breadth(text);
        if used + wide <= MOST {
            shown.push(text.clone());
            used += wide;
            if used >= ENOUGH {
                break;
            }
            continue;
        }
        let plain: String = text.iter().map(Inline::words).collect();
        match last_sentence(&plain, MOST - used) {
            // A run-in head alone says nothing behind a whole paragraph.
            Some(at)
                if used + width(&plain[..at], HALVES) >= ENOUGH / 2
                    && (shown.is_empty() || width(&plain[..at], HALVES) >= LEAST) =>
            {
                shown.push(cut(text, at, ""));
            }
            // A sentence that is longer than all: better its beginning than nothing.
            Some(_) | None if used < ENOUGH / 2 => shown.push(cut(text, last_clause(&plain, MOST - used), "…")),
            Some(_) | None => {}
        }
        break;
    }
    shown
}

/// Where the last sentence ends that fits, closing quotes and brackets with it.
fn last_sentence(text: &str, room: usize) -> Option<usize> {
    let (mut used, mut ends, mut found) = (0, false, None);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        used += HALVES(c);
        if used > room {
            break;
        }
        let next = chars.peek().map(|(_, next)| *next);
        ends = match c {
            '。' | '！' | '？' | '…' => true,
            '.' | '!' | '?' => next.is_none_or(|next| next == ' ' || is_closing(next)),
            c => ends && is_closing(c),
        };
        if ends && !next.is_some_and(is_closing) {
            found = Some(at + c.len_utf8());
        }
    }
    found
}

fn is_closing(c: char) -> bool {
    matches!(c, '”' | '’' | '）' | '》' | '」' | '』' | ')' | '"')
}

/// Where the last clause ends that leaves room for `…`; else where the room does.
fn last_clause(text: &str, room: usize) -> usize {
    let (mut used, mut end, mut clause) = (2, 0, None);
    for (at, c) in text.char_indices() {
        used += HALVES(c);
        if used > room {
            break;
        }
        if matches!(c, '，' | '、' | '；' | '：' | ',' | ';' | ' ') {
            clause = Some(at);
        }
        end = at + c.len_utf8();
    }
    clause.filter(|at| *at * 2 > end).unwrap_or(end)
}

/// The first `at` bytes of the words, and `more` behind them.
fn cut(text: &[Inline], at: usize, more: &str) -> Vec<Inline> {
    let (mut left, mut kept) = (at, Vec::new());
    for inline in text {
        let whole = inline.words();
        let fits = &whole[..whole.floor_char_boundary(left)];
        if !fits.is_empty() {
            kept.push(saying(inline, fits));
        }
        left -= fits.len();
        if left == 0 {
            break;
        }
    }
    if !more.is_empty() {
        kept.push(Inline::Text(more.to_owned()));
    }
    kept
}

fn breadth(text: &[Inline]) -> usize {
    text.iter().map(|inline| width(inline.words(), HALVES)).sum()
}

/// The same kind of words, other ones.
fn saying(inline: &Inline, words: &str) -> Inline {
    let text = words.to_owned();
    match inline {
        Inline::Text(_) => Inline::Text(text),
        Inline::RunIn(_) => Inline::RunIn(text),
        Inline::Strong(_) => Inline::Strong(text),
        Inline::Emphasis(_) => Inline::Emphasis(text),
        Inline::Link { href, .. } => Inline::Link { href: href.clone(), text },
        Inline::Superscript(_) => Inline::Superscript(text),
        Inline::Subscript(_) => Inline::Subscript(text),
        Inline::Break => Inline::Break,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(words: &str) -> Vec<Inline> {
        vec![Inline::Text(words.to_owned())]
    }

    fn begun(paragraphs: &[&str]) -> String {
        let texts: Vec<_> = paragraphs.iter().map(|words| text(words)).collect();
        let shown = beginning(texts.iter());
        shown.iter().map(|text| text.iter().map(Inline::words).collect::<String>()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn an_excerpt_ends_where_a_sentence_ends() {
        let (long, short) = (format!("{}。", "长".repeat(99)), "一句话。");
        for (paragraphs, shown) in [
            (vec![short], short.to_owned()),
            (vec![short, short], format!("{short}|{short}")),
            (vec![&format!("{long}“{short}”{long}")], format!("{long}“{short}”")),
            (vec![&long, &long], long.clone()),
            (vec![&long, short, &long], format!("{long}|{short}")),
            (vec![&"字".repeat(400)], format!("{}…", "字".repeat(159))),
            (vec![&format!("{}，{}", "字".repeat(100), "字".repeat(300))], format!("{}…", "字".repeat(100))),
            (
                vec![&format!("一是更近。{}，{}", "字".repeat(120), "字".repeat(300))],
                format!("一是更近。{}…", "字".repeat(120)),
            ),
            (
                vec![&"It costs 3.5 million. ".repeat(30)],
                format!("{}It costs 3.5 million.", "It costs 3.5 million. ".repeat(13)),
            ),
        ] {
            assert_eq!(begun(&paragraphs), shown, "{paragraphs:?}");
        }
    }

    proptest! {
        #[test]
        fn no_excerpt_is_wider_than_it_may_be_and_each_begins_as_the_article(
            words in prop::collection::vec("[一-龥。，”“ a-z.]{0,300}", 1..5),
        ) {
            let paragraphs: Vec<&str> = words.iter().map(String::as_str).collect();
            let shown = begun(&paragraphs);
            prop_assert!(width(&shown, HALVES) <= MOST + paragraphs.len());
            let all = paragraphs.join("|");
            prop_assert!(all.starts_with(shown.trim_end_matches('…')) || shown.ends_with('…'), "{} / {}", shown, all);
        }
    }
}
