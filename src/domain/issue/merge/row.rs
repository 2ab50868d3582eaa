//! Row: the passages of an issue merged with those of a corrected document. The issue's own order is where it begins from;
//! what the document changed is changed there, and what it has in new places is put behind what stands before it there.

mod knot;

use super::lay::{Laid, Old, Partner, lay, runs};
use super::way::{Way, way};
use super::{About, Asking, Names, Side, Three};
use crate::domain::issue::edit::{Passage, What, articles, end_of_article, highest, is_title, passages};
use crate::domain::issue::{Article, BlockId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

/// The merged articles.
pub(super) struct Done {
    pub(super) articles: Vec<Article>,
    pub(super) names: Names,
    pub(super) named: u32,
}

pub(super) fn merge(three: &Three<'_>, named: u32, asking: &mut Asking<'_>) -> Done {
    let [base, mine, theirs] = [three.base, three.mine, three.theirs].map(|contents| passages(&contents.articles));
    if let Some(done) = same(&mine, &theirs, named) {
        return done;
    }
    let mut named = [&base, &mine].into_iter().map(|row| highest(row)).fold(named, u32::max);
    let base = as_named(base, &mine, &mut named);
    let mut merge = Merge::new(base, mine, theirs, named);
    merge.order_articles(asking);
    merge.settle_articles(asking);
    merge.settle_knots(asking);
    merge.settle_passages(asking);
    merge.place();
    merge.done()
}

/// Both say the same, whatever was before.
fn same(mine: &[Passage], theirs: &[Passage], named: u32) -> Option<Done> {
    let both = || mine.iter().zip(theirs);
    if mine.len() != theirs.len() || !both().all(|(own, theirs)| own.what.is_as(&theirs.what)) {
        return None;
    }
    let names = both().map(|(own, theirs)| (theirs.id, own.id)).filter(|(read, name)| read != name);
    let names = Names(names.collect());
    let row: Vec<Passage> = both().map(|(own, theirs)| Passage { id: own.id, what: theirs.what.clone() }).collect();
    Some(Done { articles: articles(&row)?, names, named: highest(mine).max(named) })
}

/// The base with the names of the issue. A passage keeps its name whatever is done to it; only where this version reads the
/// document otherwise than it was read once, most passages are not who they seem, and are found by their words.
fn as_named(mut base: Vec<Passage>, mine: &[Passage], named: &mut u32) -> Vec<Passage> {
    let now: HashMap<BlockId, &What> = mine.iter().map(|passage| (passage.id, &passage.what)).collect();
    let same = base.iter().filter(|was| now.get(&was.id).is_some_and(|now| was.what.is_as(now))).count();
    if same * 2 >= base.len() {
        return base;
    }
    let old: Vec<Old<'_>> = base.iter().map(|was| Old { was: &was.what, mine: Some(&was.what) }).collect();
    let laid = lay(&old, &runs(&base), mine, &[]);
    let found = |(partner, now): (&Option<Partner>, &Passage)| partner.map(|partner| (partner.old, now.id));
    let found: HashMap<usize, BlockId> = laid.partners.iter().zip(mine).filter_map(found).collect();
    for (at, passage) in base.iter_mut().enumerate() {
        passage.id = found.get(&at).copied().unwrap_or_else(|| fresh(named));
    }
    base
}

fn fresh(named: &mut u32) -> BlockId {
    *named += 1;
    BlockId(*named)
}

/// A merge under way.
struct Merge {
    base: Vec<Passage>,
    mine: Vec<Passage>,
    theirs: Vec<Passage>,
    laid: Laid,
    /// For each passage of theirs, its name in the issue.
    names: Vec<BlockId>,
    named: u32,
    /// For each passage of the base, which of theirs it is.
    theirs_of: HashMap<usize, usize>,
    /// The passages so far.
    row: Vec<Passage>,
    /// Passages of theirs that have no place yet.
    waiting: BTreeMap<usize, Passage>,
    /// Passages of the base that a question about several has settled, whatever its answer.
    settled: HashSet<usize>,
    /// What questions about articles have shown: the names of passages, each with those of the base that it settled.
    shown: Vec<HashSet<BlockId>>,
    /// Those that an answer has put where the new document has them already.
    taken: HashSet<usize>,
}

impl Merge {
    fn new(base: Vec<Passage>, mine: Vec<Passage>, theirs: Vec<Passage>, mut named: u32) -> Self {
        let now: HashMap<BlockId, &What> = mine.iter().map(|passage| (passage.id, &passage.what)).collect();
        let old = |was: &'_ Passage| now.get(&was.id).copied();
        let olds: Vec<Old<'_>> = base.iter().map(|was| Old { was: &was.what, mine: old(was) }).collect();
        let known: HashSet<BlockId> = base.iter().map(|was| was.id).collect();
        let mut added: Vec<&Passage> = mine.iter().filter(|passage| !known.contains(&passage.id)).collect();
        let whats: Vec<&What> = added.iter().map(|passage| &passage.what).collect();
        let laid = lay(&olds, &runs(&base), &theirs, &whats);
        let (mut names, mut waiting, mut theirs_of) = (Vec::new(), BTreeMap::new(), HashMap::new());
        for (at, (passage, partner)) in theirs.iter().zip(&laid.partners).enumerate() {
            if let Some(partner) = partner {
                theirs_of.insert(partner.old, at);
                names.push(base[partner.old].id);
            } else if let Some(same) = added.iter().position(|own| own.what.is_as(&passage.what)) {
                // Both have added the same.
                names.push(added.remove(same).id);
            } else {
                let id = fresh(&mut named);
                names.push(id);
                waiting.insert(at, Passage { id, what: passage.what.clone() });
            }
        }
        let row = mine.clone();
        let (settled, shown, taken) = (HashSet::new(), Vec::new(), HashSet::new());
        Self { base, mine, theirs, laid, names, named, theirs_of, row, waiting, settled, shown, taken }
    }

    fn now(&self, id: BlockId) -> Option<&What> {
        self.mine.iter().find(|passage| passage.id == id).map(|passage| &passage.what)
    }

    fn place_of(&self, id: BlockId) -> Option<usize> {
        self.row.iter().position(|passage| passage.id == id)
    }

    /// Puts the articles into the order of the new document, where that has changed it.
    fn order_articles(&mut self, asking: &mut Asking<'_>) {
        let is_there = |at: &usize| {
            let id = self.base[*at].id;
            self.row.iter().any(|passage| passage.id == id && is_title(passage))
        };
        let theirs: Vec<usize> = self.laid.articles.iter().map(|(was, _)| was.start).filter(is_there).collect();
        let ids: Vec<BlockId> = theirs.iter().map(|at| self.base[*at].id).collect();
        let units = units(&self.row, &ids);
        let mine: Vec<BlockId> =
            units.iter().map(|unit| self.row[unit.start].id).filter(|id| ids.contains(id)).collect();
        if theirs.is_sorted() || mine == ids {
            return;
        }
        let mut was = theirs.clone();
        was.sort_unstable();
        let was: Vec<BlockId> = was.iter().map(|at| self.base[*at].id).collect();
        if mine != was {
            let titles = |ids: &[BlockId]| {
                let titles: Vec<String> =
                    ids.iter().filter_map(|id| Some(self.row[self.place_of(*id)?].words())).collect();
                Some(titles.join(" / "))
            };
            let texts = [titles(&was), titles(&mine), titles(&ids)];
            if asking.ask(About::Order, None, texts) == Side::Mine {
                return;
            }
        }
        let mut next = ids.iter();
        let mut ordered = Vec::new();
        for unit in &units {
            let is_one = ids.contains(&self.row[unit.start].id);
            let id = if is_one { next.next() } else { None };
            let of = id.and_then(|id| units.iter().find(|unit| self.row[unit.start].id == *id)).unwrap_or(unit);
            ordered.extend_from_slice(&self.row[of.clone()]);
        }
        self.row = ordered;
    }

    /// Asks once about an article that one took out and the other changed.
    fn settle_articles(&mut self, asking: &mut Asking<'_>) {
        for was in runs(&self.base) {
            let pair = self.laid.articles.iter().find(|(old, _)| *old == was).map(|(_, new)| new.clone());
            match pair {
                Some(now) => self.settle_taken_out(was, now, asking),
                None => self.settle_left_out(was, asking),
            }
        }
    }

    /// The issue has the article no more, the new document has it with changes.
    fn settle_taken_out(&mut self, was: Range<usize>, now: Range<usize>, asking: &mut Asking<'_>) {
        if was.clone().any(|at| self.now(self.base[at].id).is_some()) {
            return;
        }
        let is_same = |at: usize| {
            let partner = self.laid.partners[at];
            partner.is_some_and(|partner| self.base[partner.old].what.is_as(&self.theirs[at].what))
        };
        self.settled.extend(was.clone());
        if was.len() == now.len() && now.clone().all(is_same) {
            return;
        }
        let texts = [Some(words(&self.base[was.clone()])), None, Some(words(&self.theirs[now.clone()]))];
        let title = self.theirs[now.start].words();
        let side = asking.ask(About::Article, Some(title), texts);
        for at in now {
            match side {
                Side::Mine => drop(self.waiting.remove(&at)),
                Side::Theirs if self.place_of(self.names[at]).is_none() => {
                    self.waiting.insert(at, Passage { id: self.names[at], what: self.theirs[at].what.clone() });
                }
                Side::Theirs => {}
            }
        }
    }

    /// The new document has the article no more, an editor changed it.
    fn settle_left_out(&mut self, was: Range<usize>, asking: &mut Asking<'_>) {
        let title = self.base[was.start].id;
        let Some(at) = self.place_of(title).filter(|at| is_title(&self.row[*at])) else { return };
        let run = at..end_of_article(&self.row, at);
        let lost = was.clone().filter(|at| !self.theirs_of.contains_key(at));
        let lost: HashMap<BlockId, &What> = lost.map(|at| (self.base[at].id, &self.base[at].what)).collect();
        let is_moved = |at: &usize| self.laid.partners[*at].is_some_and(|partner| partner.moved);
        let moved: HashSet<BlockId> =
            self.theirs_of.values().filter(|at| is_moved(at)).map(|at| self.names[*at]).collect();
        let is_own = |passage: &&Passage| !moved.contains(&passage.id);
        let own: Vec<Passage> = self.row[run].iter().filter(is_own).cloned().collect();
        let is_untouched = |passage: &Passage| lost.get(&passage.id).is_some_and(|was| was.is_as(&passage.what));
        if own.iter().all(is_untouched) {
            return;
        }
        let texts = [Some(words(&self.base[was.clone()])), Some(words(&own)), None];
        let side = asking.ask(About::Article, Some(own[0].words()), texts);
        let own: HashSet<BlockId> = own.iter().map(|passage| passage.id).collect();
        // What an editor put into another article is no part of this one.
        let lost = was.filter(|at| !self.theirs_of.contains_key(at)).filter(|at| {
            let id = self.base[*at].id;
            own.contains(&id) || self.now(id).is_none()
        });
        let lost: Vec<usize> = lost.collect();
        self.shown.push(lost.iter().map(|at| self.base[*at].id).chain(own.iter().copied()).collect());
        self.settled.extend(lost);
        if side == Side::Theirs {
            self.row.retain(|passage| !own.contains(&passage.id));
            // What an editor put there from elsewhere is where the new document has it.
            for (was, at) in self.theirs_of.clone().into_iter().filter(|(was, _)| own.contains(&self.base[*was].id)) {
                self.taken.insert(was);
                self.waiting.insert(at, Passage { id: self.names[at], what: self.theirs[at].what.clone() });
            }
        }
    }

    /// Each passage that the document before had.
    fn settle_passages(&mut self, asking: &mut Asking<'_>) {
        let mut title = None;
        for at in 0..self.base.len() {
            if is_title(&self.base[at]) {
                title = Some(self.base[at].words());
            }
            if self.settled.contains(&at) {
                continue;
            }
            let (id, was) = (self.base[at].id, &self.base[at].what);
            let (mine, theirs) = (self.now(id), self.theirs_of.get(&at).map(|at| &self.theirs[*at].what));
            let way = match way(was, mine, theirs) {
                Way::Ask => {
                    let say = |what: &What| Passage { id, what: what.clone() }.said();
                    let texts = [Some(say(was)), mine.map(say), theirs.map(say)];
                    match (asking.ask(About::Passage, title.clone(), texts), theirs) {
                        (Side::Mine, _) => Way::Mine,
                        (Side::Theirs, Some(theirs)) => Way::Take(theirs.clone()),
                        (Side::Theirs, None) => Way::Gone,
                    }
                }
                way => way,
            };
            if !self.taken.contains(&at) {
                self.go(at, way);
            }
        }
    }

    fn go(&mut self, at: usize, way: Way) {
        let id = self.base[at].id;
        let place = self.place_of(id);
        let theirs = self.theirs_of.get(&at).copied();
        let is_moved = theirs.and_then(|at| self.laid.partners[at]).is_some_and(|partner| partner.moved);
        match (way, place, theirs) {
            (Way::Gone, Some(place), _) => drop(self.row.remove(place)),
            (Way::Mine, Some(place), Some(theirs)) if is_moved => {
                let passage = self.row.remove(place);
                self.waiting.insert(theirs, passage);
            }
            (Way::Take(what), Some(place), Some(theirs)) if is_moved => {
                self.row.remove(place);
                self.waiting.insert(theirs, Passage { id, what });
            }
            (Way::Take(what), Some(place), _) => self.row[place].what = what,
            (Way::Take(what), None, Some(theirs)) => drop(self.waiting.insert(theirs, Passage { id, what })),
            (Way::Gone | Way::Mine | Way::Take(_) | Way::Ask, _, _) => {}
        }
    }

    /// Puts what waits behind what stands before it in the new document.
    fn place(&mut self) {
        let (mut last, mut title) = (None, None);
        for at in 0..self.theirs.len() {
            let id = self.names[at];
            if let Some(passage) = self.waiting.remove(&at) {
                let place = place_behind(&self.row, last, &passage);
                self.row.insert(place, passage);
                last = Some(id);
            } else if let Some(place) = self.place_of(id) {
                let begins = is_title(&self.row[place]);
                // An editor may have moved it to another article; what follows it in the document does not go with it.
                if begins || title.is_none() || title == title_of(&self.row, place) {
                    last = Some(id);
                }
            }
            if is_title(&self.theirs[at]) {
                title = self.place_of(id).map(|_| id);
            }
        }
    }

    fn done(mut self) -> Done {
        let names = self.theirs.iter().zip(&self.names).map(|(passage, name)| (passage.id, *name));
        let names = Names(names.filter(|(read, name)| read != name).collect());
        self.read_from_theirs();
        // A title that became text again may have been the first.
        match self.row.iter().position(is_title) {
            Some(0) => {}
            Some(first) => {
                let title = self.row.remove(first);
                self.row.insert(0, title);
            }
            None => self.begin_with_a_title(),
        }
        let articles = articles(&self.row).unwrap_or_default();
        Done { articles, names, named: self.named }
    }

    /// No title is left: the first of the new document begins the issue, as it begins every document. What an editor made of
    /// it stays below.
    fn begin_with_a_title(&mut self) {
        if let (Some(title), Some(id)) = (self.theirs.first(), self.names.first()) {
            for passage in self.row.iter_mut().filter(|passage| passage.id == *id) {
                passage.id = fresh(&mut self.named);
            }
            self.row.insert(0, Passage { id: *id, what: title.what.clone() });
        }
    }

    /// Says of each passage from which lines of the new document it was read.
    fn read_from_theirs(&mut self) {
        let lines = |at: usize| self.theirs[at].lines().unwrap_or_default();
        let of: HashMap<BlockId, (u32, u32)> = self.names.iter().enumerate().map(|(at, id)| (*id, lines(at))).collect();
        let parted = self.theirs_of.iter().filter_map(|(was, now)| Some((self.base[*was].lines()?, lines(*now))));
        let parted: HashMap<(u32, u32), (u32, u32)> = parted.collect();
        let known: HashSet<BlockId> = self.base.iter().map(|was| was.id).collect();
        for passage in &mut self.row {
            // What an editor parted has the lines that the whole had.
            let whole = || passage.lines().filter(|_| !known.contains(&passage.id)).and_then(|was| parted.get(&was));
            let lines = of.get(&passage.id).or_else(whole).copied().unwrap_or_default();
            passage.what = passage.what.clone().read_from(lines);
        }
    }
}

/// The articles of a row that have these titles, each with those behind it that have none of them.
fn units(row: &[Passage], titles: &[BlockId]) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    for run in runs(row) {
        match units.last_mut() {
            Some(unit) if !titles.contains(&row[run.start].id) => unit.end = run.end,
            _ => units.push(run),
        }
    }
    units
}

fn title_of(row: &[Passage], at: usize) -> Option<BlockId> {
    row[..=at].iter().rev().find(|passage| is_title(passage)).map(|passage| passage.id)
}

fn place_behind(row: &[Passage], last: Option<BlockId>, passage: &Passage) -> usize {
    let at = last.and_then(|last| row.iter().position(|passage| passage.id == last));
    match at {
        None if is_title(passage) => 0,
        None => row.len().min(1),
        Some(at) if is_title(passage) => end_of_article(row, at),
        Some(at) => at + 1,
    }
}

fn words(passages: &[Passage]) -> String {
    passages.iter().map(Passage::said).collect::<Vec<_>>().join("\n")
}
