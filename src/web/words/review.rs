//! What the pages say where a manuscript is taken in and reviewed.

use crate::domain::document::Finding;
use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) take_in: &'static str,
    pub(in crate::web) drop: &'static str,
    pub(in crate::web) choose: &'static str,
    pub(in crate::web) kinds: &'static str,
    pub(in crate::web) or_paste: &'static str,
    pub(in crate::web) paste: &'static str,
    pub(in crate::web) pasted: &'static str,
    pub(in crate::web) pasted_page: &'static str,
    pub(in crate::web) known: &'static str,
    pub(in crate::web) source: &'static str,
    pub(in crate::web) result: &'static str,
    pub(in crate::web) questions: &'static str,
    pub(in crate::web) confirm: &'static str,
    pub(in crate::web) look: &'static str,
    pub(in crate::web) all_clear: &'static str,
    pub(in crate::web) no_notes: &'static str,
    pub(in crate::web) line: fn(u32) -> String,
    pub(in crate::web) in_result: &'static str,
    pub(in crate::web) default: &'static str,
    pub(in crate::web) defaults: fn(usize) -> String,
    pub(in crate::web) your_answer: &'static str,
    pub(in crate::web) change: &'static str,
    pub(in crate::web) undo: &'static str,
    pub(in crate::web) noted: fn(usize) -> String,
    pub(in crate::web) other_date: &'static str,
    pub(in crate::web) other_number: &'static str,
    pub(in crate::web) number_hint: &'static str,
    pub(in crate::web) take: &'static str,
    pub(in crate::web) conserved: [&'static str; 4],
    pub(in crate::web) edited: [&'static str; 2],
    pub(in crate::web) keys: [(&'static str, &'static str); 4],
    pub(in crate::web) articles: fn(usize) -> String,
    pub(in crate::web) picture: &'static str,
    pub(in crate::web) from: &'static str,
    pub(in crate::web) by: &'static str,
    pub(in crate::web) no_source: &'static str,
    /// What several findings of a kind are called together.
    pub(in crate::web) kind: fn(&Finding) -> &'static str,
    pub(in crate::web) choice: fn(&Finding, &str) -> String,
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
    take_in: "导入原稿",
    drop: "把原稿拖到这里，或者",
    choose: "选择文件",
    kinds: "Word/WPS 文档（.docx）、网页（.html）、纯文本（.txt）、Markdown（.md）或带文字的 PDF，最大 20 MB",
    or_paste: "也可以粘贴正文",
    paste: "把整期文字粘贴在这里",
    pasted: "粘贴的文字.txt",
    pasted_page: "粘贴的内容.html",
    known: "这份原稿以前导入过，就是这一期；没有任何改动。",
    source: "原稿",
    result: "结果",
    questions: "问题",
    confirm: "必须确认",
    look: "请看一眼",
    all_clear: "问题都已确认。",
    no_notes: "没有其他需要留意的地方。",
    line: |line| format!("原稿第 {line} 行"),
    in_result: "在结果中",
    default: "默认",
    defaults: |open| format!("{open} 个问题全部按默认回答"),
    your_answer: "已答：",
    change: "改答",
    undo: "撤销",
    noted: |count| if count == 1 { "回答已记下。".to_owned() } else { format!("{count} 个回答已记下。") },
    other_date: "填写日期",
    other_number: "填写期号",
    number_hint: "例如 2026年第11期",
    take: "采用",
    conserved: ["字数核对：原稿", "正文", "标题、目录、版末等", "遗失"],
    edited: ["编辑删去", "增加"],
    keys: [("J K", "下一题、上一题"), ("回车", "按默认"), ("1–9", "选答案"), ("U", "撤销上一个回答")],
    articles: |count| format!("{count} 篇文章"),
    picture: "图片",
    from: "来源：",
    by: "文/",
    no_source: "这份原稿不能显示为文字。",
    kind: |finding| kind(finding)[0],
    choice: |finding, key| {
        match (key, finding) {
            ("none", Finding::MissingDate) => "不显示日期",
            ("none", Finding::MissingNumber) => "不标期号",
            ("dispatch-day", _) => "用投递当天的日期",
            ("split", _) => "是小标题",
            ("join", _) => "不是，接回上一段",
            ("keep", _) => "保留",
            ("drop", _) => "删去",
            ("body", _) => "用正文标题",
            ("contents", _) => "用目录标题",
            ("right", Finding::SecrecyMarking(_)) => "可以发送",
            ("right", Finding::EncodingGuessed(_)) => "文字显示正常",
            ("right", Finding::LeftOut(_)) => "可以略去",
            ("right", _) => "已核对，就这样",
            (written, _) => written,
        }
        .to_owned()
    },
};

static ENGLISH: Words = Words {
    take_in: "Bring a manuscript",
    drop: "Drop the manuscript here, or",
    choose: "choose a file",
    kinds: "Word or WPS document (.docx), web page (.html), plain text (.txt), Markdown (.md) or PDF with a text in it, up to 20 MB",
    or_paste: "Or paste its text",
    paste: "Paste the text of the whole issue here",
    pasted: "pasted.txt",
    pasted_page: "pasted.html",
    known: "This manuscript had been brought before: it is this issue. Nothing was changed.",
    source: "Manuscript",
    result: "Result",
    questions: "Questions",
    confirm: "must confirm",
    look: "please look",
    all_clear: "All questions are answered.",
    no_notes: "Nothing else needs a look.",
    line: |line| format!("line {line}"),
    in_result: "in the result",
    default: "default",
    defaults: |open| {
        if open == 1 { "Answer it by its default".to_owned() } else { format!("Answer all {open} by their defaults") }
    },
    your_answer: "Answer: ",
    change: "Change",
    undo: "Undo",
    noted: |count| if count == 1 { "The answer is noted.".to_owned() } else { format!("{count} answers are noted.") },
    other_date: "Another date",
    other_number: "Year and number",
    number_hint: "such as 2026-11",
    take: "Take it",
    conserved: ["Characters: manuscript", "body", "titles, contents, imprint", "lost"],
    edited: ["taken out by editors", "added"],
    keys: [("J K", "next, previous"), ("Enter", "the default"), ("1–9", "a choice"), ("U", "undo the last answer")],
    articles: |count| if count == 1 { "1 article".to_owned() } else { format!("{count} articles") },
    picture: "Picture",
    from: "From: ",
    by: "By ",
    no_source: "This manuscript cannot be shown as text.",
    kind: |finding| kind(finding)[1],
    choice: |finding, key| {
        match (key, finding) {
            ("none", Finding::MissingDate) => "no date",
            ("none", Finding::MissingNumber) => "no number",
            ("dispatch-day", _) => "the day it is dispatched",
            ("split", _) => "it is a subhead",
            ("join", _) => "no, put it back",
            ("keep", _) => "keep it",
            ("drop", _) => "drop it",
            ("body", _) => "the article's title",
            ("contents", _) => "the title in the contents",
            ("right", Finding::SecrecyMarking(_)) => "it may be mailed",
            ("right", Finding::EncodingGuessed(_)) => "the text reads well",
            ("right", Finding::LeftOut(_)) => "leave it out",
            ("right", _) => "checked, it is right",
            (written, _) => written,
        }
        .to_owned()
    },
};

/// What several findings of a kind are called together, in Chinese and in English.
fn kind(finding: &Finding) -> [&'static str; 2] {
    match finding {
        Finding::RunInHead(_) => ["段首提示句", "run-in heads"],
        Finding::HeadingInferred(_) => ["识别出的标题", "headings found"],
        Finding::LinesJoined(_) => ["接成一段的断行", "wrapped lines joined"],
        Finding::PageJoin(_) => ["跨页接上的段落", "joined across pages"],
        Finding::PossibleSplit(_) => ["也许应分段的段落", "paragraphs that might be split"],
        Finding::SetAside(_) => ["邮件中不显示的文字", "text that the letter does not show"],
        Finding::RunningHead(_) => ["略去的页眉、页脚等", "page heads and the like left out"],
        Finding::LetterSpacing(_) => ["去掉的字间空格", "letter-spacing drawn together"],
        Finding::LinkLeftOut(_) => ["去掉的链接", "links left out"],
        Finding::TextBox(_) => ["文本框", "text boxes"],
        Finding::DateOfPage(_)
        | Finding::NameDiffers { .. }
        | Finding::TextLayer(_)
        | Finding::NumberSpacing(_)
        | Finding::MissingDate
        | Finding::MissingNumber
        | Finding::GluedSubhead(_)
        | Finding::TitleDiffers { .. }
        | Finding::ArticleNotFound(_)
        | Finding::ArticleNotListed(_)
        | Finding::EncodingGuessed(_)
        | Finding::SecrecyMarking(_)
        | Finding::Unreadable(_)
        | Finding::ExternalImage(_)
        | Finding::LeftOver(_)
        | Finding::EmptyArticle(_)
        | Finding::LeftOut(_)
        | Finding::TrackedChange { .. }
        | Finding::Comment(_)
        | Finding::MissingAlt(_)
        | Finding::PageOfPictures(_)
        | Finding::HiddenText => ["其他", "others"],
    }
}
