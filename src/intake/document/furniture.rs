//! Furniture: what a page layout repeats and a letter does not need (rule 2): page numbers
//! (`— 3 —`, `第3页`), rules, and running heads equal but for the page number. Pure.

use super::clean::Line;
use super::numerals::half_width;
use super::spacing::bare;
use std::collections::HashMap;

/// Which of these lines are furniture. `names` are the masthead's words, which running heads repeat.
pub(super) fn marks(lines: &[Line], names: &[String]) -> Vec<bool> {
    let numbers = lone_numbers(lines);
    let heads = running_heads(lines, names);
    (0..lines.len())
        .map(|at| is_rule(&lines[at].text) || is_page_number(&lines[at].text) || numbers[at] || heads[at])
        .collect()
}

/// `──────`, `******`: at least three of the same.
fn is_rule(text: &str) -> bool {
    let bare = bare(text);
    let first = bare.chars().next().unwrap_or(' ');
    "-—–─━═=_＿*＊~".contains(first) && bare.chars().count() >= 3 && bare.chars().all(|c| c == first)
}

/// `— 3 —`, `- 3 -`, `第 3 页`, `第3页 共12页`, `3 / 12`, `Page 3`.
fn is_page_number(text: &str) -> bool {
    let bare: String = bare(text).chars().take(24).map(half_width).collect();
    let number = |s: &str| (1..=4).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    let dashes = ['-', '—', '–', '─', '·', '•'];
    let between_dashes = bare.starts_with(dashes) && bare.ends_with(dashes) && number(bare.trim_matches(dashes));
    let page = bare.strip_prefix('第').and_then(|rest| rest.split_once('页')).is_some_and(|(n, rest)| {
        let total = rest.trim_start_matches(['/', ',', '，']).strip_prefix('共').and_then(|r| r.strip_suffix('页'));
        number(n) && (rest.is_empty() || total.is_some_and(number))
    });
    let of = bare.split_once('/').is_some_and(|(n, total)| number(n) && number(total));
    between_dashes || page || of || bare.strip_prefix("Page").is_some_and(number)
}

/// Numbers alone on their lines, if there are three and they count upwards.
fn lone_numbers(lines: &[Line]) -> Vec<bool> {
    let number = |line: &Line| {
        let text: String = line.text.chars().take(5).map(half_width).collect();
        (text.len() <= 4).then(|| text.parse::<u32>().ok()).flatten()
    };
    let found: Vec<u32> = lines.iter().filter_map(number).collect();
    let counts = found.len() >= 3 && found.windows(2).all(|pair| pair[0] < pair[1]);
    lines.iter().map(|line| counts && number(line).is_some()).collect()
}

/// Lines that repeat the masthead's words, or are equal but for a page number that counts upwards.
fn running_heads(lines: &[Line], names: &[String]) -> Vec<bool> {
    let mut pages: HashMap<String, Vec<u32>> = HashMap::new();
    let split: Vec<_> = lines.iter().map(|line| head_and_page(&line.text)).collect();
    for (head, page) in split.iter().flatten() {
        pages.entry(head.clone()).or_default().push(*page);
    }
    let counts = |head: &String| pages[head].len() >= 3 && pages[head].windows(2).all(|pair| pair[0] < pair[1]);
    let repeats = |line: &Line| line.text.len() <= 200 && is_made_of(&bare(&line.text), names);
    lines
        .iter()
        .zip(&split)
        .map(|(line, s)| repeats(line) || s.as_ref().is_some_and(|(head, _)| counts(head)))
        .collect()
}

/// A short line's words and the page number set apart at its start or end.
fn head_and_page(text: &str) -> Option<(String, u32)> {
    if text.len() > 200 {
        return None;
    }
    let apart = |c: char| c.is_whitespace() || matches!(c, '·' | '•' | '—' | '|' | '-');
    let (first, rest) = text.split_once(apart)?;
    let (before, last) = text.rsplit_once(apart)?;
    let split = |head: &str, page: &str| {
        let head = bare(head.trim_matches(apart));
        let long = (4..=40).contains(&head.chars().count()) && head.chars().all(|c| !"。，；：".contains(c));
        let page: String = page.chars().map(half_width).collect();
        Some((head, page.parse().ok().filter(|_| page.len() <= 4)?)).filter(|_| long)
    };
    split(before, last).or_else(|| split(rest, first))
}

/// Whether a line says nothing but the masthead's words and a page number.
fn is_made_of(bare: &str, names: &[String]) -> bool {
    let mut rest = bare.to_owned();
    for name in names.iter().filter(|name| !name.is_empty()) {
        rest = rest.replacen(name.as_str(), "", 1);
    }
    rest.len() < bare.len() && rest.chars().all(|c| half_width(c).is_ascii_digit() || "·•—-|第页".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    #[test]
    fn page_numbers_and_rules() {
        for text in ["— 3 —", "-12-", "－３－", "第 3 页", "第3页 共12页", "3 / 12", "Page 4", "-----", "———", "══════"]
        {
            let lines = lines(text);
            assert!(marks(&lines, &[])[0], "{text}");
        }
        for text in ["3", "— 第一 —", "第3届", "2024年", "--", "- 12 家企业 -", "12/企业"] {
            let lines = lines(text);
            assert!(!marks(&lines, &[])[0], "{text}");
        }
    }

    #[test]
    fn running_heads_repeat_but_for_the_page() {
        let text = "云泽科技简报 · 1\n文。\n云泽科技简报 · 2\n文。\n云泽科技简报 · 3\n附件 1\n附件 2\n附件 3\n云泽观察 2026年第3期";
        let names = ["云泽观察".to_owned(), "2026年第3期".to_owned()];
        let marked: Vec<usize> =
            marks(&lines(text), &names).iter().enumerate().filter(|(_, m)| **m).map(|(n, _)| n).collect();
        assert_eq!(marked, [0, 2, 4, 8]);
    }

    #[test]
    fn numbers_alone_are_pages_only_if_they_count() {
        let marked = |text: &str| marks(&lines(text), &[]).iter().filter(|m| **m).count();
        assert_eq!(marked("1\n文。\n2\n文。\n3"), 3);
        assert_eq!(marked("7\n文。\n2\n文。\n3"), 0);
    }
}
