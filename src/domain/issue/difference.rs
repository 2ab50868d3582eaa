//! Difference: what changed between two states of an issue, by article and paragraph, and within a paragraph by
//! character. Pure; shown to reviewers. It promises that nothing is left out: what it calls kept, gone and new adds
//! up to both states.

use super::{Article, Block, BlockId, Contents, Dating};
use crate::domain::attachment::Attachment;
use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashSet;

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the issue says beside its articles.
    pub facts: Vec<(Fact, Change)>,
    /// The articles that are not as they were, in the order in which they are now; those that are gone come last.
    pub articles: Vec<ArticleDifference>,
}

/// What an issue says beside its articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The name on its masthead.
    Masthead,
    /// Its number.
    Label,
    /// Its date of issue.
    Date,
    /// A line of the imprint.
    Imprint,
    /// The order of the articles, as their titles.
    Order,
    /// The subject of its letters, where an editor wrote one.
    Subject,
    /// What an inbox shows beside it.
    Preheader,
    /// A file that goes with it.
    Attachment,
    /// How much of it its letters hold.
    Extent,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Added(String),
    /// It is not there any more.
    Removed(String),
    /// It has other words; the same words where only their kind or emphasis changed.
    Changed {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
}

impl Change {
    /// The same change with each text as `say` has it.
    #[must_use]
    pub fn map(self, say: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Added(text) => Self::Added(say(&text)),
            Self::Removed(text) => Self::Removed(say(&text)),
            Self::Changed { before, after } => Self::Changed { before: say(&before), after: say(&after) },
        }
    }
}

/// An article that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleDifference {
    /// Its title now, or as it was.
    pub title: String,
    /// What became of it.
    pub fate: Fate,
    /// What changed in it: its title, byline and paragraphs; nothing where all of it is new or gone.
    pub changes: Vec<Change>,
    /// Its paragraphs that are as they were.
    pub kept: usize,
}

/// What became of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there, with changes.
    Changed,
}

/// A stretch of a changed paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// In both.
    Kept(String),
    /// Only in what was.
    Gone(String),
    /// Only in what is.
    New(String),
}

impl Difference {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.articles.is_empty()
    }
}

/// What is different in `after`.
pub fn between(before: &Contents, after: &Contents) -> Difference {
    let partners = partners(&before.articles, &after.articles);
    let mut articles = Vec::new();
    for (article, partner) in after.articles.iter().zip(&partners) {
        match partner {
            Some(partner) => articles.extend(within(&before.articles[*partner], article)),
            None => articles.push(whole(article, Fate::Added)),
        }
    }
    let gone = (0..before.articles.len()).filter(|at| !partners.contains(&Some(*at)));
    articles.extend(gone.map(|at| whole(&before.articles[at], Fate::Removed)));
    Difference { facts: facts(before, after, &partners), articles }
}

/// The stretches of a paragraph that changed, by character.
pub fn stretches(before: &str, after: &str) -> Vec<Stretch> {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let mut stretches = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (gone, came) = (text(&old[op.old_range()]), text(&new[op.new_range()]));
        match op {
            DiffOp::Equal { .. } => stretches.push(Stretch::Kept(gone)),
            DiffOp::Delete { .. } => stretches.push(Stretch::Gone(gone)),
            DiffOp::Insert { .. } => stretches.push(Stretch::New(came)),
            DiffOp::Replace { .. } => stretches.extend([Stretch::Gone(gone), Stretch::New(came)]),
        }
    }
    stretches
}

/// The names that two rows have in one order, as many as can be.
pub(super) fn common(before: &[BlockId], after: &[BlockId]) -> Vec<BlockId> {
    let mut common = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, before, after) {
        if let DiffOp::Equal { old_index, len, .. } = op {
            common.extend_from_slice(&before[old_index..old_index + len]);
        }
    }
    common
}

/// For each article that is there, the one that it was: the pairs that share most go first.
fn partners(before: &[Article], after: &[Article]) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (now, article) in after.iter().enumerate() {
        let words: HashSet<String> = article.blocks.iter().map(Block::plain).collect();
        for (was, other) in before.iter().enumerate() {
            let shared = other.blocks.iter().filter(|block| words.contains(&block.plain())).count();
            let alike = 2 * shared + if other.title == article.title { 3 } else { 0 };
            if alike > 0 {
                pairs.push((alike, now, was));
            }
        }
    }
    pairs.sort_by_key(|(alike, now, was)| (std::cmp::Reverse(*alike), now.abs_diff(*was), *now));
    let (mut partners, mut taken) = (vec![None; after.len()], HashSet::new());
    for (_, now, was) in pairs {
        if partners[now].is_none() && taken.insert(was) {
            partners[now] = Some(was);
        }
    }
    partners
}

fn whole(article: &Article, fate: Fate) -> ArticleDifference {
    ArticleDifference { title: article.title.clone(), fate, changes: Vec::new(), kept: 0 }
}

fn within(before: &Article, after: &Article) -> Option<ArticleDifference> {
    let one = |before: Option<&str>, after: Option<&str>| match (before, after) {
        (None, Some(after)) => Some(Change::Added(after.to_owned())),
        (Some(before), None) => Some(Change::Removed(before.to_owned())),
        (Some(before), Some(after)) if before != after => {
            Some(Change::Changed { before: before.to_owned(), after: after.to_owned() })
        }
        (None, None) | (Some(_), Some(_)) => None,
    };
    let heads = [
        one(before.section.as_deref(), after.section.as_deref()),
        one(Some(&before.title), Some(&after.title)),
        one(before.source.as_deref(), after.source.as_deref()),
        one(before.author.as_deref(), after.author.as_deref()),
    ];
    let paragraphs = |article: &Article| article.blocks.iter().map(Paragraph::of).collect::<Vec<_>>();
    let (body, kept) = changes(&paragraphs(before), &paragraphs(after));
    let changes: Vec<_> = heads.into_iter().flatten().chain(body).collect();
    (!changes.is_empty()).then(|| ArticleDifference { title: after.title.clone(), fate: Fate::Changed, changes, kept })
}

/// A paragraph as it is compared: by everything that it is, not only by its words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Paragraph {
    whole: String,
    words: String,
}

impl Paragraph {
    fn of(block: &Block) -> Self {
        Self { whole: json(&block.kind), words: block.plain() }
    }

    fn plain(words: &str) -> Self {
        Self { whole: words.to_owned(), words: words.to_owned() }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a block is plain data")
}

/// What changed in a run of paragraphs, and how many did not.
fn changes(before: &[Paragraph], after: &[Paragraph]) -> (Vec<Change>, usize) {
    let (mut changes, mut kept) = (Vec::new(), 0);
    for op in capture_diff_slices(Algorithm::Myers, before, after) {
        if let DiffOp::Equal { len, .. } = op {
            kept += len;
            continue;
        }
        let (old, new) = (&before[op.old_range()], &after[op.new_range()]);
        let pairs = old.len().min(new.len());
        changes.extend(
            old.iter()
                .zip(new)
                .map(|(before, after)| Change::Changed { before: before.words.clone(), after: after.words.clone() }),
        );
        changes.extend(old[pairs..].iter().map(|gone| Change::Removed(gone.words.clone())));
        changes.extend(new[pairs..].iter().map(|came| Change::Added(came.words.clone())));
    }
    (changes, kept)
}

fn facts(before: &Contents, after: &Contents, partners: &[Option<usize>]) -> Vec<(Fact, Change)> {
    let imprint = |contents: &Contents| -> Vec<String> {
        contents.colophon.lines.iter().map(|line| format!("{} {}", line.label, line.value).trim().to_owned()).collect()
    };
    let order = |contents: &Contents| -> Vec<String> {
        let titles: Vec<_> = contents.articles.iter().map(|article| article.title.as_str()).collect();
        vec![titles.join(" / ")]
    };
    let was: Vec<_> = partners.iter().flatten().collect();
    let orders = if was.is_sorted() { [Vec::new(), Vec::new()] } else { [order(before), order(after)] };
    let list = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
    [
        (Fact::Masthead, [list(&before.masthead), list(&after.masthead)]),
        (Fact::Label, [list(&label(before)), list(&label(after))]),
        (Fact::Date, [date(before), date(after)]),
        (Fact::Imprint, [imprint(before), imprint(after)]),
        (Fact::Order, orders),
        (Fact::Subject, [list(&before.subject), list(&after.subject)]),
        (Fact::Preheader, [list(&before.preheader), list(&after.preheader)]),
        (Fact::Attachment, [files(before), files(after)]),
        (Fact::Extent, [extent(before), extent(after)]),
    ]
    .into_iter()
    .flat_map(|(fact, [before, after])| {
        let lines = |lines: &[String]| lines.iter().map(|line| Paragraph::plain(line)).collect::<Vec<_>>();
        changes(&lines(&before), &lines(&after)).0.into_iter().map(move |change| (fact, change))
    })
    .collect()
}

/// Its files: another file of the same name and size is told by the beginning of its digest.
fn files(contents: &Contents) -> Vec<String> {
    let one = |file: &Attachment| {
        let digest: String = file.digest.to_string().chars().take(8).collect();
        format!("{} ({} B, {digest})", file.name.as_str(), file.size)
    };
    contents.attachments.iter().map(one).collect()
}

fn extent(contents: &Contents) -> Vec<String> {
    contents.extent.iter().map(|extent| extent.word().to_owned()).collect()
}

/// The number as printed; where it is not, as it is known.
fn label(contents: &Contents) -> Option<String> {
    let known = || [contents.year.map(i64::from), contents.number.map(i64::from)].into_iter().flatten();
    let known = || known().map(|n| n.to_string()).collect::<Vec<_>>().join("/");
    contents.label.clone().or_else(|| Some(known()).filter(|known| !known.is_empty()))
}

fn date(contents: &Contents) -> Vec<String> {
    match contents.published_on {
        Dating::On(day) => vec![day.to_string()],
        Dating::Undated | Dating::DispatchDay => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
