//! What the pages say of an issue: its state, and the steps from a manuscript to its readers.

use crate::domain::issue::State;
use crate::domain::language::Language;
use crate::web::desk::Step;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) untitled: &'static str,
    pub(in crate::web) numbered: fn(Option<i32>, u32) -> String,
    pub(in crate::web) facts: &'static str,
    pub(in crate::web) steps: &'static str,
    pub(in crate::web) done: &'static str,
    pub(in crate::web) state: fn(State) -> String,
    pub(in crate::web) step: fn(Step) -> &'static str,
    pub(in crate::web) next: fn(Step) -> &'static str,
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
    untitled: "（未标期号）",
    numbered: |year, number| match year {
        Some(year) => format!("{year}年第{number}期"),
        None => format!("第{number}期"),
    },
    facts: "期次信息",
    steps: "本期步骤",
    done: "已完成",
    state: |state| match state {
        State::Draft { open } => format!("草稿，{open} 个问题待确认"),
        State::Ready => "可以送审".to_owned(),
        State::InReview { given, needed } => format!("签发中，{given}/{needed} 人已同意"),
        State::SentBack => "已退回，请修改".to_owned(),
        State::Approved => "已签发".to_owned(),
        State::Scheduled(_) => "已排定投递".to_owned(),
        State::GoingOut { paused: false } => "投递中".to_owned(),
        State::GoingOut { paused: true } => "投递已暂停".to_owned(),
        State::Out { changed: false } => "已投递".to_owned(),
        State::Out { changed: true } => "已投递，之后有改动".to_owned(),
    },
    step: |step| match step {
        Step::Review => "审阅",
        Step::Edit => "编辑",
        Step::Facts => "期次信息",
        Step::Preview => "预览",
        Step::Approval => "签发",
        Step::Dispatch => "投递",
    },
    next: |step| match step {
        Step::Review => "去回答问题",
        Step::Edit => "去编辑",
        Step::Facts => "去核对期次信息",
        Step::Preview => "去预览",
        Step::Approval => "去签发",
        Step::Dispatch => "去投递",
    },
};

static ENGLISH: Words = Words {
    untitled: "(no number yet)",
    numbered: |year, number| match year {
        Some(year) => format!("No. {number}, {year}"),
        None => format!("No. {number}"),
    },
    facts: "Issue facts",
    steps: "Steps of this issue",
    done: "done",
    state: |state| match state {
        State::Draft { open: 1 } => "draft, 1 question open".to_owned(),
        State::Draft { open } => format!("draft, {open} questions open"),
        State::Ready => "ready to submit".to_owned(),
        State::InReview { given, needed } => format!("in review, {given} of {needed} approvals"),
        State::SentBack => "sent back for changes".to_owned(),
        State::Approved => "approved".to_owned(),
        State::Scheduled(_) => "scheduled".to_owned(),
        State::GoingOut { paused: false } => "going out".to_owned(),
        State::GoingOut { paused: true } => "paused while going out".to_owned(),
        State::Out { changed: false } => "out".to_owned(),
        State::Out { changed: true } => "out, changed since".to_owned(),
    },
    step: |step| match step {
        Step::Review => "Review",
        Step::Edit => "Edit",
        Step::Facts => "Issue facts",
        Step::Preview => "Preview",
        Step::Approval => "Approval",
        Step::Dispatch => "Dispatch",
    },
    next: |step| match step {
        Step::Review => "Answer the questions",
        Step::Edit => "Edit the articles",
        Step::Facts => "Check the facts",
        Step::Preview => "Go to the preview",
        Step::Approval => "Go to the approval",
        Step::Dispatch => "Go to the dispatch",
    },
};
