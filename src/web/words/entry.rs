//! What the pages say about accounts: signing in, and one's own account.

use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) sign_in: &'static str,
    pub(in crate::web) sign_out: &'static str,
    pub(in crate::web) email: &'static str,
    pub(in crate::web) password: &'static str,
    pub(in crate::web) wrong: &'static str,
    pub(in crate::web) resting: fn(u64) -> String,
    pub(in crate::web) forgot: &'static str,
    pub(in crate::web) crowded: fn(u64) -> String,
    pub(in crate::web) no_password: &'static str,
    pub(in crate::web) welcome: &'static str,
    pub(in crate::web) choose: &'static str,
    pub(in crate::web) first: &'static str,
    pub(in crate::web) new_password: &'static str,
    pub(in crate::web) old_password: &'static str,
    pub(in crate::web) password_hint: fn(usize) -> String,
    pub(in crate::web) enter: &'static str,
    pub(in crate::web) no_email: &'static str,
    pub(in crate::web) account: &'static str,
    pub(in crate::web) name: &'static str,
    pub(in crate::web) save: &'static str,
    pub(in crate::web) sessions: &'static str,
    pub(in crate::web) device: &'static str,
    pub(in crate::web) since: &'static str,
    pub(in crate::web) until: &'static str,
    pub(in crate::web) this_one: &'static str,
    pub(in crate::web) end: &'static str,
    pub(in crate::web) change_password: &'static str,
    pub(in crate::web) changed: &'static str,
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
    sign_in: "登录",
    sign_out: "退出",
    email: "邮箱",
    password: "密码",
    wrong: "邮箱或密码不对。请再输入一次；忘记密码，请点下面的“忘记密码？”。",
    resting: |seconds| {
        if seconds < 60 {
            format!("连续输错次数较多，请 {seconds} 秒后再试。")
        } else {
            format!("连续输错次数太多，请 {} 分钟后再试；忘记密码，请点下面的“忘记密码？”。", seconds.div_ceil(60))
        }
    },
    forgot: "忘记密码？",
    no_password: "还没有密码？请管理员发一个链接，打开后自己设定。",
    crowded: |seconds| format!("从您所在的网络登录失败的次数太多，请 {seconds} 秒后再试。"),
    welcome: "欢迎使用驿站",
    choose: "请为您的账号设定密码。",
    first: "这里还没有账号。您设定的第一个账号是总管理员。",
    new_password: "新密码",
    old_password: "原密码",
    password_hint: |shortest| format!("至少 {shortest} 个字符；一句好记的话就很好。"),
    enter: "进入",
    no_email: "这不是一个完整的邮箱地址，请检查，例如 name@office.example。",
    account: "我的账号",
    name: "姓名",
    save: "保存",
    sessions: "已登录的浏览器",
    device: "浏览器",
    since: "登录时间",
    until: "有效至",
    this_one: "就是这一个",
    end: "退出它",
    change_password: "修改密码",
    changed: "密码已修改；其他浏览器都已退出。",
};

static ENGLISH: Words = Words {
    sign_in: "Sign in",
    sign_out: "Sign out",
    email: "Email",
    password: "Password",
    wrong: "The address or the password is wrong. Try once more; if you forgot it, follow “Forgot the password?” below.",
    resting: |seconds| {
        if seconds < 60 {
            format!("Too many wrong passwords in a row: try again in {seconds} s.")
        } else {
            format!(
                "Too many wrong passwords in a row: try again in {} min, or follow “Forgot the password?” below.",
                seconds.div_ceil(60)
            )
        }
    },
    forgot: "Forgot the password?",
    no_password: "No password yet? Ask an admin for a link, and choose one there.",
    crowded: |seconds| format!("Too many failed sign-ins from your network: try again in {seconds} s."),
    welcome: "Welcome to Yizhan",
    choose: "Choose a password for your account.",
    first: "There is no account yet. The first one is the admin of the house.",
    new_password: "New password",
    old_password: "Old password",
    password_hint: |shortest| format!("{shortest} characters or more; a sentence that you remember does well."),
    enter: "Go in",
    no_email: "This is no whole email address; it looks like name@office.example.",
    account: "My account",
    name: "Name",
    save: "Save",
    sessions: "Browsers signed in",
    device: "Browser",
    since: "Since",
    until: "Until",
    this_one: "this one",
    end: "Sign it out",
    change_password: "Change password",
    changed: "The password is changed; all other browsers are signed out.",
};
