//! Markdown: CommonMark with tables and footnotes becomes typed pieces. The one file that knows
//! comrak. Emphasis is `cjk_friendly`, for CommonMark alone fails `**…。**` before Han. Walks trees
//! without recursion, so that no nesting can exhaust the stack.

use super::flags::Flags;
use super::markdown_source::is_known_tag;
use super::spacing::{is_word_border, tighten};
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline};
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};

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

/// The pieces of a document, and the spaces that were left out between Han and digits.
pub(super) fn pieces(text: &str, flags: &mut Flags) -> (Vec<Piece>, usize) {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut reader = Reader { flags, spaces: 0, line: 0 };
    let pieces = root.children().map(|node| reader.piece(node)).collect();
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
}

impl Reader<'_> {
    fn piece<'a>(&mut self, node: &'a AstNode<'a>) -> Piece {
        let position = node.data().sourcepos;
        let line = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let lines = (line(position.start.line), line(position.end.line));
        self.line = lines.0;
        let heading = match node.data().value {
            NodeValue::Heading(ref heading) => Some(heading.level),
            _ => None,
        };
        let kind = match heading {
            Some(level) => PieceKind::Heading { level, text: self.inlines(node) },
            None => self.body(node).map_or(PieceKind::Silent, PieceKind::Body),
        };
        Piece { kind, lines }
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
            NodeValue::List(list) => {
                BlockKind::List { ordered: list.list_type == ListType::Ordered, items: self.items(node) }
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

    /// The words of all leaf blocks below a node, a break between each two.
    fn leaves<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Inline> {
        let mut text = Vec::new();
        for leaf in node.descendants().filter(|node| is_leaf(node)) {
            if !text.is_empty() {
                text.push(Inline::Break);
            }
            text.extend(self.leaf(leaf));
        }
        text
    }

    /// One entry for each item, nested ones after those they stand in.
    fn items<'a>(&mut self, list: &'a AstNode<'a>) -> Vec<Vec<Inline>> {
        let mut items: Vec<Vec<Inline>> = Vec::new();
        for leaf in list.descendants().filter(|node| is_leaf(node)) {
            let words = self.leaf(leaf);
            let opens = leaf.previous_sibling().is_none() || items.is_empty();
            match items.last_mut() {
                Some(item) if !opens => {
                    item.push(Inline::Break);
                    item.extend(words);
                }
                _ => items.push(words),
            }
        }
        items
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
            return None;
        }
        let head: String = literal.trim().chars().take(30).collect();
        self.flags.note(Finding::Unreadable(format!("HTML {head}")), Some(self.line));
        Some(BlockKind::Paragraph { text: vec![Inline::Text(words.trim().to_owned())] })
    }

    fn note_image(&mut self, url: &str) {
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
        for inline in &mut words.out {
            if let Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) = inline {
                let (tight, places) = tighten(text);
                self.spaces += places;
                *text = tight;
            }
        }
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
            NodeValue::FootnoteReference(note) => words.out.push(Inline::Superscript(note.name.clone())),
            NodeValue::Strong => words.strong += 1,
            NodeValue::Emph => words.emphasis += 1,
            NodeValue::Link(link) => words.open_link(&link.url),
            NodeValue::Image(image) => self.note_image(&image.url),
            _ => {}
        }
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
    link: bool,
    soft: bool,
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
            Inline::Text(last) | Inline::Strong(last) | Inline::Emphasis(last) | Inline::Link { text: last, .. },
        ) = self.out.last_mut()
        {
            last.push_str(if space { " " } else { "" });
            last.push_str(text);
        }
    }

    fn styled(&self) -> Inline {
        match (self.strong > 0, self.emphasis > 0) {
            (true, _) => Inline::Strong(String::new()),
            (false, true) => Inline::Emphasis(String::new()),
            (false, false) => Inline::Text(String::new()),
        }
    }

    /// Only addresses that a letter may link to become links; others keep their words.
    fn open_link(&mut self, href: &str) {
        let lower = href.to_lowercase();
        if ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
            self.out.push(Inline::Link { href: href.to_owned(), text: String::new() });
            self.link = true;
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
            ("共 `12` 项", vec![words("共12项")]),
        ] {
            assert_eq!(read(text), [paragraph(inlines)], "{text}");
        }
    }

    #[test]
    fn blocks_keep_their_kind() {
        let list = |ordered, items: &[&str]| {
            PieceKind::Body(BlockKind::List { ordered, items: items.iter().map(|item| vec![words(item)]).collect() })
        };
        assert_eq!(read("- a\n- b\n  - c\n"), [list(false, &["a", "b", "c"])]);
        assert_eq!(read("1. a\n2. b\n"), [list(true, &["a", "b"])]);
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
