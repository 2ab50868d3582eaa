//! What the pages say of the audit's details. The actions write them in English, each in one of a few forms; here each
//! form has its Chinese one. What fits no form, a person's own words above all, is shown as it was written.

use super::{Words, house, schedule, token};
use crate::domain::account::Role;
use crate::domain::delivery::State;
use crate::domain::language::Language;
use crate::domain::schedule::Calendar;
use crate::domain::schedule::rhythm::Rhythm;
use crate::domain::token::Scope;

/// The forms, the longest first where one begins another. `{n}` is a number; `{w}` words of the code, in a row; `{t}` any
/// text; `{account}` and `{publication}` the number of one, whose name is shown instead.
const FORMS: [(&str, &str); 35] = [
    ("import {n}: {n} joined, {n} saved", "第 {n} 次导入：新加入 {n} 人，存下 {n} 人的资料"),
    (
        "import {n}: {n} off the list, {n} as before, {n} forgotten",
        "第 {n} 次导入：移出名单 {n} 人，恢复原样 {n} 人，删去 {n} 人",
    ),
    ("{n} joined, {n} saved", "新加入 {n} 人，存下 {n} 人的资料"),
    ("{n} joined {t}", "{n} 人加入 {t}"),
    ("{n} readers off {w}: {t}", "{n} 位读者移出 {w}：{t}"),
    ("{n} readers: {t}", "{n} 位读者：{t}"),
    ("{n} readers", "{n} 位读者"),
    ("csv, those a search found", "CSV，查到的那些"),
    ("xlsx, those a search found", "Excel，查到的那些"),
    ("{n} departures, {n} subscriptions ended, {n} revived", "{n} 次退订，结束订阅 {n} 项，恢复 {n} 项"),
    (
        "{t}: {n} uncertain, {n} dispatches called off, {n} schedules paused",
        "{n} 封不确定，取消 {n} 个投递任务，暂停 {n} 个排期（{t}）",
    ),
    ("{n} of {n} failed, {n} suppressed", "拒收 {n} 封（共寄 {n} 封），停发 {n} 个地址"),
    ("sender refused", "对方不接受这个发件人"),
    ("edition unfit", "定稿不合邮件规范"),
    ("document {n} instead of {n}", "原稿 {n}，换下原稿 {n}"),
    ("document {n}", "原稿 {n}"),
    ("delivery {n} as {w}", "第 {n} 号判为{w}"),
    ("delivery {n}", "投递 {n}"),
    ("from edit {n}", "自第 {n} 处修改起"),
    ("{n} bytes: {t}", "{t}（{n} 字节）"),
    ("{n} bytes", "{n} 字节"),
    ("{w}, round {n}", "{w}，第 {n} 轮"),
    (
        "{n} failed, {n} expired, {n} missed, {n} stay: {t}",
        "被拒收 {n} 封、已过期 {n} 封、漏寄 {n} 封再寄，{n} 封不动：{t}",
    ),
    ("{n} failed, {n} expired, {n} missed, {n} stay", "被拒收 {n} 封、已过期 {n} 封、漏寄 {n} 封再寄，{n} 封不动"),
    ("boot {n}: {n} back in the queue, {n} uncertain", "第 {n} 次启动：{n} 封回到队列，{n} 封不确定"),
    ("publication {publication}: {t}", "{publication}：{t}"),
    ("publication {publication}", "{publication}"),
    ("{t}; it was suppressed for: {t}", "{t}；此前停发的原因：{t}"),
    ("account {account}: all {n}", "{account} 的全部 {n} 个令牌"),
    ("account {account}: {w}, publication {publication}, {n} days", "{account}：{w}，只在 {publication}，{n} 天"),
    ("account {account}: {w}, {n} days", "{account}：{w}，{n} 天"),
    ("account {account}", "{account}"),
    ("{n} up to {t}", "{n} 次，最后一次是 {t}"),
    ("{t}: dispatch {n}", "{t}：投递任务 {n}"),
    ("{n} as {w}", "{n} 封判为{w}"),
];

/// How accounts and publications are called, by their numbers.
pub(in crate::web) struct Names<'a> {
    pub(in crate::web) account: &'a dyn Fn(&str) -> Option<String>,
    pub(in crate::web) publication: &'a dyn Fn(&str) -> Option<String>,
}

/// A detail of what was done, as people read it.
pub(in crate::web) fn detail(language: Language, (verb, noun): (&str, &str), text: &str, names: &Names<'_>) -> String {
    if language == Language::Chinese
        && let Some(said) = by_verb((verb, noun), text)
    {
        return said;
    }
    let found = FORMS.iter().find_map(|form| Some((form, captures(form.0, text)?)));
    match (found, language) {
        (Some(((_, chinese), pieces)), Language::Chinese) => filled(chinese, &pieces, language, names),
        (Some(((english, _), pieces)), Language::English) => filled(english, &pieces, language, names),
        (None, Language::Chinese) => words(text),
        (None, Language::English) => text.to_owned(),
    }
}

/// Details that only their verb explains.
fn by_verb(done: (&str, &str), text: &str) -> Option<String> {
    match done {
        ("answer" | "take back answer", _) => Some(format!("{} 个问题", text.split(' ').count())),
        ("refuse entry", _) => Some(format!("连续 {text} 次")),
        ("submit", "edition") => text.strip_prefix("issue ").map(|issue| format!("期 {issue}")),
        ("set", "schedule") => {
            let rhythm = Rhythm::of(&text.parse::<Calendar>().ok()?)?;
            Some((schedule::Words::of(Language::Chinese).rhythm)(rhythm))
        }
        ("leave" | "bring back", _) => {
            let rest = text.strip_prefix("list ")?;
            Some(rest.split_once(": ").map_or_else(|| format!("名单 {rest}"), |(id, why)| format!("名单 {id}：{why}")))
        }
        ("fire", _) => {
            let (label, became) = text.rsplit_once(": ")?;
            let became = match became {
                "nothing-ready" => "没有可以寄的一期",
                "missed" => "错过了",
                _ => return None,
            };
            Some(format!("{label}：{became}"))
        }
        _ => None,
    }
}

/// What stands in a text at the places of a form, each with its place's name; none where it has another form.
fn captures<'f, 't>(form: &'f str, text: &'t str) -> Option<Vec<(&'f str, &'t str)>> {
    let Some((before, rest)) = form.split_once('{') else { return (form == text).then(Vec::new) };
    let text = text.strip_prefix(before)?;
    let (place, after) = rest.split_once('}')?;
    let end = match after.split('{').next().unwrap_or_default() {
        "" => text.len(),
        literal => text.find(literal)?,
    };
    let (piece, text) = text.split_at(end);
    let is_number = || piece.bytes().all(|byte| byte.is_ascii_digit());
    if piece.is_empty() || (!matches!(place, "t" | "w") && !is_number()) {
        return None;
    }
    let mut pieces = vec![(place, piece)];
    pieces.extend(captures(after, text)?);
    Some(pieces)
}

/// A form with what was found put in its places: each takes the next piece that has its name.
fn filled(form: &str, pieces: &[(&str, &str)], language: Language, names: &Names<'_>) -> String {
    let (mut said, mut rest, mut left) = (String::new(), form, pieces.to_vec());
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        said.push_str(before);
        if let Some(at) = left.iter().position(|(name, _)| *name == place) {
            let (_, piece) = left.remove(at);
            let named = match place {
                "account" => (names.account)(piece),
                "publication" => (names.publication)(piece),
                "w" if language == Language::Chinese => Some(words(piece)),
                _ => None,
            };
            said.push_str(named.as_deref().unwrap_or(piece));
        }
        rest = after;
    }
    said + rest
}

/// Words of the code in a row, each in Chinese where it has a Chinese word.
fn words(text: &str) -> String {
    let found: Vec<_> = text.split([' ', ',']).filter(|word| !word.is_empty()).map(word).collect();
    if found.iter().all(Option::is_some) {
        found.into_iter().flatten().collect::<Vec<_>>().join("、")
    } else {
        text.to_owned()
    }
}

fn word(word: &str) -> Option<&'static str> {
    let role = || Role::ALL.into_iter().find(|role| role.word() == word);
    let scope = || Scope::ALL.into_iter().find(|scope| scope.word() == word);
    Some(match word {
        "name" => "刊名",
        "from" => "发件人",
        "compiled-by" => "编者",
        "approvals" => "签发人数",
        "lang" => "语言",
        "zone" => "时区",
        "undated" => "未写日期时",
        "own-approval" => "能否签发自己送审的稿件",
        "motto" => "刊头下的一行字",
        "reply-to" => "回信地址",
        "theme" => "外观",
        "colophon" => "固定版记",
        "testers" => "测试信收件人",
        "letters" => "信里寄什么",
        "correction" => "更正",
        "again" => "原样再寄",
        "resend" => "再寄一次",
        "closed" => "不确定，不再过问",
        _ => {
            return role()
                .map(|role| (house::Words::of(Language::Chinese).role_of)(role))
                .or_else(|| State::from_word(word).map(|state| (Words::of(Language::Chinese).state_of)(state)))
                .or_else(|| scope().map(|scope| (token::Words::of(Language::Chinese).scope)(scope)));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, done: (&str, &str), text: &str) -> String {
        let account = |id: &str| (id == "2").then(|| "陈编辑".to_owned());
        let publication = |id: &str| (id == "1").then(|| "《简报》".to_owned());
        detail(language, done, text, &Names { account: &account, publication: &publication })
    }

    #[test]
    fn a_detail_is_told_in_words_and_by_names() {
        for (done, text, chinese) in [
            (("import into", "list"), "import 3: 12 joined, 15 saved", "第 3 次导入：新加入 12 人，存下 15 人的资料"),
            (("set", "publication"), "name, reply-to", "刊名、回信地址"),
            (("set rights", "account"), "editor", "编辑"),
            (("answer", "issue"), "row-3 date-1", "2 个问题"),
            (("settle", "dispatch"), "4 as accepted", "4 封判为已接收"),
            (("plan", "dispatch"), "correction, round 2", "更正，第 2 轮"),
            (("revoke", "token"), "account 2: all 3", "陈编辑 的全部 3 个令牌"),
            (("leave", "subscriber"), "publication 1: 搬走了", "《简报》：搬走了"),
            (("leave", "subscriber"), "list 4", "名单 4"),
            (
                ("hold", "station"),
                "the copy is older: 1 uncertain, 2 dispatches called off, 3 schedules paused",
                "1 封不确定，取消 2 个投递任务，暂停 3 个排期（the copy is older）",
            ),
            (("take readers off", "list"), "5 readers off brief/all: 调走", "5 位读者移出 brief/all：调走"),
            (("suppress readers of", "list"), "5 readers: 单位撤销", "5 位读者：单位撤销"),
            (("export", "group"), "xlsx, those a search found", "Excel，查到的那些"),
            (("suppress", "subscriber"), "本人来电 asked", "本人来电 asked"),
        ] {
            assert_eq!(said(Language::Chinese, done, text), chinese, "{text}");
        }
        assert_eq!(said(Language::English, ("revoke", "token"), "account 2: all 3"), "account 陈编辑: all 3");
        assert_eq!(said(Language::English, ("revoke", "token"), "account 9"), "account 9");
    }

    /// What the actions write, read from their source: each form has its Chinese one.
    #[test]
    fn every_form_of_a_detail_has_chinese_words() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/actions")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for form in text.split("let detail = format!(").skip(1).filter_map(|rest| rest.split('"').nth(1)) {
                    seen += 1;
                    let mut example = form.to_owned();
                    while let Some((start, end)) = example.find('{').zip(example.find('}')) {
                        let value = match &example[start..=end] {
                            "{scopes}" => "read log",
                            "{at}" | "{why}" if start > 0 => "",
                            _ => "7",
                        };
                        example.replace_range(start..=end, value);
                    }
                    let done = if example.starts_with("list ") { ("leave", "subscriber") } else { ("", "") };
                    assert_ne!(said(Language::Chinese, done, &example), example, "{}: {form}", path.display());
                }
            }
        }
        assert!(seen > 8, "{seen} forms: the source is read wrongly");
    }
}
