//! Notes: which lines at the foot of a page are footnotes, by their smaller print, their number, and the raised number above
//! that refers to it. Where one of the three is missing, it is text. Pure; a page's lines in, one answer for each.

use super::layout::Placed;
use crate::intake::document::footnotes::references;
use std::collections::{HashMap, HashSet};

/// What a line is of a note: none if it is no note; else how many of its characters are the note's number, 0 where it goes on.
pub(super) type OfNote = Option<u32>;

/// What each line of a page is of a note. `is_small` says what is in smaller print, `is_furniture` what is no text.
pub(super) fn of(
    page: &[Placed],
    is_small: impl Fn(&Placed) -> bool,
    is_furniture: impl Fn(usize) -> bool,
) -> Vec<OfNote> {
    let mut found = vec![None; page.len()];
    let feet = (0..page.len()).rev().filter(|at| !is_furniture(*at)).take_while(|at| is_small(&page[*at]));
    let mut feet: Vec<usize> = feet.collect();
    feet.reverse();
    let Some(first) = feet.first() else { return found };
    let referred: HashSet<String> = page[..*first].iter().flat_map(|line| references(&line.text)).collect();
    let mut own: HashMap<&str, usize> = HashMap::new();
    for at in feet.iter().copied() {
        let Some(number) = number(&page[at].text) else { continue };
        // Small print that is counted, too, stands above the notes; a line of a note may begin with its number.
        let goes_on = own.get(number).is_some_and(|first| (*first..at).all(|n| is_close(&page[n], &page[n + 1])));
        if !goes_on {
            own.insert(number, at);
        }
    }
    let mut last: Option<usize> = None;
    for at in feet {
        let number = number(&page[at].text).filter(|number| referred.contains(*number) && own[number] == at);
        let goes_on = last.is_some_and(|last| is_close(&page[last], &page[at]));
        last = (number.is_some() || goes_on).then_some(at);
        let length = number.map_or(0, |number| number.chars().count());
        found[at] = last.map(|_| u32::try_from(length).unwrap_or(0));
    }
    found
}

/// Whether a line is set like the one above and right below it: what stands apart at the foot of a page is an imprint.
fn is_close(above: &Placed, line: &Placed) -> bool {
    (line.size - above.size).abs() < 0.75 && line.y - above.y < line.size * 2.0
}

/// The number that a note opens with: one or two digits that no point follows, or one in a circle.
fn number(text: &str) -> Option<&str> {
    let end = match text.chars().next()? {
        '①'..='⑳' => '①'.len_utf8(),
        _ => text.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=2).contains(end))?,
    };
    let (number, rest) = text.split_at(end);
    let is_count =
        rest.starts_with(['.', '．', '、', '，', ',', ')', '）', ':', '：', '%', '％', '年', '月', '日', '\t']);
    (!is_count).then_some(number)
}
