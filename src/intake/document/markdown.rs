//! Markdown: CommonMark with tables and footnotes becomes typed pieces. The one file that knows
//! comrak. Emphasis is `cjk_friendly`, for CommonMark alone fails `**…。**` before Han. Walks trees
//! without recursion, so that no nesting can exhaust the stack.

use super::flags::Flags;
use super::markdown_source::{definition, is_known_tag};
use super::spacing::is_word_border;
use crate::domain::document::Finding;
use crate::domain::han::artefacts;
use crate::domain::issue::{BlockKind, Inline, is_linkable};
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, ListType, NodeLink, NodeValue};
use comrak::{Arena, Options, parse_document};
use std::collections::{HashMap, HashSet};

/// A piece of a Markdown document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    /// First and last line of the document.
    pub(super) lines: (u32, u32),
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PieceKind {
    /// A heading: 1 is the highest.
    Heading { level: u8, text: Vec<Inline> },
    /// Something for an article's body.
    Body(BlockKind),
    /// A rule across the page, or a comment: parts, says nothing.
    Silent,
}

/// The pieces of a document, and the spaces between Han and digits, which letters leave out.
pub(super) fn pieces(text: &str, flags: &mut Flags) -> (Vec<Piece>, usize) {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut reader = Reader { flags, spaces: 0, line: 0, targets: HashSet::new() };
    let pieces = root.children().flat_map(|node| reader.pieces(node)).collect();
    reader.note_unused(text);
    (pieces, reader.spaces)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.cjk_friendly_emphasis = true;
    options.parse.leave_footnote_definitions = true;
    options
}

struct Reader<'f> {
    flags: &'f mut Flags,
    spaces: usize,
    line: u32,
    /// Where its links and pictures point.
    targets: HashSet<String>,
}

/// The number of each item of ordered lists; none for the others.
type Numbers<'a> = HashMap<*const AstNode<'a>, Option<u32>>;

impl Reader<'_> {
    fn pieces<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Piece> {
        let position = node.data().sourcepos;
        let line = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let lines = (line(position.start.line), line(position.end.line));
        self.line = lines.0;
        let value = node.data().value.clone();
        let kinds: Vec<PieceKind> = match value {
            NodeValue::Heading(heading) => {
                vec![PieceKind::Heading { level: heading.level, text: self.inlines(node) }]
            }
            NodeValue::List(_) => self.lists(node).into_iter().map(PieceKind::Body).collect(),
            _ => vec![self.body(node).map_or(PieceKind::Silent, PieceKind::Body)],
        };
        kinds.into_iter().map(|kind| Piece { kind, lines }).collect()
    }

    fn body<'a>(&mut self, node: &'a AstNode<'a>) -> Option<BlockKind> {
        let value = node.data().value.clone();
        Some(match value {
            NodeValue::ThematicBreak => return None,
            NodeValue::HtmlBlock(html) => return self.html(&html.literal),
            NodeValue::BlockQuote => BlockKind::Quote { text: self.leaves(node) },
            NodeValue::FootnoteDefinition(note) => {
                let mut text = vec![Inline::Superscript(note.name)];
                text.extend(self.leaves(node));
                BlockKind::Note { text }
            }
            NodeValue::Table(_) => BlockKind::Table {
                rows: node.children().map(|row| row.children().map(|cell| self.inlines(cell)).collect()).collect(),
            },
            NodeValue::Paragraph => match lone_image(node) {
                Some(url) => {
                    self.note_image(&url);
                    BlockKind::Image { alt: node.collect_text() }
                }
                None => BlockKind::Paragraph { text: with_run_in(self.inlines(node)) },
            },
            _ => BlockKind::Paragraph { text: self.leaves(node) },
        })
    }

    /// The words of all leaf blocks below a node, a break between each two. Items keep their numbers.
    fn leaves<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Inline> {
        let mut text = Vec::new();
        for leaf in node.descendants().filter(|node| is_leaf(node)) {
            if !text.is_empty() {
                text.push(Inline::Break);
            }
            text.extend(number_of(leaf).map(|number| Inline::Text(format!("{number}. "))));
            text.extend(self.leaf(leaf));
        }
        text
    }

    /// A list, flat: nested items follow those they stand in. A new list begins where the kind
    /// changes or the numbers do not go on, so that each item keeps its kind and number.
    fn lists<'a>(&mut self, list: &'a AstNode<'a>) -> Vec<BlockKind> {
        let numbers = numbers(list);
        let mut lists: Vec<BlockKind> = Vec::new();
        for leaf in list.descendants().filter(|node| is_leaf(node)) {
            let words = self.leaf(leaf);
            let opens = leaf.previous_sibling().is_none();
            let item = leaf.ancestors().find_map(|node| numbers.get(&std::ptr::from_ref(node)));
            let number = item.copied().flatten();
            match lists.last_mut() {
                Some(BlockKind::List { items, .. }) if !opens => {
                    if let Some(item) = items.last_mut() {
                        item.push(Inline::Break);
                        item.extend(words);
                    }
                }
                Some(BlockKind::List { ordered, start, items }) if goes_on(*ordered, *start, items.len(), number) => {
                    items.push(words);
                }
                _ => lists.push(BlockKind::List {
                    ordered: number.is_some(),
                    start: number.unwrap_or(1),
                    items: vec![words],
                }),
            }
        }
        lists
    }

    fn leaf<'a>(&mut self, leaf: &'a AstNode<'a>) -> Vec<Inline> {
        let value = leaf.data().value.clone();
        match value {
            NodeValue::CodeBlock(code) => {
                let lines: Vec<Inline> = code.literal.trim_end().lines().map(|l| Inline::Text(l.to_owned())).collect();
                lines.into_iter().flat_map(|line| [Inline::Break, line]).skip(1).collect()
            }
            NodeValue::HtmlBlock(html) => {
                let words = self.html(&html.literal);
                words
                    .into_iter()
                    .flat_map(|kind| match kind {
                        BlockKind::Paragraph { text } => text,
                        _ => Vec::new(),
                    })
                    .collect()
            }
            _ => self.inlines(leaf),
        }
    }

    /// HTML is not rendered: its words stay, its tags go, and that is asked.
    fn html(&mut self, literal: &str) -> Option<BlockKind> {
        let words = super::markdown_source::without_tags(literal);
        if literal.trim_start().starts_with("<!--") && words.trim().is_empty() {
            self.note_comment(literal);
            return None;
        }
        let head: String = literal.trim().chars().take(30).collect();
        self.flags.note(Finding::Unreadable(format!("HTML {head}")), Some(self.line));
        Some(BlockKind::Paragraph { text: vec![Inline::Text(words.trim().to_owned())] })
    }

    fn note_comment(&mut self, literal: &str) {
        self.flags.note(Finding::SetAside(literal.trim().to_owned()), Some(self.line));
    }

    /// Definitions of links that nothing links to.
    fn note_unused(&mut self, text: &str) {
        for (number, line) in (1..).zip(text.split('\n')) {
            let Some((_, target)) = definition(line) else { continue };
            let url = target.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
            if !self.targets.contains(url) {
                self.flags.note(Finding::SetAside(line.trim().to_owned()), Some(number));
            }
        }
    }

    fn note_image(&mut self, url: &str) {
        self.targets.insert(url.to_owned());
        let finding = match url.split_once("://") {
            Some(_) => Finding::ExternalImage(url.to_owned()),
            None => Finding::Unreadable(url.to_owned()),
        };
        self.flags.note(finding, Some(self.line));
    }

    fn inlines<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Inline> {
        let mut words = Words::default();
        for edge in node.traverse() {
            match edge {
                NodeEdge::Start(node) => self.enter(node, &mut words),
                NodeEdge::End(node) => words.leave(&node.data().value),
            }
        }
        words.out.retain(|inline| matches!(inline, Inline::Break) || !inline.plain().is_empty());
        self.spaces += words.out.iter().map(|inline| artefacts(inline.plain())).sum::<usize>();
        words.out
    }

    fn enter<'a>(&mut self, node: &'a AstNode<'a>, words: &mut Words) {
        match &node.data().value {
            NodeValue::Text(text) => words.say(text),
            NodeValue::Code(code) => words.say(&code.literal),
            NodeValue::SoftBreak => words.soft = true,
            NodeValue::LineBreak => words.out.push(Inline::Break),
            NodeValue::HtmlInline(tag) if tag.to_lowercase().starts_with("<br") => words.out.push(Inline::Break),
            NodeValue::HtmlInline(tag) if !is_known_tag(tag) => words.say(tag),
            NodeValue::HtmlInline(tag) => self.tag(tag, words),
            NodeValue::FootnoteReference(note) => words.out.push(Inline::Superscript(note.name.clone())),
            NodeValue::Strong => words.strong += 1,
            NodeValue::Emph => words.emphasis += 1,
            NodeValue::Link(link) => self.link(link, node.first_child().is_none(), words),
            NodeValue::Image(image) => self.note_image(&image.url),
            _ => {}
        }
    }

    /// Of HTML tags `sub` and `sup` are read; comments and what points elsewhere are named.
    fn tag(&mut self, tag: &str, words: &mut Words) {
        match tag.to_ascii_lowercase().as_str() {
            "<sub>" => words.script = Some(Script::Sub),
            "<sup>" => words.script = Some(Script::Super),
            "</sub>" | "</sup>" => words.script = None,
            lower if lower.starts_with("<!--") => self.note_comment(tag),
            lower if lower.starts_with("<img") => self.flags.note(Finding::Unreadable(tag.to_owned()), Some(self.line)),
            lower if lower.starts_with("<a ") => self.flags.note(Finding::LinkLeftOut(tag.to_owned()), Some(self.line)),
            _ => {}
        }
    }

    /// Only links that a letter may have become links; others keep their words.
    fn link(&mut self, link: &NodeLink, is_empty: bool, words: &mut Words) {
        self.targets.insert(link.url.clone());
        if is_empty || !is_linkable(&link.url) {
            self.flags.note(Finding::LinkLeftOut(link.url.clone()), Some(self.line));
        } else {
            words.out.push(Inline::Link { href: link.url.clone(), text: String::new() });
            words.link = true;
        }
        if !link.title.is_empty() {
            self.flags.note(Finding::SetAside(link.title.clone()), Some(self.line));
        }
    }
}

/// The number of each item below a list.
fn numbers<'a>(list: &'a AstNode<'a>) -> Numbers<'a> {
    let mut numbers = HashMap::new();
    for node in list.descendants() {
        let NodeValue::List(list) = node.data().value else { continue };
        for (at, item) in node.children().enumerate() {
            let number = u32::try_from(list.start + at).ok().filter(|_| list.list_type == ListType::Ordered);
            numbers.insert(std::ptr::from_ref(item), number);
        }
    }
    numbers
}

/// Whether an item with this number belongs to the list before it.
fn goes_on(ordered: bool, start: u32, items: usize, number: Option<u32>) -> bool {
    match number {
        Some(number) => ordered && u32::try_from(items).is_ok_and(|items| start.checked_add(items) == Some(number)),
        None => !ordered,
    }
}

/// The number before a leaf that opens an item of an ordered list, as it was typed.
fn number_of<'a>(leaf: &'a AstNode<'a>) -> Option<usize> {
    let item = leaf.parent().filter(|_| leaf.previous_sibling().is_none())?;
    match item.data().value {
        NodeValue::Item(ref list) if list.list_type == ListType::Ordered => Some(list.start),
        _ => None,
    }
}

fn is_leaf(node: &AstNode<'_>) -> bool {
    matches!(
        node.data().value,
        NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::CodeBlock(_)
            | NodeValue::HtmlBlock(_)
            | NodeValue::TableCell
    )
}

/// The address of a picture that is all a paragraph holds.
fn lone_image<'a>(paragraph: &'a AstNode<'a>) -> Option<String> {
    let only = paragraph.first_child().filter(|child| child.next_sibling().is_none())?;
    match only.data().value {
        NodeValue::Image(ref image) => Some(image.url.clone()),
        _ => None,
    }
}

/// A strong sentence that opens a paragraph with more behind it is its run-in head.
fn with_run_in(mut text: Vec<Inline>) -> Vec<Inline> {
    if text.len() > 1
        && let Some(Inline::Strong(head)) = text.first()
        && head.ends_with(['。', '.', '：', ':'])
        && head.chars().count() <= 60
    {
        text[0] = Inline::RunIn(head.clone());
    }
    text
}

/// Inlines on their way: the style in force, and what was said.
#[derive(Default)]
struct Words {
    out: Vec<Inline>,
    strong: usize,
    emphasis: usize,
    script: Option<Script>,
    link: bool,
    soft: bool,
}

/// Set lower or higher than its line.
#[derive(Clone, Copy)]
enum Script {
    Sub,
    Super,
}

impl Words {
    fn say(&mut self, text: &str) {
        let end = self.out.last().and_then(|inline| inline.plain().chars().next_back());
        let space = std::mem::take(&mut self.soft) && is_word_border(end, text);
        let in_link = self.link && matches!(self.out.last(), Some(Inline::Link { .. }));
        if !in_link {
            let new = self.styled();
            let same = self.out.last().is_some_and(|last| std::mem::discriminant(last) == std::mem::discriminant(&new));
            if !same {
                self.out.push(new);
            }
        }
        if let Some(
            Inline::Text(last)
            | Inline::Strong(last)
            | Inline::Emphasis(last)
            | Inline::Superscript(last)
            | Inline::Subscript(last)
            | Inline::Link { text: last, .. },
        ) = self.out.last_mut()
        {
            last.push_str(if space { " " } else { "" });
            last.push_str(text);
        }
    }

    fn styled(&self) -> Inline {
        match (self.script, self.strong > 0, self.emphasis > 0) {
            (Some(Script::Sub), ..) => Inline::Subscript(String::new()),
            (Some(Script::Super), ..) => Inline::Superscript(String::new()),
            (None, true, _) => Inline::Strong(String::new()),
            (None, false, true) => Inline::Emphasis(String::new()),
            (None, false, false) => Inline::Text(String::new()),
        }
    }

    fn leave(&mut self, value: &NodeValue) {
        match value {
            NodeValue::Strong => self.strong -= 1,
            NodeValue::Emph => self.emphasis -= 1,
            NodeValue::Link(_) if std::mem::take(&mut self.link) => self.out.push(Inline::Text(String::new())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<PieceKind> {
        pieces(text, &mut Flags::default()).0.into_iter().map(|piece| piece.kind).collect()
    }

    fn paragraph(text: Vec<Inline>) -> PieceKind {
        PieceKind::Body(BlockKind::Paragraph { text })
    }

    fn words(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    #[test]
    fn inlines_keep_their_meaning() {
        for (text, inlines) in [
            ("**优化设计。**深化改革", vec![Inline::RunIn("优化设计。".into()), words("深化改革")]),
            (
                "一*甲*二**乙**",
                vec![words("一"), Inline::Emphasis("甲".into()), words("二"), Inline::Strong("乙".into())],
            ),
            (
                "[甲](https://a.cn/x)乙",
                vec![Inline::Link { href: "https://a.cn/x".into(), text: "甲".into() }, words("乙")],
            ),
            ("[甲](javascript:x)乙", vec![words("甲乙")]),
            ("甲\n乙", vec![words("甲乙")]),
            ("open\nsource", vec![words("open source")]),
            ("甲  \n乙", vec![words("甲"), Inline::Break, words("乙")]),
            ("共 `12` 项", vec![words("共 12 项")]),
            ("H<sub>2</sub>O", vec![words("H"), Inline::Subscript("2".into()), words("O")]),
            ("m<sup>2</sup>", vec![words("m"), Inline::Superscript("2".into())]),
        ] {
            assert_eq!(read(text), [paragraph(inlines)], "{text}");
        }
    }

    #[test]
    fn blocks_keep_their_kind() {
        let from = |ordered, start, items: &[&str]| {
            let items = items.iter().map(|item| vec![words(item)]).collect();
            PieceKind::Body(BlockKind::List { ordered, start, items })
        };
        let list = |ordered, items: &[&str]| from(ordered, 1, items);
        assert_eq!(read("- a\n- b\n  - c\n"), [list(false, &["a", "b", "c"])]);
        assert_eq!(read("1. a\n2. b\n"), [list(true, &["a", "b"])]);
        assert_eq!(read("3. a\n3. b\n"), [from(true, 3, &["a", "b"])]);
        assert_eq!(
            read("1. a\n   - b\n2. c\n   1. d\n3. e"),
            [list(true, &["a"]), list(false, &["b"]), from(true, 2, &["c"]), list(true, &["d"]), from(true, 3, &["e"])]
        );
        assert_eq!(read("> 3. a"), [PieceKind::Body(BlockKind::Quote { text: vec![words("3. "), words("a")] })]);
        assert_eq!(
            read("> a\n>\n> b"),
            [PieceKind::Body(BlockKind::Quote { text: vec![words("a"), Inline::Break, words("b")] })]
        );
        let rows = vec![vec![vec![words("a")], vec![words("b")]], vec![vec![words("1")], vec![words("2")]]];
        assert_eq!(read("| a | b |\n|---|---|\n| 1 | 2 |"), [PieceKind::Body(BlockKind::Table { rows })]);
        assert_eq!(read("![图](x.png)"), [PieceKind::Body(BlockKind::Image { alt: "图".into() })]);
        assert_eq!(read("---"), [PieceKind::Silent]);
    }

    #[test]
    fn nothing_is_too_deep() {
        for text in [">".repeat(5000) + "a", "- ".repeat(3000) + "a", "*a **b ".repeat(2000), "[".repeat(5000)] {
            assert_eq!(pieces(&text, &mut Flags::default()).0.len(), 1);
        }
    }
}
