//! What the pages say on which a corrected manuscript comes into an issue.

use crate::domain::issue::merge::About;
use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) reimport: &'static str,
    pub(in crate::web) ask_note: &'static str,
    pub(in crate::web) compare: &'static str,
    pub(in crate::web) back: &'static str,
    pub(in crate::web) nothing_yet: &'static str,
    pub(in crate::web) from_to: fn(&str, &str) -> String,
    pub(in crate::web) other_number: fn(&str, &str) -> String,
    pub(in crate::web) elsewhere: fn(i64) -> String,
    pub(in crate::web) new_edition: &'static str,
    pub(in crate::web) nothing_differs: &'static str,
    pub(in crate::web) both: fn(usize) -> String,
    pub(in crate::web) both_note: &'static str,
    pub(in crate::web) was: &'static str,
    pub(in crate::web) mine: &'static str,
    pub(in crate::web) theirs: &'static str,
    pub(in crate::web) default: &'static str,
    pub(in crate::web) absent: &'static str,
    pub(in crate::web) by_article: &'static str,
    pub(in crate::web) facts: &'static str,
    pub(in crate::web) theirs_did: &'static str,
    pub(in crate::web) full: &'static str,
    pub(in crate::web) stays: &'static str,
    pub(in crate::web) against_now: &'static str,
    pub(in crate::web) asks: fn(usize, usize) -> String,
    pub(in crate::web) take: &'static str,
    pub(in crate::web) take_note: &'static str,
    pub(in crate::web) leave: &'static str,
    pub(in crate::web) done: fn(u32) -> String,
    pub(in crate::web) see_history: &'static str,
    pub(in crate::web) same: &'static str,
    pub(in crate::web) stale: &'static str,
    pub(in crate::web) is_gone: &'static str,
    pub(in crate::web) about: fn(About) -> &'static str,
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
    reimport: "换上修改后的原稿",
    ask_note: "上传改过的文件，先逐篇对比再决定换不换。您在这里改过的地方，只要原稿没有动，就照旧保留；两边都改了的地方，由您选。",
    compare: "上传并对比",
    back: "回到审阅",
    nothing_yet: "现在还什么都没有改。",
    from_to: |old, new| format!("新原稿《{new}》，对比现在的原稿《{old}》。"),
    other_number: |mine, theirs| {
        format!("请留意：这一期是{mine}，新原稿写的是{theirs}。也许拿错了文件；如果确实要换，期号也会按下面所列更改。")
    },
    elsewhere: |issue| format!("请留意：这份文件已经另外导入，是编号 {issue} 的那一期。换上以后，那一期还在。"),
    new_edition: "已经送审、签发或寄出的定稿都不会变。换上以后，这一期要重新送审才寄得出去。",
    nothing_differs: "新原稿读出来的文字和原来的一样，没有要改的地方。",
    both: |n| format!("两边都改了 {n} 处，请您选"),
    both_note: "您改过，新原稿也改了，而且改得不一样。不选就保留您的。",
    was: "原来的原稿",
    mine: "保留您的",
    theirs: "用新原稿的",
    default: "默认",
    absent: "（没有这一段）",
    by_article: "逐篇对比",
    facts: "期次信息",
    theirs_did: "新原稿改了",
    full: "全文",
    stays: "您的改动，照旧保留",
    against_now: "和这一期现在的内容相比（两边都改的地方按默认计）",
    asks: |open, kept| match (open, kept) {
        (0, 0) => "新原稿没有需要回答的问题。".to_owned(),
        (0, kept) => format!("新原稿的问题都已有回答（{kept} 个沿用原来的）。"),
        (open, 0) => format!("换上以后有 {open} 个问题要回答。"),
        (open, kept) => format!("换上以后有 {open} 个问题要回答，另有 {kept} 个沿用原来的回答。"),
    },
    take: "换上这份原稿",
    take_note: "换上以后可以在修改记录里一次撤销。",
    leave: "不换",
    done: |number| format!("已换上修改后的原稿（第 {number} 次修改）。"),
    see_history: "修改记录",
    same: "这一期用的就是这份原稿，没有再改。",
    stale: "您看对比的时候，这一期又有改动，所以没有换。下面是重新对比的结果，请再看一看、选一选。",
    is_gone: "这份文件已过期；请重新上传。",
    about: |about| match about {
        About::Passage => "一段文字",
        About::Article => "整篇文章",
        About::Order => "文章的顺序",
        About::Masthead => "刊头名称",
        About::Number => "期号",
        About::Date => "日期",
        About::Compiler => "编印单位",
        About::Subject => "邮件主题",
        About::Preheader => "导语",
        About::Imprint => "版末信息",
    },
};

static ENGLISH: Words = Words {
    reimport: "Take over a corrected manuscript",
    ask_note: "Upload the corrected file and compare it article by article before anything is changed. What you changed here stays wherever the manuscript did not; where both changed, you choose.",
    compare: "Upload and compare",
    back: "Back to the review",
    nothing_yet: "Nothing has been changed yet.",
    from_to: |old, new| format!("The new manuscript \"{new}\" beside the present one, \"{old}\"."),
    other_number: |mine, theirs| {
        format!(
            "Mind: this issue is {mine}, the new manuscript says {theirs}. It may be the wrong file; if you take it, the number changes as shown below."
        )
    },
    elsewhere: |issue| {
        format!("Mind: this file was also imported by itself, as issue {issue} here. That issue stays where it is.")
    },
    new_edition: "Editions that were submitted, approved or sent never change. The issue goes out only when it is submitted again.",
    nothing_differs: "The new manuscript reads just as the one before; there is nothing to change.",
    both: |n| format!("{n} changed on both sides: please choose"),
    both_note: "You changed these and so did the new manuscript, each otherwise. What you do not choose stays yours.",
    was: "The manuscript before",
    mine: "Keep yours",
    theirs: "Take the new manuscript's",
    default: "default",
    absent: "(not there)",
    by_article: "Article by article",
    facts: "Facts of the issue",
    theirs_did: "The new manuscript changed",
    full: "All of it",
    stays: "Your changes, which stay",
    against_now: "Against what the issue says now (where both changed, by the default)",
    asks: |open, kept| match (open, kept) {
        (0, 0) => "The new manuscript asks nothing.".to_owned(),
        (0, kept) => format!("Every question of the new manuscript is answered ({kept} as before)."),
        (open, 0) => format!("Then {open} questions are to be answered."),
        (open, kept) => format!("Then {open} questions are to be answered; {kept} keep their answer."),
    },
    take: "Take this manuscript over",
    take_note: "It can be undone as one in the history of changes.",
    leave: "Leave it",
    done: |number| format!("The corrected manuscript was taken over (change {number})."),
    see_history: "History of changes",
    same: "The issue is of just this manuscript already; nothing more was changed.",
    stale: "While you looked at the comparison the issue was changed, so nothing was done. Here it is compared anew; please look and choose again.",
    is_gone: "This file is not kept any more; upload it again.",
    about: |about| match about {
        About::Passage => "A passage",
        About::Article => "A whole article",
        About::Order => "The order of the articles",
        About::Masthead => "The name on the masthead",
        About::Number => "The number",
        About::Date => "The date",
        About::Compiler => "Who compiled it",
        About::Subject => "The subject",
        About::Preheader => "What an inbox shows",
        About::Imprint => "The imprint",
    },
};
