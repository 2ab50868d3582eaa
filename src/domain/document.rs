//! Document: a file as an editor brought it, kept byte for byte, and what reading it gave: a
//! [`Draft`] with its questions and its balance of characters. A flag says in data what was
//! found; the words for it are made here, in each language, so command line and pages agree.

mod free;

use super::asset::Assets;
use super::issue::{BlockId, Contents, Dating};
use super::language::Language;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 over bytes: the name under which bytes are kept once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// In JSON it is written as it is shown.
impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("a digest is 64 digits, 0 to f")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// What reading a document gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The issue as far as it could be read.
    pub contents: Contents,
    /// Questions, and what was done that an editor may want to see.
    pub flags: Vec<Flag>,
    /// Where every character of the document went.
    pub conservation: Conservation,
    /// The bytes of the pictures that its blocks name.
    pub pictures: Assets,
}

/// The balance of an import, in characters that are not white space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conservation {
    /// In the document, after decoding.
    pub source: usize,
    /// In the articles' bodies (titles and subheads are counted in `other`).
    pub body: usize,
    /// In masthead, contents, titles, subheads, source lines, colophon, page furniture.
    pub other: usize,
    /// `source - body - other`: anything but 0 stops the import.
    pub lost: i64,
}

/// Something an import found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Its name within the issue, as `issue answer` takes it: `missing-date`, `glued-subhead-1`.
    pub id: String,
    /// What was found.
    pub finding: Finding,
    /// The line of the document it stands in, counted from 1, where there is one.
    pub line: Option<u32>,
    /// What may be answered; the first is the default. Empty for notes.
    pub choices: Vec<Choice>,
    /// The answer given, by its key.
    pub answer: Option<String>,
}

/// How much a flag wants of the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be answered before an edition can be submitted.
    Confirm,
    /// Was applied; worth a look.
    Look,
}

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The word to choose it by.
    pub key: String,
    /// What choosing it does.
    pub effect: Effect,
}

/// What an answer does to the issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Leaves it as it was read.
    Keep,
    /// Dates it.
    Date(Dating),
    /// Says the year.
    Year(i32),
    /// Says the number within the year.
    Number(u32),
    /// Puts a split-off heading back at the end of the paragraph before it.
    JoinToPrevious(BlockId),
    /// Takes a block out.
    Drop(BlockId),
    /// Gives an article (counted from 0) this title.
    Title {
        /// Which article.
        article: usize,
        /// Its title.
        title: String,
    },
}

/// What was found, with the words it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    // To be confirmed.
    /// No date of issue stands in the document.
    MissingDate,
    /// No year and number stand in the document.
    MissingNumber,
    /// A subhead was glued to the end of a paragraph, and was split off.
    GluedSubhead(String),
    /// The contents list and the article's heading differ; the heading was kept.
    TitleDiffers {
        /// As the contents list has it.
        contents: String,
        /// As the body has it.
        body: String,
    },
    /// The contents list names an article that was not found.
    ArticleNotFound(String),
    /// An article was found that the contents list does not name.
    ArticleNotListed(String),
    /// The character encoding was a guess; says which.
    EncodingGuessed(String),
    /// Words that look like a secrecy marking.
    SecrecyMarking(String),
    /// An object that could not be read; a placeholder stands in its place.
    Unreadable(String),
    /// A picture that lies on another server, and will not be fetched.
    ExternalImage(String),
    /// Text that stands before the first article; it was kept as a note at its beginning.
    LeftOver(String),
    /// An article that has a title and no text.
    EmptyArticle(String),
    /// Text that looks like furniture of a page and may be none; it was left out.
    LeftOut(String),
    /// Changes are tracked in the document: they were taken as if accepted. Says what is deleted.
    TrackedChange {
        /// Characters that were inserted.
        inserted: usize,
        /// Characters that were deleted.
        deleted: usize,
    },
    /// A comment in the document, which the letter does not show.
    Comment(String),
    /// A picture without words for those who do not see it; says where it stands.
    MissingAlt(String),
    /// A page of a PDF is a picture alone, as of a scanned annex; says which, from 1.
    PageOfPictures(usize),
    /// The text of a PDF is not shown on its pages, but lies behind pictures: a machine read it off them.
    HiddenText,
    // For a look.
    /// The document has no date of issue, so it got the day on which its web page appeared; says which.
    DateOfPage(String),
    /// The name on the masthead is not that of the publication.
    NameDiffers {
        /// As the document has it.
        masthead: String,
        /// As the publication has it.
        publication: String,
    },
    /// Text beside the articles that the letter does not show: in masthead, contents list, front
    /// matter, a comment.
    SetAside(String),
    /// What the pages of the document repeat; it was left out.
    RunningHead(String),
    /// The target of a link that a letter may not have; its words were kept.
    LinkLeftOut(String),
    /// Text on two sides of a page border was joined.
    PageJoin(String),
    /// Hard-wrapped lines were joined into a paragraph.
    LinesJoined(String),
    /// A short line was taken for a heading.
    HeadingInferred(String),
    /// The opening sentence of a paragraph was taken for a run-in head.
    RunInHead(String),
    /// A letter-spaced text was drawn together.
    LetterSpacing(String),
    /// Spaces between Han characters and digits are left out of the letter; says how many.
    NumberSpacing(usize),
    /// A paragraph holds several run-in heads and might be split; it was not.
    PossibleSplit(String),
    /// The words of a text box were put behind the paragraph that it hangs on.
    TextBox(String),
    /// The text is that which lies behind the pages of a PDF; says how many pages.
    TextLayer(usize),
}

impl Finding {
    /// The kind, as JSON and flag ids name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MissingDate => "missing-date",
            Self::MissingNumber => "missing-number",
            Self::GluedSubhead(_) => "glued-subhead",
            Self::TitleDiffers { .. } => "title-differs",
            Self::ArticleNotFound(_) => "article-not-found",
            Self::ArticleNotListed(_) => "article-not-listed",
            Self::EncodingGuessed(_) => "encoding-guessed",
            Self::SecrecyMarking(_) => "secrecy-marking",
            Self::Unreadable(_) => "unreadable",
            Self::ExternalImage(_) => "external-image",
            Self::LeftOver(_) => "left-over",
            Self::EmptyArticle(_) => "empty-article",
            Self::LeftOut(_) => "left-out",
            Self::TrackedChange { .. } => "tracked-change",
            Self::Comment(_) => "comment",
            Self::MissingAlt(_) => "missing-alt",
            Self::PageOfPictures(_) => "page-of-pictures",
            Self::HiddenText => "hidden-text",
            Self::DateOfPage(_) => "date-of-page",
            Self::NameDiffers { .. } => "name-differs",
            Self::SetAside(_) => "set-aside",
            Self::RunningHead(_) => "running-head",
            Self::LinkLeftOut(_) => "link-left-out",
            Self::PageJoin(_) => "page-join",
            Self::LinesJoined(_) => "lines-joined",
            Self::HeadingInferred(_) => "heading-inferred",
            Self::RunInHead(_) => "run-in-head",
            Self::LetterSpacing(_) => "letter-spacing",
            Self::NumberSpacing(_) => "number-spacing",
            Self::PossibleSplit(_) => "possible-split",
            Self::TextBox(_) => "text-box",
            Self::TextLayer(_) => "text-layer",
        }
    }

    /// Whether it must be answered.
    pub fn severity(&self) -> Severity {
        match self {
            Self::MissingDate
            | Self::MissingNumber
            | Self::GluedSubhead(_)
            | Self::TitleDiffers { .. }
            | Self::ArticleNotFound(_)
            | Self::ArticleNotListed(_)
            | Self::EncodingGuessed(_)
            | Self::SecrecyMarking(_)
            | Self::Unreadable(_)
            | Self::ExternalImage(_)
            | Self::LeftOver(_)
            | Self::EmptyArticle(_)
            | Self::LeftOut(_)
            | Self::TrackedChange { .. }
            | Self::Comment(_)
            | Self::MissingAlt(_)
            | Self::PageOfPictures(_)
            | Self::HiddenText => Severity::Confirm,
            Self::DateOfPage(_)
            | Self::NameDiffers { .. }
            | Self::SetAside(_)
            | Self::RunningHead(_)
            | Self::LinkLeftOut(_)
            | Self::PageJoin(_)
            | Self::LinesJoined(_)
            | Self::HeadingInferred(_)
            | Self::RunInHead(_)
            | Self::LetterSpacing(_)
            | Self::NumberSpacing(_)
            | Self::PossibleSplit(_)
            | Self::TextBox(_)
            | Self::TextLayer(_) => Severity::Look,
        }
    }

    /// The finding in words.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Chinese => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::MissingDate => "The document carries no date of issue.".into(),
            Self::MissingNumber => "The document carries no year and number.".into(),
            Self::GluedSubhead(head) => {
                format!("\"{head}\" stood at the end of a paragraph and was made a subhead. Is it one?")
            }
            Self::TitleDiffers { contents, body } => {
                format!("The contents list says \"{contents}\", the article itself \"{body}\"; the latter was kept.")
            }
            Self::ArticleNotFound(title) => {
                format!("The contents list names \"{title}\", but no such article was found.")
            }
            Self::ArticleNotListed(title) => {
                format!("\"{title}\" was read as an article, but the contents list does not name it.")
            }
            Self::EncodingGuessed(name) => format!("The character encoding is not declared; it was read as {name}."),
            Self::SecrecyMarking(text) => format!("\"{text}\" looks like a secrecy marking. May this issue be mailed?"),
            Self::Unreadable(what) => format!("This could not be read, and a placeholder stands in its place: {what}."),
            Self::ExternalImage(_) => {
                "A picture lies on another server; it is not fetched, its words stand in its place.".into()
            }
            Self::LeftOver(text) => {
                format!("\"{text}\" stands before the first article; it was kept as a note at its beginning.")
            }
            Self::EmptyArticle(title) => format!("\"{title}\" was read as an article, but it has no text."),
            Self::LeftOut(text) => {
                format!(
                    "\"{text}\" looks like page furniture and was left out. If it is text, word it otherwise and import again."
                )
            }
            Self::TrackedChange { inserted, deleted } => {
                format!(
                    "Changes are tracked in the document. They were read as accepted: {inserted} characters inserted, {deleted} deleted."
                )
            }
            Self::Comment(text) => format!("A comment in the document is not in the letter: \"{text}\"."),
            Self::MissingAlt(place) => {
                format!(
                    "The picture at \"{place}\" has no words for readers who do not see it. Write them in the editor."
                )
            }
            Self::PageOfPictures(page) => format!(
                "Page {page} of the PDF is a picture without text; nothing of it was taken. If it holds words of the issue, bring them as a Word file."
            ),
            Self::HiddenText => {
                "The text lies hidden behind pictures, as a machine that reads scans leaves it: it may hold wrong characters. Compare it with the PDF, word by word.".into()
            }
            Self::DateOfPage(day) => format!(
                "The issue is dated {day}, the day that its web page shows as the one on which it appeared; its masthead has none. A page that was published again shows a later day: correct it in the facts of the issue."
            ),
            Self::NameDiffers { masthead, publication } => {
                format!(
                    "The masthead says \"{masthead}\", the publication is called \"{publication}\"; the letter shows both, the latter in its subject."
                )
            }
            Self::SetAside(text) => format!("\"{text}\" stands outside the articles and is not in the letter."),
            Self::RunningHead(text) => {
                format!(
                    "\"{text}\" belongs to the page or the mail around the text, not to the issue, and was left out."
                )
            }
            Self::LinkLeftOut(url) => format!("A letter cannot link to \"{url}\"; the words stay without the link."),
            Self::PageJoin(text) => format!("Joined across a page border at \"{text}\"."),
            Self::LinesJoined(text) => format!("Wrapped lines were joined into the paragraph \"{text}\"."),
            Self::HeadingInferred(text) => format!("\"{text}\" was taken for a heading."),
            Self::RunInHead(text) => format!("\"{text}\" was taken for a run-in head."),
            Self::LetterSpacing(text) => format!("The letter-spaced \"{text}\" was drawn together."),
            Self::NumberSpacing(count) => {
                format!("{count} spaces between Han characters and digits are left out of the letter.")
            }
            Self::PossibleSplit(text) => {
                format!("The paragraph \"{text}\" holds several run-in heads and might be split; it was not.")
            }
            Self::TextBox(text) => {
                format!("The text box \"{text}\" was put behind the paragraph that it hangs on.")
            }
            Self::TextLayer(pages) => format!(
                "Read from a PDF of {pages} pages: paragraphs and titles were found by where the words stand. Two columns of text are read across, rows of tables may have become lines, and pictures were left out: compare it with the PDF."
            ),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::MissingDate => "原稿没有出版日期。".into(),
            Self::MissingNumber => "原稿没有年份和期号。".into(),
            Self::GluedSubhead(head) => format!("“{head}”粘在上一段末尾，已拆成小标题。它是小标题吗？"),
            Self::TitleDiffers { contents, body } => {
                format!("目录写作“{contents}”，正文标题写作“{body}”；已按正文。")
            }
            Self::ArticleNotFound(title) => format!("目录列有“{title}”，正文中没有找到这篇文章。"),
            Self::ArticleNotListed(title) => format!("“{title}”被识别为文章，但目录中没有它。"),
            Self::EncodingGuessed(name) => format!("文件没有标明字符编码，已按 {name} 读取。"),
            Self::SecrecyMarking(text) => format!("“{text}”像是密级标志。本期可以用邮件发送吗？"),
            Self::Unreadable(what) => format!("这里无法读取，已用占位文字代替：{what}。"),
            Self::ExternalImage(_) => "有一张图片在别的服务器上，不会去取，已用文字代替。".into(),
            Self::LeftOver(text) => format!("“{text}”在第一篇文章之前，已作为按语放在该文开头。"),
            Self::EmptyArticle(title) => format!("“{title}”被识别为文章标题，但下面没有正文。"),
            Self::LeftOut(text) => format!("“{text}”像是页眉或页码，已略去。如属正文，请改写后重新导入。"),
            Self::TrackedChange { inserted, deleted } => {
                format!("原稿带有修订痕迹，已按接受修订读取：插入 {inserted} 字，删除 {deleted} 字。")
            }
            Self::Comment(text) => format!("原稿中的批注不在邮件中显示：“{text}”。"),
            Self::MissingAlt(place) => {
                format!("“{place}”处的图片没有说明文字，看不到图片的读者需要它。请在编辑页补上。")
            }
            Self::PageOfPictures(page) => {
                format!(
                    "PDF 第 {page} 页只有图片、没有文字，没有读入任何内容。如果其中有本期的文字，请改用 Word 文件导入。"
                )
            }
            Self::HiddenText => "文字藏在图片之下，是扫描件经识别得来的，可能有错字。请逐字对照原稿。".into(),
            Self::DateOfPage(day) => format!(
                "出版日期取自网页上标明的发布时间（{day}），刊头没有写日期。重新发布过的网页，这一天会比出版日期晚；如不对，请在“期次信息”里改正。"
            ),
            Self::NameDiffers { masthead, publication } => {
                format!("刊头写作“{masthead}”，刊物名称是“{publication}”；邮件正文用前者，主题用后者。")
            }
            Self::SetAside(text) => format!("“{text}”不在文章之内，邮件中不显示。"),
            Self::RunningHead(text) => format!("“{text}”是页眉、页脚，或网页、邮件在正文之外加的文字，已略去。"),
            Self::LinkLeftOut(url) => format!("邮件不能链接到“{url}”，已保留文字、去掉链接。"),
            Self::PageJoin(text) => format!("跨页处已接上：“{text}”。"),
            Self::LinesJoined(text) => format!("断行已接成一段：“{text}”。"),
            Self::HeadingInferred(text) => format!("“{text}”已识别为标题。"),
            Self::RunInHead(text) => format!("“{text}”已识别为段首提示句。"),
            Self::LetterSpacing(text) => format!("“{text}”中的字间空格已去掉。"),
            Self::NumberSpacing(count) => format!("汉字与数字之间的 {count} 处空格在邮件中不显示。"),
            Self::PossibleSplit(text) => format!("“{text}”一段有多个段首提示句，也许应分段；未改动。"),
            Self::TextBox(text) => format!("文本框“{text}”已放在它所在的段落之后。"),
            Self::TextLayer(pages) => format!(
                "原稿是 {pages} 页的 PDF：段落和标题按文字的位置识别；分两栏的版面会逐行横着读，表格可能成了文字行，图片没有读入，请对照原稿看一遍。"
            ),
        }
    }
}

impl Flag {
    /// Whether it still stands in the way of submitting.
    pub fn is_open(&self) -> bool {
        self.finding.severity() == Severity::Confirm && self.answer.is_none()
    }

    /// The key of the default answer; none for notes.
    pub fn default_key(&self) -> Option<&str> {
        self.choices.first().map(|choice| choice.key.as_str())
    }

    /// What it takes beside the listed choices, as the end of a sentence: `or a date such as …`.
    pub fn free_forms(&self) -> Option<&'static str> {
        free::forms(&self.finding)
    }

    /// What answering with `key` does: what its choice does, or what a date or number written out says.
    pub fn effects_of(&self, key: &str) -> Option<Vec<Effect>> {
        if let Some(choice) = self.choices.iter().find(|choice| choice.key == key) {
            return Some(vec![choice.effect.clone()]);
        }
        free::effects(&self.finding, key)
    }
}
