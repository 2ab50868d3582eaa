//! What the pages say of the files that go with an issue's letters.

use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) count: fn(usize) -> String,
    pub(in crate::web) lede: &'static str,
    pub(in crate::web) none: &'static str,
    pub(in crate::web) together: fn(&str, &str) -> String,
    pub(in crate::web) choose: &'static str,
    pub(in crate::web) hint: &'static str,
    pub(in crate::web) add: &'static str,
    pub(in crate::web) remove: fn(&str) -> String,
    pub(in crate::web) remove_short: &'static str,
    pub(in crate::web) nothing: &'static str,
    pub(in crate::web) too_large: fn(&str) -> String,
    pub(in crate::web) back: &'static str,
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
    title: "附件",
    count: |n| format!("附件（{n}）"),
    lede: "随信寄给每位读者的文件，例如要填的申报表、本期的 PDF；信末会列出文件名和大小。",
    none: "这一期没有附件。",
    together: |all, most| format!("共 {all}，上限 {most}"),
    choose: "选择文件（可多选）",
    hint: "文件名可以用中文。程序、带宏的文档等会被各家邮箱拒收，这里也不收。附件按添加的先后排列。",
    add: "添加附件",
    remove: |name| format!("移除 {name}"),
    remove_short: "移除",
    nothing: "还没有选择文件；请先选择，再点“添加附件”。",
    too_large: |most| format!("文件太大，没有添加：附件合计最多 {most}。请压缩文件，或放到网上，在文章里给出链接。"),
    back: "回到期次信息",
};

static ENGLISH: Words = Words {
    title: "Attachments",
    count: |n| format!("Attachments ({n})"),
    lede: "Files that go to every reader with the letter, such as a form to fill in or the issue as a PDF; the end of the letter \
           lists them by name and size.",
    none: "No file goes with this issue.",
    together: |all, most| format!("{all} of {most} together"),
    choose: "Choose files",
    hint: "Programs, documents with macros and the like are refused by mail providers, and so they are here. The order is the one \
           in which they were added.",
    add: "Attach",
    remove: |name| format!("Remove {name}"),
    remove_short: "Remove",
    nothing: "No file was chosen; choose one, then press “Attach”.",
    too_large: |most| {
        format!(
            "The file is too large, so nothing was attached: all of them may have {most} together. Make it smaller, or give a link in \
             an article."
        )
    },
    back: "To the issue's facts",
};
