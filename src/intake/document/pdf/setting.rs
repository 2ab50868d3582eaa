//! Setting: what the places and typefaces of lines say of them: how large and bold they are, which stand in the middle, which
//! repeat from page to page, and which open a paragraph, by the column that most lines share. Where places do not tell, it
//! says nothing. Pure; a document's lines in, one setting for each.

use super::layout::{Extent, Face, Placed, near, usual};
use super::notes;
use crate::intake::document::furniture::{LAST_PAGE, is_page_number};
use crate::intake::document::headings::{is_complete, opens_item};
use crate::intake::document::layer::Setting;
use std::collections::HashMap;

/// The fewest lines of the body that show a column.
const FEWEST: usize = 6;
/// How far a line of a paragraph begins behind the margin where its first line is indented, in sizes of its type.
const INDENT: std::ops::Range<f64> = 1.2..3.3;
/// How far two lengths on a page may differ that were meant to be the same, in sizes.
const SLACK: f64 = 0.45;
/// How much further apart than others lines stand that are set apart.
const APART: f64 = 1.35;
/// The narrowest column beside a picture or in a frame, in sizes; what is narrower is verse, or a list of names.
const NARROWEST: f64 = 22.0;
/// The most lines of a title.
const LONGEST_TITLE: usize = 3;
/// How far the heights of a running head differ, in points.
const SAME_HEIGHT: f64 = 2.0;

/// The settings of all lines; `rows` are how many rows the text of each page has.
pub(super) fn of(pages: &[Vec<Placed>], rows: impl Iterator<Item = usize>) -> Vec<Setting> {
    let repeats = repeating(pages);
    let Some(body) = Body::of(pages, &repeats) else { return Vec::new() };
    let mut settings = Vec::new();
    let mut first = 1;
    let mut above: Option<Above<'_>> = None;
    for (at, (page, rows)) in pages.iter().zip(rows).enumerate() {
        let left = body.left(page, &repeats[at]);
        let centred = body.centred(page, left);
        let is_furniture = |n: usize| repeats[at][n] || is_number(&page[n].text);
        let of_note = notes::of(page, |line| half_points(line.size) < half_points(body.size), is_furniture);
        for (n, line) in page.iter().enumerate() {
            let extent = |n: usize| page.get(n).map(|line| Extent { y: line.y, size: line.size, end: line.end });
            let pitch = near(n, left + body.width, extent).unwrap_or_else(|| body.pitch_of(line.size));
            let spot = Spot { line, left: line.x - left, right: left + body.width - line.end, pitch };
            let centred = centred[n];
            let opens = above.as_ref().map_or(Some(true), |above| body.opens(above, &spot, centred, at));
            settings.push(Setting {
                row: first + line.row,
                size: half_points(line.size),
                bold: line.face.bold,
                centred,
                heavy: line.face.heavy,
                opens: opens.filter(|_| body.is_known),
                repeats: repeats[at][n],
                apart: body.apart(line),
                of_note: of_note[n],
            });
            // A paragraph goes on behind the notes of a page.
            if !is_furniture(n) && of_note[n].is_none() {
                let end_above = above.as_ref().map(|above| above.spot.line.end);
                above = Some(Above { spot, centred, page: at, opens: opens == Some(true), end_above });
            }
        }
        first += u32::try_from(rows).unwrap_or(u32::MAX);
    }
    settings
}

/// A line in its column: the room on both of its sides, and above it where it goes on.
struct Spot<'p> {
    line: &'p Placed,
    left: f64,
    right: f64,
    pitch: f64,
}

/// The line before.
struct Above<'p> {
    spot: Spot<'p>,
    centred: bool,
    page: usize,
    /// Whether it opens a paragraph.
    opens: bool,
    /// Where the line above it ends.
    end_above: Option<f64>,
}

/// How most text is set.
struct Body {
    size: f64,
    face: Face,
    /// The margin and the width of its column, in points.
    margin: f64,
    width: f64,
    /// From line to line.
    pitch: f64,
    /// Whether paragraphs begin with an indent.
    indented: bool,
    /// Whether there are lines enough to show it.
    is_known: bool,
}

impl Body {
    fn of(pages: &[Vec<Placed>], repeats: &[Vec<bool>]) -> Option<Self> {
        let mut weights: HashMap<(u32, bool, bool), usize> = HashMap::new();
        for line in pages.iter().flatten() {
            let key = (half_points(line.size), line.face.bold, line.face.heavy);
            *weights.entry(key).or_default() += line.text.len();
        }
        let ((size, bold, heavy), _) = weights.into_iter().max_by_key(|(key, weight)| (*weight, *key))?;
        let face = Face { bold, heavy, hidden: false };
        let size = f64::from(size) / 2.0;
        let mut body = Self { size, face, margin: 0.0, width: 0.0, pitch: size, indented: false, is_known: false };
        let lines: Vec<&Placed> = pages.iter().flatten().filter(|line| body.is_like(line)).collect();
        body.margin = margin(lines.iter().map(|line| line.x), size).unwrap_or(0.0);
        let steps = pages.iter().flat_map(|page| page.windows(2));
        let steps = steps.filter(|pair| pair.iter().all(|line| body.is_like(line)));
        body.pitch = usual(steps.map(|pair| pair[1].y - pair[0].y)).max(size);
        let lefts: Vec<f64> = pages.iter().zip(repeats).map(|(page, repeats)| body.left(page, repeats)).collect();
        let own = pages.iter().zip(&lefts).flat_map(|(page, left)| page.iter().map(move |line| (line, left)));
        let own: Vec<(&Placed, f64)> =
            own.filter(|(line, _)| body.is_like(line)).map(|(line, left)| (line, *left)).collect();
        body.width = width(own.iter().map(|(line, left)| line.end - left), size).unwrap_or(0.0);
        let is_indented = |(line, left): &&(&Placed, f64)| INDENT.contains(&((line.x - left) / size));
        body.indented = own.iter().filter(is_indented).count() * 8 >= own.len();
        body.is_known = own.len() >= FEWEST;
        Some(body)
    }

    /// How far apart lines of a size stand where nothing around them tells.
    fn pitch_of(&self, size: f64) -> f64 {
        self.pitch * (size / self.size).max(1.0)
    }

    /// Whether a line is of the size of most text.
    fn is_like(&self, line: &Placed) -> bool {
        half_points(line.size) == half_points(self.size)
    }

    /// The margin of a page: left pages may have another than right ones.
    fn left(&self, page: &[Placed], repeats: &[bool]) -> f64 {
        let lines = page.iter().zip(repeats).filter(|(line, repeats)| !**repeats && self.is_like(line));
        let starts: Vec<f64> = lines.map(|(line, _)| line.x).collect();
        let enough = starts.len() >= FEWEST;
        margin(starts.into_iter(), self.size).filter(|_| enough).unwrap_or(self.margin)
    }

    /// Which lines of a page stand in the middle of the column. Larger ones do if all do that are set like them: a title may
    /// fill the column, and so does prose that is set larger, but that begins or ends elsewhere.
    fn centred(&self, page: &[Placed], left: f64) -> Vec<bool> {
        let is_same = |a: &Placed, b: &Placed| half_points(a.size) == half_points(b.size) && a.face == b.face;
        let of_alike = page.chunk_by(is_same).flat_map(|lines| {
            let middle: Vec<Option<bool>> = lines.iter().map(|line| self.middle(line, left)).collect();
            let is_larger = half_points(lines[0].size) > half_points(self.size);
            let full = is_larger && lines.len() <= LONGEST_TITLE;
            let is_prose = is_larger && middle.contains(&Some(false));
            middle.into_iter().map(move |is| !is_prose && is.unwrap_or(full))
        });
        of_alike.collect()
    }

    /// Whether there is the same room on both sides of a line; none where there is no room.
    fn middle(&self, line: &Placed, left: f64) -> Option<bool> {
        let (before, behind) = (line.x - left, left + self.width - line.end);
        let is_larger = half_points(line.size) > half_points(self.size);
        // A line that is indented may end as far before the margin.
        let least = if is_larger { SLACK } else { INDENT.end } * line.size;
        if before.abs() < line.size && behind < line.size * 1.6 {
            return None;
        }
        Some(before >= least && (before - behind).abs() <= line.size * 1.2)
    }

    /// Whether a line opens a paragraph.
    fn opens(&self, above: &Above<'_>, spot: &Spot<'_>, centred: bool, page: usize) -> Option<bool> {
        let (line, before) = (spot.line, above.spot.line);
        let is_same = half_points(line.size) == half_points(before.size);
        if !is_same || centred != above.centred {
            return Some(true);
        }
        if page == above.page && line.y - before.y > spot.pitch.max(line.size) * APART {
            return Some(true);
        }
        if centred {
            return None;
        }
        let goes_on = || !self.is_short(above, spot) && !is_complete(&before.text);
        if !self.is_like(line) {
            // Where most text stands is not known of another size: only that a line moves in, or the one above ends early.
            let moves_in = spot.left - above.spot.left > line.size;
            if line.face != before.face || moves_in || self.is_short(above, spot) {
                return Some(true);
            }
            return goes_on().then_some(false);
        }
        let unit = self.size;
        if self.indented && spot.left > INDENT.start * unit {
            let is_below = (spot.left - above.spot.left).abs() < SLACK * unit || opens_item(&before.text);
            let hangs = is_below && goes_on();
            return Some(!hangs);
        }
        if self.is_short(above, spot) {
            return Some(true);
        }
        goes_on().then_some(false)
    }

    /// Whether the line above ends although the first word of this one would have stood behind it. Where its neighbours end at
    /// the same place there is a margin: of a frame, or of a picture beside it.
    fn is_short(&self, above: &Above<'_>, spot: &Spot<'_>) -> bool {
        let before = above.spot.line;
        let is_same = |end: f64| (before.end - end).abs() < SLACK * self.size;
        let is_long = before.end - before.x > NARROWEST * self.size;
        let is_margin =
            is_long && if above.opens { is_same(spot.line.end) } else { above.end_above.is_some_and(is_same) };
        !is_margin && above.spot.right > spot.line.first_word + self.size * 1.2
    }

    /// How many of the first characters of a line are set apart from the body.
    fn apart(&self, line: &Placed) -> u32 {
        let bold = if self.face.bold { 0 } else { line.opens_bold };
        let heavy = if self.face.heavy { 0 } else { line.opens_heavy };
        if self.is_like(line) { bold.max(heavy) } else { 0 }
    }
}

/// Where the first lines of several begin that begin in one place.
fn margin(starts: impl Iterator<Item = f64>, size: f64) -> Option<f64> {
    let mut starts: Vec<f64> = starts.collect();
    starts.sort_by(f64::total_cmp);
    let enough = (starts.len() / 7).max(2);
    let shared = (0..starts.len())
        .find(|at| starts.get(at + enough - 1).is_some_and(|other| other - starts[*at] <= SLACK * size));
    shared.or((!starts.is_empty()).then_some(0)).map(|at| starts[at])
}

/// How far lines reach: not a line alone.
fn width(ends: impl Iterator<Item = f64>, size: f64) -> Option<f64> {
    let mut ends: Vec<f64> = ends.collect();
    ends.sort_by(|a, b| b.total_cmp(a));
    let shared = ends.windows(2).position(|pair| pair[0] - pair[1] <= size);
    ends.get(shared.unwrap_or(0)).copied()
}

/// Which lines stand on several pages at one height, equal but for their digits: first or last on their page.
fn repeating(pages: &[Vec<Placed>]) -> Vec<Vec<bool>> {
    let mut found: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (at, page) in pages.iter().enumerate() {
        for n in (0..page.len()).filter(|n| *n < 2 || *n + 2 >= page.len()) {
            // Numbers that count the pages have one difference from them; years are higher.
            if let Some(number) = page[n].text.trim().parse::<u32>().ok().filter(|number| *number <= LAST_PAGE) {
                found.entry((i64::from(number) - at as i64).to_string()).or_default().push((at, n));
            }
            let words: String = page[n].text.chars().filter(|c| c.is_alphabetic()).collect();
            if words.chars().count() >= 3 && !is_number(&page[n].text) {
                found.entry(words).or_default().push((at, n));
            }
        }
    }
    let mut repeats: Vec<Vec<bool>> = pages.iter().map(|page| vec![false; page.len()]).collect();
    for places in found.values() {
        for (at, n) in places {
            let line = &pages[*at][*n];
            let is_same = |other: &Placed| {
                (line.y - other.y).abs() <= SAME_HEIGHT && half_points(line.size) == half_points(other.size)
            };
            repeats[*at][*n] =
                places.iter().take(MOST_COMPARED).any(|(page, m)| page != at && is_same(&pages[*page][*m]));
        }
    }
    for (repeats, page) in repeats.iter_mut().zip(pages) {
        keep_inner(repeats, page);
    }
    repeats
}

/// A second line only repeats beside an outer one that does, or that is a number: below a title stands the credit that
/// other articles have, too.
fn keep_inner(repeats: &mut [bool], page: &[Placed]) {
    let last = page.len().saturating_sub(1);
    for (outer, inner) in [(0, 1), (last, last.saturating_sub(1))] {
        if inner < repeats.len() && inner != outer && !repeats[outer] && !is_number(&page[outer].text) {
            repeats[inner] = false;
        }
    }
}

/// With how many places a line is compared.
const MOST_COMPARED: usize = 8;

/// Whether a line says nothing but the number of its page.
fn is_number(text: &str) -> bool {
    is_page_number(text) || !text.chars().any(char::is_alphabetic)
}

fn half_points(size: f64) -> u32 {
    // A page has no letters of more than 1e5 points (`letter`).
    (size * 2.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of a page: where each begins, in characters from the margin, its size, and its words.
    fn page(lines: &[(f64, f64, &str)]) -> Vec<Placed> {
        let place = |(row, (start, size, text)): (u32, &(f64, f64, &str))| {
            let x = 50.0 + start * 12.0;
            let end = x + size * text.chars().count() as f64;
            let y = 100.0 + 20.0 * f64::from(row);
            let (face, text) = (Face::default(), (*text).to_owned());
            Placed { row, text, x, end, y, size: *size, face, opens_bold: 0, opens_heavy: 0, first_word: *size }
        };
        (0..).zip(lines).map(place).collect()
    }

    fn opens(pages: &[Vec<Placed>]) -> Vec<Option<bool>> {
        of(pages, pages.iter().map(Vec::len)).into_iter().map(|setting| setting.opens).collect()
    }

    const GOES_ON: Option<bool> = Some(false);
    const OPENS: Option<bool> = Some(true);

    #[test]
    fn an_indent_opens_a_paragraph_and_a_full_line_goes_on_across_a_page() {
        let first = page(&[
            (2.0, 12.0, "一二三四五六七八"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二三四。"),
            (2.0, 12.0, "一二三四五六七八"),
            (4.0, 12.0, "— 1 —"),
        ]);
        let second = page(&[(0.0, 12.0, "一二三四五六七八九十"), (0.0, 12.0, "一二三。"), (2.0, 12.0, "一二三四。")]);
        let found = opens(&[first, second]);
        assert_eq!(found[..4], [OPENS, GOES_ON, GOES_ON, OPENS]);
        assert_eq!(found[5..], [GOES_ON, GOES_ON, OPENS]);
    }

    #[test]
    fn without_indents_a_short_line_ends_a_paragraph_and_a_full_sentence_tells_nothing() {
        let found = opens(&[page(&[
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二三四。"),
            (0.0, 12.0, "一二三四五六七八九。"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二。"),
        ])]);
        assert_eq!(found, [OPENS, GOES_ON, OPENS, None, GOES_ON, GOES_ON]);
    }

    #[test]
    fn a_paragraph_in_smaller_letters_goes_on_where_its_lines_move_out() {
        let body = (0.0, 12.0, "一二三四五六七八九十");
        let note = [(2.0, 10.0, "一二三四五六七八九"), (0.0, 10.0, "一二三四五六七八九十一"), (0.0, 10.0, "一二。")];
        let lines: Vec<_> = [body; 8].into_iter().chain(note).collect();
        assert_eq!(opens(&[page(&lines)])[8..], [OPENS, GOES_ON, GOES_ON]);
    }

    #[test]
    fn lines_of_an_article_that_is_set_wider_go_on() {
        let (body, wide) = ((0.0, 12.0, "一二三四五六七八九十"), (0.0, 14.0, "一二三四五六七八九"));
        let lines: Vec<_> = [body; 12].into_iter().chain([wide; 8]).collect();
        let mut page = page(&lines);
        let step = |(at, line): (usize, &mut Placed)| line.y = 100.0 + if at < 12 { 14.0 } else { 24.0 } * at as f64;
        page.iter_mut().enumerate().for_each(step);
        assert_eq!(opens(&[page])[12..], [OPENS, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON]);
    }

    #[test]
    fn a_credit_below_the_titles_of_two_pages_is_no_running_head() {
        let (credit, body) = ((3.0, 12.0, "来源：市科技局"), (0.0, 12.0, "一二三四五六七八九十"));
        let pages = [
            page(&[(2.0, 18.0, "云泽建成平台"), credit, body, body, body, body]),
            page(&[(2.0, 18.0, "安澜开放园区"), credit, body, body, body]),
        ];
        let settings = of(&pages, pages.iter().map(Vec::len));
        assert!(settings.iter().all(|own| own.row != 2 && own.row != 8 || !own.repeats));
    }

    #[test]
    fn the_middle_is_where_both_sides_have_the_same_room() {
        let pages = [page(&[
            (1.0, 18.0, "一二三四五"),
            (2.0, 12.0, "一二三四五六七八"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (0.0, 12.0, "一二三四五六七八九十"),
            (2.0, 12.0, "一二三四五六"),
            (0.0, 12.0, "一二三四五六七八九十"),
        ])];
        let settings = of(&pages, pages.iter().map(Vec::len));
        let centred: Vec<u32> = settings.iter().filter(|own| own.centred).map(|own| own.row).collect();
        assert_eq!(centred, [1], "a line that is indented may end as far before the margin");
    }

    #[test]
    fn a_line_repeats_that_stands_at_one_height_on_two_pages() {
        let body = (0.0, 12.0, "一二三四五六七八九十");
        let pages = [
            page(&[(1.0, 9.0, "云泽改革简报 1"), body, body, body, body]),
            page(&[(1.0, 9.0, "云泽改革简报 2"), body, body, body]),
        ];
        let settings = of(&pages, pages.iter().map(Vec::len));
        let repeats: Vec<u32> = settings.iter().filter(|own| own.repeats).map(|own| own.row).collect();
        assert!(repeats.starts_with(&[1]) && repeats.contains(&6), "{repeats:?}");
    }
}
