//! Passage: what an editor works on: an article's title with its credits, or a block of its body. An issue's articles
//! are a row of passages of which the first is a title, and back; so a paragraph becomes a title and an article two.

use super::super::{Article, Block, BlockId, BlockKind, Inline};
use super::spelling::{lines_of, say};
use crate::domain::document::Digest;
use serde::{Deserialize, Serialize};

/// A title, or a block of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Its name within the issue; stays when it is moved or becomes something else.
    pub id: BlockId,
    /// What it is and says.
    pub what: What,
}

/// What a passage is and says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An article begins.
    Title {
        /// Its words.
        text: String,
        /// What stands with it.
        credits: Credits,
    },
    /// A block.
    Block {
        /// What it is.
        kind: BlockKind,
        /// The lines of the document that it was read from; 0 where it was not.
        lines: (u32, u32),
    },
}

/// What stands with a title; empty where nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credits {
    /// The section of the issue.
    pub section: String,
    /// Where the article was taken from.
    pub source: String,
    /// Who wrote it.
    pub author: String,
}

/// What a passage was when somebody looked at it: the beginning of a digest. Equal revisions are equal passages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(pub String);

/// What a passage may be, as an editor chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The title of an article.
    Title,
    /// A subhead of a level, 1 to 4.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A paragraph that a run-in head opens.
    RunIn,
    /// A list with dots; an entry a line.
    Bullets,
    /// A numbered list; an entry a line.
    Numbered,
    /// A quotation.
    Quote,
    /// A note.
    Note,
    /// A table; a row a line, cells parted by tabs.
    Table,
    /// A picture's words.
    Picture,
}

impl Kind {
    /// All kinds that a passage may become. Tables and pictures are made by manuscripts only.
    pub const CHOICES: [Self; 10] = [
        Self::Paragraph,
        Self::RunIn,
        Self::Heading(1),
        Self::Heading(2),
        Self::Heading(3),
        Self::Title,
        Self::Bullets,
        Self::Numbered,
        Self::Quote,
        Self::Note,
    ];

    /// The word in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading(0 | 1) => "heading-1",
            Self::Heading(2) => "heading-2",
            Self::Heading(3) => "heading-3",
            Self::Heading(4..) => "heading-4",
            Self::Paragraph => "paragraph",
            Self::RunIn => "run-in",
            Self::Bullets => "bullets",
            Self::Numbered => "numbered",
            Self::Quote => "quote",
            Self::Note => "note",
            Self::Table => "table",
            Self::Picture => "picture",
        }
    }

    /// The kind of this word, if it is one.
    pub fn of(word: &str) -> Option<Self> {
        let others = [Self::Heading(4), Self::Table, Self::Picture];
        Self::CHOICES.into_iter().chain(others).find(|kind| kind.word() == word)
    }

    /// Whether it is one line of words.
    pub fn is_line(self) -> bool {
        matches!(self, Self::Title | Self::Heading(_))
    }
}

impl What {
    /// Whether it is and says the same, wherever in a document it was read.
    pub fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Block { kind, .. }, Self::Block { kind: other, .. }) => kind == other,
            (Self::Title { .. }, Self::Title { .. }) => self == other,
            (Self::Title { .. }, Self::Block { .. }) | (Self::Block { .. }, Self::Title { .. }) => false,
        }
    }

    /// The same as it would be read from these lines; a title is read from none.
    #[must_use]
    pub fn read_from(mut self, from: (u32, u32)) -> Self {
        if let Self::Block { lines, .. } = &mut self {
            *lines = from;
        }
        self
    }

    /// What it is and says, as one text: equal for what [`Self::is_as`] another.
    pub fn spelled_out(&self) -> String {
        json(&self.clone().read_from((0, 0)))
    }
}

impl Passage {
    /// What it is now, wherever in a document it was read.
    pub fn revision(&self) -> Revision {
        let mut name = Digest::of(self.what.spelled_out().as_bytes()).to_string();
        name.truncate(12);
        Revision(name)
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match &self.what {
            What::Title { .. } => Kind::Title,
            What::Block { kind, .. } => match kind {
                BlockKind::Heading { level, .. } => Kind::Heading(*level),
                BlockKind::Paragraph { text } if matches!(text.first(), Some(Inline::RunIn(_))) => Kind::RunIn,
                BlockKind::Paragraph { .. } => Kind::Paragraph,
                BlockKind::List { ordered: true, .. } => Kind::Numbered,
                BlockKind::List { ordered: false, .. } => Kind::Bullets,
                BlockKind::Quote { .. } => Kind::Quote,
                BlockKind::Note { .. } => Kind::Note,
                BlockKind::Table { .. } => Kind::Table,
                BlockKind::Image { .. } => Kind::Picture,
            },
        }
    }

    /// Its words as an editor writes them: entries and rows a line each, cells parted by tabs.
    pub fn words(&self) -> String {
        say(&self.what)
    }

    /// Its words, with what stands with a title.
    pub fn said(&self) -> String {
        let Credits { section, source, author } = self.credits();
        let all = [section, self.words(), source, author];
        all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// What stands with it, where it is a title.
    pub fn credits(&self) -> Credits {
        match &self.what {
            What::Title { credits, .. } => credits.clone(),
            What::Block { .. } => Credits::default(),
        }
    }

    /// Whether its words can be written as lines and cells and read back: not where an entry or a cell holds a break.
    pub fn is_writable(&self) -> bool {
        lines_of(&self.what).is_some()
    }

    /// The lines of the document that it was read from; none where it was not, or is a title.
    pub fn lines(&self) -> Option<(u32, u32)> {
        match &self.what {
            What::Block { lines, .. } if lines.0 > 0 => Some(*lines),
            What::Block { .. } | What::Title { .. } => None,
        }
    }
}

/// An issue's articles as a row of passages.
pub fn passages(articles: &[Article]) -> Vec<Passage> {
    articles.iter().flat_map(of_article).collect()
}

fn of_article(article: &Article) -> Vec<Passage> {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let credits =
        Credits { section: word(&article.section), source: word(&article.source), author: word(&article.author) };
    let title = Passage { id: article.id, what: What::Title { text: article.title.clone(), credits } };
    let block =
        |block: &Block| Passage { id: block.id, what: What::Block { kind: block.kind.clone(), lines: block.lines } };
    std::iter::once(title).chain(article.blocks.iter().map(block)).collect()
}

/// The articles that a row of passages is; none where text stands before the first title, or there is none.
pub fn articles(passages: &[Passage]) -> Option<Vec<Article>> {
    let mut articles: Vec<Article> = Vec::new();
    for Passage { id, what } in passages {
        match what {
            What::Title { text, credits } => articles.push(titled(*id, text, credits)),
            What::Block { kind, lines } => {
                articles.last_mut()?.blocks.push(Block { id: *id, kind: kind.clone(), lines: *lines });
            }
        }
    }
    (!articles.is_empty()).then_some(articles)
}

fn titled(id: BlockId, text: &str, credits: &Credits) -> Article {
    let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    Article {
        id,
        section: word(&credits.section),
        title: text.to_owned(),
        source: word(&credits.source),
        author: word(&credits.author),
        blocks: Vec::new(),
    }
}

fn json(what: &What) -> String {
    serde_json::to_string(what).expect("a passage is plain data")
}
