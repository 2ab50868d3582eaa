//! What the pages say of groups: readers chosen by a rule.

use crate::domain::group::How;
use crate::domain::language::Language;

/// The words of these rooms.
pub(in crate::web) struct Words {
    pub(in crate::web) groups: &'static str,
    pub(in crate::web) group: &'static str,
    pub(in crate::web) what: &'static str,
    pub(in crate::web) none: &'static str,
    pub(in crate::web) new: &'static str,
    pub(in crate::web) edit: &'static str,
    pub(in crate::web) save: &'static str,
    pub(in crate::web) cancel: &'static str,
    pub(in crate::web) latest: &'static str,
    pub(in crate::web) remove: &'static str,
    pub(in crate::web) remove_note: &'static str,
    pub(in crate::web) remove_yes: &'static str,
    pub(in crate::web) name: &'static str,
    pub(in crate::web) name_hint: &'static str,
    pub(in crate::web) how: &'static str,
    pub(in crate::web) how_of: fn(How) -> &'static str,
    pub(in crate::web) field: &'static str,
    pub(in crate::web) no_field: &'static str,
    pub(in crate::web) relation: &'static str,
    pub(in crate::web) value: &'static str,
    pub(in crate::web) hint: &'static str,
    pub(in crate::web) look: &'static str,
    /// How many were found, and whether that is all.
    pub(in crate::web) found: fn(usize, bool) -> String,
    pub(in crate::web) only_first: fn(usize) -> String,
    pub(in crate::web) nobody: &'static str,
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
    groups: "读者组",
    group: "读者组",
    what: "读者组由条件组成：现在符合条件的读者就在组里，资料或订阅一变，组也跟着变。可用来查找、导出和批量操作；投递仍按名单。",
    none: "还没有读者组。",
    new: "新建读者组",
    edit: "修改条件",
    save: "保存",
    cancel: "取消",
    latest: "看最新的条件",
    remove: "删除读者组",
    remove_note: "只删除这组条件；读者和订阅都不变。",
    remove_yes: "删除",
    name: "名称",
    name_hint: "例如：各地科技局",
    how: "读者须符合",
    how_of: |how| match how {
        How::All => "全部条件（且）",
        How::Any => "任一条件（或）",
    },
    field: "项目",
    no_field: "（不用这一行）",
    relation: "关系",
    value: "内容",
    hint: "选未填、已填时不用写内容。名单写名称；状态写在订、待确认、已退出或停发，按本刊全部名单来看；日期写成 2026-01-31。\
           条件不够时，先按“查看结果”，会多出一行。",
    look: "查看结果",
    found: |n, is_all| match (n, is_all) {
        (n, true) => format!("现有 {n} 位读者"),
        (0, false) => "读者太多，只看了一部分，其中还没有符合条件的。".to_owned(),
        (n, false) => format!("至少 {n} 位读者（读者太多，只数了一部分）"),
    },
    only_first: |n| format!("这里只列出前 {n} 位。"),
    nobody: "没有符合条件的读者。",
};

static ENGLISH: Words = Words {
    groups: "Groups",
    group: "Saved group",
    what: "A group is made of conditions: whoever fits them now is in it, and it changes as readers do. It serves to find, \
           export and act on many; a dispatch goes to lists.",
    none: "There is no group yet.",
    new: "New group",
    edit: "Change conditions",
    save: "Save",
    cancel: "Cancel",
    latest: "See it as it is now",
    remove: "Remove the group",
    remove_note: "Only the conditions are removed; readers and subscriptions stay.",
    remove_yes: "Remove",
    name: "Name",
    name_hint: "Science offices, for example",
    how: "Readers must fit",
    how_of: |how| match how {
        How::All => "all conditions",
        How::Any => "any of them",
    },
    field: "Field",
    no_field: "(not used)",
    relation: "Relation",
    value: "Value",
    hint: "“is empty” and “is filled in” need no value. Write a list by its name; a state as active, pending, ended or \
           suppressed, over all lists of the publication; a day as 2026-01-31. “Show whom” gives one more line.",
    look: "Show whom",
    found: |n, is_all| match (n, is_all) {
        (1, true) => "1 reader now".to_owned(),
        (n, true) => format!("{n} readers now"),
        (0, false) => "There are too many readers to look at each; none of those looked at fits.".to_owned(),
        (n, false) => format!("{n} readers at least (there are too many to look at each)"),
    },
    only_first: |n| format!("Only the first {n} are shown."),
    nobody: "Nobody fits.",
};
