//! What the pages say of home and of publications.

use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) hello: [&'static str; 2],
    pub(in crate::web) for_you: &'static str,
    pub(in crate::web) nothing: &'static str,
    pub(in crate::web) questions: fn(usize) -> String,
    pub(in crate::web) to_submit: &'static str,
    pub(in crate::web) sent_back: &'static str,
    pub(in crate::web) to_approve: &'static str,
    pub(in crate::web) to_dispatch: &'static str,
    pub(in crate::web) running: &'static str,
    pub(in crate::web) held: &'static str,
    pub(in crate::web) uncertain_notices: &'static str,
    pub(in crate::web) last: &'static str,
    pub(in crate::web) next: &'static str,
    pub(in crate::web) next_paused: &'static str,
    pub(in crate::web) new_issue: &'static str,
    pub(in crate::web) no_publications: &'static str,
    pub(in crate::web) begin: &'static str,
    pub(in crate::web) done: &'static str,
    /// What is to be done, why, and what its button says; so the other steps.
    pub(in crate::web) step_publication: [&'static str; 3],
    pub(in crate::web) step_relay: [&'static str; 3],
    pub(in crate::web) step_readers: [&'static str; 3],
    pub(in crate::web) step_issue: [&'static str; 3],
    pub(in crate::web) issues: &'static str,
    pub(in crate::web) no_issues: &'static str,
    pub(in crate::web) document: &'static str,
    pub(in crate::web) taken_in: &'static str,
    pub(in crate::web) sender: &'static str,
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
    for_you: "需要您处理",
    nothing: "现在没有需要您处理的事。",
    questions: |n| format!("{n} 个问题待确认"),
    to_submit: "可以预览、送审",
    sent_back: "被退回，请修改",
    to_approve: "等您签发",
    to_dispatch: "已签发，可以投递",
    running: "正在投递",
    held: "投递已暂停，等待处理",
    uncertain_notices: "有通知信不知道是否寄到，请了结",
    last: "最近投递",
    next: "下次排期",
    next_paused: "排期已暂停",
    new_issue: "导入新一期",
    no_publications: "还没有您可以处理的刊物。",
    begin: "寄出第一期之前",
    done: "已完成",
    step_publication: ["建立刊物", "刊名、发件人、几人签发。", "新建刊物"],
    step_relay: ["设置发信通道，并测试一次", "没有走得通的发信通道，什么也寄不出去。", "查看、测试发信通道"],
    step_readers: ["建立名单，录入读者", "可以直接导入 .xlsx 或 .csv 名册。", "建立名单"],
    step_issue: ["导入第一期", "把原稿拖进来或粘贴，程序会分出文章，拿不准的地方问您。", "导入第一期"],
    issues: "各期",
    no_issues: "还没有任何一期。",
    document: "原稿",
    taken_in: "导入时间",
    sender: "发件人",
};

static ENGLISH: Words = Words {
    hello: ["Good day, ", ""],
    for_you: "Waiting for you",
    nothing: "Nothing waits for you now.",
    questions: |n| if n == 1 { "1 question to answer".to_owned() } else { format!("{n} questions to answer") },
    to_submit: "ready to preview and submit",
    sent_back: "sent back for changes",
    to_approve: "waits for your approval",
    to_dispatch: "approved, can be dispatched",
    running: "going out now",
    held: "paused while going out",
    uncertain_notices: "of some letters to accounts nobody knows whether they came",
    last: "Last dispatches",
    next: "Next date",
    next_paused: "schedule paused",
    new_issue: "Bring a new issue",
    no_publications: "There is no publication that you work for yet.",
    begin: "Before the first issue goes out",
    done: "done",
    step_publication: ["Make a publication", "Its name, its sender, how many approve.", "New publication"],
    step_relay: [
        "Set a relay, and test it",
        "Without a relay that stands nothing goes out.",
        "Look at the relays and test them",
    ],
    step_readers: ["Make a list and bring its readers", "From a roster in .xlsx or .csv.", "Make a list"],
    step_issue: [
        "Bring the first issue",
        "Drop or paste a manuscript; what is doubtful is asked.",
        "Bring the first issue",
    ],
    issues: "Issues",
    no_issues: "There is no issue yet.",
    document: "Manuscript",
    taken_in: "Brought",
    sender: "Sender",
};
