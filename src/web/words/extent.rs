//! What the pages say of letters that hold summaries.

use crate::domain::extent::Extent;
use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) now: fn(Extent) -> &'static str,
    pub(in crate::web) what: fn(Extent) -> &'static str,
    pub(in crate::web) to_summary: &'static str,
    pub(in crate::web) to_full: &'static str,
    pub(in crate::web) no_page: &'static str,
    pub(in crate::web) page: &'static str,
    pub(in crate::web) page_note: &'static str,
    pub(in crate::web) field: (&'static str, &'static str),
    pub(in crate::web) full: &'static str,
    pub(in crate::web) summary: &'static str,
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
    now: |extent| match extent {
        Extent::Full => "信里是全文。",
        Extent::Summary => "信里是各篇摘要。",
    },
    what: |extent| match extent {
        Extent::Full => "太长的一期可以改寄摘要：每篇只寄开头几句，点“阅读全文”在网页上看整期。",
        Extent::Summary => "每篇寄标题和开头几句，点“阅读全文”在网页上看整期；短文照登全文。",
    },
    to_summary: "这一期改寄摘要",
    to_full: "这一期改寄全文",
    no_page: "本站还没有读者能打开的网页，因此不能寄摘要；请管理员在设置文件的 [web] 里填写 base_url，并重新启动服务。",
    page: "全文网页",
    page_note: "读者点“阅读全文”后看到的网页。",
    field: ("信里寄", "全文，或各篇摘要加“阅读全文”链接；每一期还可以在预览页另选。"),
    full: "全文",
    summary: "摘要",
};

static ENGLISH: Words = Words {
    now: |extent| match extent {
        Extent::Full => "The letters hold the whole issue.",
        Extent::Summary => "The letters hold summaries.",
    },
    what: |extent| match extent {
        Extent::Full => {
            "A long issue can go as summaries: the beginning of each article, with a link to the page of the whole issue."
        }
        Extent::Summary => {
            "The title and beginning of each article, with a link to the page of the whole issue; short ones stand whole."
        }
    },
    to_summary: "Mail summaries of this issue",
    to_full: "Mail this issue in full",
    no_page: "This station has no pages that readers can open, so it cannot mail summaries; ask an admin to set [web] base_url and to \
              start the service anew.",
    page: "The whole issue's page",
    page_note: "What readers see who follow a link to the whole article.",
    field: (
        "Letters hold",
        "the whole issue, or summaries with links to its page; each issue can say otherwise at its preview.",
    ),
    full: "The whole issue",
    summary: "Summaries",
};
