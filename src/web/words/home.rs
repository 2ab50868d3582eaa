//! What the pages say of home and of publications.

use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) hello: [&'static str; 2],
    pub(in crate::web) no_publications: &'static str,
    pub(in crate::web) issues: &'static str,
    pub(in crate::web) no_issues: &'static str,
    pub(in crate::web) document: &'static str,
    pub(in crate::web) articles: &'static str,
    pub(in crate::web) open: fn(i64) -> String,
    pub(in crate::web) sender: &'static str,
    pub(in crate::web) untitled: &'static str,
}

impl Words {
    /// The words in a language.
    pub(in crate::web) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }
}

static CHINESE: Words = Words {
    hello: ["", "，您好"],
    no_publications: "还没有您可以处理的刊物。",
    issues: "各期",
    no_issues: "还没有任何一期。",
    document: "原稿",
    articles: "文章",
    open: |n| format!("{n} 个问题待确认"),
    sender: "发件人",
    untitled: "（未标期号）",
};

static ENGLISH: Words = Words {
    hello: ["Good day, ", ""],
    no_publications: "There is no publication that you work for yet.",
    issues: "Issues",
    no_issues: "There is no issue yet.",
    document: "Document",
    articles: "Articles",
    open: |n| if n == 1 { "1 question open".to_owned() } else { format!("{n} questions open") },
    sender: "Sender",
    untitled: "(no number yet)",
};
