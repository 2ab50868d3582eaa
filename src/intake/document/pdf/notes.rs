//! Notes: which lines at the foot of a page are footnotes, by their smaller print, their number, and the raised number above
//! that refers to it. Where one of the three is missing, it is text. Pure; a page's lines in, one answer for each.

use super::layout::Placed;

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
    let above = &page[..*first];
    let mut is_open = false;
    for at in feet {
        let number = number(&page[at].text).filter(|number| above.iter().any(|line| refers(&line.text, number)));
        is_open |= number.is_some();
        let length = number.map_or(0, |number| number.chars().count());
        found[at] = is_open.then(|| u32::try_from(length).unwrap_or(0));
    }
    found
}

/// The number that a note opens with: one or two digits that no point follows, or one in a circle.
fn number(text: &str) -> Option<&str> {
    let end = match text.chars().next()? {
        '①'..='⑳' => '①'.len_utf8(),
        _ => text.find(|c: char| !c.is_ascii_digit())?,
    };
    let (number, rest) = text.split_at(end);
    let is_count = rest.starts_with(['.', '．', '、', '，', ')', '）', '%', '％', '年', '月', '日', '\t']);
    ((1..=3).contains(&end) && !is_count).then_some(number)
}

/// Whether words hold that number, raised.
fn refers(text: &str, number: &str) -> bool {
    let raised: String = number.chars().map(super::layout::raised).collect();
    let is_whole = |(at, _): (usize, &str)| {
        let beside = [text[..at].chars().next_back(), text[at + raised.len()..].chars().next()];
        !beside.into_iter().flatten().any(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c))
    };
    text.match_indices(&raised).any(is_whole)
}
