//! Furniture: what a page layout repeats and a letter does not need (rule 2): page numbers
//! (`— 3 —`, `第3页`), rules, and running heads equal but for the page number. Only page numbers at
//! page borders go silently; all else is named by a flag, for it might be text. Pure.

use super::half_width;
use super::source::Line;
use super::spacing::bare;
use std::collections::{HashMap, HashSet};

/// The highest page of a periodical; years are higher.
pub(super) const LAST_PAGE: u32 = 999;
/// The most pages from one page number to the next.
const STRIDE: u32 = 5;

/// How a line that is furniture may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Furniture {
    /// It says nothing, or the number of a page at its border: silently.
    Plain,
    /// It repeats: with a note.
    Repeated,
    /// It might as well be text: with a question.
    Doubtful,
}

/// Which of these lines are furniture; formats that mark their lines have no pages. `names` are the masthead's words, which running heads repeat.
pub(super) fn find(lines: &[Line], names: &[String]) -> Vec<Option<Furniture>> {
    let heads = running_heads(lines, names);
    let numbers = lone_numbers(lines, &heads);
    (0..lines.len())
        .map(|at| {
            let text = &lines[at].text;
            let dressed =
                is_page_number(text).then(|| if is_apart(lines, at) { Furniture::Plain } else { Furniture::Repeated });
            let of_pages = dressed.or(numbers[at]).or(heads[at]).filter(|_| lines[at].mark.is_none());
            is_rule(text).then_some(Furniture::Plain).or(of_pages)
        })
        .collect()
}

/// Whether a blank line or a page border stands before or behind a line.
fn is_apart(lines: &[Line], at: usize) -> bool {
    at == 0 || lines[at].blanks > 0 || lines.get(at + 1).is_none_or(|below| below.blanks > 0)
}

/// Whether blank lines, or running heads, stand on both sides of a line.
fn stands_alone(lines: &[Line], at: usize, heads: &[Option<Furniture>]) -> bool {
    let above = at == 0 || lines[at].blanks > 0 || heads[at - 1].is_some();
    above && lines.get(at + 1).is_none_or(|below| below.blanks > 0 || heads[at + 1].is_some())
}

/// Whether a form feed stands before or behind a line.
fn is_at_border(lines: &[Line], at: usize) -> bool {
    lines[at].page || lines.get(at + 1).is_some_and(|below| below.page)
}

/// Whether these (line and page) can be the numbers of pages: three or more that count upwards in
/// small steps, and no two on neighbouring lines, as the rows of a table are.
fn count_pages(found: &[(usize, u32)]) -> bool {
    let steps = |pair: &[(usize, u32)]| {
        let ((line, page), (below, next)) = (pair[0], pair[1]);
        line + 1 < below && page < next && next - page <= STRIDE
    };
    found.len() >= 3 && found.windows(2).all(steps) && found.iter().all(|(_, page)| *page <= LAST_PAGE)
}

/// `──────`, `******`: at least three of the same.
fn is_rule(text: &str) -> bool {
    let bare = bare(text);
    let first = bare.chars().next().unwrap_or(' ');
    "-—–─━═=_＿*＊~".contains(first) && bare.chars().count() >= 3 && bare.chars().all(|c| c == first)
}

/// `— 3 —`, `- 3 -`, `第 3 页`, `第3页 共12页`, `3 / 12`, `Page 3`.
pub(super) fn is_page_number(text: &str) -> bool {
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

/// Numbers alone on their lines, if they count pages.
fn lone_numbers(lines: &[Line], heads: &[Option<Furniture>]) -> Vec<Option<Furniture>> {
    let number = |line: &Line| {
        let text: String = line.text.chars().take(5).map(half_width).collect();
        (text.len() <= 4).then(|| text.parse::<u32>().ok()).flatten()
    };
    let found: Vec<(usize, u32)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, number(line)?))).collect();
    let mut marks = vec![None; lines.len()];
    for &(at, _) in found.iter().filter(|_| count_pages(&found)) {
        marks[at] = Some(match (is_at_border(lines, at), stands_alone(lines, at, heads)) {
            (true, _) => Furniture::Plain,
            (false, true) => Furniture::Repeated,
            (false, false) => Furniture::Doubtful,
        });
    }
    marks
}

/// Lines that repeat the masthead's words, or are equal but for a page number that counts upwards.
fn running_heads(lines: &[Line], names: &[String]) -> Vec<Option<Furniture>> {
    let mut pages: HashMap<String, Vec<(usize, u32)>> = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some((head, page)) = head_and_page(&line.text) {
            pages.entry(head).or_default().push((at, page));
        }
    }
    let borders = repeated_at_borders(lines);
    let repeats = |at: usize| {
        let text = &lines[at].text;
        lines[at].place.repeats || borders.contains(&at) || (text.len() <= 200 && is_made_of(&bare(text), names))
    };
    let mut marks: Vec<_> = (0..lines.len()).map(|at| repeats(at).then_some(Furniture::Repeated)).collect();
    for (at, _) in pages.into_values().filter(|found| count_pages(found)).flatten() {
        let sure = is_at_border(lines, at) || marks[at].is_some();
        marks[at] = Some(if sure { Furniture::Repeated } else { Furniture::Doubtful });
    }
    marks
}

/// The lines at borders of pages that are equal but for their digits: running heads, left and right ones each.
fn repeated_at_borders(lines: &[Line]) -> HashSet<usize> {
    let is_number = |at: usize| lines.get(at).is_some_and(|line| is_page_number(&line.text));
    let is_border = |at: usize| is_at_border(lines, at) || (at > 0 && is_number(at - 1)) || is_number(at + 1);
    let is_head = |line: &Line| {
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        line.mark.is_none() && (3..=60).contains(&letters) && !line.text.ends_with(['。', '；', '！', '？'])
    };
    let mut heads: HashMap<String, Vec<usize>> = HashMap::new();
    for at in (0..lines.len()).filter(|at| is_border(*at) && is_head(&lines[*at])) {
        heads.entry(without_digits(&lines[at])).or_default().push(at);
    }
    heads.into_values().filter(|found| found.len() >= 2).flatten().collect()
}

fn without_digits(line: &Line) -> String {
    bare(&line.text).chars().filter(|c| !half_width(*c).is_ascii_digit()).collect()
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
    rest.len() < bare.len() && rest.chars().all(|c| half_width(c).is_ascii_digit() || "·•—-|第页年月日".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::clean::lines;
    use super::*;

    fn marks(lines: &[Line], names: &[String]) -> Vec<bool> {
        find(lines, names).iter().map(Option::is_some).collect()
    }

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

    #[test]
    fn years_rows_and_leaps_are_no_pages() {
        for text in
            ["2022\n文。\n2023\n文。\n2024", "1\n2\n3", "1\n文。\n2\n文。\n90", "重点项目 3\n重点项目 5\n重点项目 8"]
        {
            assert_eq!(find(&lines(text), &[]).iter().flatten().count(), 0, "{text}");
        }
    }

    #[test]
    fn only_page_numbers_at_borders_go_silently() {
        use Furniture::{Doubtful, Plain, Repeated};
        for (text, how) in [
            ("文。\n\n— 3 —\n\n文。", Plain),
            ("文。\n— 3 —\n文。", Repeated),
            ("文。\n1\n\u{c}文。\n2\n\u{c}文。\n3\n\u{c}文。", Plain),
            ("文。\n\n1\n\n文。\n\n2\n\n文。\n\n3\n\n文。", Repeated),
            ("文。\n1\n文。\n2\n文。\n3\n文。", Doubtful),
            ("文。\n\n1\n一则。\n\n2\n二则。\n\n3\n三则。", Doubtful),
            ("文。\n\u{c}科技简报 1\n文。\n\u{c}科技简报 2\n文。\n\u{c}科技简报 3\n文。", Repeated),
            ("文。\n\n重点项目 1\n\n文。\n\n重点项目 2\n\n文。\n\n重点项目 3\n\n文。", Doubtful),
        ] {
            let found: Vec<Furniture> = find(&lines(text), &[]).into_iter().flatten().collect();
            assert!(!found.is_empty() && found.iter().all(|as_found| *as_found == how), "{text}: {found:?}");
        }
    }
}
