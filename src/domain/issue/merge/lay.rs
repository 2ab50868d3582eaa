//! Lay: one document laid beside another: which passage of the new one is which of the old one. Articles are matched by
//! title and by the passages that they share; their blocks so that least is asked and least changes; what is left by the
//! same words elsewhere.

use crate::domain::issue::BlockKind;
use crate::domain::issue::edit::{Passage, What, end_of_article, is_title};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// So many pairs of blocks are compared by their characters; beyond, only equal ones are found.
const COMPARED: usize = 60_000;
/// So many pairs of blocks are looked at; beyond, an article that has other words at both ends is a new one.
const MOST: usize = 9_000_000;
/// Texts that share less of their pairs of characters are different ones, in parts of a hundred.
const ALIKE: i32 = 40;

/// A passage of the document before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Old<'a> {
    pub(super) was: &'a What,
    /// As the issue has it now; none where it is gone.
    pub(super) mine: Option<&'a What>,
}

/// Which passage of the old document a passage of the new one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partner {
    pub(super) old: usize,
    /// Whether the new document has it in another place.
    pub(super) moved: bool,
}

/// Two documents beside each other.
#[derive(Debug)]
pub(super) struct Laid {
    /// For each passage of the new document.
    pub(super) partners: Vec<Option<Partner>>,
    /// Articles that are one, as their runs of old and new passages, in the order of the new document.
    pub(super) articles: Vec<(Range<usize>, Range<usize>)>,
}

/// The articles of a row of passages, each as the run of its passages.
pub(super) fn runs(row: &[Passage]) -> Vec<Range<usize>> {
    let titles = (0..row.len()).filter(|at| is_title(&row[*at]));
    titles.map(|at| at..end_of_article(row, at)).collect()
}

/// Lays `new` beside `old`, whose articles are `articles`; `added` is what the issue has of its own.
pub(super) fn lay(old: &[Old<'_>], articles: &[Range<usize>], new: &[Passage], added: &[&What]) -> Laid {
    let mut table = Table::default();
    let sides: Vec<Side> = old.iter().map(|old| table.side(old)).collect();
    let texts: Vec<Text> = new.iter().map(|new| table.text(&new.what)).collect();
    let added: HashSet<usize> = added.iter().map(|what| table.key(what)).collect();
    let pairs = matched(&sides, articles, &texts, &runs(new));
    let mut partners: Vec<Option<Partner>> = vec![None; new.len()];
    for (was, now) in &pairs {
        partners[now.start] = Some(Partner { old: was.start, moved: false });
        let (old, new) = (&sides[was.start + 1..was.end], &texts[now.start + 1..now.end]);
        for (at, found) in aligned(old, new, &added).into_iter().enumerate() {
            let partner = found.map(|found| Partner { old: was.start + 1 + found, moved: false });
            partners[now.start + 1 + at] = partner;
        }
    }
    find_moved(&sides, &texts, &mut partners);
    Laid { partners, articles: pairs }
}

/// Gives each text a number, the same for the same.
#[derive(Default)]
struct Table(HashMap<String, usize>);

/// A text, by its number and its pairs of characters.
#[derive(Clone, Debug)]
struct Text {
    key: usize,
    is_title: bool,
    is_picture: bool,
    words: String,
    grams: Vec<(char, char)>,
}

/// An old passage, as it was and as it is.
#[derive(Debug)]
struct Side {
    was: Text,
    mine: Option<Text>,
}

impl Table {
    fn key(&mut self, what: &What) -> usize {
        let next = self.0.len();
        *self.0.entry(what.spelled_out()).or_insert(next)
    }

    fn text(&mut self, what: &What) -> Text {
        let (words, is_picture) = match what {
            What::Title { text, .. } => (text.clone(), false),
            What::Block { kind, .. } => (kind.plain(), matches!(kind, BlockKind::Image { .. })),
        };
        let words: String = words.split_whitespace().collect();
        let mut grams: Vec<_> = words.chars().zip(words.chars().skip(1)).collect();
        grams.sort_unstable();
        Text { key: self.key(what), is_title: matches!(what, What::Title { .. }), is_picture, words, grams }
    }

    fn side(&mut self, old: &Old<'_>) -> Side {
        Side { was: self.text(old.was), mine: old.mine.map(|mine| self.text(mine)) }
    }
}

impl Text {
    /// How much of two texts is shared, in parts of a hundred.
    fn alike(&self, other: &Self) -> i32 {
        if self.key == other.key || (self.words == other.words && !self.words.is_empty()) {
            return 100;
        }
        let all = self.grams.len() + other.grams.len();
        if all == 0 || self.grams.is_empty() || other.grams.is_empty() {
            // Two pictures in one place: one may stand for the other.
            return if self.is_picture && other.is_picture { 50 } else { 0 };
        }
        let (mut a, mut b, mut shared) = (self.grams.iter().peekable(), other.grams.iter().peekable(), 0);
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += 2;
                    a.next();
                    b.next();
                }
            }
        }
        i32::try_from(shared * 100 / all).unwrap_or(100)
    }
}

impl Side {
    fn is(&self, text: &Text) -> bool {
        self.was.key == text.key || self.mine.as_ref().is_some_and(|mine| mine.key == text.key)
    }

    fn alike(&self, text: &Text) -> i32 {
        self.was.alike(text).max(self.mine.as_ref().map_or(0, |mine| mine.alike(text)))
    }

    fn is_untouched(&self) -> bool {
        self.mine.as_ref().is_some_and(|mine| mine.key == self.was.key)
    }

    /// What it costs when the new document has it no more.
    fn gone(&self) -> i32 {
        match &self.mine {
            None => 0,
            Some(_) if self.is_untouched() => 10,
            Some(_) => 40,
        }
    }

    /// What it costs when the new document has this in its place; none where that is another text.
    fn becomes(&self, text: &Text, is_compared: bool) -> Option<i32> {
        if self.is(text) {
            return Some(0);
        }
        let alike = if is_compared { self.alike(text) } else { 0 };
        let unlike = (100 - alike) * 9 / 100;
        let asks = if self.is_untouched() || self.mine.is_none() { 0 } else { 20 };
        (alike >= ALIKE).then_some(unlike + asks)
    }
}

/// The articles that are one: the same title counts most, then a near one, then the blocks that both have, then the place.
fn matched(
    old: &[Side],
    was: &[Range<usize>],
    new: &[Text],
    now: &[Range<usize>],
) -> Vec<(Range<usize>, Range<usize>)> {
    let mut candidates = Vec::new();
    for (i, was) in was.iter().enumerate() {
        let texts = old[was.clone()].iter().skip(1).flat_map(|side| std::iter::once(&side.was).chain(&side.mine));
        let keys: HashSet<usize> = texts.filter(|text| !text.words.is_empty()).map(|text| text.key).collect();
        for (j, now) in now.iter().enumerate() {
            let title = old[was.start].alike(&new[now.start]);
            let shared = new[now.start + 1..now.end].iter().filter(|text| keys.contains(&text.key)).count();
            let shared = i32::try_from(shared).unwrap_or(i32::MAX).min(1_000);
            if title >= 60 || shared > 0 {
                let score = if title == 100 { 1_000 } else { title * 3 } + shared * 10;
                candidates.push((score, i, j));
            }
        }
    }
    candidates.sort_by_key(|(score, i, j)| (Reverse(*score), i.abs_diff(*j), *j));
    let (mut taken, mut pairs) = (HashSet::new(), vec![None; now.len()]);
    for (_, i, j) in candidates {
        if pairs[j].is_none() && taken.insert(i) {
            pairs[j] = Some(i);
        }
    }
    let both = pairs.iter().zip(now).filter_map(|(i, now)| Some((was[(*i)?].clone(), now.clone())));
    both.collect()
}

/// For each block of the new article, which of the old one it is: of all ways that keep the order the one that asks least
/// and changes least.
fn aligned(old: &[Side], new: &[Text], added: &HashSet<usize>) -> Vec<Option<usize>> {
    let is_kept = |(old, new): &(&Side, &Text)| old.is_untouched() && old.was.key == new.key;
    let head = old.iter().zip(new).take_while(is_kept).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(is_kept).count();
    let mut found: Vec<Option<usize>> = vec![None; new.len()];
    (0..head).for_each(|at| found[at] = Some(at));
    (1..=tail).for_each(|back| found[new.len() - back] = Some(old.len() - back));
    let (old, new) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if old.len() * new.len() <= MOST {
        for (at, of) in cheapest(old, new, added) {
            found[head + at] = Some(head + of);
        }
    }
    found
}

/// What the cheapest way does at a place.
#[derive(Clone, Copy)]
enum Step {
    Gone,
    Came,
    Same,
}

/// Pairs of places, new and old, of the cheapest way from the beginning to the end.
fn cheapest(old: &[Side], new: &[Text], added: &HashSet<usize>) -> Vec<(usize, usize)> {
    let is_compared = old.len() * new.len() <= COMPARED;
    let came = |text: &Text| if added.contains(&text.key) { 0 } else { 10 };
    let width = new.len() + 1;
    let mut steps = vec![Step::Came; (old.len() + 1) * width];
    let mut costs: Vec<i32> = std::iter::once(0)
        .chain(new.iter().scan(0, |sum, text| {
            *sum += came(text);
            Some(*sum)
        }))
        .collect();
    for (i, side) in old.iter().enumerate() {
        let mut corner = costs[0];
        costs[0] += side.gone();
        steps[(i + 1) * width] = Step::Gone;
        for (j, text) in new.iter().enumerate() {
            // What both have added is no other passage changed.
            let is_compared = is_compared && !added.contains(&text.key);
            let same = side.becomes(text, is_compared).map(|cost| (corner + cost, Step::Same));
            let others = [(costs[j + 1] + side.gone(), Step::Gone), (costs[j] + came(text), Step::Came)];
            corner = costs[j + 1];
            let best = same.into_iter().chain(others).min_by_key(|(cost, _)| *cost).expect("there are two at least");
            (costs[j + 1], steps[(i + 1) * width + j + 1]) = best;
        }
    }
    let (mut i, mut j, mut pairs) = (old.len(), new.len(), Vec::new());
    while i > 0 || j > 0 {
        match steps[i * width + j] {
            Step::Gone => i -= 1,
            Step::Came => j -= 1,
            Step::Same => {
                (i, j) = (i - 1, j - 1);
                pairs.push((j, i));
            }
        }
    }
    pairs
}

/// Passages that are left on both sides with the same words: the new document has moved them.
fn find_moved(old: &[Side], new: &[Text], partners: &mut [Option<Partner>]) {
    let taken: HashSet<usize> = partners.iter().flatten().map(|partner| partner.old).collect();
    let mut left: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, side) in old.iter().enumerate().rev() {
        if !taken.contains(&at) {
            left.entry(side.was.key).or_default().push(at);
            if let Some(mine) = side.mine.as_ref().filter(|mine| mine.key != side.was.key) {
                left.entry(mine.key).or_default().push(at);
            }
        }
    }
    let mut gone = HashSet::new();
    for (text, partner) in new.iter().zip(partners) {
        let is_open = partner.is_none() && (text.words.chars().count() > 1 || text.is_picture);
        let Some(places) = left.get_mut(&text.key).filter(|_| is_open) else { continue };
        places.retain(|at| !gone.contains(at));
        if let Some(old) = places.pop() {
            gone.insert(old);
            // A block that an editor made a title stands where they put it.
            *partner = Some(Partner { old, moved: !text.is_title });
        }
    }
}
