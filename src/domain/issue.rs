//! Issue: one number of a publication, as typed articles and blocks; never HTML text. It is always
//! open to change: what goes out is an edition of it. Answers to an import's questions change it
//! through [`Contents::apply`].

pub mod difference;
pub mod edit;
mod facts;
pub mod merge;
mod numbering;
pub mod shape;
mod state;

pub use facts::{Facts, HIGHEST, Unlawful, YEARS};
pub use numbering::{Oddity, Place, oddities};
pub use state::{Going, Standing, State};

use super::attachment::Attachment;
use super::document::{Effect, Flag};
use super::extent::Extent;
use super::id::{DocumentId, IssueId, PublicationId};
use super::picture::Picture;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shape::{Rows, Shape};

/// One number of a publication.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Its identity.
    pub id: IssueId,
    /// The periodical it is a number of.
    pub publication: PublicationId,
    /// The manuscript it was read from.
    pub document: DocumentId,
    /// What it says.
    pub contents: Contents,
    /// The questions and notes of its import, with the answers given so far.
    pub flags: Vec<Flag>,
}

/// What an issue says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contents {
    /// The name on its masthead, as printed there (letter-spacing removed).
    pub masthead: Option<String>,
    /// The label as printed: `2024年第6期`.
    pub label: Option<String>,
    /// The year of the label.
    pub year: Option<i32>,
    /// The number within the year.
    pub number: Option<u32>,
    /// 总第N期, where the label says so.
    pub cumulative_number: Option<u32>,
    /// Its date of issue, as far as it is known.
    pub published_on: Dating,
    /// Who compiled it, where that is not as the publication says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled_by: Option<String>,
    /// The subject of its letters, where an editor wrote one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What an inbox shows beside the subject, where an editor wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// Whether its letters may have more HTML than Gmail shows, because an editor said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_size: bool,
    /// The files that go with its letters, in the order in which they were added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// How much of it its letters hold, where that is not as the publication says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<Extent>,
    /// The articles, in order.
    pub articles: Vec<Article>,
    /// The imprint at its end.
    pub colophon: Colophon,
}

/// What is known of the date of issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dating {
    /// Nothing; the letter then shows no date.
    #[default]
    Undated,
    /// The day it is dispatched, filled in when an edition is made.
    DispatchDay,
    /// This day.
    On(NaiveDate),
}

/// One piece in an issue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Its title's name within the issue, of the same row as its blocks'; stays the same when the title changes.
    #[serde(default)]
    pub id: BlockId,
    /// The section of the issue it stands in.
    pub section: Option<String>,
    /// Its title, spaces inside kept.
    pub title: String,
    /// Where it was taken from (来源).
    pub source: Option<String>,
    /// Who wrote it (文/…).
    pub author: Option<String>,
    /// Its body.
    pub blocks: Vec<Block>,
}

/// A piece of an article's body, with where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its name within the issue; stays the same when its neighbours change.
    pub id: BlockId,
    /// What it is.
    pub kind: BlockKind,
    /// First and last line of the document that it was read from, counted from 1.
    pub lines: (u32, u32),
}

/// A block's name within its issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockId(pub u32);

/// The kinds of block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum BlockKind {
    /// A subhead; level 1 is the highest below the article's title (h3 in the letter).
    Heading {
        /// 1 to 4.
        level: u8,
        /// Its words.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: Vec<Inline>,
    },
    /// A list.
    List {
        /// Whether it is numbered.
        ordered: bool,
        /// The number of the first entry, where it is.
        #[serde(default = "first")]
        start: u32,
        /// An entry each.
        items: Vec<Vec<Inline>>,
    },
    /// A table; the first row is its head, with those that its shape adds.
    Table {
        /// Rows of cells.
        rows: Rows,
        /// What is merged in it.
        #[serde(default, skip_serializing_if = "Shape::is_plain")]
        shape: Shape,
    },
    /// A picture: its place and its words.
    Image {
        /// What it shows.
        alt: String,
        /// The picture itself; none where the document gave no bytes that a letter can carry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<Picture>,
    },
    /// A quotation.
    Quote {
        /// Its words.
        text: Vec<Inline>,
    },
    /// A note: a footnote, or a placeholder for what could not be read.
    Note {
        /// Its words.
        text: Vec<Inline>,
    },
}

/// A list begins with 1.
fn first() -> u32 {
    1
}

/// A run of words within a block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// A run-in head: the short sentence that opens and names a paragraph; bold in the letter.
    RunIn(String),
    /// Strong words.
    Strong(String),
    /// Emphasised words.
    Emphasis(String),
    /// A link.
    Link {
        /// An http, https or mailto address.
        href: String,
        /// What it is called.
        text: String,
    },
    /// Raised.
    Superscript(String),
    /// Lowered.
    Subscript(String),
    /// A line break that the author meant.
    Break,
}

/// The imprint at the end of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colophon {
    /// Every line, in order; a line without a label has an empty one.
    pub lines: Vec<ColophonLine>,
    /// 编辑.
    pub editors: Option<String>,
    /// 电话.
    pub phone: Option<String>,
    /// 地址.
    pub address: Option<String>,
    /// 报 / 送 / 抄送.
    pub copies_to: Option<String>,
}

/// One line of an imprint: `电话：4366683`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColophonLine {
    /// `电话`; empty where the line has no label.
    pub label: String,
    /// `4366683`.
    pub value: String,
}

impl ColophonLine {
    /// A line as somebody writes it: `电话：4366683`, or without a label.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let (label, value) = text.split_once('：').or_else(|| text.split_once(": ")).unwrap_or(("", text));
        Self { label: label.trim().to_owned(), value: value.trim().to_owned() }
    }
}

impl std::fmt::Display for ColophonLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { label, value } = self;
        if label.is_empty() { f.write_str(value) } else { write!(f, "{label}：{value}") }
    }
}

impl Inline {
    /// The words alone; a break is a newline.
    pub fn plain(&self) -> &str {
        match self {
            Self::Text(text)
            | Self::RunIn(text)
            | Self::Strong(text)
            | Self::Emphasis(text)
            | Self::Link { text, .. }
            | Self::Superscript(text)
            | Self::Subscript(text) => text,
            Self::Break => "\n",
        }
    }
}

/// Whether a letter may link to a URL: to pages and mailboxes only; never to a script, a file or a
/// picture in the URL.
pub fn is_linkable(href: &str) -> bool {
    let scheme = href.trim().split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "mailto"))
        && !href.trim().contains(|c: char| c.is_control() || c.is_whitespace())
}

/// The words of a run of inlines.
pub fn plain(inlines: &[Inline]) -> String {
    inlines.iter().map(Inline::plain).collect()
}

impl BlockKind {
    /// Its words; list items and table rows one a line, cells parted by tabs.
    pub fn plain(&self) -> String {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Quote { text } | Self::Note { text } => {
                plain(text)
            }
            Self::List { items, .. } => items.iter().map(|item| plain(item)).collect::<Vec<_>>().join("\n"),
            Self::Table { rows, .. } => rows
                .iter()
                .map(|row| row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("\t"))
                .collect::<Vec<_>>()
                .join("\n"),
            Self::Image { alt, .. } => alt.clone(),
        }
    }
}

impl Block {
    /// The words of the block; list items and table rows one a line, cells parted by tabs.
    pub fn plain(&self) -> String {
        self.kind.plain()
    }

    /// The run-in heads of the block, in order.
    pub fn run_in_heads(&self) -> Vec<&str> {
        let BlockKind::Paragraph { text } = &self.kind else { return Vec::new() };
        text.iter()
            .filter_map(|inline| match inline {
                Inline::RunIn(head) => Some(head.as_str()),
                _ => None,
            })
            .collect()
    }
}

impl Contents {
    /// The pictures that it shows, each once, in the order of the issue.
    pub fn pictures(&self) -> Vec<Picture> {
        let mut pictures: Vec<Picture> = Vec::new();
        for block in self.articles.iter().flat_map(|article| &article.blocks) {
            if let BlockKind::Image { picture: Some(picture), .. } = block.kind
                && !pictures.contains(&picture)
            {
                pictures.push(picture);
            }
        }
        pictures
    }

    /// Carries out what an editor's answer means. An effect whose block is gone changes nothing.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Keep => {}
            Effect::Date(dating) => self.published_on = *dating,
            Effect::Year(year) => {
                self.year = Some(*year);
                self.label = self.label.take().map(|label| led_by_year(label, *year));
            }
            Effect::Number(number) => {
                self.label = self.label.take().and_then(|label| with_number(label, self.number, *number));
                self.number = Some(*number);
            }
            Effect::JoinToPrevious(block) => self.join_to_previous(*block),
            Effect::Drop(block) => {
                for article in &mut self.articles {
                    article.blocks.retain(|b| b.id != *block);
                }
            }
            Effect::Title { article, title } => {
                // Its place may be another by now, its name is not.
                let named = edit::title_at(*article);
                if let Some(article) = self.articles.iter_mut().find(|article| article.id == named) {
                    article.title.clone_from(title);
                }
            }
        }
    }

    /// Whether an effect finds what it is about as `draft`, the document with the answers given so far, has it, so that it
    /// takes nothing away that an editor wrote. What is gone by now needs no answer.
    pub fn fits(&self, effect: &Effect, draft: &Self) -> bool {
        match effect {
            Effect::Keep | Effect::Date(_) | Effect::Year(_) | Effect::Number(_) => true,
            Effect::Drop(block) => self
                .block(*block)
                .is_none_or(|(now, _)| draft.block(*block).is_some_and(|(read, _)| now.kind == read.kind)),
            Effect::JoinToPrevious(block) => self.block(*block).is_none_or(|(now, before)| {
                let is_text = before.is_some_and(|before| matches!(before.kind, BlockKind::Paragraph { .. }));
                let name = |block: Option<&Block>| block.map(|block| block.id);
                let is_as_read = |(read, was): (&Block, _)| now.kind == read.kind && name(before) == name(was);
                is_text && draft.block(*block).is_some_and(is_as_read)
            }),
            Effect::Title { article, title } => {
                let named = edit::title_at(*article);
                let of = |contents: &Self| contents.articles.iter().find(|a| a.id == named).map(|a| a.title.clone());
                of(self).is_none_or(|now| now == *title || of(draft).is_some_and(|read| now == read))
            }
        }
    }

    /// A block, and the one before it in its article.
    fn block(&self, id: BlockId) -> Option<(&Block, Option<&Block>)> {
        self.articles.iter().find_map(|article| {
            let at = article.blocks.iter().position(|block| block.id == id)?;
            Some((&article.blocks[at], at.checked_sub(1).map(|before| &article.blocks[before])))
        })
    }

    /// The same with one effect of an answer undone: `before` is what document and answers made of it, `after` what
    /// they make of it without that answer. A fact that an editor has changed since stays as it is; none where
    /// articles have been changed, for there one cannot be undone without the other.
    pub fn without(self, effect: &Effect, before: &Self, after: &Self) -> Option<Self> {
        match effect {
            Effect::Keep => Some(self),
            Effect::Date(_) => {
                let untouched = self.published_on == before.published_on;
                Some(Self { published_on: if untouched { after.published_on } else { self.published_on }, ..self })
            }
            Effect::Year(_) | Effect::Number(_) => {
                let numbered = |of: &Self| (of.year, of.number, of.label.clone());
                let from = if numbered(&self) == numbered(before) { after } else { &self };
                let (year, number, label) = numbered(from);
                Some(Self { year, number, label, ..self })
            }
            Effect::JoinToPrevious(_) | Effect::Drop(_) | Effect::Title { .. } => {
                // Several effects of one answer are undone together: the second finds the articles restored already.
                let untouched = self.articles == before.articles || self.articles == after.articles;
                untouched.then(|| Self { articles: after.articles.clone(), ..self })
            }
        }
    }

    /// Puts a heading's words back at the end of the paragraph before it.
    fn join_to_previous(&mut self, block: BlockId) {
        for article in &mut self.articles {
            let Some(at) = article.blocks.iter().position(|b| b.id == block) else { continue };
            let Some(before) = at.checked_sub(1) else { continue };
            let BlockKind::Heading { text: words, .. } = article.blocks[at].kind.clone() else { continue };
            if let BlockKind::Paragraph { text } = &mut article.blocks[before].kind {
                text.push(Inline::Text(plain(&words)));
                article.blocks.remove(at);
            }
        }
    }
}

/// A label that says its year: `第6期` → `2026年第6期`, `No. 6` → `No. 6, 2026`.
fn led_by_year(label: String, year: i32) -> String {
    let has_year = label.contains('年') || label.split(|c: char| !c.is_numeric()).any(|n| n.chars().count() == 4);
    match (has_year, label.contains(['期', '号'])) {
        (true, _) => label,
        (false, true) => format!("{year}年{label}"),
        (false, false) => format!("{label}, {year}"),
    }
}

/// A label that says this number: `总第28期` → `第6期（总第28期）`. One that says another is given up; then the
/// letter writes its own.
fn with_number(label: String, stated: Option<u32>, number: u32) -> Option<String> {
    match stated {
        Some(stated) => (stated == number).then_some(label),
        None => Some(format!("第{number}期（{label}）")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents() -> Contents {
        let words = |text: &str| vec![Inline::Text(text.to_owned())];
        let block = |id, kind| Block { id: BlockId(id), kind, lines: (id, id) };
        let blocks = vec![
            block(1, BlockKind::Paragraph { text: words("成果转化5项。") }),
            block(2, BlockKind::Heading { level: 1, text: words("要素保障") }),
            block(3, BlockKind::Paragraph { text: words("完善政策支撑。") }),
        ];
        Contents {
            articles: vec![Article { title: "甲".into(), blocks, ..Article::default() }], ..Contents::default()
        }
    }

    fn texts(contents: &Contents) -> Vec<String> {
        contents.articles[0].blocks.iter().map(Block::plain).collect()
    }

    #[test]
    fn a_heading_goes_back_to_the_end_of_the_paragraph_before_it() {
        let mut joined = contents();
        joined.apply(&Effect::JoinToPrevious(BlockId(2)));
        assert_eq!(texts(&joined), ["成果转化5项。要素保障", "完善政策支撑。"]);
    }

    #[test]
    fn an_effect_on_a_block_that_is_gone_or_no_heading_changes_nothing() {
        for id in [1, 3, 9] {
            let mut same = contents();
            same.apply(&Effect::JoinToPrevious(BlockId(id)));
            assert_eq!(same, contents());
        }
    }

    #[test]
    fn an_answer_takes_nothing_that_was_written_since() {
        let mut draft = contents();
        edit::name_titles(&mut draft.articles);
        let title = |title: &str| Effect::Title { article: 0, title: title.into() };
        let (join, drop) = (Effect::JoinToPrevious(BlockId(2)), Effect::Drop(BlockId(3)));
        let edited = |change: fn(&mut Article)| {
            let mut contents = draft.clone();
            change(&mut contents.articles[0]);
            contents
        };
        for (now, effect, fits) in [
            (draft.clone(), &join, true),
            (draft.clone(), &drop, true),
            (draft.clone(), &title("乙"), true),
            (edited(|a| a.blocks[2].kind = BlockKind::Image { alt: "新".into(), picture: None }), &drop, false),
            (edited(|a| a.blocks.truncate(2)), &drop, true),
            (edited(|a| a.blocks[1].kind = a.blocks[0].kind.clone()), &join, false),
            (edited(|a| a.blocks[0].kind = a.blocks[1].kind.clone()), &join, false),
            (edited(|a| a.blocks.swap(0, 2)), &join, false),
            (edited(|a| a.title = "丙".into()), &title("乙"), false),
            (edited(|a| a.title = "乙".into()), &title("乙"), true),
        ] {
            assert_eq!(now.fits(effect, &draft), fits, "{effect:?}");
        }
    }

    #[test]
    fn a_list_stored_without_its_first_number_begins_with_1() {
        let stored = r#"{"type":"list","ordered":true,"items":[[{"text":"甲"}]]}"#;
        let list: BlockKind = serde_json::from_str(stored).expect("an older list");
        assert!(matches!(list, BlockKind::List { start: 1, .. }));
    }

    #[test]
    fn a_picture_stored_without_its_bytes_is_still_read_and_one_with_them_is_kept() {
        let older: BlockKind = serde_json::from_str(r#"{"type":"image","alt":"桥"}"#).expect("an older picture");
        assert_eq!(older, BlockKind::Image { alt: "桥".into(), picture: None });
        assert_eq!(serde_json::to_string(&older).expect("JSON"), r#"{"type":"image","alt":"桥"}"#);
        let picture = Picture::of(&crate::domain::picture::tests::png_of(640, 480, b"")).expect("a picture");
        let carried = BlockKind::Image { alt: "桥".into(), picture: Some(picture) };
        let stored = serde_json::to_string(&carried).expect("JSON");
        assert_eq!(serde_json::from_str::<BlockKind>(&stored).expect("as it was"), carried);
    }

    #[test]
    fn an_answered_number_stands_in_the_label() {
        for (label, stated, effects, becomes) in [
            (Some("第6期"), Some(6), vec![Effect::Number(6), Effect::Year(2026)], Some("2026年第6期")),
            (Some("第6期"), Some(6), vec![Effect::Number(6)], Some("第6期")),
            (Some("第6期"), Some(6), vec![Effect::Number(7), Effect::Year(2026)], None),
            (Some("总第28期"), None, vec![Effect::Number(3), Effect::Year(2026)], Some("2026年第3期（总第28期）")),
            (Some("2026年总第28期"), None, vec![Effect::Number(3)], Some("第3期（2026年总第28期）")),
            (Some("No. 6"), Some(6), vec![Effect::Number(6), Effect::Year(2026)], Some("No. 6, 2026")),
            (None, None, vec![Effect::Number(3)], None),
        ] {
            let mut answered = Contents { label: label.map(str::to_owned), number: stated, ..contents() };
            effects.iter().for_each(|effect| answered.apply(effect));
            assert_eq!(answered.label.as_deref(), becomes, "{label:?} {effects:?}");
        }
    }

    #[test]
    fn an_answer_is_undone_without_what_was_changed_since() {
        let day = |day| Dating::On(NaiveDate::from_ymd_opt(2024, 6, day).expect("a day"));
        let (date, join) = (Effect::Date(day(30)), Effect::JoinToPrevious(BlockId(2)));
        let with = |effect: &Effect| {
            let mut contents = contents();
            contents.apply(effect);
            contents
        };
        let (dated, joined) = (with(&date), with(&join));
        assert_eq!(dated.clone().without(&date, &dated, &contents()), Some(contents()));
        let typed = Contents { published_on: day(1), ..dated.clone() };
        assert_eq!(typed.clone().without(&date, &dated, &contents()), Some(typed), "a date that was typed since stays");
        assert_eq!(joined.clone().without(&join, &joined, &contents()), Some(contents()));
        let subject = Contents { subject: Some("专刊".into()), ..joined.clone() };
        let undone = Contents { subject: Some("专刊".into()), ..contents() };
        assert_eq!(subject.without(&join, &joined, &contents()), Some(undone), "facts stay as they are");
        let mut edited = joined.clone();
        edited.articles[0].title.push('乙');
        assert_eq!(edited.without(&join, &joined, &contents()), None, "an edited article is not thrown away");
    }

    #[test]
    fn an_answer_sets_what_it_says() {
        let mut answered = contents();
        let day = NaiveDate::from_ymd_opt(2024, 6, 30).expect("a day");
        for effect in [
            Effect::Keep,
            Effect::Date(Dating::On(day)),
            Effect::Year(2024),
            Effect::Number(6),
            Effect::Drop(BlockId(3)),
        ] {
            answered.apply(&effect);
        }
        assert_eq!((answered.year, answered.number, answered.published_on), (Some(2024), Some(6), Dating::On(day)));
        assert_eq!(texts(&answered), ["成果转化5项。", "要素保障"]);
    }
}
