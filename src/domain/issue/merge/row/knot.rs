//! Knot: passages that an editor joined, parted or cut out of each other. What the document before said in two is in one, or
//! the other way round; so what a corrected document changes in one of them is asked of all together, and an answer takes
//! all or none. Found by the words that one passage lost and another gained. Pure; called by row.

use super::super::way::Way;
use super::super::{About, Asking, Side};
use super::{Merge, title_of, words};
use crate::domain::issue::BlockId;
use crate::domain::issue::edit::{Passage, What};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// So many characters are a piece that is followed from one passage into another; half of a passage is one where that is less.
const PIECE: usize = 8;

impl Merge {
    /// Asks about every knot that the new document touches. Before the passages one by one, for it speaks of several.
    pub(super) fn settle_knots(&mut self, asking: &mut Asking<'_>) {
        for names in knots(&self.base, &self.mine) {
            let was: Vec<usize> = (0..self.base.len()).filter(|at| names.contains(&self.base[*at].id)).collect();
            // An article that was asked about as a whole may have shown all of it.
            let is_shown = self.shown.iter().any(|shown| names.iter().all(|name| shown.contains(name)));
            if !is_shown && was.iter().any(|at| self.is_touched(*at)) {
                self.settle_knot(&names, &was, asking);
            }
        }
    }

    /// Whether the new document changed a passage or has it no more. Where the editor changed it in the same way, what they cut
    /// out of it may stand in another.
    fn is_touched(&self, at: usize) -> bool {
        let theirs = self.theirs_of.get(&at).map(|at| &self.theirs[*at].what);
        theirs.is_none_or(|theirs| !theirs.is_as(&self.base[at].what))
    }

    fn settle_knot(&mut self, names: &BTreeSet<BlockId>, was: &[usize], asking: &mut Asking<'_>) {
        let of = |passages: Vec<&Passage>| passages.into_iter().cloned().collect::<Vec<_>>();
        let mine = of(self.mine.iter().filter(|passage| names.contains(&passage.id)).collect());
        let theirs = self.theirs.iter().zip(&self.names).filter(|(_, name)| names.contains(name));
        let theirs = of(theirs.map(|(passage, _)| passage).collect());
        let is_same = |(own, theirs): (&Passage, &Passage)| own.what.is_as(&theirs.what);
        if mine.len() == theirs.len() && mine.iter().zip(&theirs).all(is_same) {
            return;
        }
        let before = of(was.iter().map(|at| &self.base[*at]).collect());
        let texts = [before, mine, theirs].map(|passages| (!passages.is_empty()).then(|| words(&passages)));
        let title = title_of(&self.base, was[0]).and_then(|id| self.base.iter().find(|passage| passage.id == id));
        let side = asking.ask(About::Passage, title.map(Passage::words), texts);
        for at in was.iter().filter(|at| !self.taken.contains(at)).copied().collect::<Vec<_>>() {
            let theirs = self.theirs_of.get(&at).map(|at| self.theirs[*at].what.clone());
            match side {
                Side::Mine if self.settled.contains(&at) => {}
                Side::Mine => self.go(at, Way::Mine),
                Side::Theirs => self.go(at, theirs.map_or(Way::Gone, Way::Take)),
            }
        }
        self.settled.extend(was);
        if side == Side::Theirs {
            self.take_out_added(names);
        }
    }

    /// Takes out what has no place in either document.
    fn take_out_added(&mut self, names: &BTreeSet<BlockId>) {
        let known = |id: &BlockId| self.names.contains(id) || self.base.iter().any(|was| was.id == *id);
        let added: HashSet<BlockId> = names.iter().filter(|id| !known(id)).copied().collect();
        self.row.retain(|passage| !added.contains(&passage.id));
    }
}

/// The names of passages that hold words of each other, as sets in the order of the base.
fn knots(base: &[Passage], mine: &[Passage]) -> Vec<BTreeSet<BlockId>> {
    let (base, mine) = (spelled(base), spelled(mine));
    let mut beside: BTreeMap<BlockId, BTreeSet<BlockId>> = BTreeMap::new();
    for (lost, gained) in links(&base, &mine) {
        beside.entry(lost).or_default().insert(gained);
        beside.entry(gained).or_default().insert(lost);
    }
    let mut knots: Vec<BTreeSet<BlockId>> = Vec::new();
    for (id, _) in &base {
        let mut next: Vec<BlockId> = beside.get(id).map(|_| *id).into_iter().collect();
        let mut knot = BTreeSet::new();
        while let Some(id) = next.pop() {
            if let Some(others) = beside.remove(&id) {
                knot.insert(id);
                next.extend(others);
            }
        }
        if !knot.is_empty() {
            knots.push(knot);
        }
    }
    knots
}

/// A passage's characters, by its name.
type Spelled = (BlockId, Vec<char>);

fn spelled(row: &[Passage]) -> Vec<Spelled> {
    let words = |what: &What| match what {
        What::Title { text, .. } => text.clone(),
        What::Block { kind, .. } => kind.plain(),
    };
    let letters = |passage: &Passage| words(&passage.what).chars().filter(|c| !c.is_whitespace()).collect();
    row.iter().map(|passage| (passage.id, letters(passage))).collect()
}

/// Pairs of passages of which the first lost a piece that the second gained.
fn links(base: &[Spelled], mine: &[Spelled]) -> BTreeSet<(BlockId, BlockId)> {
    let of = |row: &'_ [Spelled]| row.iter().map(|(id, words)| (*id, words.clone())).collect::<HashMap<_, _>>();
    let (was, now) = (of(base), of(mine));
    let nothing = Vec::new();
    let mut lost: HashMap<&[char], BTreeSet<BlockId>> = HashMap::new();
    for (id, words) in base {
        for piece in more_of(words, now.get(id).unwrap_or(&nothing), piece_of(words.len())) {
            lost.entry(piece).or_default().insert(*id);
        }
    }
    let lengths: BTreeSet<usize> = lost.keys().map(|piece| piece.len()).collect();
    let mut links = BTreeSet::new();
    for (id, words) in mine {
        let before = was.get(id).unwrap_or(&nothing);
        let gained = lengths.iter().flat_map(|length| more_of(words, before, *length));
        let losers = gained.filter_map(|piece| lost.get(piece)).flatten();
        links.extend(losers.filter(|loser| *loser != id).map(|loser| (*loser, *id)));
        // The short end of a long passage, parted from it.
        if before.is_empty() && (2..PIECE).contains(&words.len()) {
            let holds = |all: &[char]| all.windows(words.len()).any(|piece| piece == words);
            let losers = base.iter().filter(|(loser, was)| holds(was) && !now.get(loser).is_some_and(|now| holds(now)));
            links.extend(losers.map(|(loser, _)| (*loser, *id)));
        }
    }
    links
}

/// How long a piece of a passage of so many characters is.
fn piece_of(length: usize) -> usize {
    length.div_ceil(2).clamp(2, PIECE).min(length.max(1))
}

/// The pieces of this length that stand in `words` more often than in `others`.
fn more_of<'a>(words: &'a [char], others: &[char], length: usize) -> impl Iterator<Item = &'a [char]> {
    let mut count: HashMap<&[char], usize> = HashMap::new();
    let mut more = Vec::new();
    if words != others {
        others.windows(length).for_each(|piece| *count.entry(piece).or_default() += 1);
        for piece in words.windows(length) {
            match count.get_mut(piece) {
                Some(left) if *left > 0 => *left -= 1,
                _ => more.push(piece),
            }
        }
    }
    more.into_iter()
}
