//! Words: every fixed word of a letter, one value for each language, so that none can be half
//! translated. Numbers and dates are written out here too. Read by the templates, by the plain
//! text twin and by the subject line.

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

/// The fixed words of a letter.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Before the subject of a correction.
    pub correction_mark: &'static str,
    /// What a correction opens with, before its reason.
    pub correction: &'static str,
    /// Before the subject of a test letter.
    pub trial_mark: &'static str,
    /// What a test letter opens with.
    pub trial: &'static str,
    /// Above the list of contents.
    pub contents: &'static str,
    /// The way back to it, below each article.
    pub back: &'static str,
    /// Before where an article was taken from.
    pub source: &'static str,
    /// Before who wrote it.
    pub author: &'static str,
    /// Around the words of a picture that is not carried.
    pub image: [&'static str; 2],
    /// What is said of a picture of which nobody says anything.
    pub picture: &'static str,
    /// Around the mark of a note in plain text.
    pub note: [&'static str; 2],
    /// Below the last article.
    pub end: &'static str,
    /// The way to all of an article, below its summary.
    pub more: &'static str,
    /// Above the list of attachments: around their number.
    pub attachments: [&'static str; 2],
    /// Around the size of one.
    pub size: [&'static str; 2],
    /// Above the list of links in plain text.
    pub links: &'static str,
    /// Why you receive this: before the address, after it, and after the publication's name.
    pub why: [&'static str; 3],
    /// The link to the letter's page.
    pub read: &'static str,
    /// The link to leave: around the publication's name.
    pub leave: [&'static str; 2],
    /// Before the number of this issue.
    pub issue: &'static str,
    /// Between a label and what it labels.
    pub colon: &'static str,
    /// Between two facts on one line.
    pub gap: &'static str,
    /// What opens a paragraph in plain text.
    pub indent: &'static str,
}

impl Words {
    /// What stands where a picture is not carried; `alt` may be empty.
    pub fn instead_of_picture(&self, alt: &str) -> String {
        let [before, after] = self.image;
        if alt.is_empty() {
            return format!("{}{after}", before.trim_end_matches([':', '：', ' ']));
        }
        format!("{before}{alt}{after}")
    }
}

impl Language {
    /// The BCP 47 tag, as in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }

    /// A day, `month` and `day` counted from 1.
    pub fn date(self, year: i32, month: u32, day: u32) -> String {
        match self {
            Self::Chinese => format!("{year}年{month}月{day}日"),
            Self::English => {
                let name = MONTHS.get(month.saturating_sub(1) as usize).unwrap_or(&"");
                format!("{day} {name} {year}")
            }
        }
    }

    /// The number of an issue, with its year where that is known.
    pub fn label(self, year: Option<i32>, number: u32) -> String {
        match (self, year) {
            (Self::Chinese, Some(year)) => format!("{year}年第{number}期"),
            (Self::Chinese, None) => format!("第{number}期"),
            (Self::English, Some(year)) => format!("{year} No. {number}"),
            (Self::English, None) => format!("No. {number}"),
        }
    }

    /// A publication's name, marked as one, with the number of the issue when it has one.
    pub fn numbered(self, publication: &str, label: Option<&str>) -> String {
        match (self, label) {
            (Self::Chinese, label) => format!("《{publication}》{}", label.unwrap_or_default()),
            (Self::English, Some(label)) => format!("{publication} {label}"),
            (Self::English, None) => publication.to_owned(),
        }
    }

    /// What a preheader opens with.
    pub fn lead(self, articles: usize) -> String {
        match (self, articles) {
            (Self::Chinese, n) => format!("本期{n}篇："),
            (Self::English, 1) => "1 article: ".to_owned(),
            (Self::English, n) => format!("{n} articles: "),
        }
    }

    /// What a preheader opens with where the subject has named the first article.
    pub fn others(self, articles: usize) -> String {
        match self {
            Self::Chinese => format!("另有{articles}篇："),
            Self::English => format!("And {articles} more: "),
        }
    }
}

static CHINESE: Words = Words {
    correction_mark: "【更正】",
    correction: "本期曾经寄出，现更正重发，请以本次为准。更正说明：",
    trial_mark: "[测试] ",
    trial: "这是一封测试信，只供校看，不是正式寄出的一期。",
    contents: "本期要目",
    back: "↑ 返回目录",
    source: "来源：",
    author: "文/",
    image: ["［图：", "］"],
    picture: "图片",
    note: ["［注", "］"],
    end: "— 本期完 —",
    more: "阅读全文",
    attachments: ["附件（", "）"],
    size: ["（", "）"],
    links: "链接",
    why: ["您收到这封邮件，是因为 ", " 在《", "》的订阅名单中。"],
    read: "在浏览器中阅读",
    leave: ["退订《", "》"],
    issue: "本期编号：",
    colon: "：",
    gap: "\u{3000}",
    indent: "\u{3000}\u{3000}",
};

static ENGLISH: Words = Words {
    correction_mark: "Correction: ",
    correction: "This issue has gone out before; please use this corrected one instead. What was put right: ",
    trial_mark: "[Test] ",
    trial: "This is a test letter, for checking only; the issue itself has not gone out with it.",
    contents: "In this issue",
    back: "↑ Back to contents",
    source: "Source: ",
    author: "By ",
    image: ["[Picture: ", "]"],
    picture: "Picture",
    note: ["[note ", "]"],
    end: "End of this issue",
    more: "Read the whole article",
    attachments: ["Attachments (", ")"],
    size: [" (", ")"],
    links: "Links",
    why: ["You receive this because ", " is subscribed to ", "."],
    read: "Read in a browser",
    leave: ["Unsubscribe from ", ""],
    issue: "This issue: ",
    colon: ": ",
    gap: " · ",
    indent: "",
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
