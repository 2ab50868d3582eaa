//! What the pages say about tokens, by which programs act for an account.

use crate::domain::language::Language;
use crate::domain::token::Scope;

/// The words of this room.
pub(in crate::web) struct Words {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) what: &'static str,
    pub(in crate::web) link: &'static str,
    pub(in crate::web) make: &'static str,
    pub(in crate::web) name: &'static str,
    pub(in crate::web) name_hint: &'static str,
    pub(in crate::web) scopes: &'static str,
    pub(in crate::web) scope: fn(Scope) -> &'static str,
    pub(in crate::web) publication: &'static str,
    pub(in crate::web) all: &'static str,
    pub(in crate::web) days: &'static str,
    pub(in crate::web) days_hint: &'static str,
    pub(in crate::web) no_publication: &'static str,
    pub(in crate::web) no_days: &'static str,
    pub(in crate::web) made: &'static str,
    pub(in crate::web) once: &'static str,
    pub(in crate::web) used: &'static str,
    pub(in crate::web) never: &'static str,
    pub(in crate::web) until: &'static str,
    pub(in crate::web) over: &'static str,
    pub(in crate::web) revoke: &'static str,
    pub(in crate::web) revoke_note: &'static str,
    pub(in crate::web) none: &'static str,
    pub(in crate::web) how: &'static str,
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
    title: "接口令牌",
    what: "程序凭令牌以您的账号办事：权限不会超过您的账号，也不能签发。您失去的权限，令牌同时失去。",
    link: "接口令牌（供程序使用）",
    make: "生成令牌",
    name: "名称",
    name_hint: "写明给哪个程序用，例如：排版系统导入。",
    scopes: "可以做的事",
    scope: |scope| match scope {
        Scope::Import => "导入原稿、回答问题、送审",
        Scope::Dispatch => "发起、暂停、继续、取消投递",
        Scope::Read => "查看刊物、各期和投递进度",
        Scope::Log => "查看投递流水（含地址）",
        Scope::Readers => "查看和维护读者、名单",
    },
    publication: "刊物",
    all: "本账号的所有刊物",
    days: "有效天数",
    days_hint: "1 至 365 天；到期自动失效。",
    no_publication: "没有这份刊物；请重新选择。",
    no_days: "请填写 1 至 365 之间的天数。",
    made: "令牌已生成，请现在复制：",
    once: "它只显示这一次；丢失了就撤销它，再生成一个。",
    used: "最近使用",
    never: "还没用过",
    until: "有效至",
    over: "已过期",
    revoke: "撤销",
    revoke_note: "使用它的程序会立即停止工作。",
    none: "还没有令牌。",
    how: "接口说明",
};

static ENGLISH: Words = Words {
    title: "Tokens",
    what: "By a token a program acts as your account: never further than the account may, and it cannot approve. What \
           your account loses, its tokens lose at once.",
    link: "Tokens for programs",
    make: "Make a token",
    name: "Name",
    name_hint: "Say which program it is for.",
    scopes: "What it is for",
    scope: |scope| match scope {
        Scope::Import => "import documents, answer questions, submit",
        Scope::Dispatch => "start, pause, resume and cancel dispatches",
        Scope::Read => "see publications, issues and how dispatches stand",
        Scope::Log => "see the delivery log, with addresses",
        Scope::Readers => "see and keep readers and lists",
    },
    publication: "Publication",
    all: "all of this account",
    days: "Days",
    days_hint: "1 to 365; then it ends by itself.",
    no_publication: "There is no such publication; choose again.",
    no_days: "Say for how many days: 1 to 365.",
    made: "The token is made; copy it now:",
    once: "It is shown this once. If it is lost, revoke it and make another.",
    used: "Used last",
    never: "never",
    until: "Until",
    over: "has ended",
    revoke: "Revoke",
    revoke_note: "The program that uses it stops working at once.",
    none: "There is no token yet.",
    how: "How to use the API",
};
