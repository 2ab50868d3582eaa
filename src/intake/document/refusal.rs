//! Refusal: why a document could not be taken in at all, each with the next step. A refusal is
//! shown to the editor as it stands, in their language; nothing was written.

use crate::domain::language::Language;
use serde::{Deserialize, Serialize};

/// The largest document that is read, in bytes.
pub const LARGEST: usize = 20 * 1024 * 1024;
/// The most lines a document may have; a year of a daily paper has fewer.
pub const MOST_LINES: usize = 200_000;

/// Why a document was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Nothing but white space.
    #[error("The document is empty. Choose the file again, or paste its text.")]
    Empty,
    /// Beyond [`LARGEST`] or [`MOST_LINES`], or with more marks than its reader takes.
    #[error(
        "The document has more in it than any issue: over 20 MB, 200,000 lines or 500,000 marks. Bring one issue at a time."
    )]
    TooLarge,
    /// A format that is known, but not read.
    #[error("{}", .0.english())]
    Foreign(Foreign),
    /// A table of people.
    #[error("This looks like a roster, not an issue. Bring readers with `yizhan subscriber import PUB/LIST FILE`.")]
    Roster,
    /// Bytes that are no text.
    #[error("This is no text file. Save the document as .docx, plain text (UTF-8) or Markdown.")]
    Binary,
    /// A Word file that is damaged or cut.
    #[error("This .docx is damaged or breaks off. Open it in Word or WPS, save it as .docx once more, and bring that.")]
    DamagedWord,
    /// A Word file that unpacks to more than any issue holds.
    #[error(
        "This .docx unpacks to more than any issue holds. Open it in Word or WPS, save it as .docx once more, one issue at a time."
    )]
    Inflated,
    /// A PDF that is damaged or cut.
    #[error("This PDF is damaged or breaks off. Save it as PDF once more, or bring the document it was made from.")]
    DamagedPdf,
    /// A PDF that takes more time or memory to read than any issue should, or that ends its reader.
    #[error(
        "Reading this PDF takes more time or memory than any issue should. Bring the document it was made from, as .docx."
    )]
    Unbearable,
    /// Text that is damaged or cut.
    #[error("The text breaks off within a character or is damaged. Copy the file again, or save it as UTF-8.")]
    Undecodable,
    /// No article title stands in it.
    #[error("No article was found. Put each article's title on a line of its own, with its text below.")]
    NoArticles,
    /// Titles without a word of text below them.
    #[error("No article in it has any text. Put each article's text below its title.")]
    OnlyTitles,
    /// The balance of characters does not add up.
    #[error("{lost} characters could not be accounted for, so nothing was taken in. Report this document.")]
    NotConserved {
        /// Characters missing (or, negative, invented).
        lost: i64,
    },
    /// Reading it broke the reader.
    #[error("Reading this document failed by a fault of the program, so nothing was taken in. Report this document.")]
    Fault,
    /// A rule of the database says no to what was read.
    #[error(
        "What was read of this document breaks a rule of the database, so nothing was taken in. Report this document."
    )]
    Unlawful,
}

/// A format that is recognised, but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Foreign {
    /// A .docx by its name that is something else.
    Docx,
    /// A document that is locked with a password.
    Locked,
    /// A workbook or slides.
    Workbook,
    /// Word's .doc, WPS's .wps.
    OldWord,
    /// A PDF, where this program was built without its reader.
    Pdf,
    /// A PDF without a text behind its pages.
    Scan,
    /// Rich text.
    RichText,
    /// A web page with its pictures in one file.
    WebArchive,
    /// A compressed archive that is no .docx, as the documents of other office programs are, too.
    Archive,
    /// A table, settings, a program, a picture: by its name no document.
    Thing,
}

impl Refusal {
    /// The refusal as a sentence.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => self.chinese().into_owned(),
        }
    }

    fn chinese(&self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::Empty => "文件是空的。请重新选择文件，或粘贴正文。".into(),
            Self::TooLarge => "文件比任何一期都大：超过 20 MB、20 万行或 50 万个标记。请一次导入一期。".into(),
            Self::Foreign(format) => format.chinese().into(),
            Self::Roster => "这像是读者名单，不是原稿。导入读者请用 yizhan subscriber import。".into(),
            Self::Binary => "这不是文本文件。请另存为 .docx、纯文本（UTF-8）或 Markdown 再导入。".into(),
            Self::DamagedWord => "这份 .docx 已损坏或不完整。请用 Word 或 WPS 打开，重新另存为 .docx 再导入。".into(),
            Self::Inflated => {
                "这份 .docx 解压后大得不像一期刊物。请用 Word 或 WPS 打开，一次一期，重新另存为 .docx 再导入。".into()
            }
            Self::DamagedPdf => "这份 PDF 已损坏或不完整。请重新另存为 PDF，或导入制作它的原稿。".into(),
            Self::Unbearable => "读取这份 PDF 要用的时间或内存，超出一期刊物的需要。请导入制作它的 .docx 原稿。".into(),
            Self::Undecodable => "文件在一个字的中间断开，或已损坏。请重新复制文件，或另存为 UTF-8 文本。".into(),
            Self::NoArticles => "没有找到文章。请让每篇文章的标题独占一行，正文在其下方。".into(),
            Self::OnlyTitles => "所有文章都没有正文。请把每篇文章的正文放在标题下方。".into(),
            Self::NotConserved { lost } => {
                format!("有 {lost} 个字去向不明，因此没有导入任何内容。请把这份原稿报告给管理员。").into()
            }
            Self::Fault => "读取这份原稿时程序出错，因此没有导入任何内容。请把这份原稿报告给管理员。".into(),
            Self::Unlawful => "读出的内容不符合数据库的规则，因此没有导入任何内容。请把这份原稿报告给管理员。".into(),
        }
    }
}

impl Foreign {
    fn english(self) -> &'static str {
        match self {
            Self::Docx => "By its name this is a .docx, but it is none. Open it in Word or WPS and save it as .docx.",
            Self::Locked => {
                "This document is locked with a password. Take the password off in the program that made it, and save it."
            }
            Self::Workbook => {
                "This is a workbook or a set of slides. Bring the issue as a .docx, plain text or Markdown; a roster, as readers."
            }
            Self::OldWord => {
                "This old Word or WPS format cannot be read. Save it in Word or WPS as .docx and bring that."
            }
            Self::Pdf => {
                "PDF is not read by this build. Bring the text it was made from, or save it as plain text (UTF-8)."
            }
            Self::Scan => {
                "This PDF is a scan, or its letters cannot be copied out. Bring the document it was made from, or have its text recognised first."
            }
            Self::RichText => "Rich text (.rtf) is not read. Save it in Word or WPS as .docx.",
            Self::WebArchive => {
                "Web archives (.mht) are not read. Save it as a web page (.html), in Word as \"Web Page, Filtered\"."
            }
            Self::Thing => {
                "By its name this is no document. Bring the issue as .docx, plain text (.txt, UTF-8) or Markdown (.md)."
            }
            Self::Archive => {
                "This is a compressed archive, or a format of another office program. Unpack it and bring the document itself, or save it as .docx."
            }
        }
    }

    fn chinese(self) -> &'static str {
        match self {
            Self::Docx => "文件名是 .docx，内容却不是。请用 Word 或 WPS 打开，另存为 .docx 再导入。",
            Self::Locked => "文件设有密码。请用制作它的软件去掉密码，保存后再导入。",
            Self::Workbook => {
                "这是表格或演示文稿。请把这一期存为 .docx、纯文本或 Markdown 再导入；名单请到读者页导入。"
            }
            Self::OldWord => "不能读取旧的 .doc、.wps 格式。请在 Word/WPS 中另存为 .docx 再导入。",
            Self::Scan => "这份 PDF 是扫描件，或者其中的文字无法复制。请导入制作它的原稿，或先做文字识别。",
            Self::Pdf => "本版本不能读取 PDF。请导入制作它的原稿，或另存为纯文本（UTF-8）。",
            Self::RichText => "不能读取 RTF。请在 Word/WPS 中另存为 .docx 再导入。",
            Self::WebArchive => "不能读取单文件网页（.mht）。请另存为网页（.html），在 Word 中选“筛选过的网页”。",
            Self::Thing => "从文件名看，这不是原稿。请导入 .docx、纯文本（.txt，UTF-8）或 Markdown（.md）。",
            Self::Archive => "这是压缩包，或其他办公软件的格式。请解压后导入其中的文档，或另存为 .docx 再导入。",
        }
    }
}
