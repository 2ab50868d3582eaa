//! What the pages say of previews and test letters.

use crate::compose::Doubt;
use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) both: &'static str,
    pub(in crate::web) dark: &'static str,
    pub(in crate::web) bare: &'static str,
    pub(in crate::web) html: &'static str,
    pub(in crate::web) dark_note: &'static str,
    pub(in crate::web) bare_note: &'static str,
    pub(in crate::web) frozen: &'static str,
    pub(in crate::web) as_it_is: &'static str,
    pub(in crate::web) preheader: &'static str,
    pub(in crate::web) size: &'static str,
    pub(in crate::web) size_is: fn(usize) -> String,
    pub(in crate::web) size_said: fn(Heavy) -> &'static str,
    pub(in crate::web) weight: &'static str,
    pub(in crate::web) weight_is: fn(usize, usize) -> String,
    pub(in crate::web) weight_said: fn(Heavy) -> &'static str,
    pub(in crate::web) checks: &'static str,
    pub(in crate::web) all_well: &'static str,
    pub(in crate::web) must: &'static str,
    pub(in crate::web) look: &'static str,
    pub(in crate::web) questions: fn(usize) -> String,
    pub(in crate::web) to_questions: &'static str,
    pub(in crate::web) doubt: fn(&Doubt) -> String,
    pub(in crate::web) to_edit: &'static str,
    pub(in crate::web) to_facts: &'static str,
    pub(in crate::web) unprintable: &'static str,
    pub(in crate::web) any_size: &'static str,
    pub(in crate::web) any_size_note: &'static str,
    pub(in crate::web) limit: &'static str,
    pub(in crate::web) limit_note: &'static str,
    pub(in crate::web) try_it: &'static str,
    pub(in crate::web) try_note: &'static str,
    pub(in crate::web) address: fn(usize) -> String,
    pub(in crate::web) try_button: &'static str,
    pub(in crate::web) bad_address: fn(&str) -> String,
    pub(in crate::web) trials: &'static str,
    pub(in crate::web) no_trials: &'static str,
    pub(in crate::web) renews: &'static str,
    pub(in crate::web) nobody_sends: &'static str,
    pub(in crate::web) waits_long: &'static str,
    pub(in crate::web) another: &'static str,
    pub(in crate::web) answer: &'static str,
    pub(in crate::web) no_answer_yet: &'static str,
}

/// How heavy a letter is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Heavy {
    No,
    Rather,
    Beyond,
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
    title: "预览",
    both: "手机与电脑",
    dark: "深色",
    bare: "不显示图片",
    html: "HTML 源码",
    dark_note: "设备设为深色模式时，大多数邮箱这样显示；个别邮箱会自行换色。",
    bare_note: "许多邮箱起初不显示图片，这时读者看到的就是这样。",
    frozen: "内容已经定稿，寄出的就是它。",
    as_it_is: "这是现在的内容寄出去的样子；改动后会随之变化。",
    preheader: "预览文字",
    size: "邮件大小",
    size_is: |kb| format!("{kb} KB，上限 100 KB"),
    size_said: |heavy| match heavy {
        Heavy::No => "大小合适。",
        Heavy::Rather => "偏大：手机打开较慢，可考虑分成两期。",
        Heavy::Beyond => "过大：Gmail 会截断 102 KB 以后的内容，请分成两期。",
    },
    weight: "连同图片",
    weight_is: |pictures, kb| format!("{pictures} 张图片，整封邮件 {kb} KB，上限 5120 KB"),
    weight_said: |heavy| match heavy {
        Heavy::No => "大小合适。",
        Heavy::Rather | Heavy::Beyond => "偏大：每位读者都要收一份，手机上要等好几秒；请在原稿中压缩图片。",
    },
    checks: "检查",
    all_well: "没有发现问题。",
    must: "须改",
    look: "请看",
    questions: |n| format!("导入时的 {n} 个问题还没有回答，回答后才能送审和寄出。"),
    to_questions: "去审阅",
    doubt: |doubt| match doubt {
        Doubt::LongSubject(wide) => {
            format!("主题约 {wide} 个汉字，手机上只显示前 30 个左右；第一篇标题可以短一些。")
        }
        Doubt::Undated => "没有出版日期，信上不会显示日期。".to_owned(),
        Doubt::Empty { article } => format!("《{article}》只有标题，没有正文。"),
        Doubt::DeadLink { article, words } => format!("《{article}》中的链接“{words}”读者打不开。"),
        Doubt::NoWords { article } => format!("《{article}》中有一张图片没有说明文字，看不到图片的读者什么也得不到。"),
    },
    to_edit: "去查看",
    to_facts: "去填写",
    unprintable: "现在还不能成信",
    any_size: "照样寄出",
    any_size_note: "也可以照样寄出：Gmail 会截断 102 KB 以后的内容，读者要再点一次才看到全文；其他邮箱会显示全文。审计日志会记下这个决定。",
    limit: "恢复 100 KB 上限",
    limit_note: "已允许这一期的正文超过 100 KB。",
    try_it: "寄测试信",
    try_note: "主题前会加“[测试]”，信的最上方也会注明，不会与正式的一期混淆。",
    address: |n| format!("邮箱地址 {n}"),
    try_button: "寄测试信",
    bad_address: |text| format!("“{text}”不是完整的邮箱地址，请检查，例如 name@office.example。"),
    trials: "测试信",
    no_trials: "这一期还没有寄过测试信。",
    renews: "正在等对方服务器答复，本页会自动更新。",
    nobody_sends: "本站现在没有在寄信，测试信会排队等待。请管理员检查发信通道。",
    waits_long: "已经等了一会儿还没有开始寄：可能没有设置发信通道，或寄信程序没有运行。请管理员检查。",
    another: "再寄一封",
    answer: "对方服务器的答复",
    no_answer_yet: "还没有答复",
};

static ENGLISH: Words = Words {
    title: "Preview",
    both: "Phone and desktop",
    dark: "Dark",
    bare: "Pictures off",
    html: "HTML source",
    dark_note: "How most programs show it on a device set to dark; a few choose colours of their own.",
    bare_note: "Many programs show no pictures at first; this is what readers see then.",
    frozen: "It is frozen as an edition; this is what goes out.",
    as_it_is: "This is how it would go out as it is now; it changes as you change it.",
    preheader: "Preview text",
    size: "Size",
    size_is: |kb| format!("{kb} KB of 100 KB"),
    size_said: |heavy| match heavy {
        Heavy::No => "A good size.",
        Heavy::Rather => "Heavy: phones are slow with it; think of dividing the issue.",
        Heavy::Beyond => "Too heavy: Gmail hides what follows 102 KB; divide the issue in two.",
    },
    weight: "With pictures",
    weight_is: |pictures, kb| match pictures {
        1 => format!("1 picture, {kb} KB of 5120 KB in all"),
        n => format!("{n} pictures, {kb} KB of 5120 KB in all"),
    },
    weight_said: |heavy| match heavy {
        Heavy::No => "A good size.",
        Heavy::Rather | Heavy::Beyond => {
            "Heavy: every reader gets a copy, and phones take seconds over it; make the pictures smaller in the document."
        }
    },
    checks: "Checks",
    all_well: "Nothing was found.",
    must: "Must",
    look: "Look",
    questions: |n| match n {
        1 => "1 question of the import is open; it can be submitted and go out when that is answered.".to_owned(),
        n => format!("{n} questions of the import are open; it can be submitted and go out when all are answered."),
    },
    to_questions: "To the review",
    doubt: |doubt| match doubt {
        Doubt::LongSubject(wide) => {
            format!("The subject is as wide as {wide} Han characters; phones show about 30: shorten the first title.")
        }
        Doubt::Undated => "There is no date of issue, so the letter shows none.".to_owned(),
        Doubt::Empty { article } => format!("“{article}” has a title, but no text."),
        Doubt::DeadLink { article, words } => {
            format!("The link “{words}” in “{article}” leads nowhere readers can go.")
        }
        Doubt::NoWords { article } => {
            format!("A picture in “{article}” has no words, so whoever does not see it gets nothing of it.")
        }
    },
    to_edit: "Look",
    to_facts: "Fill in",
    unprintable: "It cannot be a letter yet",
    any_size: "Send it as it is",
    any_size_note: "It can go as it is: Gmail hides what follows 102 KB behind a link, other programs show all of it. The audit notes who decided so.",
    limit: "Keep to 100 KB again",
    limit_note: "This issue may have more than 100 KB.",
    try_it: "Test letters",
    try_note: "The subject begins with “[Test]” and a line at the top says so, so that nobody takes it for the issue.",
    address: |n| format!("Address {n}"),
    try_button: "Send test letters",
    bad_address: |text| format!("“{text}” is no full address; check it, for example name@office.example."),
    trials: "Test letters",
    no_trials: "No test letter of this issue has been sent.",
    renews: "Waiting for the server's answer; this page renews itself.",
    nobody_sends: "Nothing is sent at the moment, so the test letter waits. Ask an admin to look at the relay.",
    waits_long: "It has waited for a while: perhaps no relay is set, or the sending process does not run. Ask an admin.",
    another: "Send another",
    answer: "The server's answer",
    no_answer_yet: "no answer yet",
};
