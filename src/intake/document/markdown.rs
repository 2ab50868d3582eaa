//! Markdown: CommonMark with tables and footnotes becomes lines, each with its mark. The one file that knows
//! comrak. Emphasis is `cjk_friendly`, for CommonMark alone fails `**…。**` before Han. Walks trees
//! without recursion, so that no nesting can exhaust the stack.

use super::clean;
use super::conservation::Said;
use super::flags::Flags;
use super::markdown_source::{definition, is_known_tag, said, settle, without_tags};
use super::page::is_data;
use super::pictures::Pictures;
use super::source::{Border, Line, Mark, Source, unset};
use super::spacing::is_word_border;
use crate::domain::document::Finding;
use crate::domain::issue::shape::Shape;
use crate::domain::issue::{BlockKind, Inline, is_linkable};
use crate::domain::picture::Picture;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, ListType, NodeLink, NodeValue};
use comrak::{Arena, Options, parse_document};
use std::collections::{HashMap, HashSet};

/// The most signs that may mean something; the parser keeps some hundred bytes for each. A year of a weekly has fewer.
const MOST_SIGNS: usize = 500_000;

/// Whether a text has more signs of Markdown than any issue.
pub(super) fn is_crowded(text: &str) -> bool {
    let is_sign =
        |byte: &u8| matches!(byte, b'*' | b'_' | b'[' | b']' | b'<' | b'>' | b'`' | b'|' | b'!' | b'~' | b'&');
    text.bytes().filter(is_sign).nth(MOST_SIGNS).is_some()
}

/// Reads Markdown.
pub(super) fn read(decoded: &str, pictures: &mut Pictures, flags: &mut Flags) -> Source {
    let text: String = decoded.replace("\r\n", "\n").chars().filter_map(clean::character).collect();
    let (text, matter) = settle(&text);
    let mut lines = front_matter(&matter, flags);
    lines.extend(document(&text, pictures, flags));
    lines.retain(|line| !line.text.is_empty() || matches!(line.mark, Some(Mark::Block(BlockKind::Image { .. }))));
    let words = said(&text);
    Source { lines, said: Said::Marked { text: decoded.to_owned(), words } }
}

/// The lines of front matter that name, number or date the issue; the others are named. None of them is text.
fn front_matter(rows: &[String], flags: &mut Flags) -> Vec<Line> {
    const KNOWN: [&str; 11] =
        ["title", "name", "publication", "issue", "label", "number", "date", "刊名", "名称", "期号", "日期"];
    let mut lines = Vec::new();
    for (number, row) in (2..).zip(rows) {
        let (key, value) = row.split_once(':').unwrap_or((row, ""));
        let value = value.trim().trim_matches(['"', '\'']);
        if KNOWN.contains(&key.trim().to_lowercase().as_str()) && !value.is_empty() {
            let words = vec![Inline::Text(value.to_owned())];
            let line = Line::marked(number, Mark::Row { words, border: Border::Paragraph });
            lines.push(Line { counted: line.text.len(), ..line });
        } else {
            flags.note(Finding::SetAside(row.trim().to_owned()), Some(number));
        }
    }
    lines
}

fn document(text: &str, pictures: &mut Pictures, flags: &mut Flags) -> Vec<Line> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let mut reader = Reader { pictures, flags, line: 0, targets: HashSet::new(), behind: Vec::new() };
    let mut lines = Vec::new();
    for node in root.children() {
        lines.extend(reader.lines(node));
        lines.append(&mut reader.behind);
    }
    reader.note_unused(text);
    lines
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.cjk_friendly_emphasis = true;
    options.parse.leave_footnote_definitions = true;
    options
}

/// How much of an address is shown in a question, in characters.
const SHOWN: usize = 300;

struct Reader<'f> {
    pictures: &'f mut Pictures,
    flags: &'f mut Flags,
    line: u32,
    /// Where its links and pictures point.
    targets: HashSet<String>,
    /// Pictures that stand within words; they come behind them.
    behind: Vec<Line>,
}

/// The number of each item of ordered lists; none for the others.
type Numbers<'a> = HashMap<*const AstNode<'a>, Option<u32>>;

impl Reader<'_> {
    fn lines<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Line> {
        self.line = line_of(node);
        let (line, value) = (self.line, node.data().value.clone());
        let one = |mark: Mark| vec![Line::marked(line, mark)];
        match value {
            NodeValue::Heading(heading) => {
                one(Mark::Heading { level: heading.level, words: unset(self.inlines(node)) })
            }
            NodeValue::List(_) => self.entries(node),
            NodeValue::Paragraph => match lone_image(node) {
                Some(url) => {
                    let alt = node.collect_text();
                    let picture = self.take_image(&url, &alt);
                    one(Mark::Block(BlockKind::Image { alt, picture }))
                }
                None => self.rows(node),
            },
            NodeValue::ThematicBreak => Vec::new(),
            NodeValue::HtmlBlock(html) => {
                let words = self.html(&html.literal);
                words.map_or_else(Vec::new, |words| one(Mark::Row { words, border: Border::Paragraph }))
            }
            NodeValue::BlockQuote => one(Mark::Block(BlockKind::Quote { text: self.leaves(node) })),
            NodeValue::FootnoteDefinition(note) => {
                let mut text = vec![Inline::Superscript(note.name)];
                text.extend(self.leaves(node));
                one(Mark::Block(BlockKind::Note { text }))
            }
            NodeValue::Table(_) => {
                let row = |row: &'a AstNode<'a>| row.children().map(|cell| self.inlines(cell)).collect();
                let rows = node.children().map(row).collect();
                one(Mark::Block(BlockKind::Table { rows, shape: Shape::default() }))
            }
            _ => one(Mark::Row { words: self.leaves(node), border: Border::Paragraph }),
        }
    }

    /// The rows of a paragraph: those of an imprint say something each.
    fn rows<'a>(&mut self, paragraph: &'a AstNode<'a>) -> Vec<Line> {
        let first = self.line;
        let words = self.words(paragraph, true);
        let rows = words.rows.into_iter().chain([(words.border, words.out)]);
        let row = |(number, (border, words))| Line::marked(number, Mark::Row { words, border });
        (first..).zip(rows).map(row).collect()
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

    /// The entries of a list, flat: nested ones follow those they stand in.
    fn entries<'a>(&mut self, list: &'a AstNode<'a>) -> Vec<Line> {
        let numbers = numbers(list);
        let mut lines: Vec<Line> = Vec::new();
        for leaf in list.descendants().filter(|node| is_leaf(node)) {
            let words = self.leaf(leaf);
            let item = leaf.ancestors().find_map(|node| numbers.get(&std::ptr::from_ref(node)));
            let mark = match leaf.previous_sibling() {
                None => Mark::Entry { number: item.copied().flatten(), words },
                Some(_) => Mark::Row { words, border: Border::Break },
            };
            lines.push(Line::marked(line_of(leaf), mark));
        }
        lines
    }

    fn leaf<'a>(&mut self, leaf: &'a AstNode<'a>) -> Vec<Inline> {
        let value = leaf.data().value.clone();
        match value {
            NodeValue::CodeBlock(code) => {
                let lines: Vec<Inline> = code.literal.trim_end().lines().map(|l| Inline::Text(l.to_owned())).collect();
                lines.into_iter().flat_map(|line| [Inline::Break, line]).skip(1).collect()
            }
            NodeValue::HtmlBlock(html) => self.html(&html.literal).unwrap_or_default(),
            _ => self.inlines(leaf),
        }
    }

    /// HTML is not rendered: its words stay, its tags go, and that is asked.
    fn html(&mut self, literal: &str) -> Option<Vec<Inline>> {
        let words = without_tags(literal);
        if literal.trim_start().starts_with("<!--") && words.trim().is_empty() {
            self.note_comment(literal);
            return None;
        }
        let head: String = literal.trim().chars().take(30).collect();
        self.flags.note(Finding::Unreadable(format!("HTML {head}")), Some(self.line));
        Some(vec![Inline::Text(words.trim().to_owned())])
    }

    fn note_comment(&mut self, literal: &str) {
        self.flags.note(Finding::Comment(words_of_comment(literal)), Some(self.line));
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

    /// The picture at an address, if the address holds it; what is elsewhere is asked about.
    fn take_image(&mut self, url: &str, alt: &str) -> Option<Picture> {
        self.targets.insert(url.to_owned());
        let shown: String = url.chars().take(SHOWN).collect();
        if alt.trim().is_empty() {
            let place = if is_data(url) { String::new() } else { shown.clone() };
            self.flags.note(Finding::MissingAlt(place), Some(self.line));
        }
        if is_data(url) {
            return self.pictures.take_url(url, self.flags, self.line);
        }
        let finding = if url.contains("://") { Finding::ExternalImage(shown) } else { Finding::Unreadable(shown) };
        self.flags.note(finding, Some(self.line));
        None
    }

    fn inlines<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Inline> {
        self.words(node, false).out
    }

    fn words<'a>(&mut self, node: &'a AstNode<'a>, by_row: bool) -> Words {
        let mut words = Words { by_row, ..Words::default() };
        for edge in node.traverse() {
            match edge {
                NodeEdge::Start(node) => self.enter(node, &mut words),
                NodeEdge::End(node) => words.leave(&node.data().value),
            }
        }
        for row in words.rows.iter_mut().map(|(_, row)| row).chain([&mut words.out]) {
            row.retain(|inline| matches!(inline, Inline::Break) || !inline.plain().is_empty());
        }
        words
    }

    fn enter<'a>(&mut self, node: &'a AstNode<'a>, words: &mut Words) {
        match &node.data().value {
            NodeValue::Text(text) if text == "****" && is_between_tags(node) => {}
            NodeValue::Text(text) => words.say(text),
            NodeValue::Code(code) => words.say(&code.literal),
            NodeValue::SoftBreak => words.end_row(Border::Wrap),
            NodeValue::LineBreak => words.end_row(Border::Break),
            NodeValue::HtmlInline(tag) if tag.to_lowercase().starts_with("<br") => words.out.push(Inline::Break),
            NodeValue::HtmlInline(tag) if !is_known_tag(tag) => words.say(tag),
            NodeValue::HtmlInline(tag) => self.tag(tag, words),
            NodeValue::FootnoteReference(note) => words.out.push(Inline::Superscript(note.name.clone())),
            NodeValue::Strong => words.strong += 1,
            NodeValue::Emph => words.emphasis += 1,
            NodeValue::Link(link) => self.link(link, node.first_child().is_none(), words),
            NodeValue::Image(image) => {
                let alt = node.collect_text();
                if let Some(picture) = self.take_image(&image.url, &alt) {
                    // Its words are said where it stands.
                    let mark = Mark::Block(BlockKind::Image { alt: String::new(), picture: Some(picture) });
                    self.behind.push(Line::marked(self.line, mark));
                }
            }
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
            lower if lower.starts_with("<img") => {
                self.flags.note(Finding::Unreadable(tag.chars().take(SHOWN).collect()), Some(self.line));
            }
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

/// Whether a text stands right between two tags: marks there closed one of them and opened the next.
fn is_between_tags<'a>(node: &'a AstNode<'a>) -> bool {
    let is_tag = |node: &AstNode<'_>| matches!(node.data().value, NodeValue::HtmlInline(_));
    node.previous_sibling().is_some_and(is_tag) && node.next_sibling().is_some_and(is_tag)
}

/// What a comment says, without its marks.
fn words_of_comment(literal: &str) -> String {
    let words = literal.trim();
    let words = words.strip_prefix("<!--").unwrap_or(words);
    words.strip_suffix("-->").unwrap_or(words).trim().to_owned()
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

fn line_of<'a>(node: &'a AstNode<'a>) -> u32 {
    u32::try_from(node.data().sourcepos.start.line).unwrap_or(u32::MAX)
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

/// Inlines on their way: the style in force, and what was said.
#[derive(Default)]
struct Words {
    out: Vec<Inline>,
    /// Whether rows are kept apart.
    by_row: bool,
    /// The rows before, each with what parts it from the row before it.
    rows: Vec<(Border, Vec<Inline>)>,
    border: Border,
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
    /// A line ends. Within a link it parts no rows, for a link is one.
    fn end_row(&mut self, border: Border) {
        match border {
            _ if self.by_row && !self.link => {
                let row = std::mem::take(&mut self.out);
                self.rows.push((std::mem::replace(&mut self.border, border), row));
            }
            Border::Break => self.out.push(Inline::Break),
            Border::Wrap | Border::Paragraph => self.soft = true,
        }
    }

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

    fn read(text: &str) -> Vec<Mark> {
        document(text, &mut Pictures::default(), &mut Flags::default())
            .into_iter()
            .filter_map(|line| line.mark)
            .collect()
    }

    fn row(border: Border, words: Vec<Inline>) -> Mark {
        Mark::Row { words, border }
    }

    fn words(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    #[test]
    fn inlines_keep_their_meaning() {
        for (text, inlines) in [
            ("**优化设计。**深化改革", vec![Inline::Strong("优化设计。".into()), words("深化改革")]),
            (
                "一*甲*二**乙**",
                vec![words("一"), Inline::Emphasis("甲".into()), words("二"), Inline::Strong("乙".into())],
            ),
            (
                "[甲](https://a.cn/x)乙",
                vec![Inline::Link { href: "https://a.cn/x".into(), text: "甲".into() }, words("乙")],
            ),
            ("[甲](javascript:x)乙", vec![words("甲乙")]),
            (
                "[open\nsource](https://a.cn)",
                vec![Inline::Link { href: "https://a.cn".into(), text: "open source".into() }],
            ),
            ("共 `12` 项", vec![words("共 12 项")]),
            ("H<sub>2</sub>O", vec![words("H"), Inline::Subscript("2".into()), words("O")]),
            ("m<sup>2</sup>", vec![words("m"), Inline::Superscript("2".into())]),
        ] {
            assert_eq!(read(text), [row(Border::Paragraph, inlines)], "{text}");
        }
    }

    #[test]
    fn the_rows_of_a_paragraph_are_lines() {
        let strong = |text: &str| Inline::Strong(text.into());
        for (text, border, rows) in [
            ("甲\n乙", Border::Wrap, [words("甲"), words("乙")]),
            ("甲  \n乙", Border::Break, [words("甲"), words("乙")]),
            ("**甲\n乙**", Border::Wrap, [strong("甲"), strong("乙")]),
        ] {
            let [first, second] = rows.map(|inline| vec![inline]);
            assert_eq!(read(text), [row(Border::Paragraph, first), row(border, second)], "{text}");
        }
    }

    #[test]
    fn blocks_keep_their_kind() {
        let entry = |number, text: &str| Mark::Entry { number, words: vec![words(text)] };
        assert_eq!(read("- a\n- b\n  - c\n"), [entry(None, "a"), entry(None, "b"), entry(None, "c")]);
        assert_eq!(read("3. a\n3. b\n"), [entry(Some(3), "a"), entry(Some(4), "b")]);
        assert_eq!(
            read("1. a\n   - b\n2. c\n\n   d"),
            [entry(Some(1), "a"), entry(None, "b"), entry(Some(2), "c"), row(Border::Break, vec![words("d")])]
        );
        assert_eq!(read("> 3. a"), [Mark::Block(BlockKind::Quote { text: vec![words("3. "), words("a")] })]);
        assert_eq!(
            read("> a\n>\n> b"),
            [Mark::Block(BlockKind::Quote { text: vec![words("a"), Inline::Break, words("b")] })]
        );
        let rows = vec![vec![vec![words("a")], vec![words("b")]], vec![vec![words("1")], vec![words("2")]]];
        assert_eq!(
            read("| a | b |\n|---|---|\n| 1 | 2 |"),
            [Mark::Block(BlockKind::Table { rows, shape: Shape::default() })]
        );
        assert_eq!(read("![图](x.png)"), [Mark::Block(BlockKind::Image { alt: "图".into(), picture: None })]);
        assert_eq!(read("---"), []);
    }

    #[test]
    fn pictures_that_lie_in_the_text_come_in() {
        let png = crate::domain::picture::tests::png_of(640, 480, b"");
        let url = format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png));
        let text = format!("![桥]({url})\n\n甲![塔]({url})乙\n\n![画](data:image/svg+xml,<svg/>)");
        let (mut pictures, mut flags) = (Pictures::default(), Flags::default());
        let marks = document(&text, &mut pictures, &mut flags).into_iter().filter_map(|line| line.mark);
        let shown: Vec<String> = marks
            .map(|mark| match mark {
                Mark::Block(BlockKind::Image { alt, picture }) => format!("{alt} {}", picture.map_or(0, |of| of.width)),
                Mark::Row { words, .. } => crate::domain::issue::plain(&words),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(shown, ["桥 640", "甲塔乙", " 640", "画 0"]);
        let found: Vec<Finding> = flags.finish().into_iter().map(|flag| flag.finding).collect();
        assert_eq!((found, pictures.kept().len()), (vec![Finding::Unreadable("image/svg+xml (SVG)".into())], 1));
    }

    #[test]
    fn nothing_is_too_deep() {
        for text in [">".repeat(5000) + "a", "- ".repeat(3000) + "a", "*a **b ".repeat(2000), "[".repeat(5000)] {
            assert_eq!(document(&text, &mut Pictures::default(), &mut Flags::default()).len(), 1);
        }
    }
}
