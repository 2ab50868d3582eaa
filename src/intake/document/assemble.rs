//! Assemble: lines with roles become articles with blocks, and each step that an editor may want to
//! see becomes a flag. Called by the bulletin layer; owns the numbering of blocks.

use super::bulletin::Role;
use super::credit;
use super::flags::Flags;
use super::headings::Title;
use super::paragraphs::{self, Fragment, Kind, Layout, first_words};
use super::run_in;
use super::source::{Border, Line, Mark};
use super::spacing::unspread;
use crate::domain::document::Finding;
use crate::domain::han::artefacts;
use crate::domain::issue::shape::Shape;
use crate::domain::issue::{Article, Block, BlockId, BlockKind, Inline};

/// The articles that begin at these titles. What stands before the first becomes notes in it.
/// `level` is that of the titles, where the format of the document marks headings.
pub(super) fn articles(
    lines: &[Line],
    roles: &[Role],
    titles: &[Title],
    level: Option<u8>,
    flags: &mut Flags,
) -> Vec<Article> {
    let body: Vec<&Line> = lines.iter().zip(roles).filter(|(_, role)| **role == Role::Body).map(|(l, _)| l).collect();
    let (layout, sets_heads) = (Layout::of(&body), body.iter().any(|line| opens_with_set_head(line)));
    let mut writer = Writer { layout, level: level.unwrap_or(0), sets_heads, next: 1, spaces: 0, flags };
    let Some(first) = titles.first() else { return Vec::new() };
    let notes = writer.notes(&lines[..first.at], &roles[..first.at]);
    let mut section = last_section(&lines[..first.at], &roles[..first.at]);
    let mut articles = Vec::with_capacity(titles.len());
    for (n, title) in titles.iter().enumerate() {
        let range = title.at + title.height..titles.get(n + 1).map_or(lines.len(), |next| next.at);
        let (lines, roles) = (&lines[range.clone()], &roles[range]);
        articles.push(writer.article(title, section.clone(), lines, roles));
        section = last_section(lines, roles).or(section);
    }
    articles[0].blocks.splice(0..0, notes);
    writer.finish();
    articles
}

/// Whether a paragraph opens with a run-in head that its format sets.
fn opens_with_set_head(line: &Line) -> bool {
    let words = match &line.mark {
        None if (1..line.text.len()).contains(&line.place.apart) && line.place.opens == Some(true) => {
            let (head, rest) = line.text.split_at(line.place.apart);
            vec![Inline::Strong(head.to_owned()), Inline::Text(rest.to_owned())]
        }
        Some(Mark::Row { words, border: Border::Paragraph }) => words.clone(),
        None | Some(_) => return false,
    };
    matches!(run_in::set(words).first(), Some(Inline::RunIn(_)))
}

fn last_section(lines: &[Line], roles: &[Role]) -> Option<String> {
    let at = roles.iter().rposition(|role| *role == Role::Section)?;
    Some(super::contents_list::section_name(&lines[at].text))
}

fn of_role<'l>(lines: &'l [Line], roles: &[Role], wanted: Role) -> Vec<&'l Line> {
    lines.iter().zip(roles).filter(|(_, role)| **role == wanted).map(|(line, _)| line).collect()
}

/// Lines whose cells tabs part, as wide as the widest.
fn rows(text: &str) -> Vec<Vec<Vec<Inline>>> {
    let cells = |row: &str| row.split('\t').map(|cell| vec![Inline::Text(cell.trim().to_owned())]).collect();
    let mut rows: Vec<Vec<Vec<Inline>>> = text.split('\n').map(cells).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    rows.iter_mut().for_each(|row| row.resize(width, vec![Inline::Text(String::new())]));
    rows
}

fn words_of(words: Option<Vec<Inline>>, text: String) -> Vec<Inline> {
    words.unwrap_or_else(|| vec![Inline::Text(text)])
}

struct Writer<'f> {
    layout: Layout,
    /// The level of titles.
    level: u8,
    /// Whether its format sets run-in heads apart: then a sentence that only looks like one is none.
    sets_heads: bool,
    next: u32,
    spaces: usize,
    flags: &'f mut Flags,
}

impl Writer<'_> {
    fn notes(&mut self, lines: &[Line], roles: &[Role]) -> Vec<Block> {
        let body = of_role(lines, roles, Role::Body);
        let fragments = paragraphs::fragments(&body, self.layout);
        fragments.into_iter().map(|fragment| self.note(fragment)).collect()
    }

    fn note(&mut self, fragment: Fragment) -> Block {
        self.flags.left_over(first_words(&fragment.text), fragment.lines.0, BlockId(self.next));
        let kind = match fragment.kind {
            Kind::Block(kind) => kind,
            _ => BlockKind::Note { text: words_of(fragment.words, fragment.text) },
        };
        self.block(kind, fragment.lines)
    }

    fn article(&mut self, title: &Title, section: Option<String>, lines: &[Line], roles: &[Role]) -> Article {
        let mut article = Article { section, title: title.text.clone(), ..Article::default() };
        if let Some(together) = unspread(&title.text) {
            self.flags.note(Finding::LetterSpacing(std::mem::replace(&mut article.title, together)), None);
        }
        for line in of_role(lines, roles, Role::Credit) {
            if let Some(credit) = credit::read(&line.text).or_else(|| credit::foot(&line.text)) {
                credit.write(&mut article);
            }
        }
        let body = of_role(lines, roles, Role::Body);
        article.blocks = paragraphs::fragments(&body, self.layout).into_iter().map(|f| self.from(f)).collect();
        article
    }

    fn from(&mut self, fragment: Fragment) -> Block {
        self.note_joins(&fragment);
        if fragment.inferred {
            self.flags.note(Finding::HeadingInferred(fragment.text.clone()), Some(fragment.lines.0));
        }
        let text = fragment.text;
        match fragment.kind {
            Kind::Prose => match fragment.words {
                Some(words) => self.set_paragraph(words, fragment.lines),
                None => self.paragraph(&text, fragment.lines),
            },
            Kind::Heading(level) => {
                let level = level.saturating_sub(self.level).clamp(1, 4);
                self.block(BlockKind::Heading { level, text: words_of(fragment.words, text) }, fragment.lines)
            }
            Kind::Block(kind) => self.block(kind, fragment.lines),
            Kind::Subhead(level) => {
                self.flags.note(Finding::HeadingInferred(text.clone()), Some(fragment.lines.0));
                self.block(BlockKind::Heading { level, text: vec![Inline::Text(text)] }, fragment.lines)
            }
            Kind::Glued => {
                self.flags.glued_subhead(&text, fragment.lines.0, BlockId(self.next));
                self.block(BlockKind::Heading { level: 1, text: vec![Inline::Text(text)] }, fragment.lines)
            }
            Kind::Table => {
                let rows = rows(&text);
                self.block(BlockKind::Table { rows, shape: Shape::default() }, fragment.lines)
            }
        }
    }

    /// A paragraph whose format sets its heads.
    fn set_paragraph(&mut self, words: Vec<Inline>, lines: (u32, u32)) -> Block {
        let text = run_in::set(words);
        let inner = run_in::set_inner(&text);
        if !inner.is_empty() {
            self.flags.note(Finding::PossibleSplit(format!("{}{}", text[0].plain(), inner.concat())), Some(lines.0));
        }
        self.block(BlockKind::Paragraph { text }, lines)
    }

    fn paragraph(&mut self, text: &str, lines: (u32, u32)) -> Block {
        let Some(head) = run_in::opening(text).filter(|_| !self.sets_heads) else {
            return self.block(BlockKind::Paragraph { text: vec![Inline::Text(text.to_owned())] }, lines);
        };
        self.flags.note(Finding::RunInHead(head.to_owned()), Some(lines.0));
        let inner = run_in::inner(text, head);
        if !inner.is_empty() {
            self.flags.note(Finding::PossibleSplit(format!("{head}{}", inner.concat())), Some(lines.0));
        }
        let mut words = vec![Inline::RunIn(head.to_owned())];
        let mut rest = text[head.len()..].trim_start();
        for head in inner {
            if let Some((before, behind)) = rest.split_once(head) {
                words.extend([Inline::Text(before.to_owned()), Inline::RunIn(head.to_owned())]);
                rest = behind;
            }
        }
        words.push(Inline::Text(rest.to_owned()));
        self.block(BlockKind::Paragraph { text: words }, lines)
    }

    fn note_joins(&mut self, fragment: &Fragment) {
        for (words, line) in &fragment.seams {
            self.flags.note(Finding::PageJoin(words.clone()), Some(*line));
        }
        if fragment.wrapped {
            self.flags.note(Finding::LinesJoined(first_words(&fragment.text)), Some(fragment.lines.0));
        }
    }

    fn block(&mut self, kind: BlockKind, lines: (u32, u32)) -> Block {
        let id = BlockId(self.next);
        self.next += 1;
        let block = Block { id, kind, lines };
        self.spaces += artefacts(&block.plain());
        block
    }

    fn finish(self) {
        if self.spaces > 0 {
            self.flags.note(Finding::NumberSpacing(self.spaces), None);
        }
    }
}
