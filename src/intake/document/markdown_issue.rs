//! Markdown as an issue: pieces become a masthead, articles and a colophon. Several first-level
//! headings are titles; a single one above second-level headings is the masthead's name, unless
//! prose follows it directly and no line numbers the issue. Deeper headings are subheads.

use super::clean::{self, Line};
use super::conservation::{Ledger, Markup, weight};
use super::credit::{self, Credit};
use super::flags::Flags;
use super::markdown::{Piece, PieceKind, pieces};
use super::markdown_source::{said, settle};
use super::masthead::is_secret;
use super::paragraphs::first_words;
use super::spacing::bare;
use super::{colophon, label, masthead};
use crate::domain::document::Finding;
use crate::domain::issue::{Article, Block, BlockId, BlockKind, Colophon, Contents, plain};
use std::collections::HashSet;

/// What a Markdown document gave.
pub(super) struct MarkdownIssue {
    pub(super) contents: Contents,
    /// What it says, and where the reader put it.
    pub(super) markup: Markup,
}

/// Reads Markdown. No articles in the result mean that none was found.
pub(super) fn read(decoded: &str, flags: &mut Flags) -> MarkdownIssue {
    let text: String = decoded.replace("\r\n", "\n").chars().filter_map(clean::character).collect();
    let (text, front_matter) = settle(&text);
    let (mut pieces, spaces) = pieces(&text, flags);
    if spaces > 0 {
        flags.note(Finding::NumberSpacing(spaces), None);
    }
    let rows: Vec<&str> = text.split('\n').collect();
    let read = pieces.iter().map(|piece| words_of(&piece.kind)).collect();
    let mut ledger = Ledger::default();
    let colophon = take_colophon(&mut pieces, &rows, &mut ledger);
    let mut contents = Contents { colophon, ..Contents::default() };
    let level = title_level(&pieces, &rows);
    let mut writer = Writer { level, next: 1, ledger, listed: Vec::new(), flags };
    writer.take_contents_lists(&mut pieces);
    let first = pieces.iter().position(|piece| heading_level(piece) == Some(level)).unwrap_or(pieces.len());
    let body = pieces.split_off(first);
    let notes = writer.front(&pieces, &rows, &front_matter, &mut contents);
    contents.articles = writer.articles(body);
    if let Some(article) = contents.articles.first_mut() {
        article.blocks.splice(0..0, notes);
    }
    writer.compare(&contents);
    let markup = Markup { said: said(&text), read, ledger: writer.ledger };
    MarkdownIssue { contents, markup }
}

fn heading_level(piece: &Piece) -> Option<u8> {
    match piece.kind {
        PieceKind::Heading { level, .. } => Some(level),
        PieceKind::Body(_) | PieceKind::Silent => None,
    }
}

/// The level of headings that are titles.
fn title_level(pieces: &[Piece], rows: &[&str]) -> u8 {
    let levels: Vec<u8> = pieces.iter().filter_map(heading_level).collect();
    let top = levels.iter().copied().min().unwrap_or(1);
    let is_name = levels.first() == Some(&top) && levels.iter().filter(|level| **level == top).count() == 1;
    let next = levels.iter().copied().filter(|level| *level > top).min();
    let (true, Some(next)) = (is_name, next) else { return top };
    let between = pieces.iter().skip_while(|piece| heading_level(piece) != Some(top)).skip(1);
    let between: Vec<&Piece> = between.take_while(|piece| heading_level(piece).is_none()).collect();
    let is_numbered = between.iter().any(|piece| rows_of(piece, rows).any(|row| label::label(row).is_some()));
    if is_numbered || between.iter().all(|piece| is_front(piece, rows)) { next } else { top }
}

/// Whether a piece may stand in a masthead: short lines, or a contents list.
fn is_front(piece: &Piece, rows: &[&str]) -> bool {
    match &piece.kind {
        PieceKind::Heading { .. } | PieceKind::Silent | PieceKind::Body(BlockKind::List { .. }) => true,
        PieceKind::Body(_) => rows_of(piece, rows).all(|row| weight(row) <= 60 && !row.ends_with(['。', '；'])),
    }
}

/// The lines of the document that a piece was read from, marks at their ends taken off.
fn rows_of<'r>(piece: &Piece, rows: &'r [&'r str]) -> impl Iterator<Item = &'r str> + use<'r> {
    let (first, last) = piece.lines;
    let range = first.saturating_sub(1) as usize..(last as usize).min(rows.len());
    let marks = |c: char| c.is_whitespace() || "*_#>\\`".contains(c);
    rows.get(range).unwrap_or_default().iter().map(move |row| row.trim_matches(marks)).filter(|row| !row.is_empty())
}

/// Takes the colophon off the end: paragraphs of which every line has a label.
fn take_colophon(pieces: &mut Vec<Piece>, rows: &[&str], ledger: &mut Ledger) -> Colophon {
    let is_colophon = |piece: &Piece| match piece.kind {
        PieceKind::Silent => true,
        PieceKind::Body(BlockKind::Paragraph { .. }) => rows_of(piece, rows).all(colophon::is_colophon),
        PieceKind::Heading { .. } | PieceKind::Body(_) => false,
    };
    let start = pieces.iter().rposition(|piece| !is_colophon(piece)).map_or(0, |at| at + 1);
    let taken = pieces.split_off(start);
    ledger.colophon.extend(taken.iter().map(|piece| words_of(&piece.kind)));
    colophon::read(taken.iter().filter(|piece| piece.kind != PieceKind::Silent).flat_map(|piece| rows_of(piece, rows)))
}

struct Writer<'f> {
    level: u8,
    next: u32,
    ledger: Ledger,
    listed: Vec<String>,
    flags: &'f mut Flags,
}

impl Writer<'_> {
    /// Takes out each contents list: a heading 目录 or Contents with nothing but lists below.
    fn take_contents_lists(&mut self, pieces: &mut Vec<Piece>) {
        let level = self.level;
        let is_heading = |piece: &Piece| {
            heading_level(piece) == Some(level) && super::contents_list::is_heading(&words_of(&piece.kind))
        };
        let is_list =
            |piece: &&Piece| matches!(piece.kind, PieceKind::Body(BlockKind::List { .. }) | PieceKind::Silent);
        let mut gone = vec![false; pieces.len()];
        let mut at = 0;
        while let Some(found) = pieces[at..].iter().position(is_heading).map(|found| at + found) {
            let end = found + 1 + pieces[found + 1..].iter().take_while(is_list).count();
            if pieces.get(end).is_none_or(|piece| heading_level(piece).is_some_and(|other| other <= level)) {
                gone[found..end].fill(true);
                self.ledger.aside.push_str(&words_of(&pieces[found].kind));
                pieces[found + 1..end].iter().for_each(|piece| self.list(piece));
            }
            at = end;
        }
        let mut gone = gone.into_iter();
        pieces.retain(|_| !gone.next().unwrap_or(false));
    }

    fn list(&mut self, piece: &Piece) {
        let words = words_of(&piece.kind);
        self.ledger.aside.push_str(&words);
        self.listed.extend(words.split('\n').filter(|item| !item.trim().is_empty()).map(str::to_owned));
    }

    /// The masthead, and notes of what stands there and is none.
    fn front(&mut self, pieces: &[Piece], rows: &[&str], matter: &[String], contents: &mut Contents) -> Vec<Block> {
        let mut lines = self.matter(matter);
        let own = lines.len();
        let mut owners: Vec<usize> = Vec::new();
        for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| is_masthead(piece, rows)) {
            lines.extend(rows_of(piece, rows).map(|row| masthead_line(piece.lines.0, row)));
            owners.resize(lines.len() - own, at);
        }
        for secret in lines.iter().filter(|line| is_secret(&line.text)) {
            self.flags.note(Finding::SecrecyMarking(secret.text.clone()), Some(secret.number));
        }
        let masthead = masthead::read(lines.iter(), self.flags);
        let mut left: HashSet<usize> = HashSet::new();
        for &at in &masthead.unsaid {
            let owner = at.checked_sub(own).map(|at| owners[at]);
            match owner.filter(|_| !masthead::is_imprint(&lines[at].text)) {
                Some(owner) if matches!(pieces[owner].kind, PieceKind::Body(_)) => drop(left.insert(owner)),
                Some(_) | None => self.aside(&lines[at].text, lines[at].number),
            }
        }
        masthead.write(contents, self.flags);
        let mut notes = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            match &piece.kind {
                PieceKind::Silent => {}
                PieceKind::Body(BlockKind::List { .. }) => self.list(piece),
                PieceKind::Heading { .. } | PieceKind::Body(_) if is_masthead(piece, rows) && !left.contains(&at) => {
                    self.ledger.aside.push_str(&words_of(&piece.kind));
                }
                PieceKind::Heading { .. } | PieceKind::Body(_) => notes.extend(self.note(piece)),
            }
        }
        notes
    }

    /// The lines of front matter that name, number or date the issue; the others are named.
    fn matter(&mut self, rows: &[String]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (number, row) in (2..).zip(rows) {
            let (key, value) = row.split_once(':').unwrap_or((row, ""));
            let value = value.trim().trim_matches(['"', '\'']);
            let known =
                ["title", "name", "publication", "issue", "label", "number", "date", "刊名", "名称", "期号", "日期"];
            match known.contains(&key.trim().to_lowercase().as_str()) && !value.is_empty() {
                true => lines.push(masthead_line(number, value)),
                false => self.aside(row, number),
            }
        }
        lines
    }

    fn aside(&mut self, text: &str, line: u32) {
        self.flags.note(Finding::SetAside(text.trim().to_owned()), Some(line));
    }

    fn note(&mut self, piece: &Piece) -> Option<Block> {
        let PieceKind::Body(kind) = &piece.kind else { return None };
        self.flags.left_over(first_words(&words_of(&piece.kind)), piece.lines.0, BlockId(self.next));
        self.ledger.body.push_str(&words_of(&piece.kind));
        let kind = match kind {
            BlockKind::Paragraph { text } => BlockKind::Note { text: text.clone() },
            other => other.clone(),
        };
        Some(self.block(kind, piece.lines))
    }

    fn articles(&mut self, pieces: Vec<Piece>) -> Vec<Article> {
        let mut articles: Vec<Article> = Vec::new();
        let mut section: Option<(String, u32)> = None;
        let mut is_used = true;
        let mut pieces = pieces.into_iter().peekable();
        while let Some(piece) = pieces.next() {
            let words = words_of(&piece.kind);
            let below_title = articles.last().is_some_and(|article| article.blocks.is_empty());
            let is_last = pieces.peek().is_none_or(|next| heading_level(next).is_some_and(|level| level <= self.level));
            match (piece.kind, articles.last_mut()) {
                (PieceKind::Heading { level, .. }, _) if level < self.level => {
                    self.ledger.aside.push_str(&words);
                    self.note_section(section.replace((words, piece.lines.0)), is_used);
                    is_used = false;
                }
                (PieceKind::Heading { level, text }, _) if level == self.level => {
                    self.ledger.titles.push_str(&words);
                    let section = section.as_ref().map(|(name, _)| name.clone());
                    articles.push(Article { section, title: plain(&text), ..Article::default() });
                    is_used = true;
                }
                (PieceKind::Heading { level, text }, Some(article)) => {
                    self.ledger.body.push_str(&words);
                    let level = (level - self.level).min(4);
                    article.blocks.push(self.block(BlockKind::Heading { level, text }, piece.lines));
                }
                (PieceKind::Body(kind), Some(article)) => match credit_of(&kind).filter(|_| below_title || is_last) {
                    Some(credit) => {
                        self.ledger.aside.push_str(&words);
                        credit.write(article);
                    }
                    None => {
                        self.ledger.body.push_str(&words);
                        article.blocks.push(self.block(kind, piece.lines));
                    }
                },
                (PieceKind::Heading { .. } | PieceKind::Body(_), None) | (PieceKind::Silent, _) => {}
            }
        }
        self.note_section(section, is_used);
        articles
    }

    /// A section without an article is named.
    fn note_section(&mut self, section: Option<(String, u32)>, is_used: bool) {
        if let Some((name, line)) = section.filter(|_| !is_used) {
            self.aside(&name, line);
        }
    }

    /// Compares a contents list, where there is one, with the articles.
    fn compare(&mut self, contents: &Contents) {
        let keys = |texts: Vec<&String>| -> Vec<String> { texts.into_iter().map(|text| bare(text)).collect() };
        let found = keys(contents.articles.iter().map(|article| &article.title).collect());
        let listed = keys(self.listed.iter().collect());
        for (title, _) in self.listed.iter().zip(&listed).filter(|(_, key)| !found.contains(key)) {
            self.flags.note(Finding::ArticleNotFound(title.clone()), None);
        }
        let unlisted =
            contents.articles.iter().zip(&found).filter(|(_, key)| !listed.is_empty() && !listed.contains(key));
        for (article, _) in unlisted {
            let line = article.blocks.first().map(|block| block.lines.0);
            self.flags.note(Finding::ArticleNotListed(article.title.clone()), line);
        }
    }

    fn block(&mut self, kind: BlockKind, lines: (u32, u32)) -> Block {
        let id = BlockId(self.next);
        self.next += 1;
        Block { id, kind, lines }
    }
}

/// Whether a piece before the articles is read as masthead.
fn is_masthead(piece: &Piece, rows: &[&str]) -> bool {
    match piece.kind {
        PieceKind::Silent | PieceKind::Body(BlockKind::List { .. }) => false,
        PieceKind::Heading { .. } | PieceKind::Body(_) => is_front(piece, rows),
    }
}

fn masthead_line(number: u32, text: &str) -> Line {
    Line { number, blanks: 1, page: false, indented: false, text: text.to_owned() }
}

fn words_of(kind: &PieceKind) -> String {
    match kind {
        PieceKind::Heading { text, .. } => plain(text),
        PieceKind::Body(kind) => Block { id: BlockId(0), kind: kind.clone(), lines: (0, 0) }.plain(),
        PieceKind::Silent => String::new(),
    }
}

fn credit_of(kind: &BlockKind) -> Option<Credit> {
    match kind {
        BlockKind::Paragraph { text } => credit::read(&plain(text)),
        BlockKind::Heading { .. }
        | BlockKind::List { .. }
        | BlockKind::Table { .. }
        | BlockKind::Image { .. }
        | BlockKind::Quote { .. }
        | BlockKind::Note { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(text: &str) -> Vec<String> {
        let issue = read(text, &mut Flags::default());
        issue.contents.articles.into_iter().map(|article| article.title).collect()
    }

    #[test]
    fn the_level_of_titles_follows_from_the_document() {
        for (text, expected) in [
            ("# 甲\n\n文。\n\n# 乙\n\n文。", &["甲", "乙"][..]),
            ("# 简报\n\n2026年第3期\n\n## 甲\n\n文。\n\n## 乙\n\n文。", &["甲", "乙"]),
            ("# 甲\n\n开头一段正文。\n\n## 小标题\n\n文。", &["甲"]),
            ("## 甲\n\n文。\n\n## 乙\n\n文。", &["甲", "乙"]),
            ("# 简报\n\n2026年第3期\n\n> 编者按：本期两篇。\n\n## 甲\n\n文。", &["甲"]),
            ("# 简报\n\n## 目录\n\n- 甲\n\n## 甲\n\n文。", &["甲"]),
        ] {
            assert_eq!(titles(text), expected, "{text}");
        }
    }

    #[test]
    fn masthead_credits_and_colophon_leave_the_bodies() {
        let text = "# 云泽观察\n\n2026年第3期 · 2026-03-05\n\n## 甲\n\n来源：云泽日报\n\n文。\n\n---\n\n编辑：李 涛\n电话：0101";
        let contents = read(text, &mut Flags::default()).contents;
        assert_eq!(
            (contents.masthead.as_deref(), contents.year, contents.number),
            (Some("云泽观察"), Some(2026), Some(3))
        );
        assert_eq!(contents.articles[0].source.as_deref(), Some("云泽日报"));
        assert_eq!(contents.articles[0].blocks.len(), 1);
        assert_eq!(
            (contents.colophon.editors.as_deref(), contents.colophon.phone.as_deref()),
            (Some("李涛"), Some("0101"))
        );
    }
}
