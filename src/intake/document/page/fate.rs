//! Fate: what becomes of each node of a page: its words are shown, or belong to its frame, are hidden, deleted, or
//! meant for machines. Surveyed once, so that reading a page and telling what it says follow one map. Knows
//! where the content stands in the pages of WeChat and of the systems that offices publish with.

use super::style::{Part, Style};
use super::tree::{Element, Id, Step, Tree, What};
use crate::intake::document::label::{date, label};
use crate::intake::document::spacing::bare;
use chrono::{Datelike as _, NaiveDate};

/// The longest text that names the day on which a page appeared, in bytes.
const LONGEST_DAY: usize = 200;

/// What becomes of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its words are the document's.
    #[default]
    Shown,
    /// The bullet or number of an entry that Word counts.
    Label,
    /// The blanks or dots of a tab.
    Tab,
    /// It frames the content: navigation, buttons, what a site repeats.
    Frame,
    /// Not shown.
    Hidden,
    /// Deleted, the change tracked.
    Deleted,
    /// A comment.
    Comment,
    /// Never words: scripts, styles, what stands in for a film.
    Machine,
}

impl Fate {
    /// Whether its words, or marks made of them, are the document's.
    pub(super) fn is_kept(self) -> bool {
        matches!(self, Self::Shown | Self::Label | Self::Tab)
    }
}

/// What stands within a node, itself included.
#[derive(Clone, Copy, Debug, Default)]
struct Holds {
    /// A heading, a list or a table.
    blocks: bool,
    heading: bool,
    /// A table of more than one cell.
    grid: bool,
    /// Cells, but those of tables within it.
    cells: u32,
}

/// The map of a page.
#[derive(Debug)]
pub(super) struct Survey {
    fates: Vec<Fate>,
    holds: Vec<Holds>,
    inner_grids: Vec<bool>,
    /// Whether a paragraph has Word's style of a title, above its headings.
    pub(super) is_titled: bool,
    /// The day on which the page appeared, where its frame says so.
    pub(super) appeared: Option<String>,
    /// Whether it is a page of a site, which frames its content.
    pub(super) is_site: bool,
}

impl Survey {
    /// Surveys a page.
    pub(super) fn of(tree: &Tree) -> Self {
        let content = content(tree);
        let title = content.and_then(|content| title(tree, content));
        let mut survey = Self {
            fates: vec![Fate::Machine; tree.len()],
            holds: vec![Holds::default(); tree.len()],
            inner_grids: vec![false; tree.len()],
            is_titled: false,
            appeared: content.and_then(|content| appeared(tree, content)),
            is_site: content.is_some(),
        };
        let around = if content.is_some() { Fate::Frame } else { Fate::Shown };
        let mut sections = 0_usize;
        for step in tree.steps(0) {
            match step {
                Step::Enter(id) => {
                    sections += usize::from(tree.element(id).is_some_and(is_sectioning));
                    let outer = tree.parent(id).map_or(around, |parent| survey.fates[parent]);
                    survey.fates[id] = match tree.element(id) {
                        _ if Some(id) == content || Some(id) == title => Fate::Shown,
                        Some(element) => fate(element, outer, sections > 0),
                        None => outer,
                    };
                }
                Step::Leave(id) => {
                    sections -= usize::from(tree.element(id).is_some_and(is_sectioning));
                    survey.sum(tree, id);
                }
            }
        }
        survey
    }

    /// What becomes of a node.
    pub(super) fn fate(&self, id: Id) -> Fate {
        self.fates[id]
    }

    /// Whether a table lays a page out and holds no table's data: of one cell, with headings or other tables in it.
    pub(super) fn is_layout(&self, table: Id) -> bool {
        self.holds[table].cells <= 1 || self.holds[table].heading || self.inner_grids[table]
    }

    /// Whether headings, lists or tables stand within a node.
    pub(super) fn holds_blocks(&self, id: Id) -> bool {
        self.holds[id].blocks
    }

    /// What a node holds is held by what it stands in.
    fn sum(&mut self, tree: &Tree, id: Id) {
        let mut own = self.holds[id];
        let name = tree.element(id).map_or("", Element::name);
        let is_shown = self.fates[id].is_kept();
        own.heading |= is_shown && heading_level(name).is_some();
        own.blocks |= is_shown && (own.heading || matches!(name, "table" | "ul" | "ol"));
        own.cells += u32::from(is_shown && matches!(name, "td" | "th"));
        self.is_titled |= is_shown && tree.element(id).is_some_and(|element| element.has_class("MsoTitle"));
        if name == "table" {
            self.inner_grids[id] = own.grid;
            own.grid |= own.cells > 1;
        }
        self.holds[id] = own;
        if let Some(parent) = tree.parent(id) {
            let outer = &mut self.holds[parent];
            outer.blocks |= own.blocks;
            outer.heading |= own.heading;
            outer.grid |= own.grid;
            outer.cells += if name == "table" { 0 } else { own.cells };
        }
    }
}

/// The level that a heading's name gives it.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn fate(element: &Element, outer: Fate, in_section: bool) -> Fate {
    if !outer.is_kept() {
        return if outer != Fate::Machine && is_machine(element) { Fate::Machine } else { outer };
    }
    let style = Style::of(element);
    let in_toc = || element.attribute("class").is_some_and(|class| class.starts_with("MsoToc"));
    match style.part {
        _ if is_machine(element) => Fate::Machine,
        Some(Part::Comment) => Fate::Comment,
        Some(Part::Frame) => Fate::Frame,
        _ if style.hidden && !in_toc() => Fate::Hidden,
        _ if is_frame(element, in_section) => Fate::Frame,
        _ if element.name() == "del" => Fate::Deleted,
        _ if style.label => Fate::Label,
        _ if style.tab && outer == Fate::Shown => Fate::Tab,
        Some(Part::Note) | None => outer,
    }
}

fn is_machine(element: &Element) -> bool {
    let is_anchor = element.has_class("msocomanchor") || element.has_class("MsoCommentReference");
    is_anchor
        || matches!(
            element.name(),
            "head" | "script" | "style" | "template" | "noscript" | "noembed" | "noframes" | "xml" | "datalist" | "rp"
        )
        || embedded(element).is_some()
}

/// What an element shows that no letter can carry, in words.
pub(super) fn embedded(element: &Element) -> Option<&'static str> {
    match element.name() {
        "video" | "mpvideo" | "mp-common-videosnap" => Some("视频"),
        "audio" | "mpvoice" | "qqmusic" | "mp-common-mpaudio" => Some("音频"),
        "iframe" if element.has_class("video_iframe") => Some("视频"),
        "iframe" | "object" | "embed" | "applet" => Some("嵌入内容"),
        "canvas" => Some("图形"),
        "math" => Some("公式"),
        _ => None,
    }
}

fn is_frame(element: &Element, in_section: bool) -> bool {
    let role = element.attribute("role").unwrap_or_default();
    match element.name() {
        "nav" | "aside" | "button" | "select" | "textarea" | "svg" | "menu" => true,
        "header" | "footer" => !in_section,
        _ => matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary" | "button"),
    }
}

/// Within these a header or footer is that of a text, not of the page (HTML, 4.3.8).
fn is_sectioning(element: &Element) -> bool {
    matches!(element.name(), "article" | "main" | "section")
}

/// The element that holds the content, where a page says so: by the names that publishing systems give it, or by
/// its one `article` or `main`.
fn content(tree: &Tree) -> Option<Id> {
    const IDS: [&str; 5] = ["js_content", "UCAP-CONTENT", "vsb_content", "zoom", "Zoom"];
    const CLASSES: [&str; 3] = ["rich_media_content", "TRS_Editor", "TRS_UEDITOR"];
    let elements = || elements(tree);
    let is_named = |element: &Element| {
        element.attribute("id").is_some_and(|id| IDS.contains(&id)) || CLASSES.iter().any(|c| element.has_class(c))
    };
    let named = elements().find(|(_, element)| is_named(element)).map(|(id, _)| id);
    let only = |name: &'static str| {
        let mut all = elements().filter(move |(_, element)| element.name() == name).map(|(id, _)| id);
        all.next().filter(|_| all.next().is_none())
    };
    named.or_else(|| only("article")).or_else(|| only("main"))
}

/// The heading before the content that is its title, unless the content names its issue itself.
fn title(tree: &Tree, content: Id) -> Option<Id> {
    let is_title = |id: Id| tree.element(id).is_some_and(|element| element.name() == "h1");
    let mut found = None;
    let mut is_inside = false;
    for step in tree.steps(0) {
        match step {
            Step::Enter(id) if id == content => is_inside = true,
            Step::Leave(id) if id == content => break,
            Step::Enter(id) if is_title(id) && is_inside => return None,
            Step::Enter(id) if is_title(id) => found = Some(id),
            Step::Enter(_) | Step::Leave(_) => {}
        }
    }
    let names_issue = |id: Id| tree.text(id).lines().any(|line| label(line.trim()).is_some());
    found.filter(|title| !(names_issue(*title) && names_issue(content)))
}

/// The day on which a page appeared, as its frame says: WeChat between title and content; other systems behind
/// 发布时间 or 发布日期. What only machines see (`PubDate`) is no day that an editor could look up, and may be that of a
/// site's removal.
fn appeared(tree: &Tree, content: Id) -> Option<String> {
    let shown = elements(tree).find(|(_, element)| element.attribute("id") == Some("publish_time"));
    let shown = shown.and_then(|(shown, _)| day_of(&tree.text(shown)));
    let day = shown.or_else(|| labelled_day(tree, content))?;
    Some(format!("{}年{}月{}日", day.year(), day.month(), day.day()))
}

/// The day behind its label, before the content; the label may stand in an element of its own.
fn labelled_day(tree: &Tree, content: Id) -> Option<NaiveDate> {
    const LABELS: [&str; 4] = ["发布时间", "发布日期", "发文时间", "发文日期"];
    let mut is_labelled = false;
    for step in tree.steps(0).take_while(|step| !matches!(step, Step::Enter(id) if *id == content)) {
        let Step::Enter(id) = step else { continue };
        let What::Text(text) = tree.what(id) else { continue };
        let words = text.trim();
        if words.is_empty() || words.len() > LONGEST_DAY {
            continue;
        }
        is_labelled |= LABELS.iter().any(|label| bare(words).starts_with(label));
        if let Some(day) = day_of(words).filter(|_| is_labelled) {
            return Some(day);
        }
        is_labelled &= words.ends_with(['：', ':']) || LABELS.contains(&bare(words).as_str());
    }
    None
}

/// The day in words that may name an hour behind it: `2026-06-05 16:42` is not the 0516th.
fn day_of(words: &str) -> Option<NaiveDate> {
    words.split_whitespace().find_map(date).or_else(|| date(words.trim()))
}

fn elements(tree: &Tree) -> impl Iterator<Item = (Id, &Element)> {
    tree.steps(0).filter_map(|step| match step {
        Step::Enter(id) => tree.element(id).map(|element| (id, element)),
        Step::Leave(_) => None,
    })
}
