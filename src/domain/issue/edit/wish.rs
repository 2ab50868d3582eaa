//! Wish: what an editor wants of one passage: the words and the kind that they typed, and a deed with it. It names the
//! revision that they saw. What fits becomes a patch; where somebody else was faster, both texts are told and none is lost.

use super::super::{BlockId, BlockKind};
use super::passage::{Credits, Kind, Passage, Revision, What};
use super::patch::{Patch, Step, end_of_article, is_title, place_of, title_before};
use super::spelling::{Form, Letter, letters, lines_of, passage, respell};
use crate::domain::document::Digest;

/// The most characters of a passage.
pub const LONGEST: usize = 20_000;

/// The most passages of an issue.
pub const MOST: usize = 4_000;

/// What an editor wants of one passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which.
    pub id: BlockId,
    /// As they saw it.
    pub seen: Revision,
    /// The passage before it, as they saw it: what it is joined to, or where it goes when it is gone.
    pub before: Option<BlockId>,
    /// What stands in the form.
    pub typed: Typed,
    /// And what is to be done.
    pub deed: Deed,
}

/// What stands in the form of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its words.
    pub text: String,
    /// What it is to be.
    pub kind: Kind,
    /// What stands with it, where it is a title.
    pub credits: Credits,
}

/// What is to be done, after what was typed is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Nothing more; an empty line parts it.
    Keep,
    /// An empty line parts it, and there must be one.
    Split,
    /// It goes to the end of the passage before it.
    Merge,
    /// It changes places with the one before; a title with its whole article.
    Up,
    /// It changes places with the one behind.
    Down,
    /// It goes; a title with its whole article, which is as they saw it.
    Remove {
        /// All of the article, for a title.
        whole: Revision,
    },
    /// An empty paragraph comes behind it.
    Add,
    /// A table gets an empty row behind its nth.
    AddRow(usize),
    /// A table loses its nth row.
    RemoveRow(usize),
    /// What was typed comes in as a new passage, for its own is gone.
    Anew,
}

/// Why a wish was not granted; nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else has changed the passage since; it is told as it is now, none where it is gone.
    Conflict(Box<Option<PassageNow>>),
    /// The one before it is another by now, or there is none.
    Neighbour,
    /// A title has no words.
    EmptyTitle,
    /// The passage is too long.
    Long,
    /// The issue has too many passages.
    Many,
    /// There is no empty line to part it at.
    NothingToSplit,
    /// The issue begins with a title.
    FirstTitle,
    /// A title that is joined, or becomes something else, has credits.
    Credits,
    /// A title is not joined to what stands before it.
    TitleJoined,
    /// A table or picture stays one, and is neither split nor joined.
    Fixed,
    /// A table has no such row, or no other.
    Row,
    /// No letter holds this character.
    Character(char),
}

/// A passage as it is now: what it says, and the revision to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassageNow {
    /// Its words.
    pub words: String,
    /// Its kind.
    pub kind: Kind,
    /// What stands with it, where it is a title.
    pub credits: Credits,
    /// Its revision.
    pub revision: Revision,
}

/// All of the article that a title begins, as one revision.
pub fn whole_article(row: &[Passage], title: usize) -> Revision {
    let all: String = row[title..end_of_article(row, title)].iter().map(|passage| passage.revision().0).collect();
    let mut name = Digest::of(all.as_bytes()).to_string();
    name.truncate(12);
    Revision(name)
}

/// The highest name that a passage has; 0 without any.
pub fn highest(row: &[Passage]) -> u32 {
    row.iter().map(|passage| passage.id.0).max().unwrap_or(0)
}

impl Wish {
    /// What is to be changed; empty where everything is as wished. New passages are named from `next` on.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn patch(&self, row: &[Passage], next: u32) -> Result<Patch, Refusal> {
        let (text, deed) = (clean(&self.typed)?, &self.deed);
        if *deed == Deed::Anew {
            return self.anew(row, next, &text);
        }
        let at = place_of(row, self.id).ok_or_else(|| Refusal::Conflict(Box::new(None)))?;
        let now = &row[at];
        if matches!(deed, Deed::Remove { .. }) {
            return self.removal(row, at);
        }
        let wanted = self.spell(now, &text);
        if now.revision() != self.seen {
            // A second click, or two who want the same.
            let same = *deed == Deed::Keep && wanted.as_ref().is_ok_and(|wanted| *wanted == now.what);
            return if same { Ok(Patch::default()) } else { Err(conflict(now)) };
        }
        let wanted = with_rows(wanted?, deed)?;
        self.check(row, at, &wanted)?;
        let mut steps = change(now, wanted.clone());
        match deed {
            Deed::Keep if is_parted(&self.typed, &text) => {
                steps = self.split(row, now, text.trim_matches('\n'), next)?
            }
            Deed::Keep | Deed::AddRow(_) | Deed::RemoveRow(_) | Deed::Remove { .. } | Deed::Anew => {}
            Deed::Split => steps = self.split(row, now, &text, next)?,
            Deed::Merge => steps = self.merge(row, at, &wanted)?,
            Deed::Up => steps.push(up(row, at, &wanted)?),
            Deed::Down => steps.push(down(row, at, &wanted)?),
            Deed::Add => {
                room(row, 1)?;
                steps.push(Step::Insert { passage: empty(next), after: Some(self.id), article: None });
            }
        }
        Ok(Patch(steps))
    }

    /// The passage with what was typed; the same where nothing was.
    fn spell(&self, now: &Passage, text: &str) -> Result<What, Refusal> {
        let Typed { kind, credits, .. } = &self.typed;
        let old = lines_of(&now.what);
        if *kind == now.kind() && text == now.words() && *credits == now.credits() {
            return Ok(now.what.clone());
        }
        let is_fixed = |kind: Kind| matches!(kind, Kind::Table | Kind::Picture);
        if *kind != now.kind() && (is_fixed(*kind) || is_fixed(now.kind())) {
            return Err(Refusal::Fixed);
        }
        let old = old.ok_or(Refusal::Fixed)?;
        // In a table of one column an empty line is a row.
        let is_column = is_column(&now.what);
        let lines = text.split('\n').filter(|line| is_column || !line.is_empty()).collect::<Vec<_>>();
        let text = lines.join(if kind.is_line() { " " } else { "\n" });
        Ok(passage(&respell(&old, &text), *kind, credits, &now.what))
    }

    fn check(&self, row: &[Passage], at: usize, wanted: &What) -> Result<(), Refusal> {
        match (&row[at].what, wanted) {
            (_, What::Title { text, .. }) if text.trim().is_empty() => Err(Refusal::EmptyTitle),
            (What::Title { .. }, What::Block { .. }) if at == 0 => Err(Refusal::FirstTitle),
            (What::Title { .. }, What::Block { .. }) if self.typed.credits != Credits::default() => {
                Err(Refusal::Credits)
            }
            _ => Ok(()),
        }
    }

    /// The passage in parts, at its empty lines.
    fn split(&self, row: &[Passage], now: &Passage, text: &str, next: u32) -> Result<Vec<Step>, Refusal> {
        let Typed { kind, credits, .. } = &self.typed;
        if matches!(now.kind(), Kind::Table | Kind::Picture) || matches!(kind, Kind::Table | Kind::Picture) {
            return Err(Refusal::Fixed);
        }
        let all = respell(&lines_of(&now.what).ok_or(Refusal::Fixed)?, text);
        let parts = parted(&all);
        let [first, others @ ..] = parts.as_slice() else { return Err(Refusal::NothingToSplit) };
        if others.is_empty() {
            return Err(Refusal::NothingToSplit);
        }
        if *kind == Kind::Title && first.iter().all(|(c, _)| c.is_whitespace()) {
            return Err(Refusal::EmptyTitle);
        }
        room(row, others.len())?;
        let mut steps = change(now, passage(&flat(first, *kind), *kind, credits, &now.what));
        let mut after = self.id;
        for (id, part) in (next..).zip(others) {
            let kind = part_kind(*kind, part);
            let what = passage(part, kind, &Credits::default(), &now.what);
            steps.push(Step::Insert { passage: Passage { id: BlockId(id), what }, after: Some(after), article: None });
            after = BlockId(id);
        }
        Ok(steps)
    }

    fn merge(&self, row: &[Passage], at: usize, wanted: &What) -> Result<Vec<Step>, Refusal> {
        let before = at.checked_sub(1).map(|before| &row[before]).ok_or(Refusal::Neighbour)?;
        if self.before != Some(before.id) {
            return Err(Refusal::Neighbour);
        }
        if is_title(&row[at]) || matches!(wanted, What::Title { .. }) {
            return Err(Refusal::TitleJoined);
        }
        let (own, kind) = (Passage { id: self.id, what: wanted.clone() }, before.kind());
        if [own.kind(), kind].iter().any(|kind| matches!(kind, Kind::Table | Kind::Picture)) || !before.is_writable() {
            return Err(Refusal::Fixed);
        }
        let mut all = letters(&before.what);
        let own_letters = letters(wanted);
        all.extend(seam(&all, &own_letters, kind));
        all.extend(own_letters);
        too_long(all.len())?;
        let joined = passage(&flat(&all, kind), kind, &before.credits(), &before.what);
        let mut steps = change(before, joined);
        steps.push(Step::Remove { passage: row[at].clone(), after: Some(before.id), article: None });
        Ok(steps)
    }

    fn removal(&self, row: &[Passage], at: usize) -> Result<Patch, Refusal> {
        let Deed::Remove { whole } = &self.deed else { return Ok(Patch::default()) };
        let is_article = is_title(&row[at]);
        let seen = if is_article { whole_article(row, at) == *whole } else { row[at].revision() == self.seen };
        if !seen {
            return Err(conflict(&row[at]));
        }
        let end = if is_article { end_of_article(row, at) } else { at + 1 };
        if end - at == row.len() {
            return Err(Refusal::FirstTitle);
        }
        let gone = |at: usize| Step::Remove {
            passage: row[at].clone(),
            after: at.checked_sub(1).map(|before| row[before].id),
            article: None,
        };
        Ok(Patch((at..end).rev().map(gone).collect()))
    }

    fn anew(&self, row: &[Passage], next: u32, text: &str) -> Result<Patch, Refusal> {
        room(row, 1)?;
        let kind = match self.typed.kind {
            Kind::Table | Kind::Picture => Kind::Paragraph,
            kind => kind,
        };
        if kind == Kind::Title && text.trim().is_empty() {
            return Err(Refusal::EmptyTitle);
        }
        let letters: Vec<Letter> = text.chars().map(|c| (c, Form::Plain)).collect();
        let what = passage(&flat(&letters, kind), kind, &self.typed.credits, &empty(next).what);
        let after = self.before.filter(|before| place_of(row, *before).is_some());
        let after = after.or_else(|| row.last().map(|last| last.id));
        Ok(Patch(vec![Step::Insert { passage: Passage { id: BlockId(next), what }, after, article: None }]))
    }
}

fn is_column(what: &What) -> bool {
    let What::Block { kind: BlockKind::Table { rows, .. }, .. } = what else { return false };
    rows.iter().all(|row| row.len() == 1)
}

/// A table with a row more or less, where that is wished.
fn with_rows(mut wanted: What, deed: &Deed) -> Result<What, Refusal> {
    let (Deed::AddRow(nth) | Deed::RemoveRow(nth)) = deed else { return Ok(wanted) };
    let What::Block { kind: BlockKind::Table { rows, shape }, .. } = &mut wanted else { return Err(Refusal::Row) };
    let at = nth.checked_sub(1).filter(|at| *at < rows.len()).ok_or(Refusal::Row)?;
    match deed {
        Deed::AddRow(_) => {
            rows.insert(at + 1, vec![Vec::new(); rows[at].len()]);
            shape.row_added(at);
        }
        _ if rows.len() == 1 => return Err(Refusal::Row),
        _ => {
            let gone = rows.remove(at);
            // What stands beside several rows stays beside those that are left.
            for span in shape.spans.iter().filter(|span| span.row == at && span.rows > 1) {
                rows[at][span.column].clone_from(&gone[span.column]);
            }
            shape.row_removed(at);
        }
    }
    Ok(wanted)
}

/// Whether an empty line stands between what was typed.
fn is_parted(typed: &Typed, text: &str) -> bool {
    let can_be = !typed.kind.is_line() && !matches!(typed.kind, Kind::Table | Kind::Picture);
    can_be && text.trim_matches('\n').contains("\n\n")
}

/// The typed words as they are kept: line ends of one kind, and nothing that cannot be seen.
fn clean(typed: &Typed) -> Result<String, Refusal> {
    let Typed { text, credits, .. } = typed;
    let all = [text, &credits.section, &credits.source, &credits.author];
    let mut letters = all.into_iter().flat_map(|text| text.chars());
    if let Some(unfit) = letters.find(|c| matches!(c, '\u{e000}'..='\u{f8ff}')) {
        return Err(Refusal::Character(unfit));
    }
    let credits = all[1..].iter().map(|text| text.chars().count()).sum::<usize>();
    too_long(text.chars().count() + credits)?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    if typed.kind != Kind::Table {
        text = text.replace('\t', " ");
    }
    Ok(text)
}

fn too_long(length: usize) -> Result<(), Refusal> {
    if length > LONGEST { Err(Refusal::Long) } else { Ok(()) }
}

fn room(row: &[Passage], more: usize) -> Result<(), Refusal> {
    if row.len() + more > MOST { Err(Refusal::Many) } else { Ok(()) }
}

fn conflict(now: &Passage) -> Refusal {
    let (words, kind, credits, revision) = (now.words(), now.kind(), now.credits(), now.revision());
    Refusal::Conflict(Box::new(Some(PassageNow { words, kind, credits, revision })))
}

fn change(now: &Passage, wanted: What) -> Vec<Step> {
    let is_other = now.what != wanted;
    is_other.then(|| Step::Change { id: now.id, before: now.what.clone(), now: wanted }).into_iter().collect()
}

fn empty(id: u32) -> Passage {
    let kind = BlockKind::Paragraph { text: Vec::new() };
    Passage { id: BlockId(id), what: What::Block { kind, lines: (0, 0) } }
}

/// Characters parted at empty lines.
fn parted(all: &[Letter]) -> Vec<Vec<Letter>> {
    let mut parts = vec![Vec::new()];
    let mut rest = all;
    while let Some((letter, behind)) = rest.split_first() {
        let breaks = rest.iter().take_while(|(c, _)| *c == '\n').count();
        if breaks >= 2 {
            parts.push(Vec::new());
            rest = &rest[breaks..];
        } else {
            parts.last_mut().expect("there is one from the beginning").push(letter.clone());
            rest = behind;
        }
    }
    parts
}

/// What a part behind the first is: a paragraph behind a title or subhead, else what the whole was.
fn part_kind(kind: Kind, part: &[Letter]) -> Kind {
    match kind {
        Kind::Title | Kind::Heading(_) | Kind::Paragraph | Kind::RunIn => {
            let opens = part.first().is_some_and(|(_, form)| *form == Form::RunIn);
            if opens { Kind::RunIn } else { Kind::Paragraph }
        }
        Kind::Bullets | Kind::Numbered | Kind::Quote | Kind::Note | Kind::Table | Kind::Picture => kind,
    }
}

/// One line where its kind is one.
fn flat(letters: &[Letter], kind: Kind) -> Vec<Letter> {
    let one = |(c, form): &Letter| (if *c == '\n' && kind.is_line() { ' ' } else { *c }, form.clone());
    letters.iter().map(one).collect()
}

/// What stands between two texts that are joined: a line break in a list, a space between Latin words, else nothing.
fn seam(before: &[Letter], behind: &[Letter], kind: Kind) -> Option<Letter> {
    let (last, _) = before.last()?;
    let begins_latin = behind.first().is_some_and(|(first, _)| first.is_ascii_alphanumeric());
    let ends_latin = last.is_ascii_alphanumeric() || matches!(last, '.' | ',' | ';');
    match kind {
        Kind::Bullets | Kind::Numbered => Some(('\n', Form::Plain)),
        _ if ends_latin && begins_latin => Some((' ', Form::Plain)),
        _ => None,
    }
}

fn up(row: &[Passage], at: usize, wanted: &What) -> Result<Step, Refusal> {
    let id = row[at].id;
    if matches!(wanted, What::Title { .. }) && is_title(&row[at]) {
        let from = title_before(row, at).ok_or(Refusal::Neighbour)?;
        let title = place_of(row, from).ok_or(Refusal::Neighbour)?;
        return Ok(Step::Move { id, from: Some(from), to: title_before(row, title) });
    }
    match at {
        0 | 1 => Err(Refusal::FirstTitle),
        _ => Ok(Step::Move { id, from: Some(row[at - 1].id), to: Some(row[at - 2].id) }),
    }
}

fn down(row: &[Passage], at: usize, wanted: &What) -> Result<Step, Refusal> {
    let id = row[at].id;
    if matches!(wanted, What::Title { .. }) && is_title(&row[at]) {
        let next = row.get(end_of_article(row, at)).ok_or(Refusal::Neighbour)?;
        return Ok(Step::Move { id, from: title_before(row, at), to: Some(next.id) });
    }
    let next = row.get(at + 1).ok_or(Refusal::Neighbour)?;
    Ok(Step::Move { id, from: at.checked_sub(1).map(|before| row[before].id), to: Some(next.id) })
}
