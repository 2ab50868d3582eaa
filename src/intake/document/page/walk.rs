//! Walk: goes through a page once, step by step, and hands out its lines. Keeps what is open around it: how words
//! are set, in which list, quote, note or table they stand. What is not shown is gathered, to be named.

use super::fate::{Fate, Survey, embedded, heading_level};
use super::grid::Grid;
use super::picture;
use super::promotion::is_promotion;
use super::row::{Look, Row, Setting, text_of, trimmed};
use super::style::{Part, Style, USUAL};
use super::tree::{Element, Id, Step, Tree, What};
use crate::domain::document::Finding;
use crate::domain::issue::{BlockKind, Inline, is_linkable, plain};
use crate::domain::picture::Picture;
use crate::intake::document::flags::Flags;
use crate::intake::document::pictures::Pictures;
use crate::intake::document::source::{Border, Line, Mark, unset};

/// A line with what the page says of it beside its mark.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) line: Line,
    /// How the words of a paragraph look.
    pub(super) look: Option<Look>,
    /// The notes that its signs point to.
    pub(super) notes: Vec<String>,
    /// The name of the note that it is.
    pub(super) note: Option<String>,
}

/// What is open around the walk and takes its rows in.
#[derive(Debug)]
enum Within {
    Heading(u8),
    Entry { number: Option<u32>, is_begun: bool },
    Quote(Vec<Inline>),
    Note { name: String, text: Vec<Inline> },
    Table(Grid),
}

pub(super) struct Walk<'t, 'f> {
    tree: &'t Tree,
    survey: &'t Survey,
    pictures: &'f mut Pictures,
    pub(super) flags: &'f mut Flags,
    settings: Vec<Setting>,
    open: Vec<(Id, Within)>,
    /// The next number of each list that is open; none where it is not numbered.
    lists: Vec<Option<u32>>,
    row: Row,
    /// Line breaks since the last row; two part paragraphs.
    breaks: u32,
    pub(super) found: Vec<Found>,
    pub(super) frame: String,
    pub(super) hidden: String,
    comment: String,
    /// Pictures of the table or note that is open; they come behind it.
    behind: Vec<(String, Option<Picture>)>,
    pub(super) inserted: usize,
    pub(super) deleted: usize,
    insertions: u32,
}

impl<'t, 'f> Walk<'t, 'f> {
    /// Walks through a page.
    pub(super) fn through(
        tree: &'t Tree,
        survey: &'t Survey,
        pictures: &'f mut Pictures,
        flags: &'f mut Flags,
    ) -> Self {
        let mut walk = Self {
            tree,
            survey,
            pictures,
            flags,
            behind: Vec::new(),
            settings: vec![Setting { size: USUAL, ..Setting::default() }],
            open: Vec::new(),
            lists: Vec::new(),
            row: Row::default(),
            breaks: 2,
            found: Vec::new(),
            frame: String::new(),
            hidden: String::new(),
            comment: String::new(),
            inserted: 0,
            deleted: 0,
            insertions: 0,
        };
        for step in tree.steps(0) {
            match step {
                Step::Enter(id) => walk.enter(id),
                Step::Leave(id) => walk.leave(id),
            }
        }
        walk.end_row();
        walk
    }

    fn enter(&mut self, id: Id) {
        match self.tree.what(id) {
            What::Nothing => {}
            What::Text(text) => self.say(id, text),
            What::Element(element) => {
                let style = Style::of(element);
                self.settings.push(within(self.settings.last().copied().unwrap_or_default(), element, &style));
                if self.survey.fate(id).is_kept() {
                    self.open(id, element, &style);
                } else {
                    self.leave_out(id, element, &style);
                }
            }
        }
    }

    fn say(&mut self, id: Id, text: &str) {
        let setting = self.settings.last().copied().unwrap_or_default();
        let weight = || text.chars().filter(|c| !c.is_whitespace()).count();
        match self.survey.fate(id) {
            Fate::Shown => {
                self.inserted += if self.insertions > 0 { weight() } else { 0 };
                self.row.say(text, &setting);
            }
            // Word puts the label before the words; anywhere else it is one of them.
            Fate::Label if !self.row.is_empty() => self.row.say(text, &setting),
            Fate::Label => {
                self.row.label.push_str(text);
                self.row.is_sign |= setting.signs;
            }
            Fate::Tab => self.row.say(if setting.in_toc { "\t" } else { " " }, &Setting { verbatim: true, ..setting }),
            Fate::Frame => self.frame.push_str(text),
            Fate::Hidden => self.hidden.push_str(text),
            Fate::Comment => self.comment.push_str(text),
            Fate::Deleted => self.deleted += weight(),
            Fate::Machine => {}
        }
    }

    fn leave_out(&mut self, id: Id, element: &Element, style: &Style) {
        let fate = self.survey.fate(id);
        let is_first = self.tree.parent(id).is_none_or(|parent| self.survey.fate(parent).is_kept());
        if let Some(what) = embedded(element).filter(|_| is_first) {
            self.embed(what, id);
        }
        if is_block(element, style) {
            match fate {
                Fate::Frame => self.frame.push(' '),
                Fate::Hidden => self.hidden.push(' '),
                Fate::Shown | Fate::Label | Fate::Tab | Fate::Deleted | Fate::Comment | Fate::Machine => {}
            }
        }
    }

    fn open(&mut self, id: Id, element: &Element, style: &Style) {
        let starts_block = is_block(element, style);
        if starts_block {
            self.end_block();
        }
        match element.name() {
            "br" => self.end_line(),
            "img" => self.picture(element),
            "a" => self.link(element),
            "ins" => self.insertions += 1,
            "ol" => self.lists.push(Some(number(element, "start").unwrap_or(1))),
            "ul" => self.lists.push(None),
            "tr" => self.table().into_iter().for_each(Grid::open_row),
            "td" | "th" => {
                let span = |name| number(element, name).unwrap_or(1) as usize;
                let (size, is_head) = ((span("colspan"), span("rowspan")), element.name() == "th");
                self.table().into_iter().for_each(|grid| grid.open_cell(size, is_head));
            }
            _ => {}
        }
        if let Some(within) = self.within(id, element, style) {
            self.open.push((id, within));
        }
    }

    /// What an element opens that takes rows in.
    fn within(&mut self, id: Id, element: &Element, style: &Style) -> Option<Within> {
        let outer = self.open.last().map(|(_, within)| within);
        let is_free = outer.is_none();
        let is_open = matches!(outer, None | Some(Within::Entry { .. }));
        let titles = u8::from(self.survey.is_titled);
        let level = heading_level(element.name()).or(style.outline).map(|level| level + titles);
        let level = if element.has_class("MsoTitle") { Some(1) } else { level };
        match element.name() {
            "li" if is_open => Some(Within::Entry { number: self.next_number(element), is_begun: false }),
            "table" if is_open && !self.survey.is_layout(id) => Some(Within::Table(Grid::default())),
            "blockquote" if is_free && !self.survey.holds_blocks(id) => Some(Within::Quote(Vec::new())),
            _ if is_free && style.part == Some(Part::Note) => {
                let name = element.attribute("id").unwrap_or_default().to_owned();
                Some(Within::Note { name, text: Vec::new() })
            }
            _ => level.filter(|_| is_free).map(Within::Heading),
        }
    }

    fn leave(&mut self, id: Id) {
        let Some(element) = self.tree.element(id) else { return };
        self.settings.pop();
        if !self.survey.fate(id).is_kept() {
            self.end_comment(id);
            return;
        }
        match element.name() {
            "a" => self.row.link(None),
            "ins" => self.insertions = self.insertions.saturating_sub(1),
            "ol" | "ul" => {
                self.end_block();
                self.lists.pop();
            }
            _ => {}
        }
        if is_block(element, &Style::of(element)) {
            self.end_block();
        }
        if self.open.last().is_some_and(|(own, _)| *own == id) {
            self.close();
        }
    }

    fn end_comment(&mut self, id: Id) {
        let is_outermost = self.tree.parent(id).is_none_or(|parent| self.survey.fate(parent) != Fate::Comment);
        let words = std::mem::take(&mut self.comment);
        let words: Vec<&str> = words.split_whitespace().collect();
        if self.survey.fate(id) == Fate::Comment && is_outermost && !words.is_empty() {
            self.flags.note(Finding::Comment(words.join(" ")), None);
        } else if !words.is_empty() {
            self.comment = words.join(" ");
        }
    }

    fn close(&mut self) {
        let words = match self.open.last() {
            Some((_, Within::Heading(_))) => std::mem::take(&mut self.row),
            Some(_) | None => Row::default(),
        };
        match self.open.pop().map(|(_, within)| within) {
            Some(Within::Heading(level)) => self.heading(level, words),
            Some(Within::Quote(text)) if !text.is_empty() => self.emit(Mark::Block(BlockKind::Quote { text })),
            Some(Within::Note { name, text }) if !text.is_empty() => {
                self.emit(Mark::Block(BlockKind::Note { text: after_sign(text) }));
                if let Some(found) = self.found.last_mut() {
                    found.note = Some(name);
                }
            }
            Some(Within::Table(grid)) => {
                let (rows, shape) = grid.rows();
                if !rows.is_empty() {
                    self.emit(Mark::Block(BlockKind::Table { rows, shape }));
                }
            }
            Some(Within::Entry { .. } | Within::Quote(_) | Within::Note { .. }) | None => {}
        }
        for (alt, picture) in std::mem::take(&mut self.behind) {
            self.put(alt, picture);
            // Its words stand elsewhere in the page.
            if let Some(found) = self.found.last_mut() {
                found.line.counted = found.line.text.len();
            }
        }
        self.breaks = 2;
    }

    fn table(&mut self) -> Option<&mut Grid> {
        match self.open.last_mut() {
            Some((_, Within::Table(grid))) => Some(grid),
            Some(_) | None => None,
        }
    }

    fn next_number(&mut self, item: &Element) -> Option<u32> {
        let next = self.lists.last_mut()?.as_mut()?;
        let own = number(item, "value").unwrap_or(*next);
        *next = own.saturating_add(1);
        Some(own)
    }

    fn end_block(&mut self) {
        if matches!(self.open.last(), Some((_, Within::Heading(_)))) {
            self.row.end_line();
            return;
        }
        self.end_row();
        self.breaks = 2;
    }

    fn end_line(&mut self) {
        if matches!(self.open.last(), Some((_, Within::Heading(_)))) {
            self.row.end_line();
            return;
        }
        self.end_row();
        self.breaks += 1;
    }

    /// Gives a row to what is open around it.
    fn end_row(&mut self) {
        if self.row.is_empty() {
            return;
        }
        let row = std::mem::take(&mut self.row);
        let border = if self.breaks == 1 && row.indent < 4 { Border::Break } else { Border::Paragraph };
        self.breaks = 0;
        match self.open.last_mut().map(|(_, within)| within) {
            Some(Within::Quote(text) | Within::Note { text, .. }) => hang(text, row.words()),
            Some(Within::Table(grid)) if grid.has_cell() => grid.take(row.words()),
            Some(Within::Entry { number, is_begun }) => {
                let number = *number;
                let is_first = !std::mem::replace(is_begun, true);
                let words = row.words();
                let border = Border::Break;
                self.emit(if is_first { Mark::Entry { number, words } } else { Mark::Row { words, border } });
            }
            Some(Within::Heading(_) | Within::Table(_)) | None => self.paragraph(row, border),
        }
    }

    fn paragraph(&mut self, mut row: Row, border: Border) {
        let (look, notes) = (row.look(), std::mem::take(&mut row.notes));
        let (label, is_sign) = (std::mem::take(&mut row.label), row.is_sign);
        let words = row.words();
        if words.is_empty() {
            return;
        }
        let text = plain(&words);
        if is_promotion(&text) {
            self.emit(Mark::Aside(words));
            self.flags.note(Finding::RunningHead(text), self.number());
            return;
        }
        self.emit(labelled(label.trim(), is_sign, words, border));
        if let Some(found) = self.found.last_mut() {
            found.notes = notes;
            found.look = Some(look);
        }
    }

    fn heading(&mut self, level: u8, mut row: Row) {
        let (label, notes) = (std::mem::take(&mut row.label), std::mem::take(&mut row.notes));
        let words = numbered(label.trim(), unset(row.words()));
        if !words.is_empty() {
            self.emit(Mark::Heading { level, words });
            if let Some(found) = self.found.last_mut() {
                found.notes = notes;
            }
        }
    }

    fn number(&self) -> Option<u32> {
        self.found.last().map(|found| found.line.number)
    }

    fn emit(&mut self, mark: Mark) {
        let number = self.number().map_or(1, |number| number.saturating_add(1));
        self.found.push(Found { line: Line::marked(number, mark), look: None, notes: Vec::new(), note: None });
    }

    /// Hands out what stands before a block that cannot stand in a heading, quote or note.
    fn interrupt(&mut self) {
        self.end_row_of_heading();
        self.end_row();
        let text = match self.open.last_mut() {
            Some((_, Within::Quote(text))) => std::mem::take(text),
            Some(_) | None => Vec::new(),
        };
        if !text.is_empty() {
            self.emit(Mark::Block(BlockKind::Quote { text }));
        }
        self.breaks = 2;
    }

    fn end_row_of_heading(&mut self) {
        if let Some((_, Within::Heading(level))) = self.open.last() {
            let (level, row) = (*level, std::mem::take(&mut self.row));
            self.heading(level, row);
        }
    }

    fn is_in_cell(&self) -> bool {
        matches!(self.open.last(), Some((_, Within::Table(_) | Within::Note { .. })))
    }

    fn picture(&mut self, element: &Element) {
        let alt = picture::words(element);
        if picture::is_spacer(element) {
            return;
        }
        if picture::is_small(element) {
            let setting = self.settings.last().copied().unwrap_or_default();
            self.row.say(alt.as_deref().unwrap_or_default(), &setting);
            return self.ask_about(element);
        }
        let line = self.number().map_or(1, |number| number.saturating_add(1));
        let carried = picture::within(element).and_then(|url| self.pictures.take_url(url, self.flags, line));
        if carried.is_some_and(|carried| carried.width <= 2 || carried.height <= 2) {
            return;
        }
        let alt = alt.unwrap_or_default();
        if self.is_in_cell() && picture::within(element).is_none() {
            let setting = self.settings.last().copied().unwrap_or_default();
            self.row.say(&alt, &setting);
        } else if self.is_in_cell() {
            self.behind.push((alt, carried));
        } else {
            self.interrupt();
            self.put(alt, carried);
        }
        self.ask_about(element);
    }

    /// A picture, as a block.
    fn put(&mut self, alt: String, picture: Option<Picture>) {
        let place = self.found.last().map(|found| found.line.text.chars().take(12).collect());
        let is_bare = alt.is_empty();
        self.emit(Mark::Block(BlockKind::Image { alt, picture }));
        if is_bare {
            self.flags.note(Finding::MissingAlt(place.unwrap_or_default()), self.number());
        }
    }

    fn ask_about(&mut self, element: &Element) {
        if let Some(finding) = picture::finding(element, self.survey.is_site) {
            self.flags.note(finding, self.number());
        }
    }

    /// A placeholder stands where something stood that a letter cannot carry.
    fn embed(&mut self, what: &str, id: Id) {
        let words: String = self.tree.text(id).split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().take(40).collect();
        if !self.is_in_cell() {
            self.interrupt();
            let text = format!("〔{what}〕");
            self.emit(Mark::Block(BlockKind::Note { text: vec![Inline::Text(text)] }));
            if let Some(found) = self.found.last_mut() {
                found.line.counted = found.line.text.len();
            }
        }
        self.flags.note(Finding::Unreadable(format!("{what} {words}").trim().to_owned()), self.number());
    }

    /// Links within the page say nothing in a letter; of others that it cannot have the words stay.
    fn link(&mut self, element: &Element) {
        let Some(href) = element.attribute("href").map(str::trim).filter(|href| !href.is_empty()) else { return };
        if let Some(note) = note_of(href) {
            self.row.notes.push(note.to_owned());
        } else if is_linkable(href) {
            self.row.link(Some(href.to_owned()));
        } else if !href.starts_with('#') {
            let program = element.attribute("data-miniprogram-nickname").map(|name| format!("小程序 {name}"));
            let shown: String = href.chars().take(200).collect();
            self.flags.note(Finding::LinkLeftOut(program.unwrap_or(shown)), self.number());
        }
    }
}

/// The name of Word's note that a link points to.
pub(super) fn note_of(href: &str) -> Option<&str> {
    let name = href.strip_prefix("#_")?;
    let digits = name.strip_prefix("ftn").or_else(|| name.strip_prefix("edn"))?;
    (digits.starts_with(|c: char| c.is_ascii_digit()) || digits.starts_with("ref")).then_some(name)
}

fn within(outer: Setting, element: &Element, style: &Style) -> Setting {
    let own = |value: Option<bool>, outer: bool| value.unwrap_or(outer);
    let is_sign = element.name() == "a" && element.attribute("href").is_some_and(|href| note_of(href).is_some());
    let class = element.attribute("class").unwrap_or_default();
    Setting {
        strong: own(style.strong, outer.strong),
        emphasis: own(style.emphasis, outer.emphasis),
        script: style.script.or(outer.script),
        size: style.size.map_or(outer.size, |size| size.within(outer.size)),
        centred: own(style.centred, outer.centred),
        signs: outer.signs || style.signs,
        heading_face: outer.heading_face || style.heading_face,
        verbatim: outer.verbatim || matches!(element.name(), "pre" | "xmp" | "listing"),
        in_toc: outer.in_toc || class.starts_with("MsoToc"),
        note_sign: outer.note_sign || is_sign,
    }
}

fn is_block(element: &Element, style: &Style) -> bool {
    const BLOCKS: [&str; 50] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "xmp",
    ];
    BLOCKS.contains(&element.name()) || style.block
}

/// What a paragraph with a label that is counted is: an entry under a bullet or a plain number, else its label opens
/// its words.
fn labelled(label: &str, is_sign: bool, words: Vec<Inline>, border: Border) -> Mark {
    if label.is_empty() {
        return Mark::Row { words, border };
    }
    let digits = label.trim_end_matches(['.', '．', '、', ')', '）']);
    let is_bullet = is_sign || label == "o" || !label.contains(char::is_alphanumeric);
    match digits.parse().ok().filter(|_| digits.len() < label.len()) {
        _ if is_bullet => Mark::Entry { number: None, words },
        Some(number) => Mark::Entry { number: Some(number), words },
        None => Mark::Row { words: numbered(label, words), border },
    }
}

/// Words behind the label that is counted for them.
fn numbered(label: &str, mut words: Vec<Inline>) -> Vec<Inline> {
    if !label.is_empty() && !words.is_empty() {
        match &mut words[0] {
            Inline::Text(text) | Inline::Strong(text) => text.insert_str(0, label),
            _ => words.insert(0, Inline::Text(label.to_owned())),
        }
    }
    words
}

/// The words of a note, directly behind its sign.
fn after_sign(mut text: Vec<Inline>) -> Vec<Inline> {
    if let [Inline::Superscript(_), next, ..] = text.as_mut_slice()
        && let Some(words) = text_of(next)
    {
        words.drain(..words.len() - words.trim_start().len());
    }
    trimmed(text)
}

/// Hangs a row on the rows of a quote, a note or a cell.
pub(super) fn hang(text: &mut Vec<Inline>, row: Vec<Inline>) {
    if !text.is_empty() && !row.is_empty() {
        text.push(Inline::Break);
    }
    text.extend(row);
}

fn number(element: &Element, name: &str) -> Option<u32> {
    element.attribute(name).and_then(|value| value.trim().parse().ok())
}
