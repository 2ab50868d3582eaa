//! Tree: a web page parsed as browsers parse it, kept in one row of nodes, so that neither walking nor dropping it
//! recurses. The one file that knows html5ever. Elements below [`DEEPEST`] are not opened, as in browsers;
//! a page of more than [`MOST_NODES`] is refused, for a few bytes of hostile markup can open very many.

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, StartTag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, TokenizerResult, local_name, ns};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// How deep elements may stand in each other; browsers have the same limit.
const DEEPEST: u32 = 512;
/// The most nodes of a page: a volume of a thousand pages saved from Word has fewer.
const MOST_NODES: usize = 600_000;

/// The parser compares each attribute of a tag with all before it: a tag of some megabytes would keep it for hours. So a
/// page is parsed in pieces of so many bytes, and refused once more stands between two tokens than parts the attributes
/// of any tag, or the words of any comment: 12,500 blanks and quotes, or 100,000 slashes, which pictures of 5 MB have.
const PIECE: usize = 4096;
/// So many slashes count as a blank.
const SLASHES: usize = 8;
/// The fewest characters of a line in the base64 of a picture.
const LINE: usize = 60;
/// The most that may stand between two tokens, in slashes; what is below the second number is not summed up.
const MOST_CROWDED: usize = 100_000;
const CALM: usize = 20_000;

/// The place of a node in its tree.
pub(super) type Id = usize;

/// A page.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<Id>,
    children: Vec<Id>,
    depth: u32,
    what: What,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum What {
    /// The page itself, or a comment: nothing that is shown.
    Nothing,
    /// Characters.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    name: LocalName,
    attributes: Vec<(LocalName, StrTendril)>,
}

/// A step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a node.
    Enter(Id),
    /// Out of it.
    Leave(Id),
}

impl Element {
    /// Its name, in small letters.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| &**own == name).map(|(_, value)| &**value)
    }

    /// Whether one of its classes is this.
    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|all| all.split_whitespace().any(|own| own == class))
    }
}

impl Tree {
    /// Parses a page; none if it has too many nodes, or a tag too many attributes.
    pub(super) fn parse(page: &str) -> Option<Self> {
        let options = TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() };
        let builder = TreeBuilder::new(Growing::new(), options);
        let tokenizer = Tokenizer::new(Bounded { builder, tokens: Cell::new(0) }, TokenizerOpts::default());
        let queue = BufferQueue::default();
        let (mut crowd, mut spent) = (0, 0);
        for piece in pieces(page) {
            let before = tokenizer.sink.tokens.get();
            queue.push_back(StrTendril::from(piece));
            while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
            if tokenizer.sink.tokens.get() != before {
                spent += if crowd > CALM { crowd } else { 0 };
                crowd = 0;
            }
            crowd += crowd_of(piece);
            if crowd + spent > MOST_CROWDED {
                return None;
            }
        }
        tokenizer.end();
        let sink = &tokenizer.sink.builder.sink;
        let tree = Self { nodes: sink.nodes.take() };
        (!sink.is_full.get()).then_some(tree)
    }

    /// How many nodes it has.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What a node is.
    pub(super) fn what(&self, id: Id) -> &What {
        &self.nodes[id].what
    }

    /// The node as an element.
    pub(super) fn element(&self, id: Id) -> Option<&Element> {
        match &self.nodes[id].what {
            What::Element(element) => Some(element),
            What::Nothing | What::Text(_) => None,
        }
    }

    /// What a node stands in.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.nodes[id].parent
    }

    /// All steps through a node and what stands in it, in the order of the page.
    pub(super) fn steps(&self, from: Id) -> impl Iterator<Item = Step> + '_ {
        let mut open: Vec<(Id, usize)> = Vec::new();
        let mut first = Some(from);
        std::iter::from_fn(move || {
            if let Some(id) = first.take() {
                open.push((id, 0));
                return Some(Step::Enter(id));
            }
            let (id, next) = open.last_mut()?;
            if let Some(&child) = self.nodes[*id].children.get(*next) {
                *next += 1;
                open.push((child, 0));
                return Some(Step::Enter(child));
            }
            open.pop().map(|(id, _)| Step::Leave(id))
        })
    }

    /// All characters within a node, but those of scripts and styles.
    pub(super) fn text(&self, from: Id) -> String {
        let mut text = String::new();
        let mut machine = 0_usize;
        for step in self.steps(from) {
            let is_machine = |id: Id| self.element(id).is_some_and(|e| matches!(e.name(), "script" | "style"));
            match step {
                Step::Enter(id) if is_machine(id) => machine += 1,
                Step::Leave(id) if is_machine(id) => machine -= 1,
                Step::Enter(id) => match self.what(id) {
                    What::Text(own) if machine == 0 => text.push_str(own),
                    What::Text(_) | What::Nothing | What::Element(_) => {}
                },
                Step::Leave(_) => {}
            }
        }
        text
    }
}

/// A page in pieces, so that it can be seen what a tag is made of before it ends.
fn pieces(page: &str) -> impl Iterator<Item = &str> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// How much in a piece may part the attributes of a tag. The picture in a `data:` URL has many slashes and maybe a line end
/// behind every 60 characters and more; both weigh little.
fn crowd_of(piece: &str) -> usize {
    let (mut sum, mut run) = (0, 0);
    for byte in piece.bytes() {
        let weight = match byte {
            b'"' | b'\'' => SLASHES,
            b'\n' if run == 0 => 0,
            b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' if run < LINE => SLASHES,
            b' ' | b'\t' | b'\n' | b'\x0c' | b'\r' | b'/' => 1,
            _ => 0,
        };
        sum += weight;
        run = if byte.is_ascii_whitespace() { 0 } else { run + 1 };
    }
    sum
}

/// Passes on what a page of a bounded depth and size is made of. Words are always passed on.
struct Bounded {
    builder: TreeBuilder<Handle, Growing>,
    /// How many were passed on.
    tokens: Cell<u64>,
}

impl TokenSink for Bounded {
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Handle> {
        // A fault within a tag is told as a token, and does not end it.
        if !matches!(token, Token::ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        let sink = &self.builder.sink;
        if sink.nodes.borrow().len() > MOST_NODES {
            sink.is_full.set(true);
            return TokenSinkResult::Continue;
        }
        match &token {
            TagToken(tag) if tag.kind == StartTag && sink.depth.get() >= DEEPEST && !is_raw(&tag.name) => {
                TokenSinkResult::Continue
            }
            _ => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether an element holds characters alone, which without it would become words.
fn is_raw(name: &LocalName) -> bool {
    matches!(
        &**name,
        "script" | "style" | "title" | "textarea" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript"
    )
}

/// A node while the tree grows.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

/// The tree while it grows.
struct Growing {
    nodes: RefCell<Vec<Node>>,
    /// What stands in templates, apart from the page.
    templates: RefCell<HashMap<Id, Handle>>,
    /// How deep the element stands that was opened or closed last.
    depth: Cell<u32>,
    is_full: Cell<bool>,
}

impl Growing {
    fn new() -> Self {
        let page = Node { parent: None, children: Vec::new(), depth: 0, what: What::Nothing };
        Self {
            nodes: RefCell::new(vec![page]),
            templates: RefCell::default(),
            depth: Cell::new(0),
            is_full: Cell::new(false),
        }
    }

    fn grow(&self, what: What, name: QualName) -> Handle {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { parent: None, children: Vec::new(), depth: 0, what });
        Handle { id: nodes.len() - 1, name: Rc::new(name) }
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[id].parent.take() {
            let siblings = &mut nodes[parent].children;
            if let Some(at) = siblings.iter().rposition(|child| *child == id) {
                siblings.remove(at);
            }
        }
    }

    /// Puts a node among the children of another, before place `at`.
    fn put(&self, parent: Id, at: usize, child: NodeOrText<Handle>) {
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        let id = match child {
            NodeOrText::AppendNode(handle) => {
                self.depth.set(depth);
                handle.id
            }
            NodeOrText::AppendText(text) => {
                let before = at.checked_sub(1).map(|at| nodes[parent].children[at]);
                if let Some(What::Text(known)) = before.map(|before| &mut nodes[before].what) {
                    known.push_str(&text);
                    return;
                }
                nodes.push(Node { parent: None, children: Vec::new(), depth, what: What::Text((&*text).into()) });
                nodes.len() - 1
            }
        };
        nodes[id].parent = Some(parent);
        nodes[id].depth = depth;
        nodes[parent].children.insert(at, id);
    }
}

/// The name of what has none.
fn nameless() -> QualName {
    QualName::new(None, ns!(), local_name!(""))
}

impl TreeSink for Growing {
    type Handle = Handle;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: 0, name: Rc::new(nameless()) }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let attributes = attributes.into_iter().map(|own| (own.name.local, own.value)).collect();
        let element = Element { name: name.local.clone(), attributes };
        let handle = self.grow(What::Element(element), name);
        if flags.template {
            let inside = self.grow(What::Nothing, nameless());
            self.templates.borrow_mut().insert(handle.id, inside);
        }
        handle
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.grow(What::Nothing, nameless())
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.grow(What::Nothing, nameless())
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let at = self.nodes.borrow()[parent.id].children.len();
        self.put(parent.id, at, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        if self.nodes.borrow()[element.id].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn pop(&self, node: &Handle) {
        self.depth.set(self.nodes.borrow()[node.id].depth.saturating_sub(1));
    }

    fn get_template_contents(&self, target: &Handle) -> Handle {
        self.templates.borrow().get(&target.id).cloned().unwrap_or_else(|| target.clone())
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(handle) = &new {
            self.detach(handle.id);
        }
        let place = {
            let nodes = self.nodes.borrow();
            let parent = nodes[sibling.id].parent;
            parent.and_then(|parent| {
                Some((parent, nodes[parent].children.iter().rposition(|child| *child == sibling.id)?))
            })
        };
        if let Some((parent, at)) = place {
            self.put(parent, at, new);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let What::Element(element) = &mut nodes[target.id].what else { return };
        for attribute in attributes {
            if element.attribute(&attribute.name.local).is_none() {
                element.attributes.push((attribute.name.local, attribute.value));
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.id].children);
        for child in &children {
            nodes[*child].parent = Some(new_parent.id);
        }
        nodes[new_parent.id].children.extend(children);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_too_deep_or_left_open() {
        for (page, times) in [("<div>", 100_000), ("<b>", 100_000), ("<table><td>", 20_000), ("<p><i x", 50_000)] {
            let deep = page.repeat(times) + ">甲" + &"</div>".repeat(times);
            assert!(Tree::parse(&deep).is_some_and(|tree| tree.text(0).contains('甲')), "{page}");
        }
    }

    #[test]
    fn a_page_of_too_many_nodes_is_refused() {
        assert!(Tree::parse(&"<p>".repeat(MOST_NODES + 10)).is_none());
        let names = |sign: &str| (0..200_000).map(|n| format!("{sign}a{n}")).collect::<String>();
        for crowded in [format!("<p{}>", names(" ")), format!("<p{}>", names("\" ")), format!("<p{}>", names(" ="))] {
            assert!(Tree::parse(&crowded).is_none(), "a tag of 200,000 attributes");
        }
        let picture = format!("<img src=\"data:image/png;base64,{}\">", ("x".repeat(75) + "/\r\n").repeat(30_000));
        for fine in [format!("<p>{}</p>", names(" ")), format!("<script>a<b{}</script>", names(" ")), picture] {
            assert!(Tree::parse(&fine).is_some(), "words of a page and of a script, and a picture of two megabytes");
        }
    }
}
